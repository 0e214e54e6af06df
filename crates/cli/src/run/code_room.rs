//! Memory for machine code that comes in pieces: a mapping that can be executed, or while a piece is written, be written.

use core::ops::Range;

use berus_runtime::host::CodeRoom;
use memmap2::{Mmap, MmapMut};

/// The bytes of a page, which the system protects as a whole.
fn page() -> usize {
    // SAFETY: the function only answers.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(1 << 16)
}

/// The mapping.
pub struct Mapping(Mmap);

impl Mapping {
    /// A mapping of at least `len` bytes; `None` if the system has none.
    pub fn new(len: usize) -> Option<Mapping> {
        Some(Mapping(MmapMut::map_anon(len.next_multiple_of(page())).ok()?.make_exec().ok()?))
    }

    /// Sets what `pages` of the mapping are for; false if the system refuses.
    fn protect(&self, pages: &Range<usize>, protection: libc::c_int) -> bool {
        // SAFETY: the pages are of this mapping, and whoever writes a piece has nobody run code of the mapping meanwhile.
        unsafe { libc::mprotect(self.0.as_ptr().cast_mut().add(pages.start).cast(), pages.len(), protection) == 0 }
    }
}

// SAFETY: the mapping stays where it is, and is written behind earlier pieces only.
unsafe impl CodeRoom for Mapping {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn write(&mut self, at: usize, piece: &[u8]) -> bool {
        let Some(end) = at.checked_add(piece.len()).filter(|end| *end <= self.0.len()) else { return false };
        // Pages that the piece does not lie in stay as they are: the system would forget where they are otherwise.
        let page = page();
        let pages = at / page * page..end.next_multiple_of(page);
        if !self.protect(&pages, libc::PROT_READ | libc::PROT_WRITE) {
            return false;
        }
        // SAFETY: the mapping has room for the piece, can be written there now, and nobody else refers to it.
        unsafe { core::ptr::copy_nonoverlapping(piece.as_ptr(), self.0.as_ptr().cast_mut().add(at), piece.len()) };
        // What was executable can be so again: just the pages that the system has taken out become part of the mapping as
        // before, for which it needs no memory.
        self.protect(&pages, libc::PROT_READ | libc::PROT_EXEC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_where_they_are_put() {
        let mut room = Mapping::new(100).unwrap();
        assert!(room.bytes().len() >= 100);
        assert!(room.write(0, b"first"));
        assert!(room.write(16, b"second"));
        assert_eq!((&room.bytes()[..5], &room.bytes()[16..22]), (&b"first"[..], &b"second"[..]));
        let len = room.bytes().len();
        assert!(!room.write(len - 2, b"long"));
        assert!(!room.write(usize::MAX, b"far"));
    }

    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    #[test]
    fn code_runs_while_more_is_added() {
        let mut room = Mapping::new(64).unwrap();
        for n in 0..4u8 {
            // mov eax, n; ret
            assert!(room.write(usize::from(n) * 8, &[0xb8, n, 0, 0, 0, 0xc3]));
            for earlier in 0..=n {
                let code = room.bytes()[usize::from(earlier) * 8..].as_ptr();
                // SAFETY: a function without arguments has been written there.
                let function: extern "C" fn() -> u32 = unsafe { core::mem::transmute(code) };
                assert_eq!(function(), u32::from(earlier));
            }
        }
    }
}
