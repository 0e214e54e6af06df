//! What an embedder adds to an interpreter: values that it holds outside of the heap, and a state of its own.

use core::any::Any;

use crate::heap::Collection;

/// The state of an embedder, which belongs to one interpreter.
pub trait Embedder: Any {
    /// Keeps the word of each value that the state holds, and each [`Execution`](crate::interpret::execution::Execution):
    /// the collector does not look into memory of Rust's. Whoever collects calls this, so that nothing of the interpreter
    /// may be used.
    fn keep(&self, collection: &mut Collection<'_>);
}
