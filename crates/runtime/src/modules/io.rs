//! The module `io`: streams in memory, and streams that programs define.

use core::cell::Cell;

use super::ModuleDef;
use crate::args::Args;
use crate::error::Res;
use crate::obj::array::Array;
use crate::obj::builder::Builder;
use crate::object::{Gc, Header, Object};
use crate::ops::buffer::Access;
use crate::ops::print::{Printer, Style};
use crate::ops::stream::{self, Outcome, Request, StreamSlots};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("io", MEMBERS).extensible();

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

const fn table(name: crate::qstr::Qstr, slots: &'static StreamSlots) -> Type {
    Type::new(name).make_new(make_new).print(print).next(stream::next).stream(slots).locals(METHODS)
}

/// The type `StringIO`.
pub static STRING_IO: Type =
    table(q!("StringIO"), &StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: true });

/// The type `BytesIO`.
pub static BYTES_IO: Type =
    table(q!("BytesIO"), &StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false });

crate::members! {
    static METHODS = {
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "readlines" => f1(stream::readlines),
        "write" => var(2, 4, stream::write),
        "seek" => var(2, 3, stream::seek),
        "tell" => f1(stream::tell),
        "flush" => f1(stream::flush),
        "close" => f1(stream::close),
        "getvalue" => f1(getvalue),
        "__enter__" => f1(stream::enter),
        "__exit__" => var(4, 4, stream::exit),
    }
}

/// A stream in memory.
#[repr(C)]
struct Memory {
    header: Header,
    data: Cell<Builder>,
    at: Cell<usize>,
    closed: Cell<bool>,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only `StringIO` objects have this type. `of` knows of the other.
unsafe impl Object for Memory {
    const TYPE: &'static Type = &STRING_IO;
}

impl Memory {
    /// Does `work` with the bytes.
    fn with<R>(&self, work: impl FnOnce(&mut Builder) -> R) -> R {
        let mut data = self.data.take();
        let result = work(&mut data);
        self.data.set(data);
        result
    }
}

/// The open stream that `object` is.
fn of(vm: &Vm, object: Obj) -> Res<Gc<Memory>> {
    let as_memory = |object: Obj| {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; those of either type have this layout.
        unsafe {
            let ty = header.as_ref().ty();
            (ty == Gc::from_static(&STRING_IO) || ty == Gc::from_static(&BYTES_IO))
                .then(|| Gc::<Memory>::from_ptr(header.cast()))
        }
    };
    match as_memory(object).or_else(|| as_memory(vm.native_base(object)?)) {
        Some(memory) if memory.closed.get() => Err(vm.value_error(format_args!("I/O operation on closed file"))),
        Some(memory) => Ok(memory),
        None => Err(vm.type_error(format_args!("argument has wrong type"))),
    }
}

fn make_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 1, false)?;
    let ty = if ty == Gc::from_static(&STRING_IO) { &STRING_IO } else { &BYTES_IO };
    let mut data = Builder::new();
    match args.pos().first() {
        Some(&room) if room.is_small_int() => data.reserve(vm, usize::try_from(vm.int(room)?).unwrap_or(0))?,
        Some(&bytes) if bytes != Obj::NONE => data.extend(vm, vm.buffer(bytes, Access::Read)?.bytes())?,
        _ => {}
    }
    let memory = Memory { header: Header::of(ty), data: Cell::new(data), at: Cell::new(0), closed: Cell::new(false) };
    Ok(vm.alloc(memory)?.obj())
}

fn print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let name = vm.type_name(object);
    vm.print_fmt(out, format_args!("<io.{name} {:#x}>", object.bits()))
}

fn read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let memory = of(vm, object)?;
    let at = memory.at.get();
    let count = memory.with(|data| {
        let rest = data.bytes().get(at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        count
    });
    memory.at.set(at + count);
    Ok(Ok(count))
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let memory = of(vm, object)?;
    let at = memory.at.get();
    memory.with(|data| {
        let end = at.saturating_add(bytes.len());
        let len = data.bytes().len();
        if end > len {
            data.fill(vm, 0, end - len)?;
        }
        data.bytes_mut()[at..end].copy_from_slice(bytes);
        Ok(())
    })?;
    memory.at.set(at + bytes.len());
    Ok(Ok(bytes.len()))
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let memory = of(vm, object)?;
    match request {
        Request::Flush => Ok(Ok(0)),
        Request::Close => {
            memory.closed.set(true);
            memory.data.take();
            Ok(Ok(0))
        }
        Request::Seek { offset, whence } => {
            let from = match whence {
                0 => 0,
                1 => memory.at.get(),
                _ => memory.with(|data| data.bytes().len()),
            };
            // Before the start is at the start.
            memory.at.set(from.saturating_add_signed(offset));
            Ok(Ok(memory.at.get()))
        }
        _ => Ok(Err(22)),
    }
}

fn getvalue(vm: &Vm, object: Obj) -> Res {
    let memory = of(vm, object)?;
    let text = vm.stream(object)?.is_text;
    memory.with(|data| {
        let mut copy = Builder::with_capacity(vm, data.bytes().len())?;
        copy.extend(vm, data.bytes())?;
        if text { copy.into_str(vm) } else { copy.into_bytes(vm) }
    })
}

/// The type `IOBase`: instances of classes derived from it are streams, by their methods `readinto`, `write` and `ioctl`.
pub static IO_BASE: Type = Type::new(q!("IOBase")).make_new(io_base_new).stream(&IO_BASE_SLOTS);

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
pub static BUFFERED_WRITER: Type = Type::new(q!("BufferedWriter"))
    .make_new(writer_new)
    .stream(&StreamSlots { read: None, write: Some(writer_write), ioctl: None, is_text: false })
    .locals(WRITER_METHODS);

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
