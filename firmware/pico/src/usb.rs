//! The console: a serial line over USB.

use core::cell::RefCell;

use berus_firmware::chip::Chip;
use berus_firmware::console;
use berus_firmware::usb::{SerialOverUsb, digits};
use cortex_m::peripheral::NVIC;
use cortex_m::singleton;
use critical_section::Mutex;
use usb_device::bus::UsbBusAllocator;
use usb_device::device::UsbVidPid;

use crate::chip::CHIP;
use crate::flash;
use crate::hal::pac::{Interrupt, interrupt};
use crate::hal::usb::UsbBus;

/// The identities that Raspberry Pi has for serial lines of its chips.
const IDENTITY: UsbVidPid = UsbVidPid(0x2e8a, if cfg!(feature = "rp2040") { 0x000a } else { 0x0009 });

static USB: Mutex<RefCell<Option<SerialOverUsb<UsbBus>>>> = Mutex::new(RefCell::new(None));

fn with<T>(act: impl FnOnce(&mut SerialOverUsb<UsbBus>) -> T) -> Option<T> {
    critical_section::with(|section| USB.borrow_ref_mut(section).as_mut().map(act))
}

/// The board's number in digits.
fn serial() -> &'static str {
    let number = flash::number().try_into().unwrap_or_default();
    singleton!(: [u8; 16] = digits(number)).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
}

/// Connects the board.
pub fn start(bus: &'static UsbBusAllocator<UsbBus>) {
    let usb = SerialOverUsb::new(bus, IDENTITY, serial());
    critical_section::with(|section| USB.replace(section, usb));
    listen(true);
}

/// Sends a byte: `false` if there is no room now.
pub fn transmit(byte: u8) -> bool {
    with(|usb| usb.transmit(byte, CHIP.now())).unwrap_or(true)
}

/// The next byte that has come.
pub fn receive() -> Option<u8> {
    with(SerialOverUsb::receive)?
}

/// Has the other end's packets interrupt, or wait there. The first that waits would interrupt again and again.
pub fn listen(is_wanted: bool) {
    if is_wanted {
        // SAFETY: the handler below is all that it runs.
        unsafe { NVIC::unmask(Interrupt::USBCTRL_IRQ) };
    } else {
        NVIC::mask(Interrupt::USBCTRL_IRQ);
    }
}

#[interrupt]
fn USBCTRL_IRQ() {
    with(SerialOverUsb::poll);
    console::received(&CHIP);
}
