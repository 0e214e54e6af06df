//! The instructions: those of the core, and of the options that MicroPython's boards have.
//!
//! Source: Xtensa Instruction Set Architecture, chapters 3 (names and operands) and 7 (encodings).

use super::part::Part::{self, *};

/// An instruction.
pub struct Row {
    /// Its name. One that ends in a point is completed by the first operand.
    pub name: &'static str,
    /// Its bits.
    pub pattern: Pattern,
    /// Its operands, in the order in which they are written.
    pub parts: &'static [Part],
}

/// Bits that an instruction has.
pub struct Pattern {
    /// Its length in bytes.
    pub len: usize,
    /// The bits that are the same in all uses of the instruction.
    mask: u32,
    /// What they are.
    bits: u32,
}

impl Pattern {
    /// Whether the number that little-endian bytes make has the bits.
    pub fn matches(&self, instruction: u32) -> bool {
        instruction & self.mask == self.bits
    }

    /// An instruction of the pattern whose other bits are those of a number.
    #[cfg(test)]
    pub fn with(&self, others: u32) -> u32 {
        others & !self.mask | self.bits
    }

    /// Reads a pattern: the digits of a hexadecimal number, four bits in parentheses where they differ, small letters for what operands
    /// set. The fields of the manuals are digits, from the right: `op0`, `t`, `s`, `r`, `op1`, `op2`.
    const fn of(text: &str) -> Pattern {
        let text = text.as_bytes();
        let (mut mask, mut bits, mut digits, mut at) = (0, 0, 0, 0);
        while at < text.len() {
            let (known, value) = match text[at] {
                digit @ b'0'..=b'9' => (0xf, digit - b'0'),
                digit @ b'A'..=b'F' => (0xf, digit - b'A' + 10),
                b'(' => {
                    let (mut known, mut value, end) = (0, 0, at + 5);
                    while at + 1 < end {
                        at += 1;
                        known = known << 1 | matches!(text[at], b'0' | b'1') as u8;
                        value = value << 1 | (text[at] == b'1') as u8;
                    }
                    at += 1;
                    (known, value)
                }
                _ => (0, 0),
            };
            mask = mask << 4 | known as u32;
            bits = bits << 4 | value as u32;
            digits += 1;
            at += 1;
        }
        Pattern { len: digits / 2, mask, bits }
    }
}

const fn row(name: &'static str, pattern: &str, parts: &'static [Part]) -> Row {
    Row { name, pattern: Pattern::of(pattern), parts }
}

/// All instructions.
pub static INSTRUCTIONS: &[Row] = &[
    // Calls, jumps, returns
    row("call0", "ooooo(oo00)5", &[Call]),
    row("call4", "ooooo(oo01)5", &[Call]),
    row("call8", "ooooo(oo10)5", &[Call]),
    row("call12", "ooooo(oo11)5", &[Call]),
    row("callx0", "000sC0", &[S]),
    row("callx4", "000sD0", &[S]),
    row("callx8", "000sE0", &[S]),
    row("callx12", "000sF0", &[S]),
    row("j", "ooooo(oo00)6", &[Jump]),
    row("jx", "000sA0", &[S]),
    row("ret", "000080", &[]),
    row("retw", "000090", &[]),
    row("ret.n", "Fs0D", &[]),
    row("retw.n", "Fs1D", &[]),
    // Branches
    row("beqz", "ooos16", &[S, Branch12]),
    row("bnez", "ooos56", &[S, Branch12]),
    row("bltz", "ooos96", &[S, Branch12]),
    row("bgez", "ooosD6", &[S, Branch12]),
    row("beqi", "oors26", &[S, Compared, Branch8]),
    row("bnei", "oors66", &[S, Compared, Branch8]),
    row("blti", "oorsA6", &[S, Compared, Branch8]),
    row("bgei", "oorsE6", &[S, Compared, Branch8]),
    row("bf", "oo0s76", &[Bs, Branch8]),
    row("bt", "oo1s76", &[Bs, Branch8]),
    row("bltui", "oorsB6", &[S, ComparedUnsigned, Branch8]),
    row("bgeui", "oorsF6", &[S, ComparedUnsigned, Branch8]),
    row("bnone", "oo0st7", &[S, T, Branch8]),
    row("beq", "oo1st7", &[S, T, Branch8]),
    row("blt", "oo2st7", &[S, T, Branch8]),
    row("bltu", "oo3st7", &[S, T, Branch8]),
    row("ball", "oo4st7", &[S, T, Branch8]),
    row("bbc", "oo5st7", &[S, T, Branch8]),
    row("bbci", "oo(011b)st7", &[S, Bit, Branch8]),
    row("bany", "oo8st7", &[S, T, Branch8]),
    row("bne", "oo9st7", &[S, T, Branch8]),
    row("bge", "ooAst7", &[S, T, Branch8]),
    row("bgeu", "ooBst7", &[S, T, Branch8]),
    row("bnall", "ooCst7", &[S, T, Branch8]),
    row("bbs", "ooDst7", &[S, T, Branch8]),
    row("bbsi", "oo(111b)st7", &[S, Bit, Branch8]),
    row("beqz.n", "os(10oo)C", &[S, BranchNarrow]),
    row("bnez.n", "os(11oo)C", &[S, BranchNarrow]),
    // Loops
    row("loop", "oo8s76", &[S, LoopEnd]),
    row("loopnez", "oo9s76", &[S, LoopEnd]),
    row("loopgtz", "ooAs76", &[S, LoopEnd]),
    // Loads and stores
    row("l32r", "oooot1", &[T, Literal]),
    row("l8ui", "oo0st2", &[T, S, Offset1]),
    row("l16ui", "oo1st2", &[T, S, Offset2]),
    row("l32i", "oo2st2", &[T, S, Offset4]),
    row("s8i", "oo4st2", &[T, S, Offset1]),
    row("s16i", "oo5st2", &[T, S, Offset2]),
    row("s32i", "oo6st2", &[T, S, Offset4]),
    row("l16si", "oo9st2", &[T, S, Offset2]),
    row("l32ai", "ooBst2", &[T, S, Offset4]),
    row("s32c1i", "ooEst2", &[T, S, Offset4]),
    row("s32ri", "ooFst2", &[T, S, Offset4]),
    row("l32i.n", "ost8", &[T, S, OffsetNarrow]),
    row("s32i.n", "ost9", &[T, S, OffsetNarrow]),
    row("s32nb", "59ost0", &[T, S, OffsetNarrow]),
    row("l32e", "09ost0", &[T, S, OffsetWindow]),
    row("s32e", "49ost0", &[T, S, OffsetWindow]),
    // Numbers and copies
    row("movi", "iiAit2", &[T, Movi]),
    row("movi.n", "is(0iii)C", &[S, MoviNarrow]),
    row("mov.n", "0stD", &[T, S]),
    row("movsp", "001st0", &[T, S]),
    row("moveqz", "83rst0", &[R, S, T]),
    row("movnez", "93rst0", &[R, S, T]),
    row("movltz", "A3rst0", &[R, S, T]),
    row("movgez", "B3rst0", &[R, S, T]),
    row("movf", "C3rst0", &[R, S, Bt]),
    row("movt", "D3rst0", &[R, S, Bt]),
    // Sums and differences
    row("addi", "iiCst2", &[T, S, Signed8]),
    row("addmi", "iiDst2", &[T, S, Signed8x256]),
    row("add.n", "rstA", &[R, S, T]),
    row("addi.n", "rsiB", &[R, S, AddiNarrow]),
    row("add", "80rst0", &[R, S, T]),
    row("addx2", "90rst0", &[R, S, T]),
    row("addx4", "A0rst0", &[R, S, T]),
    row("addx8", "B0rst0", &[R, S, T]),
    row("sub", "C0rst0", &[R, S, T]),
    row("subx2", "D0rst0", &[R, S, T]),
    row("subx4", "E0rst0", &[R, S, T]),
    row("subx8", "F0rst0", &[R, S, T]),
    row("neg", "60r0t0", &[R, T]),
    row("abs", "60r1t0", &[R, T]),
    row("saltu", "62rst0", &[R, S, T]),
    row("salt", "72rst0", &[R, S, T]),
    // Products and quotients
    row("mull", "82rst0", &[R, S, T]),
    row("muluh", "A2rst0", &[R, S, T]),
    row("mulsh", "B2rst0", &[R, S, T]),
    row("quou", "C2rst0", &[R, S, T]),
    row("quos", "D2rst0", &[R, S, T]),
    row("remu", "E2rst0", &[R, S, T]),
    row("rems", "F2rst0", &[R, S, T]),
    row("mul16u", "C1rst0", &[R, S, T]),
    row("mul16s", "D1rst0", &[R, S, T]),
    // Bits
    row("and", "10rst0", &[R, S, T]),
    row("or", "20rst0", &[R, S, T]),
    row("xor", "30rst0", &[R, S, T]),
    row("slli", "(000i)1rsi0", &[R, S, ShiftLeft]),
    row("srai", "(001i)1rit0", &[R, T, ShiftRight]),
    row("srli", "41rit0", &[R, T, Field8]),
    row("src", "81rst0", &[R, S, T]),
    row("srl", "91r0t0", &[R, T]),
    row("sll", "A1rs00", &[R, S]),
    row("sra", "B1r0t0", &[R, T]),
    row("ssr", "400s00", &[S]),
    row("ssl", "401s00", &[S]),
    row("ssa8l", "402s00", &[S]),
    row("ssa8b", "403s00", &[S]),
    row("ssai", "404i(000i)0", &[Ssai]),
    row("nsa", "40Est0", &[T, S]),
    row("nsau", "40Fst0", &[T, S]),
    row("extui", "w(010i)rit0", &[R, T, ExtractFrom, ExtractBits]),
    row("sext", "23rsi0", &[R, S, FromSeven]),
    row("clamps", "33rsi0", &[R, S, FromSeven]),
    row("min", "43rst0", &[R, S, T]),
    row("max", "53rst0", &[R, S, T]),
    row("minu", "63rst0", &[R, S, T]),
    row("maxu", "73rst0", &[R, S, T]),
    // Booleans
    row("andb", "02rst0", &[Br, Bs, Bt]),
    row("andbc", "12rst0", &[Br, Bs, Bt]),
    row("orb", "22rst0", &[Br, Bs, Bt]),
    row("orbc", "32rst0", &[Br, Bs, Bt]),
    row("xorb", "42rst0", &[Br, Bs, Bt]),
    row("any4", "008st0", &[Bt, Bs4]),
    row("all4", "009st0", &[Bt, Bs4]),
    row("any8", "00Ast0", &[Bt, Bs8]),
    row("all8", "00Bst0", &[Bt, Bs8]),
    // Windows of registers
    row("entry", "iiis36", &[S, Entry]),
    row("rotw", "4080i0", &[Rotate]),
    row("rfwo", "003400", &[]),
    row("rfwu", "003500", &[]),
    // Registers of the system
    row("rsr.", "03nnt0", &[Special, T]),
    row("wsr.", "13nnt0", &[Special, T]),
    row("xsr.", "61nnt0", &[Special, T]),
    row("rur.", "E3rnn0", &[UserRead, R]),
    row("wur.", "F3nnt0", &[User, T]),
    row("rer", "406st0", &[T, S]),
    row("wer", "407st0", &[T, S]),
    // The processor
    row("ill", "000000", &[]),
    row("isync", "002000", &[]),
    row("rsync", "002010", &[]),
    row("esync", "002020", &[]),
    row("dsync", "002030", &[]),
    row("excw", "002080", &[]),
    row("memw", "0020C0", &[]),
    row("extw", "0020D0", &[]),
    row("nop", "0020F0", &[]),
    row("rfe", "003000", &[]),
    row("rfue", "003100", &[]),
    row("rfde", "003200", &[]),
    row("rfme", "003020", &[]),
    row("syscall", "005000", &[]),
    row("simcall", "005100", &[]),
    row("nop.n", "Fs3D", &[]),
    row("ill.n", "Fs6D", &[]),
    row("rfi", "003s10", &[Field8]),
    row("break", "004st0", &[Field8, Field4]),
    row("break.n", "Fs2D", &[Field8]),
    row("rsil", "006it0", &[T, Field8]),
    row("waiti", "007s00", &[Field8]),
    row("rfdo", "F1Es00", &[Field8]),
    row("rfdd", "F1Es10", &[]),
    // Caches and memory management
    row("dpfr", "oo7s02", &[S, Offset4]),
    row("dpfw", "oo7s12", &[S, Offset4]),
    row("dpfro", "oo7s22", &[S, Offset4]),
    row("dpfwo", "oo7s32", &[S, Offset4]),
    row("dhwb", "oo7s42", &[S, Offset4]),
    row("dhwbi", "oo7s52", &[S, Offset4]),
    row("dhi", "oo7s62", &[S, Offset4]),
    row("dii", "oo7s72", &[S, Offset4]),
    row("dpfl", "o07s82", &[S, OffsetLine]),
    row("dhu", "o27s82", &[S, OffsetLine]),
    row("diu", "o37s82", &[S, OffsetLine]),
    row("diwb", "o47s82", &[S, OffsetLine]),
    row("diwbi", "o57s82", &[S, OffsetLine]),
    row("ipf", "oo7sC2", &[S, Offset4]),
    row("ihi", "oo7sE2", &[S, Offset4]),
    row("iii", "oo7sF2", &[S, Offset4]),
    row("ipfl", "o07sD2", &[S, OffsetLine]),
    row("ihu", "o27sD2", &[S, OffsetLine]),
    row("iiu", "o37sD2", &[S, OffsetLine]),
    row("lict", "F10st0", &[T, S]),
    row("sict", "F11st0", &[T, S]),
    row("licw", "F12st0", &[T, S]),
    row("sicw", "F13st0", &[T, S]),
    row("ldct", "F18st0", &[T, S]),
    row("sdct", "F19st0", &[T, S]),
    row("ritlb0", "503st0", &[T, S]),
    row("pitlb", "505st0", &[T, S]),
    row("witlb", "506st0", &[T, S]),
    row("ritlb1", "507st0", &[T, S]),
    row("rdtlb0", "50Bst0", &[T, S]),
    row("pdtlb", "50Dst0", &[T, S]),
    row("wdtlb", "50Est0", &[T, S]),
    row("rdtlb1", "50Fst0", &[T, S]),
    row("iitlb", "504s00", &[S]),
    row("idtlb", "50Cs00", &[S]),
    // Numbers with a point
    row("add.s", "0Arst0", &[Fr, Fs, Ft]),
    row("sub.s", "1Arst0", &[Fr, Fs, Ft]),
    row("mul.s", "2Arst0", &[Fr, Fs, Ft]),
    row("madd.s", "4Arst0", &[Fr, Fs, Ft]),
    row("msub.s", "5Arst0", &[Fr, Fs, Ft]),
    row("maddn.s", "6Arst0", &[Fr, Fs, Ft]),
    row("divn.s", "7Arst0", &[Fr, Fs, Ft]),
    row("round.s", "8Arsi0", &[R, Fs, Field4]),
    row("trunc.s", "9Arsi0", &[R, Fs, Field4]),
    row("floor.s", "AArsi0", &[R, Fs, Field4]),
    row("ceil.s", "BArsi0", &[R, Fs, Field4]),
    row("float.s", "CArsi0", &[Fr, S, Field4]),
    row("ufloat.s", "DArsi0", &[Fr, S, Field4]),
    row("utrunc.s", "EArsi0", &[R, Fs, Field4]),
    row("mov.s", "FArs00", &[Fr, Fs]),
    row("abs.s", "FArs10", &[Fr, Fs]),
    row("neg.s", "FArs60", &[Fr, Fs]),
    row("div0.s", "FArs70", &[Fr, Fs]),
    row("recip0.s", "FArs80", &[Fr, Fs]),
    row("sqrt0.s", "FArs90", &[Fr, Fs]),
    row("rsqrt0.s", "FArsA0", &[Fr, Fs]),
    row("nexp01.s", "FArsB0", &[Fr, Fs]),
    row("mksadj.s", "FArsC0", &[Fr, Fs]),
    row("mkdadj.s", "FArsD0", &[Fr, Fs]),
    row("addexp.s", "FArsE0", &[Fr, Fs]),
    row("addexpm.s", "FArsF0", &[Fr, Fs]),
    row("const.s", "FAri30", &[Fr, Field8]),
    row("rfr", "FArs40", &[R, Fs]),
    row("wfr", "FArs50", &[Fr, S]),
    row("un.s", "1Brst0", &[Br, Fs, Ft]),
    row("oeq.s", "2Brst0", &[Br, Fs, Ft]),
    row("ueq.s", "3Brst0", &[Br, Fs, Ft]),
    row("olt.s", "4Brst0", &[Br, Fs, Ft]),
    row("ult.s", "5Brst0", &[Br, Fs, Ft]),
    row("ole.s", "6Brst0", &[Br, Fs, Ft]),
    row("ule.s", "7Brst0", &[Br, Fs, Ft]),
    row("moveqz.s", "8Brst0", &[Fr, Fs, T]),
    row("movnez.s", "9Brst0", &[Fr, Fs, T]),
    row("movltz.s", "ABrst0", &[Fr, Fs, T]),
    row("movgez.s", "BBrst0", &[Fr, Fs, T]),
    row("movf.s", "CBrst0", &[Fr, Fs, Bt]),
    row("movt.s", "DBrst0", &[Fr, Fs, Bt]),
    row("lsi", "oo0st3", &[Ft, S, Offset4]),
    row("ssi", "oo4st3", &[Ft, S, Offset4]),
    row("lsip", "oo8st3", &[Ft, S, Offset4]),
    row("ssip", "ooCst3", &[Ft, S, Offset4]),
    row("lsx", "08rst0", &[Fr, S, T]),
    row("lsxp", "18rst0", &[Fr, S, T]),
    row("ssx", "48rst0", &[Fr, S, T]),
    row("ssxp", "58rst0", &[Fr, S, T]),
    // Sums of products
    row("mula.dd.ll.ldinc", "08(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.dd.ll.lddec", "18(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.da.ll.ldinc", "48(0xww)st4", &[Mw, S, Mx, T]),
    row("mula.da.ll.lddec", "58(0xww)st4", &[Mw, S, Mx, T]),
    row("umul.aa.ll", "700st4", &[S, T]),
    row("mul.dd.ll", "24(0x00)0(0y00)4", &[Mx, My]),
    row("mul.ad.ll", "340s(0y00)4", &[S, My]),
    row("mul.da.ll", "64(0x00)0t4", &[Mx, T]),
    row("mul.aa.ll", "740st4", &[S, T]),
    row("mula.dd.ll", "28(0x00)0(0y00)4", &[Mx, My]),
    row("mula.ad.ll", "380s(0y00)4", &[S, My]),
    row("mula.da.ll", "68(0x00)0t4", &[Mx, T]),
    row("mula.aa.ll", "780st4", &[S, T]),
    row("muls.dd.ll", "2C(0x00)0(0y00)4", &[Mx, My]),
    row("muls.ad.ll", "3C0s(0y00)4", &[S, My]),
    row("muls.da.ll", "6C(0x00)0t4", &[Mx, T]),
    row("muls.aa.ll", "7C0st4", &[S, T]),
    row("mula.dd.hl.ldinc", "09(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.dd.hl.lddec", "19(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.da.hl.ldinc", "49(0xww)st4", &[Mw, S, Mx, T]),
    row("mula.da.hl.lddec", "59(0xww)st4", &[Mw, S, Mx, T]),
    row("umul.aa.hl", "710st4", &[S, T]),
    row("mul.dd.hl", "25(0x00)0(0y00)4", &[Mx, My]),
    row("mul.ad.hl", "350s(0y00)4", &[S, My]),
    row("mul.da.hl", "65(0x00)0t4", &[Mx, T]),
    row("mul.aa.hl", "750st4", &[S, T]),
    row("mula.dd.hl", "29(0x00)0(0y00)4", &[Mx, My]),
    row("mula.ad.hl", "390s(0y00)4", &[S, My]),
    row("mula.da.hl", "69(0x00)0t4", &[Mx, T]),
    row("mula.aa.hl", "790st4", &[S, T]),
    row("muls.dd.hl", "2D(0x00)0(0y00)4", &[Mx, My]),
    row("muls.ad.hl", "3D0s(0y00)4", &[S, My]),
    row("muls.da.hl", "6D(0x00)0t4", &[Mx, T]),
    row("muls.aa.hl", "7D0st4", &[S, T]),
    row("mula.dd.lh.ldinc", "0A(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.dd.lh.lddec", "1A(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.da.lh.ldinc", "4A(0xww)st4", &[Mw, S, Mx, T]),
    row("mula.da.lh.lddec", "5A(0xww)st4", &[Mw, S, Mx, T]),
    row("umul.aa.lh", "720st4", &[S, T]),
    row("mul.dd.lh", "26(0x00)0(0y00)4", &[Mx, My]),
    row("mul.ad.lh", "360s(0y00)4", &[S, My]),
    row("mul.da.lh", "66(0x00)0t4", &[Mx, T]),
    row("mul.aa.lh", "760st4", &[S, T]),
    row("mula.dd.lh", "2A(0x00)0(0y00)4", &[Mx, My]),
    row("mula.ad.lh", "3A0s(0y00)4", &[S, My]),
    row("mula.da.lh", "6A(0x00)0t4", &[Mx, T]),
    row("mula.aa.lh", "7A0st4", &[S, T]),
    row("muls.dd.lh", "2E(0x00)0(0y00)4", &[Mx, My]),
    row("muls.ad.lh", "3E0s(0y00)4", &[S, My]),
    row("muls.da.lh", "6E(0x00)0t4", &[Mx, T]),
    row("muls.aa.lh", "7E0st4", &[S, T]),
    row("mula.dd.hh.ldinc", "0B(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.dd.hh.lddec", "1B(0xww)s(0y00)4", &[Mw, S, Mx, My]),
    row("mula.da.hh.ldinc", "4B(0xww)st4", &[Mw, S, Mx, T]),
    row("mula.da.hh.lddec", "5B(0xww)st4", &[Mw, S, Mx, T]),
    row("umul.aa.hh", "730st4", &[S, T]),
    row("mul.dd.hh", "27(0x00)0(0y00)4", &[Mx, My]),
    row("mul.ad.hh", "370s(0y00)4", &[S, My]),
    row("mul.da.hh", "67(0x00)0t4", &[Mx, T]),
    row("mul.aa.hh", "770st4", &[S, T]),
    row("mula.dd.hh", "2B(0x00)0(0y00)4", &[Mx, My]),
    row("mula.ad.hh", "3B0s(0y00)4", &[S, My]),
    row("mula.da.hh", "6B(0x00)0t4", &[Mx, T]),
    row("mula.aa.hh", "7B0st4", &[S, T]),
    row("muls.dd.hh", "2F(0x00)0(0y00)4", &[Mx, My]),
    row("muls.ad.hh", "3F0s(0y00)4", &[S, My]),
    row("muls.da.hh", "6F(0x00)0t4", &[Mx, T]),
    row("muls.aa.hh", "7F0st4", &[S, T]),
    row("ldinc", "80(00ww)s04", &[Mw, S]),
    row("lddec", "90(00ww)s04", &[Mw, S]),
];
