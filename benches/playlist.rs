//! `cargo bench -p pta-benches --bench playlist` measures the rewriting of long playlists.

// A benchmark panics if a result is wrong.
#![allow(clippy::panic, clippy::expect_used)]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pta_http::name::TokenName;
use pta_playlist::{Outcome, Port, Request, Rewritten, Scheme, Settings, Skip, Token, rewrite};
use pta_token::PathPattern;

fn main() {
    divan::main();
}

const REQUEST: Request<'_> = Request {
    scheme: Scheme::Https,
    host: b"media.example.com",
    port: Port::Absent,
    path: b"/live/ch1/index.m3u8",
    query: b"",
};

/// Measures a playlist of which `signed` references must get a token of 96 digits.
fn measure(bencher: Bencher, playlist: &str, signed: u64) {
    let name = TokenName::parse(b"pta").expect("a name");
    let pattern = PathPattern::parse(b"/live/*").expect("a pattern");
    let token = Token::new(name, &[b'a'; 96], pattern).expect("a token");
    let settings = Settings { hosts: &[], skip: Skip::default(), max_size: 16 << 20 };
    bencher.counter(BytesCount::of_str(playlist)).bench_local(|| {
        match rewrite(black_box(playlist.as_bytes()), &REQUEST, &token, &settings) {
            Outcome::Rewritten(Rewritten { text, counts, .. }) => {
                assert_eq!(counts.signed, signed);
                text.len()
            }
            other => panic!("{other:?}"),
        }
    });
}

/// 340 KB for 10,000 segments.
#[divan::bench(args = [6, 10_000, 60_000])]
fn hls(bencher: Bencher, segments: u64) {
    let lines = (0..segments).map(|number| format!("#EXTINF:6.0000,\nsegment-{number:05}.m4s\n"));
    measure(bencher, &format!("#EXTM3U\n{}", lines.collect::<String>()), segments);
}

/// The same with a variable in each reference.
#[divan::bench]
fn hls_with_variables(bencher: Bencher) {
    let define = "#EXT-X-DEFINE:NAME=\"v\",VALUE=\"sub/\"";
    let lines = (0..10_000).map(|number| format!("#EXTINF:6.0000,\n{{$v}}segment-{number:05}.m4s\n"));
    measure(bencher, &format!("#EXTM3U\n{define}\n{}", lines.collect::<String>()), 10_000);
}

fn mpd(content: &str) -> String {
    format!(
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period><AdaptationSet>{content}</AdaptationSet></Period></MPD>"
    )
}

/// 1 MB for 30,000 entries of a timeline, and one template.
#[divan::bench]
fn dash_timeline(bencher: Bencher) {
    let times = (0_u64..).step_by(180_000).take(30_000);
    let entries = times.map(|time| format!("  <S t=\"{time:010}\" d=\"180000\"/>\n"));
    let template = "<SegmentTemplate media=\"$RepresentationID$/$Time$.m4s\"><SegmentTimeline>";
    let content = format!(
        "{template}{}</SegmentTimeline></SegmentTemplate><Representation id=\"v1\"/>",
        entries.collect::<String>()
    );
    measure(bencher, &mpd(&content), 1);
}

/// 1 MB for 25,000 segments in a list.
#[divan::bench]
fn dash_list(bencher: Bencher) {
    let entries = (0..25_000).map(|number| format!("  <SegmentURL media=\"seg-{number:05}.m4s\"/>\n"));
    let content = format!(
        "<Representation id=\"v1\"><SegmentList>{}</SegmentList></Representation>",
        entries.collect::<String>()
    );
    measure(bencher, &mpd(&content), 25_000);
}
