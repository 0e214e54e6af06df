//! Reset, sleep, the watchdog, and the number that no other board has.

use core::cell::{Cell, RefCell};
use core::time::Duration;

use berus_runtime::errno::{Errno, INVALID, NO_DEVICE};
use berus_runtime::host::ResetCause;
use critical_section::Mutex;
use esp_hal::efuse::base_mac_address;
use esp_hal::peripherals::{LPWR, RTC_TIMER};
use esp_hal::rtc_cntl::sleep::{LowPower, RtcSleepConfig};
use esp_hal::rtc_cntl::{Rtc, RwdtStage, RwdtStageAction, SocResetReason};
use esp_hal::system::{reset_reason, software_reset};
use esp_hal::time::{Duration as Span, Instant};

/// The longest time that the watchdog is asked for: its counter has 32 bits.
const LONGEST: Duration = Duration::from_secs(3600);

static CLOCK: Mutex<RefCell<Option<Rtc<'static>>>> = Mutex::new(RefCell::new(None));

/// The number, once the board has been started.
static NUMBER: Mutex<Cell<&'static [u8]>> = Mutex::new(Cell::new(&[]));

/// Calls `act` with the part of the chip that goes on without the rest.
fn with<T>(act: impl FnOnce(&mut Rtc<'static>) -> T) -> Result<T, Errno> {
    critical_section::with(|section| CLOCK.borrow_ref_mut(section).as_mut().map(act)).ok_or(NO_DEVICE)
}

/// Starts the part of the chip that goes on without the rest, and looks up the board's number: the first address of its radios,
/// which it has though nobody uses them.
pub fn start(timer: RTC_TIMER<'static>) {
    critical_section::with(|section| {
        CLOCK.replace(section, Some(Rtc::new(timer)));
        let mac = alloc::boxed::Box::new(base_mac_address());
        NUMBER.borrow(section).set(alloc::boxed::Box::leak(mac).as_bytes());
    });
}

/// The number that no other board has.
pub fn number() -> &'static [u8] {
    critical_section::with(|section| NUMBER.borrow(section).get())
}

/// Why the board was started last.
pub fn cause() -> ResetCause {
    use SocResetReason as Reason;
    match reset_reason() {
        Some(Reason::CoreDeepSleep) => ResetCause::DeepSleep,
        Some(
            Reason::CoreMwdt0
            | Reason::CoreMwdt1
            | Reason::CoreRtcWdt
            | Reason::Cpu0Mwdt0
            | Reason::Cpu0Mwdt1
            | Reason::Cpu0RtcWdt
            | Reason::SysRtcWdt
            | Reason::SysSuperWdt,
        ) => ResetCause::Watchdog,
        // A button takes the power of the chip, as far as that can tell.
        Some(Reason::ChipPowerOn | Reason::SysBrownOut) | None => ResetCause::PowerOn,
        Some(_) => ResetCause::Reset,
    }
}

/// Starts the board anew unless this is called again in time.
pub fn feed_watchdog(timeout: Duration) -> Result<(), Errno> {
    if timeout > LONGEST {
        return Err(INVALID);
    }
    with(|clock| {
        let watchdog = &mut clock.rwdt;
        watchdog.set_timeout(RwdtStage::Stage0, Span::from_micros(timeout.as_micros() as u64));
        watchdog.set_stage_action(RwdtStage::Stage0, RwdtStageAction::ResetSystem);
        watchdog.enable();
        watchdog.feed();
    })
}

/// Sleeps with clocks off, until `time` has passed or a pin that is watched changes. The line over USB is lost meanwhile.
pub fn light_sleep(time: Option<Duration>) {
    // SAFETY: nobody else sleeps.
    let mut power = LowPower::new(unsafe { LPWR::steal() });
    match time {
        Some(time) => power.set_wakeup_deadline(Instant::now() + Span::from_micros(time.as_micros() as u64)),
        None => power.clear_wakeup_deadline(),
    }
    power.sleep_light(RtcSleepConfig::default());
    power.clear_wakeup_deadline();
}

/// Starts the board anew.
pub fn reset() -> ! {
    software_reset()
}

/// Starts the ROM's loader, which takes another firmware over USB or by the serial line.
pub fn bootloader() -> ! {
    #[cfg(feature = "esp32c3")]
    LPWR::regs().option1().modify(|_, w| w.force_download_boot().set_bit());
    #[cfg(feature = "esp32c6")]
    esp_hal::peripherals::LP_AON::regs().sys_cfg().modify(|_, w| w.force_download_boot().set_bit());
    software_reset()
}
