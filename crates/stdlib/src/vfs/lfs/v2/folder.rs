//! Folders and what is done with them.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::log::{Change, Content, Entry, Log, Pair, combine};
use super::tag::{NONE, kind};
use super::{MODIFIED, V2};
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::tree::{Body, Context, How, Info, Place, Tree, names};

/// What a path leads to.
enum Found {
    /// The root.
    Root,
    /// An entry of a log.
    Entry(Log, usize),
    /// Nothing, but to a folder in which it could be: at that place of that log.
    Missing(Log, usize, Vec<u8>),
}

/// The order of names in a folder: of two of which one is the beginning of the other, the longer comes first.
fn order(a: &[u8], b: &[u8]) -> Ordering {
    let len = a.len().min(b.len());
    a[..len].cmp(&b[..len]).then(b.len().cmp(&a.len()))
}

fn is_named(entry: &Entry) -> bool {
    matches!(entry.kind, kind::FILE | kind::FOLDER)
}

fn info(entry: &Entry) -> Info {
    let modified = entry.attributes.iter().find(|(number, _)| *number == MODIFIED);
    let size = match &entry.content {
        Content::Inline(data) => data.len() as u32,
        Content::List(list) => list.size,
        _ => 0,
    };
    Info {
        name: entry.name.clone(),
        is_folder: entry.kind == kind::FOLDER,
        size,
        modified: modified.and_then(|(_, bytes)| bytes.as_slice().try_into().ok()).map(u64::from_le_bytes),
    }
}

impl V2 {
    pub(super) fn fetch(&mut self, disk: &mut Disk, dev: &dyn Device, pair: Pair) -> Result<Log> {
        Log::fetch(disk, dev, pair, &mut self.seed)
    }

    /// The entry of a log that has been moved elsewhere, if there is one: a move was interrupted.
    fn moved(&self, log: &Log) -> Option<usize> {
        let is_here = self.on_disk.moves() && self.on_disk.pair().meets(log.pair);
        is_here.then(|| self.on_disk.tag().id() as usize)
    }

    /// Makes changes to a log: the log with the changes.
    pub(super) fn commit(&mut self, cx: &mut Context<'_>, log: &Log, changes: &[Change]) -> Result<Log> {
        let mut delta = combine(combine(self.shared.0, self.on_disk.0), self.delta);
        // How many logs lack a parent is not kept on the device, only whether there are any.
        delta[0] &= !NONE;
        let (changed, done) = log.append(cx.disk, cx.dev, changes, delta)?;
        let places = cx.places.clone();
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
            while count - split > 1 && (count - split >= 0xff || log.size_from(split) > limit) {
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
            tail.entries = log.entries.split_off(split);
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

    /// All logs of the list that hangs together, from the root on.
    pub(super) fn for_each_log(
        &mut self,
        disk: &mut Disk,
        dev: &dyn Device,
        each: &mut dyn FnMut(&mut Disk, &Log) -> Result<bool>,
    ) -> Result {
        let mut pair = Pair::ROOT;
        for _ in 0..=disk.geometry.block_count {
            let log = self.fetch(disk, dev, pair)?;
            if !each(disk, &log)? || log.tail.is_null() {
                return Ok(());
            }
            pair = log.tail;
        }
        // It goes round in circles.
        Err(Error::CORRUPT)
    }

    /// Finds a name in the folder that begins with the pair `pair`.
    fn find_in(&mut self, disk: &mut Disk, dev: &dyn Device, mut pair: Pair, name: &[u8]) -> Result<Found> {
        for _ in 0..=disk.geometry.block_count {
            let log = self.fetch(disk, dev, pair)?;
            let moved = self.moved(&log);
            let named = |(id, entry): &(usize, &Entry)| is_named(entry) && moved != Some(*id);
            let mut entries = log.entries.iter().enumerate().filter(named);
            if let Some((id, _)) = entries.clone().find(|(_, entry)| entry.name == name) {
                return Ok(Found::Entry(log, id));
            }
            if let Some((id, _)) = entries.find(|(_, entry)| order(&entry.name, name) == Ordering::Greater) {
                return Ok(Found::Missing(log, id, name.to_vec()));
            }
            if !log.split {
                let end = log.entries.len();
                return Ok(Found::Missing(log, end, name.to_vec()));
            }
            pair = log.tail;
        }
        Err(Error::CORRUPT)
    }

    fn find(&mut self, disk: &mut Disk, dev: &dyn Device, path: &[u8]) -> Result<Found> {
        let mut found = Found::Root;
        for name in names(path)? {
            let folder = self.folder(&found)?;
            found = self.find_in(disk, dev, folder, name)?;
        }
        Ok(found)
    }

    /// The first pair of the folder that was found.
    fn folder(&self, found: &Found) -> Result<Pair> {
        match found {
            Found::Root => Ok(self.root),
            Found::Entry(log, id) => match log.entries.get(*id) {
                Some(Entry { kind: kind::FOLDER, content: Content::Folder(pair), .. }) => Ok(*pair),
                Some(Entry { kind: kind::FOLDER, .. }) | None => Err(Error::CORRUPT),
                Some(_) => Err(Error::NOT_FOLDER),
            },
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    /// The log before the one at `pair` in the list of all.
    pub(super) fn before(&mut self, cx: &mut Context<'_>, pair: Pair) -> Result<Log> {
        let mut found = None;
        self.for_each_log(cx.disk, cx.dev, &mut |_, log| {
            if !log.tail.is_null() && log.tail.meets(pair) {
                found = Some(log.clone());
            }
            Ok(found.is_none())
        })?;
        found.ok_or(Error::CORRUPT)
    }

    /// Takes a log that no folder has any more out of the list of all.
    pub(super) fn drop_log(&mut self, cx: &mut Context<'_>, before: &Log, log: &Log) -> Result {
        self.delta = combine(self.delta, log.shared);
        self.commit(cx, before, &[Change::Tail(log.split, log.tail)]).map(drop)
    }

    /// The log of a folder, if the folder is empty.
    fn empty_folder(&mut self, cx: &mut Context<'_>, entry: &Entry) -> Result<Log> {
        let Content::Folder(pair) = entry.content else { return Err(Error::CORRUPT) };
        let log = self.fetch(cx.disk, cx.dev, pair)?;
        if log.entries.is_empty() && !log.split { Ok(log) } else { Err(Error::NOT_EMPTY) }
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
        let Some(here) = place.as_mut().filter(|place| pair.meets(Pair(place.pair))) else { return };
        match change {
            Change::Create(id, _) if *id <= here.at => here.at += 1,
            Change::Delete(id) if *id == here.at => *place = None,
            Change::Delete(id) if *id < here.at => here.at -= 1,
            _ => {}
        }
    }
}

fn content(body: &Body) -> Content {
    match body {
        Body::Inline(bytes) => Content::Inline(bytes.clone()),
        Body::List(list) => Content::List(*list),
    }
}

impl Tree for V2 {
    fn inline_max(&self, disk: &Disk) -> usize {
        let size = disk.geometry.block_size / 8;
        size.min(disk.geometry.cache_size()).min(NONE - 1) as usize
    }

    fn for_each_block(&mut self, disk: &mut Disk, dev: &dyn Device, each: &mut dyn FnMut(u32)) -> Result {
        self.for_each_log(disk, dev, &mut |disk, log| {
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

    fn stat(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result<Info> {
        match self.find(cx.disk, cx.dev, path)? {
            Found::Root => Ok(Info { name: b"/".to_vec(), is_folder: true, size: 0, modified: None }),
            Found::Entry(log, id) => log.entries.get(id).map(info).ok_or(Error::CORRUPT),
            Found::Missing(..) => Err(Error::NO_ENTRY),
        }
    }

    fn list(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result<Vec<Info>> {
        let found = self.find(cx.disk, cx.dev, path)?;
        let mut pair = self.folder(&found)?;
        let mut list = Vec::new();
        for _ in 0..=cx.disk.geometry.block_count {
            let log = self.fetch(cx.disk, cx.dev, pair)?;
            let moved = self.moved(&log);
            let named = log.entries.iter().enumerate().filter(|(id, entry)| is_named(entry) && moved != Some(*id));
            list.extend(named.map(|(_, entry)| info(entry)));
            if !log.split {
                return Ok(list);
            }
            pair = log.tail;
        }
        Err(Error::CORRUPT)
    }

    fn open(&mut self, cx: &mut Context<'_>, path: &[u8], how: How) -> Result<(Place, Body)> {
        if how.write {
            self.make_consistent(cx)?;
        }
        match self.find(cx.disk, cx.dev, path)? {
            Found::Root => Err(Error::IS_FOLDER),
            Found::Entry(..) if how.exclusive => Err(Error::EXISTS),
            Found::Entry(log, id) => {
                let entry = log.entries.get(id).ok_or(Error::CORRUPT)?;
                let body = match &entry.content {
                    _ if entry.kind == kind::FOLDER => return Err(Error::IS_FOLDER),
                    Content::List(list) => Body::List(*list),
                    Content::Inline(bytes) => Body::Inline(bytes.clone()),
                    _ => return Err(Error::CORRUPT),
                };
                Ok((Place { pair: log.pair.0, at: id }, body))
            }
            Found::Missing(..) if !how.create => Err(Error::NO_ENTRY),
            Found::Missing(..) if path.ends_with(b"/") => Err(Error::NOT_FOLDER),
            Found::Missing(log, id, name) => {
                self.check_name(&name)?;
                let body = Body::Inline(Vec::new());
                let entry = Entry { kind: kind::FILE, name, content: content(&body), attributes: Vec::new() };
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
        let mut changes = Vec::from([Change::Content(place.at, content(body))]);
        if let Some(modified) = modified {
            changes.push(Change::Attribute(place.at, MODIFIED, Some(modified.to_le_bytes().to_vec())));
        }
        self.commit(cx, &log, &changes).map(drop)
    }

    fn mkdir(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let Found::Missing(parent, id, name) = self.find(cx.disk, cx.dev, path)? else { return Err(Error::EXISTS) };
        self.check_name(&name)?;
        let mut last = parent.clone();
        while last.split {
            last = self.fetch(cx.disk, cx.dev, last.tail)?;
        }
        let mut log = self.new_pair(cx)?;
        log.tail = last.tail;
        log.rewrite(cx.disk, cx.dev)?;
        let entry = Entry { kind: kind::FOLDER, name, content: Content::Folder(log.pair), attributes: Vec::new() };
        let mut changes = Vec::from([Change::Create(id, entry)]);
        if parent.split {
            // Until the parent knows the folder it lacks a parent.
            self.shared.add_orphans(1);
            self.commit(cx, &last, &[Change::Tail(false, log.pair)])?;
            self.shared.add_orphans(-1);
        } else {
            changes.push(Change::Tail(false, log.pair));
        }
        self.commit(cx, &parent, &changes).map(drop)
    }

    fn remove(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (log, id) = match self.find(cx.disk, cx.dev, path)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(log, id) => (log, id),
            Found::Missing(..) => return Err(Error::NO_ENTRY),
        };
        let entry = log.entries.get(id).ok_or(Error::CORRUPT)?;
        if entry.kind != kind::FOLDER {
            return self.commit(cx, &log, &[Change::Delete(id)]).map(drop);
        }
        let folder = self.empty_folder(cx, entry)?;
        self.shared.add_orphans(1);
        self.commit(cx, &log, &[Change::Delete(id)])?;
        self.drop_folder(cx, folder.pair)
    }

    fn rename(&mut self, cx: &mut Context<'_>, old: &[u8], new: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (from, id) = match self.find(cx.disk, cx.dev, old)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(log, id) => (log, id),
            Found::Missing(..) => return Err(Error::NO_ENTRY),
        };
        let entry = from.entries.get(id).ok_or(Error::CORRUPT)?;
        let mut changes = Vec::new();
        let mut replaced = None;
        let (to, at, name) = match self.find(cx.disk, cx.dev, new)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(to, at) => {
                let other = to.entries.get(at).ok_or(Error::CORRUPT)?;
                if to.pair.is(from.pair) && at == id {
                    return Ok(());
                }
                if other.kind != entry.kind {
                    return Err(if other.kind == kind::FOLDER { Error::IS_FOLDER } else { Error::NOT_FOLDER });
                }
                if other.kind == kind::FOLDER {
                    replaced = Some(self.empty_folder(cx, other)?.pair);
                }
                changes.push(Change::Delete(at));
                let name = other.name.clone();
                (to, at, name)
            }
            Found::Missing(..) if new.ends_with(b"/") && entry.kind != kind::FOLDER => return Err(Error::NOT_FOLDER),
            Found::Missing(to, at, name) => (to, at, name),
        };
        self.check_name(&name)?;
        let same_log = to.pair.is(from.pair);
        changes.push(Change::Create(at, Entry { name, ..entry.clone() }));
        if same_log {
            // Where the old entry is after the changes before.
            let replaces = changes.len() > 1;
            changes.push(Change::Delete(if replaces || at > id { id } else { id + 1 }));
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
