//! Makes and checks sealed tokens, with a hash that is written out step by step.

use std::sync::OnceLock;

use pta_token::PairId;

use crate::token::{self, Decoded, Pair};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A pair, and its seal key if it has one.
#[derive(Clone, Copy)]
pub struct SealingPair {
    pub pair: Pair,
    pub seal: Option<[u8; 32]>,
}

/// Decodes a token, sealed or not, as a check with this binding does.
pub fn decode(
    pairs: &[(PairId, SealingPair)],
    require_seal: bool,
    values: &[&[u8]],
    token: &[u8],
) -> Decoded {
    let parts: Vec<&[u8]> = token.split(|&byte| byte == b'.').collect();
    let (digits, nonce, seal) = match *parts.as_slice() {
        [digits] => {
            let unsealed: Vec<(PairId, Pair)> = pairs.iter().map(|&(id, pair)| (id, pair.pair)).collect();
            return if require_seal { Decoded::Malformed } else { token::decode(&unsealed, digits).0 };
        }
        [digits, seal] => (digits, None, seal),
        [digits, nonce, seal] => (digits, Some(nonce), seal),
        _ => return Decoded::Malformed,
    };
    let is_base64url = |text: &[u8]| text.iter().all(|byte| ALPHABET.contains(byte));
    let right_digits =
        !digits.is_empty() && digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit);
    let right_nonce = nonce.is_none_or(|nonce| !nonce.is_empty() && nonce.len() <= 43 && is_base64url(nonce));
    // The last character has two bits of the seal, and four that are 0.
    let right_seal = seal.len() == 22 && is_base64url(seal) && b"AQgw".contains(&seal[21]);
    if !right_digits || !right_nonce || !right_seal {
        return Decoded::Malformed;
    }
    if digits.len() % 32 != 0 || values.iter().any(|value| value.is_empty()) {
        return Decoded::Undecryptable;
    }
    let text = &token[..token.len() - 23];
    for &(id, pair) in pairs {
        let Some(key) = pair.seal else { continue };
        if self::seal(&key, text, values).as_bytes() != seal {
            continue;
        }
        let (decoded, attempts) = token::decode(&[(id, pair.pair)], digits);
        // What a pair opens is not tried with the next one, even if its path is not a pattern.
        if attempts.contains(&(id, pta_token::Attempt::Opened)) {
            return decoded;
        }
    }
    Decoded::Undecryptable
}

/// The characters of the seal of `text`.
pub fn seal(key: &[u8; 32], text: &[u8], values: &[&[u8]]) -> String {
    let mut covered = [b"pta-seal-1\0", text, b"\0"].concat();
    for value in values {
        covered.extend(u32::try_from(value.len()).expect("a short value").to_be_bytes());
        covered.extend(*value);
    }
    let mac = hmac(key, &covered);
    // One bit after the other, six to a character.
    let mut bits: Vec<u8> =
        mac[..16].iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    bits.resize(132, 0);
    let digits = bits.chunks(6).map(|six| six.iter().fold(0, |digit, bit| digit * 2 + usize::from(*bit)));
    digits.map(|digit| char::from(ALPHABET[digit])).collect()
}

fn hmac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    let padded =
        |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = sha256(&[&padded(0x36)[..], text].concat());
    sha256(&[&padded(0x5c)[..], &inner].concat())
}

/// SHA-256 by FIPS 180-4.
fn sha256(text: &[u8]) -> [u8; 32] {
    static CONSTANTS: OnceLock<(Vec<u32>, Vec<u32>)> = OnceLock::new();
    let (constants, start) = CONSTANTS.get_or_init(constants);
    let mut state = start.clone();
    let mut padded = text.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((text.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut words: Vec<u32> =
            block.chunks(4).map(|word| u32::from_be_bytes(word.try_into().expect("4 bytes"))).collect();
        for at in 16..64 {
            let (early, late) = (words[at - 15], words[at - 2]);
            let s0 = early.rotate_right(7) ^ early.rotate_right(18) ^ early >> 3;
            let s1 = late.rotate_right(17) ^ late.rotate_right(19) ^ late >> 10;
            words.push(words[at - 16].wrapping_add(s0).wrapping_add(words[at - 7]).wrapping_add(s1));
        }
        let mut s = state.clone();
        for (constant, word) in constants.iter().zip(&words) {
            let sum1 = s[4].rotate_right(6) ^ s[4].rotate_right(11) ^ s[4].rotate_right(25);
            let choice = s[4] & s[5] ^ !s[4] & s[6];
            let t1 = [sum1, choice, *constant, *word].iter().fold(s[7], |sum, part| sum.wrapping_add(*part));
            let sum0 = s[0].rotate_right(2) ^ s[0].rotate_right(13) ^ s[0].rotate_right(22);
            let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2];
            s.rotate_right(1);
            s[4] = s[4].wrapping_add(t1);
            s[0] = t1.wrapping_add(sum0).wrapping_add(majority);
        }
        for (before, new) in state.iter_mut().zip(s) {
            *before = before.wrapping_add(new);
        }
    }
    let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().expect("8 words")
}

/// The constants of the rounds and of the start: the fractions of roots of primes.
fn constants() -> (Vec<u32>, Vec<u32>) {
    let primes: Vec<u128> = (2..312).filter(|&n| (2..n).all(|factor| n % factor != 0)).collect();
    let root = |prime: u128, power: u32| {
        // The largest number whose power is not above the prime, with 32 binary places.
        let wanted = prime << (32 * power);
        let (mut low, mut high) = (0_u128, 1 << 38);
        while high - low > 1 {
            let middle = u128::midpoint(low, high);
            if middle.pow(power) <= wanted { low = middle } else { high = middle }
        }
        u32::try_from(low & 0xffff_ffff).expect("32 bits")
    };
    let roots = |count: usize, power| primes.iter().take(count).map(|&prime| root(prime, power)).collect();
    (roots(64, 3), roots(8, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    #[test]
    fn the_hash_is_sha_256() {
        let hash = |text: &[u8]| hex::encode(&sha256(text));
        assert_eq!(hash(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hash(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
