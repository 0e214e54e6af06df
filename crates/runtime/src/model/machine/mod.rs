//! Machine code: the contract, which `native` implements, and the state for machine code in an interpreter and in
//! types.

#[cfg_attr(not(berus_machine), path = "no_state.rs")]
mod state;

pub(crate) use state::*;

use crate::model::code::Context;
use crate::model::error::Res;
use crate::model::frame::Frame;
use crate::model::layout::Dict;
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::word::Obj;

/// Machine code, as objects, types and frames need it.
pub(crate) trait Machine {
    /// Whether there may be objects whose types C code has made.
    const FOREIGN: bool;

    /// The numbers of the slots for C code that types of Berus have.
    const INDICES: Indices;

    /// The slots for C code of every type of Berus, but for the one of a class's parent.
    const SLOTS: Slots;

    /// Says in `slots` what a class derives from.
    fn set_parent(slots: &mut Slots, parent: Gc<Type>);

    /// The stand-in for the type of `object`, whose type C code has made.
    fn type_of_foreign(&self, object: Obj) -> Gc<Type>;

    /// The global variables that machine code on top of `frame` runs with, if it has set any.
    fn machine_globals(frame: &Frame) -> Option<Gc<Dict>>;

    /// Whether `function` was made by C code, and so is no method of a class that a program defines.
    fn is_made_by_c(function: Obj) -> bool;

    /// A copy of `code`, a code object of machine code, with the context `context`.
    ///
    /// # Errors
    /// `MemoryError`.
    fn machine_code_with_context(&self, code: Obj, context: Gc<Context>) -> Res;

    /// The context of `code`, if that is a code object of machine code.
    #[cfg_attr(not(feature = "compiler"), allow(dead_code))]
    fn machine_context_of(code: Obj) -> Option<Gc<Context>>;

    /// A function of `code`, a code object of machine code.
    ///
    /// # Errors
    /// `TypeError` if the defaults are not those that the code expects, and `MemoryError`.
    fn machine_function(&self, code: Obj, defaults: Option<Obj>, keyword_defaults: Option<Obj>, cells: &[Obj]) -> Res;

    /// Whether `object` is a generator of machine code.
    fn is_machine_generator(object: Obj) -> bool;

    /// Resumes `generator`, a generator of machine code.
    ///
    /// # Errors
    /// What the generator raises.
    fn resume_machine_generator(&self, generator: Obj, sent: Obj, thrown: Option<Obj>) -> Res<Option<Obj>>;

    /// Replaces the exception that waits to be raised in `generator`, a generator of machine code.
    ///
    /// # Errors
    /// `ValueError` if the generator runs.
    fn replace_pending_of_machine_generator(&self, generator: Obj, exception: Obj) -> Res;
}
