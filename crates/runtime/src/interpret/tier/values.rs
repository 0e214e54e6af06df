//! What machine code has done with values whose types it knows, by functions that never run Python code: they answer null,
//! and have done nothing, where the interpreter is to do the instruction.

use core::cell::Cell;

use berus_mpy::opcode::BinaryOp;

use super::calls::{call_many, call_one, called};
use crate::data::map::Unsure;
use crate::model::layout::{Dict, Entry};
use crate::model::registers::{Ip, Sp};
use crate::model::tier::Found;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::float::Floats;
use crate::obj::{complex, float};
use crate::ops::arithmetic::floats;

/// An operator on two complex numbers, for machine code: its value, or null.
type OfComplex = unsafe extern "C" fn(&Vm, Obj, Obj) -> usize;

/// The address of the function for an operator on two complex numbers, which takes the interpreter and the numbers, and
/// answers the result or null; `None` if no such function is there.
pub fn complex_function(op: BinaryOp) -> Option<usize> {
    let function: OfComplex = match op {
        BinaryOp::Add | BinaryOp::InplaceAdd => of_complex::<{ BinaryOp::Add as u8 }>,
        BinaryOp::Subtract | BinaryOp::InplaceSubtract => of_complex::<{ BinaryOp::Subtract as u8 }>,
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => of_complex::<{ BinaryOp::Multiply as u8 }>,
        _ => return None,
    };
    Some((function as *const ()).expose_provenance())
}

unsafe extern "C" fn of_complex<const OP: u8>(vm: &Vm, left: Obj, right: Obj) -> usize {
    let op = const { BinaryOp::ALL[OP as usize] };
    match complex::short(vm, op, left, right) {
        Some(Ok(value)) => value.bits(),
        Some(Err(raised)) => {
            vm.take_exception(raised);
            0
        }
        None => 0,
    }
}

/// `left ** right` of two floats, or of a float and a small int; null for others, and where the power is no float.
///
/// # Safety
/// None: the function is for machine code, which knows its address only.
pub unsafe extern "C" fn float_power(vm: &Vm, left: Obj, right: Obj) -> usize {
    let power = floats(left, right).filter(|(a, b)| *a > 0.0 || (*a < 0.0 && libm::trunc(*b) == *b));
    match power.map(|(a, b)| vm.new_float(float::power(a, b))) {
        Some(Ok(value)) => value.bits(),
        Some(Err(raised)) => {
            vm.take_exception(raised);
            0
        }
        None => 0,
    }
}

/// The item of a dict under `key`, or null.
///
/// # Safety
/// None: the function is for machine code, which knows its address only.
pub unsafe extern "C" fn item_of_dict(vm: &Vm, dict: Obj, key: Obj) -> usize {
    let item = dict.downcast::<Dict>().and_then(|dict| entry_at_once(vm, &dict, key).ok()??.value.get());
    item.map_or(0, Obj::bits)
}

/// Stores a value, not null, in a dict under a key that is there: at `base` are the value, the dict and the key. Answers null
/// if the key is not there.
///
/// # Safety
/// At `base` are three slots of the frame.
pub unsafe extern "C" fn store_in_dict(vm: &Vm, base: *mut Slot) -> usize {
    // SAFETY: as the caller says.
    let [value, dict, key] = unsafe { [base.read(), base.add(1).read(), base.add(2).read()] };
    let (Some(value), Some(dict), Some(key)) = (value, dict.and_then(|dict| dict.downcast::<Dict>()), key) else {
        return 0;
    };
    match entry_at_once(vm, &dict, key) {
        Ok(Some(entry)) if !dict.is_fixed() => {
            entry.value.set(Some(value));
            1
        }
        _ => 0,
    }
}

/// `dict.get` with `n` arguments, the dict included, which are behind `base`; as [`way_to_call`](super::calls::way_to_call)
/// says, with the function that does the same for any arguments.
///
/// # Safety
/// Behind `base` are as many slots of the frame.
pub(super) unsafe extern "C" fn get_of_dict(vm: &Vm, ip: *const u8, base: *mut Slot, n: usize, any: usize) -> usize {
    let args = Sp(base).up(1).values(n);
    if let Some(dict) = args[0].downcast::<Dict>()
        && let Ok(entry) = entry_at_once(vm, &dict, args[1])
    {
        let value = entry.and_then(|entry| entry.value.get()).or(args.get(2).copied());
        return called(vm, Ip(ip), Sp(base), Ok(value.unwrap_or(Obj::NONE)));
    }
    // SAFETY: as the caller says.
    unsafe { call_many(vm, ip, base, n, any) }
}

/// The entry of a dict under a key, if there is one; an error if finding out takes more than looking at words and text.
fn entry_at_once<'d>(vm: &Vm, dict: &'d Dict, key: Obj) -> Result<Option<&'d Entry>, Unsure> {
    let word = core::ptr::from_ref(dict).addr();
    let found = vm.tier.state().map(|state| &state.found);
    let last = found.map(Cell::get).unwrap_or_default();
    if (last.dict, last.key) == (word, key.bits())
        && let Some(entry) = dict.map.entries().get(last.at)
        && entry.key.get().map_or(0, Obj::bits) == last.same
    {
        return Ok(Some(entry));
    }
    let Ok(at) = dict.map.find_at_once(vm, key)? else { return Ok(None) };
    let Some(entry) = dict.map.entries().get(at) else { return Ok(None) };
    let same = entry.key.get().map_or(0, Obj::bits);
    found.inspect(|found| found.set(Found { dict: word, key: key.bits(), at, same }));
    Ok(Some(entry))
}

/// `abs(object)`; as [`get_of_dict`].
///
/// # Safety
/// Behind `base` is a slot of the frame.
pub(super) unsafe extern "C" fn absolute(vm: &Vm, ip: *const u8, base: *mut Slot, n: usize, any: usize) -> usize {
    let object = Sp(base).at(1);
    let value = match (complex::parts(object), float::as_float(object)) {
        (Some(parts), _) => complex::absolute(parts),
        (None, Some(value)) => value.abs(),
        // SAFETY: as the caller says.
        (None, None) => return unsafe { call_one(vm, ip, base, n, any) },
    };
    called(vm, Ip(ip), Sp(base), vm.new_float(value))
}
