//! x86 and x64.

use iced_x86::{
    Decoder as IcedDecoder, DecoderOptions, Formatter, Instruction, IntelFormatter, Mnemonic, OpKind, Register,
};

use super::held::{Held, Table};
use super::{Access, Decoded, Decoder, Relocated};

/// A decoder of x86 instructions.
pub struct X86 {
    bits: u32,
    formatter: IntelFormatter,
    tables: Tables,
}

/// How it knows which registers point to tables.
enum Tables {
    /// They are always the same: that of functions and that of names.
    Fixed([Register; 2]),
    /// It follows the code.
    Followed(Held),
}

impl X86 {
    /// For code of `bits` (32 or 64) bits, of mpy-cross or with these words relocated. Registers: MicroPython's `py/asmx86.h` and
    /// `py/asmx64.h`.
    pub fn new(bits: u32, relocated: Option<&Relocated>) -> X86 {
        let mut formatter = IntelFormatter::new();
        let options = formatter.options_mut();
        options.set_hex_prefix("0x");
        options.set_hex_suffix("");
        options.set_uppercase_hex(false);
        options.set_space_after_operand_separator(true);
        options.set_signed_immediate_operands(true);
        options.set_branch_leading_zeros(false);
        options.set_show_branch_size(false);
        let tables = match relocated {
            Some(relocated) => Tables::Followed(Held::new(relocated)),
            None if bits == 64 => Tables::Fixed([Register::RBP, Register::R13]),
            None => Tables::Fixed([Register::EBP, Register::EDI]),
        };
        X86 { bits, formatter, tables }
    }

    fn access(&self, instruction: &Instruction) -> Access {
        if instruction.is_ip_rel_memory_operand() {
            return Access::Code(instruction.ip_rel_memory_address() as i64);
        }
        if instruction.memory_base() == Register::None || instruction.memory_index() != Register::None {
            return Access::None;
        }
        let distance = i64::from(instruction.memory_displacement64() as i32);
        match (self.table(instruction), instruction.mnemonic()) {
            (Some(Table::Functions), Mnemonic::Mov | Mnemonic::Call | Mnemonic::Jmp) => Access::FunctionTable(distance),
            (Some(Table::Qstrs), Mnemonic::Movzx) => Access::QstrTable(distance),
            _ => Access::None,
        }
    }

    /// The table that the base of an instruction's memory operand points to.
    fn table(&self, instruction: &Instruction) -> Option<Table> {
        let base = instruction.memory_base();
        match &self.tables {
            Tables::Followed(held) => held.table(base),
            Tables::Fixed(registers) => {
                let loads = instruction.op0_kind() == OpKind::Register && instruction.op1_kind() == OpKind::Memory;
                // The function's entry sets the two registers up step by step.
                if !loads || registers.contains(&instruction.op0_register()) {
                    return None;
                }
                let which = registers.iter().position(|&register| register == base)?;
                Some([Table::Functions, Table::Qstrs][which])
            }
        }
    }
}

impl Decoder for X86 {
    fn unit(&self) -> usize {
        1
    }

    fn follows_tables(&self) -> bool {
        matches!(self.tables, Tables::Followed(_))
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = IcedDecoder::with_ip(self.bits, bytes, offset as u64, DecoderOptions::NONE).decode();
        if instruction.is_invalid() {
            return None;
        }
        let (mut mnemonic, mut operands) = (String::new(), String::new());
        self.formatter.format_mnemonic(&instruction, &mut mnemonic);
        self.formatter.format_all_operands(&instruction, &mut operands);
        if let Tables::Followed(held) = &mut self.tables {
            held.arrive(offset as u64);
        }
        let access = self.access(&instruction);
        if let Tables::Followed(held) = &mut self.tables {
            held.pass(&instruction);
        }
        Some(Decoded { len: instruction.len(), mnemonic, operands, access })
    }
}
