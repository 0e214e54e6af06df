//! Instructions as GNU's assembler has them.

use super::*;

/// The bytes that `work` makes.
fn bytes(work: impl Fn(&mut XtensaCall0)) -> alloc::vec::Vec<u8> {
    let mut assembler = XtensaCall0::default();
    assembler.code.begin(true);
    work(&mut assembler);
    assembler.code.bytes().to_vec()
}

/// The same with windows of registers.
fn windowed(work: impl Fn(&mut XtensaWindowed)) -> alloc::vec::Vec<u8> {
    let mut assembler = XtensaWindowed::default();
    assembler.code.begin(true);
    work(&mut assembler);
    assembler.code.bytes().to_vec()
}

#[test]
fn numbers_are_in_instructions_if_they_are_small() {
    assert_eq!(bytes(|x| x.load_number(Reg::A2, -32)), [0x6c, 0x02]); // movi.n a2, -32
    assert_eq!(bytes(|x| x.load_number(Reg::A2, 95)), [0x5c, 0xf2]); // movi.n a2, 95
    assert_eq!(bytes(|x| x.load_number(Reg::A2, 96)), [0x22, 0xa0, 0x60]); // movi a2, 96
    assert_eq!(bytes(|x| x.load_number(Reg::A2, -2048)), [0x22, 0xa8, 0x00]); // movi a2, -2048
}

#[test]
fn other_numbers_are_before_the_code_for_which_a_walk_makes_room_for_the_next() {
    let mut x = XtensaCall0::default();
    let mut walk = |is_last| {
        x.code.begin(is_last);
        x.enter(0);
        x.load_number(Reg::A2, 0x1234_5678);
        x.load_number(Reg::A3, 2048);
        (x.finish(), x.code.bytes().to_vec())
    };
    assert_eq!(walk(false).0, Ok(false));
    assert_eq!(walk(false).0, Ok(true));
    let (_, code) = walk(true);
    // j over a byte and two words
    assert_eq!(code[..12], [0x06, 0x02, 0x00, 0, 0x78, 0x56, 0x34, 0x12, 0x00, 0x08, 0x00, 0x00]);
    // l32r a2, six words before the next whole word; l32r a3, five before
    assert_eq!(code[25..], [0x21, 0xfa, 0xff, 0x31, 0xfb, 0xff]);
}

#[test]
fn memory() {
    assert_eq!(bytes(|x| x.load_word(Reg::A2, Reg::A3, 15)), [0x28, 0xf3]); // l32i.n a2, a3, 60
    assert_eq!(bytes(|x| x.load_word(Reg::A2, Reg::A3, 16)), [0x22, 0x23, 0x10]); // l32i a2, a3, 64
    // l8ui a2, a3, 255
    assert_eq!(bytes(|x| x.load(Width::Byte, Reg::A2, Reg::A3, 255)), [0x22, 0x03, 0xff]);
    // s16i a2, a3, 510
    assert_eq!(bytes(|x| x.store(Width::Half, Reg::A2, Reg::A3, 255)), [0x22, 0x53, 0xff]);
    // movi.n a2, -4; add.n a2, a3, a2; l32i.n a2, a2, 0
    let before = bytes(|x| x.load(Width::Word32, Reg::A2, Reg::A3, -1));
    assert_eq!(before, [0x7c, 0xc2, 0x2a, 0x23, 0x28, 0x02]);
    // addx2 a2, a3, a2; l16ui a2, a2, 0
    let indexed = bytes(|x| x.load_indexed(Width::Half, Reg::A2, Reg::A2, Reg::A3));
    assert_eq!(indexed, [0x20, 0x23, 0x90, 0x22, 0x12, 0x00]);
}

#[test]
fn the_frame() {
    // addi a1, a1, -32; s32i.n a0, a1, 0; s32i.n a12, a1, 4...
    assert_eq!(bytes(|x| x.enter(1))[..7], [0x12, 0xc1, 0xe0, 0x09, 0x01, 0xc9, 0x11]);
    // movi a9, 144; sub a1, a1, a9
    assert_eq!(bytes(|x| x.enter(28))[..6], [0x92, 0xa0, 0x90, 0x90, 0x11, 0xc0]);
    let exit = bytes(|x| {
        x.frame = 128;
        x.exit();
    });
    // l32i.n a0, a1, 0; movi a9, 128; add.n a1, a1, a9; ret.n
    assert_eq!(exit[8..], [0x08, 0x01, 0x92, 0xa0, 0x80, 0x9a, 0x11, 0x0d, 0xf0]);
    // entry a1, 64; s32i.n a0, a1, 0
    assert_eq!(windowed(|x| x.enter(4)), [0x36, 0x81, 0x00, 0x09, 0x01]);
    // l32i.n a0, a1, 0; retw.n
    assert_eq!(windowed(|x| x.exit()), [0x08, 0x01, 0x1d, 0xf0]);
}

#[test]
fn arithmetic() {
    assert_eq!(bytes(|x| x.negate(Reg::A2)), [0x20, 0x20, 0x60]); // neg a2, a2
    assert_eq!(bytes(|x| x.not(Reg::A2)), [0x7c, 0xf3, 0x30, 0x22, 0x30]); // movi.n a3, -1; xor a2, a2, a3
    // ssl a3; sll a2, a2
    assert_eq!(bytes(|x| x.shift(Shift::Left, Reg::A2, Reg::A3)), [0x00, 0x13, 0x40, 0x00, 0x22, 0xa1]);
    // ssr a3; sra a2, a2
    assert_eq!(bytes(|x| x.shift(Shift::Arithmetic, Reg::A2, Reg::A3)), [0x00, 0x03, 0x40, 0x20, 0x20, 0xb1]);
    // mull a2, a2, a3
    assert_eq!(bytes(|x| x.arithmetic(Arithmetic::Multiply, Reg::A2, Reg::A3)), [0x30, 0x22, 0x82]);
}

#[test]
fn branches_go_round_a_jump_where_they_do_not_reach() {
    let branch = |gap: usize, work: fn(&mut XtensaCall0)| {
        let code = bytes(|x| {
            x.code.place(Label(0));
            x.code.write(&[0].repeat(gap));
            work(x);
        });
        code.len() - gap
    };
    let if_zero = |x: &mut XtensaCall0| x.jump_if(Reg::A2, Test::Zero, Label(0));
    assert_eq!([2044, 2045].map(|gap| branch(gap, if_zero)), [3, 6]);
    let if_equal = |x: &mut XtensaCall0| x.jump_if_equal(Reg::A2, Reg::A3, Label(0));
    assert_eq!([124, 125].map(|gap| branch(gap, if_equal)), [3, 6]);
}

#[test]
fn a_jump_that_does_not_reach_is_an_error_in_the_last_walk() {
    let mut x = XtensaCall0::default();
    for (is_last, is_ok) in [(false, true), (true, false)] {
        x.code.begin(is_last);
        x.code.place(Label(0));
        x.code.write(&[0].repeat(1 << 17));
        x.jump_if(Reg::A2, Test::Zero, Label(0));
        assert_eq!(x.finish().is_ok(), is_ok);
    }
}

#[test]
fn calls() {
    assert_eq!(bytes(|x| x.call(3)), [0x08, 0x3f, 0xc0, 0x00, 0x00]); // l32i.n a0, a15, 12; callx0 a0
    assert_eq!(windowed(|x| x.call(16)), [0x82, 0x27, 0x10, 0xe0, 0x08, 0x00]); // l32i a8, a7, 64; callx8 a8
}

#[test]
fn the_address_of_a_label_is_counted_from_a_call_to_a_multiple_of_four() {
    for before in 0..4 {
        let address = bytes(|x| {
            x.code.write(&[0].repeat(before));
            x.label_address(Reg::A2, Label(0));
        });
        let call = u32::from_le_bytes([address[before + 3], address[before + 4], address[before + 5], 0]);
        let target = before.next_multiple_of(4) + 4 + (call >> 6) as usize * 4;
        // It goes to the addition, behind the bytes between.
        assert_eq!(address.len() - 2, target);
    }
}
