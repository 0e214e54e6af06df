//! The flash that the firmware itself runs from, written by functions of the boot ROM (facts: the chips' datasheets, "Flash
//! Access Functions").
//!
//! While flash is written nobody can read it, nor fetch an instruction from there: what calls the boot ROM lies in RAM,
//! and interrupts are held off.

use core::cell::Cell;

use berus_firmware::flash::{Medium, in_pieces};
use cortex_m::singleton;
use critical_section::Mutex;

#[cfg(feature = "rp2040")]
use crate::hal::pac::XIP_SSI;
use crate::hal::pac::{IO_QSPI, SIO};
use crate::hal::rom_data;
use crate::partitions::START;

/// The chip's flash.
pub static FLASH: Chip = Chip;

/// See [`FLASH`].
pub struct Chip;

/// Bytes that are written at once.
const PAGE: usize = 256;

/// Bytes that are erased at once by a command of its own, and that command, which the boot ROM uses where it fits.
const LARGE: u32 = 1 << 16;
const ERASE_LARGE: u8 = 0xd8;

/// That the line which selects the chip is not driven, among the bits of its register; and its level among those of the bus.
const UNDRIVEN_MASK: u32 = if cfg!(feature = "rp2040") { 3 << 12 } else { 3 << 14 };
const UNDRIVEN: u32 = if cfg!(feature = "rp2040") { 2 << 12 } else { 2 << 14 };
const SELECT: u32 = if cfg!(feature = "rp2040") { 1 << 1 } else { 1 << 27 };

/// What is done to flash, at an offset from its beginning.
#[derive(Clone, Copy)]
enum Change<'a> {
    Erase {
        at: u32,
        len: usize,
    },
    /// Writes a page, which lies in RAM.
    Write {
        at: u32,
        page: &'a [u8; PAGE],
    },
}

/// The functions of the boot ROM, looked up while flash can be read.
struct Functions {
    connect: unsafe extern "C" fn(),
    leave: unsafe extern "C" fn(),
    erase: unsafe extern "C" fn(u32, usize, u32, u8),
    write: unsafe extern "C" fn(u32, *const u8, usize),
    forget: unsafe extern "C" fn(),
    /// Has flash read as memory again.
    enter: unsafe extern "C" fn(),
}

/// What has flash read as it was when the firmware was started: the second stage, which is called where it was copied to.
#[cfg(feature = "rp2040")]
struct Enter([u32; PAGE / 4]);

#[cfg(feature = "rp2040")]
impl Enter {
    fn new() -> Enter {
        let stage = core::ptr::with_exposed_provenance::<[u32; PAGE / 4]>(START);
        // SAFETY: the second stage is at the beginning of flash, and never changes.
        Enter(unsafe { stage.read_volatile() })
    }

    fn function(&self) -> unsafe extern "C" fn() {
        // SAFETY: the second stage is a function in Thumb state, wherever it is, and returns to who calls it.
        unsafe { core::mem::transmute(self.0.as_ptr().cast::<u8>().wrapping_add(1)) }
    }
}

/// What has flash read again: the boot ROM's usual way.
#[cfg(feature = "rp235x")]
struct Enter;

#[cfg(feature = "rp235x")]
impl Enter {
    fn new() -> Enter {
        Enter
    }

    fn function(&self) -> unsafe extern "C" fn() {
        rom_data::flash_enter_cmd_xip::ptr()
    }
}

/// Has `act` do something, from RAM, while nobody reads flash: interrupts are held off, and the other processor does not run.
fn leave(act: impl FnOnce(&Functions)) {
    critical_section::with(|_| {
        let enter = Enter::new();
        act(&Functions {
            connect: rom_data::connect_internal_flash::ptr(),
            leave: rom_data::flash_exit_xip::ptr(),
            erase: rom_data::flash_range_erase::ptr(),
            write: rom_data::flash_range_program::ptr(),
            forget: rom_data::flash_flush_cache::ptr(),
            enter: enter.function(),
        });
    });
}

/// Changes flash.
///
/// # Safety
/// What is asked for is done to memory that nothing relies on.
unsafe fn change(change: Change<'_>) {
    // SAFETY: as `leave` and the caller say.
    leave(|functions| unsafe { change_from_ram(functions, change) });
}

/// Changes flash, from RAM.
///
/// # Safety
/// Nobody reads flash meanwhile, and what is asked for is done to memory that nothing relies on.
#[unsafe(link_section = ".data.change_from_ram")]
#[inline(never)]
unsafe fn change_from_ram(functions: &Functions, change: Change<'_>) {
    // SAFETY: the functions are the boot ROM's, called in the order that it wants, with pages and blocks of the flash.
    unsafe {
        (functions.connect)();
        (functions.leave)();
        match change {
            Change::Erase { at, len } => (functions.erase)(at, len, LARGE, ERASE_LARGE),
            Change::Write { at, page } => (functions.write)(at, page.as_ptr(), PAGE),
        }
        (functions.forget)();
        (functions.enter)();
    }
}

impl Medium for Chip {
    unsafe fn write(&self, address: usize, bytes: &[u8]) {
        // SAFETY: as the caller says.
        in_pieces(address, bytes, |at, page| unsafe { change(Change::Write { at: (at - START) as u32, page }) });
    }

    unsafe fn erase(&self, address: usize, len: usize) {
        // SAFETY: as the caller says.
        unsafe { change(Change::Erase { at: (address - START) as u32, len }) };
    }
}

/// Whether the button is pressed by which the boot ROM begins: it holds down the line that selects the flash chip, which is let go for
/// a moment.
pub fn is_button_pressed() -> bool {
    // SAFETY: the chip is selected as before at the end, and nobody reads flash meanwhile.
    critical_section::with(|_| unsafe { look_from_ram() })
}

/// Looks at the line that selects the flash chip, from RAM.
///
/// # Safety
/// Nobody reads flash meanwhile.
#[unsafe(link_section = ".data.look_from_ram")]
#[inline(never)]
unsafe fn look_from_ram() -> bool {
    /// Turns until the line is as high as what holds it makes it: some microseconds.
    const TURNS: u32 = 2000;
    // SAFETY: nobody else uses the registers meanwhile.
    let (select, levels) = unsafe { (IO_QSPI::steal(), SIO::steal()) };
    let control = select.gpio_qspiss().gpio_ctrl().as_ptr();
    // SAFETY: the bits are those which say that the line is not driven, and as it was.
    unsafe {
        let before = control.read_volatile();
        control.write_volatile(before & !UNDRIVEN_MASK | UNDRIVEN);
        for _ in 0..TURNS {
            core::hint::spin_loop();
        }
        let level = levels.gpio_hi_in().as_ptr().read_volatile() & SELECT;
        control.write_volatile(before);
        level == 0
    }
}

/// The number that no other board has.
static NUMBER: Mutex<Cell<&'static [u8]>> = Mutex::new(Cell::new(&[]));

/// The number that no other board has: once the board has been started, eight bytes.
pub fn number() -> &'static [u8] {
    critical_section::with(|section| NUMBER.borrow(section).get())
}

/// Looks up the board's number.
pub fn start() {
    if let Some(number) = singleton!(: [u8; 8] = read_number()) {
        critical_section::with(|section| NUMBER.borrow(section).set(number));
    }
}

/// The number of the flash chip, since the processor has none: the answer to a command, behind four bytes of no meaning.
#[cfg(feature = "rp2040")]
fn read_number() -> [u8; 8] {
    const NUMBER: u8 = 0x4b;
    let mut bytes = [0; 13];
    bytes[0] = NUMBER;
    leave(|functions| {
        // SAFETY: as `leave` says, and the command changes nothing.
        unsafe { exchange_from_ram(functions, &mut bytes) };
    });
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[5..]);
    number
}

/// Exchanges bytes with the flash chip.
///
/// # Safety
/// Nobody reads flash meanwhile, and the command has no effect that matters.
#[cfg(feature = "rp2040")]
#[unsafe(link_section = ".data.exchange_from_ram")]
#[inline(never)]
unsafe fn exchange_from_ram(functions: &Functions, bytes: &mut [u8; 13]) {
    // SAFETY: the functions are the boot ROM's, which leaves the bus ready for single bytes; nobody else uses it.
    unsafe {
        let (bus, pins) = (XIP_SSI::steal(), IO_QSPI::steal());
        (functions.connect)();
        (functions.leave)();
        let select = pins.gpio_qspiss().gpio_ctrl();
        select.modify(|_, w| w.outover().low());
        for byte in bytes {
            bus.dr0().write(|w| w.bits((*byte).into()));
            while bus.rxflr().read().bits() == 0 {}
            *byte = bus.dr0().read().bits() as u8;
        }
        select.modify(|_, w| w.outover().high());
        (functions.forget)();
        (functions.enter)();
    }
}

/// The number of the processor.
#[cfg(feature = "rp235x")]
fn read_number() -> [u8; 8] {
    match rom_data::sys_info_api::chip_info() {
        Ok(Some(info)) => (u64::from(info.wafer_id) << 32 | u64::from(info.device_id)).to_be_bytes(),
        _ => [0; 8],
    }
}
