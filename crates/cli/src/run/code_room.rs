//! Memory for machine code that comes in pieces: a mapping that can be executed, or while a piece is written, be written.

use berus_runtime::host::CodeRoom;
use memmap2::{Mmap, MmapMut};

/// The mapping.
pub struct Mapping(Mmap);

impl Mapping {
    /// A mapping of at least `len` bytes; `None` if the system has none.
    pub fn new(len: usize) -> Option<Mapping> {
        Some(Mapping(MmapMut::map_anon(len).ok()?.make_exec().ok()?))
    }

    /// Sets what the mapping is for; false if the system refuses.
    fn protect(&self, protection: libc::c_int) -> bool {
        // SAFETY: the mapping is this one's own, and whoever writes a piece has nobody run code of the mapping meanwhile.
        unsafe { libc::mprotect(self.0.as_ptr().cast_mut().cast(), self.0.len(), protection) == 0 }
    }
}

// SAFETY: the mapping stays where it is, and is written behind earlier pieces only.
unsafe impl CodeRoom for Mapping {
    fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn write(&mut self, at: usize, piece: &[u8]) -> bool {
        let fits = at.checked_add(piece.len()).is_some_and(|end| end <= self.0.len());
        if !fits || !self.protect(libc::PROT_READ | libc::PROT_WRITE) {
            return false;
        }
        // SAFETY: the mapping has room for the piece, can be written now, and nobody else refers to it.
        unsafe { core::ptr::copy_nonoverlapping(piece.as_ptr(), self.0.as_ptr().cast_mut().add(at), piece.len()) };
        // What was executable can be so again: the mapping as a whole changes, so that the system needs no memory for it.
        self.protect(libc::PROT_READ | libc::PROT_EXEC)
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
