//! The text of an element, which is in one piece for every client, or unclear.

use crate::characters::trim;
use crate::dash::document::{Form, Span};

/// Collects what an element contains.
#[derive(Default)]
pub(crate) struct Text {
    piece: Option<Span>,
    /// Text and references that follow each other directly.
    run: Option<Span>,
    is_unclear: bool,
}

impl Text {
    /// Adds text, a reference or a CDATA section.
    pub(crate) fn add(&mut self, input: &[u8], span: Span) {
        match &mut self.run {
            Some(run)
                if run.range.end == span.range.start && run.form == Form::Text && span.form == Form::Text =>
            {
                run.range.end = span.range.end;
            }
            _ => {
                self.end_run(input);
                self.run = Some(span);
            }
        }
    }

    /// An element in the text.
    pub(crate) fn interrupt(&mut self) {
        self.is_unclear = true;
    }

    /// The only piece of text, without white space around it. `Ok(None)` if there is none, an error
    /// if there are several.
    pub(crate) fn finish(mut self, input: &[u8]) -> Result<Option<Span>, Unclear> {
        self.end_run(input);
        if self.is_unclear { Err(Unclear) } else { Ok(self.piece) }
    }

    fn end_run(&mut self, input: &[u8]) {
        let Some(Span { range, form }) = self.run.take() else { return };
        let text = input.get(range.clone()).unwrap_or_default();
        let trimmed = trim(text);
        if trimmed.is_empty() {
            return;
        }
        let before = text.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or_default();
        let start = range.start.saturating_add(before);
        self.is_unclear |= self.piece.is_some();
        self.piece = Some(Span { range: start..start.saturating_add(trimmed.len()), form });
    }
}

/// Clients may disagree about the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unclear;
