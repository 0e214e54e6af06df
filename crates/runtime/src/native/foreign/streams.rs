//! Streams and printers of C code for Berus, and of Berus for C code.

use core::ffi::c_int;
use core::hint::black_box;
use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::errno::Errno;
use crate::host::Events;
use crate::model::builtin::Builtin;
use crate::model::error::Res;
use crate::model::object::Gc;
use crate::model::printer::Printer;
use crate::model::stream::{Failure, Outcome, Request, StreamSlots};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::native::border::serve;
use crate::native::foreign::layout::{Kind, TypeOfC};
use crate::native::foreign::type_for_c;
pub(super) use crate::native::table::PrinterOfC;
use crate::native::{border, table};
use crate::ops::stream;
use crate::ops::stream::{Streams, unsupported_stream};

/// The method `read` for C types, whose streams are read as any others.
pub(in crate::native) static READ: Builtin = Builtin::var(1, 2, stream::read);
/// The method `readinto` for C types.
pub(in crate::native) static READINTO: Builtin = Builtin::var(2, 3, stream::readinto);
/// The method `readline` for C types.
pub(in crate::native) static READLINE: Builtin = Builtin::var(1, 2, stream::readline);
/// The method `write` for C types.
pub(in crate::native) static WRITE: Builtin = Builtin::var(2, 4, stream::write);

/// The functions by which C code reads, writes and controls a stream (MicroPython: `mp_stream_p_t`).
#[repr(C)]
pub(in crate::native) struct StreamOfC {
    read: Option<unsafe extern "C" fn(Obj, *mut u8, usize, *mut c_int) -> usize>,
    write: Option<unsafe extern "C" fn(Obj, *const u8, usize, *mut c_int) -> usize>,
    ioctl: Option<unsafe extern "C" fn(Obj, usize, usize, *mut c_int) -> usize>,
    flags: usize,
}

/// The answer of C functions for an error.
const ERROR: usize = usize::MAX;
/// The flag of streams of text.
const IS_TEXT: usize = 1;

/// The functions of Berus's streams, for C code.
pub(super) static STREAM: StreamOfC =
    StreamOfC { read: Some(read_own), write: Some(write_own), ioctl: Some(ioctl_own), flags: 0 };

/// An outcome as C functions answer it.
///
/// # Safety
/// There is room for a number at `error`.
///
/// # Errors
/// The exception, if the outcome is one.
unsafe fn answer(outcome: Outcome, error: *mut c_int) -> Res<usize> {
    match outcome {
        Ok(count) => Ok(count),
        Err(Failure::Errno(errno)) => {
            // SAFETY: as the caller says.
            unsafe { error.write(errno.0) };
            Ok(ERROR)
        }
        Err(Failure::Raised(raised)) => Err(raised),
    }
}

unsafe extern "C" fn read_own(object: Obj, data: *mut u8, len: usize, error: *mut c_int) -> usize {
    // SAFETY: machine code called, and vouches for the memory, which may hold any bytes.
    unsafe {
        serve(|vm| {
            let data = if len == 0 { &mut [][..] } else { core::slice::from_raw_parts_mut(data, len) };
            answer(vm.stream_read(object, data), error)
        })
    }
}

unsafe extern "C" fn write_own(object: Obj, data: *const u8, len: usize, error: *mut c_int) -> usize {
    // SAFETY: machine code called, and vouches for the memory.
    unsafe { serve(|vm| answer(vm.stream_write(object, table::bytes(data, len)), error)) }
}

/// The numbers of stream requests.
mod number {
    pub const FLUSH: usize = 1;
    pub const SEEK: usize = 2;
    pub const POLL: usize = 3;
    pub const CLOSE: usize = 4;
}

/// The argument of the request to move (MicroPython: `struct mp_stream_seek_t`, where native modules have words for
/// offsets).
#[repr(C)]
struct SeekOfC {
    offset: isize,
    whence: c_int,
}

unsafe extern "C" fn ioctl_own(object: Obj, request: usize, argument: usize, error: *mut c_int) -> usize {
    let seek = core::ptr::with_exposed_provenance_mut::<SeekOfC>(argument);
    // SAFETY: machine code called, and vouches for the argument that a request points to.
    unsafe {
        serve(|vm| {
            let is_seek = request == number::SEEK;
            let request = match request {
                number::FLUSH => Request::Flush,
                number::SEEK => Request::Seek { offset: (*seek).offset, whence: (*seek).whence as u8 },
                number::POLL => Request::Poll(Events::from_bits_retain(argument)),
                number::CLOSE => Request::Close,
                other => Request::Other(other, argument),
            };
            let outcome = vm.stream_ioctl(object, request).map(|done| match is_seek {
                true => {
                    (*seek).offset = done as isize;
                    0
                }
                false => done,
            });
            answer(outcome, error)
        })
    }
}

/// Entry `mp_get_stream_raise`: the stream that `object` is, which can do what `flags` ask for.
pub(in crate::native) unsafe extern "C" fn get_stream(object: Obj, flags: usize) -> *const StreamOfC {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let slots = vm.stream(object)?;
            let can = [slots.read.is_some(), slots.write.is_some(), slots.ioctl.is_some()];
            if (0..can.len()).any(|n| flags >> n & 1 != 0 && !can[n]) {
                return Err(unsupported_stream(vm));
            }
            Ok(of_c(type_for_c(vm, object)).unwrap_or(&raw const STREAM))
        })
    }
}

/// The stream slot of a C type.
fn of_c(ty: *const Type) -> Option<*const StreamOfC> {
    // SAFETY: C code has types of either layout, both with these slots.
    let slot = unsafe { TypeOfC::slot(NonNull::new(ty.cast_mut())?.cast(), Kind::Protocol) }?;
    Some(slot.as_ptr().cast_const().cast())
}

/// The stream slots of C types' stand-ins: of streams of bytes, and of streams of text.
pub(super) static SLOTS: [StreamSlots; 2] = [
    StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: false },
    StreamSlots { read: Some(read), write: Some(write), ioctl: Some(ioctl), is_text: true },
];

/// Whether a stream of C code is one of text.
///
/// # Safety
/// There is a stream of C code at `stream`.
pub(super) unsafe fn is_text(stream: NonNull<core::ffi::c_void>) -> bool {
    // SAFETY: as the caller says.
    unsafe { stream.cast::<StreamOfC>().as_ref() }.flags & IS_TEXT != 0
}

/// Calls a function of the stream of a C type.
fn call(
    vm: &Vm,
    object: Obj,
    function: fn(&StreamOfC) -> Option<*const core::ffi::c_void>,
    a: usize,
    b: usize,
) -> Outcome {
    let stream = of_c(type_for_c(vm, object));
    // SAFETY: a C type's protocol is a stream where its stand-in has these slots.
    let function = stream.and_then(|stream| function(unsafe { &*stream }));
    let Some(function) = function else { return Err(unsupported_stream(vm).into()) };
    let mut error: c_int = 0;
    let error_at = (&raw mut error).expose_provenance();
    // SAFETY: the functions of a stream take four words. The object is kept, and so its code.
    let result = unsafe { border::call(vm, None, function, [object.bits(), a, b, error_at]) };
    black_box((object, &mut error));
    let result = result?;
    if result == ERROR { Err(Errno(error).into()) } else { Ok(result) }
}

fn read(vm: &Vm, object: Obj, data: &mut [u8]) -> Outcome {
    let (at, len) = (data.as_mut_ptr().expose_provenance(), data.len());
    let outcome = call(vm, object, |stream| stream.read.map(|read| read as *const _), at, len);
    Ok(outcome?.min(len))
}

fn write(vm: &Vm, object: Obj, data: &[u8]) -> Outcome {
    let (at, len) = (data.as_ptr().expose_provenance(), data.len());
    let outcome = call(vm, object, |stream| stream.write.map(|write| write as *const _), at, len);
    Ok(outcome?.min(len))
}

fn ioctl(vm: &Vm, object: Obj, request: Request) -> Outcome {
    let function = |stream: &StreamOfC| stream.ioctl.map(|ioctl| ioctl as *const _);
    let (request, argument) = match request {
        Request::Flush => (number::FLUSH, 0),
        Request::Poll(events) => (number::POLL, events.bits()),
        Request::Close => (number::CLOSE, 0),
        Request::Other(request, argument) => (request, argument),
        Request::Seek { offset, whence } => {
            let mut seek = SeekOfC { offset, whence: whence.into() };
            let outcome = call(vm, object, function, number::SEEK, (&raw mut seek).expose_provenance());
            black_box(&mut seek);
            return outcome.map(|_| seek.offset as usize);
        }
    };
    call(vm, object, function, request, argument)
}

/// Text on its way to a printer of C code.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub out: *const PrinterOfC,
    pub text: Gc<Bytes>,
}

impl Written {
    /// Writes the text. The printer may raise, and then this function does not return.
    ///
    /// # Safety
    /// Machine code called, with a printer, and nothing in the frames since has to be dropped.
    pub unsafe fn write(self) {
        let text = self.text.bytes();
        // SAFETY: as the caller says.
        unsafe { ((*self.out).write)((*self.out).data, text.as_ptr(), text.len()) };
    }
}

/// A printer of Berus, for C code to write to.
struct Target<'a> {
    printer: &'a mut dyn Printer,
}

/// Has C code print by calling `print` with a printer that writes to `printer`.
///
/// # Errors
/// Whatever `print` raises.
pub(super) fn print_with(printer: &mut dyn Printer, print: impl FnOnce(usize) -> Res<usize>) -> Res<()> {
    let mut target = Target { printer };
    let printer = PrinterOfC { data: (&raw mut target).cast(), write: write_to_target };
    let result = print((&raw const printer).expose_provenance());
    black_box(&printer);
    result.map(|_| ())
}

unsafe extern "C" fn write_to_target(target: *mut core::ffi::c_void, text: *const u8, len: usize) {
    // SAFETY: machine code called, with the target that `print_with` gave it, and vouches for the text.
    unsafe {
        let target = target.cast::<Target<'_>>();
        serve(|vm| (*target).printer.write(vm, table::bytes(text, len)))
    }
}

/// The stream slots of a type whose protocol is this stream of C code.
pub(super) fn slots_of(stream: NonNull<core::ffi::c_void>) -> &'static StreamSlots {
    // SAFETY: a C type's protocol is a stream.
    let is_text = unsafe { is_text(stream) };
    &SLOTS[usize::from(is_text)]
}
