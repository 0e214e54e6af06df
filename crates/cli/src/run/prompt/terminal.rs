//! The terminal of the process.

use std::env;
use std::io::{self, IsTerminal};

use berus_terminal::Terminal;
use rustix::process::{Signal, kill_current_process_group};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};

/// Whether somebody types, and reads what is printed.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Columns and rows of the terminal, if they are known.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// What the terminal can do.
///
/// One that does not tell its size is driven by a program, which expects what MicroPython's prompt writes.
pub fn terminal() -> Terminal {
    let Some((columns, rows)) = size() else { return Terminal::default() };
    let is_dumb = env::var_os("TERM").is_none_or(|kind| kind.is_empty() || kind == "dumb");
    let no_colours = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    Terminal { escapes: !is_dumb, colours: !is_dumb && !no_colours, columns, rows }
}

/// Stops the process, and what it was started with, as a terminal does at Ctrl-Z, until it is continued.
pub fn suspend() {
    // What cannot be stopped goes on.
    let _ = kill_current_process_group(Signal::TSTP);
}

/// Lets each key come at once, and nothing be echoed, while input is edited. While programs run, the terminal is as it was.
pub struct Raw {
    usual: Termios,
    raw: Termios,
}

/// Until this is dropped, keys come at once.
pub struct Entered(Termios);

impl Raw {
    /// For the terminal that is the standard input.
    pub fn new() -> Option<Raw> {
        let usual = tcgetattr(io::stdin()).ok()?;
        let mut raw = usual.clone();
        raw.input_modes -=
            InputModes::BRKINT | InputModes::ICRNL | InputModes::INPCK | InputModes::ISTRIP | InputModes::IXON;
        raw.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ISIG;
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        Some(Raw { usual, raw })
    }

    /// Keys come at once from now on.
    pub fn enter(&self) -> Entered {
        // What cannot be set was not the terminal's to change.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.raw);
        Entered(self.usual.clone())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
