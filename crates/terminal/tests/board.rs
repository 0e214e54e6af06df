//! A board's life, with an interpreter and without a machine: the cable is two queues.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use berus_runtime::errno::{Errno, INTERRUPTED};
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::Host;
use berus_runtime::model::vm::Limits;
use berus_terminal::{BoardLines, Ending, Prompt, Python};
use berus_testkit::programs::new_vm;
use proptest::prelude::*;

/// What comes over the cable and goes. A byte arrives whenever the program is looked at, so that each moment has its turn.
#[derive(Default)]
struct Cable {
    coming: RefCell<VecDeque<u8>>,
    arrived: RefCell<VecDeque<u8>>,
    output: RefCell<Vec<u8>>,
    interrupt_byte: Cell<Option<u8>>,
    is_interrupted: Cell<bool>,
    time: Cell<Duration>,
}

impl Cable {
    /// Has the next byte arrive: whether there is one.
    fn arrive(&self) -> bool {
        let Some(byte) = self.coming.borrow_mut().pop_front() else { return false };
        if self.interrupt_byte.get() == Some(byte) {
            self.is_interrupted.set(true);
        } else {
            self.arrived.borrow_mut().push_back(byte);
        }
        true
    }
}

#[derive(Clone)]
struct Machine(Rc<Cable>);

impl Host for Machine {
    fn write_stdout(&self, bytes: &[u8]) {
        for byte in bytes {
            self.write_stdout_bytes(if *byte == b'\n' { b"\r\n" } else { std::slice::from_ref(byte) });
        }
    }

    fn write_stdout_bytes(&self, bytes: &[u8]) {
        self.0.output.borrow_mut().extend_from_slice(bytes);
    }

    fn read_stdin(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        loop {
            if self.0.is_interrupted.get() {
                return Err(INTERRUPTED);
            }
            if let Some(byte) = self.0.arrived.borrow_mut().pop_front() {
                buffer[0] = byte;
                return Ok(1);
            }
            if !self.0.arrive() {
                return Ok(0);
            }
        }
    }

    fn interrupted(&self) -> bool {
        self.0.arrive();
        self.0.is_interrupted.take()
    }

    fn set_interrupt_byte(&self, byte: Option<u8>) {
        self.0.interrupt_byte.set(byte);
    }

    fn monotonic(&self) -> Option<Duration> {
        Some(self.0.time.get())
    }

    fn sleep(&self, time: Duration) {
        self.0.time.set(self.0.time.get() + time);
    }
}

/// What a board answers to `bytes`, and how often it was reset.
fn answer(bytes: &[u8]) -> (String, usize) {
    let cable = Rc::new(Cable::default());
    cable.coming.borrow_mut().extend(bytes);
    let mut prompt = Prompt::new(8, 1 << 12);
    for resets in 0.. {
        let heap = Heap::growing(&GlobalRegions, 64 << 10);
        let limits = Limits { value_stack: 1 << 10, frame_stack: 1 << 10, ..Limits::default() };
        let mut vm = new_vm(heap, Box::new(Machine(Rc::clone(&cable))), limits).expect("the heap has room");
        vm.set_line_editor(Box::new(BoardLines::new()));
        match vm.enter(|vm| Python(vm).live(&mut prompt)) {
            Ending::SoftReset => {}
            Ending::NoInput => {
                let output = String::from_utf8_lossy(&cable.output.borrow()).into_owned();
                return (output, resets);
            }
            Ending::Abort => panic!("nobody has set a limit"),
        }
    }
    unreachable!("input ends")
}

#[test]
fn programs_run_until_they_are_interrupted() {
    let (output, _) = answer(b"\x01print(1)\x04while True: pass\x04\x031//0\x04\x02input('name: ')\rMe\x7f\x7fyou\r");
    let expected = [
        ">OK1\r\n\x04\x04>OK\x04Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nKeyboardInterrupt: \r\n\x04>OK\x04",
        "ZeroDivisionError: divide by zero\r\n\x04>\r\nMicroPython",
        "input('name: ')\r\nname: Me\x08\x1b[K\x08\x1b[Kyou\r\n'you'\r\n>>> ",
    ];
    let mut rest = &output[..];
    for part in expected {
        let at = rest.find(part).unwrap_or_else(|| panic!("no {part:?} in {rest:?}"));
        rest = &rest[at + part.len()..];
    }
    assert_eq!(rest, "");
}

#[test]
fn a_reset_keeps_the_prompt_and_no_variable() {
    let (output, resets) = answer(b"\x01x = 1\x04\x04print('x' in globals())\x04raise SystemExit\x04");
    assert_eq!(resets, 2);
    assert!(output.ends_with(">OK\x04\x04>OK\r\nMPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>OKFalse\r\n\x04\x04>OK\x04\x04MPY: soft reboot\r\nraw REPL; CTRL-B to exit\r\n>"), "{output:?}");
}

/// Bytes that mean something together.
const PIECES: &[&[u8]] = &[
    b"\x05A\x01",
    b"while 1: pass",
    b"while 1: print(1)",
    b"input()",
    b"import sys; sys.stdin.read(9)",
    b"raise SystemExit",
    b"def f(): f()\rf()",
    b"'''",
    b"if 1:\r",
    b"\x1b[200~",
    b"1/0",
    b"x = [0] * 9999",
];

/// A piece, or a byte; those that mean something more often than others.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => proptest::sample::select(&b"\x01\x02\x03\x04\x05\r\n\t\x08\x12A['(: \x1b[~;1\x19\x0b"[..]),
        1 => any::<u8>(),
    ];
    let piece = prop_oneof![
        3 => byte.prop_map(|byte| vec![byte]),
        1 => proptest::sample::select(PIECES).prop_map(<[u8]>::to_vec),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever has come before, programs that run included, Ctrl-C and Ctrl-B bring a friendly prompt that works. One
    /// Ctrl-C ends a program, another what was read for the next; a third is for a program that begins with the first.
    #[test]
    fn ctrl_c_ctrl_b_is_always_answered(bytes in pieces()) {
        let bytes = [&bytes[..], b"\x03\x03\x03\x02print('ans' + 'wer')\r"].concat();
        let (output, _) = answer(&bytes);
        prop_assert!(output.ends_with("answer\r\n>>> "), "{output:?}");
    }
}
