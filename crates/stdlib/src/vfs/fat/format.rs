//! Making an empty file system, as FatFs does it: one table, 512 entries in the root of the small kinds.

use alloc::vec::Vec;

use super::device::{Device, Error, Result, Sectors};
use super::volume::{INFO_MIDDLE, INFO_START, Kind, MOST_12, MOST_16, MOST_32};
use crate::vfs::memory;

/// Entries of the root folder of the small kinds.
const ROOT_ENTRIES: u32 = 512;
/// The smallest volume, in sectors.
const LEAST: u32 = 22;
/// Where a volume starts that is in a partition.
const PARTITION_START: u32 = 63;

/// Where everything goes, in sectors.
struct Layout {
    kind: Kind,
    start: u32,
    size: u32,
    cluster: u32,
    reserved: u32,
    table: u32,
    root: u32,
    clusters: u32,
}

/// The size of a cluster for a volume of `size` units: it doubles at each of `bounds`.
fn cluster_size(size: u32, bounds: &[u32]) -> u32 {
    1 << bounds.iter().filter(|bound| **bound <= size).count()
}

impl Layout {
    /// For FAT12 or FAT16 on all of a device.
    fn small(sector: u32, size: u32) -> Option<Layout> {
        let mut cluster = cluster_size(size / 0x1000, &[1, 4, 16, 64, 256, 512]);
        loop {
            let clusters = size / cluster;
            let (kind, bytes) = match clusters {
                ..=MOST_12 => (Kind::Fat12, (clusters * 3).div_ceil(2) + 3),
                _ => (Kind::Fat16, clusters.checked_mul(2)? + 4),
            };
            let (table, root) = (bytes.div_ceil(sector), ROOT_ENTRIES * 32 / sector);
            let before = 1 + table + root;
            if size < before + cluster * 16 {
                return None;
            }
            let clusters = (size - before) / cluster;
            let fits = match kind {
                Kind::Fat12 => clusters <= MOST_12,
                _ => clusters > MOST_12 && clusters <= MOST_16,
            };
            if fits {
                return Some(Layout { kind, start: 0, size, cluster, reserved: 1, table, root, clusters });
            }
            // Larger clusters are fewer.
            cluster = Some(cluster * 2).filter(|cluster| *cluster <= 128)?;
        }
    }

    /// For FAT32 in a partition of a device.
    fn large(sector: u32, size: u32) -> Option<Layout> {
        let size = size.checked_sub(PARTITION_START)?;
        let mut cluster = cluster_size(size / 0x2_0000, &[1, 2, 4, 8, 16, 32]);
        loop {
            let clusters = size / cluster;
            let (reserved, table) = (32, (u64::from(clusters) * 4 + 8).div_ceil(sector.into()) as u32);
            if clusters <= MOST_16 || clusters > MOST_32 || size < reserved + table + cluster * 16 {
                return None;
            }
            let clusters = (size - reserved - table) / cluster;
            if clusters <= MOST_16 {
                // Smaller clusters are more.
                cluster = Some(cluster / 2).filter(|cluster| *cluster > 0)?;
                continue;
            }
            let start = PARTITION_START;
            return Some(Layout { kind: Kind::Fat32, start, size, cluster, reserved, table, root: 0, clusters });
        }
    }

    /// The first sector of the volume.
    fn boot_sector(&self, sector: u32, serial: u32) -> Result<Vec<u8>> {
        let mut boot = memory::filled(sector as usize, 0)?;
        let mut put = |at: usize, bytes: &[u8]| boot[at..at + bytes.len()].copy_from_slice(bytes);
        let word = |number: u32| (number as u16).to_le_bytes();
        put(0, b"\xeb\xfe\x90MSDOS5.0");
        put(11, &word(sector));
        put(13, &[self.cluster as u8]);
        put(14, &word(self.reserved));
        put(16, &[1]);
        let is_short = self.size < 0x1_0000;
        put(19, &word(if is_short { self.size } else { 0 }));
        put(21, &[0xf8]);
        put(24, &word(63));
        put(26, &word(255));
        put(28, &self.start.to_le_bytes());
        put(32, &(if is_short { 0 } else { self.size }).to_le_bytes());
        let tail = match self.kind {
            Kind::Fat32 => {
                put(36, &self.table.to_le_bytes());
                put(44, &2u32.to_le_bytes());
                // Where the numbers of free clusters are, and a copy of this sector.
                put(48, &word(1));
                put(50, &word(6));
                put(82, b"FAT32   ");
                64
            }
            Kind::Fat12 | Kind::Fat16 => {
                put(17, &word(ROOT_ENTRIES));
                put(22, &word(self.table));
                put(54, b"FAT     ");
                36
            }
        };
        put(tail, &[0x80, 0, 0x29]);
        put(tail + 3, &serial.to_le_bytes());
        put(tail + 7, b"NO NAME    ");
        put(510, &[0x55, 0xaa]);
        Ok(boot)
    }
}

/// Makes an empty file system: on all of the device if that is not too large, else in a partition. `serial` tells it
/// from others.
pub fn format(sectors: &mut Sectors, dev: &dyn Device, serial: u32) -> Result {
    let (sector, count) = (sectors.size, sectors.count);
    if count < LEAST {
        return Err(Error::BROKEN);
    }
    let layout = Layout::small(sector, count).or_else(|| Layout::large(sector, count)).ok_or(Error::BROKEN)?;
    let table = layout.start + layout.reserved;
    let first_entries: &[u8] = match layout.kind {
        Kind::Fat12 => &[0xf8, 0xff, 0xff],
        Kind::Fat16 => &[0xf8, 0xff, 0xff, 0xff],
        Kind::Fat32 => &[0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    };
    // The first sector comes last, so that what is there is not a file system before it is whole.
    sectors.clear(dev, 0)?;
    for n in 0..layout.table {
        let bytes = sectors.clear(dev, table + n)?;
        if n == 0 {
            bytes[..first_entries.len()].copy_from_slice(first_entries);
        }
    }
    let root = if layout.kind == Kind::Fat32 { layout.cluster } else { layout.root };
    for n in 0..root {
        sectors.clear(dev, table + layout.table + n)?;
    }
    let boot = layout.boot_sector(sector, serial)?;
    if layout.kind == Kind::Fat32 {
        sectors.clear(dev, layout.start + 6)?.copy_from_slice(&boot);
        for at in [1, 7] {
            let info = sectors.clear(dev, layout.start + at)?;
            info[..4].copy_from_slice(&INFO_START.to_le_bytes());
            info[484..488].copy_from_slice(&INFO_MIDDLE.to_le_bytes());
            info[488..492].copy_from_slice(&(layout.clusters - 1).to_le_bytes());
            info[492..496].copy_from_slice(&2u32.to_le_bytes());
            info[510..512].copy_from_slice(&[0x55, 0xaa]);
        }
    }
    sectors.clear(dev, layout.start)?.copy_from_slice(&boot);
    if layout.start > 0 {
        let partitions = sectors.clear(dev, 0)?;
        let entry = &mut partitions[446..462];
        // Heads and cylinders mean nothing any more.
        entry[..8].copy_from_slice(&[0, 1, 1, 0, 0x0c, 0xfe, 0xff, 0xff]);
        entry[8..12].copy_from_slice(&layout.start.to_le_bytes());
        entry[12..16].copy_from_slice(&layout.size.to_le_bytes());
        partitions[510..512].copy_from_slice(&[0x55, 0xaa]);
    }
    sectors.flush(dev)?;
    dev.sync()
}
