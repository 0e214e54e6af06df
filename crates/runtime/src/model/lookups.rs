//! Remembered results of lookups: the tables.

use core::cell::Cell;

use crate::model::layout::Map;
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::word::Obj;
use crate::qstr::Qstr;

/// Entries of each cache: few where memory is scarce, and no more than pay, since an idle interpreter has them too.
const METHODS: usize = if usize::BITS >= 64 { 64 } else { 32 };
const BUILTINS: usize = if usize::BITS >= 64 { 32 } else { 8 };
pub(crate) const HINTS: usize = if usize::BITS >= 64 { 256 } else { 32 };

/// The result of looking a name up in a class, in a form that takes little memory.
#[derive(Clone, Copy, Default)]
pub(crate) struct Method {
    /// The address of the class.
    ty: usize,
    name: u32,
    /// Whether the value is a function of a built-in type whose objects have no attributes of their own, and so a
    /// method of each of these objects.
    pub(crate) plain: bool,
    /// [`Found::native`].
    native: bool,
    /// The value found, if there is one, and its owner.
    found: Option<(Obj, Gc<Type>)>,
}

impl Method {
    pub(crate) const NONE: Method = Method { ty: 0, name: 0, plain: false, native: false, found: None };

    pub(crate) fn new(ty: Gc<Type>, name: Qstr, plain: bool, found: Option<Found>) -> Method {
        Method {
            ty: ty.as_ptr().addr().get(),
            name: name.number(),
            plain,
            native: found.is_some_and(|found| found.native),
            found: found.map(|found| (found.value, found.owner)),
        }
    }

    /// Whether this is the result for `name` in `ty`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn is_for(&self, ty: Gc<Type>, name: Qstr) -> bool {
        self.ty == ty.as_ptr().addr().get() && self.name == name.number()
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn found(&self) -> Option<Found> {
        self.found.map(|(value, owner)| Found { value, owner, native: self.native })
    }
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
    pub(crate) methods: [Cell<Method>; METHODS],
    /// Built-ins that modules have found. Emptied in a collection.
    pub(crate) builtins: [Cell<Beyond>; BUILTINS],
    /// Where in a map the name of an instruction was found last, by the instruction's address.
    pub hints: [Cell<u8>; HINTS],
    /// How often classes have changed.
    #[cfg(berus_tier)]
    pub(crate) changes: Cell<u32>,
    /// How often a module has got a variable that may have the name of a built-in, or built-ins may have changed.
    #[cfg(berus_tier)]
    pub(crate) hidings: Cell<u32>,
}

impl Default for Lookups {
    fn default() -> Lookups {
        Lookups {
            methods: [const { Cell::new(Method::NONE) }; METHODS],
            builtins: [const { Cell::new(Beyond { globals: 0, name: 0, value: None }) }; BUILTINS],
            hints: [const { Cell::new(0) }; HINTS],
            #[cfg(berus_tier)]
            changes: Cell::new(0),
            #[cfg(berus_tier)]
            hidings: Cell::new(0),
        }
    }
}

impl Lookups {
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn slot(&self, ty: Gc<Type>, name: Qstr) -> &Cell<Method> {
        let address = ty.as_ptr().addr().get();
        &self.methods[(address >> 5 ^ name.number() as usize) % METHODS]
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn beyond(&self, globals: &Map, name: Qstr) -> &Cell<Beyond> {
        let address = core::ptr::from_ref(globals).addr();
        &self.builtins[(address >> 5 ^ name.number() as usize) % BUILTINS]
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
