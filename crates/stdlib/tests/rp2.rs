//! The module `rp2` on a board that is simulated: what its assembler makes of programs, and what becomes of them.

#![expect(clippy::unusual_byte_groupings, reason = "digits of instructions are grouped by their fields")]

// Not all that the board records is asked for here.
#[allow(dead_code)]
#[path = "machine/board.rs"]
mod board;

use std::rc::Rc;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::import::frozen::Freeze;
use berus_runtime::import::registry::Register;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::vm::Limits;
use berus_runtime::ops::print::Stdout;
use berus_testkit::programs::new_vm;
use board::{Simulated, SimulatedHost};

/// What `source` prints, and the board after it.
fn run(source: &str) -> (String, Rc<Simulated>) {
    let board = Rc::new(Simulated::default());
    let heap = Heap::growing(&GlobalRegions, 1 << 20);
    let mut vm =
        new_vm(heap, Box::new(SimulatedHost(Rc::clone(&board))), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    vm.freeze(&berus_stdlib::FROZEN);
    let source =
        format!("import sys\nsys.path.append('.frozen')\nimport rp2\nfrom rp2 import PIO, StateMachine\n{source}");
    vm.enter(|vm| {
        let body = vm.compile(source.as_bytes(), b"test.py", Mode::File, vm.main());
        if let Err(raised) = body.and_then(|body| vm.run_body(body, vm.main())) {
            let exception = vm.take_exception(raised);
            vm.print_exception(&mut Stdout, exception).expect("the console takes all");
        }
    });
    drop(vm);
    (String::from_utf8_lossy(&board.output.take()).into_owned(), board)
}

/// Instructions, and their words by the tables of the datasheet (chapter 3.4).
const INSTRUCTIONS: &[(&str, u16)] = &[
    ("wait(0, gpio, 0)", 0b001_00000_0_00_00000),
    ("wait(1, gpio, 17)", 0b001_00000_1_00_10001),
    ("wait(1, pin, 3)", 0b001_00000_1_01_00011),
    ("wait(1, irq, 7)", 0b001_00000_1_10_00111),
    ("wait(0, irq, rel(2))", 0b001_00000_0_10_10010),
    ("in_(pins, 1)", 0b010_00000_000_00001),
    ("in_(x, 32)", 0b010_00000_001_00000),
    ("in_(y, 31)", 0b010_00000_010_11111),
    ("in_(null, 8)", 0b010_00000_011_01000),
    ("in_(isr, 8)", 0b010_00000_110_01000),
    ("in_(osr, 8)", 0b010_00000_111_01000),
    ("out(pins, 8)", 0b011_00000_000_01000),
    ("out(null, 8)", 0b011_00000_011_01000),
    ("out(pindirs, 32)", 0b011_00000_100_00000),
    ("out(pc, 5)", 0b011_00000_101_00101),
    ("out(isr, 8)", 0b011_00000_110_01000),
    ("out(exec, 16)", 0b011_00000_111_10000),
    ("push()", 0b100_00000_0_0_1_00000),
    ("push(noblock)", 0b100_00000_0_0_0_00000),
    ("push(iffull, block)", 0b100_00000_0_1_1_00000),
    ("push(iffull, noblock)", 0b100_00000_0_1_0_00000),
    ("pull()", 0b100_00000_1_0_1_00000),
    ("pull(noblock)", 0b100_00000_1_0_0_00000),
    ("pull(ifempty)", 0b100_00000_1_1_1_00000),
    ("mov(pins, x)", 0b101_00000_000_00_001),
    ("mov(x, invert(null))", 0b101_00000_001_01_011),
    ("mov(y, status)", 0b101_00000_010_00_101),
    ("mov(exec, pins)", 0b101_00000_100_00_000),
    ("mov(pc, y)", 0b101_00000_101_00_010),
    ("mov(isr, reverse(isr))", 0b101_00000_110_10_110),
    ("mov(osr, osr)", 0b101_00000_111_00_111),
    ("nop()", 0b101_00000_010_00_010),
    ("irq(0)", 0b110_00000_0_0_0_00000),
    ("irq(block, 5)", 0b110_00000_0_0_1_00101),
    ("irq(clear, rel(3))", 0b110_00000_0_1_0_10011),
    ("set(pins, 31)", 0b111_00000_000_11111),
    ("set(x, 1)", 0b111_00000_001_00001),
    ("set(y, 2)", 0b111_00000_010_00010),
    ("set(pindirs, 0)", 0b111_00000_100_00000),
    ("word(0x1234)", 0x1234),
    // Delays have all five bits without side-set.
    ("nop()[31]", 0b101_11111_010_00_010),
    ("nop().delay(1)", 0b101_00001_010_00_010),
];

#[test]
fn instructions_are_the_words_of_the_datasheet() {
    for (text, word) in INSTRUCTIONS {
        let (printed, _) = run(&format!("print(hex(rp2.asm_pio_encode({text:?}, 0)))"));
        assert_eq!(printed, format!("{word:#x}\n"), "{text}");
    }
}

#[test]
fn side_set_has_the_upper_bits_of_the_delay() {
    for (text, count, is_optional, word) in [
        ("nop().side(1)[15]", 1, 0, 0b101_11111_010_00_010),
        ("nop().side(2)[1]", 2, 0, 0b101_10001_010_00_010),
        ("nop().side(1)[7]", 2, 1, 0b101_11111_010_00_010),
        ("nop()[7]", 2, 1, 0b101_00111_010_00_010),
        ("nop().side(31)", 5, 0, 0b101_11111_010_00_010),
    ] {
        let (printed, _) = run(&format!("print(rp2.asm_pio_encode({text:?}, {count}, {is_optional}))"));
        assert_eq!(printed, format!("{word}\n"), "{text}");
    }
}

/// Prints a program as its words and settings.
const SHOW: &str = "
def show(program):
    words, *_, execution, shifting, out, set, side = program
    print([hex(word) for word in words], hex(execution), hex(shifting), out, set, side)
";

#[test]
fn programs_have_jumps_wraps_and_settings() {
    let (printed, _) = run(&format!(
        "{SHOW}
DELAY = 3
x = 'hidden'
@rp2.asm_pio(set_init=PIO.OUT_LOW, out_init=(PIO.OUT_HIGH, PIO.IN_LOW), out_shiftdir=PIO.SHIFT_RIGHT, autopull=True, pull_thresh=8)
def first():
    pull()
    wrap_target()
    label('again')
    out(x, 1)[DELAY]
    jmp(not_x, 'end')
    jmp(x_dec, 'again')
    jmp(not_y, 'again')
    jmp(y_dec, 'again')
    jmp(x_not_y, 'again')
    jmp(pin, 'again')
    jmp(not_osre, 'again')
    wrap()
    label('end')
    jmp('again')
    word(0xe020, 'end')
show(first)
@rp2.asm_pio(sideset_init=(PIO.OUT_LOW, PIO.OUT_LOW), side_pindir=True, autopush=True, fifo_join=PIO.JOIN_RX)
def second():
    nop().side(3)[1]
    nop()
show(second)
@rp2.asm_pio(sideset_init=PIO.OUT_HIGH, in_shiftdir=PIO.SHIFT_RIGHT, push_thresh=5, fifo_join=PIO.JOIN_TX)
def third():
    nop().side(1)
show(third)
print(x, 'wait' in globals())
"
    ));
    // The bits of EXECCTRL and SHIFTCTRL are those of the datasheet (chapter 3.7).
    let first = "['0x80a0', '0x6321', '0x29', '0x41', '0x61', '0x81', '0xa1', '0xc1', '0xe1', '0x1', '0xe029']";
    let expected = format!(
        "{first} {:#x} {:#x} (3, 0) 2 None\n['0xbd42', '0xa042'] {:#x} {:#x} None None (2, 2)\n['0xb042'] 0x0 {:#x} None None 3\nhidden False\n",
        8 << 12 | 1 << 7,
        8 << 25 | 1 << 19 | 1 << 17,
        1 << 30 | 1 << 29 | 1 << 12,
        1u32 << 31 | 1 << 16,
        1 << 30 | 5 << 20 | 1 << 18,
    );
    assert_eq!(printed, expected);
}

#[test]
fn programs_that_cannot_be_are_refused() {
    let (printed, _) = run("
def refused(body, **kw):
    try:
        rp2.asm_pio(**kw)(body)
    except rp2.PIOASMError as error:
        print(error)
refused(lambda: nop()[32])
refused(lambda: nop().side(0)[16], sideset_init=0)
refused(lambda: nop().side(0))
refused(lambda: nop().side(2), sideset_init=0)
refused(lambda: jmp('nowhere'))
refused(lambda: (label('a'), label('a')))
refused(lambda: out(x, 33))
refused(lambda: in_(x, 0))
refused(lambda: set(x, 32))
for wrong in 'pass', 'nop(); nop()':
    try:
        rp2.asm_pio_encode(wrong, 0)
    except rp2.PIOASMError as error:
        print(error)
try:
    nop
except NameError:
    print('none of this is left')
");
    let expected = "delay too large\ndelay too large\nno sideset\nsideset too large\nunknown label nowhere\n\
        duplicate label a\ninvalid bit count 33\ninvalid bit count 0\noperand too large\n\
        expecting exactly 1 instruction\nexpecting exactly 1 instruction\nnone of this is left\n";
    assert_eq!(printed, expected);
}

/// A program that has all kinds of pins, and a jump.
const PROGRAM: &str = "
@rp2.asm_pio(out_init=(PIO.OUT_HIGH, PIO.OUT_LOW), set_init=PIO.IN_LOW, sideset_init=PIO.OUT_HIGH)
def program():
    label('again')
    out(pins, 2).side(1)
    jmp('again')
";

#[test]
fn machines_are_set_up_as_programs_say() {
    let (printed, board) = run(&format!(
        "{PROGRAM}
machine = StateMachine(1, program, 6_000_000, out_base=2, set_base='SDA', sideset_base=5, in_base=3, jmp_pin=6, pull_thresh=8)
print(machine, machine.active(), machine.active(1), PIO(0), PIO(0).state_machine(1) is machine, PIO(0) is PIO(0))
other = PIO(0).state_machine(0, program)
machine.restart()
machine.exec('set(x, 1).side(0)')
machine.exec(0xe022)
print(rp2.bootsel_button(), PIO(0).gpio_base())
"
    ));
    assert_eq!(printed, "StateMachine(1) False True PIO(0) True True\n1 Pin(SCL, mode=IN)\n");
    let execution = |pin: u32| 1 << 30 | pin << 24 | 31 << 12 | 30 << 7;
    let expected = [
        // It lies at the end, its jump too.
        "load at 30: 7802 001e".to_owned(),
        // Of a program with two pins of `out`, one of `set`, and one of side-set with another bit.
        format!(
            "set up 1 at 30: 512 {:08x} {:08x} {:08x}",
            execution(6),
            8 << 25,
            2u32 << 29 | 1 << 26 | 2 << 20 | 3 << 15 | 5 << 10 | 1 << 5 | 2
        ),
        "pins of 1: 1100 1100 100".to_owned(),
        "pins of 1: 10 0 0".to_owned(),
        "pins of 1: 100000 100000 100000".to_owned(),
        format!("set up 0 at 30: 256 {:08x} 00000000 00000000", execution(0)),
        "restart 1 at 30".to_owned(),
        "execute 1: f021".to_owned(),
        "execute 1: e022".to_owned(),
    ];
    assert_eq!(board.machines.take(), expected);
}

#[test]
fn memory_for_programs_is_shared_out() {
    let (printed, board) = run(&format!(
        "{PROGRAM}
def filled(count):
    return [bytes(2 * count), -1, -1, -1, 0, 0, None, None, None]
pio = PIO(0)
large, small = filled(30), filled(2)
pio.add_program(large)
pio.add_program(small)
for wrong in program, filled(33):
    try:
        pio.add_program(wrong)
    except OSError as error:
        print(error)
pio.remove_program(small)
pio.add_program(program)
pio.remove_program(large)
try:
    pio.remove_program(large)
except ValueError as error:
    print(error)
pio.remove_program()
StateMachine(3, small)
StateMachine(3, program)
for wrong in (lambda: PIO(1), lambda: StateMachine(4), lambda: StateMachine(-1), lambda: pio.state_machine(4),
        lambda: StateMachine(0, small, freq=1), lambda: StateMachine(0, small, freq=1 << 28), lambda: StateMachine(0, [1])):
    try:
        wrong()
    except ValueError as error:
        print(error)
"
    ));
    let expected = "[Errno 12] ENOMEM\n[Errno 12] ENOMEM\nprog not in instruction memory\ninvalid PIO\n\
        invalid StateMachine\ninvalid StateMachine\ninvalid StateMachine\nfreq out of range\nfreq out of range\n\
        requested length 9 but object has length 1\n";
    assert_eq!(printed, expected);
    let loaded = board.machines.take();
    let places = loaded.iter().filter_map(|line| line.strip_prefix("load at ")?.split(':').next()).collect::<Vec<_>>();
    assert_eq!(places, ["2", "0", "0", "30", "28"]);
}

#[test]
fn words_go_to_machines_and_back() {
    let (printed, _) = run("
from array import array
machine = StateMachine(0)
machine.put(0xffffffff)
machine.put(-2, 1)
print(hex(machine.get()), hex(machine.get()))
for words in b'ab', bytearray(b'c'), array('H', [1, 2]), array('I', [1 << 31]):
    machine.put(words, 8)
    print(machine.rx_fifo(), machine.tx_fifo(), [hex(machine.get()) for _ in range(machine.rx_fifo())])
for buffer in bytearray(2), array('H', [0]), array('I', [0]):
    machine.put(array('I', [0x12345678] * len(buffer)))
    print(machine.get(buffer, 4))
try:
    machine.put(array('d', [1.0]))
except ValueError as error:
    print(error)
");
    let expected = "0xffffffff 0xfffffffc\n2 0 ['0x6100', '0x6200']\n1 0 ['0x6300']\n2 0 ['0x100', '0x200']\n\
        1 0 ['0x0']\nbytearray(b'gg')\narray('H', [17767])\narray('I', [19088743])\nunsupported buffer type\n";
    assert_eq!(printed, expected);
}

#[test]
fn handlers_learn_of_flags() {
    let (printed, board) = run("
import time
machine = StateMachine(2)
def tell(who):
    print(who, who.irq().flags())
machine.irq(tell)
PIO(0).irq(tell, PIO.IRQ_SM2 | PIO.IRQ_SM0)
for number in 0, 1, 2:
    machine.exec(f'irq({number})')
    time.sleep_ms(5)
    print('end of', number)
machine.irq(None)
print(PIO(0).irq().trigger(PIO.IRQ_SM1), PIO(0).irq().trigger())
machine.exec('irq(2)')
time.sleep_ms(5)
PIO(0).irq()()
");
    let expected = "PIO(0) 256\nend of 0\nend of 1\nStateMachine(2) 1\nPIO(0) 1024\nend of 2\n1280 512\nPIO(0) 0\n";
    assert_eq!(printed, expected);
    let watched = board.machines.take().into_iter().filter(|line| line.starts_with("watch")).collect::<Vec<_>>();
    assert_eq!(watched, ["watch 0100", "watch 0101", "watch 0101", "watch 0010"]);
}
