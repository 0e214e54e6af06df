//! Running manifest files, which are Python programs, in an interpreter of their own.
//!
//! What they can call is written in Python (`manifest.py`), on a module `files` that this file adds. The interpreter has no other way to
//! reach files, a limited heap, and nothing but its console.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, Instant};

use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
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
const HEAP: usize = 64 << 20;
const TIME: Duration = Duration::from_secs(60);
/// Machine stack of the thread that runs them, and how much of it built-ins may use.
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

    /// What the interpreter says of the exception that ended it, without the lines of what manifests call.
    fn of_traceback(text: &str) -> Failure {
        let mut lines: Vec<&str> = text.lines().filter(|line| *line != "Traceback (most recent call last):").collect();
        let last = lines.pop().unwrap_or_default();
        let (own, is_unusable) = (last.strip_prefix("ManifestError: "), last.strip_prefix("Unreadable: "));
        let mut message = own.or(is_unusable).unwrap_or(last).to_owned();
        let mut frames: Vec<_> = lines.iter().rev().filter_map(|line| frame(line)).collect();
        // What recurses is told once.
        frames.dedup();
        for outer in frames.iter().skip(1) {
            message.push_str("\n  reached from ");
            message.push_str(outer);
        }
        Failure { place: frames.into_iter().next(), message, is_unusable: is_unusable.is_some() }
    }
}

/// File and line of a line of a traceback, if that is about a manifest.
fn frame(line: &str) -> Option<String> {
    let (file, rest) = line.strip_prefix("  File \"")?.rsplit_once("\", line ")?;
    let number = rest.split(',').next()?;
    (file != OWN).then(|| format!("{file}:{number}"))
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
    let heap = Heap::growing(&GlobalRegions, HEAP);
    let limits = Limits { machine_stack: STACK - STACK_LEFT, ..Limits::default() };
    // SAFETY: the functions of manifests keep the contract of raw words.
    let Some(mut vm) = (unsafe { Vm::new(heap, Box::new(Sandbox { start: Instant::now() }), limits) }) else {
        return Err(Failure::of("there is no memory to run manifests"));
    };
    vm.register(MODULES);
    vm.enter(|vm| {
        found(vm, path, variables, libraries).map_err(|raised| {
            let exception = vm.take_exception(raised);
            let mut text = Vec::new();
            if let Err(raised) = vm.print_exception(&mut text, exception) {
                let _ = vm.take_exception(raised);
            }
            Failure::of_traceback(String::from_utf8_lossy(&text).trim_end())
        })
    })
}

fn found(vm: &Vm, path: &str, variables: &[(String, String)], libraries: &[String]) -> Res<Vec<Named>> {
    let main = vm.main();
    let body = vm.compile(include_bytes!("manifest.py"), OWN.as_bytes(), berus_compiler::Mode::File, main)?;
    vm.run_body(body, main)?;
    let pairs = List::new(vm, &[])?;
    for (name, value) in variables {
        let pair = Tuple::new(vm, &[text(vm, name)?, text(vm, value)?])?;
        pairs.append(vm, pair.obj())?;
    }
    let folders = List::new(vm, &[])?;
    for folder in libraries {
        folders.append(vm, text(vm, folder)?)?;
    }
    let evaluate = main.load(vm, vm.intern(b"evaluate")?).unwrap_or(Obj::NONE);
    let found = vm.call(evaluate, &[text(vm, path)?, pairs.obj(), folders.obj()])?;
    let mut list = Vec::new();
    let mut at = 0;
    let items = vm.items(found)?;
    while let Some(item) = items.get(at) {
        list.push(named(vm, item)?);
        at += 1;
    }
    Ok(list)
}

fn named(vm: &Vm, item: Obj) -> Res<Named> {
    let items = vm.items_exactly(item, 5)?;
    let item = |n| items.get(n).unwrap_or(Obj::NONE);
    let optional = |value: Obj| if value == Obj::NONE { Ok(None) } else { string(vm, value).map(Some) };
    let optimise = match item(3) {
        level if level == Obj::NONE => None,
        level => match vm.int(level)? {
            level @ 0..=3 => Some(level as u8),
            _ => return Err(vm.value_error(format_args!("optimisation levels are 0 to 3"))),
        },
    };
    Ok(Named {
        path: string(vm, item(0))?.into(),
        target: string(vm, item(1))?,
        compile: string(vm, item(2))? == "compile",
        optimise,
        version: optional(item(4))?,
    })
}

fn text(vm: &Vm, text: &str) -> Res {
    vm.new_str(text.as_bytes())
}

fn string(vm: &Vm, value: Obj) -> Res<String> {
    match vm.as_str(value) {
        Some(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        None => Err(vm.type_error(format_args!("expected a string"))),
    }
}

/// The world of a manifest.
struct Sandbox {
    start: Instant,
}

impl Host for Sandbox {
    fn write_stdout(&self, bytes: &[u8]) {
        // Standard output is for what the command itself says.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), bytes);
    }

    fn interrupted(&self) -> bool {
        self.start.elapsed() > TIME
    }
}

static MODULES: &[ModuleDef] = &[ModuleDef::new("files", MEMBERS)];

berus_runtime::members! {
    static MEMBERS = {
        "exists" => f1(exists),
        "find_manifest" => f2(find_manifest),
        "is_folder" => f1(is_folder),
        "join" => f2(join),
        "list" => f1(list),
        "parent" => f1(parent),
        "read" => f1(read),
    }
}

fn exists(vm: &Vm, path: Obj) -> Res {
    Ok(Obj::bool(Path::new(&string(vm, path)?).exists()))
}

fn is_folder(vm: &Vm, path: Obj) -> Res {
    Ok(Obj::bool(Path::new(&string(vm, path)?).is_dir()))
}

/// `path` seen from `folder`, without `.` and `..`.
fn join(vm: &Vm, folder: Obj, path: Obj) -> Res {
    let mut clean = PathBuf::new();
    for part in Path::new(&string(vm, folder)?).join(string(vm, path)?).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    let clean = if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean };
    text(vm, &clean.to_string_lossy())
}

fn parent(vm: &Vm, path: Obj) -> Res {
    let path = string(vm, path)?;
    let parent = Path::new(&path).parent().filter(|parent| !parent.as_os_str().is_empty());
    text(vm, &parent.unwrap_or(Path::new(".")).to_string_lossy())
}

/// The files below a folder, with `/` between the parts of their paths, in the order of their names.
fn list(vm: &Vm, folder: Obj) -> Res {
    let folder = string(vm, folder)?;
    let found = List::new(vm, &[])?;
    for entry in WalkDir::new(&folder).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| failed(vm, &folder, &walked(error)))?;
        if entry.file_type().is_file() {
            let below = entry.path().strip_prefix(&folder).unwrap_or(entry.path());
            let below = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            found.append(vm, text(vm, &below)?)?;
        }
    }
    Ok(found.obj())
}

/// The manifest of the package `name` somewhere below a folder, or `None`.
fn find_manifest(vm: &Vm, folder: Obj, name: Obj) -> Res {
    let (folder, name) = (string(vm, folder)?, string(vm, name)?);
    let mut folders = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().flatten();
    let manifest = folders.find_map(|entry| {
        let path = entry.path().join("manifest.py");
        (entry.file_name() == name.as_str() && path.is_file()).then_some(path)
    });
    match manifest {
        Some(path) => text(vm, &path.to_string_lossy()),
        None => Ok(Obj::NONE),
    }
}

fn read(vm: &Vm, path: Obj) -> Res {
    let path = string(vm, path)?;
    match fs::read(&path) {
        Ok(source) => vm.new_str(String::from_utf8_lossy(&source).as_bytes()),
        Err(error) => Err(failed(vm, &path, &error)),
    }
}

fn failed(vm: &Vm, path: &str, error: &std::io::Error) -> Raised {
    vm.value_error(format_args!("{path}: {}", describe(error)))
}
