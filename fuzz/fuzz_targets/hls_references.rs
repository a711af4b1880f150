//! The token of an HLS playlist goes to the host of the request only, whatever variables stand for.
//! Paths and other arguments stay. Signing the output again changes nothing.
//!
//! Input: a byte for the request, one for the player, a line with the query, and the playlist
//! without its first line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_fuzz::hls_player::{Habits, references};
use pta_fuzz::site::{Site, holds_token};

fuzz_target!(|data: &[u8]| {
    let [choice, habits, rest @ ..] = data else { return };
    let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    let Some(site) = Site::new(*choice, &rest[..end]) else { return };
    let playlist = [b"#EXTM3U\n", rest.get(end + 1..).unwrap_or_default()].concat();
    if holds_token(&playlist) {
        return;
    }
    // The box ends with the playlist, so the sanitizer reports a read beyond it.
    let playlist: Box<[u8]> = playlist.into();
    let signed = site.rewritten(&playlist).expect("a playlist of HLS");
    assert_eq!(site.rewritten(&signed).as_ref(), Some(&signed), "a second signing changes something");
    let query = std::str::from_utf8(&rest[..end]).expect("it is a part of a URL");
    let (before, after) = (String::from_utf8_lossy(&playlist), String::from_utf8_lossy(&signed));
    let old = references(&before, query, Habits(*habits));
    let new = references(&after, query, Habits(*habits));
    assert_eq!(old.len(), new.len());
    let is_clear = before.lines().filter(|line| line.contains("EXT-X-DEFINE")).all(is_clear_definition);
    for ((old_text, old_filled), (new_text, new_filled)) in old.iter().zip(&new) {
        let Ok(url) = site.url.join(new_filled) else { continue };
        site.check(&url);
        if old_text != new_text {
            let old_url = site.url.join(old_filled).expect("it was a URL before");
            assert_eq!(old_url.path(), url.path());
            // A variable that is not known for certain may stand in a query, and may end it.
            let in_query = old_text.split_once('?').is_some_and(|(_, query)| query.contains("{$"));
            if !in_query || is_clear {
                site.check_signed(&old_url, &url);
            }
        }
    }
    check_bytes(&playlist, &signed);
});

/// Whether no client misunderstands a definition.
fn is_clear_definition(line: &str) -> bool {
    let list = line.strip_prefix("#EXT-X-DEFINE:NAME=\"").and_then(|list| list.strip_suffix('"'));
    let parts = list.and_then(|list| list.split_once("\",VALUE=\""));
    parts.is_some_and(|(name, value)| !name.contains('"') && !value.contains(['"', '{']))
}

/// Without arguments that are removed, the playlist is in the output, in its order.
fn check_bytes(before: &[u8], after: &[u8]) {
    let has_arguments = before.windows(4).any(|part| part.eq_ignore_ascii_case(b"pta="));
    let mut rest = after.iter();
    assert!(has_arguments || before.iter().all(|byte| rest.any(|other| other == byte)));
}
