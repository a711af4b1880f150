//! Hexadecimal digits, one by one.

/// The bytes of an even number of digits in either case. None for any other text.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.iter().map(|&byte| digit(byte)).collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| Some(pair[0] * 16 + pair.get(1)?));
    bytes.collect()
}

/// The bytes as lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte / 16, byte % 16]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
