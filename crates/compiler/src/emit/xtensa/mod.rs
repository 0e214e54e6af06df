//! What native code and inline assembler for Xtensa have in common: how instructions are encoded, constants, jumps, and how a
//! function is entered and left.

pub(super) mod branch;
pub(super) mod encode;
pub(super) mod frame;
pub(super) mod pool;

use super::code::Code;
