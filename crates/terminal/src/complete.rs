//! Completion: who knows what a word may become, and what the editor makes of that.

use alloc::vec::Vec;

use crate::output::{Output, append};
use crate::text::{is_text, whole_characters};

/// Knows what may follow.
pub trait Completer {
    /// Calls `found` with each text that may stand for the end of `input`, which is what stands before the cursor; answers how many bytes of `input`
    /// each stands for.
    fn complete(&mut self, input: &[u8], found: &mut dyn FnMut(&[u8])) -> usize;

    /// What the call takes that `input` begins with its last bracket, as a line of text; `None` if that is not known.
    fn explain(&mut self, input: &[u8]) -> Option<Vec<u8>> {
        let _ = input;
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
    /// Insert what all have in common.
    Insert(Vec<u8>),
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
    common.drain(..typed.min(common.len()));
    match count {
        0 => Completion::Nothing,
        _ if !common.is_empty() && is_text(&common) && !common.contains(&b'\n') => Completion::Insert(common),
        1 => Completion::Nothing,
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
