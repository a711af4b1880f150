//! The token's argument is found where the reference finds it, and taking it out leaves all other bytes as they are.
//!
//! Input: a request target.
#![no_main]

#[path = "../../src/query.rs"]
#[allow(dead_code)]
mod query;
#[path = "../../src/writer.rs"]
#[allow(dead_code)]
mod writer;

use libfuzzer_sys::fuzz_target;
use pta_fuzz::arguments;

use crate::query::Target;
use crate::writer::Writer;

const NAMES: [&[u8]; 4] = [b"pta", b"a", b"Access-Token", b"x.~_"];

fuzz_target!(|data: &[u8]| {
    let target: Box<[u8]> = data.into();
    let (path, query, fragment) = arguments::parts(&target);
    let expected = Target { path, query: query.unwrap_or_default(), fragment };
    assert_eq!(Target::split(&target), expected);
    for name in NAMES {
        check(expected.query, name);
        // As `$args` of a rewrite may be: no part of it means anything else.
        check(&target, name);
    }
});

fn check(query: &[u8], name: &[u8]) {
    let query: Box<[u8]> = query.into();
    let found = query::find(&query, name);
    assert_eq!(found, arguments::find(&query, name));
    let clean = without(&query, name, query.len());
    assert_eq!(clean, arguments::without(&query, name));
    assert_eq!(clean, without(&query, name, query.len() + 7));
    assert_eq!(query::find(&clean, name), None);
    assert_eq!(found.is_none(), clean == *query);
}

fn without(query: &[u8], name: &[u8], room: usize) -> Vec<u8> {
    let mut buffer = vec![b'?'; room];
    let mut writer = Writer::new(&mut buffer);
    query::write_without(query, name, &mut writer);
    writer.finish().to_vec()
}
