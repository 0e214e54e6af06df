//! The prompt on a terminal.

use berus_runtime::data::exception::Exceptions;
use berus_runtime::host::Host;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::vm::Vm;
use berus_runtime::obj::exception::KEYBOARD_INTERRUPT;
use berus_runtime::services::console::Console;
use berus_runtime::services::end::End;
use berus_terminal::{Prompt, Python, Request, Source};

use super::history::HistoryFile;
use super::terminal::{Raw, is_terminal, size, suspend, terminal};
use crate::run::host::StdHost;

/// Inputs that are remembered.
const HISTORY: usize = 2000;
/// Bytes that are read at once.
const CHUNK: usize = 4096;
const CTRL_C: u8 = 3;
const CTRL_Z: u8 = 26;

/// Runs what is typed on the terminal, if there is one: the exit status.
pub fn on_terminal(vm: &Vm, host: &StdHost) -> Option<u8> {
    if !is_terminal() {
        return None;
    }
    let raw = Raw::new()?;
    let mut prompt = Prompt::new(HISTORY, usize::MAX);
    let terminal = terminal();
    prompt.set_terminal(terminal);
    // What a terminal of unknown size is for is not known either.
    let mut file = if terminal.columns > 0 { HistoryFile::of_user() } else { None };
    if let Some(file) = &mut file {
        file.read(prompt.editor().history());
    }
    Some(Session { vm, host, prompt, raw, file, colours: terminal.colours }.run())
}

struct Session<'a> {
    vm: &'a Vm,
    host: &'a StdHost,
    prompt: Prompt,
    raw: Raw,
    file: Option<HistoryFile>,
    colours: bool,
}

impl Session<'_> {
    fn run(mut self) -> u8 {
        let mut out = Vec::new();
        // From before a prompt is shown, so that no key is echoed by the terminal.
        let mut entered = self.raw.enter();
        self.prompt.start(&mut Python(self.vm), &mut out);
        loop {
            self.host.write_terminal(&mut out);
            let typed = match self.read() {
                Ok(typed) if typed.is_empty() => {
                    self.host.write_stdout(b"\n");
                    return 0;
                }
                Ok(typed) => typed,
                Err(raised) if self.vm.matches(self.vm.peek_exception(&raised), &KEYBOARD_INTERRUPT) => {
                    self.vm.take_exception(raised);
                    vec![CTRL_C]
                }
                Err(raised) => return self.vm.report_end(raised),
            };
            self.adapt(&mut out);
            for (n, byte) in typed.iter().enumerate() {
                if *byte == CTRL_Z && self.prompt.is_edited() {
                    self.prompt.editor().leave(&mut out);
                    self.host.write_terminal(&mut out);
                    drop(entered);
                    suspend();
                    entered = self.raw.enter();
                    self.adapt(&mut Vec::new());
                    self.prompt.editor().come_back(&mut out);
                    continue;
                }
                let Some(request) = self.prompt.feed(*byte, &mut Python(self.vm), &mut out) else { continue };
                // The program may read what follows.
                self.host.unread(&typed[n + 1..]);
                self.host.write_terminal(&mut out);
                drop(entered);
                if let Err(status) = self.fulfil(request) {
                    return status;
                }
                entered = self.raw.enter();
                self.prompt.finished(&mut Python(self.vm), &mut out);
                break;
            }
        }
    }

    /// What is typed next; nothing if the terminal is gone.
    fn read(&self) -> Res<Vec<u8>> {
        let mut typed = vec![0; CHUNK];
        // A terminal that is gone has no more input.
        let len = self.vm.read_console(&mut typed).or_else(|failure| failure.errno().map(|_| 0))?;
        typed.truncate(len);
        Ok(typed)
    }

    /// Notes the size that the terminal has now.
    fn adapt(&mut self, out: &mut Vec<u8>) {
        let (columns, rows) = size().unwrap_or_default();
        self.prompt.resize(columns, rows, out);
    }

    /// Does what is asked for; the exit status if the program ends with that.
    fn fulfil(&mut self, request: Request) -> Result<(), u8> {
        let ended = match request {
            // There is no board to be reset.
            Request::SoftReset => return Err(0),
            Request::TooLong => Err(self.vm.memory_error(0)),
            Request::Run(kind) => {
                if kind == Source::Statement {
                    if let Some(file) = &mut self.file {
                        file.add(self.prompt.editor().history());
                    }
                    if self.says_exit() {
                        return Err(0);
                    }
                }
                Python(self.vm).run(self.prompt.source(), kind)
            }
        };
        let mut end = Vec::new();
        self.prompt.ended(&mut end);
        self.host.write_terminal(&mut end);
        let Err(raised) = ended else { return Ok(()) };
        if self.vm.is_end(self.vm.peek_exception(&raised)) {
            return Err(self.vm.report_end(raised));
        }
        self.report(raised);
        Ok(())
    }

    /// Whether a statement is `exit` or `quit`, and that is no variable of the program.
    fn says_exit(&self) -> bool {
        let word = self.prompt.source().trim_ascii();
        let is_variable = || self.vm.intern(word).is_ok_and(|name| self.vm.main().load(self.vm, name).is_some());
        matches!(word, b"exit" | b"quit") && !is_variable()
    }

    /// Prints a traceback: for a program at the other end behind its output, for a person in red.
    fn report(&self, raised: Raised) {
        if self.prompt.is_raw() {
            self.vm.report(raised);
        } else if self.colours {
            self.host.write_stderr(b"\x1b[31m");
            self.vm.report_end(raised);
            self.host.write_stderr(b"\x1b[m");
        } else {
            self.vm.report_end(raised);
        }
    }
}
