//! New keys, from the random source of the operating system.

use std::fmt::Write;
use std::io;

use pta_token::{BLOCK_LEN, Nonce, SEAL_KEY_LEN};
use zeroize::Zeroizing;

use super::pair_file;
use crate::failure::Failure;
use crate::text::reason::Reason;

/// The content of a new pair file, with or without a seal key.
pub(crate) fn pair(with_seal: bool) -> Result<Zeroizing<String>, Failure> {
    let seal = if with_seal { Some(digits_of::<SEAL_KEY_LEN>()?) } else { None };
    Ok(pair_file::content(&digits()?, &digits()?, seal.as_ref().map(|digits| digits.as_str())))
}

/// 32 hexadecimal digits that nobody can guess.
pub(crate) fn digits() -> Result<Zeroizing<String>, Failure> {
    digits_of::<BLOCK_LEN>()
}

/// A nonce, which makes a token differ from all others.
pub(crate) fn nonce() -> Result<Nonce, Failure> {
    let mut bytes = [0; 12];
    fill(&mut bytes)?;
    Ok(Nonce::new(&bytes))
}

fn digits_of<const LEN: usize>() -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; LEN]);
    fill(bytes.as_mut_slice())?;
    // Allocate once: a string that grows leaves copies of keys in memory.
    let mut digits = Zeroizing::new(String::with_capacity(LEN.saturating_mul(2)));
    for byte in bytes.iter() {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

fn fill(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|error| {
        let error =
            error.raw_os_error().map_or_else(|| io::Error::other(error), io::Error::from_raw_os_error);
        Failure::Source(format!("cannot get random numbers from the system: {}", Reason(&error)))
    })
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

    #[test]
    fn a_new_pair_has_a_seal_key_if_it_is_wanted() {
        for with_seal in [true, false] {
            let pair = pta_token::SecretPair::from_file_content(pair(with_seal).unwrap().as_bytes()).unwrap();
            assert_eq!(pair.seal.is_some(), with_seal);
        }
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }
}
