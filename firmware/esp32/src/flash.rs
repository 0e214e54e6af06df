//! The flash that the firmware itself runs from: read through the cache, where a table maps pages of flash to addresses, and
//! written by functions of the ROM.
//!
//! While flash is written nobody can read it, nor fetch an instruction from there. `esp-storage` calls the ROM from RAM, with
//! interrupts held off, and the chips have one processor. What the cache holds of a place is old when that was written, and is
//! forgotten before anybody reads there.

use core::cell::RefCell;
use core::ops::Range;

use berus_firmware::flash::{Medium, in_pieces};
use critical_section::Mutex;
use esp_hal::peripherals::FLASH as Peripheral;
use esp_storage::FlashStorage;

/// The chip's flash.
pub static FLASH: Flash = Flash;

/// See [`FLASH`].
pub struct Flash;

/// Bytes that are written at once.
const PAGE: usize = 256;

/// Bytes that an entry of the cache's table maps.
const MAPPED: usize = 64 << 10;

/// Where the processor sees the first so many bytes of flash, as far as they are mapped there: behind what the linker takes for the
/// firmware, whose own mapping is of no concern here.
pub const WINDOW: usize = if cfg!(feature = "esp32c3") { 0x3c40_0000 } else { 0x4240_0000 };
pub const WINDOW_LEN: usize = 4 << 20;

/// The entry that maps the window's beginning.
const FIRST: usize = (4 << 20) / MAPPED;

static STORAGE: Mutex<RefCell<Option<FlashStorage<'static>>>> = Mutex::new(RefCell::new(None));

/// Has the flash be used.
pub fn start(flash: Peripheral<'static>) {
    critical_section::with(|section| STORAGE.replace(section, Some(FlashStorage::new(flash))));
}

/// Calls `act` with the driver, if there is one and the flash is not encrypted: what is read as memory and what is written
/// would differ there.
pub fn with<T>(act: impl FnOnce(&mut FlashStorage<'static>) -> T) -> Option<T> {
    if esp_storage::flash_encryption() {
        return None;
    }
    critical_section::with(|section| STORAGE.borrow_ref_mut(section).as_mut().map(act))
}

unsafe extern "C" {
    /// The ROM's: has the cache forget what it holds of `len` bytes from `address` on.
    fn Cache_Invalidate_Addr(address: u32, len: u32) -> i32;
}

/// Has the cache forget what it holds of so many bytes of the window.
fn forget(address: usize, len: usize) {
    // SAFETY: what is in flash is what the cache holds, or newer: the cache is only read through.
    critical_section::with(|_| unsafe { Cache_Invalidate_Addr(address as u32, len as u32) });
}

/// Maps a page of flash to where the window has it.
#[cfg(feature = "esp32c3")]
fn map_page(page: usize) {
    esp_hal::peripherals::MMU_TABLE::regs().entry(FIRST + page).write(|w| {
        // SAFETY: the window has fewer pages than numbers.
        unsafe { w.paddr().bits(page as u8) }.invalid().clear_bit()
    });
}

/// Maps a page of flash to where the window has it.
#[cfg(feature = "esp32c6")]
fn map_page(page: usize) {
    let table = esp_hal::peripherals::SPI0::regs();
    // SAFETY: the table has so many entries.
    table.mmu_item_index().write(|w| unsafe { w.mmu_item_index().bits((FIRST + page) as u32) });
    // SAFETY: the window has fewer pages than numbers.
    table.mmu_item_content().write(|w| unsafe { w.paddr().bits(page as u16) }.valid().set_bit());
}

/// Has bytes of flash, within the window, be read there.
pub fn map(bytes: Range<usize>) {
    critical_section::with(|_| {
        for page in bytes.start / MAPPED..bytes.end.div_ceil(MAPPED) {
            map_page(page);
            forget(WINDOW + page * MAPPED, MAPPED);
        }
    });
}

impl Medium for Flash {
    unsafe fn write(&self, address: usize, bytes: &[u8]) {
        /// The driver writes words.
        #[repr(align(4))]
        struct Words([u8; PAGE]);

        in_pieces(address, bytes, |at, piece| {
            let words = Words(*piece);
            // What could not be written is read as it was, which whoever keeps files there sees.
            let _ = with(|storage| storage.write_nor((at - WINDOW) as u32, &words.0));
            forget(at, PAGE);
        });
    }

    unsafe fn erase(&self, address: usize, len: usize) {
        let at = (address - WINDOW) as u32;
        // As above.
        let _ = with(|storage| storage.erase(at, at + len as u32));
        forget(address, len);
    }
}
