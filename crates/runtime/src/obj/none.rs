//! The types of `None`, `...` and `NotImplemented`.

use crate::object::{Header, Object};
use crate::q;
use crate::types::Type;
use crate::word::Obj;

/// The type of `None`.
pub static TYPE: Type = Type::new(q!("NoneType"));

/// The type of `...`.
pub static ELLIPSIS_TYPE: Type = Type::new(q!("ellipsis"));

/// The type of `NotImplemented`.
pub static NOT_IMPLEMENTED_TYPE: Type = Type::new(q!("NotImplemented"));

/// An object that is nothing but itself.
#[repr(C)]
pub struct Singleton {
    header: Header,
}

// SAFETY: its header names a `static` type and is never changed.
unsafe impl Sync for Singleton {}

static THE_ELLIPSIS: Singleton = Singleton { header: Header::of(&ELLIPSIS_TYPE) };
static THE_NOT_IMPLEMENTED: Singleton = Singleton { header: Header::of(&NOT_IMPLEMENTED_TYPE) };

/// `...`
pub const ELLIPSIS: Obj = Obj::from_static(&THE_ELLIPSIS);

/// What an operator method returns that does not know the other operand.
pub const NOT_IMPLEMENTED: Obj = Obj::from_static(&THE_NOT_IMPLEMENTED);

// SAFETY: `Singleton` is `repr(C)` and starts with a header. Only the ellipsis has this type.
unsafe impl Object for Singleton {
    const TYPE: &'static Type = &ELLIPSIS_TYPE;
}
