//! The type `complex`.

use crate::q;
use crate::types::Type;

/// The type.
pub static TYPE: Type = Type::new(q!("complex"));
