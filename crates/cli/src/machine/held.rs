//! Which registers hold the address of a table, in x86 code that was linked from C.
//!
//! Compilers load the address of the function table into whichever register is free, and use it for many calls. To find out what is in
//! a register, the code is gone through once, in the order in which it lies. Where a jump forward leads, registers hold what they do
//! at all jumps to it; jumps back are taken not to change that, as compilers load addresses before loops.

use std::collections::BTreeMap;

use berus_mpy::reloc::Target;
use iced_x86::{FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind, Register};

use super::Relocated;

/// The tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The function table.
    Functions,
    /// The module's names.
    Qstrs,
}

/// What registers hold, by their full names.
type Registers = BTreeMap<Register, Table>;

/// What registers hold before an instruction.
pub struct Held {
    /// The words of the code that hold the address of a table.
    words: BTreeMap<u64, Table>,
    now: Registers,
    /// Whether the instruction before goes on to the next one.
    goes_on: bool,
    /// What registers hold where jumps forward lead.
    there: BTreeMap<u64, Registers>,
    info: InstructionInfoFactory,
}

/// Registers that a function may use without restoring them (System V ABI for AMD64, figure 3.4).
const NOT_KEPT: [Register; 9] = [
    Register::RAX,
    Register::RCX,
    Register::RDX,
    Register::RSI,
    Register::RDI,
    Register::R8,
    Register::R9,
    Register::R10,
    Register::R11,
];

impl Held {
    /// For code with these words.
    pub fn new(relocated: &Relocated) -> Held {
        let table = |target: Target| match target {
            Target::FunctionTable => Some(Table::Functions),
            Target::QstrTable => Some(Table::Qstrs),
            _ => None,
        };
        let words = relocated.iter().filter_map(|(&offset, &target)| Some((offset as u64, table(target)?))).collect();
        let info = InstructionInfoFactory::new();
        Held { words, now: Registers::new(), goes_on: false, there: BTreeMap::new(), info }
    }

    /// Comes to the instruction at `offset`.
    pub fn arrive(&mut self, offset: u64) {
        let jumped = self.there.remove(&offset);
        self.now = match (self.goes_on, jumped) {
            (true, None) => return,
            (true, Some(jumped)) => common(&self.now, &jumped),
            (false, jumped) => jumped.unwrap_or_default(),
        };
    }

    /// The table that `register` points to.
    pub fn table(&self, register: Register) -> Option<Table> {
        self.now.get(&register.full_register()).copied()
    }

    /// Goes on behind `instruction`.
    pub fn pass(&mut self, instruction: &Instruction) {
        let loaded = self.loaded(instruction);
        for used in self.info.info(instruction).used_registers() {
            if !matches!(used.access(), OpAccess::Read | OpAccess::CondRead | OpAccess::None | OpAccess::NoMemAccess) {
                self.now.remove(&used.register().full_register());
            }
        }
        if let Some(table) = loaded {
            self.now.insert(instruction.op0_register().full_register(), table);
        }
        let flow = instruction.flow_control();
        if matches!(flow, FlowControl::Call | FlowControl::IndirectCall) {
            NOT_KEPT.iter().for_each(|register| {
                self.now.remove(register);
            });
        }
        if matches!(flow, FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch) {
            let there = self.there.entry(instruction.near_branch_target());
            there.and_modify(|there| *there = common(there, &self.now)).or_insert_with(|| self.now.clone());
        }
        self.goes_on = matches!(
            flow,
            FlowControl::Next | FlowControl::ConditionalBranch | FlowControl::Call | FlowControl::IndirectCall
        );
    }

    /// The table whose address `instruction` puts into its first operand.
    fn loaded(&self, instruction: &Instruction) -> Option<Table> {
        if instruction.mnemonic() != Mnemonic::Mov || instruction.op0_kind() != OpKind::Register {
            return None;
        }
        match instruction.op1_kind() {
            OpKind::Register => self.table(instruction.op1_register()),
            OpKind::Memory if instruction.is_ip_rel_memory_operand() => {
                self.words.get(&instruction.ip_rel_memory_address()).copied()
            }
            _ => None,
        }
    }
}

/// What both hold.
fn common(a: &Registers, b: &Registers) -> Registers {
    a.iter().filter(|(register, table)| b.get(register) == Some(table)).map(|(&r, &t)| (r, t)).collect()
}

#[cfg(test)]
mod tests {
    use iced_x86::{Decoder, DecoderOptions};

    use super::*;

    /// The table that the last instruction of `code` reads from. The word at 0x40 holds the function table's address.
    fn read_at_the_end(code: &[&[u8]]) -> Option<Table> {
        let mut held = Held::new(&Relocated::from([(0x40, Target::FunctionTable)]));
        let code = code.concat();
        let mut decoder = Decoder::with_ip(64, &code, 0, DecoderOptions::NONE);
        let mut found = None;
        for instruction in &mut decoder {
            held.arrive(instruction.ip());
            found = held.table(instruction.memory_base());
            held.pass(&instruction);
        }
        found
    }

    const LOAD: &[u8] = &[0x48, 0x8b, 0x05, 0x39, 0, 0, 0]; // mov rax, [0x40]
    const READ: &[u8] = &[0x48, 0x8b, 0x48, 0x18]; // mov rcx, [rax+0x18]
    const CALL: &[u8] = &[0xff, 0xd2]; // call rdx
    const OVERWRITE: &[u8] = &[0x48, 0x89, 0xf8]; // mov rax, rdi
    const NOTHING: &[u8] = &[0x90, 0x90, 0x90];
    const IF: &[u8] = &[0x74, 3]; // je, over three bytes
    const GO: &[u8] = &[0xeb, 3]; // jmp, over three bytes

    #[test]
    fn a_register_holds_a_table_until_it_is_written() {
        assert_eq!(read_at_the_end(&[LOAD, READ]), Some(Table::Functions));
        assert_eq!(read_at_the_end(&[LOAD, READ, NOTHING, READ]), Some(Table::Functions));
        assert_eq!(read_at_the_end(&[LOAD, OVERWRITE, READ]), None);
        assert_eq!(read_at_the_end(&[LOAD, CALL, READ]), None);
        // mov rbx, rax; call rdx; mov rcx, [rbx+0x18]
        let kept: [&[u8]; 4] = [LOAD, &[0x48, 0x89, 0xc3], CALL, &[0x48, 0x8b, 0x4b, 0x18]];
        assert_eq!(read_at_the_end(&kept), Some(Table::Functions));
    }

    #[test]
    fn where_ways_meet_it_holds_what_it_does_on_all() {
        assert_eq!(read_at_the_end(&[LOAD, IF, NOTHING, READ]), Some(Table::Functions));
        assert_eq!(read_at_the_end(&[LOAD, IF, OVERWRITE, READ]), None);
        assert_eq!(
            read_at_the_end(&[LOAD, IF, GO, NOTHING, READ]),
            None,
            "nobody knows who comes to what follows a jump"
        );
        assert_eq!(read_at_the_end(&[IF, OVERWRITE, LOAD, READ]), None, "the word is elsewhere from there");
    }
}
