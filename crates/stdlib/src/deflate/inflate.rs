//! Data in the format DEFLATE (RFC 1951), taken apart as far as it is asked for.
//!
//! It takes no byte from its source before it needs one, and keeps no more of what it made than the window says; this,
//! and that a reference behind the window is an error, programs see.

use core::cell::Cell;

use berus_runtime::model::error::{Raised, Res};

/// Why there is no more: what the source raised, or data that is none.
pub enum Stop {
    Raised(Raised),
    Broken,
}

impl From<Raised> for Stop {
    fn from(raised: Raised) -> Stop {
        Stop::Raised(raised)
    }
}

/// Where the next byte of compressed data comes from.
pub type Source<'a> = &'a mut dyn FnMut() -> Res<u8>;

/// Longest code.
const LONGEST: usize = 15;

/// Codes by their lengths: how many there are of each, and what they stand for, in order.
struct Codes<const N: usize> {
    counts: [u16; LONGEST + 1],
    symbols: [u16; N],
}

impl<const N: usize> Codes<N> {
    const NONE: Codes<N> = Codes { counts: [0; LONGEST + 1], symbols: [0; N] };

    /// The codes of the symbols whose lengths these are; 0 for a symbol without a code. They cannot be more than there
    /// are codes.
    fn new(lengths: &[u8]) -> Result<Codes<N>, Stop> {
        let mut codes = Codes::NONE;
        for &length in lengths {
            codes.counts[usize::from(length)] += 1;
        }
        codes.counts[0] = 0;
        let mut starts = [0u16; LONGEST + 1];
        let mut left = 1i32;
        for length in 1..=LONGEST {
            starts[length] = starts[length - 1] + codes.counts[length - 1];
            left = 2 * left - i32::from(codes.counts[length]);
            if left < 0 {
                return Err(Stop::Broken);
            }
        }
        for (symbol, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let start = &mut starts[usize::from(length)];
            codes.symbols[usize::from(*start)] = symbol as u16;
            *start += 1;
        }
        Ok(codes)
    }
}

/// The source, a bit at a time.
#[derive(Default)]
struct Bits {
    bits: u32,
    count: u32,
}

impl Bits {
    /// The next `count` bits, the first one lowest.
    fn take(&mut self, source: Source<'_>, count: u32) -> Res<u32> {
        while self.count < count {
            self.bits |= u32::from(source()?) << self.count;
            self.count += 8;
        }
        let bits = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.count -= count;
        Ok(bits)
    }

    /// What the next code stands for.
    fn symbol<const N: usize>(&mut self, source: Source<'_>, codes: &Codes<N>) -> Result<usize, Stop> {
        // Codes of a length follow each other, from twice the first that is too large for the length before.
        let (mut code, mut first, mut before) = (0, 0, 0);
        for &count in &codes.counts[1..] {
            let count = u32::from(count);
            code |= self.take(source, 1)?;
            if code < first + count {
                return Ok(codes.symbols[(before + code - first) as usize].into());
            }
            before += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        Err(Stop::Broken)
    }

    /// The number that `symbol` and the bits behind it stand for. The first symbols are the numbers themselves; from
    /// then on, the distance from one symbol's first number to the next one's doubles every `per` symbols.
    fn number(&mut self, source: Source<'_>, symbol: usize, per: usize) -> Res<usize> {
        let extra = (symbol / per).saturating_sub(1);
        let start = if symbol < per { symbol } else { (per + symbol % per) << extra };
        Ok(start + self.take(source, extra as u32)? as usize)
    }
}

/// What is being taken apart.
enum Block {
    /// The next block, if there is one.
    Next,
    /// So many bytes as they are.
    Stored(usize),
    /// Codes.
    Coded,
    /// There is no other.
    End,
}

/// Takes data apart.
pub struct Inflate {
    bits: Bits,
    block: Block,
    is_last: bool,
    literals: Codes<288>,
    distances: Codes<32>,
    /// How far back to copy from, and how many bytes still.
    distance: usize,
    copies: usize,
    /// Bytes made so far.
    made: usize,
}

impl Inflate {
    pub fn new() -> Inflate {
        Inflate {
            bits: Bits::default(),
            block: Block::Next,
            is_last: false,
            literals: Codes::NONE,
            distances: Codes::NONE,
            distance: 0,
            copies: 0,
            made: 0,
        }
    }

    /// Fills `out` as far as there is data: how many bytes that are. The window keeps what was made last; its length is
    /// a power of two.
    ///
    /// # Errors
    /// What the source raises; that the data is none.
    pub fn read(&mut self, source: Source<'_>, window: &[Cell<u8>], out: &mut [u8]) -> Result<usize, Stop> {
        let mut filled = 0;
        while filled < out.len() {
            let byte = if self.copies > 0 {
                self.copies -= 1;
                window[self.made.wrapping_sub(self.distance) & (window.len() - 1)].get()
            } else {
                match self.block {
                    Block::End => break,
                    Block::Next => {
                        self.begin(source)?;
                        continue;
                    }
                    Block::Stored(0) => {
                        self.block = Block::Next;
                        continue;
                    }
                    Block::Stored(left) => {
                        self.block = Block::Stored(left - 1);
                        self.bits.take(source, 8)? as u8
                    }
                    Block::Coded => match self.literal(source, window.len())? {
                        Some(byte) => byte,
                        None => continue,
                    },
                }
            };
            window[self.made & (window.len() - 1)].set(byte);
            self.made = self.made.wrapping_add(1);
            out[filled] = byte;
            filled += 1;
        }
        Ok(filled)
    }

    /// Begins the next block.
    fn begin(&mut self, source: Source<'_>) -> Result<(), Stop> {
        if self.is_last {
            self.block = Block::End;
            return Ok(());
        }
        self.is_last = self.bits.take(source, 1)? == 1;
        match self.bits.take(source, 2)? {
            0 => {
                // It begins at the next byte.
                self.bits = Bits::default();
                let (len, inverse) = (self.bits.take(source, 16)?, self.bits.take(source, 16)?);
                if len != inverse ^ 0xffff {
                    return Err(Stop::Broken);
                }
                self.block = Block::Stored(len as usize);
            }
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                self.literals = Codes::new(&lengths)?;
                self.distances = Codes::new(&[5; 32])?;
                self.block = Block::Coded;
            }
            2 => {
                self.read_codes(source)?;
                self.block = Block::Coded;
            }
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    /// Reads the codes of a block, whose lengths are themselves in codes.
    fn read_codes(&mut self, source: Source<'_>) -> Result<(), Stop> {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let literals = self.bits.take(source, 5)? as usize + 257;
        let distances = self.bits.take(source, 5)? as usize + 1;
        let count = self.bits.take(source, 4)? as usize + 4;
        if literals > 286 {
            return Err(Stop::Broken);
        }
        let mut lengths = [0; 19];
        for &symbol in &ORDER[..count] {
            lengths[symbol] = self.bits.take(source, 3)? as u8;
        }
        let codes = Codes::<19>::new(&lengths)?;
        let mut lengths = [0u8; 288 + 32];
        let mut at = 0;
        while at < literals + distances {
            let symbol = self.bits.symbol(source, &codes)?;
            let (length, times) = match symbol {
                0..16 => (symbol as u8, 1),
                16 => match at.checked_sub(1) {
                    Some(last) => (lengths[last], 3 + self.bits.take(source, 2)?),
                    None => return Err(Stop::Broken),
                },
                17 => (0, 3 + self.bits.take(source, 3)?),
                _ => (0, 11 + self.bits.take(source, 7)?),
            };
            let end = at + times as usize;
            if end > literals + distances {
                return Err(Stop::Broken);
            }
            lengths[at..end].fill(length);
            at = end;
        }
        self.literals = Codes::new(&lengths[..literals])?;
        self.distances = Codes::new(&lengths[literals..literals + distances])?;
        Ok(())
    }

    /// The next byte of a coded block; `None` if it has ended, or bytes are to be copied first.
    fn literal(&mut self, source: Source<'_>, window: usize) -> Result<Option<u8>, Stop> {
        let symbol = match self.bits.symbol(source, &self.literals)? {
            byte @ 0..256 => return Ok(Some(byte as u8)),
            256 => {
                self.block = Block::Next;
                return Ok(None);
            }
            symbol => symbol - 257,
        };
        let copies = match symbol {
            28 => 258,
            0..28 => self.bits.number(source, symbol, 4)? + 3,
            _ => return Err(Stop::Broken),
        };
        let symbol = self.bits.symbol(source, &self.distances)?;
        if symbol >= 30 {
            return Err(Stop::Broken);
        }
        let distance = self.bits.number(source, symbol, 2)? + 1;
        if distance > window || distance > self.made {
            return Err(Stop::Broken);
        }
        (self.copies, self.distance) = (copies, distance);
        Ok(None)
    }
}
