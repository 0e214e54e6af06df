//! The type `range`.

use crate::q;
use crate::types::Type;

/// The type.
pub static TYPE: Type = Type::new(q!("range"));
