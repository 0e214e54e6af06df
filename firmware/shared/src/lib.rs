//! What the firmware of all boards shares. A board's own crate has its start, its memory map, and `main`.

#![no_std]

extern crate alloc;

#[cfg(feature = "board")]
pub mod board;
#[cfg(feature = "hardware")]
pub mod changes;
#[cfg(feature = "board")]
pub mod chip;
pub mod code;
#[cfg(feature = "board")]
pub mod console;
#[cfg(feature = "board")]
pub mod flash;
#[cfg(feature = "hardware")]
pub mod i2c;
pub mod memory;
#[cfg(feature = "hardware")]
pub mod patience;
pub mod program;
pub mod semihosting;
#[cfg(feature = "systick")]
pub mod systick;
#[cfg(feature = "threads")]
pub mod threads;
#[cfg(feature = "usb")]
pub mod usb;
#[cfg(feature = "hardware")]
pub mod waiting;
