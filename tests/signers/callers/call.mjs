// Calls the function as an application does. The fifth argument may be "BigInt".
import { sign } from "./sign.mjs";

const [key, iv, path, expires, type] = process.argv.slice(2);
console.log(sign(key, iv, path, type === "BigInt" ? BigInt(expires) : Number(expires)));
