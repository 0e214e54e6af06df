//! What smaller modules have saved, and what is different now.

use std::io::{self, Write};

use super::plan::{Plan, Reason};
use super::survey::{Survey, Text};
use super::{Task, What, shown};
use crate::text::count;

/// What there is to tell of modules that are smaller.
#[derive(Debug)]
pub struct Report {
    what: What,
    /// The sources with the bytes that mpy-cross makes of them.
    before: Vec<(String, usize)>,
    /// Private names and what they go by.
    renamed: Vec<(Text, Text)>,
    kept: Vec<(Reason, usize)>,
    parameters: usize,
    nameless: usize,
    /// How many calls pass keywords in a mapping.
    mappings: usize,
    anonymous_classes: bool,
    unlisted_imports: bool,
}

impl Report {
    /// What there is to tell before anything is compiled.
    pub fn new(what: What, tasks: &[Task], modules: &[(Vec<Text>, Survey)], plan: &Plan) -> Report {
        let before = tasks.iter().zip(modules).map(|(task, (_, survey))| (shown(task), survey.size)).collect();
        Report {
            what,
            before,
            renamed: plan.minify.names.clone().into_iter().collect(),
            kept: plan.kept.iter().map(|(reason, names)| (reason.clone(), names.len())).collect(),
            parameters: plan.parameters,
            nameless: plan.nameless,
            mappings: modules.iter().map(|(_, survey)| survey.mappings).sum(),
            anonymous_classes: plan.minify.anonymous_classes,
            unlisted_imports: plan.minify.unlisted_imports,
        }
    }

    /// Tells it; `after` has the bytes of the modules. `is_numbered` if these name their sources by number; `all` for every name that has
    /// changed.
    ///
    /// # Errors
    /// If writing fails.
    pub fn tell(&self, after: &[usize], is_numbered: bool, all: bool, output: &mut impl Write) -> io::Result<()> {
        writeln!(output, "  number    before     after   saved  source")?;
        for (number, ((source, before), after)) in (1..).zip(self.before.iter().zip(after)) {
            writeln!(output, "{number:8} {before:9} {after:9} {}  {source}", Saved(*before, *after))?;
        }
        let (before, after) = (self.before.iter().map(|source| source.1).sum(), after.iter().sum());
        writeln!(
            output,
            "         {before:9} {after:9} {}  {}",
            Saved(before, after),
            count(self.before.len(), "module")
        )?;
        if is_numbered {
            writeln!(output, "Tracebacks: the numbers above stand for the sources.")?;
        }
        if self.what == What::Names { self.tell_of_names(all, output) } else { Ok(()) }
    }

    fn tell_of_names(&self, all: bool, output: &mut impl Write) -> io::Result<()> {
        writeln!(output, "Tracebacks: comprehensions go by the name of what is around them.")?;
        writeln!(
            output,
            "Private names: {} shorter, in tracebacks, too, and where classes are shown.",
            match self.renamed.len() {
                1 => "1 is".into(),
                n => format!("{n} are"),
            }
        )?;
        if all {
            for (name, short) in &self.renamed {
                writeln!(output, "  {} is {}", String::from_utf8_lossy(short), String::from_utf8_lossy(name))?;
            }
        }
        for (reason, number) in &self.kept {
            writeln!(output, "  {number} as before: {}", because(reason))?;
        }
        writeln!(
            output,
            "Keywords: {} of {} cannot be passed by keyword any more; no call among these sources does.",
            self.nameless,
            count(self.parameters, "parameter")
        )?;
        if self.mappings > 0 {
            writeln!(
                output,
                "  {} a mapping by **: keys that are put together at run time do not find such parameters.",
                if self.mappings == 1 { "1 call passes".into() } else { format!("{} calls pass", self.mappings) }
            )?;
        }
        if self.anonymous_classes {
            writeln!(output, "Classes have no __qualname__ and no __module__.")?;
        }
        if self.unlisted_imports {
            writeln!(output, "Imports tell a replaced __import__ that names are wanted, but not which.")?;
        }
        Ok(())
    }
}

fn because(reason: &Reason) -> &'static str {
    match reason {
        Reason::Asked => "--keep names them",
        Reason::Known => "MicroPython or a module has the name",
        Reason::Spoken => "a string has the name, or a call passes it as a keyword",
        Reason::Unbound => "nothing among these sources binds them",
        Reason::Shown => "a module that has them handles names as values (globals, getattr, __dict__, ...)",
        Reason::Outside => "a module that has them stands on modules that are not among these sources",
        Reason::Short => "they are short",
    }
}

/// The part that is saved.
struct Saved(usize, usize);

impl std::fmt::Display for Saved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Saved(before, after) = *self;
        write!(f, "{:6.1}%", 100.0 * (before as f64 - after as f64) / (before as f64).max(1.0))
    }
}
