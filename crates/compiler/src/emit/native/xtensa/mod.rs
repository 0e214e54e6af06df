//! Native code for Xtensa, with either of its conventions of calls (MicroPython: `py/asmxtensa.c`, `py/asmxtensa.h`).

#[cfg(test)]
mod tests;

use core::fmt::Debug;
use core::marker::PhantomData;

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use crate::emit::Label;
use crate::emit::code::Code;
use crate::emit::xtensa::branch::{self, OfTwo, WithZero};
use crate::emit::xtensa::encode::{self, Reg, add_n, addi, l32i_n, movi, movi_n, rri8, rrr, rrrn, s32i_n};
use crate::emit::xtensa::frame::{Call0, Frame, Windowed};
use crate::emit::xtensa::pool::Pool;
use crate::error::CompileError;

/// Which registers serve what, with a convention of calls.
pub(crate) trait Convention: Frame + Default + Debug {
    const NLR_REGISTERS: u32;
    const NLR_LOCAL: u32;
    const NLR_SETJMP: bool;
    /// The result and the arguments of a call.
    const ARGS: [Reg; 4];
    const LOCALS: [Reg; 3];
    const FUNCTION_TABLE: Reg;
    /// The result and the arguments of the function itself.
    const PARENT_ARGS: [Reg; 4];
    /// Where the address of what is called is loaded.
    const CALLED: Reg;
    /// The instruction that calls it: callx0 or callx8.
    const CALLX: Reg;
}

impl Convention for Call0 {
    const NLR_REGISTERS: u32 = 10;
    const NLR_LOCAL: u32 = 8;
    const NLR_SETJMP: bool = false;
    const ARGS: [Reg; 4] = [Reg::A2, Reg::A3, Reg::A4, Reg::A5];
    const LOCALS: [Reg; 3] = [Reg::A12, Reg::A13, Reg::A14];
    const FUNCTION_TABLE: Reg = Reg::A15;
    const PARENT_ARGS: [Reg; 4] = Self::ARGS;
    const CALLED: Reg = Reg::A0;
    const CALLX: Reg = Reg(0b1100);
}

impl Convention for Windowed {
    const NLR_REGISTERS: u32 = 17;
    const NLR_LOCAL: u32 = 6;
    const NLR_SETJMP: bool = true;
    const ARGS: [Reg; 4] = [Reg::A10, Reg::A11, Reg::A12, Reg::A13];
    const LOCALS: [Reg; 3] = [Reg::A4, Reg::A5, Reg::A6];
    const FUNCTION_TABLE: Reg = Reg::A7;
    const PARENT_ARGS: [Reg; 4] = [Reg::A2, Reg::A3, Reg::A4, Reg::A5];
    const CALLED: Reg = Reg::A8;
    const CALLX: Reg = Reg(0b1110);
}

/// What computes addresses of stores that are too far for one instruction. With windows it is the register of the table of
/// names, which MicroPython overwrites so.
const SPARE: Reg = Reg::A6;

/// An assembler for Xtensa without windows of registers.
pub(crate) type XtensaCall0 = Xtensa<Call0>;
/// An assembler for Xtensa with them.
pub(crate) type XtensaWindowed = Xtensa<Windowed>;

/// An assembler for Xtensa.
#[derive(Debug, Default)]
pub(crate) struct Xtensa<C> {
    code: Code,
    pool: Pool,
    /// The bytes of the frame.
    frame: u32,
    /// What could not be encoded.
    error: Option<CompileError>,
    convention: PhantomData<C>,
}

impl<C: Convention> Xtensa<C> {
    fn write(&mut self, instruction: u32) {
        encode::write(&mut self.code, instruction);
    }

    fn write_narrow(&mut self, instruction: u32) {
        encode::write_narrow(&mut self.code, instruction);
    }

    /// Notes that something could not be encoded.
    fn note(&mut self, result: Result<(), CompileError>) {
        self.error = self.error.take().or(result.err());
    }

    /// An instruction that has `dest` for the first operand, too.
    fn op(&mut self, op: u32, dest: Reg, source: Reg) {
        self.write(rrr(op, dest, dest, source));
    }

    /// An instruction that loads from or stores to item number `index` at `base`, which must be less than 256.
    fn access_near(&mut self, op: u32, register: Reg, base: Reg, index: u32) {
        self.write(rri8(2, op, base, register, index as i32));
    }

    /// The address of what is too far from `base` for one instruction.
    fn far_address(&mut self, dest: Reg, base: Reg, bytes: u32) {
        self.load_number(dest, i64::from(bytes as i32));
        self.write_narrow(add_n(dest, base, dest));
    }

    fn load_item(&mut self, width: Width, dest: Reg, base: Reg, index: u32) {
        match (width, index) {
            (Width::Word32, ..16) => self.write_narrow(l32i_n(dest, base, index)),
            (_, ..256) => self.access_near(width.shift(), dest, base, index),
            _ => {
                self.far_address(dest, base, index << width.shift());
                self.load_item(width, dest, dest, 0);
            }
        }
    }

    fn store_item(&mut self, width: Width, source: Reg, base: Reg, index: u32) {
        match (width, index) {
            (Width::Word32, ..16) => self.write_narrow(s32i_n(source, base, index)),
            (_, ..256) => self.access_near(4 | width.shift(), source, base, index),
            _ => {
                self.far_address(SPARE, base, index << width.shift());
                self.store_item(width, source, SPARE, 0);
            }
        }
    }

    /// Adds an index to the base, times the bytes of an item.
    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        match width {
            Width::Byte => self.write_narrow(add_n(base, index, base)),
            Width::Half => self.write(rrr(0x900, base, index, base)),
            Width::Word32 => self.write(rrr(0xa00, base, index, base)),
        }
    }
}

impl<C: Convention> Assembler for Xtensa<C> {
    type Reg = Reg;

    const WORD: u32 = 4;
    const NLR_REGISTERS: u32 = C::NLR_REGISTERS;
    const NLR_LOCAL: u32 = C::NLR_LOCAL;
    const NLR_SETJMP: bool = C::NLR_SETJMP;

    const RET: Reg = C::ARGS[0];
    const ARGS: [Reg; 4] = C::ARGS;
    const TEMPS: [Reg; 3] = [C::ARGS[0], C::ARGS[1], C::ARGS[2]];
    const LOCALS: [Reg; 3] = C::LOCALS;
    const FUNCTION_TABLE: Reg = C::FUNCTION_TABLE;
    const PARENT_RET: Reg = C::PARENT_ARGS[0];
    const PARENT_ARGS: [Reg; 4] = C::PARENT_ARGS;

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn enter(&mut self, words: u32) {
        self.pool.enter(&mut self.code);
        self.frame = C::enter(&mut self.code, words);
    }

    fn exit(&mut self) {
        C::exit(&mut self.code, self.frame);
    }

    fn finish(&mut self) -> Result<bool, CompileError> {
        let is_settled = self.pool.finish(&mut self.code);
        self.error.take().map_or(Ok(is_settled), Err)
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.write_narrow(rrrn(13, 0, source, dest.0.into()));
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        match value as i32 {
            value @ -32..96 => self.write_narrow(movi_n(dest, value)),
            value if branch::fits(value, 12) => self.write(movi(dest, value)),
            value => self.pool.load(&mut self.code, dest, value as u32),
        }
    }

    fn clear(&mut self, dest: Reg) {
        self.load_number(dest, 0);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        self.access_near(2, dest, Reg::A1, local.wrapping_add(C::SAVED));
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        self.access_near(6, source, Reg::A1, local.wrapping_add(C::SAVED));
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        match local.wrapping_add(C::SAVED).wrapping_mul(4) as i32 {
            bytes @ 0..128 => self.write(addi(dest, Reg::A1, bytes)),
            bytes => {
                self.write(movi(dest, bytes));
                self.write_narrow(add_n(dest, dest, Reg::A1));
            }
        }
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        // A call leaves the address behind it in a0, so that is where distances are counted from. The call goes to a multiple of
        // four, over up to three bytes.
        let distance = self.code.distance(label, 6);
        self.write(movi(dest, distance));
        let position = self.code.position();
        self.write(encode::call(5, (position >> 1 & 1) as i32));
        let padding = 5_u32.wrapping_sub(position) & 3;
        self.code.write(&[0; 3][..padding as usize]);
        self.write_narrow(add_n(dest, dest, Reg::A0));
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.load_item(Width::Word32, dest, base, offset);
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.store_item(Width::Word32, source, base, offset);
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        self.load_item(width, dest, base, index as u32);
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        self.store_item(width, source, base, index as u32);
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.load_item(width, dest, base, 0);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.store_item(width, source, base, 0);
    }

    fn not(&mut self, dest: Reg) {
        let ones = C::ARGS[1];
        self.load_number(ones, -1);
        self.arithmetic(Arithmetic::Xor, dest, ones);
    }

    fn negate(&mut self, dest: Reg) {
        self.write(rrr(0x600, dest, Reg(0), dest));
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        match op {
            Arithmetic::Or => self.op(0x200, dest, source),
            Arithmetic::Xor => self.op(0x300, dest, source),
            Arithmetic::And => self.op(0x100, dest, source),
            Arithmetic::Add => self.write_narrow(add_n(dest, dest, source)),
            Arithmetic::Subtract => self.op(0xc00, dest, source),
            Arithmetic::Multiply => self.op(0x820, dest, source),
        }
    }

    fn shift(&mut self, shift: Shift, dest: Reg, count: Reg) {
        // A register of its own has the count.
        let is_left = shift == Shift::Left;
        self.write(rrr(0x400, Reg(u8::from(is_left)), count, Reg(0)));
        match shift {
            Shift::Left => self.write(rrr(0xa10, dest, dest, Reg(0))),
            Shift::Logical => self.write(rrr(0x910, dest, Reg(0), dest)),
            Shift::Arithmetic => self.write(rrr(0xb10, dest, Reg(0), dest)),
        }
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let (less, not_less) =
            if signed { (OfTwo::LESS, OfTwo::GREATER_EQUAL) } else { (OfTwo::BELOW, OfTwo::ABOVE_EQUAL) };
        let (condition, left, right) = match comparison {
            Comparison::Less => (less, left, right),
            Comparison::More => (less, right, left),
            Comparison::Equal => (OfTwo::EQUAL, left, right),
            Comparison::LessEqual => (not_less, right, left),
            Comparison::MoreEqual => (not_less, left, right),
            Comparison::NotEqual => (OfTwo::NOT_EQUAL, left, right),
        };
        self.write_narrow(movi_n(dest, 1));
        // Over the instruction that follows.
        self.write(branch::branch_by(condition, left, right, 1));
        self.write_narrow(movi_n(dest, 0));
    }

    fn jump(&mut self, label: Label) {
        branch::jump(&mut self.code, label);
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.write(rrr(0, Reg(0), target, Reg(0b1010)));
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        let condition = if test.is_of_zero() { WithZero::EQUAL } else { WithZero::NOT_EQUAL };
        let result = branch::branch_zero(&mut self.code, condition, register, label);
        self.note(result);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        let result = branch::branch(&mut self.code, OfTwo::EQUAL, a, b, label);
        self.note(result);
    }

    fn call(&mut self, entry: u32) {
        self.load_item(Width::Word32, C::CALLED, C::FUNCTION_TABLE, entry);
        self.write(rrr(0, Reg(0), C::CALLED, C::CALLX));
    }
}
