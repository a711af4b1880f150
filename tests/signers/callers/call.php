<?php
// Calls the function as an application does.
declare(strict_types=1);

require 'sign.php';

echo Pta\sign($argv[1], $argv[2], $argv[3], (int) $argv[4]), "\n";
