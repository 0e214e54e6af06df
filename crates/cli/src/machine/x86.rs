//! x86 and x64.

use iced_x86::{
    Decoder as IcedDecoder, DecoderOptions, FlowControl, Formatter, Instruction, InstructionInfoFactory,
    IntelFormatter, Mnemonic, OpAccess, OpKind, Register,
};

use super::held::{Act, Conventions, Flow, Source, Step, Value};
use super::{Access, Decoded, Decoder};

/// A decoder of x86 instructions.
pub struct X86 {
    bits: u32,
    formatter: IntelFormatter,
    info: InstructionInfoFactory,
    code: Vec<u8>,
}

/// Registers that a function may use without restoring them (System V ABI for AMD64, figure 3.4; on x86 the first three).
const NOT_KEPT: &[u8] = &[
    Register::EAX as u8,
    Register::ECX as u8,
    Register::EDX as u8,
    Register::RAX as u8,
    Register::RCX as u8,
    Register::RDX as u8,
    Register::RSI as u8,
    Register::RDI as u8,
    Register::R8 as u8,
    Register::R9 as u8,
    Register::R10 as u8,
    Register::R11 as u8,
];

impl X86 {
    /// For code of `bits` (32 or 64) bits.
    pub fn new(bits: u32, code: &[u8]) -> X86 {
        let mut formatter = IntelFormatter::new();
        let options = formatter.options_mut();
        options.set_hex_prefix("0x");
        options.set_hex_suffix("");
        options.set_uppercase_hex(false);
        options.set_space_after_operand_separator(true);
        options.set_signed_immediate_operands(true);
        options.set_branch_leading_zeros(false);
        options.set_show_branch_size(false);
        X86 { bits, formatter, info: InstructionInfoFactory::new(), code: code.to_vec() }
    }

    /// The number of a register, by its full name in the mode.
    fn number(&self, register: Register) -> u8 {
        let full = if self.bits == 64 { register.full_register() } else { register.full_register32() };
        full as u8
    }

    fn step(&mut self, instruction: &Instruction) -> Step {
        if let Some(to) = self.program_counter(instruction) {
            let next = Source::Known(Value::Code(instruction.next_ip() as i64));
            return Step::does(Act::Put(to, [next, Source::Known(Value::Number(0))]));
        }
        let next = instruction.next_ip();
        if instruction.flow_control() == FlowControl::Call && instruction.near_branch_target() == next {
            // No function begins there: the call is for the address that it pushes.
            let word = self.bits as usize / 8;
            let (from, moves) = (Source::Known(Value::Code(next as i64)), -(word as i64));
            return Step { moves, ..Step::does(Act::Store(Some(from), self.top(moves), word)) };
        }
        let act = self.act(instruction);
        let used = self.info.info(instruction).used_registers().to_vec();
        let written = used.iter().filter(|used| {
            !matches!(used.access(), OpAccess::Read | OpAccess::CondRead | OpAccess::None | OpAccess::NoMemAccess)
        });
        let mut written: Vec<_> = written.map(|used| self.number(used.register())).collect();
        // A function that is called leaves the stack as it found it; other instructions say how far they move its pointer.
        let stack = self.number(Register::RSP);
        let moves = match instruction.mnemonic() {
            Mnemonic::Push | Mnemonic::Pop => i64::from(instruction.stack_pointer_increment()),
            _ => 0,
        };
        if matches!(instruction.mnemonic(), Mnemonic::Push | Mnemonic::Pop | Mnemonic::Call) {
            written.retain(|&register| register != stack);
        }
        let target = instruction.near_branch_target() as i64;
        let flow = match instruction.flow_control() {
            FlowControl::Next => Flow::Next,
            FlowControl::Call | FlowControl::IndirectCall => Flow::Call,
            FlowControl::ConditionalBranch => Flow::Branch(target),
            FlowControl::UnconditionalBranch => Flow::Jump(target),
            _ => Flow::End,
        };
        Step { act, written, moves, flow }
    }

    /// The register that an instruction puts the address of the next one into, by a call of code that loads the address and returns. No
    /// instruction of x86 does.
    fn program_counter(&self, instruction: &Instruction) -> Option<u8> {
        if self.bits != 32 || instruction.flow_control() != FlowControl::Call {
            return None;
        }
        let called = self.code.get(usize::try_from(instruction.near_branch_target()).ok()?..)?;
        let load = IcedDecoder::new(32, called, DecoderOptions::NONE).decode();
        let loads = load.mnemonic() == Mnemonic::Mov
            && load.op1_kind() == OpKind::Memory
            && (load.memory_base(), load.memory_index()) == (Register::ESP, Register::None)
            && load.memory_displacement64() == 0;
        const RETURN: u8 = 0xc3;
        (loads && called.get(load.len()) == Some(&RETURN)).then(|| self.number(load.op0_register()))
    }

    fn act(&self, instruction: &Instruction) -> Act {
        let to = (instruction.op0_kind() == OpKind::Register).then(|| self.number(instruction.op0_register()));
        let none = Source::Known(Value::Number(0));
        let goes = matches!(instruction.mnemonic(), Mnemonic::Call | Mnemonic::Jmp);
        let moves = matches!(instruction.mnemonic(), Mnemonic::Mov | Mnemonic::Movzx);
        let reads = (goes && instruction.op0_kind() == OpKind::Memory)
            || (moves && to.is_some() && instruction.op1_kind() == OpKind::Memory);
        if reads {
            let load = |place| Act::Load(to, place, instruction.memory_size().size());
            return self.place(instruction).map_or(Act::Nothing, load);
        }
        if let Some(act) = self.stack(instruction).or_else(|| self.store(instruction)) {
            return act;
        }
        match (to, instruction.op1_kind()) {
            (Some(to), OpKind::Register) if instruction.mnemonic() == Mnemonic::Mov => {
                Act::Put(to, [Source::Register(self.number(instruction.op1_register())), none])
            }
            (
                Some(to),
                OpKind::Immediate8to32 | OpKind::Immediate32 | OpKind::Immediate8to64 | OpKind::Immediate32to64,
            ) if matches!(instruction.mnemonic(), Mnemonic::Add | Mnemonic::Sub) => {
                let number = i64::from(instruction.immediate(1) as i32);
                let number = if instruction.mnemonic() == Mnemonic::Sub { -number } else { number };
                Act::Put(to, [Source::Register(to), Source::Known(Value::Number(number))])
            }
            (Some(to), OpKind::Memory) if instruction.mnemonic() == Mnemonic::Lea => {
                self.place(instruction).map_or(Act::Nothing, |place| Act::Put(to, place))
            }
            _ => Act::Nothing,
        }
    }

    /// Where the memory is that an instruction works with, if that is a register and a distance.
    fn place(&self, instruction: &Instruction) -> Option<[Source; 2]> {
        let (base, index) = (instruction.memory_base(), instruction.memory_index());
        if instruction.is_ip_rel_memory_operand() {
            let address = Value::Code(instruction.ip_rel_memory_address() as i64);
            return Some([Source::Known(address), Source::Known(Value::Number(0))]);
        }
        let distance = i64::from(instruction.memory_displacement64() as i32);
        (base != Register::None && index == Register::None)
            .then(|| [Source::Register(self.number(base)), Source::Known(Value::Number(distance))])
    }

    /// The place at a distance from the top of the stack.
    fn top(&self, distance: i64) -> [Source; 2] {
        [Source::Register(self.number(Register::RSP)), Source::Known(Value::Number(distance))]
    }

    /// What a push or a pop of a register does with the top of the stack.
    fn stack(&self, instruction: &Instruction) -> Option<Act> {
        let word = self.bits as usize / 8;
        let register = (instruction.op0_kind() == OpKind::Register).then(|| self.number(instruction.op0_register()));
        match instruction.mnemonic() {
            Mnemonic::Push => Some(Act::Store(register.map(Source::Register), self.top(-(word as i64)), word)),
            Mnemonic::Pop => register.map(|to| Act::Load(Some(to), self.top(0), word)),
            _ => None,
        }
    }

    /// What a move to memory does.
    fn store(&self, instruction: &Instruction) -> Option<Act> {
        if instruction.mnemonic() != Mnemonic::Mov || instruction.op0_kind() != OpKind::Memory {
            return None;
        }
        let register = (instruction.op1_kind() == OpKind::Register).then(|| self.number(instruction.op1_register()));
        Some(Act::Store(register.map(Source::Register), self.place(instruction)?, instruction.memory_size().size()))
    }
}

impl Decoder for X86 {
    fn unit(&self) -> usize {
        1
    }

    fn conventions(&self) -> Conventions {
        // MicroPython: `py/asmx86.h` and `py/asmx64.h`.
        let tables = if self.bits == 64 { [Register::RBP, Register::R13] } else { [Register::EBP, Register::EDI] };
        Conventions {
            tables: tables.map(|register| register as u8),
            not_kept: NOT_KEPT,
            stack: self.number(Register::RSP),
        }
    }

    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded> {
        let instruction = IcedDecoder::with_ip(self.bits, bytes, offset as u64, DecoderOptions::NONE).decode();
        if instruction.is_invalid() {
            return None;
        }
        let (mut mnemonic, mut operands) = (String::new(), String::new());
        self.formatter.format_mnemonic(&instruction, &mut mnemonic);
        self.formatter.format_all_operands(&instruction, &mut operands);
        let access = match instruction.is_ip_rel_memory_operand() {
            true => Access::Code(instruction.ip_rel_memory_address() as i64),
            false => Access::None,
        };
        Some(Decoded { len: instruction.len(), mnemonic, operands, access, step: self.step(&instruction) })
    }
}
