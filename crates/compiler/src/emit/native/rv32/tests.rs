//! Instructions as GNU's assembler has them.

use super::*;

/// The bytes that `work` makes, with extensions.
fn with(extensions: u32, work: impl Fn(&mut Rv32)) -> alloc::vec::Vec<u8> {
    let mut assembler = Rv32::new(extensions);
    assembler.code.begin(true);
    work(&mut assembler);
    assembler.code.bytes().to_vec()
}

fn bytes(work: impl Fn(&mut Rv32)) -> alloc::vec::Vec<u8> {
    with(0, work)
}

#[test]
fn numbers_take_the_shortest_form_that_holds_them() {
    let load = |number| bytes(|x| x.load_number(Reg::A0, number));
    assert_eq!(load(-32), [0x01, 0x55]); // c.li a0, -32
    assert_eq!(load(32), [0x13, 0x05, 0x00, 0x02]); // addi a0, zero, 32
    assert_eq!(load(0x800), [0x05, 0x65, 0x13, 0x05, 0x05, 0x80]); // c.lui a0, 1; addi a0, a0, -2048
    // lui a0, 0x12345; addi a0, a0, 0x678
    assert_eq!(load(0x1234_5678), [0x37, 0x55, 0x34, 0x12, 0x13, 0x05, 0x85, 0x67]);
    assert_eq!(load(-0x1_0000), [0x41, 0x75]); // c.lui a0, 0xffff0
    assert_eq!(load(i32::MIN.into()), [0x37, 0x05, 0x00, 0x80]); // lui a0, 0x80000
    assert_eq!(load(1 << 40), [0x01, 0x45]); // c.li a0, 0
}

#[test]
fn memory() {
    assert_eq!(bytes(|x| x.load_word(Reg::A0, Reg::S1, 15)), [0xc8, 0x5c]); // c.lw a0, 60(s1)
    assert_eq!(bytes(|x| x.load_word(Reg::A6, Reg::S1, 16)), [0x03, 0xa8, 0x04, 0x04]); // lw a6, 64(s1)
    // sb a0, -1(a1)
    assert_eq!(bytes(|x| x.store(Width::Byte, Reg::A0, Reg::A1, -1)), [0xa3, 0x8f, 0xa5, 0xfe]);
    // c.lui a0, 1; c.add a0, a1; lhu a0, -2048(a0)
    let far = bytes(|x| x.load(Width::Half, Reg::A0, Reg::A1, 1024));
    assert_eq!(far, [0x05, 0x65, 0x2e, 0x95, 0x03, 0x55, 0x05, 0x80]);
    // c.lui a6, 1; c.add a6, a1; sw a0, -2048(a6)
    let far = bytes(|x| x.store(Width::Word32, Reg::A0, Reg::A1, 512));
    assert_eq!(far, [0x05, 0x68, 0x2e, 0x98, 0x23, 0x20, 0xa8, 0x80]);
}

#[test]
fn an_index_is_shifted_in_two_steps_or_by_an_extension() {
    let store = |x: &mut Rv32| x.store_indexed(Width::Word32, Reg::A2, Reg::A0, Reg::A1);
    // slli a6, a1, 2; c.add a6, a0; sw a2, 0(a6)
    assert_eq!(bytes(store), [0x13, 0x98, 0x25, 0x00, 0x2a, 0x98, 0x23, 0x20, 0xc8, 0x00]);
    // sh2add a6, a1, a0; sw a2, 0(a6)
    assert_eq!(with(extension::ZBA, store), [0x33, 0xc8, 0xa5, 0x20, 0x23, 0x20, 0xc8, 0x00]);
}

#[test]
fn the_frame_keeps_the_registers_that_are_used() {
    // c.addi sp, -20; c.swsp s1, 0(sp); c.swsp s2, 4(sp); c.swsp s3, 8(sp); c.swsp s4, 12(sp)
    assert_eq!(bytes(|x| x.enter(1)), [0x31, 0x11, 0x26, 0xc0, 0x4a, 0xc2, 0x4e, 0xc4, 0x52, 0xc6]);
    let calls = bytes(|x| {
        x.call(3);
        x.call(16);
        x.enter(0);
    });
    // c.lw s0, 12(s1); c.jalr s0; lw a6, 64(s1); c.jalr a6; then return address and s0 are kept, too
    assert_eq!(calls[..10], [0xc0, 0x44, 0x02, 0x94, 0x03, 0xa8, 0x04, 0x04, 0x02, 0x98]);
    assert_eq!(calls[12..16], [0x06, 0xc0, 0x22, 0xc2]); // c.swsp ra, 0(sp); c.swsp s0, 4(sp)
    assert_eq!(bytes(|x| x.local_address(Reg::A0, 4)), [0x08, 0x08]); // c.addi4spn a0, sp, 16
    assert_eq!(bytes(|x| x.local_address(Reg::S3, 4)), [0x93, 0x09, 0x01, 0x01]); // addi s3, sp, 16
}

#[test]
fn the_frame_begins_in_the_room_of_the_registers_where_one_instruction_saves_them() {
    let enter = |words| with(extension::ZCMP, |x| x.enter(words));
    assert_eq!(enter(2), [0x92, 0xb8]); // cm.push {ra, s0-s4}, -32
    assert_eq!(enter(6), [0x96, 0xb8]); // cm.push {ra, s0-s4}, -48
    assert_eq!(enter(15), [0x9e, 0xb8, 0x71, 0x11]); // cm.push {ra, s0-s4}, -80; c.addi sp, -4
    let exit = with(extension::ZCMP, |x| {
        x.enter(7);
        x.exit();
    });
    // c.addi sp, 4; cm.popret {ra, s0-s4}, 48
    assert_eq!(exit[4..], [0x11, 0x01, 0x96, 0xbe]);
}

#[test]
fn jumps_back_are_as_short_as_they_can_be() {
    let jump = |gap: usize, jump: fn(&mut Rv32)| {
        let code = bytes(|x| {
            x.code.place(Label(0));
            x.code.write(&[0].repeat(gap));
            jump(x);
        });
        code.len() - gap
    };
    let always = |x: &mut Rv32| x.jump(Label(0));
    assert_eq!([2048, 2050].map(|gap| jump(gap, always)), [2, 8]);
    let unless_zero = |x: &mut Rv32| x.jump_if(Reg::A0, Test::NotZero, Label(0));
    assert_eq!([128, 130, 4096, 4098].map(|gap| jump(gap, unless_zero)), [2, 4, 4, 10]);
    let unless_zero = |x: &mut Rv32| x.jump_if(Reg::S3, Test::NotZero, Label(0));
    assert_eq!([2, 4096, 4098].map(|gap| jump(gap, unless_zero)), [4, 4, 12]);
    let if_equal = |x: &mut Rv32| x.jump_if_equal(Reg::A0, Reg::A1, Label(0));
    assert_eq!([4096, 4098].map(|gap| jump(gap, if_equal)), [4, 12]);
    // Forward they are long.
    assert_eq!(bytes(|x| x.jump(Label(1))).len(), 8);
}

#[test]
fn comparisons() {
    let compare = |comparison, signed| bytes(|x| x.compare(comparison, signed, Reg::A0, Reg::A1, Reg::A2));
    assert_eq!(compare(Comparison::Less, true), [0x33, 0xa5, 0xc5, 0x00]); // slt a0, a1, a2
    assert_eq!(compare(Comparison::More, false), [0x33, 0x35, 0xb6, 0x00]); // sltu a0, a2, a1
    // slt a0, a2, a1; xori a0, a0, 1
    assert_eq!(compare(Comparison::LessEqual, true), [0x33, 0x25, 0xb6, 0x00, 0x13, 0x45, 0x15, 0x00]);
    // sub a0, a1, a2; sltiu a0, a0, 1
    assert_eq!(compare(Comparison::Equal, true), [0x33, 0x85, 0xc5, 0x40, 0x13, 0x35, 0x15, 0x00]);
}
