//! The bytes of names, constants and code.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use crate::memory::{Quota, Stop};

/// Bytes of a module: a name, the text of a constant, or code. They are borrowed from where they lie, or owned.
///
/// Owned bytes lie in the value itself if they are few, as they nearly always are. So a million numbers take a million
/// values and no allocation more, and are as soon forgotten.
///
/// ```
/// use berus_mpy::bytes::ModuleBytes;
///
/// let file = b"abc".to_vec();
/// let borrowed = ModuleBytes::from(&file[..2]);
/// assert_eq!(borrowed.borrowed(), Some(&b"ab"[..]));
/// let owned = borrowed.into_owned();
/// drop(file);
/// assert_eq!((&*owned, owned.borrowed()), (&b"ab"[..], None));
/// ```
#[derive(Clone)]
pub struct ModuleBytes<'a>(Place<'a>);

/// The most bytes that lie in the value itself: as many as make the value no larger than a vector.
const FEW: usize = 2 * size_of::<usize>() - 1;

const _: () = assert!(size_of::<ModuleBytes<'_>>() == size_of::<Vec<u8>>());

#[derive(Clone)]
enum Place<'a> {
    Borrowed(&'a [u8]),
    Owned(Vec<u8>),
    Here { len: u8, bytes: [u8; FEW] },
}

impl<'a> ModuleBytes<'a> {
    /// The bytes, if they are borrowed.
    pub fn borrowed(&self) -> Option<&'a [u8]> {
        match self.0 {
            Place::Borrowed(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// How many bytes are allocated for these.
    pub fn allocated(&self) -> usize {
        match &self.0 {
            Place::Owned(bytes) => bytes.capacity(),
            _ => 0,
        }
    }

    /// The same bytes, owned.
    pub fn into_owned(self) -> ModuleBytes<'static> {
        match self.0 {
            Place::Borrowed(bytes) => few(bytes).unwrap_or_else(|| bytes.to_vec().into()),
            Place::Owned(bytes) => ModuleBytes(Place::Owned(bytes)),
            Place::Here { len, bytes } => ModuleBytes(Place::Here { len, bytes }),
        }
    }
}

/// A copy of `bytes` that lies in the value, if they are few enough.
fn few(bytes: &[u8]) -> Option<ModuleBytes<'static>> {
    let mut here = [0; FEW];
    here.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(ModuleBytes(Place::Here { len: bytes.len() as u8, bytes: here }))
}

impl Quota<'_> {
    /// A copy of `bytes` for a module.
    ///
    /// # Errors
    /// As [`Quota::copy`].
    pub fn module_bytes(&self, bytes: &[u8]) -> Result<ModuleBytes<'static>, Stop> {
        few(bytes).map_or_else(|| self.copy(bytes).map(ModuleBytes::from), Ok)
    }
}

impl Deref for ModuleBytes<'_> {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Place::Borrowed(bytes) => bytes,
            Place::Owned(bytes) => bytes,
            Place::Here { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
        }
    }
}

impl<'a> From<&'a [u8]> for ModuleBytes<'a> {
    fn from(bytes: &'a [u8]) -> ModuleBytes<'a> {
        ModuleBytes(Place::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for ModuleBytes<'a> {
    fn from(bytes: &'a [u8; N]) -> ModuleBytes<'a> {
        ModuleBytes(Place::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for ModuleBytes<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        ModuleBytes(Place::Owned(bytes))
    }
}

impl PartialEq for ModuleBytes<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for ModuleBytes<'_> {}

impl fmt::Debug for ModuleBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Allowance;
    use alloc::vec;

    #[test]
    fn few_bytes_are_granted_without_memory() {
        let nothing = Allowance::new(0);
        for len in 0..=FEW {
            let bytes = vec![1; len];
            assert_eq!(Quota::new(&nothing).module_bytes(&bytes).as_deref(), Ok(&bytes[..]));
        }
        assert_eq!(Quota::new(&nothing).module_bytes(&[1; FEW + 1]), Err(Stop::OutOfMemory));
        assert_eq!(*Quota::default().module_bytes(&[1; FEW + 1]).unwrap(), [1; FEW + 1]);
    }

    #[test]
    fn bytes_are_the_same_wherever_they_are() {
        for bytes in [&b""[..], b"few", b"more than there is room for in place"] {
            let borrowed = ModuleBytes::from(bytes);
            let owned = borrowed.clone().into_owned();
            assert_eq!((&owned, &*owned), (&borrowed, bytes));
            assert_eq!(owned, ModuleBytes::from(bytes.to_vec()));
        }
    }
}
