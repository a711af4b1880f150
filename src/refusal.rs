//! The line in the error log for a request that is refused.

use core::fmt;

use nginx_sys::{ngx_gmtime, ngx_tm_t};
use ngx::ngx_log_error;

use crate::dav;
use crate::ngx_ext::Request;
use crate::outcome::{Kind, Outcome};

/// Writes the line: it names the verdict and what a person needs to understand it, never the token. nginx adds
/// client, server and request by itself.
pub(crate) fn log<'r>(request: Request<'r>, outcome: &Outcome<'r>, path: &'r [u8]) {
    let policy = outcome.conf().policy();
    let dry_run = if policy.is_dry_run() { ", dry run" } else { "" };
    let write = |message: fmt::Arguments<'_>| {
        ngx_log_error!(policy.log_level(), request.log(), "pta: {message}");
    };
    let paths = Paths { requested: path, allowed: outcome.path().unwrap_or_default() };
    match outcome.kind() {
        Kind::Missing => write(format_args!("missing token{dry_run}")),
        Kind::Malformed => write(format_args!("malformed token{dry_run}")),
        Kind::Undecryptable | Kind::Allowed => write(format_args!("undecryptable token{dry_run}")),
        Kind::Expired => {
            let until = Time(outcome.expires().unwrap_or_default());
            write(format_args!("expired token{dry_run}, valid until {until}, {paths}"));
        }
        Kind::PathMismatch => match dav::explain(request, outcome, path) {
            Some(objection) => write(format_args!("path mismatch{dry_run}, {paths}, {objection}")),
            None => write(format_args!("path mismatch{dry_run}, {paths}")),
        },
    }
}

/// What was asked for and what the token is for.
struct Paths<'a> {
    requested: &'a [u8],
    allowed: &'a [u8],
}

impl fmt::Display for Paths<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "requested \"{}\", allowed \"{}\"", Escaped(self.requested), Escaped(self.allowed))
    }
}

/// Bytes of a client, control characters and quotes escaped.
pub(crate) struct Escaped<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| matches!(byte, b'!'..=b'~') & !matches!(byte, b'"' | b'\'' | b'\\');
        // Most paths are, and a flood of refused requests should not cost a byte-wise formatting each. Without a way
        // out before the end, many bytes are looked at in one step.
        let all_plain = self.0.iter().fold(true, |plain, &byte| plain & is_plain(byte));
        match str::from_utf8(self.0) {
            Ok(text) if all_plain => f.write_str(text),
            _ => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}

/// Unix time in seconds; as a date where a calendar has one.
struct Time(i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const END_OF_9999: i64 = 253_402_300_799;
        if !(0..=END_OF_9999).contains(&self.0) {
            return write!(f, "{}", self.0);
        }
        // SAFETY: all bits zero is a valid ngx_tm_t, plain numbers; ngx_gmtime fills it and knows no error.
        let time: ngx_tm_t = unsafe {
            let mut time = core::mem::zeroed();
            ngx_gmtime(self.0, &raw mut time);
            time
        };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec
        )
    }
}
