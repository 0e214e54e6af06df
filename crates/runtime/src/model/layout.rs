//! The layouts that the interpreter's own state refers to.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::code::Code;
use crate::model::frame::Frame;
use crate::model::module_def::ModuleDef;
use crate::model::object::{Gc, Header};
use crate::model::word::{Obj, Slot};
use crate::qstr::Qstr;

/// A dict.
#[repr(C)]
pub struct Dict {
    pub(crate) header: Header,
    /// Its entries.
    pub map: Map,
}

/// An entry. It is a gap if its key is null.
#[repr(C)]
pub struct Entry {
    /// The key.
    pub key: Cell<Slot>,
    /// The value; for sets anything.
    pub value: Cell<Slot>,
}

/// A hash table.
#[repr(C)]
#[derive(Default)]
pub struct Map {
    pub(crate) block: Cell<Option<NonNull<Entry>>>,
    /// Entries in use, gaps included.
    pub(crate) used: Cell<u32>,
    /// Entries without gaps.
    pub(crate) len: Cell<u32>,
    /// Room for entries.
    pub(crate) capacity: Cell<u32>,
    /// A set of the constants below.
    pub(crate) flags: Cell<u32>,
}

/// A list.
#[repr(C)]
pub struct List {
    pub(crate) header: Header,
    pub(crate) capacity: Cell<usize>,
    pub(crate) len: Cell<usize>,
    pub(crate) items: Cell<NonNull<Slot>>,
}

/// A tuple. Its items follow it.
#[repr(C)]
pub struct Tuple {
    pub(crate) header: Header,
    pub(crate) len: usize,
}

/// An exception of a built-in type.
#[repr(C)]
pub struct Exception {
    pub(crate) header: Header,
    /// The arguments it was made with.
    pub args: Cell<Gc<Tuple>>,
    /// A block of traceback entries, innermost first.
    pub(crate) trace: Cell<Option<NonNull<TraceEntry>>>,
    pub(crate) trace_len: Cell<u16>,
    /// How many entries the block has room for.
    pub(crate) trace_room: Cell<u16>,
}

/// A call that an exception passed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct TraceEntry {
    /// The source file.
    pub file: Qstr,
    /// The line in it.
    pub line: u32,
    /// The function.
    pub function: Qstr,
}

/// A function. Its cells, then the defaults of its positional arguments, then the dict of defaults of keyword-only ones
/// follow it.
///
/// As long as it has not been called, it mostly has a placeholder for code, and a sketch of it.
///
/// Programs that look into a function's memory know two words (micropython-lib: `inspect.signature`): the fourth, which
/// is where the prelude is, and of a closure the third, which is the number of its cells. Closures have no sketch.
#[repr(C)]
pub struct Function {
    pub(crate) header: Header,
    pub(crate) code: Cell<Gc<Code>>,
    pub(crate) n_cells: u8,
    /// The sketch's number of locals, extent, place and bytes.
    pub(crate) n_locals: u8,
    pub(crate) extent: u16,
    #[cfg(target_pointer_width = "64")]
    pub(crate) place: u16,
    pub(crate) bytes: *const u8,
    #[cfg(not(target_pointer_width = "64"))]
    pub(crate) place: u16,
}

/// A module.
#[repr(C)]
pub struct Module {
    pub(crate) header: Header,
    /// Its variables.
    pub globals: Gc<Dict>,
    /// What it was made from, if it is written in Rust.
    pub(crate) definition: Option<&'static ModuleDef>,
}

/// A frame that a program may look at.
#[repr(C)]
pub struct FrameObject {
    pub(crate) header: Header,
    pub(crate) code: Gc<Code>,
    /// The one of the caller.
    pub(crate) back: Cell<Option<Gc<FrameObject>>>,
    /// The frame, while it is on the stack.
    pub(crate) frame: Cell<*const Frame>,
    /// What is called for events in this frame.
    pub(crate) trace: Cell<Option<Obj>>,
    pub(crate) lasti: Cell<u32>,
    pub(crate) line: Cell<u32>,
    /// The line that it was reported at last; 0 for none.
    pub(crate) reported: Cell<u32>,
    /// The first instruction of the body of the loop that it was in last: each turn of a loop is a line of its own.
    pub(crate) loop_body: Cell<*const u8>,
}

/// Keys without a hash are taken, too: they all count as equal there.
pub(crate) const LENIENT: u32 = 1;

/// Programs may not change it.
pub(crate) const FIXED: u32 = 2;

/// It has the variables of a module, and a built-in was found under a name that is not here (`model/cache.rs`).
pub(crate) const LOOKED_PAST: u32 = 4;

/// The first of the bits that its owner may use.
pub const NOTES: u32 = 8;

/// Where among the flags its owner's number begins.
pub(crate) const NUMBER_SHIFT: u32 = 24;
