//! `PIO`: a block of programmable input and output, whose memory programs share.

use core::cell::Cell;

use berus_runtime::errno::{INVALID, NO_MEMORY};
use berus_runtime::host::pio::{INSTRUCTIONS, MACHINES, Pio};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::List;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;

use super::irq::{self, FIRST};
use super::program::Program;
use super::state_machine;
use crate::machine::gpio;
use crate::machine::hardware::{hardware, there_is};

/// A block. There is one object for each.
pub struct Block {
    pub number: usize,
    /// The places of memory where programs are, a bit for each.
    used: Cell<u32>,
    /// The objects of its machines, `None` for those that nobody has asked for.
    pub machines: [Cell<Obj>; MACHINES],
}

berus_runtime::custom_type! {
    /// The type `PIO`.
    pub static PIO: Type<Block> = "PIO".make_new(new).print(print).locals(METHODS);
}

const fn number(number: isize) -> Obj {
    Obj::small_int_wrapping(number)
}

berus_runtime::members! {
    static METHODS = {
        "add_program" => f2(add_program),
        "remove_program" => var(1, 2, remove_program),
        "state_machine" => kw(2, machine),
        "irq" => kw(1, irq),
        "gpio_base" => var(1, 2, gpio_base),
        "IN_LOW" => value(number(0)),
        "IN_HIGH" => value(number(1)),
        "OUT_LOW" => value(number(2)),
        "OUT_HIGH" => value(number(3)),
        "SHIFT_LEFT" => value(number(0)),
        "SHIFT_RIGHT" => value(number(1)),
        "JOIN_NONE" => value(number(0)),
        "JOIN_TX" => value(number(1)),
        "JOIN_RX" => value(number(2)),
        "IRQ_SM0" => value(number(1 << FIRST)),
        "IRQ_SM1" => value(number(2 << FIRST)),
        "IRQ_SM2" => value(number(4 << FIRST)),
        "IRQ_SM3" => value(number(8 << FIRST)),
    }
}

/// The chip's block with this number.
pub fn block(vm: &Vm, number: usize) -> Res<&dyn Pio> {
    there_is(vm, hardware(vm)?.pio(number))
}

/// The blocks that were asked for.
struct Blocks {
    list: Gc<List>,
}

berus_runtime::custom_type! {
    static BLOCKS: Type<Blocks> = "blocks";
}

/// The object of the block with this number, which the chip has.
pub fn object(vm: &Vm, number: usize) -> Res<Gc<Custom<Block>>> {
    let list = List::new(vm, &[])?;
    let list = vm.shared(|| Blocks { list })?.list;
    let known = list.items().iter().filter_map(|block| block.get().downcast::<Custom<Block>>());
    if let Some(block) = known.into_iter().find(|block| block.number == number) {
        return Ok(block);
    }
    let block =
        vm.new_custom(Block { number, used: Cell::new(0), machines: [const { Cell::new(Obj::NONE) }; MACHINES] })?;
    list.append(vm, block.obj())?;
    Ok(block)
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let number = usize::try_from(vm.int(args.pos()[0])?).ok();
    let hardware = hardware(vm)?;
    match number.filter(|number| hardware.pio(*number).is_some()) {
        Some(number) => Ok(object(vm, number)?.obj()),
        None => Err(vm.value_error(format_args!("invalid PIO"))),
    }
}

/// The places of `len` instructions from `start` on.
fn places(start: usize, len: usize) -> u32 {
    (((1u64 << len) - 1) << start) as u32
}

impl Block {
    /// Whether there are programs at the places of `len` instructions from `start` on.
    pub fn holds(&self, start: usize, len: usize) -> bool {
        let places = places(start, len.min(INSTRUCTIONS));
        self.used.get() & places == places
    }

    /// Puts a program into memory, as far behind as there is room: where it begins.
    ///
    /// # Errors
    /// `OSError` with `ENOMEM` if there is no room.
    pub fn add(&self, vm: &Vm, program: &Program) -> Res<usize> {
        let instructions = program.instructions(vm)?;
        let len = instructions.len() / 2;
        let mut free = (0..=INSTRUCTIONS.saturating_sub(len)).rev();
        let start = free.find(|start| len <= INSTRUCTIONS && self.used.get() & places(*start, len) == 0);
        let start = start.ok_or_else(|| vm.os_error(NO_MEMORY))?;
        let words = instructions.bytes().chunks_exact(2).map(|word| u16::from_ne_bytes([word[0], word[1]]));
        // Places that programs jump to are those in their own instructions.
        let mut words = words.map(|word| if word >> 13 == 0 { word & !31 | (word + start as u16) & 31 } else { word });
        block(vm, self.number)?.load(start, &mut words);
        self.used.set(self.used.get() | places(start, len));
        program.set_place(self.number, Some(start));
        Ok(start)
    }
}

fn add_program(vm: &Vm, block: Obj, program: Obj) -> Res {
    vm.this::<Custom<Block>>(block)?.add(vm, &Program::of(vm, program)?)?;
    Ok(Obj::NONE)
}

/// `remove_program([program])`: without one, all.
fn remove_program(vm: &Vm, args: &[Obj]) -> Res {
    let block = vm.this::<Custom<Block>>(args[0])?;
    let Some(program) = args.get(1) else {
        block.used.set(0);
        return Ok(Obj::NONE);
    };
    let program = Program::of(vm, *program)?;
    let Some(start) = program.place(vm, block.number)? else {
        return Err(vm.value_error(format_args!("prog not in instruction memory")));
    };
    let len = program.len(vm)?.min(INSTRUCTIONS - start);
    block.used.set(block.used.get() & !places(start, len));
    program.set_place(block.number, None);
    Ok(Obj::NONE)
}

/// `state_machine(id[, program, ...])`
fn machine(vm: &Vm, args: Args<'_>) -> Res {
    let block = vm.this::<Custom<Block>>(args.pos()[0])?;
    let number = usize::try_from(vm.int(args.pos()[1])?).ok().filter(|number| *number < MACHINES);
    let number = number.ok_or_else(|| state_machine::invalid(vm))?;
    let machine = state_machine::object(vm, block.number * MACHINES + number)?;
    if args.n_pos() + args.n_kw() > 2 {
        state_machine::set_up(vm, &machine, args.behind(2))?;
    }
    Ok(machine.obj())
}

fn irq(vm: &Vm, args: Args<'_>) -> Res {
    let block = vm.this::<Custom<Block>>(args.pos()[0])?.number;
    irq::irq(vm, args, block, None)
}

/// `gpio_base([pin])`: the first of the pins that the block reaches, which is the first of all.
fn gpio_base(vm: &Vm, args: &[Obj]) -> Res {
    vm.this::<Custom<Block>>(args[0])?;
    if let Some(pin) = args.get(1) {
        match gpio::pin(vm, *pin)?.number {
            0 => {}
            16 => return Err(vm.os_error(INVALID)),
            _ => return Err(vm.value_error(format_args!("invalid GPIO base"))),
        }
    }
    Ok(gpio::pin(vm, number(0))?.obj())
}

fn print(vm: &Vm, block: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    vm.print_fmt(out, format_args!("PIO({})", vm.this::<Custom<Block>>(block)?.number))
}
