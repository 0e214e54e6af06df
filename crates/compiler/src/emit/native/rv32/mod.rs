//! Native code for RISC-V of 32 bits with multiplication and compressed instructions, and the extensions Zba and Zcmp
//! (MicroPython: `py/asmrv32.c`, `py/asmrv32.h`).

#[cfg(test)]
mod tests;

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use crate::emit::Label;
use crate::emit::code::Code;
use crate::emit::riscv::encode::{self, Reg};
use crate::emit::riscv::{self, extension, fits, function, halves, major};

const BEQ: u32 = 0;
const BNE: u32 = 1;

/// An assembler for RV32IMC.
#[derive(Debug, Default)]
pub(crate) struct Rv32 {
    code: Code,
    /// The extensions that may be used.
    extensions: u32,
    /// The registers that a function keeps for its caller, a set of their numbers. What a call needs is found out in the first
    /// walk over a function, and stays for the functions after it.
    kept: u32,
    /// How far the stack pointer is lowered besides what one instruction with the registers does.
    frame: i32,
    /// Blocks of four words that the instruction with the registers lowers it by, too.
    blocks: u32,
    /// Where the words of the frame begin, in bytes from the stack pointer.
    locals: u32,
}

impl Rv32 {
    /// What computes addresses that are too far for one instruction.
    const SPARE: Reg = Reg::A6;

    /// An assembler that uses `extensions` of the machine.
    pub fn new(extensions: u32) -> Rv32 {
        Rv32 { extensions, ..Rv32::default() }
    }

    fn has(&self, extension: u32) -> bool {
        self.extensions & extension != 0
    }

    fn write(&mut self, instruction: u32) {
        riscv::write(&mut self.code, instruction);
    }

    fn write_short(&mut self, instruction: u16) {
        riscv::write_short(&mut self.code, instruction);
    }

    fn add_short(&mut self, dest: Reg, source: Reg) {
        self.write_short(encode::cr(major::C2, 9, dest, source));
    }

    fn add_number(&mut self, dest: Reg, source: Reg, number: i32) {
        self.write(encode::i(major::OP_IMM, 0, dest, source, number));
    }

    fn op(&mut self, function: u32, dest: Reg, left: Reg, right: Reg) {
        self.write(encode::r(major::OP, function, dest, left, right));
    }

    fn branch(&mut self, function: u32, left: Reg, right: Reg, distance: i32) {
        self.write(encode::b(major::BRANCH, function, left, right, distance));
    }

    /// The upper half of a number that is too large for an instruction, plus `base`. The lower half is left to add.
    fn load_upper_plus(&mut self, dest: Reg, base: Reg, number: i32) -> i32 {
        let (upper, lower) = halves(number);
        riscv::load_upper(&mut self.code, dest, upper);
        self.add_short(dest, base);
        lower
    }

    /// Adds a number of bytes to the stack pointer.
    fn move_stack(&mut self, bytes: i32) {
        if bytes == 0 {
        } else if fits(bytes, 6) {
            self.write_short(encode::ci(major::C1, 0, Reg::SP, bytes));
        } else if fits(bytes, 12) {
            self.add_number(Reg::SP, Reg::SP, bytes);
        } else {
            riscv::load_large(&mut self.code, Self::TEMPS[0], bytes);
            self.add_short(Reg::SP, Self::TEMPS[0]);
        }
    }

    /// The kept registers, each with its place above the stack pointer.
    fn kept_places(&self) -> impl Iterator<Item = (Reg, i32)> + use<> {
        let kept = self.kept;
        (0..32).filter(move |number| kept & 1 << number != 0).map(Reg).zip((0..).step_by(4))
    }

    /// For the instructions of Zcmp, the number of the list of registers that ends with the last kept one; and how many words
    /// they are.
    fn list(&self) -> (u32, u32) {
        // Return address, s0, s1, s2...
        let last = if self.kept >= 1 << 18 { self.kept.ilog2() - 15 } else { self.kept.ilog2().saturating_sub(7) };
        let count = if last == 11 { 13 } else { last + 1 };
        ((3 + count).min(15), count)
    }

    /// How far it is to a label from here, and whether that goes back.
    fn distance(&self, label: Label) -> (i32, bool) {
        let distance = self.code.distance(label, 0);
        (distance, self.code.label(label).is_some() && distance < 0)
    }

    /// A jump to anywhere.
    fn jump_far(&mut self, distance: i32) {
        let (upper, lower) = halves(distance);
        self.write(encode::u(major::AUIPC, Self::SPARE, upper));
        self.write(encode::i(major::JALR, 0, Reg::ZERO, Self::SPARE, lower));
    }

    /// The place of a word of the frame above the stack pointer.
    fn offset_of(&self, local: u32) -> i32 {
        local.wrapping_mul(4).wrapping_add(self.locals) as i32
    }

    /// Loads from, or stores to, an item at a base: the one form if it can be compressed, else the other.
    fn access(&mut self, is_load: bool, width: Width, register: Reg, base: Reg, bytes: i32) {
        if width == Width::Word32 && (0..64).contains(&bytes) && register.is_compressible() && base.is_compressible() {
            self.write_short(encode::cl(major::C0, if is_load { 2 } else { 6 }, register, base, bytes));
        } else if fits(bytes, 12) {
            self.access_near(is_load, width, register, base, bytes);
        } else {
            let via = if is_load { register } else { Self::SPARE };
            let rest = self.load_upper_plus(via, base, bytes);
            self.access_near(is_load, width, register, via, rest);
        }
    }

    fn access_near(&mut self, is_load: bool, width: Width, register: Reg, base: Reg, bytes: i32) {
        let instruction = match (is_load, width) {
            // Without a sign.
            (true, Width::Byte) => encode::i(major::LOAD, 4, register, base, bytes),
            (true, Width::Half) => encode::i(major::LOAD, 5, register, base, bytes),
            (true, Width::Word32) => encode::i(major::LOAD, 2, register, base, bytes),
            (false, _) => encode::s(major::STORE, width.shift(), base, register, bytes),
        };
        self.write(instruction);
    }

    /// The address of an item, in the spare register.
    fn item_address(&mut self, width: Width, base: Reg, index: Reg) {
        match width.shift() {
            0 => self.op(function::ADD, Self::SPARE, base, index),
            shift if self.has(extension::ZBA) => {
                self.op(function::SHIFT_ADD | 1 << shift, Self::SPARE, index, base);
            }
            shift => {
                self.write(encode::i(major::OP_IMM, 1, Self::SPARE, index, shift as i32));
                self.add_short(Self::SPARE, base);
            }
        }
    }
}

impl Assembler for Rv32 {
    type Reg = Reg;

    const WORD: u32 = 4;
    const NLR_REGISTERS: u32 = 14;
    const NLR_LOCAL: u32 = 6;

    const RET: Reg = Reg::A0;
    const ARGS: [Reg; 4] = [Reg::A0, Reg::A1, Reg::A2, Reg::A3];
    const TEMPS: [Reg; 3] = [Reg::A4, Reg::A5, Reg::A6];
    const LOCALS: [Reg; 3] = [Reg::S3, Reg::S2, Reg::S4];
    const FUNCTION_TABLE: Reg = Reg::S1;
    const ZERO: Option<Reg> = Some(Reg::ZERO);

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn enter(&mut self, words: u32) {
        let always = [Self::FUNCTION_TABLE, Reg::S2, Reg::S3, Reg::S4];
        self.kept |= always.iter().fold(0, |set, register| set | 1 << register.0);
        if self.has(extension::ZCMP) {
            let (list, count) = self.list();
            // The registers' room is whole blocks, and has words to spare.
            let words = words.saturating_sub(count.next_multiple_of(4) - count);
            self.blocks = (words / 4).min(3);
            self.frame = (words - self.blocks * 4).wrapping_mul(4) as i32;
            self.write_short(encode::cmpp(major::C2, 0xb8, list, self.blocks));
            self.move_stack(self.frame.wrapping_neg());
        } else {
            let count = self.kept.count_ones();
            self.locals = count * 4;
            self.frame = words.wrapping_add(count).wrapping_mul(4) as i32;
            self.move_stack(self.frame.wrapping_neg());
            for (register, place) in self.kept_places() {
                self.write_short(encode::css(major::C2, 6, register, place));
            }
        }
    }

    fn exit(&mut self) {
        if self.has(extension::ZCMP) {
            let (list, _) = self.list();
            self.move_stack(self.frame);
            self.write_short(encode::cmpp(major::C2, 0xbe, list, self.blocks));
        } else {
            for (register, place) in self.kept_places() {
                self.write_short(encode::ci_words(major::C2, 2, register, place));
            }
            self.move_stack(self.frame);
            self.jump_to_register(Reg::RA);
        }
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.write_short(encode::cr(major::C2, 8, dest, source));
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        riscv::load_number(&mut self.code, dest, value as i32);
    }

    fn clear(&mut self, dest: Reg) {
        self.load_number(dest, 0);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        match self.offset_of(local) {
            place @ 0..256 => self.write_short(encode::ci_words(major::C2, 2, dest, place)),
            place @ 0..2048 => self.access_near(true, Width::Word32, dest, Reg::SP, place),
            place => {
                let rest = self.load_upper_plus(dest, Reg::SP, place);
                self.access_near(true, Width::Word32, dest, dest, rest);
            }
        }
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        match self.offset_of(local) {
            place @ 0..256 => self.write_short(encode::css(major::C2, 6, source, place)),
            place @ 0..2048 => self.access_near(false, Width::Word32, source, Reg::SP, place),
            place => {
                let rest = self.load_upper_plus(Self::SPARE, Reg::SP, place);
                self.access_near(false, Width::Word32, source, Self::SPARE, rest);
            }
        }
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        match self.offset_of(local) {
            place @ 1..1024 if dest.is_compressible() => {
                self.write_short(encode::ciw(major::C0, 0, dest, place));
            }
            place @ 0..2048 => self.add_number(dest, Reg::SP, place),
            place => {
                riscv::load_large(&mut self.code, dest, place);
                self.add_short(dest, Reg::SP);
            }
        }
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        let distance = self.code.distance(label, 0);
        riscv::load_address(&mut self.code, dest, distance);
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.access(true, Width::Word32, dest, base, offset.wrapping_mul(4) as i32);
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.access(false, Width::Word32, source, base, offset.wrapping_mul(4) as i32);
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        self.access(true, width, dest, base, (index as i32) << width.shift());
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        self.access(false, width, source, base, (index as i32) << width.shift());
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        self.item_address(width, base, index);
        self.access(true, width, dest, Self::SPARE, 0);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        self.item_address(width, base, index);
        self.access(false, width, source, Self::SPARE, 0);
    }

    fn not(&mut self, dest: Reg) {
        self.write(encode::i(major::OP_IMM, function::XOR, dest, dest, -1));
    }

    fn negate(&mut self, dest: Reg) {
        self.op(function::SUB, dest, Reg::ZERO, dest);
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        match op {
            Arithmetic::Or => self.op(function::OR, dest, dest, source),
            Arithmetic::Xor if dest == source => self.clear(dest),
            Arithmetic::Xor => self.op(function::XOR, dest, dest, source),
            Arithmetic::And => self.op(function::AND, dest, source, dest),
            Arithmetic::Add => self.add_short(dest, source),
            Arithmetic::Subtract => self.op(function::SUB, dest, dest, source),
            Arithmetic::Multiply => self.op(function::MUL, dest, dest, source),
        }
    }

    fn shift(&mut self, shift: Shift, dest: Reg, count: Reg) {
        let function = match shift {
            Shift::Left => function::SLL,
            Shift::Logical => function::SRL,
            Shift::Arithmetic => function::SRA,
        };
        self.op(function, dest, dest, count);
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let less = if signed { function::SLT } else { function::SLTU };
        match comparison {
            Comparison::Less => self.op(less, dest, left, right),
            Comparison::More => self.op(less, dest, right, left),
            Comparison::LessEqual | Comparison::MoreEqual => {
                // Not more, not less.
                let (left, right) = if comparison == Comparison::LessEqual { (right, left) } else { (left, right) };
                self.op(less, dest, left, right);
                self.write(encode::i(major::OP_IMM, function::XOR, dest, dest, 1));
            }
            Comparison::Equal => {
                self.op(function::SUB, dest, left, right);
                self.write(encode::i(major::OP_IMM, function::SLTU, dest, dest, 1));
            }
            Comparison::NotEqual => {
                self.op(function::SUB, dest, right, left);
                self.op(function::SLTU, dest, Reg::ZERO, dest);
            }
        }
    }

    fn jump(&mut self, label: Label) {
        let (distance, is_back) = self.distance(label);
        if is_back && fits(distance, 12) {
            self.write_short(encode::cj(major::C1, 5, distance));
        } else {
            self.jump_far(distance);
        }
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.write_short(encode::cr(major::C2, 8, target, Reg::ZERO));
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        if test.is_of_zero() {
            self.jump_if_equal(register, Reg::ZERO, label);
            return;
        }
        let (distance, is_back) = self.distance(label);
        let is_short = is_back && register.is_compressible();
        if is_short && fits(distance, 8) {
            self.write_short(encode::cb(major::C1, 7, register, distance));
        } else if is_back && fits(distance, 13) {
            self.branch(BNE, register, Reg::ZERO, distance);
        } else if is_short {
            self.write_short(encode::cb(major::C1, 6, register, 10));
            self.jump_far(distance.wrapping_sub(2));
        } else {
            self.branch(BEQ, register, Reg::ZERO, 12);
            self.jump_far(distance.wrapping_sub(4));
        }
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        let (distance, is_back) = self.distance(label);
        if is_back && fits(distance, 13) {
            self.branch(BEQ, a, b, distance);
        } else {
            self.branch(BNE, a, b, 12);
            self.jump_far(distance.wrapping_sub(4));
        }
    }

    fn call(&mut self, entry: u32) {
        self.kept |= 1 << Reg::RA.0;
        let via = if entry < 16 { Reg::S0 } else { Self::SPARE };
        if via == Reg::S0 {
            self.kept |= 1 << Reg::S0.0;
        }
        self.load_word(via, Self::FUNCTION_TABLE, entry);
        self.write_short(encode::cr(major::C2, 9, via, Reg::ZERO));
    }
}
