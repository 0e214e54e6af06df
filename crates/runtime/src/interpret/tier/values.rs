//! What machine code has done with values whose types it knows, by functions that never run Python code: they answer null,
//! and have done nothing, where the interpreter is to do the instruction.

use berus_mpy::opcode::BinaryOp;

use crate::model::layout::Dict;
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
    let item = dict.downcast::<Dict>().and_then(|dict| {
        let at = dict.map.find_at_once(vm, key).ok()?.ok()?;
        dict.map.entries().get(at)?.value.get()
    });
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
    match dict.map.find_at_once(vm, key) {
        Ok(Ok(at)) if !dict.is_fixed() => {
            dict.map.entries()[at].value.set(Some(value));
            1
        }
        _ => 0,
    }
}
