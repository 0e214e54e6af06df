//! Layout, allocation and accessors of the built-in types.

pub mod builder;
pub mod builtin;
pub mod bytes;
pub mod cell;
pub mod class;
pub mod code;
pub mod dict;
pub mod emergency;
pub mod exception;
pub mod function;
pub mod instance;
pub mod list;
pub mod map;
pub mod module;
pub mod property;
pub mod sketch;
pub mod slice;
pub mod str;
pub mod tuple;
