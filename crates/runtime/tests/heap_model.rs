//! The heap against a model: random programs of allocation, linking, resizing, freeing and collecting, after each
//! step of which the heap must hold exactly the blocks that the model says, with their contents.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;

use berus_runtime::heap::{GRANULE, Heap, Kind, Region, RegionSource};
use proptest::collection::vec;
use proptest::prelude::*;

const WORD: usize = size_of::<usize>();

/// One step of a program. Numbers choose among what exists, modulo how much there is.
#[derive(Clone, Debug)]
enum Step {
    Alloc { bytes: usize, kind: Kind, rooted: bool },
    AllocMany { count: usize, bytes: usize, kind: Kind, rooted: usize },
    AllocZeroed { bytes: usize, kind: Kind },
    Link { from: usize, slot: usize, to: usize, inside: usize },
    Unlink { from: usize, slot: usize },
    Root { block: usize },
    Unroot { root: usize },
    Resize { block: usize, bytes: usize },
    Free { block: usize },
    Finalise { block: usize },
    CancelFinaliser { block: usize },
    TakeCondemned { keep: bool },
    Collect,
    GiveCollectionUp,
    Lock,
    Threshold { bytes: Option<usize> },
    TakeOutside { bytes: usize },
    GiveBackOutside,
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![10 => 0..100usize, 3 => 100..1000usize, 1 => 1000..100_000usize]
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Scan), Just(Kind::NoScan)]
}

fn steps() -> impl Strategy<Value = Step> {
    let number = any::<usize>;
    prop_oneof![
        16 => (sizes(), kinds(), any::<bool>()).prop_map(|(bytes, kind, rooted)| Step::Alloc { bytes, kind, rooted }),
        1 => (0..600usize, 0..100usize, kinds(), 1..30usize)
            .prop_map(|(count, bytes, kind, rooted)| Step::AllocMany { count, bytes, kind, rooted }),
        2 => (sizes(), kinds()).prop_map(|(bytes, kind)| Step::AllocZeroed { bytes, kind }),
        12 => (number(), number(), number(), number())
            .prop_map(|(from, slot, to, inside)| Step::Link { from, slot, to, inside }),
        2 => (number(), number()).prop_map(|(from, slot)| Step::Unlink { from, slot }),
        1 => number().prop_map(|block| Step::Root { block }),
        6 => number().prop_map(|root| Step::Unroot { root }),
        6 => (number(), sizes()).prop_map(|(block, bytes)| Step::Resize { block, bytes }),
        4 => number().prop_map(|block| Step::Free { block }),
        2 => number().prop_map(|block| Step::Finalise { block }),
        1 => number().prop_map(|block| Step::CancelFinaliser { block }),
        2 => any::<bool>().prop_map(|keep| Step::TakeCondemned { keep }),
        2 => Just(Step::Collect),
        1 => Just(Step::GiveCollectionUp),
        1 => Just(Step::Lock),
        1 => proptest::option::of(0..5000usize).prop_map(|bytes| Step::Threshold { bytes }),
        2 => (0..200_000usize).prop_map(|bytes| Step::TakeOutside { bytes }),
        1 => Just(Step::GiveBackOutside),
    ]
}

/// The memory that a program runs in.
#[derive(Clone, Debug)]
enum Memory {
    Fixed {
        regions: Vec<usize>,
    },
    Growing {
        limit: usize,
    },
    /// Memory that goes back page by page.
    Paged {
        limit: usize,
    },
}

fn memories() -> impl Strategy<Value = Memory> {
    prop_oneof![
        vec(60..400usize, 1..4).prop_map(|regions| Memory::Fixed { regions }),
        (2000..100_000usize).prop_map(|words| Memory::Fixed { regions: vec![words] }),
        (0..400_000usize).prop_map(|limit| Memory::Growing { limit }),
        (20_000..400_000usize).prop_map(|limit| Memory::Paged { limit }),
    ]
}

/// Lends memory in pieces as small as can be.
struct Pieces;

// SAFETY: boxes of words are aligned to words and nobody else's.
unsafe impl RegionSource for Pieces {
    fn obtain(&self, least: usize, most: usize) -> Option<Region> {
        let words = least.max(3000).min(most) / WORD + 1;
        if words * WORD > most {
            return None;
        }
        let memory = Box::leak(vec![usize::MAX; words].into_boxed_slice());
        Some(Region { start: NonNull::from(&mut memory[0]).cast(), bytes: words * WORD })
    }

    unsafe fn release(&self, region: Region) {
        let memory = std::ptr::slice_from_raw_parts_mut(region.start.as_ptr().cast::<usize>(), region.bytes / WORD);
        // SAFETY: `obtain` made the box.
        drop(unsafe { Box::from_raw(memory) });
    }
}

/// Lends memory in large pieces, of which pages can be given back.
struct Pages;

const PAGE: usize = 4096;

// SAFETY: the global allocator's memory is the caller's until it is freed, and pages are aligned to words.
unsafe impl RegionSource for Pages {
    fn obtain(&self, least: usize, most: usize) -> Option<Region> {
        let bytes = least.max(16 * PAGE).min(most);
        // SAFETY: the size is not 0.
        let start = (bytes > 0).then(|| unsafe { alloc_zeroed(Self::layout(bytes)) })?;
        Some(Region { start: NonNull::new(start)?, bytes })
    }

    unsafe fn release(&self, region: Region) {
        // SAFETY: `obtain` asked for this layout.
        unsafe { dealloc(region.start.as_ptr(), Self::layout(region.bytes)) }
    }

    fn page_size(&self) -> Option<usize> {
        Some(PAGE)
    }

    unsafe fn discard(&self, pages: Region) {
        assert!(pages.start.as_ptr().addr().is_multiple_of(PAGE) && pages.bytes.is_multiple_of(PAGE));
        // SAFETY: nobody needs what these bytes hold.
        unsafe { pages.start.write_bytes(0xd5, pages.bytes) };
    }
}

impl Pages {
    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, PAGE).unwrap()
    }
}

/// What a word of a block holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Number(usize),
    Link { block: usize, inside: usize },
}

/// A block as it should be.
#[derive(Debug)]
struct Block {
    start: NonNull<u8>,
    bytes: usize,
    kind: Kind,
    words: Vec<Word>,
    /// When its finaliser was registered, if it was.
    registered: Option<usize>,
}

/// A heap and what it should hold.
struct Model {
    heap: Heap,
    /// All blocks not yet freed, reachable or not, by the number of their creation.
    blocks: BTreeMap<usize, Block>,
    created: usize,
    registrations: usize,
    roots: Vec<usize>,
    /// In the order of registration.
    finalisers: Vec<usize>,
    condemned: Vec<usize>,
    stress: bool,
    /// Bytes taken outside of the heap, and the limit that they share with it if memory goes back.
    outside: usize,
    limit: Option<usize>,
}

fn rounded(bytes: usize) -> usize {
    bytes.max(1).next_multiple_of(GRANULE)
}

impl Model {
    fn new(memory: &Memory, stress: bool) -> Model {
        let heap = match memory {
            Memory::Fixed { regions } => {
                let mut regions = regions.iter().map(|&words| Box::leak(Box::new_uninit_slice(words)));
                let heap = Heap::fixed(regions.next().unwrap()).unwrap();
                regions.for_each(|region| assert!(heap.add_region(region)));
                heap
            }
            Memory::Growing { limit } => Heap::growing(&Pieces, *limit),
            Memory::Paged { limit } => Heap::growing(&Pages, *limit),
        };
        let limit = if let Memory::Paged { limit } = memory { Some(*limit) } else { None };
        heap.set_stress(stress);
        Model {
            heap,
            blocks: BTreeMap::new(),
            created: 0,
            registrations: 0,
            roots: vec![],
            finalisers: vec![],
            condemned: vec![],
            stress,
            outside: 0,
            limit,
        }
    }

    fn pick(&self, number: usize) -> Option<usize> {
        if self.blocks.is_empty() { None } else { self.blocks.keys().nth(number % self.blocks.len()).copied() }
    }

    fn word(&self, word: Word) -> usize {
        match word {
            Word::Number(number) => number,
            Word::Link { block, inside } => self.blocks[&block].start.as_ptr().addr() + inside,
        }
    }

    fn write(&self, block: usize) {
        let Block { start, words, .. } = &self.blocks[&block];
        for (slot, &word) in words.iter().enumerate() {
            // SAFETY: the model's blocks are in the heap, and have room for their words.
            unsafe { start.cast::<usize>().add(slot).write(self.word(word)) };
        }
    }

    fn alloc(&mut self, bytes: usize, kind: Kind, zeroed: bool) -> Option<usize> {
        let heap_alloc = |heap: &Heap| if zeroed { heap.alloc_zeroed(bytes, kind) } else { heap.alloc(bytes, kind) };
        let first = heap_alloc(&self.heap);
        assert!(first.is_none() || !self.stress);
        let start = match first {
            Some(start) => start,
            None => {
                assert!(self.heap.is_due());
                self.collect();
                let Some(start) = self.heap.alloc_anyway(bytes, kind) else {
                    if self.outside > 0 {
                        return None;
                    }
                    let figures = self.heap.figures();
                    assert!(figures.largest_free < rounded(bytes), "{bytes} {figures:?}");
                    assert!(figures.obtainable < 2 * bytes + 4000, "{bytes} {figures:?}");
                    return None;
                };
                start
            }
        };
        if zeroed && first.is_some() {
            // SAFETY: the block has so many bytes, all of them written.
            assert!(unsafe { core::slice::from_raw_parts(start.as_ptr(), bytes) }.iter().all(|&byte| byte == 0));
        }
        self.created += 1;
        let words = (0..bytes / WORD).map(|slot| Word::Number((self.created + slot) * 2 + 1)).collect();
        self.blocks.insert(self.created, Block { start, bytes, kind, words, registered: None });
        self.write(self.created);
        Some(self.created)
    }

    /// The blocks that can be reached from some, in the model.
    fn reach(&self, from: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut todo: Vec<_> = from.into_iter().collect();
        while let Some(block) = todo.pop() {
            if reached.insert(block) && self.blocks[&block].kind == Kind::Scan {
                todo.extend(self.blocks[&block].words.iter().filter_map(|word| match word {
                    Word::Link { block, .. } => Some(*block),
                    Word::Number(_) => None,
                }));
            }
        }
        reached
    }

    fn collect(&mut self) {
        let alive = self.reach(self.roots.iter().chain(&self.condemned).copied());
        // SAFETY: the words below keep all blocks that are used afterwards.
        let mut collection = unsafe { self.heap.collect() }.unwrap();
        // SAFETY: no second collection begins.
        assert!(unsafe { self.heap.collect() }.is_none());
        assert!(self.heap.alloc(1, Kind::Scan).is_none());
        // The first roots one by one, the others as a range of memory.
        let roots: Vec<usize> = self.roots.iter().map(|root| self.blocks[root].start.as_ptr().addr()).collect();
        let (one_by_one, range) = roots.split_at(roots.len() / 2);
        one_by_one.iter().for_each(|&root| collection.keep(root));
        // SAFETY: the range is a slice of words.
        unsafe { collection.scan(range.as_ptr(), range.len()) };
        for (number, block) in &self.blocks {
            assert_eq!(collection.is_alive(block.start), alive.contains(number), "block {number}");
        }
        collection.finish();

        let (kept, dead) = self.finalisers.iter().partition(|block| alive.contains(block));
        self.finalisers = kept;
        self.condemned.extend::<Vec<usize>>(dead);
        self.condemned.sort_by_key(|block| self.blocks[block].registered);
        let alive = self.reach(alive.into_iter().chain(self.condemned.iter().copied()));
        // Blocks that are not scanned keep the addresses, not the blocks.
        for number in self.blocks.keys().copied().collect::<Vec<_>>() {
            for slot in 0..self.blocks[&number].words.len() {
                let word = self.blocks[&number].words[slot];
                if matches!(word, Word::Link { block, .. } if !alive.contains(&block)) {
                    let address = self.word(word);
                    self.blocks.get_mut(&number).unwrap().words[slot] = Word::Number(address);
                }
            }
        }
        self.blocks.retain(|block, _| alive.contains(block));
    }

    fn forget(&mut self, block: usize) {
        self.blocks.remove(&block);
        self.roots.retain(|&root| root != block);
        for number in self.blocks.keys().copied().collect::<Vec<_>>() {
            let mut changed = false;
            for word in &mut self.blocks.get_mut(&number).unwrap().words {
                if matches!(word, Word::Link { block: to, .. } if *to == block) {
                    *word = Word::Number(1);
                    changed = true;
                }
            }
            if changed {
                self.write(number);
            }
        }
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Alloc { bytes, kind, rooted } => {
                if let Some(block) = self.alloc(bytes, kind, false)
                    && rooted
                {
                    self.roots.push(block);
                }
            }
            Step::AllocMany { count, bytes, kind, rooted } => {
                // Under stress each of them is a collection.
                for number in 0..if self.stress { count / 50 } else { count } {
                    let block = self.alloc(bytes, kind, false);
                    self.roots.extend(block.filter(|_| number % rooted == 0));
                }
            }
            Step::AllocZeroed { bytes, kind } => {
                let _ = self.alloc(bytes, kind, true);
            }
            Step::Link { from, slot, to, inside } => {
                let (Some(from), Some(to)) = (self.pick(from), self.pick(to)) else { return };
                let inside = inside % self.blocks[&to].bytes.max(1);
                let words = &mut self.blocks.get_mut(&from).unwrap().words;
                if !words.is_empty() {
                    let slot = slot % words.len();
                    words[slot] = Word::Link { block: to, inside };
                    self.write(from);
                }
            }
            Step::Unlink { from, slot } => {
                let Some(from) = self.pick(from) else { return };
                let words = &mut self.blocks.get_mut(&from).unwrap().words;
                if !words.is_empty() {
                    let slot = slot % words.len();
                    words[slot] = Word::Number(3);
                    self.write(from);
                }
            }
            Step::Root { block } => self.roots.extend(self.pick(block)),
            Step::Unroot { root } => {
                if !self.roots.is_empty() {
                    self.roots.swap_remove(root % self.roots.len());
                }
            }
            Step::Resize { block, bytes } => {
                let Some(block) = self.pick(block) else { return };
                self.resize(block, bytes);
            }
            Step::Free { block } => {
                let Some(block) = self.pick(block).filter(|block| self.blocks[block].registered.is_none()) else {
                    return;
                };
                let start = self.blocks[&block].start;
                self.forget(block);
                // SAFETY: the block was in the model, which has forgotten it and overwritten all links to it.
                unsafe { self.heap.free(start) };
            }
            Step::Finalise { block } => {
                let Some(block) = self.pick(block).filter(|block| self.blocks[block].registered.is_none()) else {
                    return;
                };
                if self.heap.set_finaliser(self.blocks[&block].start).is_ok() {
                    self.registrations += 1;
                    self.blocks.get_mut(&block).unwrap().registered = Some(self.registrations);
                    self.finalisers.push(block);
                }
            }
            Step::CancelFinaliser { block } => {
                let Some(block) = self.pick(block) else { return };
                let registered = self.finalisers.contains(&block);
                assert_eq!(self.heap.cancel_finaliser(self.blocks[&block].start), registered);
                if registered {
                    self.finalisers.retain(|&other| other != block);
                    self.blocks.get_mut(&block).unwrap().registered = None;
                }
            }
            Step::TakeCondemned { keep } => {
                assert_eq!(self.heap.has_to_finalise(), !self.condemned.is_empty());
                let block = self.heap.next_to_finalise();
                match self.condemned.pop() {
                    None => assert_eq!(block, None),
                    Some(expected) => {
                        assert_eq!(block, Some(self.blocks[&expected].start));
                        self.roots.extend(keep.then_some(expected));
                    }
                }
            }
            Step::Collect => self.collect(),
            Step::GiveCollectionUp => {
                // SAFETY: the words below keep all blocks that are used afterwards.
                let mut collection = unsafe { self.heap.collect() }.unwrap();
                for root in &self.roots {
                    collection.keep(self.blocks[root].start.as_ptr().addr());
                }
            }
            Step::Lock => {
                self.heap.lock();
                self.heap.lock();
                self.heap.unlock();
                assert_eq!(self.heap.lock_depth(), 1);
                assert_eq!(self.heap.alloc(1, Kind::Scan), None);
                assert_eq!(self.heap.alloc_anyway(1, Kind::Scan), None);
                self.heap.unlock();
            }
            Step::TakeOutside { bytes } => {
                if self.heap.take_outside(bytes) {
                    self.outside += bytes;
                }
            }
            Step::GiveBackOutside => self.heap.give_back_outside(std::mem::take(&mut self.outside)),
            Step::Threshold { bytes } => {
                self.heap.set_threshold(bytes);
                assert_eq!(self.heap.threshold(), bytes);
            }
        }
    }

    fn resize(&mut self, number: usize, bytes: usize) {
        let used = self.heap.used();
        let block = self.blocks.get_mut(&number).unwrap();
        // SAFETY: the block is in the model, and its words are cut to the new size.
        let done = unsafe { self.heap.resize(block.start, bytes) };
        if !done {
            assert!(rounded(bytes) > rounded(block.bytes));
            return;
        }
        assert_eq!(self.heap.used(), used - rounded(block.bytes) + rounded(bytes));
        let old_words = block.bytes / WORD;
        block.words.resize(bytes / WORD, Word::Number(5));
        if block.kind == Kind::Scan {
            for slot in old_words..rounded(bytes) / WORD {
                // SAFETY: the slot is within the block.
                assert_eq!(unsafe { block.start.cast::<usize>().add(slot).read() }, 0, "slot {slot} of block {number}");
            }
        }
        // A link may have pointed into the part that is gone.
        let size = bytes.max(1);
        block.bytes = bytes;
        let start = block.start;
        for from in self.blocks.keys().copied().collect::<Vec<_>>() {
            for word in &mut self.blocks.get_mut(&from).unwrap().words {
                if let Word::Link { block, inside } = word
                    && *block == number
                    && *inside >= size
                {
                    *inside = 0;
                }
            }
            self.write(from);
        }
        assert_eq!(self.heap.size_of(start), rounded(bytes));
    }

    /// The heap holds the model's blocks, each where, as large, of the kind and with the contents that it should,
    /// and one block of its own at most; its figures are theirs.
    fn check(&self) {
        let blocks = self.heap.stretches().filter(|stretch| stretch.kind.is_some());
        let mut blocks: BTreeMap<_, _> = blocks.map(|stretch| (stretch.start, stretch)).collect();
        for (number, block) in &self.blocks {
            let stretch = blocks.remove(&block.start).unwrap_or_else(|| panic!("block {number} is gone"));
            assert_eq!((stretch.bytes, stretch.kind), (rounded(block.bytes), Some(block.kind)));
            for (slot, &word) in block.words.iter().enumerate() {
                // SAFETY: the block has this slot, and it was written.
                let found = unsafe { block.start.cast::<usize>().add(slot).read() };
                assert_eq!(found, self.word(word), "slot {slot} of block {number}");
            }
            let address = block.start.as_ptr().addr();
            for inside in [0, block.bytes / 2, rounded(block.bytes) - 1] {
                assert_eq!(self.heap.block_of(address + inside), Some(block.start));
            }
            assert_eq!(self.heap.size_of(block.start), rounded(block.bytes));
        }
        assert!(blocks.len() <= 1, "blocks left over: {blocks:?}");
        let figures = self.heap.figures();
        let own: usize = blocks.values().map(|stretch| stretch.bytes).sum();
        assert_eq!(figures.used, self.blocks.values().map(|block| rounded(block.bytes)).sum::<usize>() + own);
        assert_eq!(figures.used, self.heap.used());
        assert_eq!(figures.total, self.heap.total());
        assert_eq!(figures.blocks, self.blocks.len() + blocks.len());
        assert!(self.heap.resident() >= figures.used);
        if let Some(limit) = self.limit
            && self.stress
            && self.outside > 0
        {
            assert!(self.heap.resident() + self.outside <= limit + 3 * PAGE, "{}", self.heap.resident());
        }
        let mut last = 0;
        let mut sum = 0;
        for stretch in self.heap.stretches() {
            assert!(stretch.bytes > 0 && stretch.bytes.is_multiple_of(GRANULE));
            assert_ne!(stretch.start.as_ptr().addr(), last);
            last = stretch.start.as_ptr().addr();
            sum += stretch.bytes;
        }
        assert_eq!(sum, figures.total);
    }
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(32);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Runs a program in some memory.
fn run(memory: &Memory, stress: bool, steps: &[Step]) {
    let mut model = Model::new(memory, stress);
    for step in steps {
        model.run(step);
        model.check();
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_heap_is_as_the_model(memory in memories(), steps in vec(steps(), 0..250)) {
        run(&memory, false, &steps);
    }

    #[test]
    fn the_heap_is_as_the_model_under_stress(memory in memories(), steps in vec(steps(), 0..100)) {
        run(&memory, true, &steps);
    }
}
