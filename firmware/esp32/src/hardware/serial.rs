//! The second serial line; the first is the console's. What comes waits in memory, since the line itself has room for little.

use core::cell::RefCell;

use berus_firmware::waiting::Waiting;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::SerialLine;
use critical_section::Mutex;
use esp_hal::Blocking;
use esp_hal::handler;
use esp_hal::peripherals::UART1;
use esp_hal::uart::{Config, RxConfig, Uart, UartInterrupt};

use super::pins;

/// The number of the line.
pub const NUMBER: usize = 1;

/// The line.
pub static LINE: Line = Line { driver: Mutex::new(RefCell::new(None)), waiting: Waiting::new() };

pub struct Line {
    driver: Mutex<RefCell<Option<Uart<'static, Blocking>>>>,
    waiting: Waiting,
}

/// The usual pins: output, input.
const USUAL: [usize; 2] = if cfg!(feature = "esp32c3") { [10, 9] } else { [5, 4] };

/// A byte interrupts at once.
fn config() -> Config {
    Config::default().with_rx(RxConfig::default().with_fifo_full_threshold(1))
}

/// Hands pins over to the line.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    if number != NUMBER {
        return Err(NO_DEVICE);
    }
    let [output, input] = super::given_or(given, USUAL);
    let (output, input) = (pins::hand_over(output)?, pins::hand_over(input)?);
    critical_section::with(|section| {
        let mut line = LINE.driver.borrow_ref_mut(section);
        // The driver before lets its pins go.
        *line = None;
        // SAFETY: nobody else uses the line.
        let driver = Uart::new(unsafe { UART1::steal() }, config()).map_err(|_| INVALID)?;
        let mut driver = driver.with_tx(output).with_rx(input);
        driver.set_interrupt_handler(received);
        driver.listen(UartInterrupt::RxFifoFull);
        *line = Some(driver);
        Ok(())
    })
}

impl Line {
    fn with<T>(&self, act: impl FnOnce(&mut Uart<'static, Blocking>) -> T) -> Option<T> {
        critical_section::with(|section| self.driver.borrow_ref_mut(section).as_mut().map(act))
    }

    /// Takes what the line has received.
    fn receive(&self) {
        self.with(|driver| {
            driver.clear_interrupts(UartInterrupt::RxFifoFull.into());
            self.waiting.fill(|| {
                let mut byte = [0];
                // A line that says what went wrong goes on behind that.
                (driver.read_buffered(&mut byte) == Ok(1)).then_some(byte[0])
            });
        });
    }
}

impl SerialLine for Line {
    fn set_frequency(&self, frequency: u32) -> Result<(), Errno> {
        let done = self.with(|driver| driver.apply_config(&config().with_baudrate(frequency)).map_err(|_| INVALID));
        done.unwrap_or(Err(NO_DEVICE))
    }

    fn read(&self, buffer: &mut [u8]) -> usize {
        self.receive();
        self.waiting.take(buffer)
    }

    fn available(&self) -> usize {
        self.receive();
        self.waiting.len()
    }

    fn write(&self, bytes: &[u8]) -> usize {
        // The driver waits if there is no room.
        self.with(|driver| if driver.write_ready() { driver.write(bytes).unwrap_or(0) } else { 0 }).unwrap_or(0)
    }

    fn is_idle(&self) -> bool {
        let registers = UART1::regs();
        let status = registers.status().read();
        status.txfifo_cnt().bits() == 0 && registers.fsm_status().read().st_utx_out().bits() == 0
    }
}

#[handler]
fn received() {
    LINE.receive();
}
