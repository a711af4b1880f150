//! What a command answers if its output cannot be written: the reader has closed the pipe, or the
//! disk is full.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test panics

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const KEY: &str = "00112233445566778899aabbccddeeff";
const IV: &str = "ffeeddccbbaa99887766554433221100";
const TOKEN: &str = "8977eb500fa6bb3f2bd32b8adc9f564fa1116b37aa654cdb28678e049fc0c856";
const NOW: &str = "1893420000";

/// Runs a command whose output nobody reads.
fn unread(folder: &Path, arguments: &[&str], input: &str) -> Output {
    // To write to it fails as to a pipe that the reader has closed.
    let (reader, writer) = UnixStream::pair().unwrap();
    drop(reader);
    run(folder, arguments, input, OwnedFd::from(writer))
}

fn run(folder: &Path, arguments: &[&str], input: &str, stdout: impl Into<Stdio>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pta"))
        .env_clear()
        .envs([("PTA_KEY", KEY), ("PTA_IV", IV)])
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Checks the exit status of a command, which prints nothing to standard error.
#[track_caller]
fn assert_status(folder: &Path, arguments: &[&str], input: &str, status: i32) {
    let output = unread(folder, arguments, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    assert_eq!(output.status.code(), Some(status), "{arguments:?}");
}

/// Checks the exit status of a command whose output goes to a full disk, and what it reports.
#[track_caller]
fn assert_status_if_full(folder: &Path, arguments: &[&str], status: i32, report: &str) {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = run(folder, arguments, "", full);
    let report = format!("pta: {report}cannot write the output: No space left on device\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), report, "{arguments:?}");
    assert_eq!(output.status.code(), Some(status), "{arguments:?}");
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_verdict_does_not_depend_on_the_reader() {
    let folder = folder();
    let verify = ["verify", "--now", NOW, TOKEN, "--path"];
    for (path, status) in [("/example.mp4", 0), ("/other", 1)] {
        for json in [&[][..], &["--json"]] {
            let verify = [&verify[..], &[path], json].concat();
            assert_status(folder.path(), &verify, "", status);
            assert_status_if_full(folder.path(), &verify, status, "warning: ");
        }
    }
}

#[test]
fn a_batch_that_is_not_answered_is_no_success() {
    let folder = folder();
    let allowed = format!("/example.mp4\t{TOKEN}\n");
    for input in [allowed.clone(), format!("/other\t{TOKEN}\n"), allowed.repeat(10_000)] {
        for json in [&[][..], &["--json"]] {
            let verify = [&["verify", "--batch", "--now", NOW], json].concat();
            assert_status(folder.path(), &verify, &input, 141);
        }
    }
    // Nothing had to be answered.
    assert_status(folder.path(), &["verify", "--batch"], "", 0);
}

#[test]
fn a_token_that_is_not_written_is_no_success() {
    let folder = folder();
    let issue = ["issue", "--expires", "+1h"];
    for more in [&["--path", "/a"][..], &["--url", "https://a.example/a"], &["--path", "/a", "--cookie"]] {
        let issue = [&issue[..], more].concat();
        assert_status(folder.path(), &issue, "", 141);
        assert_status_if_full(folder.path(), &issue, 1, "");
    }
    for count in [1, 10_000] {
        assert_status(folder.path(), &["issue", "--batch"], &"/a\t+1h\n".repeat(count), 141);
    }
}

#[test]
fn an_invalid_line_is_reported_all_the_same() {
    let folder = folder();
    let output = unread(folder.path(), &["issue", "--batch"], "/a\t+1h\n/b\tnever\n");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("pta: line 2: invalid time \"never\""), "{error}");
}

#[test]
fn keys_that_nobody_knows_of_are_no_success() {
    let folder = folder();
    for keygen in [&["keygen"][..], &["keygen", "--files", "keys"]] {
        assert_status(folder.path(), keygen, "", 141);
        assert_status_if_full(folder.path(), keygen, 1, "");
    }
    // Neither the files nor their folder are left.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_rotation_that_is_done_is_a_success() {
    let folder = folder();
    let pair = |key: &str| format!("{}\n{}\n", key.repeat(32), "0".repeat(32));
    let write = |first: &str, second: &str| {
        for (name, key) in [("1st.pair", first), ("2nd.pair", second)] {
            fs::write(folder.path().join(name), pair(key)).unwrap();
        }
    };
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let rotate = ["rotate", "--files", "."];
    write("1", "2");
    for name in ["1st.pair", "2nd.pair"] {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_status(folder.path(), &rotate, "", 0);
    assert_eq!((read("1st.pair"), read("2nd.pair")), (pair("2"), pair("1")));
    assert_status(folder.path(), &[&rotate[..], &["--finish"]].concat(), "", 0);
    assert!(read("1st.pair") == pair("2") && read("2nd.pair") != pair("1"));
    let fresh = read("2nd.pair");
    assert_status_if_full(folder.path(), &rotate, 0, "warning: ");
    assert_eq!((read("1st.pair"), read("2nd.pair")), (fresh, pair("2")));
    assert_status_if_full(folder.path(), &[&rotate[..], &["--finish"]].concat(), 0, "warning: ");
    assert_ne!(read("2nd.pair"), pair("2"));
}

#[test]
fn other_output_that_is_not_written_is_no_success() {
    let folder = folder();
    for arguments in [
        &["inspect", "--now", NOW, TOKEN][..],
        &["inspect", "--now", NOW, "--json", TOKEN],
        &["completions", "bash"],
        &["man"],
        &["help"],
        &["help", "issue"],
        &["--help"],
        &["--version"],
    ] {
        assert_status(folder.path(), arguments, "", 141);
    }
}
