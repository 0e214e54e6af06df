//! The count of what is done, and the question whether to go on.

/// A calculation was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Words that are worked on between two looks, which take a tenth of a millisecond at most on a PC.
const SLICE: usize = 1 << 15;

/// Words that a loop works on before it counts them.
pub(crate) const PIECE: usize = 1 << 12;

/// What a calculation does is counted here, in words read and written, or multiplied by a word; and every so often `look` is called with the count
/// since the last time, and says whether to go on.
pub struct Work<'a> {
    done: usize,
    look: &'a mut dyn FnMut(usize) -> Result<(), Stopped>,
}

impl<'a> Work<'a> {
    /// Nothing is done yet.
    pub fn new(look: &'a mut dyn FnMut(usize) -> Result<(), Stopped>) -> Work<'a> {
        Work { done: 0, look }
    }

    /// Counts `words` words.
    ///
    /// # Errors
    /// If the calculation is to stop.
    #[inline(always)]
    pub fn count(&mut self, words: usize) -> Result<(), Stopped> {
        self.done += words;
        if self.done < SLICE { Ok(()) } else { self.look() }
    }

    /// Tells of what was counted since the last look. Many short calculations are a long one.
    ///
    /// # Errors
    /// If the calculation is to stop.
    #[cold]
    pub fn look(&mut self) -> Result<(), Stopped> {
        (self.look)(core::mem::take(&mut self.done))
    }
}
