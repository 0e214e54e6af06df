//! An assembler for x86-64: the instructions that the translator uses.

use alloc::vec::Vec;

/// A general register, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reg(pub u8);

pub const RAX: Reg = Reg(0);
pub const RCX: Reg = Reg(1);
pub const RDX: Reg = Reg(2);
pub const RBX: Reg = Reg(3);
pub const RSP: Reg = Reg(4);
pub const RSI: Reg = Reg(6);
pub const RDI: Reg = Reg(7);
pub const R8: Reg = Reg(8);
pub const R11: Reg = Reg(11);
pub const R12: Reg = Reg(12);
pub const R13: Reg = Reg(13);

/// A register for floats, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Xmm(pub u8);

/// An operand that may lie in memory.
#[derive(Clone, Copy, Debug)]
pub enum Rm {
    /// A register of either kind, by its number.
    Register(u8),
    /// Memory at a register and a distance.
    At(Reg, i32),
    /// Memory at a register, and `scale` (as a power of two) times another, and a distance.
    Indexed(Reg, Reg, u8, i32),
}

impl From<Reg> for Rm {
    fn from(reg: Reg) -> Rm {
        Rm::Register(reg.0)
    }
}

impl From<Xmm> for Rm {
    fn from(xmm: Xmm) -> Rm {
        Rm::Register(xmm.0)
    }
}

/// An operation of two operands; the number is the one in the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Alu {
    Add = 0,
    Or = 1,
    And = 4,
    Sub = 5,
    Xor = 6,
    Cmp = 7,
}

/// A shift; the number is the one in the instruction.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Shift {
    Left = 4,
    Arithmetic = 7,
}

/// An operation on floats; the number is the one in the instruction.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Sse {
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5c,
    Div = 0x5e,
}

/// A condition; the number is the one in the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum If {
    Overflow = 0,
    Below = 2,
    AboveEqual = 3,
    Equal = 4,
    NotEqual = 5,
    BelowEqual = 6,
    Above = 7,
    Negative = 8,
    Parity = 0xa,
    NoParity = 0xb,
    Less = 0xc,
    GreaterEqual = 0xd,
    LessEqual = 0xe,
    Greater = 0xf,
}

impl If {
    /// The condition that holds where this one does not.
    pub fn not(self) -> If {
        match self {
            If::Overflow => unreachable_condition(),
            If::Below => If::AboveEqual,
            If::AboveEqual => If::Below,
            If::Equal => If::NotEqual,
            If::NotEqual => If::Equal,
            If::BelowEqual => If::Above,
            If::Above => If::BelowEqual,
            If::Negative => unreachable_condition(),
            If::Parity => If::NoParity,
            If::NoParity => If::Parity,
            If::Less => If::GreaterEqual,
            If::GreaterEqual => If::Less,
            If::LessEqual => If::Greater,
            If::Greater => If::LessEqual,
        }
    }
}

/// No comparison has such a condition.
fn unreachable_condition() -> If {
    debug_assert!(false, "a condition that no comparison has");
    If::NotEqual
}

/// A place in the code that jumps lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label(u32);

/// Machine code in the making. It can lie anywhere: it reaches itself by distances, and all else by addresses.
#[derive(Debug, Default)]
pub struct Asm {
    bytes: Vec<u8>,
    /// Where each label is.
    labels: Vec<Option<usize>>,
    /// Where the distance to a label, of 32 bits, is missing.
    missing: Vec<(usize, Label)>,
}

impl Asm {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// A label that is nowhere yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts a label here.
    pub fn bind(&mut self, label: Label) {
        if let Some(place) = self.labels.get_mut(label.0 as usize) {
            *place = Some(self.bytes.len());
        }
    }

    /// Where a label is.
    pub fn place(&self, label: Label) -> Option<usize> {
        self.labels.get(label.0 as usize).copied().flatten()
    }

    /// The bytes, complete; `None` if a jump leads to a label that is nowhere.
    pub fn finish(mut self) -> Option<Vec<u8>> {
        for (at, label) in core::mem::take(&mut self.missing) {
            let distance = self.place(label)? as i64 - (at as i64 + 4);
            let distance = i32::try_from(distance).ok()?;
            self.bytes.get_mut(at..at + 4)?.copy_from_slice(&distance.to_le_bytes());
        }
        Some(self.bytes)
    }

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn dword(&mut self, value: i32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// An instruction: an optional prefix, whether operands have 64 bits, the opcode, the register (or the opcode's
    /// extension) and the other operand. `force` asks for the prefix by which the low bytes of all registers are reached.
    fn encode(&mut self, prefix: Option<u8>, wide: bool, opcode: &[u8], reg: u8, rm: Rm, force: bool) {
        let (b, x) = match rm {
            Rm::Register(reg) => (reg >> 3, 0),
            Rm::At(base, _) => (base.0 >> 3, 0),
            Rm::Indexed(base, index, _, _) => (base.0 >> 3, index.0 >> 3),
        };
        let rex = 0x40 | u8::from(wide) << 3 | (reg >> 3) << 2 | x << 1 | b;
        let mut bytes = Bytes::default();
        prefix.into_iter().for_each(|prefix| bytes.push(prefix));
        if rex != 0x40 || force {
            bytes.push(rex);
        }
        opcode.iter().for_each(|byte| bytes.push(*byte));
        let reg = (reg & 7) << 3;
        match rm {
            Rm::Register(other) => bytes.push(0xc0 | reg | other & 7),
            Rm::At(base, distance) => {
                let low = base.0 & 7;
                let mode = mode_of(low, distance);
                bytes.push(mode | reg | low);
                if low == RSP.0 {
                    bytes.push(0x24);
                }
                bytes.distance(mode, distance);
            }
            Rm::Indexed(base, index, scale, distance) => {
                let low = base.0 & 7;
                let mode = mode_of(low, distance);
                bytes.push(mode | reg | 4);
                bytes.push(scale << 6 | (index.0 & 7) << 3 | low);
                bytes.distance(mode, distance);
            }
        }
        self.bytes.extend_from_slice(&bytes.bytes[..usize::from(bytes.len)]);
    }

    pub fn load(&mut self, dest: Reg, from: Rm) {
        self.encode(None, true, &[0x8b], dest.0, from, false);
    }

    pub fn store(&mut self, to: Rm, source: Reg) {
        self.encode(None, true, &[0x89], source.0, to, false);
    }

    pub fn copy(&mut self, dest: Reg, source: Reg) {
        if dest != source {
            self.load(dest, source.into());
        }
    }

    /// Loads a byte; the other bits become zero.
    pub fn load_byte(&mut self, dest: Reg, from: Rm) {
        self.encode(None, false, &[0x0f, 0xb6], dest.0, from, false);
    }

    /// Stores the lowest byte of a register.
    pub fn store_byte(&mut self, to: Rm, source: Reg) {
        self.encode(None, false, &[0x88], source.0, to, true);
    }

    /// Stores a number that fits 32 bits with its sign.
    pub fn store_number(&mut self, to: Rm, value: i32) {
        self.encode(None, true, &[0xc7], 0, to, false);
        self.dword(value);
    }

    pub fn number(&mut self, dest: Reg, value: u64) {
        if let Ok(value) = u32::try_from(value) {
            if dest.0 >= 8 {
                self.byte(0x41);
            }
            self.byte(0xb8 | dest.0 & 7);
            self.dword(value as i32);
        } else if let Ok(value) = i32::try_from(value as i64) {
            self.store_number(dest.into(), value);
        } else {
            self.byte(0x48 | dest.0 >> 3);
            self.byte(0xb8 | dest.0 & 7);
            self.bytes.extend_from_slice(&value.to_le_bytes());
        }
    }

    pub fn address(&mut self, dest: Reg, of: Rm) {
        self.encode(None, true, &[0x8d], dest.0, of, false);
    }

    /// Loads the address of a label.
    pub fn address_of(&mut self, dest: Reg, label: Label) {
        self.bytes.extend_from_slice(&[0x48 | (dest.0 >> 3) << 2, 0x8d, (dest.0 & 7) << 3 | 5]);
        self.to(label);
    }

    /// Compares a byte in memory with a number.
    pub fn compare_byte(&mut self, at: Rm, with: u8) {
        self.encode(None, false, &[0x80], Alu::Cmp as u8, at, false);
        self.byte(with);
    }

    pub fn alu(&mut self, op: Alu, dest: Reg, source: impl Into<Rm>) {
        self.encode(None, true, &[(op as u8) << 3 | 3], dest.0, source.into(), false);
    }

    pub fn alu_number(&mut self, op: Alu, dest: impl Into<Rm>, value: i32) {
        self.alu_number_of(op, dest.into(), value, true);
    }

    /// As [`Asm::alu_number`], on 32 bits.
    pub fn alu_number_32(&mut self, op: Alu, dest: impl Into<Rm>, value: i32) {
        self.alu_number_of(op, dest.into(), value, false);
    }

    fn alu_number_of(&mut self, op: Alu, dest: Rm, value: i32, wide: bool) {
        if let Ok(short) = i8::try_from(value) {
            self.encode(None, wide, &[0x83], op as u8, dest, false);
            self.byte(short as u8);
        } else {
            self.encode(None, wide, &[0x81], op as u8, dest, false);
            self.dword(value);
        }
    }

    pub fn multiply(&mut self, dest: Reg, source: Reg) {
        self.encode(None, true, &[0x0f, 0xaf], dest.0, source.into(), false);
    }

    /// Divides `rdx:rax`, which is `rax` with its sign.
    pub fn divide(&mut self, by: Reg) {
        self.bytes.extend_from_slice(&[0x48, 0x99]);
        self.encode(None, true, &[0xf7], 7, by.into(), false);
    }

    pub fn negate(&mut self, dest: Reg) {
        self.encode(None, true, &[0xf7], 3, dest.into(), false);
    }

    pub fn shift(&mut self, shift: Shift, dest: Reg, by: u8) {
        self.encode(None, true, &[0xc1], shift as u8, dest.into(), false);
        self.byte(by);
    }

    /// Shifts by the low six bits of `rcx`.
    pub fn shift_by_rcx(&mut self, shift: Shift, dest: Reg) {
        self.encode(None, true, &[0xd3], shift as u8, dest.into(), false);
    }

    /// Compares the bits `bits` of the lowest byte with zero.
    pub fn test_bits(&mut self, of: Rm, bits: u8) {
        self.encode(None, false, &[0xf6], 0, of, true);
        self.byte(bits);
    }

    pub fn test(&mut self, a: Reg, b: Reg) {
        self.encode(None, true, &[0x85], b.0, a.into(), false);
    }

    pub fn conditional_copy(&mut self, condition: If, dest: Reg, source: Reg) {
        self.encode(None, true, &[0x0f, 0x40 | condition as u8], dest.0, source.into(), false);
    }

    pub fn jump(&mut self, to: Label) {
        self.byte(0xe9);
        self.to(to);
    }

    pub fn jump_if(&mut self, condition: If, to: Label) {
        self.bytes.extend_from_slice(&[0x0f, 0x80 | condition as u8]);
        self.to(to);
    }

    fn to(&mut self, label: Label) {
        self.missing.push((self.bytes.len(), label));
        self.dword(0);
    }

    pub fn jump_to(&mut self, target: impl Into<Rm>) {
        self.encode(None, false, &[0xff], 4, target.into(), false);
    }

    pub fn call(&mut self, target: Reg) {
        self.encode(None, false, &[0xff], 2, target.into(), false);
    }

    pub fn load_float(&mut self, dest: Xmm, from: Rm) {
        self.encode(Some(0xf2), false, &[0x0f, 0x10], dest.0, from, false);
    }

    pub fn store_float(&mut self, to: Rm, source: Xmm) {
        self.encode(Some(0xf2), false, &[0x0f, 0x11], source.0, to, false);
    }

    pub fn copy_float(&mut self, dest: Xmm, source: Xmm) {
        if dest != source {
            self.encode(Some(0x66), false, &[0x0f, 0x28], dest.0, source.into(), false);
        }
    }

    pub fn sse(&mut self, op: Sse, dest: Xmm, source: Xmm) {
        self.encode(Some(0xf2), false, &[0x0f, op as u8], dest.0, source.into(), false);
    }

    pub fn compare_floats(&mut self, a: Xmm, b: Xmm) {
        self.encode(Some(0x66), false, &[0x0f, 0x2e], a.0, b.into(), false);
    }

    pub fn clear_float(&mut self, dest: Xmm) {
        self.encode(Some(0x66), false, &[0x0f, 0x57], dest.0, dest.into(), false);
    }

    /// Makes a float of the integer in `source`.
    pub fn float_of(&mut self, dest: Xmm, source: Reg) {
        self.encode(Some(0xf2), true, &[0x0f, 0x2a], dest.0, source.into(), false);
    }

    /// Copies the bits of a float.
    pub fn bits_of(&mut self, dest: Reg, source: Xmm) {
        self.encode(Some(0x66), true, &[0x0f, 0x7e], source.0, dest.into(), false);
    }

    /// Makes a float of its bits.
    pub fn float_of_bits(&mut self, dest: Xmm, source: Reg) {
        self.encode(Some(0x66), true, &[0x0f, 0x6e], dest.0, source.into(), false);
    }
}

/// The bytes of an instruction, which has 15 at most.
#[derive(Default)]
struct Bytes {
    bytes: [u8; 16],
    len: u8,
}

impl Bytes {
    fn push(&mut self, byte: u8) {
        self.bytes[usize::from(self.len & 15)] = byte;
        self.len += 1;
    }

    /// A distance, as `mode` says.
    fn distance(&mut self, mode: u8, distance: i32) {
        match mode {
            0 => {}
            0x40 => self.push(distance as u8),
            _ => distance.to_le_bytes().into_iter().for_each(|byte| self.push(byte)),
        }
    }
}

/// How a distance from a base register is written: the upper bits of the operand byte, for none, one byte or four.
fn mode_of(low: u8, distance: i32) -> u8 {
    // The base that is `rbp` or `r13` has no form without a distance.
    if distance == 0 && low != 5 {
        0
    } else if i8::try_from(distance).is_ok() {
        0x40
    } else {
        0x80
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(work: impl FnOnce(&mut Asm)) -> Vec<u8> {
        let mut asm = Asm::default();
        work(&mut asm);
        asm.finish().unwrap()
    }

    #[test]
    fn operands_in_memory() {
        assert_eq!(bytes(|a| a.load(RAX, Rm::At(R12, 0))), [0x49, 0x8b, 0x04, 0x24]); // mov rax, [r12]
        assert_eq!(bytes(|a| a.load(R8, Rm::At(R13, 0))), [0x4d, 0x8b, 0x45, 0]); // mov r8, [r13+0]
        assert_eq!(bytes(|a| a.load(RCX, Rm::At(RAX, 256))), [0x48, 0x8b, 0x88, 0, 1, 0, 0]); // mov rcx, [rax+256]
        // mov rdx, [rax+r8*4]
        assert_eq!(bytes(|a| a.load(RDX, Rm::Indexed(RAX, R8, 2, 0))), [0x4a, 0x8b, 0x14, 0x80]);
        assert_eq!(bytes(|a| a.store(Rm::At(R12, 8), RSI)), [0x49, 0x89, 0x74, 0x24, 8]); // mov [r12+8], rsi
        assert_eq!(bytes(|a| a.jump_to(Rm::At(R13, 8))), [0x41, 0xff, 0x65, 8]); // jmp [r13+8]
        // movzx esi, byte [rax+rcx]
        assert_eq!(bytes(|a| a.load_byte(RSI, Rm::Indexed(RAX, RCX, 0, 0))), [0x0f, 0xb6, 0x34, 0x08]);
        // mov byte [rax+rcx], sil
        assert_eq!(bytes(|a| a.store_byte(Rm::Indexed(RAX, RCX, 0, 0), RSI)), [0x40, 0x88, 0x34, 0x08]);
    }

    #[test]
    fn numbers() {
        assert_eq!(bytes(|a| a.number(RDI, 7)), [0xbf, 7, 0, 0, 0]); // mov edi, 7
        assert_eq!(bytes(|a| a.number(R11, u64::MAX)), [0x49, 0xc7, 0xc3, 0xff, 0xff, 0xff, 0xff]); // mov r11, -1
        assert_eq!(bytes(|a| a.number(R8, 1 << 40))[..2], [0x49, 0xb8]); // movabs r8, 1 << 40
        assert_eq!(bytes(|a| a.alu_number(Alu::Add, RSI, 2)), [0x48, 0x83, 0xc6, 2]); // add rsi, 2
        assert_eq!(bytes(|a| a.alu_number(Alu::Cmp, R8, 300)), [0x49, 0x81, 0xf8, 0x2c, 1, 0, 0]); // cmp r8, 300
        // sub dword [rbx+16], 1
        assert_eq!(bytes(|a| a.alu_number_32(Alu::Sub, Rm::At(RBX, 16), 1)), [0x83, 0x6b, 16, 1]);
    }

    #[test]
    fn integers() {
        assert_eq!(bytes(|a| a.alu(Alu::And, RSI, R8)), [0x49, 0x23, 0xf0]); // and rsi, r8
        assert_eq!(bytes(|a| a.multiply(RDI, RAX)), [0x48, 0x0f, 0xaf, 0xf8]); // imul rdi, rax
        assert_eq!(bytes(|a| a.divide(RCX)), [0x48, 0x99, 0x48, 0xf7, 0xf9]); // cqo; idiv rcx
        assert_eq!(bytes(|a| a.shift(Shift::Arithmetic, RAX, 1)), [0x48, 0xc1, 0xf8, 1]); // sar rax, 1
        assert_eq!(bytes(|a| a.test_bits(RSI.into(), 1)), [0x40, 0xf6, 0xc6, 1]); // test sil, 1
        assert_eq!(bytes(|a| a.test_bits(Rm::At(R12, 8), 1)), [0x41, 0xf6, 0x44, 0x24, 8, 1]); // test byte [r12+8], 1
        // cmovl rsi, rax
        assert_eq!(bytes(|a| a.conditional_copy(If::Less, RSI, RAX)), [0x48, 0x0f, 0x4c, 0xf0]);
    }

    #[test]
    fn floats() {
        assert_eq!(bytes(|a| a.load_float(Xmm(9), Rm::At(RAX, 8))), [0xf2, 0x44, 0x0f, 0x10, 0x48, 8]); // movsd xmm9, [rax+8]
        assert_eq!(bytes(|a| a.sse(Sse::Mul, Xmm(2), Xmm(15))), [0xf2, 0x41, 0x0f, 0x59, 0xd7]); // mulsd xmm2, xmm15
        assert_eq!(bytes(|a| a.copy_float(Xmm(3), Xmm(4))), [0x66, 0x0f, 0x28, 0xdc]); // movapd xmm3, xmm4
        assert_eq!(bytes(|a| a.compare_floats(Xmm(0), Xmm(1))), [0x66, 0x0f, 0x2e, 0xc1]); // ucomisd xmm0, xmm1
        assert_eq!(bytes(|a| a.float_of(Xmm(2), RAX)), [0xf2, 0x48, 0x0f, 0x2a, 0xd0]); // cvtsi2sd xmm2, rax
        assert_eq!(bytes(|a| a.bits_of(RSI, Xmm(12))), [0x66, 0x4c, 0x0f, 0x7e, 0xe6]); // movq rsi, xmm12
        assert_eq!(bytes(|a| a.float_of_bits(Xmm(8), RAX)), [0x66, 0x4c, 0x0f, 0x6e, 0xc0]); // movq xmm8, rax
    }

    #[test]
    fn jumps_lead_to_labels() {
        let code = bytes(|a| {
            let (back, on) = (a.label(), a.label());
            a.bind(back);
            a.jump_if(If::Less, on);
            a.jump(back);
            a.bind(on);
        });
        assert_eq!(code, [0x0f, 0x8c, 5, 0, 0, 0, 0xe9, 0xf5, 0xff, 0xff, 0xff]);
    }
}
