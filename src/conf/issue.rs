//! `pta_issue` in the configuration.

use crate::nginx::complex_value::ComplexValue;
use crate::nginx::source_line::SourceLine;

/// The `pta_issue` of a location.
pub(crate) enum IssueConf {
    Off,
    Token(TokenConf),
}

impl IssueConf {
    pub(crate) fn token(&self) -> Option<&TokenConf> {
        match self {
            Self::Off => None,
            Self::Token(token) => Some(token),
        }
    }
}

/// The tokens that a location issues.
pub(crate) struct TokenConf {
    /// The path up to the wildcard, or all of it.
    prefix: ComplexValue,
    /// The path after the wildcard, if there is one.
    suffix: Option<ComplexValue>,
    /// In seconds.
    lifetime: u32,
    place: SourceLine,
}

impl TokenConf {
    pub(crate) fn new(
        prefix: ComplexValue,
        suffix: Option<ComplexValue>,
        lifetime: u32,
        place: SourceLine,
    ) -> Self {
        Self { prefix, suffix, lifetime, place }
    }

    /// The path up to the wildcard, or all of it.
    pub(crate) fn prefix(&self) -> ComplexValue {
        self.prefix
    }

    /// The path after the wildcard, if there is one.
    pub(crate) fn suffix(&self) -> Option<ComplexValue> {
        self.suffix
    }

    /// In seconds.
    pub(crate) fn lifetime(&self) -> u32 {
        self.lifetime
    }

    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }
}
