//! Folders: entries of 32 bytes, long names before the short.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::device::{Device, Error, Result};
use super::name;
use super::name::{UNIT_OFFSETS, UNITS};
use super::volume::{Root, Volume};
use crate::vfs::memory;

/// Bytes of an entry.
pub const ENTRY: usize = 32;
/// The most entries of a folder.
const MOST_ENTRIES: u32 = 1 << 16;

/// The first byte of an entry that was removed; a zero says that no more follow.
const REMOVED: u8 = 0xe5;

/// Attributes of an entry.
pub mod attribute {
    pub const READ_ONLY: u8 = 0x01;
    pub const VOLUME: u8 = 0x08;
    pub const FOLDER: u8 = 0x10;
    pub const ARCHIVE: u8 = 0x20;
    /// All of an entry that is a piece of a long name.
    pub const LONG: u8 = 0x0f;
}

/// A folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// The root.
    Root,
    /// One that begins with this cluster.
    At(u32),
}

impl Folder {
    /// Its first cluster as entries have it.
    pub fn cluster(self) -> u32 {
        match self {
            Folder::Root => 0,
            Folder::At(first) => first,
        }
    }
}

/// Where an entry is: its sector, and where in it.
pub type Place = (u32, usize);

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub short: [u8; 11],
    pub attributes: u8,
    /// Its first cluster, 0 if it has none.
    pub first: u32,
    pub size: u32,
    /// When it was changed: `yyyyyyymmmmddddd`, from 1980 on, and `hhhhhmmmmmmsssss`, in two seconds.
    pub date: u16,
    pub time: u16,
    /// Its slots in the folder, those of its long name included, and where the last is, which holds all else.
    slots: Range<u32>,
    pub place: Place,
}

impl Entry {
    pub fn is_folder(&self) -> bool {
        self.attributes & attribute::FOLDER != 0
    }

    /// The folder that it is.
    pub fn folder(&self) -> Folder {
        // A folder that leads to the root has no cluster.
        if self.first == 0 { Folder::Root } else { Folder::At(self.first) }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// An entry that has a place in a folder and is still to be written.
pub struct Planned {
    start: u32,
    short: [u8; 11],
    long: Vec<u16>,
    case: u8,
    /// Where its last slot is, which holds all but the long name.
    pub place: Place,
}

/// Pieces of a long name, as they come: the last first.
#[derive(Default)]
struct LongName {
    units: Vec<u16>,
    /// The number of the piece that must come next, and what it says of its short name.
    next: u8,
    checksum: u8,
    start: u32,
}

impl LongName {
    fn take(&mut self, raw: &[u8; ENTRY], slot: u32) -> Result {
        let number = raw[0] & 0x3f;
        if raw[0] & 0x40 != 0 {
            self.units.clear();
            (self.next, self.checksum, self.start) = (number, raw[13], slot);
        }
        if number == 0 || number != self.next || raw[13] != self.checksum || number > 20 {
            self.next = 0;
            return Ok(());
        }
        self.next = if number == 1 { u8::MAX } else { number - 1 };
        let piece = UNIT_OFFSETS.map(|at| u16_at(raw, at));
        self.units.try_reserve(piece.len())?;
        self.units.splice(0..0, piece);
        Ok(())
    }

    /// The name, if it is whole and that of `short`.
    fn finish(&mut self, short: &[u8; 11]) -> Option<(&[u16], u32)> {
        let is_whole = core::mem::take(&mut self.next) == u8::MAX && self.checksum == name::checksum(short);
        let len = self.units.iter().position(|unit| *unit == 0).unwrap_or(self.units.len());
        is_whole.then_some((&self.units[..len], self.start))
    }
}

impl Volume {
    /// Where slot number `slot` of a folder is, if the folder is so large. `at_hand` is a cluster of it and its index,
    /// to go on from.
    fn slot(&mut self, dev: &dyn Device, folder: Folder, slot: u32, at_hand: &mut (u32, u32)) -> Result<Option<Place>> {
        let in_sector = self.sectors.size / ENTRY as u32;
        let (sector, offset) = (slot / in_sector, (slot % in_sector) as usize * ENTRY);
        let first = match (folder, self.root) {
            (Folder::Root, Root::Fixed { sector: start, entries }) => {
                return Ok((slot < entries).then_some((start + sector, offset)));
            }
            (Folder::Root, Root::Cluster(first)) | (Folder::At(first), _) => first,
        };
        if slot >= MOST_ENTRIES {
            return Ok(None);
        }
        let index = sector / self.cluster_sectors;
        if index >= self.cluster_count {
            // The chain goes round in circles.
            return Ok(None);
        }
        let cluster = match *at_hand {
            (known, cluster) if cluster != 0 && known <= index => self.nth(dev, cluster, index - known)?,
            _ => self.nth(dev, first, index)?,
        };
        let Some(cluster) = cluster else { return Ok(None) };
        *at_hand = (index, cluster);
        Ok(Some((self.sector(cluster)? + sector % self.cluster_sectors, offset)))
    }

    /// The bytes of an entry.
    pub fn raw_entry(&mut self, dev: &dyn Device, place: Place) -> Result<[u8; ENTRY]> {
        let bytes = self.sectors.get(dev, place.0)?.get(place.1..place.1 + ENTRY);
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Error::BROKEN)
    }

    /// Changes the bytes of an entry.
    pub fn change_entry(&mut self, dev: &dyn Device, place: Place) -> Result<&mut [u8]> {
        self.sectors.change(dev, place.0)?.get_mut(place.1..place.1 + ENTRY).ok_or(Error::BROKEN)
    }

    /// Shows the entries of a folder, but for `.` and `..`, to `each`, until that answers `false`.
    pub fn for_each_entry(
        &mut self,
        dev: &dyn Device,
        folder: Folder,
        each: &mut dyn FnMut(Entry) -> Result<bool>,
    ) -> Result {
        let (mut long, mut at_hand) = (LongName::default(), (0, 0));
        for slot in 0.. {
            let Some(place) = self.slot(dev, folder, slot, &mut at_hand)? else { break };
            let raw = self.raw_entry(dev, place)?;
            match raw[0] {
                0 => break,
                REMOVED | b'.' => {
                    long.next = 0;
                    continue;
                }
                _ => {}
            }
            let attributes = raw[11] & 0x3f;
            if attributes == attribute::LONG {
                long.take(&raw, slot)?;
                continue;
            }
            if attributes & attribute::VOLUME != 0 {
                long.next = 0;
                continue;
            }
            let mut short = [0; 11];
            short.copy_from_slice(&raw[..11]);
            let (name, start) = match long.finish(&short) {
                Some((units, start)) => (name::of_units(units)?, start),
                None => (name::decode(&short, raw[12])?, slot),
            };
            let entry = Entry {
                name,
                short,
                attributes,
                first: u32::from(u16_at(&raw, 20)) << 16 | u32::from(u16_at(&raw, 26)),
                size: u32::from(u16_at(&raw, 28)) | u32::from(u16_at(&raw, 30)) << 16,
                time: u16_at(&raw, 22),
                date: u16_at(&raw, 24),
                slots: start..slot + 1,
                place,
            };
            if !each(entry)? {
                break;
            }
        }
        Ok(())
    }

    /// The entry of that name.
    pub fn find_entry(&mut self, dev: &dyn Device, folder: Folder, wanted: &str) -> Result<Option<Entry>> {
        let mut found = None;
        self.for_each_entry(dev, folder, &mut |entry| {
            if name::same(&entry.name, wanted) || name::same(&name::decode(&entry.short, 0)?, wanted) {
                found = Some(entry);
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }

    /// Adds an entry; what follows the name in it is given: where it is.
    ///
    /// # Errors
    /// `EACCES` if the folder takes no more.
    pub fn add_entry(&mut self, dev: &dyn Device, folder: Folder, name: &str, rest: &[u8]) -> Result<Place> {
        let planned = self.plan_entry(dev, folder, name)?;
        self.write_entry(dev, folder, &planned, rest, None)?;
        Ok(planned.place)
    }

    /// Finds a place for an entry.
    ///
    /// # Errors
    /// `EACCES` if the folder takes no more.
    pub fn plan_entry(&mut self, dev: &dyn Device, folder: Folder, name: &str) -> Result<Planned> {
        let name::Encoded { mut short, long, case } = name::encode(name)?;
        let long = long.unwrap_or_default();
        if !long.is_empty() {
            short = self.distinct(dev, folder, &short)?;
        }
        let pieces = long.len().div_ceil(UNITS) as u32;
        let start = self.free_slots(dev, folder, pieces + 1)?;
        let place = self.slot(dev, folder, start + pieces, &mut (0, 0))?.ok_or(Error::BROKEN)?;
        Ok(Planned { start, short, long, case, place })
    }

    /// Writes an entry where it was planned to be; what follows the name in it is given. Nothing on the device has it
    /// before all of its name is there. The entry at `replaced`, in the same sector, goes in the same write.
    pub fn write_entry(
        &mut self,
        dev: &dyn Device,
        folder: Folder,
        planned: &Planned,
        rest: &[u8],
        replaced: Option<Place>,
    ) -> Result {
        let Planned { start, short, long, case, place } = planned;
        let pieces = long.len().div_ceil(UNITS) as u32;
        let (sum, mut at_hand) = (name::checksum(short), (0, 0));
        for n in 0..pieces {
            let place = self.slot(dev, folder, start + n, &mut at_hand)?.ok_or(Error::BROKEN)?;
            let entry = self.change_entry(dev, place)?;
            entry.fill(0);
            let number = pieces - n;
            let units = long.get((number as usize - 1) * UNITS..).unwrap_or_default();
            entry[0] = number as u8 | if n == 0 { 0x40 } else { 0 };
            (entry[11], entry[13]) = (attribute::LONG, sum);
            for (k, at) in UNIT_OFFSETS.into_iter().enumerate() {
                // After the name comes a zero, and then nothing.
                let unit = match units.get(k) {
                    Some(unit) => *unit,
                    None if k == units.len() => 0,
                    None => 0xffff,
                };
                entry[at..at + 2].copy_from_slice(&unit.to_le_bytes());
            }
        }
        let entry = self.change_entry(dev, *place)?;
        entry[..11].copy_from_slice(short);
        entry[11..].copy_from_slice(rest);
        entry[12] = *case;
        if entry[0] == REMOVED {
            entry[0] = 0x05;
        }
        if let Some(replaced) = replaced {
            self.change_entry(dev, replaced)?[0] = REMOVED;
        }
        self.sectors.flush(dev)
    }

    /// A short name for a long one that no other entry of the folder has.
    fn distinct(&mut self, dev: &dyn Device, folder: Folder, short: &[u8; 11]) -> Result<[u8; 11]> {
        let mut taken = Vec::new();
        self.for_each_entry(dev, folder, &mut |entry| {
            memory::push(&mut taken, entry.short)?;
            Ok(true)
        })?;
        let mut numbers = (1..1_000_000).map(|number| name::numbered(short, number));
        numbers.find(|short| !taken.contains(short)).ok_or(Error::DENIED)
    }

    /// The first of so many free slots in a row, in a folder that grows if need be.
    fn free_slots(&mut self, dev: &dyn Device, folder: Folder, count: u32) -> Result<u32> {
        let (mut at_hand, mut free, mut at_end) = ((0, 0), 0, false);
        for slot in 0.. {
            let place = match self.slot(dev, folder, slot, &mut at_hand)? {
                Some(place) => place,
                None => {
                    self.grow(dev, folder, slot, at_hand.1)?;
                    self.slot(dev, folder, slot, &mut at_hand)?.ok_or(Error::DENIED)?
                }
            };
            let first = self.raw_entry(dev, place)?[0];
            at_end |= first == 0;
            free = if at_end || first == REMOVED { free + 1 } else { 0 };
            if free == count {
                return Ok(slot + 1 - count);
            }
        }
        Err(Error::DENIED)
    }

    /// Adds an empty cluster to a folder of `slots` entries, whose last cluster is given.
    fn grow(&mut self, dev: &dyn Device, folder: Folder, slots: u32, last: u32) -> Result {
        let is_fixed = folder == Folder::Root && matches!(self.root, Root::Fixed { .. });
        if is_fixed || slots >= MOST_ENTRIES || !self.has(last) {
            return Err(Error::DENIED);
        }
        // It must be empty before it is part of the folder.
        let cluster = self.take(dev, None)?;
        self.clear_cluster(dev, cluster)?;
        self.link(dev, last, cluster)
    }

    /// Fills a cluster with zeros.
    pub fn clear_cluster(&mut self, dev: &dyn Device, cluster: u32) -> Result {
        let sector = self.sector(cluster)?;
        for n in 0..self.cluster_sectors {
            self.sectors.clear(dev, sector + n)?;
        }
        self.sectors.flush(dev)
    }

    /// Removes an entry, the short name first, by which all else is found.
    pub fn remove_entry(&mut self, dev: &dyn Device, folder: Folder, entry: &Entry) -> Result {
        let mut at_hand = (0, 0);
        self.change_entry(dev, entry.place)?[0] = REMOVED;
        self.sectors.flush(dev)?;
        for slot in entry.slots.clone() {
            if let Some(place) = self.slot(dev, folder, slot, &mut at_hand)? {
                self.change_entry(dev, place)?[0] = REMOVED;
            }
        }
        self.sectors.flush(dev)
    }

    /// Whether there is nothing in a folder.
    pub fn is_empty(&mut self, dev: &dyn Device, folder: Folder) -> Result<bool> {
        let mut is_empty = true;
        self.for_each_entry(dev, folder, &mut |_| {
            is_empty = false;
            Ok(false)
        })?;
        Ok(is_empty)
    }
}
