//! One region put to use: its bitmaps, where its granules begin and end, and the questions that bitmaps answer.
//!
//! A region holds, in this order, the [`Arena`] itself, the groups of bits, one card per group, and the granules.
//! Granules beyond the frontier have never been used; neither they nor their bits have been touched. Group number `n`
//! describes the addresses from `n * GROUP_BYTES`, so a block's bits are found from its address alone; the first group
//! may begin before the first granule, and the bits of granules that do not exist stay zero.

use core::cell::Cell;
use core::mem::{align_of, size_of};
use core::ptr::NonNull;

use crate::heap::Kind;
use crate::heap::bitmap::{GROUP, Group, from_bit, through_bit};
use crate::heap::region::Region;

/// The unit of allocation in bytes: two words. Blocks begin at multiples of it.
pub const GRANULE: usize = 2 * size_of::<usize>();

/// The memory that one group of bits describes.
pub(super) const GROUP_BYTES: usize = GROUP * GRANULE;

/// Addresses from `start` up to, not with, `end`, both multiples of [`GRANULE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    #[inline]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    #[inline]
    pub fn contains(self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.len()
    }

    /// The addresses from the lowest of both spans to the highest; an empty span has none.
    pub fn around(self, other: Span) -> Span {
        match (self.len(), other.len()) {
            (0, _) => other,
            (_, 0) => self,
            _ => Span { start: self.start.min(other.start), end: self.end.max(other.end) },
        }
    }

    /// The memory at these addresses; `None` if they begin at 0.
    pub fn region(self) -> Option<Region> {
        let start = NonNull::new(core::ptr::with_exposed_provenance_mut(self.start))?;
        Some(Region { start, bytes: self.len() })
    }
}

/// The bit of the granule at an address, within its group.
#[inline]
pub(super) fn bit_number(address: usize) -> usize {
    address / GRANULE % GROUP
}

/// A region put to use, with its tables. See the module's description.
pub(super) struct Arena {
    pub next: Cell<Option<NonNull<Arena>>>,
    /// The memory that the arena lies in.
    pub region: Region,
    /// Whether the region came from the heap's source, to which it goes back in the end.
    pub obtained: Cell<bool>,
    start: usize,
    end: usize,
    frontier: Cell<usize>,
    first_group: usize,
    groups: NonNull<Group>,
    cards: NonNull<Cell<usize>>,
}

/// The size of a page of memory, where a region has so many that the first objects are to begin one: an interpreter that
/// has little to keep then uses two pages, one for what describes the region and one for objects.
const PAGE: usize = 4096;
const MANY_PAGES: usize = if usize::BITS >= 64 { 1024 * PAGE } else { usize::MAX };

/// How a region is divided: the arena, its cards, its groups, its granules.
struct Plan {
    cards_at: usize,
    groups_at: usize,
    granules: Span,
}

impl Plan {
    fn new(address: usize, bytes: usize) -> Option<Plan> {
        let end = address.checked_add(bytes)? & !(GRANULE - 1);
        let cards_at = address.checked_add(size_of::<Arena>())?;
        let alignment = if bytes >= MANY_PAGES { PAGE } else { GRANULE };
        // Fewer groups make room for more granules, until the granules are more than the groups describe.
        let most = bytes / (GROUP_BYTES + size_of::<Group>()) + 2;
        let mut best = None;
        for groups in (1..=most).rev() {
            let groups_at = cards_at.checked_add(groups.div_ceil(GROUP) * size_of::<usize>())?;
            let start = groups_at.checked_add(groups * size_of::<Group>())?.next_multiple_of(alignment);
            if start < end {
                if (end - 1) / GROUP_BYTES - start / GROUP_BYTES >= groups {
                    break;
                }
                best = Some(Plan { groups_at, cards_at, granules: Span { start, end } });
            }
        }
        best
    }
}

impl Arena {
    /// Divides a region. `None` if the region is too small to hold a granule, or not aligned as an arena is.
    ///
    /// # Safety
    ///
    /// The region is readable and writable, and the arena's alone for as long as the arena is used.
    pub unsafe fn create(region: Region) -> Option<NonNull<Arena>> {
        let base = region.start.as_ptr();
        let address = base.expose_provenance();
        if !address.is_multiple_of(align_of::<Arena>()) {
            return None;
        }
        let plan = Plan::new(address, region.bytes)?;
        let arena = region.start.cast::<Arena>();
        // SAFETY: the plan puts the cards and groups within the region, behind the arena, at multiples of a word.
        let (groups, cards) =
            unsafe { (region.start.add(plan.groups_at - address), region.start.add(plan.cards_at - address)) };
        let value = Arena {
            next: Cell::new(None),
            region,
            obtained: Cell::new(false),
            start: plan.granules.start,
            end: plan.granules.end,
            frontier: Cell::new(plan.granules.start),
            first_group: plan.granules.start / GROUP_BYTES,
            groups: groups.cast(),
            cards: cards.cast(),
        };
        value.prepare(value.first_group);
        // SAFETY: the region begins with room for an arena, suitably aligned as checked above, and the caller owns it.
        unsafe { arena.write(value) };
        Some(arena)
    }

    /// A size of region that certainly has room for a block of `bytes` bytes, whatever its address.
    pub fn region_for(bytes: usize) -> Option<usize> {
        let groups = bytes / GROUP_BYTES + 3;
        let tables = groups * (size_of::<Group>() + size_of::<usize>());
        let all = bytes.checked_add(size_of::<Arena>() + tables + 2 * GRANULE)?;
        if all >= MANY_PAGES - PAGE { all.checked_add(PAGE) } else { Some(all) }
    }

    /// The granules in use.
    #[inline]
    pub fn used(&self) -> Span {
        Span { start: self.start, end: self.frontier.get() }
    }

    /// Bytes of the arena that were ever used, its tables among them.
    pub fn touched(&self) -> usize {
        self.used().len() + size_of_val(self.groups()) + size_of::<Arena>()
    }

    /// Bytes of granules never used.
    pub fn untouched(&self) -> usize {
        self.end - self.frontier.get()
    }

    /// The groups of the granules in use, and at least the first group.
    pub fn groups(&self) -> &[Group] {
        let count = self.group_index(self.frontier.get().saturating_sub(1).max(self.start)) + 1;
        // SAFETY: the plan made room for the groups of all granules, and `create` and `extend` filled in those up
        // to the frontier. Groups are cells, so others may change them meanwhile.
        unsafe { core::slice::from_raw_parts(self.groups.as_ptr(), count) }
    }

    /// One bit for each of [`Arena::groups`], in which a marking that ran out of room notes where it has to come back.
    pub fn cards(&self) -> &[Cell<usize>] {
        let count = self.groups().len().div_ceil(GROUP);
        // SAFETY: the plan made room for the cards of all groups, and `prepare` filled in the card of each group that
        // it filled in. Cards are cells, so others may change them meanwhile.
        unsafe { core::slice::from_raw_parts(self.cards.as_ptr(), count) }
    }

    /// Group 0, which may not exist: only good for adding the number of a group of this arena.
    #[inline]
    pub fn group_zero(&self) -> *const Group {
        self.groups.as_ptr().wrapping_sub(self.first_group)
    }

    /// Where in [`Arena::groups`] the granule at an address has its bits.
    #[inline]
    pub fn group_index(&self, address: usize) -> usize {
        address / GROUP_BYTES - self.first_group
    }

    /// The address of the first granule of a group.
    #[inline]
    pub fn group_address(&self, index: usize) -> usize {
        (self.first_group + index) * GROUP_BYTES
    }

    /// The group of an address in use.
    #[inline]
    pub fn group(&self, address: usize) -> &Group {
        &self.groups()[self.group_index(address)]
    }

    /// Fills in a group that comes into use, and the word of cards that it is the first to need.
    fn prepare(&self, number: usize) {
        let index = number - self.first_group;
        // SAFETY: the plan made room for the group and its card; nothing refers to them before they are filled in.
        unsafe {
            self.groups.add(index).write(Group::default());
            if index.is_multiple_of(GROUP) {
                self.cards.add(index / GROUP).write(Cell::new(0));
            }
        }
    }

    /// Moves the frontier so that the free memory from `tail` on, which reaches up to it, has at least `least` bytes,
    /// and by `step` bytes if the region has so many. Answers the free memory, or `None` if the region ends too soon.
    pub fn extend(&self, tail: usize, least: usize, step: usize) -> Option<Span> {
        let old = self.frontier.get();
        let needed = tail.checked_add(least).filter(|&end| end <= self.end)?;
        let new = old.saturating_add(step).min(self.end).max(needed);
        if new == old {
            return None;
        }
        for number in old.div_ceil(GROUP_BYTES).max(self.first_group + 1)..=(new - 1) / GROUP_BYTES {
            self.prepare(number);
        }
        self.frontier.set(new);
        self.set_free(old);
        Some(Span { start: tail, end: new })
    }

    /// The address of the first granule of a span in use that has one of the bits that `select` picks, or the
    /// span's end.
    #[inline]
    fn first(&self, span: Span, select: impl Fn(&Group) -> usize) -> usize {
        if span.start >= span.end {
            return span.end;
        }
        let (first, last) = (self.group_index(span.start), self.group_index(span.end - 1));
        let groups = self.groups();
        let mut index = first;
        let mut bits = select(&groups[first]) & from_bit(bit_number(span.start));
        if bits == 0 {
            let rest = &groups[first + 1..=last];
            match rest.iter().position(|group| select(group) != 0) {
                Some(position) => index += 1 + position,
                None => return span.end,
            }
            bits = select(&groups[index]);
        }
        span.end.min(self.group_address(index) + bits.trailing_zeros() as usize * GRANULE)
    }

    /// The end of the block or free memory that the granule before `from` belongs to.
    #[inline]
    pub fn end_of(&self, from: usize) -> usize {
        self.first(Span { start: from, end: self.frontier.get() }, Group::events)
    }

    /// Where the first block begins at or after an address; the frontier if none does.
    pub fn next_block(&self, from: usize) -> usize {
        self.first(Span { start: from, end: self.frontier.get() }, |group| group.starts.get())
    }

    /// Bytes of blocks, by [`Group::count_free`] or [`Group::sweep`] of all groups.
    pub fn used_bytes(&self, count_free: impl Fn(&Group, bool) -> (usize, bool)) -> usize {
        let (mut free, mut free_before) = (0, false);
        for group in self.groups() {
            let (here, free_after) = count_free(group, free_before);
            free += here;
            free_before = free_after;
        }
        let used = self.used();
        // Granules above the frontier continue free memory below it.
        let above = if free_before { used.end.next_multiple_of(GROUP_BYTES) - used.end } else { 0 };
        used.len() + above - free * GRANULE
    }

    /// The first free memory that begins at or after `from` and has at least `least` bytes, or else the start of the
    /// free memory just below the frontier, which may be empty. Of free memory that is longer than `enough` bytes,
    /// which is more than `least`, the answer is the first `enough` bytes. It has nothing of `taken`, which only seems
    /// free by its bits, and nothing that the system has unless `may_touch`. No collection is under way.
    pub fn find_free(
        &self,
        mut from: usize,
        least: usize,
        enough: usize,
        taken: Span,
        may_touch: bool,
    ) -> Result<Span, usize> {
        let frontier = self.frontier.get();
        loop {
            let start = self.first(Span { start: from, end: frontier }, |group| group.marks.get());
            if start >= frontier {
                return Err(frontier);
            }
            let limit = frontier.min(start.saturating_add(enough));
            let mut free = Span { start, end: self.first(Span { start, end: limit }, |group| group.starts.get()) };
            let mut after = free.end;
            if start < taken.start && taken.start < free.end {
                free.end = taken.start;
                after = taken.end;
            }
            if !may_touch {
                let present = self.present(free);
                if present.len() >= least {
                    return Ok(present);
                }
            } else if free.len() >= least {
                return Ok(free);
            }
            if free.end == frontier {
                return Err(start);
            }
            from = after;
        }
    }

    /// Whether there is no block in the arena. No collection is under way, and no run lies in the arena.
    pub fn is_empty(&self) -> bool {
        self.find_free(self.start, usize::MAX, usize::MAX, Span::default(), true) == Err(self.start)
    }

    /// The part of `free`, free memory, that comes before any that the system has.
    pub fn present(&self, free: Span) -> Span {
        let groups = &self.groups()[self.group_index(free.start)..=self.group_index(free.end - GRANULE)];
        let first = groups.iter().position(Group::is_absent);
        let end = first.map_or(free.end, |index| self.group_address(self.group_index(free.start) + index));
        Span { end, ..free }
    }

    /// Notes of each group in `span`, which begins and ends with a group, whether the system has its memory. Answers
    /// the bytes of the groups that have changed.
    pub fn set_absent(&self, span: Span, absent: bool) -> usize {
        let mut bytes = 0;
        for group in &self.groups()[self.group_index(span.start)..self.group_index(span.end)] {
            if group.is_absent() != absent {
                group.set_absent(absent);
                bytes += GROUP_BYTES;
            }
        }
        bytes
    }

    /// The groups that have addresses between two, of those in use.
    pub fn groups_of(&self, start: usize, end: usize) -> Span {
        let used = self.used();
        let end = end.min(used.end).next_multiple_of(GROUP_BYTES);
        Span { start: start.max(used.start) / GROUP_BYTES * GROUP_BYTES, end }
    }

    /// The start of the block that an address in use lies in, or `None` for an address in free memory. In free memory
    /// that was once part of a large block, the answer may also be a block somewhere before the address.
    pub fn block_at(&self, address: usize) -> Option<usize> {
        let groups = self.groups();
        let mut index = self.group_index(address);
        let mut group = &groups[index];
        let mut events = group.events() & through_bit(bit_number(address));
        let mut back = 1;
        while events == 0 {
            index = index.checked_sub(back)?;
            group = &groups[index];
            events = group.events();
            back = group.leaf.get().max(1);
        }
        let bit = events.ilog2() as usize;
        (group.starts.get() >> bit & 1 == 1).then(|| self.group_address(index) + bit * GRANULE)
    }

    /// Whether a block begins at an address in use.
    pub fn is_block(&self, address: usize) -> bool {
        address.is_multiple_of(GRANULE) && self.group(address).starts.get() >> bit_number(address) & 1 == 1
    }

    /// Whether free memory begins at the granule of an address in use.
    pub fn is_free(&self, address: usize) -> bool {
        let (group, bit) = (self.group(address), bit_number(address));
        (group.marks.get() & !group.starts.get()) >> bit & 1 == 1
    }

    /// Whether a collection has reached the block at an address.
    pub fn is_marked(&self, block: usize) -> bool {
        self.group(block).marks.get() >> bit_number(block) & 1 == 1
    }

    /// The kind of the block at an address.
    pub fn kind_of(&self, block: usize) -> Kind {
        if self.group(block).leaf.get() >> bit_number(block) & 1 == 1 { Kind::NoScan } else { Kind::Scan }
    }

    /// Makes free memory begin at an address below the frontier; a block that began there is no more.
    pub fn set_free(&self, address: usize) {
        let (group, bit) = (self.group(address), 1 << bit_number(address));
        group.starts.set(group.starts.get() & !bit);
        group.set_mark(bit);
    }

    /// Makes a block begin at an address whose bits [`Arena::take`] cleared.
    pub fn set_block(&self, address: usize, leaf: bool) {
        let (group, bit) = (self.group(address), 1 << bit_number(address));
        group.set_start(bit);
        if leaf {
            group.set_leaf(bit);
        }
    }

    /// Takes the first `bytes` bytes of the free memory `free`, and answers their span; the rest stays free.
    pub fn take(&self, free: Span, bytes: usize) -> Span {
        let taken = Span { start: free.start, end: free.start + bytes };
        self.clear(taken);
        if taken.end < free.end {
            self.set_free(taken.end);
        }
        taken
    }

    /// Clears the bits of the granules in `span`, at least one, so that they continue what lies before them.
    pub fn clear(&self, span: Span) {
        let (first, last) = (self.group_index(span.start), self.group_index(span.end - GRANULE));
        let head = from_bit(bit_number(span.start));
        let tail = through_bit(bit_number(span.end - GRANULE));
        match &self.groups()[first..=last] {
            [only] => only.clear(head & tail),
            [first, between @ .., last] => {
                first.clear(head);
                between.iter().for_each(|group| group.clear(usize::MAX));
                last.clear(tail);
            }
            [] => {}
        }
    }

    /// Records the way to the start of the block `block` in the groups that lie whole inside the block, from the group
    /// of `from` on.
    pub fn link(&self, block: Span, from: usize) {
        let first = self.group_index(block.start);
        let from = self.group_index(from).max(first + 1);
        let end = block.end / GROUP_BYTES - self.first_group;
        for (index, group) in self.groups()[..end].iter().enumerate().skip(from) {
            group.leaf.set(index - first);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    fn memory(words: usize) -> (std::vec::Vec<usize>, NonNull<Arena>) {
        let mut words = std::vec![usize::MAX; words];
        let start = NonNull::new(words.as_mut_ptr().cast()).unwrap();
        // SAFETY: the vector is kept as long as the arena.
        let arena = unsafe { Arena::create(Region { start, bytes: size_of_val(&words[..]) }) };
        (words, arena.unwrap())
    }

    #[test]
    fn plans_use_nearly_all_of_a_region() {
        for words in 1..5000usize {
            let (address, bytes) = (0x1_0000 + words % 7 * size_of::<usize>(), words * size_of::<usize>());
            let Some(plan) = Plan::new(address, bytes) else {
                assert!(words < 40);
                continue;
            };
            assert!(plan.granules.start < plan.granules.end && plan.granules.end <= address + bytes);
            let groups = (plan.granules.end - 1) / GROUP_BYTES - plan.granules.start / GROUP_BYTES + 1;
            assert!(plan.cards_at + groups.div_ceil(GROUP) * size_of::<usize>() <= plan.groups_at);
            assert!(plan.groups_at + groups * size_of::<Group>() <= plan.granules.start);
            let overhead = bytes - plan.granules.len();
            assert!(overhead <= size_of::<Arena>() + bytes / 16 + 2 * size_of::<Group>() + 2 * GRANULE + 8, "{words}");
        }
        assert!(Plan::new(usize::MAX - 100, 5000).is_none());
        assert!(Plan::new(usize::MAX - 4999, 4000).is_some());
    }

    #[test]
    fn free_memory_is_found_behind_the_frontier_and_between_blocks() {
        let (_memory, arena) = memory(4000);
        // SAFETY: the memory lives on.
        let arena = unsafe { arena.as_ref() };
        let start = arena.used().start;
        let find = |from, least, taken| arena.find_free(from, least, usize::MAX, taken, true);
        assert_eq!(find(start, GRANULE, Span::default()), Err(start));
        let free = arena.extend(start, 200 * GRANULE, 0).unwrap();
        assert_eq!(free.len(), 200 * GRANULE);
        assert_eq!(find(start, GRANULE, Span::default()), Ok(free));
        for (at, granules) in [(0, 3), (3, 100), (103, 1)] {
            let span = Span { start: start + at * GRANULE, end: start + (at + granules) * GRANULE };
            assert_eq!(arena.take(Span { end: free.end, ..span }, span.len()), span);
            arena.set_block(span.start, false);
            arena.link(span, span.start);
            assert_eq!(arena.end_of(span.start + GRANULE), span.end);
            for granule in at..at + granules {
                assert_eq!(arena.block_at(start + granule * GRANULE + 5), Some(span.start));
            }
        }
        assert_eq!(arena.block_at(start + 150 * GRANULE), None);
        arena.set_free(start + 3 * GRANULE);
        let hole = Span { start: start + 3 * GRANULE, end: start + 103 * GRANULE };
        assert_eq!(find(start, 50 * GRANULE, Span::default()), Ok(hole));
        let taken = Span { start: hole.start + 20 * GRANULE, end: hole.end };
        assert_eq!(find(start, 20 * GRANULE, taken), Ok(Span { end: taken.start, ..hole }));
        assert_eq!(find(start, 21 * GRANULE, taken).unwrap().start, start + 104 * GRANULE);
        let tail = find(start, 101 * GRANULE, taken).unwrap_err();
        assert_eq!(tail, start + 104 * GRANULE);
        assert_eq!(arena.extend(tail, 101 * GRANULE, 0).unwrap().len(), 101 * GRANULE);
        assert_eq!(arena.extend(tail, usize::MAX - tail, 0), None);
        let rest = arena.untouched();
        assert_eq!(arena.extend(arena.used().end, GRANULE, usize::MAX).unwrap().len(), rest);
        assert_eq!(arena.extend(arena.used().end, 0, 1), None);
    }
}
