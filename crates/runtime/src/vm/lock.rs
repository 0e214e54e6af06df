//! The global lock: threads of Python take turns at running the interpreter.
//!
//! A thread has the lock while it runs, and hands it over when it waits for something outside ([`Vm::unlocked`]), and every so often when it
//! looks for events. Until a program starts a thread, or makes something that threads wait for, there is no lock.
//!
//! A thread that does not have its turn is *parked*: its [`Thread`] is in a place of its own among the interpreter's `parked`, and its
//! registers are on its machine stack, so that a collection by another thread finds all that it holds. The thread that runs has
//! nothing in its place but an empty `Thread`.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use core::time::Duration;

use super::events::NAP;
use super::machine_stack::with_registers_in_memory;
use super::thread::Thread;
use super::{Vm, World};
use crate::args::Args;
use crate::error::Res;
use crate::heap::Collection;
use crate::host::{Host, Monitor, Threads};
use crate::obj::exception;
use crate::obj::list::List;
use crate::obj::tuple::Tuple;
use crate::ops::print::{Stderr, Style};
use crate::word::Obj;

/// Looks at pending events between two changes of turns.
const LOOKS_PER_TURN: u8 = 16;

/// Machine stack of a thread, in bytes: what it gets if it asks for nothing, and the least that it gets.
const STACK_SIZE: usize = 1 << 20;
const LEAST_STACK_SIZE: usize = 256 << 10;

/// How much of it is left for the host, and for what built-ins do without asking.
const STACK_LEFT: usize = 64 << 10;

/// The global lock of an interpreter. Its numbers change only inside of its monitors.
pub(crate) struct GlobalLock {
    /// For threads that are ready to run. Each draws a number, and runs when that is served.
    turns: Box<dyn Monitor>,
    drawn: AtomicUsize,
    served: AtomicUsize,
    /// For threads that wait for another to do something.
    pub events: Box<dyn Monitor>,
    /// Threads that have been started and have not ended.
    alive: AtomicUsize,
    /// Whether they are to end.
    stopping: AtomicBool,
}

impl GlobalLock {
    /// A lock that the caller has.
    fn new(host: &dyn Threads) -> GlobalLock {
        GlobalLock {
            turns: host.monitor(),
            drawn: AtomicUsize::new(1),
            served: AtomicUsize::new(0),
            events: host.monitor(),
            alive: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        }
    }

    fn acquire(&self) {
        let mut own = None;
        self.turns.wait_until(None, &mut || {
            let own = *own.get_or_insert_with(|| self.drawn.fetch_add(1, Relaxed));
            self.served.load(Relaxed) == own
        });
    }

    fn release(&self) {
        self.turns.update(&mut || {
            self.served.fetch_add(1, Relaxed);
        });
    }

    /// Whether another thread is ready, asked by the one that runs.
    fn is_wanted(&self) -> bool {
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
    low: Cell<usize>,
    /// Where the thread is kept while it is parked.
    place: Cell<*const Thread>,
    /// How often it has locked the heap, while it is parked.
    heap_locks: Cell<usize>,
    /// Whether the program has started it.
    is_started: Cell<bool>,
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
    lock: RefCell<Option<Arc<GlobalLock>>>,
    /// The places of all threads, the main one's first.
    parked: RefCell<Vec<Rc<Thread>>>,
    looks: Cell<u8>,
    /// Bytes of machine stack that programs want threads to have; 0 for the usual size.
    stack_size: Cell<usize>,
}

impl Turns {
    /// Keeps what parked threads refer to, their machine stacks included.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for thread in self.parked.borrow().iter() {
            thread.keep(collection);
            let (low, high) = (thread.parking.low.get(), thread.stack_base.get());
            if low != 0 && high > low {
                // SAFETY: between these addresses are the frames of a thread that is parked; it changes none of them until it has
                // the lock, which is ours.
                unsafe { collection.scan(core::ptr::with_exposed_provenance(low), (high - low) / size_of::<usize>()) };
            }
        }
    }

    fn lock(&self) -> Option<Arc<GlobalLock>> {
        self.lock.borrow().clone()
    }

    /// A place for a thread's state: valid until [`Turns::remove`].
    fn add(&self, thread: Thread) -> *const Thread {
        let thread = Rc::new(thread);
        let place = Rc::as_ptr(&thread);
        thread.parking.place.set(place);
        self.parked.borrow_mut().push(thread);
        place
    }

    fn remove(&self, place: *const Thread) {
        self.parked.borrow_mut().retain(|thread| Rc::as_ptr(thread) != place);
    }
}

impl Vm {
    /// The host with its threads, if it has them.
    pub fn host_threads(&self) -> Option<&dyn Threads> {
        match &self.world {
            World::Own(_) => None,
            World::Shared(host) => Some(&**host),
        }
    }

    /// The global lock, made now if need be; `None` if the host has no threads.
    pub(crate) fn global_lock(&self) -> Option<Arc<GlobalLock>> {
        let host = self.host_threads()?;
        if let Some(lock) = self.turns.lock() {
            return Some(lock);
        }
        let lock = Arc::new(GlobalLock::new(host));
        self.thread.parking.place.set(self.turns.add(Thread::new(0)?));
        self.turns.lock.replace(Some(Arc::clone(&lock)));
        Some(lock)
    }

    /// Whether a program has started threads.
    pub(crate) fn has_threads(&self) -> bool {
        self.turns.lock.borrow().is_some()
    }

    /// Runs `work`, which waits for something outside, and lets other threads run meanwhile. It cannot touch the interpreter, nor
    /// hold its values.
    pub fn unlocked<R: Send>(&self, work: impl FnOnce(&dyn Host) -> R + Send) -> R {
        let host = self.host();
        match self.turns.lock() {
            Some(lock) => self.parked(&lock, || work(host)),
            None => work(host),
        }
    }

    /// Runs `work` without the lock.
    fn parked<R>(&self, lock: &GlobalLock, work: impl FnOnce() -> R) -> R {
        let place = self.thread.parking.place.get();
        with_registers_in_memory(|low| {
            self.leave(place, low);
            lock.release();
            let value = work();
            lock.acquire();
            self.take_place(place, lock);
            value
        })
    }

    /// Parks the running thread, whose machine stack is in use from `low` on.
    fn leave(&self, place: *const Thread, low: usize) {
        self.thread.parking.low.set(low);
        self.thread.parking.heap_locks.set(self.heap.exchange_locks(0));
        // SAFETY: the place of a thread is there until it ends, and only who has the lock looks at it.
        self.thread.swap(unsafe { &*place });
    }

    /// Makes the thread at `place` the running one.
    fn take_place(&self, place: *const Thread, lock: &GlobalLock) {
        // SAFETY: as in `leave`.
        self.thread.swap(unsafe { &*place });
        self.thread.parking.low.set(0);
        self.heap.exchange_locks(self.thread.parking.heap_locks.get());
        self.choose_dispatch();
        self.turns.looks.set(0);
        if lock.is_stopping() {
            self.poll_soon();
        }
    }

    /// Lets other threads run if it is time for that.
    pub(crate) fn give_way(&self) {
        let Some(lock) = self.turns.lock() else { return };
        self.turns.looks.set(self.turns.looks.get() + 1);
        if self.turns.looks.get() >= LOOKS_PER_TURN {
            self.turns.looks.set(0);
            if lock.is_wanted() && !self.thread.holds_events.get() {
                self.parked(&lock, || ());
            }
        }
    }

    /// Checks that the running thread may go on.
    ///
    /// # Errors
    /// An exception that nothing handles, if the thread is to end.
    pub(crate) fn check_end_of_threads(&self) -> Res<()> {
        match &*self.turns.lock.borrow() {
            Some(lock) if lock.is_stopping() && !self.is_main_thread() => {
                Err(self.abort(format_args!("end of program")))
            }
            _ => Ok(()),
        }
    }

    /// Whether the running thread is the one that entered the interpreter.
    pub(crate) fn is_main_thread(&self) -> bool {
        !self.thread.parking.is_started.get()
    }

    /// Sets the bytes of machine stack of threads that are started from now on, 0 for the usual size; answers what was set before.
    pub fn set_thread_stack_size(&self, bytes: usize) -> usize {
        self.turns.stack_size.replace(bytes)
    }

    /// Waits until `ready` answers `true`, which is asked after each [`Vm::notify`], no longer than `timeout`: its last answer.
    ///
    /// # Errors
    /// As [`Vm::poll`].
    pub fn wait_for(&self, timeout: Option<Duration>, mut ready: impl FnMut() -> bool + Send) -> Res<bool> {
        let Some(lock) = self.global_lock() else { return Ok(ready()) };
        // Interrupts are for the main thread, which therefore looks for them.
        let is_main = self.is_main_thread();
        let mut left = timeout;
        loop {
            let nap = if is_main { Some(left.map_or(NAP, |left| left.min(NAP))) } else { left };
            let mut answer = false;
            self.parked(&lock, || {
                lock.events.wait_until(nap, &mut || {
                    answer = ready();
                    answer || lock.is_stopping()
                })
            });
            if answer {
                return Ok(true);
            }
            self.poll()?;
            left = left.map(|left| left.saturating_sub(nap.unwrap_or(left)));
            if left == Some(Duration::ZERO) {
                return Ok(false);
            }
        }
    }

    /// Runs `change`, then has threads in [`Vm::wait_for`] ask again.
    pub fn notify(&self, mut change: impl FnMut()) {
        match self.turns.lock() {
            Some(lock) => lock.events.update(&mut change),
            None => change(),
        }
    }

    /// Starts a thread that calls `function`: its number.
    ///
    /// # Errors
    /// `OSError` if the host starts none, and `MemoryError`.
    pub fn start_thread(&self, function: Obj, args: Args<'_>) -> Res<usize> {
        const EAGAIN: i32 = 11;
        let (Some(host), Some(lock)) = (self.host_threads(), self.global_lock()) else {
            return Err(self.os_error(EAGAIN));
        };
        if lock.is_stopping() {
            return Err(self.os_error(EAGAIN));
        }
        let stack_size = self.turns.stack_size.get();
        let stack_size = if stack_size == 0 { STACK_SIZE } else { stack_size.max(LEAST_STACK_SIZE) };
        let call = List::new(self, &[function, Obj::small_int_wrapping(args.n_pos() as isize)])?;
        for word in args.words() {
            call.append(self, *word)?;
        }
        let call = Tuple::of_list(self, &call)?;
        let words = self.limits.value_stack;
        let thread = Thread::new(words).ok_or_else(|| self.memory_error(words.saturating_mul(size_of::<usize>())))?;
        thread.parking.is_started.set(true);
        thread.locals.set(self.thread.locals.get());
        thread.result.set(Some(call.obj()));
        let place = self.turns.add(thread);
        lock.alive.fetch_add(1, Relaxed);
        let start = Start { vm: self, place, lock: Arc::clone(&lock), stack_size };
        host.spawn(stack_size, Box::new(move || start.run())).map_err(|errno| {
            self.turns.remove(place);
            lock.alive.fetch_sub(1, Relaxed);
            self.os_error(errno)
        })
    }

    /// What a thread does: the call that waits in its place.
    fn run_thread(&self) {
        let call = self.take_result().downcast::<Tuple>();
        let Some([function, n_pos, words @ ..]) = call.as_ref().map(|call| call.items()) else { return };
        let n_pos = n_pos.as_small_int().unwrap_or_default() as usize;
        let Err(raised) = self.call_with(*function, Args::new(words, n_pos)) else { return };
        let exception = self.take_exception(raised);
        if self.matches(exception, &exception::SYSTEM_EXIT) || self.is_abort(exception) {
            return;
        }
        if let Err(raised) = self.report_in_thread(*function, exception) {
            let _ = self.take_exception(raised);
        }
    }

    fn report_in_thread(&self, function: Obj, exception: Obj) -> Res<()> {
        let out = &mut Stderr;
        self.print_fmt(out, format_args!("Unhandled exception in thread started by "))?;
        self.print(out, function, Style::Repr)?;
        self.print_fmt(out, format_args!("\n"))?;
        self.print_exception(out, exception)
    }

    /// Ends all threads but the main one, which runs, and waits for that.
    fn end_threads(&self) {
        let Some(lock) = self.turns.lock() else { return };
        lock.events.update(&mut || lock.stopping.store(true, Relaxed));
        self.parked(&lock, || lock.events.wait_until(None, &mut || lock.alive.load(Relaxed) == 0));
        self.turns.lock.replace(None);
        self.turns.remove(self.thread.parking.place.replace(core::ptr::null()));
    }
}

/// The threads of an interpreter, which end with this.
pub(super) struct ThreadsEnd<'a>(pub &'a Vm);

impl Drop for ThreadsEnd<'_> {
    fn drop(&mut self) {
        self.0.end_threads();
    }
}

/// What a thread of the host is started with.
struct Start {
    vm: *const Vm,
    place: *const Thread,
    lock: Arc<GlobalLock>,
    stack_size: usize,
}

// SAFETY: the interpreter is used by whichever thread has the lock, and by one at a time; the lock orders what they do. It does not move
// nor go before all threads have ended, as `Vm::enter`, from which threads are started, waits for that. Of what it refers to,
// the host is `Sync` by its type, the source of memory too, and all else is its own. A place is likewise
// looked at by who has the lock.
unsafe impl Send for Start {}

impl Start {
    fn run(self) {
        self.lock.acquire();
        // SAFETY: it is there until this thread has ended, which is below.
        let vm = unsafe { &*self.vm };
        vm.take_place(self.place, &self.lock);
        let ending = Ending(&self, vm);
        vm.on_machine_stack(self.stack_size - STACK_LEFT, Vm::run_thread);
        drop(ending);
    }
}

/// Ends a thread, on every way out of it.
struct Ending<'a>(&'a Start, &'a Vm);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let Ending(start, vm) = self;
        vm.leave(start.place, 0);
        vm.turns.remove(start.place);
        start.lock.release();
        // From here on the interpreter may be gone.
        start.lock.events.update(&mut || {
            start.lock.alive.fetch_sub(1, Relaxed);
        });
    }
}
