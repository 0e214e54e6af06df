//! Long runs of bytes, looked through in pieces that are counted as work.

use crate::model::error::Res;
use crate::model::events::Poll;
use crate::model::vm::Vm;
use crate::model::work::spend_work_on_bytes;
use crate::qstr::Hasher;
use crate::text::utf8;

/// The length in bytes of a piece. Looking through a piece byte by byte takes some microseconds, in which no limits are
/// looked at.
pub(super) const PIECE: usize = 4096;

/// So many bytes are searched without being counted as work.
pub(super) const NEAR: usize = 16;

impl Vm {
    /// `bytes` in pieces. Each piece is counted as work before it is handed out.
    pub fn pieces<'a>(&'a self, bytes: &'a [u8]) -> impl DoubleEndedIterator<Item = Res<&'a [u8]>> {
        bytes.chunks(PIECE).map(|piece| self.work_on_bytes(piece.len()).map(|()| piece))
    }

    /// The index of the first byte for which `is_wanted` holds.
    ///
    /// # Errors
    /// As [`Vm::work`].
    #[inline]
    pub fn position(&self, bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> Res<Option<usize>> {
        if cfg!(feature = "small") {
            first_position::<dyn Fn(u8) -> bool>(self, bytes, &is_wanted)
        } else {
            // A byte that is near is found before the search by pieces gets going.
            let (near, far) = bytes.split_at(bytes.len().min(NEAR));
            match near.iter().position(|&byte| is_wanted(byte)) {
                None if far.is_empty() => Ok(None),
                None => Ok(first_position(self, far, &is_wanted)?.map(|at| NEAR + at)),
                found => Ok(found),
            }
        }
    }

    /// The index of the last byte for which `is_wanted` holds.
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub fn last_position(&self, bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> Res<Option<usize>> {
        if cfg!(feature = "small") {
            last_position::<dyn Fn(u8) -> bool>(self, bytes, &is_wanted)
        } else {
            last_position(self, bytes, &is_wanted)
        }
    }

    /// Whether two runs of bytes are the same.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn same_bytes(&self, left: &[u8], right: &[u8]) -> bool {
        if left.len() != right.len() {
            return false;
        }
        spend_work_on_bytes(self, left.len());
        left == right
    }

    /// The order of two runs of bytes.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn order_of_bytes(&self, left: &[u8], right: &[u8]) -> core::cmp::Ordering {
        spend_work_on_bytes(self, left.len().min(right.len()));
        left.cmp(right)
    }

    /// The hash of a string's bytes, as [`crate::qstr::hash`].
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub(crate) fn hash_bytes(&self, bytes: &[u8]) -> Res<u32> {
        let mut hasher = Hasher::new();
        for piece in self.pieces(bytes) {
            hasher = hasher.with(piece?);
        }
        Ok(hasher.finish())
    }

    /// How many characters a text has.
    pub fn count_characters(&self, text: &[u8]) -> usize {
        spend_work_on_bytes(self, text.len());
        utf8::count(text)
    }

    /// As [`utf8::first_invalid`].
    ///
    /// # Errors
    /// As [`Vm::work`].
    pub fn first_invalid(&self, text: &[u8]) -> Res<Option<usize>> {
        let mut start = 0;
        while start < text.len() {
            let mut end = (start + PIECE).min(text.len());
            // A character is in one piece.
            while text.get(end).is_some_and(|&byte| !utf8::is_start(byte)) && end < start + PIECE + 4 {
                end += 1;
            }
            self.work_on_bytes(end - start)?;
            let piece = &text[start..end];
            if !piece.is_ascii()
                && let Some(at) = utf8::first_invalid(piece)
            {
                return Ok(Some(start + at));
            }
            start = end;
        }
        Ok(None)
    }
}

/// As [`Vm::position`]; where code is to be small, once for all conditions.
#[cfg_attr(not(feature = "small"), inline(never))]
fn first_position<F: Fn(u8) -> bool + ?Sized>(vm: &Vm, bytes: &[u8], is_wanted: &F) -> Res<Option<usize>> {
    let mut start = 0;
    for piece in bytes.chunks(PIECE) {
        let found = piece.iter().position(|&byte| is_wanted(byte));
        vm.work_on_bytes(found.unwrap_or(piece.len()))?;
        if let Some(at) = found {
            return Ok(Some(start + at));
        }
        start += piece.len();
    }
    Ok(None)
}

/// As [`Vm::last_position`]; where code is to be small, once for all conditions.
fn last_position<F: Fn(u8) -> bool + ?Sized>(vm: &Vm, bytes: &[u8], is_wanted: &F) -> Res<Option<usize>> {
    let mut end = bytes.len();
    for piece in bytes.rchunks(PIECE) {
        end -= piece.len();
        let found = piece.iter().rposition(|&byte| is_wanted(byte));
        vm.work_on_bytes(piece.len() - found.unwrap_or(0))?;
        if let Some(at) = found {
            return Ok(Some(end + at));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;
    use alloc::vec;

    use super::*;
    use crate::heap::{GlobalRegions, Heap};
    use crate::host::Silent;
    use crate::model::vm::{Limits, Vm};

    #[test]
    fn pieces_do_not_show() {
        // SAFETY: the test uses no objects.
        let vm =
            unsafe { Vm::new(Heap::growing(&GlobalRegions, 1 << 20), Box::new(Silent), Limits::default()) }.unwrap();
        // Places around the ends of pieces and windows.
        for place in (0..3 * PIECE).step_by(997).chain(PIECE - 9..PIECE + 9).chain(2 * PIECE - 9..2 * PIECE + 9) {
            for len in [1, 2, 7, PIECE, PIECE + 1] {
                let mut text = vec![b'a'; 5 * PIECE];
                text[place] = b'x';
                text[place + len - 1] = b'y';
                let needle = &text.clone()[place..place + len];
                assert_eq!(vm.find_bytes(&text, needle).ok().unwrap(), Some(place));
                assert_eq!(vm.find_last_bytes(&text, needle).ok().unwrap(), Some(place));
                assert_eq!(vm.position(&text, |byte| byte != b'a').ok().unwrap(), Some(place));
                assert_eq!(vm.last_position(&text, |byte| byte == b'y').ok().unwrap(), Some(place + len - 1));
                text[place] = b'a';
                text[place + len - 1] = b'b';
                assert_eq!(vm.find_bytes(&text, needle).ok().unwrap(), None);
                assert_eq!(vm.find_last_bytes(&text, needle).ok().unwrap(), None);
            }
        }
        assert_eq!(vm.find_last_bytes(b"aaaa", b"").ok().unwrap(), Some(4));
        // Long needles of which a part occurs again and again.
        for (text, needle) in [("a".repeat(9000) + "b", "a".repeat(5000) + "b"), ("ab".repeat(6000), "ba".repeat(2500))]
        {
            let (text, needle) = (text.as_bytes(), needle.as_bytes());
            let first = text.windows(needle.len()).position(|window| window == needle);
            let last = text.windows(needle.len()).rposition(|window| window == needle);
            assert_eq!(vm.find_bytes(text, needle).ok().unwrap(), first);
            assert_eq!(vm.find_last_bytes(text, needle).ok().unwrap(), last);
        }
        let text = "aé€𝄞".repeat(2000);
        for shift in 0..4 {
            let mut text = [&b"xxx"[..shift], text.as_bytes()].concat();
            assert_eq!(vm.first_invalid(&text).ok().unwrap(), None);
            let last = text.len() - 1;
            text[last] = b'a';
            assert_eq!(vm.first_invalid(&text).ok().unwrap(), utf8::first_invalid(&text));
            text.truncate(PIECE);
            text.extend([0x80; 9]);
            assert_eq!(vm.first_invalid(&text).ok().unwrap(), utf8::first_invalid(&text));
        }
    }
}
