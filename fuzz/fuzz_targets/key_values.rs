//! A key is 32 hexadecimal digits and nothing else. Its bytes are used unchanged and never printed.
//!
//! Input: the text of a key, a line end, and the text of an IV.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::hex;
use pta_fuzz::token::{self, Pair};
use pta_token::{KeyError, KeyPair, Secret, encode};

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|&byte| byte == b'\n').unwrap_or(data.len());
    let (key, iv) = (&data[..end], data.get(end + 1..).unwrap_or_default());
    let (key_bytes, iv_bytes) = (check_secret(key), check_secret(iv));
    match (KeyPair::from_hex(key, iv), key_bytes, iv_bytes) {
        (Ok(pair), Some(key), Some(iv)) => {
            assert_eq!(format!("{pair:?}"), "KeyPair(..)");
            let expected = token::encode(Pair { key, iv }, 1_735_657_200, b"/video/*");
            assert_eq!(encode(&pair, 1_735_657_200, b"/video/*").ok(), expected);
        }
        // The error of the key comes before that of the IV.
        (Err(error), None, _) => assert_eq!(Secret::from_hex(key), Err(error)),
        (Err(error), Some(_), None) => assert_eq!(Secret::from_hex(iv), Err(error)),
        (result, ..) => panic!("{result:?}"),
    }
});

fn check_secret(text: &[u8]) -> Option<[u8; 16]> {
    let text: Box<[u8]> = text.into();
    let expected: Option<[u8; 16]> = hex::decode(&text).and_then(|bytes| bytes.try_into().ok());
    match Secret::from_hex(&text) {
        Ok(secret) => {
            assert_eq!(format!("{secret:?}"), "Secret(..)");
            let bytes = expected.expect("accepted text that is not a key");
            assert_eq!(Secret::from_hex(hex::encode(&bytes).as_bytes()), Ok(secret));
        }
        Err(error) => {
            assert_eq!(expected, None, "refused a key");
            // The message contains the length at most, never the text.
            let (kind, message) = if text.len() == 32 {
                (KeyError::NotHex, "must be 32 hexadecimal digits, but contains other characters".to_owned())
            } else {
                let message = format!("must be 32 hexadecimal digits, not {} characters", text.len());
                (KeyError::Length(text.len()), message)
            };
            assert_eq!((error, error.to_string()), (kind, message));
        }
    }
    expected
}
