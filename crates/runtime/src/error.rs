//! Errors as values.
//!
//! A built-in that fails returns [`Raised`]; the exception itself waits in the interpreter state
//! ([`Vm::raise`](crate::vm::Vm::raise), [`Vm::take_exception`](crate::vm::Vm::take_exception)). So a result is one word, and `?` is
//! one branch.

/// Proof that an exception waits in the interpreter state. Whoever drops it loses an error.
#[must_use = "an exception is waiting: return it, or take it from the interpreter state"]
#[derive(Debug, PartialEq, Eq)]
pub struct Raised(());

impl Raised {
    /// Only the interpreter state makes one, when it takes an exception in.
    pub(crate) fn new() -> Raised {
        Raised(())
    }
}

/// The result of whatever can raise.
pub type Res<T = crate::word::Obj> = Result<T, Raised>;

const _: () = assert!(size_of::<Res>() == size_of::<usize>());
