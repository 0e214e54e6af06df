//! Thumb state: instructions of 16 bits, and of 32 bits where the machine has those of Armv7-M (MicroPython: `py/asmthumb.c`,
//! `py/asmthumb.h`).
//!
//! Without the long instructions, long jumps and numbers are put together of short ones and of words among the code, which
//! must be aligned; so the size of an instruction can depend on where it is.

use super::super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use super::Reg::*;
use super::{Condition, Reg, set};
use crate::emit::Label;
use crate::emit::code::Code;
use crate::error::{CompileError, ErrorKind};

/// What a function saves for the one that calls it.
const SAVED: u16 = set(&[R4, R5, R6, R7]) as u16;

/// Instructions of 16 bits, without operands.
mod op {
    pub const LSL: u16 = 0x0000;
    pub const ADD: u16 = 0x1800;
    pub const SUBTRACT: u16 = 0x1a00;
    pub const MOV_NUMBER: u16 = 0x2000;
    pub const CMP_NUMBER: u16 = 0x2800;
    pub const ADD_NUMBER: u16 = 0x3000;
    pub const AND: u16 = 0x4000;
    pub const XOR: u16 = 0x4040;
    pub const SHIFT_LEFT: u16 = 0x4080;
    pub const SHIFT_LOGICAL: u16 = 0x40c0;
    pub const SHIFT_ARITHMETIC: u16 = 0x4100;
    pub const NEGATE: u16 = 0x4240;
    pub const CMP: u16 = 0x4280;
    pub const OR: u16 = 0x4300;
    pub const MULTIPLY: u16 = 0x4340;
    pub const NOT: u16 = 0x43c0;
    /// Addition and moves for all registers.
    pub const ADD_ANY: u16 = 0x4400;
    pub const MOV_ANY: u16 = 0x4600;
    pub const BX: u16 = 0x4700;
    pub const BLX: u16 = 0x4780;
    /// Loads a word from behind.
    pub const LOAD_LITERAL: u16 = 0x4800;
    pub const STORE_LOCAL: u16 = 0x9000;
    pub const LOAD_LOCAL: u16 = 0x9800;
    pub const LOCAL_ADDRESS: u16 = 0xa800;
    pub const RAISE_STACK: u16 = 0xb000;
    pub const LOWER_STACK: u16 = 0xb080;
    pub const EXTEND_HALF: u16 = 0xb200;
    pub const PUSH: u16 = 0xb400;
    pub const POP: u16 = 0xbc00;
    /// Pushes the link register too, or pops the program counter.
    pub const LINK: u16 = 0x0100;
    pub const IF_THEN: u16 = 0xbf00;
    pub const NOP: u16 = 0xbf00;
    pub const BRANCH_ON: u16 = 0xd000;
    pub const BRANCH: u16 = 0xe000;
}

/// Instructions of 32 bits, the first half above.
mod wide {
    /// Sets the lower half of a register, and clears the upper one.
    pub const MOV_LOW: u32 = 0xf240_0000;
    /// Sets the upper half.
    pub const MOV_HIGH: u32 = 0xf2c0_0000;
    /// Adds a number of 12 bits to the stack pointer.
    pub const RAISE_STACK: u32 = 0xf20d_0d00;
    pub const LOWER_STACK: u32 = 0xf2ad_0d00;
    pub const BRANCH_ON: u32 = 0xf000_8000;
    pub const BRANCH: u32 = 0xf000_b800;
    pub const STORE: u32 = 0xf880_0000;
    /// It is a load.
    pub const LOAD: u32 = 0x0010_0000;
}

/// The highest item that a load or store of 16 bits reaches.
const FAR: u32 = 31;

/// An assembler for Thumb state.
#[derive(Debug, Default)]
pub(crate) struct Thumb {
    code: Code,
    /// Whether the machine has the instructions of Armv7-M.
    has_wide: bool,
    /// The registers that are on the stack for as long as the function runs.
    pushed: u16,
    /// The words of the frame beyond those of pushed registers.
    frame: u32,
    /// Whether there is a local that no instruction reaches.
    is_too_large: bool,
}

/// Whether a signed number fits into some bits.
fn fits(number: i32, bits: u32) -> bool {
    let upper = number >> (bits - 1);
    upper == 0 || upper == -1
}

/// An instruction with two low registers.
fn two(op: u16, dest: Reg, source: Reg) -> u16 {
    op | (source as u16) << 3 | dest as u16
}

/// An instruction with a low register and a number of 8 bits.
fn with_number(op: u16, register: Reg, number: u32) -> u16 {
    op | (register as u16) << 8 | (number & 0xff) as u16
}

/// A jump over `distance` bytes from where the processor is, four bytes ahead.
fn branch(distance: i32) -> u16 {
    op::BRANCH | (distance >> 1) as u16 & 0x7ff
}

fn branch_on(condition: u8, distance: i32) -> u16 {
    op::BRANCH_ON | u16::from(condition) << 8 | (distance >> 1) as u16 & 0xff
}

impl Thumb {
    /// An assembler for machines with the instructions of Armv7-M, or without.
    pub fn new(has_wide: bool) -> Thumb {
        Thumb { has_wide, ..Thumb::default() }
    }

    fn write(&mut self, instruction: u16) {
        self.code.write_number(2, instruction.into());
    }

    fn write_wide(&mut self, instruction: u32) {
        self.write((instruction >> 16) as u16);
        self.write(instruction as u16);
    }

    /// Whether a word that follows an even number of instructions would not be aligned.
    fn is_odd(&self) -> bool {
        self.code.position() & 2 != 0
    }

    /// How far it is to `label` from where the processor is when it jumps; if that is back, whether it is.
    fn distance(&self, label: Label) -> (i32, bool) {
        let is_back = self.code.label(label).is_some_and(|to| to <= self.code.position());
        (self.code.distance(label, 4), is_back)
    }

    /// Moves the stack pointer by the words of the frame.
    fn move_stack(&mut self, short: u16, long: u32) {
        let mut words = self.frame;
        if words > 0x7f && self.has_wide {
            // Of the bits above the eighth, three have a place of their own.
            let number = words * Self::WORD;
            self.write_wide(long | number << 4 & 0x7000 | number & 0xff);
            return;
        }
        while words > 0x7f {
            self.write(short | 0x7f);
            words -= 0x7f;
        }
        if words > 0 {
            self.write(short | words as u16);
        }
    }

    /// Sets a half of a register.
    fn load_half(&mut self, op: u32, dest: Reg, number: u32) {
        let spread = (number & 0xf000) << 4 | (number & 0x0800) << 15 | (number & 0x0700) << 4 | number & 0xff;
        self.write_wide(op | spread | (dest as u32) << 8);
    }

    /// Loads a number of 16 bits with short instructions.
    fn load_16_bits(&mut self, dest: Reg, number: u32) {
        self.write(with_number(op::MOV_NUMBER, dest, number >> 8));
        self.shift_left(dest, dest, 8);
        self.write(with_number(op::ADD_NUMBER, dest, number));
    }

    fn shift_left(&mut self, dest: Reg, source: Reg, count: u32) {
        self.write(two(op::LSL, dest, source) | (count as u16) << 6);
    }

    /// Loads a number that stands among the instructions.
    fn load_literal(&mut self, dest: Reg, number: u32) {
        if self.is_odd() {
            self.write(op::NOP);
        }
        self.write(with_number(op::LOAD_LITERAL, dest, 0));
        // Over the number.
        self.write(branch(2));
        self.code.write_number(4, number.into());
    }

    /// Loads a number with short instructions. If it is small, or small but for zeros at its end, it needs no word.
    fn load_short(&mut self, dest: Reg, number: i32) {
        let is_negative = number < 0 && number != i32::MIN;
        let size = if is_negative { number.wrapping_neg() } else { number };
        let (leading, trailing) = (size.leading_zeros(), size.trailing_zeros());
        if leading + trailing >= 24 {
            self.write(with_number(op::MOV_NUMBER, dest, (size >> trailing) as u32));
            self.shift_left(dest, dest, trailing);
        } else if size as u32 <= 0xffff {
            self.load_16_bits(dest, size as u32);
        } else {
            self.load_literal(dest, number as u32);
            return;
        }
        if is_negative {
            self.negate(dest);
        }
    }

    /// Sets `dest` to `base` and as many items of `width` as `items`.
    fn add_items(&mut self, dest: Reg, base: Reg, items: u32, width: Width) {
        let bytes = items << width.shift();
        if bytes < 0x100 {
            if dest != base {
                self.copy(dest, base);
            }
            self.write(with_number(op::ADD_NUMBER, dest, bytes));
        } else if dest == base {
            let other = [R7, R6, R5, R4, R3, R2, R1, R0][dest as usize & 7];
            self.write(op::PUSH | set(&[other]) as u16);
            self.load_number(other, i64::from(bytes as i32));
            self.add(dest, dest, other);
            self.write(op::POP | set(&[other]) as u16);
        } else {
            if items < 0x100 {
                self.write(with_number(op::MOV_NUMBER, dest, items));
                self.shift_left(dest, dest, width.shift());
            } else {
                self.load_number(dest, i64::from(bytes as i32));
            }
            self.add(dest, dest, base);
        }
    }

    fn add(&mut self, dest: Reg, first: Reg, second: Reg) {
        self.write(two(op::ADD, dest, first) | (second as u16) << 6);
    }

    /// A load or store at an item that is near.
    fn access_near(&mut self, is_load: bool, width: Width, register: Reg, base: Reg, item: u32) {
        let op = match width {
            Width::Byte => 0x7000,
            Width::Half => 0x8000,
            Width::Word32 => 0x6000,
        };
        self.write(two(op, register, base) | u16::from(is_load) << 11 | (item as u16) << 6);
    }

    /// A load or store at an item, if it takes one instruction. Whether it does.
    fn access(&mut self, is_load: bool, width: Width, register: Reg, base: Reg, item: u32) -> bool {
        let bytes = item << width.shift();
        if item <= FAR {
            self.access_near(is_load, width, register, base, item);
        } else if self.has_wide && bytes < 0x1000 {
            let load = if is_load { wide::LOAD } else { 0 };
            let size = width.shift() << 21;
            self.write_wide(wide::STORE | load | size | (base as u32) << 16 | (register as u32) << 12 | bytes);
        } else {
            return false;
        }
        true
    }

    /// A load or store at an index in a register, in bytes.
    fn access_indexed(&mut self, is_load: bool, width: Width, register: Reg, base: Reg, index: Reg) {
        let op = match width {
            Width::Byte => 0x5400,
            Width::Half => 0x5200,
            Width::Word32 => 0x5000,
        };
        self.write(two(op, register, base) | u16::from(is_load) << 11 | (index as u16) << 6);
    }

    /// The number of a local in an instruction.
    fn local(&mut self, local: u32) -> u32 {
        self.is_too_large |= local > 0xff;
        local
    }

    /// A long jump of short instructions. It has as many bytes however far it is, and may change r1: r0 can be the result of the
    /// function.
    fn jump_far(&mut self, distance: i32) {
        let is_odd = self.is_odd();
        if fits(distance, 12) {
            self.write(branch(distance));
            (0..3 + u32::from(is_odd)).for_each(|_| self.write(op::NOP));
            return;
        }
        // From the addition on.
        let mut distance = distance - 2;
        if is_odd {
            self.write(op::NOP);
            distance -= 2;
        }
        self.write(with_number(op::LOAD_LITERAL, R1, 0));
        self.write(add_any(Pc, R1));
        self.code.write_number(4, u64::from(distance as u32));
    }

    fn jump_on(&mut self, condition: Condition, label: Label) {
        let (distance, is_back) = self.distance(label);
        let number = condition.number();
        if is_back && fits(distance, 9) {
            self.write(branch_on(number, distance));
        } else if self.has_wide {
            let far = distance as u32;
            let sign = far >> 20 & 1;
            let high = sign << 10 | far >> 12 & 0x3f;
            let low = (far >> 18 & 1) << 13 | (far >> 19 & 1) << 11 | far >> 1 & 0x7ff;
            self.write_wide(wide::BRANCH_ON | u32::from(number) << 22 | high << 16 | low);
        } else {
            // Jumps over a jump, under the opposite condition.
            let (distance, is_back) = (distance.wrapping_sub(2), is_back);
            let is_short = is_back && fits(distance, 12);
            let over = if is_short { 2 } else { 8 + if self.is_odd() { 0 } else { 2 } };
            self.write(branch_on(condition.opposite(), over - 2));
            self.jump(label);
        }
    }
}

/// Adds any registers.
fn add_any(dest: Reg, source: Reg) -> u16 {
    any(op::ADD_ANY, dest, source)
}

/// An instruction with two registers of all.
fn any(op: u16, dest: Reg, source: Reg) -> u16 {
    let dest = dest as u16;
    op | (dest & 8) << 4 | (source as u16) << 3 | dest & 7
}

impl Assembler for Thumb {
    type Reg = Reg;

    const WORD: u32 = super::WORD;
    const NLR_REGISTERS: u32 = super::NLR_REGISTERS;
    const NLR_LOCAL: u32 = super::NLR_LOCAL;

    const RET: Reg = super::RET;
    const ARGS: [Reg; 4] = super::ARGS;
    const TEMPS: [Reg; 3] = super::TEMPS;
    const LOCALS: [Reg; 3] = super::LOCALS;
    const FUNCTION_TABLE: Reg = super::FUNCTION_TABLE;

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn enter(&mut self, words: u32) {
        self.is_too_large = false;
        // Other registers are pushed to make room: for one word, or for three.
        let room = if words > 1 { set(&[R1, R2, R3]) } else { set(&[R1]) };
        self.pushed = SAVED | room as u16;
        // More are aligned to two.
        self.frame = if words > 3 { (words - 3).next_multiple_of(2) } else { 0 };
        self.write(op::PUSH | op::LINK | self.pushed);
        self.move_stack(op::LOWER_STACK, wide::LOWER_STACK);
    }

    fn exit(&mut self) {
        self.move_stack(op::RAISE_STACK, wide::RAISE_STACK);
        self.write(op::POP | op::LINK | self.pushed);
    }

    fn finish(&mut self) -> Result<bool, CompileError> {
        if self.is_too_large && self.code.is_last() {
            return Err(CompileError::new(ErrorKind::NotImplemented, "too many locals for native method"));
        }
        Ok(true)
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.write(any(op::MOV_ANY, dest, source));
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        let number = value as u32;
        match number {
            0..0x100 => self.write(with_number(op::MOV_NUMBER, dest, number)),
            _ if !self.has_wide => self.load_short(dest, number as i32),
            _ => {
                self.load_half(wide::MOV_LOW, dest, number & 0xffff);
                if number > 0xffff {
                    self.load_half(wide::MOV_HIGH, dest, number >> 16);
                }
            }
        }
    }

    fn clear(&mut self, dest: Reg) {
        self.write(with_number(op::MOV_NUMBER, dest, 0));
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        let local = self.local(local);
        self.write(with_number(op::LOAD_LOCAL, dest, local));
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        let local = self.local(local);
        self.write(with_number(op::STORE_LOCAL, source, local));
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        self.write(with_number(op::LOCAL_ADDRESS, dest, local));
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        // The lowest bit says that it is the address of Thumb code.
        let distance = self.code.distance(label, 0) | 1;
        // From where the processor is when it adds, four bytes ahead. The number has 16 bits.
        if self.has_wide {
            self.load_half(wide::MOV_LOW, dest, distance.wrapping_sub(6 + 4) as u32 & 0xffff);
        } else {
            self.load_16_bits(dest, distance.wrapping_sub(8 + 4) as u32);
        }
        self.write(two(op::EXTEND_HALF, dest, dest));
        self.write(add_any(dest, Pc));
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.load(Width::Word32, dest, base, offset.into());
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.store(Width::Word32, source, base, offset.into());
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        let item = index as u32;
        if !self.access(true, width, dest, base, item) {
            self.add_items(dest, base, item.wrapping_sub(FAR), width);
            self.access_near(true, width, dest, dest, FAR);
        }
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        let item = index as u32;
        if !self.access(false, width, source, base, item) {
            self.write(op::PUSH | set(&[base]) as u16);
            self.add_items(base, base, item.wrapping_sub(FAR), width);
            self.access_near(false, width, source, base, FAR);
            self.write(op::POP | set(&[base]) as u16);
        }
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        let [.., scaled] = Self::TEMPS;
        let index = match width {
            Width::Byte => index,
            _ => {
                self.shift_left(scaled, index, width.shift());
                scaled
            }
        };
        self.access_indexed(true, width, dest, base, index);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        if width == Width::Byte {
            self.access_indexed(false, width, source, base, index);
            return;
        }
        self.write(op::PUSH | set(&[index]) as u16);
        self.shift_left(index, index, width.shift());
        self.access_indexed(false, width, source, base, index);
        self.write(op::POP | set(&[index]) as u16);
    }

    fn not(&mut self, dest: Reg) {
        self.write(two(op::NOT, dest, dest));
    }

    fn negate(&mut self, dest: Reg) {
        self.write(two(op::NEGATE, dest, dest));
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        match op {
            Arithmetic::Or => self.write(two(op::OR, dest, source)),
            Arithmetic::Xor => self.write(two(op::XOR, dest, source)),
            Arithmetic::And => self.write(two(op::AND, dest, source)),
            Arithmetic::Add => self.add(dest, dest, source),
            Arithmetic::Subtract => self.write(two(op::SUBTRACT, dest, dest) | (source as u16) << 6),
            Arithmetic::Multiply => self.write(two(op::MULTIPLY, dest, source)),
        }
    }

    fn shift(&mut self, shift: Shift, dest: Reg, count: Reg) {
        let op = match shift {
            Shift::Left => op::SHIFT_LEFT,
            Shift::Logical => op::SHIFT_LOGICAL,
            Shift::Arithmetic => op::SHIFT_ARITHMETIC,
        };
        self.write(two(op, dest, count));
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let condition = Condition::of(comparison, signed);
        let (yes, no) = (with_number(op::MOV_NUMBER, dest, 1), with_number(op::MOV_NUMBER, dest, 0));
        self.write(two(op::CMP, left, right));
        if self.has_wide {
            // One instruction under the condition, and one under the opposite: that is one of two with a bit.
            let number = u16::from(condition.number());
            let mask = if number & 1 == 0 { 0b1100 } else { 0b0100 };
            self.write(op::IF_THEN | number << 4 | mask);
            self.write(yes);
            self.write(no);
        } else {
            self.write(branch_on(condition.number(), 2));
            self.write(no);
            self.write(branch(0));
            self.write(yes);
        }
    }

    fn jump(&mut self, label: Label) {
        let (distance, is_back) = self.distance(label);
        if is_back && fits(distance, 12) {
            self.write(branch(distance));
        } else if self.has_wide {
            let far = distance as u32;
            self.write_wide(wide::BRANCH | (far >> 12 & 0x7ff) << 16 | far >> 1 & 0x7ff);
        } else {
            self.jump_far(distance);
        }
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.write(any(op::BX, R0, target));
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        self.write(with_number(op::CMP_NUMBER, register, 0));
        self.jump_on(Condition::after(test), label);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        self.write(two(op::CMP, a, b));
        self.jump_on(Condition::Equal, label);
    }

    fn call(&mut self, entry: u32) {
        self.call_via(R3, entry);
    }

    fn call_setup(&mut self) {
        // The fourth argument is in r3.
        self.call_via(R4, super::super::entry::SETUP_CODE_STATE);
    }
}

impl Thumb {
    fn call_via(&mut self, via: Reg, entry: u32) {
        self.load_word(via, Self::FUNCTION_TABLE, entry);
        self.write(op::BLX | (via as u16) << 3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instructions that `work` makes, of 16 bits or halves.
    fn halves(has_wide: bool, work: impl Fn(&mut Thumb)) -> alloc::vec::Vec<u16> {
        let mut assembler = Thumb::new(has_wide);
        assembler.code.begin(true);
        work(&mut assembler);
        assembler.code.bytes().chunks(2).map(|half| u16::from_le_bytes(half.try_into().unwrap())).collect()
    }

    #[test]
    fn numbers() {
        assert_eq!(halves(true, |t| t.load_number(R1, 255)), [0x21ff]); // movs r1, #255
        assert_eq!(halves(true, |t| t.load_number(R1, 0xabcd)), [0xf64a, 0x31cd]); // movw r1, #0xabcd
        assert_eq!(halves(true, |t| t.load_number(R1, -1)), [0xf64f, 0x71ff, 0xf6cf, 0x71ff]); // movw, movt
        // movs r1, #1; lsls r1, r1, #8
        assert_eq!(halves(false, |t| t.load_number(R1, 256)), [0x2101, 0x0209]);
        // movs r1, #1; lsls r1, r1, #1; negs r1, r1
        assert_eq!(halves(false, |t| t.load_number(R1, -2)), [0x2101, 0x0049, 0x4249]);
        // movs r1, #0xab; lsls r1, r1, #8; adds r1, #0xcd
        assert_eq!(halves(false, |t| t.load_number(R1, 0xabcd)), [0x21ab, 0x0209, 0x31cd]);
        // ldr r1, [pc]; b over; the number
        assert_eq!(halves(false, |t| t.load_number(R1, 0x12345)), [0x4900, 0xe001, 0x2345, 0x0001]);
    }

    #[test]
    fn a_word_among_the_code_is_aligned() {
        let odd = halves(false, |t| {
            t.not(R0);
            t.load_number(R1, 0x12345);
        });
        assert_eq!(odd, [0x43c0, 0xbf00, 0x4900, 0xe001, 0x2345, 0x0001]);
    }

    #[test]
    fn memory() {
        assert_eq!(halves(true, |t| t.load_word(R1, R2, 31)), [0x6fd1]); // ldr r1, [r2, #124]
        assert_eq!(halves(true, |t| t.load_word(R1, R2, 32)), [0xf8d2, 0x1080]); // ldr.w r1, [r2, #128]
        assert_eq!(halves(false, |t| t.load_word(R1, R2, 32)), [0x4611, 0x3104, 0x6fc9]); // mov, adds, ldr r1, [r1, #124]
        // push {r2}; adds r2, #4; str r1, [r2, #124]; pop {r2}
        assert_eq!(halves(false, |t| t.store_word(R1, R2, 32)), [0xb404, 0x3204, 0x67d1, 0xbc04]);
        assert_eq!(halves(true, |t| t.store(Width::Half, R1, R2, 32)), [0xf8a2, 0x1040]); // strh.w r1, [r2, #64]
    }

    #[test]
    fn comparisons() {
        let less = |has_wide| halves(has_wide, |t| t.compare(Comparison::Less, true, R0, R1, R2));
        assert_eq!(less(true), [0x4291, 0xbfb4, 0x2001, 0x2000]); // cmp r1, r2; ite lt; movlt r0, #1; movge r0, #0
        assert_eq!(less(false), [0x4291, 0xdb01, 0x2000, 0xe000, 0x2001]);
    }

    #[test]
    fn jumps_are_short_only_if_they_go_back_not_too_far() {
        let back = |has_wide, fill: usize| {
            let made = halves(has_wide, |t| {
                t.code.place(Label(0));
                (0..fill).for_each(|_| t.not(R0));
                t.jump_if(R0, Test::Zero, Label(0));
            });
            made[fill..].to_vec()
        };
        assert_eq!(back(true, 0), [0x2800, 0xd0fd]); // cmp r0, #0; beq
        assert_eq!(back(true, 200), [0x2800, 0xf43f, 0xaf35]); // beq.w
        assert_eq!(back(false, 200), [0x2800, 0xd100, 0xe734]); // bne over; b
        // bne over; nop; ldr r1, [pc]; add pc, r1; the distance
        assert_eq!(back(false, 2000), [0x2800, 0xd103, 0x4900, 0x448f, 0xf056, 0xffff]);
    }

    #[test]
    fn the_frame() {
        assert_eq!(halves(true, |t| t.enter(1)), [0xb5f2]); // push {r1, r4-r7, lr}
        assert_eq!(halves(true, |t| t.enter(3)), [0xb5fe]);
        assert_eq!(halves(true, |t| t.enter(4)), [0xb5fe, 0xb082]); // sub sp, #8
        assert_eq!(halves(true, |t| t.enter(203)), [0xb5fe, 0xf2ad, 0x3d20]); // subw sp, sp, #800
        assert_eq!(halves(false, |t| t.enter(203)), [0xb5fe, 0xb0ff, 0xb0c9]);
    }

    #[test]
    fn locals_that_no_instruction_reaches_are_refused() {
        let mut thumb = Thumb::new(true);
        thumb.code.begin(true);
        thumb.enter(300);
        thumb.load_local(R0, 255);
        assert_eq!(thumb.finish(), Ok(true));
        thumb.load_local(R0, 256);
        assert_eq!(thumb.finish().unwrap_err().message, "too many locals for native method");
    }
}
