//! The module `uctypes`: memory seen as the structures of C (facts: `docs/library/uctypes.rst` and
//! `extmod/moductypes.c` of MicroPython).
//!
//! It reaches memory by addresses, which the host [grants](berus_runtime::host::Host::raw_memory) or not. Asking for
//! addresses and sizes is always allowed.

mod layout;
mod structure;

use berus_runtime::data::bytes::Bytes;
use berus_runtime::model::buffer::Access;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::array::Array;
use berus_runtime::obj::custom::Custom;
use berus_runtime::obj::exception::TYPE_ERROR;
use berus_runtime::obj::raw::RawMemoryGrant;
use berus_runtime::ops::buffer::Buffers;
use berus_runtime::ops::convert::Convert;
use layout::{BIT_LENGTH, BIT_POSITION, Layout, Scalar};
use structure::{STRUCT, Structure};

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("uctypes", MEMBERS);

/// A number among the members.
const fn number(value: i32) -> Obj {
    Obj::small_int_wrapping(value as isize)
}

/// The C type of so many bytes, signed or not, as a number among the members.
const fn c_int(size: usize, signed: bool) -> Obj {
    number(Scalar::int(size, signed).descriptor())
}

berus_runtime::members! {
    static MEMBERS = {
        "struct" => value(Obj::from_static(&STRUCT)),
        "sizeof" => var(1, 2, size_of_object),
        "addressof" => f1(addressof),
        "bytes_at" => f2(bytes_at),
        "bytearray_at" => f2(bytearray_at),
        "LITTLE_ENDIAN" => value(number(Layout::LITTLE_ENDIAN as i32)),
        "BIG_ENDIAN" => value(number(Layout::BIG_ENDIAN as i32)),
        "NATIVE" => value(number(Layout::NATIVE as i32)),
        "VOID" => value(number(Scalar::UINT8.descriptor())),
        "UINT8" => value(number(Scalar::UINT8.descriptor())),
        "INT8" => value(number(Scalar::INT8.descriptor())),
        "UINT16" => value(number(Scalar::UINT16.descriptor())),
        "INT16" => value(number(Scalar::INT16.descriptor())),
        "UINT32" => value(number(Scalar::UINT32.descriptor())),
        "INT32" => value(number(Scalar::INT32.descriptor())),
        "UINT64" => value(number(Scalar::UINT64.descriptor())),
        "INT64" => value(number(Scalar::INT64.descriptor())),
        "BFUINT8" => value(number(Scalar::BFUINT8.descriptor())),
        "BFINT8" => value(number(Scalar::BFINT8.descriptor())),
        "BFUINT16" => value(number(Scalar::BFUINT16.descriptor())),
        "BFINT16" => value(number(Scalar::BFINT16.descriptor())),
        "BFUINT32" => value(number(Scalar::BFUINT32.descriptor())),
        "BFINT32" => value(number(Scalar::BFINT32.descriptor())),
        "BF_POS" => value(number(BIT_POSITION as i32)),
        "BF_LEN" => value(number(BIT_LENGTH as i32)),
        "FLOAT32" => value(number(Scalar::FLOAT32.descriptor())),
        "FLOAT64" => value(number(Scalar::FLOAT64.descriptor())),
        "SHORT" => value(c_int(size_of::<core::ffi::c_short>(), true)),
        "USHORT" => value(c_int(size_of::<core::ffi::c_short>(), false)),
        "INT" => value(c_int(size_of::<core::ffi::c_int>(), true)),
        "UINT" => value(c_int(size_of::<core::ffi::c_int>(), false)),
        "LONG" => value(c_int(size_of::<core::ffi::c_long>(), true)),
        "ULONG" => value(c_int(size_of::<core::ffi::c_long>(), false)),
        "LONGLONG" => value(c_int(size_of::<core::ffi::c_longlong>(), true)),
        "ULONGLONG" => value(c_int(size_of::<core::ffi::c_longlong>(), false)),
        "PTR" => value(number(layout::POINTER)),
        "ARRAY" => value(number(layout::ARRAY)),
    }
}

/// `sizeof(structure_or_descriptor[, layout])`
fn size_of_object(vm: &Vm, args: &[Obj]) -> Res {
    let object = args[0];
    if let Some(array) = Array::as_bytearray(object) {
        return vm.new_uint(array.buffer().len());
    }
    let size = match (object.downcast::<Custom<Structure>>(), args.get(1)) {
        (Some(structure), None) => structure.size(vm)?,
        (Some(_), Some(_)) => return Err(vm.error_with(&TYPE_ERROR, &[])),
        (None, Some(&layout)) => Layout::of(vm.int(layout)?).size(vm, object)?,
        (None, None) => Layout::of(Layout::NATIVE).size(vm, object)?,
    };
    vm.new_uint(size)
}

fn addressof(vm: &Vm, object: Obj) -> Res {
    vm.new_uint(vm.buffer(object, Access::Read)?.address())
}

fn bytes_at(vm: &Vm, address: Obj, size: Obj) -> Res {
    let buffer = vm.raw_memory()?.buffer(vm, vm.int_truncated(address)?, vm.int_truncated(size)?)?;
    Ok(Bytes::new(vm, buffer.bytes())?.obj())
}

fn bytearray_at(vm: &Vm, address: Obj, size: Obj) -> Res {
    vm.raw_memory()?.bytearray(vm, vm.int_truncated(address)?, vm.int_truncated(size)?)
}
