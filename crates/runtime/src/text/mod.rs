//! Text without objects: UTF-8, and format specifications.
//!
//! Nothing in this room knows of the interpreter, so that all of it is tested alone.

#[cfg_attr(feature = "small", path = "decimal_small.rs")]
pub(crate) mod decimal;
pub mod spec;
pub mod utf8;
