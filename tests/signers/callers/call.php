<?php
// Calls the function as an application does: KEY IV PATH EXPIRES [SEAL_KEY ONCE VALUE...].
declare(strict_types=1);

require 'sign.php';

[, $key, $iv, $path, $expires] = $argv;
if ($argc === 5) {
    echo Pta\sign($key, $iv, $path, (int) $expires), "\n";
} else {
    $once = $argv[6] === 'once';
    echo Pta\sign($key, $iv, $path, (int) $expires, sealKey: $argv[5], bind: array_slice($argv, 7), once: $once), "\n";
}
