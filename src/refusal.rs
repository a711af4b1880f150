//! The line in the error log for a request that is refused.

use core::fmt;

use nginx_sys::{ngx_gmtime, ngx_tm_t};
use ngx::ngx_log_error;

use crate::ngx_ext::Request;
use crate::outcome::{Kind, Outcome};

/// Writes the line: it names the verdict and what a person needs to understand it, never the token. nginx adds
/// client, server and request by itself.
pub(crate) fn log(request: Request<'_>, outcome: &Outcome<'_>, path: &[u8]) {
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
        Kind::PathMismatch => write(format_args!("path mismatch{dry_run}, {paths}")),
    }
}

/// What was asked for and what the token is for, control characters escaped.
struct Paths<'a> {
    requested: &'a [u8],
    allowed: &'a [u8],
}

impl fmt::Display for Paths<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (requested, allowed) = (self.requested.escape_ascii(), self.allowed.escape_ascii());
        write!(f, "requested \"{requested}\", allowed \"{allowed}\"")
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
