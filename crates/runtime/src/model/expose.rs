//! Objects stored as numbers: the contract, which `services` implements.

use crate::model::error::Res;
use crate::model::word::Obj;

/// Objects stored as numbers.
pub trait Expose {
    /// The word of `object`, to be stored where the collector does not look.
    ///
    /// # Errors
    /// `MemoryError` if the object cannot be noted.
    fn expose(&self, object: Obj) -> Res<usize>;

    /// The object whose word is `bits`.
    ///
    /// # Errors
    /// `ValueError` if `bits` is no immediate value and was not exposed.
    fn exposed(&self, bits: usize) -> Res;
}
