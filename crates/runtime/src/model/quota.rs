//! Memory outside of the heap, and long work that asks whether to go on: what an interpreter grants to code that reads,
//! verifies or compiles for it.

use core::cell::Cell;

use berus_mpy::memory::{Grantor, Stop};

use crate::model::error::{Raise, Raised};
use crate::model::events::Poll;
use crate::model::vm::Vm;
use crate::model::work::spend_work;

/// The grants of an interpreter to a piece of work: memory within the limit of the heap, for as long as the other
/// limits and the user let the work go on.
pub struct Grants<'v> {
    vm: &'v Vm,
    /// The exception that ends the work.
    raised: Cell<Option<Raised>>,
    /// How many bytes were asked for last.
    asked: Cell<usize>,
}

impl Vm {
    /// The grants to a new piece of work, for its [`Quota`](berus_mpy::memory::Quota).
    ///
    /// ```
    /// use berus_mpy::memory::Quota;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::model::protocols::Classes;
    /// use berus_runtime::model::vm::{Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
    /// vm.enter(|vm| {
    ///     let grants = vm.grants();
    ///     let quota = Quota::new(&grants);
    ///     let stop = quota.with_capacity::<u8>(2 << 20).unwrap_err();
    ///     let exception = vm.take_exception(grants.raise(stop));
    ///     assert_eq!(vm.type_name(exception), "MemoryError");
    /// });
    /// ```
    pub fn grants(&self) -> Grants<'_> {
        Grants { vm: self, raised: Cell::new(None), asked: Cell::new(0) }
    }

    /// Counts `bytes` bytes that are about to be allocated outside of the heap to the heap's limit, after a collection
    /// if need be. Answers whether they are within the limit.
    /// [`Heap::give_back_outside`](crate::heap::Heap::give_back_outside) takes them back.
    pub(crate) fn take_outside(&self, bytes: usize) -> bool {
        self.heap.take_outside(bytes) || {
            self.collect_if_allowed();
            self.heap.take_outside(bytes)
        }
    }

    /// Has the heap give back the regions that no object is in, for who has found no memory outside of the heap. Answers
    /// whether there was such a region.
    pub(crate) fn release_regions(&self) -> bool {
        self.heap.can_release() && {
            self.collect_if_allowed();
            self.heap.release_empty()
        }
    }

    /// As [`Vm::take_outside`], for memory [beside](crate::heap::Heap::take_beside) what shares the limit.
    #[cfg(feature = "threads")]
    pub(crate) fn take_beside(&self, bytes: usize) -> bool {
        self.heap.take_beside(bytes) || {
            self.collect_if_allowed();
            self.heap.take_beside(bytes)
        }
    }
}

impl Grants<'_> {
    /// The interpreter that grants.
    pub(crate) fn vm(&self) -> &Vm {
        self.vm
    }

    /// Raises the exception for `stop`, with which the work has ended: the one that interrupted it, or `MemoryError`.
    #[cold]
    pub fn raise(&self, stop: Stop) -> Raised {
        match (stop, self.raised.take()) {
            (Stop::Interrupted, Some(raised)) => raised,
            _ => self.vm.memory_error(self.asked.get()),
        }
    }
}

/// The interpreter grants memory only. Work that may take long asks [`Vm::grants`] instead, so that it can be ended.
impl Grantor for Vm {
    fn grant(&self, bytes: usize) -> bool {
        self.take_outside(bytes)
    }

    fn take_back(&self, bytes: usize) {
        self.heap.give_back_outside(bytes);
    }

    fn make_room(&self) -> bool {
        self.release_regions()
    }
}

impl Grantor for Grants<'_> {
    fn grant(&self, bytes: usize) -> bool {
        self.asked.set(bytes);
        self.vm.grant(bytes)
    }

    fn take_back(&self, bytes: usize) {
        self.vm.take_back(bytes);
    }

    fn make_room(&self) -> bool {
        self.vm.make_room()
    }

    fn goes_on(&self) -> bool {
        /// Steps of the work between two questions whether it goes on, counted as units of work.
        const STEPS: usize = 1024;
        match self.vm.work(STEPS) {
            Ok(()) => true,
            Err(raised) => {
                self.raised.set(Some(raised));
                false
            }
        }
    }

    fn spend(&self, steps: usize) {
        spend_work(self.vm, steps);
    }

    fn may_nest(&self) -> bool {
        !self.vm.is_deep()
    }
}
