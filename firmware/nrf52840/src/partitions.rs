//! Where in flash what is: the firmware, at most as large as memory/nrf52840.x says; a block that tells which half of the
//! partition for ROM images counts; these halves; files of programs, up to the boot loader.

use berus_firmware::flash::{Partition, Region, Rom};

use crate::flash::FLASH;

const KIB: usize = 1 << 10;

/// Where the firmware begins, and the boot loader; sizes of what the firmware may take, and of a ROM image.
const START: usize = 0x1000;
const BOOT_LOADER: usize = 0xf_4000;
const FIRMWARE: usize = 888 * KIB;
const IMAGE: usize = 8 * KIB;

const MARK: usize = START + FIRMWARE;
const ROM: usize = MARK + 4 * KIB;
const FILES: usize = ROM + 2 * IMAGE;

/// The partition for ROM images.
pub fn rom() -> Rom {
    // SAFETY: nothing else is there.
    let (halves, mark) = unsafe { (Region::on(&FLASH, ROM, 2 * IMAGE), Region::on(&FLASH, MARK, 4 * KIB)) };
    Rom::marked(halves, mark)
}

/// The partition for files.
pub fn files() -> Partition {
    // SAFETY: nothing else is there.
    Partition::new(unsafe { Region::on(&FLASH, FILES, BOOT_LOADER - FILES) })
}
