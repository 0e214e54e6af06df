//! MicroPython's layouts of the structures that C code makes itself: types, maps and constant dicts (`py/obj.h`).

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr::NonNull;

use crate::model::error::Res;
use crate::model::layout::Dict;
use crate::model::object::{Gc, Header};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::foreign::adopt;
use crate::obj::dict;

/// A type made by C code.
#[repr(C)]
pub(super) struct TypeOfC {
    /// The type's own type, as C code writes it, and later the type's stand-in.
    ty: Cell<Gc<Type>>,
    pub flags: u16,
    pub name: u16,
    /// For each kind of slot the slot's number among the slots that are there, from 1; 0 if the slot is not there.
    indices: [u8; 12],
    slots: [*const c_void; 0],
}

/// The kinds of slots.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(super) enum Kind {
    MakeNew,
    Print,
    Call,
    UnaryOp,
    BinaryOp,
    Attr,
    Subscr,
    Iter,
    Buffer,
    Protocol,
    Parent,
    LocalsDict,
}

/// Flags of types.
pub(super) mod flags {
    pub const EQ_NOT_REFLEXIVE: u16 = 0x04;
    pub const EQ_CHECKS_OTHER_TYPE: u16 = 0x08;
    pub const EQ_HAS_NE: u16 = 0x10;
    pub const BINDS_SELF: u16 = 0x20;
    pub const ITER_IS_NEXT: u16 = 0x80;
    pub const ITER_IS_CUSTOM: u16 = 0x100;
}

impl TypeOfC {
    /// The address in the slot of this kind, if the type has the slot.
    ///
    /// # Safety
    /// There is a C type at `ty`.
    pub unsafe fn slot(ty: NonNull<TypeOfC>, kind: Kind) -> Option<NonNull<c_void>> {
        // SAFETY: a C type has as many slots behind its head as its indices say.
        unsafe {
            let index = ty.as_ref().indices[kind as usize];
            let slots = (&raw const (*ty.as_ptr()).slots).cast::<*const c_void>();
            let at = usize::from(index).checked_sub(1)?;
            NonNull::new(slots.add(at).read().cast_mut())
        }
    }

    /// Makes `stand_in` the type's stand-in.
    pub fn set_stand_in(&self, stand_in: Gc<Type>) {
        self.ty.set(stand_in);
    }

    /// The type's stand-in, if it has one; else the type that C code has written as the type of types.
    pub fn stand_in(&self) -> Gc<Type> {
        self.ty.get()
    }
}

/// An entry of a map of C code.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct EntryOfC {
    pub key: Slot,
    pub value: Slot,
}

/// A map of C code.
#[repr(C)]
pub(in crate::native) struct MapOfC {
    /// Three flags in the low bits; above them, how many entries are in use.
    flags_and_used: usize,
    room: usize,
    entries: *const EntryOfC,
}

/// The flags of a map that is a constant table: all its keys are names, the map does not change, and its order counts.
const CONSTANT: usize = 0b111;

impl MapOfC {
    /// The map in which the keywords of a call are passed, made of pairs of keyword and value.
    pub fn of_keywords(pairs: &[Obj]) -> MapOfC {
        let len = pairs.len() / 2;
        MapOfC { flags_and_used: len << 3 | CONSTANT, room: len, entries: pairs.as_ptr().cast() }
    }

    /// How many entries are in use.
    pub fn len(&self) -> usize {
        self.flags_and_used >> 3
    }

    fn entries(&self) -> &[EntryOfC] {
        if self.room == 0 {
            return &[];
        }
        // SAFETY: C code, or `of_keywords`, made the map with so many entries.
        unsafe { core::slice::from_raw_parts(self.entries, self.room) }
    }

    /// The value under `key`, a name.
    pub fn find(&self, key: Obj) -> Slot {
        self.entries().iter().find(|entry| entry.key == Some(key)).and_then(|entry| entry.value)
    }
}

/// A dict made by C code, a constant table.
#[repr(C)]
pub(super) struct DictOfC {
    header: Header,
    map: MapOfC,
}

impl DictOfC {
    /// The constant dict of C code that `object` is, if it is one: dicts of Berus have an address in their second word,
    /// and no flags.
    pub fn constant<'a>(object: Obj) -> Option<&'a DictOfC> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object. An object of type `dict` has at least one more word.
        unsafe {
            if header.as_ref().ty() != Gc::from_static(&dict::TYPE) {
                return None;
            }
            let dict = header.cast::<DictOfC>();
            let flags = (&raw const (*dict.as_ptr()).map.flags_and_used).read() & CONSTANT;
            if flags == CONSTANT { Some(dict.as_ref()) } else { None }
        }
    }

    /// Stores all entries of the dict in `to`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn copy_to(&self, vm: &Vm, to: &Dict) -> Res<()> {
        for entry in self.map.entries() {
            if let (Some(key), Some(value)) = (entry.key, entry.value) {
                to.map.store(vm, key, adopt(vm, value)?)?;
            }
        }
        Ok(())
    }
}
