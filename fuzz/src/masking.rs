//! Masks the values of an argument in a request line, byte by byte.

/// The separators of arguments, plain and percent-encoded.
const SEPARATORS: [&str; 8] = ["?", "&", ";", "#", "%3f", "%26", "%3b", "%23"];
const EQUALS_SIGNS: [&str; 2] = ["=", "%3d"];
const ENDS: [&str; 7] = ["&", ";", "#", " ", "%26", "%3b", "%23"];

/// `text` with `***` in place of the values of the arguments `name`. Empty values stay.
pub fn masked(text: &[u8], name: &[u8]) -> Vec<u8> {
    let mut masked = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(len) = beginning(rest, name) {
            masked.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
            let len = (0..rest.len()).find(|&at| one_of(&ENDS, &rest[at..]).is_some()).unwrap_or(rest.len());
            if len > 0 {
                masked.extend_from_slice(b"***");
            }
            rest = &rest[len..];
        } else {
            masked.push(rest[0]);
            rest = &rest[1..];
        }
    }
    masked
}

/// The length of the separator, the name and the equals sign at the start of `text`.
fn beginning(text: &[u8], name: &[u8]) -> Option<usize> {
    let separator = one_of(&SEPARATORS, text)?;
    let behind = text.get(separator..separator + name.len()).filter(|found| found.eq_ignore_ascii_case(name));
    let at = separator + behind?.len();
    Some(at + one_of(&EQUALS_SIGNS, &text[at..])?)
}

/// The length of the one of `words` at the start of `text`. The case of letters is ignored.
fn one_of(words: &[&str], text: &[u8]) -> Option<usize> {
    let begins = |word: &&&str| {
        text.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    words.iter().find(begins).map(|word| word.len())
}
