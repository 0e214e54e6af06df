//! What the firmware of all boards shares. A board's own crate has its start, its memory map, and `main`.

#![no_std]

extern crate alloc;

pub mod code;
pub mod memory;
pub mod program;
pub mod semihosting;
