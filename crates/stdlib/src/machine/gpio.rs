//! `Pin`: a pin of the board (facts: `docs/library/machine.Pin.rst` of MicroPython, and numbers of its `ports/rp2`).

use core::cell::Cell;

use berus_runtime::host::{Connection, Edges, PinMode, Pull};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use super::hardware::{done, hardware};
use super::irq::{begin, irqs};

/// Modes, pulls and edges by their numbers.
const IN: isize = 0;
const OUT: isize = 1;
const OPEN_DRAIN: isize = 2;
const PULL_UP: isize = 1;
const PULL_DOWN: isize = 2;
const IRQ_FALLING: isize = 4;
const IRQ_RISING: isize = 8;

/// A pin. There is one object for each.
pub struct Pin {
    pub number: usize,
    mode: Cell<PinMode>,
    pull: Cell<Pull>,
    handler: Cell<Obj>,
    /// The changes that came last.
    flags: Cell<isize>,
    trigger: Cell<isize>,
}

berus_runtime::custom_type! {
    /// The type `Pin`.
    pub static PIN: Type<Pin> = "Pin".make_new(new).print(print).call(call).locals(METHODS);
}

const fn number(number: isize) -> Obj {
    Obj::small_int_wrapping(number)
}

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "value" => var(1, 2, value),
        "on" => f1(on),
        "off" => f1(off),
        "high" => f1(on),
        "low" => f1(off),
        "toggle" => f1(toggle),
        "irq" => kw(1, irq),
        "IN" => value(number(IN)),
        "OUT" => value(number(OUT)),
        "OPEN_DRAIN" => value(number(OPEN_DRAIN)),
        "PULL_UP" => value(number(PULL_UP)),
        "PULL_DOWN" => value(number(PULL_DOWN)),
        "IRQ_FALLING" => value(number(IRQ_FALLING)),
        "IRQ_RISING" => value(number(IRQ_RISING)),
    }
}

impl Pin {
    /// Has the pin be an output, unless programs drive it already.
    pub fn be_output(&self, vm: &Vm) -> Res<()> {
        if self.mode.get() == PinMode::Input {
            self.mode.set(PinMode::Output);
            done(vm, hardware(vm)?.set_pin_mode(self.number, PinMode::Output, self.pull.get()))?;
        }
        Ok(())
    }

    /// Takes note of changes: whom they are told to.
    pub fn changed(&self, edges: Edges) -> Option<Obj> {
        let flags = if edges.rising { IRQ_RISING } else { 0 } | if edges.falling { IRQ_FALLING } else { 0 };
        self.flags.set(flags);
        Some(self.handler.get()).filter(|handler| *handler != Obj::NONE && flags & self.trigger.get() != 0)
    }
}

/// The number of the pin that `id` names: by its name, its number, or the pin itself.
pub fn find(vm: &Vm, id: Obj) -> Res<usize> {
    if let Some(pin) = id.downcast::<Custom<Pin>>() {
        return Ok(pin.number);
    }
    let hardware = hardware(vm)?;
    let found = match vm.as_str(id) {
        Some(name) => core::str::from_utf8(name).ok().and_then(|name| hardware.find_pin(name)),
        None => usize::try_from(vm.int(id)?).ok().filter(|number| *number < hardware.pins().len()),
    };
    found.ok_or_else(|| vm.value_error(format_args!("invalid pin")))
}

/// Hands pins over to a bus or a line: those that are named, and else the usual ones.
pub fn connect<const N: usize>(vm: &Vm, what: Connection, number: usize, ids: &[Option<Obj>; N]) -> Res<()> {
    let mut pins = [None; N];
    for (pin, id) in pins.iter_mut().zip(ids) {
        if let Some(id) = id.filter(|id| *id != Obj::NONE) {
            *pin = Some(find(vm, id)?);
        }
    }
    done(vm, hardware(vm)?.connect(what, number, &pins))
}

/// The object of the pin that `id` names.
pub fn pin(vm: &Vm, id: Obj) -> Res<Gc<Custom<Pin>>> {
    let number = find(vm, id)?;
    let pins = irqs(vm)?.pins;
    while pins.items().len() <= number {
        pins.append(vm, Obj::NONE)?;
    }
    if let Some(known) = pins.items()[number].get().downcast() {
        return Ok(known);
    }
    let pin = vm.new_custom(Pin {
        number,
        mode: Cell::new(PinMode::Input),
        pull: Cell::default(),
        handler: Cell::new(Obj::NONE),
        flags: Cell::new(0),
        trigger: Cell::new(0),
    })?;
    pins.items()[number].set(pin.obj());
    Ok(pin)
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 3, true)?;
    let pin = pin(vm, args.pos()[0])?;
    if args.n_pos() + args.n_kw() > 1 {
        set_up(vm, &pin, args.behind(1))?;
    }
    Ok(pin.obj())
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    let pin = vm.this::<Custom<Pin>>(args.pos()[0])?;
    set_up(vm, &pin, args.behind(1))?;
    Ok(Obj::NONE)
}

fn set_up(vm: &Vm, pin: &Pin, args: Args<'_>) -> Res<()> {
    let names = [q!("mode"), q!("pull"), q!("value"), q!("drive"), q!("alt")];
    let [mode, pull, value, ..] = args.by_name(vm, names, 0)?;
    let given = |argument: Option<Obj>| argument.filter(|argument| *argument != Obj::NONE);
    let hardware = hardware(vm)?;
    // Before the pin is an output, so that it is never driven the other way.
    if let Some(value) = given(value) {
        hardware.drive_pin(pin.number, vm.truth(value)?);
    }
    if let Some(mode) = given(mode) {
        pin.mode.set(match vm.int(mode)? {
            -1 => pin.mode.get(),
            IN => PinMode::Input,
            OUT => PinMode::Output,
            OPEN_DRAIN => PinMode::OpenDrain,
            _ => return Err(vm.value_error(format_args!("invalid pin mode"))),
        });
    }
    if let Some(pull) = pull {
        pin.pull.set(match given(Some(pull)).map_or(Ok(0), |pull| vm.int(pull))? {
            -1 => pin.pull.get(),
            0 => Pull::None,
            PULL_UP => Pull::Up,
            PULL_DOWN => Pull::Down,
            _ => return Err(vm.value_error(format_args!("invalid pin pull"))),
        });
    }
    done(vm, hardware.set_pin_mode(pin.number, pin.mode.get(), pin.pull.get()))
}

/// `value([level])`
fn value(vm: &Vm, args: &[Obj]) -> Res {
    let (pin, hardware) = (vm.this::<Custom<Pin>>(args[0])?, hardware(vm)?);
    match args.get(1) {
        Some(level) => {
            hardware.drive_pin(pin.number, vm.truth(*level)?);
            Ok(Obj::NONE)
        }
        None => Ok(number(hardware.pin_level(pin.number).into())),
    }
}

fn call(vm: &Vm, pin: Obj, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    match args.pos() {
        &[level] => value(vm, &[pin, level]),
        _ => value(vm, &[pin]),
    }
}

fn on(vm: &Vm, pin: Obj) -> Res {
    value(vm, &[pin, Obj::TRUE])
}

fn off(vm: &Vm, pin: Obj) -> Res {
    value(vm, &[pin, Obj::FALSE])
}

fn toggle(vm: &Vm, pin: Obj) -> Res {
    let level = hardware(vm)?.driven_level(vm.this::<Custom<Pin>>(pin)?.number);
    value(vm, &[pin, Obj::bool(!level)])
}

/// `irq(handler, trigger)`: has the handler called with the pin when its level changes. All handlers are called between
/// instructions, those that ask to be hard, too.
fn irq(vm: &Vm, args: Args<'_>) -> Res {
    let pin = vm.this::<Custom<Pin>>(args.pos()[0])?;
    let names = [q!("handler"), q!("trigger"), q!("priority"), q!("wake"), q!("hard")];
    let [handler, trigger, ..] = args.behind(1).by_name(vm, names, 0)?;
    if args.n_pos() + args.n_kw() > 1 {
        let handler = handler.unwrap_or(Obj::NONE);
        let trigger = trigger.map_or(Ok(IRQ_FALLING | IRQ_RISING), |trigger| vm.int(trigger))?;
        let is_wanted = handler != Obj::NONE;
        let edges =
            Edges { rising: is_wanted && trigger & IRQ_RISING != 0, falling: is_wanted && trigger & IRQ_FALLING != 0 };
        done(vm, hardware(vm)?.watch_pin(pin.number, edges))?;
        pin.handler.set(handler);
        pin.trigger.set(trigger);
        begin(vm);
    }
    Ok(vm.new_custom(Irq { pin })?.obj())
}

/// What `irq` answers.
struct Irq {
    pin: Gc<Custom<Pin>>,
}

berus_runtime::custom_type! {
    static IRQ: Type<Irq> = "irq".locals(IRQ_METHODS);
}

berus_runtime::members! {
    static IRQ_METHODS = {
        "flags" => f1(|vm, irq| Ok(number(vm.this::<Custom<Irq>>(irq)?.pin.flags.get()))),
        "trigger" => f1(|vm, irq| Ok(number(vm.this::<Custom<Irq>>(irq)?.pin.trigger.get()))),
    }
}

fn print(vm: &Vm, pin: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let pin = vm.this::<Custom<Pin>>(pin)?;
    let name = hardware(vm)?.pins().get(pin.number).copied().unwrap_or("?");
    let mode = match pin.mode.get() {
        PinMode::Input => "IN",
        PinMode::Output => "OUT",
        PinMode::OpenDrain => "OPEN_DRAIN",
    };
    let pull = match pin.pull.get() {
        Pull::None => "",
        Pull::Up => ", pull=PULL_UP",
        Pull::Down => ", pull=PULL_DOWN",
    };
    vm.print_fmt(out, format_args!("Pin({name}, mode={mode}{pull})"))
}
