//! `berus compile --minify`: smaller modules than mpy-cross makes.
//!
//! Without the names of a set of modules ([`What::Tables`]) only what no program can notice is left out, which is the compiler's
//! work. With them ([`What::Names`]) all sources are surveyed first ([`mod@survey`]), and what they say together decides which names
//! can be shorter or absent ([`mod@plan`]). A report tells what that has saved and what is different now ([`Report`]).

mod plan;
mod report;
mod survey;

use std::path::{Component, Path};

use berus_compiler::{Minify, Options};

use super::plan::{Source, Task};
use super::snippet;
use crate::input::displayed;
use crate::output::{Output, Status, describe};
use plan::Plan;
pub use report::Report;
use survey::{Survey, Text};

/// What is left out or shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum What {
    /// What no program can notice: entries of tables that nothing uses, and lines on which nothing can fail; names that are used often come first
    Tables,
    /// Also names: private ones (`_name`) get short, parameters that no call passes by keyword and classes' `__qualname__` and
    /// `__module__` lose theirs, numbers stand for the sources in tracebacks. The sources must be all that use each other
    Names,
}

/// How the modules of a set are to be smaller.
#[derive(Debug)]
pub struct Smaller {
    /// For the compiler.
    pub minify: Minify,
    /// What to tell of it.
    pub report: Report,
}

impl Smaller {
    /// Decides how the modules of `tasks` are to be smaller. `keep` are names that stay as
    /// they are. `None`, after complaints, if a source cannot be read or compiled: a part of a set decides nothing.
    pub fn new(
        what: What,
        tasks: &[Task],
        keep: &[String],
        options: &Options<'_>,
        output: &mut Output,
    ) -> Option<Smaller> {
        let mut modules = Vec::new();
        for task in tasks {
            let options = Options { source_name: &task.name, ..options.clone() };
            match read(&task.source).and_then(|source| survey(&task.source, &source, &options)) {
                Ok(survey) => modules.push((path(task), survey)),
                Err((place, message, status)) => output.complain(status, &place, &message),
            }
        }
        if modules.len() < tasks.len() {
            return None;
        }
        let keep = keep.iter().map(|name| name.as_bytes().to_vec()).collect();
        let plan = match what {
            What::Tables => Plan::default(),
            What::Names => Plan::new(&modules, &keep),
        };
        let report = Report::new(what, tasks, &modules, &plan);
        Some(Smaller { minify: plan.minify, report })
    }
}

/// Why something of a source could not be done: the place, the message and the exit status.
type Failure = (String, String, Status);

fn read(source: &Source) -> Result<Vec<u8>, Failure> {
    match source {
        Source::File(path) => std::fs::read(path).map_err(|error| (source.name(), describe(&error), Status::Unusable)),
        Source::Stdin => {
            Err((source.name(), "--minify reads sources twice, and so takes files only".into(), Status::Unusable))
        }
    }
}

fn survey(source: &Source, text: &[u8], options: &Options<'_>) -> Result<Survey, Failure> {
    Survey::of(text, options).map_err(|error| {
        let (place, message) = snippet::describe(&source.name(), text, &error);
        (place, message, Status::Invalid)
    })
}

/// The names of the packages that a module may be in, and last its own, by the path of its source below the folder that was
/// given.
fn path(task: &Task) -> Vec<Text> {
    let name = String::from_utf8_lossy(&task.name);
    let stem =
        |part: Component<'_>| Path::new(part.as_os_str()).file_stem().map(|stem| stem.as_encoded_bytes().to_vec());
    Path::new(&*name).components().filter_map(stem).filter(|stem| stem != b"__init__").collect()
}

/// The source as it is named to people.
fn shown(task: &Task) -> String {
    match &task.source {
        Source::File(path) => displayed(path),
        Source::Stdin => task.source.name(),
    }
}
