<?php
// Uses the installed package.
declare(strict_types=1);

use function Pta\sign;

require 'vendor/autoload.php';

echo sign($argv[1], $argv[2], $argv[3], (int) $argv[4]), "\n";
