//! Dicts: making them, access by names, and objects as dicts.

use crate::data::instance::NativeBase;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::layout::{Dict, Map};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Classes;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::qstr::Qstr;

impl Dict {
    /// An empty dict.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm) -> Res<Gc<Dict>> {
        vm.alloc(Dict { header: Header::of(<Dict as Object>::TYPE), map: Map::new() })
    }

    /// An empty dict of type `ty`, not yet an object.
    pub(crate) fn empty(ty: Gc<Type>) -> Dict {
        let ordered = ty == Gc::from_static(Vm::ORDERED_DICT);
        Dict { header: Header::new(ty), map: if ordered { Map::lenient() } else { Map::new() } }
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

impl Dict {
    /// Adds all entries of `other`.
    ///
    /// # Errors
    /// `MemoryError`, and what hashing and comparing raise.
    pub fn merge(&self, vm: &Vm, other: &Dict) -> Res<()> {
        let mut at = 0;
        while let Some((found, key, value)) = other.map.entry_from(at) {
            vm.work(1)?;
            self.map.store(vm, key, value.unwrap_or(Obj::NONE))?;
            at = found + 1;
        }
        Ok(())
    }

    /// A copy of the dict, of the same type.
    pub(crate) fn copy(&self, vm: &Vm) -> Res<Gc<Dict>> {
        let copy = vm.alloc(Dict::empty(self.header.ty()))?;
        copy.map.copy_from(vm, &self.map)?;
        Ok(copy)
    }

    /// Forbids programs to change the dict from now on.
    pub fn fix(&self) {
        self.map.fix();
    }

    /// Whether programs may not change the dict.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn is_fixed(&self) -> bool {
        self.map.is_fixed()
    }

    pub(crate) fn is_ordered(&self) -> bool {
        self.header.ty() == Gc::from_static(Vm::ORDERED_DICT)
    }
}

/// Objects as dicts.
pub trait Dicts {
    /// The dict that `object` is, be it a `dict` or an `OrderedDict`, or that an instance of a class derived from one
    /// of these has inside.
    fn as_dict(&self, object: Obj) -> Option<Gc<Dict>>;
}

impl Dicts for Vm {
    fn as_dict(&self, object: Obj) -> Option<Gc<Dict>> {
        let of = |object: Obj| {
            let header = object.as_header()?;
            let ty = self.type_of(object);
            // SAFETY: objects of both types have the layout of a dict.
            (ty == Gc::from_static(<Dict as Object>::TYPE) || ty == Gc::from_static(Vm::ORDERED_DICT))
                .then(|| unsafe { Gc::<Dict>::from_ptr(header.cast()) })
        };
        of(object).or_else(|| self.native_base(object).and_then(of))
    }
}
