//! The cookies of a header line, byte by byte.

/// The values of the cookies `name`, without blanks and one pair of double quotes around them. The
/// case of letters is ignored.
pub fn values(line: &[u8], name: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    let mut found: Vec<u8> = Vec::new();
    let mut value: Option<Vec<u8>> = None;
    for &byte in line.iter().chain(b";") {
        match (byte, &mut value) {
            (b';', _) => {
                if let Some(value) = value.take().filter(|_| trimmed(&found).eq_ignore_ascii_case(name)) {
                    values.push(unquoted(trimmed(&value)));
                }
                found.clear();
            }
            (b'=', None) => value = Some(Vec::new()),
            (_, None) => found.push(byte),
            (_, Some(value)) => value.push(byte),
        }
    }
    values
}

fn trimmed(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    while text.last().is_some_and(u8::is_ascii_whitespace) {
        text.pop();
    }
    while text.first().is_some_and(u8::is_ascii_whitespace) {
        text.remove(0);
    }
    text
}

fn unquoted(mut text: Vec<u8>) -> Vec<u8> {
    if text.len() > 1 && text.first() == Some(&b'"') && text.last() == Some(&b'"') {
        text.pop();
        text.remove(0);
    }
    text
}
