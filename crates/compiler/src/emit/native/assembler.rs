//! What the emitter needs of a machine.

use alloc::vec::Vec;
use core::fmt::Debug;

use super::entry;
use crate::emit::Label;
use crate::emit::code::Code;
use crate::error::CompileError;

/// How wide a value in memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    Byte,
    Half,
    Word32,
}

impl Width {
    /// How far a shift by it multiplies an index into memory.
    pub fn shift(self) -> u32 {
        match self {
            Width::Byte => 0,
            Width::Half => 1,
            Width::Word32 => 2,
        }
    }
}

/// Arithmetic of two registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Or,
    Xor,
    And,
    Add,
    Subtract,
    Multiply,
}

/// A shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Left,
    /// To the right, with zeros from the left.
    Logical,
    /// To the right, with copies of the sign.
    Arithmetic,
}

/// What a jump asks of a register.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Test {
    Zero,
    NotZero,
    /// Whether a `bool` that a C function has returned is false.
    False,
    /// Whether a `bool` that a C function has returned is true.
    True,
}

impl Test {
    /// Whether a register passes that is zero.
    pub(crate) fn is_of_zero(self) -> bool {
        matches!(self, Test::Zero | Test::False)
    }

    /// Whether the register has what a C function returned as a `bool`, of which the other bits mean nothing.
    pub(crate) fn is_of_bool(self) -> bool {
        matches!(self, Test::False | Test::True)
    }
}

/// A comparison of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    More,
    Equal,
    LessEqual,
    MoreEqual,
    NotEqual,
}

/// A machine: which registers serve what, and its instructions.
///
/// Generated code uses a machine in one way: the table of functions is in a register all the time, so are the qstr table
/// and up to two local variables or the state of a generator; everything else lies in the frame of the function, whose
/// words are numbered from 0 ("locals"). Arguments and results of calls are in registers.
///
/// Which registers and instructions are chosen is part of what makes the code the bytes of mpy-cross; the facts are in
/// MicroPython's `py/asm*.h`, behind `GENERIC_ASM_API`.
pub(crate) trait Assembler: Default {
    type Reg: Copy + PartialEq + Debug;

    /// The bytes of a word.
    const WORD: u32;
    /// The registers in a non-local-return buffer, as many as any runtime for the machine keeps.
    const NLR_REGISTERS: u32;
    /// The word of a non-local-return buffer in which the first of `LOCALS` is kept.
    const NLR_LOCAL: u32;
    /// Whether a non-local-return buffer is filled by a call of its own.
    const NLR_SETJMP: bool = false;

    /// The result of a call.
    const RET: Self::Reg;
    /// The arguments of a call.
    const ARGS: [Self::Reg; 4];
    /// Free for use between calls.
    const TEMPS: [Self::Reg; 3];
    /// Kept over calls.
    const LOCALS: [Self::Reg; 3];
    /// Keeps the table of functions.
    const FUNCTION_TABLE: Self::Reg;
    /// Always zero, if there is such a register.
    const ZERO: Option<Self::Reg> = None;
    /// The result of the function itself.
    const PARENT_RET: Self::Reg = Self::RET;
    /// The arguments of the function itself.
    const PARENT_ARGS: [Self::Reg; 4] = Self::ARGS;
    /// The register that a shift is counted by, if it must be a certain one.
    const SHIFT_COUNT: Option<Self::Reg> = None;
    /// Whether only some registers can be stored by viper's pointers; the third argument's can.
    const STORES_FROM_FEW: bool = false;

    /// Whether the function of a closure is copied from the result of one call to the first argument of the next, where these are
    /// two registers. MicroPython's listing forgets that.
    const COPIES_CLOSURE: bool = true;

    /// The code in the making.
    fn code(&mut self) -> &mut Code;
    /// Begins a walk over the function called `name`, the last one if `is_last`.
    fn begin(&mut self, is_last: bool, name: impl FnOnce() -> Vec<u8>) {
        let _ = name;
        self.code().begin(is_last);
    }
    /// Puts a label here.
    fn place(&mut self, label: Label) {
        self.code().place(label);
    }
    /// What is listed of the functions since this was last called, if the machine does that.
    fn listing(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Enters the function, whose frame has `words` words.
    fn enter(&mut self, words: u32);
    /// Leaves it.
    fn exit(&mut self);
    /// Completes the code of a walk. Whether the next walk makes code of the same size before its labels; if not, their places
    /// have to be found again.
    ///
    /// # Errors
    /// If something was too far or too much for the machine, and it was the last walk.
    fn finish(&mut self) -> Result<bool, CompileError> {
        Ok(true)
    }
    /// Gets argument `number` of the function into its register among `PARENT_ARGS`, if it comes elsewhere.
    fn receive(&mut self, number: usize) {
        let _ = number;
    }
    /// Gets argument `number` of the function into `dest`.
    fn argument(&mut self, number: usize, dest: Self::Reg) {
        self.copy(dest, Self::PARENT_ARGS[number]);
    }

    fn copy(&mut self, dest: Self::Reg, source: Self::Reg);
    /// Loads a number, cut to the size of a word.
    fn load_number(&mut self, dest: Self::Reg, value: i64);
    /// Sets to zero.
    fn clear(&mut self, dest: Self::Reg);
    /// Loads a word of the frame.
    fn load_local(&mut self, dest: Self::Reg, local: u32);
    /// Stores a word of the frame.
    fn store_local(&mut self, local: u32, source: Self::Reg);
    /// Loads the address of a word of the frame.
    fn local_address(&mut self, dest: Self::Reg, local: u32);
    /// Loads the address of a label.
    fn label_address(&mut self, dest: Self::Reg, label: Label);
    /// Loads word number `offset` from `base` on.
    fn load_word(&mut self, dest: Self::Reg, base: Self::Reg, offset: u32);
    /// Stores word number `offset` from `base` on.
    fn store_word(&mut self, source: Self::Reg, base: Self::Reg, offset: u32);
    /// The register that [`Assembler::load`] changes besides the result, if it does.
    fn load_changes(width: Width, index: i64) -> Option<Self::Reg> {
        let _ = (width, index);
        None
    }
    /// Loads item number `index` from `base` on, without a sign.
    fn load(&mut self, width: Width, dest: Self::Reg, base: Self::Reg, index: i64);
    /// Stores item number `index` from `base` on.
    fn store(&mut self, width: Width, source: Self::Reg, base: Self::Reg, index: i64);
    /// As [`Assembler::load`] with the index in a register; `base` may be changed.
    fn load_indexed(&mut self, width: Width, dest: Self::Reg, base: Self::Reg, index: Self::Reg);
    /// As [`Assembler::store`] with the index in a register; `base` may be changed.
    fn store_indexed(&mut self, width: Width, source: Self::Reg, base: Self::Reg, index: Self::Reg);

    fn not(&mut self, dest: Self::Reg);
    fn negate(&mut self, dest: Self::Reg);
    fn arithmetic(&mut self, op: Arithmetic, dest: Self::Reg, source: Self::Reg);
    fn shift(&mut self, shift: Shift, dest: Self::Reg, count: Self::Reg);
    /// Sets `dest` to the truth of a comparison. It is none of the operands.
    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Self::Reg, left: Self::Reg, right: Self::Reg);

    fn jump(&mut self, label: Label);
    fn jump_to_register(&mut self, target: Self::Reg);
    fn jump_if(&mut self, register: Self::Reg, test: Test, label: Label);
    fn jump_if_equal(&mut self, a: Self::Reg, b: Self::Reg, label: Label);
    /// Calls an entry of the table of functions.
    fn call(&mut self, entry: u32);
    /// Calls the entry that completes the frame, which takes four arguments.
    fn call_setup(&mut self) {
        self.call(entry::SETUP_CODE_STATE);
    }
}
