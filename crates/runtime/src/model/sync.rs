//! What threads share. Where the processor has no atomic exchange (ARMv6-M), threads take turns where they wait, and nowhere else, as
//! [`Threads`](crate::host::Threads) has it.

use core::sync::atomic::Ordering::Relaxed;
use core::sync::atomic::{AtomicBool, AtomicUsize};

#[cfg(not(target_has_atomic = "ptr"))]
pub(crate) use alloc::rc::Rc as Arc;
#[cfg(target_has_atomic = "ptr")]
pub(crate) use alloc::sync::Arc;

/// Adds to a number, around its end too.
pub(crate) fn add(number: &AtomicUsize, more: usize) -> usize {
    #[cfg(target_has_atomic = "ptr")]
    return number.fetch_add(more, Relaxed);
    #[cfg(not(target_has_atomic = "ptr"))]
    {
        let before = number.load(Relaxed);
        number.store(before.wrapping_add(more), Relaxed);
        before
    }
}

/// Sets a flag: whether it was set before. If it was not, what those have written who cleared it is seen from now on.
pub(crate) fn set(flag: &AtomicBool) -> bool {
    #[cfg(target_has_atomic = "ptr")]
    return flag.swap(true, core::sync::atomic::Ordering::Acquire);
    #[cfg(not(target_has_atomic = "ptr"))]
    {
        let before = flag.load(Relaxed);
        flag.store(true, Relaxed);
        before
    }
}
