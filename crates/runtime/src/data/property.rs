//! Properties: their layout.

use crate::model::object::Header;
use crate::model::word::Obj;

/// A property: an attribute that functions load, store and delete.
#[repr(C)]
pub struct Property {
    pub(crate) header: Header,
    /// The functions that load, store and delete the attribute; Python's `None` for each that is missing.
    pub accessors: [Obj; 3],
}
