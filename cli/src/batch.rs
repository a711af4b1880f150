//! Answers each line of an input with one line.

pub(crate) mod progress;
pub(crate) mod warnings;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use crate::batch::progress::Progress;
use crate::failure::Failure;
use crate::text::reason::Reason;

const BUFFER: usize = 1 << 16;

/// Calls `answer` for each line of `input`, with its number, to write the answer. Stops at the
/// first invalid line: the answers before it are written, and the failure names the line.
pub(crate) fn each_line<W: Write>(
    input: impl Read,
    output: &mut W,
    mut progress: Progress,
    mut answer: impl FnMut(u64, &[u8], &mut BufWriter<&mut W>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut output = BufWriter::with_capacity(BUFFER, output);
    let mut line = Vec::new();
    let mut number = 0_u64;
    let result = loop {
        // The other side may wait for an answer before it sends the next line.
        if input.buffer().is_empty() {
            output.flush()?;
        }
        line.clear();
        let len = match input.read_until(b'\n', &mut line) {
            Ok(0) => break Ok(()),
            Ok(len) => len,
            Err(error) => {
                break Err(Failure::Source(format!("cannot read standard input: {}", Reason(&error))));
            }
        };
        number = number.saturating_add(1);
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match answer(number, text, &mut output) {
            Ok(()) => progress.line(number, len),
            Err(Failure::Invalid(message)) => {
                break Err(Failure::Invalid(format!("line {number}: {message}")));
            }
            Err(failure) => break Err(failure),
        }
    };
    // Write all answers, and remove the bar before an error is reported.
    let flushed = output.flush();
    drop(progress);
    result?;
    Ok(flushed?)
}

/// The parts of a line before and after its last tab.
pub(crate) fn at_tab(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    match line.iter().rposition(|&byte| byte == b'\t') {
        None => (line, None),
        Some(at) => {
            let (path, rest) = line.split_at(at);
            (path, rest.get(1..))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: &str) -> (String, Result<(), Failure>) {
        let mut output = Vec::new();
        let result =
            each_line(input.as_bytes(), &mut output, Progress::of_stdin(), |_, line, output| match line {
                b"invalid" => Err(Failure::Invalid("not valid".to_owned())),
                _ => Ok(writeln!(output, "<{}>", String::from_utf8_lossy(line))?),
            });
        (String::from_utf8(output).unwrap(), result)
    }

    #[test]
    fn every_line_has_its_answer() {
        assert_eq!(run("a\nb\r\n\nc").0, "<a>\n<b>\n<>\n<c>\n");
        assert_eq!(run("").0, "");
    }

    #[test]
    fn answers_before_an_invalid_line_are_written() {
        let (output, result) = run("a\nb\ninvalid\nc\n");
        assert_eq!(output, "<a>\n<b>\n");
        assert!(matches!(result, Err(Failure::Invalid(message)) if message == "line 3: not valid"));
    }

    #[test]
    fn the_last_tab_separates() {
        assert_eq!(at_tab(b"/a\t1"), (&b"/a"[..], Some(&b"1"[..])));
        assert_eq!(at_tab(b"/a\tb\t"), (&b"/a\tb"[..], Some(&b""[..])));
        assert_eq!(at_tab(b"/a"), (&b"/a"[..], None));
    }
}
