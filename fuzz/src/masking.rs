//! A request line without the values of an argument, byte by byte.

/// `text` with `***` for the values of the arguments `name`; an empty value, and one that is `***`, stays. Arguments stand
/// behind any `?`, `&` or `#`.
pub fn masked(text: &[u8], name: &[u8]) -> Vec<u8> {
    let mut masked = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let begins = at > 0 && b"?&#".contains(&text[at - 1]);
        let value = at + name.len() + 1;
        if begins && is_argument(&text[at..], name) {
            masked.extend_from_slice(&text[at..value]);
            let len = text[value..].iter().take_while(|byte| !b"&# ".contains(byte)).count();
            if len > 0 {
                masked.extend_from_slice(b"***");
            }
            at = value + len;
        } else {
            masked.push(text[at]);
            at += 1;
        }
    }
    masked
}

fn is_argument(text: &[u8], name: &[u8]) -> bool {
    text.get(name.len()) == Some(&b'=') && text[..name.len()].eq_ignore_ascii_case(name)
}
