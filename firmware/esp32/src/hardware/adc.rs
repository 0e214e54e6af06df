//! The converter of voltages.

use berus_runtime::errno::{Errno, UNSUPPORTED};
use esp_hal::analog::adc::{Adc, AdcCalBasic, AdcConfig, Attenuation};
use esp_hal::peripherals::ADC1;

use super::pins;

/// What is measured, by the converter's numbers.
pub const PINS: &[usize] = if cfg!(feature = "esp32c3") { &[0, 1, 2, 3, 4] } else { &[0, 1, 2, 3, 4, 5, 6] };

/// Measures a pin by its type, which the driver knows the pins of the converter by.
macro_rules! measure {
    ($pin:ident of $($number:literal $type:ident),*) => {
        match $pin {
            $($number => {
                let mut config = AdcConfig::new();
                // SAFETY: the program has the pin no more, and nobody else uses the converter.
                let (input, adc) = unsafe { (esp_hal::peripherals::$type::steal(), ADC1::steal()) };
                let mut input = config.enable_pin_with_cal::<_, AdcCalBasic<_>>(input, Attenuation::_11dB);
                let mut adc = Adc::new(adc, config);
                loop {
                    // Nothing else can be the matter than that there is no answer yet.
                    if let Ok(level) = adc.read_oneshot(&mut input) {
                        break Ok(level);
                    }
                }
            })*
            _ => Err(UNSUPPORTED),
        }
    };
}

pub fn level(pin: usize) -> Result<u16, Errno> {
    if !PINS.contains(&pin) {
        return Err(UNSUPPORTED);
    }
    pins::hand_over(pin)?;
    #[cfg(feature = "esp32c3")]
    let level = measure!(pin of 0 GPIO0, 1 GPIO1, 2 GPIO2, 3 GPIO3, 4 GPIO4);
    #[cfg(feature = "esp32c6")]
    let level = measure!(pin of 0 GPIO0, 1 GPIO1, 2 GPIO2, 3 GPIO3, 4 GPIO4, 5 GPIO5, 6 GPIO6);
    // Twelve bits, of which the highest also fill what is missing.
    level.map(|level: u16| level << 4 | level >> 8)
}
