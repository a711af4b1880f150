//! Names that metrics show as they are: labels, and the zones of `pta_once_zone`.

use core::fmt;

use crate::counters::slot::LABEL_LEN;

/// Whether the name is short, and needs no escapes.
pub(crate) fn is_valid(name: &[u8]) -> bool {
    let is_sound = |byte: &u8| byte.is_ascii_alphanumeric() || b"-.:_".contains(byte);
    (1..=LABEL_LEN).contains(&name.len()) && name.iter().all(is_sound)
}

/// What a message says about a name that is not valid.
pub(crate) struct Rule;

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it must consist of up to {LABEL_LEN} letters, digits, \"-\", \".\", \":\" and \"_\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_plain_text() {
        let longest = "a".repeat(64);
        for text in ["a", "films", "a-b_c.d:e", "0", &longest] {
            assert!(is_valid(text.as_bytes()), "{text}");
        }
        for text in ["", "$host", "a b", "a/b", "ä", "a\"", "a{}", "a\n", &(longest.clone() + "a")] {
            assert!(!is_valid(text.as_bytes()), "{text}");
        }
    }
}
