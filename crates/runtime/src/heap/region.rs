//! Where the heap's memory comes from: pieces of raw memory that an embedder lends.

extern crate alloc;

use alloc::alloc::{Layout, alloc, dealloc};
use core::ptr::NonNull;

/// A piece of raw memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The region's first byte.
    pub start: NonNull<u8>,
    /// The region's size in bytes.
    pub bytes: usize,
}

/// Lends memory to heaps that may grow.
///
/// # Safety
///
/// A region that [`obtain`](RegionSource::obtain) returns must be readable and writable, aligned to a word, and used by
/// nobody else until it is given to [`release`](RegionSource::release).
pub unsafe trait RegionSource: Sync {
    /// A region of at least `least` bytes and at most `most`, or `None` if there is no such memory.
    ///
    /// Where memory that nobody touches costs nothing, as under an operating system with virtual memory, give all of
    /// `most`: the heap uses a region from its start and touches no more than it needs, and a heap in one piece is
    /// quicker. On other systems give a share that is fair to other users of the memory.
    fn obtain(&self, least: usize, most: usize) -> Option<Region>;

    /// Takes a region back.
    ///
    /// # Safety
    ///
    /// The region is one that [`obtain`](RegionSource::obtain) of this source returned, and nobody uses it any more.
    unsafe fn release(&self, region: Region);

    /// The size in bytes of the pages that [`discard`](RegionSource::discard) gives back, a power of two. `None`, the
    /// default: memory goes back as whole regions only.
    fn page_size(&self) -> Option<usize> {
        None
    }

    /// Gives pages of a region back to the system until they are touched again. They hold anything then.
    ///
    /// # Safety
    ///
    /// The pages are whole, lie in one region of this source, and nobody needs what they hold.
    unsafe fn discard(&self, pages: Region) {
        let _ = pages;
    }

    /// Gives back to the system what the program's allocator holds and nobody uses.
    fn trim(&self) {}
}

/// Regions from the program's global allocator.
///
/// With 64-bit addresses this source asks for as much as the heap may ever use, relying on the system to commit a page
/// when it is first touched, and for less if that is refused. With narrower addresses it asks for a quarter of a
/// mebibyte at a time. Under Linux pages go back to the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalRegions;

impl GlobalRegions {
    const STEP: usize = 256 * 1024;

    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, size_of::<usize>()).ok().filter(|layout| layout.size() > 0)
    }
}

// SAFETY: the global allocator's memory is the caller's alone until it is freed, and the layout asks for a word's
// alignment.
unsafe impl RegionSource for GlobalRegions {
    fn obtain(&self, least: usize, most: usize) -> Option<Region> {
        let mut bytes = if usize::BITS >= 64 { most } else { most.min(Self::STEP) };
        loop {
            bytes = bytes.max(least);
            let layout = Self::layout(bytes)?;
            // SAFETY: the layout's size is not zero.
            if let Some(start) = NonNull::new(unsafe { alloc(layout) }) {
                return Some(Region { start, bytes });
            }
            if bytes == least {
                return None;
            }
            bytes /= 2;
        }
    }

    unsafe fn release(&self, region: Region) {
        if let Some(layout) = Self::layout(region.bytes) {
            // SAFETY: the caller says that `obtain` returned this region, so it has this layout.
            unsafe { dealloc(region.start.as_ptr(), layout) }
        }
    }

    #[cfg(all(feature = "std", target_os = "linux", not(miri)))]
    fn page_size(&self) -> Option<usize> {
        // SAFETY: the function reads a number.
        usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok().filter(|size| size.is_power_of_two())
    }

    #[cfg(all(feature = "std", target_os = "linux", not(miri)))]
    unsafe fn discard(&self, pages: Region) {
        // SAFETY: the caller says that the pages lie in a region of the allocator's and that nobody needs what they
        // hold. Where the system does not give them up, they stay as they are.
        unsafe { libc::madvise(pages.start.as_ptr().cast(), pages.bytes, libc::MADV_DONTNEED) };
    }

    #[cfg(all(feature = "std", target_os = "linux", target_env = "gnu", not(miri)))]
    fn trim(&self) {
        // SAFETY: the function locks what it looks at, and leaves alone what is in use.
        unsafe { libc::malloc_trim(0) };
    }
}
