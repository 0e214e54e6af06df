//! Calls.

use crate::args::Args;
use crate::error::Res;
use crate::vm::Vm;
use crate::word::Obj;

impl Vm {
    /// Calls `callable` with positional arguments.
    ///
    /// # Errors
    /// `TypeError` if it cannot be called, and what the call raises.
    pub fn call(&self, callable: Obj, args: &[Obj]) -> Res {
        self.call_with(callable, Args::positional(args))
    }

    /// Calls `callable` with `args`.
    ///
    /// # Errors
    /// `TypeError` if it cannot be called, and what the call raises.
    pub fn call_with(&self, callable: Obj, args: Args<'_>) -> Res {
        match self.type_of(callable).call {
            Some(call) => call(self, callable, args),
            None => Err(self.type_error(format_args!("'{}' object isn't callable", self.type_name(callable)))),
        }
    }
}
