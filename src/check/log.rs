//! The error log line for a refused request.

use core::{fmt, str};

use nginx_sys::{ngx_gmtime, ngx_tm_t};
use ngx::ngx_log_error;
use pta_token::Refusal;

use crate::check::dav;
use crate::nginx::escaped::Escaped;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::request::outcome::Outcome;
use crate::request::record::Record;
use crate::request::{masked, original};

/// Logs the verdict and what explains it, but never the token. nginx adds client, server and
/// request.
#[cold]
#[inline(never)] // keeps its buffer out of the stack frame of allowed requests
pub(crate) fn log<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    outcome: &Outcome<'r>,
    refusal: Refusal,
) -> Result<(), OutOfMemory> {
    let policy = outcome.conf().policy();
    let dry_run = if policy.is_dry_run() { ", dry run" } else { "" };
    let write = |message: fmt::Arguments<'_>| {
        ngx_log_error!(policy.log_level(), request.log(), "pta: {message}");
    };
    let Some(claims) = outcome.claims() else {
        match outcome.seal_fault() {
            Some(fault) => write(format_args!("{refusal}{dry_run}, {fault}")),
            None => write(format_args!("{refusal}{dry_run}")),
        }
        return Ok(());
    };
    let path = original::path(request, record)?;
    let paths = Paths {
        requested: masked::path(request, record, path)?,
        allowed: masked::path(request, record, claims.path.as_bytes())?,
    };
    if refusal == Refusal::Expired {
        let until = Time(claims.expires);
        write(format_args!("{refusal}{dry_run}, valid until {until}, {paths}"));
    } else if let Some(objection) = dav::explain(request, outcome, path)? {
        let objection = objection.masked(request, record)?;
        write(format_args!("{refusal}{dry_run}, {paths}, {objection}"));
    } else {
        write(format_args!("{refusal}{dry_run}, {paths}"));
    }
    Ok(())
}

/// Logs the verdict and a reason in place of the paths.
#[cold]
pub(super) fn log_because(
    request: Request<'_>,
    outcome: &Outcome<'_>,
    refusal: Refusal,
    reason: fmt::Arguments<'_>,
) {
    let policy = outcome.conf().policy();
    let dry_run = if policy.is_dry_run() { ", dry run" } else { "" };
    ngx_log_error!(policy.log_level(), request.log(), "pta: {refusal}{dry_run}, {reason}");
}

/// The requested path and the one that the token allows.
struct Paths<'a> {
    requested: &'a [u8],
    allowed: &'a [u8],
}

impl fmt::Display for Paths<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "requested \"{}\", allowed \"{}\"", Escaped(self.requested), Escaped(self.allowed))
    }
}

/// Unix time in seconds. It is shown as a date if its year has four digits.
struct Time(i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const END_OF_9999: i64 = 253_402_300_799;
        if !(0..=END_OF_9999).contains(&self.0) {
            return write!(f, "{}", self.0);
        }
        // SAFETY: ngx_tm_t has only numbers, so zeroed memory is valid. ngx_gmtime fills it and
        // cannot fail.
        let time: ngx_tm_t = unsafe {
            let mut time = core::mem::zeroed();
            ngx_gmtime(self.0, &raw mut time);
            time
        };
        let year = time.tm_year;
        let date =
            date([year / 100, year % 100, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec]);
        f.write_str(str::from_utf8(&date).unwrap_or_default())
    }
}

/// A date in UTC from numbers below 100: century, year, month, day, hour, minute, second. This does
/// not use core::fmt, which takes 1,500 instructions, a quarter of the whole line's cost.
fn date<T: TryInto<u8>>(numbers: [T; 7]) -> [u8; 20] {
    let mut date = *b"0000-00-00T00:00:00Z";
    // Century and year are adjacent. One character separates the others.
    for (number, at) in numbers.into_iter().zip([0_usize, 2, 5, 8, 11, 14, 17]) {
        let number = number.try_into().unwrap_or_default();
        let digits = [number / 10, number % 10].map(|digit| b'0'.saturating_add(digit));
        if let Some(place) = date.get_mut(at..at.saturating_add(2)) {
            place.copy_from_slice(&digits);
        }
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_with_leading_zeros() {
        let date = |numbers: [i32; 7]| String::from_utf8(date(numbers).to_vec()).unwrap();
        assert_eq!(date([20, 26, 1, 5, 10, 0, 9]), "2026-01-05T10:00:09Z");
        assert_eq!(date([19, 70, 1, 1, 0, 0, 0]), "1970-01-01T00:00:00Z");
        assert_eq!(date([99, 99, 12, 31, 23, 59, 59]), "9999-12-31T23:59:59Z");
    }
}
