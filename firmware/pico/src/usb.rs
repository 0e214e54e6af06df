//! The console: a serial line over USB.
//!
//! While nobody has opened it at the other end, what is written is lost, as it is if whoever has does not read.

use core::cell::RefCell;
use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_firmware::console;
use cortex_m::peripheral::NVIC;
use cortex_m::singleton;
use critical_section::Mutex;
use usb_device::bus::UsbBusAllocator;
use usb_device::device::{StringDescriptors, UsbDevice, UsbDeviceBuilder, UsbDeviceState, UsbVidPid};
use usbd_serial::{SerialPort, USB_CLASS_CDC};

use crate::chip::CHIP;
use crate::flash;
use crate::hal::pac::{Interrupt, interrupt};
use crate::hal::usb::UsbBus;

/// The identities that Raspberry Pi has for serial lines of its chips.
const IDENTITY: UsbVidPid = UsbVidPid(0x2e8a, if cfg!(feature = "rp2040") { 0x000a } else { 0x0009 });

/// How long whoever reads may take for a packet, before what is written is lost.
const PATIENCE: Duration = Duration::from_millis(500);

/// Bytes that wait to be sent.
const ROOM: usize = 512;

static USB: Mutex<RefCell<Option<Usb>>> = Mutex::new(RefCell::new(None));

struct Usb {
    device: UsbDevice<'static, UsbBus>,
    port: SerialPort<'static, UsbBus, [u8; 64], [u8; ROOM]>,
    /// When there was no room for a byte first, since there was room last.
    full_since: Option<Duration>,
}

impl Usb {
    /// Does what the other end has asked for.
    fn poll(&mut self) {
        self.device.poll(&mut [&mut self.port]);
    }

    /// Whether somebody reads.
    fn is_open(&self) -> bool {
        self.device.state() == UsbDeviceState::Configured && self.port.dtr()
    }
}

fn with<T>(act: impl FnOnce(&mut Usb) -> T) -> Option<T> {
    critical_section::with(|section| USB.borrow_ref_mut(section).as_mut().map(act))
}

/// The board's number in hexadecimal digits.
fn serial() -> &'static str {
    let mut digits = [b'0'; 16];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(flash::number()) {
        pair.copy_from_slice(&[byte >> 4, byte & 0xf].map(|digit| b"0123456789ABCDEF"[usize::from(digit)]));
    }
    singleton!(: [u8; 16] = digits).and_then(|digits| core::str::from_utf8(digits).ok()).unwrap_or_default()
}

/// Connects the board.
pub fn start(bus: &'static UsbBusAllocator<UsbBus>) {
    let port = SerialPort::new_with_store(bus, [0; 64], [0; ROOM]);
    let names = StringDescriptors::default().manufacturer("Berus").product("Board in FS mode").serial_number(serial());
    let device = UsbDeviceBuilder::new(bus, IDENTITY).strings(&[names]);
    // Descriptors fit into a packet.
    let device = device.and_then(|device| device.max_packet_size_0(64));
    let Ok(device) = device else { return };
    let device = device.device_class(USB_CLASS_CDC).build();
    let usb = Usb { device, port, full_since: None };
    critical_section::with(|section| USB.replace(section, Some(usb)));
    listen(true);
}

/// Sends a byte: `false` if there is no room now.
pub fn transmit(byte: u8) -> bool {
    let taken = with(|usb| {
        if !usb.is_open() || usb.port.write(&[byte]).is_ok() {
            usb.full_since = None;
            return true;
        }
        // The interrupt may be turned off, or held off by who writes.
        usb.poll();
        let now = CHIP.now();
        now.saturating_sub(*usb.full_since.get_or_insert(now)) > PATIENCE
    });
    taken.unwrap_or(true)
}

/// The next byte that has come.
pub fn receive() -> Option<u8> {
    let mut byte = [0];
    with(|usb| usb.port.read(&mut byte)).is_some_and(|read| read == Ok(1)).then_some(byte[0])
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
    with(Usb::poll);
    console::received(&CHIP);
}
