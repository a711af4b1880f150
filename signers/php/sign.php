<?php
// Signs PTA tokens for nginx, with PHP's own openssl extension:
//     require 'sign.php';
//     $token = Pta\sign($keyHex, $ivHex, '/video/*', time() + 3600);
//     $sealed = Pta\sign($keyHex, $ivHex, $path, $expires, sealKey: $sealKeyHex, bind: [$address], once: true);
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
declare(strict_types=1);

namespace Pta;

use InvalidArgumentException;

/** With a seal key, the token is sealed: bind has the values of pta_bind, once makes it differ from all others. */
function sign(string $keyHex, string $ivHex, string $path, int $expires, string $sealKey = '', array $bind = [], bool $once = false): string
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
    $token = bin2hex(openssl_encrypt($plain, 'aes-128-cbc', hex2bin($keyHex), OPENSSL_RAW_DATA, hex2bin($ivHex)));
    return func_num_args() > 4 ? seal($token, $sealKey, $bind, $once) : $token;
}

function seal(string $text, string $sealKey, array $bind, bool $once): string
{
    if (!preg_match('/^[0-9A-Fa-f]{64}$/D', $sealKey)) {
        throw new InvalidArgumentException('a seal needs a seal key of 64 hexadecimal digits');
    }
    $values = array_values(array_filter($bind, fn ($value) => is_string($value) && $value !== ''));
    if ($values !== $bind || count($bind) > 8) {
        throw new InvalidArgumentException('bind must be a list of 8 values at most: strings, and not empty');
    }
    $encode = fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $text .= $once ? '.' . $encode(random_bytes(12)) : '';
    $bound = implode('', array_map(fn (string $value): string => pack('N', strlen($value)) . $value, $bind));
    return "$text." . $encode(substr(hash_hmac('sha256', "pta-seal-1\0$text\0$bound", hex2bin($sealKey), true), 0, 16));
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
