//! The reason of a system error.

use std::{fmt, io};

/// The message of a system error, without its number.
pub(crate) struct Reason<'a>(pub(crate) &'a io::Error);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        match text.rsplit_once(" (os error ") {
            Some((words, number))
                if number.strip_suffix(')').is_some_and(|digits| digits.parse::<i32>().is_ok()) =>
            {
                f.write_str(words)
            }
            _ => f.write_str(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_error_is_left_out() {
        assert_eq!(Reason(&io::Error::from_raw_os_error(2)).to_string(), "No such file or directory");
        assert_eq!(Reason(&io::Error::other("too long (really)")).to_string(), "too long (really)");
    }
}
