//! `file:path` as the value of a key or an IV: read while the configuration is read, by the master, before it
//! drops its privileges.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use nginx_sys::{O_CLOEXEC, O_NOCTTY, O_NONBLOCK, ngx_conf_full_name, ngx_str_t};
use ngx::core::Status;
use pta_token::Secret;
use zeroize::Zeroizing;

use crate::setting::{SetError, Setting};

/// More than a key and its line end, and little enough that no other file is read by mistake.
const MAX_LEN: usize = 64;

/// Reads the file of a key. Errors name the file, never what is in it.
pub(crate) fn read(setting: &Setting<'_>, path: &[u8]) -> Result<Secret, SetError> {
    let path = full_name(setting, path)?;
    let refuse = |reason: &dyn core::fmt::Display| {
        setting
            .error(format_args!("invalid key file \"{path}\" in \"{}\" directive: {reason}", setting.name()))
    };
    let mut content = Zeroizing::new([0_u8; MAX_LEN]);
    let (len, readable_by_others) = read_regular(path, &mut content).map_err(|error| refuse(&error))?;
    let Some(content) = content.get(..len) else { return Err(refuse(&"read too much")) };
    let text = content.strip_suffix(b"\n").unwrap_or(content);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let secret = Secret::from_hex(text).map_err(|error| refuse(&format_args!("it {error}")))?;
    if readable_by_others {
        setting.warn(format_args!("key file \"{path}\" is readable by others"));
    }
    Ok(secret)
}

/// The path from where nginx counts relative ones: the folder of nginx.conf.
fn full_name(setting: &Setting<'_>, path: &[u8]) -> Result<ngx_str_t, SetError> {
    if path.is_empty() {
        return Err(setting.error(format_args!("no file name in \"{}\" directive", setting.name())));
    }
    let mut name = ngx_str_t { len: path.len(), data: path.as_ptr().cast_mut() };
    // SAFETY: `cf` and its cycle are valid while a directive is read; the name is only read, and replaced by one
    // in the cycle's pool.
    let status = unsafe { ngx_conf_full_name((*setting.cf()).cycle, &raw mut name, 1) };
    if Status(status) == Status::NGX_OK { Ok(name) } else { Err(SetError::Logged) }
}

/// Reads a regular file that is no longer than the buffer, without ever waiting for it: a FIFO would hang a
/// reload. Tells its length, and whether anybody may read it.
fn read_regular(path: ngx_str_t, buffer: &mut [u8; MAX_LEN]) -> std::io::Result<(usize, bool)> {
    const FLAGS: u32 = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    let mut file: File = OpenOptions::new()
        .read(true)
        .custom_flags(FLAGS.cast_signed())
        .open(OsStr::from_bytes(path.as_bytes()))?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    let too_long = || std::io::Error::other("it is longer than 64 bytes");
    if metadata.len() > MAX_LEN as u64 {
        return Err(too_long());
    }
    let mut len = 0_usize;
    while let Some(free) = buffer.get_mut(len..).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => break,
            Ok(read) => len = len.saturating_add(read),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((len, metadata.permissions().mode() & 0o004 != 0))
}
