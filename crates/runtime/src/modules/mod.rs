//! Modules that are written in Rust: for each a constant table and its functions.
//!
//! The modules of the runtime ([`MODULES`]), those of a library and those of an embedder are declared alike, as
//! [`ModuleDef`]s, and found in one registry.

pub mod array;
pub mod builtins;
pub mod collections;
pub mod functions;
pub mod gc;
pub(crate) mod help;
pub mod io;
pub mod micropython;
pub mod string;
pub mod sys;
#[cfg(feature = "threads")]
pub mod thread;

use crate::model::module_def::ModuleDef;

/// The modules that the language itself needs.
pub static MODULES: &[ModuleDef] = &[
    array::MODULE,
    builtins::MODULE,
    collections::MODULE,
    gc::MODULE,
    io::MODULE,
    micropython::MODULE,
    string::MODULE,
    string::TEMPLATELIB,
    sys::MODULE,
];

/// The modules for hosts that have threads.
#[cfg(feature = "threads")]
pub(crate) static THREAD_MODULES: &[ModuleDef] = &[thread::MODULE];
