//! A serial line over USB, of a chip whose controller `usb-device` knows.
//!
//! While nobody has opened the line at the other end, what is written is lost, as it is if whoever has does not read.

use core::time::Duration;

use usb_device::bus::{UsbBus, UsbBusAllocator};
use usb_device::device::{StringDescriptors, UsbDevice, UsbDeviceBuilder, UsbDeviceState, UsbVidPid};
use usbd_serial::{SerialPort, USB_CLASS_CDC};

use crate::patience::Patience;

/// Bytes that wait to be sent.
const ROOM: usize = 512;

/// The line.
pub struct SerialOverUsb<B: UsbBus + 'static> {
    device: UsbDevice<'static, B>,
    port: SerialPort<'static, B, [u8; 64], [u8; ROOM]>,
    patience: Patience,
}

/// The hexadecimal digits of a board's number.
pub fn digits(number: [u8; 8]) -> [u8; 16] {
    let mut digits = [b'0'; 16];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(number) {
        pair.copy_from_slice(&[byte >> 4, byte & 0xf].map(|digit| b"0123456789ABCDEF"[usize::from(digit)]));
    }
    digits
}

impl<B: UsbBus> SerialOverUsb<B> {
    /// The line of the board with this identity and this number, in digits.
    pub fn new(
        bus: &'static UsbBusAllocator<B>,
        identity: UsbVidPid,
        number: &'static str,
    ) -> Option<SerialOverUsb<B>> {
        let port = SerialPort::new_with_store(bus, [0; 64], [0; ROOM]);
        let names =
            StringDescriptors::default().manufacturer("Berus").product("Board in FS mode").serial_number(number);
        let device = UsbDeviceBuilder::new(bus, identity).strings(&[names]).ok()?;
        // Descriptors fit into a packet.
        let device = device.max_packet_size_0(64).ok()?.device_class(USB_CLASS_CDC).build();
        Some(SerialOverUsb { device, port, patience: Patience::new() })
    }

    /// Does what the other end has asked for.
    pub fn poll(&mut self) {
        self.device.poll(&mut [&mut self.port]);
    }

    /// Whether somebody reads.
    fn is_open(&self) -> bool {
        self.device.state() == UsbDeviceState::Configured && self.port.dtr()
    }

    /// Sends a byte: `false` if there is no room `now`.
    pub fn transmit(&mut self, byte: u8, now: Duration) -> bool {
        if !self.is_open() || self.port.write(&[byte]).is_ok() {
            self.patience.renew();
            return true;
        }
        // The interrupt may be turned off, or held off by who writes.
        self.poll();
        self.patience.is_over(now)
    }

    /// The next byte that has come.
    pub fn receive(&mut self) -> Option<u8> {
        let mut byte = [0];
        (self.port.read(&mut byte) == Ok(1)).then_some(byte[0])
    }
}
