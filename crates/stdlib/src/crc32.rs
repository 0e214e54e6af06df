//! The checksum CRC-32, as gzip and Ethernet have it: quickly, with 16 KB of tables, or with 64 bytes of them.

#[cfg(any(not(feature = "fast-checksums"), test))]
mod plain;

#[cfg(feature = "fast-checksums")]
pub(crate) use crc32fast::Hasher;

#[cfg(not(feature = "fast-checksums"))]
pub(crate) use crate::crc32::plain::Hasher;

/// The checksum of `bytes`.
#[cfg(feature = "btree")]
pub(crate) fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}
