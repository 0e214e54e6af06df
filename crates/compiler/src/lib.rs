//! Python source to MicroPython modules, byte for byte as mpy-cross makes them.
//!
//! [`compile`] takes a source and [`Options`] and makes a [`Module`](berus_mpy::Module), which can be written as an `.mpy` file or run.
//! The language is that of MicroPython 1.29, and so are the bytes, down to the order of tables, and the errors, down to their
//! lines: [`CompileError`].
//!
//! ```
//! use berus_compiler::{Options, compile};
//!
//! let source = b"def area(w, h):\n    return w * h\n";
//! let module = compile(source, &Options { source_name: b"area.py", ..Options::default() })?;
//! assert_eq!(module.codes.len(), 2);
//! std::fs::write(std::env::temp_dir().join("area.mpy"), module.to_bytes())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is `no_std` and needs an allocator only. No input makes it panic: source that is nested too deep for the stack ends in
//! an error ([`Options::max_depth`]). Besides the source itself it takes one to three times the memory of the source, in pieces that a
//! heap of some ten kilobytes can supply for a module of a few hundred lines; [`compile_within`] takes no more than a [quota](memory)
//! grants. The time is in proportion to the size of the source.
//!
//! With the feature `std`, which is on by default, powers of floats that the compiler works out are the host's, which are
//! mpy-cross's; without it they can differ from those in the last digit.
//!
//! Machine code is made for the machines whose features are on ([`Options::arch`]): `x64` for native and viper code, `asm-thumb` for
//! inline assembler. The features `machines` and `assemblers`, on by default, are all of them.
//!
//! The parts of the compiler that are good for more than compiling are public: the [grammar], [tokens](token), the
//! [parse tree](tree), [names] and [integers](integer).
#![no_std]
#![forbid(unsafe_code)]
// What machines share has users in the build of all of them.
#![cfg_attr(not(all(feature = "assemblers", feature = "machines")), allow(dead_code))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod compile;
mod emit;
pub mod error;
mod fold;
pub mod grammar;
pub mod integer;
mod lexer;
pub mod minify;
pub mod names;
pub mod options;
mod parser;
mod scope;
mod slots;
pub mod token;
pub mod tree;
mod viper;
mod walk;

pub use berus_mpy::memory;
pub use compile::{compile, compile_with_listing, compile_within, to_file};
#[cfg(feature = "asm")]
pub use emit::{
    asm::{Form, Operand},
    machines::instructions,
};
pub use error::{CompileError, ErrorKind};
pub use minify::Minify;
pub use options::{Emitter, Mode, Options};
pub use parser::parse;
