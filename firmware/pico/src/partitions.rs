//! Where in flash what is: the firmware, at most as large as memory/*.x says; a block that tells which half of the partition for
//! ROM images counts; these halves; files of programs.

use berus_firmware::flash::{Partition, Region, Rom};

use crate::flash::FLASH;

/// Where the processor sees flash.
pub const START: usize = 0x1000_0000;

const KIB: usize = 1 << 10;

/// Sizes of the flash, of what the firmware may take, and of a ROM image.
const LEN: usize = if cfg!(feature = "rp2040") { 2048 * KIB } else { 4096 * KIB };
const FIRMWARE: usize = 1084 * KIB;
const IMAGE: usize = if cfg!(feature = "rp2040") { 128 * KIB } else { 512 * KIB };

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
    Partition::new(unsafe { Region::on(&FLASH, FILES, START + LEN - FILES) })
}
