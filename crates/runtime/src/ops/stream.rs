//! The stream protocol: reading, writing and controlling stream objects.
//!
//! A type gives three functions; the methods of all streams (`read`, `readline`, `write`, ...) are built from these
//! three in this file.

use crate::data::builder::Builder;
use crate::data::instance::NativeBase;
use crate::errno::INVALID;
use crate::model::arity::nth_argument;
use crate::model::buffer::{Access, Buffer};
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Raised, Res};
use crate::model::events::Poll;
use crate::model::layout::List;
use crate::model::object::Gc;
use crate::model::printer::Printer;
use crate::model::protocols::{Classes, Ints};
use crate::model::stream::{Failure, Outcome, Request, StreamSlots};
use crate::model::types::flag;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::buffer::Buffers;
use crate::ops::convert::Convert;
use crate::text::utf8;

crate::members! {
    /// The methods of streams, to begin the table of a type with.
    pub const METHODS = rows {
        "read" => var(1, 2, read),
        "readinto" => var(2, 3, readinto),
        "readline" => var(1, 2, readline),
        "readlines" => f1(readlines),
        "write" => var(2, 4, write),
        "seek" => var(2, 3, seek),
        "tell" => f1(tell),
        "flush" => f1(flush),
        "close" => f1(close),
        "__enter__" => f1(enter),
        "__exit__" => var(4, 4, exit),
    }
}

/// Objects as streams: reading, writing and controlling them.
pub trait Streams {
    /// The stream slots of `object`. Each method of this trait asks for them and uses them at once, so that streams
    /// over streams can be nested as deep as the machine stack allows.
    ///
    /// # Errors
    /// `OSError` if `object` is no stream, `RuntimeError` if streams are nested too deep.
    fn stream(&self, object: Obj) -> Res<&'static StreamSlots>;

    /// Reads into a buffer by one call of the stream's slot.
    ///
    /// # Errors
    /// `OSError` if `object` is no stream that can be read, and what the stream raises.
    fn stream_read(&self, object: Obj, buffer: &mut [u8]) -> Outcome;

    /// Writes bytes by one call of the stream's slot.
    ///
    /// # Errors
    /// `OSError` if `object` is no stream that can be written to, and what the stream raises.
    fn stream_write(&self, object: Obj, bytes: &[u8]) -> Outcome;

    /// Asks the stream for `request`.
    ///
    /// # Errors
    /// `OSError` if `object` is no stream that can be controlled, and what the stream raises.
    fn stream_ioctl(&self, object: Obj, request: Request) -> Outcome;

    /// Writes all bytes, and answers how many were taken before the stream would take no more.
    ///
    /// # Errors
    /// As [`Vm::stream_write`].
    fn stream_write_all(&self, object: Obj, bytes: &[u8]) -> Outcome;

    /// Reads until `buffer` is full or the stream ends.
    ///
    /// # Errors
    /// As [`Vm::stream_read`].
    fn stream_read_all(&self, object: Obj, buffer: &mut [u8]) -> Outcome;
}

impl Streams for Vm {
    fn stream(&self, object: Obj) -> Res<&'static StreamSlots> {
        self.check_depth()?;
        let ty = self.type_of(object);
        if let Some(slots) = ty.slots.stream() {
            return Ok(slots);
        }
        if cfg!(feature = "io") && self.is_subtype(ty, Vm::IO_BASE) && ty != Gc::from_static(Vm::IO_BASE) {
            return Ok(Vm::IO_BASE_SLOTS);
        }
        let inside = self.native_base(object).and_then(|native| self.type_of(native).slots.stream());
        inside.ok_or_else(|| unsupported_stream(self))
    }

    fn stream_read(&self, object: Obj, buffer: &mut [u8]) -> Outcome {
        self.work(1)?;
        match self.stream(object)?.read {
            Some(read) => read(self, object, buffer),
            None => Err(unsupported_stream(self).into()),
        }
    }

    fn stream_write(&self, object: Obj, bytes: &[u8]) -> Outcome {
        self.work(1)?;
        match self.stream(object)?.write {
            Some(write) => write(self, object, bytes),
            None => Err(unsupported_stream(self).into()),
        }
    }

    fn stream_ioctl(&self, object: Obj, request: Request) -> Outcome {
        match self.stream(object)?.ioctl {
            Some(ioctl) => ioctl(self, object, request),
            None => Err(unsupported_stream(self).into()),
        }
    }

    fn stream_write_all(&self, object: Obj, bytes: &[u8]) -> Outcome {
        let mut taken = 0;
        match stream_write_counted(self, object, bytes, &mut taken) {
            Err(failure) if !failure.is_again() || taken == 0 => Err(failure),
            _ => Ok(taken),
        }
    }

    fn stream_read_all(&self, object: Obj, buffer: &mut [u8]) -> Outcome {
        let mut done = 0;
        while done < buffer.len() {
            match self.stream_read(object, &mut buffer[done..]) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(failure) if failure.is_again() && done > 0 => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(done)
    }
}

#[cold]
pub(crate) fn unsupported_stream(vm: &Vm) -> Raised {
    vm.error(Vm::OS_ERROR, format_args!("stream operation not supported"))
}

/// Writes bytes until all are taken, the stream takes none, or there is an error. `taken` says in each case how many
/// bytes were taken; it begins as the number of bytes to skip.
///
/// # Errors
/// As [`Vm::stream_write`].
pub(crate) fn stream_write_counted(vm: &Vm, object: Obj, bytes: &[u8], taken: &mut usize) -> Result<(), Failure> {
    while *taken < bytes.len() {
        match vm.stream_write(object, &bytes[*taken..])? {
            0 => break,
            count => *taken += count,
        }
    }
    Ok(())
}

/// A printer to a stream.
pub struct StreamPrinter {
    stream: Obj,
}

impl StreamPrinter {
    /// A printer to `stream`.
    ///
    /// # Errors
    /// `OSError` if `stream` cannot be written to.
    pub fn new(vm: &Vm, stream: Obj) -> Res<StreamPrinter> {
        match vm.stream(stream)?.write {
            Some(_) => Ok(StreamPrinter { stream }),
            None => Err(unsupported_stream(vm)),
        }
    }
}

impl Printer for StreamPrinter {
    fn write(&mut self, vm: &Vm, bytes: &[u8]) -> Res<()> {
        let mut taken = 0;
        match stream_write_counted(vm, self.stream, bytes, &mut taken) {
            Ok(()) if taken == bytes.len() => Ok(()),
            // A method `write` of a class often returns `None`, and has taken all bytes.
            Err(failure) if failure.is_again() && taken == 0 => Ok(()),
            // A printer has no place to keep the rest in.
            Ok(()) => Err(Failure::AGAIN.raise(vm)),
            Err(failure) => Err(failure.raise(vm)),
        }
    }
}

/// An outcome as an object: Python's `None` for `EAGAIN`.
fn to_obj(vm: &Vm, outcome: Outcome) -> Res {
    now(vm, outcome)?.map_or(Ok(Obj::NONE), |count| vm.new_uint(count))
}

/// The count of an outcome; `None` for `EAGAIN`, where there is nothing now.
///
/// # Errors
/// Any other failure, raised.
fn now(vm: &Vm, outcome: Outcome) -> Res<Option<usize>> {
    match outcome {
        Ok(count) => Ok(Some(count)),
        Err(failure) if failure.is_again() => Ok(None),
        Err(failure) => Err(failure.raise(vm)),
    }
}

/// The bytes that were read, as a string or bytes object, as the stream is one of text or of bytes.
fn finish(vm: &Vm, stream: Obj, read: Builder) -> Res {
    if vm.stream(stream)?.is_text { read.into_str_checked(vm) } else { read.into_bytes(vm) }
}

/// The size that a method was given; `None` if it was given none, Python's `None` or a negative number, which all mean
/// "all".
fn size(vm: &Vm, args: &[Obj]) -> Res<Option<usize>> {
    match args.get(1) {
        Some(&size) if size != Obj::NONE => Ok(usize::try_from(vm.int(size)?).ok()),
        _ => Ok(None),
    }
}

/// Reads up to `count` more bytes into `out`, and answers how many came. With `once` there is only one call of the
/// stream's slot.
fn read_more(vm: &Vm, stream: Obj, out: &mut Builder, count: usize, once: bool) -> Outcome {
    let start = out.bytes().len();
    out.fill(vm, 0, count)?;
    let target = &mut out.bytes_mut()[start..];
    let outcome = if once { vm.stream_read(stream, target) } else { vm.stream_read_all(stream, target) };
    out.truncate(start + outcome.as_ref().map_or(0, |count| *count));
    outcome
}

fn read_size(vm: &Vm, args: &[Obj], once: bool) -> Res {
    let stream = nth_argument(vm, args, 0)?;
    let Some(size) = size(vm, args)? else { return read_to_end(vm, stream) };
    let text = vm.stream(stream)?.is_text;
    let mut out = Builder::with_capacity(vm, size)?;
    let mut characters = utf8::Wanted::new(size);
    let mut wanted = size;
    loop {
        match now(vm, read_more(vm, stream, &mut out, wanted, once))? {
            Some(0) => break,
            Some(_) => {}
            None if out.bytes().is_empty() => return Ok(Obj::NONE),
            None => break,
        }
        // The size of a read of text counts characters.
        wanted = if text { characters.missing(out.bytes()) } else { 0 };
        if wanted == 0 || once {
            break;
        }
    }
    finish(vm, stream, out)
}

/// How many bytes a stream has behind its position; `None` if the stream cannot move, or is of a class that a program
/// defines.
fn rest(vm: &Vm, stream: Obj) -> Option<usize> {
    let seek = |offset, whence| match vm.stream_ioctl(stream, Request::Seek { offset, whence }) {
        Ok(position) => Some(position),
        Err(Failure::Errno(_)) => None,
        Err(Failure::Raised(raised)) => {
            vm.take_exception(raised);
            None
        }
    };
    if vm.type_of(stream).has(flag::HEAP) {
        return None;
    }
    let (here, end) = (seek(0, 1)?, seek(0, 2)?);
    seek(isize::try_from(here).ok()?, 0)?;
    end.checked_sub(here)
}

/// Bytes of room to begin with when a stream of unknown length is read to its end.
const CHUNK: usize = 256;

fn read_to_end(vm: &Vm, stream: Obj) -> Res {
    let mut out = Builder::with_room(vm, rest(vm, stream).unwrap_or(CHUNK))?;
    loop {
        let wanted = match out.capacity() - out.bytes().len() {
            // The memory is full, perhaps with all that there is. It grows only if more comes.
            0 => {
                let mut more = [0; CHUNK / 4];
                match now(vm, vm.stream_read(stream, &mut more))? {
                    Some(0) | None => break,
                    Some(count) => out.extend(vm, &more[..count])?,
                }
                continue;
            }
            room => room.min(1 << 16),
        };
        match now(vm, read_more(vm, stream, &mut out, wanted, true))? {
            Some(0) => break,
            Some(_) => {}
            None if out.bytes().is_empty() => return Ok(Obj::NONE),
            None => break,
        }
    }
    finish(vm, stream, out)
}

/// `read([size])`
///
/// # Errors
/// What the stream raises.
pub fn read(vm: &Vm, args: &[Obj]) -> Res {
    read_size(vm, args, false)
}

/// `read1([size])`: as `read`, by at most one call of the stream's slot.
///
/// # Errors
/// What the stream raises.
pub fn read1(vm: &Vm, args: &[Obj]) -> Res {
    read_size(vm, args, true)
}

/// `readinto(buffer[, size])`
///
/// # Errors
/// What the stream raises.
pub fn readinto(vm: &Vm, args: &[Obj]) -> Res {
    let (stream, object) = (nth_argument(vm, args, 0)?, nth_argument(vm, args, 1)?);
    let target = vm.buffer(object, Access::Write)?;
    let len = match args.get(2) {
        Some(&size) => usize::try_from(vm.int(size)?).unwrap_or(usize::MAX).min(target.len()),
        None => target.len(),
    };
    // The bytes come by way of a block of their own, because reading may run Python code that resizes the buffer. If
    // memory is scarce, the block is small.
    let mut out = Builder::with_room(vm, len)?;
    let mut done = 0;
    loop {
        let wanted = (len - done).min(out.capacity());
        let outcome = read_more(vm, stream, &mut out, wanted, false);
        if let Err(Failure::Raised(raised)) = outcome {
            return Err(raised);
        }
        vm.buffer(object, Access::Write)?.write(done, Buffer::of(vm, out.bytes()));
        match outcome {
            Ok(count) => done += count,
            Err(failure) if failure.is_again() && done > 0 => break,
            outcome => return to_obj(vm, outcome),
        }
        if out.bytes().len() < wanted || done == len {
            break;
        }
        out.truncate(0);
    }
    to_obj(vm, Ok(done))
}

/// The next line, at most `size` bytes, or characters of text; `None` if the stream has nothing at present.
fn next_line(vm: &Vm, stream: Obj, size: Option<usize>) -> Res<Option<Builder>> {
    let text = vm.stream(stream)?.is_text;
    let mut out = Builder::new();
    let mut characters = utf8::Wanted::new(size.unwrap_or(0));
    let mut is_short = |line: &[u8]| match size {
        Some(_) if text => characters.missing(line) > 0,
        Some(size) => line.len() < size,
        None => true,
    };
    while out.bytes().last() != Some(&b'\n') && is_short(out.bytes()) {
        match now(vm, read_more(vm, stream, &mut out, 1, true))? {
            Some(0) => break,
            Some(_) => {}
            None if out.bytes().is_empty() => return Ok(None),
            None => break,
        }
    }
    Ok(Some(out))
}

/// `readline([size])`
///
/// # Errors
/// What the stream raises.
pub fn readline(vm: &Vm, args: &[Obj]) -> Res {
    let stream = nth_argument(vm, args, 0)?;
    match next_line(vm, stream, size(vm, args)?)? {
        Some(line) => finish(vm, stream, line),
        None => Ok(Obj::NONE),
    }
}

/// The next line, for `for` loops over a stream; `None` at the end.
///
/// # Errors
/// What the stream raises.
pub fn next(vm: &Vm, stream: Obj) -> Res<Option<Obj>> {
    match next_line(vm, stream, None)? {
        Some(line) if !line.bytes().is_empty() => finish(vm, stream, line).map(Some),
        _ => Ok(None),
    }
}

/// `readlines()`
///
/// # Errors
/// What the stream raises.
pub fn readlines(vm: &Vm, stream: Obj) -> Res {
    let lines = List::new(vm, &[])?;
    while let Some(line) = next(vm, stream)? {
        lines.append(vm, line)?;
    }
    Ok(lines.obj())
}

/// `write(data[, size])` or `write(data, offset, size)`
///
/// # Errors
/// What the stream raises.
pub fn write(vm: &Vm, args: &[Obj]) -> Res {
    let (stream, data) = (nth_argument(vm, args, 0)?, nth_argument(vm, args, 1)?);
    let bytes = vm.buffer(data, Access::Read)?.bytes();
    let number = |index: usize, default: usize| match args.get(index) {
        Some(&number) => Ok(usize::try_from(vm.int(number)?).unwrap_or(default)),
        None => Ok(default),
    };
    // Of two numbers the first is the offset.
    let (offset, size) =
        if args.len() > 3 { (number(2, 0)?, number(3, usize::MAX)?) } else { (0, number(2, usize::MAX)?) };
    let rest = bytes.get(offset..).unwrap_or_default();
    let outcome = vm.stream_write_all(stream, &rest[..size.min(rest.len())]);
    to_obj(vm, outcome)
}

/// `seek(offset[, whence])`
///
/// # Errors
/// What the stream raises.
pub fn seek(vm: &Vm, args: &[Obj]) -> Res {
    let (stream, offset) = (nth_argument(vm, args, 0)?, vm.int(nth_argument(vm, args, 1)?)?);
    let whence = match args.get(2) {
        Some(&whence) => vm.int(whence)?,
        None => 0,
    };
    if whence == 0 && offset < 0 || !(0..3).contains(&whence) {
        return Err(vm.os_error(INVALID));
    }
    let outcome = vm.stream_ioctl(stream, Request::Seek { offset, whence: whence as u8 });
    to_obj(vm, outcome)
}

/// `tell()`
///
/// # Errors
/// What the stream raises.
pub fn tell(vm: &Vm, stream: Obj) -> Res {
    let outcome = vm.stream_ioctl(stream, Request::Seek { offset: 0, whence: 1 });
    to_obj(vm, outcome)
}

fn plain_request(vm: &Vm, stream: Obj, request: Request) -> Res {
    match vm.stream_ioctl(stream, request) {
        Ok(_) => Ok(Obj::NONE),
        Err(failure) => Err(failure.raise(vm)),
    }
}

/// `flush()`
///
/// # Errors
/// What the stream raises.
pub fn flush(vm: &Vm, stream: Obj) -> Res {
    plain_request(vm, stream, Request::Flush)
}

/// `close()`
///
/// # Errors
/// What the stream raises.
pub fn close(vm: &Vm, stream: Obj) -> Res {
    plain_request(vm, stream, Request::Close)
}

/// `__enter__()`
///
/// # Errors
/// The method raises nothing.
pub fn enter(_: &Vm, stream: Obj) -> Res {
    Ok(stream)
}

/// `__exit__(type, value, traceback)`
///
/// # Errors
/// What the stream raises.
pub fn exit(vm: &Vm, args: &[Obj]) -> Res {
    close(vm, nth_argument(vm, args, 0)?)
}
