//! The file and line of a directive, for errors that are found after nginx has read it.

use core::cmp::Ordering;
use core::fmt;

use nginx_sys::ngx_str_t;

use crate::nginx::conf::Conf;

/// A file and a line. It is small and owns nothing, because every location may keep one.
#[derive(Clone, Copy, Default)]
pub(crate) struct SourceLine {
    /// Lives while nginx reads the configuration. Empty for directives from `-g`.
    file: ngx_str_t,
    line: u32,
}

impl SourceLine {
    /// The line of the directive that nginx is reading.
    pub(crate) fn here(cf: Conf<'_>) -> Self {
        // SAFETY: `cf` is valid. Directives from `-g` have no file.
        let file = unsafe { (*cf.as_ptr()).conf_file.as_ref() };
        file.map_or_else(Self::default, |file| Self {
            file: file.file.name,
            line: u32::try_from(file.line).unwrap_or(u32::MAX),
        })
    }
}

impl PartialEq for SourceLine {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for SourceLine {}

/// By file, then by line.
impl Ord for SourceLine {
    fn cmp(&self, other: &Self) -> Ordering {
        // Usually both are in the same file, and nginx stores its name once.
        if self.file.data == other.file.data {
            return self.line.cmp(&other.line);
        }
        (self.file.as_bytes(), self.line).cmp(&(other.file.as_bytes(), other.line))
    }
}

impl PartialOrd for SourceLine {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            return f.write_str("command line");
        }
        write!(f, "{}:{}", self.file, self.line)
    }
}
