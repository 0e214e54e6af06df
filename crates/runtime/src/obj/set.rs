//! The type `set`.

use crate::error::Res;
use crate::obj::map::Map;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("set"));

/// A set.
#[repr(C)]
pub struct Set {
    header: Header,
    /// Its items are the keys.
    pub map: Map,
}

// SAFETY: `Set` is `repr(C)` and starts with a header; only sets have this type.
unsafe impl Object for Set {
    const TYPE: &'static Type = &TYPE;
}

impl Set {
    /// A set of `items`.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing or comparing raises.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<Set>> {
        let set = vm.alloc(Set { header: Header::of(&TYPE), map: Map::new() })?;
        for item in items {
            set.add(vm, *item)?;
        }
        Ok(set)
    }

    /// Adds an item.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing or comparing raises.
    pub fn add(&self, vm: &Vm, item: Obj) -> Res<()> {
        self.map.store(vm, item, Obj::NONE)
    }
}
