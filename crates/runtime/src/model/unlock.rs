//! Waiting for the world outside while other threads run: the contract, which `services` implements.

use crate::host::Host;

/// Running work that needs no interpreter.
pub trait Unlock {
    /// Runs `work`, which waits for something outside, and lets other threads run meanwhile, where there are threads.
    /// The work cannot touch the interpreter, nor hold its values.
    fn unlocked<R: Send>(&self, work: impl FnOnce(&dyn Host) -> R + Send) -> R;
}
