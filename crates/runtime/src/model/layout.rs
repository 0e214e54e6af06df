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
    /// The dict's entries.
    pub map: Map,
}

/// An entry of a hash table. It is a gap if its key is null.
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
    /// Where C code looks for the object of a built-in type inside an instance, these being the instance's attributes:
    /// four words from the instance's start. Where words are long, that is behind the map.
    #[cfg(all(feature = "native", target_pointer_width = "32"))]
    pub(crate) base: Cell<Slot>,
    /// How many entries the block has room for.
    pub(crate) capacity: Cell<u32>,
    /// A set of the constants [`LENIENT`], [`FIXED`] and [`LOOKED_PAST`], of the owner's notes from [`NOTES`] on, and
    /// the owner's number.
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
    /// The arguments that the exception was made with.
    pub args: Cell<Gc<Tuple>>,
    /// A block of traceback entries, innermost first.
    pub(crate) trace: Cell<Option<NonNull<TraceEntry>>>,
    pub(crate) trace_len: Cell<u16>,
    /// How many entries the block of traceback entries has room for.
    pub(crate) trace_room: Cell<u16>,
    /// What `__notes__` is, if there is any: a list of strings, unless a program wanted something else.
    #[cfg(feature = "notes")]
    pub(crate) notes: Cell<Option<Obj>>,
    /// The attributes that a program has given the exception.
    #[cfg(feature = "python")]
    pub(crate) attributes: Cell<Option<Gc<Dict>>>,
    /// The exception that was being handled when this one was raised.
    #[cfg(feature = "python")]
    pub(crate) context: Cell<Slot>,
}

/// A call that an exception passed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct TraceEntry {
    /// The source file.
    pub file: Qstr,
    /// The line in the source file.
    pub line: u32,
    /// The name of the function.
    pub function: Qstr,
}

/// A function. Its cells, then the defaults of its positional arguments, then the dict of defaults of keyword-only ones
/// follow it.
///
/// A function that has not been called mostly has a placeholder in place of its code, and a sketch from which the code
/// is made.
///
/// Programs that look into a function's memory know two words (micropython-lib: `inspect.signature`): the fourth, which
/// is where the prelude is, and of a closure the third, which is the number of its cells. Closures have no sketch.
#[repr(C)]
pub struct Function {
    pub(crate) header: Header,
    pub(crate) code: Cell<Gc<Code>>,
    pub(crate) n_cells: u8,
    /// The number of locals of the sketch. The next three fields are the sketch's extent, place and bytes.
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
    /// The module's variables.
    pub globals: Gc<Dict>,
    /// The definition that the module was made from, if the module is written in Rust.
    pub(crate) definition: Option<&'static ModuleDef>,
}

/// A frame that a program may look at.
#[repr(C)]
pub struct FrameObject {
    pub(crate) header: Header,
    pub(crate) code: Gc<Code>,
    /// The frame object of the caller.
    pub(crate) back: Cell<Option<Gc<FrameObject>>>,
    /// The frame itself, while it is on the frame stack.
    pub(crate) frame: Cell<*const Frame>,
    /// The function that is called for events in this frame.
    pub(crate) trace: Cell<Option<Obj>>,
    pub(crate) lasti: Cell<u32>,
    pub(crate) line: Cell<u32>,
    /// The line that was reported last for this frame; 0 for none.
    pub(crate) reported: Cell<u32>,
    /// The first instruction of the body of the loop that the frame was in last: each turn of a loop is reported as a
    /// line of its own.
    pub(crate) loop_body: Cell<*const u8>,
}

/// The flag of a map that takes keys without a hash, too, with 0 for their hash.
pub(crate) const LENIENT: u32 = 1;

/// The flag of a map that programs may not change.
pub(crate) const FIXED: u32 = 2;

/// The flag of a map of a module's variables which lacks a name under which a built-in has been found
/// (`model/cache.rs`).
pub(crate) const LOOKED_PAST: u32 = 4;

/// The first of the flags that the owner of a map may use.
pub const NOTES: u32 = 8;

/// The first bit of the number that the owner of a map keeps among the flags.
pub(crate) const NUMBER_SHIFT: u32 = 24;
