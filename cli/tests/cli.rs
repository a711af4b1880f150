//! Runs the files in `cmd`: transcripts, and cases with standard input.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}
