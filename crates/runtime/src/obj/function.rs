//! Functions written in Python.

use crate::obj::code::Code;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::memory::Slot;

/// The type.
pub static TYPE: Type = Type::new(q!("function"));

/// A function. Its cells, then the defaults of its positional arguments, then the dict of defaults of keyword-only ones follow it.
#[repr(C)]
pub struct Function {
    header: Header,
    /// What it runs.
    pub code: Gc<Code>,
    n_cells: u16,
    n_extra: u16,
}

// SAFETY: `Function` is `repr(C)` and starts with a header; only functions have this type.
unsafe impl Object for Function {
    const TYPE: &'static Type = &TYPE;
}

impl Function {
    fn extra(&self) -> &[Slot] {
        let start = core::ptr::from_ref(self).wrapping_add(1).cast();
        // SAFETY: `n_extra` words follow the object.
        unsafe { core::slice::from_raw_parts(start, self.n_extra.into()) }
    }
}
