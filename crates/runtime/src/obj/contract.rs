//! What the rooms below ask of the built-in types: which types they are, and the operators that are tried before a
//! type's slots.

use berus_mpy::opcode::BinaryOp;

use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::Res;
use crate::model::numbers::Numbers;
use crate::model::stream::StreamSlots;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj;
use crate::obj::{float, int, none, strings};

impl BuiltinTypes for Vm {
    const TYPE: &'static Type = &obj::typ::TYPE;
    const OBJECT: &'static Type = &obj::typ::OBJECT;
    const INT: &'static Type = &obj::int::TYPE;
    const STR: &'static Type = &obj::str::TYPE;
    const NONE_TYPE: &'static Type = &obj::none::TYPE;
    const BOOL: &'static Type = &obj::bool::TYPE;
    const ORDERED_DICT: &'static Type = &obj::dict::ORDERED_TYPE;
    const ATTRIBUTE_ERROR: &'static Type = &obj::exception::ATTRIBUTE_ERROR;
    const STOP_ITERATION: &'static Type = &obj::exception::STOP_ITERATION;
    const OS_ERROR: &'static Type = &obj::exception::OS_ERROR;
    const UNICODE_ERROR: &'static Type = &obj::exception::UNICODE_ERROR;
    const MEMORY_ERROR: &'static Type = &obj::exception::MEMORY_ERROR;
    const TYPE_ERROR: &'static Type = &obj::exception::TYPE_ERROR;
    const INDEX_ERROR: &'static Type = &obj::exception::INDEX_ERROR;
    const CLASS_METHOD: &'static Type = &obj::builtin::CLASS_METHOD;
    const STATIC_METHOD: &'static Type = &obj::builtin::STATIC_METHOD;
    const IO_BASE: &'static Type = &obj::io_base::IO_BASE;
    const JSON: &'static [&'static Type] = &[
        &obj::str::TYPE,
        &obj::int::TYPE,
        &obj::dict::TYPE,
        &obj::list::TYPE,
        &obj::tuple::TYPE,
        &obj::bytes::TYPE,
        &obj::bool::TYPE,
        &obj::none::TYPE,
        #[cfg(feature = "float")]
        &obj::float::TYPE,
    ];
    const IO_BASE_SLOTS: &'static StreamSlots = &obj::io_base::IO_BASE_SLOTS;
}

impl Numbers for Vm {
    const NOT_IMPLEMENTED: Obj = none::NOT_IMPLEMENTED;

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn of_small_ints(&self, op: BinaryOp, a: isize, b: isize) -> Res {
        int::binary_small(self, op, a, b)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn of_floats(&self, op: BinaryOp, a: f64, b: f64) -> Res<Option<Obj>> {
        float::binary(self, op, a, b)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn of_text(&self, op: BinaryOp, a: Obj, b: Obj) -> Res<Option<Obj>> {
        strings::binary_plain(self, op, a, b)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn is_large(object: Obj) -> bool {
        int::is_large(object)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn as_float(object: Obj) -> Option<f64> {
        float::as_float(object)
    }
}
