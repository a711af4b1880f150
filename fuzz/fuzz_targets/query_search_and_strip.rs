//! The project finds the same argument as the reference. Removing it leaves all other bytes as they
//! are.
//!
//! Input: a request target.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::arguments;
use pta_http::query::{self, SoleArgument, Target, position_of};
use pta_http::writer::Writer;

const NAMES: [&[u8]; 4] = [b"pta", b"a", b"Access-Token", b"x.~_"];

fuzz_target!(|data: &[u8]| {
    let target: Box<[u8]> = data.into();
    let (path, query, fragment) = arguments::parts(&target);
    let expected = Target { path, query: query.unwrap_or_default(), fragment };
    assert_eq!(Target::split(&target), expected);
    check_cuts(&target);
    for name in NAMES {
        check(expected.query, name);
        check_cutting(&target, &expected, name);
        // `$args` may be any text after a rewrite, also one with "?" and "#".
        check(&target, name);
    }
});

/// `Target::cut` agrees with `Target::split` for any end of the path, or returns None.
fn check_cuts(target: &[u8]) {
    for end in 0..=target.len() {
        let Some(cut) = Target::cut(target, &target[..end]) else { continue };
        let rest = &target[end..];
        assert_eq!((cut.path, cut.fragment), (&target[..end], &b""[..]));
        assert!(rest.is_empty() && cut.query.is_empty() || rest == [b"?", cut.query].concat());
    }
    let split = Target::split(target);
    let copy = split.path.to_vec();
    // A copy of the path is not a part of the target.
    assert!(copy.is_empty() || Target::cut(target, &copy).is_none());
    if split.fragment.is_empty() {
        assert_eq!(Target::cut(target, split.path), Some(split));
    }
}

fn check(query: &[u8], name: &[u8]) {
    let query: Box<[u8]> = query.into();
    let found = query::find(&query, name);
    assert_eq!(found.map(|argument| argument.value), arguments::find(&query, name));
    if let Some(argument) = found {
        let start = position_of(argument.value, &query).expect("the argument is in the query");
        assert_eq!(&query[start..start + argument.value.len()], argument.value);
        check_single(&query, name, argument.is_single(name));
    }
    let clean = without(&query, name, query.len());
    assert_eq!(clean, arguments::without(&query, name));
    assert_eq!(clean, without(&query, name, query.len() + 7));
    assert_eq!(query::find(&clean, name), None);
    assert_eq!(found.is_none(), clean == *query);
}

/// `is_single` is true if cutting the argument out is enough.
fn check_single(query: &[u8], name: &[u8], is_single: bool) {
    let (named, others): (Vec<&[u8]>, Vec<&[u8]>) =
        query.split(|&byte| byte == b'&').partition(|argument| arguments::find(argument, name).is_some());
    // The rest would be a mere `&`.
    let nothing_left = others == [b""];
    assert_eq!(is_single, named.len() == 1 && !nothing_left);
}

/// Cutting a single argument out of a target has the same result as splitting and joining.
fn check_cutting(target: &[u8], parts: &Target<'_>, name: &[u8]) {
    let Some(argument) = query::find(parts.query, name) else { return };
    if !parts.fragment.is_empty() || !argument.is_single(name) {
        return;
    }
    let single = SoleArgument::of(argument.value, name, target).expect("the argument is in the query");
    let (before, behind) = single.around(target);
    let clean = [before, behind].concat();
    let args = arguments::without(parts.query, name);
    let expected = if args.is_empty() { parts.path.to_vec() } else { [parts.path, b"?", &args].concat() };
    assert_eq!(clean, expected);
    // The arguments of the clean target begin at the same offset.
    let start = position_of(parts.query, target).expect("the argument is in the query");
    assert!(single.is_in(start, parts.query, target));
    assert_eq!(clean.get(start..).unwrap_or_default(), args);
    assert!(argument.value.is_empty() || !single.is_in(start, &parts.query[..parts.query.len() - 1], target));
    // A copy of the value is not a part of the target.
    let copy = argument.value.to_vec();
    assert!(copy.is_empty() || SoleArgument::of(&copy, name, target).is_none());
}

fn without(query: &[u8], name: &[u8], room: usize) -> Vec<u8> {
    let mut buffer = vec![b'?'; room];
    let mut writer = Writer::new(&mut buffer);
    query::write_without(query, name, &mut writer);
    writer.finish().to_vec()
}
