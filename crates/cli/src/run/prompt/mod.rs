//! The interactive prompt: the editor and the protocol of `berus-terminal` on the terminal of the process.

#[cfg(unix)]
mod history;
#[cfg(unix)]
mod input;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod terminal;

use berus_runtime::model::vm::Vm;
use berus_runtime::repl::{BANNER, ConsoleLines, Prompt};
use berus_terminal::wants_more;

use super::host::StdHost;

/// Has `input()` read lines that are edited, where there is a terminal.
pub fn edit_input(vm: &mut Vm, host: &StdHost) {
    #[cfg(unix)]
    if let Some(lines) = input::TerminalLines::new(host) {
        vm.set_line_editor(Box::new(lines));
    }
    let _ = (vm, host);
}

/// Runs what is typed until that ends: the exit status.
pub fn run(vm: &Vm, host: &StdHost) -> u8 {
    #[cfg(unix)]
    if let Some(status) = session::on_terminal(vm, host) {
        return status;
    }
    let _ = host;
    vm.host().write_stdout(BANNER.as_bytes());
    vm.run_prompt(&mut ConsoleLines { wants_more })
}
