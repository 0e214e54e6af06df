//! Machine code for bytecode that runs often, on x86-64.
//!
//! An interpreter that has been given a [`Jit`] has it translate loops and functions that are found running: see
//! [`set_translator`](berus_runtime::interpret::tier::Tiers::set_translator). The module `region` says what is translated, and how; `links` how regions are put together.
//!
//! The interpreter's frame is the one truth: local variables and operands lie in the frame's slots, but for floats and
//! results of the running instructions, which are in registers. Each exit knows what is where, and puts the frame in
//! order (`Jit::left`); the interpreter then goes on as if nothing had been. Values in registers stay tagged words, so
//! that the collector, which finds the registers on the machine stack, needs to be told nothing.

#![no_std]

extern crate alloc;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod asm;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod context;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod enter;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod jit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod links;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod region;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod share;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use berus_runtime::model::tier::When;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use jit::{Event, Jit, Left, Report, Translated, Why};
