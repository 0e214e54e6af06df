//! Files that are open.

use alloc::vec::Vec;

use super::ctz::{List, Writer};
use super::device::{Device, Disk, Error, Result};
use super::space::Space;
use super::tree::{Body, Context, How, Place, Tree, allocate};
use crate::vfs::memory;

/// The most bytes of a file.
const SIZE_MAX: u32 = 0x7fff_ffff;

/// A file that is open.
pub struct OpenFile {
    how: How,
    at: u32,
    body: Body,
    /// What is being written, up to `at`.
    writer: Option<Writer>,
    /// When it was opened to be written to, or written to last, if it keeps that: nanoseconds since 1970.
    modified: Option<u64>,
    /// Whether the entry says something else than `body` and `modified`.
    is_changed: bool,
    /// Whether a write has failed: what was written since the file was saved last is lost.
    has_failed: bool,
}

/// A mounted file system of some version, and its open files.
pub struct Lfs<T> {
    tree: T,
    disk: Disk,
    space: Space,
    files: Vec<Option<OpenFile>>,
    places: Vec<Option<Place>>,
}

/// The number of an open file.
pub type Number = usize;

impl<T: Tree> Lfs<T> {
    pub fn new(tree: T, disk: Disk, space: Space) -> Lfs<T> {
        Lfs { tree, disk, space, files: Vec::new(), places: Vec::new() }
    }

    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Calls `run` with what a version needs. No block is given away yet.
    pub fn with_tree<R>(
        &mut self,
        dev: &dyn Device,
        run: impl FnOnce(&mut T, &mut Context<'_>) -> Result<R>,
    ) -> Result<R> {
        self.space.checkpoint();
        let open = self.lists()?;
        let Lfs { tree, disk, space, places, .. } = self;
        run(tree, &mut Context { dev, disk, space, open: &open, places })
    }

    /// What open files are made of.
    fn lists(&self) -> Result<Vec<List>> {
        let of = |file: &OpenFile| [file.body.list(), file.writer.as_ref().map(Writer::written)];
        memory::collect(self.files.iter().flatten().flat_map(of).flatten().filter(|list| list.size > 0))
    }

    /// Blocks in use.
    pub fn used_blocks(&mut self, dev: &dyn Device) -> Result<u32> {
        let mut used = 0;
        self.tree.for_each_block(&mut self.disk, dev, &mut |_| used += 1)?;
        Ok(used)
    }

    /// Opens a file. It keeps when it is changed if that is given.
    pub fn open(&mut self, dev: &dyn Device, path: &[u8], how: How, now: Option<u64>) -> Result<Number> {
        let (place, mut body) = self.with_tree(dev, |tree, cx| tree.open(cx, path, how))?;
        let modified = now.filter(|_| how.write);
        let is_changed = how.truncate && body.size() > 0 || modified.is_some();
        if how.truncate {
            body = Body::Inline(Vec::new());
        }
        let file = OpenFile { how, at: 0, body, writer: None, modified, is_changed, has_failed: false };
        let number = self.files.iter().position(Option::is_none).unwrap_or(self.files.len());
        if number == self.files.len() {
            self.places.try_reserve(1)?;
            memory::push(&mut self.files, None)?;
            self.places.push(None);
        }
        self.files[number] = Some(file);
        self.places[number] = Some(place);
        Ok(number)
    }

    fn file(&mut self, number: Number) -> Result<&mut OpenFile> {
        self.files.get_mut(number).and_then(Option::as_mut).ok_or(Error::BAD_FILE)
    }

    /// Calls `run` with an open file and what writing needs.
    fn with_file<R>(
        &mut self,
        dev: &dyn Device,
        number: Number,
        run: impl FnOnce(&mut OpenFile, &mut Work<'_, T>) -> Result<R>,
    ) -> Result<R> {
        self.space.checkpoint();
        let open = self.lists()?;
        let Lfs { tree, disk, space, files, .. } = self;
        let file = files.get_mut(number).and_then(Option::as_mut).ok_or(Error::BAD_FILE)?;
        run(file, &mut Work { dev, tree, disk, space, open: &open })
    }

    /// Reads from where the file is: how many bytes came, 0 at the end.
    pub fn read(&mut self, dev: &dyn Device, number: Number, out: &mut [u8]) -> Result<usize> {
        self.with_file(dev, number, |file, work| {
            if !file.how.read {
                return Err(Error::BAD_FILE);
            }
            file.finish_writing(work)?;
            let len = work.read(&file.body, file.at, out)?;
            file.at += len as u32;
            Ok(len)
        })
    }

    /// Writes where the file is.
    pub fn write(&mut self, dev: &dyn Device, number: Number, bytes: &[u8], now: Option<u64>) -> Result<usize> {
        self.with_file(dev, number, |file, work| {
            if !file.how.write {
                return Err(Error::BAD_FILE);
            }
            file.modified = now;
            let result = file.write(work, bytes);
            file.has_failed |= result.is_err();
            result.map(|()| bytes.len())
        })
    }

    /// Moves the file: from the start (0), from where it is (1), from the end (2). Where it is then.
    pub fn seek(&mut self, dev: &dyn Device, number: Number, offset: i64, whence: u8) -> Result<u32> {
        self.with_file(dev, number, |file, work| {
            let base = match whence {
                0 => 0,
                1 => file.at,
                _ => file.size(),
            };
            let at = i64::from(base).checked_add(offset).filter(|at| (0..=i64::from(SIZE_MAX)).contains(at));
            let at = at.ok_or(Error::INVALID)? as u32;
            if at != file.at {
                file.finish_writing(work)?;
                file.at = at;
            }
            Ok(at)
        })
    }

    /// Has all that was written be there after a loss of power.
    pub fn sync(&mut self, dev: &dyn Device, number: Number) -> Result {
        let saved = self.with_file(dev, number, |file, work| {
            if file.has_failed {
                return Ok(None);
            }
            file.finish_writing(work)?;
            let changed = file.is_changed.then(|| Ok((file.body.copy()?, file.modified)));
            changed.transpose()
        })?;
        let (Some((body, modified)), Some(Some(place))) = (saved, self.places.get(number).copied()) else {
            return Ok(());
        };
        // Data that a name leads to must be there first.
        dev.sync()?;
        let result = self.with_tree(dev, |tree, cx| tree.save(cx, place, &body, modified));
        let file = self.file(number)?;
        file.is_changed = result.is_err();
        file.has_failed |= result.is_err();
        result
    }

    /// Closes a file, however that goes.
    pub fn close(&mut self, dev: &dyn Device, number: Number) -> Result {
        let result = self.sync(dev, number);
        self.forget(number);
        result
    }

    /// Gives a file up; what was not saved is lost.
    pub fn forget(&mut self, number: Number) {
        if let (Some(file), Some(place)) = (self.files.get_mut(number), self.places.get_mut(number)) {
            (*file, *place) = (None, None);
        }
    }
}

/// What writing a file needs.
struct Work<'a, T> {
    dev: &'a dyn Device,
    tree: &'a mut T,
    disk: &'a mut Disk,
    space: &'a mut Space,
    open: &'a [List],
}

impl<T: Tree> Work<'_, T> {
    fn read(&mut self, body: &Body, at: u32, out: &mut [u8]) -> Result<usize> {
        match body {
            Body::Inline(bytes) => {
                let rest = bytes.get(at as usize..).unwrap_or_default();
                let len = rest.len().min(out.len());
                out[..len].copy_from_slice(&rest[..len]);
                Ok(len)
            }
            Body::List(list) => list.read(self.disk, self.dev, at, out),
        }
    }

    fn append(&mut self, writer: &mut Writer, bytes: &[u8]) -> Result {
        let Work { dev, tree, disk, space, open } = self;
        writer.write(disk, *dev, bytes, &mut |disk| allocate(*tree, disk, space, *dev, open))
    }
}

/// Bytes copied or filled with zeros at a time.
const CHUNK: usize = 128;

impl OpenFile {
    fn size(&self) -> u32 {
        self.writer.as_ref().map_or(0, Writer::size).max(self.body.size())
    }

    fn write<T: Tree>(&mut self, work: &mut Work<'_, T>, bytes: &[u8]) -> Result {
        if self.how.append && self.at != self.size() {
            self.finish_writing(work)?;
            self.at = self.size();
        }
        let end = u32::try_from(bytes.len()).ok().and_then(|len| self.at.checked_add(len));
        let end = end.filter(|end| *end <= SIZE_MAX).ok_or(Error::TOO_BIG)?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.is_changed = true;
        if self.writer.is_none()
            && let Body::Inline(inline) = &mut self.body
            && end as usize <= work.tree.inline_max(work.disk)
        {
            let at = self.at as usize;
            let len = inline.len().max(end as usize);
            memory::resize(inline, len, 0)?;
            inline[at..end as usize].copy_from_slice(bytes);
            self.at = end;
            return Ok(());
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.begin_writing(work)?,
        };
        let result = work.append(&mut writer, bytes);
        self.writer = Some(writer);
        result?;
        self.at = end;
        Ok(())
    }

    /// A writer that is where the file is.
    fn begin_writing<T: Tree>(&mut self, work: &mut Work<'_, T>) -> Result<Writer> {
        let shared = self.at.min(self.body.size());
        let mut writer = match &self.body {
            Body::List(list) => Writer::new(*list, shared, work.disk, work.dev)?,
            Body::Inline(bytes) => {
                let mut writer = Writer::new(List::default(), 0, work.disk, work.dev)?;
                work.append(&mut writer, bytes.get(..shared as usize).unwrap_or_default())?;
                writer
            }
        };
        // Beyond the end there are zeros.
        let mut gap = (self.at - shared) as usize;
        while gap > 0 {
            let len = gap.min(CHUNK);
            work.append(&mut writer, &[0; CHUNK][..len])?;
            gap -= len;
        }
        Ok(writer)
    }

    /// Writes to the device what is being written, and after it what follows in the old data.
    fn finish_writing<T: Tree>(&mut self, work: &mut Work<'_, T>) -> Result {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        match self.finished(writer, work) {
            Ok(list) => {
                self.body = Body::List(list);
                Ok(())
            }
            Err(error) => {
                self.has_failed = true;
                Err(error)
            }
        }
    }

    fn finished<T: Tree>(&self, mut writer: Writer, work: &mut Work<'_, T>) -> Result<List> {
        let mut chunk = [0; CHUNK];
        loop {
            let len = work.read(&self.body, writer.size(), &mut chunk)?;
            if len == 0 {
                break;
            }
            work.append(&mut writer, &chunk[..len])?;
        }
        let Work { dev, tree, disk, space, open } = work;
        writer.finish(disk, *dev, &mut |disk| allocate(*tree, disk, space, *dev, open))
    }
}
