//! Code of which there is only a sketch: functions that have not been called yet.
//!
//! Most functions of a module are not called soon, and many never. Until its first call a function keeps a [`Sketch`],
//! which fits into the block that the function has anyway; the code object, of four times that size, is made at the
//! first call. Sketches are for functions that make no others and need no cells from outside, as most functions, and
//! for all functions of a module that runs [in place](crate::import::in_place). Functions that are made again and again
//! share the code object that is made when the second of them is.

use crate::data::sketch::Sketched;
use crate::model::object::Object;
use crate::model::types::Type;
use crate::{define, q};

/// The type of sketched code.
pub(crate) static TYPE: Type = define!(Type::new(q!("code")));

// SAFETY: `Sketched` is `repr(C)` and starts with a header; only sketched code has this type.
unsafe impl Object for Sketched {
    const TYPE: &'static Type = &TYPE;
}
