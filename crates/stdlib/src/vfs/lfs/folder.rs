//! Folders: one or several metadata pairs each, a list of entries in each pair, and all pairs in one list, from the
//! first on.

use alloc::vec::Vec;

use super::ctz::List;
use super::device::{Device, Disk, Error, Result};
use super::pair::Pair;
use super::tree::{Body, Context, Info, Place};
use crate::vfs::memory;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Superblock,
    /// Something else, with its number in the format.
    Other(u32),
}

/// What an entry's name stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing that is known here.
    Unknown,
    /// A folder, which begins with this pair.
    Folder(Pair),
    /// A file's data, or the superblock's.
    Inline(Vec<u8>),
    /// A file's data.
    List(List),
}

impl Content {
    /// The same once more.
    pub fn copy(&self) -> Result<Content> {
        Ok(match self {
            Content::Unknown => Content::Unknown,
            Content::Folder(pair) => Content::Folder(*pair),
            Content::Inline(bytes) => Content::Inline(memory::copy(bytes)?),
            Content::List(list) => Content::List(*list),
        })
    }
}

/// An entry of a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub name: Vec<u8>,
    pub content: Content,
    /// Its attributes, by number.
    pub attributes: Vec<(u8, Vec<u8>)>,
    /// Whether it is being moved elsewhere, where the entry says so.
    pub is_moving: bool,
}

/// The number of the attribute that holds when a file was changed: nanoseconds since 1970, in eight bytes.
pub const MODIFIED: u8 = 1;

impl Entry {
    pub fn new(kind: Kind, name: Vec<u8>, content: Content) -> Entry {
        Entry { kind, name, content, attributes: Vec::new(), is_moving: false }
    }

    /// The same once more, with another name.
    pub fn named(&self, name: Vec<u8>) -> Result<Entry> {
        let attributes = memory::map(&self.attributes, |(number, value)| Ok((*number, memory::copy(value)?)))?;
        Ok(Entry { kind: self.kind, name, content: self.content.copy()?, attributes, is_moving: self.is_moving })
    }

    /// The same once more.
    pub fn copy(&self) -> Result<Entry> {
        self.named(memory::copy(&self.name)?)
    }

    pub fn set_attribute(&mut self, number: u8, value: Option<Vec<u8>>) -> Result {
        self.attributes.retain(|(other, _)| *other != number);
        match value {
            Some(value) => memory::push(&mut self.attributes, (number, value)),
            None => Ok(()),
        }
    }

    /// Whether it is something that has a path.
    pub fn is_named(&self) -> bool {
        matches!(self.kind, Kind::File | Kind::Folder)
    }

    pub fn info(&self) -> Result<Info> {
        let modified = self.attributes.iter().find(|(number, _)| *number == MODIFIED);
        let size = match &self.content {
            Content::Inline(data) => data.len() as u32,
            Content::List(list) => list.size,
            _ => 0,
        };
        Ok(Info {
            name: memory::copy(&self.name)?,
            is_folder: self.kind == Kind::Folder,
            size,
            modified: modified.and_then(|(_, bytes)| bytes.as_slice().try_into().ok()).map(u64::from_le_bytes),
        })
    }

    /// The data of a file.
    ///
    /// # Errors
    /// `EISDIR` if it is a folder.
    pub fn body(&self) -> Result<Body> {
        match &self.content {
            _ if self.kind == Kind::Folder => Err(Error::IS_FOLDER),
            Content::List(list) => Ok(Body::List(*list)),
            Content::Inline(bytes) => Ok(Body::Inline(memory::copy(bytes)?)),
            _ => Err(Error::CORRUPT),
        }
    }
}

/// A pair in the list of all that begins no folder, since the folder was removed, or is elsewhere now: a change was
/// interrupted.
pub struct Stray {
    /// The pair before it in the list.
    pub before: Pair,
    pub pair: Pair,
    /// Where the folder begins now, if it is still there.
    pub moved_to: Option<Pair>,
}

/// What a metadata pair holds.
pub trait Part {
    /// The pair, the block that was written last first.
    fn pair(&self) -> Pair;

    fn entries(&self) -> &[Entry];

    /// The next pair in the list of all.
    fn tail(&self) -> Pair;

    /// Whether the next pair belongs to the same folder.
    fn continues(&self) -> bool;

    /// An entry, which must be there.
    fn entry(&self, id: usize) -> Result<&Entry> {
        self.entries().get(id).ok_or(Error::CORRUPT)
    }
}

/// What a path leads to.
pub enum Found<P> {
    /// The root.
    Root,
    /// An entry of a part.
    Entry(P, usize),
    /// Nothing, but to a folder in which it could be: at that place of that part.
    Missing(P, usize, Vec<u8>),
}

/// Walks through folders.
pub trait Folders {
    type Part: Part;

    /// The first pair of the root folder.
    fn root(&self) -> Pair;

    /// Reads a pair.
    fn fetch(&mut self, disk: &mut Disk, dev: &dyn Device, pair: Pair) -> Result<Self::Part>;

    /// Reads again what concerns several pairs, if a change has failed, so that it is not known what is on the device.
    fn refresh(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result;

    /// Whether an entry has been moved elsewhere and is still where it was: a move was interrupted.
    fn is_moved(&self, part: &Self::Part, id: usize) -> bool;

    /// Where in a part a new entry is to go, if not after all others of the folder.
    fn place_in(part: &Self::Part, name: &[u8]) -> Option<usize>;

    /// The names in a path, with `.` and `..` followed.
    ///
    /// # Errors
    /// `EINVAL` if it leads above the root.
    fn names(path: &[u8]) -> Result<Vec<&[u8]>> {
        names(path, || Err(Error::INVALID))
    }

    /// Gives all pairs of the list to `each`, from the first on, until it answers false.
    fn for_each_part(
        &mut self,
        disk: &mut Disk,
        dev: &dyn Device,
        each: &mut dyn FnMut(&mut Disk, Self::Part) -> Result<bool>,
    ) -> Result {
        let mut pair = Pair::ROOT;
        for _ in 0..=disk.geometry.block_count {
            let part = self.fetch(disk, dev, pair)?;
            pair = part.tail();
            if !each(disk, part)? || pair.is_null() {
                return Ok(());
            }
        }
        // It goes round in circles.
        Err(Error::CORRUPT)
    }

    /// Shows the parts of the folder that begins with `pair` to `each`, until it answers something.
    fn for_each_part_of<R>(
        &mut self,
        disk: &mut Disk,
        dev: &dyn Device,
        mut pair: Pair,
        mut each: impl FnMut(&Self, Self::Part) -> Result<Option<R>>,
    ) -> Result<Option<R>> {
        for _ in 0..=disk.geometry.block_count {
            let part = self.fetch(disk, dev, pair)?;
            let (continues, tail) = (part.continues(), part.tail());
            match each(self, part)? {
                None if continues => pair = tail,
                found => return Ok(found),
            }
        }
        Err(Error::CORRUPT)
    }

    /// Finds a name in the folder that begins with `pair`.
    fn find_in(&mut self, disk: &mut Disk, dev: &dyn Device, pair: Pair, name: &[u8]) -> Result<Found<Self::Part>> {
        let found = self.for_each_part_of(disk, dev, pair, |folders, part| {
            let is_it =
                |(id, entry): (usize, &Entry)| entry.is_named() && entry.name == name && !folders.is_moved(&part, id);
            if let Some(id) = part.entries().iter().enumerate().position(is_it) {
                return Ok(Some(Found::Entry(part, id)));
            }
            let at = Self::place_in(&part, name).or((!part.continues()).then_some(part.entries().len()));
            at.map(|at| Ok(Found::Missing(part, at, memory::copy(name)?))).transpose()
        })?;
        found.ok_or(Error::CORRUPT)
    }

    /// What a path leads to.
    ///
    /// # Errors
    /// `ENOENT` if a folder on the way is missing, `ENOTDIR` if it is a file.
    fn find(&mut self, disk: &mut Disk, dev: &dyn Device, path: &[u8]) -> Result<Found<Self::Part>> {
        self.refresh(disk, dev)?;
        let mut found = Found::Root;
        for name in Self::names(path)? {
            let folder = self.folder(&found)?;
            found = self.find_in(disk, dev, folder, name)?;
        }
        Ok(found)
    }

    /// The first pair of the folder that was found.
    fn folder(&self, found: &Found<Self::Part>) -> Result<Pair> {
        match found {
            Found::Root => Ok(self.root()),
            Found::Entry(part, id) => match part.entry(*id)? {
                Entry { kind: Kind::Folder, content: Content::Folder(pair), .. } => Ok(*pair),
                Entry { kind: Kind::Folder, .. } => Err(Error::CORRUPT),
                _ => Err(Error::NOT_FOLDER),
            },
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    /// Finds what is to be removed or renamed.
    fn find_entry(&mut self, disk: &mut Disk, dev: &dyn Device, path: &[u8]) -> Result<(Self::Part, usize)> {
        match self.find(disk, dev, path)? {
            Found::Root => Err(Error::INVALID),
            Found::Entry(part, id) => Ok((part, id)),
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    /// What is known of what `path` leads to.
    fn stat(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result<Info> {
        match self.find(cx.disk, cx.dev, path)? {
            Found::Root => Ok(Info { name: memory::copy(b"/")?, is_folder: true, size: 0, modified: None }),
            Found::Entry(part, id) => part.entry(id)?.info(),
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    /// What is in the folder `path`.
    fn list(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result<Vec<Info>> {
        let found = self.find(cx.disk, cx.dev, path)?;
        let pair = self.folder(&found)?;
        let mut list = Vec::new();
        self.for_each_part_of(cx.disk, cx.dev, pair, |folders, part| {
            let entries = part.entries().iter().enumerate();
            let mut named = entries.filter(|(id, entry)| entry.is_named() && !folders.is_moved(&part, *id));
            named.try_for_each(|(_, entry)| memory::push(&mut list, entry.info()?))?;
            Ok(None::<()>)
        })?;
        Ok(list)
    }

    /// The part before the one at `pair` in the list of all.
    fn before(&mut self, cx: &mut Context<'_>, pair: Pair) -> Result<Self::Part> {
        let mut found = None;
        self.for_each_part(cx.disk, cx.dev, &mut |_, part| {
            if !part.tail().is_null() && part.tail().meets(pair) {
                found = Some(part);
            }
            Ok(found.is_none())
        })?;
        found.ok_or(Error::CORRUPT)
    }

    /// The pair to be taken out of the list first, if there is one to be taken out. What leads to an old place may hide
    /// what no folder has, so the first comes first.
    fn find_stray(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result<Option<Stray>> {
        // Where folders begin, by either block; and the pairs that begin a folder, with the one before.
        let (mut folders, mut heads) = (Begins::default(), Vec::new());
        folders.add(self.root())?;
        self.for_each_part(disk, dev, &mut |_, part| {
            if !part.continues() && !part.tail().is_null() {
                memory::push(&mut heads, (part.pair(), part.tail()))?;
            }
            for entry in part.entries() {
                if let Content::Folder(pair) = entry.content {
                    folders.add(pair)?;
                }
            }
            Ok(true)
        })?;
        folders.sort();
        let mut first = None;
        for (before, pair) in heads {
            let moved_to = pair.0.iter().find_map(|block| folders.at(*block));
            match moved_to {
                Some(folder) if folder.is(pair) => {}
                Some(_) => return Ok(Some(Stray { before, pair, moved_to })),
                None => first = first.or(Some(Stray { before, pair, moved_to })),
            }
        }
        Ok(first)
    }

    /// The only part of a folder.
    ///
    /// # Errors
    /// `ENOTEMPTY` if there is something in it.
    fn empty_folder(&mut self, cx: &mut Context<'_>, entry: &Entry) -> Result<Self::Part> {
        let Content::Folder(pair) = entry.content else { return Err(Error::CORRUPT) };
        let part = self.fetch(cx.disk, cx.dev, pair)?;
        if part.entries().is_empty() && !part.continues() { Ok(part) } else { Err(Error::NOT_EMPTY) }
    }

    /// Sees to it that a folder is not moved into itself, where no path would lead to it any more.
    ///
    /// # Errors
    /// `EINVAL` if that is asked for.
    fn check_move(old: &[u8], new: &[u8]) -> Result {
        let (old, new) = (Self::names(old)?, Self::names(new)?);
        if new.len() > old.len() && new.starts_with(&old) { Err(Error::INVALID) } else { Ok(()) }
    }
}

/// Where folders begin, by either block. Of several for a block the last counts.
#[derive(Default)]
struct Begins(Vec<(u32, usize, Pair)>);

impl Begins {
    fn add(&mut self, pair: Pair) -> Result {
        let number = self.0.len();
        pair.0.into_iter().try_for_each(|block| memory::push(&mut self.0, (block, number, pair)))
    }

    /// Makes ready for [`Begins::at`].
    fn sort(&mut self) {
        self.0.sort_unstable_by_key(|&(block, number, _)| (block, number));
    }

    fn at(&self, block: u32) -> Option<Pair> {
        let end = self.0.partition_point(|begin| begin.0 <= block);
        let &(found, _, pair) = self.0.get(end.checked_sub(1)?)?;
        (found == block).then_some(pair)
    }
}

/// The names in a path, with `.` and `..` followed; `above` says what `..` does at the root.
pub fn names(path: &[u8], above: impl Fn() -> Result) -> Result<Vec<&[u8]>> {
    let mut names = Vec::new();
    for name in path.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => match names.pop() {
                Some(_) => {}
                None => above()?,
            },
            name => memory::push(&mut names, name)?,
        }
    }
    Ok(names)
}

/// Where an open file's entry is after another was made at `id` of a pair.
pub fn shift_up(place: &mut Option<Place>, pair: Pair, id: usize) {
    if let Some(here) = place.as_mut().filter(|place| pair.meets(Pair(place.pair)))
        && id <= here.at
    {
        here.at += 1;
    }
}

/// Where an open file's entry is after that at `id` of a pair was removed: nowhere if it was its own.
pub fn shift_down(place: &mut Option<Place>, pair: Pair, id: usize) {
    let Some(here) = place.as_mut().filter(|place| pair.meets(Pair(place.pair))) else { return };
    match id.cmp(&here.at) {
        core::cmp::Ordering::Equal => *place = None,
        core::cmp::Ordering::Less => here.at -= 1,
        core::cmp::Ordering::Greater => {}
    }
}
