//! Marking: finding every block that can be reached.
//!
//! Memory still to be looked through waits on a stack of fixed size, so marking needs no memory of its own however
//! the objects are linked. Long pieces of memory are taken a part at a time, so a wide object needs one entry. A
//! block that finds the stack full is marked all the same and its group's card set; when the stack is empty, the
//! marked blocks of groups with cards are looked through again. A card costs at most the blocks of one group, so a
//! full stack never makes marking quadratic.

use core::cell::Cell;

use super::Heap;
use super::arena::{Arena, GRANULE, GROUP_BYTES, Span, bit_number};
use super::bitmap::{GROUP, Group, from_bit};

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

/// A marking under way.
pub(super) struct Marker<'h> {
    heap: &'h Heap,
    bounds: Span,
    /// The arena of the word that was last found inside the bounds, and what the marking needs of it at hand.
    arena: Option<&'h Arena>,
    used: Span,
    group_zero: *const Group,
    stack: &'h [Cell<Span>; DEPTH],
    depth: usize,
    overflowed: bool,
}

impl<'h> Marker<'h> {
    pub fn new(heap: &'h Heap) -> Marker<'h> {
        Marker {
            heap,
            bounds: heap.bounds.get(),
            arena: None,
            used: Span::default(),
            group_zero: core::ptr::null(),
            stack: &heap.stack.0,
            depth: 0,
            overflowed: false,
        }
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

    #[inline(always)]
    fn visit(&mut self, word: usize) {
        if self.bounds.contains(word) {
            self.visit_inside(word);
        }
    }

    #[inline]
    fn visit_inside(&mut self, word: usize) {
        if !self.used.contains(word) && !self.change_arena(word) {
            return;
        }
        let mut block = word & !(GRANULE - 1);
        // SAFETY: the arena's memory in use contains the word, so its group is filled in.
        let mut group = unsafe { &*self.group_zero.wrapping_add(word / GROUP_BYTES) };
        if group.starts.get() >> bit_number(block) & 1 == 0 {
            match self.arena.and_then(|arena| arena.block_at(word)) {
                Some(start) => block = start,
                None => return,
            }
            // SAFETY: the block that contains the word lies in the same arena.
            group = unsafe { &*self.group_zero.wrapping_add(block / GROUP_BYTES) };
        }
        let bit = 1 << bit_number(block);
        if group.marks.get() & bit != 0 {
            return;
        }
        group.set_mark(bit);
        if group.leaf.get() & bit == 0 {
            self.push_block(block, group);
        }
    }

    #[cold]
    fn change_arena(&mut self, word: usize) -> bool {
        let Some(arena) = self.heap.arena_of(word) else {
            return false;
        };
        self.enter(arena);
        true
    }

    fn enter(&mut self, arena: &'h Arena) {
        self.arena = Some(arena);
        self.used = arena.used();
        self.group_zero = arena.group_zero();
    }

    #[inline]
    fn push_block(&mut self, start: usize, group: &Group) {
        if self.depth == DEPTH {
            self.set_card(start);
            return;
        }
        let above = group.events() & from_bit(bit_number(start) + 1);
        let end = if above != 0 {
            start / GROUP_BYTES * GROUP_BYTES + above.trailing_zeros() as usize * GRANULE
        } else {
            self.arena.map_or(start, |arena| arena.end_of(start + GRANULE))
        };
        self.push(Span { start, end });
    }

    #[inline]
    fn push(&mut self, span: Span) {
        self.stack[self.depth].set(span);
        self.depth += 1;
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
        while self.depth > 0 {
            self.depth -= 1;
            let mut span = self.stack[self.depth].get();
            if span.len() > PART {
                self.push(Span { start: span.start + PART, ..span });
                span.end = span.start + PART;
            }
            let mut at = span.start;
            while at < span.end {
                // SAFETY: what is on the stack can be read: blocks, and memory that the owner vouched for.
                // Another's uninitialised bytes are as good as any: reading them as volatile makes them some
                // number.
                let word = unsafe { core::ptr::with_exposed_provenance::<usize>(at).read_volatile() };
                self.visit(word);
                at += WORD;
            }
        }
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
                    self.push_block(start, group);
                    self.drain_stack();
                }
            }
        }
    }
}
