//! Rewrites the vectors of the folder `vectors`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a failed test panics

mod support;

use pta_playlist::{Outcome, Rewritten};
use support::{Vector, vectors};

#[test]
fn every_vector_is_rewritten_as_it_says() {
    check(|vector, before, after| {
        let found = outcome(vector, before);
        assert_eq!(found.text, after, "{}", found.text.escape_ascii());
        match &vector.outcome {
            Some(reason) => assert_eq!(found.reason, *reason),
            // An empty response is no playlist, and stays as it is.
            None => assert!(found.reason.is_empty() || before == after, "{}", found.reason),
        }
        if let Some(counts) = &vector.counts {
            assert_eq!(found.counts, *counts);
        }
        if let Some(is_useless) = vector.useless {
            assert_eq!(found.is_useless, is_useless);
        }
        if let Some(has_other_base) = vector.other_base {
            assert_eq!(found.has_other_base, has_other_base);
        }
    });
}

#[test]
fn a_second_signing_changes_nothing() {
    check(|vector, _, after| {
        let found = outcome(vector, after);
        assert_eq!(found.text, after, "{}", found.text.escape_ascii());
    });
}

#[test]
fn every_beginning_of_a_playlist_is_rewritten_or_left() {
    check(|vector, before, _| {
        for len in (0..before.len()).filter(|len| *len < 500) {
            let found = outcome(vector, &before[..len]);
            assert!(found.text.len() >= len || found.reason.is_empty());
        }
    });
}

/// Runs a test for each vector, and reports all that fail.
fn check(test: impl Fn(&Vector, &[u8], &[u8]) + std::panic::RefUnwindSafe) {
    let vectors = vectors();
    let failed: Vec<String> = vectors
        .iter()
        .filter(|vector| {
            let (before, after) = (vector.input(), vector.output());
            let run = || test(vector, &before, &after);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err()
        })
        .map(|vector| format!("{}: {}", vector.name, vector.reason))
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), vectors.len(), failed.join("\n"));
}

struct Found {
    /// What the client gets.
    text: Vec<u8>,
    counts: String,
    is_useless: bool,
    has_other_base: bool,
    /// Why it was not rewritten.
    reason: String,
}

fn outcome(vector: &Vector, playlist: &[u8]) -> Found {
    let unchanged = |reason: String| Found {
        text: playlist.to_vec(),
        counts: String::new(),
        is_useless: false,
        has_other_base: false,
        reason,
    };
    match vector.outcome(playlist) {
        Outcome::Rewritten(Rewritten { text, counts, is_useless, has_other_base }) => {
            let counts = format!("{}/{}", counts.signed, counts.seen);
            Found { text: text.into_owned(), counts, is_useless, has_other_base, reason: String::new() }
        }
        Outcome::NotWellFormed(error) => unchanged(error.to_string()),
        other => unchanged(format!("{other:?}")),
    }
}
