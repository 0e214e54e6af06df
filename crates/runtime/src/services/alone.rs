//! What stands for the global lock where there are no threads.

use crate::host::Host;
use crate::model::unlock::Unlock;
use crate::model::vm::Vm;

impl Unlock for Vm {
    fn unlocked<R: Send>(&self, work: impl FnOnce(&dyn Host) -> R + Send) -> R {
        work(self.host())
    }
}

/// Whether the running thread is the one that entered the interpreter.
pub(crate) fn is_main_thread(_: &Vm) -> bool {
    true
}
