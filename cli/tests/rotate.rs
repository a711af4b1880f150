//! `pta rotate`: what it changes, what it refuses, and that no pair is lost if it is killed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a failed test panics

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pta"));
    command.args(arguments);
    command
}

/// A folder with two pairs.
struct Keys {
    folder: TempDir,
    old: String,
    new: String,
}

impl Keys {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = command(&["keygen", "--files"]).arg(folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        let (old, new) = (read("1st.pair"), read("2nd.pair"));
        assert_ne!(old, new);
        Self { folder, old, new }
    }

    /// The files differ in mode, and in owner if the test may change that. So they cannot be
    /// exchanged in one step.
    fn make_unlike() -> Self {
        let keys = Self::make();
        fs::set_permissions(keys.path("1st.pair"), Permissions::from_mode(0o640)).unwrap();
        let own = fs::metadata(keys.path("1st.pair")).unwrap();
        let (uid, gid) = if own.uid() == 0 { (12_345, 54_321) } else { (own.uid(), own.gid()) };
        chown(keys.path("1st.pair"), Some(uid), Some(gid)).unwrap();
        keys
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn pairs(&self) -> [String; 2] {
        ["1st.pair", "2nd.pair"].map(|name| self.read(name))
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = command(&["rotate", "--files"]);
        command.arg(self.folder.path()).args(more);
        command
    }

    fn rotate(&self, more: &[&str]) -> Output {
        self.command(more).output().unwrap()
    }

    /// The output of a run that must succeed.
    #[track_caller]
    fn succeed(&self, more: &[&str]) -> String {
        let output = self.rotate(more);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(output.status.success());
        self.shown(&output)
    }

    #[track_caller]
    fn refuse(&self, more: &[&str]) -> String {
        let output = self.rotate(more);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        String::from_utf8_lossy(&output.stderr).replace(&*self.folder.path().to_string_lossy(), "DIR")
    }

    fn shown(&self, output: &Output) -> String {
        String::from_utf8_lossy(&output.stdout).replace(&*self.folder.path().to_string_lossy(), "DIR")
    }
}

/// How many lines both pair files have: with a seal key, three.
fn lines(keys: &Keys) -> [usize; 2] {
    keys.pairs().map(|text| text.lines().count())
}

#[test]
fn the_fresh_pair_has_a_seal_key_if_the_old_one_or_the_one_in_use_has() {
    for (seals, expected) in
        [([true, true], [3, 3]), ([false, false], [2, 2]), ([false, true], [3, 3]), ([true, false], [2, 3])]
    {
        let keys = Keys::make();
        for (name, keep) in ["1st.pair", "2nd.pair"].into_iter().zip(seals) {
            let text = keys.read(name);
            let kept: Vec<&str> = text.lines().take(if keep { 3 } else { 2 }).collect();
            fs::write(keys.path(name), kept.join("\n")).unwrap();
        }
        let before = keys.pairs();
        keys.succeed(&[]);
        let [first, second] = before;
        assert_eq!(keys.pairs(), [second, first]);
        keys.succeed(&["--finish"]);
        assert_eq!(lines(&keys), expected, "{seals:?}");
    }
}

#[test]
fn pairs_that_differ_in_their_seal_keys_alone_are_two_pairs() {
    let keys = Keys::make();
    let mut text: Vec<String> = keys.old.lines().map(str::to_owned).collect();
    text[2] = keys.new.lines().last().unwrap().to_owned();
    fs::write(keys.path("2nd.pair"), text.join("\n")).unwrap();
    let [first, second] = keys.pairs();
    keys.succeed(&[]);
    assert_eq!(keys.pairs(), [second, first]);
    // The state has no key and no seal key in it.
    let state = keys.read("rotation");
    assert!(keys.old.lines().chain(keys.new.lines()).all(|secret| !state.contains(secret)));
}

#[test]
fn a_whole_rotation() {
    let keys = Keys::make();
    assert_eq!(
        keys.succeed(&[]),
        "1st.pair is the new pair now, 2nd.pair the old one.\n\
         Next: copy both files to every instance that has files of its own, and reload every instance (nginx -s reload).\n\
         Make new links with 1st.pair. When the last link of the old pair has expired: pta rotate --files DIR --finish\n"
    );
    assert_eq!(keys.pairs(), [keys.new.clone(), keys.old.clone()]);
    assert_eq!(
        keys.refuse(&[]),
        "pta: cannot rotate in \"DIR\": the last rotation is not finished; when the last link of the old pair has expired: \
         pta rotate --files DIR --finish\n"
    );
    assert_eq!(keys.pairs(), [keys.new.clone(), keys.old.clone()]);
    assert_eq!(
        keys.succeed(&["--finish"]),
        "The old pair is gone: 2nd.pair is a fresh one now.\n\
         Next: copy 2nd.pair to every instance that has files of its own, and reload every instance (nginx -s reload).\n\
         After that, the next rotation may begin: pta rotate --files DIR\n"
    );
    let [first, fresh] = keys.pairs();
    assert_eq!(first, keys.new);
    assert!(fresh != keys.old && fresh != keys.new);
    assert_eq!(
        keys.refuse(&["--finish"]),
        "pta: cannot rotate in \"DIR\": no rotation has begun, so there is nothing to finish\n"
    );
    keys.succeed(&[]);
    assert_eq!(keys.pairs(), [fresh, first]);
    assert_eq!(keys.names(), ["1st.pair", "2nd.pair", "rotation"]);
}

#[test]
fn owners_and_modes_stay() {
    let keys = Keys::make_unlike();
    let of = |name| {
        let own = fs::metadata(keys.path(name)).unwrap();
        (own.uid(), own.gid(), own.mode() & 0o7777)
    };
    let before = [of("1st.pair"), of("2nd.pair")];
    assert_ne!(before[0], before[1]);
    for more in [&[][..], &["--finish"], &[], &["--finish"]] {
        keys.succeed(more);
        assert_eq!([of("1st.pair"), of("2nd.pair")], before, "{more:?}");
        assert_eq!(keys.names(), ["1st.pair", "2nd.pair", "rotation"]);
        assert_eq!(fs::metadata(keys.path("rotation")).unwrap().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_state_contains_no_key() {
    let keys = Keys::make();
    keys.succeed(&[]);
    let state = keys.read("rotation");
    for secret in [&keys.old, &keys.new].into_iter().flat_map(|pair| pair.lines()) {
        assert!(!state.contains(secret));
    }
}

#[test]
fn a_file_is_moved_byte_for_byte() {
    let keys = Keys::make_unlike();
    let line = keys.old.trim_end().replace('\n', "\r\n");
    fs::write(keys.path("1st.pair"), &line).unwrap();
    keys.succeed(&[]);
    assert_eq!(keys.pairs(), [keys.new.clone(), line]);
}

#[test]
fn a_refusal_changes_nothing() {
    let keys = Keys::make();
    fs::write(keys.path("2nd.pair"), &keys.old).unwrap();
    assert_eq!(
        keys.refuse(&[]),
        "pta: cannot rotate in \"DIR\": 1st.pair and 2nd.pair are the same pair, so there is nothing to exchange\n"
    );
    fs::write(keys.path("2nd.pair"), "x").unwrap();
    assert_eq!(
        keys.refuse(&[]),
        "pta: invalid pair file \"DIR/2nd.pair\": it must have 2 or 3 lines, key, IV and seal key, not 1\n"
    );
    fs::remove_file(keys.path("2nd.pair")).unwrap();
    assert_eq!(keys.refuse(&[]), "pta: cannot find \"DIR/2nd.pair\": No such file or directory\n");
    fs::write(keys.path("2nd.key"), "x").unwrap();
    assert_eq!(
        keys.refuse(&[]),
        "pta: cannot rotate in \"DIR\": there is no 2nd.pair; key and IV must be in one file: cat 2nd.key 2nd.iv > 2nd.pair\n"
    );
    std::os::unix::fs::symlink("1st.pair", keys.path("2nd.pair")).unwrap();
    assert_eq!(keys.refuse(&[]), "pta: \"DIR/2nd.pair\" is a symbolic link, which a rename would replace\n");
    assert_eq!(keys.read("1st.pair"), keys.old);
    assert_eq!(keys.names(), ["1st.pair", "2nd.key", "2nd.pair"]);
}

#[test]
fn pairs_that_are_not_those_of_the_rotation_are_refused() {
    let keys = Keys::make();
    keys.succeed(&[]);
    fs::write(keys.path("1st.pair"), &keys.old).unwrap();
    assert_eq!(
        keys.refuse(&["--finish"]),
        "pta: cannot rotate in \"DIR\": 1st.pair and 2nd.pair are not the pairs of the rotation that has begun; restore \
         them, or, if they are correct, remove the file \"rotation\"\n"
    );
    assert_eq!(keys.pairs(), [keys.old.clone(), keys.old.clone()]);
    fs::write(keys.path("rotation"), "exchanged\n").unwrap();
    assert_eq!(
        keys.refuse(&[]),
        "pta: invalid state of a rotation \"DIR/rotation\": pta rotate did not write it\n"
    );
}

#[test]
fn one_run_at_a_time() {
    let keys = Keys::make();
    let lock = File::open(keys.folder.path()).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    for more in [&[][..], &["--finish"]] {
        assert_eq!(keys.refuse(more), "pta: cannot lock \"DIR\": another pta rotate is running\n");
    }
    assert_eq!(keys.pairs(), [keys.old.clone(), keys.new.clone()]);
    drop(lock);
    keys.succeed(&[]);
}

#[test]
fn only_one_of_many_runs_rotates() {
    for make in [Keys::make, Keys::make_unlike] {
        for more in [&[][..], &["--finish"]] {
            let keys = make();
            if !more.is_empty() {
                keys.succeed(&[]);
            }
            let runs: Vec<_> = (0..12)
                .map(|_| keys.command(more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
                .collect();
            let codes: Vec<_> = runs.into_iter().map(|mut run| run.wait().unwrap().code()).collect();
            assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
            assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))), "{codes:?}");
            let [first, second] = keys.pairs();
            assert_eq!(first, keys.new);
            assert_eq!(second == keys.old, more.is_empty());
        }
    }
}

/// An output that nobody reads. To write to it fails as to a pipe that the reader has closed.
fn closed() -> Stdio {
    let (_, writer) = UnixStream::pair().unwrap();
    OwnedFd::from(writer).into()
}

/// Builds a library that kills a process before its Nth change of a file.
fn die_at(folder: &Path) -> PathBuf {
    let library = folder.join("die_at.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/die_at.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status().unwrap();
    assert!(built.success());
    library
}

/// Runs a rotation on fresh keys and kills it at its first step, at its second, and so on, until a
/// run succeeds. Returns the number of steps.
fn killed_at_each_step(make: impl Fn() -> Keys, more: &[&str], check: impl Fn(usize, &Keys)) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let library = die_at(folder.path());
    for step in 1..200_usize {
        let keys = make();
        let mut command = keys.command(more);
        command.env("LD_PRELOAD", OsStr::new(&library)).env("DIE_AT", step.to_string());
        let output = command.output().unwrap();
        if output.status.success() {
            return step.saturating_sub(1);
        }
        assert_eq!(output.status.code(), None, "step {step}: {output:?}");
        check(step, &keys);
    }
    panic!("no run succeeded");
}

#[test]
fn an_exchange_in_one_step_can_be_killed_at_every_step() {
    let steps = killed_at_each_step(Keys::make, &[], |step, keys| {
        let mut pairs = keys.pairs();
        pairs.sort();
        let mut both = [keys.old.clone(), keys.new.clone()];
        both.sort();
        assert_eq!(pairs, both, "step {step}: nginx always finds both pairs");
        match keys.rotate(&[]).status.code() {
            Some(0) => {}
            // Killed after the rotation was done, but before the answer.
            Some(2) => assert!(keys.refuse(&[]).contains("not finished")),
            code => panic!("step {step}: {code:?}"),
        }
        assert_eq!(keys.pairs(), [keys.new.clone(), keys.old.clone()], "step {step}");
        keys.succeed(&["--finish"]);
        assert_eq!(keys.names(), ["1st.pair", "2nd.pair", "rotation"], "step {step}");
    });
    assert!(steps > 8, "{steps} steps");
}

#[test]
fn a_rotation_by_two_renames_can_be_killed_at_every_step() {
    let taken_back = std::cell::Cell::new(0);
    let steps = killed_at_each_step(Keys::make_unlike, &[], |step, keys| {
        let [first, second] = keys.pairs();
        assert!([&first, &second].contains(&&keys.old), "step {step}: all issued links are accepted");
        assert!(
            [&first, &second].contains(&&keys.new) || keys.read("rotation.1st") == keys.new,
            "step {step}: the new pair is not lost"
        );
        let is_between = first == second;
        let is_unread = is_between && taken_back.get() == 0;
        let output =
            if is_unread { keys.command(&[]).stdout(closed()).output() } else { keys.command(&[]).output() };
        let output = output.unwrap();
        if is_between {
            taken_back.set(taken_back.get() + 1);
            assert_eq!(output.status.code(), Some(1));
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        }
        if is_between && !is_unread {
            assert_eq!(
                keys.shown(&output),
                "An interrupted rotation was taken back: 1st.pair and 2nd.pair are as they were before it.\n\
                 Next: reload every instance (nginx -s reload). After that: pta rotate --files DIR\n"
            );
        }
        if is_between {
            assert_eq!(keys.pairs(), [keys.old.clone(), keys.new.clone()]);
            keys.succeed(&[]);
        }
        assert_eq!(keys.pairs(), [keys.new.clone(), keys.old.clone()], "step {step}");
        keys.succeed(&["--finish"]);
        assert_eq!(keys.names(), ["1st.pair", "2nd.pair", "rotation"], "step {step}");
    });
    assert!(steps > 20, "{steps} steps");
    assert!(taken_back.get() > 1);
}

#[test]
fn taking_back_can_be_killed_at_every_step() {
    let folder = tempfile::tempdir().unwrap();
    let library = die_at(folder.path());
    let killed_at = |step: usize| {
        let keys = Keys::make_unlike();
        let output =
            keys.command(&[]).env("LD_PRELOAD", &library).env("DIE_AT", step.to_string()).output().unwrap();
        assert_eq!(output.status.code(), None, "{output:?}");
        keys
    };
    // Between the two renames, both files are the same.
    let between =
        (1..200).find(|&step| matches!(killed_at(step).pairs(), [first, second] if first == second)).unwrap();
    for step in 1..200_usize {
        let keys = killed_at(between);
        let output =
            keys.command(&[]).env("LD_PRELOAD", &library).env("DIE_AT", step.to_string()).output().unwrap();
        let [first, second] = keys.pairs();
        assert_eq!(first, keys.old, "step {step}");
        if output.status.code() == Some(1) {
            assert_eq!(second, keys.new);
            assert!(step > 8, "{step}");
            return;
        }
        assert!(
            second == keys.new || keys.read("rotation.1st") == keys.new,
            "step {step}: the new pair is not lost"
        );
        while keys.rotate(&[]).status.code() == Some(1) {}
        assert_eq!(keys.pairs(), [keys.new.clone(), keys.old.clone()], "step {step}");
        keys.succeed(&["--finish"]);
    }
    panic!("no run was completed");
}

#[test]
fn finishing_can_be_killed_at_every_step() {
    for make in [Keys::make, Keys::make_unlike] {
        let rotated = || {
            let keys = make();
            keys.succeed(&[]);
            keys
        };
        let steps = killed_at_each_step(rotated, &["--finish"], |step, keys| {
            let [first, second] = keys.pairs();
            assert_eq!(first, keys.new, "step {step}");
            let output = keys.rotate(&["--finish"]);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 2)), "step {step}: {output:?}");
            let [first, fresh] = keys.pairs();
            assert_eq!(first, keys.new, "step {step}");
            assert!(fresh != keys.old && fresh != keys.new, "step {step}");
            // Instances may already know a fresh pair, so it must stay.
            assert!(second == keys.old || second == fresh, "step {step}");
            keys.succeed(&[]);
            assert_eq!(keys.names(), ["1st.pair", "2nd.pair", "rotation"], "step {step}");
        });
        assert!(steps > 8, "{steps} steps");
    }
}
