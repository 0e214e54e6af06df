//! Modules that are written in Rust: for each a constant table and its functions.
//!
//! The modules of the runtime ([`MODULES`]), those of a library and those of an embedder are declared alike, as
//! [`ModuleDef`]s, and found in one registry.

#[cfg(feature = "array")]
pub mod array;
pub mod builtins;
#[cfg(feature = "collections")]
pub mod collections;
#[cfg(feature = "compiler")]
mod exec;
pub mod functions;
pub mod gc;
#[cfg(feature = "help")]
pub(crate) mod help;
#[cfg(feature = "io")]
pub mod io;
#[cfg(feature = "mem-info")]
pub mod mem_info;
pub mod micropython;
#[cfg(feature = "templates")]
pub mod string;
pub mod sys;
#[cfg(feature = "threads")]
pub mod thread;

use crate::model::module_def::ModuleDef;

/// The modules that the language itself needs.
pub static MODULES: &[ModuleDef] = &[
    #[cfg(feature = "array")]
    array::MODULE,
    builtins::MODULE,
    #[cfg(feature = "collections")]
    collections::MODULE,
    gc::MODULE,
    #[cfg(feature = "io")]
    io::MODULE,
    micropython::MODULE,
    #[cfg(feature = "templates")]
    string::MODULE,
    #[cfg(feature = "templates")]
    string::TEMPLATELIB,
    sys::MODULE,
];

/// The modules for hosts that have threads.
#[cfg(feature = "threads")]
pub(crate) static THREAD_MODULES: &[ModuleDef] = &[thread::MODULE];
