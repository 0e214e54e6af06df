//! The global lock: threads of Python take turns at running the interpreter.
//!
//! A thread has the lock while it runs, and hands it over when it waits for something outside ([`Vm::unlocked`]), and
//! every so often when it looks for events. Until a program starts a thread, or makes something that threads wait for,
//! there is no lock.
//!
//! A thread that does not have its turn is *parked*: its `Thread` is in a place of its own among the interpreter's
//! `parked`, and its registers are on its machine stack, so that a collection by another thread finds all that it
//! holds. The thread that runs has nothing in its place but an empty `Thread`.

use alloc::boxed::Box;
use core::sync::atomic::Ordering::Relaxed;
use core::time::Duration;

use crate::data::exception::Exceptions;
use crate::errno;
use crate::host::{Host, Threads};
use crate::model::args::Args;
use crate::model::error::{Raise, Res};
use crate::model::events::{NAP, Poll, poll_soon};
use crate::model::frame::Stacks;
use crate::model::layout::{List, Tuple};
use crate::model::machine_stack::with_registers_in_memory;
use crate::model::printer::Style;
use crate::model::steps::choose_dispatch;
use crate::model::sync::{Arc, add};
use crate::model::thread::Thread;
use crate::model::turns::{GlobalLock, TakeTurns, ThreadsEnd};
use crate::model::unlock::Unlock;
use crate::model::vm::{Vm, World};
use crate::model::word::Obj;
use crate::obj::exception;
use crate::ops::call::Call;
use crate::ops::print::{Print, Stderr};

/// How many times a thread looks at pending events before it hands over its turn.
const LOOKS_PER_TURN: u8 = 16;

impl Unlock for Vm {
    fn unlocked<R: Send>(&self, work: impl FnOnce(&dyn Host) -> R + Send) -> R {
        let host = self.host();
        match self.turns.lock() {
            Some(lock) => parked(self, &lock, || work(host)),
            None => work(host),
        }
    }
}

impl TakeTurns for Vm {
    fn host_threads(&self) -> Option<&dyn Threads> {
        match &self.world {
            World::Own(_) => None,
            World::Shared(host) => Some(&**host),
        }
    }

    fn set_thread_stack_size(&self, bytes: usize) -> usize {
        self.turns.stack_size.replace(bytes)
    }

    fn wait_for(&self, timeout: Option<Duration>, mut ready: impl FnMut() -> bool + Send) -> Res<bool> {
        let Some(lock) = global_lock(self) else { return Ok(ready()) };
        // Interrupts are for the main thread, which therefore looks for them.
        let is_main = is_main_thread(self);
        let mut left = timeout;
        loop {
            let nap = if is_main { Some(left.map_or(NAP, |left| left.min(NAP))) } else { left };
            let mut answer = false;
            parked(self, &lock, || {
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

    fn notify(&self, mut change: impl FnMut()) {
        match self.turns.lock() {
            Some(lock) => lock.events.update(&mut change),
            None => change(),
        }
    }

    fn start_thread(&self, function: Obj, args: Args<'_>) -> Res<usize> {
        let (Some(host), Some(lock)) = (self.host_threads(), global_lock(self)) else {
            return Err(self.os_error(errno::AGAIN));
        };
        if lock.is_stopping() {
            return Err(self.os_error(errno::AGAIN));
        }
        let sizes = host.stack_sizes();
        let stack_size = self.turns.stack_size.get();
        let stack_size = if stack_size == 0 { share(self).min(sizes.usual) } else { stack_size };
        let stacks = ThreadStacks {
            machine: stack_size.max(sizes.least),
            left: sizes.left,
            words: stack_words(self).min(sizes.words),
        };
        let call = List::new(self, &[function, Obj::small_int_wrapping(args.n_pos() as isize)])?;
        for word in args.words() {
            call.append(self, *word)?;
        }
        let call = Tuple::of_list(self, &call)?;
        let thread = new_thread(self, stacks)?;
        thread.parking.is_started.set(true);
        thread.locals.set(self.thread.locals.get());
        thread.result.set(Some(call.obj()));
        let Some(place) = self.turns.add(thread) else {
            stacks.give_back(self);
            return Err(self.memory_error(size_of::<Thread>()));
        };
        add(&lock.alive, 1);
        // As many are alive as have a place, at most.
        let spawn = || {
            let start = Start { vm: self, place, lock: Arc::clone(&lock), stacks };
            host.spawn(stacks.machine, Box::new(move || start.run()))
        };
        let spawned = match spawn() {
            Err(errno::NO_MEMORY) if self.release_regions() => spawn(),
            spawned => spawned,
        };
        spawned.map_err(|errno| {
            self.turns.remove(place);
            stacks.give_back(self);
            add(&lock.alive, usize::MAX);
            self.os_error(errno)
        })
    }
}

/// Words of each of the two stacks of a new thread: as many as the main thread's stacks have, unless both together take
/// more than a small part of the heap.
fn stack_words(vm: &Vm) -> usize {
    /// The least number of words.
    const LEAST: usize = 1 << 11;
    vm.limits.value_stack.min((share(vm) / Stacks::bytes(1)).max(LEAST))
}

/// The bytes of the heap's limit that a thread's stacks of one kind may take.
fn share(vm: &Vm) -> usize {
    const PART: usize = 16;
    vm.heap.reach() / PART
}

/// The stacks of a thread: bytes of the machine's, and how many of these are not for built-ins; and words of each of the
/// interpreter's two.
#[derive(Clone, Copy)]
struct ThreadStacks {
    machine: usize,
    left: usize,
    words: usize,
}

impl ThreadStacks {
    /// Counts the stacks to the heap's limit. False if there is no room for them.
    fn take(self, vm: &Vm) -> bool {
        let is_taken = vm.take_outside(Stacks::bytes(self.words));
        let are_both = is_taken && vm.take_beside(self.machine);
        if is_taken && !are_both {
            vm.heap.give_back_outside(Stacks::bytes(self.words));
        }
        are_both
    }

    fn give_back(self, vm: &Vm) {
        vm.heap.give_back_outside(Stacks::bytes(self.words));
        vm.heap.give_back_beside(self.machine);
    }
}

/// A thread with these stacks, which count to the heap's limit.
fn new_thread(vm: &Vm, stacks: ThreadStacks) -> Res<Thread> {
    let no_memory = || vm.memory_error(stacks.machine.saturating_add(Stacks::bytes(stacks.words)));
    if !stacks.take(vm) {
        return Err(no_memory());
    }
    let new = || Thread::new(stacks.words, stacks.words);
    new().or_else(|| if vm.release_regions() { new() } else { None }).ok_or_else(|| {
        stacks.give_back(vm);
        no_memory()
    })
}

/// The global lock, made now if need be; `None` if the host has no threads.
pub(crate) fn global_lock(vm: &Vm) -> Option<Arc<GlobalLock>> {
    let host = vm.host_threads()?;
    if let Some(lock) = vm.turns.lock() {
        return Some(lock);
    }
    // There is one.
    let lock = Arc::new(GlobalLock::new(host));
    vm.thread.parking.place.set(vm.turns.add(Thread::new(0, 0)?)?);
    vm.turns.lock.replace(Some(Arc::clone(&lock)));
    Some(lock)
}

/// Whether a program has started threads.
pub(crate) fn has_threads(vm: &Vm) -> bool {
    vm.turns.lock.borrow().is_some()
}

/// Runs `work` without the lock.
fn parked<R>(vm: &Vm, lock: &GlobalLock, work: impl FnOnce() -> R) -> R {
    let place = vm.thread.parking.place.get();
    with_registers_in_memory(|low| {
        leave(vm, place, low);
        lock.release();
        let value = work();
        lock.acquire();
        take_place(vm, place, lock);
        value
    })
}

/// Parks the running thread, whose machine stack is in use from `low` on.
fn leave(vm: &Vm, place: *const Thread, low: usize) {
    vm.thread.parking.low.set(low);
    vm.thread.parking.heap_locks.set(vm.heap.exchange_locks(0));
    // SAFETY: the place of a thread is there until the thread ends, and only the thread that has the lock looks at
    // places.
    vm.thread.swap(unsafe { &*place });
}

/// Makes the thread at `place` the running one.
fn take_place(vm: &Vm, place: *const Thread, lock: &GlobalLock) {
    // SAFETY: as in `leave`.
    vm.thread.swap(unsafe { &*place });
    vm.thread.parking.low.set(0);
    vm.heap.exchange_locks(vm.thread.parking.heap_locks.get());
    choose_dispatch(vm);
    vm.turns.looks.set(0);
    if lock.is_stopping() {
        poll_soon(vm);
    }
}

/// Lets other threads run if it is time for a change of turns.
pub(crate) fn give_way(vm: &Vm) {
    let Some(lock) = vm.turns.lock() else { return };
    vm.turns.looks.set(vm.turns.looks.get() + 1);
    // Who waits for time or input has the processor, too, only between turns.
    if vm.turns.looks.get() >= LOOKS_PER_TURN || lock.shares_processor {
        vm.turns.looks.set(0);
        if lock.is_wanted() && !vm.thread.holds_events.get() {
            parked(vm, &lock, || ());
        }
    }
}

/// Checks that the running thread may go on.
///
/// # Errors
/// An exception that nothing handles, if the thread is to end.
pub(crate) fn check_end_of_threads(vm: &Vm) -> Res<()> {
    match &*vm.turns.lock.borrow() {
        Some(lock) if lock.is_stopping() && !is_main_thread(vm) => Err(vm.abort(format_args!("end of program"))),
        _ => Ok(()),
    }
}

/// Whether the running thread is the one that entered the interpreter.
pub(crate) fn is_main_thread(vm: &Vm) -> bool {
    !vm.thread.parking.is_started.get()
}

/// Runs a started thread: makes the call that `start_thread` has left in the thread's result.
fn run_thread(vm: &Vm) {
    let call = vm.take_result().downcast::<Tuple>();
    let Some([function, n_pos, words @ ..]) = call.as_ref().map(|call| call.items()) else { return };
    let n_pos = n_pos.as_small_int().unwrap_or_default() as usize;
    let Err(raised) = vm.call_with(*function, Args::new(words, n_pos)) else { return };
    let exception = vm.take_exception(raised);
    if vm.matches(exception, &exception::SYSTEM_EXIT) || vm.is_abort(exception) {
        return;
    }
    if let Err(raised) = report_in_thread(vm, *function, exception) {
        let _ = vm.take_exception(raised);
    }
}

fn report_in_thread(vm: &Vm, function: Obj, exception: Obj) -> Res<()> {
    let out = &mut Stderr;
    vm.print_fmt(out, format_args!("Unhandled exception in thread started by "))?;
    vm.print(out, function, Style::Repr)?;
    vm.print_fmt(out, format_args!("\n"))?;
    vm.print_exception(out, exception)
}

/// Tells all threads but the main one, which runs, to end, and waits until they have ended.
fn end_threads(vm: &Vm) {
    let Some(lock) = vm.turns.lock() else { return };
    lock.events.update(&mut || lock.stopping.store(true, Relaxed));
    parked(vm, &lock, || lock.events.wait_until(None, &mut || lock.alive.load(Relaxed) == 0));
    vm.turns.lock.replace(None);
    vm.turns.remove(vm.thread.parking.place.replace(core::ptr::null()));
}

impl Drop for ThreadsEnd<'_> {
    fn drop(&mut self) {
        end_threads(self.0);
    }
}

/// What a thread of the host is started with.
struct Start {
    vm: *const Vm,
    place: *const Thread,
    lock: Arc<GlobalLock>,
    stacks: ThreadStacks,
}

// SAFETY: the interpreter is used by the thread that has the lock, so by one thread at a time, and the lock orders what
// threads do. The interpreter neither moves nor goes before all threads have ended: `Vm::enter`, from which threads are
// started, waits for their end. Of what the interpreter refers to, the host and the source of memory are `Sync` by
// their types, and all else is the interpreter's own. A place, too, is looked at only by the thread that has the lock.
unsafe impl Send for Start {}

impl Start {
    fn run(self) {
        self.lock.acquire();
        // SAFETY: the interpreter is there until this thread has ended, which `Ending` notes below.
        let vm = unsafe { &*self.vm };
        take_place(vm, self.place, &self.lock);
        let ending = Ending(&self, vm);
        vm.on_machine_stack(self.stacks.machine.saturating_sub(self.stacks.left), run_thread);
        drop(ending);
    }
}

/// Ends a thread, on every way out of `Start::run`.
struct Ending<'a>(&'a Start, &'a Vm);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let Ending(start, vm) = self;
        leave(vm, start.place, 0);
        vm.turns.remove(start.place);
        start.stacks.give_back(vm);
        start.lock.release();
        // From here on the interpreter may be gone.
        start.lock.events.update(&mut || {
            add(&start.lock.alive, usize::MAX);
        });
    }
}
