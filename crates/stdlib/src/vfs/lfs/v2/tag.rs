//! The tags of the log that a metadata pair holds (littlefs: `SPEC.md`).
//!
//! A tag is 32 bits: whether it is valid (0), a type of 11 bits, the number of the entry that it is about, and the
//! length of the data behind it. In a block each is combined with the one before it.

/// The types.
pub mod kind {
    pub const FILE: u32 = 0x001;
    pub const FOLDER: u32 = 0x002;
    pub const SUPERBLOCK: u32 = 0x0ff;
    pub const FOLDER_STRUCT: u32 = 0x200;
    pub const INLINE_STRUCT: u32 = 0x201;
    pub const LIST_STRUCT: u32 = 0x202;
    pub const ATTRIBUTE: u32 = 0x300;
    pub const CREATE: u32 = 0x401;
    pub const DELETE: u32 = 0x4ff;
    pub const CHECKSUM: u32 = 0x500;
    pub const ERASED_CHECKSUM: u32 = 0x5ff;
    pub const SOFT_TAIL: u32 = 0x600;
    pub const HARD_TAIL: u32 = 0x601;
    pub const MOVE_STATE: u32 = 0x7ff;
}

/// The entry's number in a tag that is about none; and the length of a tag that takes something away.
pub const NONE: u32 = 0x3ff;

/// A tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(pub u32);

impl Tag {
    pub const fn new(kind: u32, id: u32, len: u32) -> Tag {
        Tag(kind << 20 | (id & NONE) << 10 | len & NONE)
    }

    pub fn is_valid(self) -> bool {
        self.0 >> 31 == 0
    }

    /// Its type.
    pub fn kind(self) -> u32 {
        self.0 >> 20 & 0x7ff
    }

    /// The family of its type.
    pub fn family(self) -> u32 {
        self.kind() & 0x700
    }

    /// What distinguishes it in its family.
    pub fn chunk(self) -> u32 {
        self.kind() & 0xff
    }

    /// The number of the entry.
    pub fn id(self) -> u32 {
        self.0 >> 10 & NONE
    }

    /// Whether it takes something away.
    pub fn takes_away(self) -> bool {
        self.0 & NONE == NONE
    }

    /// Bytes of data behind it.
    pub fn len(self) -> usize {
        if self.takes_away() { 0 } else { (self.0 & NONE) as usize }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_fields() {
        let tag = Tag::new(kind::HARD_TAIL, 5, 8);
        assert_eq!((tag.kind(), tag.family(), tag.chunk(), tag.id(), tag.len()), (0x601, 0x600, 1, 5, 8));
        assert!(tag.is_valid() && Tag::new(kind::ATTRIBUTE, 0, NONE).takes_away());
    }
}
