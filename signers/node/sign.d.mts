/**
 * Returns the token for `path` that is valid up to the second `expires`, in Unix time.
 * Throws a RangeError if an argument is wrong.
 */
export function sign(keyHex: string, ivHex: string, path: string, expires: number | bigint): string;
