//! The type `dict`.

use crate::error::Res;
use crate::obj::map::Map;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::qstr::Qstr;
use crate::types::Type;
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("dict"));

/// A dict.
#[repr(C)]
pub struct Dict {
    header: Header,
    /// Its entries.
    pub map: Map,
}

// SAFETY: `Dict` is `repr(C)` and starts with a header; only dicts have this type.
unsafe impl Object for Dict {
    const TYPE: &'static Type = &TYPE;
}

impl Dict {
    /// An empty dict.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm) -> Res<Gc<Dict>> {
        vm.alloc(Dict { header: Header::of(&TYPE), map: Map::new() })
    }

    /// The value under `name`.
    pub fn load(&self, vm: &Vm, name: Qstr) -> Slot {
        self.map.get_name(vm, name)
    }

    /// Puts `value` under `name`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn store(&self, vm: &Vm, name: Qstr, value: Obj) -> Res<()> {
        self.map.store(vm, Obj::qstr(name), value)
    }
}
