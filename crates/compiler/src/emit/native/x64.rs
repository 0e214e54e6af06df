//! The x86-64, with the calling convention of System V (MicroPython: `py/asmx64.c`, `py/asmx64.h`).

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Width};
use super::code::Code;
use crate::emit::Label;

/// The registers in use, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reg {
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rsp = 4,
    Rbp = 5,
    Rsi = 6,
    Rdi = 7,
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

/// An assembler for x86-64.
#[derive(Debug, Default)]
pub(crate) struct X64 {
    code: Code,
    /// The words of the frame.
    frame: u32,
}

impl X64 {
    fn write(&mut self, bytes: &[u8]) {
        self.code.write(bytes);
    }

    /// A prefix, for a register in the middle of the operand byte and one at its end.
    fn rex(bits: u8, middle: u8, end: Reg) -> u8 {
        REX | bits | if middle > 7 { REX_R } else { 0 } | end.high()
    }

    /// `opcode` on 64-bit registers. What is in the middle of the operand byte may be part of the opcode.
    fn registers(&mut self, opcode: &[u8], middle: u8, end: Reg) {
        self.write(&[Self::rex(REX_W, middle, end)]);
        self.write(opcode);
        self.write(&[REGISTERS | (middle & 7) << 3 | end.low()]);
    }

    /// `opcode` on 64 bits of memory.
    fn memory(&mut self, opcode: u8, register: Reg, base: Reg, displacement: i32) {
        self.write(&[Self::rex(REX_W, register as u8, base), opcode]);
        self.operand(register, base, displacement);
    }

    /// `opcode` on less than 64 bits of memory, after `size` prefixes.
    fn narrow(&mut self, size: &[u8], opcode: &[u8], register: Reg, base: Reg, displacement: i32) {
        self.write(size);
        if register.high() | base.high() != 0 {
            self.write(&[Self::rex(0, register as u8, base)]);
        }
        self.write(opcode);
        self.operand(register, base, displacement);
    }

    /// An operand byte, and what follows it, for memory at `base`.
    fn operand(&mut self, register: Reg, base: Reg, displacement: i32) {
        let short = i8::try_from(displacement);
        let mode = match short {
            Ok(0) if base.low() != Rbp.low() => 0,
            Ok(_) => 0x40,
            Err(_) => 0x80,
        };
        self.write(&[mode | register.low() << 3 | base.low()]);
        if base.low() == Rsp.low() {
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
        if register.high() != 0 {
            self.write(&[REX | register.high()]);
        }
        self.write(&[0x50 | register.low()]);
    }

    fn pop(&mut self, register: Reg) {
        if register.high() != 0 {
            self.write(&[REX | register.high()]);
        }
        self.write(&[0x58 | register.low()]);
    }

    /// Takes `bytes` from the stack pointer.
    fn move_stack(&mut self, bytes: i32) {
        match i8::try_from(bytes) {
            Ok(bytes) => {
                self.registers(&[0x83], 5, Rsp);
                self.write(&bytes.to_le_bytes());
            }
            Err(_) => {
                self.registers(&[0x81], 5, Rsp);
                self.write(&bytes.to_le_bytes());
            }
        }
    }

    /// How far a word is from the start of the words that it is in.
    fn offset(words: u32) -> i32 {
        words.wrapping_mul(Self::WORD) as i32
    }

    /// Adds an index, as many times as an item has bytes.
    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        (0..1 << width.shift()).for_each(|_| self.arithmetic(Arithmetic::Add, base, index));
    }
}

impl Assembler for X64 {
    type Reg = Reg;

    const WORD: u32 = 8;
    const NLR_REGISTERS: u32 = 10;
    const NLR_LOCAL: u32 = 5;

    const RET: Reg = Rax;
    const ARGS: [Reg; 4] = [Rdi, Rsi, Rdx, Rcx];
    const TEMPS: [Reg; 3] = [Rax, Rdi, Rsi];
    const LOCALS: [Reg; 3] = [Rbx, R12, R13];
    const FUNCTION_TABLE: Reg = Rbp;
    const SHIFT_COUNT: Option<Reg> = Some(Rcx);
    const STORES_FROM_FEW: bool = true;

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn enter(&mut self, words: u32) {
        [Rbp, Rbx, R12, R13].into_iter().for_each(|register| self.push(register));
        // Calls want the stack aligned to two words; five are on it.
        self.frame = words | 1;
        self.move_stack(Self::offset(self.frame));
    }

    fn exit(&mut self) {
        self.move_stack(Self::offset(self.frame).wrapping_neg());
        [R13, R12, Rbx, Rbp].into_iter().for_each(|register| self.pop(register));
        self.write(&[0xc3]);
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.registers(&[0x89], source as u8, dest);
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        match u32::try_from(value) {
            Ok(value) => {
                if dest.high() != 0 {
                    self.write(&[REX | dest.high()]);
                }
                self.write(&[0xb8 | dest.low()]);
                self.write(&value.to_le_bytes());
            }
            Err(_) => {
                self.write(&[REX | REX_W | dest.high(), 0xb8 | dest.low()]);
                self.write(&value.to_le_bytes());
            }
        }
    }

    fn clear(&mut self, dest: Reg) {
        self.arithmetic(Arithmetic::Xor, dest, dest);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        self.load_word(dest, Rsp, local);
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        self.store_word(source, Rsp, local);
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        if local == 0 {
            self.copy(dest, Rsp);
        } else {
            self.memory(0x8d, dest, Rsp, Self::offset(local));
        }
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        let distance = self.code.distance(label, 7);
        // What would be memory at rbp without a displacement is relative to the next instruction.
        self.write(&[Self::rex(REX_W, dest as u8, Rbp), 0x8d, dest.low() << 3 | Rbp.low()]);
        self.write(&distance.to_le_bytes());
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

    fn jump_if_zero(&mut self, zero: bool, register: Reg, is_bool: bool, label: Label) {
        if is_bool {
            self.write(&[0x84, REGISTERS | register.low() << 3 | register.low()]);
        } else {
            self.registers(&[0x85], register as u8, register);
        }
        self.jump_on(if zero { Condition::Zero } else { Condition::NotZero }, label);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        self.registers(&[0x39], a as u8, b);
        self.jump_on(Condition::Zero, label);
    }

    fn call(&mut self, entry: u32) {
        self.load_word(Rax, Self::FUNCTION_TABLE, entry);
        self.write(&[0xff, REGISTERS | 2 << 3 | Rax.low()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that `work` makes.
    fn bytes(work: impl Fn(&mut X64)) -> alloc::vec::Vec<u8> {
        let mut assembler = X64::default();
        assembler.code.begin(false);
        work(&mut assembler);
        assembler.code.bytes().to_vec()
    }

    #[test]
    fn registers() {
        assert_eq!(bytes(|x| x.copy(Rdi, Rax)), [0x48, 0x89, 0xc7]); // mov rdi, rax
        assert_eq!(bytes(|x| x.copy(R12, Rax)), [0x49, 0x89, 0xc4]); // mov r12, rax
        assert_eq!(bytes(|x| x.copy(Rsi, R13)), [0x4c, 0x89, 0xee]); // mov rsi, r13
        assert_eq!(bytes(|x| x.clear(Rax)), [0x48, 0x31, 0xc0]); // xor rax, rax
        assert_eq!(bytes(|x| x.not(Rax)), [0x48, 0xf7, 0xd0]); // not rax
        assert_eq!(bytes(|x| x.negate(R12)), [0x49, 0xf7, 0xdc]); // neg r12
        assert_eq!(bytes(|x| x.shift(Shift::Left, Rax, Rcx)), [0x48, 0xd3, 0xe0]); // shl rax, cl
        assert_eq!(bytes(|x| x.shift(Shift::Logical, Rax, Rcx)), [0x48, 0xd3, 0xe8]); // shr rax, cl
        assert_eq!(bytes(|x| x.shift(Shift::Arithmetic, Rax, Rcx)), [0x48, 0xd3, 0xf8]); // sar rax, cl
    }

    #[test]
    fn arithmetic() {
        let op = |op, dest, source| bytes(|x| x.arithmetic(op, dest, source));
        assert_eq!(op(Arithmetic::Add, Rsi, Rdx), [0x48, 0x01, 0xd6]); // add rsi, rdx
        assert_eq!(op(Arithmetic::Subtract, Rsi, R12), [0x4c, 0x29, 0xe6]); // sub rsi, r12
        assert_eq!(op(Arithmetic::And, Rsi, Rbx), [0x48, 0x21, 0xde]); // and rsi, rbx
        assert_eq!(op(Arithmetic::Or, R12, Rdx), [0x49, 0x09, 0xd4]); // or r12, rdx
        assert_eq!(op(Arithmetic::Multiply, Rsi, R12), [0x49, 0x0f, 0xaf, 0xf4]); // imul rsi, r12
        assert_eq!(op(Arithmetic::Multiply, R13, Rdx), [0x4c, 0x0f, 0xaf, 0xea]); // imul r13, rdx
    }

    #[test]
    fn numbers_are_as_long_as_their_upper_half_demands() {
        assert_eq!(bytes(|x| x.load_number(Rsi, 1)), [0xbe, 1, 0, 0, 0]); // mov esi, 1
        assert_eq!(bytes(|x| x.load_number(R12, 0xffff_ffff)), [0x41, 0xbc, 0xff, 0xff, 0xff, 0xff]); // mov r12d, -1
        assert_eq!(bytes(|x| x.load_number(Rax, -1))[..2], [0x48, 0xb8]); // movabs rax, -1
        assert_eq!(bytes(|x| x.load_number(R13, 1 << 32)), [0x49, 0xbd, 0, 0, 0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn the_frame() {
        let enter = |words| bytes(|x| x.enter(words));
        assert_eq!(enter(0), [0x55, 0x53, 0x41, 0x54, 0x41, 0x55, 0x48, 0x83, 0xec, 8]); // sub rsp, 8
        assert_eq!(enter(14)[6..], [0x48, 0x83, 0xec, 120]); // sub rsp, 120
        assert_eq!(enter(16)[6..], [0x48, 0x81, 0xec, 136, 0, 0, 0]); // sub rsp, 136
        let exit = bytes(|x| {
            x.frame = 1;
            x.exit();
        });
        assert_eq!(exit, [0x48, 0x83, 0xec, 0xf8, 0x41, 0x5d, 0x41, 0x5c, 0x5b, 0x5d, 0xc3]);
        assert_eq!(bytes(|x| x.load_local(Rax, 0)), [0x48, 0x8b, 0x04, 0x24]); // mov rax, [rsp]
        assert_eq!(bytes(|x| x.store_local(15, Rdi)), [0x48, 0x89, 0x7c, 0x24, 120]); // mov [rsp+120], rdi
        assert_eq!(bytes(|x| x.store_local(16, R12)), [0x4c, 0x89, 0xa4, 0x24, 128, 0, 0, 0]); // mov [rsp+128], r12
        assert_eq!(bytes(|x| x.local_address(Rdi, 0)), [0x48, 0x89, 0xe7]); // mov rdi, rsp
        assert_eq!(bytes(|x| x.local_address(Rdx, 2)), [0x48, 0x8d, 0x54, 0x24, 16]); // lea rdx, [rsp+16]
    }

    #[test]
    fn memory() {
        assert_eq!(bytes(|x| x.load_word(Rax, Rbp, 0)), [0x48, 0x8b, 0x45, 0]); // mov rax, [rbp+0]
        assert_eq!(bytes(|x| x.load_word(Rbp, R13, 0)), [0x49, 0x8b, 0x6d, 0]); // mov rbp, [r13+0]
        assert_eq!(bytes(|x| x.store_word(Rsi, R12, 1)), [0x49, 0x89, 0x74, 0x24, 8]); // mov [r12+8], rsi
        let load = |width, base, index| bytes(|x| x.load(width, Rax, base, index));
        assert_eq!(load(Width::Byte, Rdi, 0), [0x0f, 0xb6, 0x07]); // movzx eax, byte [rdi]
        assert_eq!(load(Width::Byte, Rdi, 128), [0x0f, 0xb6, 0x87, 128, 0, 0, 0]); // movzx eax, byte [rdi+128]
        assert_eq!(load(Width::Half, R13, 1), [0x41, 0x0f, 0xb7, 0x45, 2]); // movzx eax, word [r13+2]
        assert_eq!(load(Width::Word32, Rbx, -1), [0x8b, 0x43, 0xfc]); // mov eax, [rbx-4]
        let store = |width, base, index| bytes(|x| x.store(width, Rdx, base, index));
        assert_eq!(store(Width::Byte, Rdi, 1), [0x88, 0x57, 1]); // mov [rdi+1], dl
        assert_eq!(store(Width::Half, R12, 0), [0x66, 0x41, 0x89, 0x14, 0x24]); // mov [r12], dx
        assert_eq!(store(Width::Word32, Rdi, 32), [0x89, 0x97, 128, 0, 0, 0]); // mov [rdi+128], edx
        // add rdi, rsi; add rdi, rsi; mov [rdi], dx
        let indexed = bytes(|x| x.store_indexed(Width::Half, Rdx, Rdi, Rsi));
        assert_eq!(indexed, [0x48, 0x01, 0xf7, 0x48, 0x01, 0xf7, 0x66, 0x89, 0x17]);
    }

    #[test]
    fn comparisons() {
        let compare = |comparison, signed| bytes(|x| x.compare(comparison, signed, Rax, Rsi, Rdx));
        // xor rax, rax; cmp rsi, rdx; setl al
        assert_eq!(compare(Comparison::Less, true), [0x48, 0x31, 0xc0, 0x48, 0x39, 0xd6, 0x0f, 0x9c, 0xc0]);
        let conditions = [
            (Comparison::More, true, 0x9f),
            (Comparison::LessEqual, true, 0x9e),
            (Comparison::MoreEqual, true, 0x9d),
            (Comparison::Less, false, 0x92),
            (Comparison::More, false, 0x97),
            (Comparison::LessEqual, false, 0x96),
            (Comparison::MoreEqual, false, 0x93),
            (Comparison::Equal, false, 0x94),
            (Comparison::NotEqual, true, 0x95),
        ];
        for (comparison, signed, opcode) in conditions {
            assert_eq!(compare(comparison, signed)[7], opcode, "{comparison:?}");
        }
    }

    #[test]
    fn jumps_back_are_as_short_as_they_can_be() {
        let jump = |gap: usize| {
            let code = bytes(|x| {
                x.code.place(Label(0));
                x.write(&[0x90].repeat(gap));
                x.jump(Label(0));
            });
            code[gap..].to_vec()
        };
        assert_eq!(jump(126), [0xeb, 0x80]);
        assert_eq!(jump(127), [0xe9, 0x7c, 0xff, 0xff, 0xff]);
        // A jump to itself is not one back.
        assert_eq!(jump(0), [0xe9, 0xfb, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn jumps_forward_are_long() {
        let mut x = X64::default();
        for is_last in [false, true] {
            x.code.begin(is_last);
            x.jump_if_zero(true, Rax, true, Label(0));
            x.jump_if_zero(false, Rdi, false, Label(0));
            x.jump_if_equal(Rdi, Rdx, Label(0));
            x.label_address(Rbx, Label(0));
            x.code.place(Label(0));
        }
        let expected = [
            &[0x84, 0xc0, 0x0f, 0x84, 25, 0, 0, 0][..],   // test al, al; jz
            &[0x48, 0x85, 0xff, 0x0f, 0x85, 16, 0, 0, 0], // test rdi, rdi; jnz
            &[0x48, 0x39, 0xfa, 0x0f, 0x84, 7, 0, 0, 0],  // cmp rdx, rdi; je
            &[0x48, 0x8d, 0x1d, 0, 0, 0, 0],              // lea rbx, [rip+0]
        ];
        assert_eq!(x.code.bytes(), expected.concat());
    }

    #[test]
    fn calls_go_through_the_table() {
        assert_eq!(bytes(|x| x.call(7)), [0x48, 0x8b, 0x45, 56, 0xff, 0xd0]); // mov rax, [rbp+56]; call rax
        assert_eq!(bytes(|x| x.jump_to_register(Rbx)), [0xff, 0xe3]); // jmp rbx
    }
}
