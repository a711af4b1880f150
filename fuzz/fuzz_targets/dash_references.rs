//! The token of an MPD goes to the host of the request only, whatever bases and templates there
//! are. Paths and other arguments stay. Signing the output again changes nothing.
//!
//! Input: a byte for the request, one for the player, and an MPD. If it does not begin with `<`, its
//! lines are put into an MPD, which then has bases on all levels and templates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::dash_player::{Habits, uses};
use pta_fuzz::site::{Site, holds_token};
use roxmltree::Document;

fuzz_target!(|data: &[u8]| {
    let [choice, habits, rest @ ..] = data else { return };
    let Some(site) = Site::new(*choice, b"") else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let playlist = if text.starts_with('<') { text.to_owned() } else { with_lines(text) };
    if holds_token(playlist.as_bytes()) {
        return;
    }
    // The box ends with the playlist, so the sanitizer reports a read beyond it.
    let bytes: Box<[u8]> = playlist.as_bytes().into();
    let Some(signed) = site.rewritten(&bytes) else { return };
    assert_eq!(site.rewritten(&signed).as_ref(), Some(&signed), "a second signing changes something");
    let Ok(before) = Document::parse(&playlist) else { return };
    let signed = String::from_utf8(signed).expect("what is inserted is ASCII");
    let after = Document::parse(&signed).expect("it is still well-formed");
    let habits = Habits(*habits);
    let (old, new) = (uses(&before, &site.url, habits), uses(&after, &site.url, habits));
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(&new) {
        assert_eq!(old.urls.len(), new.urls.len());
        for (before, after) in old.urls.iter().zip(&new.urls) {
            let Some(after) = after else { continue };
            site.check(after);
            if old.value != new.value {
                site.check_signed(before.as_ref().expect("it was a URL before"), after);
            }
        }
    }
});

/// An MPD with one line in each place.
fn with_lines(text: &str) -> String {
    let mut lines = text.split('\n');
    let mut mpd = String::new();
    for part in SKELETON.split('@') {
        mpd.push_str(part);
        mpd.push_str(lines.next().unwrap_or_default());
    }
    mpd
}

/// `@` is a place for a line.
const SKELETON: &str = r#"<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:l="http://www.w3.org/1999/xlink" xmlns:x="urn:other">
<BaseURL>@</BaseURL>@<Period>@<SegmentTemplate index="@"/><AdaptationSet><BaseURL>@</BaseURL>
<SegmentTemplate media="@" initialization="@"/>@
<Representation id="@" bandwidth="@"/><Representation id="@"><BaseURL>@</BaseURL>@</Representation>
</AdaptationSet></Period><Period><AdaptationSet>@<Representation id="@"><BaseURL>@</BaseURL>
<SegmentList><Initialization sourceURL="@"/><SegmentURL mediaRange="1-2" @/></SegmentList></Representation>
</AdaptationSet></Period></MPD>"#;
