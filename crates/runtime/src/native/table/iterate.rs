//! Iteration, and generators that wait for others.

use crate::native::border::serve;
use crate::native::foreign::adopt;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// Room for an iterator. Those of Berus are objects: its first word is null, the next one the iterator.
type IteratorBuffer = [Slot; 4];

/// An iterator over `object`; null if it is in `buffer`, which there may be.
pub(super) unsafe extern "C" fn getiter(object: Slot, buffer: *mut IteratorBuffer) -> Slot {
    // SAFETY: machine code called.
    let iterator = unsafe { serve(|vm| vm.iter(adopt(vm, object)?)) };
    if buffer.is_null() {
        return Some(iterator);
    }
    // SAFETY: machine code has room there.
    unsafe { buffer.write([None, Some(iterator), None, None]) };
    None
}

/// The next item of the iterator in a buffer, or of the iterator itself; null at the end.
pub(super) unsafe extern "C" fn iternext(buffer: *const IteratorBuffer) -> Slot {
    // SAFETY: machine code has a buffer there, or an object, whose first word is not null.
    let iterator = unsafe {
        match (*buffer)[0] {
            None => (*buffer)[1],
            Some(_) => Obj::from_bits(buffer.expose_provenance()),
        }
    };
    // SAFETY: machine code called.
    unsafe { serve(|vm| iterator.map_or(Ok(None), |iterator| vm.next(iterator))) }
}

/// Sends `sent` into `iterator`, or throws what is in `result`. Whether it has yielded; what it yielded or returned is then in `result`.
pub(super) unsafe extern "C" fn yield_from(iterator: Obj, sent: Slot, result: *mut Slot) -> bool {
    // SAFETY: machine code has a word there.
    let thrown = unsafe { result.read() };
    // SAFETY: machine code called.
    let (value, yielded) = unsafe {
        serve(|vm| {
            let outcome = match thrown {
                Some(thrown) => vm.throw(iterator, thrown),
                None => vm.send(iterator, sent.unwrap_or(Obj::NONE)),
            };
            let value = match outcome? {
                Some(value) => return Ok((value, true)),
                None => vm.take_returned(),
            };
            // Who asks a generator to end is told that it has, by the same exception.
            if let Some(thrown) = thrown
                && vm.exits(thrown)
            {
                let exception = vm.make_exception(thrown)?;
                return Err(vm.raise(exception));
            }
            Ok((value, false))
        })
    };
    // SAFETY: as above.
    unsafe { result.write(Some(value)) };
    yielded
}
