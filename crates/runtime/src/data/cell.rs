//! Cells: variables that a function shares with functions inside it.

use core::cell::Cell as Mutable;

use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Slot;
use crate::{define, q};

/// The type of cells.
pub static TYPE: Type = define!(Type::new(q!("closure")));

/// A cell.
#[repr(C)]
pub struct Cell {
    header: Header,
    /// The variable's value; null while it is unset.
    pub value: Mutable<Slot>,
}

// SAFETY: `Cell` is `repr(C)` and starts with a header; only cells have this type.
unsafe impl Object for Cell {
    const TYPE: &'static Type = &TYPE;
}

impl Cell {
    /// A cell that holds `value`.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline]
    pub fn new(vm: &Vm, value: Slot) -> Res<Gc<Cell>> {
        vm.alloc(Cell { header: Header::of(&TYPE), value: Mutable::new(value) })
    }
}
