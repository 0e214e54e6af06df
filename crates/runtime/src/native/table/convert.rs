//! Objects to machine words and back.

use core::ptr::NonNull;

use crate::data::bytes::Bytes;
use crate::model::buffer::{Access, Buffer};
use crate::model::error::Res;
use crate::model::protocols::Ints;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native::border::serve;
use crate::native::foreign;
use crate::native::foreign::adopt;
use crate::native::machine;
use crate::native::machine::floats;
use crate::native::table::arguments::bytes;
use crate::obj::array::Array;
use crate::obj::float::Floats;
use crate::ops::buffer::Buffers;
use crate::ops::truth::Truth;
use crate::qstr::Qstr;

/// The types of viper's values, by number (MicroPython: `py/runtime.h`). All numbers above `UINT` but `QSTR` are of
/// addresses.
mod number {
    pub const OBJECT: usize = 0;
    pub const BOOL: usize = 1;
    pub const INT: usize = 2;
    pub const UINT: usize = 3;
    pub const PTR16: usize = 6;
    pub const PTR32: usize = 7;
    pub const QSTR: usize = 8;
}

fn from_object(vm: &Vm, object: Obj, ty: usize) -> Res<usize> {
    match ty & 0xf {
        number::OBJECT => Ok(object.bits()),
        number::BOOL => vm.truth(object).map(usize::from),
        number::INT | number::UINT => vm.int_truncated(object),
        _ => match vm.try_buffer(object, Access::Read)? {
            Some(buffer) => address(vm, object, buffer, ty & 0xf),
            // An object without memory is itself an address.
            None => vm.int_truncated(object),
        },
    }
}

/// The address of the memory of an object, for a pointer of the viper type with number `ty`.
fn address(vm: &Vm, object: Obj, memory: Buffer, ty: usize) -> Res<usize> {
    let item = match ty {
        number::PTR16 => 2,
        number::PTR32 => 4,
        _ => 1,
    };
    let at = memory.data();
    let can_read = machine::READS_ANYWHERE || memory.len() < item || at.addr().get().is_multiple_of(item);
    let at = match object.downcast::<Bytes>() {
        // A constant that stays where its module lies can begin at any byte.
        Some(bytes) if !can_read => bytes.move_to_word(vm)?,
        _ => at,
    };
    Ok(at.as_ptr().expose_provenance())
}

pub(super) unsafe extern "C" fn native_from_obj(object: Slot, ty: usize) -> usize {
    if let (Some(value), number::INT | number::UINT) = (object.and_then(Obj::as_small_int), ty & 0xf) {
        return value as usize;
    }
    // SAFETY: machine code called.
    unsafe { native_from_any(object, ty) }
}

/// As [`native_from_obj`]: apart, so that the short way needs no frame.
#[inline(never)]
unsafe extern "C" fn native_from_any(object: Slot, ty: usize) -> usize {
    // SAFETY: machine code called.
    unsafe { serve(|vm| from_object(vm, adopt(vm, object)?, ty)) }
}

/// The object that `word` stands for as a value of the viper type with number `ty`.
///
/// # Errors
/// `MemoryError`.
pub(in crate::native) fn to_object(vm: &Vm, word: usize, ty: usize) -> Res {
    match ty & 0xf {
        number::OBJECT => foreign::object(vm, word),
        number::BOOL => Ok(Obj::bool(word != 0)),
        number::INT => vm.new_int(word as isize),
        number::QSTR => Ok(Obj::qstr(Qstr::from_number(word as u32))),
        _ => vm.new_uint(word),
    }
}

pub(super) unsafe extern "C" fn native_to_obj(word: usize, ty: usize) -> Obj {
    if ty & 0xf == number::INT
        && let Some(small) = Obj::small_int(word as isize)
    {
        return small;
    }
    // SAFETY: machine code called.
    unsafe { native_to_any(word, ty) }
}

/// As [`native_to_obj`]: apart, so that the short way needs no frame.
#[inline(never)]
unsafe extern "C" fn native_to_any(word: usize, ty: usize) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| to_object(vm, word, ty)) }
}

/// The type of an object, as C code has it.
pub(super) unsafe extern "C" fn type_of(object: Obj) -> *const Type {
    // SAFETY: machine code called.
    unsafe { serve(|vm| Ok(foreign::type_for_c(vm, object))) }
}

pub(super) unsafe extern "C" fn new_str(data: *const u8, len: usize) -> Obj {
    // SAFETY: machine code called, and vouches for the text.
    unsafe { serve(|vm| foreign::new_str(vm, bytes(data, len))) }
}

pub(super) unsafe extern "C" fn new_bytes(data: *const u8, len: usize) -> Obj {
    // SAFETY: machine code called, and vouches for the bytes.
    unsafe { serve(|vm| Ok(Bytes::new(vm, bytes(data, len))?.obj())) }
}

pub(super) unsafe extern "C" fn new_bytearray_by_ref(len: usize, items: Option<NonNull<u8>>) -> Obj {
    // SAFETY: machine code called, and vouches for the bytes.
    unsafe { serve(|vm| Ok(Array::of_memory(vm, items.unwrap_or(NonNull::dangling()), len)?.obj())) }
}

pub(super) unsafe extern "C" fn new_float_from_f32(value: floats::Single) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.new_float(floats::of_single(value).into())) }
}

pub(super) unsafe extern "C" fn new_float_from_f64(value: floats::Double) -> Obj {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.new_float(floats::of_double(value))) }
}

pub(super) unsafe extern "C" fn float_to_f32(object: Obj) -> floats::Single {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.float(object).map(|value| floats::single(value as f32))) }
}

pub(super) unsafe extern "C" fn float_to_f64(object: Obj) -> floats::Double {
    // SAFETY: machine code called.
    unsafe { serve(|vm| vm.float(object).map(floats::double)) }
}
