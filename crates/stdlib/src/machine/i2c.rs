//! `I2C`, over a bus of the board, and `SoftI2C`, over any two lines (facts: `docs/library/machine.I2C.rst` of MicroPython,
//! NXP's UM10204 for the bus).

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::errno::{IO, NO_DEVICE, UNSUPPORTED};
use berus_runtime::host::{Connection, PinMode};
use berus_runtime::model::args::Args;
use berus_runtime::model::buffer::{Access, Buffer};
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::layout::{List, Tuple};
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::obj::tuple;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::truth::Truth;
use berus_runtime::q;

use super::gpio::connect;
use super::hardware::{done, hardware, pause, there_is};
use super::line::{Line, half_of_bit};
use super::piece::{byte_at, new_bytearray, set_byte};

/// Bits in a second, and microseconds that a device may hold the clock, unless somebody says so.
const FREQUENCY: isize = 400_000;
const TIMEOUT: isize = 50_000;

/// The addresses that devices may have.
const ADDRESSES: core::ops::Range<u8> = 0x08..0x78;

/// A bus that transfers go over.
#[derive(Clone, Copy)]
enum Bus {
    /// The board's with this number.
    Board(usize),
    Lines(Lines),
}

/// Two lines, how long half of a bit takes, and how long a device may hold the clock.
#[derive(Clone, Copy)]
struct Lines {
    clock: Line,
    data: Line,
    half: Duration,
    timeout: Duration,
}

/// A bus of the board.
pub struct I2c {
    bus: Cell<Bus>,
}

/// A bus of lines.
pub struct SoftI2c {
    bus: Cell<Bus>,
}

berus_runtime::custom_type! {
    /// The type `I2C`.
    pub static I2C: Type<I2c> = "I2C".make_new(new).locals(METHODS);
}

berus_runtime::custom_type! {
    /// The type `SoftI2C`.
    pub static SOFT_I2C: Type<SoftI2c> = "SoftI2C".make_new(new_soft).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "scan" => f1(scan),
        "start" => f1(start),
        "stop" => f1(stop),
        "write" => f2(write),
        "readinto" => var(2, 3, readinto),
        "readfrom" => var(3, 4, readfrom),
        "readfrom_into" => var(3, 4, readfrom_into),
        "writeto" => var(3, 4, writeto),
        "writevto" => var(3, 4, writevto),
        "readfrom_mem" => kw(4, readfrom_mem),
        "readfrom_mem_into" => kw(4, readfrom_mem_into),
        "writeto_mem" => kw(4, writeto_mem),
    }
}

fn bus(vm: &Vm, object: Obj) -> Res<Bus> {
    match object.downcast::<Custom<I2c>>() {
        Some(hard) => Ok(hard.bus.get()),
        None => Ok(vm.this::<Custom<SoftI2c>>(object)?.bus.get()),
    }
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let names = [q!("id"), q!("scl"), q!("sda"), q!("freq"), q!("timeout")];
    let [id, clock, data, frequency, _] = args.by_name(vm, names, 1)?;
    let number = usize::try_from(vm.int(id.unwrap_or(Obj::NONE))?).unwrap_or(usize::MAX);
    let bus = there_is(vm, hardware(vm)?.i2c(number))?;
    connect(vm, Connection::I2c, number, &[clock, data])?;
    let frequency = frequency.map_or(Ok(FREQUENCY), |frequency| vm.int(frequency))?;
    done(vm, bus.set_frequency(frequency.clamp(1, i32::MAX as isize) as u32))?;
    Ok(vm.new_custom(I2c { bus: Cell::new(Bus::Board(number)) })?.obj())
}

fn new_soft(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let bus = set_up_lines(vm, args)?;
    Ok(vm.new_custom(SoftI2c { bus: Cell::new(bus) })?.obj())
}

fn set_up_lines(vm: &Vm, args: Args<'_>) -> Res<Bus> {
    let [clock, data, frequency, timeout] = args.by_name(vm, [q!("scl"), q!("sda"), q!("freq"), q!("timeout")], 2)?;
    let number = |number: Option<Obj>, usual: isize| number.map_or(Ok(usual), |number| vm.int(number));
    let (clock, data) = (Line(clock.unwrap_or(Obj::NONE)), Line(data.unwrap_or(Obj::NONE)));
    let half = half_of_bit(number(frequency, FREQUENCY)?.max(1) as usize);
    let timeout = Duration::from_micros(number(timeout, TIMEOUT)?.max(0) as u64);
    clock.begin(vm, PinMode::OpenDrain, true)?;
    data.begin(vm, PinMode::OpenDrain, true)?;
    let lines = Lines { clock, data, half, timeout };
    lines.stop(vm)?;
    Ok(Bus::Lines(lines))
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    let object = vm.this::<Custom<SoftI2c>>(args.pos()[0])?;
    object.bus.set(set_up_lines(vm, args.behind(1))?);
    Ok(Obj::NONE)
}

/// Transfers go over a bus of the board as a whole, and over lines byte by byte.
impl Bus {
    /// Writes to a device what objects give: how many bytes it took.
    fn write_to(self, vm: &Vm, address: u8, pieces: &[Obj], stops: bool) -> Res<usize> {
        match self {
            Bus::Board(number) => {
                for piece in pieces {
                    vm.buffer(*piece, Access::Read)?;
                }
                // No code of the program's runs meanwhile.
                let buffers = pieces.iter().filter_map(|piece| vm.buffer(*piece, Access::Read).ok());
                let mut bytes = buffers.flat_map(Buffer::bytes).copied();
                done(vm, there_is(vm, hardware(vm)?.i2c(number))?.write(address, &mut bytes, stops))
            }
            Bus::Lines(lines) => lines.write_to(vm, address, pieces, stops),
        }
    }

    /// Reads from a device into an object.
    fn read_from(self, vm: &Vm, address: u8, into: Obj, stops: bool) -> Res<()> {
        match self {
            Bus::Board(number) => {
                let bus = there_is(vm, hardware(vm)?.i2c(number))?;
                let cells = vm.buffer(into, Access::Write)?.cells();
                let mut places = cells.iter();
                let mut take = |byte| {
                    if let Some(place) = places.next() {
                        place.set(byte);
                    }
                };
                done(vm, bus.read(address, cells.len(), &mut take, stops))
            }
            Bus::Lines(lines) => lines.read_from(vm, address, into, stops),
        }
    }
}

impl Lines {
    /// Calls a device that has to answer.
    fn reach(self, vm: &Vm, address: u8, reads: bool) -> Res<()> {
        self.start(vm)?;
        if self.write(vm, address << 1 | u8::from(reads))? {
            return Ok(());
        }
        self.stop(vm)?;
        Err(vm.os_error(NO_DEVICE))
    }

    /// Writes what an object gives: how many bytes the device took, which takes none behind one that it does not.
    fn write_all(self, vm: &Vm, bytes: Obj) -> Res<usize> {
        let mut taken = 0;
        // Lines may run code of the program's, which may change the bytes.
        while let Some(byte) = byte_at(vm, bytes, taken)? {
            if !self.write(vm, byte)? {
                break;
            }
            taken += 1;
        }
        Ok(taken)
    }

    /// Reads into an object, and lets the device end with the last byte if `ends` says so.
    fn read_all(self, vm: &Vm, into: Obj, ends: bool) -> Res<()> {
        let len = vm.buffer(into, Access::Write)?.len();
        for at in 0..len {
            let byte = self.read(vm, !ends || at + 1 < len)?;
            set_byte(vm, into, at, byte)?;
        }
        Ok(())
    }

    fn write_to(self, vm: &Vm, address: u8, pieces: &[Obj], stops: bool) -> Res<usize> {
        self.reach(vm, address, false)?;
        let mut taken = 0;
        for piece in pieces {
            let here = self.write_all(vm, *piece)?;
            taken += here;
            if here < vm.buffer(*piece, Access::Read)?.len() {
                break;
            }
        }
        if stops {
            self.stop(vm)?;
        }
        Ok(taken)
    }

    fn read_from(self, vm: &Vm, address: u8, into: Obj, stops: bool) -> Res<()> {
        self.reach(vm, address, true)?;
        self.read_all(vm, into, true)?;
        if stops { self.stop(vm) } else { Ok(()) }
    }

    fn start(self, vm: &Vm) -> Res<()> {
        let Lines { clock, data, half, timeout } = self;
        data.drive(vm, true)?;
        pause(vm, half)?;
        clock.release(vm, timeout)?;
        pause(vm, half)?;
        data.drive(vm, false)?;
        pause(vm, half)
    }

    fn stop(self, vm: &Vm) -> Res<()> {
        let Lines { clock, data, half, timeout } = self;
        pause(vm, half)?;
        data.drive(vm, false)?;
        pause(vm, half)?;
        clock.release(vm, timeout)?;
        pause(vm, half)?;
        data.drive(vm, true)?;
        pause(vm, half)
    }

    /// Has the clock tick: the level of the data line meanwhile.
    fn tick(self, vm: &Vm) -> Res<bool> {
        pause(vm, self.half)?;
        self.clock.release(vm, self.timeout)?;
        pause(vm, self.half)?;
        let level = self.data.level(vm)?;
        self.clock.drive(vm, false)?;
        Ok(level)
    }

    fn write(self, vm: &Vm, byte: u8) -> Res<bool> {
        self.clock.drive(vm, false)?;
        for bit in (0..8).rev() {
            self.data.drive(vm, byte >> bit & 1 != 0)?;
            self.tick(vm)?;
        }
        self.data.drive(vm, true)?;
        Ok(!self.tick(vm)?)
    }

    fn read(self, vm: &Vm, wants_more: bool) -> Res<u8> {
        self.clock.drive(vm, false)?;
        let mut byte = 0;
        for _ in 0..8 {
            byte = byte << 1 | u8::from(self.tick(vm)?);
        }
        self.data.drive(vm, !wants_more)?;
        self.tick(vm)?;
        self.data.drive(vm, true)?;
        Ok(byte)
    }
}

/// The lines of a bus that has some: only with these can a program make transfers of its own.
fn lines(vm: &Vm, object: Obj) -> Res<Lines> {
    match bus(vm, object)? {
        Bus::Lines(lines) => Ok(lines),
        Bus::Board(_) => Err(vm.os_error(UNSUPPORTED)),
    }
}

fn address(vm: &Vm, address: Obj) -> Res<u8> {
    u8::try_from(vm.int(address)?).ok().filter(|address| *address < 0x80).ok_or_else(|| vm.os_error(NO_DEVICE))
}

/// Whether a transfer ends with what is asked for.
fn stops(vm: &Vm, args: &[Obj]) -> Res<bool> {
    args.get(3).map_or(Ok(true), |stop| vm.truth(*stop))
}

/// The addresses at which somebody answers.
fn scan(vm: &Vm, object: Obj) -> Res {
    let bus = bus(vm, object)?;
    let found = List::new(vm, &[])?;
    for address in ADDRESSES {
        match bus.write_to(vm, address, &[], true) {
            Ok(_) => found.append(vm, Obj::small_int_wrapping(address as isize))?,
            Err(raised) => vm.dismiss(raised)?,
        }
    }
    Ok(found.obj())
}

fn start(vm: &Vm, object: Obj) -> Res {
    lines(vm, object)?.start(vm)?;
    Ok(Obj::NONE)
}

fn stop(vm: &Vm, object: Obj) -> Res {
    lines(vm, object)?.stop(vm)?;
    Ok(Obj::NONE)
}

fn write(vm: &Vm, object: Obj, bytes: Obj) -> Res {
    Ok(Obj::small_int_wrapping(lines(vm, object)?.write_all(vm, bytes)? as isize))
}

/// `readinto(buffer, nack=True)`
fn readinto(vm: &Vm, args: &[Obj]) -> Res {
    let ends = args.get(2).map_or(Ok(true), |ends| vm.truth(*ends))?;
    lines(vm, args[0])?.read_all(vm, args[1], ends)?;
    Ok(Obj::NONE)
}

fn readfrom(vm: &Vm, args: &[Obj]) -> Res {
    let into = new_bytearray(vm, args[2])?;
    bus(vm, args[0])?.read_from(vm, address(vm, args[1])?, into, stops(vm, args)?)?;
    Ok(Bytes::new(vm, vm.buffer(into, Access::Read)?.bytes())?.obj())
}

fn readfrom_into(vm: &Vm, args: &[Obj]) -> Res {
    bus(vm, args[0])?.read_from(vm, address(vm, args[1])?, args[2], stops(vm, args)?)?;
    Ok(Obj::NONE)
}

fn writeto(vm: &Vm, args: &[Obj]) -> Res {
    let taken = bus(vm, args[0])?.write_to(vm, address(vm, args[1])?, &args[2..3], stops(vm, args)?)?;
    Ok(Obj::small_int_wrapping(taken as isize))
}

fn writevto(vm: &Vm, args: &[Obj]) -> Res {
    // A copy, which nobody changes meanwhile.
    let pieces = vm.this::<Tuple>(vm.call(Obj::from_static(&tuple::TYPE), &args[2..3])?)?;
    let taken = bus(vm, args[0])?.write_to(vm, address(vm, args[1])?, pieces.items(), stops(vm, args)?)?;
    Ok(Obj::small_int_wrapping(taken as isize))
}

/// The arguments of transfers with a device's memory: the bus, the device, the place in its memory as bytes, what is read or
/// written.
fn memory(vm: &Vm, args: Args<'_>) -> Res<(Bus, u8, Obj, Obj)> {
    let bus = bus(vm, args.pos()[0])?;
    let names = [q!("addr"), q!("memaddr"), q!("arg"), q!("addrsize")];
    let [device, place, what, bits] = args.behind(1).by_name(vm, names, 3)?;
    let bits = bits.map_or(Ok(8), |bits| vm.int(bits))?;
    if !(8..=32).contains(&bits) {
        return Err(vm.value_error(format_args!("invalid addrsize")));
    }
    let place = (vm.int_truncated(place.unwrap_or(Obj::NONE))? as u32).to_be_bytes();
    let place = Bytes::new(vm, &place[4 - bits as usize / 8..])?.obj();
    Ok((bus, address(vm, device.unwrap_or(Obj::NONE))?, place, what.unwrap_or(Obj::NONE)))
}

fn readfrom_mem(vm: &Vm, args: Args<'_>) -> Res {
    let (bus, device, place, len) = memory(vm, args)?;
    let into = new_bytearray(vm, len)?;
    bus.write_to(vm, device, &[place], false)?;
    bus.read_from(vm, device, into, true)?;
    Ok(Bytes::new(vm, vm.buffer(into, Access::Read)?.bytes())?.obj())
}

fn readfrom_mem_into(vm: &Vm, args: Args<'_>) -> Res {
    let (bus, device, place, into) = memory(vm, args)?;
    bus.write_to(vm, device, &[place], false)?;
    bus.read_from(vm, device, into, true)?;
    Ok(Obj::NONE)
}

fn writeto_mem(vm: &Vm, args: Args<'_>) -> Res {
    let (bus, device, place, bytes) = memory(vm, args)?;
    let wanted = vm.buffer(place, Access::Read)?.len() + vm.buffer(bytes, Access::Read)?.len();
    if bus.write_to(vm, device, &[place, bytes], true)? < wanted {
        return Err(vm.os_error(IO));
    }
    Ok(Obj::NONE)
}
