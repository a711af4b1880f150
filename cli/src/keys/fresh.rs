//! New keys, from the random source of the operating system.

use std::fmt::Write;
use std::io;

use pta_token::BLOCK_LEN;
use zeroize::Zeroizing;

use super::pair_file;
use crate::failure::Failure;
use crate::text::reason::Reason;

/// The content of a new pair file.
pub(crate) fn pair() -> Result<Zeroizing<String>, Failure> {
    Ok(pair_file::content(&digits()?, &digits()?))
}

/// 32 hexadecimal digits that nobody can guess.
pub(crate) fn digits() -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; BLOCK_LEN]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        let error =
            error.raw_os_error().map_or_else(|| io::Error::other(error), io::Error::from_raw_os_error);
        Failure::Source(format!("cannot get random numbers from the system: {}", Reason(&error)))
    })?;
    let mut digits = Zeroizing::new(String::with_capacity(BLOCK_LEN.saturating_mul(2)));
    for byte in bytes.iter() {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_digits_are_a_key_and_differ() {
        let made = digits().unwrap();
        assert!(pta_token::Secret::from_hex(made.as_bytes()).is_ok());
        assert_ne!(*made, *digits().unwrap());
    }
}
