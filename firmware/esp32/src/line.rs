//! The console: the chip's own serial line over USB, and the serial line that boards with a converter have at their plug.
//!
//! What is written goes to both, until something has come by one of them, and then to that one.

use core::cell::RefCell;

use berus_firmware::chip::Chip;
use berus_firmware::console;
use berus_firmware::patience::Patience;
use critical_section::Mutex;
use esp_hal::Blocking;
use esp_hal::handler;
use esp_hal::peripherals::{UART0, USB_DEVICE};
use esp_hal::uart::{Config, RxConfig, Uart, UartInterrupt};
use esp_hal::usb::usb_serial_jtag::UsbSerialJtag;

use crate::chip::CHIP;

static LINES: Mutex<RefCell<Option<Lines>>> = Mutex::new(RefCell::new(None));

/// The pins of the serial line, which it has when the chip starts: output, input.
pub const PINS: [usize; 2] = if cfg!(feature = "esp32c3") { [21, 20] } else { [16, 17] };

/// A line.
#[derive(Clone, Copy, PartialEq)]
enum Heard {
    Usb,
    Serial,
}

struct Lines {
    usb: UsbSerialJtag<'static, Blocking>,
    patience: Patience,
    /// Whether bytes wait until a packet is sent.
    is_packing: bool,
    serial: Option<Uart<'static, Blocking>>,
    /// Where something has come last.
    heard: Option<Heard>,
    /// Whether a byte that is being written has already gone to USB.
    is_half_sent: bool,
}

fn with<T>(act: impl FnOnce(&mut Lines) -> T) -> Option<T> {
    critical_section::with(|section| LINES.borrow_ref_mut(section).as_mut().map(act))
}

/// Starts both lines.
pub fn start(usb: USB_DEVICE<'static>, serial: UART0<'static>) {
    let mut usb = UsbSerialJtag::new(usb);
    usb.set_interrupt_handler(received);
    // A byte interrupts at once.
    let config = Config::default().with_rx(RxConfig::default().with_fifo_full_threshold(1));
    let serial = Uart::new(serial, config).ok().map(|serial| {
        // SAFETY: nobody else is given these pins.
        let [output, input] = PINS.map(|pin| unsafe { esp_hal::gpio::AnyPin::steal(pin as u8) });
        let mut serial = serial.with_tx(output).with_rx(input);
        serial.set_interrupt_handler(received);
        serial
    });
    let lines = Lines { usb, patience: Patience::new(), is_packing: false, serial, heard: None, is_half_sent: false };
    critical_section::with(|section| LINES.replace(section, Some(lines)));
    listen(true);
}

impl Lines {
    /// Sends a byte over USB: whether that is done, or given up.
    fn transmit_usb(&mut self, byte: u8) -> bool {
        if self.usb.write_byte_nb(byte).is_ok() {
            self.patience.renew();
            self.is_packing = true;
            return true;
        }
        self.patience.is_over(CHIP.now())
    }

    /// Sends a byte by the serial line: whether that is done.
    fn transmit_serial(&mut self, byte: u8) -> bool {
        let Some(serial) = &mut self.serial else { return true };
        serial.write_ready() && serial.write(&[byte]).is_ok()
    }

    fn transmit(&mut self, byte: u8) -> bool {
        if self.heard != Some(Heard::Serial) && !self.is_half_sent {
            self.is_half_sent = self.transmit_usb(byte);
            if !self.is_half_sent {
                return false;
            }
        }
        let is_sent = self.heard == Some(Heard::Usb) || self.transmit_serial(byte);
        self.is_half_sent &= !is_sent;
        is_sent
    }

    fn receive(&mut self) -> Option<u8> {
        if let Ok(byte) = self.usb.read_byte() {
            self.heard = Some(Heard::Usb);
            return Some(byte);
        }
        let mut byte = [0];
        // A line that says what went wrong goes on behind that.
        if self.serial.as_mut()?.read_buffered(&mut byte) != Ok(1) {
            return None;
        }
        self.heard = Some(Heard::Serial);
        Some(byte[0])
    }

    fn listen(&mut self, is_wanted: bool) {
        let interrupts = UartInterrupt::RxFifoFull;
        if is_wanted {
            self.usb.listen_rx_packet_recv_interrupt();
        } else {
            self.usb.unlisten_rx_packet_recv_interrupt();
        }
        match &mut self.serial {
            Some(serial) if is_wanted => serial.listen(interrupts),
            Some(serial) => serial.unlisten(interrupts),
            None => {}
        }
    }

    /// Forgets interrupts of what is about to be taken.
    fn quieten(&mut self) {
        self.usb.reset_rx_packet_recv_interrupt();
        if let Some(serial) = &mut self.serial {
            serial.clear_interrupts(UartInterrupt::RxFifoFull.into());
        }
    }
}

/// Sends a byte: `false` if there is no room now.
pub fn transmit(byte: u8) -> bool {
    with(|lines| lines.transmit(byte)).unwrap_or(true)
}

/// Has the bytes that were sent over USB be a packet.
pub fn flush() {
    with(|lines| {
        if core::mem::take(&mut lines.is_packing) {
            // The controller sends the packet when the other end asks.
            let _ = lines.usb.flush_tx_nb();
        }
    });
}

/// The next byte that has come.
pub fn receive() -> Option<u8> {
    with(Lines::receive)?
}

/// Has what comes interrupt, or wait.
pub fn listen(is_wanted: bool) {
    with(|lines| lines.listen(is_wanted));
}

#[handler]
fn received() {
    with(Lines::quieten);
    console::received(&CHIP);
}
