// What the declarations allow, and what they do not.
import { sign } from "pta-signer";

export const token: string = sign("00", "00", "/a", 1);
export const large: string = sign("00", "00", "/a", BigInt(1));
// @ts-expect-error: not a date
sign("00", "00", "/a", new Date());
// @ts-expect-error: the expiry is missing
sign("00", "00", "/a");
export const sealed: string = sign("00", "00", "/a", 1, { sealKey: "00", bind: ["a", new Uint8Array(1)], once: true });
export const bound: string = sign("00", "00", "/a", 1, { sealKey: "00" });
// @ts-expect-error: not a list
sign("00", "00", "/a", 1, { sealKey: "00", bind: "a" });
// @ts-expect-error: another name
sign("00", "00", "/a", 1, { key: "00" });
// @ts-expect-error: a variable that may not be set
sign("00", "00", "/a", 1, { sealKey: ["00"].at(1) });
// @ts-expect-error: no seal key
sign("00", "00", "/a", 1, { bind: ["a"], once: true });
// @ts-expect-error: options that may not be there
sign("00", "00", "/a", 1, [{ sealKey: "00" }].at(1));
