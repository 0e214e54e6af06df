//! What an embedder adds to an interpreter: values that it holds outside of the heap, and a state of its own.

use core::any::Any;

/// The state of an embedder, which belongs to one interpreter.
pub trait Embedder: Any {
    /// Calls `keep` with the word of each value that the state holds: the collector does not look into memory of
    /// Rust's. Whoever collects calls this, so that nothing of the interpreter may be used.
    fn keep(&self, keep: &mut dyn FnMut(usize));
}
