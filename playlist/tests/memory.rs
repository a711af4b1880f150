//! Each allocation may fail: then there is an error, and nothing aborts.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test panics

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write;
use std::ptr;

use pta_http::name::TokenName;
use pta_playlist::{Outcome, Port, Request, Scheme, Settings, Skip, Token, rewrite};
use pta_token::PathPattern;

/// Shorter ones never fail: the XML parser aborts if it cannot note the name of an element.
const SHORTEST: usize = 256;

thread_local! {
    /// How many allocations succeed before one fails.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    static HAS_FAILED: Cell<bool> = const { Cell::new(false) };
}

struct Failing;

fn fails(size: usize) -> bool {
    if size < SHORTEST {
        return false;
    }
    match LEFT.get() {
        None => false,
        Some(0) => {
            LEFT.set(None);
            HAS_FAILED.set(true);
            true
        }
        Some(left) => {
            LEFT.set(Some(left.saturating_sub(1)));
            false
        }
    }
}

// SAFETY: all memory comes from the system's allocator. A null pointer means that there is none.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails(layout.size()) {
            return ptr::null_mut();
        }
        // SAFETY: the caller keeps the same promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the same promises.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if fails(size) {
            return ptr::null_mut();
        }
        // SAFETY: the caller keeps the same promises.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// Lets each allocation fail in turn, until there are no more. Returns how many there are.
fn failures(playlist: &str) -> usize {
    let path = format!("/live/{}/m", "x".repeat(300));
    let request = Request {
        scheme: Scheme::Https,
        host: b"media.example.com",
        port: Port::Absent,
        path: path.as_bytes(),
        query: b"q=a%20b",
    };
    let pattern = PathPattern::parse(b"/live/*").unwrap();
    let token = Token::new(TokenName::parse(b"pta").unwrap(), &[b'a'; 300], pattern).unwrap();
    let settings = Settings { hosts: &[], skip: Skip::default(), max_size: 1 << 20 };
    for count in 0..10_000 {
        LEFT.set(Some(count));
        HAS_FAILED.set(false);
        let outcome = rewrite(playlist.as_bytes(), &request, &token, &settings);
        LEFT.set(None);
        if !HAS_FAILED.get() {
            assert!(matches!(outcome, Outcome::Rewritten(_)), "{outcome:?}");
            return count;
        }
        assert_eq!(outcome, Outcome::OutOfMemory, "allocation {count}");
    }
    panic!("there is no end");
}

#[test]
fn allocations_for_hls_may_fail() {
    let long = "x".repeat(300);
    let mut playlist = "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"q\"\n".to_owned();
    for number in 0..10 {
        let define = format!("#EXT-X-DEFINE:NAME=\"v{number}\",VALUE=\"{long}{{$q}}\"");
        writeln!(playlist, "{define}\n{{$v{number}}}.ts\n../{long}{number}.ts?pta=x").unwrap();
    }
    assert!(failures(&playlist) > 30);
}

#[test]
fn allocations_for_dash_may_fail() {
    let long = "x".repeat(300);
    let mut playlist = format!("<MPD><BaseURL>{long}/</BaseURL><Period><AdaptationSet>");
    for number in 0..5 {
        let base = format!("<BaseURL>../{long}{number}?a&amp;b</BaseURL>");
        let template = format!("<SegmentTemplate media=\"{long}&amp;$RepresentationID$\"/>");
        write!(playlist, "<Representation id=\"{long}{number}\">{base}</Representation>").unwrap();
        write!(playlist, "<Period><BaseURL>{number}/</BaseURL>{template}</Period>").unwrap();
    }
    playlist.push_str("</AdaptationSet></Period></MPD>");
    assert!(failures(&playlist) > 30);
}
