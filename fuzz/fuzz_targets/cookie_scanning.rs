//! The project finds the same cookies as the reference, in the same order.
//!
//! Input: the value of a `Cookie` header line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::cookies;
use pta_http::cookie;

fuzz_target!(|data: &[u8]| {
    // The box ends with the line, so the sanitizer reports a read beyond it.
    let line: Box<[u8]> = data.into();
    for name in [&b"pta"[..], b"a", b"Access-Token", b"x.~_"] {
        let found: Vec<&[u8]> = cookie::values_in(&line, name).collect();
        assert_eq!(found, cookies::values(&line, name));
    }
});
