//! Where in flash what is, as the table of partitions says: files in the one that is called `vfs`, ROM images in `romfs`, whose
//! first block tells which half of the rest counts.

use core::ops::Range;

use berus_firmware::flash::{Partition, Region, Rom};
use esp_bootloader_esp_idf::partitions::{PARTITION_TABLE_MAX_LEN, PartitionTable, read_partition_table};

use crate::flash::{FLASH, WINDOW, WINDOW_LEN, map, with};

/// Bytes of a block.
const BLOCK: usize = 4096;

/// The partitions for files and for ROM images, as far as the table has them.
pub fn find() -> (Option<Partition>, Option<Rom>) {
    let mut bytes = [0; PARTITION_TABLE_MAX_LEN];
    let Some(Ok(table)) = with(|storage| read_partition_table(storage, &mut bytes)) else { return (None, None) };
    // SAFETY: the table has each name once, so that both partitions are used here only.
    unsafe { (place(&table, "vfs").map(|place| files(place)), place(&table, "romfs").map(|place| rom(place))) }
}

/// The partition for files at these addresses.
///
/// # Safety
/// They are mapped, and nothing else uses what is there.
unsafe fn files(place: Range<usize>) -> Partition {
    // SAFETY: as the caller says.
    Partition::new(unsafe { Region::on(&FLASH, place.start, place.len()) })
}

/// The partition for ROM images at these addresses.
///
/// # Safety
/// As for [`files`].
unsafe fn rom(place: Range<usize>) -> Rom {
    let halves = place.start + BLOCK..place.end;
    // SAFETY: as the caller says.
    let (halves, mark) =
        unsafe { (Region::on(&FLASH, halves.start, halves.len()), Region::on(&FLASH, place.start, BLOCK)) };
    Rom::marked(halves, mark)
}

/// The addresses of the partition that is called `name`, if the window has room for that partition.
fn place(table: &PartitionTable<'_>, name: &str) -> Option<Range<usize>> {
    let entry = table.iter().find(|entry| entry.label_as_str() == name)?;
    let (start, len) = (entry.offset() as usize, entry.len() as usize);
    let is_whole = start.is_multiple_of(BLOCK) && len.is_multiple_of(BLOCK) && len > 2 * BLOCK;
    if !is_whole || start > WINDOW_LEN || len > WINDOW_LEN - start {
        return None;
    }
    map(start..start + len);
    Some(WINDOW + start..WINDOW + start + len)
}
