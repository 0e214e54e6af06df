//! A volume: where its parts are, and the table of clusters that gives the file system its name.

use super::device::{Device, Error, Result, Sectors};
use crate::vfs::memory;

/// How wide the entries of the table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Fat12,
    Fat16,
    Fat32,
}

/// Most clusters of each kind; the kind follows from their number.
pub const MOST_12: u32 = 0xff5;
pub const MOST_16: u32 = 0xfff5;
pub const MOST_32: u32 = 0xfff_fff5;

/// The value of the last cluster of a chain.
const LAST: u32 = 0xfff_ffff;

/// A volume.
pub struct Volume {
    pub sectors: Sectors,
    pub kind: Kind,
    /// Where the first table starts.
    table: u32,
    /// The root folder: its first sector and entries, if it has a place of its own, or its first cluster.
    pub root: Root,
    /// The sector of cluster 2, and sectors of a cluster.
    data: u32,
    pub cluster_sectors: u32,
    pub cluster_count: u32,
    /// The sector that says how many clusters are free, until it has been made to say that nobody knows.
    info: Option<u32>,
    /// Where to look for a free cluster first.
    next: u32,
    /// Free clusters, once they were counted.
    free: Option<u32>,
}

/// Where the root folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    Fixed { sector: u32, entries: u32 },
    Cluster(u32),
}

fn u16_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 2).map_or(0, |bytes| u32::from(bytes[0]) | u32::from(bytes[1]) << 8)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u16_at(bytes, at) | u16_at(bytes, at + 2) << 16
}

/// Whether a sector is the first of a volume.
fn is_boot_sector(bytes: &[u8]) -> bool {
    u16_at(bytes, 510) == 0xaa55
        && matches!(bytes.first(), Some(0xe8 | 0xe9 | 0xeb))
        && (bytes.get(54..57) == Some(b"FAT") || bytes.get(82..87) == Some(b"FAT32"))
}

impl Volume {
    /// The volume of a device: all of it, or its first partition that is one.
    ///
    /// # Errors
    /// `ENODEV` if there is none.
    pub fn mount(mut sectors: Sectors, dev: &dyn Device) -> Result<Volume> {
        let first = sectors.get(dev, 0)?;
        if is_boot_sector(first) {
            let boot = memory::copy(first)?;
            return Volume::at(sectors, 0, &boot);
        }
        if u16_at(first, 510) == 0xaa55 {
            let starts: [u32; 4] = core::array::from_fn(|n| {
                let entry = first.get(446 + 16 * n..).unwrap_or_default();
                if entry.get(4) == Some(&0) { 0 } else { u32_at(entry, 8) }
            });
            for start in starts.into_iter().filter(|start| *start > 0) {
                let boot = match sectors.get(dev, start) {
                    Ok(boot) if is_boot_sector(boot) => memory::copy(boot)?,
                    Ok(_) | Err(Error::Errno(_)) => continue,
                    Err(error) => return Err(error),
                };
                return Volume::at(sectors, start, &boot);
            }
        }
        Err(Error::NO_DEVICE)
    }

    /// The volume whose first sector, number `start`, is `boot`.
    fn at(mut sectors: Sectors, start: u32, boot: &[u8]) -> Result<Volume> {
        let either = |short: u32, long: u32| if short != 0 { short } else { long };
        let cluster_sectors = u32::from(boot.get(13).copied().unwrap_or(0));
        let reserved = u16_at(boot, 14);
        let tables = u32::from(boot.get(16).copied().unwrap_or(0));
        let root_entries = u16_at(boot, 17);
        let total = either(u16_at(boot, 19), u32_at(boot, 32));
        let table_size = either(u16_at(boot, 22), u32_at(boot, 36));
        let root_size = (root_entries * 32).div_ceil(sectors.size);
        let before_data = u64::from(reserved) + u64::from(table_size) * u64::from(tables) + u64::from(root_size);
        let is_sane = u16_at(boot, 11) == sectors.size
            && cluster_sectors.is_power_of_two()
            && matches!(tables, 1 | 2)
            && reserved > 0
            && u64::from(start) + u64::from(total) <= u64::from(sectors.count)
            && before_data < u64::from(total);
        if !is_sane {
            return Err(Error::NO_DEVICE);
        }
        let before_data = before_data as u32;
        let cluster_count = (total - before_data) / cluster_sectors;
        let kind = if cluster_count <= MOST_12 {
            Kind::Fat12
        } else if cluster_count <= MOST_16 {
            Kind::Fat16
        } else if cluster_count <= MOST_32 {
            Kind::Fat32
        } else {
            return Err(Error::NO_DEVICE);
        };
        let entries = u64::from(table_size) * u64::from(sectors.size) * 8 / kind.bits();
        let table = start + reserved;
        let (root, info) = match kind {
            Kind::Fat32 if root_entries == 0 => (Root::Cluster(u32_at(boot, 44)), Some(start + u16_at(boot, 48))),
            Kind::Fat12 | Kind::Fat16 if root_entries > 0 => {
                (Root::Fixed { sector: start + before_data - root_size, entries: root_entries }, None)
            }
            _ => return Err(Error::NO_DEVICE),
        };
        if entries < u64::from(cluster_count) + 2 {
            return Err(Error::NO_DEVICE);
        }
        if tables == 2 {
            sectors.mirror(table..table + table_size, table_size);
        }
        let data = start + before_data;
        let (next, free) = (2, None);
        Ok(Volume { sectors, kind, table, root, data, cluster_sectors, cluster_count, info, next, free })
    }

    /// Bytes of a cluster.
    pub fn cluster_size(&self) -> u32 {
        self.cluster_sectors * self.sectors.size
    }

    /// Whether there is a cluster of that number.
    pub fn has(&self, cluster: u32) -> bool {
        cluster.checked_sub(2).is_some_and(|index| index < self.cluster_count)
    }

    /// The first sector of a cluster.
    pub fn sector(&self, cluster: u32) -> Result<u32> {
        if self.has(cluster) { Ok(self.data + (cluster - 2) * self.cluster_sectors) } else { Err(Error::BROKEN) }
    }

    /// The table's entry for a cluster: where its first byte is, by sector and byte.
    fn place(&self, cluster: u32) -> (u32, usize) {
        let at = u64::from(cluster) * self.kind.bits() / 8;
        let size = u64::from(self.sectors.size);
        (self.table + (at / size) as u32, (at % size) as usize)
    }

    /// What the table says of a cluster.
    fn get(&mut self, dev: &dyn Device, cluster: u32) -> Result<u32> {
        if !self.has(cluster) {
            return Err(Error::BROKEN);
        }
        let (sector, at) = self.place(cluster);
        Ok(match self.kind {
            Kind::Fat12 => {
                let low = u32::from(self.sectors.get(dev, sector)?[at]);
                let (sector, at) = self.after(sector, at);
                let pair = low | u32::from(self.sectors.get(dev, sector)?[at]) << 8;
                if cluster & 1 == 0 { pair & 0xfff } else { pair >> 4 }
            }
            Kind::Fat16 => u16_at(self.sectors.get(dev, sector)?, at),
            Kind::Fat32 => u32_at(self.sectors.get(dev, sector)?, at) & LAST,
        })
    }

    /// The byte after one.
    fn after(&self, sector: u32, at: usize) -> (u32, usize) {
        if at + 1 < self.sectors.size as usize { (sector, at + 1) } else { (sector + 1, 0) }
    }

    fn set(&mut self, dev: &dyn Device, cluster: u32, value: u32) -> Result {
        if !self.has(cluster) {
            return Err(Error::BROKEN);
        }
        let (sector, at) = self.place(cluster);
        match self.kind {
            Kind::Fat12 => {
                let (value, mask) =
                    if cluster & 1 == 0 { (value & 0xfff, 0xf000) } else { ((value & 0xfff) << 4, 0xf) };
                for (byte, (sector, at)) in [(sector, at), self.after(sector, at)].into_iter().enumerate() {
                    let place = &mut self.sectors.change(dev, sector)?[at];
                    *place = *place & (mask >> (8 * byte)) as u8 | (value >> (8 * byte)) as u8;
                }
            }
            Kind::Fat16 => {
                let bytes = self.sectors.change(dev, sector)?;
                bytes[at..at + 2].copy_from_slice(&(value as u16).to_le_bytes());
            }
            Kind::Fat32 => {
                let bytes = self.sectors.change(dev, sector)?;
                // Four bits are not the table's.
                let value = u32_at(bytes, at) & !LAST | value & LAST;
                bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
        }
        Ok(())
    }

    /// The bits of the table's entry 1 that say that the volume is as it should be; FAT12 has no room for that.
    fn clean_bit(&self) -> Option<u32> {
        match self.kind {
            Kind::Fat12 => None,
            Kind::Fat16 => Some(0x8000),
            Kind::Fat32 => Some(0x0800_0000),
        }
    }

    /// Whether the volume says that it is as it should be.
    pub fn is_clean(&mut self, dev: &dyn Device) -> Result<bool> {
        let Some(bit) = self.clean_bit() else { return Ok(false) };
        let (sector, at) = self.place(1);
        let bytes = self.sectors.get(dev, sector)?;
        let entry = if bit > 0xffff { u32_at(bytes, at) } else { u16_at(bytes, at) };
        Ok(entry & bit != 0)
    }

    /// Has the volume say whether it is as it should be: whether it said something else before, and can say so.
    pub fn mark_clean(&mut self, dev: &dyn Device, clean: bool) -> Result<bool> {
        let Some(bit) = self.clean_bit() else { return Ok(false) };
        if self.is_clean(dev)? == clean {
            return Ok(false);
        }
        let (sector, at) = self.place(1);
        let byte = if bit > 0xffff { (at + 3, (bit >> 24) as u8) } else { (at + 1, (bit >> 8) as u8) };
        self.sectors.change(dev, sector)?[byte.0] ^= byte.1;
        self.sectors.flush(dev)?;
        Ok(true)
    }

    /// The cluster after one in its chain, if there is another.
    pub fn next(&mut self, dev: &dyn Device, cluster: u32) -> Result<Option<u32>> {
        let next = self.get(dev, cluster)?;
        let last = match self.kind {
            Kind::Fat12 => 0xff8,
            Kind::Fat16 => 0xfff8,
            Kind::Fat32 => 0xfff_fff8,
        };
        match next {
            next if next >= last => Ok(None),
            next if self.has(next) => Ok(Some(next)),
            _ => Err(Error::BROKEN),
        }
    }

    /// The cluster with number `index` of the chain that begins with `first`, if the chain is so long.
    pub fn nth(&mut self, dev: &dyn Device, first: u32, index: u32) -> Result<Option<u32>> {
        if index >= self.cluster_count {
            return Ok(None);
        }
        let mut cluster = first;
        for _ in 0..index {
            match self.next(dev, cluster)? {
                Some(next) => cluster = next,
                None => return Ok(None),
            }
        }
        Ok(Some(cluster))
    }

    /// Takes a free cluster, as the end of the chain whose last is `after`, or as a chain of its own.
    ///
    /// # Errors
    /// `ENOSPC` if there is none.
    pub fn take(&mut self, dev: &dyn Device, after: Option<u32>) -> Result<u32> {
        for _ in 0..self.cluster_count {
            let cluster = self.next;
            self.next = if self.has(cluster + 1) { cluster + 1 } else { 2 };
            if self.get(dev, cluster)? == 0 {
                self.forget_info(dev)?;
                self.free = self.free.map(|free| free.saturating_sub(1));
                self.set(dev, cluster, LAST)?;
                if let Some(after) = after {
                    self.link(dev, after, cluster)?;
                }
                return Ok(cluster);
            }
        }
        Err(Error::NO_SPACE)
    }

    /// Has a chain go on with a cluster.
    pub fn link(&mut self, dev: &dyn Device, after: u32, cluster: u32) -> Result {
        // No chain on the device leads to what is free there.
        self.sectors.flush(dev)?;
        self.set(dev, after, cluster)
    }

    /// Frees a chain.
    pub fn release(&mut self, dev: &dyn Device, first: u32) -> Result {
        self.forget_info(dev)?;
        let mut cluster = first;
        for _ in 0..self.cluster_count {
            let next = self.next(dev, cluster);
            self.set(dev, cluster, 0)?;
            self.free = self.free.map(|free| free + 1);
            match next? {
                Some(next) => cluster = next,
                None => return Ok(()),
            }
        }
        Err(Error::BROKEN)
    }

    /// How many clusters are free.
    pub fn free_clusters(&mut self, dev: &dyn Device) -> Result<u32> {
        if let Some(free) = self.free {
            return Ok(free);
        }
        let mut free = 0;
        for cluster in 2..self.cluster_count + 2 {
            free += u32::from(self.get(dev, cluster)? == 0);
        }
        self.free = Some(free);
        Ok(free)
    }

    /// Has the device not say any more how many clusters are free: that would have to be kept true.
    fn forget_info(&mut self, dev: &dyn Device) -> Result {
        let Some(info) = self.info.take() else { return Ok(()) };
        let bytes = self.sectors.get(dev, info)?;
        if u32_at(bytes, 0) == INFO_START && u32_at(bytes, 484) == INFO_MIDDLE {
            self.sectors.change(dev, info)?[488..496].fill(0xff);
        }
        Ok(())
    }
}

/// Marks in the sector that says how many clusters are free.
pub const INFO_START: u32 = 0x4161_5252;
pub const INFO_MIDDLE: u32 = 0x6141_7272;

impl Kind {
    /// Bits of an entry of the table.
    fn bits(self) -> u64 {
        match self {
            Kind::Fat12 => 12,
            Kind::Fat16 => 16,
            Kind::Fat32 => 32,
        }
    }
}
