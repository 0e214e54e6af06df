//! `Timer`: calls at their time. Timers are counted by the host's clock, so that every host with one has any number of
//! them (facts: `docs/library/machine.Timer.rst` and `extmod/machine_timer.c` of MicroPython).

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::q;

use super::irq::{begin, irqs};

/// Whether a timer rings once.
const ONE_SHOT: isize = 0;
const PERIODIC: isize = 1;

/// A timer.
pub struct Timer {
    callback: Cell<Obj>,
    period: Cell<Duration>,
    due: Cell<Duration>,
    is_periodic: Cell<bool>,
}

berus_runtime::custom_type! {
    /// The type `Timer`.
    pub static TIMER: Type<Timer> = "Timer".make_new(new).print(print).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "deinit" => f1(deinit),
        "ONE_SHOT" => value(Obj::small_int_wrapping(ONE_SHOT)),
        "PERIODIC" => value(Obj::small_int_wrapping(PERIODIC)),
    }
}

impl Timer {
    /// When the timer rings next.
    pub fn due(&self) -> Duration {
        self.due.get()
    }
}

/// Timers as objects.
pub trait Ring {
    /// Has the timer, which is due, be due the next time, if it has one: what it calls.
    ///
    /// # Errors
    /// `MemoryError`.
    fn ring(&self, vm: &Vm, now: Duration) -> Res<Option<Obj>>;
}

impl Ring for Gc<Custom<Timer>> {
    fn ring(&self, vm: &Vm, now: Duration) -> Res<Option<Obj>> {
        if self.is_periodic.get() {
            // Those that are late are left out, and the next one keeps to the beat.
            let late = (now.saturating_sub(self.due.get())).as_nanos() / self.period.get().as_nanos().max(1);
            let beats = u32::try_from(late + 1).unwrap_or(u32::MAX);
            self.due.set(self.due.get().saturating_add(self.period.get().saturating_mul(beats)));
        } else {
            stop(vm, *self)?;
        }
        Ok(Some(self.callback.get()).filter(|callback| *callback != Obj::NONE))
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let behind = usize::from(args.n_pos() > 0);
    if behind == 1 && vm.int(args.pos()[0])? != -1 {
        return Err(vm.value_error(format_args!("Timer doesn't exist")));
    }
    let timer = Timer {
        callback: Cell::new(Obj::NONE),
        period: Cell::default(),
        due: Cell::default(),
        is_periodic: Cell::new(true),
    };
    let timer = vm.new_custom(timer)?;
    let args = args.behind(behind);
    if args.n_pos() + args.n_kw() > 0 {
        start(vm, timer, args)?;
    }
    Ok(timer.obj())
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    start(vm, vm.this(args.pos()[0])?, args.behind(1))?;
    Ok(Obj::NONE)
}

fn start(vm: &Vm, timer: Gc<Custom<Timer>>, args: Args<'_>) -> Res<()> {
    let names = [q!("mode"), q!("callback"), q!("period"), q!("tick_hz"), q!("freq"), q!("hard")];
    if args.n_pos() > 0 {
        return Err(vm.type_error(format_args!("extra positional arguments given")));
    }
    let [mode, callback, period, ticks, frequency, _] = args.by_name(vm, names, 0)?;
    let number = |number: Option<Obj>, usual: isize| number.map_or(Ok(usual), |number| vm.int(number));
    let is_periodic = number(mode, PERIODIC)? != ONE_SHOT;
    let nanoseconds = match frequency {
        Some(frequency) if frequency != Obj::NONE => {
            let frequency = vm.float(frequency)?;
            if frequency > 0.0 { 1e9 / frequency } else { -1.0 }
        }
        _ => number(period, -1)? as f64 * 1e9 / number(ticks, 1000)?.max(1) as f64,
    };
    if nanoseconds < 0.0 {
        return Err(vm.value_error(format_args!("invalid freq or period")));
    }
    vm.check_clock()?;
    stop(vm, timer)?;
    // As little as a nanosecond lets other things run in between.
    let period = Duration::from_nanos((nanoseconds as u64).max(1));
    timer.callback.set(callback.unwrap_or(Obj::NONE));
    timer.is_periodic.set(is_periodic);
    timer.period.set(period);
    timer.due.set(vm.now().saturating_add(period));
    irqs(vm)?.timers.append(vm, timer.obj())?;
    begin(vm);
    Ok(())
}

/// Has the timer ring no more.
fn stop(vm: &Vm, timer: Gc<Custom<Timer>>) -> Res<()> {
    let timers = irqs(vm)?.timers;
    if let Some(at) = timers.items().iter().position(|other| other.get() == timer.obj()) {
        timers.remove_at(vm, at);
    }
    Ok(())
}

fn deinit(vm: &Vm, timer: Obj) -> Res {
    stop(vm, vm.this(timer)?)?;
    Ok(Obj::NONE)
}

fn print(vm: &Vm, timer: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let timer = vm.this::<Custom<Timer>>(timer)?;
    let mode = if timer.is_periodic.get() { "PERIODIC" } else { "ONE_SHOT" };
    vm.print_fmt(out, format_args!("Timer(mode={mode}, period={})", timer.period.get().as_millis()))
}
