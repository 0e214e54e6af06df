//! Lines for `input()` on the terminal of the process.

use std::cell::RefCell;

use berus_runtime::model::error::Res;
use berus_runtime::model::printer::Printer;
use berus_runtime::model::vm::{EditLines, Vm};
use berus_terminal::{Completer, Editor, Output, Python, edit_line};

use super::terminal::{Raw, is_terminal, terminal};
use crate::run::host::StdHost;

/// Lines that are edited while the terminal lets each key come at once.
pub struct TerminalLines {
    host: StdHost,
    raw: Raw,
    editor: RefCell<Editor>,
}

impl TerminalLines {
    /// The lines of the terminal, if there is one.
    pub fn new(host: &StdHost) -> Option<TerminalLines> {
        let raw = is_terminal().then(Raw::new)??;
        Some(TerminalLines { host: host.clone(), raw, editor: RefCell::new(Editor::new(0)) })
    }
}

/// What the terminal shows.
struct Screen<'a>(&'a StdHost);

impl Output for Screen<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write_terminal(&mut bytes.to_vec());
    }
}

impl EditLines for TerminalLines {
    fn edit_line(&self, vm: &Vm, prompt: &[u8], line: &mut dyn Printer) -> Res<bool> {
        let _entered = self.raw.enter();
        let mut screen = Screen(&self.host);
        let Ok(mut editor) = self.editor.try_borrow_mut() else {
            // A scheduled call asks, or another thread, amid a line.
            return edit_line(vm, &mut Editor::new(0), prompt, &mut screen, line);
        };
        editor.set_terminal(terminal());
        edit_line(vm, &mut editor, prompt, &mut screen, line)
    }

    fn complete(&self, vm: &Vm, line: &[u8], found: &mut dyn FnMut(&[u8])) -> Res<usize> {
        Ok(Python(vm).complete(line, found))
    }
}
