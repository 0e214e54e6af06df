//! The processor and what is around it: clocks, timer, console, reset (facts: the datasheets of RP2040 and RP2350).

use core::time::Duration;

use berus_firmware::board::die;
use berus_firmware::chip::Chip;
use berus_runtime::host::{Hardware, Identity};
use cortex_m::peripheral::NVIC;
use cortex_m::singleton;
use cortex_m_rt::{ExceptionFrame, exception};
use usb_device::bus::UsbBusAllocator;

use crate::hal::clocks::init_clocks_and_plls;
#[cfg(feature = "rp2040")]
use crate::hal::pac::TIMER;
#[cfg(feature = "rp235x")]
use crate::hal::pac::TIMER0 as TIMER;
use crate::hal::pac::{Interrupt, Peripherals, interrupt};
use crate::hal::usb::UsbBus;
use crate::hal::{Timer, Watchdog};
use crate::hardware::clocks::CRYSTAL;
use crate::hardware::{Rp, entropy, power};
use crate::{IDENTITY, flash, hardware, usb};

/// The board's processor.
pub static CHIP: Rp = Rp;

/// The longest doze in microseconds: the alarm knows only the lower word of time.
const LONGEST: u64 = 1 << 30;

#[cfg(feature = "rp2040")]
const ALARM: Interrupt = Interrupt::TIMER_IRQ_0;
#[cfg(feature = "rp235x")]
const ALARM: Interrupt = Interrupt::TIMER0_IRQ_0;

/// The timer.
fn timer() -> TIMER {
    // SAFETY: nobody but this file uses it, and the chip runs it by the time that this is called.
    unsafe { TIMER::steal() }
}

/// Starts clocks, timer, hardware, and the serial line over USB.
pub fn start() {
    let Some(mut parts) = Peripherals::take() else { return };
    power::start();
    let mut watchdog = Watchdog::new(parts.WATCHDOG);
    let clocks = init_clocks_and_plls(
        CRYSTAL,
        parts.XOSC,
        parts.CLOCKS,
        parts.PLL_SYS,
        parts.PLL_USB,
        &mut parts.RESETS,
        &mut watchdog,
    );
    let Ok(clocks) = clocks else { power::reset() };
    #[cfg(feature = "rp2040")]
    Timer::new(parts.TIMER, &mut parts.RESETS, &clocks);
    #[cfg(feature = "rp235x")]
    Timer::new_timer0(parts.TIMER0, &mut parts.RESETS, &clocks);
    hardware::start(&mut parts.RESETS);
    flash::start();
    #[cfg(feature = "rp2040")]
    let (registers, memory) = (parts.USBCTRL_REGS, parts.USBCTRL_DPRAM);
    #[cfg(feature = "rp235x")]
    let (registers, memory) = (parts.USB, parts.USB_DPRAM);
    let bus = UsbBus::new(registers, memory, clocks.usb_clock, true, &mut parts.RESETS);
    if let Some(bus) = singleton!(: UsbBusAllocator<UsbBus> = UsbBusAllocator::new(bus)) {
        usb::start(bus);
    }
    // SAFETY: the handler below is all that it runs.
    unsafe { NVIC::unmask(ALARM) };
}

/// Microseconds since the start.
fn microseconds() -> u64 {
    let timer = timer();
    loop {
        let high = timer.timerawh().read().bits();
        let low = timer.timerawl().read().bits();
        if timer.timerawh().read().bits() == high {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

impl Chip for Rp {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        Some(self)
    }

    fn now(&self) -> Duration {
        Duration::from_micros(microseconds())
    }

    fn doze(&self, until: Option<Duration>) {
        let timer = timer();
        let now = microseconds();
        let end = until.map_or(u64::MAX, |until| until.as_micros().try_into().unwrap_or(u64::MAX));
        let end = end.min(now + LONGEST);
        // The alarm rings when the timer comes to its time, but not if that has passed.
        timer.inte().write(|w| w.alarm_0().set_bit());
        // SAFETY: any time will do.
        timer.alarm0().write(|w| unsafe { w.bits(end as u32) });
        if microseconds() < end {
            cortex_m::asm::wfi();
        }
    }

    fn transmit(&self, byte: u8) -> bool {
        usb::transmit(byte)
    }

    fn receive(&self) -> Option<u8> {
        usb::receive()
    }

    fn listen(&self, is_wanted: bool) {
        usb::listen(is_wanted);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        entropy::fill(buffer)
    }

    fn reset(&self) -> ! {
        power::reset()
    }

    fn bootloader(&self) -> ! {
        power::bootloader()
    }
}

/// The time that was dozed for is over.
fn ring() {
    let timer = timer();
    timer.inte().write(|w| w.alarm_0().clear_bit());
    timer.intr().write(|w| w.alarm_0().clear_bit_by_one());
}

#[cfg(feature = "rp2040")]
#[interrupt]
fn TIMER_IRQ_0() {
    ring();
}

#[cfg(feature = "rp235x")]
#[interrupt]
fn TIMER0_IRQ_0() {
    ring();
}

#[exception]
unsafe fn DefaultHandler(number: i16) {
    die(&CHIP, format_args!("exception {number}"))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    die(&CHIP, format_args!("fault at {:#010x}, called from {:#010x}", frame.pc(), frame.lr()))
}
