//! Splits an nginx.conf into words. Escapes are resolved after a word is cut out.

/// A part of a configuration.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Word(Vec<u8>),
    /// `;`, `{` or `}`
    Mark(u8),
}

/// All pieces up to the end or the first error, and whether the end was reached.
pub fn pieces(text: &[u8]) -> (Vec<Piece>, bool) {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'#' => at += text[at..].iter().take_while(|&&byte| byte != b'\n').count(),
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            mark @ (b';' | b'{' | b'}') => {
                pieces.push(Piece::Mark(mark));
                at += 1;
            }
            quote @ (b'"' | b'\'') => {
                let start = at + 1;
                let Some(end) = end_of_quoted(text, start, quote) else { return (pieces, false) };
                at = end + 1;
                if !matches!(text.get(at), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b')')) {
                    return (pieces, false);
                }
                pieces.push(Piece::Word(unescaped(&text[start..end])));
            }
            _ => {
                let Some(end) = end_of_plain(text, at) else { return (pieces, false) };
                pieces.push(Piece::Word(unescaped(&text[at..end])));
                at = end;
            }
        }
    }
    (pieces, true)
}

fn end_of_quoted(text: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        match *text.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

fn end_of_plain(text: &[u8], mut at: usize) -> Option<usize> {
    // After a "$", braces belong to the word.
    let mut variable = false;
    loop {
        match *text.get(at)? {
            b'{' if variable => {}
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' => return Some(at),
            b'\\' => {
                variable = false;
                at += 1;
            }
            byte => variable = byte == b'$',
        }
        at += 1;
    }
}

fn unescaped(word: &[u8]) -> Vec<u8> {
    match word {
        [] => Vec::new(),
        [b'\\', byte, rest @ ..] => {
            let written: &[u8] = match byte {
                b't' => b"\t",
                b'r' => b"\r",
                b'n' => b"\n",
                b'"' | b'\'' | b'\\' => &word[1..2],
                _ => &word[..2],
            };
            [written, &unescaped(rest)].concat()
        }
        [byte, rest @ ..] => [&[*byte][..], &unescaped(rest)].concat(),
    }
}
