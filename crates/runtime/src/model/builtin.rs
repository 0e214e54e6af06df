//! The layout of functions written in Rust.

use crate::model::args::Args;
use crate::model::error::Res;
use crate::model::object::Header;
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// A function written in Rust, always a `static`.
#[repr(C)]
pub struct Builtin {
    pub(crate) header: Header,
    pub(crate) fun: Fun,
}

/// The function behind a [`Builtin`], by what arguments it takes.
#[derive(Clone, Copy)]
pub enum Fun {
    /// None.
    F0(fn(&Vm) -> Res),
    /// One.
    F1(fn(&Vm, Obj) -> Res),
    /// Two.
    F2(fn(&Vm, Obj, Obj) -> Res),
    /// Three.
    F3(fn(&Vm, Obj, Obj, Obj) -> Res),
    /// From `min` to `max`, positional.
    Var {
        /// The fewest.
        min: u8,
        /// The most; 255 for any number.
        max: u8,
        /// The function.
        fun: fn(&Vm, &[Obj]) -> Res,
    },
    /// At least `min` positional ones, and keywords.
    Kw {
        /// The fewest.
        min: u8,
        /// The function.
        fun: fn(&Vm, Args<'_>) -> Res,
    },
}

// SAFETY: a builtin is a constant; its header is never changed.
unsafe impl Sync for Builtin {}
