//! What happens between instructions: interrupts, calls that the program has scheduled, limits of its budget, and the
//! turns of threads.
//!
//! Calls and backward jumps count ticks down; when none is left, [`Vm::poll`] looks at all these things. Built-ins
//! count the work that they do, since one call may take long: [`Vm::work`]. When a slice of work is used up, what may
//! end the program is looked at in the middle of the built-in, and all else at the next call or jump.

use core::fmt;
use core::time::Duration;

use crate::data::exception::Exceptions;
use crate::errno::UNSUPPORTED;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::{
    BYTES_PER_UNIT, Budget, CallSource, NAP, NoClock, Poll, SHORT_NAP, SLICE, TICKS, poll_soon,
};
use crate::model::finalise::finalise_dead;
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::steps::{check_instructions, count_instructions, take_turn};
use crate::model::unlock::Unlock;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::model::work::end_slice;
use crate::obj::exception;
use crate::ops::call::Call;
use crate::ops::print::Stderr;
#[cfg(feature = "threads")]
use crate::services::lock::check_end_of_threads;
#[cfg(feature = "threads")]
use crate::services::lock::give_way;
use crate::services::lock::is_main_thread;
use crate::services::weak::tell_watchers;

/// Units of work that a nap counts as.
const NAP_WORK: usize = 64;

impl Poll for Vm {
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn work(&self, units: usize) -> Res<()> {
        if self.events.take_work(units) { Ok(()) } else { look_amid_work(self, units) }
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn work_on_bytes(&self, bytes: usize) -> Res<()> {
        self.work(bytes / BYTES_PER_UNIT)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn work_in_turns(&self, units: usize) -> Res<()> {
        if self.events.take_work(units) { Ok(()) } else { poll_amid_work(self, units) }
    }

    #[cold]
    #[inline(never)]
    fn poll(&self) -> Res<()> {
        let events = &self.events;
        events.ticks.set(TICKS);
        #[cfg(berus_tier)]
        count_round(self);
        take_turn(self);
        if events.work.get() == 0 {
            // Work that cannot fail has taken all of a slice, and left it to this look to begin another.
            end_slice(self, 0);
        }
        #[cfg(feature = "threads")]
        give_way(self);
        check_limits(self)?;
        finalise_dead(self);
        tell_watchers(self)?;
        if events.is_calling.get() || self.thread.holds_events.get() {
            return Ok(());
        }
        if events.interrupt.take() {
            return Err(interrupted(self));
        }
        match events.next_call() {
            Some((function, arg)) => run_scheduled(self, function, arg),
            None => events.source.get().map_or(Ok(()), |source| call_from(self, source)),
        }
    }

    fn set_call_source(&self, source: CallSource) {
        self.events.source.set(Some(source));
    }

    fn schedule(&self, function: Obj, arg: Obj) -> Res<()> {
        let events = &self.events;
        let Some(place) = events.scheduled.get(events.n_scheduled.get()) else {
            return Err(self.runtime_error(format_args!("schedule queue full")));
        };
        place.set(Some((function, arg)));
        events.n_scheduled.set(events.n_scheduled.get() + 1);
        poll_soon(self);
        Ok(())
    }

    fn hold_events(&self, hold: bool) -> bool {
        poll_soon(self);
        self.thread.holds_events.replace(hold)
    }

    fn schedule_interrupt(&self) {
        self.events.interrupt.set(true);
        poll_soon(self);
    }

    fn now(&self) -> Duration {
        self.host().monotonic().unwrap_or_default()
    }

    fn check_clock(&self) -> Res<()> {
        match self.host().monotonic() {
            Some(_) => Ok(()),
            None => Err(self.os_error(UNSUPPORTED)),
        }
    }

    fn sleep(&self, time: Duration) -> Res<()> {
        self.poll()?;
        if time.is_zero() {
            self.unlocked(|host| host.sleep(Duration::ZERO));
            return Ok(());
        }
        self.check_clock()?;
        let end = self.now().saturating_add(time);
        let nap = if self.events.source.get().is_some() { SHORT_NAP } else { NAP };
        loop {
            let left = end.saturating_sub(self.now());
            if left.is_zero() {
                return Ok(());
            }
            let nap = left.min(nap);
            self.unlocked(move |host| host.sleep(nap));
            // A clock may stand still.
            self.work(NAP_WORK)?;
            self.poll()?;
        }
    }

    fn set_budget(&self, budget: Budget) -> Result<(), NoClock> {
        let deadline = match budget.time {
            Some(time) => Some(self.host().monotonic().ok_or(NoClock)?.saturating_add(time)),
            None => None,
        };
        self.events.deadline.set(deadline);
        count_instructions(self, budget.instructions);
        self.events.work.set(SLICE);
        Ok(())
    }

    fn budget_left(&self) -> Budget {
        let time = self.events.deadline.get().map(|deadline| deadline.saturating_sub(self.now()));
        Budget { instructions: self.steps.left.get(), time }
    }

    #[cold]
    fn abort(&self, message: fmt::Arguments<'_>) -> Raised {
        self.error(&exception::ABORT, message)
    }

    fn is_abort(&self, exception: Obj) -> bool {
        self.type_of(exception) == Gc::from_static(&exception::ABORT)
    }
}

#[cold]
#[inline(never)]
fn look_amid_work(vm: &Vm, units: usize) -> Res<()> {
    end_slice(vm, units);
    poll_soon(vm);
    check_limits(vm)
}

#[cold]
#[inline(never)]
fn poll_amid_work(vm: &Vm, units: usize) -> Res<()> {
    end_slice(vm, units);
    vm.poll()
}

/// Looks at what may end the program.
///
/// # Errors
/// As [`Vm::work`].
fn check_limits(vm: &Vm) -> Res<()> {
    check_instructions(vm)?;
    if vm.events.deadline.get().is_some_and(|deadline| vm.now() >= deadline) {
        poll_soon(vm);
        return Err(vm.abort(format_args!("time limit exceeded")));
    }
    #[cfg(feature = "threads")]
    check_end_of_threads(vm)?;
    if is_main_thread(vm) && vm.host().interrupted() {
        return Err(interrupted(vm));
    }
    Ok(())
}

/// Counts a round of ticks, and begins the tier that has waited for it.
#[cfg(berus_tier)]
#[inline]
fn count_round(vm: &Vm) {
    let rounds = vm.events.rounds.get().wrapping_add(1);
    vm.events.rounds.set(rounds);
    if let Some(table) = vm.dispatch.take_due(rounds) {
        vm.tier.begin_at_last();
        vm.dispatch.set_table(table);
    }
}

fn interrupted(vm: &Vm) -> Raised {
    vm.error_with(&exception::KEYBOARD_INTERRUPT, &[])
}

/// Makes the call that a source has, and has the source asked for another one soon.
fn call_from(vm: &Vm, source: CallSource) -> Res<()> {
    let Some((function, arg)) = source(vm)? else { return Ok(()) };
    poll_soon(vm);
    run_scheduled(vm, function, arg)
}

/// Makes a scheduled call. Calls that the function schedules wait until the function has returned; an exception that
/// the function raises is reported and goes no further, unless it is one of [`Vm::abort`].
fn run_scheduled(vm: &Vm, function: Obj, arg: Obj) -> Res<()> {
    let events = &vm.events;
    events.is_calling.set(true);
    let result = vm.call(function, &[arg]);
    events.is_calling.set(false);
    if events.n_scheduled.get() > 0 || events.interrupt.get() {
        poll_soon(vm);
    }
    let Err(raised) = result else { return Ok(()) };
    if vm.is_abort(vm.peek_exception(&raised)) {
        return Err(raised);
    }
    let exception = vm.take_exception(raised);
    vm.print_exception(&mut Stderr, exception)
}
