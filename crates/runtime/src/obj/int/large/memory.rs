//! Memory for numbers: of results, where they stay, and scratch memory.

use core::ptr::NonNull;

use berus_integer::{Number, Stopped, Word, Work, trim};

use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::object::{Gc, Header};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::int::TYPE;
use crate::obj::int::large::Int;

/// How many words are multiplied or copied in the time of a unit of [work](Vm::work).
const WORDS_PER_UNIT: usize = 8;

/// How many words of scratch memory are taken from the machine stack.
const FEW: usize = 64;

/// Calls `run`, and counts its work as the interpreter's.
///
/// # Errors
/// What [`Vm::work`] raises.
pub fn working<R>(vm: &Vm, run: impl FnOnce(&mut Work<'_>) -> Result<R, Stopped>) -> Res<R> {
    let mut raised = None;
    let mut look = |words| {
        vm.work(words / WORDS_PER_UNIT).map_err(|found| {
            raised = Some(found);
            Stopped
        })
    };
    let mut work = Work::new(&mut look);
    let result = run(&mut work).and_then(|result| work.look().map(|()| result));
    match (result, raised) {
        (_, Some(raised)) => Err(raised),
        (Ok(result), None) => Ok(result),
        (Err(Stopped), None) => Err(vm.memory_error(0)),
    }
}

/// Calls `run` as [`working`] does, with `len` words of scratch memory, which are zero.
///
/// # Errors
/// `MemoryError`, and what [`Vm::work`] raises.
pub fn with_scratch<R>(
    vm: &Vm,
    len: usize,
    run: impl FnOnce(&mut [Word], &mut Work<'_>) -> Result<R, Stopped>,
) -> Res<R> {
    if len <= FEW {
        return working(vm, |work| run(&mut [0; FEW][..len], work));
    }
    let block = vm.alloc_bytes(bytes(len))?.cast::<Word>();
    let result = working(vm, |work| {
        // SAFETY: the block is new, and has room for the words.
        let words = unsafe { zeroed(block, len, work)? };
        run(words, work)
    });
    // SAFETY: nobody else knows the block.
    unsafe { vm.free(block) };
    result
}

fn bytes(words: usize) -> usize {
    words.saturating_mul(size_of::<Word>())
}

/// The words at `place`, after making them zero.
///
/// # Safety
/// There are `len` words at `place`, and nobody else knows of them as long as the answer is used.
unsafe fn zeroed<'a>(place: NonNull<Word>, len: usize, work: &mut Work<'_>) -> Result<&'a mut [Word], Stopped> {
    const PIECE: usize = 1 << 14;
    for start in (0..len).step_by(PIECE) {
        let piece = PIECE.min(len - start);
        // SAFETY: as the caller says.
        unsafe { place.add(start).write_bytes(0, piece) };
        work.count(piece)?;
    }
    // SAFETY: as the caller says, and the words are initialised.
    Ok(unsafe { core::slice::from_raw_parts_mut(place.as_ptr(), len) })
}

/// A new int object without words, with room for `len` words.
fn reserve(vm: &Vm, len: usize) -> Res<NonNull<Int>> {
    Ok(vm.alloc_tail(Int { header: Header::of(&TYPE), signed_len: 0 }, bytes(len))?.as_ptr())
}

/// Makes an int of the object `int`, whose first `len` words are the magnitude: a small int, or the object itself.
///
/// # Safety
/// The object is from [`reserve`], nobody else knows it, and its words are initialised.
#[cfg_attr(not(feature = "small"), inline(always))]
unsafe fn finish(vm: &Vm, int: NonNull<Int>, len: usize, negative: bool) -> Res {
    // SAFETY: the caller says so; the words lie behind the object.
    let words = trim(unsafe { core::slice::from_raw_parts(int.add(1).cast::<Word>().as_ptr(), len) });
    let used = words.len();
    if let Some(small) = small(negative, words) {
        // SAFETY: nobody else knows the block.
        unsafe { vm.free(int) };
        return Ok(small);
    }
    // SAFETY: nobody else knows the block, which does not move when it becomes smaller.
    unsafe {
        (&raw mut (*int.as_ptr()).signed_len).write(if negative { -(used as isize) } else { used as isize });
        if used < len {
            vm.resize_bytes(int.cast(), size_of::<Int>() + bytes(len), size_of::<Int>() + bytes(used))?;
        }
        Ok(Gc::from_ptr(int).obj())
    }
}

/// The int whose magnitude `fill` puts into `len` words, which are zero; for few words, whose work need not be counted.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn build_short(vm: &Vm, negative: bool, len: usize, fill: impl FnOnce(&mut [Word])) -> Res {
    let int = reserve(vm, len)?;
    // SAFETY: the object is new, and its tail has room for the words.
    unsafe {
        let words = int.add(1).cast::<Word>();
        words.write_bytes(0, len);
        fill(core::slice::from_raw_parts_mut(words.as_ptr(), len));
        finish(vm, int, len, negative)
    }
}

/// The int whose magnitude `fill` puts into `len` words, with `scratch` words of scratch memory. `fill` answers whether
/// the number is negative.
///
/// # Errors
/// `MemoryError`, and what [`Vm::work`] raises.
#[inline(never)]
pub fn build(
    vm: &Vm,
    len: usize,
    scratch: usize,
    fill: impl FnOnce(&mut [Word], &mut [Word], &mut Work<'_>) -> Result<bool, Stopped>,
) -> Res {
    let int = reserve(vm, len)?;
    let filled = with_scratch(vm, scratch, |scratch, work| {
        // SAFETY: the object is new, and its tail has room for the words.
        let words = unsafe { zeroed(int.add(1).cast(), len, work)? };
        fill(words, scratch, work)
    });
    // SAFETY: nobody else knows the object, and its words are initialised if they were filled.
    unsafe {
        match filled {
            Ok(negative) => finish(vm, int, len, negative),
            Err(raised) => {
                vm.free(int);
                Err(raised)
            }
        }
    }
}

/// The int of the sign and magnitude of `number`.
///
/// # Errors
/// `MemoryError`.
pub fn new_number(vm: &Vm, number: Number<'_>) -> Res {
    match small(number.negative, number.words) {
        Some(small) => Ok(small),
        None => build_short(vm, number.negative, number.words.len(), |words| words.copy_from_slice(number.words)),
    }
}

/// The small int with this sign and magnitude, if there is one.
#[cfg_attr(not(feature = "small"), inline(always))]
pub fn small(negative: bool, words: &[Word]) -> Option<Obj> {
    let value = match *words {
        [] => 0,
        [word] => isize::try_from(word).ok()?,
        _ => return None,
    };
    Obj::small_int(if negative { -value } else { value })
}
