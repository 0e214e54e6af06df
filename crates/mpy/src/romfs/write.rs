//! Making an image.

use alloc::borrow::Cow;
use alloc::collections::btree_map::{BTreeMap, Entry};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{MAGIC, kind};

/// How deep folders may nest.
const MAX_DEPTH: usize = 64;

/// Bytes in which the image's length is written if data is to be aligned. A number may be written longer than it need
/// be, so the start of the payload is known before the length is.
const LENGTH_WIDTH: usize = 5;

/// A folder that becomes an image.
#[derive(Clone, Debug, Default)]
pub struct Tree<'a> {
    nodes: BTreeMap<String, Node<'a>>,
}

#[derive(Clone, Debug)]
enum Node<'a> {
    File(Cow<'a, [u8]>),
    Folder(Tree<'a>),
}

/// Why no file can be put at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertError {
    /// A part of the path is empty, `.` or `..`.
    Name,
    /// The tree has something of that name already.
    Taken,
    /// Folders nest too deep.
    Depth,
}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InsertError::Name => f.write_str("not a path for an image"),
            InsertError::Taken => f.write_str("there is another of that name"),
            InsertError::Depth => write!(f, "folders nest more than {MAX_DEPTH} deep"),
        }
    }
}

impl core::error::Error for InsertError {}

impl<'a> Tree<'a> {
    /// Puts a file at `path`, in folders that are made if need be.
    ///
    /// # Errors
    /// If no file can be put at that path.
    pub fn insert(&mut self, path: &str, data: impl Into<Cow<'a, [u8]>>) -> Result<(), InsertError> {
        let parts: Vec<_> = path.split('/').collect();
        let (name, folders) = parts.split_last().ok_or(InsertError::Name)?;
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(InsertError::Name);
        }
        if folders.len() > MAX_DEPTH {
            return Err(InsertError::Depth);
        }
        let mut tree = self;
        for folder in folders {
            tree = match tree.nodes.entry((*folder).into()).or_insert_with(|| Node::Folder(Tree::default())) {
                Node::Folder(folder) => folder,
                Node::File(_) => return Err(InsertError::Taken),
            };
        }
        match tree.nodes.entry((*name).into()) {
            Entry::Vacant(place) => drop(place.insert(Node::File(data.into()))),
            Entry::Occupied(_) => return Err(InsertError::Taken),
        }
        Ok(())
    }

    /// The image: the bytes that `mpremote romfs build` makes of the same files.
    pub fn to_image(&self) -> Vec<u8> {
        let payload = self.payload(&mut |data| record(kind::DATA, data));
        let len = uint(payload.len(), 0);
        // The length is written so that the size of the image is even, since there is no record of one byte to pad it
        // with.
        let odd = (MAGIC.len() + len.len() + payload.len()) % 2;
        [&MAGIC[..], &uint(payload.len(), len.len() + odd), &payload].concat()
    }

    /// An image in which the data of each file lies at a multiple of `align` bytes from the start. Files of the same
    /// data share one copy of it.
    pub fn to_aligned_image(&self, align: usize) -> Vec<u8> {
        let mut area = Area { start: MAGIC.len() + LENGTH_WIDTH, align: align.max(1), bytes: Vec::new() };
        let mut places = BTreeMap::new();
        let records = self.payload(&mut |data| {
            let at = *places.entry(data).or_insert_with(|| area.place(data));
            record(kind::DATA_POINTER, &[uint(data.len(), 0), uint(at, 0)].concat())
        });
        // The data comes first, so that its place does not depend on the records that lead to it.
        let mut payload = area.bytes;
        payload.extend(records);
        if !(area.start + payload.len()).is_multiple_of(2) {
            payload.extend(padding(3));
        }
        [&MAGIC[..], &uint(payload.len(), LENGTH_WIDTH), &payload].concat()
    }

    /// The records of the tree's files and folders. `data_record` makes the record that stands for a file's data.
    fn payload<'s>(&'s self, data_record: &mut dyn FnMut(&'s [u8]) -> Vec<u8>) -> Vec<u8> {
        let mut payload = Vec::new();
        for (name, node) in &self.nodes {
            let (kind, records) = match node {
                Node::File(data) => (kind::FILE, data_record(data)),
                Node::Folder(folder) => (kind::FOLDER, folder.payload(data_record)),
            };
            payload.extend(record(kind, &[&uint(name.len(), 0), name.as_bytes(), &records].concat()));
        }
        payload
    }
}

/// Aligned data at the start of the payload.
struct Area {
    /// The offset in the image at which the area starts.
    start: usize,
    align: usize,
    bytes: Vec<u8>,
}

impl Area {
    /// Appends data at a multiple of `align`, and answers its offset in the payload.
    fn place(&mut self, data: &[u8]) -> usize {
        let len = uint(data.len(), 0);
        let end = self.start + self.bytes.len() + 1 + len.len();
        let gap = end.next_multiple_of(self.align) - end;
        if gap > 1 {
            self.bytes.extend(padding(gap));
        }
        self.bytes.extend(uint(kind::DATA, 0));
        // A gap of one byte is too small for a record, but the length can be longer than it need be.
        self.bytes.extend(uint(data.len(), len.len() + usize::from(gap == 1)));
        self.bytes.extend_from_slice(data);
        self.bytes.len() - data.len()
    }
}

fn record(kind: usize, payload: &[u8]) -> Vec<u8> {
    [&uint(kind, 0), &uint(payload.len(), 0), payload].concat()
}

/// A record without meaning that takes `size` bytes, at least two.
fn padding(size: usize) -> Vec<u8> {
    let width = uint(size, 0).len();
    let len = size.saturating_sub(1 + width);
    let mut record = [uint(kind::PADDING, 0), uint(len, width)].concat();
    record.resize(record.len() + len, 0);
    record
}

/// A number in at least `width` bytes.
fn uint(value: usize, width: usize) -> Vec<u8> {
    let groups = (usize::BITS - value.leading_zeros()).div_ceil(7).max(width.max(1) as u32);
    (0..groups)
        .rev()
        .map(|group| value.checked_shr(7 * group).unwrap_or(0) as u8 & 0x7f | if group > 0 { 0x80 } else { 0 })
        .collect()
}
