//! The type `micropython.RingIO`: a first-in first-out buffer of bytes that is a stream.

use core::cell::Cell;

use crate::data::bytes::Bytes;
use crate::host::Events;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::{Raise, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Ints;
use crate::model::stream::{Outcome, Request, StreamSlots};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;
use crate::obj::exception;
use crate::ops::buffer::Buffers;
use crate::ops::convert::Convert;
use crate::ops::stream;
use crate::{define, errno, q};

/// The type `RingIO`.
pub static TYPE: Type = define!(Type::new(q!("RingIO")).make_new(make_new).locals(METHODS).stream(&StreamSlots {
    read: Some(read),
    write: Some(write),
    ioctl: Some(ioctl),
    is_text: false,
}));

crate::members! {
    static METHODS = {
        "any" => f1(any),
        "read" => var(1, 2, stream::read),
        "readinto" => var(2, 3, stream::readinto),
        "readline" => var(1, 2, stream::readline),
        "write" => var(2, 4, write_all),
        "close" => f1(stream::close),
    }
}

/// A ring. Of the memory of its buffer one byte is always free, so that a full ring differs from an empty one.
#[repr(C)]
struct Ring {
    header: Header,
    /// The object that gives the memory: a `bytearray`, or the object that the program gave.
    buffer: Obj,
    /// The place in the memory at which the next byte is read.
    get: Cell<usize>,
    /// The place in the memory at which the next byte is written.
    put: Cell<usize>,
}

// SAFETY: `Ring` is `repr(C)` and starts with a header; only rings have this type.
unsafe impl Object for Ring {
    const TYPE: &'static Type = &TYPE;
}

impl Ring {
    /// The ring's memory; `None` if the program has made it too small since.
    fn memory(&self, vm: &Vm) -> Res<Option<Buffer>> {
        let buffer = vm.buffer(self.buffer, Access::Write)?;
        Ok(Some(buffer).filter(|buffer| buffer.len() > self.get.get().max(self.put.get())))
    }

    /// How many bytes wait to be read, in memory of `size` bytes.
    fn available(&self, size: usize) -> usize {
        (size + self.put.get() - self.get.get()) % size
    }

    /// Moves `at` on by `count` bytes: `work` gets the place of each byte in the ring, and the byte's number. Answers
    /// `count`.
    fn pass(at: &Cell<usize>, size: usize, count: usize, mut work: impl FnMut(usize, usize)) -> usize {
        for number in 0..count {
            work(at.get(), number);
            at.set((at.get() + 1) % size);
        }
        count
    }
}

fn make_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    let given = args.pos()[0];
    let sizes = 2..=usize::from(u16::MAX);
    let buffer = match vm.try_buffer(given, Access::Write)? {
        Some(buffer) if sizes.contains(&buffer.len()) => given,
        Some(_) => return Err(vm.error_with(&exception::VALUE_ERROR, &[])),
        None => match usize::try_from(vm.int(given)?.wrapping_add(1)) {
            Ok(size) if sizes.contains(&size) => Array::zeros(vm, size)?.obj(),
            _ => return Err(vm.error_with(&exception::VALUE_ERROR, &[])),
        },
    };
    Ok(vm.alloc(Ring { header: Header::of(&TYPE), buffer, get: Cell::new(0), put: Cell::new(0) })?.obj())
}

fn read(vm: &Vm, object: Obj, out: &mut [u8]) -> Outcome {
    let ring = vm.this::<Ring>(object)?;
    let Some(memory) = ring.memory(vm)? else { return Ok(0) };
    let cells = memory.cells();
    let count = out.len().min(ring.available(cells.len()));
    Ok(Ring::pass(&ring.get, cells.len(), count, |place, number| out[number] = cells[place].get()))
}

/// `write(data[, size[, offset]])`, where the data may lie in the ring's own memory.
fn write_all(vm: &Vm, args: &[Obj]) -> Res {
    let data = vm.buffer(args[1], Access::Read)?;
    let memory = vm.this::<Ring>(args[0])?.memory(vm)?;
    if !memory.is_some_and(|memory| memory.overlaps(data)) {
        return stream::write(vm, args);
    }
    let mut all = [Obj::NONE; 4];
    all[..args.len()].copy_from_slice(args);
    all[1] = Bytes::new(vm, data.bytes())?.obj();
    stream::write(vm, &all[..args.len()])
}

fn write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let ring = vm.this::<Ring>(object)?;
    let Some(memory) = ring.memory(vm)? else { return Ok(0) };
    let cells = memory.cells();
    let count = bytes.len().min(cells.len() - 1 - ring.available(cells.len()));
    Ok(Ring::pass(&ring.put, cells.len(), count, |place, number| cells[place].set(bytes[number])))
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let ring = vm.this::<Ring>(object)?;
    match request {
        Request::Poll(events) => {
            let Some(memory) = ring.memory(vm)? else { return Ok(0) };
            let waiting = ring.available(memory.len());
            let mut ready = Events::empty();
            ready.set(Events::READ, waiting > 0);
            ready.set(Events::WRITE, waiting + 1 < memory.len());
            Ok((events & ready).bits())
        }
        Request::Close => Ok(0),
        _ => Err(errno::INVALID.into()),
    }
}

fn any(vm: &Vm, object: Obj) -> Res {
    let ring = vm.this::<Ring>(object)?;
    vm.new_uint(ring.memory(vm)?.map_or(0, |memory| ring.available(memory.len())))
}
