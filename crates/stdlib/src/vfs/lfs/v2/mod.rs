//! littlefs, version 2 (littlefs: `SPEC.md`, `DESIGN.md`).
//!
//! Everything is in [logs](log): each folder is one or several, in the order of the names in it, and all logs hang
//! together in one list, from the root on. What concerns several logs at once is done so that a loss of power in
//! between leaves something that shows in the state that they share, and is set right before the next change.
//!
//! Unlike littlefs itself, this does not move a log elsewhere when its blocks have been written often or wear out.

mod commits;
mod folder;
pub mod log;
pub mod mount;
mod tag;

use log::Shared;
pub use mount::format;
use tag::{NONE, Tag, kind};

use super::pair::Pair;

/// A file system that is mounted.
pub struct V2 {
    /// The first log of the root folder.
    root: Pair,
    /// Bytes that a name may have.
    name_max: u32,
    /// The state that all logs share as it should be, as it is on the device, and a change to it that is still to be
    /// written.
    shared: State,
    on_disk: State,
    delta: Shared,
    /// Whether a change failed, so that it is not known what is on the device.
    is_stale: bool,
    /// Whether the device says that it was made by an older version.
    is_old: bool,
    /// Something that differs from mount to mount.
    seed: u32,
}

/// The state that all logs share: a move that is not complete, and whether logs lack a parent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State(Shared);

/// Whether there are logs without parent; their number is in the low bits, but not on the device.
pub const ORPHANS: u32 = 1 << 31;

impl State {
    fn tag(self) -> Tag {
        Tag(self.0[0])
    }

    fn pair(self) -> Pair {
        Pair([self.0[1], self.0[2]])
    }

    /// Whether an entry has been moved elsewhere, and is still where it was.
    fn moves(self) -> bool {
        self.tag().family() != 0
    }

    fn set_move(&mut self, pair: Pair, id: usize) {
        let rest = self.0[0] & (ORPHANS | NONE);
        self.0 = [Tag::new(kind::DELETE, id as u32, 0).0 | rest, pair.0[0], pair.0[1]];
    }

    fn clear_move(&mut self) {
        self.0 = [self.0[0] & (ORPHANS | NONE), 0, 0];
    }

    fn orphans(self) -> u32 {
        self.0[0] & 0x1ff
    }

    fn add_orphans(&mut self, count: i32) {
        let orphans = self.orphans().saturating_add_signed(count);
        let flag = if orphans > 0 { ORPHANS } else { 0 };
        self.0[0] = self.0[0] & !(ORPHANS | 0x1ff) | flag | orphans & 0x1ff;
    }
}
