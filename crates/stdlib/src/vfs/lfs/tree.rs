//! What the versions of littlefs have in common for who uses them.

use alloc::vec::Vec;

use super::ctz::List;
use super::device::{Device, Disk, Result};
use super::folder::Folders;
use super::space::Space;
use crate::vfs::memory;

/// What is known of a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    pub name: Vec<u8>,
    pub is_folder: bool,
    pub size: u32,
    /// When it was changed, if that is known: nanoseconds since 1970.
    pub modified: Option<u64>,
}

/// Where an entry is: the first blocks of a metadata pair, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub pair: [u32; 2],
    pub at: usize,
}

/// The data of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Body {
    /// A few bytes, kept with the file's name.
    Inline(Vec<u8>),
    List(List),
}

impl Body {
    /// Another one with the same data.
    pub fn copy(&self) -> Result<Body> {
        Ok(match self {
            Body::Inline(bytes) => Body::Inline(memory::copy(bytes)?),
            Body::List(list) => Body::List(*list),
        })
    }

    pub fn size(&self) -> u32 {
        match self {
            Body::Inline(bytes) => bytes.len() as u32,
            Body::List(list) => list.size,
        }
    }

    pub fn list(&self) -> Option<List> {
        match self {
            Body::Inline(_) => None,
            Body::List(list) => Some(*list),
        }
    }
}

/// How a file is to be opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    pub read: bool,
    pub write: bool,
    pub append: bool,
    pub create: bool,
    pub exclusive: bool,
    pub truncate: bool,
}

/// What the operations of a version work on.
pub struct Context<'a> {
    pub dev: &'a dyn Device,
    pub disk: &'a mut Disk,
    pub space: &'a mut Space,
    /// The lists that open files are made of, finished or not.
    pub open: &'a [List],
    /// Where the entries of open files are, by the number of the file; `None` for those that were removed.
    pub places: &'a mut Vec<Option<Place>>,
}

/// What differs between the versions of littlefs, but for how [folders](Folders) are walked through.
pub trait Tree: Folders {
    /// Bytes that a file may have to be kept with its name.
    fn inline_max(&self, disk: &Disk) -> usize;

    /// Shows all blocks in use, but for those of open files, to `each`.
    fn for_each_block(&mut self, disk: &mut Disk, dev: &dyn Device, each: &mut dyn FnMut(u32)) -> Result;

    /// Where the file `path` is, and its data; it is made if `how` says so.
    fn open(&mut self, cx: &mut Context<'_>, path: &[u8], how: How) -> Result<(Place, Body)>;

    /// Notes a file's data, and when it was changed.
    fn save(&mut self, cx: &mut Context<'_>, place: Place, body: &Body, modified: Option<u64>) -> Result;

    /// Makes a folder.
    fn mkdir(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result;

    /// Removes a file or an empty folder.
    fn remove(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result;

    /// Gives a file or folder another path, where it takes the place of what is there.
    fn rename(&mut self, cx: &mut Context<'_>, old: &[u8], new: &[u8]) -> Result;

    /// A free block.
    fn allocate(&mut self, cx: &mut Context<'_>) -> Result<u32> {
        allocate(self, cx.disk, cx.space, cx.dev, cx.open)
    }
}

/// A free block.
pub fn allocate<T: Tree + ?Sized>(
    tree: &mut T,
    disk: &mut Disk,
    space: &mut Space,
    dev: &dyn Device,
    open: &[List],
) -> Result<u32> {
    loop {
        if let Some(block) = space.take() {
            return Ok(block);
        }
        let mut map = space.begin_map()?;
        tree.for_each_block(disk, dev, &mut |block| map.mark(block))?;
        for list in open {
            list.for_each(disk, dev, &mut |block| map.mark(block))?;
        }
        space.set_map(map);
    }
}
