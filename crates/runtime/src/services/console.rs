//! Reading from the console.

use crate::errno;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::printer::Printer;
use crate::model::stream::Outcome;
use crate::model::unlock::Unlock;
use crate::model::vm::Vm;

/// The console's input.
pub trait Console {
    /// Reads from the console into `buffer`, as [`Host::read_stdin`](crate::host::Host::read_stdin) does. Other threads
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
        loop {
            match self.unlocked(|host| host.read_stdin(buffer)) {
                Err(errno::INTERRUPTED) => self.poll()?,
                result => return Ok(result?.min(len)),
            }
        }
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
