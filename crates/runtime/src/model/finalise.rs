//! Objects that have something to do when they end: the contract, which `services` implements.

use core::ptr::NonNull;

use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Objects that have something to do when they end.
pub trait Finalise {
    /// Makes `object` an object on the heap. The slot `finalise` of its type is called before it is freed.
    ///
    /// # Errors
    /// `MemoryError`, in which case the slot is not called.
    fn alloc_finalised<T: Object>(&self, object: T) -> Res<Gc<T>>;

    /// Cancels the call of the slot `finalise` for `object`, which has given up what it held: the collection that finds
    /// the object dead frees it at once.
    fn forget_finaliser<T: Object>(&self, object: Gc<T>);

    /// Calls `run`, which may run Python code, and finalises nothing meanwhile. For code that uses what a finaliser
    /// needs, too: a file that dies needs its file system.
    fn put_off_finalisers<R>(&self, run: impl FnOnce() -> R) -> R;

    /// Finalises all objects, dead or not: nobody uses them any more. The end of a program is the time for it.
    fn finalise_all(&self);
}

/// Finalises the objects that collections have found dead, unless something [puts finalisers
/// off](Vm::put_off_finalisers). Answers whether something was finalised. A finaliser may run Python code, which must
/// not happen in the middle of an allocation, so a collection leaves this to the next look at pending events.
pub(crate) fn finalise_dead(vm: &Vm) -> bool {
    let mut is_any = false;
    while vm.finalisers_put_off.get() == 0
        && let Some(block) = vm.heap.next_to_finalise()
    {
        finalise(vm, block);
        is_any = true;
    }
    is_any
}

pub(crate) fn finalise(vm: &Vm, block: NonNull<u8>) {
    let header = block.cast::<Header>();
    // SAFETY: only blocks of objects are registered for finalisers, and an object begins with a header.
    if let Some(finalise) = unsafe { header.as_ref() }.ty().slots.finalise() {
        finalise(vm, Obj::from_header(header));
    }
}
