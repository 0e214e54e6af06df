//! The MicroPython `.mpy` module format, version 6.
//!
//! An `.mpy` file is a compiled Python module: a header, a table of names ("qstrs"), a table of constants, and a tree
//! of code objects, each bytecode or machine code. This crate reads ([`Module::from_bytes`]) and writes
//! ([`Module::to_bytes`]) such files, knows the bytecode inside ([`opcode`], [`bytecode`]) and proves it safe
//! ([`mod@verify`]), and explains all of it ([`disasm`], [`account`]). Many files in one piece of memory are a ROM
//! image ([`romfs`]). Floats are text in a module ([`number`]).
//!
//! ```
//! use berus_mpy::disasm::Listing;
//! use berus_mpy::verify::verify;
//! use berus_mpy::Module;
//!
//! // What mpy-cross makes of `pass` in x.py.
//! let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
//!
//! let (mut module, _) = Module::from_bytes(file)?;
//! assert_eq!(module.source_name(), b"x.py");
//! verify(&module)?;
//! let listing = Listing::of(&module, 0).expect("there is a code object, and it is bytecode")?;
//! assert!(listing.to_string().ends_with("0004  RETURN_VALUE\n"));
//!
//! // A module is plain data, to be changed and written again. What is not valid is an error that says where.
//! module.header.small_int_bits = 30;
//! assert_eq!(module.to_bytes()[3], 30);
//! let error = Module::from_bytes(&file[..10]).unwrap_err();
//! assert_eq!(error.offset, 7);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is `no_std`, has no `unsafe`, and no input makes it panic, hang, or use memory out of proportion to
//! the input's length.
//!
//! Facts about the format come from MicroPython's `docs/reference/mpyfiles.rst`, `py/persistentcode.c`, `py/bc.h` and
//! `py/bc0.h`; each module of this crate names the one that it follows.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod account;
pub mod arch;
pub mod bytecode;
pub mod bytes;
pub mod circuit;
pub mod constant;
pub mod disasm;
pub mod error;
pub mod function_table;
pub mod header;
pub mod lines;
pub mod memory;
pub mod merge;
pub mod module;
pub mod nested;
pub mod number;
pub mod opcode;
pub mod prelude;
pub mod qstr;
mod read;
pub mod release;
pub mod reloc;
pub mod romfs;
pub mod v5;
pub mod verify;
pub mod vuint;
mod write;

pub use error::Error;
pub use module::Module;
