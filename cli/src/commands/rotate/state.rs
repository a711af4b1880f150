//! The state of a rotation, in the file `rotation` beside the pairs.

use std::path::Path;
use std::{fmt, fs, io, str};

use pta_token::{Binding, Sealing, SecretPair};

use super::replace;
use crate::failure::Failure;
use crate::text::reason::Reason;

const FILE: &str = "rotation";
const NEW_FILE: &str = "rotation.new";
const COMMENT: &str = "# Written by pta rotate, which needs it.";

/// The reason to refuse pairs that are not those of the state.
pub(super) const FOREIGN: &str = "1st.pair and 2nd.pair are not the pairs of the rotation that has begun; restore them, or, if \
                                  they are correct, remove the file \"rotation\"";

/// The last step of a rotation that is surely done. The pair files may be one step ahead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    Idle,
    Exchanging(Rotation),
    /// `--finish` is due.
    Exchanged(Rotation),
}

/// Which pair takes the place of which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rotation {
    pub(super) old: Fingerprint,
    pub(super) new: Fingerprint,
}

impl Rotation {
    pub(super) fn reversed(&self) -> Self {
        Self { old: self.new.clone(), new: self.old.clone() }
    }
}

/// Identifies a pair without revealing it: a token that expired long ago, for a path without a
/// file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(String);

impl Fingerprint {
    pub(super) fn of(pair: &SecretPair) -> Result<Self, Failure> {
        let expanded = pair.expand();
        let token = match expanded.seal_key() {
            // Without the seal, pairs that differ in their seal keys alone would look the same.
            Some(key) => {
                let sealing = Sealing { key, nonce: None, binding: Binding::NONE };
                pta_token::encode_sealed(&expanded, i64::MIN, b"/rotation", sealing)
            }
            None => pta_token::encode(&expanded, i64::MIN, b"/rotation"),
        };
        token.map(Self).map_err(|error| Failure::Source(error.to_string()))
    }
}

impl State {
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(FILE);
        let refuse = |reason: &dyn fmt::Display| {
            Failure::Source(format!("invalid state of a rotation \"{}\": {reason}", path.display()))
        };
        match fs::read(&path) {
            Ok(text) => Self::parse(&text).ok_or_else(|| refuse(&"pta rotate did not write it")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Idle),
            Err(error) => Err(refuse(&Reason(&error))),
        }
    }

    /// Writes the state completely or not at all, even if the machine stops.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let temporary = folder.join(NEW_FILE);
        let text = match self {
            Self::Idle => "idle".to_owned(),
            Self::Exchanging(rotation) => format!("exchanging {rotation}"),
            Self::Exchanged(rotation) => format!("exchanged {rotation}"),
        };
        replace::write(&temporary, format!("{COMMENT}\n{text}\n").as_bytes())?;
        replace::rename(&temporary, &folder.join(FILE))?;
        replace::sync_folder(folder)
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let line = text.strip_prefix(COMMENT)?.strip_prefix('\n')?.strip_suffix('\n')?;
        let words: Vec<&str> = line.split(' ').collect();
        let rotation = |old: &str, new: &str| Rotation {
            old: Fingerprint(old.to_owned()),
            new: Fingerprint(new.to_owned()),
        };
        match words.as_slice() {
            ["idle"] => Some(Self::Idle),
            ["exchanging", old, new] => Some(Self::Exchanging(rotation(old, new))),
            ["exchanged", old, new] => Some(Self::Exchanged(rotation(old, new))),
            _ => None,
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.old.0, self.new.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(State::read(folder.path()).unwrap(), State::Idle);
        let rotation = || Rotation { old: Fingerprint("a".to_owned()), new: Fingerprint("b".to_owned()) };
        for state in [State::Exchanging(rotation()), State::Exchanged(rotation()), State::Idle] {
            state.write(folder.path()).unwrap();
            assert_eq!(State::read(folder.path()).unwrap(), state);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "idle\n",
            &format!("{COMMENT}\nidle"),
            &format!("{COMMENT}\nexchanged a\n"),
            &format!("{COMMENT}\n\n"),
        ] {
            assert_eq!(State::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
