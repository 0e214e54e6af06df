//! Properties: their layout.

use crate::model::object::Header;
use crate::model::word::Obj;

/// A property: an attribute that functions load, store and delete.
#[repr(C)]
pub struct Property {
    pub(crate) header: Header,
    /// The functions; `None` for those it does not have.
    pub accessors: [Obj; 3],
}
