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

/// The function behind a [`Builtin`], by the arguments that it takes.
#[derive(Clone, Copy)]
pub enum Fun {
    /// No arguments.
    F0(fn(&Vm) -> Res),
    /// One argument.
    F1(fn(&Vm, Obj) -> Res),
    /// Two arguments.
    F2(fn(&Vm, Obj, Obj) -> Res),
    /// `generator.send(value)`, which an instruction that calls it carries out by running the generator's frame.
    Send(fn(&Vm, Obj, Obj) -> Res),
    /// Three arguments.
    F3(fn(&Vm, Obj, Obj, Obj) -> Res),
    /// From `min` to `max` positional arguments.
    Var {
        /// The fewest positional arguments.
        min: u8,
        /// The most positional arguments; 255 for any number.
        max: u8,
        /// The function.
        fun: fn(&Vm, &[Obj]) -> Res,
    },
    /// At least `min` positional arguments, and keyword arguments.
    Kw {
        /// The fewest positional arguments.
        min: u8,
        /// The function.
        fun: fn(&Vm, Args<'_>) -> Res,
    },
}

// SAFETY: a builtin is a constant; its header is never changed.
unsafe impl Sync for Builtin {}
