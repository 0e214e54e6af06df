//! The module `io`: streams in memory, and streams that programs define.

mod memory;

use core::cell::Cell;

use super::ModuleDef;
use crate::args::Args;
use crate::define;
use crate::errno::AGAIN;
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
        return Ok(Err(AGAIN));
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

impl Writer {
    /// How many bytes wait to be written out.
    fn len(&self) -> usize {
        let data = self.data.take();
        let len = data.bytes().len();
        self.data.set(data);
        len
    }
}

fn writer_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 2, 2, false)?;
    let Ok(size) = usize::try_from(vm.int(args.pos()[1])?) else { return Err(vm.memory_error(usize::MAX)) };
    let data = Cell::new(Builder::with_capacity(vm, size)?);
    Ok(vm.alloc(Writer { header: Header::of(&BUFFERED_WRITER), stream: args.pos()[0], size, data })?.obj())
}

/// Writes out what has been collected. What the stream does not take stays for the next time.
fn drain(vm: &Vm, writer: Gc<Writer>) -> Res<Result<(), i32>> {
    let mut data = writer.data.take();
    let mut taken = 0;
    let outcome = vm.stream_write_counted(writer.stream, data.bytes(), &mut taken);
    data.bytes_mut().copy_within(taken.., 0);
    data.truncate(data.bytes().len() - taken);
    // The stream may have written here itself.
    let added = writer.data.take();
    let kept = data.extend(vm, added.bytes());
    writer.data.set(data);
    kept?;
    outcome
}

/// Collects bytes, and writes out what fills the buffer: how many there was room for.
fn writer_write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let writer = vm.this::<Writer>(object)?;
    let size = writer.size.max(1);
    let mut done = 0;
    loop {
        let mut data = writer.data.take();
        let room = size.saturating_sub(data.bytes().len());
        let now = &bytes[done..bytes.len().min(done + room)];
        let result = data.extend(vm, now);
        writer.data.set(data);
        result?;
        done += now.len();
        if writer.len() < size {
            return Ok(Ok(done));
        }
        match drain(vm, writer)? {
            Err(errno) if errno != AGAIN => return Ok(Err(errno)),
            _ if done == bytes.len() => return Ok(Ok(done)),
            _ if writer.len() < size => {}
            _ => return Ok(if done > 0 { Ok(done) } else { Err(AGAIN) }),
        }
    }
}

/// `flush()`: an error if anything stays.
fn writer_flush(vm: &Vm, object: Obj) -> Res {
    let writer = vm.this::<Writer>(object)?;
    match drain(vm, writer)? {
        Ok(()) if writer.len() == 0 => Ok(Obj::NONE),
        Ok(()) => Err(vm.os_error(AGAIN)),
        Err(errno) => Err(vm.os_error(errno)),
    }
}
