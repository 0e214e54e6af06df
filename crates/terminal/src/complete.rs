//! Completion: who knows what a word may become, and what the editor makes of that.

use alloc::vec::Vec;

use crate::buffer::line_end;
use crate::output::{Output, append};
use crate::text::{is_text, whole_characters};

/// Knows what may follow.
pub trait Completer {
    /// Calls `found` with each text that may stand for the end of `input`, which is what stands before the cursor; answers how many bytes of `input`
    /// each stands for.
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize;

    /// What is known of the name that ends `input`, or of the call that is open there, as lines of text; `None` if nothing
    /// is. `typed` are inputs of the past, where definitions may be found.
    #[cfg(feature = "docs")]
    fn explain(&mut self, input: &[u8], typed: &crate::History) -> Option<Vec<u8>> {
        let _ = (input, typed);
        None
    }
}

/// Knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCompletion;

impl Completer for NoCompletion {
    fn complete(&mut self, _: &[u8], _: &mut dyn FnMut(&[u8])) -> usize {
        0
    }
}

/// What is to be done about the words that were found.
pub(crate) enum Completion {
    Nothing,
    /// Insert what all have in common, of which so many bytes have been typed.
    Insert(Vec<u8>, usize),
    /// Show the words, which have nothing more in common.
    Show,
}

/// Asks what `input` may become.
pub(crate) fn complete(input: &[u8], completer: &mut dyn Completer) -> Completion {
    let mut common: Vec<u8> = Vec::new();
    let mut count = 0usize;
    let typed = completer.complete(input, &mut |word| {
        if count == 0 {
            append(&mut common, word);
        } else {
            let same = common.iter().zip(word).take_while(|(a, b)| a == b).count();
            common.truncate(same);
        }
        count += 1;
    });
    // Half a character is none.
    common.truncate(whole_characters(&common));
    let is_more = common.len() > typed && is_text(&common) && line_end(&common, 0) == common.len();
    match count {
        _ if is_more => Completion::Insert(common, typed),
        0 | 1 => Completion::Nothing,
        _ => Completion::Show,
    }
}

/// Cells from one word to the next.
const SLOT: usize = 16;

/// Shows what `input` may become in lines of `columns`, from a new line on.
pub(crate) fn show(input: &[u8], completer: &mut dyn Completer, columns: usize, out: &mut dyn Output) {
    let mut column = columns;
    completer.complete(input, &mut |word| {
        let mut gap = column.next_multiple_of(SLOT) - column;
        if gap < 2 {
            gap += SLOT;
        }
        if column + gap + word.len() <= columns {
            (0..gap).for_each(|_| out.write(b" "));
            column += gap + word.len();
        } else {
            out.write(b"\r\n");
            column = word.len();
        }
        out.write(word);
    });
    out.write(b"\r\n");
}
