//! Python source to MicroPython modules, byte for byte as mpy-cross makes them.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod error;
pub mod grammar;
pub mod names;
pub mod token;
pub mod tree;
