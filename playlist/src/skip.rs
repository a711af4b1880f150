//! Kinds of references that do not get the token: `pta_playlist_skip`.

use std::fmt;

/// A kind of reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Keys of HLS.
    Keys,
    /// Media segments and initialization segments.
    Segments,
    /// Other playlists, and parts of an MPD that are elsewhere.
    Playlists,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Keys, Self::Segments, Self::Playlists];

    /// The word of the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Segments => "segments",
            Self::Playlists => "playlists",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Keys => 1,
            Self::Segments => 2,
            Self::Playlists => 4,
        }
    }
}

/// What is wrong with a word of `pta_playlist_skip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipError {
    /// It names no kind.
    Unknown,
    /// It was there before.
    Duplicate,
}

impl fmt::Display for SkipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "it must be \"keys\", \"segments\" or \"playlists\"",
            Self::Duplicate => "it is given twice",
        })
    }
}

impl std::error::Error for SkipError {}

/// A set of kinds. Empty by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skip(u8);

impl Skip {
    /// Adds the kind that `word` names. The case of letters is ignored, as in nginx's own words.
    ///
    /// # Errors
    ///
    /// A [`SkipError`] if it names none, or one that is already there.
    pub fn add(&mut self, word: &[u8]) -> Result<(), SkipError> {
        let named = Kind::ALL.into_iter().find(|kind| word.eq_ignore_ascii_case(kind.word().as_bytes()));
        let kind = named.ok_or(SkipError::Unknown)?;
        if self.contains(kind) {
            return Err(SkipError::Duplicate);
        }
        self.0 |= kind.bit();
        Ok(())
    }

    /// Whether the kind is in the set.
    #[inline]
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_add_up() {
        for (position, word) in ["keys", "segments", "playlists"].into_iter().enumerate() {
            let mut skip = Skip::default();
            assert!(!Kind::ALL.into_iter().any(|kind| skip.contains(kind)));
            assert_eq!(skip.add(word.as_bytes()), Ok(()));
            let contained = Kind::ALL.map(|kind| skip.contains(kind));
            assert_eq!(contained, [0, 1, 2].map(|other| other == position));
        }
        let mut skip = Skip::default();
        for word in [&b"segments"[..], b"keys", b"playlists"] {
            assert_eq!(skip.add(word), Ok(()));
        }
        assert!(Kind::ALL.into_iter().all(|kind| skip.contains(kind)));
    }

    #[test]
    fn other_words_and_repeated_ones_are_refused() {
        let mut skip = Skip::default();
        for word in [&b""[..], b"key", b"keys "] {
            assert_eq!(skip.add(word), Err(SkipError::Unknown));
        }
        assert_eq!(skip.add(b"keys"), Ok(()));
        assert_eq!(skip.add(b"Keys"), Err(SkipError::Duplicate));
        assert_eq!(SkipError::Duplicate.to_string(), "it is given twice");
        assert_eq!(SkipError::Unknown.to_string(), "it must be \"keys\", \"segments\" or \"playlists\"");
    }
}
