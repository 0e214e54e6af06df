//! What is done with paths, and with files that are open.

use alloc::string::String;
use alloc::vec::Vec;

use super::device::{Device, Error, Result};
use super::folder::{Entry, Folder, Place, attribute};
use super::name;
use super::volume::Volume;
use crate::vfs::memory;

/// When something happens: date and time as entries have them.
pub type Stamp = (u16, u16);

/// How a file is to be opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    pub read: bool,
    pub write: bool,
    /// It is made if it is not there.
    pub create: bool,
    /// It must not be there.
    pub exclusive: bool,
    pub truncate: bool,
}

/// A file that is open.
pub(super) struct OpenFile {
    how: How,
    /// Where its entry is; `None` if that was removed.
    pub(super) place: Option<Place>,
    first: u32,
    size: u32,
    at: u32,
    /// A cluster of the file, and its number.
    at_hand: (u32, u32),
    /// Whether the entry says something else.
    is_changed: bool,
}

/// A mounted volume and its open files.
pub struct Fat {
    pub volume: Volume,
    pub(super) files: Vec<Option<OpenFile>>,
    /// Whether what a loss of power may have left has been set right.
    pub(super) is_consistent: bool,
}

/// What a path leads to.
pub enum Found {
    /// The root.
    Root,
    /// An entry, and the folder that it is in.
    Entry(Folder, Entry),
    /// Nothing, but a folder in which it could be.
    Missing(Folder, String),
}

impl Found {
    /// The folder that was found.
    fn folder(&self) -> Result<Folder> {
        match self {
            Found::Root => Ok(Folder::Root),
            Found::Entry(_, entry) if entry.is_folder() => Ok(entry.folder()),
            _ => Err(Error::NO_ENTRY),
        }
    }
}

impl Fat {
    pub fn new(volume: Volume) -> Fat {
        Fat { volume, files: Vec::new(), is_consistent: false }
    }

    /// What the names of a path lead to, from the root on.
    pub fn find(&mut self, dev: &dyn Device, names: &[String]) -> Result<Found> {
        let mut found = Found::Root;
        for name in names {
            let folder = found.folder()?;
            let name = name::checked(name)?;
            found = match self.volume.find_entry(dev, folder, name)? {
                Some(entry) => Found::Entry(folder, entry),
                None => Found::Missing(folder, memory::text(name)?),
            };
        }
        Ok(found)
    }

    /// The entry that is to be removed or renamed, and the folder that it is in.
    pub(super) fn find_existing(&mut self, dev: &dyn Device, names: &[String]) -> Result<(Folder, Entry)> {
        match self.find(dev, names)? {
            Found::Root => Err(Error::INVALID),
            Found::Entry(folder, entry) => Ok((folder, entry)),
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    /// What is in a folder.
    pub fn list(&mut self, dev: &dyn Device, names: &[String]) -> Result<Vec<Entry>> {
        let folder = self.find(dev, names)?.folder()?;
        let mut entries = Vec::new();
        self.volume.for_each_entry(dev, folder, &mut |entry| {
            memory::push(&mut entries, entry)?;
            Ok(true)
        })?;
        Ok(entries)
    }

    /// Makes a folder.
    pub fn mkdir(&mut self, dev: &dyn Device, names: &[String], now: Stamp) -> Result {
        self.make_consistent(dev)?;
        let Found::Missing(parent, name) = self.find(dev, names)? else { return Err(Error::EXISTS) };
        let cluster = self.volume.take(dev, None)?;
        let made = self.fill_folder(dev, parent, &name, cluster, now);
        if made.is_err() {
            // Nothing leads to it.
            self.volume.release(dev, cluster)?;
        }
        made?;
        self.sync_all(dev)
    }

    fn fill_folder(&mut self, dev: &dyn Device, parent: Folder, name: &str, cluster: u32, now: Stamp) -> Result {
        self.volume.clear_cluster(dev, cluster)?;
        let sector = self.volume.sector(cluster)?;
        let dots = self.volume.sectors.change(dev, sector)?;
        for (n, (short, first)) in
            [(b".          ", cluster), (b"..         ", parent.cluster())].into_iter().enumerate()
        {
            let entry = &mut dots[32 * n..32 * n + 32];
            entry[..11].copy_from_slice(short);
            entry[11..].copy_from_slice(&rest(attribute::FOLDER, first, 0, now));
        }
        self.volume.sectors.flush(dev)?;
        self.volume.add_entry(dev, parent, name, &rest(attribute::FOLDER, cluster, 0, now)).map(drop)
    }

    /// Removes a file, or an empty folder.
    pub fn remove(&mut self, dev: &dyn Device, names: &[String], is_folder: bool) -> Result {
        self.make_consistent(dev)?;
        let (folder, entry) = self.find_existing(dev, names)?;
        if entry.is_folder() != is_folder {
            return Err(if is_folder { Error::NOT_FOLDER } else { Error::IS_FOLDER });
        }
        let is_full = is_folder && !self.volume.is_empty(dev, entry.folder())?;
        if entry.attributes & attribute::READ_ONLY != 0 || is_full {
            return Err(Error::DENIED);
        }
        // Blocks that an open file has are freed: it is not to touch them any more.
        self.follow(entry.place, None);
        self.volume.remove_entry(dev, folder, &entry)?;
        if entry.first != 0 {
            self.volume.release(dev, entry.first)?;
        }
        self.sync_all(dev)
    }

    pub(super) fn sync_all(&mut self, dev: &dyn Device) -> Result {
        self.volume.sectors.flush(dev)?;
        dev.sync()
    }

    /// Opens a file: its number.
    pub fn open(&mut self, dev: &dyn Device, names: &[String], how: How, now: Stamp) -> Result<usize> {
        if how.write {
            self.make_consistent(dev)?;
        }
        let (place, mut first, mut size) = match self.find(dev, names)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(..) if how.exclusive => return Err(Error::EXISTS),
            Found::Entry(_, entry) if entry.is_folder() => {
                return Err(if how.create { Error::DENIED } else { Error::NO_ENTRY });
            }
            Found::Entry(_, entry) if how.write && entry.attributes & attribute::READ_ONLY != 0 => {
                return Err(Error::DENIED);
            }
            Found::Entry(_, entry) => (entry.place, entry.first, entry.size),
            Found::Missing(..) if !how.create => return Err(Error::NO_ENTRY),
            Found::Missing(folder, name) => {
                let place = self.volume.add_entry(dev, folder, &name, &rest(attribute::ARCHIVE, 0, 0, now))?;
                (place, 0, 0)
            }
        };
        if how.truncate && first != 0 {
            // The entry goes first, so that it never leads to what is free.
            set_data(self.volume.change_entry(dev, place)?, 0, 0, now);
            self.volume.sectors.flush(dev)?;
            self.volume.release(dev, first)?;
            (first, size) = (0, 0);
        }
        let file = OpenFile { how, place: Some(place), first, size, at: 0, at_hand: (0, 0), is_changed: false };
        let number = self.files.iter().position(Option::is_none).unwrap_or(self.files.len());
        if number == self.files.len() {
            memory::push(&mut self.files, None)?;
        }
        self.files[number] = Some(file);
        Ok(number)
    }

    fn parts(&mut self, number: usize) -> Result<(&mut Volume, &mut OpenFile)> {
        let file = self.files.get_mut(number).and_then(Option::as_mut).ok_or(Error::INVALID)?;
        if file.place.is_none() {
            return Err(Error::INVALID);
        }
        Ok((&mut self.volume, file))
    }

    /// Reads from where a file is: how many bytes came.
    pub fn read(&mut self, dev: &dyn Device, number: usize, out: &mut [u8]) -> Result<usize> {
        let (volume, file) = self.parts(number)?;
        if !file.how.read {
            return Err(Error::DENIED);
        }
        let wanted = out.len().min(file.size.saturating_sub(file.at) as usize);
        let mut done = 0;
        while done < wanted {
            let cluster = file.cluster(volume, dev)?.ok_or(Error::BROKEN)?;
            let (sector, offset, len) = file.piece(volume, cluster, wanted - done)?;
            let rest = &mut out[done..done + len];
            match offset {
                None => volume.sectors.read(dev, sector, rest)?,
                Some(offset) => rest.copy_from_slice(&volume.sectors.get(dev, sector)?[offset..offset + len]),
            }
            file.at += len as u32;
            done += len;
        }
        Ok(done)
    }

    /// Writes where a file is: how many bytes the device had room for.
    pub fn write(&mut self, dev: &dyn Device, number: usize, bytes: &[u8]) -> Result<usize> {
        let (volume, file) = self.parts(number)?;
        if !file.how.write {
            return Err(Error::DENIED);
        }
        // Between the end and here are zeros.
        let (at, zeros) = (file.at, [0; 64]);
        file.at = at.min(file.size);
        while file.at < at {
            let len = zeros.len().min((at - file.at) as usize);
            if file.write(volume, dev, &zeros[..len])? < len {
                return Ok(0);
            }
        }
        file.write(volume, dev, bytes)
    }

    /// Moves a file: where it is then.
    pub fn seek(&mut self, number: usize, offset: i64, whence: u8) -> Result<u32> {
        let (_, file) = self.parts(number)?;
        let base = match whence {
            0 => 0,
            1 => file.at,
            _ => file.size,
        };
        let at = u32::try_from(i64::from(base).saturating_add(offset)).map_err(|_| Error::INVALID)?;
        file.at = if file.how.write { at } else { at.min(file.size) };
        Ok(file.at)
    }

    /// Has all that was written be there after a loss of power.
    pub fn sync(&mut self, dev: &dyn Device, number: usize, now: Stamp) -> Result {
        let (volume, file) = self.parts(number)?;
        if let Some(place) = file.place.filter(|_| file.is_changed) {
            // Before the entry says that the data is there, it is.
            volume.sectors.flush(dev)?;
            set_data(volume.change_entry(dev, place)?, file.first, file.size, now);
            volume.sectors.flush(dev)?;
            file.is_changed = false;
        }
        self.sync_all(dev)
    }

    /// Closes a file, however that goes.
    pub fn close(&mut self, dev: &dyn Device, number: usize, now: Stamp) -> Result {
        let is_gone = self.files.get(number).and_then(Option::as_ref).is_some_and(|file| file.place.is_none());
        let result = if is_gone { Ok(()) } else { self.sync(dev, number, now) };
        self.forget(number);
        result
    }

    /// Gives a file up; what was not saved is lost.
    pub fn forget(&mut self, number: usize) {
        if let Some(file) = self.files.get_mut(number) {
            *file = None;
        }
    }
}

impl OpenFile {
    /// The cluster that the file is in.
    fn cluster(&mut self, volume: &mut Volume, dev: &dyn Device) -> Result<Option<u32>> {
        let index = self.at / volume.cluster_size();
        let (known, cluster) = self.at_hand;
        let found = if index >= volume.cluster_count {
            // The volume has no more, so that a chain which is so long goes round in circles.
            None
        } else if cluster != 0 && known <= index {
            volume.nth(dev, cluster, index - known)?
        } else if self.first != 0 {
            volume.nth(dev, self.first, index)?
        } else {
            None
        };
        if let Some(cluster) = found {
            self.at_hand = (index, cluster);
        }
        Ok(found)
    }

    /// Of the next `wanted` bytes, those that lie together: their sector, the byte in it unless they are whole sectors,
    /// and their number.
    fn piece(&self, volume: &Volume, cluster: u32, wanted: usize) -> Result<(u32, Option<usize>, usize)> {
        let size = volume.sectors.size;
        let in_cluster = self.at % volume.cluster_size();
        let sector = volume.sector(cluster)? + in_cluster / size;
        let offset = in_cluster % size;
        if offset == 0 && wanted >= size as usize {
            let room = (volume.cluster_size() - in_cluster) as usize;
            let whole = wanted.min(room) / size as usize * size as usize;
            return Ok((sector, None, whole));
        }
        Ok((sector, Some(offset as usize), wanted.min((size - offset) as usize)))
    }

    fn write(&mut self, volume: &mut Volume, dev: &dyn Device, bytes: &[u8]) -> Result<usize> {
        // A file has no more bytes than its size can say.
        let wanted = bytes.len().min((u32::MAX - self.at) as usize);
        let mut done = 0;
        while done < wanted {
            self.is_changed = true;
            let cluster = match self.cluster(volume, dev)? {
                Some(cluster) => cluster,
                None => match self.extend(volume, dev) {
                    Ok(cluster) => cluster,
                    Err(error) if error.is_no_space() => break,
                    Err(error) => return Err(error),
                },
            };
            let (sector, offset, len) = self.piece(volume, cluster, wanted - done)?;
            let piece = &bytes[done..done + len];
            match offset {
                None => volume.sectors.write(dev, sector, piece)?,
                Some(offset) => {
                    // There is nothing in a sector beyond the end.
                    let is_new = offset == 0 && self.at >= self.size;
                    let place =
                        if is_new { volume.sectors.clear(dev, sector)? } else { volume.sectors.change(dev, sector)? };
                    place[offset..offset + len].copy_from_slice(piece);
                }
            }
            self.at += len as u32;
            self.size = self.size.max(self.at);
            done += len;
        }
        Ok(done)
    }

    /// Adds a cluster at the end, which is where the file is.
    fn extend(&mut self, volume: &mut Volume, dev: &dyn Device) -> Result<u32> {
        let index = self.at / volume.cluster_size();
        let last = match (self.at_hand, self.first) {
            (_, 0) => None,
            ((known, cluster), _) if cluster != 0 && known + 1 == index => Some(cluster),
            (_, first) => Some(volume.nth(dev, first, index.saturating_sub(1))?.ok_or(Error::BROKEN)?),
        };
        let cluster = volume.take(dev, last)?;
        if last.is_none() {
            self.first = cluster;
        }
        self.at_hand = (index, cluster);
        Ok(cluster)
    }
}

/// What follows the name in a new entry.
fn rest(attributes: u8, first: u32, size: u32, now: Stamp) -> [u8; 21] {
    let mut entry = [0; 32];
    entry[11] = attributes;
    entry[14..16].copy_from_slice(&now.1.to_le_bytes());
    entry[16..18].copy_from_slice(&now.0.to_le_bytes());
    set_data(&mut entry, first, size, now);
    entry[11] = attributes;
    let mut rest = [0; 21];
    rest.copy_from_slice(&entry[11..]);
    rest
}

/// Has an entry lead to data.
fn set_data(entry: &mut [u8], first: u32, size: u32, now: Stamp) {
    entry[11] |= attribute::ARCHIVE;
    entry[18..20].copy_from_slice(&now.0.to_le_bytes());
    entry[20..22].copy_from_slice(&((first >> 16) as u16).to_le_bytes());
    entry[22..24].copy_from_slice(&now.1.to_le_bytes());
    entry[24..26].copy_from_slice(&now.0.to_le_bytes());
    entry[26..28].copy_from_slice(&(first as u16).to_le_bytes());
    entry[28..32].copy_from_slice(&size.to_le_bytes());
}

/// The names in a path, with `.` and `..` followed; above the root there is the root.
pub fn names(path: &[u8]) -> Result<Vec<String>> {
    let path = core::str::from_utf8(path).map_err(|_| Error::INVALID)?;
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => memory::push(&mut names, memory::text(name)?)?,
        }
    }
    Ok(names)
}
