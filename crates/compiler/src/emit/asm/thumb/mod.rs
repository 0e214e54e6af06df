//! The inline assembler for Thumb, `@micropython.asm_thumb` (MicroPython: `py/emitinlinethumb.c`).
//!
//! [`table`] lists the instructions; [`Part`] is what an operand of one can be and where its bits go.

mod part;
mod table;

use alloc::format;
use alloc::vec::Vec;

use berus_mpy::arch::Arch;

use super::{Code, Form, Instruction, InstructionSet};
use part::Part;
use table::{Entry, INSTRUCTIONS, Needs};

/// The assembler for one of the architectures that run Thumb code.
pub(crate) struct Thumb {
    arch: Arch,
}

/// Saves r1 and r4 to r7, and where to return to: what a function may change, in a number that keeps the stack aligned.
const ENTER: u16 = 0xb5f2;
/// Restores them and returns.
const EXIT: u16 = 0xbdf2;

/// What Arm code needs to run the Thumb code that follows: it calls that and returns.
const FROM_ARM: [u32; 5] = [
    0xe92d_4010, // push {r4, lr}
    0xe28f_e009, // add lr, pc, #9
    0xe12f_ff3e, // blx lr
    0xe8bd_4010, // pop {r4, lr}
    0xe12f_ff1e, // bx lr
];

impl Thumb {
    pub fn new(arch: Arch) -> Thumb {
        Thumb { arch }
    }

    fn has(&self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Armv7m => (Arch::Armv7m..=Arch::Armv7emdp).contains(&self.arch),
            Needs::Floats => (Arch::Armv7emsp..=Arch::Armv7emdp).contains(&self.arch),
        }
    }

    /// The instructions that there are.
    fn instructions(&self) -> impl Iterator<Item = &'static Entry> {
        INSTRUCTIONS.iter().filter(|entry| self.has(entry.needs))
    }

    /// What is called, and what its name adds to its code.
    fn find(&self, instruction: &Instruction<'_>) -> Option<(&'static Entry, u32)> {
        let count = instruction.operands.len();
        let candidates = || {
            let named = self.instructions().filter(|entry| entry.parts.len() == count);
            named.filter_map(|entry| Some((entry, entry.name.bits(instruction.name)?)))
        };
        let (first, _) = candidates().next()?;
        let (entry, bits) = match first.needs {
            // One operand says which of the forms it is, the first of floats or else the last.
            Needs::Floats => candidates().find(|(entry, _)| entry.suits(instruction, 0)),
            _ => candidates().find(|(entry, _)| count == 0 || entry.suits(instruction, count - 1)),
        }
        // Where there is no choice, the operand is wrong; but with two, the instruction is.
        .or_else(|| candidates().next().filter(|_| count != 2 || first.needs == Needs::Floats))?;
        Some((entry, bits))
    }

    /// Writes an instruction. `None` if there is none such.
    fn assemble(&self, instruction: &mut Instruction<'_>) -> Option<()> {
        let (entry, bits) = self.find(instruction)?;
        let mut code = entry.code | bits;
        for (part, &operand) in entry.parts.iter().zip(instruction.operands) {
            code |= part.bits(instruction, operand)?;
        }
        match entry.parts.last() {
            Some(Part::Registers { own, wide }) => code = self.list(code, *own, *wide)?,
            // The lower half of the number stands in this instruction, the upper one in another.
            Some(Part::Halves) => {
                let number = instruction.integer(instruction.operands[1]).unwrap_or(0) as u32;
                write(instruction.code, code | part::spread(number & 0xffff));
                code |= table::TOP | part::spread(number >> 16);
            }
            _ => {}
        }
        write(instruction.code, code);
        Some(())
    }

    /// The code of an instruction with a set of registers, whose bits are in the lower half of `code`.
    fn list(&self, code: u32, own: u8, wide: u32) -> Option<u32> {
        let (code, registers) = (code >> 16, code & 0xffff);
        // The low registers, and one more that has a bit of its own.
        if registers & !(0xff | 1 << own) == 0 {
            return Some(code | registers & 0xff | (registers >> own & 1) << 8);
        }
        self.has(Needs::Armv7m).then_some(wide | registers)
    }
}

/// Writes an instruction of 16 bits, or one of 32 with the first half above.
fn write(code: &mut Code, instruction: u32) {
    if instruction > 0xffff {
        code.write_number(2, u64::from(instruction >> 16));
    }
    code.write_number(2, u64::from(instruction & 0xffff));
}

impl InstructionSet for Thumb {
    fn is_argument(&self, number: usize, name: &[u8]) -> bool {
        matches!(name, [b'r', digit] if usize::from(digit.wrapping_sub(b'0')) == number)
    }

    fn too_many_parameters(&self) -> &'static str {
        "can only have up to 4 parameters to Thumb assembly"
    }

    fn wrong_parameter(&self) -> &'static str {
        "parameters must be registers in sequence r0 to r3"
    }

    fn enter(&mut self, code: &mut Code) {
        if self.arch == Arch::Armv6 {
            FROM_ARM.into_iter().for_each(|word| code.write_number(4, word.into()));
        }
        write(code, ENTER.into());
    }

    fn write(&mut self, instruction: &mut Instruction<'_>) {
        if self.assemble(instruction).is_none() {
            let (name, count) = (instruction.spelling(), instruction.operands.len());
            instruction.refuse(format!("unsupported Thumb instruction '{name}' with {count} arguments"));
        }
    }

    fn exit(&mut self, code: &mut Code) {
        write(code, EXIT.into());
    }

    fn forms(&self) -> Vec<Form> {
        let has_wide = self.has(Needs::Armv7m);
        let forms = |entry: &'static Entry| {
            let operands: Vec<_> = entry.parts.iter().map(|part| part.operand(has_wide)).collect();
            entry.name.all().into_iter().map(move |name| Form { name, operands: operands.clone() })
        };
        self.instructions().flat_map(forms).collect()
    }
}
