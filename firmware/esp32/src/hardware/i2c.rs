//! The bus for I2C.

use berus_firmware::i2c;
use berus_runtime::errno::{Errno, INVALID, NO_DEVICE, TIMED_OUT};
use esp_hal::Blocking;
use esp_hal::i2c::master::{AcknowledgeCheckFailedReason, Config, Error, I2c, Operation};
use esp_hal::peripherals::I2C0;
use esp_hal::time::Rate;

use super::pins;

/// The number of the bus.
pub const NUMBER: usize = 0;

/// The bus.
pub static BUS: i2c::Bus<Driver> = i2c::Bus::new();

pub struct Driver(I2c<'static, Blocking>);

/// The usual pins: clock, data.
const USUAL: [usize; 2] = if cfg!(feature = "esp32c3") { [9, 8] } else { [7, 6] };

/// Hands pins over to the bus.
pub fn connect(number: usize, given: &[Option<usize>]) -> Result<(), Errno> {
    if number != NUMBER {
        return Err(NO_DEVICE);
    }
    let [clock, data] = super::given_or(given, USUAL);
    BUS.connect(|| {
        let (clock, data) = (pins::hand_over(clock)?, pins::hand_over(data)?);
        // SAFETY: nobody else uses the bus.
        let driver = I2c::new(unsafe { I2C0::steal() }, Config::default()).map_err(|_| INVALID)?;
        Ok(Driver(driver.with_scl(clock).with_sda(data)))
    })
}

fn errno(error: Error) -> Errno {
    match error {
        Error::Timeout => TIMED_OUT,
        _ => NO_DEVICE,
    }
}

impl i2c::Driver for Driver {
    fn set_frequency(&mut self, frequency: u32) -> Result<(), Errno> {
        let config = Config::default().with_frequency(Rate::from_hz(frequency));
        self.0.apply_config(&config).map_err(|_| INVALID)
    }

    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<usize, Errno> {
        match self.0.write(address, bytes) {
            Ok(()) => Ok(bytes.len()),
            // The driver does not tell which byte was refused, which the last one usually is.
            Err(Error::AcknowledgeCheckFailed(AcknowledgeCheckFailedReason::Data)) => Ok(bytes.len().saturating_sub(1)),
            Err(error) => Err(errno(error)),
        }
    }

    fn read(&mut self, address: u8, before: &[u8], bytes: &mut [u8]) -> Result<(), Errno> {
        let done = if before.is_empty() {
            self.0.read(address, bytes)
        } else {
            self.0.transaction(address, &mut [Operation::Write(before), Operation::Read(bytes)])
        };
        done.map_err(errno)
    }
}
