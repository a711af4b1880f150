//! Files that contain keys.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

/// Reads a file or a pipe (`--key-file <(vault read …)`). Returns the content, and whether other
/// users can read the file.
pub(crate) fn read(path: &Path, limit: usize) -> io::Result<(Zeroizing<Vec<u8>>, bool)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    // Allocate once: a vector that grows leaves copies of keys in memory.
    let mut content = Zeroizing::new(Vec::with_capacity(limit.saturating_mul(2)));
    let read = file.take(limit.saturating_add(1) as u64).read_to_end(&mut content)?;
    if read > limit {
        return Err(io::Error::other(format!("it is longer than {limit} bytes")));
    }
    Ok((content, metadata.is_file() && metadata.permissions().mode() & 0o004 != 0))
}
