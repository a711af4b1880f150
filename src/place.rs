//! Where a directive stands, for errors that are found after it has been read.

use core::fmt;

use nginx_sys::ngx_conf_t;

/// A file and a line.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Place {
    file: String,
    line: usize,
}

impl Place {
    /// The place of the directive that is being read.
    pub(crate) fn here(cf: *mut ngx_conf_t) -> Self {
        // SAFETY: while a setter runs, `cf` is valid; there is no file for directives given by `-g`.
        unsafe {
            match (*cf).conf_file.as_ref() {
                Some(file) => Self { file: file.file.name.to_string(), line: file.line },
                None => Self { file: "command line".to_owned(), line: 0 },
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
