//! What happens between instructions: interrupts, calls that the program has scheduled, limits of its budget, and the turns of threads.
//!
//! A call and a backward jump each count down a number; when that is used up, [`Vm::poll`] looks at all of these. Built-ins count the work that
//! they do, since one call may take long: [`Vm::work`]. When a slice of work is used up, what may end the program is looked at in the middle of
//! the built-in, and all else at the next call or jump.

use core::cell::Cell;
use core::fmt;
use core::time::Duration;

use super::Vm;
use crate::errno::UNSUPPORTED;
use crate::error::{Raised, Res};
use crate::heap::Collection;
use crate::obj::exception;
use crate::object::Gc;
use crate::ops::print::Stderr;
use crate::word::Obj;

/// Calls and backward jumps between two looks at pending events.
const TICKS: u32 = 1024;

/// Units of work between two looks at pending events: some microseconds.
const SLICE: usize = 1024;

/// Bytes that are copied, compared or searched in the time of a unit of work.
const BYTES_PER_UNIT: usize = 64;

/// Most calls that wait at once.
const MAX_SCHEDULED: usize = 4;

/// Longest that a thread sleeps without looking at events.
pub(crate) const NAP: Duration = Duration::from_millis(20);

/// Units of work that a nap counts as.
const NAP_WORK: usize = 64;

/// Events that wait to be looked at.
pub(crate) struct Events {
    /// Calls and backward jumps until the next look.
    ticks: Cell<u32>,
    /// Units of work that are left of the slice.
    work: Cell<usize>,
    /// Calls that `micropython.schedule` asked for, the first `n_scheduled` of these: function and argument.
    scheduled: [Cell<Option<(Obj, Obj)>>; MAX_SCHEDULED],
    n_scheduled: Cell<usize>,
    /// Whether such a call runs, so that no other may.
    is_calling: Cell<bool>,
    /// Whether the program has asked to be interrupted.
    interrupt: Cell<bool>,
    /// When the program's time is over.
    deadline: Cell<Option<Duration>>,
}

/// What a program may use up before it is ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Bytecode instructions, counted exactly, and units of the [work](Vm::work) that built-ins do, counted by the thousand. Counting makes running
    /// slower.
    pub instructions: Option<u64>,
    /// Time by the host's clock, which there must be. It is looked at every thousand calls, backward jumps or units of work, or so.
    pub time: Option<Duration>,
}

/// Why a [`Budget`] cannot hold: it limits time, and the host has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoClock;

impl fmt::Display for NoClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has no clock by which to limit time")
    }
}

impl core::error::Error for NoClock {}

impl Default for Events {
    fn default() -> Events {
        Events {
            ticks: Cell::new(TICKS),
            work: Cell::new(SLICE),
            scheduled: [const { Cell::new(None) }; MAX_SCHEDULED],
            n_scheduled: Cell::new(0),
            is_calling: Cell::new(false),
            interrupt: Cell::new(false),
            deadline: Cell::new(None),
        }
    }
}

impl Events {
    /// Keeps what the calls that wait refer to.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for (function, arg) in self.scheduled.iter().filter_map(Cell::get) {
            collection.keep(function.bits());
            collection.keep(arg.bits());
        }
    }

    /// Takes `units` from the slice of work: whether there were so many left.
    #[inline(always)]
    fn take_work(&self, units: usize) -> bool {
        match self.work.get().checked_sub(units) {
            Some(left) => {
                self.work.set(left);
                true
            }
            None => false,
        }
    }

    /// Takes the call that has waited longest.
    fn next_call(&self) -> Option<(Obj, Obj)> {
        let call = self.scheduled[0].take()?;
        for pair in self.scheduled.windows(2) {
            pair[0].set(pair[1].take());
        }
        self.n_scheduled.set(self.n_scheduled.get() - 1);
        Some(call)
    }
}

impl Vm {
    /// Counts a call or backward jump: whether it is time to [`poll`](Vm::poll).
    #[inline(always)]
    pub(crate) fn tick(&self) -> bool {
        match self.events.ticks.get() {
            0 => true,
            left => {
                self.events.ticks.set(left - 1);
                false
            }
        }
    }

    /// Counts work that a built-in does, before it is done or in pieces while it is, so that neither limits nor an interrupt have to wait for its end. A
    /// unit is what takes about as long as a bytecode instruction: an item of a container, a word of a large int; see also
    /// [`Vm::work_on_bytes`]. Counting a unit costs three machine instructions.
    ///
    /// When a slice of work is used up, interrupts and limits are looked at. Nothing else runs meanwhile, no code of the program and no
    /// other thread, so whoever calls this may hold what such code could change.
    ///
    /// ```
    /// use berus_runtime::error::Res;
    /// use berus_runtime::obj::list::List;
    /// use berus_runtime::vm::Vm;
    /// use berus_runtime::word::Obj;
    ///
    /// fn sum_of_small_ints(vm: &Vm, list: &List) -> Res<isize> {
    ///     let mut sum = 0isize;
    ///     for item in list.items() {
    ///         vm.work(1)?;
    ///         sum = sum.wrapping_add(item.get().as_small_int().unwrap_or(0));
    ///     }
    ///     Ok(sum)
    /// }
    /// ```
    ///
    /// # Errors
    /// `KeyboardInterrupt` if the host was interrupted; an exception that nothing handles if the program is to end.
    #[inline(always)]
    pub fn work(&self, units: usize) -> Res<()> {
        if self.events.take_work(units) { Ok(()) } else { self.look_amid_work(units) }
    }

    /// [`Vm::work`] for copying, comparing or searching `bytes` bytes.
    ///
    /// # Errors
    /// As [`Vm::work`].
    #[inline(always)]
    pub fn work_on_bytes(&self, bytes: usize) -> Res<()> {
        self.work(bytes / BYTES_PER_UNIT)
    }

    /// As [`Vm::work`], where other code may run in between: scheduled calls, finalisers and other threads have their turn.
    ///
    /// # Errors
    /// As [`Vm::poll`].
    #[inline(always)]
    pub fn work_in_turns(&self, units: usize) -> Res<()> {
        if self.events.take_work(units) { Ok(()) } else { self.poll_amid_work(units) }
    }

    /// [`Vm::work`] for what cannot fail: if a slice is used up, the next work, call or jump looks at pending events.
    #[inline(always)]
    pub(crate) fn spend_work(&self, units: usize) {
        if !self.events.take_work(units) {
            self.overspend_work(units);
        }
    }

    /// [`Vm::work_on_bytes`] for what cannot fail, as [`Vm::spend_work`].
    #[inline(always)]
    pub(crate) fn spend_work_on_bytes(&self, bytes: usize) {
        self.spend_work(bytes / BYTES_PER_UNIT);
    }

    /// Takes all that is left of a slice, and charges what `units` are more.
    #[cold]
    #[inline(never)]
    fn overspend_work(&self, units: usize) {
        let left = self.events.work.replace(0);
        self.charge_instructions(units.saturating_sub(left) as u64);
        self.poll_soon();
    }

    #[cold]
    #[inline(never)]
    fn look_amid_work(&self, units: usize) -> Res<()> {
        self.end_slice(units);
        self.poll_soon();
        self.check_limits()
    }

    #[cold]
    #[inline(never)]
    fn poll_amid_work(&self, units: usize) -> Res<()> {
        self.end_slice(units);
        self.poll()
    }

    /// Begins another slice of work, where `units` were more than was left.
    #[cold]
    fn end_slice(&self, units: usize) {
        let done = SLICE - self.events.work.replace(SLICE);
        self.charge_instructions((done as u64).saturating_add(units as u64));
    }

    /// Has the next call or backward jump look at pending events.
    pub(crate) fn poll_soon(&self) {
        self.events.ticks.set(0);
    }

    /// Looks at pending events: call this in whatever waits or takes long.
    ///
    /// # Errors
    /// `KeyboardInterrupt` if the host was interrupted; an exception that nothing handles if the program is to end.
    #[cold]
    #[inline(never)]
    pub fn poll(&self) -> Res<()> {
        let events = &self.events;
        events.ticks.set(TICKS);
        #[cfg(feature = "threads")]
        self.give_way();
        self.check_limits()?;
        self.finalise_dead();
        self.tell_watchers()?;
        if events.is_calling.get() || self.thread.holds_events.get() {
            return Ok(());
        }
        if events.interrupt.take() {
            return Err(self.interrupted());
        }
        match events.next_call() {
            Some((function, arg)) => self.run_scheduled(function, arg),
            None => Ok(()),
        }
    }

    /// Looks at what may end the program.
    ///
    /// # Errors
    /// As [`Vm::work`].
    fn check_limits(&self) -> Res<()> {
        self.check_instructions()?;
        if self.events.deadline.get().is_some_and(|deadline| self.now() >= deadline) {
            self.poll_soon();
            return Err(self.abort(format_args!("time limit exceeded")));
        }
        #[cfg(feature = "threads")]
        self.check_end_of_threads()?;
        if self.is_main_thread() && self.host().interrupted() {
            return Err(self.interrupted());
        }
        Ok(())
    }

    fn interrupted(&self) -> Raised {
        self.error_with(&exception::KEYBOARD_INTERRUPT, &[])
    }

    /// Has `function` called with `arg` soon, between two instructions.
    ///
    /// # Errors
    /// `RuntimeError` if too many calls wait.
    pub fn schedule(&self, function: Obj, arg: Obj) -> Res<()> {
        let events = &self.events;
        let Some(place) = events.scheduled.get(events.n_scheduled.get()) else {
            return Err(self.runtime_error(format_args!("schedule queue full")));
        };
        place.set(Some((function, arg)));
        events.n_scheduled.set(events.n_scheduled.get() + 1);
        self.poll_soon();
        Ok(())
    }

    /// Sets whether the running thread holds events back: whether neither scheduled calls nor other threads have their turn between its
    /// instructions. Answers what was set before. Where it waits for the outside, other threads run all the same.
    pub fn hold_events(&self, hold: bool) -> bool {
        self.poll_soon();
        self.thread.holds_events.replace(hold)
    }

    /// Has `KeyboardInterrupt` raised soon, between two instructions.
    pub fn schedule_interrupt(&self) {
        self.events.interrupt.set(true);
        self.poll_soon();
    }

    /// Makes a scheduled call. Those that it schedules wait until it is done; what it raises is reported and goes no further.
    fn run_scheduled(&self, function: Obj, arg: Obj) -> Res<()> {
        let events = &self.events;
        events.is_calling.set(true);
        let result = self.call(function, &[arg]);
        events.is_calling.set(false);
        if events.n_scheduled.get() > 0 || events.interrupt.get() {
            self.poll_soon();
        }
        let Err(raised) = result else { return Ok(()) };
        if self.is_abort(self.peek_exception(&raised)) {
            return Err(raised);
        }
        let exception = self.take_exception(raised);
        self.print_exception(&mut Stderr, exception)
    }

    /// The time by the host's clock; always the same without one.
    pub fn now(&self) -> Duration {
        self.host().monotonic().unwrap_or_default()
    }

    /// Checks that the host has a clock, where something is to wait for a time to pass.
    ///
    /// # Errors
    /// `OSError` with `EOPNOTSUPP` if it has none: the wait would not end.
    pub fn check_clock(&self) -> Res<()> {
        match self.host().monotonic() {
            Some(_) => Ok(()),
            None => Err(self.os_error(UNSUPPORTED)),
        }
    }

    /// Waits for `time`, looking at pending events meanwhile.
    ///
    /// # Errors
    /// As [`Vm::poll`], and, unless `time` is zero, as [`Vm::check_clock`].
    pub fn sleep(&self, time: Duration) -> Res<()> {
        self.poll()?;
        if time.is_zero() {
            self.unlocked(|host| host.sleep(Duration::ZERO));
            return Ok(());
        }
        self.check_clock()?;
        let end = self.now().saturating_add(time);
        loop {
            let left = end.saturating_sub(self.now());
            if left.is_zero() {
                return Ok(());
            }
            let nap = left.min(NAP);
            self.unlocked(move |host| host.sleep(nap));
            // A clock may stand still.
            self.work(NAP_WORK)?;
            self.poll()?;
        }
    }

    /// Limits what programs may use up from now on; what is used up raises an exception that no handler of a program sees, and raises it again
    /// until another budget is set.
    ///
    /// ```
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::vm::{Budget, Limits, Vm};
    ///
    /// let vm = Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()).unwrap();
    /// vm.set_budget(Budget { instructions: Some(10_000), ..Budget::default() }).unwrap();
    /// vm.enter(|vm| {
    ///     let source = b"while True:\n  try: pass\n  finally: continue";
    ///     let raised = vm.run_source(source, b"endless.py").unwrap_err();
    ///     let exception = vm.take_exception(raised);
    ///     assert!(vm.is_abort(exception));
    /// });
    /// ```
    ///
    /// # Errors
    /// [`NoClock`] if there is a time in it and the host has no clock; the budget is as before.
    pub fn set_budget(&self, budget: Budget) -> Result<(), NoClock> {
        let deadline = match budget.time {
            Some(time) => Some(self.host().monotonic().ok_or(NoClock)?.saturating_add(time)),
            None => None,
        };
        self.events.deadline.set(deadline);
        self.count_instructions(budget.instructions);
        self.events.work.set(SLICE);
        self.poll_soon();
        Ok(())
    }

    /// Raises an exception that no handler of a program sees, and that so ends it.
    #[cold]
    pub fn abort(&self, message: fmt::Arguments<'_>) -> Raised {
        self.error(&exception::ABORT, message)
    }

    /// Whether `exception` is one from [`Vm::abort`].
    pub fn is_abort(&self, exception: Obj) -> bool {
        self.type_of(exception) == Gc::from_static(&exception::ABORT)
    }
}
