//! Python source to MicroPython modules, byte for byte as mpy-cross makes them.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod compile;
mod emit;
pub mod error;
mod fold;
pub mod grammar;
mod lexer;
pub mod names;
pub mod number;
pub mod options;
mod parser;
mod scope;
pub mod token;
pub mod tree;
mod walk;

pub use compile::compile;
pub use error::{CompileError, ErrorKind};
pub use options::{Emitter, Mode, Options};
pub use parser::parse;
