// What the declarations allow, and what they do not.
import { sign } from "pta-signer";

export const token: string = sign("00", "00", "/a", 1);
export const large: string = sign("00", "00", "/a", BigInt(1));
// @ts-expect-error: not a date
sign("00", "00", "/a", new Date());
// @ts-expect-error: the expiry is missing
sign("00", "00", "/a");
