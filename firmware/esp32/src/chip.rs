//! The processor and what is around it: clocks, timer, console, reset (facts: the technical reference manuals of ESP32-C3 and
//! ESP32-C6).

use core::cell::RefCell;
use core::time::Duration;

use berus_firmware::chip::Chip;
use berus_runtime::host::{Hardware, Identity};
use critical_section::Mutex;
use esp_hal::Blocking;
use esp_hal::clock::CpuClock;
use esp_hal::handler;
use esp_hal::interrupt::wait_for_interrupt;
use esp_hal::time::{Duration as Span, Instant};
use esp_hal::timer::OneShotTimer;
use esp_hal::timer::systimer::SystemTimer;

use crate::hardware::{Esp, power};
use crate::{IDENTITY, flash, hardware, line};

/// The board's processor.
pub static CHIP: Esp = Esp;

/// The longest doze.
const LONGEST: Duration = Duration::from_secs(1 << 10);

/// What ends a doze in time.
static ALARM: Mutex<RefCell<Option<OneShotTimer<'static, Blocking>>>> = Mutex::new(RefCell::new(None));

fn with_alarm(act: impl FnOnce(&mut OneShotTimer<'static, Blocking>)) {
    critical_section::with(|section| ALARM.borrow_ref_mut(section).as_mut().map(act));
}

/// Starts clocks, timer, hardware, and the console.
pub fn start() {
    let parts = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    let mut alarm = OneShotTimer::new(SystemTimer::new(parts.SYSTIMER).alarm0);
    alarm.set_interrupt_handler(ring);
    critical_section::with(|section| ALARM.replace(section, Some(alarm)));
    flash::start(parts.FLASH);
    power::start(parts.RTC_TIMER);
    hardware::start(parts.IO_MUX, parts.LEDC);
    line::start(parts.USB_DEVICE, parts.UART0);
}

impl Chip for Esp {
    fn identity(&self) -> &'static Identity {
        &IDENTITY
    }

    fn hardware(&self) -> Option<&dyn Hardware> {
        Some(self)
    }

    fn now(&self) -> Duration {
        Duration::from_micros(Instant::now().duration_since_epoch().as_micros())
    }

    fn doze(&self, until: Option<Duration>) {
        let time = until.map_or(LONGEST, |until| until.saturating_sub(self.now())).min(LONGEST);
        if time.is_zero() {
            return;
        }
        with_alarm(|alarm| {
            alarm.listen();
            // One that cannot be set ends the doze at once, below.
            if alarm.schedule(Span::from_micros(time.as_micros() as u64)).is_ok() {
                wait_for_interrupt();
            }
        });
    }

    fn transmit(&self, byte: u8) -> bool {
        line::transmit(byte)
    }

    fn flush(&self) {
        line::flush();
    }

    fn receive(&self) -> Option<u8> {
        line::receive()
    }

    fn listen(&self, is_wanted: bool) {
        line::listen(is_wanted);
    }

    fn entropy(&self, buffer: &mut [u8]) -> bool {
        hardware::entropy::fill(buffer)
    }

    fn reset(&self) -> ! {
        power::reset()
    }

    fn bootloader(&self) -> ! {
        power::bootloader()
    }
}

/// The time that was dozed for is over.
#[handler]
fn ring() {
    with_alarm(|alarm| {
        alarm.unlisten();
        alarm.clear_interrupt();
    });
}
