//! Which sources there are, and where each module goes.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Args;
use crate::input::displayed;
use crate::output::{Output, Status, describe, walked};

/// A source to compile.
#[derive(Debug)]
pub struct Task {
    pub source: Source,
    /// The name that it goes by in tracebacks.
    pub name: Vec<u8>,
    pub target: Target,
}

/// Where a source is.
#[derive(Debug)]
pub enum Source {
    File(PathBuf),
    Stdin,
}

/// Where a module goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    File(PathBuf),
    Stdout,
    Nowhere,
}

impl Target {
    /// The file, if it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Target::File(path) => Some(path),
            Target::Stdout | Target::Nowhere => None,
        }
    }
}

/// Settles what is to be done. Complains of sources that cannot be read; `None` if that means that nothing is to be done,
/// because modules would overwrite each other.
pub fn plan(args: &Args, output: &mut Output) -> Option<Vec<Task>> {
    let mut tasks = Vec::new();
    for given in &args.sources {
        if given == Path::new("-") {
            let target = match &args.output {
                None if !args.check => Target::Stdout,
                _ => target(args, Path::new("stdin.py"), Path::new("stdin.py"), true),
            };
            let name = args.source_name.as_deref().unwrap_or("<stdin>").into();
            tasks.push(Task { source: Source::Stdin, name, target });
        } else if given.is_dir() {
            folder(args, given, &mut tasks, output);
        } else {
            let file_name = given.file_name().map_or(given.as_path(), Path::new);
            let target = target(args, given, file_name, true);
            tasks.push(Task { source: Source::File(given.clone()), name: name(args, given), target });
        }
    }
    (has_room(args, output) && distinct(&tasks, output) && spares_sources(&tasks, output)).then_some(tasks)
}

/// Adds the Python files below a folder, but for those in hidden folders, in the order of their names.
fn folder(args: &Args, folder: &Path, tasks: &mut Vec<Task>, output: &mut Output) {
    let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
    let others = tasks.len();
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && entry.path().extension().is_some_and(|end| end == "py") => {
                let path = entry.into_path();
                let below = path.strip_prefix(folder).unwrap_or(&path);
                let target = target(args, &path, below, false);
                tasks.push(Task { name: name(args, below), source: Source::File(path.clone()), target });
            }
            Ok(_) => {}
            Err(error) => {
                let place = error.path().map_or_else(|| displayed(folder), displayed);
                output.complain(Status::Unusable, &place, &describe(&walked(error)));
            }
        }
    }
    if tasks.len() == others {
        output.complain(Status::Good, &displayed(folder), &"there are no Python files in it");
    }
}

/// The name of a source in tracebacks, given its path.
fn name(args: &Args, path: &Path) -> Vec<u8> {
    match &args.source_name {
        Some(name) => name.clone().into(),
        None if cfg!(windows) => path.to_string_lossy().replace('\\', "/").into(),
        None => path.as_os_str().as_encoded_bytes().into(),
    }
}

/// Where the module of the source at `path` goes, which is `below` in the output folder. `alone` if it was given by itself.
fn target(args: &Args, path: &Path, below: &Path, alone: bool) -> Target {
    match &args.output {
        _ if args.check => Target::Nowhere,
        None => Target::File(path.with_extension("mpy")),
        Some(output) if output == Path::new("-") => Target::Stdout,
        Some(output) if alone && args.sources.len() == 1 && !is_folder(output) => Target::File(output.clone()),
        Some(output) => Target::File(output.join(below).with_extension("mpy")),
    }
}

/// Whether a path means a folder: there is one, or it ends with a slash, or there is nothing yet and the name has no ending.
fn is_folder(path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(there) => there.is_dir(),
        Err(_) => path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.extension().is_none(),
    }
}

/// Whether the modules go to a folder if there may be several. Complains if they go to what is a file, or is named like a module.
fn has_room(args: &Args, output: &mut Output) -> bool {
    let Some(path) = args.output.as_deref().filter(|&path| path != Path::new("-")) else { return true };
    let is_one = matches!(&*args.sources, [source] if !source.is_dir());
    let is_module = path.extension().is_some_and(|end| end == "mpy") && !is_folder(path);
    if is_one || !path.is_file() && !is_module {
        return true;
    }
    let message = format!(
        "takes one module only; for a module of each source name a folder, for one of all of them compile to a folder, then: berus merge \
         -o {0} FOLDER/*.mpy",
        displayed(path)
    );
    output.complain(Status::Unusable, &displayed(path), &message);
    false
}

/// Whether no module would overwrite another or follow another on standard output. Complains if one would.
fn distinct(tasks: &[Task], output: &mut Output) -> bool {
    let mut made_of: HashMap<&Path, &Task> = HashMap::new();
    let mut good = true;
    for task in tasks {
        if let Some(other) = task.target.path().and_then(|path| made_of.insert(path, task)) {
            let message = format!("would be made of both {} and {}", other.source.name(), task.source.name());
            output.complain(Status::Unusable, &displayed(task.target.path().unwrap_or(Path::new(""))), &message);
            good = false;
        }
    }
    if tasks.iter().filter(|task| task.target == Target::Stdout).count() > 1 {
        output.complain(Status::Unusable, "standard output", &"takes one module only");
        good = false;
    }
    good
}

/// Whether no module would take the place of a source. Complains if one would.
fn spares_sources(tasks: &[Task], output: &mut Output) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let sources: HashSet<_> = tasks.iter().filter_map(|task| real(task.source.path()?)).collect();
    let mut good = true;
    for path in tasks.iter().filter_map(|task| task.target.path()) {
        if real(path).is_some_and(|path| sources.contains(&path)) {
            output.complain(Status::Unusable, &displayed(path), &"is a source, which the module would overwrite");
            good = false;
        }
    }
    good
}

impl Source {
    /// The file, if it is one.
    fn path(&self) -> Option<&Path> {
        match self {
            Source::File(path) => Some(path),
            Source::Stdin => None,
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        match self {
            Source::File(path) => displayed(path),
            Source::Stdin => "standard input".into(),
        }
    }
}
