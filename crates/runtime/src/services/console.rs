//! Waiting for the outside, and reading from the console.

use crate::errno;
use crate::errno::Errno;
use crate::host::Host;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::printer::Printer;
use crate::model::stream::{Failure, Outcome};
use crate::model::unlock::Unlock;
use crate::model::vm::Vm;

/// Runs `work`, which waits for something outside, while other threads run. If an interrupt ends the wait, pending events
/// are looked at, and `work` begins again.
///
/// # Errors
/// What `work` answers, and as [`Vm::poll`].
pub(crate) fn wait_outside<R: Send>(
    vm: &Vm,
    mut work: impl FnMut(&dyn Host) -> Result<R, Errno> + Send,
) -> Result<R, Failure> {
    loop {
        match vm.unlocked(&mut work) {
            Err(errno::INTERRUPTED) => vm.poll()?,
            result => return result.map_err(Failure::Errno),
        }
    }
}

/// The console's input.
pub trait Console {
    /// Reads from the console into `buffer`, as [`Host::read_stdin`] does. Other threads
    /// run meanwhile, and pending events are looked at when an interrupt ends the wait.
    ///
    /// # Errors
    /// The error number of the host, and as [`Vm::poll`].
    fn read_console(&self, buffer: &mut [u8]) -> Outcome;

    /// Reads a line from the console into `line`, without its end: `false` if input has ended before the line began.
    ///
    /// # Errors
    /// `OSError` if the host cannot read, and as [`Vm::poll`].
    fn read_console_line(&self, line: &mut dyn Printer) -> Res<bool>;
}

impl Console for Vm {
    fn read_console(&self, buffer: &mut [u8]) -> Outcome {
        let len = buffer.len();
        Ok(wait_outside(self, |host| host.read_stdin(buffer))?.min(len))
    }

    fn read_console_line(&self, line: &mut dyn Printer) -> Res<bool> {
        let (mut byte, mut is_empty) = ([0], true);
        loop {
            match self.read_console(&mut byte).map_err(|failure| failure.raise(self))? {
                0 => return Ok(!is_empty),
                _ if byte == [b'\n'] => return Ok(true),
                _ => line.write(self, &byte)?,
            }
            is_empty = false;
        }
    }
}
