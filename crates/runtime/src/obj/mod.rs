//! The built-in types: for each its layout, its methods and its type table.

pub mod adapters;
pub mod array;
pub mod binary;
pub mod bool;
pub mod builtin;
pub mod bytes;
pub(crate) mod class_body;
pub mod code;
pub mod code_attr;
#[cfg(feature = "float")]
pub mod complex;
pub mod custom;
pub mod deque;
pub mod dict;
pub mod exception;
#[cfg(feature = "float")]
pub mod float;
#[cfg(not(feature = "float"))]
#[path = "no_float.rs"]
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod instance;
pub mod int;
pub mod io_base;
pub mod list;
pub mod memoryview;
pub mod module;
pub mod named_tuple;
pub mod none;
mod numbers;
pub mod property;
pub mod range;
pub mod raw;
pub mod ring;
pub mod set;
pub(crate) mod sketch;
pub mod slice;
pub(crate) mod sort;
pub mod str;
pub mod str_format;
pub(crate) mod strings;
pub mod template;
pub mod tuple;
pub mod typ;
pub mod view;

pub(crate) use crate::obj::strings::text_methods;

impl crate::model::builtin_types::BuiltinTypes for crate::model::vm::Vm {
    const TYPE: &'static crate::model::types::Type = &crate::obj::typ::TYPE;
    const OBJECT: &'static crate::model::types::Type = &crate::obj::typ::OBJECT;
    const INT: &'static crate::model::types::Type = &crate::obj::int::TYPE;
    const STR: &'static crate::model::types::Type = &crate::obj::str::TYPE;
    const NONE_TYPE: &'static crate::model::types::Type = &crate::obj::none::TYPE;
    const BOOL: &'static crate::model::types::Type = &crate::obj::bool::TYPE;
    const ORDERED_DICT: &'static crate::model::types::Type = &crate::obj::dict::ORDERED_TYPE;
    const ATTRIBUTE_ERROR: &'static crate::model::types::Type = &crate::obj::exception::ATTRIBUTE_ERROR;
    const STOP_ITERATION: &'static crate::model::types::Type = &crate::obj::exception::STOP_ITERATION;
    const OS_ERROR: &'static crate::model::types::Type = &crate::obj::exception::OS_ERROR;
    const UNICODE_ERROR: &'static crate::model::types::Type = &crate::obj::exception::UNICODE_ERROR;
    const MEMORY_ERROR: &'static crate::model::types::Type = &crate::obj::exception::MEMORY_ERROR;
    const BASE_EXCEPTION: &'static crate::model::types::Type = &crate::obj::exception::BASE_EXCEPTION;
    const KEYBOARD_INTERRUPT: &'static crate::model::types::Type = &crate::obj::exception::KEYBOARD_INTERRUPT;
    const TYPE_ERROR: &'static crate::model::types::Type = &crate::obj::exception::TYPE_ERROR;
    const INDEX_ERROR: &'static crate::model::types::Type = &crate::obj::exception::INDEX_ERROR;
    const CLASS_METHOD: &'static crate::model::types::Type = &crate::obj::builtin::CLASS_METHOD;
    const STATIC_METHOD: &'static crate::model::types::Type = &crate::obj::builtin::STATIC_METHOD;
    const IO_BASE: &'static crate::model::types::Type = &crate::obj::io_base::IO_BASE;
    const JSON: &'static [&'static crate::model::types::Type] = &[
        &crate::obj::str::TYPE,
        &crate::obj::int::TYPE,
        &crate::obj::dict::TYPE,
        &crate::obj::list::TYPE,
        &crate::obj::tuple::TYPE,
        &crate::obj::bytes::TYPE,
        &crate::obj::bool::TYPE,
        &crate::obj::none::TYPE,
        #[cfg(feature = "float")]
        &crate::obj::float::TYPE,
    ];
    const IO_BASE_SLOTS: &'static crate::model::stream::StreamSlots = &crate::obj::io_base::IO_BASE_SLOTS;
}
