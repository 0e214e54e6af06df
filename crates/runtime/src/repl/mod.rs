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
    /// `KeyboardInterrupt` if what has been typed so far is to be forgotten; other exceptions end the prompt.
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
    /// Runs statements from `lines` with the variables of `__main__`, until input ends or a statement ends the program;
    /// answers the exit status. Other exceptions are reported, and the prompt goes on.
    ///
    /// ```
    /// use berus_runtime::repl::Prompt;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::repl::ConsoleLines;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
    /// // A silent host has no input.
    /// let mut lines = ConsoleLines { wants_more: |_| false };
    /// assert_eq!(vm.enter(|vm| vm.run_prompt(&mut lines)), 0);
    /// ```
    fn run_prompt(&self, lines: &mut dyn Lines) -> u8;

    /// Begins an input: answers the prompt for its first line, `sys.ps1`, and the prompt for further lines, `sys.ps2`.
    /// A heap that the input before has left locked is unlocked, since nobody else could do that.
    fn begin_input(&self) -> [Vec<u8>; 2];

    /// Runs an input with the variables of `__main__`.
    ///
    /// # Errors
    /// What the input raises.
    fn run_input(&self, input: &[u8], mode: Mode) -> Res<()>;
}

impl Prompt for Vm {
    fn run_prompt(&self, lines: &mut dyn Lines) -> u8 {
        loop {
            match read_input(self, lines) {
                Ok(Some(input)) => {
                    let Err(raised) = self.run_input(&input, Mode::Single) else { continue };
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

    fn begin_input(&self) -> [Vec<u8>; 2] {
        while self.heap.lock_depth() > 0 {
            self.heap.unlock();
        }
        [sys::prompt(self, q!("ps1"), b">>> "), sys::prompt(self, q!("ps2"), b"... ")]
    }

    fn run_input(&self, input: &[u8], mode: Mode) -> Res<()> {
        if input.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let body = self.compile(input, b"<stdin>", mode, self.main())?;
        self.run_body(body, self.main())
    }
}

/// Reads lines until they are a whole input; `None` if there are none.
fn read_input(vm: &Vm, lines: &mut dyn Lines) -> Res<Option<Vec<u8>>> {
    let [first, next] = vm.begin_input();
    let mut input = Vec::new();
    if !lines.read(vm, &first, &mut input)? {
        return Ok(None);
    }
    while lines.wants_more(&input) {
        input.write(vm, b"\n")?;
        if !lines.read(vm, &next, &mut input)? {
            break;
        }
    }
    Ok(Some(input))
}
