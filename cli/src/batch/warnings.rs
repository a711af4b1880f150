//! Warnings about the lines of a batch, which may have millions of lines.

use crate::failure::warn;

/// Shows the warnings of the first line with warnings, and counts the other lines.
#[derive(Default)]
pub(crate) struct BatchWarnings {
    is_shown: bool,
    others: u64,
}

impl BatchWarnings {
    pub(crate) fn add(&mut self, line: u64, warnings: &[String]) {
        if warnings.is_empty() {
            return;
        }
        if self.is_shown {
            self.others = self.others.saturating_add(1);
            return;
        }
        self.is_shown = true;
        for warning in warnings {
            warn(&format!("line {line}: {warning}"));
        }
    }

    pub(crate) fn finish(&self) {
        match self.others {
            0 => {}
            1 => warn("1 more line has a warning"),
            others => warn(&format!("{others} more lines have warnings")),
        }
    }
}
