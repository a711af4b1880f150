//! The reasons for a refusal, each declared once with all its texts.

use core::fmt;

/// The value of `$pta_status` for a request that is allowed.
pub const ALLOWED: &str = "ALLOWED";

/// The texts and the default status of one refusal.
struct Entry {
    word: &'static str,
    capitals: &'static str,
    capitals_in_dry_run: &'static str,
    phrase: &'static str,
    explanation: &'static str,
    status: u16,
}

/// Declares [`Refusal`] and its entries, so that a new one is added in one place.
macro_rules! refusals {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            word: $word:literal,
            capitals: $capitals:literal,
            phrase: $phrase:literal,
            explanation: $explanation:literal,
            status: $status:literal,
        }
    )+) => {
        /// Why a request is refused. The reasons are checked in this order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Refusal {
            /// All refusals, in order.
            pub const ALL: [Self; Self::COUNT] = [$(Self::$name),+];

            /// The number of refusals.
            pub const COUNT: usize = [$($word),+].len();

            #[inline]
            const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$name => &Entry {
                        word: $word,
                        capitals: $capitals,
                        capitals_in_dry_run: concat!($capitals, "_DRY_RUN"),
                        phrase: $phrase,
                        explanation: $explanation,
                        status: $status,
                    },)+
                }
            }
        }
    };
}

refusals! {
    /// The request has no token.
    Missing {
        word: "missing",
        capitals: "MISSING",
        phrase: "missing token",
        explanation: "there is no token",
        status: 400,
    }
    /// The token is empty, has an odd number of characters, or one that is not a hexadecimal digit.
    Malformed {
        word: "malformed",
        capitals: "MALFORMED",
        phrase: "malformed token",
        explanation: "token is malformed: it must be an even number of hexadecimal digits",
        status: 400,
    }
    /// The token cannot be decrypted, for any other reason. Details would help to forge a token.
    Undecryptable {
        word: "undecryptable",
        capitals: "UNDECRYPTABLE",
        phrase: "undecryptable token",
        explanation: "token cannot be decrypted with these keys",
        status: 403,
    }
    /// The token has expired.
    Expired {
        word: "expired",
        capitals: "EXPIRED",
        phrase: "expired token",
        explanation: "token has expired",
        status: 410,
    }
    /// The token is for another path.
    PathMismatch {
        word: "path_mismatch",
        capitals: "PATH_MISMATCH",
        phrase: "path mismatch",
        explanation: "token is for another path",
        status: 403,
    }
    /// The token may be used once, and was used before.
    Replayed {
        word: "replayed",
        capitals: "REPLAYED",
        phrase: "replayed token",
        explanation: "token has been used before",
        status: 403,
    }
}

impl Refusal {
    /// The word in a configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.entry().word
    }

    /// The refusal that `word` names.
    #[must_use]
    pub fn of_word(word: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.word().as_bytes() == word)
    }

    /// The value of `$pta_status`.
    #[must_use]
    pub fn status_word(self) -> &'static str {
        self.entry().capitals
    }

    /// The value of `$pta_status` in a dry run.
    #[must_use]
    pub fn status_word_in_dry_run(self) -> &'static str {
        self.entry().capitals_in_dry_run
    }

    /// A sentence for the user of a command.
    #[must_use]
    pub fn explanation(self) -> &'static str {
        self.entry().explanation
    }

    /// The HTTP status of the response, unless the configuration sets another one.
    #[must_use]
    pub fn default_status(self) -> u16 {
        self.entry().status
    }

    /// The position in [`Self::ALL`], below [`Self::COUNT`].
    #[must_use]
    #[inline]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The phrase in a log line.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().phrase)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    fn each<T>(of: impl Fn(Refusal) -> T) -> Vec<T> {
        Refusal::ALL.into_iter().map(of).collect()
    }

    #[test]
    fn the_words_are_those_of_configurations_variables_and_logs() {
        let words = ["missing", "malformed", "undecryptable", "expired", "path_mismatch", "replayed"];
        assert_eq!(each(Refusal::word), words);
        let phrases = [
            "missing token",
            "malformed token",
            "undecryptable token",
            "expired token",
            "path mismatch",
            "replayed token",
        ];
        assert_eq!(each(|refusal| refusal.to_string()), phrases);
        let capitals = words.map(str::to_ascii_uppercase);
        assert_eq!(each(Refusal::status_word), capitals);
        let in_dry_run = capitals.map(|word| word + "_DRY_RUN");
        assert_eq!(each(|refusal| String::from(refusal.status_word_in_dry_run())), in_dry_run);
    }

    #[test]
    fn every_refusal_has_an_explanation_of_its_own() {
        let explanations = each(Refusal::explanation);
        for (at, explanation) in explanations.iter().enumerate() {
            assert!(explanation.contains("token"), "{explanation}");
            assert!(!explanations[..at].contains(explanation), "{explanation}");
        }
    }

    #[test]
    fn only_its_word_names_a_refusal() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::of_word(refusal.word().as_bytes()), Some(refusal));
        }
        for word in [&b""[..], b"allowed", b"Missing", b"missing ", b"path mismatch"] {
            assert_eq!(Refusal::of_word(word), None, "{word:?}");
        }
    }

    #[test]
    fn the_default_statuses_are_those_of_the_documentation() {
        assert_eq!(each(Refusal::default_status), [400, 400, 403, 410, 403, 403]);
    }

    #[test]
    fn an_index_is_the_position_in_the_list() {
        assert_eq!(each(Refusal::index), (0..Refusal::COUNT).collect::<Vec<_>>());
    }
}
