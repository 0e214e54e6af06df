//! The table of functions for machine code.
//!
//! The order of the entries is the ABI (MicroPython: `py/nativeglue.h`): `berus_mpy` has the names. The first 50
//! entries are for generated code, the others for modules written in C. An exception of an entry goes on in the machine
//! code that called it ([`serve`](crate::native::border::serve)).

mod arguments;
mod build;
mod call;
pub(super) mod convert;
mod format;
mod iterate;
mod memory;
mod names;
mod operate;
mod raise;

use core::ffi::c_void;

use berus_mpy::function_table::NAMES;

use crate::model::word::Obj;
pub(super) use crate::native::table::arguments::{Signature, bytes};
pub(super) use crate::native::table::build::values;
pub(super) use crate::native::table::format::{PrinterOfC, vprintf};
pub(super) use crate::native::table::memory::{BufferOfC, READ, WRITE};
pub(super) use crate::native::table::raise::raise_for;
use crate::native::{foreign, machine, nlr};
use crate::obj;

/// The table.
#[repr(transparent)]
struct Table([*const c_void; NAMES.len()]);

// SAFETY: the entries are addresses of functions and constants.
unsafe impl Sync for Table {}

/// The entry for the immediate `word`.
const fn immediate(word: Obj) -> *const c_void {
    // SAFETY: a value is a word, as an address is.
    unsafe { core::mem::transmute::<Obj, *const c_void>(word) }
}

macro_rules! entries {
    ($($entry:expr,)*) => { [$($entry as *const c_void),*] };
}

const fn object<T>(object: &'static T) -> *const c_void {
    core::ptr::from_ref(object).cast()
}

static TABLE: Table = Table(entries! {
    immediate(Obj::NONE),
    immediate(Obj::FALSE),
    immediate(Obj::TRUE),
    convert::native_from_obj,
    convert::native_to_obj,
    names::swap_globals,
    names::load_name,
    names::load_global,
    names::load_build_class,
    names::load_attr,
    names::load_method,
    names::load_super_method,
    names::store_name,
    names::store_global,
    names::store_attr,
    operate::subscr,
    operate::is_true,
    operate::unary_op,
    operate::binary_op,
    build::new_tuple,
    build::new_list,
    build::new_dict,
    build::new_set,
    build::set_store,
    build::list_append,
    build::dict_store,
    call::make_function,
    call::call_function,
    call::call_method,
    call::call_method_starred,
    iterate::getiter,
    iterate::iternext,
    nlr::push,
    nlr::pop,
    raise::raise,
    names::import_name,
    names::import_from,
    names::import_all,
    build::new_slice,
    build::unpack_sequence,
    build::unpack_ex,
    names::delete_name,
    names::delete_global,
    call::new_closure,
    arguments::check_count,
    call::setup_code_state,
    operate::floor_divide,
    operate::modulo,
    iterate::yield_from,
    core::ptr::null::<c_void>(),
    memory::memset,
    memory::memmove,
    memory::realloc,
    machine::printf,
    format::vprintf,
    raise::raise_message,
    convert::type_of,
    convert::new_str,
    convert::new_bytes,
    convert::new_bytearray_by_ref,
    convert::new_float_from_f32,
    convert::new_float_from_f64,
    convert::float_to_f32,
    convert::float_to_f64,
    names::load_method_maybe,
    memory::get_buffer,
    foreign::streams::get_stream,
    arguments::parse_all,
    arguments::parse_all_of_array,
    memory::binary_get_size,
    memory::binary_get_val_array,
    memory::binary_set_val_array,
    object(&format::STDOUT),
    object(&foreign::TYPE),
    object(&obj::str::TYPE),
    object(&obj::list::TYPE),
    object(&obj::dict::TYPE),
    object(&foreign::functions::FUNCTION_0),
    object(&foreign::functions::FUNCTION_1),
    object(&foreign::functions::FUNCTION_2),
    object(&foreign::functions::FUNCTION_3),
    object(&foreign::functions::FUNCTION_VAR),
    object(&obj::exception::EXCEPTION),
    object(&foreign::streams::READ),
    object(&foreign::streams::READINTO),
    object(&foreign::streams::READLINE),
    object(&foreign::streams::WRITE),
});

/// The address of the table.
pub(super) fn address() -> *const c_void {
    (&raw const TABLE).cast()
}

/// The word in entry `number`, if the table is that long.
pub(super) fn entry(number: usize) -> Option<usize> {
    TABLE.0.get(number).map(|entry| entry.expose_provenance())
}
