//! `pta keygen`: makes a key pair.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;
use pta_token::BLOCK_LEN;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::key_file::NewFile;
use crate::keys::PairName;

/// Make a key pair and print the directives for it.
///
/// Key and IV come from the random source of the operating system. The lines belong into a server
/// (or http, or location) block of nginx.conf.
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  pta keygen                                    # directives with the digits in them
  pta keygen --files /etc/nginx/keys            # key files, and the directives that name them
  pta keygen --files /etc/nginx/keys --pair 2nd # the other pair, to rotate keys"
)]
pub(crate) struct Arguments {
    /// The pair to make: 1st or 2nd
    #[arg(long, value_name = "PAIR", default_value = "1st", hide_possible_values = true)]
    pair: PairName,

    /// Write the digits to files in DIR (mode 0600; made if missing), never over existing ones
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), Failure> {
    let key = random_digits()?;
    let iv = random_digits()?;
    let pair = arguments.pair;
    let Some(folder) = &arguments.files else {
        writeln!(output, "pta_{pair}_key {};", *key)?;
        writeln!(output, "pta_{pair}_iv  {};", *iv)?;
        return Ok(());
    };
    // Absolute, because nginx counts relative ones from the folder of nginx.conf.
    let folder = std::path::absolute(folder)
        .map_err(|error| Failure::Source(format!("cannot use \"{}\": {error}", folder.display())))?;
    let folder = Folder::open(folder)?;
    let file = |what: &str, digits: &str| {
        let content = Zeroizing::new(format!("{digits}\n"));
        NewFile::create(folder.path.join(format!("{pair}.{what}")), content.as_bytes())
            .map_err(Failure::Source)
    };
    let key = file("key", &key)?;
    let iv = file("iv", &iv)?;
    let mut lines = Vec::new();
    directive(&mut lines, &format!("pta_{pair}_key "), key.path());
    directive(&mut lines, &format!("pta_{pair}_iv  "), iv.path());
    output.write_all(&lines)?;
    output.flush()?;
    key.keep();
    iv.keep();
    folder.keep();
    Ok(())
}

/// 32 hexadecimal digits that nobody can guess.
fn random_digits() -> Result<Zeroizing<String>, Failure> {
    let mut bytes = Zeroizing::new([0_u8; BLOCK_LEN]);
    getrandom::fill(bytes.as_mut_slice())
        .map_err(|error| Failure::Source(format!("the system has no random numbers: {error}")))?;
    let mut digits = Zeroizing::new(String::with_capacity(BLOCK_LEN.saturating_mul(2)));
    for byte in bytes.iter() {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

/// A line of nginx.conf, its value in quotes where nginx would split it.
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

/// The folder of the key files; removed again if it was made here and something fails.
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
            Err(error) => Err(Failure::Source(format!("cannot make \"{}\": {error}", path.display()))),
        }
    }

    fn keep(mut self) {
        self.remove = false;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.remove {
            // Only ever removes an empty one.
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
    fn random_digits_are_a_key_and_differ() {
        let digits = random_digits().unwrap();
        assert!(pta_token::Secret::from_hex(digits.as_bytes()).is_ok());
        assert_ne!(*digits, *random_digits().unwrap());
    }

    #[test]
    fn a_path_is_quoted_where_nginx_would_split_it() {
        assert_eq!(line("/etc/keys/1st.key"), "k file:/etc/keys/1st.key;\n");
        assert_eq!(line("/my keys/1st.key"), "k \"file:/my keys/1st.key\";\n");
        assert_eq!(line("/a;b"), "k \"file:/a;b\";\n");
        assert_eq!(line(r#"/a"b\c"#), "k \"file:/a\\\"b\\\\c\";\n");
    }
}
