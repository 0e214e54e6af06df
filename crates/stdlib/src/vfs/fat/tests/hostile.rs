//! Volumes that were made to do harm: chains that go round, folders that share clusters or are in themselves. Nothing
//! that is done with them goes on for ever, or worse.

use super::*;
use crate::vfs::accesses::Accesses;

const SECTORS: usize = 160;
/// More accesses than anything reasonable takes.
const MOST: u32 = 20_000;

/// A device that is not accessed for ever.
struct Counted {
    memory: Memory,
    accesses: Accesses,
}

impl Device for Counted {
    fn read(&self, sector: u32, buffer: &mut [u8]) -> Result {
        self.accesses.count();
        self.memory.read(sector, buffer)
    }

    fn write(&self, sector: u32, bytes: &[u8]) -> Result {
        self.accesses.count();
        self.memory.write(sector, bytes)
    }

    fn sync(&self) -> Result {
        Ok(())
    }
}

/// Sets entry `cluster` of the table, which has 12 bits each and starts at sector 1.
fn link(volume: &mut [u8], cluster: usize, to: u32) {
    let at = SECTOR + cluster * 3 / 2;
    if cluster.is_multiple_of(2) {
        volume[at] = to as u8;
        volume[at + 1] = volume[at + 1] & 0xf0 | (to >> 8) as u8;
    } else {
        volume[at] = volume[at] & 0x0f | (to << 4) as u8;
        volume[at + 1] = (to >> 4) as u8;
    }
}

#[test]
fn makes_no_sense() {
    let whole = formatted(SECTORS);
    let mut fat = mount(&whole).unwrap();
    for step in program() {
        apply(&mut fat, &whole, &step).unwrap();
    }
    let clusters = fat.volume.cluster_count;
    let first_data = fat.volume.sector(2).unwrap() as usize;
    let mut numbers = Numbers(4711);
    let mut next = |limit: u32| numbers.below(limit);
    for round in 0..500 {
        let memory = whole.copy();
        {
            let bytes = &mut *memory.bytes.borrow_mut();
            for _ in 0..next(40) {
                let to = if next(8) == 0 { next(1 << 12) } else { 2 + next(clusters) };
                link(bytes, 2 + next(clusters) as usize, to);
            }
            // Entries in the root and in what is a folder, or comes to be one.
            for _ in 0..next(40) {
                let root = first_data - 32 + next(64) as usize;
                let at = root * SECTOR + 32 * next(16) as usize;
                let entry = &mut bytes[at..at + 32];
                entry[..11].copy_from_slice(b"A          ");
                entry[0] = b'A' + next(6) as u8;
                entry[11] = [0x10, 0x10, 0x20, 0x0f][next(4) as usize];
                entry[12] = [0, 0x80][next(2) as usize];
                entry[26..28].copy_from_slice(&(next(clusters + 4) as u16).to_le_bytes());
                entry[28..32].copy_from_slice(&(next(1 << 16) << (8 * next(3))).to_le_bytes());
            }
        }
        let dev = Counted { memory, accesses: Accesses::new(MOST) };
        let budget = || dev.accesses.grant(MOST);
        let sectors = dev.memory.sectors();
        let Ok(volume) = Volume::mount(sectors, &dev) else { continue };
        let mut fat = Fat::new(volume);
        for name in ["/", "/a", "/a/b", "/b/c/d", "/e", "/f/f/f/f", "/e/moved"] {
            budget();
            let _ = fat.list(&dev, &path(name));
            let _ = read(&mut fat, &dev, name);
        }
        for step in &program()[..if round % 2 == 0 { 14 } else { 22 }] {
            budget();
            let _ = apply(&mut fat, &dev, step);
        }
        for name in ["/a", "/b/c", "/c", "/d", "/e", "/f/a"] {
            budget();
            let _ = fat.rename(&dev, &path(name), &path("/b/other"));
            let _ = fat.remove(&dev, &path(name), next(2) == 0);
        }
        budget();
        let _ = fat.volume.free_clusters(&dev);
    }
}
