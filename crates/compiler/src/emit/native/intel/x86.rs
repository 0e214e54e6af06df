//! The x86 of 32 bits, where arguments are on the stack (MicroPython: `py/asmx86.c`, `py/emitnx86.c`).

use super::Reg::*;
use super::{Convention, Intel, Reg};
use crate::emit::Label;
use crate::emit::native::assembler::Assembler;
use crate::emit::native::entry;

/// An assembler for x86.
pub(crate) type X86 = Intel<Cdecl>;

/// Arguments on the stack, which the caller takes off again. Until a call the emitter has them in registers.
#[derive(Debug, Default)]
pub(crate) struct Cdecl;

impl Convention for Cdecl {
    const WORD: u32 = 4;
    const NLR_REGISTERS: u32 = 6;
    const ARGS: [Reg; 4] = [Ax, Cx, Dx, Bx];
    const TEMPS: [Reg; 3] = [Ax, Cx, Dx];
    const LOCALS: [Reg; 3] = [Bx, Si, Di];

    fn receive(asm: &mut X86, number: usize) {
        Self::argument(asm, number, Self::ARGS[number]);
    }

    fn argument(asm: &mut X86, number: usize, dest: Reg) {
        // Above the frame are the kept registers and the return address.
        let above = asm.frame + X86::kept().len() as u32 + 1;
        asm.load_local(dest, above + number as u32);
    }

    fn label_address(asm: &mut X86, dest: Reg, label: Label) {
        // A call of the next instruction leaves the address of that on the stack.
        asm.write(&[0xe8, 0, 0, 0, 0]);
        let distance = asm.code.distance(label, 0);
        asm.pop(dest);
        asm.registers(&[0x81], 0, dest);
        asm.write(&distance.to_le_bytes());
    }

    fn call(asm: &mut X86, entry: u32) {
        let count = entry::arguments(entry);
        let padding = count.next_multiple_of(4) - count;
        if padding > 0 {
            asm.lower_stack(X86::offset(padding));
        }
        Self::ARGS.into_iter().take(count as usize).rev().for_each(|register| asm.push(register));
        asm.call_entry(Ax, entry);
        if count > 0 {
            asm.with_number(0, Sp, X86::offset(count + padding));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that `work` makes.
    fn bytes(work: impl Fn(&mut X86)) -> alloc::vec::Vec<u8> {
        let mut assembler = X86::default();
        assembler.code.begin(true);
        work(&mut assembler);
        assembler.code.bytes().to_vec()
    }

    #[test]
    fn the_frame() {
        // push ebp; push ebx; push esi; push edi; sub esp, 12
        assert_eq!(bytes(|x| x.enter(0)), [0x55, 0x53, 0x56, 0x57, 0x83, 0xec, 12]);
        // sub esp, 140
        assert_eq!(bytes(|x| x.enter(32))[4..], [0x81, 0xec, 140, 0, 0, 0]);
        let exit = bytes(|x| {
            x.frame = 3;
            x.exit();
        });
        assert_eq!(exit, [0x83, 0xec, 0xf4, 0x5f, 0x5e, 0x5b, 0x5d, 0xc3]);
    }

    #[test]
    fn arguments_are_above_the_frame() {
        let received = bytes(|x| {
            x.frame = 3;
            x.receive(1);
        });
        assert_eq!(received, [0x8b, 0x4c, 0x24, 36]); // mov ecx, [esp+36]
    }

    #[test]
    fn numbers_have_32_bits() {
        assert_eq!(bytes(|x| x.load_number(Si, -1)), [0xbe, 0xff, 0xff, 0xff, 0xff]); // mov esi, -1
        assert_eq!(bytes(|x| x.copy(Di, Ax)), [0x89, 0xc7]); // mov edi, eax
    }

    #[test]
    fn calls_push_as_many_arguments_as_the_entry_takes() {
        // mov eax, [ebp+132]; call eax
        assert_eq!(bytes(|x| x.call(entry::NLR_POP)), [0x8b, 0x85, 132, 0, 0, 0, 0xff, 0xd0]);
        // sub esp, 8; push ecx; push eax; mov eax, [ebp+12]; call eax; add esp, 16
        let call = [0x83, 0xec, 8, 0x51, 0x50, 0x8b, 0x45, 12, 0xff, 0xd0, 0x83, 0xc4, 16];
        assert_eq!(bytes(|x| x.call(entry::TO_NATIVE)), call);
    }

    #[test]
    fn the_address_of_a_label_is_counted_from_a_call() {
        let address = bytes(|x| {
            x.code.place(Label(0));
            x.label_address(Bx, Label(0));
        });
        assert_eq!(address, [0xe8, 0, 0, 0, 0, 0x5b, 0x81, 0xc3, 0xfb, 0xff, 0xff, 0xff]);
    }
}
