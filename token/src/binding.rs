//! What a seal is bound to: values that the token does not contain.

use core::fmt;

/// Why values cannot be a binding. The values are never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingError {
    /// A value is empty. It would fit every request of which the value is not known.
    Empty,
    /// A value has 4 GiB or more, so its length does not fit in 4 bytes.
    TooLong,
}

impl fmt::Display for BindingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty binding",
            Self::TooLong => "binding too long",
        })
    }
}

impl core::error::Error for BindingError {}

/// The values that a seal is bound to, in their order. Not one of them is empty. The seal covers the
/// length of each value, so values do not shift into each other.
#[derive(Clone, Copy)]
pub struct Binding<'a>(&'a [&'a [u8]]);

impl<'a> Binding<'a> {
    /// A seal that is bound to nothing.
    pub const NONE: Self = Self(&[]);

    /// A binding to these values. No values are [`Binding::NONE`].
    ///
    /// # Errors
    ///
    /// A [`BindingError`] if one of the values is empty or too long.
    pub fn new(values: &'a [&'a [u8]]) -> Result<Self, BindingError> {
        for value in values {
            if value.is_empty() {
                return Err(BindingError::Empty);
            }
            if u32::try_from(value.len()).is_err() {
                return Err(BindingError::TooLong);
            }
        }
        Ok(Self(values))
    }

    /// The values, each behind its length.
    pub(crate) fn values(self) -> impl Iterator<Item = (u32, &'a [u8])> {
        self.0.iter().map(|value| (u32::try_from(value.len()).unwrap_or(u32::MAX), *value))
    }
}

/// Values are never printed: they may be addresses or session identifiers.
impl fmt::Debug for Binding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binding({} values)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn an_empty_value_is_not_a_binding() {
        for values in [&[&b""[..]][..], &[b"a", b""], &[b"", b"a"]] {
            let error = Binding::new(values).unwrap_err();
            assert_eq!(error, BindingError::Empty);
            assert_eq!(format!("{error}"), "empty binding");
        }
        assert_eq!(format!("{}", BindingError::TooLong), "binding too long");
        assert!(Binding::new(&[]).is_ok());
    }

    #[test]
    fn prints_no_value() {
        assert_eq!(format!("{:?}", Binding::new(&[b"10.0.0.1", b"x"]).unwrap()), "Binding(2 values)");
        assert_eq!(format!("{:?}", Binding::NONE), "Binding(0 values)");
    }
}
