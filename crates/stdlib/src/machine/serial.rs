//! `UART`: a serial line of the board, as a stream (facts: `docs/library/machine.UART.rst` of MicroPython).

use core::cell::Cell;
use core::time::Duration;

use berus_runtime::errno::{AGAIN, INVALID};
use berus_runtime::host::{Connection, Events, SerialLine};
use berus_runtime::model::args::Args;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::stream::{Outcome, Request, StreamSlots};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::stream;
use berus_runtime::q;

use super::gpio::connect;
use super::hardware::{done, hardware, there_is};

/// Bits in a second unless somebody says so.
const FREQUENCY: isize = 115_200;

/// A serial line.
pub struct Uart {
    number: usize,
    frequency: Cell<u32>,
    /// How long the first byte is waited for, and each further one.
    timeout: Cell<Duration>,
    timeout_char: Cell<Duration>,
}

berus_runtime::custom_type! {
    /// The type `UART`.
    pub static UART: Type<Uart> = "UART".make_new(new).stream(&SLOTS).locals(METHODS);
}

static SLOTS: StreamSlots = StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false };

berus_runtime::members! {
    static METHODS = {
        "init" => kw(1, init),
        "deinit" => f1(|_, _| Ok(Obj::NONE)),
        "any" => f1(any),
        "txdone" => f1(txdone),
        "flush" => f1(flush),
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "write" => var(2, 4, stream::write),
    }
}

fn line(vm: &Vm, uart: Obj) -> Res<&dyn SerialLine> {
    let number = vm.this::<Custom<Uart>>(uart)?.number;
    there_is(vm, hardware(vm)?.serial(number))
}

fn new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let number = match args.pos() {
        [id, ..] => usize::try_from(vm.int(*id)?).unwrap_or(usize::MAX),
        [] => return Err(vm.type_error(format_args!("'id' argument required"))),
    };
    there_is(vm, hardware(vm)?.serial(number))?;
    let uart = vm.new_custom(Uart {
        number,
        frequency: Cell::new(0),
        timeout: Cell::default(),
        timeout_char: Cell::new(Duration::from_millis(1)),
    })?;
    set_up(vm, &uart, args.behind(1))?;
    Ok(uart.obj())
}

fn init(vm: &Vm, args: Args<'_>) -> Res {
    set_up(vm, &*vm.this::<Custom<Uart>>(args.pos()[0])?, args.behind(1))?;
    Ok(Obj::NONE)
}

fn set_up(vm: &Vm, uart: &Uart, args: Args<'_>) -> Res<()> {
    let names =
        [q!("baudrate"), q!("bits"), q!("parity"), q!("stop"), q!("tx"), q!("rx"), q!("timeout"), q!("timeout_char")];
    let [frequency, bits, parity, stop, output, input, timeout, timeout_char] = args.by_name(vm, names, 0)?;
    let number = |number: Option<Obj>, usual: isize| number.map_or(Ok(usual), |number| vm.int(number));
    if number(bits, 8)? != 8 || number(stop, 1)? != 1 || parity.is_some_and(|parity| parity != Obj::NONE) {
        return Err(vm.value_error(format_args!("8 bits, no parity and 1 stop bit are wanted")));
    }
    let is_new = uart.frequency.get() == 0;
    if is_new || output.is_some() || input.is_some() {
        connect(vm, Connection::Serial, uart.number, &[output, input])?;
    }
    if is_new || frequency.is_some() {
        let frequency = u32::try_from(number(frequency, FREQUENCY)?).unwrap_or(0);
        done(vm, there_is(vm, hardware(vm)?.serial(uart.number))?.set_frequency(frequency))?;
        uart.frequency.set(frequency);
    }
    let milliseconds = |time: isize| Duration::from_millis(time.max(0) as u64);
    if timeout.is_some() {
        uart.timeout.set(milliseconds(number(timeout, 0)?));
    }
    if timeout_char.is_some() {
        uart.timeout_char.set(milliseconds(number(timeout_char, 0)?));
    }
    Ok(())
}

fn any(vm: &Vm, uart: Obj) -> Res {
    vm.new_uint(line(vm, uart)?.available())
}

fn txdone(vm: &Vm, uart: Obj) -> Res {
    Ok(Obj::bool(line(vm, uart)?.is_idle()))
}

fn flush(vm: &Vm, uart: Obj) -> Res {
    while !line(vm, uart)?.is_idle() {
        vm.poll()?;
    }
    Ok(Obj::NONE)
}

fn read(vm: &Vm, uart: Obj, buffer: &mut [u8]) -> Outcome {
    let (line, this) = (line(vm, uart)?, vm.this::<Custom<Uart>>(uart)?);
    let mut len = 0;
    let mut end = vm.now().saturating_add(this.timeout.get());
    while len < buffer.len() {
        match line.read(&mut buffer[len..]) {
            0 if vm.now() >= end => break,
            0 => vm.poll()?,
            more => {
                len += more;
                end = vm.now().saturating_add(this.timeout_char.get());
            }
        }
    }
    if len == 0 && !buffer.is_empty() { Err(AGAIN.into()) } else { Ok(len) }
}

fn write(vm: &Vm, uart: Obj, bytes: &[u8]) -> Outcome {
    let line = line(vm, uart)?;
    let mut taken = 0;
    while taken < bytes.len() {
        match line.write(&bytes[taken..]) {
            0 => vm.poll()?,
            more => taken += more,
        }
    }
    Ok(taken)
}

fn ioctl(vm: &Vm, uart: Obj, request: Request) -> Outcome {
    match request {
        Request::Poll(events) => {
            let mut ready = Events::WRITE;
            ready.set(Events::READ, line(vm, uart)?.available() > 0);
            Ok((events & ready).bits())
        }
        Request::Close => Ok(0),
        _ => Err(INVALID.into()),
    }
}
