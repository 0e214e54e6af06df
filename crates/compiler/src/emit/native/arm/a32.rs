//! Arm state, A32, in which every instruction has 32 bits and a condition (MicroPython: `py/asmarm.c`, `py/asmarm.h`).

use super::super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use super::Reg::*;
use super::{Condition, Reg, set};
use crate::emit::Label;
use crate::emit::code::Code;

/// The condition of instructions that are always done.
const ALWAYS: u8 = 14;

/// What a function saves: r1 to r3 keep the stack aligned, r8 is for what has no place in an instruction.
const SAVED: u32 = set(&[R1, R2, R3, R4, R5, R6, R7, R8]);
/// For numbers that do not fit into an instruction.
const SPARE: Reg = R8;

/// The upper bits of instructions, without condition and operands.
mod op {
    /// `and dest, first, second`: arithmetic of registers has its operator at bit 21.
    pub const AND: u32 = 0;
    pub const EOR: u32 = 1 << 21;
    pub const SUB: u32 = 2 << 21;
    pub const RSB: u32 = 3 << 21;
    pub const ADD: u32 = 4 << 21;
    /// `cmp`, which sets flags and has no result.
    pub const CMP: u32 = 10 << 21 | 1 << 20;
    pub const ORR: u32 = 12 << 21;
    pub const MOV: u32 = 13 << 21;
    pub const MVN: u32 = 15 << 21;
    /// The second operand is a number of 8 bits.
    pub const NUMBER: u32 = 1 << 25;

    pub const MUL: u32 = 0x90;
    pub const PUSH: u32 = 0x92d_0000;
    pub const POP: u32 = 0x8bd_0000;
    pub const BRANCH: u32 = 0xa00_0000;
    pub const BX: u32 = 0x12f_ff10;

    /// Loads and stores of words.
    pub const WORD: u32 = 0x580_0000;
    /// And of bytes.
    pub const BYTE: u32 = 0x5c0_0000;
    /// And of halves, which have their offset elsewhere.
    pub const HALF: u32 = 0x1c0_00b0;
    /// It is a load.
    pub const LOAD: u32 = 1 << 20;
    /// In loads and stores of words and bytes: the offset is a register.
    pub const INDEXED: u32 = 1 << 25;
    /// In those of halves: the offset is a number.
    pub const HALF_NUMBER: u32 = 1 << 22;
    /// What a register is shifted by before it is an operand: to the left by one bit, or by two.
    pub const TIMES_2: u32 = 1 << 7;
    pub const TIMES_4: u32 = 2 << 7;
    /// A shift by a register.
    pub const BY_REGISTER: u32 = 1 << 4;
}

/// The first operand of an instruction.
fn first(register: Reg) -> u32 {
    (register as u32) << 16
}

/// The result of an instruction, or what it stores.
fn result(register: Reg) -> u32 {
    (register as u32) << 12
}

/// The second operand of an instruction.
fn second(register: Reg) -> u32 {
    register as u32
}

/// An assembler for Arm state.
#[derive(Debug, Default)]
pub(crate) struct Arm {
    code: Code,
    /// The bytes that the frame takes of the stack, beyond those of saved registers.
    frame: u32,
}

impl Arm {
    fn write_on(&mut self, condition: u8, instruction: u32) {
        self.code.write_number(4, u64::from(u32::from(condition) << 28 | instruction));
    }

    fn write(&mut self, instruction: u32) {
        self.write_on(ALWAYS, instruction);
    }

    /// Moves the stack pointer with `op`, an addition or subtraction.
    fn move_stack(&mut self, op: u32) {
        match self.frame {
            0 => {}
            number @ 1..0x100 => self.write(op | op::NUMBER | first(Sp) | result(Sp) | number),
            number => {
                self.load_number(SPARE, number.into());
                self.write(op | first(Sp) | result(Sp) | second(SPARE));
            }
        }
    }

    /// Loads a number that stands among the instructions.
    fn load_literal(&mut self, dest: Reg, number: u32) {
        // The processor is two instructions ahead: it loads from behind the jump, which jumps over that.
        self.write(op::WORD | op::LOAD | first(Pc) | result(dest));
        self.write(op::BRANCH);
        self.code.write_number(4, number.into());
    }

    fn jump_on(&mut self, condition: u8, label: Label) {
        let distance = self.code.distance(label, 8);
        self.write_on(condition, op::BRANCH | (distance >> 2) as u32 & 0xff_ffff);
    }

    /// A load or store, `op`, of `width` at a number of bytes from `base` on.
    fn access(&mut self, op: u32, width: Width, register: Reg, base: Reg, offset: u32) {
        let operands = op | first(base) | result(register);
        match width {
            Width::Byte if offset < 0x1000 => self.write(op::BYTE | operands | offset),
            Width::Word32 if offset < 0x1000 => self.write(op::WORD | operands | offset),
            Width::Half if offset < 0x100 => self.write(op::HALF | operands | (offset & 0xf0) << 4 | offset & 0xf),
            _ => {
                self.load_number(SPARE, i64::from(offset as i32));
                let op = match width {
                    Width::Byte => op::BYTE | op::INDEXED,
                    Width::Half => op::HALF & !op::HALF_NUMBER,
                    Width::Word32 => op::WORD | op::INDEXED,
                };
                self.write(op | operands | second(SPARE));
            }
        }
    }

    /// The same at an index in a register.
    fn access_indexed(&mut self, op: u32, width: Width, register: Reg, base: Reg, index: Reg) {
        let operands = op | first(base) | result(register);
        match width {
            Width::Byte => self.write(op::BYTE | op::INDEXED | operands | second(index)),
            Width::Half => {
                self.write(op::MOV | result(SPARE) | second(index) | op::TIMES_2);
                self.write(op::HALF & !op::HALF_NUMBER | operands | second(SPARE));
            }
            Width::Word32 => self.write(op::WORD | op::INDEXED | operands | second(index) | op::TIMES_4),
        }
    }

    fn compare_registers(&mut self, left: Reg, right: Reg) {
        self.write(op::CMP | first(left) | second(right));
    }
}

/// The bytes from the first of some items to item number `index`.
fn bytes(width: Width, index: i64) -> u32 {
    (index << width.shift()) as u32
}

impl Assembler for Arm {
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
        // The saved r1 to r3 are room for three words; more are aligned to two.
        self.frame = if words > 3 { (words + (words & 1)) * Self::WORD } else { 0 };
        self.write(op::PUSH | SAVED | set(&[Lr]));
        self.move_stack(op::SUB);
    }

    fn exit(&mut self) {
        self.move_stack(op::ADD);
        self.write(op::POP | SAVED | set(&[Pc]));
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.write(op::MOV | result(dest) | second(source));
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        let value = value as i32;
        match value {
            0..0x100 => self.write(op::MOV | op::NUMBER | result(dest) | value as u32),
            -0x100..0 => self.write(op::MVN | op::NUMBER | result(dest) | !value as u32),
            _ => self.load_literal(dest, value as u32),
        }
    }

    fn clear(&mut self, dest: Reg) {
        self.arithmetic(Arithmetic::Xor, dest, dest);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        self.write(op::WORD | op::LOAD | first(Sp) | result(dest) | local << 2);
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        self.write(op::WORD | first(Sp) | result(source) | local << 2);
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        if local < 0x40 {
            self.write(op::ADD | op::NUMBER | first(Sp) | result(dest) | local << 2);
        } else {
            self.load_number(SPARE, i64::from(local << 2));
            self.write(op::ADD | first(Sp) | result(dest) | second(SPARE));
        }
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        // From where the processor is when it adds, three instructions on and two ahead.
        let distance = self.code.distance(label, 12 + 8);
        self.load_literal(dest, distance as u32);
        self.write(op::ADD | first(dest) | result(dest) | second(Pc));
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.load(Width::Word32, dest, base, offset.into());
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.store(Width::Word32, source, base, offset.into());
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        self.access(op::LOAD, width, dest, base, bytes(width, index));
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        self.access(0, width, source, base, bytes(width, index));
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        self.access_indexed(op::LOAD, width, dest, base, index);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        self.access_indexed(0, width, source, base, index);
    }

    fn not(&mut self, dest: Reg) {
        self.write(op::MVN | result(dest) | second(dest));
    }

    fn negate(&mut self, dest: Reg) {
        self.write(op::RSB | op::NUMBER | first(dest) | result(dest));
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        let op = match op {
            // The result stands where other instructions have an operand, and differs from the last operand.
            Arithmetic::Multiply => {
                self.write(op::MUL | first(dest) | (dest as u32) << 8 | second(source));
                return;
            }
            Arithmetic::Or => op::ORR,
            Arithmetic::Xor => op::EOR,
            Arithmetic::And => op::AND,
            Arithmetic::Add => op::ADD,
            Arithmetic::Subtract => op::SUB,
        };
        self.write(op | first(dest) | result(dest) | second(source));
    }

    fn shift(&mut self, shift: Shift, dest: Reg, count: Reg) {
        let which = match shift {
            Shift::Left => 0,
            Shift::Logical => 1,
            Shift::Arithmetic => 2,
        };
        self.write(op::MOV | result(dest) | (count as u32) << 8 | which << 5 | op::BY_REGISTER | second(dest));
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let condition = Condition::of(comparison, signed);
        self.compare_registers(left, right);
        self.write_on(condition.number(), op::MOV | op::NUMBER | result(dest) | 1);
        self.write_on(condition.opposite(), op::MOV | op::NUMBER | result(dest));
    }

    fn jump(&mut self, label: Label) {
        self.jump_on(ALWAYS, label);
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.write(op::BX | second(target));
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        self.write(op::CMP | op::NUMBER | first(register));
        self.jump_on(Condition::after(test).number(), label);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        self.compare_registers(a, b);
        self.jump_on(Condition::Equal.number(), label);
    }

    fn call(&mut self, entry: u32) {
        // The program counter is two instructions ahead, which is where the call returns to.
        self.copy(Lr, Pc);
        self.load_word(Pc, Self::FUNCTION_TABLE, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instructions that `work` makes.
    fn words(work: impl Fn(&mut Arm)) -> alloc::vec::Vec<u32> {
        let mut assembler = Arm::default();
        assembler.code.begin(true);
        work(&mut assembler);
        assembler.code.bytes().chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
    }

    #[test]
    fn numbers() {
        assert_eq!(words(|a| a.load_number(R1, 255)), [0xe3a0_10ff]); // mov r1, #255
        assert_eq!(words(|a| a.load_number(R1, -256)), [0xe3e0_10ff]); // mvn r1, #255
        // ldr r1, [pc]; b over; the number
        assert_eq!(words(|a| a.load_number(R1, 0x1234)), [0xe59f_1000, 0xea00_0000, 0x1234]);
    }

    #[test]
    fn memory() {
        assert_eq!(words(|a| a.load_word(R1, R2, 3)), [0xe592_100c]); // ldr r1, [r2, #12]
        assert_eq!(words(|a| a.load(Width::Half, R1, R2, 0x7f)), [0xe1d2_1fbe]); // ldrh r1, [r2, #254]
        assert_eq!(words(|a| a.load(Width::Byte, R1, R2, 0xfff)), [0xe5d2_1fff]); // ldrb r1, [r2, #4095]
        // mov r8, ... ; strb r1, [r2, r8]
        assert_eq!(words(|a| a.store(Width::Byte, R1, R2, -1)), [0xe3e0_8000, 0xe7c2_1008]);
        // mov r8, r3, lsl #1; strh r1, [r2, r8]
        assert_eq!(words(|a| a.store_indexed(Width::Half, R1, R2, R3)), [0xe1a0_8083, 0xe182_10b8]);
        assert_eq!(words(|a| a.load_indexed(Width::Word32, R1, R2, R3)), [0xe792_1103]); // ldr r1, [r2, r3, lsl #2]
    }

    #[test]
    fn control() {
        assert_eq!(words(|a| a.jump(Label(0))), [0xea00_0000]);
        // mov lr, pc; ldr pc, [r7, #8]
        assert_eq!(words(|a| a.call(2)), [0xe1a0_e00f, 0xe597_f008]);
        // cmp r1, r2; movlt r0, #1; movge r0, #0
        let compare = words(|a| a.compare(Comparison::Less, true, R0, R1, R2));
        assert_eq!(compare, [0xe151_0002, 0xb3a0_0001, 0xa3a0_0000]);
    }

    #[test]
    fn the_frame() {
        assert_eq!(words(|a| a.enter(3)), [0xe92d_41fe]); // push {r1-r8, lr}
        assert_eq!(words(|a| a.enter(5)), [0xe92d_41fe, 0xe24d_d018]); // sub sp, sp, #24
        let exit = words(|a| {
            a.enter(64);
            a.exit();
        });
        // ldr r8, [pc]; b over; 256; add sp, sp, r8; pop {r1-r8, pc}
        assert_eq!(exit[5..], [0xe59f_8000, 0xea00_0000, 0x100, 0xe08d_d008, 0xe8bd_81fe]);
    }
}
