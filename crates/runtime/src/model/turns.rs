//! The state of the global lock and of parked threads.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicUsize};
use core::time::Duration;

use crate::heap::Collection;
use crate::host::{Monitor, Threads};
use crate::model::args::Args;
use crate::model::error::Res;
use crate::model::thread::Thread;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The global lock of an interpreter. Its numbers change only inside of its monitors.
pub(crate) struct GlobalLock {
    /// For threads that are ready to run. Each draws a number, and runs when that is served.
    pub(crate) turns: Box<dyn Monitor>,
    pub(crate) drawn: AtomicUsize,
    pub(crate) served: AtomicUsize,
    /// For threads that wait for another to do something.
    pub events: Box<dyn Monitor>,
    /// Threads that have been started and have not ended.
    pub(crate) alive: AtomicUsize,
    /// Whether they are to end.
    pub(crate) stopping: AtomicBool,
}

impl GlobalLock {
    /// A lock that the caller has.
    pub(crate) fn new(host: &dyn Threads) -> GlobalLock {
        GlobalLock {
            turns: host.monitor(),
            drawn: AtomicUsize::new(1),
            served: AtomicUsize::new(0),
            events: host.monitor(),
            alive: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn acquire(&self) {
        let mut own = None;
        self.turns.wait_until(None, &mut || {
            let own = *own.get_or_insert_with(|| self.drawn.fetch_add(1, Relaxed));
            self.served.load(Relaxed) == own
        });
    }

    pub(crate) fn release(&self) {
        self.turns.update(&mut || {
            self.served.fetch_add(1, Relaxed);
        });
    }

    /// Whether another thread is ready, asked by the one that runs.
    pub(crate) fn is_wanted(&self) -> bool {
        self.drawn.load(Relaxed).wrapping_sub(self.served.load(Relaxed)) > 1
    }

    /// Whether threads that wait are to give up.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Relaxed)
    }
}

/// What a thread has for being parked.
pub(crate) struct Parking {
    /// Where the machine stack in use begins, while the thread is parked; else 0.
    pub(crate) low: Cell<usize>,
    /// Where the thread is kept while it is parked.
    pub(crate) place: Cell<*const Thread>,
    /// How often it has locked the heap, while it is parked.
    pub(crate) heap_locks: Cell<usize>,
    /// Whether the program has started it.
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
    /// Exchanges this for another thread's.
    pub fn swap(&self, other: &Parking) {
        let Parking { low, place, heap_locks, is_started } = self;
        low.swap(&other.low);
        place.swap(&other.place);
        heap_locks.swap(&other.heap_locks);
        is_started.swap(&other.is_started);
    }
}

/// What an interpreter has for taking turns.
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
                // until it has the lock, which is ours.
                unsafe { collection.scan(core::ptr::with_exposed_provenance(low), (high - low) / size_of::<usize>()) };
            }
        }
    }

    pub(crate) fn lock(&self) -> Option<Arc<GlobalLock>> {
        self.lock.borrow().clone()
    }

    /// A place for a thread's state: valid until [`Turns::remove`].
    pub(crate) fn add(&self, thread: Thread) -> *const Thread {
        let thread = Rc::new(thread);
        let place = Rc::as_ptr(&thread);
        thread.parking.place.set(place);
        self.parked.borrow_mut().push(thread);
        place
    }

    pub(crate) fn remove(&self, place: *const Thread) {
        self.parked.borrow_mut().retain(|thread| Rc::as_ptr(thread) != place);
    }
}

/// Turns of threads under the global lock.
pub trait TakeTurns {
    /// The host with its threads, if it has them.
    fn host_threads(&self) -> Option<&dyn Threads>;

    /// Sets the bytes of machine stack of threads that are started from now on, 0 for the usual size; answers what was
    /// set before.
    fn set_thread_stack_size(&self, bytes: usize) -> usize;

    /// Waits until `ready` answers `true`, which is asked after each [`Vm::notify`], no longer than `timeout`: its last
    /// answer.
    ///
    /// # Errors
    /// As [`Poll::poll`](crate::model::events::Poll::poll).
    fn wait_for(&self, timeout: Option<Duration>, ready: impl FnMut() -> bool + Send) -> Res<bool>;

    /// Runs `change`, then has threads in [`Vm::wait_for`] ask again.
    fn notify(&self, change: impl FnMut());

    /// Starts a thread that calls `function`: its number.
    ///
    /// # Errors
    /// `OSError` if the host starts none, and `MemoryError`.
    fn start_thread(&self, function: Obj, args: Args<'_>) -> Res<usize>;
}

/// The threads of an interpreter, which end with this.
pub(crate) struct ThreadsEnd<'a>(pub &'a Vm);
