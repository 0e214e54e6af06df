//! The interactive prompt: reads statements, runs them, and prints what expressions give.
//!
//! A prompt needs somebody to read lines for it, who knows when an input is whole. [`ConsoleLines`] takes lines as the
//! console has them, which is enough for a terminal, or another program, that edits lines itself.

use alloc::vec::Vec;

use crate::data::exception::Exceptions;
use crate::import::run::RunModule;
use crate::import::source::{Compile, Mode};
use crate::model::error::Res;
use crate::model::printer::Printer;
use crate::model::vm::Vm;
use crate::modules::sys;
use crate::obj::exception::KEYBOARD_INTERRUPT;
use crate::q;
use crate::services::console::Console;
use crate::services::end::End;

/// What a prompt says before anything else.
pub const BANNER: &str = concat!(
    "MicroPython v1.29.0; Berus ",
    env!("CARGO_PKG_VERSION"),
    " version\nType \"help()\" for more information.\n"
);

/// Where a prompt gets its lines from.
pub trait Lines {
    /// Shows `prompt`, and reads a line into `line`, without its end: `false` if input has ended.
    ///
    /// # Errors
    /// `KeyboardInterrupt` if what has been typed so far is to be forgotten; others end the prompt.
    fn read(&mut self, vm: &Vm, prompt: &[u8], line: &mut Vec<u8>) -> Res<bool>;

    /// Whether more lines belong to `input`, lines as they were read with `\n` between them.
    fn wants_more(&self, input: &[u8]) -> bool;
}

/// Lines as the console has them.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleLines {
    /// Whether more lines belong to an input, which is a question to Python's syntax: `berus-terminal` has the answer.
    pub wants_more: fn(&[u8]) -> bool,
}

impl Lines for ConsoleLines {
    fn read(&mut self, vm: &Vm, prompt: &[u8], line: &mut Vec<u8>) -> Res<bool> {
        vm.host().write_stdout(prompt);
        vm.host().flush();
        vm.read_console_line(line)
    }

    fn wants_more(&self, input: &[u8]) -> bool {
        (self.wants_more)(input)
    }
}

/// The interactive prompt.
pub trait Prompt {
    /// Runs statements from `lines` with the variables of `__main__`, until input ends or one of them ends the program:
    /// the exit status. What they raise is reported, and the prompt goes on.
    ///
    /// ```
    /// use berus_runtime::repl::Prompt;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::repl::ConsoleLines;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// let vm = Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()).unwrap();
    /// // There is nothing to read for it.
    /// let mut lines = ConsoleLines { wants_more: |_| false };
    /// assert_eq!(vm.enter(|vm| vm.run_prompt(&mut lines)), 0);
    /// ```
    fn run_prompt(&self, lines: &mut dyn Lines) -> u8;
}

impl Prompt for Vm {
    fn run_prompt(&self, lines: &mut dyn Lines) -> u8 {
        loop {
            // Nobody else could unlock what a statement has left locked.
            while self.heap.lock_depth() > 0 {
                self.heap.unlock();
            }
            match read_input(self, lines) {
                Ok(Some(input)) => {
                    let Err(raised) = run_input(self, &input) else { continue };
                    let is_end = self.is_end(self.peek_exception(&raised));
                    let status = self.report_end(raised);
                    if is_end {
                        return status;
                    }
                }
                Ok(None) => {
                    self.host().write_stdout(b"\n");
                    return 0;
                }
                Err(raised) if self.matches(self.peek_exception(&raised), &KEYBOARD_INTERRUPT) => {
                    self.take_exception(raised);
                    self.host().write_stdout(b"\n");
                }
                Err(raised) => return self.report_end(raised),
            }
        }
    }
}

/// Reads lines until they are a whole input; `None` if there are none.
fn read_input(vm: &Vm, lines: &mut dyn Lines) -> Res<Option<Vec<u8>>> {
    let mut input = Vec::new();
    if !lines.read(vm, &sys::prompt(vm, q!("ps1"), b">>> "), &mut input)? {
        return Ok(None);
    }
    while lines.wants_more(&input) {
        input.write(vm, b"\n")?;
        if !lines.read(vm, &sys::prompt(vm, q!("ps2"), b"... "), &mut input)? {
            break;
        }
    }
    Ok(Some(input))
}

fn run_input(vm: &Vm, input: &[u8]) -> Res<()> {
    if input.iter().all(u8::is_ascii_whitespace) {
        return Ok(());
    }
    let body = vm.compile(input, b"<stdin>", Mode::Single, vm.main())?;
    vm.run_body(body, vm.main())
}
