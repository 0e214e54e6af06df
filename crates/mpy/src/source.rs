//! Where the bytes of a module come from.
//!
//! The reader takes what it needs from a [`Source`]. Memory that outlives the module ([`Slice`]) lends its bytes, so
//! that code, names and constants are not copied; a stream ([`Stream`]) hands over copies, and allocates only as the
//! bytes arrive, never on the word of a length in the file.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::convert::Infallible;

/// A supply of bytes, taken from front to back.
pub trait Source<'a> {
    /// Why bytes may fail to come.
    type Error;

    /// The next byte, or `None` at the end.
    ///
    /// # Errors
    /// If the source fails.
    fn byte(&mut self) -> Result<Option<u8>, Self::Error>;

    /// The next `len` bytes, or `None` if it ends before.
    ///
    /// # Errors
    /// If the source fails.
    fn bytes(&mut self, len: usize) -> Result<Option<Cow<'a, [u8]>>, Self::Error>;

    /// How many bytes are left, if that is known.
    fn remaining(&self) -> Option<usize>;

    /// How many bytes have been taken.
    fn position(&self) -> usize;
}

/// A source that lends what lies in memory.
#[derive(Clone, Copy, Debug)]
pub struct Slice<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Slice<'a> {
    /// A source of all of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Slice<'a> {
        Slice { bytes, position: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }
}

impl<'a> Source<'a> for Slice<'a> {
    type Error = Infallible;

    fn byte(&mut self) -> Result<Option<u8>, Infallible> {
        let byte = self.rest().first().copied();
        self.position += usize::from(byte.is_some());
        Ok(byte)
    }

    fn bytes(&mut self, len: usize) -> Result<Option<Cow<'a, [u8]>>, Infallible> {
        let bytes = self.rest().get(..len);
        self.position += bytes.map_or(0, <[u8]>::len);
        Ok(bytes.map(Cow::Borrowed))
    }

    fn remaining(&self) -> Option<usize> {
        Some(self.rest().len())
    }

    fn position(&self) -> usize {
        self.position
    }
}

/// A source that reads from a file or the like.
///
/// It is made of a function that fills the front of a buffer and returns how many bytes it filled, 0 at the end.
///
/// ```
/// use berus_mpy::source::{Source, Stream};
///
/// let mut file: &[u8] = b"M\x06\x00\x1f";
/// let mut stream = Stream::new(|buffer: &mut [u8]| {
///     let n = buffer.len().min(file.len());
///     buffer[..n].copy_from_slice(&file[..n]);
///     file = &file[n..];
///     Ok::<usize, ()>(n)
/// });
/// assert_eq!(stream.byte(), Ok(Some(b'M')));
/// assert_eq!(stream.bytes(2).unwrap().unwrap().as_ref(), [6, 0]);
/// assert_eq!(stream.bytes(2), Ok(None));
/// ```
pub struct Stream<F> {
    read: F,
    buffer: [u8; BUFFER],
    /// The part of the buffer that has been read and not been taken.
    filled: core::ops::Range<usize>,
    position: usize,
}

/// Bytes read at a time where a module has small fields. More would be lost memory on a small machine.
const BUFFER: usize = 64;
/// Bytes by which the memory for a large field grows at first; it doubles as the bytes arrive.
const FIRST_CHUNK: usize = 256;

impl<F> Stream<F> {
    /// A source of all that `read` delivers.
    pub fn new(read: F) -> Stream<F> {
        Stream { read, buffer: [0; BUFFER], filled: 0..0, position: 0 }
    }
}

impl<F, E> Stream<F>
where
    F: FnMut(&mut [u8]) -> Result<usize, E>,
{
    /// Takes `len` bytes, if the buffer has them.
    #[inline]
    fn buffered(&mut self, len: usize) -> Option<&[u8]> {
        if self.filled.len() < len {
            return None;
        }
        let start = self.filled.start;
        self.filled.start += len;
        self.position += len;
        self.buffer.get(start..start + len)
    }

    /// Takes bytes to fill `out` as far as they come, and returns how many came.
    fn fill(&mut self, out: &mut [u8]) -> Result<usize, E> {
        let mut done = 0;
        while done < out.len() {
            if self.filled.is_empty() && out.len() - done < BUFFER {
                // A source that claims to have read more than it was asked for is not believed.
                self.filled = 0..(self.read)(&mut self.buffer)?.min(BUFFER);
            }
            let n = if self.filled.is_empty() && out.len() - done >= BUFFER {
                let rest = &mut out[done..];
                (self.read)(rest)?.min(rest.len())
            } else {
                let n = self.filled.len().min(out.len() - done);
                out[done..done + n].copy_from_slice(&self.buffer[self.filled.start..self.filled.start + n]);
                self.filled.start += n;
                n
            };
            if n == 0 {
                break;
            }
            done += n;
        }
        self.position += done;
        Ok(done)
    }
}

impl<F, E> Source<'static> for Stream<F>
where
    F: FnMut(&mut [u8]) -> Result<usize, E>,
{
    type Error = E;

    #[inline]
    fn byte(&mut self) -> Result<Option<u8>, E> {
        if let Some(byte) = self.buffered(1).and_then(<[u8]>::first) {
            return Ok(Some(*byte));
        }
        let mut byte = [0];
        Ok((self.fill(&mut byte)? == 1).then_some(byte[0]))
    }

    fn bytes(&mut self, len: usize) -> Result<Option<Cow<'static, [u8]>>, E> {
        if let Some(bytes) = self.buffered(len) {
            return Ok(Some(Cow::Owned(bytes.to_vec())));
        }
        let mut bytes = Vec::new();
        while bytes.len() < len {
            let start = bytes.len();
            let chunk = (len - start).min(start.max(FIRST_CHUNK));
            bytes.reserve_exact(chunk);
            bytes.resize(start + chunk, 0);
            if self.fill(&mut bytes[start..])? < chunk {
                return Ok(None);
            }
        }
        Ok(Some(Cow::Owned(bytes)))
    }

    fn remaining(&self) -> Option<usize> {
        None
    }

    fn position(&self) -> usize {
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that delivers `data` at most `step` bytes at a time.
    fn stream<'d>(mut data: &'d [u8], step: usize) -> Stream<impl FnMut(&mut [u8]) -> Result<usize, ()> + 'd> {
        Stream::new(move |buffer: &mut [u8]| {
            let n = buffer.len().min(data.len()).min(step);
            buffer[..n].copy_from_slice(&data[..n]);
            data = &data[n..];
            Ok(n)
        })
    }

    #[test]
    fn a_stream_delivers_what_a_slice_lends() {
        let data: Vec<u8> = (0..3000u32).map(|i| (i * 7) as u8).collect();
        for step in [1, 3, 64, 5000] {
            let (mut stream, mut slice) = (stream(&data, step), Slice::new(&data));
            for len in [0, 1, 63, 64, 65, 700, 2000] {
                assert_eq!(stream.byte(), Ok(slice.byte().unwrap()));
                assert_eq!(stream.bytes(len), Ok(slice.bytes(len).unwrap()));
                assert_eq!(stream.position(), slice.position());
            }
            assert_eq!(stream.bytes(1000), Ok(None));
        }
    }

    #[test]
    fn a_length_is_not_believed() {
        assert_eq!(stream(b"abc", 8).bytes(usize::MAX), Ok(None));
        assert_eq!(Slice::new(b"abc").bytes(usize::MAX), Ok(None));
    }

    #[test]
    fn failure_and_false_claims_of_a_stream() {
        let mut failing = Stream::new(|_: &mut [u8]| Err::<usize, _>("broken"));
        assert_eq!(failing.byte(), Err("broken"));
        let mut boasting = Stream::new(|buffer: &mut [u8]| Ok::<_, ()>(buffer.len() + 1000));
        assert_eq!(boasting.bytes(100).unwrap().unwrap().len(), 100);
    }
}
