//! The type `float`.

use crate::error::Res;
use crate::object::{Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;

/// The type.
pub static TYPE: Type = Type::new(q!("float"));

/// A float.
#[repr(C)]
pub struct Float {
    header: Header,
    value: f64,
}

// SAFETY: `Float` is `repr(C)` and starts with a header; only floats have this type.
unsafe impl Object for Float {
    const TYPE: &'static Type = &TYPE;
    const SCAN: bool = false;
}

impl Float {
    /// The number.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }
}

impl Vm {
    /// A float.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn new_float(&self, value: f64) -> Res {
        Ok(self.alloc(Float { header: Header::of(&TYPE), value })?.obj())
    }
}
