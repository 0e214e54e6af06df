//! Layout, allocation and accessors of the built-in types.

pub mod builder;
pub mod builtin;
pub mod bytes;
pub mod cell;
pub(crate) mod class;
pub mod code;
pub mod dict;
pub(crate) mod emergency;
pub mod exception;
pub mod function;
pub mod instance;
pub mod list;
pub mod map;
pub mod module;
pub mod property;
pub(crate) mod sketch;
pub mod slice;
pub mod str;
pub mod system;
pub mod tuple;
