//! Files that contain keys. The master process reads them with the configuration, so they need to
//! be readable by root only.

use core::fmt;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use nginx_sys::{O_CLOEXEC, O_NOCTTY, O_NONBLOCK, ngx_conf_full_name, ngx_str_t};
use ngx::core::Status;
use pta_token::KeyFileError;
use zeroize::Zeroizing;

use crate::conf::setting::{SetError, Setting};
use crate::nginx::fault::{self, Stage};

/// Without `O_NONBLOCK`, opening a FIFO would wait for a writer and hang a reload.
const FLAGS: i32 = i32::from_ne_bytes((O_NONBLOCK | O_NOCTTY | O_CLOEXEC).to_ne_bytes());

/// A kind of key file.
pub(crate) struct Kind {
    /// For messages.
    pub(crate) name: &'static str,
    /// In bytes. It is small, so that another file is not read as a key by mistake.
    pub(crate) limit: usize,
    /// Added to the message about a file that is too long.
    pub(crate) hint: &'static str,
}

/// A file and its content. Errors name the file and never its content.
pub(crate) struct SecretFile<'s, 'a> {
    setting: &'s Setting<'a>,
    kind: &'static Kind,
    path: ngx_str_t,
    /// While it is read, one byte longer than the limit, to detect a file that is too long. It is
    /// wiped on drop. It is on the heap, so that a move leaves no copy behind.
    content: Zeroizing<Vec<u8>>,
}

impl<'s, 'a> SecretFile<'s, 'a> {
    pub(crate) fn read(setting: &'s Setting<'a>, kind: &'static Kind, path: &[u8]) -> Result<Self, SetError> {
        let path = full_name(setting, path)?;
        let content = Zeroizing::new(vec![0; kind.limit.saturating_add(1)]);
        let mut this = Self { setting, kind, path, content };
        let failed = |call| move |error: io::Error| setting.system_error(call, path, &error);

        let mut file: File = OpenOptions::new()
            .read(true)
            .custom_flags(FLAGS)
            .open(OsStr::from_bytes(path.as_bytes()))
            .map_err(failed(c"open()"))?;
        let metadata = file.metadata().map_err(failed(c"fstat()"))?;
        if !metadata.is_file() {
            return Err(this.error(format_args!("it is not a regular file")));
        }
        this.fill(&mut file).map_err(failed(c"read()"))?;
        if this.content.len() > kind.limit {
            return Err(this.error(format_args!("it is longer than {} bytes{}", kind.limit, kind.hint)));
        }
        if this.content.is_empty() {
            return Err(this.error(format_args!("{}", KeyFileError::Empty)));
        }
        if metadata.permissions().mode() & 0o004 != 0 {
            setting.warn(format_args!("{} \"{path}\" is readable by others", kind.name));
        }
        Ok(this)
    }

    /// Reads until the end of the file, or until the buffer is full.
    fn fill(&mut self, file: &mut File) -> io::Result<()> {
        let mut len = 0_usize;
        while let Some(free) = self.content.get_mut(len..).filter(|free| !free.is_empty()) {
            match file.read(free) {
                Ok(0) => break,
                Ok(read) => len = len.saturating_add(read),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.content.truncate(len);
        Ok(())
    }

    pub(crate) fn content(&self) -> &[u8] {
        &self.content
    }

    pub(crate) fn error(&self, reason: fmt::Arguments<'_>) -> SetError {
        let (kind, path) = (self.kind.name, self.path);
        let directive = self.setting.name();
        self.setting.error(format_args!("invalid {kind} \"{path}\" in \"{directive}\" directive, {reason}"))
    }
}

/// The full path. A relative one starts at the folder of nginx.conf.
fn full_name(setting: &Setting<'_>, path: &[u8]) -> Result<ngx_str_t, SetError> {
    if path.is_empty() {
        return Err(setting.error(format_args!("no file name in \"{}\" directive", setting.name())));
    }
    if fault::out_of_memory(Stage::Configuration, setting.cf().log()) {
        return Err(SetError::Logged);
    }
    let mut name = ngx_str_t { len: path.len(), data: path.as_ptr().cast_mut() };
    // SAFETY: `cf` and its cycle are valid while nginx reads a directive. nginx does not change the
    // bytes of the path. It lets `name` point to a new string in the cycle's pool.
    let status = unsafe { ngx_conf_full_name((*setting.cf().as_ptr()).cycle, &raw mut name, 1) };
    if Status(status) == Status::NGX_OK { Ok(name) } else { Err(SetError::Logged) }
}
