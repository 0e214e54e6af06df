//! The exception that is kept for when there is no memory for another.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::Collection;
use crate::model::layout::{Exception, TraceEntry};
use crate::model::object::Gc;
use crate::model::word::Slot;

pub(crate) const WORD: usize = size_of::<usize>();

/// Calls that the traceback in the emergency buffer has room for.
pub(crate) const TRACE: usize = 4;

/// Words of the emergency buffer that the traceback takes.
pub(crate) const TRACE_WORDS: usize = (TRACE * size_of::<TraceEntry>()).div_ceil(WORD);

/// The exception that is kept, and the buffer of `words` words for its traceback and arguments.
#[derive(Default)]
pub(crate) struct Emergency {
    pub(crate) exception: Cell<Option<Gc<Exception>>>,
    pub(crate) buffer: Cell<Option<NonNull<Slot>>>,
    pub(crate) words: Cell<usize>,
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
    pub(crate) fn room(&self, words: usize) -> Option<NonNull<Slot>> {
        let buffer = self.buffer.get()?;
        // SAFETY: the buffer has more words than the traceback in front takes.
        (self.words.get() >= TRACE_WORDS + words).then(|| unsafe { buffer.add(TRACE_WORDS) })
    }
}
