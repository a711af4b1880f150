//! What a playlist can cost at most.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test panics

use pta_http::name::TokenName;
use pta_playlist::{Outcome, Port, Request, Scheme, Settings, Skip, Token, rewrite};
use pta_token::PathPattern;

const REQUEST: Request<'_> = Request {
    scheme: Scheme::Https,
    host: b"media.example.com",
    port: Port::Absent,
    path: b"/live/m",
    query: b"",
};

fn outcome(playlist: &str, max_size: usize) -> Outcome<'_> {
    let pattern = PathPattern::parse(b"/live/*").unwrap();
    let token = Token::new(TokenName::parse(b"pta").unwrap(), b"TOKEN", pattern).unwrap();
    let settings = Settings { hosts: &[], skip: Skip::default(), max_size };
    rewrite(playlist.as_bytes(), &REQUEST, &token, &settings)
}

#[track_caller]
fn assert_fits(playlist: &str, max_size: usize) {
    let outcome = outcome(playlist, max_size);
    assert!(matches!(outcome, Outcome::Rewritten(_)), "{max_size}: {outcome:?}");
}

#[test]
fn the_limit_is_for_the_playlist_before_and_after() {
    for (playlist, len) in [
        ("#EXTM3U\na.ts\n", 23),
        ("#EXTM3U\na.ts?b\n#EXT-X-MAP:URI=\"i\"\n", 54),
        ("<MPD><Location>a</Location></MPD>", 43),
        ("<MPD><Location>a?b</Location></MPD>", 49),
        ("#EXTM3U", 7),
    ] {
        assert_fits(playlist, len);
        assert_eq!(outcome(playlist, len - 1), Outcome::TooLarge, "{playlist}");
        let Outcome::Rewritten(rewritten) = outcome(playlist, len) else { panic!("{playlist}") };
        assert_eq!(rewritten.text.len(), len, "{playlist}");
    }
    // What certainly is no playlist has no limit.
    assert_eq!(outcome("hello", 0), Outcome::NoPlaylist);
}

#[test]
fn letters_do_not_grow_without_end() {
    let playlist = format!("#EXTM3U\n{}", "a\n".repeat(10_000));
    assert_fits(&playlist, 200_000);
    assert_eq!(outcome(&playlist, 100_000), Outcome::TooLarge);
}

/// A playlist that would keep a worker busy is refused. A smaller one is not.
#[track_caller]
fn assert_bounded(make: impl Fn(usize) -> String, few: usize, many: usize) {
    assert_fits(&make(few), 200_000);
    let many = make(many);
    assert!(many.len() < 200_000, "{}", many.len());
    assert_eq!(outcome(&many, 200_000), Outcome::TooLarge);
}

#[test]
fn long_values_of_variables_are_bounded() {
    let make = |count| {
        let (value, lines) = ("x".repeat(30_000), "//e{$v}\n".repeat(count));
        format!("#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"{value}\"\n{lines}")
    };
    assert_bounded(make, 30, 100);
}

#[test]
fn many_variables_are_bounded() {
    let make = |count| {
        let define = |number| format!("#EXT-X-DEFINE:NAME=\"v{number}\",VALUE=\"\"\n");
        let defines: String = (0..count).map(define).collect();
        format!("#EXTM3U\n{defines}{}", "//e{$v0}\n".repeat(count))
    };
    assert_bounded(make, 500, 2_000);
}

#[test]
fn many_identifiers_are_bounded() {
    let make = |count| {
        let one = |number| {
            format!(
                "<SegmentTemplate media=\"$RepresentationID${number}\"/><Representation id=\"/{number}\"/>"
            )
        };
        let all: String = (0..count).map(one).collect();
        format!("<MPD><Period><AdaptationSet>{all}</AdaptationSet></Period></MPD>")
    };
    assert_bounded(make, 30, 500);
}

#[test]
fn many_bases_are_bounded() {
    let level = |name: &str, count| {
        let base = |number| format!("<BaseURL>{name}{number}/</BaseURL>");
        format!("<{name}>{}", (0..count).map(base).collect::<String>())
    };
    let make = |count| {
        let sets = format!("{}</AdaptationSet>", level("AdaptationSet", 10)).repeat(count);
        format!("<MPD>{}{sets}</Period></MPD>", level("Period", 10))
    };
    assert_bounded(make, 20, 300);
}

#[test]
fn elements_are_not_nested_without_end() {
    let nested = |count| format!("<MPD>{}{}</MPD>", "<a>".repeat(count), "</a>".repeat(count));
    assert_fits(&nested(255), 200_000);
    let nested = nested(256);
    let Outcome::NotWellFormed(error) = outcome(&nested, 200_000) else { panic!("it is rewritten") };
    assert_eq!(error.to_string(), "there are more than 256 elements inside of each other at byte 773");
    assert_eq!(error.offset(), 773);
}

#[test]
fn a_long_line_takes_no_longer_than_many_short_ones() {
    // If each reference looked at the whole line, this would take minutes.
    let count = 60_000;
    let playlist = format!("#EXTM3U\n#EXT-X:{}A=1", "URI=\"//\",".repeat(count));
    let Outcome::Rewritten(rewritten) = outcome(&playlist, 1 << 20) else { panic!("it is refused") };
    assert_eq!(rewritten.counts.seen, 60_000);
}
