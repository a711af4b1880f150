//! The token on the command line: alone, in a URL, or on standard input.

use std::ffi::OsStr;
use std::io::{self, BufRead};
use std::os::unix::ffi::OsStrExt;

use crate::failure::Failure;
use crate::link::host::Host;
use crate::link::url::Url;
use crate::text::reason::Reason;

pub(crate) struct Given(Vec<u8>);

impl Given {
    /// Takes the argument. If it is `-`, takes the single line of standard input.
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

    /// The URL, if the text is one.
    pub(crate) fn url(&self) -> Result<Option<Url<'_>>, Failure> {
        let text = self.0.as_slice();
        // A token never contains these bytes. A URL with a token always does.
        let is_url = text.iter().any(|byte| b"/?".contains(byte));
        is_url.then(|| Url::parse(text)).transpose().map_err(|error| Failure::Usage(error.to_string()))
    }

    /// The host, if the text is a URL with a host.
    pub(crate) fn host(&self) -> Result<Option<Host>, Failure> {
        Ok(self.url()?.as_ref().and_then(Host::of))
    }

    /// The token: the argument `name` if the text is a URL, else the text.
    pub(crate) fn token(&self, name: &str) -> Result<Option<&[u8]>, Failure> {
        Ok(match self.url()? {
            Some(url) => url.argument(name),
            None => Some(&self.0),
        })
    }
}
