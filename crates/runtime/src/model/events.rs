//! Events that wait to be looked at, and the counters that say when they are.

use core::cell::Cell;
use core::fmt;
use core::time::Duration;

use crate::heap::Collection;
use crate::model::error::{Raised, Res};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Calls and backward jumps between two looks at pending events.
pub(crate) const TICKS: u32 = 1024;

/// Units of work between two looks at pending events: some microseconds.
pub(crate) const SLICE: usize = 1024;

/// Bytes that are copied, compared or searched in the time of a unit of work.
pub(crate) const BYTES_PER_UNIT: usize = 64;

/// The most scheduled calls that can wait at once.
pub(crate) const MAX_SCHEDULED: usize = 4;

/// The longest time that a thread sleeps without looking at events.
pub(crate) const NAP: Duration = Duration::from_millis(20);

/// The same where a source of calls is asked, whose calls may be due at any time.
pub(crate) const SHORT_NAP: Duration = Duration::from_millis(1);

/// Events that wait to be looked at.
pub(crate) struct Events {
    /// Calls and backward jumps until the next look at pending events.
    pub(crate) ticks: Cell<u32>,
    /// How often events have been looked at because no tick was left, or earlier.
    #[cfg(berus_tier)]
    pub(crate) rounds: Cell<u32>,
    /// Units of work that are left of the current slice of [`SLICE`].
    pub(crate) work: Cell<usize>,
    /// Calls that `micropython.schedule` asked for, function and argument of each. The first `n_scheduled` entries are
    /// filled.
    pub(crate) scheduled: [Cell<Option<(Obj, Obj)>>; MAX_SCHEDULED],
    pub(crate) n_scheduled: Cell<usize>,
    /// What else has calls that wait, if somebody has said so.
    pub(crate) source: Cell<Option<CallSource>>,
    /// Whether a scheduled call runs, so that no other may.
    pub(crate) is_calling: Cell<bool>,
    /// Whether the program has asked to be interrupted.
    pub(crate) interrupt: Cell<bool>,
    /// The time by the host's clock when the program's time is over; `None` without a limit.
    pub(crate) deadline: Cell<Option<Duration>>,
}

/// Answers the call that waits longest, function and argument, if one waits.
pub type CallSource = fn(&Vm) -> Res<Option<(Obj, Obj)>>;

/// What a program may use up before it is ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How many bytecode instructions, counted exactly, and units of the [work](Vm::work) that built-ins do, counted by
    /// the thousand. `None` for any number. Counting makes running slower.
    pub instructions: Option<u64>,
    /// How much time by the clock that the host must have; `None` for any. The clock is looked at about every thousand
    /// calls, backward jumps or units of work.
    pub time: Option<Duration>,
}

impl Default for Events {
    fn default() -> Events {
        Events {
            ticks: Cell::new(TICKS),
            #[cfg(berus_tier)]
            rounds: Cell::new(0),
            work: Cell::new(SLICE),
            scheduled: [const { Cell::new(None) }; MAX_SCHEDULED],
            n_scheduled: Cell::new(0),
            source: Cell::new(None),
            is_calling: Cell::new(false),
            interrupt: Cell::new(false),
            deadline: Cell::new(None),
        }
    }
}

impl Events {
    /// Keeps what the waiting calls refer to.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        for (function, arg) in self.scheduled.iter().filter_map(Cell::get) {
            collection.keep(function.bits());
            collection.keep(arg.bits());
        }
    }

    /// Takes `units` units from the slice of work, and answers whether so many were left.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn take_work(&self, units: usize) -> bool {
        match self.work.get().checked_sub(units) {
            Some(left) => {
                self.work.set(left);
                true
            }
            None => false,
        }
    }

    /// Takes the call that has waited longest.
    pub(crate) fn next_call(&self) -> Option<(Obj, Obj)> {
        let call = self.scheduled[0].take()?;
        for pair in self.scheduled.windows(2) {
            pair[0].set(pair[1].take());
        }
        self.n_scheduled.set(self.n_scheduled.get() - 1);
        Some(call)
    }
}

/// What happens between instructions.
pub trait Poll {
    /// Counts `units` units of work that a built-in does, before the work or in pieces during it, so that neither
    /// limits nor an interrupt have to wait for its end. A unit takes about as long as a bytecode instruction: an item
    /// of a container, a word of a large int; see also [`Vm::work_on_bytes`]. Counting a unit costs three machine
    /// instructions.
    ///
    /// When a slice of work is used up, interrupts and limits are looked at. Nothing else runs meanwhile, no code of
    /// the program and no other thread, so the caller may hold references to what such code could change.
    ///
    /// ```
    /// use berus_runtime::model::events::Poll;
    /// use berus_runtime::model::error::Res;
    /// use berus_runtime::model::layout::List;
    /// use berus_runtime::model::vm::Vm;
    /// use berus_runtime::model::word::Obj;
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
    fn work(&self, units: usize) -> Res<()>;

    /// [`Vm::work`] for copying, comparing or searching `bytes` bytes.
    ///
    /// # Errors
    /// As [`Vm::work`].
    fn work_on_bytes(&self, bytes: usize) -> Res<()>;

    /// As [`Vm::work`], for built-ins that let other code run meanwhile: scheduled calls, finalisers and other threads
    /// have their turn.
    ///
    /// # Errors
    /// As [`Vm::poll`].
    fn work_in_turns(&self, units: usize) -> Res<()>;

    /// Looks at pending events. Built-ins that wait or take long call this.
    ///
    /// # Errors
    /// `KeyboardInterrupt` if the host was interrupted; an exception that nothing handles if the program is to end.
    fn poll(&self) -> Res<()>;

    /// Has `source` asked for calls whenever events are looked at and none wait that were scheduled: a library's timers.
    fn set_call_source(&self, source: CallSource);

    /// Schedules a call of `function` with `arg`, to be made soon, between two instructions.
    ///
    /// # Errors
    /// `RuntimeError` if too many calls wait.
    fn schedule(&self, function: Obj, arg: Obj) -> Res<()>;

    /// Sets whether the running thread holds events back: whether neither scheduled calls nor other threads have their
    /// turn between its instructions. Answers what was set before. While the thread waits for the outside world, other
    /// threads run all the same.
    fn hold_events(&self, hold: bool) -> bool;

    /// Has `KeyboardInterrupt` raised soon, between two instructions.
    fn schedule_interrupt(&self);

    /// The time by the host's clock; always the same without one.
    fn now(&self) -> Duration;

    /// Checks that the host has a clock, before a wait for a time to pass.
    ///
    /// # Errors
    /// `OSError` with `EOPNOTSUPP` if the host has no clock: the wait would not end.
    fn check_clock(&self) -> Res<()>;

    /// Waits for `time`, looking at pending events meanwhile.
    ///
    /// # Errors
    /// As [`Vm::poll`], and, unless `time` is zero, as [`Vm::check_clock`].
    fn sleep(&self, time: Duration) -> Res<()>;

    /// Limits what programs may use up from now on. A budget that is used up raises an exception that no handler of a
    /// program sees, again and again until another budget is set.
    ///
    /// ```
    /// use berus_runtime::import::source::Compile;
    /// use berus_runtime::model::events::Poll;
    /// use berus_runtime::heap::{GlobalRegions, Heap};
    /// use berus_runtime::host::Silent;
    /// use berus_runtime::model::vm::{Budget, Limits, Vm};
    ///
    /// // SAFETY: the code below keeps the contract of raw words.
    /// let vm = unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
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
    /// [`NoClock`] if the budget limits time and the host has no clock; the former budget stays in force.
    fn set_budget(&self, budget: Budget) -> Result<(), NoClock>;

    /// What is left of the budget.
    fn budget_left(&self) -> Budget;

    /// Raises an exception with `message` that no handler of a program sees, and that so ends the program.
    fn abort(&self, message: fmt::Arguments<'_>) -> Raised;

    /// Whether `exception` is an exception from [`Vm::abort`].
    fn is_abort(&self, exception: Obj) -> bool;
}

/// Counts a call or backward jump, and answers whether it is time to [`poll`](Vm::poll).
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn tick(vm: &Vm) -> bool {
    match vm.events.ticks.get() {
        0 => true,
        left => {
            vm.events.ticks.set(left - 1);
            false
        }
    }
}

/// Has the next call or backward jump look at pending events.
pub(crate) fn poll_soon(vm: &Vm) {
    vm.events.ticks.set(0);
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
