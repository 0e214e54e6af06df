//! The module `machine` on a board that is simulated: what programs do to it is recorded, and what is at its pins answers.

#[path = "machine/board.rs"]
mod board;

use std::rc::Rc;

use berus_compiler::Mode;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
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

/// Checks what `source` prints.
fn check(source: &str, expected: &str) {
    assert_eq!(run(source).0, expected, "{source}");
}

#[test]
fn pins_have_modes_and_levels() {
    let (printed, board) = run("\
from machine import Pin
led = Pin('LED', Pin.OUT, value=1)
print(led, led.value(), led is Pin(2), Pin(led) is led)
led.off()
led.toggle()
led(0)
button = Pin(3, Pin.IN, Pin.PULL_UP)
print(button, button(), Pin('GROUND').value())
for wrong in ('NONE', 99, -1):
    try:
        Pin(wrong)
    except ValueError as error:
        print(error)
try:
    led.init(mode=77)
except ValueError as error:
    print(error)
");
    let expected = "Pin(LED, mode=OUT) 1 True True\nPin(BUTTON, mode=IN, pull=PULL_UP) 1 0\n\
        invalid pin\ninvalid pin\ninvalid pin\ninvalid pin mode\n";
    assert_eq!(printed, expected);
    assert_eq!(board.levels_of("LED"), [true, false, true, false]);
}

#[test]
fn handlers_of_pins_learn_what_changed() {
    check(
        "\
from machine import Pin
import time
out, into = Pin('LOOP_OUT', Pin.OUT, value=0), Pin('LOOP_IN', Pin.IN)
irq = into.irq(lambda pin: print('changed', pin, pin.value(), irq.flags()))
out.on()
time.sleep_ms(5)
out.off()
time.sleep_ms(5)
into.irq(lambda pin: print('rose'), Pin.IRQ_RISING)
out.on()
time.sleep_ms(5)
out.off()
time.sleep_ms(5)
into.irq(None)
out.on()
time.sleep_ms(5)
print('end', irq.trigger())
",
        "changed Pin(LOOP_IN, mode=IN) 1 8\nchanged Pin(LOOP_IN, mode=IN) 0 4\nrose\nend 12\n",
    );
}

#[test]
fn handlers_that_raise_are_reported_and_go_on() {
    check(
        "\
from machine import Pin
import time
out, into = Pin('LOOP_OUT', Pin.OUT, value=0), Pin('LOOP_IN')
def handler(pin):
    raise ValueError(pin.value())
into.irq(handler)
out.on()
time.sleep_ms(5)
print('goes on')
",
        "Traceback (most recent call last):\n  File \"test.py\", line 5, in handler\nValueError: 1\ngoes on\n",
    );
}

#[test]
fn timers_ring_in_time_and_in_order() {
    check(
        "\
from machine import Timer
import time
def ring(name):
    return lambda timer: print(name, time.ticks_ms() // 10)
once = Timer(-1, mode=Timer.ONE_SHOT, period=35, callback=ring('once'))
often = Timer(freq=50, callback=ring('often'))
time.sleep_ms(65)
often.deinit()
often.deinit()
time.sleep_ms(50)
once.init(mode=Timer.ONE_SHOT, period=1, tick_hz=100, callback=ring('again'))
time.sleep_ms(50)
print(once, often)
for wrong in (lambda: Timer(3), lambda: Timer(-1, period=-5), lambda: Timer(freq=0)):
    try:
        wrong()
    except ValueError as error:
        print(error)
",
        "often 2\nonce 3\noften 4\noften 6\nagain 12\nTimer(mode=ONE_SHOT, period=10) Timer(mode=PERIODIC, period=20)\n\
         Timer doesn't exist\ninvalid freq or period\ninvalid freq or period\n",
    );
}

/// What a program does with the memory at address 0x50 of a bus, and what that prints.
const MEMORY: (&str, &str) = (
    "
print(bus.scan())
print(bus.writeto_mem(0x50, 3, b'abc'), bus.readfrom_mem(0x50, 2, 5))
print(bus.writeto(0x50, b'\\x04', False), bus.readfrom(0x50, 2))
print(bus.writevto(0x50, (b'\\x10', b'xy', bytearray(b'z'))))
buffer = bytearray(3)
bus.readfrom_mem_into(0x50, 0x10, buffer)
print(buffer)
for call in (lambda: bus.readfrom(0x51, 1), lambda: bus.writeto(0x51, b''), lambda: bus.writeto(0x500, b'')):
    try:
        call()
    except OSError as error:
        print(error)
",
    "[80]\nNone b'\\xffabc\\xff'\n1 b'bc'\n4\nbytearray(b'xyz')\n[Errno 19] ENODEV\n[Errno 19] ENODEV\n[Errno 19] ENODEV\n",
);

#[test]
fn a_bus_for_i2c_reaches_a_memory() {
    check(&format!("from machine import I2C\nbus = I2C(0, freq=100000){}", MEMORY.0), MEMORY.1);
    check(
        "from machine import I2C\ntry:\n    I2C(7)\nexcept OSError as error:\n    print(error)\n",
        "[Errno 19] ENODEV\n",
    );
}

#[test]
fn lines_for_i2c_reach_a_memory() {
    let source = "from machine import SoftI2C, Pin\nbus = SoftI2C(scl=Pin('SCL'), sda=Pin('SDA'), freq=1000000)";
    check(&format!("{source}{}", MEMORY.0), MEMORY.1);
}

#[test]
fn objects_with_a_value_are_lines_too() {
    let source = "\
from machine import SoftI2C, Pin, PinBase
class Line(PinBase):
    def __init__(self, name):
        self.pin = Pin(name, Pin.OPEN_DRAIN, value=1)
    def value(self, level=None):
        return self.pin.value() if level is None else self.pin.value(level)
bus = SoftI2C(Line('SCL'), Line('SDA'), freq=1000000)";
    check(&format!("{source}{}", MEMORY.0), MEMORY.1);
}

#[test]
fn a_clock_that_is_held_ends_the_transfer() {
    check(
        "\
from machine import SoftI2C, Pin
held = Pin('GROUND', Pin.IN)
try:
    SoftI2C(scl=held, sda=Pin('SDA'), timeout=1000)
except OSError as error:
    print(error)
",
        "[Errno 110] ETIMEDOUT\n",
    );
}

#[test]
fn bytes_go_over_spi_both_ways() {
    for (make, modes) in [
        ("SPI(0, baudrate=1000000, polarity=p, phase=h)", "(0, 1)"),
        ("SoftSPI(polarity=p, phase=h, sck=Pin('LED'), mosi=Pin('LOOP_OUT'), miso=Pin('LOOP_IN'))", "(0, 1)"),
    ] {
        check(
            &format!(
                "\
from machine import SPI, SoftSPI, Pin
for p in {modes}:
    for h in {modes}:
        bus = {make}
        buffer = bytearray(3)
        bus.write_readinto(b'abc', buffer)
        bus.write(b'xyz')
        print(bus.read(2, 0x55), buffer)
try:
    bus.write_readinto(b'a', buffer)
except ValueError as error:
    print(error)
"
            ),
            &("b'UU' bytearray(b'abc')\n".repeat(4) + "buffers must be the same length\n"),
        );
    }
}

#[test]
fn the_clock_of_lines_rests_as_asked() {
    let (_, board) = run("\
from machine import SoftSPI, Pin
SoftSPI(polarity=1, sck=Pin('LED'), mosi=Pin('LOOP_OUT'), miso=Pin('LOOP_IN'), firstbit=SoftSPI.LSB).write(b'\\x01')
");
    assert_eq!(board.levels_of("LED"), [true].into_iter().chain([false, true].repeat(8)).collect::<Vec<_>>());
    assert_eq!(board.levels_of("LOOP_OUT"), [false, true, false, false, false, false, false, false, false]);
}

#[test]
fn a_serial_line_is_a_stream() {
    check(
        "\
from machine import UART
import select
line = UART(1, 9600, timeout=20)
poll = select.poll()
poll.register(line, select.POLLIN)
print(line.any(), line.read(), poll.poll(0))
print(line.write('hello\\nworld'), line.any(), len(poll.poll(0)))
print(line.readline(), line.read(2), line.read(), line.read(1))
line.flush()
print(line.txdone())
try:
    UART(1, bits=9)
except ValueError as error:
    print(error)
",
        "0 None []\n11 11 1\nb'hello\\n' b'wo' b'rld' None\nTrue\n8 bits, no parity and 1 stop bit are wanted\n",
    );
}

#[test]
fn converters_and_pulses_are_of_pins() {
    let (printed, board) = run("\
from machine import ADC, PWM, Pin
print(ADC('ANALOG').read_u16())
try:
    ADC('LED')
except OSError as error:
    print(error)
pulses = PWM(Pin('LED'), freq=1000, duty_u16=32768)
print(pulses.freq(), pulses.duty_u16(), pulses.duty_ns())
pulses.duty_ns(250_000)
pulses.freq(2000)
print(pulses.duty_u16(), pulses.duty_ns())
pulses.deinit()
");
    assert_eq!(printed, "40000\n[Errno 95] EOPNOTSUPP\n1000 32768 500007\n32767 250000\n");
    assert_eq!(board.pulses.take(), ["1000 Hz 32768", "1000 Hz 16383", "2000 Hz 32767", "none"]);
}

#[test]
fn inputs_of_the_converter_have_numbers() {
    check(
        "\
from machine import ADC, Pin
print(ADC(0).read_u16(), ADC(1).read_u16(), ADC(7).read_u16())
for other in (2, 8, -1, Pin(0)):
    try:
        ADC(other)
    except (OSError, ValueError) as error:
        print(error)
",
        "40000 300 40000\n[Errno 95] EOPNOTSUPP\ninvalid pin\ninvalid pin\n[Errno 95] EOPNOTSUPP\n",
    );
}

#[test]
fn pins_have_other_names() {
    check("from machine import Pin\nprint(Pin('LIGHT') is Pin('LED'), Pin('LIGHT'))", "True Pin(LED, mode=IN)\n");
}

#[test]
fn buses_and_lines_are_told_their_pins() {
    let (printed, board) = run("\
from machine import I2C, SPI, UART, Pin
I2C(0)
I2C(0, scl=Pin('BUTTON'), sda=4)
bus = SPI(0, sck=Pin('LED'), miso='LOOP_IN')
bus.init(baudrate=9600)
line = UART(1)
line.init(9600)
line.init(tx=Pin('LED'), rx=None)
for make in (lambda: I2C(0, scl=6, sda=1), lambda: SPI(0, mosi='GROUND'), lambda: line.init(rx=6)):
    try:
        make()
    except OSError as error:
        print(error)
");
    assert_eq!(printed, "[Errno 22] EINVAL\n".repeat(3));
    let expected = [
        "I2c 0 [None, None]",
        "I2c 0 [Some(3), Some(4)]",
        "Spi 0 [Some(2), None, Some(5)]",
        "Serial 1 [None, None]",
        "Serial 1 [Some(2), None]",
        "I2c 0 [Some(6), Some(1)]",
        "Spi 0 [None, Some(6), None]",
        "Serial 1 [None, Some(6)]",
    ];
    assert_eq!(board.connections.take(), expected);
}

#[test]
fn the_board_has_a_frequency_a_number_and_a_watchdog() {
    let (printed, board) = run("\
import machine
print(machine.freq(), machine.unique_id(), machine.reset_cause() == machine.WDT_RESET)
machine.freq(48_000_000)
print(machine.freq())
dog = machine.WDT(timeout=1500)
dog.feed()
machine.lightsleep(20)
try:
    machine.WDT(id=1)
except ValueError as error:
    print(error)
");
    assert_eq!(printed, "12000000 b'board' True\n48000000\nWDT doesn't exist\n");
    assert_eq!(board.fed.take(), [1500, 1500]);
}

#[test]
fn frequencies_that_cannot_be_are_refused() {
    check(
        "\
import machine
machine.freq(1000, 1000)
for wrong in (0,), (-1,), (1 << 40,), (1000, 999), (1000, -1):
    try:
        machine.freq(*wrong)
    except (ValueError, OverflowError) as error:
        print(error)
",
        "cannot change frequency\ncannot change frequency\ncannot change frequency\n\
         peripheral freq must be 48_000_000 or the same as the MCU freq\n\
         peripheral freq must be 48_000_000 or the same as the MCU freq\n",
    );
}

#[test]
fn long_bits_are_pulses_too() {
    let (_, board) = run("\
from machine import bitstream
bitstream('LED', 0, (2_000_000, 500_000, 0, 1_000), b'\\x01')
");
    let total = board.delays.take().into_iter().map(|time| time.as_nanos()).sum::<u128>();
    assert_eq!(total, 7 * 2_500_000 + 1_000);
    assert_eq!(board.levels_of("LED"), [true, false].repeat(8));
}

#[test]
fn bits_are_pulses() {
    let (_, board) = run("\
from machine import Pin, bitstream
bitstream(Pin('LED', Pin.OUT), 0, (400, 850, 800, 450), b'\\xa0')
");
    let lengths = board.delays.take().into_iter().map(|time| time.as_nanos()).collect::<Vec<_>>();
    let (one, zero) = ([800, 450], [400, 850]);
    assert_eq!(lengths, [one, zero, one, zero, zero, zero, zero, zero].concat());
    assert_eq!(board.levels_of("LED"), [true, false].repeat(8));
}

#[test]
fn a_machine_without_hardware_says_so() {
    let heap = Heap::growing(&GlobalRegions, 1 << 20);
    let mut board = Simulated::default();
    board.is_bare = true;
    let board = Rc::new(board);
    let mut vm =
        new_vm(heap, Box::new(SimulatedHost(Rc::clone(&board))), Limits::default()).expect("the heap has room");
    vm.register(berus_stdlib::MODULES);
    let source = "\
import machine
for call in (machine.freq, machine.unique_id, machine.reset_cause, lambda: machine.Pin(0), machine.WDT):
    try:
        call()
    except OSError as error:
        print(error)
";
    vm.enter(|vm| {
        let body = vm.compile(source.as_bytes(), b"test.py", Mode::File, vm.main());
        assert!(body.and_then(|body| vm.run_body(body, vm.main())).is_ok());
    });
    assert_eq!(String::from_utf8_lossy(&board.output.take()), "[Errno 19] ENODEV\n".repeat(5));
}
