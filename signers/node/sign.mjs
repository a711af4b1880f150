// Signs PTA tokens for nginx, with what Node.js (18 and later) has built in:
//     import { sign } from "./sign.mjs";
//     const token = sign(keyHex, ivHex, "/video/*", Math.floor(Date.now() / 1000) + 3600);
//     const sealed = sign(keyHex, ivHex, path, expires, { sealKey, bind: [address], once: true });
// The path is decoded text that begins with "/": one * matches anything, \* is a literal star.
import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

function crc32(bytes, crc = -1) { // that of node:zlib is not yet in Node.js 18
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}
const isHex = (text, digits) => typeof text === "string" && text.length === digits && /^[0-9A-Fa-f]+$/.test(text);
function check(isRight, message) { if (!isRight) throw new RangeError(message); }
function encode(value) { // half of a surrogate pair has no bytes
    const isText = typeof value === "string", bytes = Buffer.from(isText || value instanceof Uint8Array ? value : "");
    check(bytes.length && (!isText || bytes.toString() === value), "text must be a string or bytes, and not empty");
    return bytes;
}

export function sign(keyHex, ivHex, path, expires, ...options) {
    check(isHex(keyHex, 32) && isHex(ivHex, 32), "key and IV must be 32 hexadecimal digits each");
    check(options.length < 2, "a token has one seal");
    check(path?.[0] === "/" && path.replaceAll("\\*", "").split("*").length < 3, 'a path is "/..." with one wildcard at most');
    const isTime = (typeof expires === "bigint" || Number.isSafeInteger(expires)) && expires <= 253402300799; // the year 9999
    check(isTime, "an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)");
    const plain = Buffer.concat([Buffer.alloc(12), encode(path)]);
    plain.writeBigInt64BE(BigInt(expires), 4);
    plain.writeUInt32BE(crc32(plain.subarray(4)), 0);
    const cipher = createCipheriv("aes-128-cbc", Buffer.from(keyHex, "hex"), Buffer.from(ivHex, "hex"));
    const token = cipher.update(plain, null, "hex") + cipher.final("hex");
    return options.length ? seal(token, { bind: [], once: false, ...options[0] }) : token;
}

function seal(token, { sealKey, bind, once, ...others }) {
    check(isHex(sealKey, 64), "a seal needs a seal key of 64 hexadecimal digits");
    check(Array.isArray(bind) && bind.length <= 8, "bind must be a list of 8 values at most");
    check(typeof once === "boolean" && !Object.keys(others).length, "the options are sealKey, bind, and once: true or false");
    const text = once ? `${token}.${randomBytes(12).toString("base64url")}` : token;
    const mac = createHmac("sha256", Buffer.from(sealKey, "hex")).update(`pta-seal-1\0${text}\0`);
    for (const bytes of Array.from(bind, encode)) mac.update(bytes.length.toString(16).padStart(8, "0"), "hex").update(bytes);
    return `${text}.${mac.digest().subarray(0, 16).toString("base64url")}`;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    const [key, iv, path, expires, ...more] = process.argv.slice(2);
    try {
        const isUsage = /^-?[0-9]+$/.test(expires) && !more.length && !path.includes("\uFFFD");
        check(isUsage, "usage: sign.mjs KEY IV PATH EXPIRES (path in UTF-8, Unix seconds)");
        console.log(sign(key, iv, path, BigInt(expires)));
    } catch (error) {
        console.error(`sign.mjs: ${error.message}`);
        process.exitCode = 2;
    }
}
