//! Memory within a quota: vectors that grow only as far as somebody grants, and as there is memory.
//!
//! Reading, verifying and compiling take memory that a hostile file or source can make large. Whoever does such work
//! has a [`Quota`], and lets every vector grow through it. What the quota cannot give ends the work with [`Stop`],
//! which `?` carries out. The same quota counts the work that is done, and asks every so often whether it shall go on.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

/// Why work is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is no more memory, or the grantor grants no more.
    OutOfMemory,
    /// Whoever granted memory wants the work to end.
    Interrupted,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stop::OutOfMemory => "out of memory",
            Stop::Interrupted => "interrupted",
        })
    }
}

impl core::error::Error for Stop {}

/// A party that grants memory to work, and may end the work. The default methods grant all memory and never end work.
pub trait Grantor {
    /// Whether the work may take `bytes` bytes more.
    fn grant(&self, bytes: usize) -> bool {
        let _ = bytes;
        true
    }

    /// Says that the work has freed `bytes` of the bytes that were granted.
    fn take_back(&self, bytes: usize) {
        let _ = bytes;
    }

    /// Says that the allocator has no memory for what was granted. Answers whether it may have now: then the work tries
    /// once more.
    fn make_room(&self) -> bool {
        false
    }

    /// Whether the work shall go on. The work asks this about every thousand steps, each about as long as a token or an
    /// instruction takes.
    fn goes_on(&self) -> bool {
        true
    }

    /// Says that the work has taken `steps` steps without asking whether to go on.
    fn spend(&self, steps: usize) {
        let _ = steps;
    }

    /// Whether the machine stack has room for work to call itself once more. Work that may nest deep asks this at every
    /// level.
    fn may_nest(&self) -> bool {
        true
    }
}

/// Grants whatever memory the allocator has, and never ends work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unlimited;

impl Grantor for Unlimited {}

/// A grantor of so many bytes at one time.
///
/// ```
/// use berus_mpy::memory::{Allowance, Quota, Stop};
///
/// let allowance = Allowance::new(1000);
/// let quota = Quota::new(&allowance);
/// let mut bytes = Vec::new();
/// assert_eq!(quota.append(&mut bytes, &[1_u8; 600]), Ok(()));
/// assert_eq!(quota.append(&mut bytes, &[2_u8; 600]), Err(Stop::OutOfMemory));
/// assert_eq!(bytes, [1; 600]);
/// ```
#[derive(Debug)]
pub struct Allowance(Cell<usize>);

impl Allowance {
    /// An allowance of `bytes` bytes.
    pub fn new(bytes: usize) -> Allowance {
        Allowance(Cell::new(bytes))
    }

    /// How many bytes are not granted at present.
    pub fn left(&self) -> usize {
        self.0.get()
    }
}

impl Grantor for Allowance {
    fn grant(&self, bytes: usize) -> bool {
        self.0.get().checked_sub(bytes).map(|left| self.0.set(left)).is_some()
    }

    fn take_back(&self, bytes: usize) {
        self.0.set(self.0.get().saturating_add(bytes));
    }
}

/// Steps of work between two questions whether to go on.
const STEPS: u32 = 1024;

/// Bytes that are copied in the time of a step.
const COPIED_PER_STEP: usize = 256;

/// The least bytes that a vector has room for once it has any.
const LEAST: usize = 16;

/// What one piece of work may take and has taken.
///
/// Vectors that grew by a quota belong to the work until the quota is dropped, which gives back all that was granted:
/// so the quota must outlive them. After a [`Stop`] the quota gives nothing more: every later call answers the same
/// [`Stop`].
pub struct Quota<'a> {
    grantor: &'a dyn Grantor,
    granted: Cell<usize>,
    steps: Cell<u32>,
    stop: Cell<Option<Stop>>,
}

impl fmt::Debug for Quota<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quota").field("granted", &self.granted).field("stop", &self.stop).finish_non_exhaustive()
    }
}

impl Default for Quota<'_> {
    fn default() -> Self {
        Quota::new(&Unlimited)
    }
}

impl Drop for Quota<'_> {
    fn drop(&mut self) {
        self.grantor.take_back(self.granted.get());
        self.grantor.spend((STEPS - self.steps.get()) as usize);
    }
}

impl<'a> Quota<'a> {
    /// A quota of what `grantor` grants.
    pub fn new(grantor: &'a dyn Grantor) -> Quota<'a> {
        Quota { grantor, granted: Cell::new(0), steps: Cell::new(STEPS), stop: Cell::new(None) }
    }

    /// Why the work ends; `None` as long as it goes on.
    #[inline]
    pub fn stop(&self) -> Option<Stop> {
        self.stop.get()
    }

    /// Checks that the work has not ended.
    ///
    /// # Errors
    /// The first [`Stop`] that a method of this quota has answered.
    #[inline]
    pub fn check(&self) -> Result<(), Stop> {
        self.stop.get().map_or(Ok(()), Err)
    }

    /// Counts a step of work.
    ///
    /// # Errors
    /// [`Stop::Interrupted`] if the work shall end.
    #[inline]
    pub fn step(&self) -> Result<(), Stop> {
        match self.steps.get() {
            0 => self.ask(),
            left => {
                self.steps.set(left - 1);
                Ok(())
            }
        }
    }

    /// Whether the work may go one level deeper on the machine stack.
    #[inline]
    pub fn may_nest(&self) -> bool {
        self.grantor.may_nest()
    }

    /// Counts `count` steps of work.
    ///
    /// # Errors
    /// As [`Quota::step`].
    #[inline]
    pub fn steps(&self, count: usize) -> Result<(), Stop> {
        match (self.steps.get() as usize).checked_sub(count) {
            Some(left) => {
                // No more than before, which was a `u32`.
                self.steps.set(left as u32);
                Ok(())
            }
            None => self.spend(count),
        }
    }

    /// Counts more steps than are left until the next question, and asks it.
    #[cold]
    fn spend(&self, steps: usize) -> Result<(), Stop> {
        self.grantor.spend(steps.saturating_sub(self.steps.get() as usize));
        self.ask()
    }

    #[cold]
    fn ask(&self) -> Result<(), Stop> {
        self.check()?;
        self.steps.set(STEPS);
        if self.grantor.goes_on() { Ok(()) } else { Err(self.end(Stop::Interrupted)) }
    }

    #[cold]
    fn end(&self, stop: Stop) -> Stop {
        let first = self.stop.get().unwrap_or(stop);
        self.stop.set(Some(first));
        // From now on every step asks.
        self.steps.set(0);
        first
    }

    /// Ends the work for want of memory.
    #[cold]
    pub fn run_out(&self) -> Stop {
        self.end(Stop::OutOfMemory)
    }

    /// Charges `bytes` bytes that the work allocates by itself.
    ///
    /// # Errors
    /// [`Stop::OutOfMemory`] if the bytes are not granted.
    pub fn charge(&self, bytes: usize) -> Result<(), Stop> {
        self.check()?;
        if !self.grantor.grant(bytes) {
            return Err(self.run_out());
        }
        self.granted.set(self.granted.get() + bytes);
        Ok(())
    }

    /// Says that the work has freed `bytes` bytes that were charged.
    pub fn refund(&self, bytes: usize) {
        let bytes = bytes.min(self.granted.get());
        self.granted.set(self.granted.get() - bytes);
        self.grantor.take_back(bytes);
    }

    /// Frees a vector that grew by this quota.
    pub fn free<T>(&self, items: Vec<T>) {
        self.refund(items.capacity() * size_of::<T>());
    }

    /// Frees the room that a vector has beyond its items, if there is memory to move the items to.
    pub fn shrink<T>(&self, items: &mut Vec<T>) {
        let mut exact = Vec::new();
        if items.len() < items.capacity() && self.grow_to(&mut exact, items.len()).is_ok() {
            exact.append(items);
            self.free(core::mem::replace(items, exact));
        }
    }

    /// Makes room for `more` items.
    ///
    /// # Errors
    /// [`Stop::OutOfMemory`] if there is no memory, or another [`Stop`] if the work has ended; the vector is as before.
    #[inline]
    pub fn reserve<T>(&self, items: &mut Vec<T>, more: usize) -> Result<(), Stop> {
        if items.capacity() - items.len() >= more { Ok(()) } else { self.grow(items, more) }
    }

    /// Grows a vector to twice its room, so that growing item by item takes linear time; if there is not so much
    /// memory, by a sixteenth beyond what is needed.
    #[cold]
    #[inline(never)]
    fn grow<T>(&self, items: &mut Vec<T>, more: usize) -> Result<(), Stop> {
        let least = const { if size_of::<T>() == 0 { 0 } else { LEAST.div_ceil(size_of::<T>()) } };
        let needed = items.len().saturating_add(more);
        let ample = items.capacity().saturating_mul(2).max(needed).max(least);
        let modest = needed.saturating_add(items.capacity() / 16);
        self.check()?;
        self.grow_to(items, ample).or_else(|()| self.grow_at_last(items, modest)).map_err(|()| self.run_out())
    }

    /// Makes room for `more` items and no more than that.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn reserve_exact<T>(&self, items: &mut Vec<T>, more: usize) -> Result<(), Stop> {
        let needed = items.len().saturating_add(more);
        self.check()?;
        self.grow_at_last(items, needed).map_err(|()| self.run_out())
    }

    /// As [`Quota::grow_to`], for the least room that will do: the grantor may make room for it.
    fn grow_at_last<T>(&self, items: &mut Vec<T>, room: usize) -> Result<(), ()> {
        self.grow_to(items, room)
            .or_else(|()| if self.grantor.make_room() { self.grow_to(items, room) } else { Err(()) })
    }

    /// Makes room for `room` items in all, without ending the work if there is no memory.
    fn grow_to<T>(&self, items: &mut Vec<T>, room: usize) -> Result<(), ()> {
        if room <= items.capacity() {
            return Ok(());
        }
        let bytes = self.grant(room - items.capacity(), size_of::<T>())?;
        items.try_reserve_exact(room - items.len()).map_err(|_| self.refund(bytes))
    }

    /// Has the grantor grant room for `n` items of `size` bytes each, and answers how many bytes that are.
    fn grant(&self, n: usize, size: usize) -> Result<usize, ()> {
        let bytes = n.checked_mul(size).ok_or(())?;
        if self.stop.get().is_some() || !self.grantor.grant(bytes) {
            return Err(());
        }
        self.granted.set(self.granted.get() + bytes);
        Ok(bytes)
    }

    /// Appends an item.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    #[inline]
    pub fn push<T>(&self, items: &mut Vec<T>, item: T) -> Result<(), Stop> {
        self.reserve(items, 1)?;
        items.push(item);
        Ok(())
    }

    /// Appends an item, or loses the item if there is no memory: then [`Quota::stop`] says so. For callers that look at
    /// [`Quota::stop`] before they use the items.
    #[inline]
    pub fn push_or_stop<T>(&self, items: &mut Vec<T>, item: T) {
        if self.reserve(items, 1).is_ok() {
            items.push(item);
        }
    }

    /// Appends copies of all of `more`.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    #[inline]
    pub fn append<T: Copy>(&self, items: &mut Vec<T>, more: &[T]) -> Result<(), Stop> {
        self.steps(size_of_val(more) / COPIED_PER_STEP)?;
        self.reserve(items, more.len())?;
        items.extend_from_slice(more);
        Ok(())
    }

    /// Appends copies of all of `more`, or loses them as [`Quota::push_or_stop`] does.
    #[inline]
    pub fn append_or_stop<T: Copy>(&self, items: &mut Vec<T>, more: &[T]) {
        let _ = self.append(items, more);
    }

    /// Makes `items` `len` items long; new items are `value`.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn resize<T: Clone>(&self, items: &mut Vec<T>, len: usize, value: T) -> Result<(), Stop> {
        self.reserve(items, len.saturating_sub(items.len()))?;
        items.resize(len, value);
        Ok(())
    }

    /// A vector with room for `room` items.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn with_capacity<T>(&self, room: usize) -> Result<Vec<T>, Stop> {
        let mut items = Vec::new();
        self.reserve_exact(&mut items, room)?;
        Ok(items)
    }

    /// A copy of `items`.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn copy<T: Copy>(&self, items: &[T]) -> Result<Vec<T>, Stop> {
        self.steps(size_of_val(items) / COPIED_PER_STEP)?;
        let mut copy = self.with_capacity(items.len())?;
        copy.extend_from_slice(items);
        Ok(copy)
    }

    /// A vector of the items that an iterator of known length yields.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn collect<T>(&self, items: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, Stop> {
        let mut all = self.with_capacity(items.len())?;
        // No more items than there is room for, whatever the iterator says of its length.
        let room = all.capacity();
        all.extend(items.take(room));
        Ok(all)
    }

    /// Text as `format!` makes it.
    ///
    /// # Errors
    /// As [`Quota::reserve`].
    pub fn format(&self, text: fmt::Arguments<'_>) -> Result<String, Stop> {
        let mut writer = Writer { quota: self, bytes: Vec::new() };
        let written = fmt::write(&mut writer, text).map(|()| String::from_utf8(writer.bytes));
        written.ok().and_then(Result::ok).ok_or_else(|| self.run_out())
    }
}

/// A box, as an array of one item, if there is memory for it. The box does not count to a quota.
///
/// ```
/// let [answer] = *berus_mpy::memory::try_box(42).unwrap();
/// assert_eq!(answer, 42);
/// ```
///
/// # Errors
/// [`Stop::OutOfMemory`] if there is no memory.
pub fn try_box<T>(value: T) -> Result<Box<[T; 1]>, Stop> {
    let mut items = Vec::new();
    items.try_reserve_exact(1).map_err(|_| Stop::OutOfMemory)?;
    items.push(value);
    items.try_into().map_err(|_| Stop::OutOfMemory)
}

/// A text that grows by a quota.
struct Writer<'q, 'a> {
    quota: &'q Quota<'a>,
    bytes: Vec<u8>,
}

impl fmt::Write for Writer<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.quota.append(&mut self.bytes, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_gives_back_what_it_was_granted() {
        let allowance = Allowance::new(1 << 20);
        {
            let quota = Quota::new(&allowance);
            let mut words = Vec::new();
            (0..1000_u32).for_each(|word| quota.push(&mut words, word).unwrap());
            assert!(words.iter().copied().eq(0..1000));
            assert_eq!(allowance.left(), (1 << 20) - 4 * words.capacity());
            quota.shrink(&mut words);
            assert_eq!(allowance.left(), (1 << 20) - 4000);
            quota.free(words);
            assert_eq!(allowance.left(), 1 << 20);
            quota.copy(&[1_u8; 100]).unwrap();
        }
        assert_eq!(allowance.left(), 1 << 20);
    }

    #[test]
    fn nearly_all_that_is_granted_can_be_had() {
        let allowance = Allowance::new(1000);
        let quota = Quota::new(&allowance);
        let mut bytes = Vec::new();
        while quota.push(&mut bytes, 1_u8).is_ok() {}
        assert_eq!(quota.check(), Err(Stop::OutOfMemory));
        assert!(bytes.len() > 900);
    }

    #[test]
    fn after_a_stop_there_is_nothing_more() {
        let allowance = Allowance::new(100);
        let quota = Quota::new(&allowance);
        let mut bytes = Vec::new();
        assert_eq!(quota.resize(&mut bytes, 200, 0_u8), Err(Stop::OutOfMemory));
        assert_eq!(quota.push(&mut bytes, 0), Err(Stop::OutOfMemory));
        quota.push_or_stop(&mut bytes, 0);
        assert_eq!((bytes.len(), quota.stop()), (0, Some(Stop::OutOfMemory)));
    }

    #[test]
    fn work_ends_when_the_grantor_says_so() {
        struct Never;
        impl Grantor for Never {
            fn goes_on(&self) -> bool {
                false
            }
        }
        let quota = Quota::new(&Never);
        let done = (0..10_000).take_while(|_| quota.step().is_ok()).count();
        assert!((1..10_000).contains(&done));
        assert_eq!(quota.check(), Err(Stop::Interrupted));
    }

    #[test]
    fn text_is_formatted_within_the_quota() {
        let allowance = Allowance::new(20);
        let quota = Quota::new(&allowance);
        assert_eq!(quota.format(format_args!("{}-{}", 1, "two")), Ok(String::from("1-two")));
        assert_eq!(quota.format(format_args!("{:50}", 1)), Err(Stop::OutOfMemory));
    }
}
