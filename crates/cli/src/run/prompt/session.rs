//! The prompt on a terminal.

use std::mem;

use berus_runtime::host::Host;
use berus_runtime::model::error::Raised;
use berus_runtime::model::stream::Outcome;
use berus_runtime::model::vm::Vm;
use berus_runtime::services::console::Console;
use berus_runtime::services::end::End;
use berus_terminal::{Output, Port, Prompt, Python, Stop};

use super::history::HistoryFile;
use super::terminal::{Entered, Raw, is_terminal, size, suspend, terminal};
use crate::run::host::StdHost;

/// Inputs that are remembered.
const HISTORY: usize = 2000;
/// Bytes that are read at once.
const CHUNK: usize = 4096;
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
    // From before a prompt is shown, so that no key is echoed by the terminal.
    let entered = Some(raw.enter());
    let mut port = Terminal { vm, host, raw, entered, file, colours: terminal.colours, out: Vec::new() };
    let stop = Python(vm).serve(&mut prompt, &mut port);
    port.lend(&mut prompt);
    Some(match stop {
        Stop::NoInput => {
            host.write_stdout(b"\n");
            0
        }
        // There is no board to be reset.
        Stop::SoftReset => 0,
        Stop::Raised(raised) => vm.report_end(raised),
    })
}

struct Terminal<'a> {
    vm: &'a Vm,
    host: &'a StdHost,
    raw: Raw,
    /// While keys are the prompt's.
    entered: Option<Entered>,
    file: Option<HistoryFile>,
    colours: bool,
    /// What is to be shown before the next key is waited for.
    out: Vec<u8>,
}

impl Terminal<'_> {
    fn show(&mut self) {
        self.host.write_terminal(&mut self.out);
    }

    /// Reads what is typed next, of which `byte` is the first: nothing if the terminal is gone.
    fn wait(&mut self, prompt: &mut Prompt, byte: &mut [u8; 1]) -> Outcome {
        self.show();
        let mut typed = [0; CHUNK];
        let len = self.vm.read_console(&mut typed)?;
        let [first, rest @ ..] = &typed[..len] else { return Ok(0) };
        byte[0] = *first;
        self.host.unread(rest);
        self.adapt(prompt);
        Ok(1)
    }

    /// Notes the size that the terminal has now.
    fn adapt(&mut self, prompt: &mut Prompt) {
        let (columns, rows) = size().unwrap_or_default();
        prompt.resize(columns, rows, self);
    }

    /// Leaves the terminal to the shell until the process is continued.
    fn suspend(&mut self, prompt: &mut Prompt) {
        prompt.editor().leave(self);
        self.show();
        self.entered = None;
        suspend();
        self.take_back();
        let before = mem::take(&mut self.out);
        self.adapt(prompt);
        // The input is drawn anew in any case.
        self.out = before;
        prompt.editor().come_back(self);
    }
}

impl Output for Terminal<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }
}

impl Port for Terminal<'_> {
    fn read(&mut self, prompt: &mut Prompt, byte: &mut [u8; 1]) -> Outcome {
        loop {
            let len = if self.host.read_again(byte) { 1 } else { self.wait(prompt, byte)? };
            if len == 0 || byte[0] != CTRL_Z || !prompt.is_edited() {
                return Ok(len);
            }
            self.suspend(prompt);
        }
    }

    fn lend(&mut self, prompt: &mut Prompt) {
        if let Some(file) = &mut self.file {
            file.add(prompt.editor().history());
        }
        self.show();
        self.entered = None;
    }

    fn take_back(&mut self) {
        self.entered = Some(self.raw.enter());
    }

    /// Prints a traceback: for a program at the other end behind its output, for a person in red.
    fn report(&mut self, prompt: &Prompt, raised: Raised) {
        self.show();
        if prompt.is_raw() {
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
