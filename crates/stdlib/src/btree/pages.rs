//! The pages of a file: those in memory, free ones, and how all that has changed comes into the file at once.
//!
//! Pages that change stay in memory until they are committed. Then the file gets copies of them behind its end, then a
//! note in the first page that they are there, then the pages where they belong, and last a note that this is done; the
//! file is synchronised between these steps. Whoever opens the file and finds that copies wait puts them where they
//! belong. So a loss of power at any moment leaves the file as it was before or after a commit. The note lies behind what
//! Berkeley DB has in the first page, and copies lie behind the last page in use, so that other programs read the same
//! tree; to them the space behind it is lost.

use alloc::vec::Vec;

use super::page::{BROKEN, CHAINED, META, Number, Order, Page};
use crate::crc32::{Hasher, hash};
use crate::vfs::error::Result;
use crate::vfs::memory;

/// What a tree is kept in.
pub trait Device {
    /// Reads bytes from place `at` on: how many there are.
    ///
    /// # Errors
    /// What the device says.
    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<usize>;

    /// Writes bytes at place `at`, which is at most the end.
    ///
    /// # Errors
    /// What the device says.
    fn write(&self, at: u64, bytes: &[u8]) -> Result;

    /// Returns when what was written outlives the loss of power.
    ///
    /// # Errors
    /// What the device says.
    fn sync(&self) -> Result;

    /// Where the end is.
    ///
    /// # Errors
    /// What the device says.
    fn len(&self) -> Result<u64>;

    /// Counts a page that is looked at.
    ///
    /// # Errors
    /// What interrupts.
    fn work(&self) -> Result {
        Ok(())
    }
}

/// What the first page says of the tree, in its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meta {
    pub order: Order,
    /// Bytes of a page.
    pub size: usize,
    /// The first of the free pages.
    pub free: Number,
    /// Whether keys can be there more than once.
    pub has_duplicates: bool,
}

impl Meta {
    /// Bytes that the first page has of it.
    pub const LEN: usize = 24;
    const MAGIC: u32 = 0x05_3162;
    const VERSION: u32 = 3;
    const NO_DUPLICATES: u32 = 0x20;
    /// The smallest and largest pages.
    pub const SIZES: core::ops::RangeInclusive<usize> = 512..=65_536;

    /// What the first bytes of a file say.
    ///
    /// # Errors
    /// [`BROKEN`] if the file is no tree of this kind.
    pub fn read(bytes: &[u8]) -> Result<Meta> {
        let mut order = Order::Little;
        if order.get(bytes, 0) != Meta::MAGIC {
            order = Order::Big;
        }
        let [magic, version, size, free, _, flags] = [0, 4, 8, 12, 16, 20].map(|at| order.get(bytes, at));
        let size = usize::try_from(size).unwrap_or(0);
        let is_known = magic == Meta::MAGIC && version == Meta::VERSION && flags & !Meta::NO_DUPLICATES == 0;
        if !is_known || !Meta::SIZES.contains(&size) || size % 2 != 0 {
            return Err(BROKEN);
        }
        Ok(Meta { order, size, free, has_duplicates: flags == 0 })
    }

    fn bytes(&self) -> [u8; Meta::LEN] {
        let flags = if self.has_duplicates { 0 } else { Meta::NO_DUPLICATES };
        let mut bytes = [0; Meta::LEN];
        let numbers = [Meta::MAGIC, Meta::VERSION, self.size as u32, self.free, 0, flags];
        for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&self.order.bytes(number));
        }
        bytes
    }
}

/// The note in the first page, behind [`Meta`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Note {
    /// Bytes of a page.
    size: u32,
    /// Pages in use.
    used: u32,
    /// Pages of the file. If it has another number now, another program has made it longer, and nothing of the note is
    /// true any more.
    length: u32,
    /// The first page of the list of copies that wait, which these follow, and how many there are.
    first: u32,
    copies: u32,
    /// The checksum of list and copies.
    checksum: u32,
}

impl Note {
    const AT: u64 = Meta::LEN as u64;
    const LEN: usize = 32;
    const MAGIC: u32 = 0x4253_524a;

    fn read(order: Order, bytes: &[u8]) -> Option<Note> {
        let number = |at: usize| order.get(bytes, at * 4);
        let is_whole = number(0) == Note::MAGIC && number(7) == hash(bytes.get(..28)?);
        let [size, used, length, first, copies, checksum] = [1, 2, 3, 4, 5, 6].map(number);
        is_whole.then_some(Note { size, used, length, first, copies, checksum })
    }

    fn bytes(&self, order: Order) -> [u8; Note::LEN] {
        let mut bytes = [0; Note::LEN];
        let numbers = [Note::MAGIC, self.size, self.used, self.length, self.first, self.copies, self.checksum];
        for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&order.bytes(number));
        }
        let own = hash(&bytes[..28]);
        bytes[28..].copy_from_slice(&order.bytes(own));
        bytes
    }
}

/// Something by the numbers of pages, in their order.
struct ByNumber<T>(Vec<(Number, T)>);

impl<T> ByNumber<T> {
    fn find(&self, number: Number) -> core::result::Result<usize, usize> {
        self.0.binary_search_by_key(&number, |(known, _)| *known)
    }

    fn get_mut(&mut self, number: Number) -> Option<&mut T> {
        let at = self.find(number).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    fn set(&mut self, number: Number, value: T) -> Result {
        match self.find(number) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => memory::insert(&mut self.0, at, (number, value))?,
        }
        Ok(())
    }
}

/// What an operation has changed, to be undone if it fails.
struct Undo {
    /// The pages as they were; `None` for those that there were not.
    pages: ByNumber<Option<Page>>,
    free: Number,
    used: u32,
}

/// The pages of a tree.
pub struct Pages {
    pub meta: Meta,
    /// Pages in use, which are the first of the file.
    used: u32,
    /// The page behind the copies of a commit that failed, which may be needed.
    copied: u32,
    loaded: ByNumber<Page>,
    /// How many pages may stay in memory.
    limit: usize,
    undo: Undo,
    /// Whether there is something to commit.
    is_changed: bool,
}

impl Pages {
    /// The pages of a file that has no tree yet.
    pub fn create(meta: Meta, limit: usize) -> Pages {
        let undo = Undo { pages: ByNumber(Vec::new()), free: META, used: 0 };
        let loaded = ByNumber(Vec::new());
        Pages { meta, used: 1, copied: 0, loaded, limit, undo, is_changed: false }
    }

    /// The pages of a file that begins with `head`, or `None` if it has no tree yet. What waits to come to its place is
    /// put there.
    ///
    /// # Errors
    /// [`BROKEN`] if the file is no tree of this kind; what the device says.
    pub fn open(device: &impl Device, head: &[u8], limit: impl FnOnce(usize) -> usize) -> Result<Option<Pages>> {
        let is_empty = head.iter().all(|&byte| byte == 0);
        let end = device.len()?;
        if is_empty && end == 0 {
            return Ok(None);
        }
        let mut note = [0; Note::LEN];
        let count = device.read(Note::AT, &mut note)?;
        let note = note.get(..count).unwrap_or_default();
        let note = Note::read(Order::Little, note).or_else(|| Note::read(Order::Big, note));
        let meta = match Meta::read(head) {
            Err(_) if is_empty => {
                // The first commit, as far as it came.
                let size = note.and_then(|note| usize::try_from(note.size).ok()).unwrap_or(0);
                Meta { order: Order::NATIVE, size, free: META, has_duplicates: false }
            }
            meta => meta?,
        };
        let length = |size: usize| u32::try_from(end.div_ceil(size as u64)).map_err(|_| BROKEN);
        let note = match note.filter(|note| note.size as usize == meta.size && Meta::SIZES.contains(&meta.size)) {
            Some(note) if note.length == length(meta.size)? && note.used <= note.length => Some(note),
            _ if is_empty => return Ok(None),
            _ => None,
        };
        let mut pages = Pages::create(meta, limit(meta.size));
        pages.used = length(meta.size)?;
        if let Some(note) = note {
            pages.used = note.used;
            if !pages.recover(device, note)? && is_empty {
                return Ok(None);
            }
        }
        Ok(Some(pages))
    }

    fn place(&self, number: Number) -> u64 {
        u64::from(number) * self.meta.size as u64
    }

    /// How many pages the numbers of `copies` pages take.
    fn list_len(&self, copies: u32) -> u32 {
        (u64::from(copies) * 4).div_ceil(self.meta.size as u64) as u32
    }

    /// Puts the copies that wait where they belong, if all of them are there, which is the answer.
    fn recover(&mut self, device: &impl Device, note: Note) -> Result<bool> {
        let list = self.list_len(note.copies);
        let behind = u64::from(note.first) + u64::from(list) + u64::from(note.copies);
        if note.copies == 0 || note.first < note.used || behind > u64::from(note.length) {
            return Ok(false);
        }
        let mut bytes = memory::filled(self.meta.size, 0)?;
        let mut hasher = Hasher::new();
        for number in note.first..behind as u32 {
            self.read_whole(device, number, &mut bytes)?;
            hasher.update(&bytes);
        }
        if hasher.finalize() != note.checksum {
            return Ok(false);
        }
        let mut numbers = memory::filled(list as usize * self.meta.size, 0)?;
        for (number, part) in (note.first..).zip(numbers.chunks_exact_mut(self.meta.size)) {
            self.read_whole(device, number, part)?;
        }
        for copy in 0..note.copies {
            let number = self.meta.order.get(&numbers, copy as usize * 4);
            self.read_whole(device, note.first + list + copy, &mut bytes)?;
            if number == META {
                self.meta = Meta::read(&bytes)?;
                device.write(0, bytes.get(..Meta::LEN).unwrap_or_default())?;
            } else if number < note.used {
                device.write(self.place(number), &bytes)?;
            }
        }
        device.sync()?;
        self.write_note(device, Note { copies: 0, checksum: 0, ..note })?;
        Ok(true)
    }

    fn read_whole(&self, device: &impl Device, number: Number, bytes: &mut [u8]) -> Result {
        device.work()?;
        let count = device.read(self.place(number), bytes)?;
        // The last page may have been cut.
        bytes.get_mut(count..).unwrap_or_default().fill(0);
        Ok(())
    }

    fn write_note(&self, device: &impl Device, note: Note) -> Result {
        device.write(Note::AT, &note.bytes(self.meta.order))
    }

    /// Has what was changed so far wait for more.
    pub fn forget_changes(&mut self) {
        self.is_changed = false;
    }

    /// How many pages there are, free ones included.
    pub fn count(&self) -> u32 {
        self.used
    }

    /// Brings a page into memory. Pages of the tree are checked.
    ///
    /// # Errors
    /// [`BROKEN`] if there is no such page, or it makes no sense; what the device says.
    fn load(&mut self, device: &impl Device, number: Number, is_tree: bool) -> Result<&mut Page> {
        device.work()?;
        if self.loaded.find(number).is_err() {
            if number == META || number >= self.used {
                return Err(BROKEN);
            }
            let mut bytes = memory::filled(self.meta.size, 0)?;
            self.read_whole(device, number, &mut bytes)?;
            self.loaded.set(number, Page { bytes, order: self.meta.order, is_changed: false, is_checked: false })?;
        }
        let page = self.loaded.get_mut(number).ok_or(BROKEN)?;
        if is_tree {
            page.check(number)?;
        }
        Ok(page)
    }

    /// A page of the tree.
    ///
    /// # Errors
    /// [`BROKEN`] if there is no such page, or it makes no sense; what the device says.
    pub fn page(&mut self, device: &impl Device, number: Number) -> Result<&Page> {
        self.load(device, number, true).map(|page| &*page)
    }

    /// A page of a chain, or a free one.
    ///
    /// # Errors
    /// As [`Pages::page`].
    pub fn plain(&mut self, device: &impl Device, number: Number) -> Result<&Page> {
        self.load(device, number, false).map(|page| &*page)
    }

    /// A page that is going to change.
    ///
    /// # Errors
    /// As [`Pages::plain`], and if there is no memory.
    pub fn change(&mut self, device: &impl Device, number: Number) -> Result<&mut Page> {
        let copy = self.load(device, number, false)?.copy()?;
        if self.undo.pages.find(number).is_err() {
            self.undo.pages.set(number, Some(copy))?;
        }
        self.is_changed = true;
        let page = self.loaded.get_mut(number).ok_or(BROKEN)?;
        page.is_changed = true;
        Ok(page)
    }

    /// A new page of a kind, empty and without neighbours.
    ///
    /// # Errors
    /// As [`Pages::page`], and if there is no memory.
    pub fn add(&mut self, device: &impl Device, kind: u32) -> Result<Number> {
        let number = self.meta.free;
        if number != META {
            let next = self.plain(device, number)?.next();
            self.change(device, number)?.begin(number, kind);
            self.meta.free = next;
            return Ok(number);
        }
        let number = self.used;
        let next = number.checked_add(1).ok_or(BROKEN)?;
        self.undo.pages.set(number, None)?;
        self.loaded.set(number, Page::new(self.meta.size, self.meta.order, number, kind)?)?;
        self.used = next;
        self.is_changed = true;
        Ok(number)
    }

    /// Gives a page up.
    ///
    /// # Errors
    /// As [`Pages::change`].
    pub fn free(&mut self, device: &impl Device, number: Number) -> Result {
        let next = self.meta.free;
        let page = self.change(device, number)?;
        // A chain that is begun here another time is not one that is kept.
        page.begin(number, CHAINED);
        page.set_next(next);
        self.meta.free = number;
        Ok(())
    }

    /// Runs an operation, all of it or nothing; then keeps to the limit of pages in memory.
    ///
    /// # Errors
    /// What the operation answers, and the device.
    pub fn run<D: Device, T>(&mut self, device: &D, work: impl FnOnce(&mut Pages) -> Result<T>) -> Result<T> {
        let was_changed = self.is_changed;
        self.undo = Undo { pages: ByNumber(Vec::new()), free: self.meta.free, used: self.used };
        let result = work(self);
        let changed = core::mem::take(&mut self.undo.pages.0);
        if result.is_err() {
            for (number, old) in changed {
                let Ok(at) = self.loaded.find(number) else { continue };
                match old {
                    Some(old) => self.loaded.0[at].1 = old,
                    None => drop(self.loaded.0.remove(at)),
                }
            }
            (self.meta.free, self.used, self.is_changed) = (self.undo.free, self.undo.used, was_changed);
            return result;
        }
        if self.loaded.0.len() > self.limit {
            self.loaded.0.retain(|(_, page)| page.is_changed);
            if self.loaded.0.len() > self.limit {
                self.commit(device)?;
                self.loaded.0.clear();
            }
        }
        result
    }

    /// Brings all that has changed into the file.
    ///
    /// # Errors
    /// What the device says.
    pub fn commit(&mut self, device: &impl Device) -> Result {
        if !self.is_changed {
            return Ok(());
        }
        let (order, size) = (self.meta.order, self.meta.size);
        let changed = || self.loaded.0.iter().filter(|(_, page)| page.is_changed);
        let copies = changed().count() as u32 + 1;
        let list = self.list_len(copies);
        let mut numbers = memory::filled(list as usize * size, 0)?;
        for (place, (number, _)) in numbers.chunks_exact_mut(4).skip(1).zip(changed()) {
            place.copy_from_slice(&order.bytes(*number));
        }
        let mut head = memory::filled(size, 0)?;
        head.get_mut(..Meta::LEN).ok_or(BROKEN)?.copy_from_slice(&self.meta.bytes());
        let first = self.used.max(self.copied);
        let behind = first.checked_add(list).and_then(|behind| behind.checked_add(copies)).ok_or(BROKEN)?;
        let end = self.fill_to(device, self.place(first))?;
        let images = numbers.chunks_exact(size).chain([&head[..]]).chain(changed().map(|(_, page)| &page.bytes[..]));
        let mut hasher = Hasher::new();
        for (number, bytes) in (first..).zip(images) {
            device.work()?;
            hasher.update(bytes);
            device.write(self.place(number), bytes)?;
        }
        device.sync()?;
        let length = u32::try_from(end.div_ceil(size as u64)).map_err(|_| BROKEN)?.max(behind);
        let note = Note { size: size as u32, used: self.used, length, first, copies, checksum: hasher.finalize() };
        self.copied = behind;
        self.write_note(device, note)?;
        device.sync()?;
        device.write(0, &self.meta.bytes())?;
        let changed = || self.loaded.0.iter().filter(|(_, page)| page.is_changed);
        for (number, page) in changed() {
            device.work()?;
            device.write(self.place(*number), &page.bytes)?;
        }
        device.sync()?;
        self.write_note(device, Note { copies: 0, checksum: 0, ..note })?;
        (self.copied, self.is_changed) = (0, false);
        self.loaded.0.iter_mut().for_each(|(_, page)| page.is_changed = false);
        Ok(())
    }

    /// Makes the file at least `to` bytes long, since not every device has gaps: where it ended.
    fn fill_to(&self, device: &impl Device, to: u64) -> Result<u64> {
        let end = device.len()?;
        let zeros = memory::filled(self.meta.size, 0)?;
        let mut at = end;
        while at < to {
            let len = (to - at).min(zeros.len() as u64);
            device.write(at, zeros.get(..len as usize).unwrap_or_default())?;
            at += len;
        }
        Ok(end)
    }
}
