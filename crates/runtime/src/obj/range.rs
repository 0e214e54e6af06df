//! The type `range`.

use crate::object::{Header, Object};
use crate::q;
use crate::types::Type;
use crate::word::Obj;

/// The type.
pub static TYPE: Type = Type::new(q!("range"));

/// A range.
#[repr(C)]
pub struct Range {
    header: Header,
    bounds: [isize; 3],
}

// SAFETY: `Range` is `repr(C)` and starts with a header; only ranges have this type.
unsafe impl Object for Range {
    const TYPE: &'static Type = &TYPE;
}

impl Range {
    /// Start, stop and step.
    pub fn small_bounds(&self) -> Option<[Obj; 3]> {
        let [start, stop, step] = self.bounds.map(Obj::small_int);
        Some([start?, stop?, step?])
    }
}
