//! The module `websocket`: the frames of RFC 6455, over a stream on which the handshake has been made (facts:
//! `extmod/modwebsocket.c` of MicroPython).

use core::cell::Cell;

use berus_runtime::errno::{INVALID, IO};
use berus_runtime::model::args::Args;
use berus_runtime::model::arity::CheckArguments;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::{Ints, Strs};
use berus_runtime::model::stream::{Failure, Outcome, Request, StreamSlots};
use berus_runtime::model::types::Type;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::custom::{Custom, Customs};
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::stream::{self, Streams};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("websocket", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "websocket" => value(Obj::from_static(&WEBSOCKET)),
    }
}

/// The bits of a frame's first byte that say what sort of frame it is; 0 goes on with the one before.
const SORT: u8 = 15;
const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
/// Of the first byte: the frame is the last of its message. Of the second: a mask follows.
const HIGH: u8 = 0x80;

/// Requests for the sort of the frame that was read last, and to set that of those to be written (MicroPython:
/// `py/stream.h`).
const GET_SORT: usize = 8;
const SET_SORT: usize = 9;

/// `ENOBUFS`: a frame is too long.
const TOO_LONG: Failure = Failure::Errno(berus_runtime::errno::Errno(105));

/// What is read next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Two bytes: sort, length.
    Header,
    /// A longer length, a mask, or both.
    Rest,
    /// Data.
    Payload,
}

struct WebSocket {
    stream: Obj,
    /// Whether the stream waits while a frame is written.
    waits: bool,
    part: Cell<Part>,
    /// Bytes of a header, how many have come, and how many are wanted.
    header: Cell<[u8; 6]>,
    read: Cell<u8>,
    wanted: Cell<u8>,
    mask: Cell<[u8; 4]>,
    /// Which byte of the mask is next.
    at: Cell<u8>,
    /// Bytes of the payload that are left.
    left: Cell<usize>,
    /// The sort of the frame that is read, and of the message, which frames in the middle do not change.
    frame: Cell<u8>,
    message: Cell<u8>,
    /// The sort of the frames to be written.
    written: Cell<u8>,
}

static SLOTS: StreamSlots = StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false };

berus_runtime::custom_type! {
    static WEBSOCKET: Type<WebSocket> = "websocket".make_new(make_new).stream(&SLOTS).locals(METHODS);
}

berus_runtime::members! {
    static METHODS = {
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "write" => var(2, 4, stream::write),
        "ioctl" => var(2, 3, ask),
        "close" => f1(stream::close),
    }
}

/// `websocket(stream[, waits])`
fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 2, false)?;
    let stream = args.pos()[0];
    let slots = vm.stream(stream)?;
    if slots.read.is_none() || slots.write.is_none() || slots.ioctl.is_none() {
        return Err(vm.error(&berus_runtime::obj::exception::OS_ERROR, format_args!("stream operation not supported")));
    }
    let socket = WebSocket {
        stream,
        waits: args.pos().get(1) == Some(&Obj::TRUE),
        part: Cell::new(Part::Header),
        header: Cell::default(),
        read: Cell::new(0),
        wanted: Cell::new(2),
        mask: Cell::default(),
        at: Cell::new(0),
        left: Cell::new(0),
        frame: Cell::new(0),
        message: Cell::new(0),
        written: Cell::new(TEXT),
    };
    Ok(vm.new_custom(socket)?.obj())
}

fn of(vm: &Vm, object: Obj) -> Res<Gc<Custom<WebSocket>>> {
    vm.this(object)
}

impl WebSocket {
    /// Reads what is missing of a header: `false` if the stream has ended.
    fn read_header(&self, vm: &Vm) -> Result<bool, Failure> {
        let (mut header, read, wanted) = (self.header.get(), self.read.get(), self.wanted.get());
        if read == wanted {
            return Ok(true);
        }
        let count = vm.stream_read(self.stream, &mut header[usize::from(read)..usize::from(wanted)])?;
        self.header.set(header);
        self.read.set(read + count.min(usize::from(wanted - read)) as u8);
        match count {
            0 => Ok(false),
            _ if self.read.get() < wanted => Err(Failure::AGAIN),
            _ => Ok(true),
        }
    }

    /// Goes on with `part`, of which `wanted` bytes of header are to come first.
    fn go_on(&self, part: Part, wanted: u8) {
        self.part.set(part);
        self.read.set(0);
        self.wanted.set(wanted);
    }

    /// Takes the first two bytes of a frame.
    fn begin(&self, vm: &Vm) -> Result<(), Failure> {
        let [first, second, ..] = self.header.get();
        self.frame.set(first & SORT);
        if first & SORT != CONTINUATION {
            self.message.set(first & SORT);
        }
        self.mask.set([0; 4]);
        self.at.set(0);
        let mask = if second & HIGH == 0 { 0 } else { 4 };
        let length = match second & !HIGH {
            126 => 2,
            127 => {
                // A length of eight bytes is more than is ever taken.
                vm.stream_ioctl(self.stream, Request::Close)?;
                return Err(IO.into());
            }
            length => {
                self.left.set(length.into());
                0
            }
        };
        self.go_on(if mask + length > 0 { Part::Rest } else { Part::Payload }, mask + length);
        Ok(())
    }

    /// Takes length and mask.
    fn take_rest(&self) {
        let (header, wanted) = (self.header.get(), usize::from(self.wanted.get()));
        if wanted != 4 {
            self.left.set(u16::from_be_bytes([header[0], header[1]]).into());
        }
        if let Some(mask) = header[..wanted].last_chunk() {
            self.mask.set(*mask);
        }
        self.go_on(Part::Payload, 0);
    }

    /// Writes bytes as they are.
    fn write_all(&self, vm: &Vm, bytes: &[u8]) -> Result<(), Failure> {
        match vm.stream_write_all(self.stream, bytes)? {
            count if count < bytes.len() => Err(Failure::AGAIN),
            _ => Ok(()),
        }
    }

    /// Writes a frame.
    fn write_frame(&self, vm: &Vm, header: &[u8], payload: &[u8]) -> Result<(), Failure> {
        let set_waiting = |waits: Obj| match self.waits {
            true => vm.call_method(self.stream, vm.to_name(vm.new_str(b"setblocking")?)?, &[waits]).map(drop),
            false => Ok(()),
        };
        set_waiting(Obj::TRUE)?;
        let written = self.write_all(vm, header).and_then(|()| self.write_all(vm, payload));
        set_waiting(Obj::FALSE)?;
        written
    }
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let socket = of(vm, object)?;
    loop {
        if !socket.read_header(vm)? {
            return Ok(0);
        }
        match socket.part.get() {
            Part::Header => socket.begin(vm)?,
            Part::Rest => socket.take_rest(),
            Part::Payload => {
                let len = buffer.len().min(socket.left.get());
                let count = match len {
                    0 if socket.left.get() > 0 => return Ok(0),
                    0 => 0,
                    len => match vm.stream_read(socket.stream, &mut buffer[..len])?.min(len) {
                        0 => return Ok(0),
                        count => count,
                    },
                };
                let mask = socket.mask.get();
                for byte in &mut buffer[..count] {
                    *byte ^= mask[usize::from(socket.at.replace(socket.at.get().wrapping_add(1)) & 3)];
                }
                socket.left.set(socket.left.get() - count);
                let is_control = socket.frame.get() >= CLOSE;
                if socket.left.get() == 0 {
                    socket.go_on(Part::Header, 2);
                    if socket.frame.get() == CLOSE {
                        // The other end is told, if it still listens.
                        let _ = socket.write_frame(vm, &[HIGH | CLOSE, 0], &[]).map_err(|failure| failure.errno());
                        return Ok(0);
                    }
                }
                // What comes with control frames nobody reads, and a frame without data is not the end.
                if count > 0 && !is_control {
                    return Ok(count);
                }
            }
        }
    }
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let socket = of(vm, object)?;
    let first = HIGH | socket.written.get();
    let Ok(len) = u16::try_from(bytes.len()) else { return Err(TOO_LONG) };
    let [high, low] = len.to_be_bytes();
    match len {
        0..126 => socket.write_frame(vm, &[first, low], bytes)?,
        _ => socket.write_frame(vm, &[first, 126, high, low], bytes)?,
    }
    Ok(bytes.len())
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let socket = of(vm, object)?;
    match request {
        Request::Close => vm.stream_ioctl(socket.stream, Request::Close),
        Request::Other(GET_SORT, _) => Ok(socket.message.get().into()),
        Request::Other(SET_SORT, sort) => Ok(socket.written.replace(sort as u8 & SORT).into()),
        _ => Err(INVALID.into()),
    }
}

/// `ioctl(request[, argument])`
fn ask(vm: &Vm, args: &[Obj]) -> Res {
    const CLOSE: usize = 4;
    let argument = args.get(2).map_or(Ok(0), |argument| vm.int(*argument))?;
    let request = match vm.int(args[1])? as usize {
        CLOSE => Request::Close,
        number => Request::Other(number, argument as usize),
    };
    vm.new_uint(ioctl(vm, args[0], request).map_err(|failure| failure.raise(vm))?)
}
