//! Notes of exceptions: text that is printed behind the message, as Python has it since 3.11 (PEP 678). MicroPython has
//! none.

use core::fmt;

use crate::data::builder::Builder;
use crate::data::exception::Exceptions;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{List, Tuple};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::{Attr, AttrResult, Definition};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::print::Print;
use crate::qstr::Qstr;

crate::members! {
    /// The methods of every exception.
    static METHODS = {
        "add_note" => f2(add_note_method),
        #[cfg(feature = "python")]
        "__init__" => kw(1, crate::obj::exception_attr::init),
        #[cfg(feature = "python")]
        "with_traceback" => f2(crate::obj::exception_attr::with_traceback),
    }
}

fn add_note_method(vm: &Vm, exception: Obj, note: Obj) -> Res {
    if vm.as_str(note).is_none() {
        return Err(vm.type_error(format_args!("note must be a str, not '{}'", vm.type_name(note))));
    }
    add_note(vm, exception, note).map(|()| Obj::NONE)
}

/// Adds a note to an exception.
///
/// # Errors
/// `TypeError` if a program has made the notes something else than a list; `MemoryError`.
fn add_note(vm: &Vm, exception: Obj, note: Obj) -> Res<()> {
    let Some(exception) = vm.as_exception(exception) else { return Ok(()) };
    let notes = match exception.notes.get() {
        Some(notes) => notes.downcast::<List>(),
        None => {
            let notes = List::new(vm, &[])?;
            exception.notes.set(Some(notes.obj()));
            Some(notes)
        }
    };
    match notes {
        Some(notes) => notes.append(vm, note),
        None => Err(vm.type_error(format_args!("Cannot add note: __notes__ is not a list"))),
    }
}

/// The exception under way, with a note that says `text` of the file or other thing `name`, if that is not empty. Where
/// there is no memory for a note, or the name is no text, the exception goes without.
#[cold]
pub(crate) fn annotated(vm: &Vm, raised: Raised, name: &[u8], text: fmt::Arguments<'_>) -> Raised {
    let exception = vm.take_exception(raised);
    let annotate = || {
        let mut note = Builder::new();
        if !name.is_empty() {
            note.extend(vm, name)?;
            note.extend(vm, b": ")?;
        }
        vm.print_fmt(&mut note, text)?;
        add_note(vm, exception, note.into_str_checked(vm)?)
    };
    if let Err(raised) = annotate() {
        vm.take_exception(raised);
    }
    vm.raise(exception)
}

/// The type of all exceptions, with the methods of notes.
pub(crate) const fn with_methods(ty: Definition) -> Definition {
    ty.locals(METHODS)
}

/// Reads, writes or deletes the attribute `name`, if that is `__notes__`.
pub(crate) fn notes_attr(vm: &Vm, exception: Obj, name: Qstr, request: Attr) -> AttrResult {
    if vm.spelling(name) != b"__notes__" {
        return AttrResult::Missing;
    }
    let Some(exception) = vm.as_exception(exception) else { return AttrResult::Missing };
    match request {
        Attr::Load | Attr::LoadMethod => exception.notes.get().map_or(AttrResult::Missing, AttrResult::Value),
        Attr::Store(notes) => {
            exception.notes.set(Some(notes));
            AttrResult::Done
        }
        Attr::Delete => exception.notes.take().map_or(AttrResult::Missing, |_| AttrResult::Done),
    }
}

/// Writes the notes of an exception, each on a line of its own.
///
/// # Errors
/// What printing raises.
pub(crate) fn print_notes(vm: &Vm, out: &mut dyn Printer, exception: Obj) -> Res<()> {
    let Some(notes) = vm.as_exception(exception).and_then(|exception| exception.notes.get()) else { return Ok(()) };
    let mut line = |note, style| {
        vm.print(out, note, style)?;
        out.write(vm, b"\n")
    };
    if let Some(notes) = notes.downcast::<List>() {
        let mut at = 0;
        // Printing may run Python code that changes the list.
        while let Some(note) = notes.get(at) {
            line(note, Style::Str)?;
            at += 1;
        }
        return Ok(());
    }
    match notes.downcast::<Tuple>() {
        Some(notes) => notes.items().iter().try_for_each(|note| line(*note, Style::Str)),
        None => line(notes, Style::Repr),
    }
}
