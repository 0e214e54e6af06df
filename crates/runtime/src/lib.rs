//! The Berus runtime: heap, objects and interpreter for MicroPython modules.
//!
//! An interpreter is a [`Vm`](vm::Vm); it reaches the outside through a [`Host`](host::Host). Values are words
//! ([`word::Obj`]), objects are `#[repr(C)]` structures behind a [`Gc`](object::Gc) pointer that start with their type
//! ([`types::Type`]), and an error is a value ([`error::Res`]).

#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod args;
pub mod errno;
pub mod error;
pub mod heap;
pub mod host;
pub mod import;
pub mod modules;
#[cfg_attr(not(all(feature = "native", target_arch = "x86_64", not(windows))), path = "native/absent.rs")]
pub(crate) mod native;
pub mod obj;
pub mod object;
pub mod ops;
pub mod qstr;
pub mod raw;
pub mod save;
#[cfg(feature = "compiler")]
pub mod source;
pub mod text;
pub mod types;
pub mod vfs;
pub mod vm;
pub mod word;
