//! The command line's behaviour as data: each file in `cmd` is a transcript, or a case with standard input.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}
