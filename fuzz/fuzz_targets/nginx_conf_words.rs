//! The command reads the same words from an nginx.conf as the reference. Each word can be written
//! in quotes and read again. The lexer stops for any text.
//!
//! Input: a configuration.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pta_cli::nginx_conf::lexer::{Lexer, SyntaxError, Token};
use pta_fuzz::nginx_conf::{self, Piece};

fuzz_target!(|data: &[u8]| {
    let (tokens, line, error) = read(data);
    let lines = data.split(|&byte| byte == b'\n').count();
    assert!(line == lines || line < lines && error.is_some(), "line {line} of {lines}");
    let (expected, is_whole) = nginx_conf::pieces(data);
    assert_eq!(tokens.iter().map(piece).collect::<Vec<_>>(), expected);
    assert_eq!(error.is_none(), is_whole);
    let mut written = Vec::new();
    for token in &tokens {
        match token {
            Token::End => written.push(b';'),
            Token::Open => written.push(b'{'),
            Token::Close => written.push(b'}'),
            Token::Word(word) => {
                written.push(b'"');
                for &byte in word {
                    if matches!(byte, b'"' | b'\\') {
                        written.push(b'\\');
                    }
                    written.push(byte);
                }
                written.push(b'"');
            }
        }
        written.push(b' ');
    }
    let (again, _, error) = read(&written);
    assert_eq!((again, error), (tokens, None), "{}", written.escape_ascii());
    let mut lua = Lexer::new(data);
    if lua.skip_lua().is_ok() {
        assert!(data.contains(&b'}'));
    }
});

fn piece(token: &Token) -> Piece {
    match token {
        Token::Word(word) => Piece::Word(word.clone()),
        Token::End => Piece::Mark(b';'),
        Token::Open => Piece::Mark(b'{'),
        Token::Close => Piece::Mark(b'}'),
    }
}

/// All tokens up to the end or the first error, and the line of that.
fn read(text: &[u8]) -> (Vec<Token>, usize, Option<SyntaxError>) {
    let mut lexer = Lexer::new(text);
    let mut tokens = Vec::new();
    loop {
        match lexer.next_token() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => return (tokens, lexer.line(), None),
            Err(error) => return (tokens, lexer.line(), Some(error)),
        }
        assert!(tokens.len() <= text.len(), "more tokens than bytes");
    }
}
