//! The chip's flash, which the firmware itself runs from (facts: ST's manual RM0090, "Embedded Flash memory interface").
//!
//! Who reads flash while it is changed waits for that: a sector of 128 KiB takes a second or two, in which the board does
//! nothing else, and its clock stands still.

use core::ptr::with_exposed_provenance_mut;

use berus_firmware::flash::Medium;
use stm32_metapac::FLASH as CONTROLLER;
use stm32_metapac::flash::vals::Psize;

/// The chip's flash.
pub static FLASH: Flash = Flash;

/// See [`FLASH`].
pub struct Flash;

/// What has the controller take orders.
const KEYS: [u32; 2] = [0x4567_0123, 0xcdef_89ab];

/// Bytes that are written at once, where there are so many.
const WORD: usize = 4;

const KIB: usize = 1 << 10;
const START: usize = 0x0800_0000;

/// The addresses of the sectors, and that of their end: four of 16 KiB, one of 64 KiB, seven of 128 KiB.
const SECTORS: [usize; 13] = {
    let mut sectors = [START; 13];
    let mut number = 1;
    while number < sectors.len() {
        let len = match number - 1 {
            0..4 => 16 * KIB,
            4 => 64 * KIB,
            _ => 128 * KIB,
        };
        sectors[number] = sectors[number - 1] + len;
        number += 1;
    }
    sectors
};

/// Where a sector begins; behind the last one, where flash ends.
pub const fn sector(number: usize) -> usize {
    SECTORS[number]
}

/// Waits until what was ordered is done, which happens in any case.
fn wait() {
    while CONTROLLER.sr().read().bsy() {}
}

/// Has `change` give orders, and what is read afterwards be what flash holds then.
fn with_orders(change: impl FnOnce()) {
    if CONTROLLER.cr().read().lock() {
        for key in KEYS {
            CONTROLLER.keyr().write_value(key);
        }
    }
    wait();
    // What went wrong before would keep orders from being taken.
    CONTROLLER.sr().write(|w| {
        w.set_operr(true);
        w.set_wrperr(true);
        w.set_pgaerr(true);
        w.set_pgperr(true);
        w.set_pgserr(true);
    });
    change();
    CONTROLLER.cr().write(|w| w.set_lock(true));
    // The cache holds what was there before.
    CONTROLLER.acr().modify(|w| w.set_dcen(false));
    CONTROLLER.acr().modify(|w| w.set_dcrst(true));
    CONTROLLER.acr().modify(|w| w.set_dcrst(false));
    CONTROLLER.acr().modify(|w| w.set_dcen(true));
}

/// Writes one value.
///
/// # Safety
/// Its place is in flash, aligned to its size, and nothing relies on what it holds.
unsafe fn write<T>(address: usize, value: T, size: Psize) {
    CONTROLLER.cr().write(|w| {
        w.set_pg(true);
        w.set_psize(size);
    });
    // SAFETY: as the caller says.
    unsafe { with_exposed_provenance_mut::<T>(address).write_volatile(value) };
    wait();
}

impl Medium for Flash {
    unsafe fn write(&self, address: usize, bytes: &[u8]) {
        with_orders(|| {
            let (mut at, mut rest) = (address, bytes);
            while let [first, behind @ ..] = rest {
                // SAFETY: as the caller says.
                match rest.split_first_chunk::<WORD>() {
                    Some((word, behind)) if at.is_multiple_of(WORD) => {
                        unsafe { write(at, u32::from_le_bytes(*word), Psize::PSIZE32) };
                        (at, rest) = (at + WORD, behind);
                    }
                    _ => {
                        unsafe { write(at, *first, Psize::PSIZE8) };
                        (at, rest) = (at + 1, behind);
                    }
                }
            }
        });
    }

    unsafe fn erase(&self, address: usize, len: usize) {
        with_orders(|| {
            let within = address..address + len;
            for (number, _) in SECTORS.iter().enumerate().filter(|(_, sector)| within.contains(sector)) {
                CONTROLLER.cr().write(|w| {
                    w.set_ser(true);
                    w.set_psize(Psize::PSIZE32);
                    w.set_snb(number as u8);
                });
                CONTROLLER.cr().modify(|w| w.set_strt(true));
                wait();
            }
        });
    }
}
