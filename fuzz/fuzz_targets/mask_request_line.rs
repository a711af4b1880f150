//! No value of a token's argument is left in what goes into logs, and all other bytes are.
//!
//! Input: a request line.
#![no_main]

#[path = "../../src/mask_text.rs"]
mod mask_text;
#[path = "../../src/query.rs"]
#[allow(dead_code)]
mod query;
#[path = "../../src/writer.rs"]
#[allow(dead_code)]
mod writer;

use libfuzzer_sys::fuzz_target;
use pta_fuzz::masking;

use crate::mask_text::{MASK, values, write_masked};
use crate::writer::Writer;

fuzz_target!(|data: &[u8]| {
    let line: Box<[u8]> = data.into();
    for name in [&b"pta"[..], b"a", b"Access-Token", b"x.~_"] {
        let masked = masked(&line, name);
        assert_eq!(masked, masking::masked(&line, name));
        assert_eq!(values(&masked, name).count(), 0, "a value is left");
        assert_eq!(self::masked(&masked, name), masked);
        check_single(&line, name, &masked);
    }
});

/// Where there is one value, putting the mask in its place is all.
fn check_single(line: &[u8], name: &[u8], masked: &[u8]) {
    let mut values = values(line, name);
    let (Some((start, end)), None) = (values.next(), values.next()) else { return };
    assert_eq!(mask_text::masked_at(line, start, end).concat(), masked);
}

fn masked(text: &[u8], name: &[u8]) -> Vec<u8> {
    // As much room as the module takes.
    let mut buffer = vec![b'?'; text.len() + values(text, name).count() * MASK.len()];
    let mut writer = Writer::new(&mut buffer);
    write_masked(text, name, &mut writer);
    writer.finish().to_vec()
}
