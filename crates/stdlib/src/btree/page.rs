//! Pages of a tree, as Berkeley DB 1.85 lays them out (facts: its `btree.h`).
//!
//! A page of the tree begins with its own number, those of its neighbours on the same level, its kind, and where the room
//! between slots and items begins and ends. The slots follow, two bytes each: where their items are. A leaf's item has a
//! key and a value, an inner page's a key and the number of a page below, whose keys are not less. What is too long for
//! an item is in a chain of pages of its own, and the item has the first page and the length.
//!
//! Nothing in a page is trusted: [`Page::check`] says whether a page that was read can be used, after which its items
//! are where the slots say.

use alloc::vec::Vec;

use crate::vfs::error::{Error, Result};
use crate::vfs::memory;

/// The number of a page.
pub type Number = u32;

/// The page that says how the tree is made. As a neighbour or next page the number means that there is none.
pub const META: Number = 0;
/// The page at the top of the tree.
pub const ROOT: Number = 1;

/// Bytes before the slots.
pub const HEAD: usize = 20;
/// Bytes of a slot.
pub const SLOT: usize = 2;
/// Bytes that stand for what has a chain of pages: the first page and the length.
pub const CHAIN: usize = 8;

/// Kinds of pages.
pub const INNER: u32 = 1;
pub const LEAF: u32 = 2;
pub const CHAINED: u32 = 4;
/// The bits of the kind.
const KIND: u32 = 0x1f;
/// A chain that is a key of an inner page, too, and so is never freed.
pub const KEPT: u32 = 0x20;

/// Flags of an item: its value, or its key, has a chain of pages.
pub const LONG_VALUE: u8 = 1;
pub const LONG_KEY: u8 = 2;

/// Bytes of an item before its key.
pub const ITEM_HEAD: usize = 9;

/// What is in the file makes no sense.
pub const BROKEN: Error = Error::INVALID;

/// In which order the file has the bytes of numbers: that of the machine that it was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    pub const NATIVE: Order = if cfg!(target_endian = "big") { Order::Big } else { Order::Little };

    /// The number in the four bytes from `at` on, or 0 where there are none.
    pub fn get(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        if self == Order::Little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    pub fn bytes(self, value: u32) -> [u8; 4] {
        if self == Order::Little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn get_short(self, bytes: &[u8], at: usize) -> usize {
        let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        usize::from(if self == Order::Little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn put(self, bytes: &mut [u8], at: usize, value: u32) {
        if let Some(place) = bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&self.bytes(value));
        }
    }

    fn put_short(self, bytes: &mut [u8], at: usize, value: usize) {
        let value = value as u16;
        if let Some(place) = bytes.get_mut(at..at + SLOT) {
            place.copy_from_slice(&if self == Order::Little { value.to_le_bytes() } else { value.to_be_bytes() });
        }
    }
}

/// A page in memory.
pub struct Page {
    pub bytes: Vec<u8>,
    pub order: Order,
    /// Whether the file has other bytes.
    pub is_changed: bool,
    /// Whether it is known to be a page of the tree that makes sense.
    pub is_checked: bool,
}

/// An item of a leaf or an inner page.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// The key, or where its chain is.
    pub key: &'a [u8],
    /// The value, or where its chain is; nothing on an inner page.
    pub value: &'a [u8],
    /// The page below; nothing on a leaf.
    pub below: Number,
    pub flags: u8,
}

impl Page {
    /// An empty page.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn new(size: usize, order: Order, number: Number, kind: u32) -> Result<Page> {
        let mut page = Page { bytes: memory::filled(size, 0)?, order, is_changed: true, is_checked: true };
        page.begin(number, kind);
        Ok(page)
    }

    /// Makes it an empty page of a kind, without neighbours.
    pub fn begin(&mut self, number: Number, kind: u32) {
        self.is_checked = true;
        self.bytes.fill(0);
        self.put(0, number);
        self.put(12, kind);
        self.clear();
    }

    /// Takes all items away.
    pub fn clear(&mut self) {
        let size = self.bytes.len();
        let (lower, upper) = if self.kind() == CHAINED { (0, 0) } else { (HEAD, size) };
        self.order.put_short(&mut self.bytes, 16, lower);
        self.order.put_short(&mut self.bytes, 18, upper);
    }

    fn get(&self, at: usize) -> u32 {
        self.order.get(&self.bytes, at)
    }

    fn put(&mut self, at: usize, value: u32) {
        self.order.put(&mut self.bytes, at, value);
    }

    pub fn number(&self) -> Number {
        self.get(0)
    }

    pub fn previous(&self) -> Number {
        self.get(4)
    }

    pub fn next(&self) -> Number {
        self.get(8)
    }

    pub fn set_previous(&mut self, number: Number) {
        self.put(4, number);
    }

    pub fn set_next(&mut self, number: Number) {
        self.put(8, number);
    }

    pub fn kind(&self) -> u32 {
        self.get(12) & KIND
    }

    pub fn set_kind(&mut self, kind: u32) {
        self.put(12, kind);
    }

    /// Whether the page begins a chain that is never freed.
    pub fn is_kept(&self) -> bool {
        self.get(12) & KEPT != 0
    }

    pub fn keep(&mut self) {
        self.put(12, self.get(12) | KEPT);
    }

    pub fn is_leaf(&self) -> bool {
        self.kind() == LEAF
    }

    fn lower(&self) -> usize {
        self.order.get_short(&self.bytes, 16)
    }

    fn upper(&self) -> usize {
        self.order.get_short(&self.bytes, 18)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.lower().saturating_sub(HEAD) / SLOT
    }

    /// Checks that the page is page `number` of a tree, and that its items are inside of the page.
    ///
    /// # Errors
    /// [`BROKEN`] if they are not.
    pub fn check(&mut self, number: Number) -> Result {
        if self.is_checked && self.kind() != CHAINED {
            return Ok(());
        }
        let (lower, upper) = (self.lower(), self.upper());
        // A page of 65536 bytes without items ends where no two bytes can say.
        let upper = if upper == 0 { self.bytes.len() } else { upper };
        let is_tree = self.number() == number && matches!(self.kind(), INNER | LEAF);
        if !is_tree || lower < HEAD || lower > upper || upper > self.bytes.len() {
            return Err(BROKEN);
        }
        (0..self.len()).try_for_each(|at| self.item(at).map(|_| ()))?;
        self.is_checked = true;
        Ok(())
    }

    /// Item number `at`.
    ///
    /// # Errors
    /// [`BROKEN`] if there is none, or it is not inside of the page.
    pub fn item(&self, at: usize) -> Result<Item<'_>> {
        let start = self.order.get_short(&self.bytes, HEAD + at * SLOT);
        let rest = self.bytes.get(start..).filter(|_| at < self.len() && start >= self.lower()).unwrap_or_default();
        let [first, second] = [0, 4].map(|at| self.order.get(rest, at));
        let (key, value, below) = if self.is_leaf() { (first, second, 0) } else { (first, 0, second) };
        let [key, value] = [key, value].map(|len| usize::try_from(len).unwrap_or(usize::MAX));
        let end = ITEM_HEAD.saturating_add(key).saturating_add(value);
        let bytes = rest.get(..end).ok_or(BROKEN)?;
        let flags = bytes[8];
        let is_long = |flag, len| flags & flag == 0 || len == CHAIN;
        if !is_long(LONG_KEY, key) || !is_long(LONG_VALUE, value) {
            return Err(BROKEN);
        }
        let (key, value) = bytes[ITEM_HEAD..].split_at(key);
        Ok(Item { bytes, key, value, below, flags })
    }

    /// The bytes of all items.
    ///
    /// # Errors
    /// [`BROKEN`] if one is not inside of the page; if there is no memory.
    pub fn items(&self) -> Result<Vec<&[u8]>> {
        let mut items = Vec::new();
        items.try_reserve(self.len() + 1)?;
        for at in 0..self.len() {
            items.push(self.item(at)?.bytes);
        }
        Ok(items)
    }

    /// Makes `items` the items of the page.
    ///
    /// # Errors
    /// [`BROKEN`] if they have no room.
    pub fn fill(&mut self, items: &[&[u8]]) -> Result {
        if !fits(items, self.bytes.len()) {
            return Err(BROKEN);
        }
        self.clear();
        let mut upper = self.bytes.len();
        for (at, item) in items.iter().enumerate() {
            upper -= aligned(item.len());
            self.bytes[upper..upper + item.len()].copy_from_slice(item);
            self.order.put_short(&mut self.bytes, HEAD + at * SLOT, upper);
        }
        self.order.put_short(&mut self.bytes, 16, HEAD + items.len() * SLOT);
        self.order.put_short(&mut self.bytes, 18, upper);
        self.is_changed = true;
        Ok(())
    }

    /// Takes item number `at` away.
    ///
    /// # Errors
    /// As [`Page::items`].
    pub fn remove(&mut self, at: usize) -> Result {
        let old = self.copy()?;
        let mut items = old.items()?;
        if at < items.len() {
            items.remove(at);
        }
        self.fill(&items)
    }

    /// # Errors
    /// If there is no memory.
    pub fn copy(&self) -> Result<Page> {
        Ok(Page { bytes: memory::copy(&self.bytes)?, ..*self })
    }
}

/// Whether a page of `size` bytes has room for items.
pub fn fits(items: &[&[u8]], size: usize) -> bool {
    HEAD + items.iter().map(|item| room(item.len())).sum::<usize>() <= size
}

/// The bytes that an item of `len` bytes takes on a page: items begin at multiples of four bytes from the end.
pub const fn room(len: usize) -> usize {
    aligned(len) + SLOT
}

const fn aligned(len: usize) -> usize {
    len.next_multiple_of(4)
}

/// The item of a leaf.
///
/// # Errors
/// If there is no memory.
pub fn leaf_item(order: Order, key: &[u8], value: &[u8], flags: u8) -> Result<Vec<u8>> {
    let lengths = [key, value].map(|part| order.bytes(u32::try_from(part.len()).unwrap_or(u32::MAX)));
    memory::concat(&[&lengths[0][..], &lengths[1], &[flags], key, value])
}

/// The item of an inner page.
///
/// # Errors
/// If there is no memory.
pub fn inner_item(order: Order, key: &[u8], below: Number, flags: u8) -> Result<Vec<u8>> {
    let len = order.bytes(u32::try_from(key.len()).unwrap_or(u32::MAX));
    memory::concat(&[&len[..], &order.bytes(below), &[flags], key])
}
