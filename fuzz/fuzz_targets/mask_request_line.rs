//! Masking removes all values of the token's argument, and all other bytes stay.
//!
//! Input: a request line, or a request target.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::masking;
use pta_http::mask::{self, MASK, has_no_values, values, write_masked};
use pta_http::query::{self, Target, position_of};
use pta_http::writer::Writer;

fuzz_target!(|data: &[u8]| {
    let line: Box<[u8]> = data.into();
    for name in [&b"pta"[..], b"a", b"Access-Token", b"x.~_"] {
        let masked = masked(&line, name);
        assert_eq!(masked, masking::masked(&line, name));
        assert_eq!(values(&masked, name).count(), 0, "a value is left");
        assert_eq!(self::masked(&masked, name), masked);
        assert!(!has_no_values(&line) || masked == *line);
        check_single(&line, name, &masked);
        check_alone(&line, name, &masked);
    }
});

/// If there is a single value, replacing it is enough.
fn check_single(line: &[u8], name: &[u8], masked: &[u8]) {
    let mut values = values(line, name);
    let (Some((start, end)), None) = (values.next(), values.next()) else { return };
    assert_eq!(mask::masked_at(line, start, end).concat(), masked);
}

/// If `is_alone` is true for the argument, replacing its value is enough.
fn check_alone(target: &[u8], name: &[u8], masked: &[u8]) {
    let parts = Target::split(target);
    let Some(argument) = query::find(parts.query, name) else { return };
    let is_token = !argument.value.is_empty() && argument.value.iter().all(u8::is_ascii_hexdigit);
    if is_token && parts.fragment.is_empty() && argument.is_single(name) && argument.is_alone(parts.path) {
        let start = position_of(argument.value, target).expect("the value is in the target");
        assert_eq!(mask::masked_at(target, start, start + argument.value.len()).concat(), masked);
    }
}

fn masked(text: &[u8], name: &[u8]) -> Vec<u8> {
    // The module allocates the same room.
    let mut buffer = vec![b'?'; text.len() + values(text, name).count() * MASK.len()];
    let mut writer = Writer::new(&mut buffer);
    write_masked(text, name, &mut writer);
    writer.finish().to_vec()
}
