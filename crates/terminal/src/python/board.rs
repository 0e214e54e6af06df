//! A board from one reset to the next (facts: `ports/rp2/main.c` and `shared/runtime/pyexec.c` of MicroPython).

use berus_runtime::data::exception::Exceptions;
use berus_runtime::import::run::RunModule;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::mounts::Kind;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::stream::Failure;
use berus_runtime::model::vm::Vm;
use berus_runtime::obj::exception::{KEYBOARD_INTERRUPT, SYSTEM_EXIT};
use berus_runtime::q;
use berus_runtime::services::console::Console;
use berus_runtime::services::end::End;
use berus_runtime::vfs::Mounting;

use crate::output::Output;
use crate::protocol::{Prompt, Request, Source};
use crate::python::Python;

const CTRL_C: u8 = 3;

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

/// What is on its way to a reset.
type Step<T = ()> = Result<T, Ending>;

/// The console's output as bytes.
pub(crate) struct Screen<'a>(pub &'a Vm);

impl Output for Screen<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.host().write_stdout_bytes(bytes);
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
        let Err(ending) = self.boot(prompt).and_then(|()| self.serve(prompt));
        if ending == Ending::SoftReset {
            self.screen().write(b"MPY: soft reboot\r\n");
            // Files are closed, so that nothing which was written to them is lost.
            self.0.finalise_all();
        }
        self.0.host().flush();
        ending
    }

    fn screen(&self) -> Screen<'_> {
        Screen(self.0)
    }

    /// Runs the programs that a board starts with.
    fn boot(&self, prompt: &Prompt) -> Step {
        if self.run_file(b"boot.py")? && !prompt.is_raw() {
            self.run_file(b"main.py")?;
        }
        Ok(())
    }

    /// Runs a file, if it is there: whether it did not fail.
    fn run_file(&self, path: &[u8]) -> Step<bool> {
        let vm = self.0;
        let run = || {
            if vm.kind_of_path(path)? == Some(Kind::File) {
                vm.main().store(vm, q!("__file__"), vm.new_str(path)?)?;
                vm.run_file(path, vm.main())?;
            }
            Ok(())
        };
        match self.interruptible(run) {
            Ok(()) => Ok(true),
            Err(raised) => {
                let raised = self.survived(raised)?;
                self.0.report(raised);
                Ok(false)
            }
        }
    }

    /// Does what is typed or sent.
    fn serve(&self, prompt: &mut Prompt) -> Result<core::convert::Infallible, Ending> {
        prompt.start(&mut Python(self.0), &mut self.screen());
        loop {
            let byte = self.read()?;
            if let Some(request) = prompt.feed(byte, &mut Python(self.0), &mut self.screen()) {
                self.fulfil(request, prompt)?;
                prompt.finished(&mut Python(self.0), &mut self.screen());
            }
        }
    }

    /// The next byte that comes.
    fn read(&self) -> Step<u8> {
        let mut byte = [0];
        match self.0.read_console(&mut byte) {
            Ok(1..) => Ok(byte[0]),
            Ok(0) | Err(Failure::Errno(_)) => Err(Ending::NoInput),
            // What a program has left behind may raise what it likes.
            Err(Failure::Raised(raised)) => self.survived(raised).map(|raised| {
                self.0.take_exception(raised);
                CTRL_C
            }),
        }
    }

    fn fulfil(&self, request: Request, prompt: &mut Prompt) -> Step {
        let ended = match request {
            Request::SoftReset => return Err(Ending::SoftReset),
            Request::TooLong => Err(self.0.memory_error(0)),
            Request::Run(kind) => self.interruptible(|| self.run_sent(prompt.source(), kind)),
        };
        prompt.ended(&mut self.screen());
        let Err(raised) = ended else { return Ok(()) };
        let raised = self.survived(raised).inspect_err(|_| prompt.exited(&mut self.screen()))?;
        self.0.report(raised);
        Ok(())
    }

    fn run_sent(&self, source: &[u8], kind: Source) -> Res<()> {
        if kind == Source::Program {
            self.0.main().store(self.0, q!("__file__"), self.0.new_str(b"<stdin>")?)?;
        }
        self.run(source, kind)
    }

    /// Runs what Ctrl-C interrupts, also at its very end.
    fn interruptible(&self, run: impl FnOnce() -> Res<()>) -> Res<()> {
        let host = self.0.host();
        host.set_interrupt_byte(Some(CTRL_C));
        let result = run();
        host.set_interrupt_byte(None);
        match host.interrupted() {
            true if result.is_ok() => Err(self.0.error_with(&KEYBOARD_INTERRUPT, &[])),
            _ => result,
        }
    }

    /// What was raised, if it does not end the interpreter.
    fn survived(&self, raised: Raised) -> Step<Raised> {
        let exception = self.0.peek_exception(&raised);
        let ending = match self.0.is_abort(exception) {
            true => Ending::Abort,
            false if self.0.matches(exception, &SYSTEM_EXIT) => Ending::SoftReset,
            false => return Ok(raised),
        };
        self.0.take_exception(raised);
        Err(ending)
    }
}
