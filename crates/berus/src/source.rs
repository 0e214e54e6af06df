//! The texts of programs, of which errors show lines.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

#[cfg(feature = "files")]
use berus_runtime::host::Open;
use berus_runtime::model::vm::Vm;

use crate::Shared;
use crate::python::Python;

/// How many texts of a kind without a name an interpreter remembers.
const MAX_TEXTS: usize = 64;

/// What texts without a name are called that are not remembered.
const OTHERS: &str = "<text>";

/// How many bytes of files are read at most for the lines of an error.
#[cfg(feature = "files")]
const MOST_READ: usize = 1 << 20;

/// A program's text, and the name by which tracebacks call the text.
#[derive(Clone)]
pub(crate) struct Source {
    pub name: Shared<str>,
    pub text: Shared<str>,
}

/// The texts that an interpreter has been given. Functions outlive the run that has made them, so that a name stands
/// for the same text as long as the interpreter lives.
#[derive(Default)]
pub(crate) struct Sources {
    all: RefCell<Vec<Known>>,
    /// Bytes that texts without a name may still take of the interpreter's memory.
    room: Cell<usize>,
}

struct Known {
    name: Shared<str>,
    /// The text; `None` if several texts have the name.
    text: Option<Shared<str>>,
    /// What the text is, if the interpreter has made the name.
    kind: Option<Kind>,
}

/// What a text without a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Program,
    Expression,
}

impl Sources {
    /// No texts yet, for an interpreter with this memory.
    pub fn new(memory: usize) -> Sources {
        Sources { all: RefCell::default(), room: Cell::new(memory / 8) }
    }

    /// Remembers a text that has a name.
    pub fn add(&self, source: &Source) {
        let mut all = self.all.borrow_mut();
        match all.iter_mut().find(|known| known.name == source.name) {
            Some(known) if known.text.as_ref().is_some_and(|text| *text == source.text) => {}
            Some(known) => known.text = None,
            None => all.push(Known { name: source.name.clone(), text: Some(source.text.clone()), kind: None }),
        }
    }

    /// The name for a text without one, which is remembered if there is room: `<program>`, `<program 2>` and so on.
    pub fn name(&self, vm: &Vm, text: &str, kind: Kind) -> Shared<str> {
        let mut all = self.all.borrow_mut();
        let mut count = 0;
        for known in all.iter().filter(|known| known.kind == Some(kind)) {
            if known.text.as_deref() == Some(text) {
                return known.name.clone();
            }
            count += 1;
        }
        let left = self.room.get().checked_sub(text.len()).filter(|_| count < MAX_TEXTS);
        let Some(left) = left.filter(|_| vm.heap().take_outside(text.len())) else { return OTHERS.into() };
        self.room.set(left);
        let what = match kind {
            Kind::Program => "program",
            Kind::Expression => "expression",
        };
        let name: Shared<str> = match count {
            0 => format!("<{what}>").into(),
            _ => format!("<{what} {}>", count + 1).into(),
        };
        all.push(Known { name: name.clone(), text: Some(text.into()), kind: Some(kind) });
        name
    }

    /// The text called `name`, if the interpreter has been given one.
    fn text(&self, name: &str) -> Option<Shared<str>> {
        self.all.borrow().iter().find(|known| *known.name == *name)?.text.clone()
    }
}

/// Finds lines for the calls of an error: in texts that the interpreter has been given, and in the interpreter's files, which
/// modules are imported from.
pub(crate) struct Lines<'v> {
    vm: &'v Vm,
    /// The name that was asked for last, and its text.
    last: Option<(String, Option<Shared<str>>)>,
    /// Bytes that may still be read from files.
    #[cfg(feature = "files")]
    room: usize,
}

impl<'v> Lines<'v> {
    pub fn new(vm: &'v Vm) -> Lines<'v> {
        Lines {
            vm,
            last: None,
            #[cfg(feature = "files")]
            room: MOST_READ,
        }
    }

    /// The line `number` of the text called `name`, if that text is known.
    pub fn line(&mut self, name: &str, number: u32) -> Option<String> {
        if self.last.as_ref().is_none_or(|(last, _)| last != name) {
            self.last = Some((name.into(), self.text(name)));
        }
        line(self.last.as_ref()?.1.as_deref()?, number)
    }

    fn text(&mut self, name: &str) -> Option<Shared<str>> {
        let known = Python::of(self.vm).state().sources.text(name);
        #[cfg(feature = "files")]
        return known.or_else(|| self.read(name));
        #[cfg(not(feature = "files"))]
        known
    }

    /// The text of the file `name`, if there is such a file and the file is short enough.
    #[cfg(feature = "files")]
    fn read(&mut self, name: &str) -> Option<Shared<str>> {
        let files = self.vm.host().files().filter(|_| name.ends_with(".py"))?;
        let size = usize::try_from(files.stat(name.as_bytes()).ok()?.size).ok()?;
        self.room = self.room.checked_sub(size)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        bytes.resize(size, 0);
        let file = files.open(name.as_bytes(), &Open { read: true, ..Open::default() }).ok()?;
        let mut read = 0;
        while let Ok(count @ 1..) = files.read(file, &mut bytes[read..]) {
            read += count;
        }
        let _ = files.close(file);
        core::str::from_utf8(&bytes[..read]).ok().map(Shared::from)
    }
}

/// The line `number`, from 1, of a text.
pub(crate) fn line(text: &str, number: u32) -> Option<String> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    text.lines().nth(index).map(|line| line.trim_end().to_string())
}
