// Uses the installed package.
import { sign } from "pta-signer";

const [key, iv, path, expires] = process.argv.slice(2);
console.log(sign(key, iv, path, Number(expires)));
