//! Tests of key files: `pta keygen --files` makes them, and the other commands read them.
#![allow(clippy::unwrap_used)] // a failed test panics

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn pta(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pta"));
    for name in ["PTA_KEY", "PTA_IV", "PTA_2ND_KEY", "PTA_2ND_IV"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments).output().unwrap()
}

/// The output of a command that must succeed without warnings.
#[track_caller]
fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = pta(folder, arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The error of a command that must fail with exit status 2.
#[track_caller]
fn error(folder: &Path, arguments: &[&str]) -> String {
    let output = pta(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn new_keys_issue_tokens_that_are_allowed() {
    let folder = folder();
    let folder = folder.path();
    let mut conf = "http { server { server_name a.example;\n".to_owned();
    conf += &answer(folder, &["keygen", "--files", "my keys"]);
    conf += "} }\n";
    fs::write(folder.join("nginx.conf"), conf).unwrap();
    for pair in ["1st", "2nd"] {
        let url = answer(
            folder,
            &[
                "issue",
                "--config",
                "nginx.conf",
                "--pair",
                pair,
                "--expires",
                "+1h",
                "--url",
                "https://a.example/b",
            ],
        );
        let verdict = answer(folder, &["verify", "--config", "nginx.conf", url.trim()]);
        assert!(
            verdict.starts_with("allowed, ") && verdict.ends_with(&format!(", {pair} key\n")),
            "{verdict}"
        );
    }
    let token =
        answer(folder, &["issue", "--path", "/*", "--expires", "+1h", "--pair-file", "my keys/2nd.pair"]);
    let fields = answer(folder, &["inspect", "--config", "nginx.conf", token.trim()]);
    assert!(fields.ends_with("key:     2nd\n"), "{fields}");
    // Both pairs are given by their files.
    let both = ["--pair-file", "my keys/1st.pair", "--pair-file", "my keys/2nd.pair"];
    let verdict = answer(folder, &[&["verify", "--path", "/a", token.trim()], &both[..]].concat());
    assert!(verdict.ends_with(", 2nd key\n"), "{verdict}");
    let token = answer(
        folder,
        &[&["issue", "--path", "/*", "--expires", "+1h", "--pair", "2nd"], &both[..]].concat(),
    );
    let verdict = answer(folder, &[&["verify", "--path", "/a", token.trim()], &both[..]].concat());
    assert!(verdict.ends_with(", 2nd key\n"), "{verdict}");
}

#[test]
fn key_and_iv_may_be_in_separate_files() {
    let folder = folder();
    let folder = folder.path();
    for (name, digit) in [("a.key", "1"), ("a.iv", "2")] {
        fs::write(folder.join(name), digit.repeat(32)).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let files = ["--key-file", "a.key", "--iv-file", "a.iv"];
    let token = answer(folder, &[&["issue", "--path", "/*", "--expires", "+1h"], &files[..]].concat());
    answer(folder, &[&["verify", "--path", "/a", token.trim()], &files[..]].concat());
}

#[test]
fn printed_directives_are_read_back() {
    let folder = folder();
    let folder = folder.path();
    let lines = answer(folder, &["keygen"]);
    assert_ne!(lines, answer(folder, &["keygen"]));
    fs::write(folder.join("nginx.conf"), format!("http {{ server {{ {lines} }} }}")).unwrap();
    answer(folder, &["issue", "--config", "nginx.conf", "--path", "/*", "--expires", "+1h"]);
}

#[test]
fn only_the_owner_can_read_key_files() {
    let folder = folder();
    answer(folder.path(), &["keygen", "--files", "keys"]);
    let keys = folder.path().join("keys");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(names(&keys), ["1st.pair", "2nd.pair"]);
    assert_eq!(mode(&keys), 0o700);
    for name in names(&keys) {
        assert_eq!(mode(&keys.join(&name)), 0o600, "{name}");
        assert_eq!(fs::read_to_string(keys.join(&name)).unwrap().len(), 66, "{name}");
    }
}

#[test]
fn an_existing_file_is_kept_and_no_other_is_made() {
    for existing in ["1st.pair", "2nd.pair"] {
        let folder = folder();
        let folder = folder.path();
        fs::write(folder.join(existing), "mine").unwrap();
        let error = error(folder, &["keygen", "--files", "."]);
        assert!(error.starts_with("pta: \"") && error.contains(existing), "{error}");
        assert!(error.ends_with("exists already, and no key file is overwritten\n"), "{error}");
        assert_eq!(names(folder), [existing]);
        assert_eq!(fs::read_to_string(folder.join(existing)).unwrap(), "mine");
    }
}

#[test]
fn pairs_can_be_made_one_by_one() {
    let folder = folder();
    let folder = folder.path();
    for pair in ["1st", "2nd"] {
        let line = answer(folder, &["keygen", "--files", ".", "--pair", pair]);
        assert_eq!(
            line,
            format!("pta_{pair}_pair file:{}/{pair}.pair;\n", folder.canonicalize().unwrap().display())
        );
    }
    assert_eq!(names(folder), ["1st.pair", "2nd.pair"]);
    answer(folder, &["rotate", "--files", "."]);
}

#[test]
fn a_dangling_link_is_not_followed() {
    let folder = folder();
    let folder = folder.path();
    std::os::unix::fs::symlink("elsewhere", folder.join("2nd.pair")).unwrap();
    error(folder, &["keygen", "--files", "."]);
    assert_eq!(names(folder), ["2nd.pair"]);
}

#[test]
fn a_key_file_that_others_can_read_is_a_warning() {
    let folder = folder();
    let folder = folder.path();
    answer(folder, &["keygen", "--files", "."]);
    fs::set_permissions(folder.join("1st.pair"), fs::Permissions::from_mode(0o644)).unwrap();
    for kind in ["key", "iv"] {
        fs::write(folder.join(kind), "1".repeat(32)).unwrap();
        fs::set_permissions(folder.join(kind), fs::Permissions::from_mode(0o604)).unwrap();
    }
    for (files, warnings) in [
        (&["--pair-file", "1st.pair"][..], "pta: warning: pair file \"1st.pair\" is readable by others\n"),
        (
            &["--key-file", "key", "--iv-file", "iv"],
            "pta: warning: key file \"key\" is readable by others\n\
             pta: warning: key file \"iv\" is readable by others\n",
        ),
    ] {
        let output = pta(folder, &[&["issue", "--path", "/*", "--expires", "+1h"], files].concat());
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stderr).unwrap(), warnings);
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = folder();
    answer(folder.path(), &["man", "share/man1"]);
    assert_eq!(
        names(&folder.path().join("share/man1")),
        [
            "pta-completions.1",
            "pta-help.1",
            "pta-inspect.1",
            "pta-issue.1",
            "pta-keygen.1",
            "pta-man.1",
            "pta-rotate.1",
            "pta-verify.1",
            "pta.1"
        ]
    );
}
