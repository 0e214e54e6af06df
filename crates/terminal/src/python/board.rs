//! A board from one reset to the next (facts: `ports/rp2/main.c` of MicroPython).

use berus_runtime::import::run::RunModule;
use berus_runtime::model::error::{Raised, Res};
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::mounts::Kind;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::stream::Outcome;
use berus_runtime::model::vm::Vm;
use berus_runtime::q;
use berus_runtime::services::console::Console;
use berus_runtime::services::end::End;
use berus_runtime::vfs::Mounting;

use crate::output::Output;
use crate::protocol::Prompt;
use crate::python::Python;
use crate::python::session::{Port, Stop};

/// Why an interpreter is at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A soft reset was asked for: Ctrl-D, `SystemExit`, `machine.soft_reset()`.
    SoftReset,
    /// A program was ended from outside of it: `machine.reset()`, a time limit.
    Abort,
    /// There is no more input.
    NoInput,
}

/// The console as bytes.
pub(crate) struct Cable<'a>(pub &'a Vm);

impl Output for Cable<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.host().write_stdout_bytes(bytes);
    }
}

impl Port for Cable<'_> {
    fn read(&mut self, _: &mut Prompt, byte: &mut [u8; 1]) -> Outcome {
        self.0.read_console(byte)
    }

    fn report(&mut self, _: &Prompt, raised: Raised) {
        self.0.report(raised);
    }
}

impl Python<'_> {
    /// Lives as a board does from one reset to the next: runs `boot.py`, `main.py` unless that failed or a program is
    /// at the other end of `prompt`, then what is typed or sent. Whatever ends that, a new interpreter is to follow,
    /// with the same prompt after a soft reset, so that whoever is at the other end finds it as it was.
    ///
    /// The console's input is the host's, byte by byte. Ctrl-C interrupts programs and is the prompt's otherwise: see
    /// [`Host::set_interrupt_byte`](berus_runtime::host::Host::set_interrupt_byte).
    pub fn live(&self, prompt: &mut Prompt) -> Ending {
        let mut cable = Cable(self.0);
        let stop = self.boot(prompt).map_or_else(Stop::Raised, |()| self.serve(prompt, &mut cable));
        let ending = match stop {
            Stop::NoInput => Ending::NoInput,
            Stop::SoftReset => Ending::SoftReset,
            Stop::Raised(raised) => {
                let ending = if self.is_exit(&raised) { Ending::SoftReset } else { Ending::Abort };
                self.0.take_exception(raised);
                ending
            }
        };
        if ending == Ending::SoftReset {
            cable.write(b"MPY: soft reboot\r\n");
            // Files are closed, so that nothing which was written to them is lost.
            self.0.finalise_all();
        }
        self.0.host().flush();
        ending
    }

    /// Runs the programs that a board starts with.
    fn boot(&self, prompt: &Prompt) -> Res<()> {
        if self.run_file(b"boot.py")? && !prompt.is_raw() {
            self.run_file(b"main.py")?;
        }
        Ok(())
    }

    /// Runs a file, if it is there: whether it did not fail.
    fn run_file(&self, path: &[u8]) -> Res<bool> {
        let vm = self.0;
        let run = || {
            if vm.kind_of_path(path)? == Some(Kind::File) {
                vm.main().store(vm, q!("__file__"), vm.new_str(path)?)?;
                vm.run_file(path, vm.main())?;
            }
            Ok(())
        };
        let Err(raised) = self.interruptible(run) else { return Ok(true) };
        self.0.report(self.survived(raised)?);
        Ok(false)
    }
}
