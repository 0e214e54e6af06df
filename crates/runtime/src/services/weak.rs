//! Weak references: knowing an object without keeping it.
//!
//! An object that refers to another weakly has a [`Weak`] inside, in which the address of its target is hidden from the
//! collector. Each collection looks through the table of all set references after it has marked every object that can
//! be reached.

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
        let mut watching = self.watchers.watching.borrow_mut();
        let bereft = self.watchers.bereft.borrow().len();
        // A collection must not need memory: there is room to note all watchers as bereft.
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
