//! The table of instructions.

use super::encoding::Encoding::{self, *};
use super::part::Part;
use crate::emit::riscv::{extension, function as f, major};

/// What a machine must have for an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Zba,
    Zcmp,
}

impl Needs {
    /// The extension, as a set of one.
    pub fn extension(self) -> u32 {
        match self {
            Needs::Nothing => 0,
            Needs::Zba => extension::ZBA,
            Needs::Zcmp => extension::ZCMP,
        }
    }
}

/// An instruction.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: &'static str,
    pub needs: Needs,
    pub encoding: Encoding,
    pub parts: &'static [Part],
}

const fn plain(name: &'static str, encoding: Encoding, parts: &'static [Part]) -> Entry {
    Entry { name, needs: Needs::Nothing, encoding, parts }
}

const fn zba(name: &'static str, encoding: Encoding, parts: &'static [Part]) -> Entry {
    Entry { name, needs: Needs::Zba, encoding, parts }
}

const fn zcmp(name: &'static str, encoding: Encoding, parts: &'static [Part]) -> Entry {
    Entry { name, needs: Needs::Zcmp, encoding, parts }
}

/// Any register.
const ANY: Part = Part::Register(0xffff_ffff);
/// Any but x0.
const NOT_ZERO: Part = Part::Register(0xffff_fffe);
/// Any but x0 and x2.
const NOT_STACK: Part = Part::Register(0xffff_fffa);
/// One of the eight that compressed instructions name in three bits.
const SHORT: Part = Part::Register(0xff00);

const fn signed(bits: u32) -> Part {
    Part::Signed { bits, shift: 0, may_be_zero: true }
}

const fn unsigned(bits: u32) -> Part {
    Part::Unsigned { bits, shift: 0, may_be_zero: true }
}

/// The upper twenty bits of a number.
const UPPER: Part = Part::Signed { bits: 0xffff_f000, shift: 12, may_be_zero: true };
const NUMBER_12: Part = signed(0xfff);
const NUMBER_6: Part = signed(0x3f);
/// The number of a register of control and status.
const CONTROL: Part = unsigned(0xfff);
const FIVE_BITS: Part = unsigned(0x1f);
/// An address with an offset of twelve bits.
const FAR: Part = Part::Address { bits: 0xfff, base: 0xffff_ffff };
/// An address with an offset of words.
const NEAR: Part = Part::Address { bits: 0x7c, base: 0xff00 };
const BRANCH: Part = Part::Label(0x1ffe);
const SHORT_BRANCH: Part = Part::Label(0x1fe);
const SHORT_JUMP: Part = Part::Label(0xffe);
/// An offset of words from the stack pointer.
const STACK: Part = signed(0xfc);
const POP: Part = Part::Adjustment { is_push: false };

pub(super) static INSTRUCTIONS: &[Entry] = &[
    plain("add", R(f::ADD), &[ANY, ANY, ANY]),
    plain("addi", I(major::OP_IMM, f::ADD), &[ANY, ANY, NUMBER_12]),
    plain("and_", R(f::AND), &[ANY, ANY, ANY]),
    plain("andi", I(major::OP_IMM, f::AND), &[ANY, ANY, NUMBER_12]),
    plain("auipc", U(major::AUIPC), &[ANY, UPPER]),
    plain("beq", B(0), &[ANY, ANY, BRANCH]),
    plain("bge", B(5), &[ANY, ANY, BRANCH]),
    plain("bgeu", B(7), &[ANY, ANY, BRANCH]),
    plain("blt", B(4), &[ANY, ANY, BRANCH]),
    plain("bltu", B(6), &[ANY, ANY, BRANCH]),
    plain("bne", B(1), &[ANY, ANY, BRANCH]),
    plain("csrrc", I(major::SYSTEM, 3), &[ANY, ANY, CONTROL]),
    plain("csrrs", I(major::SYSTEM, 2), &[ANY, ANY, CONTROL]),
    plain("csrrw", I(major::SYSTEM, 1), &[ANY, ANY, CONTROL]),
    plain("csrrci", Control(7), &[ANY, CONTROL, FIVE_BITS]),
    plain("csrrsi", Control(6), &[ANY, CONTROL, FIVE_BITS]),
    plain("csrrwi", Control(5), &[ANY, CONTROL, FIVE_BITS]),
    plain("c_add", Cr(9), &[NOT_ZERO, NOT_ZERO]),
    plain("c_addi", Ci(major::C1, 0), &[NOT_ZERO, Part::Signed { bits: 0x3f, shift: 0, may_be_zero: false }]),
    plain("c_addi4spn", Ciw, &[SHORT, Part::Unsigned { bits: 0x3fc, shift: 0, may_be_zero: false }]),
    plain("c_and", Ca(3), &[SHORT, SHORT]),
    plain("c_andi", CbNumber(2), &[SHORT, NUMBER_6]),
    plain("c_beqz", Cb(6), &[SHORT, SHORT_BRANCH]),
    plain("c_bnez", Cb(7), &[SHORT, SHORT_BRANCH]),
    plain("c_ebreak", Half(0x9002), &[]),
    plain("c_j", Cj(5), &[SHORT_JUMP]),
    plain("c_jal", Cj(1), &[SHORT_JUMP]),
    plain("c_jalr", CrOne(9), &[NOT_ZERO]),
    plain("c_jr", CrOne(8), &[NOT_ZERO]),
    plain("c_li", Ci(major::C1, 2), &[NOT_ZERO, NUMBER_6]),
    plain("c_lui", CiUpper, &[NOT_STACK, Part::Unsigned { bits: 0x1_f800, shift: 12, may_be_zero: false }]),
    plain("c_lw", Cl(2), &[SHORT, NEAR]),
    plain("c_lwsp", CiWords, &[NOT_ZERO, STACK]),
    plain("c_mv", Cr(8), &[NOT_ZERO, NOT_ZERO]),
    plain("c_nop", Half(0x0001), &[]),
    plain("c_or", Ca(2), &[SHORT, SHORT]),
    plain("c_slli", Ci(major::C2, 0), &[NOT_ZERO, FIVE_BITS]),
    plain("c_srai", CbNumber(1), &[SHORT, FIVE_BITS]),
    plain("c_srli", CbNumber(0), &[SHORT, FIVE_BITS]),
    plain("c_sub", Ca(0), &[SHORT, SHORT]),
    plain("c_sw", Cl(6), &[SHORT, NEAR]),
    plain("c_swsp", Css, &[ANY, STACK]),
    plain("c_xor", Ca(1), &[SHORT, SHORT]),
    zcmp("cm_mva01s", Cmmv(3), &[Part::Saved, Part::Saved]),
    zcmp("cm_mvsa01", Cmmv(1), &[Part::Saved, Part::Saved]),
    zcmp("cm_pop", Cmpp(0xba), &[Part::List, POP]),
    zcmp("cm_popret", Cmpp(0xbe), &[Part::List, POP]),
    zcmp("cm_popretz", Cmpp(0xbc), &[Part::List, POP]),
    zcmp("cm_push", Cmpp(0xb8), &[Part::List, Part::Adjustment { is_push: true }]),
    plain("div", R(1 << 3 | 4), &[ANY, ANY, ANY]),
    plain("divu", R(1 << 3 | 5), &[ANY, ANY, ANY]),
    plain("ebreak", Word(0x0010_0073), &[]),
    plain("ecall", Word(0x0000_0073), &[]),
    plain("jal", J, &[ANY, Part::Label(0x1f_fffe)]),
    plain("jalr", I(major::JALR, 0), &[ANY, ANY, NUMBER_12]),
    plain("la", LoadAddress, &[ANY, Part::Label(0xffff_ffff)]),
    plain("lb", Load(0), &[ANY, FAR]),
    plain("lbu", Load(4), &[ANY, FAR]),
    plain("lh", Load(1), &[ANY, FAR]),
    plain("lhu", Load(5), &[ANY, FAR]),
    plain("li", LoadNumber, &[ANY, signed(0xffff_ffff)]),
    plain("lui", U(major::LUI), &[ANY, UPPER]),
    plain("lw", Load(2), &[ANY, FAR]),
    plain("mv", Cr(8), &[ANY, ANY]),
    plain("mul", R(f::MUL), &[ANY, ANY, ANY]),
    plain("mulh", R(1 << 3 | 1), &[ANY, ANY, ANY]),
    plain("mulhsu", R(1 << 3 | 2), &[ANY, ANY, ANY]),
    plain("mulhu", R(1 << 3 | 3), &[ANY, ANY, ANY]),
    plain("or_", R(f::OR), &[ANY, ANY, ANY]),
    plain("ori", I(major::OP_IMM, f::OR), &[ANY, ANY, NUMBER_12]),
    plain("rem", R(1 << 3 | 6), &[ANY, ANY, ANY]),
    plain("remu", R(1 << 3 | 7), &[ANY, ANY, ANY]),
    plain("sb", Store(0), &[ANY, FAR]),
    plain("sh", Store(1), &[ANY, FAR]),
    zba("sh1add", R(f::SHIFT_ADD | 1 << 1), &[ANY, ANY, ANY]),
    zba("sh2add", R(f::SHIFT_ADD | 2 << 1), &[ANY, ANY, ANY]),
    zba("sh3add", R(f::SHIFT_ADD | 3 << 1), &[ANY, ANY, ANY]),
    plain("sll", R(f::SLL), &[ANY, ANY, ANY]),
    plain("slli", Shift(f::SLL, 0), &[ANY, ANY, FIVE_BITS]),
    plain("slt", R(f::SLT), &[ANY, ANY, ANY]),
    plain("slti", I(major::OP_IMM, f::SLT), &[ANY, ANY, NUMBER_12]),
    plain("sltiu", I(major::OP_IMM, f::SLTU), &[ANY, ANY, NUMBER_12]),
    plain("sltu", R(f::SLTU), &[ANY, ANY, ANY]),
    plain("sra", R(f::SRA), &[ANY, ANY, ANY]),
    plain("srai", Shift(f::SRL, 0x400), &[ANY, ANY, FIVE_BITS]),
    plain("srl", R(f::SRL), &[ANY, ANY, ANY]),
    plain("srli", Shift(f::SRL, 0), &[ANY, ANY, FIVE_BITS]),
    plain("sub", R(f::SUB), &[ANY, ANY, ANY]),
    plain("sw", Store(2), &[ANY, FAR]),
    plain("xor", R(f::XOR), &[ANY, ANY, ANY]),
    plain("xori", I(major::OP_IMM, f::XOR), &[ANY, ANY, NUMBER_12]),
];
