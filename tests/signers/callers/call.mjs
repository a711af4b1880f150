// Calls the function as an application does: KEY IV PATH EXPIRES [BigInt | SEAL_KEY ONCE VALUE...].
import { sign } from "./sign.mjs";

const [key, iv, path, expires, type, once, ...bind] = process.argv.slice(2);
if (once === undefined) console.log(sign(key, iv, path, type === "BigInt" ? BigInt(expires) : Number(expires)));
else console.log(sign(key, iv, path, Number(expires), { sealKey: type, bind, once: once === "once" }));
