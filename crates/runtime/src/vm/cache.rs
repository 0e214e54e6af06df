//! Remembered results of lookups.

use core::cell::Cell;

use super::Vm;
use super::registers::Ip;
use crate::obj::builtin::Builtin;
use crate::obj::typ::Found;
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::types::{Type, flag};
use crate::word::Obj;

/// Entries of each cache: few where memory is scarce.
const SIZE: usize = if usize::BITS >= 64 { 256 } else { 32 };

#[derive(Clone, Copy, Default)]
struct Method {
    ty: usize,
    name: u32,
    /// Whether it is a function of a built-in type whose objects have no attributes of their own: a method of each of them.
    plain: bool,
    value: Option<Found>,
}

/// The caches of an interpreter.
pub(crate) struct Lookups {
    /// What classes have under a name. Emptied when a class changes and in a collection.
    methods: [Cell<Method>; SIZE],
    /// For an instruction, by its address, where in a map its name was found last.
    pub hints: [Cell<u8>; SIZE],
}

impl Default for Lookups {
    fn default() -> Lookups {
        Lookups {
            methods: [const { Cell::new(Method { ty: 0, name: 0, plain: false, value: None }) }; SIZE],
            hints: [const { Cell::new(0) }; SIZE],
        }
    }
}

impl Lookups {
    #[inline(always)]
    fn slot(&self, ty: Gc<Type>, name: Qstr) -> &Cell<Method> {
        let address = ty.as_ptr().addr().get();
        &self.methods[(address >> 5 ^ name.number() as usize) % SIZE]
    }
}

impl Vm {
    /// The hint of the instruction at `ip`.
    #[inline(always)]
    pub(crate) fn hint(&self, ip: Ip) -> &Cell<u8> {
        &self.lookups.hints[ip.0.addr() % SIZE]
    }

    /// What [`Vm::remember_method`] was told, if it still holds.
    #[inline(always)]
    pub(crate) fn remembered_method(&self, ty: Gc<Type>, name: Qstr) -> Option<Option<Found>> {
        let method = self.lookups.slot(ty, name).get();
        (method.ty == ty.as_ptr().addr().get() && method.name == name.number()).then_some(method.value)
    }

    /// The method `name` of objects of type `ty`, if [`Vm::remember_method`] was told of one for which there is nothing else to ask.
    #[inline(always)]
    pub(crate) fn remembered_plain_method(&self, ty: Gc<Type>, name: Qstr) -> Option<Obj> {
        let method = self.lookups.slot(ty, name).get();
        if method.ty == ty.as_ptr().addr().get() && method.name == name.number() && method.plain {
            Some(method.value?.value)
        } else {
            None
        }
    }

    /// Notes that looking `name` up in class `ty` finds `value`.
    pub(crate) fn remember_method(&self, ty: Gc<Type>, name: Qstr, value: Option<Found>) {
        let asks_no_object =
            !ty.has(flag::HEAP) && ty.slots.attr.is_none() && name != q!("__class__") && name != q!("__next__");
        let plain = asks_no_object && value.is_some_and(|found| found.value.downcast::<Builtin>().is_some());
        self.lookups.slot(ty, name).set(Method { ty: ty.as_ptr().addr().get(), name: name.number(), plain, value });
    }

    /// Empties the cache of methods: a class has changed, or may be gone.
    pub(crate) fn forget_cached_lookups(&self) {
        self.lookups.methods.iter().for_each(|slot| slot.set(Method::default()));
    }
}
