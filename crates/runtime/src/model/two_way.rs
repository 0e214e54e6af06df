//! The search for long runs of bytes by Crochemore and Perrin ("Two-way string-matching", 1991): time of the order of both
//! lengths together, whatever the bytes, no memory, and every comparison counted as work.

use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::vm::Vm;

/// Bytes that are read from one of their ends.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    bytes: &'a [u8],
    is_backward: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn forward(bytes: &'a [u8]) -> Reading<'a> {
        Reading { bytes, is_backward: false }
    }

    pub(crate) fn backward(bytes: &'a [u8]) -> Reading<'a> {
        Reading { bytes, is_backward: true }
    }

    fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The byte that is read after `index` others.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn at(&self, index: usize) -> u8 {
        self.bytes[if self.is_backward { self.bytes.len() - 1 - index } else { index }]
    }
}

/// How many bytes of `text` are read before `needle`, where `needle` is first read in it.
///
/// # Errors
/// As [`Vm::work`].
pub(crate) fn find(vm: &Vm, text: Reading<'_>, needle: Reading<'_>) -> Res<Option<usize>> {
    let len = needle.len();
    let (middle, period) = critical_place(vm, needle)?;
    // Whether the needle repeats itself throughout, so that what has matched need not be compared again.
    let repeats = same(vm, needle, 0, period, middle)?;
    let period = if repeats { period } else { middle.max(len - middle) + 1 };
    // How many bytes of the needle are known to match at `at`.
    let (mut at, mut known) = (0, 0);
    while at + len <= text.len() {
        let mut right = middle.max(known);
        while right < len && needle.at(right) == text.at(at + right) {
            vm.work(1)?;
            right += 1;
        }
        vm.work(1)?;
        if right < len {
            at += right - middle + 1;
            known = 0;
            continue;
        }
        let mut left = middle;
        while left > known && needle.at(left - 1) == text.at(at + left - 1) {
            vm.work(1)?;
            left -= 1;
        }
        if left <= known {
            return Ok(Some(at));
        }
        at += period;
        known = if repeats { len - period } else { 0 };
    }
    Ok(None)
}

/// Whether the `len` bytes of `needle` at `left` are those at `right`; not if there are fewer.
fn same(vm: &Vm, needle: Reading<'_>, left: usize, right: usize, len: usize) -> Res<bool> {
    if right + len > needle.len() {
        return Ok(false);
    }
    for index in 0..len {
        vm.work(1)?;
        if needle.at(left + index) != needle.at(right + index) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where to begin to compare: at the later of the greatest suffixes by either order of bytes. And the period of that
/// suffix.
fn critical_place(vm: &Vm, needle: Reading<'_>) -> Res<(usize, usize)> {
    let least = greatest_suffix(vm, needle, |a, b| a > b)?;
    let greatest = greatest_suffix(vm, needle, |a, b| a < b)?;
    Ok(if least.0 > greatest.0 { least } else { greatest })
}

/// Where the greatest suffix begins, and after how many bytes it repeats itself.
fn greatest_suffix(vm: &Vm, needle: Reading<'_>, is_less: impl Fn(u8, u8) -> bool) -> Res<(usize, usize)> {
    // The suffix at `next` is compared with the greatest so far, and agrees with it for `len` bytes.
    let (mut greatest, mut period) = (0, 1);
    let (mut next, mut len) = (1, 0);
    while next + len < needle.len() {
        vm.work(1)?;
        let (new, old) = (needle.at(next + len), needle.at(greatest + len));
        if new == old {
            len += 1;
            if len == period {
                next += period;
                len = 0;
            }
        } else if is_less(new, old) {
            next += len + 1;
            len = 0;
            period = next - greatest;
        } else {
            greatest = next;
            next += 1;
            len = 0;
            period = 1;
        }
    }
    Ok((greatest, period))
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;
    use alloc::vec::Vec;

    use super::*;
    use crate::heap::{GlobalRegions, Heap};
    use crate::host::Silent;
    use crate::model::vm::Limits;

    /// All words of `len` letters `a` and `b`.
    fn words(len: u32) -> impl Iterator<Item = Vec<u8>> {
        (0..1_u32 << len).map(move |bits| (0..len).map(|place| b'a' + (bits >> place & 1) as u8).collect())
    }

    #[test]
    fn short_needles_are_found_where_windows_of_the_text_have_them() {
        // SAFETY: the test uses no objects.
        let vm =
            unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
        for needle in (1..7).flat_map(words) {
            for text in words(11) {
                let mut windows = text.windows(needle.len());
                let (first, last) =
                    (windows.clone().position(|part| part == needle), windows.rposition(|part| part == needle));
                let forward = find(&vm, Reading::forward(&text), Reading::forward(&needle)).ok().unwrap();
                assert_eq!(forward, first);
                let backward = find(&vm, Reading::backward(&text), Reading::backward(&needle)).ok().unwrap();
                assert_eq!(backward, last.map(|at| text.len() - needle.len() - at));
            }
        }
    }
}
