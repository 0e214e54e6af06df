//! QEMU's own RISC-V board (facts: QEMU's documentation of `virt`, the privileged architecture's manual for the timer,
//! the manual of the PLIC, National Semiconductor's of the 16550).

use core::time::Duration;

use berus_firmware::board::die;
use berus_firmware::chip::Chip;
use berus_firmware::console;
use berus_runtime::host::{Hardware, Identity, ResetCause};
use riscv::interrupt::Interrupt;
use riscv::register::{mcause, mepc, mie};
use riscv_rt::{core_interrupt, exception};

use super::Register;
use crate::{IDENTITY, cause};

/// The board's processor.
pub static CHIP: Virt = Virt;

/// See [`CHIP`].
pub struct Virt;

// SAFETY: the timer is there, two words that count, and two words with which it compares.
const TIME: [Register; 2] = unsafe { [Register::at(0x0200_bff8), Register::at(0x0200_bffc)] };
// SAFETY: as above.
const ALARM: [Register; 2] = unsafe { [Register::at(0x0200_4000), Register::at(0x0200_4004)] };

/// Nanoseconds between two counts of the timer.
const PERIOD: u64 = 100;

// SAFETY: the clock is there, nanoseconds since 1970 in two words.
const CLOCK: [Register; 2] = unsafe { [Register::at(0x10_1000), Register::at(0x10_1004)] };

/// The serial line.
mod uart {
    use super::Register;

    const BASE: usize = 0x1000_0000;

    // SAFETY: the serial line is there, and nothing but bytes depends on it.
    pub const DATA: Register<u8> = unsafe { Register::at(BASE) };
    // SAFETY: as above.
    pub const INTERRUPTS: Register<u8> = unsafe { Register::at(BASE + 1) };
    // SAFETY: as above.
    pub const FIFO: Register<u8> = unsafe { Register::at(BASE + 2) };
    // SAFETY: as above.
    pub const STATE: Register<u8> = unsafe { Register::at(BASE + 5) };

    /// Bits of `STATE`.
    pub const HAS_RECEIVED: u8 = 1;
    pub const IS_FREE: u8 = 1 << 5;

    /// The line's interrupt at the controller.
    pub const NUMBER: u32 = 10;
}

/// The interrupt controller.
mod controller {
    use super::{Register, uart};

    const BASE: usize = 0x0c00_0000;

    // SAFETY: the controller is there, and only which interrupts come depends on it.
    pub const PRIORITY: Register = unsafe { Register::at(BASE + 4 * uart::NUMBER as usize) };
    // SAFETY: as above.
    pub const ENABLED: Register = unsafe { Register::at(BASE + 0x2000) };
    // SAFETY: as above.
    pub const THRESHOLD: Register = unsafe { Register::at(BASE + 0x20_0000) };
    // SAFETY: as above.
    pub const CLAIM: Register = unsafe { Register::at(BASE + 0x20_0004) };
}

// SAFETY: the register is QEMU's switch, and to write to it ends the program.
const SWITCH: Register = unsafe { Register::at(0x10_0000) };
const RESET: u32 = 0x7777;

/// Starts serial line and interrupts.
pub fn start() {
    uart::FIFO.write(1);
    controller::PRIORITY.write(1);
    controller::ENABLED.write(1 << uart::NUMBER);
    controller::THRESHOLD.write(0);
    ALARM[1].write(u32::MAX);
    // SAFETY: the handlers below are all that interrupts run.
    unsafe {
        mie::set_mext();
        riscv::interrupt::enable();
    }
}

impl Chip for Virt {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        Some(self)
    }

    fn wall_clock(&self) -> Option<Duration> {
        // The lower word first: it latches the other one.
        let low = CLOCK[0].read();
        Some(Duration::from_nanos(u64::from(CLOCK[1].read()) << 32 | u64::from(low)))
    }

    fn now(&self) -> Duration {
        let counts = loop {
            let high = TIME[1].read();
            let low = TIME[0].read();
            if TIME[1].read() == high {
                break u64::from(high) << 32 | u64::from(low);
            }
        };
        Duration::new(counts / (1_000_000_000 / PERIOD), (counts % (1_000_000_000 / PERIOD) * PERIOD) as u32)
    }

    fn doze(&self, until: Option<Duration>) {
        let end =
            until.map_or(u64::MAX, |until| until.as_nanos().div_ceil(PERIOD.into()).try_into().unwrap_or(u64::MAX));
        // Nothing is due in between.
        ALARM[1].write(u32::MAX);
        ALARM[0].write(end as u32);
        ALARM[1].write((end >> 32) as u32);
        // SAFETY: the processor wakes, and as interrupts are held off, that is all.
        unsafe { mie::set_mtimer() };
        riscv::asm::wfi();
        // SAFETY: as above.
        unsafe { mie::clear_mtimer() };
    }

    fn transmit(&self, byte: u8) -> bool {
        let is_free = uart::STATE.read() & uart::IS_FREE != 0;
        if is_free {
            uart::DATA.write(byte);
        }
        is_free
    }

    fn receive(&self) -> Option<u8> {
        (uart::STATE.read() & uart::HAS_RECEIVED != 0).then(|| uart::DATA.read())
    }

    fn listen(&self, is_wanted: bool) {
        uart::INTERRUPTS.write(is_wanted.into());
    }

    fn reset(&self) -> ! {
        cause::note(ResetCause::Reset);
        loop {
            SWITCH.write(RESET);
        }
    }
}

/// The board has no pins.
impl Hardware for Virt {
    fn frequency(&self) -> u32 {
        // That of the timer: QEMU's processor has no clock.
        (1_000_000_000 / PERIOD) as u32
    }

    fn reset_cause(&self) -> ResetCause {
        cause::last()
    }

    fn delay(&self, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {}
    }
}

#[core_interrupt(Interrupt::MachineExternal)]
fn external() {
    let number = controller::CLAIM.read();
    console::received(&CHIP);
    controller::CLAIM.write(number);
}

#[exception(riscv::interrupt::Exception::IllegalInstruction)]
fn illegal_instruction(_: &riscv_rt::TrapFrame) -> ! {
    fault()
}

#[exception(riscv::interrupt::Exception::LoadFault)]
fn load_fault(_: &riscv_rt::TrapFrame) -> ! {
    fault()
}

#[exception(riscv::interrupt::Exception::StoreFault)]
fn store_fault(_: &riscv_rt::TrapFrame) -> ! {
    fault()
}

fn fault() -> ! {
    die(&CHIP, format_args!("fault {} at {:#010x}", mcause::read().code(), mepc::read()))
}
