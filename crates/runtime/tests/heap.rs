//! What the heap promises, one promise a test. `heap_model.rs` tests that it holds what it should whatever happens.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use berus_runtime::heap::{Figures, GRANULE, GlobalRegions, Heap, Kind, Pacing, Region, RegionSource};

const WORD: usize = size_of::<usize>();

/// A heap of fixed size that is never freed.
fn fixed(words: usize) -> Heap {
    Heap::fixed(Box::leak(Box::new_uninit_slice(words))).unwrap()
}

/// Allocates a block that holds some words.
fn object(heap: &Heap, words: &[usize]) -> usize {
    let block = heap.alloc_anyway(size_of_val(words), Kind::Scan).unwrap().cast::<usize>();
    // SAFETY: the block has room for the words.
    unsafe { block.copy_from_nonoverlapping(NonNull::from(words).cast(), words.len()) };
    block.as_ptr().addr()
}

fn word_of(object: usize, index: usize) -> usize {
    // SAFETY: the tests read only words of their own objects.
    unsafe { core::ptr::with_exposed_provenance::<usize>(object).add(index).read() }
}

fn set_word(object: usize, index: usize, word: usize) {
    // SAFETY: the tests write only words of their own objects.
    unsafe { core::ptr::with_exposed_provenance_mut::<usize>(object).add(index).write(word) }
}

fn pointer(object: usize) -> NonNull<u8> {
    NonNull::new(core::ptr::with_exposed_provenance_mut(object)).unwrap()
}

fn collect(heap: &Heap, roots: &[usize]) {
    // SAFETY: the words below keep all blocks that are used afterwards.
    let mut collection = unsafe { heap.collect() }.unwrap();
    // SAFETY: the roots are a slice.
    unsafe { collection.scan(roots.as_ptr(), roots.len()) };
    collection.finish();
}

fn count(heap: &Heap) -> usize {
    heap.figures().blocks
}

#[test]
fn blocks_are_aligned_apart_and_as_large_as_asked_for() {
    let heap = fixed(10_000);
    let mut end = 0;
    for bytes in [0, 1, WORD, GRANULE, GRANULE + 1, 100, 3, 1000] {
        let block = heap.alloc(bytes, Kind::NoScan).unwrap();
        assert!(block.as_ptr().addr().is_multiple_of(GRANULE));
        assert!(block.as_ptr().addr() >= end);
        assert_eq!(heap.size_of(block), bytes.max(1).next_multiple_of(GRANULE));
        end = block.as_ptr().addr() + heap.size_of(block);
    }
    assert!(heap.alloc(usize::MAX, Kind::Scan).is_none());
    assert!(heap.alloc(usize::MAX - 5, Kind::Scan).is_none());
    assert!(heap.alloc(isize::MAX as usize, Kind::Scan).is_none());
}

#[test]
fn a_region_too_small_makes_no_heap() {
    assert!(Heap::fixed(Box::leak(Box::new_uninit_slice(0))).is_none());
    assert!(Heap::fixed(Box::leak(Box::new_uninit_slice(5))).is_none());
    let heap = fixed(30);
    assert!(heap.alloc(1, Kind::Scan).is_some());
    assert!(!heap.add_region(Box::leak(Box::new_uninit_slice(3))));
}

#[test]
fn what_roots_lead_to_stays_and_the_rest_goes() {
    let heap = fixed(10_000);
    let leaf = object(&heap, &[7]);
    let root = object(&heap, &[leaf, 1]);
    object(&heap, &[root, leaf]);
    collect(&heap, &[root]);
    assert_eq!(count(&heap), 2);
    assert_eq!((word_of(root, 0), word_of(leaf, 0)), (leaf, 7));
    collect(&heap, &[]);
    assert_eq!(count(&heap), 0);
}

#[test]
fn a_pointer_anywhere_inside_keeps_a_block() {
    let heap = Heap::growing(&GlobalRegions, 32 << 20);
    for bytes in [1, 40, 5000, 3_000_000] {
        let block = heap.alloc_anyway(bytes, Kind::NoScan).unwrap();
        let start = block.as_ptr().addr();
        for inside in [0, bytes / 3, bytes - 1] {
            collect(&heap, &[start + inside]);
            assert_eq!(heap.size_of(block), bytes.next_multiple_of(GRANULE));
            assert_eq!(heap.block_of(start + inside), Some(block));
        }
        collect(&heap, &[start.wrapping_sub(1), start + bytes.next_multiple_of(GRANULE)]);
        assert_eq!(heap.size_of(block), 0);
    }
}

#[test]
fn words_of_blocks_that_are_not_scanned_keep_nothing() {
    let heap = fixed(10_000);
    let dead = object(&heap, &[1]);
    let holder = heap.alloc(WORD, Kind::NoScan).unwrap();
    set_word(holder.as_ptr().addr(), 0, dead);
    collect(&heap, &[holder.as_ptr().addr()]);
    assert_eq!(count(&heap), 1);
}

#[test]
fn any_structure_is_marked_without_more_memory() {
    let heap = Heap::growing(&GlobalRegions, 64 << 20);
    const COUNT: usize = 50_000;
    let structures: [fn(&Heap) -> usize; 4] = [
        // A list linked in its last word, and in its first.
        |heap| (0..COUNT).fold(0, |next, _| object(heap, &[1, 2, next])),
        |heap| (0..COUNT).fold(0, |next, _| object(heap, &[next, 1, 2])),
        // A list of pairs, either part of which waits while the other is followed.
        |heap| {
            (0..COUNT / 2).fold(0, |next, _| {
                let item = object(heap, &[1]);
                object(heap, &[next, item])
            })
        },
        // A block of many words, each with a list of two.
        |heap| {
            let items: Vec<usize> = (0..COUNT / 2)
                .map(|_| {
                    let item = object(heap, &[1]);
                    object(heap, &[item])
                })
                .collect();
            let wide = object(heap, &items);
            object(heap, &[wide])
        },
    ];
    for structure in structures {
        let root = structure(&heap);
        let before = count(&heap);
        collect(&heap, &[root]);
        assert_eq!(count(&heap), before);
        collect(&heap, &[]);
        assert_eq!(count(&heap), 0);
    }
}

#[test]
fn structures_that_overflow_the_mark_stack_are_marked_in_little_time() {
    // Each node has many children that have children themselves, so they wait all at once; allocated so that the ones
    // waiting lie far apart.
    let heap = Heap::growing(&GlobalRegions, 256 << 20);
    let mut level: Vec<usize> = (0..100_000).map(|_| object(&heap, &[1, 1])).collect();
    while level.len() > 1 {
        level = level.chunks(100).map(|children| object(&heap, children)).collect();
    }
    let before = count(&heap);
    collect(&heap, &level);
    assert_eq!(count(&heap), before);
}

#[test]
fn memory_that_runs_out_is_found_again_after_a_collection() {
    let heap = fixed(2000);
    let mut blocks = 0;
    while heap.alloc(24, Kind::Scan).is_some() {
        blocks += 1;
    }
    assert!(heap.is_due());
    assert!(heap.alloc_anyway(24, Kind::Scan).is_none());
    let largest = heap.total() - GRANULE;
    assert!(heap.alloc_anyway(largest, Kind::Scan).is_none());
    collect(&heap, &[]);
    assert!(!heap.is_due());
    assert!(heap.alloc(largest, Kind::Scan).is_some());
    collect(&heap, &[]);
    assert!((0..blocks).all(|_| heap.alloc(24, Kind::Scan).is_some()));
}

#[test]
fn freed_blocks_are_used_again_without_a_collection() {
    let heap = fixed(2000);
    for _ in 0..10_000 {
        let block = heap.alloc_anyway(600, Kind::NoScan).unwrap();
        // SAFETY: nobody uses the block.
        unsafe { heap.free(block) };
    }
    assert_eq!(heap.used(), 0);
}

#[test]
fn blocks_grow_and_shrink_where_they_are() {
    let heap = fixed(10_000);
    let block = heap.alloc(100, Kind::Scan).unwrap();
    let start = block.as_ptr().addr();
    (0..100 / WORD).for_each(|index| set_word(start, index, index));
    // SAFETY: the block is the test's.
    unsafe {
        assert!(heap.resize(block, 20_000));
        assert_eq!(heap.size_of(block), 20_000);
        assert_eq!((word_of(start, 5), word_of(start, 20_000 / WORD - 1)), (5, 0));
        assert!(heap.resize(block, WORD));
        assert_eq!(heap.size_of(block), GRANULE);
        assert_eq!((word_of(start, 0), word_of(start, 1)), (0, 0));
        let neighbour = heap.alloc(1, Kind::NoScan).unwrap();
        assert_eq!(neighbour.as_ptr().addr(), start + GRANULE);
        assert!(!heap.resize(block, GRANULE + 1));
        heap.free(neighbour);
        assert!(heap.resize(block, GRANULE + 1));
        assert!(!heap.resize(block, usize::MAX));
        assert!(!heap.resize(block, 10_000 * WORD));
    }
}

#[test]
fn finalisers_run_once_and_find_what_they_refer_to() {
    let heap = fixed(10_000);
    let part = object(&heap, &[9]);
    let whole = object(&heap, &[part]);
    heap.set_finaliser(pointer(part)).unwrap();
    heap.set_finaliser(pointer(whole)).unwrap();
    collect(&heap, &[whole]);
    assert!(!heap.has_to_finalise());
    collect(&heap, &[]);
    // Still there, however often it is collected, until it is their turn.
    collect(&heap, &[]);
    assert!(heap.has_to_finalise());
    assert_eq!(heap.next_to_finalise(), Some(pointer(whole)));
    assert_eq!(heap.next_to_finalise(), Some(pointer(part)));
    assert_eq!(heap.next_to_finalise(), None);
    assert_eq!((word_of(whole, 0), word_of(part, 0)), (part, 9));
    // The second is kept by its finaliser, and not finalised again when it dies.
    collect(&heap, &[whole]);
    assert_eq!(heap.size_of(pointer(whole)), GRANULE);
    collect(&heap, &[]);
    assert_eq!(heap.next_to_finalise(), None);
    assert_eq!(heap.size_of(pointer(whole)), 0);
}

#[test]
fn all_finalisers_run_at_the_end_but_those_cancelled() {
    let heap = fixed(10_000);
    let blocks: Vec<_> = (0..20).map(|number| pointer(object(&heap, &[number]))).collect();
    blocks.iter().for_each(|&block| heap.set_finaliser(block).unwrap());
    assert!(heap.cancel_finaliser(blocks[3]));
    assert!(!heap.cancel_finaliser(blocks[3]));
    heap.finalise_all();
    let finalised: Vec<_> = std::iter::from_fn(|| heap.next_to_finalise()).collect();
    let expected: Vec<_> = blocks.iter().rev().copied().filter(|&block| block != blocks[3]).collect();
    assert_eq!(finalised, expected);
}

#[test]
fn weak_references_learn_who_dies_before_memory_is_reused() {
    let heap = fixed(10_000);
    let kept = object(&heap, &[1]);
    let dying = object(&heap, &[1]);
    heap.set_finaliser(pointer(dying)).unwrap();
    let outside = 5usize;
    // SAFETY: the words below keep all blocks that are used afterwards.
    let mut collection = unsafe { heap.collect() }.unwrap();
    collection.keep(kept);
    assert!(collection.is_alive(pointer(kept)));
    assert!(collection.is_alive(NonNull::from(&outside).cast()));
    assert!(!collection.is_alive(pointer(dying)));
    let value_of_weak_dictionary = dying;
    collection.keep(value_of_weak_dictionary);
    assert!(collection.is_alive(pointer(dying)));
    collection.finish();
    assert!(!heap.has_to_finalise());
}

#[test]
fn a_heap_grows_up_to_its_limit_and_gives_all_back() {
    static LENT: AtomicUsize = AtomicUsize::new(0);

    struct Counted;

    // SAFETY: as of `GlobalRegions`.
    unsafe impl RegionSource for Counted {
        fn obtain(&self, least: usize, most: usize) -> Option<Region> {
            let region = GlobalRegions.obtain(least, most.min(least.max(50_000)))?;
            LENT.fetch_add(region.bytes, Ordering::Relaxed);
            Some(region)
        }

        unsafe fn release(&self, region: Region) {
            LENT.fetch_sub(region.bytes, Ordering::Relaxed);
            // SAFETY: the region was obtained there.
            unsafe { GlobalRegions.release(region) }
        }
    }

    const LIMIT: usize = 1 << 20;
    let heap = Heap::growing(&Counted, LIMIT);
    assert_eq!(LENT.load(Ordering::Relaxed), 0);
    let blocks: Vec<_> = std::iter::from_fn(|| heap.alloc_anyway(1000, Kind::NoScan)).collect();
    assert!(blocks.len() > 950);
    assert!(LENT.load(Ordering::Relaxed) <= LIMIT);
    let roots: Vec<_> = blocks.iter().map(|block| block.as_ptr().addr()).step_by(2).collect();
    collect(&heap, &roots);
    assert_eq!(count(&heap), roots.len());
    assert!(heap.alloc_anyway(LIMIT, Kind::NoScan).is_none());
    drop(heap);
    assert_eq!(LENT.load(Ordering::Relaxed), 0);
}

#[test]
fn regions_without_a_block_go_back() {
    const ALL: usize = 1 << 20;
    static LEFT: AtomicUsize = AtomicUsize::new(ALL);

    struct Shared;

    // SAFETY: as of `GlobalRegions`.
    unsafe impl RegionSource for Shared {
        fn obtain(&self, least: usize, most: usize) -> Option<Region> {
            let bytes = most.min(ALL / 8).max(least);
            LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).ok()?;
            GlobalRegions.obtain(bytes, bytes)
        }

        unsafe fn release(&self, region: Region) {
            LEFT.fetch_add(region.bytes, Ordering::Relaxed);
            // SAFETY: the region was obtained there.
            unsafe { GlobalRegions.release(region) }
        }
    }

    let heap = Heap::growing(&Shared, ALL);
    let fill = || std::iter::from_fn(|| heap.alloc_anyway(1000, Kind::NoScan)).collect::<Vec<_>>();
    let blocks = fill();
    assert_eq!(LEFT.load(Ordering::Relaxed), 0);
    assert!(!heap.release_empty());
    // One block in the middle stays, and with it one region.
    let kept = blocks[blocks.len() / 2];
    // SAFETY: the block has so many bytes.
    unsafe { kept.write_bytes(7, 1000) };
    collect(&heap, &[kept.as_ptr().addr()]);
    assert!(heap.release_empty());
    assert_eq!(LEFT.load(Ordering::Relaxed), ALL / 8 * 7);
    assert!(!heap.release_empty());
    assert_eq!(heap.block_of(kept.as_ptr().addr() + 10), Some(kept));
    collect(&heap, &[kept.as_ptr().addr()]);
    // SAFETY: the block has so many bytes.
    assert!((0..1000).all(|at| unsafe { kept.add(at).read() } == 7));
    // What went back can be had again.
    let again = fill();
    assert!(again.len() + 2 >= blocks.len(), "{} of {}", again.len(), blocks.len());
    assert_eq!(LEFT.load(Ordering::Relaxed), 0);
    collect(&heap, &[]);
    assert!(heap.release_empty());
    assert_eq!((LEFT.load(Ordering::Relaxed), count(&heap)), (ALL, 0));
    assert!(heap.alloc_anyway(1000, Kind::Scan).is_some());
    drop(heap);
    assert_eq!(LEFT.load(Ordering::Relaxed), ALL);
}

#[test]
fn free_memory_goes_back_when_much_is_taken_outside() {
    const MIB: usize = 1 << 20;
    static GIVEN_BACK: AtomicUsize = AtomicUsize::new(0);

    struct Counted;

    // SAFETY: as of `GlobalRegions`.
    unsafe impl RegionSource for Counted {
        fn obtain(&self, least: usize, most: usize) -> Option<Region> {
            GlobalRegions.obtain(least, most)
        }

        unsafe fn release(&self, region: Region) {
            // SAFETY: the region was obtained there.
            unsafe { GlobalRegions.release(region) }
        }

        fn page_size(&self) -> Option<usize> {
            Some(4096)
        }

        unsafe fn discard(&self, pages: Region) {
            GIVEN_BACK.fetch_add(pages.bytes, Ordering::Relaxed);
            // SAFETY: nobody needs what the pages hold.
            unsafe { pages.start.write_bytes(0xd5, pages.bytes) };
        }
    }

    let heap = Heap::growing(&Counted, 8 * MIB);
    let fill = || std::iter::from_fn(|| heap.alloc_anyway(1000, Kind::NoScan)).collect::<Vec<_>>();
    let blocks = fill();
    assert!(heap.resident() > 7 * MIB);
    assert!(!heap.take_outside(6 * MIB), "all blocks may be alive");
    let kept: Vec<_> = blocks.iter().map(|block| block.as_ptr().addr()).step_by(100).collect();
    // SAFETY: the blocks have so many bytes, and none is freed yet.
    blocks.iter().for_each(|block| unsafe { block.write_bytes(7, 1000) });
    collect(&heap, &kept);
    assert!(heap.resident() > 7 * MIB);
    assert!(heap.take_outside(2 * MIB));
    assert!(GIVEN_BACK.load(Ordering::Relaxed) > 6 * MIB);
    assert!(heap.resident() < MIB && heap.take_outside(4 * MIB));
    // SAFETY: the blocks are kept, and were written.
    let bytes = |&block: &usize| unsafe { std::slice::from_raw_parts(pointer(block).as_ptr(), 1000) };
    let are_whole = || kept.iter().all(|block| bytes(block) == [7; 1000]);
    assert!(are_whole());

    // What is allocated comes back, as far as the limit goes.
    let more = fill();
    assert!((1800..2200).contains(&more.len()), "{}", more.len());
    assert!((2 * MIB..3 * MIB + 8192).contains(&heap.resident()), "{}", heap.resident());
    assert!(are_whole());
    heap.give_back_outside(6 * MIB);
    assert!(fill().len() > 5500);
}

#[test]
fn a_collection_is_due_when_the_budget_is_spent() {
    let heap = Heap::growing(&GlobalRegions, 16 << 20);
    heap.set_pacing(Pacing { minimum: 10_000, percent: 200 });
    let allocated = |roots: &mut Vec<usize>| {
        let mut bytes = 0;
        while let Some(block) = heap.alloc(64, Kind::NoScan) {
            bytes += 64;
            roots.push(block.as_ptr().addr());
        }
        bytes
    };
    let mut roots = vec![];
    assert_eq!(allocated(&mut roots), 9984);
    assert!(heap.is_due());
    assert!(heap.alloc_anyway(64, Kind::NoScan).is_some());
    collect(&heap, &roots);
    assert_eq!(allocated(&mut roots), 2 * 9900 / 64 * 64);
    collect(&heap, &[]);
    heap.set_threshold(Some(1000));
    assert_eq!(allocated(&mut vec![]), 960);
    heap.set_threshold(None);
    assert_eq!(allocated(&mut vec![]), 9984 - 960);
}

#[test]
fn figures_are_true_at_any_time() {
    let heap = fixed(10_000);
    let total = heap.total();
    assert!(total > 10_000 * WORD * 9 / 10);
    let empty = Figures { total, free: total, largest_free: total, ..Figures::default() };
    assert_eq!(heap.figures(), empty);
    let kept = heap.alloc(1, Kind::Scan).unwrap();
    heap.alloc(2 * GRANULE, Kind::Scan).unwrap();
    heap.alloc(50 * GRANULE, Kind::NoScan).unwrap();
    let figures = heap.figures();
    assert_eq!((figures.used, figures.free), (53 * GRANULE, total - 53 * GRANULE));
    assert_eq!((figures.blocks, figures.of_one, figures.of_two, figures.largest), (3, 1, 1, 50 * GRANULE));
    assert!(figures.largest_free <= total - 53 * GRANULE && figures.largest_free > total / 2);
    collect(&heap, &[kept.as_ptr().addr()]);
    assert_eq!(heap.figures().used, GRANULE);
    assert_eq!(heap.figures().largest_free, total - GRANULE);
}

#[test]
fn many_heaps_live_side_by_side() {
    let heaps: Vec<Heap> = (0..100).map(|_| Heap::growing(&GlobalRegions, 1 << 20)).collect();
    let objects: Vec<usize> = heaps.iter().enumerate().map(|(number, heap)| object(heap, &[number])).collect();
    for (heap, object) in heaps.iter().zip(&objects) {
        // Another heap's blocks are words like any other.
        collect(heap, &objects);
        assert_eq!(count(heap), 1);
        assert!(heap.block_of(*object).is_some());
    }
    for (number, object) in objects.iter().enumerate() {
        assert_eq!(word_of(*object, 0), number);
    }
}

#[test]
fn stress_collects_at_every_allocation_and_overwrites_what_it_frees() {
    let heap = fixed(1000);
    heap.set_stress(true);
    let [kept, lost] = [7, 9].map(|word| object(&heap, &[word]));
    for _ in 0..3 {
        assert!(heap.is_due());
        assert!(heap.alloc(8, Kind::Scan).is_none());
        collect(&heap, &[kept]);
        assert!(heap.alloc_anyway(8, Kind::Scan).is_some());
    }
    assert_eq!(word_of(kept, 0), 7);
    collect(&heap, &[kept]);
    assert_ne!(word_of(lost, 0), 9);
}
