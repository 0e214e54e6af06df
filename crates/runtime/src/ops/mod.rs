//! The protocols of the language. The interpreter, native code and built-ins all use these functions.

pub mod arithmetic;
pub mod attr;
pub mod buffer;
pub mod call;
pub mod compare;
pub mod convert;
pub mod hash;
pub mod iterate;
pub mod list;
pub mod print;
pub(crate) mod sequence;
pub mod stream;
pub mod subscr;
pub mod truth;
