//! The type `bool`.

use crate::q;
use crate::types::Type;

/// The type.
pub static TYPE: Type = Type::new(q!("bool"));
