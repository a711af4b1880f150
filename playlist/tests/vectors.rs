//! Rewrites the vectors of the folder `vectors`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::expect_used)] // a failed test panics

mod support;

use support::{Vector, vectors};

#[test]
fn every_vector_is_rewritten_as_it_says() {
    let vectors = vectors();
    assert!(vectors.len() >= 37);
    let failed: Vec<String> = vectors.iter().filter_map(failure).collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), vectors.len(), failed.join("\n"));
}

fn failure(vector: &Vector) -> Option<String> {
    let (input, expected) = (vector.input(), vector.output());
    let output = vector.rewrite(&input);
    (output != expected).then(|| format!("== {}: {}\n{}", vector.name, vector.reason, output.escape_ascii()))
}
