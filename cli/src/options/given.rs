//! A token as it is given: itself, in a URL, or on standard input.

use std::ffi::OsStr;
use std::io::{self, BufRead};
use std::os::unix::ffi::OsStrExt;

use crate::failure::Failure;
use crate::link::host::Host;
use crate::link::url::Url;
use crate::text::reason::Reason;

pub(crate) struct Given(Vec<u8>);

impl Given {
    /// Takes the argument, or for `-` the one line of standard input.
    pub(crate) fn read(argument: &OsStr) -> Result<Self, Failure> {
        if argument != "-" {
            return Ok(Self(argument.as_bytes().to_vec()));
        }
        let refuse =
            |error: io::Error| Failure::Source(format!("cannot read standard input: {}", Reason(&error)));
        let mut lines = io::stdin().lock().split(b'\n');
        let line = lines.next().transpose().map_err(refuse)?;
        if lines.next().is_some() {
            return Err(Failure::Usage("there is more than one line on standard input".to_owned()));
        }
        Ok(Self(line.unwrap_or_default().trim_ascii().to_vec()))
    }

    /// The URL, when it is one.
    pub(crate) fn url(&self) -> Result<Option<Url<'_>>, Failure> {
        let text = self.0.as_slice();
        // No token has any of these; a URL that lacks them all has no token.
        let is_url = text.iter().any(|byte| b"/?".contains(byte));
        is_url.then(|| Url::parse(text)).transpose().map_err(|error| Failure::Usage(error.to_string()))
    }

    /// The host of the URL, when it is one and has one.
    pub(crate) fn host(&self) -> Result<Option<Host>, Failure> {
        Ok(self.url()?.as_ref().and_then(Host::of))
    }

    /// The token: the argument `name` of a URL, or else the text itself.
    pub(crate) fn token(&self, name: &str) -> Result<Option<&[u8]>, Failure> {
        Ok(match self.url()? {
            Some(url) => url.argument(name),
            None => Some(&self.0),
        })
    }
}
