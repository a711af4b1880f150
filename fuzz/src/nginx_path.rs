//! A request's path as nginx normalises it. Resolves all escapes first, then the segments.

use crate::hex;

/// The path, decoded and normalised. None if nginx answers 400.
pub fn normalise(raw: &[u8]) -> Option<Vec<u8>> {
    let decoded = decode(raw)?;
    let (b'/', rest) = decoded.split_first()? else { return None };
    let mut folders: Vec<&[u8]> = Vec::new();
    let mut segments = rest.split(|&byte| byte == b'/').peekable();
    let mut last: &[u8] = b"";
    while let Some(segment) = segments.next() {
        match segment {
            b"" | b"." => {}
            b".." => drop(folders.pop()?),
            name if segments.peek().is_none() => last = name,
            name => folders.push(name),
        }
    }
    let mut path = vec![b'/'];
    for folder in folders {
        path.extend_from_slice(folder);
        path.push(b'/');
    }
    path.extend_from_slice(last);
    Some(path)
}

fn decode(raw: &[u8]) -> Option<Vec<u8>> {
    // nginx checks the first byte before decoding: "%2Fa" is not a path.
    if raw.first() != Some(&b'/') {
        return None;
    }
    let mut decoded = Vec::new();
    let mut rest = raw;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        let byte = if byte == b'%' {
            let digits = behind.get(..2)?;
            rest = &behind[2..];
            hex::decode(digits)?[0]
        } else {
            byte
        };
        if byte == 0 {
            return None;
        }
        decoded.push(byte);
    }
    Some(decoded)
}
