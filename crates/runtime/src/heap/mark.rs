//! Marking: finding every block that can be reached.
//!
//! Memory still to be looked through waits on a stack of fixed size, so marking needs no memory of its own however
//! the objects are linked. Long pieces of memory are taken a part at a time, so a wide object needs one entry. A
//! block that finds the stack full is marked all the same and its group's card set; when the stack is empty, the
//! marked blocks of groups with cards are looked through again. A card costs at most the blocks of one group, so a
//! full stack never makes marking quadratic.

use core::mem::MaybeUninit;

use crate::heap::ahead::Ahead;
use crate::heap::arena::{Arena, GRANULE, GROUP_BYTES, Span, bit_number};
use crate::heap::bitmap::{GROUP, Group};
use crate::heap::{Heap, ahead};

const WORD: usize = size_of::<usize>();

/// Entries of the stack.
const DEPTH: usize = if usize::BITS >= 64 { 256 } else { 32 };

/// Bytes of a long piece of memory that are looked through at once. Each word in them may take an entry of the stack.
const PART: usize = DEPTH / 2 * WORD;

/// A range of addresses, in the form that is quickest to compare with.
#[derive(Clone, Copy, Default)]
struct Window {
    start: usize,
    len: usize,
}

impl Window {
    fn new(span: Span) -> Window {
        Window { start: span.start, len: span.len() }
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn contains(self, address: usize) -> bool {
        address.wrapping_sub(self.start) < self.len
    }
}

/// A marking under way.
pub(super) struct Marker<'h> {
    heap: &'h Heap,
    /// The arena in which the last block was found; `used` and `group_zero` are of this arena, kept at hand.
    arena: Option<&'h Arena>,
    used: Window,
    group_zero: *const Group,
    /// The addresses that may lie in some arena.
    all: Window,
    overflowed: bool,
}

/// The stack: memory that is still to be looked through. The first `depth` entries are filled.
struct Pending {
    spans: [MaybeUninit<Span>; DEPTH],
    depth: usize,
}

impl Pending {
    /// An empty stack, whose entries cost nothing to make.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn new() -> Pending {
        Pending { spans: [MaybeUninit::uninit(); DEPTH], depth: 0 }
    }

    /// Puts memory on the stack. False if the stack is full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn push(&mut self, span: Span) -> bool {
        let Some(slot) = self.spans.get_mut(self.depth) else { return false };
        slot.write(span);
        self.depth += 1;
        true
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn pop(&mut self) -> Option<Span> {
        self.depth = self.depth.checked_sub(1)?;
        // SAFETY: the entry is one of the first `depth`, which `push` has filled.
        self.spans.get(self.depth).map(|span| unsafe { span.assume_init() })
    }
}

impl<'h> Marker<'h> {
    pub fn new(heap: &'h Heap) -> Marker<'h> {
        let mut marker = Marker {
            heap,
            arena: None,
            used: Window::default(),
            group_zero: core::ptr::null(),
            all: Window::new(heap.bounds.get()),
            overflowed: false,
        };
        if let Some(first) = heap.arenas().next() {
            marker.enter(first);
        }
        marker
    }

    /// Marks the block that a word points into, if any, and all that it leads to.
    pub fn word(&mut self, word: usize) {
        if let Some(span) = self.visit(word) {
            self.follow(span);
        }
    }

    /// Marks what the words of some memory lead to.
    ///
    /// # Safety
    ///
    /// The memory can be read.
    pub unsafe fn memory(&mut self, span: Span) {
        self.follow(span);
    }

    fn follow(&mut self, span: Span) {
        self.look_through(span);
        while self.overflowed {
            self.overflowed = false;
            for arena in self.heap.arenas() {
                self.drain_cards(arena);
            }
        }
    }

    /// Looks through memory, and through all that its words lead to. What changes with every word is in local
    /// variables, that is, in registers.
    #[inline(never)]
    fn look_through(&mut self, mut span: Span) {
        let mut pending = Pending::new();
        let mut ahead = Ahead::default();
        loop {
            if span.len() > PART {
                // The stack has room, since this span came from the stack or found it empty.
                pending.push(Span { start: span.start + PART, ..span });
                span.end = span.start + PART;
            }
            let mut at = span.start;
            while at < span.end {
                // SAFETY: what is on the stack can be read: blocks, and memory that the owner vouched for.
                // Uninitialised bytes are as good as any: reading them as volatile makes them some number.
                let word = unsafe { core::ptr::with_exposed_provenance::<usize>(at).read_volatile() };
                at += WORD;
                if self.all.contains(word)
                    && let Some(word) = self.ahead_of(&mut ahead, word)
                    && let Some(inside) = self.visit(word)
                    && !pending.push(inside)
                {
                    self.set_card(inside.start);
                }
            }
            span = match pending.pop() {
                Some(span) => span,
                None => loop {
                    let Some(word) = ahead.take() else { return };
                    if let Some(inside) = self.visit(word) {
                        break inside;
                    }
                },
            };
        }
    }

    /// Lets a word that may point into a block wait in the queue, where a queue pays, and answers the word to visit
    /// now.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn ahead_of(&self, ahead: &mut Ahead, word: usize) -> Option<usize> {
        if ahead::PAYS { ahead.put(word, self.group_zero.wrapping_add(word / GROUP_BYTES)) } else { Some(word) }
    }

    /// Marks the block that a word points into, and answers the block's memory if that is to be looked through.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn visit(&mut self, word: usize) -> Option<Span> {
        if !self.used.contains(word) && !self.change_arena(word) {
            return None;
        }
        // SAFETY: the arena's memory in use contains the word, so its group is filled in.
        let group = unsafe { &*self.group_zero.wrapping_add(word / GROUP_BYTES) };
        if group.starts.get() >> bit_number(word) & 1 == 1 {
            self.visit_block(group, word & !(GRANULE - 1))
        } else {
            self.visit_interior(word)
        }
    }

    #[inline(never)]
    fn visit_interior(&self, word: usize) -> Option<Span> {
        let arena = self.arena?;
        let block = arena.block_at(word)?;
        self.visit_block(arena.group(block), block)
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn visit_block(&self, group: &Group, block: usize) -> Option<Span> {
        let bit = 1 << bit_number(block);
        let marks = group.marks.get();
        if marks & bit != 0 {
            return None;
        }
        group.marks.set(marks | bit);
        if group.leaf.get() & bit != 0 { None } else { Some(self.span(group, block)) }
    }

    /// The memory of the marked block that begins at `start`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn span(&self, group: &Group, start: usize) -> Span {
        let behind = group.events() & (usize::MAX - 1) << bit_number(start);
        let end = match behind {
            0 => self.far_end(start),
            _ => (start & !(GROUP_BYTES - 1)) + behind.trailing_zeros() as usize * GRANULE,
        };
        Span { start, end }
    }

    /// The end of a block that ends in another group than it begins.
    #[inline(never)]
    fn far_end(&self, start: usize) -> usize {
        self.arena.map_or(start, |arena| arena.end_of(start + GRANULE))
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
                    let span = self.span(group, start);
                    self.look_through(span);
                }
            }
        }
    }
}
