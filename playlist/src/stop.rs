//! Why a playlist is given up.

use std::fmt;

/// Why an XML document cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    pub(crate) reason: &'static str,
    pub(crate) offset: usize,
}

impl XmlError {
    /// Which byte of the response shows that something is wrong. The first one is 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for XmlError {}

/// Ends the rewriting. Nothing of the result is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It is not a playlist.
    NoPlaylist,
    Xml(XmlError),
    /// The playlist or its rewritten form is longer than the limit, or takes too many steps.
    TooLarge,
    OutOfMemory,
}
