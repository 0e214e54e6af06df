//! Memory in place of flash: where a board has none that can be written to, or an emulator does not emulate it, a region
//! of RAM stands for it. What is written there outlives a reset, but not the loss of power.

use core::cell::Cell;
use core::ptr::with_exposed_provenance_mut;
use core::slice;

use berus_runtime::errno::{BUSY, Errno};
use berus_runtime::host::Flash;
use critical_section::Mutex;

/// Bytes of a block: what flash chips erase at once.
const BLOCK: usize = 4096;

/// What erased flash holds.
const ERASED: u8 = 0xff;

/// A region of memory that nothing else uses.
#[derive(Clone, Copy)]
pub struct Region {
    start: usize,
    len: usize,
}

impl Region {
    /// The `len` bytes from the address `start` on, a multiple of 4 KiB.
    ///
    /// # Safety
    /// There is memory, which nothing else uses.
    pub const unsafe fn new(start: usize, len: usize) -> Region {
        assert!(len.is_multiple_of(BLOCK));
        Region { start, len }
    }

    /// The region's halves.
    const fn halves(self) -> [Region; 2] {
        let len = self.len / 2 / BLOCK * BLOCK;
        [Region { start: self.start, len }, Region { start: self.start + len, len }]
    }

    fn at(&self, offset: usize, len: usize) -> *mut u8 {
        assert!(offset <= self.len && len <= self.len - offset);
        with_exposed_provenance_mut(self.start + offset)
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) {
        // SAFETY: the bytes lie in the region, which is memory.
        unsafe { self.at(offset, bytes.len()).copy_to(bytes.as_mut_ptr(), bytes.len()) };
    }

    fn write(&self, offset: usize, bytes: &[u8]) {
        // SAFETY: the bytes lie in the region, which is memory.
        unsafe { self.at(offset, bytes.len()).copy_from(bytes.as_ptr(), bytes.len()) };
    }

    fn erase(&self, offset: usize, len: usize) {
        // SAFETY: the bytes lie in the region, which is memory.
        unsafe { self.at(offset, len).write_bytes(ERASED, len) };
    }
}

/// A partition for files.
pub struct Partition(Region);

impl Partition {
    /// The partition in a region, which is erased if it has never been written to, as RAM has not after power came.
    pub fn new(region: Region) -> Partition {
        let mut head = [0; 64];
        region.read(0, &mut head);
        if head == [0; 64] {
            region.erase(0, region.len);
        }
        Partition(region)
    }
}

impl Flash for Partition {
    fn block_size(&self) -> usize {
        BLOCK
    }

    fn block_count(&self) -> usize {
        self.0.len / BLOCK
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
        self.0.read(offset, bytes);
        Ok(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
        self.0.write(offset, bytes);
        Ok(())
    }

    fn erase(&self, block: usize) -> Result<(), Errno> {
        self.0.erase(block * BLOCK, BLOCK);
        Ok(())
    }
}

/// A partition for ROM images, of two halves. Programs run where the image lies in one, which never changes as long as
/// they do: what is written goes to the other. After a reset the first half counts, which an image may be loaded to.
pub struct Rom {
    halves: [Region; 2],
    state: Mutex<Cell<State>>,
}

#[derive(Clone, Copy)]
struct State {
    /// The half that counts.
    now: usize,
    /// The halves that programs have been lent.
    is_lent: [bool; 2],
}

impl Rom {
    /// The partition in a region, half as large.
    pub const fn new(region: Region) -> Rom {
        Rom { halves: region.halves(), state: Mutex::new(Cell::new(State { now: 0, is_lent: [false; 2] })) }
    }

    fn state(&self) -> State {
        critical_section::with(|section| self.state.borrow(section).get())
    }

    fn set_state(&self, state: State) {
        critical_section::with(|section| self.state.borrow(section).set(state));
    }

    /// The half that counts.
    fn now(&self) -> Region {
        self.halves[self.state().now]
    }

    /// The half that counts, which may be written to: the other one with the same bytes, if programs run from this one.
    fn writable(&self) -> Result<Region, Errno> {
        let State { now, is_lent } = self.state();
        if !is_lent[now] {
            return Ok(self.halves[now]);
        }
        let other = 1 - now;
        if is_lent[other] {
            return Err(BUSY);
        }
        let (from, to) = (self.halves[now], self.halves[other]);
        // SAFETY: both are memory, and apart.
        unsafe { from.at(0, from.len).copy_to_nonoverlapping(to.at(0, to.len), to.len) };
        self.set_state(State { now: other, is_lent });
        Ok(to)
    }

    /// Says that all programs have ended, and every object of theirs is gone.
    ///
    /// # Safety
    /// Nothing is left of what [`memory`](Flash::memory) has answered.
    pub unsafe fn take_back(&self) {
        self.set_state(State { is_lent: [false; 2], ..self.state() });
    }
}

impl Flash for Rom {
    fn block_size(&self) -> usize {
        BLOCK
    }

    fn block_count(&self) -> usize {
        self.halves[0].len / BLOCK
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) -> Result<(), Errno> {
        self.now().read(offset, bytes);
        Ok(())
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> Result<(), Errno> {
        self.writable()?.write(offset, bytes);
        Ok(())
    }

    fn erase(&self, block: usize) -> Result<(), Errno> {
        self.writable()?.erase(block * BLOCK, BLOCK);
        Ok(())
    }

    fn memory(&self) -> Option<&'static [u8]> {
        let mut state = self.state();
        state.is_lent[state.now] = true;
        self.set_state(state);
        let Region { start, len } = self.halves[state.now];
        // SAFETY: nothing writes to a half that is lent, until what was lent is gone.
        Some(unsafe { slice::from_raw_parts(with_exposed_provenance_mut(start), len) })
    }
}
