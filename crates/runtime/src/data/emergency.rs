//! The exception of last resort: what is raised while the heap is full or locked.
//!
//! The exception is one object, made with the interpreter, which becomes an exception of whatever type is wanted. A
//! small buffer, made beforehand too, has room for its traceback, its arguments and a message; parts that do not fit
//! are left out.

use core::fmt;
use core::fmt::Write;

use crate::data::str::Str;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::emergency::{TRACE, TRACE_WORDS, WORD};
use crate::model::error::Res;
use crate::model::layout::{Exception, Tuple};
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// Bytes of the buffer that every interpreter has. On small machines a program that wants a buffer asks for it.
const BUFFER: usize = if usize::BITS >= 64 { 256 } else { 0 };

/// A text of limited length: what goes beyond the limit is cut off.
struct Cut<'a> {
    bytes: &'a mut [u8],
    len: usize,
}

impl Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = self.bytes.len() - self.len;
        let end = (0..=text.len().min(left)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.bytes[self.len..self.len + end].copy_from_slice(&text.as_bytes()[..end]);
        self.len += end;
        if end == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// The buffer that is kept for exceptions raised without memory.
pub trait ReserveEmergency {
    /// Makes a new buffer of `bytes` bytes; none if they are less than a word.
    ///
    /// # Errors
    /// `MemoryError`.
    fn reserve_emergency(&self, bytes: usize) -> Res<()>;
}

impl ReserveEmergency for Vm {
    fn reserve_emergency(&self, bytes: usize) -> Res<()> {
        let words = bytes / WORD;
        let buffer = if words > 0 { Some(self.alloc_words(words)?) } else { None };
        self.emergency.buffer.set(buffer);
        self.emergency.words.set(words);
        Ok(())
    }
}

/// Makes the exception of last resort, and its buffer.
pub(crate) fn prepare_emergency(vm: &Vm) -> Res<()> {
    let ty = Gc::from_static(Vm::MEMORY_ERROR);
    let exception = vm.try_alloc(Exception::empty(ty)).ok_or_else(|| vm.raise(Obj::NONE))?;
    vm.emergency.exception.set(Some(exception));
    vm.reserve_emergency(BUFFER)
}

/// Makes the exception of last resort one of type `ty` with arguments `args`, or with none if these do not fit. `None`
/// before the exception has been made.
#[cold]
pub(crate) fn emergency_exception(vm: &Vm, ty: Gc<Type>, args: &[Obj]) -> Option<Gc<Exception>> {
    let exception = vm.emergency.exception.get()?;
    let args = emergency_args(vm, args).unwrap_or(Tuple::EMPTY);
    // SAFETY: code that raises an exception holds no reference into another exception.
    unsafe { Exception::become_other(exception, ty, args) };
    if let Some(buffer) = vm.emergency.buffer.get().filter(|_| vm.emergency.words.get() >= TRACE_WORDS) {
        // SAFETY: the buffer begins with room for `TRACE` entries.
        unsafe { exception.set_trace_room(buffer.cast(), TRACE) };
    }
    Some(exception)
}

/// A tuple of `args` in the buffer; `None` if the buffer has no room for it.
pub(crate) fn emergency_args(vm: &Vm, args: &[Obj]) -> Option<Gc<Tuple>> {
    if args.is_empty() {
        return Some(Tuple::EMPTY);
    }
    let room = vm.emergency.room(Tuple::words(args.len()))?;
    // SAFETY: the buffer has room for the tuple; the words that it overwrites belonged to the exception raised before.
    Some(unsafe { Tuple::write_at(room, args) })
}

/// A string in the buffer, behind room for a tuple of the string: as much of `message` as fits, and a zero byte.
#[cold]
pub(crate) fn emergency_message(vm: &Vm, message: fmt::Arguments<'_>) -> Option<Obj> {
    let before = Tuple::words(1);
    let head = size_of::<Str>() / WORD;
    let room = vm.emergency.room(before + head + 1)?;
    let len = (vm.emergency.words.get() - TRACE_WORDS - before - head) * WORD;
    // SAFETY: the buffer has room for the string's head and `len` bytes behind it.
    unsafe {
        let string = room.add(before).cast::<Str>();
        let data = string.add(1).cast::<u8>();
        data.write_bytes(0, len);
        let mut text = Cut { bytes: core::slice::from_raw_parts_mut(data.as_ptr(), len - 1), len: 0 };
        // A message that does not fit is cut.
        let _ = text.write_fmt(message);
        string.write(Str::head(text.len, data));
        Some(Gc::from_ptr(string).obj())
    }
}
