//! Modules.

use crate::obj::dict::Dict;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;

/// The type.
pub static TYPE: Type = Type::new(q!("module"));

/// A module.
#[repr(C)]
pub struct Module {
    header: Header,
    /// Its variables.
    pub globals: Gc<Dict>,
}

// SAFETY: `Module` is `repr(C)` and starts with a header; only modules have this type.
unsafe impl Object for Module {
    const TYPE: &'static Type = &TYPE;
}
