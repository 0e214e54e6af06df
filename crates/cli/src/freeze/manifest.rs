//! Running manifest files, which are Python programs, in an interpreter of their own.
//!
//! What they can call is written in Python (`manifest.py`), on a module `files` that this file adds. The interpreter has no other way to
//! reach files, limited memory and time, and nothing but its console.

use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use berus::{Error, Interpreter, Program, Result as Done};
use walkdir::WalkDir;

use crate::output::{describe, walked};

/// A file that a manifest names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder that becomes the image.
    pub target: String,
    /// Whether it is a source to be compiled.
    pub compile: bool,
    /// How much to optimise, if the manifest says.
    pub optimise: Option<u8>,
    /// The version of the package that it belongs to.
    pub version: Option<String>,
}

/// Bytes of memory for manifests, and the time they may take.
const MEMORY: usize = 64 << 20;
const TIME: Duration = Duration::from_secs(60);
/// Words of the stack of variables for manifests.
const STACK_WORDS: usize = 1 << 17;
/// Machine stack of the thread that runs manifests, and how much of the machine stack built-ins may not use.
const STACK: usize = 8 << 20;
const STACK_LEFT: usize = 1 << 20;

/// Why the files that a manifest names are not known.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// In which manifest, and at which line; `None` if that is not known.
    pub place: Option<String>,
    /// What is wrong, and through which lines of which manifests that was reached.
    pub message: String,
    /// Whether a file is not there or cannot be read.
    pub is_unusable: bool,
}

impl Failure {
    fn of(message: &str) -> Failure {
        Failure { place: None, message: message.to_owned(), is_unusable: false }
    }

    /// What ended the manifests, without the lines of what manifests call.
    fn of_error(error: &Error) -> Failure {
        let is_unusable = error.type_name() == "Unreadable";
        let mut message = match error.type_name() {
            "ManifestError" | "Unreadable" => error.message().to_owned(),
            _ => error.to_string(),
        };
        let own = error.frames().iter().filter(|frame| frame.file != OWN);
        let mut places: Vec<_> = own.map(|frame| format!("{}:{}", frame.file, frame.line)).collect();
        // What recurses is told once.
        places.dedup();
        for outer in places.iter().skip(1) {
            message.push_str("\n  reached from ");
            message.push_str(outer);
        }
        Failure { place: places.into_iter().next(), message, is_unusable }
    }
}

/// The name of what manifests call in tracebacks.
const OWN: &str = "<berus>";

/// The files that the manifest at `path` names, or a folder without manifest holds.
///
/// # Errors
/// What ended it.
pub fn evaluate(path: &str, variables: &[(String, String)], libraries: &[String]) -> Result<Vec<Named>, Failure> {
    std::thread::scope(|scope| {
        let run = || run(path, variables, libraries);
        // A thread of its own has a stack of known size.
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| Err(Failure::of("cannot run manifests")))
    })
}

fn run(path: &str, variables: &[(String, String)], libraries: &[String]) -> Result<Vec<Named>, Failure> {
    found(path, variables, libraries).map_err(|error| Failure::of_error(&error))
}

fn found(path: &str, variables: &[(String, String)], libraries: &[String]) -> Done<Vec<Named>> {
    let py = Interpreter::builder()
        .memory(MEMORY)
        .time(TIME)
        .modules(["sys"])
        .stack(STACK_WORDS, STACK - STACK_LEFT)
        // Standard output is for what the command itself says.
        .output(|bytes: &[u8]| drop(std::io::stderr().write_all(bytes)))
        .build()?;
    let files = py.new_module("files")?;
    files.function(&py, "exists(path)", |_, (path,): (String,)| Path::new(&path).exists())?;
    files.function(&py, "find_manifest(folder, name)", |_, (folder, name): (String, String)| {
        find_manifest(&folder, &name)
    })?;
    files.function(&py, "is_folder(path)", |_, (path,): (String,)| Path::new(&path).is_dir())?;
    files.function(&py, "join(folder, path)", |_, (folder, path): (String, String)| join(&folder, &path))?;
    files.function(&py, "list(folder)", |_, (folder,): (String,)| list(&folder))?;
    files.function(&py, "parent(path)", |_, (path,): (String,)| parent(&path))?;
    files.function(&py, "read(path)", |_, (path,): (String,)| read(&path))?;
    py.run(&Program::compile(include_str!("manifest.py"), OWN)?)?;
    let found: Vec<Found> = py.call("evaluate", (path, variables.to_vec(), libraries.to_vec()))?;
    found.into_iter().map(named).collect()
}

/// What `evaluate` tells of a file: path, path in the image, kind, optimisation, version.
type Found = (String, String, String, Option<i64>, Option<String>);

fn named((path, target, kind, optimise, version): Found) -> Done<Named> {
    let optimise = match optimise {
        Some(level @ 0..=3) => Some(level as u8),
        Some(_) => return Err(Error::value_error("optimisation levels are 0 to 3")),
        None => None,
    };
    Ok(Named { path: path.into(), target, compile: kind == "compile", optimise, version })
}

/// `path` seen from `folder`, without `.` and `..`.
fn join(folder: &str, path: &str) -> String {
    let mut clean = PathBuf::new();
    for part in Path::new(folder).join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    let clean = if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean };
    clean.to_string_lossy().into_owned()
}

fn parent(path: &str) -> String {
    let parent = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_string_lossy().into_owned()
}

/// The files below a folder, with `/` between the parts of their paths, in the order of their names.
fn list(folder: &str) -> Done<Vec<String>> {
    let mut found = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| failed(folder, &walked(error)))?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            found.push(below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
        }
    }
    Ok(found)
}

/// The manifest of the package `name` somewhere below a folder, if there is one.
fn find_manifest(folder: &str, name: &str) -> Option<String> {
    let mut folders = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().flatten();
    folders.find_map(|entry| {
        let path = entry.path().join("manifest.py");
        (entry.file_name() == name && path.is_file()).then(|| path.to_string_lossy().into_owned())
    })
}

fn read(path: &str) -> Done<String> {
    match std::fs::read(path) {
        Ok(source) => Ok(String::from_utf8_lossy(&source).into_owned()),
        Err(error) => Err(failed(path, &error)),
    }
}

fn failed(path: &str, error: &std::io::Error) -> Error {
    Error::value_error(format_args!("{path}: {}", describe(error)))
}
