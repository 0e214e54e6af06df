//! The exception of last resort: what is raised while the heap is full or locked.
//!
//! It is one object, made with the interpreter, which becomes an exception of whatever type is wanted. A small buffer, made beforehand too, has
//! room for its traceback, its arguments and a message; what does not fit is left out.

use core::cell::Cell;
use core::fmt::{self, Write};
use core::ptr::NonNull;

use super::Vm;
use super::memory::Slot;
use crate::error::Res;
use crate::heap::Collection;
use crate::obj::exception::{self, Exception, TraceEntry};
use crate::obj::str::Str;
use crate::obj::tuple::Tuple;
use crate::object::Gc;
use crate::types::Type;
use crate::word::Obj;

const WORD: usize = size_of::<usize>();

/// Calls that the traceback in the buffer has room for.
const TRACE: usize = 4;

/// Words of the buffer that the traceback takes.
const TRACE_WORDS: usize = (TRACE * size_of::<TraceEntry>()).div_ceil(WORD);

/// Bytes of the buffer that every interpreter has. On small machines a program that wants one asks for it.
const BUFFER: usize = if usize::BITS >= 64 { 256 } else { 0 };

/// The exception and its buffer.
#[derive(Default)]
pub(crate) struct Emergency {
    exception: Cell<Option<Gc<Exception>>>,
    buffer: Cell<Option<NonNull<Slot>>>,
    words: Cell<usize>,
}

impl Emergency {
    pub fn keep(&self, collection: &mut Collection<'_>) {
        if let Some(exception) = self.exception.get() {
            collection.keep(exception.as_ptr().addr().get());
        }
        if let Some(buffer) = self.buffer.get() {
            collection.keep(buffer.addr().get());
        }
    }

    /// The words of the buffer behind the traceback, if there are as many as `words`.
    fn room(&self, words: usize) -> Option<NonNull<Slot>> {
        let buffer = self.buffer.get()?;
        // SAFETY: the buffer has room for a traceback in front.
        (self.words.get() >= TRACE_WORDS + words).then(|| unsafe { buffer.add(TRACE_WORDS) })
    }
}

/// Text of limited length: what is too much is cut off.
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

impl Vm {
    /// Makes the exception of last resort, and its buffer.
    pub(super) fn prepare_emergency(&self) -> Res<()> {
        let ty = Gc::from_static(&exception::MEMORY_ERROR);
        let exception = self.try_alloc(Exception::empty(ty)).ok_or_else(|| self.raise(Obj::NONE))?;
        self.emergency.exception.set(Some(exception));
        self.reserve_emergency(BUFFER)
    }

    /// Makes the buffer `bytes` bytes long.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn reserve_emergency(&self, bytes: usize) -> Res<()> {
        let words = bytes / WORD;
        let buffer = if words > 0 { Some(self.alloc_words(words)?) } else { None };
        self.emergency.buffer.set(buffer);
        self.emergency.words.set(words);
        Ok(())
    }

    /// The exception of last resort as one of type `ty` with arguments `args`, of which none are left if they do not fit.
    #[cold]
    pub(crate) fn emergency_exception(&self, ty: Gc<Type>, args: &[Obj]) -> Option<Gc<Exception>> {
        let exception = self.emergency.exception.get()?;
        let args = self.emergency_args(args).unwrap_or(Tuple::EMPTY);
        // SAFETY: what raises holds no reference into an exception.
        unsafe { Exception::become_other(exception, ty, args) };
        if let Some(buffer) = self.emergency.buffer.get().filter(|_| self.emergency.words.get() >= TRACE_WORDS) {
            // SAFETY: the buffer has room for so many entries.
            unsafe { exception.set_trace_room(buffer.cast(), TRACE) };
        }
        Some(exception)
    }

    /// A tuple of `args` in the buffer.
    pub(crate) fn emergency_args(&self, args: &[Obj]) -> Option<Gc<Tuple>> {
        if args.is_empty() {
            return Some(Tuple::EMPTY);
        }
        let room = self.emergency.room(Tuple::words(args.len()))?;
        // SAFETY: the buffer has room for the tuple; what was there belonged to the exception before.
        Some(unsafe { Tuple::write_at(room, args) })
    }

    /// A string in the buffer, behind room for a tuple of it: as much of `message` as fits, and a zero byte.
    #[cold]
    pub(crate) fn emergency_message(&self, message: fmt::Arguments<'_>) -> Option<Obj> {
        let before = Tuple::words(1);
        let head = size_of::<Str>() / WORD;
        let room = self.emergency.room(before + head + 1)?;
        let len = (self.emergency.words.get() - TRACE_WORDS - before - head) * WORD;
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
}
