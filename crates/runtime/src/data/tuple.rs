//! Tuples: making them, and objects as tuples.

use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::data::instance::NativeBase;
use crate::model::error::Res;
use crate::model::layout::{List, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::{Classes, Strs};
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};

// SAFETY: the empty tuple has no items, and its header is never changed.
unsafe impl Sync for Tuple {}

pub(crate) static THE_EMPTY: Tuple = Tuple { header: Header::of(<Tuple as Object>::TYPE), len: 0 };

impl Tuple {
    /// The empty tuple.
    pub const EMPTY: Gc<Tuple> = Gc::from_static(&THE_EMPTY);

    /// A tuple of `items`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, items: &[Obj]) -> Res<Gc<Tuple>> {
        if items.is_empty() {
            return Ok(Tuple::EMPTY);
        }
        Tuple::of_type(vm, Gc::from_static(<Tuple as Object>::TYPE), items)
    }

    /// An object of type `ty` with the layout of a tuple, as named tuples are.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_type(vm: &Vm, ty: Gc<Type>, items: &[Obj]) -> Res<Gc<Tuple>> {
        let tuple = vm.alloc_tail(Tuple { header: Header::new(ty), len: items.len() }, size_of_val(items))?;
        // SAFETY: the tail behind the object has room for the items.
        unsafe { tail_of(tuple.as_ptr()).copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Ok(tuple)
    }

    /// A tuple of two items, if its memory takes no more than moving a pointer; else `None`. Never collects.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn pair_at_once(vm: &Vm, first: Obj, second: Obj) -> Option<Gc<Tuple>> {
        let tuple =
            vm.alloc_tail_at_once(Tuple { header: Header::of(<Tuple as Object>::TYPE), len: 2 }, 2 * size_of::<Obj>())?;
        // SAFETY: the tail behind the object has room for two items.
        unsafe {
            tail_of(tuple.as_ptr()).write(first);
            tail_of(tuple.as_ptr()).add(1).write(second);
        }
        Some(tuple)
    }

    /// A tuple of the items of `list`, which nothing changes meanwhile.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn of_list(vm: &Vm, list: &List) -> Res<Gc<Tuple>> {
        let items = list.items();
        // SAFETY: a cell has the layout of the value that it holds, and making a tuple runs no Python code that could
        // change the list.
        Tuple::new(vm, unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), items.len()) })
    }

    /// As [`Tuple::new`], for callers that go on without the tuple: `None` if there is no memory.
    pub(crate) fn try_new(vm: &Vm, items: &[Obj]) -> Option<Gc<Tuple>> {
        if items.is_empty() {
            return Some(Tuple::EMPTY);
        }
        let tuple = vm.try_alloc_tail(
            Tuple { header: Header::of(<Tuple as Object>::TYPE), len: items.len() },
            size_of_val(items),
        )?;
        // SAFETY: the tail behind the object has room for the items.
        unsafe { tail_of(tuple.as_ptr()).copy_from_nonoverlapping(items.as_ptr(), items.len()) };
        Some(tuple)
    }

    /// Words that a tuple of `len` items takes.
    pub(crate) const fn words(len: usize) -> usize {
        size_of::<Tuple>() / size_of::<usize>() + len
    }

    /// A tuple of `items` in the memory `room`.
    ///
    /// # Safety
    /// `room` has [`Tuple::words`] words, which nobody else uses, and which live as long as the collector sees the
    /// tuple.
    pub(crate) unsafe fn write_at(room: NonNull<Slot>, items: &[Obj]) -> Gc<Tuple> {
        let room = room.cast::<Tuple>();
        // SAFETY: the caller says that `room` has the words of this tuple.
        unsafe {
            room.write(Tuple { header: Header::of(<Tuple as Object>::TYPE), len: items.len() });
            tail_of(room).copy_from_nonoverlapping(items.as_ptr(), items.len());
            Gc::from_ptr(room)
        }
    }

    pub(crate) fn data(&self) -> *const Obj {
        core::ptr::from_ref(self).wrapping_add(1).cast()
    }

    /// The items.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` items follow the object and never change.
        unsafe { core::slice::from_raw_parts(self.data(), self.len) }
    }
}

/// Where the items of a tuple are to be written: who writes through a pointer must not have it from a reference.
fn tail_of(tuple: NonNull<Tuple>) -> *mut Obj {
    tuple.as_ptr().wrapping_add(1).cast()
}

/// Objects as tuples.
pub trait Tuples {
    /// The tuple that `object` is, named tuples included, or that an instance of a class derived from `tuple` has
    /// inside.
    fn as_tuple(&self, object: Obj) -> Option<Gc<Tuple>>;
}

impl Tuples for Vm {
    #[inline]
    fn as_tuple(&self, object: Obj) -> Option<Gc<Tuple>> {
        if let Some(tuple) = object.downcast::<Tuple>() {
            return Some(tuple);
        }
        let header = object.as_header()?;
        if self.type_of(object).has(flag::TUPLE) {
            // SAFETY: objects of types with the flag `TUPLE` have the layout of a tuple.
            return Some(unsafe { Gc::from_ptr(header.cast()) });
        }
        let native = self.native_base(object).filter(|&native| native != object)?;
        if self.type_of(native).has(flag::TUPLE) { self.as_tuple(native) } else { None }
    }
}

/// Whether `object` is a str, bytes, tuple or list, which may stand on either side of `*`.
pub(crate) fn is_repeatable(vm: &Vm, object: Obj) -> bool {
    str_like(vm, object) || object.downcast::<Tuple>().is_some() || object.downcast::<List>().is_some()
}

pub(crate) fn str_like(vm: &Vm, object: Obj) -> bool {
    vm.as_str(object).is_some() || object.downcast::<Bytes>().is_some()
}

impl Tuple {
    /// A tuple of the first `len` of `items`, of which there are at least `len`.
    pub(crate) fn build<'a>(vm: &Vm, len: usize, items: impl Iterator<Item = &'a Obj>) -> Res<Gc<Tuple>> {
        if len == 0 {
            return Ok(Tuple::EMPTY);
        }
        let bytes = len.saturating_mul(size_of::<Obj>());
        let tuple = vm.alloc_tail(Tuple { header: Header::of(<Tuple as Object>::TYPE), len }, bytes)?;
        for (index, item) in items.take(len).enumerate() {
            // SAFETY: the tail behind the object has room for `len` items.
            unsafe { tail_of(tuple.as_ptr()).add(index).write(*item) };
        }
        Ok(tuple)
    }

    pub(crate) fn joined(vm: &Vm, a: &[Obj], b: &[Obj]) -> Res<Gc<Tuple>> {
        Tuple::build(vm, a.len() + b.len(), a.iter().chain(b))
    }

    pub(crate) fn repeated(vm: &Vm, items: &[Obj], count: usize) -> Res<Gc<Tuple>> {
        Tuple::build(vm, items.len().saturating_mul(count), items.iter().cycle())
    }
}
