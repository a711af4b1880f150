// Signs PTA tokens for nginx, with what Node.js (18 and later) has built in:
//     import { sign } from "./sign.mjs";
//     const token = sign(keyHex, ivHex, "/video/*", Math.floor(Date.now() / 1000) + 3600);
//     const sealed = sign(keyHex, ivHex, path, expires, { sealKey, bind: [address], once: true });
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

function crc32(bytes) { // that of node:zlib is not yet in Node.js 18
    let crc = -1;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

// sealKey: 64 hexadecimal digits. bind: the values of pta_bind. once: differs from all other tokens.
export function sign(keyHex, ivHex, path, expires, { sealKey, bind = [], once = false } = {}) {
    if (![keyHex, ivHex].every((secret) => /^[0-9A-Fa-f]{32}$/.test(secret)))
        throw new RangeError("key and IV must be 32 hexadecimal digits each");
    if (!path.startsWith("/") || path.replaceAll("\\*", "").split("*").length > 2)
        throw new RangeError('a path must begin with "/" and have one wildcard at most');
    if (expires > 253402300799) // the last second of the year 9999
        throw new RangeError("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)");
    const plain = Buffer.concat([Buffer.alloc(12), Buffer.from(path, "utf8")]);
    plain.writeBigInt64BE(BigInt(expires), 4); // a number or a BigInt
    plain.writeUInt32BE(crc32(plain.subarray(4)), 0);
    const cipher = createCipheriv("aes-128-cbc", Buffer.from(keyHex, "hex"), Buffer.from(ivHex, "hex"));
    const token = cipher.update(plain, null, "hex") + cipher.final("hex");
    return sealKey === undefined && !bind.length && !once ? token : seal(token, sealKey, bind, once);
}

function seal(token, sealKey, bind, once) {
    if (!/^[0-9A-Fa-f]{64}$/.test(sealKey)) throw new RangeError("a seal needs a seal key of 64 hexadecimal digits");
    if (!Array.isArray(bind) || !bind.every((value) => value?.length))
        throw new RangeError("bind must be a list of values, and no value may be empty");
    const text = once ? `${token}.${randomBytes(12).toString("base64url")}` : token;
    const mac = createHmac("sha256", Buffer.from(sealKey, "hex")).update(`pta-seal-1\0${text}\0`);
    for (const value of bind.map((value) => Buffer.from(value))) {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(value.length);
        mac.update(length).update(value);
    }
    return `${text}.${mac.digest().subarray(0, 16).toString("base64url")}`;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    const [key, iv, path, expires, ...more] = process.argv.slice(2);
    try {
        if (!/^-?[0-9]+$/.test(expires) || more.length || path.includes("\uFFFD"))
            throw new RangeError("usage: sign.mjs KEY IV PATH EXPIRES (path in UTF-8, Unix seconds)");
        console.log(sign(key, iv, path, BigInt(expires)));
    } catch (error) {
        console.error(`sign.mjs: ${error.message}`);
        process.exitCode = 2;
    }
}
