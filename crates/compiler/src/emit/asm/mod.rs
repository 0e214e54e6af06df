//! Inline assemblers, for functions of `@micropython.asm_thumb` and the like.
//!
//! The body of such a function is a list of calls, each of them an instruction, or one of the directives that all machines
//! have: `label`, `align` and `data` ([`function`]). A machine is an [`InstructionSet`]: a table of what its instructions are
//! called, what operands they have, and how they are encoded.
//!
//! What is refused, and how, is what MicroPython refuses (`py/compile.c`, `py/emitinline*.c`). Its assemblers go on after an
//! operand that is wrong, with a zero in its place, so that the last error of an instruction is the one that counts.

mod function;
mod instruction;
mod operand;
#[cfg(feature = "asm-rv32")]
mod rv32;
#[cfg(feature = "asm-thumb")]
mod thumb;
#[cfg(feature = "asm-xtensa")]
mod xtensa;

pub(crate) use function::{assemble, check};
pub(crate) use instruction::Instruction;
pub use operand::{Form, Operand};
#[cfg(feature = "asm-rv32")]
pub(crate) use rv32::Rv32;
#[cfg(feature = "asm-thumb")]
pub(crate) use thumb::Thumb;
#[cfg(feature = "asm-xtensa")]
pub(crate) use xtensa::Xtensa;

use super::code::Code;

/// The instructions of a machine.
pub(crate) trait InstructionSet {
    /// How many walks over a function find out how long its code is, before the one that makes it.
    fn size_walks(&self) -> u32 {
        1
    }

    /// Whether `name` is the register in which argument `number` is, the first being 0.
    fn is_argument(&self, number: usize, name: &[u8]) -> bool;
    /// The message for more than four parameters.
    fn too_many_parameters(&self) -> &'static str;
    /// The message for a parameter that is not the register of its argument.
    fn wrong_parameter(&self) -> &'static str;

    /// Begins a walk, with what enters a function.
    fn enter(&mut self, code: &mut Code);
    /// Writes an instruction, or says what is wrong with it.
    fn write(&mut self, instruction: &mut Instruction<'_>);
    /// Leaves the function, and ends the walk.
    fn exit(&mut self, code: &mut Code);

    /// All forms that instructions have.
    fn forms(&self) -> alloc::vec::Vec<Form>;
}
