//! The MicroPython `.mpy` module format, version 6.
//!
//! An `.mpy` file is a compiled Python module: a header, a table of names ("qstrs"), a table of constants, and a tree
//! of code objects, each bytecode or machine code. This crate reads ([`Module::from_bytes`]) and writes
//! ([`Module::to_bytes`]) such files, knows the bytecode inside ([`opcode`], [`bytecode`]) and proves it
//! safe ([`mod@verify`]), and explains all of it ([`disasm`], [`account`]). Many files in one piece of memory are a ROM image ([`romfs`]).
//! Floats are text in it ([`number`]).
//!
//! It is `no_std`, has no `unsafe`, and no input makes it panic, hang, or use memory out of proportion to
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
pub mod constant;
pub mod disasm;
pub mod error;
pub mod function_table;
pub mod header;
pub mod lines;
pub mod merge;
pub mod module;
pub mod nested;
pub mod number;
pub mod opcode;
pub mod prelude;
pub mod qstr;
mod read;
pub mod reloc;
pub mod romfs;
pub mod verify;
pub mod vuint;
mod write;

pub use error::Error;
pub use module::Module;
