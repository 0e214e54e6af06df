//! What stands for the global lock where there are no threads.

use super::Vm;
use crate::host::Host;

impl Vm {
    /// Runs `work`, which waits for something outside. It cannot touch the interpreter, nor hold its values.
    pub fn unlocked<R: Send>(&self, work: impl FnOnce(&dyn Host) -> R + Send) -> R {
        work(self.host())
    }

    /// Whether the running thread is the one that entered the interpreter.
    pub(crate) fn is_main_thread(&self) -> bool {
        true
    }
}
