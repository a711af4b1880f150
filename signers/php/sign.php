<?php
// Signs PTA tokens for nginx, with PHP's own openssl extension:
//     require 'sign.php';
//     $token = Pta\sign($keyHex, $ivHex, '/video/*', time() + 3600);
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
declare(strict_types=1);

namespace Pta;

use InvalidArgumentException;

function sign(string $keyHex, string $ivHex, string $path, int $expires): string
{
    if (!preg_match('/^[0-9A-Fa-f]{32}$/D', $keyHex) || !preg_match('/^[0-9A-Fa-f]{32}$/D', $ivHex)) {
        throw new InvalidArgumentException('key and IV must be 32 hexadecimal digits each');
    }
    if (!str_starts_with($path, '/') || substr_count(str_replace('\*', '', $path), '*') > 1) {
        throw new InvalidArgumentException('a path must begin with "/" and have one wildcard at most');
    }
    if ($expires > 253402300799) { // the last second of the year 9999
        throw new InvalidArgumentException('an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)');
    }
    $rest = pack('J', $expires) . $path;
    $plain = hash('crc32b', $rest, true) . $rest;
    return bin2hex(openssl_encrypt($plain, 'aes-128-cbc', hex2bin($keyHex), OPENSSL_RAW_DATA, hex2bin($ivHex)));
}

if (PHP_SAPI === 'cli' && realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    try {
        $expires = filter_var($argv[4] ?? '', FILTER_VALIDATE_INT);
        if ($argc !== 5 || $expires === false || $argv[4][0] === '+') {
            throw new InvalidArgumentException('usage: sign.php KEY IV PATH EXPIRES (Unix seconds)');
        }
        echo sign($argv[1], $argv[2], $argv[3], $expires), "\n";
    } catch (InvalidArgumentException $error) {
        fwrite(STDERR, "sign.php: {$error->getMessage()}\n");
        exit(2);
    }
}
