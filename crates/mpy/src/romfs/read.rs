//! Reading an image, without a copy of anything in it.
//!
//! Nothing in an image is believed: a record that does not fit its folder, or data outside of the image, is
//! [`Corrupt`]. Records nest in what contains them and pointers lead to data only, so there is no way to go round in
//! circles; and nothing here recurses.

use core::fmt;
use core::ops::Range;

use super::{MAGIC, kind};

/// A ROM image.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    bytes: &'a [u8],
    /// The offset at which the payload starts. The payload ends with `bytes`.
    start: usize,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A file.
    File(File<'a>),
    /// A folder.
    Folder(Folder<'a>),
}

/// A file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    data: &'a [u8],
    offset: usize,
}

/// A folder.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a> {
    image: Image<'a>,
    /// The offset in the image at which the folder's records start; they end at `end`.
    start: usize,
    end: usize,
}

/// What a folder holds.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The entry's name. Nothing demands that the name be UTF-8, or free of slashes.
    pub name: &'a [u8],
    /// The file or folder.
    pub node: Node<'a>,
}

/// The error for an image that is corrupt: the offset at which that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt(pub usize);

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: the image is corrupt", self.0)
    }
}

impl core::error::Error for Corrupt {}

impl<'a> Image<'a> {
    /// The image at the start of `bytes`, if there is one that ends within them.
    pub fn new(bytes: &'a [u8]) -> Option<Image<'a>> {
        if !bytes.starts_with(&MAGIC) {
            return None;
        }
        let mut cursor = Cursor { bytes, at: MAGIC.len() };
        let len = cursor.uint()?;
        let end = cursor.at.checked_add(len)?;
        Some(Image { bytes: bytes.get(..end)?, start: cursor.at })
    }

    /// All bytes of the image, without what may follow the image in memory.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The outermost folder.
    pub fn root(&self) -> Folder<'a> {
        Folder { image: *self, start: self.start, end: self.bytes.len() }
    }

    /// What `path` leads to, if it leads to anything. A slash at the path's start means nothing, nor does a slash after
    /// the name of a folder.
    pub fn find(&self, path: &[u8]) -> Option<Node<'a>> {
        let mut path = path.strip_prefix(b"/").unwrap_or(path);
        let mut folder = self.root();
        while !path.is_empty() {
            match folder.entry_on(path)? {
                (Node::File(file), []) => return Some(Node::File(file)),
                (Node::File(_), _) => return None,
                (Node::Folder(inner), rest) => {
                    path = rest.strip_prefix(b"/").unwrap_or(rest);
                    folder = inner;
                }
            }
        }
        Some(Node::Folder(folder))
    }

    /// The place of the first of several paths that leads to what is wanted of it. The paths are `base` with each of
    /// the endings in `wanted`, of which the first 64 count. What is wanted of a path stands beside its ending, and
    /// `fits` compares it with the node that the path leads to. All paths are looked for in one go, since a folder is
    /// searched from its start.
    ///
    /// ```
    /// use berus_mpy::romfs::{Image, Node};
    ///
    /// // What mpremote makes of a folder that holds `a.py` and the empty `lib/b.txt`.
    /// let image = Image::new(b"\xd2\xcd\x31\x1e\x05\x0c\x04a.py\x02\x05a = 1\x04\x0e\x03lib\x05\x08\x05b.txt\x02\x00").unwrap();
    /// let find_first = |base: &[u8]| {
    ///     let wanted = [(&b""[..], true), (b".txt", false), (b".py", false)];
    ///     image.find_first(base, &wanted, |is_folder, node| matches!(node, Node::Folder(_)) == *is_folder)
    /// };
    /// assert_eq!(find_first(b"/a"), Some(2));
    /// assert_eq!(find_first(b"/lib"), Some(0));
    /// assert_eq!(find_first(b"/lib/b"), Some(1));
    /// assert_eq!(find_first(b"/b"), None);
    /// ```
    pub fn find_first<W>(
        &self,
        base: &[u8],
        wanted: &[(&[u8], W)],
        fits: impl Fn(&W, &Node<'a>) -> bool,
    ) -> Option<usize> {
        let name_at = base.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        let (folder, name) = base.split_at_checked(name_at)?;
        let Node::Folder(folder) = self.find(folder)? else { return None };
        let mut first = None;
        let mut seen = 0u64;
        for (kind, payload) in self.records(folder.start..folder.end).map_while(Result::ok) {
            let is_entry = matches!(kind, kind::FOLDER | kind::FILE);
            let found = self.entry_name(&payload).filter(|_| is_entry).and_then(|found| found.strip_prefix(name));
            let Some(ending) = found else { continue };
            let places = wanted.iter().take(64).enumerate();
            for (place, (_, wanted)) in places.filter(|(_, (wanted, _))| *wanted == ending) {
                // Of two entries of the same name only the first can be found, and a corrupt entry cannot.
                let Some(Entry { node, .. }) =
                    entry(*self, kind, payload.clone()).ok().filter(|_| seen >> place & 1 == 0)
                else {
                    continue;
                };
                seen |= 1 << place;
                if fits(wanted, &node) && first.is_none_or(|first| place < first) {
                    first = Some(place);
                }
            }
            if first == Some(0) {
                break;
            }
        }
        first
    }

    /// The name at the start of a record's payload.
    fn entry_name(&self, payload: &Range<usize>) -> Option<&'a [u8]> {
        self.bytes.get(self.name(payload)?)
    }

    /// The range of the name at the start of a record's payload.
    fn name(&self, payload: &Range<usize>) -> Option<Range<usize>> {
        let mut cursor = Cursor::new(self.bytes, payload)?;
        let len = cursor.uint()?;
        cursor.take(len)
    }

    /// A file, given the range of the records behind its name.
    fn file(&self, records: Range<usize>) -> Result<File<'a>, Corrupt> {
        let corrupt = Corrupt(records.start);
        for record in self.records(records) {
            let (kind, payload) = record?;
            let range = match kind {
                kind::DATA => payload,
                kind::DATA_POINTER => self.pointer(payload).ok_or(corrupt)?,
                _ => continue,
            };
            let offset = range.start;
            return self.bytes.get(range).map(|data| File { data, offset }).ok_or(corrupt);
        }
        Err(corrupt)
    }

    /// The range of the data that the pointer in a record leads to.
    fn pointer(&self, payload: Range<usize>) -> Option<Range<usize>> {
        let mut cursor = Cursor::new(self.bytes, &payload)?;
        let (size, offset) = (cursor.uint()?, cursor.uint()?);
        let start = self.start.checked_add(offset)?;
        Some(start..start.checked_add(size)?)
    }

    /// The kind and the range of the payload of each record in a range. After a record that is corrupt comes no other.
    fn records(&self, range: Range<usize>) -> impl Iterator<Item = Result<(usize, Range<usize>), Corrupt>> + use<'a> {
        let mut cursor = Cursor::new(self.bytes, &range).unwrap_or_default();
        core::iter::from_fn(move || {
            if cursor.at >= cursor.bytes.len() {
                return None;
            }
            let start = cursor.at;
            let record = cursor.record();
            if record.is_none() {
                cursor.at = cursor.bytes.len();
            }
            Some(record.ok_or(Corrupt(start)))
        })
    }
}

impl<'a> Folder<'a> {
    /// The folder's entries, in the order of the image. After an error comes nothing more.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry<'a>, Corrupt>> + use<'a> {
        let image = self.image;
        let mut corrupt = false;
        image.records(self.start..self.end).filter_map(move |record| {
            if corrupt {
                return None;
            }
            let entry = record.and_then(|(kind, payload)| match kind {
                kind::FOLDER | kind::FILE => entry(image, kind, payload).map(Some),
                _ => Ok(None),
            });
            corrupt = entry.is_err();
            entry.transpose()
        })
    }

    /// The file or folder in this folder that the first name of `path` stands for, and the rest of `path`. Nothing
    /// behind a record that is corrupt is found.
    fn entry_on<'p>(&self, path: &'p [u8]) -> Option<(Node<'a>, &'p [u8])> {
        let image = self.image;
        image.records(self.start..self.end).map_while(Result::ok).find_map(|(kind, payload)| {
            if !matches!(kind, kind::FOLDER | kind::FILE) {
                return None;
            }
            // A folder may hold many names, so records of other names are not looked at any further.
            let name = image.entry_name(&payload)?;
            let ends = matches!(path.get(name.len()), None | Some(b'/'));
            let rest = path.strip_prefix(name).filter(|_| ends)?;
            Some((entry(image, kind, payload).ok()?.node, rest))
        })
    }

    /// The bytes that the folder's records take.
    pub fn size(&self) -> usize {
        self.end - self.start
    }

    /// The offset of the folder's records from the start of the image.
    pub fn offset(&self) -> usize {
        self.start
    }
}

fn entry<'a>(image: Image<'a>, kind: usize, payload: Range<usize>) -> Result<Entry<'a>, Corrupt> {
    let name = image.name(&payload).ok_or(Corrupt(payload.start))?;
    let rest = name.end..payload.end;
    let node = match kind {
        kind::FOLDER => Node::Folder(Folder { image, start: rest.start, end: rest.end }),
        _ => Node::File(image.file(rest)?),
    };
    Ok(Entry { name: image.bytes.get(name).unwrap_or_default(), node })
}

impl<'a> File<'a> {
    /// The file's data.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The offset of the file's data from the start of the image.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// A position in an image, whose bytes end where the cursor must not go on.
#[derive(Default)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor that goes through `range`.
    fn new(bytes: &'a [u8], range: &Range<usize>) -> Option<Cursor<'a>> {
        Some(Cursor { bytes: bytes.get(..range.end)?, at: range.start })
    }

    /// Takes a number: seven bits a byte, most significant first. Unlike a number in a module, it may be longer than it
    /// need be.
    #[inline]
    fn uint(&mut self) -> Option<usize> {
        match self.bytes.get(self.at)? {
            byte @ ..0x80 => {
                self.at += 1;
                Some((*byte).into())
            }
            _ => self.long_uint(),
        }
    }

    fn long_uint(&mut self) -> Option<usize> {
        let mut value: usize = 0;
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            if value.leading_zeros() < 7 {
                return None;
            }
            value = value << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    }

    /// Takes the next `len` bytes, and answers their range.
    #[inline]
    fn take(&mut self, len: usize) -> Option<Range<usize>> {
        let start = self.at;
        let end = start.checked_add(len).filter(|end| *end <= self.bytes.len())?;
        self.at = end;
        Some(start..end)
    }

    /// Takes a record, and answers its kind and the range of its payload.
    #[inline]
    fn record(&mut self) -> Option<(usize, Range<usize>)> {
        let kind = self.uint().filter(|kind| *kind != kind::UNUSED)?;
        let len = self.uint()?;
        Some((kind, self.take(len)?))
    }
}
