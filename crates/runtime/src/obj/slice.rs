//! The type `slice`.

use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("slice"));

/// A slice.
#[repr(C)]
pub struct Slice {
    header: Header,
    /// Where it starts.
    pub start: Obj,
    /// Where it stops.
    pub stop: Obj,
    /// By how much it goes on.
    pub step: Obj,
}

// SAFETY: `Slice` is `repr(C)` and starts with a header; only slices have this type.
unsafe impl Object for Slice {
    const TYPE: &'static Type = &TYPE;
}

impl Slice {
    /// A slice.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, start: Obj, stop: Obj, step: Obj) -> Res<Gc<Slice>> {
        vm.alloc(Slice { header: Header::of(&TYPE), start, stop, step })
    }
}
