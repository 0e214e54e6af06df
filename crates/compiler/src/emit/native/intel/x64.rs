//! The x86-64, with the calling convention of System V (MicroPython: `py/asmx64.h`).

use super::Reg::*;
use super::{Convention, Intel, Reg};
use crate::emit::Label;
use crate::emit::native::assembler::Assembler;

/// An assembler for x86-64.
pub(crate) type X64 = Intel<SystemV>;

/// Six arguments in registers, of which the emitter uses four.
#[derive(Debug, Default)]
pub(crate) struct SystemV;

impl Convention for SystemV {
    const WORD: u32 = 8;
    const NLR_REGISTERS: u32 = 10;
    const ARGS: [Reg; 4] = [Di, Si, Dx, Cx];
    const TEMPS: [Reg; 3] = [Ax, Di, Si];
    const LOCALS: [Reg; 3] = [Bx, R12, R13];

    fn receive(_: &mut X64, _: usize) {}

    fn argument(asm: &mut X64, number: usize, dest: Reg) {
        asm.copy(dest, Self::ARGS[number]);
    }

    fn label_address(asm: &mut X64, dest: Reg, label: Label) {
        let distance = asm.code.distance(label, 7);
        // What would be memory at rbp without a displacement is relative to the next instruction.
        asm.prefix(true, dest as u8, Bp);
        asm.write(&[0x8d, dest.low() << 3 | Bp.low()]);
        asm.write(&distance.to_le_bytes());
    }

    fn call(asm: &mut X64, entry: u32) {
        asm.call_entry(Ax, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
    use super::*;

    /// The bytes that `work` makes.
    fn bytes(work: impl Fn(&mut X64)) -> alloc::vec::Vec<u8> {
        let mut assembler = X64::default();
        assembler.code.begin(true);
        work(&mut assembler);
        assembler.code.bytes().to_vec()
    }

    #[test]
    fn registers() {
        assert_eq!(bytes(|x| x.copy(Di, Ax)), [0x48, 0x89, 0xc7]); // mov rdi, rax
        assert_eq!(bytes(|x| x.copy(R12, Ax)), [0x49, 0x89, 0xc4]); // mov r12, rax
        assert_eq!(bytes(|x| x.copy(Si, R13)), [0x4c, 0x89, 0xee]); // mov rsi, r13
        assert_eq!(bytes(|x| x.clear(Ax)), [0x48, 0x31, 0xc0]); // xor rax, rax
        assert_eq!(bytes(|x| x.not(Ax)), [0x48, 0xf7, 0xd0]); // not rax
        assert_eq!(bytes(|x| x.negate(R12)), [0x49, 0xf7, 0xdc]); // neg r12
        assert_eq!(bytes(|x| x.shift(Shift::Left, Ax, Cx)), [0x48, 0xd3, 0xe0]); // shl rax, cl
        assert_eq!(bytes(|x| x.shift(Shift::Logical, Ax, Cx)), [0x48, 0xd3, 0xe8]); // shr rax, cl
        assert_eq!(bytes(|x| x.shift(Shift::Arithmetic, Ax, Cx)), [0x48, 0xd3, 0xf8]); // sar rax, cl
    }

    #[test]
    fn arithmetic() {
        let op = |op, dest, source| bytes(|x| x.arithmetic(op, dest, source));
        assert_eq!(op(Arithmetic::Add, Si, Dx), [0x48, 0x01, 0xd6]); // add rsi, rdx
        assert_eq!(op(Arithmetic::Subtract, Si, R12), [0x4c, 0x29, 0xe6]); // sub rsi, r12
        assert_eq!(op(Arithmetic::And, Si, Bx), [0x48, 0x21, 0xde]); // and rsi, rbx
        assert_eq!(op(Arithmetic::Or, R12, Dx), [0x49, 0x09, 0xd4]); // or r12, rdx
        assert_eq!(op(Arithmetic::Multiply, Si, R12), [0x49, 0x0f, 0xaf, 0xf4]); // imul rsi, r12
        assert_eq!(op(Arithmetic::Multiply, R13, Dx), [0x4c, 0x0f, 0xaf, 0xea]); // imul r13, rdx
    }

    #[test]
    fn numbers_are_as_long_as_their_upper_half_demands() {
        assert_eq!(bytes(|x| x.load_number(Si, 1)), [0xbe, 1, 0, 0, 0]); // mov esi, 1
        assert_eq!(bytes(|x| x.load_number(R12, 0xffff_ffff)), [0x41, 0xbc, 0xff, 0xff, 0xff, 0xff]); // mov r12d, -1
        assert_eq!(bytes(|x| x.load_number(Ax, -1))[..2], [0x48, 0xb8]); // movabs rax, -1
        assert_eq!(bytes(|x| x.load_number(R13, 1 << 32)), [0x49, 0xbd, 0, 0, 0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn the_frame() {
        let enter = |words| bytes(|x| x.enter(words));
        assert_eq!(enter(0), [0x55, 0x53, 0x41, 0x54, 0x41, 0x55, 0x48, 0x83, 0xec, 8]); // sub rsp, 8
        assert_eq!(enter(14)[6..], [0x48, 0x83, 0xec, 120]); // sub rsp, 120
        assert_eq!(enter(16)[6..], [0x48, 0x81, 0xec, 136, 0, 0, 0]); // sub rsp, 136
        let exit = bytes(|x| {
            x.frame = 1;
            x.exit();
        });
        assert_eq!(exit, [0x48, 0x83, 0xec, 0xf8, 0x41, 0x5d, 0x41, 0x5c, 0x5b, 0x5d, 0xc3]);
        assert_eq!(bytes(|x| x.load_local(Ax, 0)), [0x48, 0x8b, 0x04, 0x24]); // mov rax, [rsp]
        assert_eq!(bytes(|x| x.store_local(15, Di)), [0x48, 0x89, 0x7c, 0x24, 120]); // mov [rsp+120], rdi
        assert_eq!(bytes(|x| x.store_local(16, R12)), [0x4c, 0x89, 0xa4, 0x24, 128, 0, 0, 0]); // mov [rsp+128], r12
        assert_eq!(bytes(|x| x.local_address(Di, 0)), [0x48, 0x89, 0xe7]); // mov rdi, rsp
        assert_eq!(bytes(|x| x.local_address(Dx, 2)), [0x48, 0x8d, 0x54, 0x24, 16]); // lea rdx, [rsp+16]
    }

    #[test]
    fn memory() {
        assert_eq!(bytes(|x| x.load_word(Ax, Bp, 0)), [0x48, 0x8b, 0x45, 0]); // mov rax, [rbp+0]
        assert_eq!(bytes(|x| x.load_word(Bp, R13, 0)), [0x49, 0x8b, 0x6d, 0]); // mov rbp, [r13+0]
        assert_eq!(bytes(|x| x.store_word(Si, R12, 1)), [0x49, 0x89, 0x74, 0x24, 8]); // mov [r12+8], rsi
        let load = |width, base, index| bytes(|x| x.load(width, Ax, base, index));
        assert_eq!(load(Width::Byte, Di, 0), [0x0f, 0xb6, 0x07]); // movzx eax, byte [rdi]
        assert_eq!(load(Width::Byte, Di, 128), [0x0f, 0xb6, 0x87, 128, 0, 0, 0]); // movzx eax, byte [rdi+128]
        assert_eq!(load(Width::Half, R13, 1), [0x41, 0x0f, 0xb7, 0x45, 2]); // movzx eax, word [r13+2]
        assert_eq!(load(Width::Word32, Bx, -1), [0x8b, 0x43, 0xfc]); // mov eax, [rbx-4]
        let store = |width, base, index| bytes(|x| x.store(width, Dx, base, index));
        assert_eq!(store(Width::Byte, Di, 1), [0x88, 0x57, 1]); // mov [rdi+1], dl
        assert_eq!(store(Width::Half, R12, 0), [0x66, 0x41, 0x89, 0x14, 0x24]); // mov [r12], dx
        assert_eq!(store(Width::Word32, Di, 32), [0x89, 0x97, 128, 0, 0, 0]); // mov [rdi+128], edx
        // add rdi, rsi; add rdi, rsi; mov [rdi], dx
        let indexed = bytes(|x| x.store_indexed(Width::Half, Dx, Di, Si));
        assert_eq!(indexed, [0x48, 0x01, 0xf7, 0x48, 0x01, 0xf7, 0x66, 0x89, 0x17]);
    }

    #[test]
    fn comparisons() {
        let compare = |comparison, signed| bytes(|x| x.compare(comparison, signed, Ax, Si, Dx));
        // xor rax, rax; cmp rsi, rdx; setl al
        assert_eq!(compare(Comparison::Less, true), [0x48, 0x31, 0xc0, 0x48, 0x39, 0xd6, 0x0f, 0x9c, 0xc0]);
        let conditions = [
            (Comparison::More, true, 0x9f),
            (Comparison::LessEqual, true, 0x9e),
            (Comparison::MoreEqual, true, 0x9d),
            (Comparison::Less, false, 0x92),
            (Comparison::More, false, 0x97),
            (Comparison::LessEqual, false, 0x96),
            (Comparison::MoreEqual, false, 0x93),
            (Comparison::Equal, false, 0x94),
            (Comparison::NotEqual, true, 0x95),
        ];
        for (comparison, signed, opcode) in conditions {
            assert_eq!(compare(comparison, signed)[7], opcode, "{comparison:?}");
        }
    }

    #[test]
    fn jumps_back_are_as_short_as_they_can_be() {
        let jump = |gap: usize| {
            let code = bytes(|x| {
                x.code.place(Label(0));
                x.write(&[0x90].repeat(gap));
                x.jump(Label(0));
            });
            code[gap..].to_vec()
        };
        assert_eq!(jump(126), [0xeb, 0x80]);
        assert_eq!(jump(127), [0xe9, 0x7c, 0xff, 0xff, 0xff]);
        // A jump to itself is not one back.
        assert_eq!(jump(0), [0xe9, 0xfb, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn jumps_forward_are_long() {
        let mut x = X64::default();
        for is_last in [false, true] {
            x.code.begin(is_last);
            x.jump_if(Ax, Test::False, Label(0));
            x.jump_if(Di, Test::NotZero, Label(0));
            x.jump_if_equal(Di, Dx, Label(0));
            x.label_address(Bx, Label(0));
            x.code.place(Label(0));
        }
        let expected = [
            &[0x84, 0xc0, 0x0f, 0x84, 25, 0, 0, 0][..],   // test al, al; jz
            &[0x48, 0x85, 0xff, 0x0f, 0x85, 16, 0, 0, 0], // test rdi, rdi; jnz
            &[0x48, 0x39, 0xfa, 0x0f, 0x84, 7, 0, 0, 0],  // cmp rdx, rdi; je
            &[0x48, 0x8d, 0x1d, 0, 0, 0, 0],              // lea rbx, [rip+0]
        ];
        assert_eq!(x.code.bytes(), expected.concat());
    }

    #[test]
    fn calls_go_through_the_table() {
        assert_eq!(bytes(|x| x.call(7)), [0x48, 0x8b, 0x45, 56, 0xff, 0xd0]); // mov rax, [rbp+56]; call rax
        assert_eq!(bytes(|x| x.jump_to_register(Bx)), [0xff, 0xe3]); // jmp rbx
    }
}
