//! The built-in types: for each its layout, its methods and its type table.

pub mod bool;
pub mod builtin;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod complex;
pub mod dict;
pub mod exception;
pub mod float;
pub mod function;
pub mod generator;
pub mod instance;
pub mod int;
pub mod list;
pub mod map;
pub mod module;
pub mod none;
pub mod property;
pub mod range;
pub mod set;
pub mod slice;
pub mod str;
pub mod tuple;
pub mod typ;
