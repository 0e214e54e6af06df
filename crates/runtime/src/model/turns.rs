//! The state of the global lock and of parked threads.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicUsize};
use core::time::Duration;

use crate::heap::Collection;
use crate::host::{Monitor, Threads};
use crate::model::args::Args;
use crate::model::error::Res;
use crate::model::sync::{Arc, add};
use crate::model::thread::Thread;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The global lock of an interpreter. Its numbers change only inside of its monitors.
pub(crate) struct GlobalLock {
    /// The monitor of the threads that are ready to run. Each draws a number, and runs when that number is served.
    pub(crate) turns: Box<dyn Monitor>,
    pub(crate) drawn: AtomicUsize,
    pub(crate) served: AtomicUsize,
    /// The monitor of the threads that wait for another thread to do something.
    pub events: Box<dyn Monitor>,
    /// Threads that have been started and have not ended.
    pub(crate) alive: AtomicUsize,
    /// Whether the threads are to end.
    pub(crate) stopping: AtomicBool,
    /// Whether others run only while the thread that has the lock waits.
    pub(crate) shares_processor: bool,
}

impl GlobalLock {
    /// A new lock, which the caller holds.
    pub(crate) fn new(host: &dyn Threads) -> GlobalLock {
        GlobalLock {
            turns: host.monitor(),
            drawn: AtomicUsize::new(1),
            served: AtomicUsize::new(0),
            events: host.monitor(),
            alive: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
            shares_processor: host.share_processor(),
        }
    }

    pub(crate) fn acquire(&self) {
        let mut own = None;
        self.turns.wait_until(None, &mut || {
            let own = *own.get_or_insert_with(|| add(&self.drawn, 1));
            self.served.load(Relaxed) == own
        });
    }

    pub(crate) fn release(&self) {
        self.turns.update(&mut || {
            add(&self.served, 1);
        });
    }

    /// Whether another thread is ready to run, or to look whether it is. The running thread asks this.
    pub(crate) fn is_wanted(&self) -> bool {
        self.shares_processor && self.alive.load(Relaxed) > 0
            || self.drawn.load(Relaxed).wrapping_sub(self.served.load(Relaxed)) > 1
    }

    /// Whether threads that wait are to give up.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }
}

/// The state of a thread that is needed while the thread is parked.
pub(crate) struct Parking {
    /// The lowest address of the machine stack in use, while the thread is parked; else 0.
    pub(crate) low: Cell<usize>,
    /// Where the thread is kept while it is parked.
    pub(crate) place: Cell<*const Thread>,
    /// How many locks of the heap are the thread's, while it is parked.
    pub(crate) heap_locks: Cell<usize>,
    /// Whether the program has started the thread.
    pub(crate) is_started: Cell<bool>,
}

impl Default for Parking {
    fn default() -> Parking {
        Parking {
            low: Cell::new(0),
            place: Cell::new(core::ptr::null()),
            heap_locks: Cell::new(0),
            is_started: Cell::new(false),
        }
    }
}

impl Parking {
    /// Exchanges this state for another thread's.
    pub fn swap(&self, other: &Parking) {
        let Parking { low, place, heap_locks, is_started } = self;
        low.swap(&other.low);
        place.swap(&other.place);
        heap_locks.swap(&other.heap_locks);
        is_started.swap(&other.is_started);
    }
}

/// The state of an interpreter whose threads take turns.
#[derive(Default)]
pub(crate) struct Turns {
    pub(crate) lock: RefCell<Option<Arc<GlobalLock>>>,
    /// The places of all threads, the main one's first.
    pub(crate) parked: RefCell<Vec<Rc<Thread>>>,
    pub(crate) looks: Cell<u8>,
    /// Bytes of machine stack that programs want threads to have; 0 for the usual size.
    pub(crate) stack_size: Cell<usize>,
}

impl Turns {
    /// Keeps what parked threads refer to, their machine stacks included.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for thread in self.parked.borrow().iter() {
            thread.keep(collection);
            let (low, high) = (thread.parking.low.get(), thread.stack_base.get());
            if low != 0 && high > low {
                // SAFETY: between these addresses are the frames of a thread that is parked; it changes none of them
                // until it has the lock, which the collecting thread holds.
                unsafe { collection.scan(core::ptr::with_exposed_provenance(low), (high - low) / size_of::<usize>()) };
            }
        }
    }

    pub(crate) fn lock(&self) -> Option<Arc<GlobalLock>> {
        self.lock.borrow().clone()
    }

    /// A place for a thread's state, if there is memory: valid until [`Turns::remove`]. There are no more places than
    /// the heap's limit has room for stacks, and one takes some hundred bytes beside those.
    pub(crate) fn add(&self, thread: Thread) -> Option<*const Thread> {
        let mut parked = self.parked.borrow_mut();
        parked.try_reserve(1).ok()?;
        let thread = Rc::new(thread);
        let place = Rc::as_ptr(&thread);
        thread.parking.place.set(place);
        parked.push(thread);
        Some(place)
    }

    pub(crate) fn remove(&self, place: *const Thread) {
        self.parked.borrow_mut().retain(|thread| Rc::as_ptr(thread) != place);
    }
}

/// Threads that take turns under the global lock.
pub trait TakeTurns {
    /// The host, if it has threads.
    fn host_threads(&self) -> Option<&dyn Threads>;

    /// Sets the bytes of machine stack of threads that are started from now on, 0 for the usual size; answers what was
    /// set before.
    fn set_thread_stack_size(&self, bytes: usize) -> usize;

    /// Waits until `ready` answers `true`, no longer than `timeout`, and answers whether it did. `ready` is asked at
    /// once and after each [`Vm::notify`].
    ///
    /// # Errors
    /// As [`Poll::poll`](crate::model::events::Poll::poll).
    fn wait_for(&self, timeout: Option<Duration>, ready: impl FnMut() -> bool + Send) -> Res<bool>;

    /// Runs `change`, then makes threads in [`Vm::wait_for`] ask again.
    fn notify(&self, change: impl FnMut());

    /// Starts a thread that calls `function` with `args`, and answers the thread's number.
    ///
    /// # Errors
    /// `OSError` if the host starts no thread, and `MemoryError`.
    fn start_thread(&self, function: Obj, args: Args<'_>) -> Res<usize>;
}

/// The end of an interpreter's threads: dropping this value ends them.
pub(crate) struct ThreadsEnd<'a>(pub &'a Vm);
