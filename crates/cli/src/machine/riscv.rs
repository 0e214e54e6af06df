//! RISC-V.

use disc_v::{Decoder as DiscDecoder, Extension, Isa};

use super::held::{Act, Conventions, Flow, Reg, Source, Step, Value};
use super::{Access, Decoded, Decoder};

const SP: Reg = 2;

/// Those that are not called so, but for `sp`, `gp` and `tp` (RISC-V Calling Convention).
const NOT_KEPT: &[Reg] = &[1, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31];

/// A decoder of RISC-V instructions.
pub struct RiscV {
    decoder: DiscDecoder,
}

impl RiscV {
    /// For code of `bits` (32 or 64) bits.
    pub fn new(bits: u32) -> RiscV {
        let isa = if bits == 64 { Isa::Rv64 } else { Isa::Rv32 };
        // None of MicroPython's architectures has the loads and stores of doubles whose place Zcmp takes.
        RiscV { decoder: DiscDecoder::new(isa).without(Extension::Zcd).try_with(Extension::Zcmp) }
    }
}

impl Decoder for RiscV {
    fn unit(&self) -> usize {
        2
    }

    fn conventions(&self) -> Conventions {
        // MicroPython: `py/asmrv32.h` has `s1` and `s4`.
        Conventions { tables: [9, 20], not_kept: NOT_KEPT, stack: SP }
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = self.decoder.decode_bytes(offset as u64, bytes)?;
        if instruction.is_illegal() {
            return None;
        }
        let operands = instruction.operands().to_string();
        Some(Decoded {
            len: instruction.length(),
            mnemonic: instruction.mnemonic().to_owned(),
            access: Access::None,
            step: step(instruction.mnemonic(), &operands, offset as i64),
            operands,
        })
    }
}

/// What an instruction does, by its text: `lw a6,128(s1)`, `auipc a5,0x0`, `addi a5,a5,12`.
fn step(mnemonic: &str, operands: &str, offset: i64) -> Step {
    let parts: Vec<_> = operands.split([',', '(', ')']).filter(|part| !part.is_empty()).collect();
    let at = |i: usize| parts.get(i).copied().unwrap_or("");
    let (first, second) = (register(at(0)), register(at(1)));
    let value = |number: i64| Source::Known(Value::Number(number));
    match (mnemonic, first, second, number(at(1)), number(at(2))) {
        ("lw" | "ld" | "lhu", Some(to), _, Some(distance), _) => {
            let len = if mnemonic == "lw" {
                4
            } else if mnemonic == "ld" {
                8
            } else {
                2
            };
            let from = register(at(2)).map_or(value(0), Source::Register);
            Step::does(Act::Load(Some(to), [from, value(distance)], len))
        }
        ("auipc", Some(to), _, Some(high), _) => {
            // Twenty bits, which may be shown as a signed number or not.
            let distance = i64::from((high as i32) << 12);
            Step::does(Act::Put(to, [Source::Known(Value::Code(offset)), value(distance)]))
        }
        ("mv", Some(to), Some(from), ..) => Step::does(Act::Put(to, [Source::Register(from), value(0)])),
        ("addi", Some(to), Some(from), _, Some(distance)) => {
            Step::does(Act::Put(to, [Source::Register(from), value(distance)]))
        }
        ("add", Some(to), Some(a), ..) => {
            let b = register(at(2)).map_or(value(0), Source::Register);
            Step::does(Act::Put(to, [Source::Register(a), b]))
        }
        ("j", ..) => Step::goes(number(at(0)).map_or(Flow::End, Flow::Jump)),
        ("jr" | "ret" | "tail" | "mret" | "ebreak", ..) => Step::goes(Flow::End),
        ("jal" | "jalr" | "call", ..) => Step::goes(Flow::Call),
        _ if mnemonic.starts_with("cm.pop") && mnemonic.contains("ret") => Step::goes(Flow::End),
        _ if mnemonic.starts_with('b') && parts.last().is_some_and(|target| target.starts_with("0x")) => {
            Step::goes(parts.last().and_then(|target| number(target)).map_or(Flow::End, Flow::Branch))
        }
        ("sw" | "sd", Some(from), _, Some(distance), _) => {
            let len = if mnemonic == "sw" { 4 } else { 8 };
            let base = register(at(2)).map_or(value(0), Source::Register);
            Step::does(Act::Store(Some(Source::Register(from)), [base, value(distance)], len))
        }
        ("sb" | "sh", ..) => Step::writes(&[]),
        // The last operand is how far the stack pointer moves.
        ("cm.push", ..) => {
            Step { moves: parts.last().and_then(|distance| number(distance.trim())).unwrap_or(0), ..Step::writes(&[]) }
        }
        // The saved registers that it restores are those of the caller, where the code does not go on.
        _ => Step::writes(first.as_slice()),
    }
}

fn number(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let number = match digits.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(if negative { -number } else { number })
}

/// The number of a register by its name in the calling convention.
fn register(name: &str) -> Option<u8> {
    const NAMES: [&str; 32] = [
        "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
        "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
    ];
    NAMES.iter().position(|&known| known == name).map(|number| number as u8)
}
