//! Programmable input and output: blocks of four machines (facts: the datasheets, "PIO").

use core::sync::atomic::{AtomicU8, Ordering};

use berus_runtime::host::pio::{MachineSettings, Pio};

use super::pins::{self, User};
#[cfg(feature = "rp235x")]
use crate::hal::pac::PIO2;
use crate::hal::pac::pio0::RegisterBlock;
use crate::hal::pac::{Interrupt, PIO0, PIO1, interrupt};

/// How many blocks there are.
const COUNT: usize = if cfg!(feature = "rp2040") { 2 } else { 3 };

/// The blocks.
pub static BLOCKS: [Block; COUNT] = [
    Block::new(0, User::FirstPio),
    Block::new(1, User::SecondPio),
    #[cfg(feature = "rp235x")]
    Block::new(2, User::ThirdPio),
];

/// Their interrupts.
pub const INTERRUPTS: [Interrupt; COUNT] = [
    Interrupt::PIO0_IRQ_0,
    Interrupt::PIO1_IRQ_0,
    #[cfg(feature = "rp235x")]
    Interrupt::PIO2_IRQ_0,
];

pub struct Block {
    number: usize,
    user: User,
    /// The flags that were noted.
    flags: AtomicU8,
}

/// Where registers for all machines have things: the flags among what interrupts; what begins anew, and dividers that do; what
/// queues are.
const FIRST_FLAG: u32 = 8;
const RESTART: u32 = 4;
const RESTART_DIVIDER: u32 = 8;
const IS_FULL: u32 = 16;
const IS_EMPTY: u32 = 8;

/// Settings that join queues, and instructions: a jump, and those that set pins and their directions.
const JOINED: u32 = 3 << 30;
const JUMP: u16 = 0;
const SET_PINS: u16 = 0xe000;
const SET_DIRECTIONS: u16 = 0xe080;

/// Where the settings of pins have the first pin of `set`, and how many they are.
const SET_BASE: u32 = 5;
const SET_COUNT: u32 = 26;

impl Block {
    const fn new(number: usize, user: User) -> Block {
        Block { number, user, flags: AtomicU8::new(0) }
    }

    fn registers(&self) -> &'static RegisterBlock {
        let registers = match self.number {
            0 => PIO0::ptr(),
            1 => PIO1::ptr(),
            #[cfg(feature = "rp235x")]
            _ => PIO2::ptr(),
            #[cfg(feature = "rp2040")]
            _ => PIO1::ptr(),
        };
        // SAFETY: they are there, and nobody else uses them.
        unsafe { &*registers }
    }

    /// Sets and clears bits of the register that all machines have together.
    fn control(&self, change: impl FnOnce(u32) -> u32) {
        // SAFETY: the bits are those of machines.
        self.registers().ctrl().modify(|r, w| unsafe { w.bits(change(r.bits())) });
    }

    /// Takes note of flags, which are cleared.
    fn note(&self) {
        let registers = self.registers();
        let flags = registers.sm_irq(0).irq_ints().read().bits() >> FIRST_FLAG & 0xf;
        // SAFETY: the bits are those of flags.
        registers.irq().write(|w| unsafe { w.bits(flags) });
        critical_section::with(|_| {
            self.flags.store(self.flags.load(Ordering::Relaxed) | flags as u8, Ordering::Relaxed);
        });
    }
}

impl Pio for Block {
    fn load(&self, start: usize, instructions: &mut dyn Iterator<Item = u16>) {
        let registers = self.registers();
        for (place, instruction) in (start..).zip(instructions) {
            // SAFETY: any instruction will do.
            registers.instr_mem(place).write(|w| unsafe { w.bits(instruction.into()) });
        }
    }

    fn set_up(&self, machine: usize, settings: &MachineSettings, start: usize) {
        self.set_running(machine, false);
        let registers = self.registers().sm(machine);
        // SAFETY: any settings will do.
        unsafe {
            registers.sm_clkdiv().write(|w| w.bits(settings.divider.wrapping_shl(8)));
            registers.sm_execctrl().write(|w| w.bits(settings.execution));
            // Queues are emptied by being joined otherwise.
            registers.sm_shiftctrl().write(|w| w.bits(settings.shifting ^ JOINED));
            registers.sm_shiftctrl().write(|w| w.bits(settings.shifting));
            registers.sm_pinctrl().write(|w| w.bits(settings.pins));
        }
        self.restart(machine, start);
    }

    fn take_pins(&self, machine: usize, pins: u32, outputs: u32, levels: u32) {
        let register = self.registers().sm(machine).sm_pinctrl();
        let before = register.read().bits();
        for pin in (0..pins::NAMES.len()).filter(|pin| pins >> pin & 1 != 0) {
            // SAFETY: the bits are a pin's.
            register.write(|w| unsafe { w.bits((pin as u32) << SET_BASE | 1 << SET_COUNT) });
            self.execute(machine, SET_PINS | (levels >> pin & 1) as u16);
            self.execute(machine, SET_DIRECTIONS | (outputs >> pin & 1) as u16);
            pins::pass_on(pin, self.user);
        }
        // SAFETY: they were there before.
        register.write(|w| unsafe { w.bits(before) });
    }

    fn set_running(&self, machine: usize, is_running: bool) {
        let bit = 1 << machine;
        self.control(|bits| if is_running { bits | bit } else { bits & !bit });
    }

    fn is_running(&self, machine: usize) -> bool {
        self.registers().ctrl().read().bits() >> machine & 1 != 0
    }

    fn restart(&self, machine: usize, start: usize) {
        self.control(|bits| bits | 1 << (RESTART + machine as u32) | 1 << (RESTART_DIVIDER + machine as u32));
        self.execute(machine, JUMP | start as u16);
    }

    fn execute(&self, machine: usize, instruction: u16) {
        // SAFETY: any instruction will do.
        self.registers().sm(machine).sm_instr().write(|w| unsafe { w.bits(instruction.into()) });
    }

    fn put(&self, machine: usize, word: u32) -> bool {
        let registers = self.registers();
        let has_room = registers.fstat().read().bits() >> (IS_FULL + machine as u32) & 1 == 0;
        if has_room {
            // SAFETY: any word will do.
            registers.txf(machine).write(|w| unsafe { w.bits(word) });
        }
        has_room
    }

    fn get(&self, machine: usize) -> Option<u32> {
        let registers = self.registers();
        let is_empty = registers.fstat().read().bits() >> (IS_EMPTY + machine as u32) & 1 != 0;
        (!is_empty).then(|| registers.rxf(machine).read().bits())
    }

    fn waiting(&self, machine: usize) -> (usize, usize) {
        let levels = self.registers().flevel().read().bits() >> (8 * machine);
        ((levels & 0xf) as usize, (levels >> 4 & 0xf) as usize)
    }

    fn watch(&self, flags: u8) {
        // SAFETY: the bits are those of flags.
        self.registers().sm_irq(0).irq_inte().write(|w| unsafe { w.bits(u32::from(flags) << FIRST_FLAG) });
        if flags == 0 {
            self.flags.store(0, Ordering::Relaxed);
        }
    }
}

/// A block of which flags were noted, and which.
pub fn next_flags() -> Option<(usize, u8)> {
    critical_section::with(|_| {
        let block = BLOCKS.iter().find(|block| block.flags.load(Ordering::Relaxed) != 0)?;
        let flags = block.flags.load(Ordering::Relaxed);
        block.flags.store(0, Ordering::Relaxed);
        Some((block.number, flags))
    })
}

#[interrupt]
fn PIO0_IRQ_0() {
    BLOCKS[0].note();
}

#[interrupt]
fn PIO1_IRQ_0() {
    BLOCKS[1].note();
}

#[cfg(feature = "rp235x")]
#[interrupt]
fn PIO2_IRQ_0() {
    BLOCKS[2].note();
}
