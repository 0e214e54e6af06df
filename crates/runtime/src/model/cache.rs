//! Remembered results of lookups.

use core::cell::Cell;

use crate::model::builtin::Builtin;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::layout;
use crate::model::layout::Map;
use crate::model::lookups::{Beyond, Found, HINTS, Method};
use crate::model::object::Gc;
use crate::model::registers::Ip;
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::q;
use crate::qstr::Qstr;

impl Vm {
    /// The built-in `name`, if [`Vm::remember_builtin`] was told of it, and `globals` still has no such name.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn remembered_builtin(&self, globals: &Map, name: Qstr) -> Option<Obj> {
        let found = self.lookups.beyond(globals, name).get();
        if found.globals == core::ptr::from_ref(globals).addr() && found.name == name.number() {
            found.value
        } else {
            None
        }
    }

    /// Notes that the built-in `name` is `value`, and that `globals` has nothing under that name.
    pub(crate) fn remember_builtin(&self, globals: &Map, name: Qstr, value: Obj) {
        // A program that has imported the module `builtins` may change what is in it, so nothing is remembered then.
        if self.builtins().is_none() {
            globals.note(layout::LOOKED_PAST);
            let globals_address = core::ptr::from_ref(globals).addr();
            let found = Beyond { globals: globals_address, name: name.number(), value: Some(value) };
            self.lookups.beyond(globals, name).set(found);
        }
    }

    /// Forgets the built-in remembered under the name `key`, since `globals` gets a variable of that name; all of them
    /// if `key` is no interned name.
    #[cold]
    pub(crate) fn forget_builtin(&self, globals: &Map, key: Obj) {
        self.note_hiding();
        match key.as_qstr() {
            Some(name) => self.lookups.beyond(globals, name).set(Beyond::default()),
            None => self.forget_builtins(),
        }
    }

    /// Notes that what has been found to be a built-in may no longer be one.
    pub(crate) fn note_hiding(&self) {
        #[cfg(berus_tier)]
        self.lookups.hidings.set(self.lookups.hidings.get().wrapping_add(1));
    }

    /// Empties the cache of built-ins.
    pub(crate) fn forget_builtins(&self) {
        self.lookups.builtins.iter().for_each(|slot| slot.set(Beyond::default()));
    }

    /// The hint of the instruction at `ip`: where in a map its name was found last.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn hint(&self, ip: Ip) -> &Cell<u8> {
        &self.lookups.hints[ip.0.addr() % HINTS]
    }

    /// The result of looking `name` up in `ty`, if [`Vm::remember_method`] was told of it and the cache still has it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn remembered_method(&self, ty: Gc<Type>, name: Qstr) -> Option<Option<Found>> {
        let method = self.lookups.slot(ty, name).get();
        method.is_for(ty, name).then(|| method.found())
    }

    /// The method `name` of `object`, if [`Vm::remember_method`] was told of it and it is a [plain](Method::plain) one,
    /// for which the object itself need not be asked.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn remembered_plain_method(&self, object: Obj, name: Qstr) -> Option<Obj> {
        let ty = match object.as_header() {
            // SAFETY: a pointer word points to a live object, whose first word is a header.
            Some(header) => unsafe { header.as_ref() }.ty(),
            None => Gc::from_static(object.as_qstr().map(|_| Vm::STR)?),
        };
        let method = self.lookups.slot(ty, name).get();
        if method.plain && method.is_for(ty, name) { method.found().map(|found| found.value) } else { None }
    }

    /// Notes that looking `name` up in class `ty` finds `value`.
    pub(crate) fn remember_method(&self, ty: Gc<Type>, name: Qstr, value: Option<Found>) {
        let asks_no_object =
            !ty.has(flag::HEAP) && ty.slots.attr().is_none() && name != q!("__class__") && name != q!("__next__");
        let plain = asks_no_object && value.is_some_and(|found| found.value.downcast::<Builtin>().is_some());
        self.lookups.slot(ty, name).set(Method::new(ty, name, plain, value));
    }

    /// Empties the cache of methods, since an attribute of a class that may have objects has changed.
    pub(crate) fn note_class_change(&self) {
        self.forget_cached_lookups();
        #[cfg(berus_tier)]
        self.lookups.changes.set(self.lookups.changes.get().wrapping_add(1));
    }

    /// Empties the cache of methods, for when a class has changed or may have been freed.
    pub(crate) fn forget_cached_lookups(&self) {
        self.lookups.methods.iter().for_each(|slot| slot.set(Method::default()));
    }
}
