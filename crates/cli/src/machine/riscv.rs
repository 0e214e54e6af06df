//! RISC-V.

use disc_v::{Decoder as DiscDecoder, Extension, Isa};

use super::{Access, Decoded, Decoder};

// MicroPython: `py/asmrv32.h`
const FUNCTION_TABLE: &str = "s1";
const QSTR_TABLE: &str = "s4";

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

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = self.decoder.decode_bytes(offset as u64, bytes)?;
        if instruction.is_illegal() {
            return None;
        }
        let operands = instruction.operands().to_string();
        Some(Decoded {
            len: instruction.length(),
            mnemonic: instruction.mnemonic().to_owned(),
            access: access(instruction.mnemonic(), &operands),
            operands,
        })
    }
}

/// Loads are written `lw a6,128(s1)`.
fn access(mnemonic: &str, operands: &str) -> Access {
    let parts = operands.strip_suffix(')').and_then(|text| text.split_once(','));
    let Some((to, (distance, base))) = parts.and_then(|(to, from)| Some((to, from.split_once('(')?))) else {
        return Access::None;
    };
    let Ok(distance) = distance.parse() else { return Access::None };
    // The function's entry sets the two registers up step by step.
    if [FUNCTION_TABLE, QSTR_TABLE].contains(&to) {
        return Access::None;
    }
    match (mnemonic, base) {
        ("lw" | "ld", FUNCTION_TABLE) => Access::FunctionTable(distance),
        ("lhu", QSTR_TABLE) => Access::QstrTable(distance),
        _ => Access::None,
    }
}
