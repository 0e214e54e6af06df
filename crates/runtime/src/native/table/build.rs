//! Making and taking apart collections.

use core::ptr::NonNull;

use crate::data::dict::Dicts;
use crate::interpret::op::build;
use crate::model::error::{Raise, Res};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::Gc;
use crate::model::registers::Sp;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::border::serve;
use crate::native::foreign::{adopt, adopt_all};
use crate::obj::set::Set;
use crate::obj::slice::Slice;
use crate::ops::convert::Convert;
use crate::ops::subscr::Subscripts;

/// The `n` words at `items`, for which machine code vouches.
///
/// # Safety
/// The words are there, and stay as they are as long as the answer is used.
pub(in crate::native) unsafe fn slots<'a>(items: *const Slot, n: usize) -> &'a [Slot] {
    match NonNull::new(items.cast_mut()) {
        // SAFETY: as the caller says.
        Some(items) if n > 0 => unsafe { core::slice::from_raw_parts(items.as_ptr(), n) },
        _ => &[],
    }
}

/// The `n` values at `items`, for which machine code vouches.
///
/// # Safety
/// The values are there, none of them null, and stay as they are as long as the answer is used.
pub(in crate::native) unsafe fn values<'a>(items: *const Obj, n: usize) -> &'a [Obj] {
    match NonNull::new(items.cast_mut()) {
        // SAFETY: as the caller says.
        Some(items) if n > 0 => unsafe { core::slice::from_raw_parts(items.as_ptr(), n) },
        _ => &[],
    }
}

/// A list of the `n` items at `items`, or of `n` times `None` if `items` is null, for C code to fill in.
fn list(vm: &Vm, n: usize, items: *const Slot) -> Res<Gc<List>> {
    if !items.is_null() {
        // SAFETY: machine code vouches for the items.
        return List::new(vm, adopt_all(vm, unsafe { slots(items, n) })?);
    }
    let list = List::new(vm, &[])?;
    for _ in 0..n {
        list.append(vm, Obj::NONE)?;
    }
    Ok(list)
}

pub(super) unsafe extern "C" fn new_tuple(n: usize, items: *const Slot) -> Obj {
    // SAFETY: machine code called, and vouches for the items.
    unsafe {
        serve(|vm| {
            if items.is_null() {
                return Ok(Tuple::of_list(vm, &*list(vm, n, items)?)?.obj());
            }
            Ok(Tuple::new(vm, adopt_all(vm, slots(items, n))?)?.obj())
        })
    }
}

pub(super) unsafe extern "C" fn new_list(n: usize, items: *const Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| Ok(list(vm, n, items)?.obj())) }
}

/// A new dict. `room`, the number of entries that it will get, is a hint.
pub(super) unsafe extern "C" fn new_dict(room: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let dict = Dict::new(vm)?;
            dict.map.reserve(vm, room.min(64))?;
            Ok(dict.obj())
        })
    }
}

pub(super) unsafe extern "C" fn new_set(n: usize, items: *const Slot) -> Obj {
    // SAFETY: machine code called, and vouches for the items.
    unsafe { serve(|vm| Ok(Set::new(vm, adopt_all(vm, slots(items, n))?)?.obj())) }
}

pub(super) unsafe extern "C" fn new_slice(start: Slot, stop: Slot, step: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| Ok(Slice::new(vm, adopt(vm, start)?, adopt(vm, stop)?, adopt(vm, step)?)?.obj())) }
}

pub(super) unsafe extern "C" fn set_store(set: Obj, item: Slot) {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| match set.downcast::<Set>() {
            Some(set) => set.add(vm, adopt(vm, item)?),
            None => Err(vm.type_error(format_args!("set expected"))),
        })
    }
}

pub(super) unsafe extern "C" fn list_append(list: Obj, item: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            vm.this::<List>(list)?.append(vm, adopt(vm, item)?)?;
            Ok(Obj::NONE)
        })
    }
}

pub(super) unsafe extern "C" fn dict_store(dict: Obj, key: Slot, value: Slot) -> Obj {
    // SAFETY: machine code called.
    unsafe {
        serve(|vm| {
            let (key, value) = (adopt(vm, key)?, adopt(vm, value)?);
            match vm.as_dict(dict) {
                Some(dict) => dict.map.store(vm, key, value)?,
                None => vm.store_subscr(dict, key, value)?,
            }
            Ok(dict)
        })
    }
}

/// Puts the `n` items of `sequence` at `to`, the last one first.
pub(super) unsafe extern "C" fn unpack_sequence(sequence: Slot, n: usize, to: *mut Slot) {
    // SAFETY: machine code called, and has room for the items.
    unsafe {
        serve(|vm| {
            to.write_bytes(0, n);
            build::unpack(vm, adopt(vm, sequence)?, n, Sp(to))
        })
    }
}

/// Puts the items of `sequence` at `to`, the last one first: the low byte of `counts` says how many come before a list
/// of the items in the middle, the higher bits how many after it.
pub(super) unsafe extern "C" fn unpack_ex(sequence: Slot, counts: usize, to: *mut Slot) {
    let (left, right) = (counts & 0xff, counts >> 8);
    // SAFETY: machine code called, and has room for the items.
    unsafe {
        serve(|vm| {
            to.write_bytes(0, left + right + 1);
            to.write(Some(adopt(vm, sequence)?));
            build::unpack_starred(vm, Sp(to), left, right)
        })
    }
}
