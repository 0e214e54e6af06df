//! Calls that go on in the interpreter proper: the contract, which `interpret` implements.

use crate::model::code::Code;
use crate::model::dispatch::Exit;
use crate::model::error::Res;
use crate::model::frame::Entry;
use crate::model::layout::Function;
use crate::model::object::Gc;
use crate::model::registers::Sp;
use crate::model::word::Obj;

/// Pushing and running frames.
pub(crate) trait Execute {
    /// Runs the top frame, whose entry is [`Entry::Rust`], until it returns or yields; the value is in
    /// `Vm::take_result`.
    ///
    /// # Errors
    /// The exception that no frame handles.
    fn run(&self) -> Res<Exit>;

    /// Runs the top frame from the instruction that it was left at, where the waiting exception is raised.
    ///
    /// # Errors
    /// The exception that no frame handles.
    fn run_raising(&self) -> Res<Exit>;

    /// Whether a suspended generator, which goes on at `ip`, waits in a `yield from`.
    fn is_delegating(&self, ip: *const u8) -> bool;

    /// Calls `callee` with the `n_pos` positional arguments and `n_kw` pairs of keyword and value from `args` on, which
    /// lie on the value stack; the slot below `args` is free. A frame that is pushed has the given `entry`.
    ///
    /// # Errors
    /// What the call raises.
    fn call_in_place(&self, callee: Obj, args: Sp, n_pos: usize, n_kw: usize, entry: Entry) -> Res<Called>;

    /// Pushes a frame for `function` with the `n` arguments from `args` on, if calling the function takes no more than
    /// that; else `None`. Answers the code to run.
    fn push_simple(&self, function: Gc<Function>, args: Sp, n: usize, entry: Entry) -> Option<Gc<Code>>;
}

/// The outcome of [`Execute::call_in_place`].
pub(crate) enum Called {
    /// The call has been made, with this result.
    Done(Obj),
    /// A frame for the function has been pushed, and is to be run.
    Entered,
}
