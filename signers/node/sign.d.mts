/** How to seal a token. */
export interface Seal {
    /** The seal key of the pair, 64 hexadecimal digits. */
    sealKey: string;
    /** The values of `pta_bind`, in its order: 8 at most. None may be empty. */
    bind?: (string | Uint8Array)[];
    /** Makes the token differ from all others, so that it can be used once. */
    once?: boolean;
}

/**
 * Returns the token for `path` that is valid up to the second `expires`, in Unix time.
 * Throws a RangeError if an argument is wrong.
 */
export function sign(keyHex: string, ivHex: string, path: string, expires: number | bigint): string;
/** The same with a seal. */
export function sign(keyHex: string, ivHex: string, path: string, expires: number | bigint, seal: Seal): string;
