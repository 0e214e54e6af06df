//! Compiling many sources at once.

use std::fs;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use berus_compiler::Options;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::compile;
use super::plan::{Source, Target, Task};
use crate::input::displayed;
use crate::output::{Status, describe, file};

/// What became of a source.
pub enum Outcome {
    /// The module was written.
    Written,
    /// The module was there, as it should be.
    Unchanged,
    /// It has no error, and nothing was to be written.
    Checked,
    /// The module is for standard output.
    Printed(Vec<u8>),
    /// Something was wrong, with the program or with a file.
    Failed { place: String, message: String, status: Status },
}

/// How long the work takes before a progress bar shows.
const PATIENCE: Duration = Duration::from_millis(400);

/// Compiles the sources of `tasks` on `jobs` threads. The outcomes, with the bytes of the modules, are in the order of the tasks.
pub fn run(tasks: &[Task], options: &Options<'_>, jobs: Option<u16>) -> Vec<(Outcome, usize)> {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.map_or_else(processors, usize::from).min(tasks.len());
    let mut outcomes: Vec<Option<(Outcome, usize)>> = tasks.iter().map(|_| None).collect();
    let mut progress = Progress::new(tasks.len());
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                while let Some((i, task)) = tasks.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed)) {
                    // The other end waits for all outcomes.
                    let _ = send.send((i, carry_out(task, options)));
                }
            });
        }
        drop(send);
        for (i, outcome) in receive {
            outcomes[i] = Some(outcome);
            progress.step();
        }
    });
    progress.bar.finish_and_clear();
    outcomes.into_iter().flatten().collect()
}

/// A progress bar that shows only at a terminal, and only if there is something to wait for.
struct Progress {
    bar: ProgressBar,
    start: Instant,
}

impl Progress {
    fn new(len: usize) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(len as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} sources, {eta} left") {
            bar.set_style(style);
        }
        Progress { bar, start: Instant::now() }
    }

    fn step(&mut self) {
        if self.bar.is_hidden() && self.start.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }
}

/// What becomes of a source, and the bytes of its module.
fn carry_out(task: &Task, options: &Options<'_>) -> (Outcome, usize) {
    match make(task, options) {
        Ok(module) => {
            let size = module.len();
            (deliver(module, &task.target), size)
        }
        Err(failed) => (failed, 0),
    }
}

fn unusable(place: String, error: &io::Error) -> Outcome {
    Outcome::Failed { place, message: describe(error), status: Status::Unusable }
}

fn make(task: &Task, options: &Options<'_>) -> Result<Vec<u8>, Outcome> {
    let source = read(&task.source).map_err(|error| unusable(task.source.name(), &error))?;
    // Control characters as versions of the format are stand in no source.
    if matches!(*source, [b'M' | b'C', 0..=8, ..]) {
        let (place, message) =
            (task.source.name(), "this is an .mpy module already: berus verify and dump read it".into());
        return Err(Outcome::Failed { place, message, status: Status::Invalid });
    }
    let options = Options { source_name: &task.name, ..options.clone() };
    compile(&task.source.name(), &source, &options).map_err(|(place, message)| Outcome::Failed {
        place,
        message,
        status: Status::Invalid,
    })
}

fn deliver(module: Vec<u8>, target: &Target) -> Outcome {
    match target {
        Target::Nowhere => Outcome::Checked,
        Target::Stdout => Outcome::Printed(module),
        Target::File(path) => match file::write(path, &module) {
            Ok(true) => Outcome::Written,
            Ok(false) => Outcome::Unchanged,
            Err((path, error)) => unusable(displayed(&path), &error),
        },
    }
}

fn read(source: &Source) -> io::Result<Vec<u8>> {
    match source {
        Source::File(path) => fs::read(path),
        Source::Stdin => {
            let mut text = Vec::new();
            io::stdin().lock().read_to_end(&mut text)?;
            Ok(text)
        }
    }
}
