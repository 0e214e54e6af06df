//! What is done with files and folders.

use alloc::vec::Vec;

use super::V1;
use super::table::Table;
use crate::vfs::lfs::ctz::List;
use crate::vfs::lfs::device::{Device, Disk, Error, Result};
use crate::vfs::lfs::folder::{Content, Entry, Folders, Found, Kind, Part, names, shift_down};
use crate::vfs::lfs::pair::Pair;
use crate::vfs::lfs::tree::{Body, Context, How, Place, Tree};
use crate::vfs::memory;

/// Bytes that a name may have.
const NAME_MAX: usize = 255;

/// The head of a list without blocks.
const NO_BLOCK: u32 = u32::MAX;

/// What a file or folder is known by when it has been moved.
pub(super) fn words(entry: &Entry) -> Option<[u32; 2]> {
    match entry.content {
        Content::List(List { head, size }) => Some([head, size]),
        Content::Folder(pair) => Some(pair.0),
        _ => None,
    }
}

fn content(body: &Body) -> Content {
    Content::List(body.list().filter(|list| list.size > 0).unwrap_or(List { head: NO_BLOCK, size: 0 }))
}

/// Sees to it that an entry with a name can be.
fn check_name(disk: &Disk, name: &[u8]) -> Result {
    let entry = Entry::new(Kind::File, memory::copy(name)?, Content::Unknown);
    let fits = Table::new(Pair::NULL, 0).has_room(disk, &entry);
    if fits && name.len() <= NAME_MAX { Ok(()) } else { Err(Error::NAME_TOO_LONG) }
}

impl Folders for V1 {
    type Part = Table;

    fn root(&self) -> Pair {
        self.root
    }

    fn fetch(&mut self, disk: &mut Disk, dev: &dyn Device, pair: Pair) -> Result<Table> {
        Table::fetch(disk, dev, pair)
    }

    fn refresh(&mut self, disk: &mut Disk, dev: &dyn Device) -> Result {
        if self.is_stale { self.read_state(disk, dev) } else { Ok(()) }
    }

    fn is_moved(&self, table: &Table, id: usize) -> bool {
        let entry = table.entries.get(id).filter(|entry| entry.is_moving);
        entry.and_then(words).is_some_and(|words| self.moved.binary_search(&words).is_ok())
    }

    fn place_in(_: &Table, _: &[u8]) -> Option<usize> {
        None
    }

    /// Above the root is the root.
    fn names(path: &[u8]) -> Result<Vec<&[u8]>> {
        names(path, || Ok(()))
    }
}

impl V1 {
    /// Notes that a change has failed.
    fn fails(&mut self, error: Error) -> Error {
        (self.is_stale, self.is_consistent) = (true, false);
        error
    }

    /// Writes a table that has changed.
    pub(super) fn commit(&mut self, cx: &mut Context<'_>, table: &mut Table) -> Result {
        table.write(cx.disk, cx.dev).map_err(|error| self.fails(error))
    }

    /// A table on two blocks that are free.
    fn new_table(&mut self, cx: &mut Context<'_>) -> Result<Table> {
        let (second, first) = (self.allocate(cx)?, self.allocate(cx)?);
        // Whatever is there, what is written next is newer.
        let revision = cx.disk.read_u32(cx.dev, first, 0)?;
        Ok(Table::new(Pair([first, second]), revision))
    }

    /// Adds an entry to a folder whose last table is given, and the table at `tail` behind that folder: where the entry
    /// is.
    fn append(&mut self, cx: &mut Context<'_>, mut table: Table, entry: Entry, tail: Option<Pair>) -> Result<Place> {
        if table.has_room(cx.disk, &entry) {
            table.tail = tail.unwrap_or(table.tail);
            memory::push(&mut table.entries, entry)?;
            self.commit(cx, &mut table)?;
            return Ok(Place { pair: table.pair.0, at: table.entries.len() - 1 });
        }
        let mut next = self.new_table(cx)?;
        next.tail = tail.unwrap_or(table.tail);
        memory::push(&mut next.entries, entry)?;
        self.commit(cx, &mut next)?;
        (table.tail, table.continues) = (next.pair, true);
        self.commit(cx, &mut table)?;
        Ok(Place { pair: next.pair.0, at: 0 })
    }

    /// Takes an entry out of a table, and the table out of the list if nothing is left in it and it does not begin a
    /// folder.
    pub(super) fn delete(&mut self, cx: &mut Context<'_>, mut table: Table, id: usize) -> Result {
        table.entry(id)?;
        table.entries.remove(id);
        let before = match table.entries.is_empty() {
            true => Some(self.before(cx, table.pair)?).filter(|before| before.continues),
            false => None,
        };
        match before {
            Some(mut before) => {
                (before.tail, before.continues) = (table.tail, table.continues);
                self.commit(cx, &mut before)?;
            }
            None => self.commit(cx, &mut table)?,
        }
        cx.places.iter_mut().for_each(|place| shift_down(place, table.pair, id));
        Ok(())
    }

    /// Takes the folder with the empty table at `pair`, which has lost its name, out of the list of all.
    fn drop_folder(&mut self, cx: &mut Context<'_>, pair: Pair) -> Result {
        let mut before = self.before(cx, pair)?;
        before.tail = self.fetch(cx.disk, cx.dev, pair)?.tail;
        self.commit(cx, &mut before)
    }

    /// Moves entry `id` of the table at `from` to another name: to entry `at` of the table at `to` if that is there,
    /// else to its end.
    ///
    /// It is marked, so that of two entries that stand for the same it is seen to be the old one.
    fn relocate(
        &mut self,
        cx: &mut Context<'_>,
        (from, id): (Pair, usize),
        (to, at): (Pair, usize),
        name: &[u8],
    ) -> Result {
        let mut table = self.fetch(cx.disk, cx.dev, from)?;
        let alone = self.unlike_others(cx, table.entry(id)?)?;
        let entry = table.entries.get_mut(id).ok_or(Error::CORRUPT)?;
        entry.content = alone;
        let entry = entry.named(memory::copy(name)?)?;
        table.entries[id].is_moving = true;
        self.commit(cx, &mut table)?;
        let mut table = self.fetch(cx.disk, cx.dev, to)?;
        match table.entries.get_mut(at) {
            Some(old) => {
                *old = entry;
                self.commit(cx, &mut table)?;
            }
            None => drop(self.append(cx, table, entry, None)?),
        }
        let table = self.fetch(cx.disk, cx.dev, from)?;
        self.delete(cx, table, id)
    }

    /// What an entry stands for, so that it is told from all others: files without data would be alike, but their head
    /// is never looked at.
    fn unlike_others(&mut self, cx: &mut Context<'_>, entry: &Entry) -> Result<Content> {
        if !matches!(entry.content, Content::List(List { size: 0, .. })) {
            return entry.content.copy();
        }
        let mut head = cx.disk.geometry.block_count;
        self.for_each_part(cx.disk, cx.dev, &mut |_, table| {
            for entry in &table.entries {
                if let Content::List(List { head: other, size: 0 }) = entry.content
                    && other != NO_BLOCK
                {
                    head = head.max(other.saturating_add(1));
                }
            }
            Ok(true)
        })?;
        Ok(Content::List(List { head, size: 0 }))
    }
}

impl Tree for V1 {
    fn inline_max(&self, _: &Disk) -> usize {
        0
    }

    fn for_each_block(&mut self, disk: &mut Disk, dev: &dyn Device, each: &mut dyn FnMut(u32)) -> Result {
        self.for_each_part(disk, dev, &mut |disk, table| {
            table.pair.0.into_iter().for_each(&mut *each);
            for entry in &table.entries {
                if let Content::List(list) = &entry.content {
                    list.for_each(disk, dev, each)?;
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
            Found::Entry(table, id) => {
                let body = table.entry(id)?.body()?;
                if how.exclusive {
                    return Err(Error::EXISTS);
                }
                Ok((Place { pair: table.pair.0, at: id }, body))
            }
            Found::Missing(..) if !how.create || path.ends_with(b"/") => Err(Error::NO_ENTRY),
            Found::Missing(table, _, name) => {
                check_name(cx.disk, &name)?;
                let body = Body::Inline(Vec::new());
                let place = self.append(cx, table, Entry::new(Kind::File, name, content(&body)), None)?;
                Ok((place, body))
            }
        }
    }

    /// Files do not say when they were changed.
    fn save(&mut self, cx: &mut Context<'_>, place: Place, body: &Body, _: Option<u64>) -> Result {
        let mut table = self.fetch(cx.disk, cx.dev, Pair(place.pair))?;
        table.entries.get_mut(place.at).ok_or(Error::CORRUPT)?.content = content(body);
        self.commit(cx, &mut table)
    }

    fn mkdir(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let Found::Missing(parent, _, name) = self.find(cx.disk, cx.dev, path)? else { return Err(Error::EXISTS) };
        if path.ends_with(b"/") {
            return Err(Error::NO_ENTRY);
        }
        check_name(cx.disk, &name)?;
        let mut table = self.new_table(cx)?;
        table.tail = parent.tail;
        self.commit(cx, &mut table)?;
        let entry = Entry::new(Kind::Folder, name, Content::Folder(table.pair));
        self.append(cx, parent, entry, Some(table.pair)).map(drop)
    }

    fn remove(&mut self, cx: &mut Context<'_>, path: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (table, id) = self.find_entry(cx.disk, cx.dev, path)?;
        let entry = table.entry(id)?;
        if entry.kind != Kind::Folder {
            return self.delete(cx, table, id);
        }
        let folder = self.empty_folder(cx, entry)?;
        self.delete(cx, table, id)?;
        self.drop_folder(cx, folder.pair)
    }

    fn rename(&mut self, cx: &mut Context<'_>, old: &[u8], new: &[u8]) -> Result {
        self.make_consistent(cx)?;
        let (from, id) = self.find_entry(cx.disk, cx.dev, old)?;
        let entry = from.entry(id)?;
        V1::check_move(old, new)?;
        let mut replaced = None;
        let (to, at, name) = match self.find(cx.disk, cx.dev, new)? {
            Found::Root => return Err(Error::INVALID),
            Found::Entry(to, at) if to.pair.is(from.pair) && at == id => return Ok(()),
            Found::Entry(to, at) => {
                let other = to.entry(at)?;
                if other.kind != entry.kind {
                    return Err(Error::IS_FOLDER);
                }
                if other.kind == Kind::Folder {
                    replaced = Some(self.empty_folder(cx, other)?.pair);
                }
                let name = memory::copy(&other.name)?;
                (to, at, name)
            }
            Found::Missing(..) if new.ends_with(b"/") => return Err(Error::NO_ENTRY),
            Found::Missing(to, at, name) => (to, at, name),
        };
        check_name(cx.disk, &name)?;
        let replaces = at < to.entries.len();
        let mut table = from.copy()?;
        table.entries.remove(id);
        let renamed = entry.named(memory::copy(&name)?)?;
        if to.pair.is(from.pair) && (replaces || table.has_room(cx.disk, &renamed)) {
            // All in one table.
            let at = if at > id { at - 1 } else { at };
            match table.entries.get_mut(at).filter(|_| replaces) {
                Some(old) => *old = renamed,
                None => memory::push(&mut table.entries, renamed)?,
            }
            self.commit(cx, &mut table)?;
            cx.places.iter_mut().for_each(|place| shift_down(place, from.pair, id));
            forget(cx, replaces, to.pair, at);
        } else {
            self.relocate(cx, (from.pair, id), (to.pair, at), &name).map_err(|error| self.fails(error))?;
            forget(cx, replaces, to.pair, at);
        }
        match replaced {
            Some(pair) => self.drop_folder(cx, pair),
            None => Ok(()),
        }
    }
}

/// Has open files whose entry has been replaced have none.
fn forget(cx: &mut Context<'_>, is_replaced: bool, pair: Pair, id: usize) {
    for place in cx.places.iter_mut().filter(|_| is_replaced) {
        if place.is_some_and(|place| pair.meets(Pair(place.pair)) && place.at == id) {
            *place = None;
        }
    }
}
