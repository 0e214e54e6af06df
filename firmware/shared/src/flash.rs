//! Partitions of flash, which is read as memory, and written by what the board has for that. Where a board has no flash that
//! can be written to, or an emulator does not emulate it, a region of RAM stands for it: what is written there outlives a
//! reset, but not the loss of power.

use core::cell::Cell;
use core::ptr::{with_exposed_provenance, with_exposed_provenance_mut};
use core::slice;

use berus_runtime::errno::{BUSY, Errno};
use berus_runtime::host::Flash;
use critical_section::Mutex;

/// Bytes of a block, unless a region has larger ones: what flash chips erase at once.
const BLOCK: usize = 4096;

/// Bytes that are copied at once.
const PIECE: usize = 256;

/// What erased flash holds.
const ERASED: u8 = 0xff;

/// What writes to the memory that a region is of. Addresses are those at which the memory is read.
pub trait Medium: Sync {
    /// How far apart bits are that are turned one after another, where memory takes few writes to a place before it is erased.
    fn stride(&self) -> usize {
        1
    }

    /// Writes bytes where the memory is erased, or where they only turn ones into zeros.
    ///
    /// # Safety
    /// The bytes' places are in the medium's memory, and nothing relies on what they hold.
    unsafe fn write(&self, address: usize, bytes: &[u8]);

    /// Erases `len` bytes, whole blocks of the region.
    ///
    /// # Safety
    /// As for [`write`](Medium::write).
    unsafe fn erase(&self, address: usize, len: usize);
}

/// Cuts `bytes`, which are to be written from `address` on, into aligned pieces of `N` bytes, as flash chips take them, and
/// has `write` write each at its address. Ones, which leave what is there as it is, fill the first and the last.
pub fn in_pieces<const N: usize>(mut address: usize, bytes: &[u8], mut write: impl FnMut(usize, &[u8; N])) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let within = address % N;
        let (part, behind) = rest.split_at(rest.len().min(N - within));
        let mut piece = [ERASED; N];
        piece[within..within + part.len()].copy_from_slice(part);
        write(address - within, &piece);
        (address, rest) = (address + part.len(), behind);
    }
}

/// RAM that stands for flash.
struct Ram;

impl Medium for Ram {
    unsafe fn write(&self, address: usize, bytes: &[u8]) {
        let to = with_exposed_provenance_mut::<u8>(address);
        // SAFETY: the caller says that there is memory that nothing relies on.
        unsafe { to.copy_from(bytes.as_ptr(), bytes.len()) };
    }

    unsafe fn erase(&self, address: usize, len: usize) {
        // SAFETY: as above.
        unsafe { with_exposed_provenance_mut::<u8>(address).write_bytes(ERASED, len) };
    }
}

/// A region of memory that nothing else uses.
#[derive(Clone, Copy)]
pub struct Region {
    medium: &'static dyn Medium,
    start: usize,
    len: usize,
    block: usize,
}

impl Region {
    /// The `len` bytes of RAM from the address `start` on, a multiple of 4 KiB.
    ///
    /// # Safety
    /// There is RAM, which nothing else uses.
    pub const unsafe fn new(start: usize, len: usize) -> Region {
        // SAFETY: as the caller says.
        unsafe { Region::on(&Ram, start, len) }
    }

    /// The `len` bytes from the address `start` on, a multiple of 4 KiB, which `medium` writes to.
    ///
    /// # Safety
    /// There is memory, which nothing else uses, and `medium` writes to it.
    pub const unsafe fn on(medium: &'static dyn Medium, start: usize, len: usize) -> Region {
        assert!(len.is_multiple_of(BLOCK));
        Region { medium, start, len, block: BLOCK }
    }

    /// The region with blocks of `block` bytes, of which it has a whole number: its medium erases such at once.
    #[must_use]
    pub const fn in_blocks(self, block: usize) -> Region {
        assert!(self.len.is_multiple_of(block));
        Region { block, ..self }
    }

    /// The region's halves.
    const fn halves(self) -> [Region; 2] {
        let len = self.len / 2 / self.block * self.block;
        [Region { len, ..self }, Region { start: self.start + len, len, ..self }]
    }

    /// The address of `len` bytes in the region.
    fn at(&self, offset: usize, len: usize) -> usize {
        assert!(offset <= self.len && len <= self.len - offset);
        self.start + offset
    }

    fn read(&self, offset: usize, bytes: &mut [u8]) {
        let from = with_exposed_provenance::<u8>(self.at(offset, bytes.len()));
        // SAFETY: the bytes lie in the region, which is memory.
        unsafe { from.copy_to(bytes.as_mut_ptr(), bytes.len()) };
    }

    fn write(&self, offset: usize, bytes: &[u8]) {
        // SAFETY: the bytes' places are in the region, which nothing else uses.
        unsafe { self.medium.write(self.at(offset, bytes.len()), bytes) };
    }

    fn erase(&self, offset: usize, len: usize) {
        // SAFETY: as above.
        unsafe { self.medium.erase(self.at(offset, len), len) };
    }

    /// Makes all of the region the same as another one, as large.
    fn copy_from(&self, other: &Region) {
        let mut piece = [0; PIECE];
        for block in (0..self.len).step_by(self.block) {
            self.erase(block, self.block);
            for offset in (block..block + self.block).step_by(PIECE) {
                other.read(offset, &mut piece);
                if piece.iter().any(|byte| *byte != ERASED) {
                    self.write(offset, &piece);
                }
            }
        }
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
        self.0.block
    }

    fn block_count(&self) -> usize {
        self.0.len / self.0.block
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
        self.0.erase(block * self.0.block, self.0.block);
        Ok(())
    }
}

/// A partition for ROM images, of two halves. Programs run where the image lies in one, which never changes as long as
/// they do: what is written goes to the other.
pub struct Rom {
    halves: [Region; 2],
    mark: Option<Region>,
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
    /// The partition in a region, half as large. After a reset the first half counts, which an image may be loaded to.
    pub const fn new(region: Region) -> Rom {
        Rom { halves: region.halves(), mark: None, state: Mutex::new(Cell::new(State { now: 0, is_lent: [false; 2] })) }
    }

    /// The partition in a region, half as large. A block, `mark`, tells after a reset which half counts: the one that did
    /// when an image was complete last.
    pub fn marked(region: Region, mark: Region) -> Rom {
        let state = State { now: switches(&mark).unwrap_or(0) % 2, is_lent: [false; 2] };
        Rom { halves: region.halves(), mark: Some(mark), state: Mutex::new(Cell::new(state)) }
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
        self.halves[other].copy_from(&self.halves[now]);
        self.set_state(State { now: other, is_lent });
        Ok(self.halves[other])
    }

    /// Says that all programs have ended, and every object of theirs is gone.
    ///
    /// # Safety
    /// Nothing is left of what [`memory`](Flash::memory) has answered.
    pub unsafe fn take_back(&self) {
        self.set_state(State { is_lent: [false; 2], ..self.state() });
    }
}

/// How often the other half has come to count, since a mark was erased: as many bits of it are zeros, the first ones of those that
/// the medium can turn one after another. So one bit that turns, which happens or does not, is all that a change takes. `None` if
/// the block is no mark, but what it was before there was this firmware.
fn switches(mark: &Region) -> Option<usize> {
    let stride = mark.medium.stride();
    let mut count = 0;
    let mut byte = [0];
    for offset in 0..mark.len {
        mark.read(offset, &mut byte);
        for bit in (offset * 8..offset * 8 + 8).filter(|bit| byte[0] >> (bit % 8) & 1 == 0) {
            if bit != count * stride {
                return None;
            }
            count += 1;
        }
    }
    Some(count)
}

/// Counts one more switch.
fn switch(mark: &Region, count: Option<usize>) {
    let stride = mark.medium.stride();
    // As many as there is room for, an even number, are none.
    let count = count.filter(|count| *count < mark.len * 8 / stride).unwrap_or_else(|| {
        mark.erase(0, mark.len);
        0
    });
    let bit = count * stride;
    mark.write(bit / 8, &[ERASED << (bit % 8) << 1]);
}

impl Flash for Rom {
    fn block_size(&self) -> usize {
        self.halves[0].block
    }

    fn block_count(&self) -> usize {
        self.halves[0].len / self.block_size()
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
        let half = self.writable()?;
        half.erase(block * half.block, half.block);
        Ok(())
    }

    fn sync(&self) -> Result<(), Errno> {
        if let Some(mark) = &self.mark {
            let count = switches(mark);
            if count.unwrap_or(0) % 2 != self.state().now {
                switch(mark, count);
            }
        }
        Ok(())
    }

    fn memory(&self) -> Option<&'static [u8]> {
        let mut state = self.state();
        state.is_lent[state.now] = true;
        self.set_state(state);
        let Region { start, len, .. } = self.halves[state.now];
        // SAFETY: nothing writes to a half that is lent, until what was lent is gone.
        Some(unsafe { slice::from_raw_parts(with_exposed_provenance(start), len) })
    }
}
