//! Lines for `input()`.

use core::cell::RefCell;

use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::printer::Printer;
use berus_runtime::model::vm::{EditLines, Vm};
use berus_runtime::obj::exception::KEYBOARD_INTERRUPT;
use berus_runtime::services::console::Console;

use crate::complete::NoCompletion;
use crate::editor::{Editor, Event, Purpose};
use crate::output::Output;
use crate::python::board::Cable;
use crate::python::names;

/// Reads a line that somebody edits into `line`: `false` if there is none, because input has ended.
///
/// # Errors
/// `KeyboardInterrupt` at Ctrl-C, `OSError` if the console cannot be read, and `MemoryError`.
pub fn edit_line(
    vm: &Vm,
    editor: &mut Editor,
    prompt: &[u8],
    out: &mut dyn Output,
    line: &mut dyn Printer,
) -> Res<bool> {
    editor.begin(Purpose::Line, prompt, b"", out);
    loop {
        let mut byte = [0];
        match vm.read_console(&mut byte).map_err(|failure| failure.raise(vm))? {
            0 => return Ok(false),
            _ => match editor.feed(byte[0], &mut NoCompletion, out) {
                None => {}
                Some(Event::Input) => return line.write(vm, editor.text()).map(|()| true),
                Some(Event::End) => return Ok(false),
                Some(Event::Interrupt) => return Err(vm.error_with(&KEYBOARD_INTERRUPT, &[])),
                Some(Event::Control(_)) => editor.begin(Purpose::Line, prompt, b"", out),
            },
        }
    }
}

/// Lines of a board's console.
pub struct BoardLines(RefCell<Editor>);

impl BoardLines {
    /// Lines that are edited on a terminal of which nothing is known.
    pub fn new() -> BoardLines {
        BoardLines(RefCell::new(Editor::new(0)))
    }
}

impl Default for BoardLines {
    fn default() -> BoardLines {
        BoardLines::new()
    }
}

impl EditLines for BoardLines {
    fn edit_line(&self, vm: &Vm, prompt: &[u8], line: &mut dyn Printer) -> Res<bool> {
        match self.0.try_borrow_mut() {
            Ok(mut editor) => edit_line(vm, &mut editor, prompt, &mut Cable(vm), line),
            // A scheduled call asks, or another thread, amid a line.
            Err(_) => edit_line(vm, &mut Editor::new(0), prompt, &mut Cable(vm), line),
        }
    }

    fn complete(&self, vm: &Vm, line: &[u8], found: &mut dyn FnMut(&[u8])) -> Res<usize> {
        names::complete(vm, line, found)
    }
}
