//! `StateMachine`: one of the machines of a block, set up for a program.

use core::cell::Cell;

use berus_runtime::host::pio::{MACHINES, MachineSettings, Pio};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::importing::Import;
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::{Printer, Style};
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use super::irq;
use super::pio::{self, Block};
use super::program::{Pins, Program};
use crate::machine::gpio::find;
use crate::machine::hardware::hardware;

/// A machine. There is one object for each.
pub struct StateMachine {
    block: Gc<Custom<Block>>,
    /// The number in the block.
    number: usize,
    /// Where the program begins in memory.
    start: Cell<usize>,
    /// The bits of side-set, and whether the first of them says whether there is a value.
    side: Cell<(usize, bool)>,
}

berus_runtime::custom_type! {
    /// The type `StateMachine`.
    pub static STATE_MACHINE: Type<StateMachine> = "StateMachine".make_new(new).print(print).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "active" => var(1, 2, active),
        "restart" => f1(restart),
        "exec" => f2(execute),
        "get" => var(1, 3, get),
        "put" => var(2, 3, put),
        "rx_fifo" => f1(|vm, machine| vm.new_uint(waiting(vm, machine)?.1)),
        "tx_fifo" => f1(|vm, machine| vm.new_uint(waiting(vm, machine)?.0)),
        "irq" => kw(1, irq),
    }
}

/// The object of the machine with this number among those of all blocks.
pub fn object(vm: &Vm, number: usize) -> Res<Gc<Custom<StateMachine>>> {
    let (block, number) = (number / MACHINES, number % MACHINES);
    if hardware(vm)?.pio(block).is_none() {
        return Err(invalid(vm));
    }
    let block = pio::object(vm, block)?;
    if let Some(known) = block.machines[number].get().downcast() {
        return Ok(known);
    }
    let machine = StateMachine { block, number, start: Cell::new(0), side: Cell::new((0, false)) };
    let machine = vm.new_custom(machine)?;
    block.machines[number].set(machine.obj());
    Ok(machine)
}

/// That there is no machine with the number which was asked for.
pub fn invalid(vm: &Vm) -> berus_runtime::model::error::Raised {
    vm.value_error(format_args!("invalid StateMachine"))
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 14, true)?;
    let number = usize::try_from(vm.int(args.pos()[0])?).map_err(|_| invalid(vm))?;
    let machine = object(vm, number)?;
    if args.n_pos() + args.n_kw() > 1 {
        set_up(vm, &machine, args.behind(1))?;
    }
    Ok(machine.obj())
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    set_up(vm, &*vm.this::<Custom<StateMachine>>(args.pos()[0])?, args.behind(1))?;
    Ok(Obj::NONE)
}

/// Where things lie in the registers that settings are for.
const WRAP_TARGET: u32 = 7;
const WRAP: u32 = 12;
const JUMP_PIN: u32 = 24;
const SIDE_IS_OPTIONAL: u32 = 1 << 30;
const PUSH_RIGHT: u32 = 18;
const PULL_RIGHT: u32 = 19;
const PUSH_THRESHOLD: u32 = 20;
const PULL_THRESHOLD: u32 = 25;
const OUT_BASE: u32 = 0;
const SET_BASE: u32 = 5;
const SIDE_BASE: u32 = 10;
const IN_BASE: u32 = 15;
const OUT_COUNT: u32 = 20;
const SET_COUNT: u32 = 26;
const SIDE_COUNT: u32 = 29;

/// The most bits of side-set, and the most pins that `set` sets.
const MOST: u32 = 5;

/// Sets a machine up for a program.
pub fn set_up(vm: &Vm, machine: &StateMachine, args: Args<'_>) -> Res<()> {
    let names = [
        q!("prog"),
        q!("freq"),
        q!("in_base"),
        q!("out_base"),
        q!("set_base"),
        q!("jmp_pin"),
        q!("sideset_base"),
        q!("in_shiftdir"),
        q!("out_shiftdir"),
        q!("push_thresh"),
        q!("pull_thresh"),
    ];
    let [program, frequency, in_base, out_base, set_base, jump_pin, side_base, in_right, out_right, push, pull] =
        args.by_name(vm, names, 1)?.map(|argument| argument.filter(|argument| *argument != Obj::NONE));
    let program = Program::of(vm, program.unwrap_or(Obj::NONE))?;
    let divider = divider(vm, frequency)?;
    let block = pio::block(vm, machine.block.number)?;
    let start = match program.place(vm, machine.block.number)? {
        Some(start) if machine.block.holds(start, program.len(vm)?) => start,
        _ => machine.block.add(vm, &program)?,
    };
    let pin = |argument: Option<Obj>| argument.map(|pin| find(vm, pin).map(|pin| pin as u32)).transpose();
    let (mut execution, mut shifting) = program.settings(vm)?;
    let is_optional = execution & SIDE_IS_OPTIONAL != 0;
    execution = execution.wrapping_add((start as u32) << WRAP_TARGET).wrapping_add((start as u32) << WRAP);
    if let Some(pin) = pin(jump_pin)? {
        execution = execution & !(31 << JUMP_PIN) | pin << JUMP_PIN;
    }
    for (given, mask, at) in
        [(in_right, 1, PUSH_RIGHT), (out_right, 1, PULL_RIGHT), (push, 31, PUSH_THRESHOLD), (pull, 31, PULL_THRESHOLD)]
    {
        if let Some(given) = given {
            shifting = shifting & !(mask << at) | (vm.int(given)? as u32 & mask) << at;
        }
    }
    let mut pins = pin(in_base)?.unwrap_or(0) << IN_BASE;
    let mut taken = [None; 3];
    let kinds = [
        (out_base, OUT_BASE, OUT_COUNT, 32),
        (set_base, SET_BASE, SET_COUNT, MOST),
        (side_base, SIDE_BASE, SIDE_COUNT, MOST),
    ];
    for (((base, base_at, count_at, most), begin), taken) in kinds.into_iter().zip(program.pins(vm)?).zip(&mut taken) {
        let Some(base) = pin(base)? else { continue };
        let count = begin.count + u32::from(base_at == SIDE_BASE && is_optional);
        if count > most {
            return Err(vm.value_error(format_args!("too many pins")));
        }
        pins |= base << base_at | count << count_at;
        *taken = Some((base, begin));
    }
    machine.start.set(start);
    machine.side.set(((pins >> SIDE_COUNT) as usize, is_optional));
    block.set_up(machine.number, &MachineSettings { divider, execution, shifting, pins }, start);
    for (base, Pins { count, outputs, levels }) in taken.into_iter().flatten() {
        let all = if count < 32 { (1 << count) - 1 } else { u32::MAX };
        block.take_pins(machine.number, all.rotate_left(base), outputs.rotate_left(base), levels.rotate_left(base));
    }
    Ok(())
}

/// By how many 256ths the processor's clock is divided to give a frequency: by none without one.
fn divider(vm: &Vm, frequency: Option<Obj>) -> Res<u32> {
    const WHOLE: u64 = 256;
    match frequency.map_or(Ok(-1), |frequency| vm.int(frequency))? {
        ..0 => Ok(WHOLE as u32),
        0 => Ok(0),
        frequency => {
            let divider = u64::from(hardware(vm)?.frequency()) * WHOLE / frequency as u64;
            if !(WHOLE..=WHOLE << 16).contains(&divider) {
                return Err(vm.value_error(format_args!("freq out of range")));
            }
            Ok(divider as u32)
        }
    }
}

/// The machine of the chip that an object stands for: its block, and its number there.
fn chip(vm: &Vm, machine: Obj) -> Res<(&dyn Pio, usize)> {
    let machine = vm.this::<Custom<StateMachine>>(machine)?;
    Ok((pio::block(vm, machine.block.number)?, machine.number))
}

/// `active([value])`
fn active(vm: &Vm, args: &[Obj]) -> Res {
    let (block, number) = chip(vm, args[0])?;
    if let Some(is_running) = args.get(1) {
        block.set_running(number, vm.truth(*is_running)?);
    }
    Ok(Obj::bool(block.is_running(number)))
}

fn restart(vm: &Vm, machine: Obj) -> Res {
    let (block, number) = chip(vm, machine)?;
    block.restart(number, vm.this::<Custom<StateMachine>>(machine)?.start.get());
    Ok(Obj::NONE)
}

/// `exec(instruction)`, which is a word, or a text that is assembled.
fn execute(vm: &Vm, machine: Obj, instruction: Obj) -> Res {
    let word = match vm.as_str(instruction) {
        None => instruction,
        Some(_) => {
            let (bits, is_optional) = vm.this::<Custom<StateMachine>>(machine)?.side.get();
            let rp2 = vm.import_name(q!("rp2"), Obj::NONE, Obj::small_int_wrapping(0))?;
            let args = [instruction, Obj::small_int_wrapping(bits as isize), Obj::bool(is_optional)];
            vm.call_method(rp2, q!("asm_pio_encode"), &args)?
        }
    };
    let word = vm.int(word)? as u16;
    let (block, number) = chip(vm, machine)?;
    block.execute(number, word);
    Ok(Obj::NONE)
}

fn waiting(vm: &Vm, machine: Obj) -> Res<(usize, usize)> {
    let (block, number) = chip(vm, machine)?;
    Ok(block.waiting(number))
}

/// How many bytes an element of a buffer has.
fn size(vm: &Vm, buffer: Buffer) -> Res<usize> {
    match buffer.typecode() {
        b'B' | b'b' => Ok(1),
        b'H' | b'h' => Ok(2),
        b'I' | b'i' => Ok(4),
        b'L' | b'l' if size_of::<usize>() == 4 => Ok(4),
        _ => Err(vm.value_error(format_args!("unsupported buffer type"))),
    }
}

fn shift(vm: &Vm, shift: Option<&Obj>) -> Res<u32> {
    shift.map_or(Ok(0), |shift| vm.int(*shift)).map(|shift| shift as u32)
}

/// Gives a machine a word as soon as there is room for one.
fn put_word(vm: &Vm, machine: Obj, word: u32) -> Res<()> {
    let (block, number) = chip(vm, machine)?;
    while !block.put(number, word) {
        vm.poll()?;
    }
    Ok(())
}

/// `put(value[, shift])`: a word, or all elements of a buffer.
fn put(vm: &Vm, args: &[Obj]) -> Res {
    let (machine, value, shift) = (args[0], args[1], shift(vm, args.get(2))?);
    let Some(buffer) = vm.try_buffer(value, Access::Read)? else {
        let word = vm.int_truncated(value)? as u32;
        put_word(vm, machine, word.checked_shl(shift).unwrap_or(0))?;
        return Ok(Obj::NONE);
    };
    let size = size(vm, buffer)?;
    let mut at = 0;
    // Handlers that run meanwhile may change what the buffer is.
    while let Some(bytes) = vm.buffer(value, Access::Read)?.bytes().get(at..at + size) {
        let mut word = [0; 4];
        word[..size].copy_from_slice(bytes);
        put_word(vm, machine, u32::from_le_bytes(word).checked_shl(shift).unwrap_or(0))?;
        at += size;
    }
    Ok(Obj::NONE)
}

/// The next word that a machine gives.
fn get_word(vm: &Vm, machine: Obj) -> Res<u32> {
    let (block, number) = chip(vm, machine)?;
    loop {
        if let Some(word) = block.get(number) {
            return Ok(word);
        }
        vm.poll()?;
    }
}

/// `get([buffer[, shift]])`: a word, or as many as a buffer has elements.
fn get(vm: &Vm, args: &[Obj]) -> Res {
    let (machine, shift) = (args[0], shift(vm, args.get(2))?);
    let next = || Ok(get_word(vm, machine)?.checked_shr(shift).unwrap_or(0));
    let Some(&buffer) = args.get(1).filter(|buffer| **buffer != Obj::NONE) else {
        return vm.new_uint(next()? as usize);
    };
    let size = size(vm, vm.buffer(buffer, Access::Write)?)?;
    let mut at = 0;
    while at + size <= vm.buffer(buffer, Access::Write)?.len() {
        let word = next()?.to_le_bytes();
        let cells = vm.buffer(buffer, Access::Write)?.cells();
        cells.iter().skip(at).zip(&word[..size]).for_each(|(cell, byte)| cell.set(*byte));
        at += size;
    }
    Ok(buffer)
}

fn irq(vm: &Vm, args: Args<'_>) -> Res {
    let machine = vm.this::<Custom<StateMachine>>(args.pos()[0])?;
    irq::irq(vm, args, machine.block.number, Some(machine.number))
}

fn print(vm: &Vm, machine: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let machine = vm.this::<Custom<StateMachine>>(machine)?;
    vm.print_fmt(out, format_args!("StateMachine({})", machine.block.number * MACHINES + machine.number))
}
