//! Lengths of time in words.

use std::fmt;

const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// Prints seconds in the largest unit. With `{:#}`, the next unit is printed, too.
pub(crate) struct Span(pub(crate) u64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut parts = UNITS.iter().map(|&(length, unit)| {
            let count = rest.checked_div(length).unwrap_or(0);
            rest = rest.checked_rem(length).unwrap_or(0);
            (count, unit)
        });
        let (count, unit) = parts.find(|&(count, _)| count > 0).unwrap_or((0, "second"));
        write!(f, "{}", Count(count, unit))?;
        match parts.next() {
            Some((count, unit)) if f.alternate() && count > 0 => write!(f, " {}", Count(count, unit)),
            _ => Ok(()),
        }
    }
}

struct Count(u64, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_is_shown() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (180, "3 minutes"),
            (239, "3 minutes"),
            (7_199, "1 hour"),
            (172_800, "2 days"),
        ] {
            assert_eq!(Span(seconds).to_string(), words);
        }
    }

    #[test]
    fn the_alternate_form_shows_the_next_unit() {
        for (seconds, words) in
            [(0, "0 seconds"), (60, "1 minute"), (61, "1 minute 1 second"), (7_199, "1 hour 59 minutes")]
        {
            assert_eq!(format!("{:#}", Span(seconds)), words);
        }
        assert_eq!(format!("{:#}", Span(86_400 + 60)), "1 day");
    }
}
