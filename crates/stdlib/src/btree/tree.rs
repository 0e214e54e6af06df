//! Trees of keys and values in the order of the keys' bytes, as Berkeley DB 1.85 grows them.
//!
//! A page that has no room is split, and the page above gets the first key of its right half, no longer than needed to
//! tell the two apart; the root stays where it is, and its halves become new pages. A page whose last item goes is given
//! up. The first key of the leftmost page of a level means nothing: every key comes behind.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::page::{
    BROKEN, CHAIN, CHAINED, HEAD, INNER, ITEM_HEAD, Item, LEAF, LONG_KEY, LONG_VALUE, META, Number, Order, Page, ROOT,
    SLOT, fits, inner_item, leaf_item, room,
};
use super::pages::{Device, Meta, Pages};
use crate::vfs::error::{Error, Result};
use crate::vfs::memory;

/// More levels than any tree has whose pages hold two keys.
const MAX_LEVELS: usize = 48;
/// Bytes of a page where nothing is said.
const DEFAULT_SIZE: usize = 4096;
/// Pages that stay in memory at least.
const MIN_PAGES: usize = 32;

/// How a tree is made and kept; 0 where nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Whether keys can be there more than once.
    pub has_duplicates: bool,
    /// Bytes of memory for pages.
    pub cache: usize,
    /// Bytes of a page.
    pub page: usize,
    /// Pairs that a page has room for at least, so that longer ones get pages of their own.
    pub keys_of_page: usize,
}

/// A tree in a file.
pub struct Tree {
    pages: Pages,
    /// Longer pairs get pages of their own.
    longest: usize,
    /// Counts the changes of the tree, so that a place knows whether it is still true.
    changes: u64,
}

/// The pages from the root down to a leaf, each with the item that leads on; of the leaf the place of the key.
type Path = Vec<(Number, usize)>;

/// A place in the tree, true as long as the tree does not change.
#[derive(Clone, Copy, Default)]
pub struct Place {
    page: Number,
    at: usize,
    changes: u64,
    /// How many pairs with the same key are before it.
    before: usize,
}

/// A pair, and where it is.
pub struct Pair {
    pub place: Place,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

/// Where a walk through the tree begins.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    First,
    Last,
    /// The first pair whose key is not less.
    Key(&'a [u8]),
}

impl Settings {
    /// Bytes of a page of a new file.
    ///
    /// # Errors
    /// [`BROKEN`] for settings that no file has.
    pub fn size(&self) -> Result<usize> {
        let size = if self.page == 0 { DEFAULT_SIZE } else { self.page };
        if Meta::SIZES.contains(&size) && size.is_multiple_of(2) && self.keys_of_page != 1 {
            Ok(size)
        } else {
            Err(BROKEN)
        }
    }
}

impl Tree {
    /// Opens the tree in a file that begins with `head`, or makes one where there is none.
    ///
    /// # Errors
    /// [`BROKEN`] for settings or files that make no sense; what the device says.
    pub fn open(device: &impl Device, head: &[u8], settings: Settings) -> Result<Tree> {
        let size = settings.size()?;
        let Settings { has_duplicates, cache, keys_of_page, .. } = settings;
        let limit = |size: usize| (cache / size).max(MIN_PAGES);
        let found = Pages::open(device, head, limit)?;
        let is_new = found.is_none();
        let meta = Meta { order: Order::NATIVE, size, free: META, has_duplicates };
        let mut pages = found.unwrap_or_else(|| Pages::create(meta, limit(size)));
        if is_new {
            pages.run(device, |pages| pages.add(device, LEAF))?;
            // Nothing is written before there is a pair.
            pages.forget_changes();
        }
        let least = ITEM_HEAD.next_multiple_of(4);
        let longest = ((pages.meta.size - HEAD) / keys_of_page.max(2)).saturating_sub(SLOT + least);
        let longest = longest.max(room(ITEM_HEAD + 2 * CHAIN));
        Ok(Tree { pages, longest, changes: 0 })
    }

    /// Brings all that has changed into the file.
    ///
    /// # Errors
    /// What the device says.
    pub fn commit(&mut self, device: &impl Device) -> Result {
        self.pages.commit(device)
    }

    /// The value of a key, of the first if there are several.
    ///
    /// # Errors
    /// As [`Tree::open`].
    pub fn get(&mut self, device: &impl Device, key: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.seek(device, Start::Key(key))? {
            Some(pair) if pair.key == key => Ok(Some(pair.value)),
            _ => Ok(None),
        }
    }

    /// Adds a pair, in place of one with that key where keys are there once.
    ///
    /// # Errors
    /// As [`Tree::open`], and if there is no memory. The tree is as before then.
    pub fn put<D: Device>(&mut self, device: &D, key: &[u8], value: &[u8]) -> Result {
        self.changes += 1;
        let longest = self.longest;
        self.pages.run(device, |pages| {
            let mut path = descend(pages, device, key, Bias::Insert)?;
            let Some(&(leaf, at)) = path.last() else { return Err(BROKEN) };
            if !pages.meta.has_duplicates && is_at(pages, device, (leaf, at), key)? {
                take(pages, device, leaf, at)?;
            }
            let item = long_or_short(pages, device, key, value, longest)?;
            insert(pages, device, &mut path, &item)
        })
    }

    /// Takes the pairs with this key away: whether there were any.
    ///
    /// # Errors
    /// As [`Tree::put`].
    pub fn delete<D: Device>(&mut self, device: &D, key: &[u8]) -> Result<bool> {
        self.changes += 1;
        self.pages.run(device, |pages| {
            let mut any = false;
            loop {
                let mut path = descend(pages, device, key, Bias::Find)?;
                let Some((leaf, at)) = settle_path(pages, device, &mut path)? else { return Ok(any) };
                if !is_at(pages, device, (leaf, at), key)? {
                    return Ok(any);
                }
                any = true;
                take(pages, device, leaf, at)?;
                if pages.page(device, leaf)?.len() == 0 {
                    give_up(pages, device, &path)?;
                }
                if !pages.meta.has_duplicates {
                    return Ok(true);
                }
            }
        })
    }

    /// The pair where a walk begins.
    ///
    /// # Errors
    /// As [`Tree::open`].
    pub fn seek<D: Device>(&mut self, device: &D, start: Start<'_>) -> Result<Option<Pair>> {
        let changes = self.changes;
        self.pages.run(device, |pages| {
            let spot = match start {
                Start::First => edge(pages, device, false)?,
                Start::Last => edge(pages, device, true)?,
                Start::Key(key) => {
                    let path = descend(pages, device, key, Bias::Find)?;
                    let Some(&spot) = path.last() else { return Err(BROKEN) };
                    settle(pages, device, spot)?
                }
            };
            found(pages, device, spot, changes, 0)
        })
    }

    /// The pair behind a place, or before it.
    ///
    /// # Errors
    /// As [`Tree::open`].
    pub fn advance<D: Device>(&mut self, device: &D, place: Place, key: &[u8], back: bool) -> Result<Option<Pair>> {
        let changes = self.changes;
        self.pages.run(device, |pages| {
            let spot = match place.changes == changes {
                true if back => before(pages, device, (place.page, place.at))?,
                true => settle(pages, device, (place.page, place.at + 1))?,
                false => return again(pages, device, (place.before, key), back, changes),
            };
            let Some((page, at)) = spot else { return Ok(None) };
            let same = is_at(pages, device, (page, at), key)?;
            let count = if back { place.before.saturating_sub(1) } else { place.before + 1 };
            found(pages, device, spot, changes, if same { count } else { 0 })
        })
    }
}

/// What a place leads to when the tree has changed since: behind so many pairs with the key, or before them.
fn again(
    pages: &mut Pages,
    device: &impl Device,
    (passed, key): (usize, &[u8]),
    back: bool,
    changes: u64,
) -> Result<Option<Pair>> {
    let path = descend(pages, device, key, Bias::Find)?;
    let Some(&spot) = path.last() else { return Err(BROKEN) };
    let mut spot = settle(pages, device, spot)?;
    if back && passed == 0 {
        spot = match spot {
            Some(spot) => before(pages, device, spot)?,
            None => edge(pages, device, true)?,
        };
        return found(pages, device, spot, changes, 0);
    }
    let wanted = if back { passed - 1 } else { passed + 1 };
    let mut count = 0;
    while let Some((page, at)) = spot
        && is_at(pages, device, (page, at), key)?
    {
        if count == wanted {
            return found(pages, device, spot, changes, count);
        }
        count += 1;
        spot = settle(pages, device, (page, at + 1))?;
    }
    found(pages, device, spot, changes, 0)
}

/// Which way a search takes where keys are equal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bias {
    /// To the first pair with the key, wherever it may be.
    Find,
    /// To where a pair is put.
    Insert,
}

/// The way down to the first pair whose key is not less than `key`; the place may be one behind the last of its page.
fn descend(pages: &mut Pages, device: &impl Device, key: &[u8], bias: Bias) -> Result<Path> {
    let mut path = Vec::new();
    let mut number = ROOT;
    // Equal keys begin to the left of an equal key of an inner page, but only where there can be several.
    let goes_left = pages.meta.has_duplicates && bias == Bias::Find;
    loop {
        if path.len() > MAX_LEVELS {
            return Err(BROKEN);
        }
        let (is_leaf, is_first, len) = {
            let page = pages.page(device, number)?;
            (page.is_leaf(), page.previous() == META, page.len())
        };
        let (mut low, mut high) = (usize::from(!is_leaf), len);
        if !is_leaf && !is_first && len > 0 {
            low = 0;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            let order = compare(pages, device, number, middle, key)?;
            let is_before = order == Ordering::Less || order == Ordering::Equal && !is_leaf && !goes_left;
            (low, high) = if is_before { (middle + 1, high) } else { (low, middle) };
        }
        if is_leaf {
            memory::push(&mut path, (number, low))?;
            return Ok(path);
        }
        let at = low.saturating_sub(1);
        let below = pages.page(device, number)?.item(at)?.below;
        memory::push(&mut path, (number, at))?;
        number = below;
    }
}

/// How the key of an item compares with `key`.
fn compare(pages: &mut Pages, device: &impl Device, number: Number, at: usize, key: &[u8]) -> Result<Ordering> {
    let order = pages.meta.order;
    let item = pages.page(device, number)?.item(at)?;
    if item.flags & LONG_KEY == 0 {
        return Ok(item.key.cmp(key));
    }
    let chain = chain_of(order, item.key);
    Ok(read_chain(pages, device, chain)?.as_slice().cmp(key))
}

/// Whether there is a pair with `key` at a place, which may be behind the last of a page.
fn is_at(pages: &mut Pages, device: &impl Device, spot: (Number, usize), key: &[u8]) -> Result<bool> {
    match settle(pages, device, spot)? {
        Some((page, at)) if (page, at) == spot => Ok(compare(pages, device, page, at, key)? == Ordering::Equal),
        _ => Ok(false),
    }
}

/// The first place from `spot` on where there is a pair.
fn settle(pages: &mut Pages, device: &impl Device, spot: (Number, usize)) -> Result<Option<(Number, usize)>> {
    let (mut number, mut at) = spot;
    for _ in 0..=pages.count() {
        let page = pages.page(device, number)?;
        if !page.is_leaf() {
            break;
        }
        if at < page.len() {
            return Ok(Some((number, at)));
        }
        (number, at) = (page.next(), 0);
        if number == META {
            return Ok(None);
        }
    }
    Err(BROKEN)
}

/// As [`settle`], by the pages above.
fn settle_path(pages: &mut Pages, device: &impl Device, path: &mut Path) -> Result<Option<(Number, usize)>> {
    for _ in 0..=pages.count() {
        let Some(&(leaf, at)) = path.last() else { return Err(BROKEN) };
        if at < pages.page(device, leaf)?.len() {
            return Ok(Some((leaf, at)));
        }
        path.pop();
        let mut number = loop {
            let Some((above, led)) = path.last_mut() else { return Ok(None) };
            let page = pages.page(device, *above)?;
            if *led + 1 < page.len() {
                *led += 1;
                break page.item(*led)?.below;
            }
            path.pop();
        };
        while !pages.page(device, number)?.is_leaf() {
            if path.len() > MAX_LEVELS {
                return Err(BROKEN);
            }
            memory::push(path, (number, 0))?;
            number = pages.page(device, number)?.item(0)?.below;
        }
        memory::push(path, (number, 0))?;
    }
    Err(BROKEN)
}

/// The place before `spot` where there is a pair.
fn before(pages: &mut Pages, device: &impl Device, spot: (Number, usize)) -> Result<Option<(Number, usize)>> {
    let (mut number, mut at) = spot;
    for _ in 0..=pages.count() {
        let page = pages.page(device, number)?;
        if !page.is_leaf() {
            break;
        }
        if let Some(at) = at.min(page.len()).checked_sub(1) {
            return Ok(Some((number, at)));
        }
        (number, at) = (page.previous(), usize::MAX);
        if number == META {
            return Ok(None);
        }
    }
    Err(BROKEN)
}

/// The first or last place where there is a pair.
fn edge(pages: &mut Pages, device: &impl Device, last: bool) -> Result<Option<(Number, usize)>> {
    let mut number = ROOT;
    for _ in 0..=MAX_LEVELS {
        let page = pages.page(device, number)?;
        if page.is_leaf() {
            let end = (number, page.len());
            return if last { before(pages, device, end) } else { settle(pages, device, (number, 0)) };
        }
        number = page.item(if last { page.len().saturating_sub(1) } else { 0 })?.below;
    }
    Err(BROKEN)
}

/// The pair at a place.
fn found(
    pages: &mut Pages,
    device: &impl Device,
    spot: Option<(Number, usize)>,
    changes: u64,
    before: usize,
) -> Result<Option<Pair>> {
    let Some((page, at)) = spot else { return Ok(None) };
    let order = pages.meta.order;
    let Item { key, value, flags, .. } = pages.page(device, page)?.item(at)?;
    let (key, value) = (memory::copy(key)?, memory::copy(value)?);
    let mut whole = |bytes: Vec<u8>, flag: u8| {
        if flags & flag == 0 { Ok(bytes) } else { read_chain(pages, device, chain_of(order, &bytes)) }
    };
    let (key, value) = (whole(key, LONG_KEY)?, whole(value, LONG_VALUE)?);
    Ok(Some(Pair { place: Place { page, at, changes, before }, key, value }))
}

/// The first page and the length of what has a chain.
fn chain_of(order: Order, bytes: &[u8]) -> (Number, usize) {
    (order.get(bytes, 0), usize::try_from(order.get(bytes, 4)).unwrap_or(usize::MAX))
}

/// What is in the pages of a chain.
fn read_chain(pages: &mut Pages, device: &impl Device, (first, len): (Number, usize)) -> Result<Vec<u8>> {
    let part = pages.meta.size - HEAD;
    if len.div_ceil(part) > pages.count() as usize {
        return Err(BROKEN);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len)?;
    let mut number = first;
    while bytes.len() < len {
        let page = pages.plain(device, number)?;
        let rest = page.bytes.get(HEAD..).unwrap_or_default();
        bytes.extend_from_slice(rest.get(..rest.len().min(len - bytes.len())).unwrap_or_default());
        number = page.next();
    }
    Ok(bytes)
}

/// Puts bytes into a chain of pages: what stands for them.
fn write_chain(pages: &mut Pages, device: &impl Device, bytes: &[u8]) -> Result<[u8; CHAIN]> {
    let order = pages.meta.order;
    let (mut first, mut last) = (META, META);
    for part in bytes.chunks(pages.meta.size - HEAD) {
        let number = pages.add(device, CHAINED)?;
        let page = pages.change(device, number)?;
        page.bytes.get_mut(HEAD..HEAD + part.len()).ok_or(BROKEN)?.copy_from_slice(part);
        if last == META {
            first = number;
        } else {
            pages.change(device, last)?.set_next(number);
        }
        last = number;
    }
    let len = u32::try_from(bytes.len()).map_err(|_| Error::TOO_BIG)?;
    let mut stands = [0; CHAIN];
    stands[..4].copy_from_slice(&order.bytes(first));
    stands[4..].copy_from_slice(&order.bytes(len));
    Ok(stands)
}

/// Frees the pages of a chain, unless an inner page needs it, too.
fn free_chain(pages: &mut Pages, device: &impl Device, (first, len): (Number, usize)) -> Result {
    let part = pages.meta.size - HEAD;
    if pages.plain(device, first)?.is_kept() {
        return Ok(());
    }
    let mut number = first;
    for _ in 0..len.div_ceil(part).min(pages.count() as usize) {
        let next = pages.plain(device, number)?.next();
        // The root and what is above all are in no chain.
        if number <= ROOT {
            return Err(BROKEN);
        }
        pages.free(device, number)?;
        number = next;
    }
    Ok(())
}

/// The item for a pair, of which the value, or the key, or both are in chains if it is too long.
fn long_or_short(pages: &mut Pages, device: &impl Device, key: &[u8], value: &[u8], longest: usize) -> Result<Vec<u8>> {
    let is_long = |key: usize, value: usize| key.saturating_add(value) > longest;
    let (mut flags, mut key_len, mut value_len) = (0, key.len(), value.len());
    if is_long(key_len, value_len) {
        if is_long(key_len, 0) {
            (flags, key_len) = (flags | LONG_KEY, CHAIN);
        }
        if is_long(key_len, value_len) {
            (flags, value_len) = (flags | LONG_VALUE, CHAIN);
        }
        if is_long(key_len, value_len) {
            flags |= LONG_KEY;
        }
    }
    let key_chain = if flags & LONG_KEY == 0 { None } else { Some(write_chain(pages, device, key)?) };
    let value_chain = if flags & LONG_VALUE == 0 { None } else { Some(write_chain(pages, device, value)?) };
    let key = key_chain.as_ref().map_or(key, |chain| &chain[..]);
    let value = value_chain.as_ref().map_or(value, |chain| &chain[..]);
    leaf_item(pages.meta.order, key, value, flags)
}

/// Puts an item where a path leads, and splits pages as far as they have no room.
fn insert(pages: &mut Pages, device: &impl Device, path: &mut Path, item: &[u8]) -> Result {
    let mut item = memory::copy(item)?;
    while let Some((number, at)) = path.pop() {
        let old = pages.page(device, number)?.copy()?;
        let mut items = old.items()?;
        let at = at.min(items.len());
        memory::insert(&mut items, at, &item)?;
        if fits(&items, pages.meta.size) {
            return pages.change(device, number)?.fill(&items);
        }
        let is_appended = old.next() == META && at + 1 == items.len();
        let middle = if is_appended && number != ROOT { at } else { halves(&items, pages.meta.size) };
        let (left, right) = items.split_at(middle);
        let kind = old.kind();
        if number == ROOT {
            let [left_number, right_number] = [pages.add(device, kind)?, pages.add(device, kind)?];
            let page = pages.change(device, left_number)?;
            page.fill(left)?;
            page.set_next(right_number);
            let page = pages.change(device, right_number)?;
            page.fill(right)?;
            page.set_previous(left_number);
            let first = inner_item(old.order, b"", left_number, 0)?;
            let second = separator(pages, device, kind, None, right_number)?;
            let root = pages.change(device, ROOT)?;
            root.set_kind(INNER);
            return root.fill(&[&first, &second]);
        }
        let right_number = pages.add(device, kind)?;
        let page = pages.change(device, number)?;
        page.fill(left)?;
        page.set_next(right_number);
        let page = pages.change(device, right_number)?;
        page.fill(right)?;
        page.set_previous(number);
        page.set_next(old.next());
        if old.next() != META {
            pages.page(device, old.next())?;
            pages.change(device, old.next())?.set_previous(right_number);
        }
        // The item goes behind the one that led here.
        let Some((above, led)) = path.last_mut() else { return Err(BROKEN) };
        *led += 1;
        let is_second_of_all = *led == 1 && pages.page(device, *above)?.previous() == META;
        let left = if is_second_of_all { None } else { left.last() };
        let left = left.filter(|_| kind == LEAF).copied();
        item = separator(pages, device, kind, left, right_number)?;
    }
    Err(BROKEN)
}

/// How many items stay on the left page of two: half of the bytes, and as many as both pages have room for.
fn halves(items: &[&[u8]], size: usize) -> usize {
    let all: usize = items.iter().map(|item| room(item.len())).sum();
    let mut left = 0;
    for (at, item) in items.iter().enumerate() {
        let with = left + room(item.len());
        if at > 0 && (with > size - HEAD || with * 2 > all && all - left <= size - HEAD) {
            return at;
        }
        left = with;
    }
    items.len().saturating_sub(1)
}

/// The item of an inner page that leads to page `below`: its first key, as long as is needed to tell it from the last
/// key of the leaf to the left, if that is said.
fn separator(
    pages: &mut Pages,
    device: &impl Device,
    kind: u32,
    left: Option<&[u8]>,
    below: Number,
) -> Result<Vec<u8>> {
    let order = pages.meta.order;
    let Item { key, flags, .. } = pages.page(device, below)?.item(0)?;
    let key = memory::copy(key)?;
    if flags & LONG_KEY != 0 {
        let (first, _) = chain_of(order, &key);
        pages.change(device, first)?.keep();
        return inner_item(order, &key, below, LONG_KEY);
    }
    let mut len = key.len();
    if let Some(left) = left
        && kind == LEAF
    {
        let left_key = left.get(ITEM_HEAD..ITEM_HEAD + order.get(left, 0) as usize).unwrap_or_default();
        let is_long = left.get(8).is_some_and(|flags| flags & LONG_KEY != 0);
        let same = key.iter().zip(left_key).take_while(|(a, b)| a == b).count();
        if !is_long && same < key.len() {
            len = same + 1;
        }
    }
    inner_item(order, key.get(..len).unwrap_or_default(), below, 0)
}

/// Takes an item away from a leaf, and the chains that it has.
fn take(pages: &mut Pages, device: &impl Device, leaf: Number, at: usize) -> Result {
    let order = pages.meta.order;
    let Item { key, value, flags, .. } = pages.page(device, leaf)?.item(at)?;
    let key = (flags & LONG_KEY != 0).then(|| chain_of(order, key));
    let value = (flags & LONG_VALUE != 0).then(|| chain_of(order, value));
    pages.change(device, leaf)?.remove(at)?;
    key.into_iter().chain(value).try_for_each(|chain| free_chain(pages, device, chain))
}

/// Gives up a leaf without items, and the pages above as far as nothing else is below them.
fn give_up(pages: &mut Pages, device: &impl Device, path: &Path) -> Result {
    let Some((&(leaf, _), above)) = path.split_last() else { return Err(BROKEN) };
    if leaf == ROOT {
        return Ok(());
    }
    for &(number, at) in above.iter().rev() {
        let page = pages.page(device, number)?;
        let len = page.len();
        if len > 1 {
            pages.change(device, number)?.remove(at)?;
            break;
        }
        if number == ROOT {
            let root: &mut Page = pages.change(device, ROOT)?;
            root.set_kind(LEAF);
            root.clear();
            break;
        }
        unlink(pages, device, number)?;
    }
    unlink(pages, device, leaf)
}

/// Joins the neighbours of a page, and frees the page.
fn unlink(pages: &mut Pages, device: &impl Device, number: Number) -> Result {
    let page = pages.page(device, number)?;
    let (previous, next) = (page.previous(), page.next());
    if next != META {
        pages.page(device, next)?;
        pages.change(device, next)?.set_previous(previous);
    }
    if previous != META {
        pages.page(device, previous)?;
        pages.change(device, previous)?.set_next(next);
    }
    pages.free(device, number)
}
