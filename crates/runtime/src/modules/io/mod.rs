//! The module `io`: streams in memory, and streams that programs define.

mod memory;

use core::cell::Cell;

use super::ModuleDef;
use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::obj::array::Array;
use crate::obj::builder::Builder;
use crate::object::{Gc, Header, Object};
use crate::ops::stream::{self, Outcome, Request, StreamSlots};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("io", MEMBERS).extensible();

pub use memory::{BYTES_IO, STRING_IO};

crate::members! {
    /// What the module has.
    static MEMBERS = {
        "StringIO" => value(Obj::from_static(&STRING_IO)),
        "open" => value(Obj::from_static(&crate::vfs::OPEN)),
        "BytesIO" => value(Obj::from_static(&BYTES_IO)),
        "IOBase" => value(Obj::from_static(&IO_BASE)),
        "BufferedWriter" => value(Obj::from_static(&BUFFERED_WRITER)),
    }
}

/// The type `IOBase`: instances of classes derived from it are streams, by their methods `readinto`, `write` and `ioctl`.
pub static IO_BASE: Type = define!(Type::new(q!("IOBase")).make_new(io_base_new).stream(&IO_BASE_SLOTS));

/// What makes a stream of an instance of a class derived from [`IO_BASE`].
pub(crate) static IO_BASE_SLOTS: StreamSlots =
    StreamSlots { read: Some(base_read), write: Some(base_write), ioctl: Some(base_ioctl), is_text: false };

#[repr(C)]
struct IoBase {
    header: Header,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only such objects have this type.
unsafe impl Object for IoBase {
    const TYPE: &'static Type = &IO_BASE;
}

fn io_base_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, usize::MAX, true)?;
    Ok(vm.alloc(IoBase { header: Header::of(&IO_BASE) })?.obj())
}

/// The number that a method answered: negative for an `errno` number.
fn count(answer: isize) -> Result<usize, i32> {
    usize::try_from(answer).map_err(|_| i32::try_from(answer.unsigned_abs()).unwrap_or(EIO))
}

/// What a method answered that had `len` bytes to read or write: how many it did, `None` for "nothing now", or a negative `errno` number.
fn transferred(vm: &Vm, answer: Obj, len: usize) -> Outcome {
    if answer == Obj::NONE {
        return Ok(Err(11));
    }
    Ok(count(vm.int(answer)?).and_then(|count| if count <= len { Ok(count) } else { Err(EIO) }))
}

/// The error of a method that claims to have done more than it was asked for.
const EIO: i32 = 5;

fn base_read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let bytes = Array::bytearray(vm, buffer)?;
    let answer = vm.call_method(object, q!("readinto"), &[bytes.obj()])?;
    let outcome = transferred(vm, answer, buffer.len())?;
    if let Ok(count) = outcome {
        // The method may have made its argument shorter.
        let read = bytes.buffer().bytes();
        let there = count.min(read.len());
        buffer[..there].copy_from_slice(&read[..there]);
    }
    Ok(outcome)
}

fn base_write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let copy = Array::bytearray(vm, bytes)?;
    let answer = vm.call_method(object, q!("write"), &[copy.obj()])?;
    transferred(vm, answer, bytes.len())
}

fn base_ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let Some(ioctl) = vm.find_attr(object, q!("ioctl"))? else {
        // What has no such method has nothing to write out or give up.
        return Ok(if let Request::Flush | Request::Close = request { Ok(0) } else { Err(22) });
    };
    let (number, argument) = match request {
        Request::Flush => (1, 0),
        Request::Seek { offset, .. } => (2, offset),
        Request::Poll(events) => (3, events as isize),
        Request::Close => (4, 0),
        Request::Other(number, argument) => (number as isize, argument as isize),
    };
    let answer = vm.call(ioctl, &[Obj::small_int_wrapping(number), vm.new_int(argument)?])?;
    Ok(count(vm.int(answer)?))
}

/// The type `BufferedWriter`: collects what is written to another stream.
pub static BUFFERED_WRITER: Type = define!(
    Type::new(q!("BufferedWriter"))
        .make_new(writer_new)
        .stream(&StreamSlots { read: None, write: Some(writer_write), ioctl: None, is_text: false })
        .locals(WRITER_METHODS)
);

crate::members! {
    static WRITER_METHODS = {
        "write" => var(2, 4, stream::write),
        "flush" => f1(writer_flush),
    }
}

#[repr(C)]
struct Writer {
    header: Header,
    stream: Obj,
    size: usize,
    data: Cell<Builder>,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only such objects have this type.
unsafe impl Object for Writer {
    const TYPE: &'static Type = &BUFFERED_WRITER;
}

fn writer_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, false)?;
    let Ok(size) = usize::try_from(vm.int(args.pos()[1])?) else { return Err(vm.memory_error(usize::MAX)) };
    let data = Cell::new(Builder::with_capacity(vm, size)?);
    Ok(vm.alloc(Writer { header: Header::of(&BUFFERED_WRITER), stream: args.pos()[0], size, data })?.obj())
}

/// Writes out what has been collected.
fn drain(vm: &Vm, writer: Gc<Writer>) -> Outcome {
    let mut data = writer.data.take();
    let outcome = vm.stream_write_all(writer.stream, data.bytes());
    // What could not be written stays for the next time.
    if let Ok(Ok(_)) = outcome {
        data.truncate(0);
    }
    writer.data.set(data);
    outcome
}

fn writer_write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let writer = vm.this::<Writer>(object)?;
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut data = writer.data.take();
        let (now, later) =
            rest.split_at(rest.len().min(writer.size.max(1) - data.bytes().len().min(writer.size.max(1) - 1)));
        let result = data.extend(vm, now);
        let full = data.bytes().len() >= writer.size;
        writer.data.set(data);
        result?;
        rest = later;
        if full && let Err(errno) = drain(vm, writer)? {
            return Ok(Err(errno));
        }
    }
    Ok(Ok(bytes.len()))
}

fn writer_flush(vm: &Vm, object: Obj) -> Res {
    match drain(vm, vm.this::<Writer>(object)?)? {
        Ok(_) => Ok(Obj::NONE),
        Err(errno) => Err(vm.os_error(errno)),
    }
}
