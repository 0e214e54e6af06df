//! Where in flash what is:
//!
//! | sectors | each | what |
//! | --- | --- | --- |
//! | 0 | 16 KiB | the processor's vectors, and code that fits beside them |
//! | 1 to 3 | 16 KiB | files |
//! | 4 | 64 KiB | files |
//! | 5 to 10 | 128 KiB | the firmware's code |
//! | 11 | 128 KiB | files |
//!
//! Files lie in a pair of sectors, each of which here is what can be erased at once: the sectors 1 to 4, and as much of sector 11.

use alloc::boxed::Box;

use berus_firmware::flash::{Partition, Region};
use berus_runtime::host::Flash;
use berus_stdlib::vfs::Pair;

use crate::clocks::is_emulated;
use crate::flash::{FLASH, sector};

/// Bytes of RAM that stand for the flash of files in QEMU, which has none that can be written to.
pub const STAND_IN: usize = 32 << 10;

/// The partition for files. In QEMU it is the RAM at `stand_in`.
///
/// # Safety
/// There are [`STAND_IN`] bytes of RAM at `stand_in`, which nothing else uses, if QEMU runs this, and this is called once.
pub unsafe fn files(stand_in: *mut u8) -> Option<Box<dyn Flash>> {
    // SAFETY: nothing else is there, as the caller says of RAM.
    let sectors = unsafe {
        if is_emulated() {
            let len = STAND_IN / 2;
            [0, len].map(|offset| Region::new(stand_in.expose_provenance() + offset, len))
        } else {
            let len = sector(5) - sector(1);
            [sector(1), sector(11)].map(|start| Region::on(&FLASH, start, len).in_blocks(len))
        }
    };
    Some(Box::new(Pair::new(sectors.map(Partition::new)).ok()?))
}
