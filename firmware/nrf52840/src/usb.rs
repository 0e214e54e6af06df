//! The console: a serial line over USB, once the plug has power.

use core::cell::RefCell;

use berus_firmware::chip::Chip;
use berus_firmware::console;
use berus_firmware::usb::{SerialOverUsb, digits};
use cortex_m::peripheral::NVIC;
use cortex_m::singleton;
use critical_section::Mutex;
use nrf_pac::{Interrupt, POWER, USBD, interrupt};
use nrf_usbd::{UsbPeripheral, Usbd};
use usb_device::bus::UsbBusAllocator;
use usb_device::device::UsbVidPid;

use crate::chip::{CHIP, unmask};
use crate::hardware::power;

/// The identity by which programs know boards with this chip: that of MicroPython's.
const IDENTITY: UsbVidPid = UsbVidPid(0xf055, 0x9802);

/// The chip's controller.
struct Controller;

// SAFETY: the registers are the controller's, which nobody else uses.
unsafe impl UsbPeripheral for Controller {
    const REGISTERS: *const () = USBD.as_ptr().cast_const();
}

type Line = SerialOverUsb<Usbd<Controller>>;

static USB: Mutex<RefCell<Option<Line>>> = Mutex::new(RefCell::new(None));

fn with<T>(act: impl FnOnce(&mut Line) -> T) -> Option<T> {
    critical_section::with(|section| USB.borrow_ref_mut(section).as_mut().map(act))
}

/// The board's number in digits.
fn serial() -> &'static str {
    let digits = singleton!(: [u8; 16] = digits(power::read_number()));
    digits.and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
}

/// Connects the board as soon as the plug has power.
pub fn start() {
    POWER.intenset().write(|w| w.set_usbpwrrdy(true));
    unmask(&[Interrupt::CLOCK_POWER]);
    if POWER.usbregstatus().read().outputrdy() {
        connect();
    }
}

/// Connects the board, once.
fn connect() {
    let Some(bus) = singleton!(: UsbBusAllocator<Usbd<Controller>> = UsbBusAllocator::new(Usbd::new(Controller)))
    else {
        return;
    };
    let mut usb = SerialOverUsb::new(bus, IDENTITY, serial());
    // The first look turns the controller on.
    usb.iter_mut().for_each(Line::poll);
    USBD.intenset().write(|w| {
        w.set_usbreset(true);
        w.set_usbevent(true);
        w.set_ep0setup(true);
        w.set_ep0datadone(true);
        w.set_epdata(true);
    });
    critical_section::with(|section| USB.replace(section, usb));
    listen(true);
}

/// Sends a byte: `false` if there is no room now.
pub fn transmit(byte: u8) -> bool {
    with(|usb| usb.transmit(byte, CHIP.now())).unwrap_or(true)
}

/// The next byte that has come.
pub fn receive() -> Option<u8> {
    with(Line::receive)?
}

/// Has the other end's packets interrupt, or wait there. The first that waits would interrupt again and again.
pub fn listen(is_wanted: bool) {
    if is_wanted {
        unmask(&[Interrupt::USBD]);
    } else {
        NVIC::mask(Interrupt::USBD);
    }
}

#[interrupt]
fn USBD() {
    with(Line::poll);
    console::received(&CHIP);
}

/// The plug has power.
#[interrupt]
fn CLOCK_POWER() {
    POWER.events_usbpwrrdy().write_value(0);
    connect();
}
