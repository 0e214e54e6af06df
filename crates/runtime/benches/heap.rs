//! Times of the heap: per allocation and per collection, on patterns that programs have.
//!
//! `cargo bench -p berus-runtime --bench heap [-- PATTERN]` prints a table; each figure is the best of several
//! rounds. Under callgrind, `-- PATTERN once` runs one round of one pattern.

use std::cell::Cell;
use std::hint::black_box;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

use berus_runtime::heap::{GlobalRegions, Heap, Kind};

const MIB: usize = 1 << 20;
const WORD: usize = size_of::<usize>();

/// A heap whose roots are a window of words, collected when it says so, as a runtime would.
struct Owner {
    heap: Heap,
    roots: [Cell<usize>; 64],
    collecting: Cell<Duration>,
    collections: Cell<u32>,
    seed: Cell<u64>,
}

impl Owner {
    fn fixed(bytes: usize) -> Owner {
        // A leak of a few hundred mebibytes of memory not touched again, in a program that ends soon.
        let region = Box::leak(Box::new_uninit_slice(bytes / WORD));
        Owner::new(Heap::fixed(region).expect("a region of this size holds a heap"))
    }

    fn growing() -> Owner {
        Owner::new(Heap::growing(&GlobalRegions, 1024 * MIB))
    }

    fn new(heap: Heap) -> Owner {
        let roots = [const { Cell::new(0) }; 64];
        Owner { heap, roots, collecting: Cell::default(), collections: Cell::default(), seed: Cell::new(1) }
    }

    #[inline(always)]
    fn alloc(&self, bytes: usize, kind: Kind) -> NonNull<usize> {
        match self.heap.alloc(bytes, kind) {
            Some(block) => block.cast(),
            None => self.alloc_after_collection(bytes, kind),
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_after_collection(&self, bytes: usize, kind: Kind) -> NonNull<usize> {
        self.collect();
        self.heap.alloc_anyway(bytes, kind).expect("the patterns fit").cast()
    }

    fn collect(&self) {
        let start = Instant::now();
        // SAFETY: the words below keep all blocks that are used afterwards.
        let mut collection = unsafe { self.heap.collect() }.expect("no other collection is under way");
        for root in &self.roots {
            collection.keep(root.get());
        }
        collection.finish();
        self.collecting.set(self.collecting.get() + start.elapsed());
        self.collections.set(self.collections.get() + 1);
    }

    /// Allocates a block and fills it, as constructors do.
    #[inline(always)]
    fn object<const N: usize>(&self, kind: Kind, words: [usize; N]) -> usize {
        let block = self.alloc(N * WORD, kind);
        // SAFETY: the block has room for the words.
        unsafe { block.cast::<[usize; N]>().write(words) };
        block.as_ptr().addr()
    }

    #[inline(always)]
    fn float(&self, number: usize) -> usize {
        self.object(Kind::NoScan, [2, number])
    }

    fn random(&self) -> usize {
        let seed = self.seed.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed.set(seed);
        (seed >> 33) as usize
    }
}

/// Floats and triples of them that die young.
fn small(owner: &Owner) -> usize {
    const COUNT: usize = 2_000_000;
    for i in 0..COUNT / 2 {
        let float = owner.float(i);
        owner.roots[63].set(float);
        let triple = owner.object(Kind::Scan, [2, 3, 1, float, 1]);
        owner.roots[i % 16].set(triple);
    }
    COUNT
}

/// A linked list that grows to a hundred thousand links and as many floats.
fn linked(owner: &Owner) -> usize {
    const COUNT: usize = 100_000;
    owner.roots[0].set(0);
    for i in 0..COUNT {
        let float = owner.float(i);
        owner.roots[63].set(float);
        let link = owner.object(Kind::Scan, [2, float, owner.roots[0].get(), 1]);
        owner.roots[0].set(link);
    }
    2 * COUNT
}

/// Strings of 64 bytes to 128 kibibytes among floats and triples.
fn mixed(owner: &Owner) -> usize {
    const COUNT: usize = 500_000;
    for i in 0..COUNT {
        let random = owner.random();
        let small_root = &owner.roots[random / 32 % 16];
        match random % 16 {
            0 => {
                let length = 1 << (6 + random / 256 % 11);
                let length = length + random / 65536 % length;
                let string = owner.alloc(length, Kind::NoScan);
                // SAFETY: the block has so many bytes, at least 64.
                unsafe {
                    string.cast::<[u8; 16]>().write([1; 16]);
                    string.cast::<u8>().add(length - 1).write(1);
                }
                owner.roots[16 + random / 32 % 47].set(string.as_ptr().addr());
            }
            1..8 => small_root.set(owner.float(i)),
            _ => {
                let before = if random >> 22 & 255 == 1 { 0 } else { small_root.get() };
                small_root.set(owner.object(Kind::Scan, [2, 3, 1, before, 1]));
            }
        }
    }
    COUNT
}

/// A tree of a hundred thousand nodes, breadth first.
fn tree(owner: &Owner) -> usize {
    const COUNT: usize = 100_000;
    let mut nodes = vec![owner.object(Kind::Scan, [2, 1, 1, 1])];
    owner.roots[0].set(nodes[0]);
    for i in 1..COUNT {
        let node = owner.object(Kind::Scan, [2, 1, 1, 1]);
        nodes.push(node);
        let parent = core::ptr::with_exposed_provenance_mut::<usize>(nodes[(i - 1) / 2]);
        // SAFETY: the parent is a block of four words.
        unsafe { parent.add(1 + i % 2).write(node) };
    }
    COUNT
}

/// A tree of three hundred thousand nodes that lie in no order.
fn scattered(owner: &Owner) -> usize {
    const COUNT: usize = 300_000;
    let mut nodes: Vec<usize> = vec![];
    for _ in 0..COUNT {
        // A list holds the nodes until the tree does.
        let node = owner.object(Kind::Scan, [2, owner.roots[0].get(), 1, 1]);
        owner.roots[0].set(node);
        nodes.push(node);
    }
    for i in (1..COUNT).rev() {
        nodes.swap(i, owner.random() % (i + 1));
    }
    for (i, &node) in nodes.iter().enumerate() {
        let child = |number| nodes.get(2 * i + number).copied().unwrap_or(1);
        // SAFETY: each node is a block of four words.
        unsafe { core::ptr::with_exposed_provenance_mut::<[usize; 4]>(node).write([2, child(1), child(2), 1]) };
    }
    owner.roots[0].set(nodes[0]);
    COUNT
}

/// A list of a hundred thousand objects.
fn list(owner: &Owner) -> usize {
    const COUNT: usize = 100_000;
    let items = owner.alloc(COUNT * WORD, Kind::Scan);
    // SAFETY: the block has so many words.
    unsafe { items.write_bytes(0, COUNT) };
    owner.roots[0].set(items.as_ptr().addr());
    for i in 0..COUNT {
        let object = owner.object(Kind::Scan, [2, 1, 1, 1]);
        // SAFETY: as above.
        unsafe { items.add(i).write(object) };
    }
    COUNT
}

/// Nothing.
fn empty(_: &Owner) -> usize {
    1
}

/// A pattern, and the heap that it runs in.
struct Pattern {
    name: &'static str,
    owner: fn() -> Owner,
    run: fn(&Owner) -> usize,
}

const PATTERNS: [Pattern; 10] = [
    Pattern { name: "small", owner: || Owner::fixed(2 * MIB), run: small },
    Pattern { name: "small-growing", owner: Owner::growing, run: small },
    Pattern { name: "linked", owner: || Owner::fixed(16 * MIB), run: linked },
    Pattern { name: "linked-growing", owner: Owner::growing, run: linked },
    Pattern { name: "mixed", owner: || Owner::fixed(16 * MIB), run: mixed },
    Pattern { name: "mixed-growing", owner: Owner::growing, run: mixed },
    Pattern { name: "tree", owner: || Owner::fixed(16 * MIB), run: tree },
    Pattern { name: "scattered", owner: || Owner::fixed(32 * MIB), run: scattered },
    Pattern { name: "list", owner: || Owner::fixed(16 * MIB), run: list },
    Pattern { name: "empty", owner: || Owner::fixed(16 * MIB), run: empty },
];

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64
}

fn measure(pattern: &Pattern, rounds: usize) {
    let owner = (pattern.owner)();
    let mut best = [f64::INFINITY; 3];
    let mut collections = 0;
    for _ in 0..rounds {
        owner.collecting.set(Duration::ZERO);
        owner.collections.set(0);
        let start = Instant::now();
        let count = black_box(pattern.run)(&owner) as f64;
        let all = start.elapsed();
        let collecting = owner.collecting.get();
        collections = owner.collections.get();
        owner.collecting.set(Duration::ZERO);
        owner.collect();
        let times = [
            nanoseconds(all) / count,
            nanoseconds(all.saturating_sub(collecting)) / count,
            nanoseconds(owner.collecting.get()) / 1000.0,
        ];
        for (best, time) in best.iter_mut().zip(times) {
            *best = best.min(time);
        }
    }
    let used = owner.heap.used() / 1024;
    println!("{:<16}{:>10.1}{:>14.1}{:>12}{:>16.1}{:>12}", pattern.name, best[0], best[1], collections, best[2], used);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let rounds = if arguments.iter().any(|argument| argument == "once") { 1 } else { 15 };
    println!(
        "{:<16}{:>10}{:>14}{:>12}{:>16}{:>12}",
        "pattern", "ns/alloc", "without gc", "collections", "last one, us", "alive, KiB"
    );
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !PATTERNS.iter().any(|pattern| named(pattern.name));
    for pattern in PATTERNS.iter().filter(|pattern| all || named(pattern.name)) {
        measure(pattern, rounds);
    }
}
