//! Words that wait a little before marking follows them, so that what they point to is on its way into the cache by
//! then.
//!
//! Marking is mostly waiting for memory: each block means reading its bits and then its words, at addresses that
//! nothing could foresee. A queue of eight makes the waits overlap. The queue pays even when all is in the second
//! cache; for objects spread over tens of megabytes marking takes a third of the time or less.

use crate::heap::bitmap::Group;

/// How many words the queue holds at most.
const LENGTH: usize = 8;

/// Whether the machine has a cache to wait for, and an instruction that prefetches into the cache.
pub(super) const PAYS: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// The queue of words.
#[derive(Default)]
pub(super) struct Ahead {
    words: [usize; LENGTH],
    /// Words put in so far, modulo the greatest number.
    turn: usize,
    waiting: usize,
}

impl Ahead {
    /// Puts a word into the queue that points into a block whose bits are in `group`. Answers the word that has waited
    /// longest if the queue was full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn put(&mut self, word: usize, group: *const Group) -> Option<usize> {
        prefetch(word as *const u8);
        prefetch(group.cast());
        let oldest = core::mem::replace(&mut self.words[self.turn % LENGTH], word);
        self.turn = self.turn.wrapping_add(1);
        if self.waiting == LENGTH {
            Some(oldest)
        } else {
            self.waiting += 1;
            None
        }
    }

    /// Takes out the word that has waited longest.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn take(&mut self) -> Option<usize> {
        let first = self.turn.wrapping_sub(self.waiting);
        self.waiting = self.waiting.checked_sub(1)?;
        Some(self.words[first % LENGTH])
    }
}

/// Asks the cache to load the memory at an address, which need not exist.
#[cfg_attr(not(feature = "small"), inline(always))]
fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that a program can see, whatever the address.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(address.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a prefetch has no effect that a program can see, whatever the address.
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_leave_in_the_order_they_came() {
        let mut ahead = Ahead::default();
        let mut next = 0;
        for word in 0..100 {
            if let Some(out) = ahead.put(word, core::ptr::null()) {
                assert_eq!(out, next);
                next += 1;
            }
            if word % 10 == 9 {
                assert_eq!(ahead.take(), Some(next));
                next += 1;
            }
        }
        while let Some(out) = ahead.take() {
            assert_eq!(out, next);
            next += 1;
        }
        assert_eq!(next, 100);
        assert_eq!(ahead.take(), None);
    }
}
