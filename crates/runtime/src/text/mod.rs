//! Text without objects: UTF-8, and format specifications.
//!
//! Nothing in this room knows of the interpreter, so that all of it is tested alone.

pub mod spec;
pub mod utf8;
