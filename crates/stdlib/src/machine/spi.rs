//! `SPI`, over a bus of the board, and `SoftSPI`, over any three lines (facts: `docs/library/machine.SPI.rst` of
//! MicroPython).

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::host::{Connection, PinMode};
use berus_runtime::model::args::Args;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::object::Gc;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use berus_runtime::q;

use super::gpio::connect;
use super::hardware::{done, hardware, pause, there_is};
use super::line::{Line, half_of_bit};
use super::piece::{byte_at, new_bytearray, set_byte};

/// Which bit of a byte goes first.
const MSB: isize = 0;
const LSB: isize = 1;

/// Bits in a second unless somebody says so, of lines and of the board's buses.
const SLOW: isize = 500_000;
const FAST: isize = 1_000_000;

/// A bus that bytes go over.
#[derive(Clone, Copy)]
enum Bus {
    /// The board's with this number.
    Board(usize),
    Lines(Lines),
}

/// Three lines, and how bits go over them.
#[derive(Clone, Copy)]
struct Lines {
    clock: Line,
    output: Option<Line>,
    input: Option<Line>,
    half: Duration,
    polarity: bool,
    phase: bool,
    is_lsb_first: bool,
}

/// A bus of the board.
pub struct Spi {
    bus: Cell<Bus>,
}

/// A bus of lines.
pub struct SoftSpi {
    bus: Cell<Bus>,
}

berus_runtime::custom_type! {
    /// The type `SPI`.
    pub static SPI: Type<Spi> = "SPI".make_new(new).locals(METHODS);
}

berus_runtime::custom_type! {
    /// The type `SoftSPI`.
    pub static SOFT_SPI: Type<SoftSpi> = "SoftSPI".make_new(new_soft).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "deinit" => f1(|_, _| Ok(Obj::NONE)),
        "read" => var(2, 3, read),
        "readinto" => var(2, 3, readinto),
        "write" => f2(write),
        "write_readinto" => f3(write_readinto),
        "MSB" => value(Obj::small_int_wrapping(MSB)),
        "LSB" => value(Obj::small_int_wrapping(LSB)),
    }
}

fn bus(vm: &Vm, object: Obj) -> Res<Bus> {
    match object.downcast::<Custom<Spi>>() {
        Some(hard) => Ok(hard.bus.get()),
        None => Ok(vm.this::<Custom<SoftSpi>>(object)?.bus.get()),
    }
}

/// What both kinds are told by name.
struct Setting {
    frequency: isize,
    polarity: bool,
    phase: bool,
    is_lsb_first: bool,
}

fn setting(vm: &Vm, given: [Option<Obj>; 5], usual: isize) -> Res<Setting> {
    let number = |number: Option<Obj>, usual: isize| number.map_or(Ok(usual), |number| vm.int(number));
    let [frequency, polarity, phase, bits, first] = given;
    if number(bits, 8)? != 8 {
        return Err(vm.value_error(format_args!("bits must be 8")));
    }
    Ok(Setting {
        frequency: number(frequency, usual)?.max(1),
        polarity: number(polarity, 0)? != 0,
        phase: number(phase, 0)? != 0,
        is_lsb_first: number(first, MSB)? == LSB,
    })
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let number = match args.pos() {
        [id, ..] => usize::try_from(vm.int(*id)?).unwrap_or(usize::MAX),
        [] => return Err(vm.type_error(format_args!("'id' argument required"))),
    };
    set_up_board(vm, number, args.behind(1), true)?;
    Ok(vm.new_custom(Spi { bus: Cell::new(Bus::Board(number)) })?.obj())
}

fn set_up_board(vm: &Vm, number: usize, args: Args<'_>, is_new: bool) -> Res<()> {
    let names =
        [q!("baudrate"), q!("polarity"), q!("phase"), q!("bits"), q!("firstbit"), q!("sck"), q!("mosi"), q!("miso")];
    let [frequency, polarity, phase, bits, first, clock, output, input] = args.by_name(vm, names, 0)?;
    let setting = setting(vm, [frequency, polarity, phase, bits, first], FAST)?;
    if setting.is_lsb_first {
        return Err(vm.value_error(format_args!("firstbit must be MSB")));
    }
    let bus = there_is(vm, hardware(vm)?.spi(number))?;
    let pins = [clock, output, input];
    if is_new || pins.iter().any(Option::is_some) {
        connect(vm, Connection::Spi, number, &pins)?;
    }
    let frequency = u32::try_from(setting.frequency).unwrap_or(u32::MAX);
    done(vm, bus.configure(frequency, setting.polarity, setting.phase))
}

fn new_soft(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let bus = Bus::Lines(set_up_lines(vm, args, None)?);
    Ok(vm.new_custom(SoftSpi { bus: Cell::new(bus) })?.obj())
}

fn set_up_lines(vm: &Vm, args: Args<'_>, before: Option<Lines>) -> Res<Lines> {
    let names =
        [q!("baudrate"), q!("polarity"), q!("phase"), q!("bits"), q!("firstbit"), q!("sck"), q!("mosi"), q!("miso")];
    let [frequency, polarity, phase, bits, first, clock, output, input] = args.by_name(vm, names, 0)?;
    let setting = setting(vm, [frequency, polarity, phase, bits, first], SLOW)?;
    let line = |line: Option<Obj>| line.filter(|line| *line != Obj::NONE).map(Line);
    let Some(clock) = line(clock).or(before.map(|before| before.clock)) else {
        return Err(vm.value_error(format_args!("must specify all of sck/mosi/miso")));
    };
    let lines = Lines {
        clock,
        output: line(output).or(before.and_then(|before| before.output)),
        input: line(input).or(before.and_then(|before| before.input)),
        half: half_of_bit(setting.frequency as usize),
        polarity: setting.polarity,
        phase: setting.phase,
        is_lsb_first: setting.is_lsb_first,
    };
    clock.begin(vm, PinMode::Output, lines.polarity)?;
    if let Some(output) = lines.output {
        output.begin(vm, PinMode::Output, false)?;
    }
    if let Some(input) = lines.input {
        input.begin(vm, PinMode::Input, false)?;
    }
    Ok(lines)
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    let object = args.pos()[0];
    match bus(vm, object)? {
        Bus::Board(number) => set_up_board(vm, number, args.behind(1), false)?,
        Bus::Lines(lines) => {
            let lines = set_up_lines(vm, args.behind(1), Some(lines))?;
            vm.this::<Custom<SoftSpi>>(object)?.bus.set(Bus::Lines(lines));
        }
    }
    Ok(Obj::NONE)
}

impl Bus {
    /// Writes a byte while another is read.
    fn exchange(self, vm: &Vm, byte: u8) -> Res<u8> {
        match self {
            Bus::Board(number) => Ok(there_is(vm, hardware(vm)?.spi(number))?.exchange(byte)),
            Bus::Lines(lines) => lines.exchange(vm, byte),
        }
    }
}

impl Lines {
    fn exchange(self, vm: &Vm, byte: u8) -> Res<u8> {
        let order = |byte: u8| if self.is_lsb_first { byte.reverse_bits() } else { byte };
        let (byte, mut read) = (order(byte), 0);
        for bit in (0..8).rev() {
            if self.phase {
                self.clock.drive(vm, !self.polarity)?;
            }
            if let Some(output) = self.output {
                output.drive(vm, byte >> bit & 1 != 0)?;
            }
            pause(vm, self.half)?;
            self.clock.drive(vm, self.polarity == self.phase)?;
            let level = self.input.map_or(Ok(false), |input| input.level(vm))?;
            read = read << 1 | u8::from(level);
            pause(vm, self.half)?;
            if !self.phase {
                self.clock.drive(vm, self.polarity)?;
            }
        }
        Ok(order(read))
    }
}

/// The byte that is written while others are read.
fn filler(vm: &Vm, args: &[Obj]) -> Res<u8> {
    Ok(args.get(2).map_or(Ok(0), |byte| vm.int(*byte))? as u8)
}

fn fill(vm: &Vm, bus: Bus, into: Obj, byte: u8) -> Res<()> {
    for at in 0..vm.buffer(into, Access::Write)?.len() {
        let read = bus.exchange(vm, byte)?;
        set_byte(vm, into, at, read)?;
    }
    Ok(())
}

/// `read(n_bytes, write=0)`
fn read(vm: &Vm, args: &[Obj]) -> Res {
    let into = new_bytearray(vm, args[1])?;
    fill(vm, bus(vm, args[0])?, into, filler(vm, args)?)?;
    Ok(Bytes::new(vm, vm.buffer(into, Access::Read)?.bytes())?.obj())
}

/// `readinto(buffer, write=0)`
fn readinto(vm: &Vm, args: &[Obj]) -> Res {
    fill(vm, bus(vm, args[0])?, args[1], filler(vm, args)?)?;
    Ok(Obj::NONE)
}

fn write(vm: &Vm, object: Obj, bytes: Obj) -> Res {
    let bus = bus(vm, object)?;
    let mut at = 0;
    while let Some(byte) = byte_at(vm, bytes, at)? {
        bus.exchange(vm, byte)?;
        at += 1;
    }
    Ok(Obj::NONE)
}

fn write_readinto(vm: &Vm, object: Obj, bytes: Obj, into: Obj) -> Res {
    let bus = bus(vm, object)?;
    if vm.buffer(bytes, Access::Read)?.len() != vm.buffer(into, Access::Write)?.len() {
        return Err(vm.value_error(format_args!("buffers must be the same length")));
    }
    let mut at = 0;
    while let Some(byte) = byte_at(vm, bytes, at)? {
        let read = bus.exchange(vm, byte)?;
        set_byte(vm, into, at, read)?;
        at += 1;
    }
    Ok(Obj::NONE)
}
