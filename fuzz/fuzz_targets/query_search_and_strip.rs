//! The token's argument is found where the reference finds it, and taking it out leaves all other bytes as they are.
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
        // As `$args` of a rewrite may be: no part of it means anything else.
        check(&target, name);
    }
});

/// Wherever nginx says that the path ends: what is cut there is what splitting gives, or nothing is.
fn check_cuts(target: &[u8]) {
    for end in 0..=target.len() {
        let Some(cut) = Target::cut(target, &target[..end]) else { continue };
        let rest = &target[end..];
        assert_eq!((cut.path, cut.fragment), (&target[..end], &b""[..]));
        assert!(rest.is_empty() && cut.query.is_empty() || rest == [b"?", cut.query].concat());
    }
    let split = Target::split(target);
    let copy = split.path.to_vec();
    // Another string with the same bytes is not nginx's cut.
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
        let start = position_of(argument.value, &query).expect("it is a part of it");
        assert_eq!(&query[start..start + argument.value.len()], argument.value);
        check_single(&query, name, argument.is_single(name));
    }
    let clean = without(&query, name, query.len());
    assert_eq!(clean, arguments::without(&query, name));
    assert_eq!(clean, without(&query, name, query.len() + 7));
    assert_eq!(query::find(&clean, name), None);
    assert_eq!(found.is_none(), clean == *query);
}

/// One that is said to be single can be cut out where it stands.
fn check_single(query: &[u8], name: &[u8], is_single: bool) {
    let (named, others): (Vec<&[u8]>, Vec<&[u8]>) =
        query.split(|&byte| byte == b'&').partition(|argument| arguments::find(argument, name).is_some());
    // One `&` and nothing else beside it.
    let nothing_left = others == [b""];
    assert_eq!(is_single, named.len() == 1 && !nothing_left);
}

/// Cutting it out of a whole target gives what splitting and joining gives.
fn check_cutting(target: &[u8], parts: &Target<'_>, name: &[u8]) {
    let Some(argument) = query::find(parts.query, name) else { return };
    if !parts.fragment.is_empty() || !argument.is_single(name) {
        return;
    }
    let single = SoleArgument::of(argument.value, name, target).expect("it is a part of it");
    let (before, behind) = single.around(target);
    let clean = [before, behind].concat();
    let args = arguments::without(parts.query, name);
    let expected = if args.is_empty() { parts.path.to_vec() } else { [parts.path, b"?", &args].concat() };
    assert_eq!(clean, expected);
    // The arguments of the clean target are where those of the target were.
    let start = position_of(parts.query, target).expect("it is a part of it");
    assert!(single.is_in(start, parts.query, target));
    assert_eq!(clean.get(start..).unwrap_or_default(), args);
    assert!(argument.value.is_empty() || !single.is_in(start, &parts.query[..parts.query.len() - 1], target));
    // A copy of its value is none of it.
    let copy = argument.value.to_vec();
    assert!(copy.is_empty() || SoleArgument::of(&copy, name, target).is_none());
}

fn without(query: &[u8], name: &[u8], room: usize) -> Vec<u8> {
    let mut buffer = vec![b'?'; room];
    let mut writer = Writer::new(&mut buffer);
    query::write_without(query, name, &mut writer);
    writer.finish().to_vec()
}
