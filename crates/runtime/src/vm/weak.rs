//! Weak references: knowing an object without keeping it.
//!
//! An object that wants to know has a [`Weak`] inside, where the address of its target is hidden from the collector. The table of
//! those that are set is looked through in each collection, when everything that can be reached has been.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ptr::NonNull;

use super::Vm;
use crate::error::Res;
use crate::heap::Collection;
use crate::obj::custom::{Custom, CustomType};
use crate::object::Gc;
use crate::ops::print::Stderr;
use crate::word::Obj;

/// The target of a weak reference, if it has one that lives.
#[derive(Default)]
pub struct Weak {
    /// The complement of the target's word; 0 for none.
    hidden: Cell<usize>,
}

impl Weak {
    /// The target.
    pub fn get(&self) -> Option<Obj> {
        match self.hidden.get() {
            0 => None,
            // SAFETY: the word was a value's, and a collection that frees its object clears the cell.
            hidden => unsafe { Obj::from_bits(!hidden) },
        }
    }
}

/// An object that refers to another weakly.
pub trait Watcher: CustomType {
    /// Whether it is kept for as long as its target lives.
    const KEPT: bool;

    /// Where it has its reference.
    fn weak(&self) -> &Weak;

    /// Is called when its target is gone, if it is still there itself.
    ///
    /// # Errors
    /// Whatever it raises is reported, and goes no further.
    fn gone(vm: &Vm, watcher: Gc<Custom<Self>>) -> Res<()>;
}

/// A watcher whose reference is set.
struct Entry {
    weak: NonNull<Weak>,
    watcher: NonNull<u8>,
    kept: bool,
    gone: fn(&Vm, NonNull<u8>) -> Res<()>,
}

/// The watchers of an interpreter, in the order in which they began.
#[derive(Default)]
pub(crate) struct Watchers {
    watching: RefCell<Vec<Entry>>,
    /// Those whose targets are gone, and that do not know it yet.
    bereft: RefCell<Vec<Entry>>,
    /// Whether some are being told; the others wait for their turn.
    telling: Cell<bool>,
}

impl Watchers {
    /// Keeps those that are kept whatever happens.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        let (watching, bereft) = (self.watching.borrow(), self.bereft.borrow());
        for entry in watching.iter().filter(|entry| entry.kept).chain(bereft.iter()) {
            collection.keep(entry.watcher.as_ptr().addr());
        }
    }

    /// Clears the references to what is about to be freed.
    pub fn clear(&self, collection: &Collection<'_>) {
        let mut bereft = self.bereft.borrow_mut();
        self.watching.borrow_mut().retain_mut(|entry| {
            // SAFETY: it lies in the watcher, which has not been freed yet.
            let weak = unsafe { entry.weak.as_ref() };
            let target = NonNull::new(core::ptr::without_provenance_mut::<u8>(!weak.hidden.get()));
            let watcher_lives = collection.is_alive(entry.watcher);
            if watcher_lives && target.is_none_or(|target| collection.is_alive(target)) {
                return true;
            }
            weak.hidden.set(0);
            if watcher_lives {
                bereft.push(Entry { ..*entry });
            }
            false
        });
    }

    /// The next watcher to be told: first those that are kept, and the youngest first.
    fn next_bereft(&self) -> Option<Entry> {
        let mut bereft = self.bereft.borrow_mut();
        let at = bereft.iter().rposition(|entry| entry.kept).or(bereft.len().checked_sub(1))?;
        Some(bereft.remove(at))
    }
}

impl Vm {
    /// Sets the reference of `watcher` to `target`, and answers whether that is possible: whether it is an object that may be freed.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn watch<T: Watcher>(&self, watcher: Gc<Custom<T>>, target: Obj) -> Res<bool> {
        let Some(header) = target.as_header().filter(|header| self.heap().size_of(header.cast()) > 0) else {
            return Ok(false);
        };
        self.unwatch(watcher);
        let mut watching = self.watchers.watching.borrow_mut();
        let bereft = self.watchers.bereft.borrow().len();
        // A collection must not need memory: there is room for all of them to be told.
        let room = watching.try_reserve(1).and_then(|()| {
            let more = watching.len() + 1;
            self.watchers.bereft.borrow_mut().try_reserve(bereft + more)
        });
        if room.is_err() {
            return Err(self.memory_error(size_of::<Entry>()));
        }
        let weak = watcher.weak();
        weak.hidden.set(!header.addr().get());
        watching.push(Entry {
            weak: NonNull::from_ref(weak),
            watcher: watcher.as_ptr().cast(),
            kept: T::KEPT,
            // SAFETY: the function is called with the watcher of this entry, while that is kept.
            gone: |vm, watcher| T::gone(vm, unsafe { Gc::from_ptr(watcher.cast()) }),
        });
        Ok(true)
    }

    /// Clears the reference of `watcher`, which is not told of anything any more.
    pub fn unwatch<T: Watcher>(&self, watcher: Gc<Custom<T>>) {
        if watcher.weak().hidden.replace(0) != 0 {
            let watcher = watcher.as_ptr().cast();
            self.watchers.watching.borrow_mut().retain(|entry| entry.watcher != watcher);
        }
    }

    /// Tells watchers whose targets are gone.
    pub(crate) fn tell_watchers(&self) -> Res<()> {
        if self.watchers.telling.replace(true) {
            return Ok(());
        }
        let mut result = Ok(());
        while result.is_ok()
            && let Some(entry) = self.watchers.next_bereft()
        {
            if let Err(raised) = (entry.gone)(self, entry.watcher) {
                if self.is_abort(self.peek_exception(&raised)) {
                    result = Err(raised);
                    continue;
                }
                let exception = self.take_exception(raised);
                result = self
                    .print_fmt(&mut Stderr, format_args!("Unhandled exception in weakref callback:\n"))
                    .and_then(|()| self.print_exception(&mut Stderr, exception));
            }
        }
        self.watchers.telling.set(false);
        result
    }
}
