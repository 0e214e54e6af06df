//! Weak references: knowing an object without keeping it.
//!
//! An object that refers to another weakly has a [`Weak`] inside, in which the address of its target is hidden from the
//! collector. Each collection looks through the table of all set references after it has marked every object that can
//! be reached.

use alloc::vec::Vec;
use core::cell::RefCell;
use core::ptr::NonNull;

use crate::data::exception::Exceptions;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::object::Gc;
use crate::model::vm::Vm;
use crate::model::watchers::{Entry, Weak};
use crate::model::word::Obj;
use crate::obj::custom::{Custom, CustomType};
use crate::ops::print::{Print, Stderr};

/// An object that refers to another weakly.
pub trait Watcher: CustomType {
    /// Whether the watcher is kept alive for as long as its target lives.
    const KEPT: bool;

    /// The watcher's reference to its target.
    fn weak(&self) -> &Weak;

    /// Is called when the target of `watcher` is gone, if the watcher itself is still there.
    ///
    /// # Errors
    /// Whatever the watcher raises. The exception is reported and goes no further, unless it is one of [`Vm::abort`],
    /// which ends the program.
    fn gone(vm: &Vm, watcher: Gc<Custom<Self>>) -> Res<()>;
}

/// Objects that are watched for their end.
pub trait Watch {
    /// Sets the reference of `watcher` to `target` if `target` is an object that may be freed, and answers whether it
    /// is.
    ///
    /// # Errors
    /// `MemoryError`.
    fn watch<T: Watcher>(&self, watcher: Gc<Custom<T>>, target: Obj) -> Res<bool>;

    /// Clears the reference of `watcher`, which is not told of anything any more.
    fn unwatch<T: Watcher>(&self, watcher: Gc<Custom<T>>);
}

impl Watch for Vm {
    fn watch<T: Watcher>(&self, watcher: Gc<Custom<T>>, target: Obj) -> Res<bool> {
        let Some(header) = target.as_header().filter(|header| self.heap().size_of(header.cast()) > 0) else {
            return Ok(false);
        };
        self.unwatch(watcher);
        make_room(self)?;
        let weak = watcher.weak();
        weak.hidden.set(!header.addr().get());
        self.watchers.watching.borrow_mut().push(Entry {
            weak: NonNull::from_ref(weak),
            watcher: watcher.as_ptr().cast(),
            kept: T::KEPT,
            // SAFETY: the function is called with the watcher of this entry, while the watcher is kept.
            gone: |vm, watcher| T::gone(vm, unsafe { Gc::from_ptr(watcher.cast()) }),
        });
        Ok(true)
    }

    fn unwatch<T: Watcher>(&self, watcher: Gc<Custom<T>>) {
        if watcher.weak().hidden.replace(0) != 0 {
            let watcher = watcher.as_ptr().cast();
            self.watchers.watching.borrow_mut().retain(|entry| entry.watcher != watcher);
        }
    }
}

/// Makes room for one more watcher. The tables count to the heap's limit and do not become smaller again.
///
/// # Errors
/// `MemoryError`.
fn make_room(vm: &Vm) -> Res<()> {
    let (watching, bereft) = (&vm.watchers.watching, &vm.watchers.bereft);
    // A collection must not need memory: there is room for all of them to be told.
    let total = watching.borrow().len() + bereft.borrow().len();
    let (room, told_room) = (watching.borrow().capacity(), bereft.borrow().capacity());
    if total < room.min(told_room) {
        return Ok(());
    }
    let wanted = (2 * total).max(8);
    let bytes = (wanted.saturating_sub(room) + wanted.saturating_sub(told_room)) * size_of::<Entry>();
    if !vm.take_outside(bytes) {
        return Err(vm.memory_error(bytes));
    }
    // The collection that there may have been has moved entries from one table to the other.
    let reserve = |table: &RefCell<Vec<Entry>>| {
        let mut table = table.borrow_mut();
        let more = wanted.saturating_sub(table.len());
        table.try_reserve_exact(more)
    };
    reserve(watching).and_then(|()| reserve(bereft)).map_err(|_| {
        vm.heap.give_back_outside(bytes);
        vm.memory_error(bytes)
    })
}

/// Tells watchers whose targets are gone.
pub(crate) fn tell_watchers(vm: &Vm) -> Res<()> {
    if vm.watchers.telling.replace(true) {
        return Ok(());
    }
    let mut result = Ok(());
    while result.is_ok()
        && let Some(entry) = vm.watchers.next_bereft()
    {
        if let Err(raised) = (entry.gone)(vm, entry.watcher) {
            if vm.is_abort(vm.peek_exception(&raised)) {
                result = Err(raised);
                continue;
            }
            let exception = vm.take_exception(raised);
            result = vm
                .print_fmt(&mut Stderr, format_args!("Unhandled exception in weakref callback:\n"))
                .and_then(|()| vm.print_exception(&mut Stderr, exception));
        }
    }
    vm.watchers.telling.set(false);
    result
}
