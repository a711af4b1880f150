//! The command line's behaviour as data: each file in `cmd` is a transcript.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
