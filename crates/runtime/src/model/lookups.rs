//! Remembered results of lookups: the tables.

use core::cell::Cell;

use crate::model::layout::Map;
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Entries of each cache: few where memory is scarce.
pub(crate) const SIZE: usize = if usize::BITS >= 64 { 256 } else { 32 };

#[derive(Clone, Copy, Default)]
pub(crate) struct Method {
    pub(crate) ty: usize,
    pub(crate) name: u32,
    /// Whether the value is a function of a built-in type whose objects have no attributes of their own, and so a
    /// method of each of these objects.
    pub(crate) plain: bool,
    pub(crate) value: Option<Found>,
}

/// A built-in found under a name that a module has no variable of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beyond {
    /// The address of the module's variables.
    pub(crate) globals: usize,
    pub(crate) name: u32,
    pub(crate) value: Option<Obj>,
}

/// The caches of an interpreter.
pub(crate) struct Lookups {
    /// Results of looking names up in classes. Emptied when a class changes and in a collection.
    pub(crate) methods: [Cell<Method>; SIZE],
    /// Built-ins that modules have found. Emptied in a collection.
    pub(crate) builtins: [Cell<Beyond>; SIZE / 4],
    /// Where in a map the name of an instruction was found last, by the instruction's address.
    pub hints: [Cell<u8>; SIZE],
}

impl Default for Lookups {
    fn default() -> Lookups {
        Lookups {
            methods: [const { Cell::new(Method { ty: 0, name: 0, plain: false, value: None }) }; SIZE],
            builtins: [const { Cell::new(Beyond { globals: 0, name: 0, value: None }) }; SIZE / 4],
            hints: [const { Cell::new(0) }; SIZE],
        }
    }
}

impl Lookups {
    #[inline(always)]
    pub(crate) fn slot(&self, ty: Gc<Type>, name: Qstr) -> &Cell<Method> {
        let address = ty.as_ptr().addr().get();
        &self.methods[(address >> 5 ^ name.number() as usize) % SIZE]
    }

    #[inline(always)]
    pub(crate) fn beyond(&self, globals: &Map, name: Qstr) -> &Cell<Beyond> {
        let address = core::ptr::from_ref(globals).addr();
        &self.builtins[(address >> 5 ^ name.number() as usize) % (SIZE / 4)]
    }
}

/// The result of looking a name up in a class.
#[derive(Clone, Copy)]
pub(crate) struct Found {
    /// The value found.
    pub value: Obj,
    /// The class whose own attribute the value is.
    pub owner: Gc<Type>,
    /// Whether the owner is a built-in type, whose methods work on the object inside an instance.
    pub native: bool,
}
