//! The texts of programs, of which errors show lines.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use berus_runtime::model::vm::Vm;

use crate::Shared;

/// How many texts of a kind without a name an interpreter remembers.
const MAX_TEXTS: usize = 64;

/// What texts without a name are called that are not remembered.
const OTHERS: &str = "<text>";

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

    /// The line `number` of the text called `name`, if that text is known.
    pub fn line(&self, name: &str, number: u32) -> Option<String> {
        let all = self.all.borrow();
        let known = all.iter().find(|known| *known.name == *name)?;
        line(known.text.as_deref()?, number)
    }
}

/// The line `number`, from 1, of a text.
pub(crate) fn line(text: &str, number: u32) -> Option<String> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    text.lines().nth(index).map(|line| line.trim_end().to_string())
}
