//! x86 and x64.

use iced_x86::{
    Decoder as IcedDecoder, DecoderOptions, Formatter, Instruction, IntelFormatter, Mnemonic, OpKind, Register,
};

use super::{Access, Decoded, Decoder};

/// A decoder of x86 instructions.
pub struct X86 {
    bits: u32,
    formatter: IntelFormatter,
    function_table: Register,
    qstr_table: Register,
}

impl X86 {
    /// For code of `bits` (32 or 64) bits. Registers: MicroPython's `py/asmx86.h` and `py/asmx64.h`.
    pub fn new(bits: u32) -> X86 {
        let mut formatter = IntelFormatter::new();
        let options = formatter.options_mut();
        options.set_hex_prefix("0x");
        options.set_hex_suffix("");
        options.set_uppercase_hex(false);
        options.set_space_after_operand_separator(true);
        options.set_signed_immediate_operands(true);
        options.set_branch_leading_zeros(false);
        options.set_show_branch_size(false);
        let (function_table, qstr_table) =
            if bits == 64 { (Register::RBP, Register::R13) } else { (Register::EBP, Register::EDI) };
        X86 { bits, formatter, function_table, qstr_table }
    }

    fn access(&self, instruction: &Instruction) -> Access {
        if instruction.is_ip_rel_memory_operand() {
            return Access::Code(instruction.ip_rel_memory_address() as i64);
        }
        let loads = matches!(instruction.mnemonic(), Mnemonic::Mov | Mnemonic::Movzx)
            && instruction.op0_kind() == OpKind::Register
            && instruction.op1_kind() == OpKind::Memory
            && instruction.memory_index() == Register::None;
        // The function's entry sets the two registers up step by step.
        if !loads || [self.function_table, self.qstr_table].contains(&instruction.op0_register()) {
            return Access::None;
        }
        let distance = i64::from(instruction.memory_displacement64() as i32);
        match (instruction.memory_base(), instruction.mnemonic()) {
            (base, Mnemonic::Mov) if base == self.function_table => Access::FunctionTable(distance),
            (base, Mnemonic::Movzx) if base == self.qstr_table => Access::QstrTable(distance),
            _ => Access::None,
        }
    }
}

impl Decoder for X86 {
    fn unit(&self) -> usize {
        1
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = IcedDecoder::with_ip(self.bits, bytes, offset as u64, DecoderOptions::NONE).decode();
        if instruction.is_invalid() {
            return None;
        }
        let (mut mnemonic, mut operands) = (String::new(), String::new());
        self.formatter.format_mnemonic(&instruction, &mut mnemonic);
        self.formatter.format_all_operands(&instruction, &mut operands);
        Some(Decoded { len: instruction.len(), mnemonic, operands, access: self.access(&instruction) })
    }
}
