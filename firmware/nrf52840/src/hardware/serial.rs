//! A serial line. The line moves each byte to RAM and interrupts; its own queue has room for six that come meanwhile.

use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use berus_firmware::waiting::Waiting;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::{PinMode, Pull, SerialLine};
use critical_section::Mutex;
use nrf_pac::uarte::vals::{Baudrate, Enable};
use nrf_pac::{Interrupt, UARTE0, interrupt};

use super::pins;

/// The number of the line, and what interrupts.
pub const NUMBER: usize = 0;
pub const INTERRUPT: Interrupt = Interrupt::UARTE0;

/// The line.
pub static LINE: Line =
    Line { waiting: Waiting::new(), sent: Mutex::new(RefCell::new([0; ROOM])), is_sending: AtomicBool::new(false) };

/// Bytes that are given to the line at once.
const ROOM: usize = 64;

pub struct Line {
    waiting: Waiting,
    /// What the line sends, which stays as it is until that is done.
    sent: Mutex<RefCell<[u8; ROOM]>>,
    is_sending: AtomicBool,
}

/// The byte that the line receives.
static RECEIVED: AtomicU8 = AtomicU8::new(0);

/// The usual pins, as on most boards of this chip: output, input.
const USUAL: [usize; 2] = [25, 24];

/// Hands pins over to the line.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    if number != NUMBER {
        return Err(NO_DEVICE);
    }
    let [output, input] = super::given_or(given, USUAL);
    stop();
    // A line that rests is high.
    pins::drive(output, true);
    pins::set_mode(output, PinMode::Output, Pull::None);
    pins::set_mode(input, PinMode::Input, Pull::Up);
    UARTE0.psel().txd().write_value(pins::select(output));
    UARTE0.psel().rxd().write_value(pins::select(input));
    UARTE0.enable().write(|w| w.set_enable(Enable::Enabled));
    UARTE0.dma().rx().ptr().write_value(RECEIVED.as_ptr().expose_provenance() as u32);
    UARTE0.dma().rx().maxcnt().write(|w| w.set_maxcnt(1));
    UARTE0.events_dma().rx().end().write_value(0);
    UARTE0.intenset().write(|w| w.set_dmarxend(true));
    UARTE0.tasks_dma().rx().start().write_value(1);
    Ok(())
}

/// Ends what the line does, so that its pins can change.
fn stop() {
    if UARTE0.enable().read().enable() != Enable::Enabled {
        return;
    }
    UARTE0.intenclr().write(|w| w.set_dmarxend(true));
    UARTE0.events_rxto().write_value(0);
    UARTE0.tasks_dma().rx().stop().write_value(1);
    while UARTE0.events_rxto().read() == 0 {}
    UARTE0.events_txstopped().write_value(0);
    UARTE0.tasks_dma().tx().stop().write_value(1);
    while UARTE0.events_txstopped().read() == 0 {}
    LINE.is_sending.store(false, Ordering::Relaxed);
    UARTE0.enable().write(|w| w.set_enable(Enable::Disabled));
}

impl SerialLine for Line {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        if !(1200..=1_000_000).contains(&frequency) {
            return Err(INVALID);
        }
        // In parts of the clock's 16 MHz, of which the lowest twelve bits do not count.
        let parts = ((u64::from(frequency) << 32) / 16_000_000 + 0x800) as u32 & 0xffff_f000;
        UARTE0.baudrate().write(|w| w.set_baudrate(Baudrate::from_bits(parts)));
        Ok(())
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        self.waiting.take(buffer)
    }

    fn available(&self) -> usize {
        self.waiting.len()
    }

    fn write(&self, bytes: &[u8]) -> usize {
        if !self.is_idle() || bytes.is_empty() {
            return 0;
        }
        critical_section::with(|section| {
            let sent = &mut *self.sent.borrow_ref_mut(section);
            let len = bytes.len().min(ROOM);
            sent[..len].copy_from_slice(&bytes[..len]);
            UARTE0.dma().tx().ptr().write_value(sent.as_ptr().expose_provenance() as u32);
            UARTE0.dma().tx().maxcnt().write(|w| w.set_maxcnt(len as u16));
            UARTE0.events_dma().tx().end().write_value(0);
            core::sync::atomic::compiler_fence(Ordering::SeqCst);
            self.is_sending.store(true, Ordering::Relaxed);
            UARTE0.tasks_dma().tx().start().write_value(1);
            len
        })
    }

    fn is_idle(&self) -> bool {
        if self.is_sending.load(Ordering::Relaxed) && UARTE0.events_dma().tx().end().read() != 0 {
            self.is_sending.store(false, Ordering::Relaxed);
        }
        !self.is_sending.load(Ordering::Relaxed)
    }
}

/// Takes the byte that has come, and waits for the next one.
#[interrupt]
fn UARTE0() {
    let mut has_come = UARTE0.events_dma().rx().end().read() != 0;
    LINE.waiting.fill(|| core::mem::take(&mut has_come).then(|| RECEIVED.load(Ordering::Relaxed)));
    UARTE0.events_dma().rx().end().write_value(0);
    UARTE0.tasks_dma().rx().start().write_value(1);
}
