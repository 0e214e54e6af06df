//! The built-in types that lower rooms name: the contract, which `obj` implements.

use crate::model::stream::StreamSlots;
use crate::model::types::Type;

/// Built-in types by their names, as `Vm::OBJECT`.
pub trait BuiltinTypes {
    /// The type `type`.
    const TYPE: &'static Type;
    /// The type `object`.
    const OBJECT: &'static Type;
    /// The type `int`.
    const INT: &'static Type;
    /// The type `str`.
    const STR: &'static Type;
    /// The type `NoneType`.
    const NONE_TYPE: &'static Type;
    /// The type `bool`.
    const BOOL: &'static Type;
    /// The type `OrderedDict`.
    const ORDERED_DICT: &'static Type;
    /// The type `AttributeError`.
    const ATTRIBUTE_ERROR: &'static Type;
    /// The type `StopIteration`.
    const STOP_ITERATION: &'static Type;
    /// The type `OSError`.
    const OS_ERROR: &'static Type;
    /// The type `UnicodeError`.
    const UNICODE_ERROR: &'static Type;
    /// The type `MemoryError`.
    const MEMORY_ERROR: &'static Type;
    /// The type `TypeError`.
    const TYPE_ERROR: &'static Type;
    /// The type `IndexError`.
    const INDEX_ERROR: &'static Type;
    /// The type `classmethod`.
    const CLASS_METHOD: &'static Type;
    /// The type `staticmethod`.
    const STATIC_METHOD: &'static Type;
    /// The type `IOBase`.
    const IO_BASE: &'static Type;
    /// The types whose values `json` writes as JSON. Bytes are among them, written as text.
    const JSON: &'static [&'static Type];
    /// The stream slots of classes that derive from `IOBase`, which call the methods of the instance.
    const IO_BASE_SLOTS: &'static StreamSlots;
}
