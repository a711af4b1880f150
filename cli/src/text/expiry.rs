//! Times of expiry: parsed from the command line, and printed.

use std::fmt;

use jiff::civil::{self, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};

use super::span::Span;

/// The last second of the year 9999. A later time is probably in milliseconds.
pub(crate) const LAST: i64 = 253_402_300_799;

/// The counts of a unit that have more digits may be too large to parse.
const COUNT_DIGITS: usize = 6;

/// Why a text is not a time of expiry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ExpiryError {
    Invalid(String),
    TooLate(String),
}

impl fmt::Display for ExpiryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(text) => write!(
                f,
                "invalid time \"{text}\": it must be a time from now (+90m, +1h30m, +7d), a date \
                 (2026-01-05T10:00:00Z) or Unix seconds"
            ),
            Self::TooLate(text) => {
                write!(f, "\"{text}\" is later than the year 9999 ({LAST}): milliseconds?")?;
                match seconds_of_milliseconds(text) {
                    Some(seconds) => write!(f, " In seconds it is {}", Expiry(seconds)),
                    None => Ok(()),
                }
            }
        }
    }
}

/// A number of milliseconds in seconds, if that is a plausible time.
fn seconds_of_milliseconds(text: &str) -> Option<i64> {
    let milliseconds: i64 = text.parse().ok()?;
    Some(milliseconds.div_euclid(1000)).filter(|seconds| (0..=LAST).contains(seconds))
}

/// Parses `+90m`, `2026-01-05T10:00:00Z` or Unix seconds, relative to `now`, into Unix seconds.
pub(crate) fn parse(text: &str, now: i64) -> Result<i64, ExpiryError> {
    let invalid = || ExpiryError::Invalid(text.to_owned());
    let too_late = || ExpiryError::TooLate(text.to_owned());
    let expires = if let Some(lifetime) = text.strip_prefix('+') {
        match seconds(lifetime) {
            Some(seconds) => now.saturating_add(seconds),
            // The syntax is valid, but the numbers are too large.
            None if seconds(&with_small_counts(lifetime)).is_some() => return Err(too_late()),
            None => return Err(invalid()),
        }
    } else if let Ok(seconds) = text.parse() {
        seconds
    } else if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(too_late());
    } else {
        instant(text).ok_or_else(invalid)?
    };
    if expires > LAST { Err(too_late()) } else { Ok(expires) }
}

/// The seconds of a length of time like `1h30m`. A plain number is not accepted, because its unit
/// is unclear.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let span: jiff::Span = text.parse().ok()?;
    let duration: SignedDuration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Some(duration.as_secs())
}

/// The text with each long number replaced by 1.
fn with_small_counts(text: &str) -> String {
    let mut small = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|char: char| char.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (run, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        small.push_str(if is_digit && run.len() > COUNT_DIGITS { "1" } else { run });
        rest = behind;
    }
    small
}

/// The seconds of a date with a time and an offset.
fn instant(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    // A `Timestamp` ends a day before the year 9999 does.
    let pieces = Pieces::parse(text).ok()?;
    let offset = i64::from(pieces.to_numeric_offset()?.seconds());
    let local = pieces.date().to_datetime(pieces.time()?);
    Some(local.duration_since(epoch()).as_secs().saturating_sub(offset))
}

fn epoch() -> DateTime {
    civil::date(1970, 1, 1).at(0, 0, 0, 0)
}

/// Date and time in UTC, for years up to 9999.
pub(crate) fn utc(seconds: i64) -> Option<DateTime> {
    epoch().checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// The date as in RFC 3339, for years up to 9999.
pub(crate) fn date(seconds: i64) -> Option<String> {
    utc(seconds).map(|time| format!("{time}Z"))
}

/// Rounds a time up to a multiple of `step` seconds.
pub(crate) fn align(expires: i64, step: i64) -> Option<i64> {
    match expires.checked_rem_euclid(step)? {
        0 => Some(expires),
        over => expires.checked_add(step.checked_sub(over)?),
    }
}

/// Unix seconds, printed with the date if [`date`] has one.
pub(crate) struct Expiry(pub(crate) i64);

impl Expiry {
    /// The date if there is one, else the seconds.
    pub(crate) fn date(&self) -> String {
        date(self.0).unwrap_or_else(|| self.0.to_string())
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match date(self.0) {
            Some(date) => write!(f, "{} ({date})", self.0),
            None => write!(f, "{} (no date)", self.0),
        }
    }
}

/// How long a token is still valid at `now`, or how long ago it expired.
pub(crate) struct Left {
    pub(crate) expires: i64,
    pub(crate) now: i64,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.now > self.expires {
            write!(f, "expired {} ago", Span(self.now.abs_diff(self.expires)))
        } else {
            write!(f, "{:#}", Span(self.now.abs_diff(self.expires)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn parsed(text: &str) -> Option<i64> {
        parse(text, NOW).ok()
    }

    #[test]
    fn takes_lifetimes_dates_and_seconds() {
        assert_eq!(parsed("+90s"), Some(1_000_090));
        assert_eq!(parsed("+90m"), Some(1_005_400));
        assert_eq!(parsed("+1h30m"), Some(1_005_400));
        assert_eq!(parsed("+1h 30m"), Some(1_005_400));
        assert_eq!(parsed("+7d"), Some(1_604_800));
        assert_eq!(parsed("+2w"), Some(2_209_600));
        assert_eq!(parsed("1735657200"), Some(1_735_657_200));
        assert_eq!(parsed("-1"), Some(-1));
        assert_eq!(parsed("2024-12-31T15:00:00Z"), Some(1_735_657_200));
        assert_eq!(parsed("2025-01-01T00:00:00+09:00"), Some(1_735_657_200));
    }

    #[test]
    fn refuses_anything_else() {
        for text in ["", "+", "+1", "+-1h", "++1h", "tomorrow", "1h", "2024-12-31", "+1mo", "+9999999mo"] {
            assert_eq!(parse(text, NOW), Err(ExpiryError::Invalid(text.to_owned())), "{text:?}");
        }
    }

    #[test]
    fn the_last_time_is_the_end_of_the_year_9999() {
        for text in [
            "253402300799",
            "+253401300799s",
            "9999-12-31T23:59:59Z",
            "9999-12-31T22:59:59-01:00",
            "9999-12-31T23:59:59+00:00",
        ] {
            assert_eq!(parsed(text), Some(LAST), "{text}");
        }
        for text in [
            "253402300800",
            "1893427200000",
            "9223372036854775807",
            "99999999999999999999",
            "+253401300800s",
            "+1893427200000s",
            "+99999999999999999999m",
            "+1h99999999999999s",
            "+9999999d",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(parse(text, NOW), Err(ExpiryError::TooLate(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn milliseconds_are_suspected_and_converted() {
        assert_eq!(
            parse("1893427200000", NOW).unwrap_err().to_string(),
            "\"1893427200000\" is later than the year 9999 (253402300799): milliseconds? In seconds it is 1893427200 \
             (2029-12-31T16:00:00Z)"
        );
        assert!(parse("+9999999d", NOW).unwrap_err().to_string().ends_with("milliseconds?"));
    }

    #[test]
    fn times_are_aligned_upwards() {
        assert_eq!(align(600, 300), Some(600));
        assert_eq!(align(601, 300), Some(900));
        assert_eq!(align(899, 300), Some(900));
        assert_eq!(align(-1, 300), Some(0));
        assert_eq!(align(-300, 300), Some(-300));
        assert_eq!(align(i64::MAX, 300), None);
        assert_eq!(align(600, 0), None);
    }

    #[test]
    fn shows_seconds_and_date() {
        assert_eq!(Expiry(1_735_657_200).to_string(), "1735657200 (2024-12-31T15:00:00Z)");
        assert_eq!(Expiry(-1).to_string(), "-1 (1969-12-31T23:59:59Z)");
        assert_eq!(Expiry(LAST).to_string(), "253402300799 (9999-12-31T23:59:59Z)");
        assert_eq!(Expiry(253_402_300_800).to_string(), "253402300800 (no date)");
        assert_eq!(Expiry(i64::MAX).to_string(), "9223372036854775807 (no date)");
        assert_eq!(Expiry(i64::MIN).to_string(), "-9223372036854775808 (no date)");
    }

    #[test]
    fn a_token_is_valid_in_its_last_second() {
        let left = |expires| Left { expires, now: NOW }.to_string();
        assert_eq!(left(1_000_000), "0 seconds");
        assert_eq!(left(999_999), "expired 1 second ago");
        assert_eq!(left(1_005_430), "1 hour 30 minutes");
        assert_eq!(left(i64::MIN), "expired 106751991167312 days ago");
    }
}
