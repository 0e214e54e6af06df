//! A prompt, and an interpreter that does what is asked for (facts: `shared/runtime/pyexec.c` of MicroPython).

use berus_runtime::data::exception::Exceptions;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::stream::{Failure, Outcome};
use berus_runtime::obj::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use berus_runtime::q;
use berus_runtime::services::end::End;

use crate::output::Output;
use crate::protocol::{Prompt, Request, Source};
use crate::python::Python;

const CTRL_C: u8 = 3;

/// The console of a session: a board's cable, the terminal of a process. What is written to it are the prompt's answers.
pub trait Port: Output {
    /// The next byte that comes: as many bytes are read as `byte` has, or none if no more come.
    ///
    /// # Errors
    /// As [`Vm::read_console`](berus_runtime::services::console::Console::read_console).
    fn read(&mut self, prompt: &mut Prompt, byte: &mut [u8; 1]) -> Outcome;

    /// A program has the console from now on.
    fn lend(&mut self, prompt: &mut Prompt) {
        let _ = prompt;
    }

    /// The program has ended, and was reported.
    fn take_back(&mut self) {}

    /// Says what a program has raised.
    fn report(&mut self, prompt: &Prompt, raised: Raised);
}

/// Why a session ends.
pub enum Stop {
    /// No more input comes.
    NoInput,
    /// Ctrl-D with nothing typed, or `exit`.
    SoftReset,
    /// A program has raised what ends it: `SystemExit`, or what [`End::is_end`] knows beside that.
    Raised(Raised),
}

impl Python<'_> {
    /// Does what is typed or sent, until something ends that.
    pub fn serve(&self, prompt: &mut Prompt, port: &mut dyn Port) -> Stop {
        let Err(stop) = self.serve_until_stop(prompt, port);
        stop
    }

    fn serve_until_stop(&self, prompt: &mut Prompt, port: &mut dyn Port) -> Result<core::convert::Infallible, Stop> {
        prompt.start(&mut Python(self.0), port);
        loop {
            let byte = self.next_byte(prompt, port)?;
            if let Some(request) = prompt.feed(byte, &mut Python(self.0), port) {
                port.lend(prompt);
                self.fulfil(request, prompt, port)?;
                port.take_back();
                prompt.finished(&mut Python(self.0), port);
            }
        }
    }

    /// The next byte that comes. An interrupt is the byte that stands for one.
    fn next_byte(&self, prompt: &mut Prompt, port: &mut dyn Port) -> Result<u8, Stop> {
        let mut byte = [0];
        match port.read(prompt, &mut byte) {
            Ok(1..) => Ok(byte[0]),
            Ok(0) | Err(Failure::Errno(_)) => Err(Stop::NoInput),
            Err(Failure::Raised(raised)) => {
                let raised = self.survived(raised).map_err(Stop::Raised)?;
                if self.0.matches(self.0.peek_exception(&raised), &KEYBOARD_INTERRUPT) {
                    self.0.take_exception(raised);
                } else {
                    port.report(prompt, raised);
                }
                Ok(CTRL_C)
            }
        }
    }

    fn fulfil(&self, request: Request, prompt: &mut Prompt, port: &mut dyn Port) -> Result<(), Stop> {
        let ended = match request {
            Request::SoftReset => return Err(Stop::SoftReset),
            Request::Run(Source::Statement) if self.says_exit(prompt.source()) => return Err(Stop::SoftReset),
            Request::TooLong => Err(self.0.memory_error(0)),
            Request::Run(kind) => self.interruptible(|| self.run_sent(prompt.source(), kind)),
        };
        prompt.ended(port);
        let Err(raised) = ended else { return Ok(()) };
        let raised = self.survived(raised).map_err(|raised| {
            prompt.exited(port);
            Stop::Raised(raised)
        })?;
        port.report(prompt, raised);
        Ok(())
    }

    /// Whether a statement is `exit` or `quit`, called or not, and that is no variable of the program.
    fn says_exit(&self, statement: &[u8]) -> bool {
        let statement = statement.trim_ascii();
        let word = statement.strip_suffix(b"()").unwrap_or(statement);
        let is_variable = || self.0.intern(word).is_ok_and(|name| self.0.main().load(self.0, name).is_some());
        matches!(word, b"exit" | b"quit") && !is_variable()
    }

    fn run_sent(&self, source: &[u8], kind: Source) -> Res<()> {
        if kind == Source::Program {
            self.0.main().store(self.0, q!("__file__"), self.0.new_str(b"<stdin>")?)?;
        }
        self.run(source, kind)
    }

    /// Runs what Ctrl-C interrupts, also at its very end.
    pub(crate) fn interruptible(&self, run: impl FnOnce() -> Res<()>) -> Res<()> {
        let host = self.0.host();
        host.set_interrupt_byte(Some(CTRL_C));
        let result = run();
        host.set_interrupt_byte(None);
        match host.interrupted() {
            true if result.is_ok() => Err(self.0.error_with(&KEYBOARD_INTERRUPT, &[])),
            _ => result,
        }
    }

    /// What was raised, if it does not end the interpreter; else that is the error.
    pub(crate) fn survived(&self, raised: Raised) -> Result<Raised, Raised> {
        if self.0.is_end(self.0.peek_exception(&raised)) { Err(raised) } else { Ok(raised) }
    }

    /// Whether what ends the interpreter is `SystemExit`, which asks for that.
    pub(crate) fn is_exit(&self, raised: &Raised) -> bool {
        self.0.matches(self.0.peek_exception(raised), &SYSTEM_EXIT)
    }
}
