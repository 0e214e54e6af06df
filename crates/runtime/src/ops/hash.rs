//! Hashes of objects.

use crate::data::bytes::Bytes;
use crate::data::str::Str;
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::protocols::{Classes, Hash};
use crate::model::types::UnaryOp;
use crate::model::vm::Vm;
use crate::model::word::Obj;

impl Hash for Vm {
    #[inline]
    fn hash(&self, object: Obj) -> Res<usize> {
        if let Some(value) = object.as_small_int() {
            return Ok(value as usize);
        }
        if let Some(name) = object.as_qstr() {
            return Ok(self.qstrs.hash(name) as usize);
        }
        if let Some(string) = object.downcast::<Str>() {
            return Ok(string.hash(self)? as usize);
        }
        hash_object(self, object)
    }
}

#[inline(never)]
fn hash_object(vm: &Vm, object: Obj) -> Res<usize> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Ok(bytes.hash(vm)? as usize);
    }
    vm.work(1)?;
    vm.check_depth()?;
    let ty = vm.type_of(object);
    let Some(unary_op) = ty.slots.unary_op() else {
        // Addresses are multiples of a granule, so their lowest bits tell nothing.
        return Ok(object.bits() >> 2);
    };
    match unary_op(vm, UnaryOp::Hash, object)? {
        Some(hash) => Ok(hash.as_small_int().unwrap_or_default() as usize),
        None => Err(vm.type_error(format_args!("unsupported type for __hash__: '{}'", vm.type_name(object)))),
    }
}

/// The hash of a sequence with another item: combines the hash of the items before with the hash of the item.
pub fn combine(hash: usize, item: usize) -> usize {
    hash.wrapping_mul(1_000_003) ^ item
}

/// A hash as a small integer; its highest bit is lost.
pub fn to_obj(hash: usize) -> Obj {
    Obj::small_int_wrapping((hash << 1) as isize >> 1)
}
