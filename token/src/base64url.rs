//! Base64url without padding (RFC 4648, section 5), for seals and nonces.

use alloc::string::String;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The six bits of a character.
pub(crate) fn bits(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(character.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(character.wrapping_sub(b'0').wrapping_add(52)),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

/// Appends the characters of `bytes`. The unused bits of the last one are 0.
pub(crate) fn append(text: &mut String, bytes: &[u8]) {
    for group in bytes.chunks(3) {
        let byte = |at| u32::from(group.get(at).copied().unwrap_or_default());
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digits =
            [word >> 18, word >> 12, word >> 6, word].into_iter().take(group.len().saturating_add(1));
        text.extend(digits.filter_map(|digit| ALPHABET.get((digit & 63) as usize)).map(|&c| char::from(c)));
    }
}

/// The `N` bytes that `text` stands for. None if the length is wrong, a character is not in the
/// alphabet, or an unused bit is set. So no two texts stand for the same bytes.
pub(crate) fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != N.saturating_mul(4).div_ceil(3) {
        return None;
    }
    let mut bytes = [0; N];
    for (digits, bytes) in text.chunks(4).zip(bytes.chunks_mut(3)) {
        let mut word = 0_u32;
        for at in 0..4 {
            let digit = digits.get(at).map_or(Some(0), |&character| bits(character))?;
            word = word << 6 | u32::from(digit);
        }
        let [_, whole @ ..] = word.to_be_bytes();
        let (used, unused) = whole.split_at(bytes.len());
        if unused.iter().any(|&byte| byte != 0) {
            return None;
        }
        bytes.copy_from_slice(used);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut text = String::new();
        append(&mut text, bytes);
        text
    }

    #[test]
    fn encodes_the_vectors_of_the_rfc_and_both_special_characters() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"fooba", "Zm9vYmE"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff\xfe", "-__-"),
        ] {
            assert_eq!(encoded(bytes), text);
        }
        assert_eq!(decode::<4>(b"Zm9vYg"), Some(*b"foob"));
        assert_eq!(decode::<3>(b"-__-"), Some(*b"\xfb\xff\xfe"));
    }

    #[test]
    fn exactly_one_text_stands_for_16_bytes() {
        for last in 0..=255_u8 {
            let mut bytes = [0xa5; 16];
            bytes[15] = last;
            let text = encoded(&bytes);
            assert_eq!(text.len(), 22);
            assert_eq!(decode(text.as_bytes()), Some(bytes));
        }
        // Two of the six bits of the last character are used.
        let valid = (0..=255_u8).filter(|&last| {
            let mut text = [b'A'; 22];
            text[21] = last;
            decode::<16>(&text).is_some()
        });
        assert!(valid.eq(*b"AQgw"));
    }

    #[test]
    fn other_lengths_and_characters_are_refused() {
        for len in (0..50).filter(|&len| len != 22) {
            assert_eq!(decode::<16>(&[b'A'; 49][..len.min(49)]), None, "{len}");
        }
        for other in (0..=255_u8).filter(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte)) {
            for at in 0..22 {
                let mut text = [b'A'; 22];
                text[at] = other;
                assert_eq!(decode::<16>(&text), None, "{other}");
            }
        }
    }
}
