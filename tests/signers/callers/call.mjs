// Calls the function as an application does. A fifth argument may ask for a BigInt.
import { sign } from "./sign.mjs";

const [key, iv, path, expires, type] = process.argv.slice(2);
console.log(sign(key, iv, path, type === "BigInt" ? BigInt(expires) : Number(expires)));
