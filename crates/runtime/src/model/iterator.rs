//! Iterators over built-in containers: one type for all of them.
//!
//! A container's type says in its slot `items` how an iterator comes to its next item. Loops, of the interpreter and of
//! built-ins, keep such an iterator in their own memory ([`Each`](crate::model::each::Each),
//! `interpret/op/iterate.rs`); only `iter()` makes an object of it.

use core::cell::Cell;

use crate::model::error::{Raise, Res};
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

/// Half of the bits of a number, and the low ones.
const HALF: u32 = usize::BITS / 2;
const LOW: usize = (1 << HALF) - 1;

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

    /// Where the iterator is in a hash table of `len` entries that takes `places` places, and which `what` names: the low
    /// half of the number. The high half is one more than the number of entries when the iterator began, but for tables
    /// with more places than half a word can number, which may change.
    ///
    /// # Errors
    /// `RuntimeError` if the number of entries has changed since, with the feature `python`.
    #[inline]
    pub(crate) fn place(&self, vm: &Vm, len: usize, places: usize, what: &str) -> Res<usize> {
        let at = self.at.get();
        if cfg!(not(feature = "python")) || places >= LOW {
            return Ok(at);
        }
        match at >> HALF {
            0 => self.at.set((len + 1) << HALF | at),
            before if before == len + 1 => {}
            _ => return Err(vm.runtime_error(format_args!("{what} changed size during iteration"))),
        }
        Ok(at & LOW)
    }

    /// Moves the iterator to entry number `place` of a hash table.
    #[inline]
    pub(crate) fn set_place(&self, place: usize) {
        let high = if cfg!(not(feature = "python")) || place >= LOW { 0 } else { self.at.get() & !LOW };
        self.at.set(high | place);
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
