//! What the machines of Intel's line have in common, of 32 and of 64 bits (MicroPython: `py/asmx86.c`, `py/asmx64.c`).
//!
//! Their instructions are the same but for a prefix, which says that operands have 64 bits or that a register is one of the
//! upper eight. They differ in how functions are called, which is a [`Convention`].

#[cfg(feature = "x64")]
pub(super) mod x64;
#[cfg(feature = "x86")]
pub(super) mod x86;

use core::fmt::Debug;
use core::marker::PhantomData;

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use crate::emit::Label;
use crate::emit::code::Code;

/// The registers in use, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reg {
    Ax = 0,
    Cx = 1,
    Dx = 2,
    Bx = 3,
    Sp = 4,
    Bp = 5,
    Si = 6,
    Di = 7,
    R12 = 12,
    R13 = 13,
}

use Reg::*;

impl Reg {
    /// The three bits of the number that stand in an instruction.
    fn low(self) -> u8 {
        self as u8 & 7
    }

    /// The fourth, which stands in a prefix.
    fn high(self) -> u8 {
        self as u8 >> 3
    }
}

/// The condition of a jump or of setting a byte.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Condition {
    Below = 0x2,
    AboveEqual = 0x3,
    Zero = 0x4,
    NotZero = 0x5,
    BelowEqual = 0x6,
    Above = 0x7,
    Less = 0xc,
    GreaterEqual = 0xd,
    LessEqual = 0xe,
    Greater = 0xf,
}

impl Condition {
    fn of(comparison: Comparison, signed: bool) -> Condition {
        match (comparison, signed) {
            (Comparison::Equal, _) => Condition::Zero,
            (Comparison::NotEqual, _) => Condition::NotZero,
            (Comparison::Less, true) => Condition::Less,
            (Comparison::More, true) => Condition::Greater,
            (Comparison::LessEqual, true) => Condition::LessEqual,
            (Comparison::MoreEqual, true) => Condition::GreaterEqual,
            (Comparison::Less, false) => Condition::Below,
            (Comparison::More, false) => Condition::Above,
            (Comparison::LessEqual, false) => Condition::BelowEqual,
            (Comparison::MoreEqual, false) => Condition::AboveEqual,
        }
    }
}

/// Prefix of an instruction; with the bits below it widens operands or gives registers their fourth bit.
const REX: u8 = 0x40;
/// The operands have 64 bits.
const REX_W: u8 = 0x08;
/// The fourth bit of the register in the middle of the operand byte.
const REX_R: u8 = 0x04;
/// The operands have 16 bits.
const OPERAND_16: u8 = 0x66;
/// Both operands are registers, as the upper bits of the operand byte.
const REGISTERS: u8 = 0xc0;

/// How functions are called on a machine, and in which registers a function keeps what.
pub(crate) trait Convention: Default + Debug {
    /// The bytes of a word.
    const WORD: u32;
    /// The registers in a non-local-return buffer.
    const NLR_REGISTERS: u32;
    /// Where the emitter puts the arguments of a call.
    const ARGS: [Reg; 4];
    /// Free for use between calls.
    const TEMPS: [Reg; 3];
    /// Kept over calls.
    const LOCALS: [Reg; 3];

    /// Gets argument `number` of the function into the register in which the emitter expects it.
    fn receive(asm: &mut Intel<Self>, number: usize);
    /// Gets argument `number` of the function into `dest`.
    fn argument(asm: &mut Intel<Self>, number: usize, dest: Reg);
    /// Loads the address of a label.
    fn label_address(asm: &mut Intel<Self>, dest: Reg, label: Label);
    /// Calls an entry of the table of functions.
    fn call(asm: &mut Intel<Self>, entry: u32);
}

/// An assembler.
#[derive(Debug, Default)]
pub(crate) struct Intel<C> {
    code: Code,
    /// The words of the frame.
    frame: u32,
    convention: PhantomData<C>,
}

impl<C: Convention> Intel<C> {
    fn write(&mut self, bytes: &[u8]) {
        self.code.write(bytes);
    }

    /// The prefix for a register in the middle of the operand byte and one at its end, and for operands as wide as a word if
    /// `wide`. There is none where it would say nothing.
    fn prefix(&mut self, wide: bool, middle: u8, end: Reg) {
        let wide = if wide && C::WORD == 8 { REX_W } else { 0 };
        let bits = wide | if middle > 7 { REX_R } else { 0 } | end.high();
        if bits != 0 {
            self.write(&[REX | bits]);
        }
    }

    /// `opcode` on registers. What is in the middle of the operand byte may be part of the opcode.
    fn registers(&mut self, opcode: &[u8], middle: u8, end: Reg) {
        self.prefix(true, middle, end);
        self.write(opcode);
        self.write(&[REGISTERS | (middle & 7) << 3 | end.low()]);
    }

    /// `opcode` on a word of memory.
    fn memory(&mut self, opcode: u8, register: Reg, base: Reg, displacement: i32) {
        self.prefix(true, register as u8, base);
        self.write(&[opcode]);
        self.operand(register, base, displacement);
    }

    /// `opcode` on at most 32 bits of memory, after `size` prefixes.
    fn narrow(&mut self, size: &[u8], opcode: &[u8], register: Reg, base: Reg, displacement: i32) {
        self.write(size);
        self.prefix(false, register as u8, base);
        self.write(opcode);
        self.operand(register, base, displacement);
    }

    /// An operand byte, and what follows it, for memory at `base`.
    fn operand(&mut self, register: Reg, base: Reg, displacement: i32) {
        let short = i8::try_from(displacement);
        let mode = match short {
            Ok(0) if base.low() != Bp.low() => 0,
            Ok(_) => 0x40,
            Err(_) => 0x80,
        };
        self.write(&[mode | register.low() << 3 | base.low()]);
        if base.low() == Sp.low() {
            // No index.
            self.write(&[0x24]);
        }
        match (mode, short) {
            (0, _) => {}
            (_, Ok(short)) => self.write(&short.to_le_bytes()),
            (_, Err(_)) => self.write(&displacement.to_le_bytes()),
        }
    }

    /// A jump of the short form `short`, if it goes back not too far, or else of the form `long`.
    fn jump_by(&mut self, short: u8, long: &[u8], label: Label) {
        let is_back = self.code.label(label).is_some_and(|to| to < self.code.position());
        if let Ok(distance) = i8::try_from(self.code.distance(label, 2))
            && is_back
        {
            self.write(&[short, distance as u8]);
        } else {
            let distance = self.code.distance(label, long.len() as u32 + 4);
            self.write(long);
            self.write(&distance.to_le_bytes());
        }
    }

    fn jump_on(&mut self, condition: Condition, label: Label) {
        self.jump_by(0x70 | condition as u8, &[0x0f, 0x80 | condition as u8], label);
    }

    fn push(&mut self, register: Reg) {
        self.prefix(false, 0, register);
        self.write(&[0x50 | register.low()]);
    }

    fn pop(&mut self, register: Reg) {
        self.prefix(false, 0, register);
        self.write(&[0x58 | register.low()]);
    }

    /// Takes `bytes` from the stack pointer.
    fn lower_stack(&mut self, bytes: i32) {
        self.with_number(5, Sp, bytes);
    }

    /// One of the operations that share an opcode, number `operation`, of a register and a number.
    fn with_number(&mut self, operation: u8, register: Reg, number: i32) {
        match i8::try_from(number) {
            Ok(number) => {
                self.registers(&[0x83], operation, register);
                self.write(&number.to_le_bytes());
            }
            Err(_) => {
                self.registers(&[0x81], operation, register);
                self.write(&number.to_le_bytes());
            }
        }
    }

    /// Calls an entry of the table of functions, by way of `via`.
    fn call_entry(&mut self, via: Reg, entry: u32) {
        self.load_word(via, Self::FUNCTION_TABLE, entry);
        self.write(&[0xff, REGISTERS | 2 << 3 | via.low()]);
    }

    /// How far a word is from the start of the words that it is in.
    fn offset(words: u32) -> i32 {
        words.wrapping_mul(C::WORD) as i32
    }

    /// Adds an index, as many times as an item has bytes.
    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        (0..1 << width.shift()).for_each(|_| self.arithmetic(Arithmetic::Add, base, index));
    }

    /// The registers that a function keeps for its caller, in the order in which they are pushed.
    fn kept() -> [Reg; 4] {
        let [first, second, third] = C::LOCALS;
        [Self::FUNCTION_TABLE, first, second, third]
    }
}

impl<C: Convention> Assembler for Intel<C> {
    type Reg = Reg;

    const WORD: u32 = C::WORD;
    const NLR_REGISTERS: u32 = C::NLR_REGISTERS;
    const NLR_LOCAL: u32 = 5;

    const RET: Reg = Ax;
    const ARGS: [Reg; 4] = C::ARGS;
    const TEMPS: [Reg; 3] = C::TEMPS;
    const LOCALS: [Reg; 3] = C::LOCALS;
    const FUNCTION_TABLE: Reg = Bp;
    const SHIFT_COUNT: Option<Reg> = Some(Cx);
    const STORES_FROM_FEW: bool = true;

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn enter(&mut self, words: u32) {
        Self::kept().into_iter().for_each(|register| self.push(register));
        // Calls want the stack aligned to 16 bytes. The kept registers and the return address take one word too many for that.
        self.frame = words | (16 / C::WORD - 1);
        self.lower_stack(Self::offset(self.frame));
    }

    fn exit(&mut self) {
        self.lower_stack(Self::offset(self.frame).wrapping_neg());
        Self::kept().into_iter().rev().for_each(|register| self.pop(register));
        self.write(&[0xc3]);
    }

    fn receive(&mut self, number: usize) {
        C::receive(self, number);
    }

    fn argument(&mut self, number: usize, dest: Reg) {
        C::argument(self, number, dest);
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.registers(&[0x89], source as u8, dest);
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        let is_short = C::WORD == 4 || u32::try_from(value).is_ok();
        self.prefix(!is_short, 0, dest);
        self.write(&[0xb8 | dest.low()]);
        self.code.write_number(if is_short { 4 } else { 8 }, value as u64);
    }

    fn clear(&mut self, dest: Reg) {
        self.arithmetic(Arithmetic::Xor, dest, dest);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        self.load_word(dest, Sp, local);
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        self.store_word(source, Sp, local);
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        if local == 0 {
            self.copy(dest, Sp);
        } else {
            self.memory(0x8d, dest, Sp, Self::offset(local));
        }
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        C::label_address(self, dest, label);
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.memory(0x8b, dest, base, Self::offset(offset));
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.memory(0x89, source, base, Self::offset(offset));
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        let displacement = (index << width.shift()) as i32;
        match width {
            Width::Byte => self.narrow(&[], &[0x0f, 0xb6], dest, base, displacement),
            Width::Half => self.narrow(&[], &[0x0f, 0xb7], dest, base, displacement),
            Width::Word32 => self.narrow(&[], &[0x8b], dest, base, displacement),
        }
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        let displacement = (index << width.shift()) as i32;
        match width {
            Width::Byte => self.narrow(&[], &[0x88], source, base, displacement),
            Width::Half => self.narrow(&[OPERAND_16], &[0x89], source, base, displacement),
            Width::Word32 => self.narrow(&[], &[0x89], source, base, displacement),
        }
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.load(width, dest, base, 0);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.store(width, source, base, 0);
    }

    fn not(&mut self, dest: Reg) {
        self.registers(&[0xf7], 2, dest);
    }

    fn negate(&mut self, dest: Reg) {
        self.registers(&[0xf7], 3, dest);
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        match op {
            Arithmetic::Or => self.registers(&[0x09], source as u8, dest),
            Arithmetic::Xor => self.registers(&[0x31], source as u8, dest),
            Arithmetic::And => self.registers(&[0x21], source as u8, dest),
            Arithmetic::Add => self.registers(&[0x01], source as u8, dest),
            Arithmetic::Subtract => self.registers(&[0x29], source as u8, dest),
            Arithmetic::Multiply => self.registers(&[0x0f, 0xaf], dest as u8, source),
        }
    }

    fn shift(&mut self, shift: Shift, dest: Reg, _: Reg) {
        let which = match shift {
            Shift::Left => 4,
            Shift::Logical => 5,
            Shift::Arithmetic => 7,
        };
        self.registers(&[0xd3], which, dest);
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let condition = Condition::of(comparison, signed);
        self.clear(dest);
        self.registers(&[0x39], right as u8, left);
        self.write(&[0x0f, 0x90 | condition as u8, REGISTERS | dest.low()]);
    }

    fn jump(&mut self, label: Label) {
        self.jump_by(0xeb, &[0xe9], label);
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.write(&[0xff, REGISTERS | 4 << 3 | target.low()]);
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        if test.is_of_bool() {
            self.write(&[0x84, REGISTERS | register.low() << 3 | register.low()]);
        } else {
            self.registers(&[0x85], register as u8, register);
        }
        self.jump_on(if test.is_of_zero() { Condition::Zero } else { Condition::NotZero }, label);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        self.registers(&[0x39], a as u8, b);
        self.jump_on(Condition::Zero, label);
    }

    fn call(&mut self, entry: u32) {
        C::call(self, entry);
    }
}
