//! Tests of key files: `pta keygen --files` makes them, and the other commands read them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a failed test panics

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn pta(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pta"));
    for name in ["PTA_KEY", "PTA_IV", "PTA_SEAL_KEY", "PTA_2ND_KEY", "PTA_2ND_IV", "PTA_2ND_SEAL_KEY"] {
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
        assert_eq!(fs::read_to_string(keys.join(&name)).unwrap().len(), 131, "{name}");
    }
}

#[test]
fn without_a_seal_key_the_files_are_as_before() {
    let folder = folder();
    answer(folder.path(), &["keygen", "--files", "keys", "--no-seal"]);
    for name in ["1st.pair", "2nd.pair"] {
        assert_eq!(fs::read_to_string(folder.path().join("keys").join(name)).unwrap().len(), 66, "{name}");
    }
    let token =
        answer(folder.path(), &["issue", "--path", "/*", "--expires", "+1h", "--pair-file", "keys/1st.pair"]);
    assert_eq!(token.trim().len(), 32);
    let error = error(folder.path(), &["keygen", "--no-seal"]);
    assert!(error.contains("required arguments were not provided: --files <DIR>"), "{error}");
}

/// The seal key of a pair file, in a file of its own.
fn split(folder: &Path, pair: &str) {
    let text = fs::read_to_string(folder.join(pair)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let [key, iv, seal] = lines.as_slice() else { panic!("{} lines", lines.len()) };
    for (name, content) in [("pair", format!("{key}\n{iv}\n")), ("seal", format!("{seal}\n"))] {
        fs::write(folder.join(name), content).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_seal_key_may_be_in_a_file_of_its_own() {
    let folder = folder();
    let folder = folder.path();
    answer(folder, &["keygen", "--files", "."]);
    split(folder, "1st.pair");
    let issue = ["issue", "--path", "/*", "--expires", "+1h", "--now", "1000000000", "--bind", "alice"];
    let verify = ["verify", "--path", "/a", "--now", "1000000000", "--bind", "alice"];
    let apart = ["--pair-file", "pair", "--seal-key-file", "seal"];
    let token = answer(folder, &[&issue[..], &apart].concat());
    assert_eq!(token, answer(folder, &[&issue[..], &["--pair-file", "1st.pair"]].concat()));
    let check = |files: &[&str]| answer(folder, &[&verify[..], &[token.trim()], files].concat());
    assert!(check(&apart).starts_with("allowed, "));
    assert!(check(&["--pair-file", "1st.pair"]).starts_with("allowed, "));
    // As the 2nd of two pairs.
    let both = ["--pair-file", "2nd.pair", "--pair-file", "pair"];
    let seals = ["--seal-key-file", "seal", "--seal-key-file", "seal"];
    assert!(check(&[&both[..], &seals].concat()).ends_with(", 2nd key\n"));
    // A single seal key file belongs to the pair that is used.
    let second = [&issue[..], &both, &["--pair", "2nd", "--seal-key-file", "seal"]].concat();
    assert_eq!(token, answer(folder, &second));
    // Each token of --once is another one.
    let fresh = || answer(folder, &[&issue[..], &["--once"], &apart].concat());
    let (one, other) = (fresh(), fresh());
    assert!(one != other && one.len() == token.len() + 17, "{one}");
    answer(folder, &[&verify[..], &[one.trim()], &apart].concat());
}

#[test]
fn a_seal_key_file_has_one_line_and_one_pair() {
    let folder = folder();
    let folder = folder.path();
    answer(folder, &["keygen", "--files", "."]);
    split(folder, "1st.pair");
    let issue = ["issue", "--path", "/*", "--expires", "+1h", "--pair-file", "pair"];
    let refusal = |files: &[&str]| error(folder, &[&issue[..], files].concat());
    assert_eq!(
        refusal(&["--seal-key-file", "1st.pair"]),
        "pta: invalid seal key file \"1st.pair\": it is longer than 96 bytes\n"
    );
    assert_eq!(
        refusal(&["--seal-key-file", "pair"]),
        "pta: invalid seal key file \"pair\": it must be one line\n"
    );
    for (count, reason) in [(2, "is no 2nd pair"), (3, "are two pairs at most")] {
        let error = refusal(&["--seal-key-file", "seal"].repeat(count));
        assert_eq!(error, format!("pta: --seal-key-file: there {reason} (see pta issue --help)\n"));
    }
    fs::set_permissions(folder.join("seal"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = pta(folder, &[&issue[..], &["--seal-key-file", "seal"]].concat());
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "pta: warning: seal key file \"seal\" is readable by others\n"
    );
}

#[test]
fn a_seal_key_in_the_environment_is_not_for_pair_files() {
    let folder = folder();
    let folder = folder.path();
    answer(folder, &["keygen", "--files", "."]);
    split(folder, "1st.pair");
    fs::rename(folder.join("pair"), folder.join("1st.unsealed")).unwrap();
    split(folder, "2nd.pair");
    let seal_key = "7".repeat(64);
    let run = |value: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pta"));
        command.env_clear().env("PTA_SEAL_KEY", value).env("PTA_2ND_SEAL_KEY", value);
        command.current_dir(folder).args(arguments).output().unwrap()
    };
    let issue = ["issue", "--path", "/*", "--expires", "+1h"];
    let unused =
        |name: &str| format!("pta: warning: {name} is not used, because --pair-file names the keys\n");
    for (files, value, warnings) in [
        (&["--pair-file", "1st.unsealed"][..], seal_key.as_str(), unused("PTA_SEAL_KEY")),
        (
            &["--pair-file", "1st.unsealed", "--pair-file", "pair"],
            &seal_key,
            unused("PTA_SEAL_KEY") + &unused("PTA_2ND_SEAL_KEY"),
        ),
        (&["--pair-file", "1st.pair", "--pair-file", "pair"], &seal_key, unused("PTA_2ND_SEAL_KEY")),
        // The pair has a seal key, or the variable has none.
        (&["--pair-file", "1st.pair"], &seal_key, String::new()),
        (&["--pair-file", "1st.unsealed", "--seal-key-file", "seal"], &seal_key, String::new()),
        (&["--pair-file", "1st.unsealed"], "", String::new()),
    ] {
        let output = run(value, &[&issue[..], files].concat());
        assert!(output.status.success(), "{files:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), warnings, "{files:?}");
    }
    // What would not help is not recommended.
    for option in [&["--bind", "alice"][..], &["--once"]] {
        let output = run(&seal_key, &[&issue[..], &["--pair-file", "pair"], option].concat());
        let hint =
            "needs a seal key: a third line in the pair file, or --seal-key-file (see pta issue --help)";
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), format!("pta: {} {hint}\n", option[0]));
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
