//! Threads of programs, which share the one processor: a thread goes on until it waits for something, and then the next has its
//! turn. Each has a machine stack of its own, in Rust's memory.
//!
//! The interpreter waits for its lock now and then, so that a program that never ends has the others run, too.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::arch::naked_asm;
use core::cell::{Cell, RefCell};
use core::time::Duration;

use berus_runtime::ThreadState;
use berus_runtime::errno::{Errno, NO_MEMORY};
use berus_runtime::host::Monitor;
use critical_section::Mutex;

use crate::chip::Chip;

/// How long the processor dozes at most while all threads wait.
const NAP: Duration = Duration::from_millis(1);

/// A thread.
struct Thread {
    number: usize,
    /// Its machine stack; none for the thread that there was at first.
    #[expect(dead_code, reason = "the thread runs on it")]
    stack: Stack,
    /// Where the machine stack is in use down to, while the thread does not run.
    pointer: Cell<*mut u32>,
    /// What is known of machine code that runs on the thread, while another thread runs.
    code: ThreadState,
    run: Cell<Option<Run>>,
}

/// A machine stack.
type Stack = Vec<Cell<u64>>;

/// What a thread runs.
type Run = Box<dyn FnOnce() + Send>;

impl Thread {
    fn new(number: usize, stack: Stack, pointer: *mut u32, run: Option<Run>) -> Rc<Thread> {
        let (pointer, run) = (Cell::new(pointer), Cell::new(run));
        Rc::new(Thread { number, stack, pointer, code: ThreadState::new(), run })
    }
}

/// All threads.
struct Threads {
    running: Option<Rc<Thread>>,
    /// The others, in the order of their turns.
    waiting: VecDeque<Rc<Thread>>,
    /// One that has ended, on whose stack the processor may still be.
    ended: Option<Rc<Thread>>,
    last_number: usize,
    /// How often something has changed that threads may wait for.
    changes: usize,
}

// SAFETY: there is one processor.
unsafe impl Send for Threads {}

static THREADS: Mutex<RefCell<Threads>> = Mutex::new(RefCell::new(Threads {
    running: None,
    waiting: VecDeque::new(),
    ended: None,
    last_number: FIRST,
    changes: 0,
}));

/// The number of the thread that there is at first.
const FIRST: usize = 1;

fn with<T>(act: impl FnOnce(&mut Threads) -> T) -> T {
    critical_section::with(|section| act(&mut THREADS.borrow_ref_mut(section)))
}

/// The number of the thread that runs.
pub fn current() -> usize {
    with(|threads| threads.running.as_ref().map_or(FIRST, |thread| thread.number))
}

/// Starts a thread that runs at the others' next wait: its number.
///
/// # Errors
/// `ENOMEM` if there is no memory for its stack.
pub fn spawn(stack_size: usize, run: Run) -> Result<usize, Errno> {
    let mut stack = Stack::new();
    let len = stack_size.div_ceil(size_of::<u64>());
    stack.try_reserve_exact(len).map_err(|_| NO_MEMORY)?;
    stack.resize_with(len, Cell::default);
    // What `change_stack` takes from the stack: registers, and where the thread begins.
    let pointer = stack.as_ptr_range().end.cast_mut().cast::<u32>().wrapping_sub(FRAME);
    let begin = begin as extern "C" fn() -> ! as usize as u32;
    // SAFETY: the stack has so much room.
    unsafe { pointer.wrapping_add(FRAME - 1).write(begin) };
    with(|threads| {
        // The running thread, and those that are there already, and this one.
        threads.waiting.try_reserve(2).map_err(|_| NO_MEMORY)?;
        threads.running.get_or_insert_with(|| Thread::new(FIRST, Stack::new(), core::ptr::null_mut(), None));
        threads.last_number += 1;
        let number = threads.last_number;
        threads.waiting.push_back(Thread::new(number, stack, pointer, Some(run)));
        Ok(number)
    })
}

/// Lets the other threads have their turns: how long the processor may doze before they want others, nothing if something has
/// changed that threads may wait for; `None` if there are no others.
pub fn pause() -> Option<Duration> {
    let change = with(|threads| {
        let next = threads.waiting.pop_front()?;
        let to = next.pointer.get();
        let before = threads.running.replace(next)?;
        let from = before.pointer.as_ptr();
        // SAFETY: the threads change with this.
        unsafe { before.code.exchange() };
        threads.waiting.push_back(before);
        Some((from, to, threads.changes))
    });
    let (from, to, changes) = change?;
    // SAFETY: the thread that runs is among those that wait, where it is noted, and the next one waits here, or has not begun.
    unsafe { change_stack(from, to) };
    go_on();
    let has_changed = with(|threads| threads.changes != changes);
    Some(if has_changed { Duration::ZERO } else { NAP })
}

/// What a thread does first when its turn has come.
fn go_on() {
    let ended = with(|threads| {
        if let Some(thread) = &threads.running {
            // SAFETY: the threads change with this.
            unsafe { thread.code.exchange() };
        }
        threads.ended.take()
    });
    drop(ended);
}

/// Runs a thread from its beginning to its end.
extern "C" fn begin() -> ! {
    go_on();
    let run = with(|threads| threads.running.as_ref().and_then(|thread| thread.run.take()));
    if let Some(run) = run {
        run();
    }
    loop {
        let to = with(|threads| {
            let next = threads.waiting.pop_front()?;
            let to = next.pointer.get();
            threads.ended = threads.running.replace(next);
            Some(to)
        });
        if let Some(to) = to {
            let mut from = core::ptr::null_mut();
            // SAFETY: the next thread waits in `pause`, or has not begun.
            unsafe { change_stack(&raw mut from, to) };
        }
    }
}

/// Words that [`change_stack`] takes from a stack.
const FRAME: usize = if cfg!(target_abi = "eabihf") { 25 } else { 9 };

/// Goes on with another stack, which is in use down to `to`, where this function was called on it; notes at `from` down to where this
/// one is.
///
/// # Safety
/// `to` is what the function has noted, or the frame of a thread that has not begun.
#[unsafe(naked)]
unsafe extern "C" fn change_stack(from: *mut *mut u32, to: *mut u32) {
    #[cfg(target_abi = "eabihf")]
    naked_asm!(
        "push {{r4-r11, lr}}",
        "vpush {{s16-s31}}",
        "str sp, [r0]",
        "mov sp, r1",
        "vpop {{s16-s31}}",
        "pop {{r4-r11, pc}}",
    );
    #[cfg(not(target_abi = "eabihf"))]
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r4-r7}}",
        "mov r2, sp",
        "str r2, [r0]",
        "mov sp, r1",
        "pop {{r4-r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4-r7, pc}}",
    );
}

/// What threads wait on for each other.
pub struct Waiting(pub &'static dyn Chip);

impl Monitor for Waiting {
    fn wait_until(&self, timeout: Option<Duration>, ready: &mut dyn FnMut() -> bool) -> bool {
        let chip = self.0;
        let end = timeout.map(|timeout| chip.now().saturating_add(timeout));
        loop {
            if ready() {
                return true;
            }
            let now = chip.now();
            if end.is_some_and(|end| now >= end) {
                return false;
            }
            let nap = pause().unwrap_or(NAP);
            if nap > Duration::ZERO {
                let nap = chip.now().saturating_add(nap);
                critical_section::with(|_| chip.doze(Some(end.map_or(nap, |end| end.min(nap)))));
            }
        }
    }

    fn update(&self, change: &mut dyn FnMut()) {
        change();
        with(|threads| threads.changes = threads.changes.wrapping_add(1));
        pause();
    }
}
