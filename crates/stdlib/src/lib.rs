//! MicroPython's library modules for the Berus runtime.
//!
//! Each module is a file or folder, and a Cargo feature of the same name. They use nothing but what `berus-runtime`
//! offers to all who extend it, so each is an example of how to write one: a table of
//! [members](berus_runtime::members), a [`ModuleDef`], and functions that take the interpreter and values, and answer a
//! value or the proof that an exception waits.
//!
//! ```
//! use berus_runtime::import::frozen::Freeze;
//! use berus_runtime::import::registry::Register;
//! use berus_runtime::heap::{GlobalRegions, Heap};
//! use berus_runtime::host::Silent;
//! use berus_runtime::model::vm::{Limits, Vm};
//!
//! let heap = Heap::growing(&GlobalRegions, 1 << 20);
//! // SAFETY: the code below keeps the contract of raw words.
//! let mut vm = unsafe { Vm::new(heap, Box::new(Silent), Limits::default()) }.expect("the heap has room");
//! vm.register(berus_stdlib::MODULES);
//! vm.freeze(&berus_stdlib::FROZEN);
//! ```

#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "asyncio")]
mod asyncio;
#[cfg(feature = "binascii")]
mod binascii;
#[cfg(feature = "btree")]
mod btree;
#[cfg(any(feature = "machine", feature = "time"))]
mod calendar;
#[cfg(feature = "cmath")]
mod cmath;
#[cfg(any(feature = "binascii", feature = "btree", feature = "deflate"))]
mod crc32;
#[cfg(feature = "cryptolib")]
mod cryptolib;
#[cfg(feature = "deflate")]
mod deflate;
#[cfg(feature = "errno")]
mod errno;
#[cfg(feature = "ffi")]
mod ffi;
#[cfg(feature = "framebuf")]
mod framebuf;
#[cfg(feature = "hashlib")]
mod hashlib;
#[cfg(feature = "heapq")]
mod heapq;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "machine")]
mod machine;
#[cfg(feature = "marshal")]
mod marshal;
#[cfg(feature = "math")]
mod math;
#[cfg(feature = "os")]
mod os;
#[cfg(feature = "platform")]
mod platform;
#[cfg(feature = "random")]
mod random;
#[cfg(feature = "re")]
mod re;
#[cfg(feature = "rp2")]
mod rp2;
#[cfg(feature = "select")]
mod select;
#[cfg(feature = "socket")]
mod socket;
#[cfg(feature = "struct")]
mod structs;
#[cfg(feature = "termios")]
mod termios;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "uctypes")]
mod uctypes;
#[cfg(feature = "vfs")]
pub mod vfs;
#[cfg(feature = "weakref")]
mod weakref;
#[cfg(feature = "websocket")]
mod websocket;

use berus_runtime::import::frozen::FrozenImage;
use berus_runtime::model::module_def::ModuleDef;

/// Those modules of this crate that are written in Python, for
/// [`Vm::freeze`](berus_runtime::import::frozen::Freeze::freeze). They were compiled when this crate was, and run where
/// they lie. `import` finds them where `.frozen` is in `sys.path`.
pub static FROZEN: FrozenImage = FrozenImage(include_bytes!(concat!(env!("OUT_DIR"), "/frozen.romfs")));

/// The modules of this crate, as far as features choose them, for
/// [`Vm::register`](berus_runtime::import::registry::Register::register).
pub static MODULES: &[ModuleDef] = &[
    #[cfg(feature = "asyncio")]
    asyncio::MODULE,
    #[cfg(feature = "binascii")]
    binascii::MODULE,
    #[cfg(feature = "btree")]
    btree::MODULE,
    #[cfg(feature = "cmath")]
    cmath::MODULE,
    #[cfg(feature = "cryptolib")]
    cryptolib::MODULE,
    #[cfg(feature = "deflate")]
    deflate::MODULE,
    #[cfg(feature = "errno")]
    errno::MODULE,
    #[cfg(feature = "ffi")]
    ffi::MODULE,
    #[cfg(feature = "framebuf")]
    framebuf::MODULE,
    #[cfg(feature = "hashlib")]
    hashlib::MODULE,
    #[cfg(feature = "heapq")]
    heapq::MODULE,
    #[cfg(feature = "json")]
    json::MODULE,
    #[cfg(feature = "machine")]
    machine::MODULE,
    #[cfg(feature = "marshal")]
    marshal::MODULE,
    #[cfg(feature = "math")]
    math::MODULE,
    #[cfg(feature = "os")]
    os::MODULE,
    #[cfg(feature = "platform")]
    platform::MODULE,
    #[cfg(feature = "random")]
    random::MODULE,
    #[cfg(feature = "re")]
    re::MODULE,
    #[cfg(feature = "rp2")]
    rp2::MODULE,
    #[cfg(feature = "select")]
    select::MODULE,
    #[cfg(feature = "socket")]
    socket::MODULE,
    #[cfg(feature = "struct")]
    structs::MODULE,
    #[cfg(feature = "termios")]
    termios::MODULE,
    #[cfg(feature = "time")]
    time::MODULE,
    #[cfg(feature = "tls")]
    tls::MODULE,
    #[cfg(feature = "uctypes")]
    uctypes::MODULE,
    #[cfg(feature = "vfs")]
    vfs::MODULE,
    #[cfg(feature = "weakref")]
    weakref::MODULE,
    #[cfg(feature = "websocket")]
    websocket::MODULE,
];
