//! `pta keygen`: makes key pairs.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use pta_token::PairId;

use crate::failure::Failure;
use crate::keys::fresh;
use crate::keys::new_file::NewFile;
use crate::keys::pair_file;
use crate::options::pair;
use crate::text::reason::Reason;

/// Make a key pair and print the directives for it, or both pairs as files
///
/// Key and IV come from the random source of the operating system. The lines belong in a server,
/// http or location block of nginx.conf. With --files, two pairs are made, each in its own file.
/// 1st.pair is in use. `pta rotate` brings 2nd.pair into use later. Every instance of nginx needs
/// both files. Each file has a seal key, too, so that tokens can be sealed.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta keygen                                    # directives with the digits in them
  pta keygen --files /etc/nginx/keys            # 1st.pair and 2nd.pair, and the directives that name them
  pta keygen --files /etc/nginx/keys --pair 2nd # only 2nd.pair, if 1st.pair exists"
)]
pub(crate) struct Arguments {
    /// The pair to make: 1st or 2nd [default: 1st, or both with --files]
    #[arg(long, value_name = "PAIR", value_parser = pair::parser(), hide_possible_values = true)]
    pair: Option<PairId>,

    /// Write pair files (mode 0600) to DIR, which is made if missing; existing files are never
    /// overwritten
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    files: Option<PathBuf>,

    /// Write files without a seal key: key and IV alone
    #[arg(long, requires = "files")]
    no_seal: bool,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let Some(folder) = &arguments.files else {
        let pair = arguments.pair.unwrap_or(PairId::First);
        writeln!(output, "pta_{pair}_key {};", *fresh::digits()?)?;
        writeln!(output, "pta_{pair}_iv  {};", *fresh::digits()?)?;
        return Ok(());
    };
    // Make it absolute: nginx resolves relative paths from the folder of nginx.conf.
    let folder = std::path::absolute(folder).map_err(|error| {
        Failure::Source(format!("cannot use \"{}\": {}", folder.display(), Reason(&error)))
    })?;
    let folder = Folder::open(folder)?;
    let pairs = PairId::ALL.into_iter().filter(|pair| arguments.pair.is_none_or(|only| only == *pair));
    let mut files = Vec::new();
    let mut lines = Vec::new();
    for pair in pairs {
        let path = folder.path.join(pair_file::name(pair));
        let file =
            NewFile::create(path, fresh::pair(!arguments.no_seal)?.as_bytes()).map_err(Failure::Source)?;
        directive(&mut lines, &format!("pta_{pair}_pair "), file.path());
        files.push(file);
    }
    output.write_all(&lines)?;
    output.flush()?;
    files.into_iter().for_each(NewFile::keep);
    folder.keep();
    Ok(())
}

/// A line of nginx.conf. The value is quoted if nginx would split it.
fn directive(lines: &mut Vec<u8>, start: &str, path: &Path) {
    let path = path.as_os_str().as_bytes();
    lines.extend_from_slice(start.as_bytes());
    let plain = |byte: &u8| !byte.is_ascii_whitespace() && !b";{}\"'\\$#".contains(byte);
    if path.iter().all(plain) {
        lines.extend_from_slice(b"file:");
        lines.extend_from_slice(path);
    } else {
        lines.extend_from_slice(b"\"file:");
        for &byte in path {
            if matches!(byte, b'"' | b'\\') {
                lines.push(b'\\');
            }
            lines.push(byte);
        }
        lines.push(b'"');
    }
    lines.extend_from_slice(b";\n");
}

/// The folder of the key files. If it was made here and something fails, it is removed.
struct Folder {
    path: PathBuf,
    remove: bool,
}

impl Folder {
    fn open(path: PathBuf) -> Result<Self, Failure> {
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => Ok(Self { path, remove: true }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {
                Ok(Self { path, remove: false })
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Failure::Source(format!("\"{}\" is not a folder", path.display())))
            }
            Err(error) => {
                Err(Failure::Source(format!("cannot make \"{}\": {}", path.display(), Reason(&error))))
            }
        }
    }

    fn keep(mut self) {
        // The files exist now. A failed sync is not an error.
        let _ = File::open(&self.path).and_then(|folder| folder.sync_all());
        self.remove = false;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.remove {
            // Only an empty folder is removed.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str) -> String {
        let mut lines = Vec::new();
        directive(&mut lines, "k ", Path::new(path));
        String::from_utf8(lines).unwrap()
    }

    #[test]
    fn a_path_is_quoted_if_nginx_would_split_it() {
        assert_eq!(line("/etc/keys/1st.key"), "k file:/etc/keys/1st.key;\n");
        assert_eq!(line("/my keys/1st.key"), "k \"file:/my keys/1st.key\";\n");
        assert_eq!(line("/a;b"), "k \"file:/a;b\";\n");
        assert_eq!(line(r#"/a"b\c"#), "k \"file:/a\\\"b\\\\c\";\n");
    }
}
