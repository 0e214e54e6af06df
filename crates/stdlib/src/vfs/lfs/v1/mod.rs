//! littlefs, version 1 (littlefs: `SPEC.md` and `DESIGN.md` of its releases before 2.0).
//!
//! Everything is in [tables](table): each folder is one or several, and all hang together in one list, from the first
//! on, which holds the superblock. A change to a table is a table with a higher revision number in the other block of
//! its pair, so that it happens as a whole or not at all. What concerns several tables is done in an order that leaves,
//! after a loss of power in between, something that shows and is set right before the next change: a folder without
//! name is in the list, or an entry that is marked as moving is there twice.
//!
//! Unlike littlefs itself, this does not move a table elsewhere when its blocks wear out.

pub mod mount;
pub mod table;
mod tree;

use alloc::vec::Vec;

use super::pair::Pair;
pub use mount::format;

/// A file system that is mounted.
pub struct V1 {
    /// The first pair of the root folder.
    root: Pair,
    /// What entries that are marked as moving stand for, of those that have been moved.
    moved: Vec<[u32; 2]>,
    /// Whether a change failed, so that it is not known what is on the device.
    is_stale: bool,
    /// Whether what a loss of power may have left has been set right.
    is_consistent: bool,
}
