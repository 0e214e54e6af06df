//! A board with a few pins, a clock of its own, and something at each pin.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE, UNSUPPORTED};
use berus_runtime::host::pio::{MachineSettings, Pio};
use berus_runtime::host::{
    Board, Connection, Edges, Hardware, Host, I2cBus, PinMode, Pull, Pulses, Reset, ResetCause, SerialLine, SpiBus,
};

/// The pins. `LOOP_OUT` is wired to `LOOP_IN`; a memory is at `SCL` and `SDA`; `GROUND` is always low.
const PINS: &[&str] = &["SCL", "SDA", "LED", "BUTTON", "LOOP_OUT", "LOOP_IN", "GROUND", "ANALOG"];
const SCL: usize = 0;
const SDA: usize = 1;
const LOOP_OUT: usize = 4;
const LOOP_IN: usize = 5;
const GROUND: usize = 6;
const ANALOG: usize = 7;

/// What the converter measures beside a pin.
const THERMOMETER: usize = PINS.len();

#[derive(Default)]
pub struct Simulated {
    /// Whether the board has no hardware for programs.
    pub is_bare: bool,
    pub output: RefCell<Vec<u8>>,
    /// What pins were driven to.
    pub driven: RefCell<Vec<(usize, bool)>>,
    pub delays: RefCell<Vec<Duration>>,
    pub pulses: RefCell<Vec<String>>,
    /// What pins were handed over to, and which were named.
    pub connections: RefCell<Vec<String>>,
    /// The times that the watchdog was given, in milliseconds.
    pub fed: RefCell<Vec<u128>>,
    time: Cell<Duration>,
    levels: [Cell<bool>; 8],
    modes: [Cell<Option<PinMode>>; 8],
    pulls: [Cell<Pull>; 8],
    watched: [Cell<Edges>; 8],
    changes: RefCell<VecDeque<(usize, Edges)>>,
    memory: Memory,
    line: RefCell<VecDeque<u8>>,
    frequency: Cell<u32>,
    /// What was done to the block of machines, and what its machines have given and are.
    pub machines: RefCell<Vec<String>>,
    pub given: RefCell<VecDeque<u32>>,
    running: Cell<u32>,
    /// The flags that machines have set.
    pub flags: Cell<u8>,
}

/// The host of the board's interpreter.
pub struct SimulatedHost(pub Rc<Simulated>);

impl Simulated {
    /// The levels that a pin was driven to, each once.
    pub fn levels_of(&self, name: &str) -> Vec<bool> {
        let driven = self.driven.borrow();
        driven.iter().filter(|(pin, _)| PINS[*pin] == name).map(|(_, level)| *level).collect()
    }

    fn pass(&self, time: Duration) {
        self.time.set(self.time.get() + time);
    }

    /// What the memory at the lines sees of one.
    fn line_level(&self, pin: usize) -> bool {
        self.modes[pin].get().is_none() || self.levels[pin].get()
    }
}

impl Host for SimulatedHost {
    fn write_stdout(&self, bytes: &[u8]) {
        self.0.output.borrow_mut().extend_from_slice(bytes);
    }

    fn monotonic(&self) -> Option<Duration> {
        self.0.pass(Duration::from_micros(1));
        Some(self.0.time.get())
    }

    fn sleep(&self, time: Duration) {
        self.0.pass(time);
    }

    fn board(&self) -> Option<&dyn Board> {
        Some(&*self.0)
    }
}

impl Board for Simulated {
    fn reset(&self, _: Reset) {}

    fn hardware(&self) -> Option<&dyn Hardware> {
        (!self.is_bare).then_some(self)
    }
}

impl Hardware for Simulated {
    fn pins(&self) -> &'static [&'static str] {
        PINS
    }

    fn find_pin(&self, name: &str) -> Option<usize> {
        let name = if name == "LIGHT" { "LED" } else { name };
        PINS.iter().position(|pin| *pin == name)
    }

    fn set_pin_mode(&self, pin: usize, mode: PinMode, pull: Pull) -> Result<(), Errno> {
        self.modes[pin].set(Some(mode));
        self.pulls[pin].set(pull);
        Ok(())
    }

    fn pin_level(&self, pin: usize) -> bool {
        match (pin, self.modes[pin].get()) {
            (LOOP_IN, _) => self.levels[LOOP_OUT].get(),
            (GROUND, _) => false,
            (SDA, Some(PinMode::OpenDrain)) => self.levels[SDA].get() && self.memory.lets_go(),
            (_, Some(PinMode::Output | PinMode::OpenDrain)) => self.levels[pin].get(),
            _ => self.pulls[pin].get() == Pull::Up,
        }
    }

    fn driven_level(&self, pin: usize) -> bool {
        self.levels[pin].get()
    }

    fn drive_pin(&self, pin: usize, level: bool) {
        self.driven.borrow_mut().push((pin, level));
        let before = self.levels[pin].replace(level);
        if pin == LOOP_OUT && before != level {
            let edges = Edges { rising: level, falling: !level };
            let watched = self.watched[LOOP_IN].get();
            if edges.rising && watched.rising || edges.falling && watched.falling {
                self.changes.borrow_mut().push_back((LOOP_IN, edges));
            }
        }
        if pin == SCL || pin == SDA {
            self.memory.see(self.line_level(SCL), self.line_level(SDA));
        }
    }

    fn watch_pin(&self, pin: usize, edges: Edges) -> Result<(), Errno> {
        self.watched[pin].set(edges);
        Ok(())
    }

    fn next_change(&self) -> Option<(usize, Edges)> {
        self.changes.borrow_mut().pop_front()
    }

    fn analog_pins(&self) -> &'static [usize] {
        &[ANALOG, THERMOMETER]
    }

    fn analog_level(&self, pin: usize) -> Result<u16, Errno> {
        match pin {
            ANALOG => Ok(40_000),
            THERMOMETER => Ok(300),
            _ => Err(UNSUPPORTED),
        }
    }

    fn set_pulses(&self, _: usize, pulses: Option<Pulses>) -> Result<(), Errno> {
        let text = pulses.map_or("none".to_owned(), |Pulses { frequency, duty }| format!("{frequency} Hz {duty}"));
        self.pulses.borrow_mut().push(text);
        Ok(())
    }

    fn connect(&self, what: Connection, number: usize, pins: &[Option<usize>]) -> Result<(), Errno> {
        self.connections.borrow_mut().push(format!("{what:?} {number} {pins:?}"));
        if pins.contains(&Some(GROUND)) { Err(INVALID) } else { Ok(()) }
    }

    fn i2c(&self, number: usize) -> Option<&dyn I2cBus> {
        (number == 0).then_some(&self.memory)
    }

    fn spi(&self, number: usize) -> Option<&dyn SpiBus> {
        (number == 0).then_some(self)
    }

    fn serial(&self, number: usize) -> Option<&dyn SerialLine> {
        (number == 1).then_some(self)
    }

    fn pio(&self, number: usize) -> Option<&dyn Pio> {
        (number == 0).then_some(self)
    }

    fn next_flags(&self) -> Option<(usize, u8)> {
        Some((0, self.flags.take())).filter(|(_, flags)| *flags != 0)
    }

    fn bootloader_button(&self) -> Result<bool, Errno> {
        Ok(true)
    }

    fn set_peripheral_frequency(&self, frequency: u32) -> Result<(), Errno> {
        if frequency == self.frequency.get() { Ok(()) } else { Err(INVALID) }
    }

    fn feed_watchdog(&self, timeout: Duration) -> Result<(), Errno> {
        self.fed.borrow_mut().push(timeout.as_millis());
        Ok(())
    }

    fn frequency(&self) -> u32 {
        self.frequency.get().max(12_000_000)
    }

    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        if frequency == 0 {
            return Err(INVALID);
        }
        self.frequency.set(frequency);
        Ok(())
    }

    fn unique_id(&self) -> &[u8] {
        b"board"
    }

    fn reset_cause(&self) -> ResetCause {
        ResetCause::Watchdog
    }

    fn delay(&self, time: Duration) {
        self.delays.borrow_mut().push(time);
        self.pass(time);
    }
}

/// A block of machines, each of which gives what it is given, and sets flags that are executed.
impl Pio for Simulated {
    fn load(&self, start: usize, instructions: &mut dyn Iterator<Item = u16>) {
        let words = instructions.map(|word| format!("{word:04x}")).collect::<Vec<_>>().join(" ");
        self.machines.borrow_mut().push(format!("load at {start}: {words}"));
    }

    fn set_up(&self, machine: usize, settings: &MachineSettings, start: usize) {
        let MachineSettings { divider, execution, shifting, pins } = settings;
        let text = format!("set up {machine} at {start}: {divider} {execution:08x} {shifting:08x} {pins:08x}");
        self.machines.borrow_mut().push(text);
    }

    fn take_pins(&self, machine: usize, pins: u32, outputs: u32, levels: u32) {
        self.machines.borrow_mut().push(format!("pins of {machine}: {pins:b} {outputs:b} {levels:b}"));
    }

    fn set_running(&self, machine: usize, is_running: bool) {
        let others = self.running.get() & !(1 << machine);
        self.running.set(others | u32::from(is_running) << machine);
    }

    fn is_running(&self, machine: usize) -> bool {
        self.running.get() >> machine & 1 != 0
    }

    fn restart(&self, machine: usize, start: usize) {
        self.machines.borrow_mut().push(format!("restart {machine} at {start}"));
    }

    fn execute(&self, machine: usize, instruction: u16) {
        self.machines.borrow_mut().push(format!("execute {machine}: {instruction:04x}"));
        if instruction >> 13 == 6 {
            self.flags.set(self.flags.get() | 1 << (instruction & 3));
        }
    }

    fn put(&self, _: usize, word: u32) -> bool {
        self.given.borrow_mut().push_back(word);
        true
    }

    fn get(&self, _: usize) -> Option<u32> {
        self.given.borrow_mut().pop_front()
    }

    fn waiting(&self, _: usize) -> (usize, usize) {
        (0, self.given.borrow().len())
    }

    fn watch(&self, flags: u8) {
        self.machines.borrow_mut().push(format!("watch {flags:04b}"));
    }
}

/// A bus whose output is wired to its input.
impl SpiBus for Simulated {
    fn configure(&self, _: u32, _: bool, _: bool) -> Result<(), Errno> {
        Ok(())
    }

    fn exchange(&self, byte: u8) -> u8 {
        byte
    }
}

/// A line whose output is wired to its input.
impl SerialLine for Simulated {
    fn set_frequency(&self, _: u32) -> Result<(), Errno> {
        Ok(())
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        let mut line = self.line.borrow_mut();
        let len = buffer.len().min(line.len());
        buffer.iter_mut().zip(line.drain(..len)).for_each(|(place, byte)| *place = byte);
        len
    }

    fn available(&self) -> usize {
        self.line.borrow().len()
    }

    fn write(&self, bytes: &[u8]) -> usize {
        self.line.borrow_mut().extend(bytes.first());
        bytes.len().min(1)
    }

    fn is_idle(&self) -> bool {
        true
    }
}

/// A memory of 256 bytes at the address 0x50 of a bus: the first byte that is written is the place for those behind it, and
/// for those that are read.
pub struct Memory {
    bytes: RefCell<[u8; 256]>,
    place: Cell<u8>,
    /// What is expected of the controller.
    state: Cell<State>,
    lines: Cell<(bool, bool)>,
    /// The byte that is under way, and how often the clock has risen for it, with the answer nine times.
    byte: Cell<u8>,
    count: Cell<u32>,
    /// Whether the answer is the memory's.
    answers: Cell<bool>,
    /// Whether the memory holds the data line.
    holds: Cell<bool>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Idle,
    Address,
    Place,
    Write,
    Read,
}

const ADDRESS: u8 = 0x50;

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            bytes: RefCell::new([0xff; 256]),
            place: Cell::new(0),
            state: Cell::new(State::Idle),
            lines: Cell::new((true, true)),
            byte: Cell::new(0),
            count: Cell::new(0),
            answers: Cell::new(false),
            holds: Cell::new(false),
        }
    }
}

impl Memory {
    fn lets_go(&self) -> bool {
        !self.holds.get()
    }

    /// A byte has come: whether it is taken.
    fn take(&self, byte: u8) -> bool {
        let next = match self.state.get() {
            State::Address if byte >> 1 == ADDRESS => {
                if byte & 1 == 0 {
                    State::Place
                } else {
                    State::Read
                }
            }
            State::Place => {
                self.place.set(byte);
                State::Write
            }
            State::Write => {
                self.bytes.borrow_mut()[usize::from(self.place.get())] = byte;
                self.place.set(self.place.get().wrapping_add(1));
                State::Write
            }
            _ => State::Idle,
        };
        self.state.set(next);
        next != State::Idle
    }

    /// The byte that is read next.
    fn give(&self) -> u8 {
        let place = self.place.get();
        self.place.set(place.wrapping_add(1));
        self.bytes.borrow()[usize::from(place)]
    }

    /// The lines have these levels now: those of clock and data, as the controller drives them.
    fn see(&self, clock: bool, data: bool) {
        let (clock_before, data_before) = self.lines.replace((clock, data));
        match (clock_before, clock) {
            (true, true) if data_before && !data => {
                self.state.set(State::Address);
                self.count.set(0);
            }
            (true, true) if !data_before && data => self.state.set(State::Idle),
            (false, true) => self.clock_rises(data),
            (true, false) => self.clock_falls(),
            _ => {}
        }
    }

    fn clock_rises(&self, data: bool) {
        let count = self.count.get() + 1;
        self.count.set(count);
        if count < 9 && self.state.get() != State::Read {
            self.byte.set(self.byte.get() << 1 | u8::from(data));
        }
        if count == 9 && !self.answers.get() && data {
            // The controller wants no more.
            self.state.set(State::Idle);
        }
    }

    fn clock_falls(&self) {
        let is_read = self.state.get() == State::Read;
        match self.count.get() {
            0 => {}
            8 => {
                self.answers.set(!is_read);
                self.holds.set(!is_read && self.take(self.byte.get()));
            }
            9 => {
                self.count.set(0);
                self.byte.set(if is_read { self.give() } else { 0 });
                self.holds.set(is_read && self.byte.get() & 0x80 == 0);
            }
            count => self.holds.set(is_read && self.byte.get() << count & 0x80 == 0),
        }
    }
}

impl I2cBus for Memory {
    fn set_frequency(&self, _: u32) -> Result<(), Errno> {
        Ok(())
    }

    fn write(&self, address: u8, bytes: &mut dyn Iterator<Item = u8>, stops: bool) -> Result<usize, Errno> {
        self.call(address << 1)?;
        let taken = bytes.take_while(|byte| self.take(*byte)).count();
        if stops {
            self.state.set(State::Idle);
        }
        Ok(taken)
    }

    fn read(&self, address: u8, len: usize, take: &mut dyn FnMut(u8), stops: bool) -> Result<(), Errno> {
        self.call(address << 1 | 1)?;
        (0..len).for_each(|_| take(self.give()));
        if stops {
            self.state.set(State::Idle);
        }
        Ok(())
    }
}

impl Memory {
    /// Begins a transfer with the first byte that a controller sends.
    fn call(&self, byte: u8) -> Result<(), Errno> {
        self.state.set(State::Address);
        if self.take(byte) { Ok(()) } else { Err(NO_DEVICE) }
    }
}
