//! The built-in types: for each its layout, its methods and its type table.

pub mod adapters;
pub mod array;
pub mod binary;
pub mod bool;
pub mod builder;
pub mod builtin;
pub mod bytes;
pub mod cell;
pub(crate) mod class_body;
pub mod code;
mod code_attr;
#[cfg(feature = "float")]
pub mod complex;
pub mod custom;
pub mod deque;
pub mod dict;
pub mod exception;
#[cfg(feature = "float")]
pub mod float;
#[cfg(not(feature = "float"))]
#[path = "no_float.rs"]
pub mod float;
pub mod frame;
pub mod function;
pub mod generator;
pub mod instance;
pub mod int;
pub mod iterator;
pub mod list;
pub mod map;
pub mod memoryview;
pub mod module;
pub mod named_tuple;
pub mod none;
pub mod property;
pub mod range;
pub mod ring;
mod sequence;
pub mod set;
pub(crate) mod sketch;
pub mod slice;
pub(crate) mod sort;
pub mod str;
pub mod str_format;
pub(crate) mod strings;
pub mod template;
pub mod tuple;
pub mod typ;
pub mod view;

pub(crate) use strings::text_methods;
