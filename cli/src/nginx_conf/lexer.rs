//! Splits an nginx.conf into words, with the rules of `ngx_conf_read_token`.

use std::fmt;

/// A part of a configuration.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    /// A word, with quotes and backslashes resolved.
    Word(Vec<u8>),
    /// `;`
    End,
    /// `{`
    Open,
    /// `}`
    Close,
}

/// Why nginx refuses a configuration.
#[derive(Debug, PartialEq, Eq)]
pub enum SyntaxError {
    /// This character is not allowed here.
    Unexpected(char),
    /// The file ends, but this was expected.
    UnexpectedEnd(&'static str),
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(char) => write!(f, "unexpected \"{char}\""),
            Self::UnexpectedEnd(expected) => write!(f, "unexpected end of file, expecting {expected}"),
        }
    }
}

/// Reads a configuration token by token.
pub struct Lexer<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at the beginning of `text`.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self { rest: text, line: 1 }
    }

    /// The current line. The first is 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The next token. None at the end of the text.
    ///
    /// # Errors
    ///
    /// A [`SyntaxError`] if nginx reports one.
    pub fn next_token(&mut self) -> Result<Option<Token>, SyntaxError> {
        self.skip_blanks_and_comments();
        let token = match self.peek() {
            None => return Ok(None),
            Some(b';') => Token::End,
            Some(b'{') => Token::Open,
            Some(b'}') => Token::Close,
            Some(quote @ (b'"' | b'\'')) => {
                self.bump();
                return self.quoted(quote).map(Some);
            }
            Some(_) => return self.plain().map(Some),
        };
        self.bump();
        Ok(Some(token))
    }

    /// Skips a block of Lua up to its end. Its `{` must already be read.
    ///
    /// # Errors
    ///
    /// A [`SyntaxError`] if the block does not end.
    pub fn skip_lua(&mut self) -> Result<(), SyntaxError> {
        let mut depth = 1_usize;
        while let Some(byte) = self.bump() {
            match byte {
                b'{' => depth = depth.saturating_add(1),
                b'}' if depth == 1 => return Ok(()),
                b'}' => depth = depth.saturating_sub(1),
                b'"' | b'\'' => self.skip_lua_string(byte),
                b'-' if self.peek() == Some(b'-') => while self.bump().is_some_and(|byte| byte != b'\n') {},
                _ => {}
            }
        }
        Err(SyntaxError::UnexpectedEnd("\"}\""))
    }

    fn skip_lua_string(&mut self, quote: u8) {
        while let Some(byte) = self.bump() {
            match byte {
                b'\\' => drop(self.bump()),
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    fn skip_blanks_and_comments(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'#' {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.bump();
                }
            } else if is_blank(byte) {
                self.bump();
            } else {
                return;
            }
        }
    }

    fn plain(&mut self) -> Result<Token, SyntaxError> {
        let mut word = Vec::new();
        let mut after_dollar = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => {
                    self.bump();
                    self.escaped(&mut word);
                    after_dollar = false;
                    continue;
                }
                // After "$", braces belong to a variable, as in "${name}". A "}" and a quote inside
                // a word belong to the word.
                b'{' if after_dollar => {}
                b';' | b'{' => return Ok(Token::Word(word)),
                _ if is_blank(byte) => return Ok(Token::Word(word)),
                _ => {}
            }
            after_dollar = matches!(byte, b'$' | b'{');
            word.push(byte);
            self.bump();
        }
        Err(SyntaxError::UnexpectedEnd("\";\" or \"}\""))
    }

    fn quoted(&mut self, quote: u8) -> Result<Token, SyntaxError> {
        let mut word = Vec::new();
        loop {
            match self.bump() {
                None => return Err(SyntaxError::UnexpectedEnd("\";\" or \"}\"")),
                Some(b'\\') => self.escaped(&mut word),
                Some(byte) if byte == quote => break,
                Some(byte) => word.push(byte),
            }
        }
        match self.peek() {
            Some(byte) if !is_blank(byte) && !matches!(byte, b';' | b'{' | b')') => {
                Err(SyntaxError::Unexpected(char::from(byte)))
            }
            _ => Ok(Token::Word(word)),
        }
    }

    /// Resolves a backslash and the byte after it.
    fn escaped(&mut self, word: &mut Vec<u8>) {
        match self.bump() {
            Some(byte @ (b'"' | b'\'' | b'\\')) => word.push(byte),
            Some(b't') => word.push(b'\t'),
            Some(b'r') => word.push(b'\r'),
            Some(b'n') => word.push(b'\n'),
            Some(byte) => word.extend([b'\\', byte]),
            None => word.push(b'\\'),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn bump(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        if byte == b'\n' {
            self.line = self.line.saturating_add(1);
        }
        Some(byte)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Result<Vec<String>, SyntaxError> {
        let mut lexer = Lexer::new(text.as_bytes());
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next_token()? {
            tokens.push(match token {
                Token::Word(word) => String::from_utf8(word).unwrap(),
                Token::End => "<;>".to_owned(),
                Token::Open => "<{>".to_owned(),
                Token::Close => "<}>".to_owned(),
            });
        }
        Ok(tokens)
    }

    #[track_caller]
    fn assert_tokens(text: &str, expected: &[&str]) {
        assert_eq!(tokens(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn words_end_at_blanks_semicolons_and_braces() {
        assert_tokens("a b\tc\r\nd;", &["a", "b", "c", "d", "<;>"]);
        assert_tokens("a{b;}", &["a", "<{>", "b", "<;>", "<}>"]);
        assert_tokens("a}b;", &["a}b", "<;>"]);
        assert_tokens("a ${b}c$d{", &["a", "${b}c$d", "<{>"]);
        assert_tokens("a ${{b {", &["a", "${{b", "<{>"]);
    }

    #[test]
    fn a_hash_inside_a_word_does_not_start_a_comment() {
        assert_tokens("# one\na #two;\n b#c;", &["a", "b#c", "<;>"]);
        assert_tokens("a '#b' \"# c\";# d", &["a", "#b", "# c", "<;>"]);
    }

    #[test]
    fn quoted_text_is_one_word() {
        assert_tokens(r#"a "b c;{}" 'd "e"' "f\"g";"#, &["a", "b c;{}", "d \"e\"", "f\"g", "<;>"]);
        assert_tokens(r#"a"b c"d;"#, &["a\"b", "c\"d", "<;>"]);
        assert_tokens("if ('a' = 'b'){", &["if", "('a'", "=", "b", ")", "<{>"]);
        assert_eq!(tokens("a \"b\"c;"), Err(SyntaxError::Unexpected('c')));
    }

    #[test]
    fn backslashes_are_resolved_as_nginx_does() {
        assert_tokens(r"a\;b\ c\t\d\\;", &[r"a\;b\ c	\d\", "<;>"]);
    }

    #[test]
    fn an_incomplete_text_is_an_error() {
        let end = Err(SyntaxError::UnexpectedEnd("\";\" or \"}\""));
        assert_eq!(tokens("a b"), end);
        assert_eq!(tokens("a 'b"), end);
    }

    #[test]
    fn lua_is_skipped() {
        let mut lexer = Lexer::new(b" if a['}'] then -- }\n b = {\"\\\"}\"} end } x;");
        lexer.skip_lua().unwrap();
        assert_eq!(lexer.next_token(), Ok(Some(Token::Word(b"x".to_vec()))));
        assert_eq!(lexer.line(), 2);
    }
}
