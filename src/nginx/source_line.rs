//! The file and line of a directive, for errors that are found after nginx has read it.

use core::cmp::Ordering;
use core::ffi::{CStr, c_char};
use core::{fmt, ptr};

use ngx::core::NgxStr;

use crate::nginx::conf::Conf;

/// A file and a line. It is small and owns nothing, because every location keeps two.
#[derive(Clone, Copy)]
#[repr(Rust, packed(4))]
pub(crate) struct SourceLine {
    /// A C string that lives while nginx reads the configuration. NULL for directives from `-g`.
    file: *const c_char,
    line: u32,
}

impl Default for SourceLine {
    fn default() -> Self {
        Self { file: ptr::null(), line: 0 }
    }
}

impl SourceLine {
    /// The line of the directive that nginx is reading.
    pub(crate) fn here(cf: Conf<'_>) -> Self {
        // SAFETY: `cf` is valid. Directives from `-g` have no file.
        let file = unsafe { (*cf.as_ptr()).conf_file.as_ref() };
        file.map_or_else(Self::default, |file| Self {
            // nginx has opened the file by this name.
            file: file.file.name.data.cast(),
            line: u32::try_from(file.line).unwrap_or(u32::MAX),
        })
    }
}

impl SourceLine {
    fn file(&self) -> Option<&CStr> {
        let file = self.file;
        // SAFETY: see there.
        (!file.is_null()).then(|| unsafe { CStr::from_ptr(file) })
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
        let (Self { file, line }, Self { file: other_file, line: other_line }) = (*self, *other);
        if ptr::eq(file, other_file) {
            return line.cmp(&other_line);
        }
        (self.file(), line).cmp(&(other.file(), other_line))
    }
}

impl PartialOrd for SourceLine {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(file) = self.file() else { return f.write_str("command line") };
        let line = self.line;
        write!(f, "{}:{line}", NgxStr::from_bytes(file.to_bytes()))
    }
}
