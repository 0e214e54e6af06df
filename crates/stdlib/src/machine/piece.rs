//! Bytes of objects, one at a time: what is done between two may run code of the program's, which may change them.

use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::array::Array;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;

/// The byte number `at` of what an object gives, if there are so many.
pub fn byte_at(vm: &Vm, bytes: Obj, at: usize) -> Res<Option<u8>> {
    Ok(vm.buffer(bytes, Access::Read)?.bytes().get(at).copied())
}

/// Sets the byte number `at` of an object, if there are so many.
pub fn set_byte(vm: &Vm, bytes: Obj, at: usize, byte: u8) -> Res<()> {
    if let Some(place) = vm.buffer(bytes, Access::Write)?.cells().get(at) {
        place.set(byte);
    }
    Ok(())
}

/// A `bytearray` of as many bytes as `len` says.
pub fn new_bytearray(vm: &Vm, len: Obj) -> Res {
    match usize::try_from(vm.int(len)?) {
        Ok(len) => Ok(Array::zeros(vm, len)?.obj()),
        Err(_) => Err(vm.value_error(format_args!("negative length"))),
    }
}
