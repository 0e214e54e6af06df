//! Folders and what is done with them.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::V2;
use super::log::{Change, Log, combine};
use super::tag::NONE;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Folders, Found, Kind, MODIFIED, Part, shift_down, shift_up};
use crate::vfs::lfs::pair::Pair;
use crate::vfs::lfs::tree::{Body, Context, How, Place, Tree};
use crate::vfs::memory;

/// The order of names in a folder: of two of which one is the beginning of the other, the longer comes first.
fn order(a: &[u8], b: &[u8]) -> Ordering {
    let len = a.len().min(b.len());
    a[..len].cmp(&b[..len]).then(b.len().cmp(&a.len()))
}

impl Folders for V2 {
    type Part = Log;

    fn root(&self) -> Pair {
        self.root
    }

    fn fetch(&mut self, disk: &mut Disk, dev: &dyn Device, pair: Pair) -> Result<Log> {
        Log::fetch(disk, dev, pair, &mut self.seed)
    }

    fn refresh(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        if self.is_stale { self.read_state(disk, dev) } else { Ok(()) }
    }

    fn is_moved(&self, log: &Log, id: usize) -> bool {
        self.on_disk.moves() && self.on_disk.tag().id() as usize == id && self.on_disk.pair().meets(log.pair)
    }

    fn place_in(log: &Log, name: &[u8]) -> Option<usize> {
        let is_after = |entry: &Entry| entry.is_named() && order(&entry.name, name) == Ordering::Greater;
        log.entries.iter().position(is_after)
    }
}

impl V2 {
    /// Makes changes to a log: the log with the changes. If nothing is left in it and it does not begin a folder, it
    /// goes: littlefs relies on that.
    pub(super) fn commit(&mut self, cx: &mut Context<'_>, log: &Log, changes: &[Change]) -> Result<Log> {
        if let [Change::Delete(id)] = changes
            && log.entries.len() == 1
        {
            let before = self.before(cx, log.pair)?;
            if before.split {
                self.drop_log(cx, &before, log)?;
                cx.places.iter_mut().for_each(|place| shift_down(place, log.pair, *id));
                return Ok(before);
            }
        }
        let mut delta = combine(combine(self.shared.0, self.on_disk.0), self.delta);
        // How many logs lack a parent is not kept on the device, only whether there are any.
        delta[0] &= !NONE;
        let places = memory::copy(cx.places)?;
        let appended = log.append(cx.disk, cx.dev, changes, delta);
        // What has failed may have been done.
        self.is_stale |= appended.is_err();
        let (changed, done) = appended?;
        for place in cx.places.iter_mut() {
            shift(place, log.pair, changes);
        }
        let committed = match done {
            true => Ok(changed),
            false => self.rewrite(cx, changed),
        };
        match &committed {
            Ok(_) => (self.on_disk, self.delta) = (self.shared, [0; 3]),
            Err(_) => {
                *cx.places = places;
                self.is_stale = true;
            }
        }
        committed
    }

    /// Writes the whole state of a log, and part of it to new blocks if it has become large.
    fn rewrite(&mut self, cx: &mut Context<'_>, mut log: Log) -> Result<Log> {
        let size = cx.disk.geometry.block_size as usize;
        let limit = (size / 2).next_multiple_of(cx.disk.geometry.program_size as usize).min(size - 40);
        loop {
            let count = log.entries.len();
            let mut split = 0;
            while count - split > 1 && (count - split >= 0xff || log.size_from(split)? > limit) {
                split += (count - split) / 2;
            }
            if split == 0 {
                break;
            }
            let pair = match self.new_pair(cx) {
                Ok(pair) => pair,
                // It may fit as it is.
                Err(error) if error.is_no_space() => break,
                Err(error) => return Err(error),
            };
            let mut tail = pair;
            tail.entries.try_reserve_exact(log.entries.len() - split)?;
            tail.entries.extend(log.entries.drain(split..));
            (tail.tail, tail.split) = (log.tail, log.split);
            tail.rewrite(cx.disk, cx.dev)?;
            (log.tail, log.split) = (tail.pair, true);
            for place in cx.places.iter_mut().flatten() {
                if log.pair.meets(Pair(place.pair)) && place.at >= split {
                    *place = Place { pair: tail.pair.0, at: place.at - split };
                }
            }
        }
        log.rewrite(cx.disk, cx.dev)?;
        Ok(log)
    }

    /// A log on two blocks that are free.
    pub(super) fn new_pair(&mut self, cx: &mut Context<'_>) -> Result<Log> {
        let (second, first) = (self.allocate(cx)?, self.allocate(cx)?);
        // Whatever is there, what is written next is newer.
        let revision = cx.disk.read_u32(cx.dev, first, 0)?;
        Ok(Log::new(Pair([first, second]), revision))
    }

    /// Takes a log that no folder has any more out of the list of all.
    pub(super) fn drop_log(&mut self, cx: &mut Context<'_>, before: &Log, log: &Log) -> Result {
        self.delta = combine(self.delta, log.shared);
        self.commit(cx, before, &[Change::Tail(log.split, log.tail)]).map(drop)
    }

    /// Takes the folder with the empty log at `pair`, which has lost its name, out of the list of all.
    fn drop_folder(&mut self, cx: &mut Context<'_>, pair: Pair) -> Result {
        self.shared.add_orphans(-1);
        let before = self.before(cx, pair)?;
        // The log itself may have changed if it is the one before another.
        let log = self.fetch(cx.disk, cx.dev, pair)?;
        self.drop_log(cx, &before, &log)
    }
}

/// Has the place of an open file follow changes to a log.
fn shift(place: &mut Option<Place>, pair: Pair, changes: &[Change]) {
    for change in changes {
        match change {
            Change::Create(id, _) => shift_up(place, pair, *id),
            Change::Delete(id) => shift_down(place, pair, *id),
            _ => {}
        }
    }
}

fn content(body: &Body) -> Result<Content> {
    Ok(match body {
        Body::Inline(bytes) => Content::Inline(memory::copy(bytes)?),
        Body::List(list) => Content::List(*list),
    })
}

impl Tree for V2 {
    fn inline_max(&self, disk: &Disk) -> usize {
        let size = disk.geometry.block_size / 8;
        size.min(disk.geometry.cache_size()).min(NONE - 1) as usize
    }

    fn for_each_block(&mut self, disk: &mut Disk, dev: &dyn Device, each: &mut dyn FnMut(u32)) -> Result {
        self.for_each_part(disk, dev, &mut |disk, log| {
            log.pair.0.into_iter().for_each(&mut *each);
            for entry in &log.entries {
                match &entry.content {
                    Content::List(list) => list.for_each(disk, dev, each)?,
                    // It may not be in the list of all logs yet.
                    Content::Folder(pair) => pair.0.into_iter().for_each(&mut *each),
                    _ => {}
                }
            }
            Ok(true)
        })
    }

    fn open(&mut self, cx: &mut Context<'_>, path: &[u8], how: How) -> Result<(Place, Body)> {
        if how.write {
            self.make_consistent(cx)?;
        }
        match self.find(cx.disk, cx.dev, path)? {
            Found::Root => Err(Error::IS_FOLDER),
            Found::Entry(..) if how.exclusive => Err(Error::EXISTS),
            Found::Entry(log, id) => {
                let body = log.entry(id)?.body()?;
                Ok((Place { pair: log.pair.0, at: id }, body))
            }
            Found::Missing(..) if !how.create => Err(Error::NO_ENTRY),
            Found::Missing(..) if path.ends_with(b"/") => Err(Error::NOT_FOLDER),
            Found::Missing(log, id, name) => {
                self.check_name(&name)?;
                let body = Body::Inline(Vec::new());
                let entry = Entry::new(Kind::File, name, content(&body)?);
                self.commit(cx, &log, &[Change::Create(id, entry)])?;
                // The log may have been split.
                match self.find(cx.disk, cx.dev, path)? {
                    Found::Entry(log, id) => Ok((Place { pair: log.pair.0, at: id }, body)),
                    _ => Err(Error::CORRUPT),
                }
            }
        }
    }

    fn save(&mut self, cx: &mut Context<'_>, place: Place, body: &Body, modified: Option<u64>) -> Result {
        let log = self.fetch(cx.disk, cx.dev, Pair(place.pair))?;
        let mut changes = Vec::new();
        memory::push(&mut changes, Change::Content(place.at, content(body)?))?;
        if let Some(modified) = modified {
            let modified = memory::copy(&modified.to_le_bytes())?;
            memory::push(&mut changes, Change::Attribute(place.at, MODIFIED, Some(modified)))?;
        }
        self.commit(cx, &log, &changes).map(drop)
    }

    fn mkdir(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let Found::Missing(parent, id, name) = self.find(cx.disk, cx.dev, path)? else { return Err(Error::EXISTS) };
        self.check_name(&name)?;
        let mut last = parent.copy()?;
        while last.split {
            last = self.fetch(cx.disk, cx.dev, last.tail)?;
        }
        let mut log = self.new_pair(cx)?;
        log.tail = last.tail;
        log.rewrite(cx.disk, cx.dev)?;
        let entry = Entry::new(Kind::Folder, name, Content::Folder(log.pair));
        let mut changes = Vec::new();
        memory::push(&mut changes, Change::Create(id, entry))?;
        if parent.split {
            // Until the parent knows the folder it lacks a parent.
            self.shared.add_orphans(1);
            self.commit(cx, &last, &[Change::Tail(false, log.pair)])?;
            self.shared.add_orphans(-1);
        } else {
            memory::push(&mut changes, Change::Tail(false, log.pair))?;
        }
        self.commit(cx, &parent, &changes).map(drop)
    }

    fn remove(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (log, id) = self.find_entry(cx.disk, cx.dev, path)?;
        let entry = log.entry(id)?;
        if entry.kind != Kind::Folder {
            return self.commit(cx, &log, &[Change::Delete(id)]).map(drop);
        }
        let folder = self.empty_folder(cx, entry)?;
        self.shared.add_orphans(1);
        self.commit(cx, &log, &[Change::Delete(id)])?;
        self.drop_folder(cx, folder.pair)
    }

    fn rename(&mut self, cx: &mut Context<'_>, old: &[u8], new: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (from, id) = self.find_entry(cx.disk, cx.dev, old)?;
        let entry = from.entry(id)?;
        V2::check_move(old, new)?;
        let mut changes = Vec::new();
        let mut replaced = None;
        let (to, at, name) = match self.find(cx.disk, cx.dev, new)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(to, at) => {
                let other = to.entry(at)?;
                if to.pair.is(from.pair) && at == id {
                    return Ok(());
                }
                if other.kind != entry.kind {
                    return Err(if other.kind == Kind::Folder { Error::IS_FOLDER } else { Error::NOT_FOLDER });
                }
                if other.kind == Kind::Folder {
                    replaced = Some(self.empty_folder(cx, other)?.pair);
                }
                memory::push(&mut changes, Change::Delete(at))?;
                let name = memory::copy(&other.name)?;
                (to, at, name)
            }
            Found::Missing(..) if new.ends_with(b"/") && entry.kind != Kind::Folder => return Err(Error::NOT_FOLDER),
            Found::Missing(to, at, name) => (to, at, name),
        };
        self.check_name(&name)?;
        let same_log = to.pair.is(from.pair);
        memory::push(&mut changes, Change::Create(at, entry.named(name)?))?;
        if same_log {
            // Where the old entry is after the changes before.
            let replaces = changes.len() > 1;
            memory::push(&mut changes, Change::Delete(if replaces || at > id { id } else { id + 1 }))?;
        } else {
            self.shared.set_move(from.pair, id);
        }
        if replaced.is_some() {
            self.shared.add_orphans(1);
        }
        self.commit(cx, &to, &changes)?;
        if !same_log {
            // The new name holds; the old one goes.
            self.shared.clear_move();
            let from = self.fetch(cx.disk, cx.dev, from.pair)?;
            self.commit(cx, &from, &[Change::Delete(id)])?;
        }
        match replaced {
            Some(pair) => self.drop_folder(cx, pair),
            None => Ok(()),
        }
    }
}
