//! Iterators over built-in containers: one type for all of them.
//!
//! A container's type says in its slot `items` how an iterator comes to its next item. Loops, of the interpreter and of
//! built-ins, keep such an iterator in their own memory ([`Each`](crate::model::each::Each),
//! `interpret/op/iterate.rs`); only `iter()` makes an object of it.

use core::cell::Cell;

#[cfg(all(feature = "python", target_pointer_width = "64"))]
use crate::model::error::Raise;
use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::{define, q};

/// The type `iterator`.
pub static TYPE: Type = define!(Type::new(q!("iterator")).next(next));

/// How an iterator comes to its next item.
pub type Next = fn(&Vm, &Iter) -> Res<Option<Obj>>;

/// An iterator. It is as large as the state of a `for` loop on the value stack.
#[repr(C)]
pub struct Iter {
    header: Header,
    /// The object that is iterated over.
    pub source: Obj,
    next: Next,
    /// How far the iterator is. The meaning of the number is up to the function that comes to the next item.
    pub at: Cell<usize>,
}

// SAFETY: `Iter` is `repr(C)` and starts with a header; only such iterators have this type.
unsafe impl Object for Iter {
    const TYPE: &'static Type = &TYPE;
}

impl Iter {
    /// An iterator over `source`, at 0, not yet an object.
    pub fn over(source: Obj, next: Next) -> Iter {
        Iter { header: Header::of(&TYPE), source, next, at: Cell::new(0) }
    }

    /// An iterator over `source`, at 0.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, source: Obj, next: Next) -> Res<Gc<Iter>> {
        vm.alloc(Iter::over(source, next))
    }

    /// How far the iterator is; moves it one further.
    pub fn advance(&self) -> usize {
        let at = self.at.get();
        self.at.set(at + 1);
        at
    }

    /// Where the iterator is in a hash table of `len` entries, which `what` names: the low half of the number. The high
    /// half is one more than the number of entries when the iterator began.
    ///
    /// # Errors
    /// `RuntimeError` if the number of entries has changed since.
    #[cfg(all(feature = "python", target_pointer_width = "64"))]
    #[inline]
    pub(crate) fn place(&self, vm: &Vm, len: usize, what: &str) -> Res<usize> {
        let at = self.at.get();
        match at >> 32 {
            0 => self.at.set((len + 1) << 32 | at),
            before if before == len + 1 => {}
            _ => return Err(vm.runtime_error(format_args!("{what} changed size during iteration"))),
        }
        Ok(at & 0xffff_ffff)
    }

    /// Moves the iterator to entry number `place` of a hash table.
    #[cfg(all(feature = "python", target_pointer_width = "64"))]
    #[inline]
    pub(crate) fn set_place(&self, place: usize) {
        self.at.set(self.at.get() >> 32 << 32 | place);
    }

    /// Where the iterator is in a hash table.
    #[cfg(not(all(feature = "python", target_pointer_width = "64")))]
    pub(crate) fn place(&self, _: &Vm, _: usize, _: &str) -> Res<usize> {
        Ok(self.at.get())
    }

    /// Moves the iterator to entry number `place` of a hash table.
    #[cfg(not(all(feature = "python", target_pointer_width = "64")))]
    pub(crate) fn set_place(&self, place: usize) {
        self.at.set(place);
    }

    /// The next item, or `None` at the end.
    ///
    /// # Errors
    /// What making the item raises.
    #[inline]
    pub fn next(&self, vm: &Vm) -> Res<Option<Obj>> {
        (self.next)(vm, self)
    }
}

fn next(vm: &Vm, iterator: Obj) -> Res<Option<Obj>> {
    match iterator.downcast::<Iter>() {
        Some(iter) => iter.next(vm),
        None => Ok(None),
    }
}
