//! The type `IOBase`, from which classes that are streams derive.

use crate::errno::Errno;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Ints;
use crate::model::stream::{Failure, Outcome, Request, StreamSlots};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::array::Array;
use crate::ops::attr::Attributes;
use crate::ops::call::Call;
use crate::ops::convert::Convert;
use crate::{define, errno, q};

/// The type `IOBase`: instances of classes derived from it are streams, by their methods `readinto`, `write` and
/// `ioctl`.
pub static IO_BASE: Type = define!(Type::new(q!("IOBase")).make_new(io_base_new).stream(&IO_BASE_SLOTS));

/// The slots that make streams of instances of classes derived from [`IO_BASE`].
pub(crate) static IO_BASE_SLOTS: StreamSlots =
    StreamSlots { read: Some(base_read), write: Some(base_write), ioctl: Some(base_ioctl), is_text: false };

#[repr(C)]
pub(crate) struct IoBase {
    pub(crate) header: Header,
}

// SAFETY: the structure is `repr(C)` and starts with a header; only such objects have this type.
unsafe impl Object for IoBase {
    const TYPE: &'static Type = &IO_BASE;
}

pub(crate) fn io_base_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, usize::MAX, true)?;
    Ok(vm.alloc(IoBase { header: Header::of(&IO_BASE) })?.obj())
}

/// The count that a method answered, or the error number if the answer is negative.
pub(crate) fn count(answer: isize) -> Result<usize, Errno> {
    usize::try_from(answer).map_err(|_| i32::try_from(answer.unsigned_abs()).map_or(errno::IO, Errno))
}

/// The outcome of a method that had `len` bytes to read or write, by its answer: how many bytes it read or wrote,
/// `None` for "nothing now", or a negative error number.
pub(crate) fn transferred(vm: &Vm, answer: Obj, len: usize) -> Outcome {
    if answer == Obj::NONE {
        return Err(Failure::AGAIN);
    }
    // A method that claims to have read or written more than it was asked for is broken.
    Ok(Some(count(vm.int(answer)?)?).filter(|count| *count <= len).ok_or(errno::IO)?)
}

pub(crate) fn base_read(vm: &Vm, object: Obj, buffer: &mut [u8]) -> Outcome {
    let bytes = Array::bytearray(vm, buffer)?;
    let answer = vm.call_method(object, q!("readinto"), &[bytes.obj()])?;
    let count = transferred(vm, answer, buffer.len())?;
    // The method may have made its argument shorter.
    let read = bytes.buffer().bytes();
    let there = count.min(read.len());
    buffer[..there].copy_from_slice(&read[..there]);
    Ok(count)
}

pub(crate) fn base_write(vm: &Vm, object: Obj, bytes: &[u8]) -> Outcome {
    let copy = Array::bytearray(vm, bytes)?;
    let answer = vm.call_method(object, q!("write"), &[copy.obj()])?;
    transferred(vm, answer, bytes.len())
}

/// A method learns what to seek from the address of two 32-bit numbers, the offset and where that counts from, and leaves
/// the position in the place of the first, as on a microcontroller (MicroPython: `mp_stream_seek_t`). Programs that see no
/// other memory see these.
fn base_seek(vm: &Vm, ioctl: Obj, offset: isize, whence: u8) -> Outcome {
    let Ok(offset) = i32::try_from(offset) else { return Err(errno::INVALID.into()) };
    let mut fields = [0; 8];
    fields[..4].copy_from_slice(&offset.to_ne_bytes());
    fields[4..].copy_from_slice(&u32::from(whence).to_ne_bytes());
    let fields = Array::bytearray(vm, &fields)?;
    let address = vm.new_uint(fields.buffer().address())?;
    let outer = vm.lent_fields.replace(Some(fields.obj()));
    let answer = vm.call(ioctl, &[Obj::small_int_wrapping(2), address]);
    vm.lent_fields.set(outer);
    let position = fields.buffer().bytes().first_chunk().map_or(0, |bytes| u32::from_ne_bytes(*bytes));
    count(vm.int(answer?)?)?;
    Ok(position as usize)
}

pub(crate) fn base_ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let Some(ioctl) = vm.find_attr(object, q!("ioctl"))? else {
        // An object without a method `ioctl` has nothing to write out or give up.
        return if let Request::Flush | Request::Close = request { Ok(0) } else { Err(errno::INVALID.into()) };
    };
    let (number, argument) = match request {
        Request::Flush => (1, 0),
        Request::Seek { offset, whence } => return base_seek(vm, ioctl, offset, whence),
        Request::Poll(events) => (3, events.bits() as isize),
        Request::Close => (4, 0),
        Request::Other(number, argument) => (number as isize, argument as isize),
    };
    let answer = vm.call(ioctl, &[Obj::small_int_wrapping(number), vm.new_int(argument)?])?;
    Ok(count(vm.int(answer)?)?)
}
