//! Renaming, so that a loss of power leaves one name or two, and of two the one that is too many is found and removed.
//!
//! FAT has no way to change two sectors at once. A file that is renamed has its new name first and loses its old one
//! then, so that at any time there is a name; both in one write where both are in one sector. Where they are not, the
//! old entry is marked as moving before, and the volume as not clean meanwhile. A volume that is so marked, or that
//! cannot be marked (FAT12), is looked through before the first change after it was mounted: of two entries that lead
//! to the same data and agree in all else, too, the one that is moving goes. Were both to stay, removing one would free
//! what the other leads to.

use alloc::string::String;
use alloc::vec::Vec;

use super::device::{Device, Error, Result};
use super::folder::{Entry, Folder, Place, attribute};
use super::name;
use super::tree::{Fat, Found};
use super::volume::Root;
use crate::vfs::memory;

/// Of an entry, the byte that says how its short name is to be shown; and a bit there that nobody else uses, for an
/// entry that is moving.
const CASE: usize = 12;
const MOVING: u8 = 0x80;

impl Fat {
    /// Gives a file or folder another path. A file that is there is replaced.
    pub fn rename(&mut self, dev: &dyn Device, old: &[String], new: &[String]) -> Result {
        self.make_consistent(dev)?;
        let (from, entry) = self.find_existing(dev, old)?;
        // A folder cannot be moved into itself.
        let is_inside = new.len() > old.len() && old.iter().zip(new).all(|(old, new)| name::same(old, new));
        if is_inside {
            return Err(Error::INVALID);
        }
        let (to, name) = match self.find(dev, new)? {
            Found::Root => return Err(Error::EXISTS),
            Found::Missing(folder, name) => (folder, name),
            // The same entry, whose name may change its case.
            Found::Entry(folder, other) if other.place == entry.place => (folder, last(new)?),
            Found::Entry(_, other) if !entry.is_folder() && !other.is_folder() => {
                self.replace(dev, from, &entry, &other)?;
                return if other.name == last(new)? { Ok(()) } else { self.rename(dev, new, new) };
            }
            Found::Entry(folder, _) => {
                self.remove(dev, new, false)?;
                (folder, last(new)?)
            }
        };
        let raw = self.volume.raw_entry(dev, entry.place)?;
        let planned = self.volume.plan_entry(dev, to, &name)?;
        let at_once = planned.place.0 == entry.place.0;
        let is_marked = !at_once && self.mark_moving(dev, &entry)?;
        let (_, rest) = raw.split_at(11);
        self.volume.write_entry(dev, to, &planned, rest, at_once.then_some(entry.place))?;
        if entry.is_folder() && to != from {
            self.set_parent(dev, &entry, to)?;
        }
        self.volume.remove_entry(dev, from, &entry)?;
        self.follow(entry.place, Some(planned.place));
        self.finish(dev, is_marked)
    }

    /// Has a file take the place of another, whose entry comes to lead to its data.
    fn replace(&mut self, dev: &dyn Device, from: Folder, entry: &Entry, other: &Entry) -> Result {
        if other.attributes & attribute::READ_ONLY != 0 {
            return Err(Error::DENIED);
        }
        let raw = self.volume.raw_entry(dev, entry.place)?;
        let at_once = other.place.0 == entry.place.0;
        let is_marked = !at_once && self.mark_moving(dev, entry)?;
        let replaced = self.volume.change_entry(dev, other.place)?;
        let case = replaced[CASE];
        replaced[11..].copy_from_slice(&raw[11..]);
        replaced[CASE] = case & !MOVING;
        if !at_once {
            self.volume.sectors.flush(dev)?;
        }
        // In the same write, if they are in one sector.
        self.volume.remove_entry(dev, from, entry)?;
        self.follow(other.place, None);
        self.follow(entry.place, Some(other.place));
        if other.first != 0 {
            self.volume.release(dev, other.first)?;
        }
        self.finish(dev, is_marked)
    }

    /// Notes that an entry is about to be moved elsewhere: whether the volume was clean, and is to be marked so again.
    fn mark_moving(&mut self, dev: &dyn Device, entry: &Entry) -> Result<bool> {
        let was_clean = self.volume.mark_clean(dev, false)?;
        self.volume.change_entry(dev, entry.place)?[CASE] |= MOVING;
        self.volume.sectors.flush(dev)?;
        Ok(was_clean)
    }

    fn finish(&mut self, dev: &dyn Device, is_marked: bool) -> Result {
        if is_marked {
            self.volume.sectors.flush(dev)?;
            self.volume.mark_clean(dev, true)?;
        }
        self.sync_all(dev)
    }

    /// Has open files whose entry was at `old` follow it, or have none any more.
    pub(super) fn follow(&mut self, old: Place, new: Option<Place>) {
        for file in self.files.iter_mut().flatten().filter(|file| file.place == Some(old)) {
            file.place = new;
        }
    }

    /// Has the entry `..` of a folder lead to another.
    fn set_parent(&mut self, dev: &dyn Device, entry: &Entry, parent: Folder) -> Result {
        let place = (self.volume.sector(entry.first)?, 32);
        let first = parent.cluster();
        let dots = self.volume.change_entry(dev, place)?;
        if dots.starts_with(b"..") {
            dots[20..22].copy_from_slice(&((first >> 16) as u16).to_le_bytes());
            dots[26..28].copy_from_slice(&(first as u16).to_le_bytes());
        }
        self.volume.sectors.flush(dev)
    }

    /// Sets right what a loss of power may have left: before every change.
    pub(super) fn make_consistent(&mut self, dev: &dyn Device) -> Result {
        if self.is_consistent {
            return Ok(());
        }
        if !self.volume.is_clean(dev)? && self.remove_doubles(dev)? {
            self.sync_all(dev)?;
            self.volume.mark_clean(dev, true)?;
        }
        self.is_consistent = true;
        Ok(())
    }

    /// Removes one of two entries for the same: whether there were any.
    fn remove_doubles(&mut self, dev: &dyn Device) -> Result<bool> {
        // Where the first entry for each cluster is, in the order of the clusters' numbers.
        let mut known: Vec<(u32, Folder, Place)> = Vec::new();
        let mut seen = Clusters::default();
        if let Root::Cluster(root) = self.volume.root {
            self.is_new(dev, root, &mut seen)?;
        }
        let (mut folders, mut any) = (memory::copy(&[Folder::Root])?, false);
        while let Some(folder) = folders.pop() {
            let mut entries = Vec::new();
            let listed = self.volume.for_each_entry(dev, folder, &mut |entry| {
                if entry.first != 0 {
                    memory::push(&mut entries, (entry.first, entry.is_folder(), entry.place))?;
                }
                Ok(true)
            });
            unless_damaged(listed)?;
            for (first, is_folder, place) in entries {
                if is_folder && self.is_new(dev, first, &mut seen)? {
                    memory::push(&mut folders, Folder::At(first))?;
                }
                match known.binary_search_by_key(&first, |entry| entry.0) {
                    Err(at) => memory::insert(&mut known, at, (first, folder, place))?,
                    Ok(at) => {
                        let (_, other, other_place) = known[at];
                        let removed = self.remove_double(dev, (other, other_place), (folder, place));
                        any |= unless_damaged(removed)?.unwrap_or(false);
                    }
                }
            }
        }
        Ok(any)
    }

    /// Whether no folder was seen yet that shares a cluster with the one that begins with `first`: what is damaged may
    /// lead anywhere.
    fn is_new(&mut self, dev: &dyn Device, first: u32, seen: &mut Clusters) -> Result<bool> {
        let mut cluster = first;
        while self.volume.has(cluster) && seen.insert(cluster)? {
            match unless_damaged(self.volume.next(dev, cluster))? {
                Some(Some(next)) => cluster = next,
                Some(None) => return Ok(true),
                None => break,
            }
        }
        Ok(false)
    }

    /// Of two entries that lead to the same and agree in all but their names, removes the one that was moving: whether
    /// there is one.
    fn remove_double(&mut self, dev: &dyn Device, one: (Folder, Place), other: (Folder, Place)) -> Result<bool> {
        let (mut a, mut b) = (self.volume.raw_entry(dev, one.1)?, self.volume.raw_entry(dev, other.1)?);
        let (old, kept) = match (a[CASE] & MOVING != 0, b[CASE] & MOVING != 0) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            _ => return Ok(false),
        };
        (a[CASE], b[CASE]) = (0, 0);
        if a[11..] != b[11..] {
            return Ok(false);
        }
        let Some(entry) = self.entry_at(dev, old)? else { return Ok(false) };
        if entry.is_folder() {
            self.set_parent(dev, &entry, kept.0)?;
        }
        self.volume.remove_entry(dev, old.0, &entry)?;
        Ok(true)
    }

    fn entry_at(&mut self, dev: &dyn Device, (folder, place): (Folder, Place)) -> Result<Option<Entry>> {
        let mut found = None;
        self.volume.for_each_entry(dev, folder, &mut |entry| {
            if entry.place == place {
                found = Some(entry);
            }
            Ok(found.is_none())
        })?;
        Ok(found)
    }
}

/// A set of clusters' numbers: a bit for each up to the largest.
#[derive(Default)]
struct Clusters(Vec<u64>);

impl Clusters {
    /// Adds a cluster: whether it was not there yet.
    fn insert(&mut self, cluster: u32) -> Result<bool> {
        let (word, bit) = (cluster as usize / 64, 1 << (cluster % 64));
        if word >= self.0.len() {
            memory::resize(&mut self.0, word + 1, 0)?;
        }
        let is_new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        Ok(is_new)
    }
}

/// What was found out, if the volume is not damaged there. What a device raises is raised.
fn unless_damaged<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Errno(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The last name of a path.
fn last(names: &[String]) -> Result<String> {
    names.last().map_or(Err(Error::INVALID), |name| memory::text(name::checked(name)?))
}
