//! Marking: finding every block that can be reached.
//!
//! Memory still to be looked through waits on a stack of fixed size, so marking needs no memory of its own however
//! the objects are linked. Long pieces of memory are taken a part at a time, so a wide object needs one entry. A
//! block that finds the stack full is marked all the same and its group's card set; when the stack is empty, the
//! marked blocks of groups with cards are looked through again. A card costs at most the blocks of one group, so a
//! full stack never makes marking quadratic.

use core::cell::Cell;

use super::Heap;
use super::ahead::{self, Ahead};
use super::arena::{Arena, GRANULE, GROUP_BYTES, Span, bit_number};
use super::bitmap::{GROUP, Group};

const WORD: usize = size_of::<usize>();

/// Entries of the stack.
const DEPTH: usize = if usize::BITS >= 64 { 256 } else { 32 };

/// How much of a long piece of memory is looked through at once. Its words may take that many entries.
const PART: usize = DEPTH / 2 * WORD;

/// Memory to look through.
pub(super) struct MarkStack([Cell<Span>; DEPTH]);

impl Default for MarkStack {
    fn default() -> Self {
        MarkStack([const { Cell::new(Span { start: 0, end: 0 }) }; DEPTH])
    }
}

/// Addresses, in the form that is quickest to compare with.
#[derive(Clone, Copy, Default)]
struct Window {
    start: usize,
    len: usize,
}

impl Window {
    fn new(span: Span) -> Window {
        Window { start: span.start, len: span.len() }
    }

    #[inline(always)]
    fn contains(self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.len
    }
}

/// A marking under way.
pub(super) struct Marker<'h> {
    heap: &'h Heap,
    /// The arena that the last block was found in, and what marking needs of it at hand.
    arena: Option<&'h Arena>,
    used: Window,
    group_zero: *const Group,
    /// The addresses that may lie in another arena; none if there is but one.
    elsewhere: Window,
    stack: &'h [Cell<Span>; DEPTH],
    depth: usize,
    overflowed: bool,
    ahead: Ahead,
}

impl<'h> Marker<'h> {
    pub fn new(heap: &'h Heap) -> Marker<'h> {
        let mut marker = Marker {
            heap,
            arena: None,
            used: Window::default(),
            group_zero: core::ptr::null(),
            elsewhere: Window::default(),
            stack: &heap.stack.0,
            depth: 0,
            overflowed: false,
            ahead: Ahead::default(),
        };
        if let Some(first) = heap.arenas().next() {
            marker.enter(first);
            if first.next.get().is_some() {
                marker.elsewhere = Window::new(heap.bounds.get());
            }
        }
        marker
    }

    /// Marks the block that a word points into, if any, and all that it leads to.
    pub fn word(&mut self, word: usize) {
        self.visit(word);
        self.drain();
    }

    /// Marks what the words of some memory lead to.
    ///
    /// # Safety
    ///
    /// The memory can be read.
    pub unsafe fn memory(&mut self, span: Span) {
        self.push(span);
        self.drain();
    }

    fn drain(&mut self) {
        self.drain_stack();
        while self.overflowed {
            self.overflowed = false;
            for arena in self.heap.arenas() {
                self.drain_cards(arena);
            }
        }
    }

    fn drain_stack(&mut self) {
        loop {
            if self.depth > 0 {
                self.depth -= 1;
                self.look_through(self.stack[self.depth].get());
            } else if let Some(word) = self.ahead.take() {
                self.visit(word);
            } else {
                return;
            }
        }
    }

    /// Visits what the words of some memory point to, sooner or later.
    #[inline]
    fn look_through(&mut self, mut span: Span) {
        if span.len() > PART {
            self.push(Span { start: span.start + PART, ..span });
            span.end = span.start + PART;
        }
        let mut at = span.start;
        while at < span.end {
            // SAFETY: what is on the stack can be read: blocks, and memory that the owner vouched for.
            // Uninitialised bytes are as good as any: reading them as volatile makes them some number.
            let word = unsafe { core::ptr::with_exposed_provenance::<usize>(at).read_volatile() };
            if self.used.contains(word) || self.elsewhere.contains(word) {
                self.expect(word);
            }
            at += WORD;
        }
    }

    /// Visits a word that may point into a block: later, if it pays.
    #[inline(always)]
    fn expect(&mut self, word: usize) {
        if !ahead::PAYS {
            self.visit(word);
        } else if let Some(earlier) = self.ahead.put(word, self.group_zero.wrapping_add(word / GROUP_BYTES)) {
            self.visit(earlier);
        }
    }

    #[inline(always)]
    fn visit(&mut self, word: usize) {
        if self.used.contains(word) || (self.elsewhere.contains(word) && self.change_arena(word)) {
            self.visit_inside(word);
        }
    }

    /// Marks the block that a word in the arena points into, if there is one.
    #[inline(always)]
    fn visit_inside(&mut self, word: usize) {
        // SAFETY: the arena's memory in use contains the word, so its group is filled in.
        let group = unsafe { &*self.group_zero.wrapping_add(word / GROUP_BYTES) };
        if group.starts.get() >> bit_number(word) & 1 == 1 {
            self.visit_block(group, word & !(GRANULE - 1));
        } else {
            self.visit_interior(word);
        }
    }

    #[inline(never)]
    fn visit_interior(&mut self, word: usize) {
        if let Some(arena) = self.arena
            && let Some(block) = arena.block_at(word)
        {
            self.visit_block(arena.group(block), block);
        }
    }

    #[inline(always)]
    fn visit_block(&mut self, group: &Group, block: usize) {
        let bit = 1 << bit_number(block);
        let marks = group.marks.get();
        if marks & bit == 0 {
            group.marks.set(marks | bit);
            if group.leaf.get() & bit == 0 {
                self.push_block(group, block);
            }
        }
    }

    /// Puts a block that is marked on the stack, or sets the card of its group if there is no room.
    #[inline(always)]
    fn push_block(&mut self, group: &Group, start: usize) {
        if self.depth == DEPTH {
            self.set_card(start);
            return;
        }
        let behind = group.events() & (usize::MAX - 1) << bit_number(start);
        let end = match behind {
            0 => self.far_end(start),
            _ => (start & !(GROUP_BYTES - 1)) + behind.trailing_zeros() as usize * GRANULE,
        };
        self.push(Span { start, end });
    }

    /// The end of a block that ends in another group than it begins.
    #[inline(never)]
    fn far_end(&self, start: usize) -> usize {
        self.arena.map_or(start, |arena| arena.end_of(start + GRANULE))
    }

    #[inline]
    fn push(&mut self, span: Span) {
        self.stack[self.depth].set(span);
        self.depth += 1;
    }

    #[cold]
    fn change_arena(&mut self, word: usize) -> bool {
        let arena = self.heap.arena_of(word);
        arena.inspect(|arena| self.enter(arena)).is_some()
    }

    fn enter(&mut self, arena: &'h Arena) {
        self.arena = Some(arena);
        self.used = Window::new(arena.used());
        self.group_zero = arena.group_zero();
    }

    #[cold]
    fn set_card(&mut self, block: usize) {
        if let Some(arena) = self.arena {
            let index = arena.group_index(block);
            let card = &arena.cards()[index / GROUP];
            card.set(card.get() | 1 << (index % GROUP));
            self.overflowed = true;
        }
    }

    /// Looks again through the marked blocks of the groups whose card is set.
    fn drain_cards(&mut self, arena: &'h Arena) {
        for (number, card) in arena.cards().iter().enumerate() {
            while card.get() != 0 {
                let bit = card.get().trailing_zeros() as usize;
                card.set(card.get() & !(1 << bit));
                let index = number * GROUP + bit;
                let group = &arena.groups()[index];
                let mut blocks = group.starts.get() & group.marks.get() & !group.leaf.get();
                while blocks != 0 {
                    let start = arena.group_address(index) + blocks.trailing_zeros() as usize * GRANULE;
                    blocks &= blocks - 1;
                    self.enter(arena);
                    self.push_block(group, start);
                    self.drain_stack();
                }
            }
        }
    }
}
