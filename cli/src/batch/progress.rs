//! The progress bar of a batch.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar is updated once for this many lines: an update takes longer than a line.
const STEP: u64 = 4096;

pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    bytes: u64,
}

impl Progress {
    /// A bar on standard error, if that is a terminal and standard output is not.
    pub(crate) fn of_stdin() -> Self {
        if !io::stderr().is_terminal() || io::stdout().is_terminal() {
            return Self { bar: None, bytes: 0 };
        }
        let style = |template| {
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
        };
        let bar = match stdin_len() {
            Some(len) => {
                ProgressBar::new(len).with_style(style("{wide_bar} {percent:>3}%  {msg}  {eta} left"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {msg}  {elapsed}")),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar: Some(bar), bytes: 0 }
    }

    pub(crate) fn line(&mut self, number: u64, len: usize) {
        let Some(bar) = &self.bar else { return };
        self.bytes = self.bytes.saturating_add(len as u64);
        if number % STEP == 0 {
            bar.set_position(self.bytes);
            bar.set_message(format!("{} lines", HumanCount(number)));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The length of standard input, if it is a file.
fn stdin_len() -> Option<u64> {
    let file = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    let metadata = file.metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}
