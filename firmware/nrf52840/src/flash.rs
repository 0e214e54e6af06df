//! The flash that the firmware itself runs from, written by the chip's controller (facts: "nRF52840 Product Specification",
//! chapter "NVMC"). While the controller writes, the processor waits for its next instruction from flash.

use core::ptr::with_exposed_provenance_mut;

use berus_firmware::flash::{Medium, in_pieces};
use nrf_pac::NVMC;
use nrf_pac::nvmc::vals::Wen;

/// The chip's flash.
pub static FLASH: Flash = Flash;

/// See [`FLASH`].
pub struct Flash;

/// Bytes of a page, which is erased at once, and of a word, which is written at once.
const PAGE: usize = 4096;
const WORD: usize = 4;

/// Bits of half a word: one can be written twice.
const HALF: usize = 16;

/// Has the controller allow what `act` does, with interrupts held off, and waits until that is done.
fn allowing(what: Wen, act: impl FnOnce()) {
    critical_section::with(|_| {
        let wait = || while !NVMC.ready().read().ready() {};
        NVMC.config().write(|w| w.set_wen(what));
        act();
        wait();
        NVMC.config().write(|w| w.set_wen(Wen::Ren));
        wait();
    });
}

impl Medium for Flash {
    fn stride(&self) -> usize {
        HALF
    }

    unsafe fn write(&self, address: usize, bytes: &[u8]) {
        in_pieces(address, bytes, |at, word: &[u8; WORD]| {
            let word = u32::from_le_bytes(*word);
            // Ones leave a word as it is, but count as written.
            if word != u32::MAX {
                // SAFETY: as the caller says.
                allowing(Wen::Wen, || unsafe { with_exposed_provenance_mut::<u32>(at).write_volatile(word) });
            }
        });
    }

    unsafe fn erase(&self, address: usize, len: usize) {
        for page in (address..address + len).step_by(PAGE) {
            allowing(Wen::Een, || NVMC.erasepage().write_value(page as u32));
        }
    }
}
