//! Times of expiry: read from the command line, and shown to people.

use std::fmt;

use jiff::{SignedDuration, SpanRelativeTo, Timestamp};

use crate::span::Span;

/// Why a text is no time of expiry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidExpiry(String);

impl fmt::Display for InvalidExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "invalid time \"{}\": it must be a time from now (+90m, +1h30m, +7d), a date \
             (2026-01-05T10:00:00Z) or Unix seconds",
            self.0
        )
    }
}

/// Parses `+90m`, `2026-01-05T10:00:00Z` or Unix seconds, relative to `now`, into Unix seconds.
pub(crate) fn parse(text: &str, now: Timestamp) -> Result<i64, InvalidExpiry> {
    let invalid = || InvalidExpiry(text.to_owned());
    if let Some(lifetime) = text.strip_prefix('+') {
        // A sign of its own, or a plain number, would only be read by mistake.
        if !lifetime.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(invalid());
        }
        let span: jiff::Span = lifetime.parse().map_err(|_| invalid())?;
        let lifetime: SignedDuration =
            span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| invalid())?;
        let expires = now.checked_add(lifetime).map_err(|_| invalid())?;
        return Ok(expires.as_second());
    }
    if let Ok(seconds) = text.parse() {
        return Ok(seconds);
    }
    let expires: Timestamp = text.parse().map_err(|_| invalid())?;
    Ok(expires.as_second())
}

/// Unix seconds with the date beside them, where a calendar has one.
pub(crate) struct Expiry(pub(crate) i64);

impl Expiry {
    /// The date alone, where a calendar has one, or else the seconds.
    pub(crate) fn date(&self) -> String {
        Timestamp::from_second(self.0).map_or_else(|_| self.0.to_string(), |time| time.to_string())
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(time) => write!(f, "{} ({time})", self.0),
            Err(_) => write!(f, "{} (no date)", self.0),
        }
    }
}

/// How long a token is good from `now` on, or since when it is not.
pub(crate) struct Left {
    pub(crate) expires: i64,
    pub(crate) now: Timestamp,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.now.as_second();
        if now > self.expires {
            write!(f, "expired {} ago", Span(now.abs_diff(self.expires)))
        } else {
            write!(f, "{:#}", Span(now.abs_diff(self.expires)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<i64> {
        parse(text, Timestamp::from_second(1_000_000).unwrap()).ok()
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
        for text in
            ["", "+", "+1", "+-1h", "++1h", "tomorrow", "1h", "2024-12-31", "+1mo", "99999999999999999999"]
        {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }

    #[test]
    fn shows_seconds_and_date() {
        assert_eq!(Expiry(1_735_657_200).to_string(), "1735657200 (2024-12-31T15:00:00Z)");
        assert_eq!(Expiry(-1).to_string(), "-1 (1969-12-31T23:59:59Z)");
        assert_eq!(Expiry(i64::MAX).to_string(), "9223372036854775807 (no date)");
    }

    #[test]
    fn the_last_second_is_a_good_one() {
        let left = |expires| Left { expires, now: Timestamp::from_second(1_000_000).unwrap() }.to_string();
        assert_eq!(left(1_000_000), "0 seconds");
        assert_eq!(left(999_999), "expired 1 second ago");
        assert_eq!(left(1_005_430), "1 hour 30 minutes");
        assert_eq!(left(i64::MIN), "expired 106751991167312 days ago");
    }
}
