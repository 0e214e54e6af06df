//! The layout of code objects, which frames refer to.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::model::layout::Dict;
use crate::model::object::{Gc, Header};
use crate::model::word::Slot;
use crate::qstr::Qstr;

/// What the code objects of one module share. Machine code knows the first four words (MicroPython:
/// `mp_module_context_t`).
#[repr(C)]
pub struct Context {
    pub(crate) header: Header,
    pub(crate) globals: Gc<Dict>,
    /// A heap block, for machine code: the numbers of the module's names in 16 bits each.
    pub(crate) short_qstrs: Option<NonNull<u16>>,
    /// A heap block: the module's constants.
    pub(crate) constants: NonNull<Slot>,
    /// A heap block: the numbers of the module's names.
    pub(crate) qstrs: NonNull<Qstr>,
    /// The object that keeps the module's machine code in memory, or that says where the file of a module that runs in
    /// place lies.
    pub(crate) image: Cell<Slot>,
    /// The code object that stands for the code of functions that have not been called.
    pub(crate) placeholder: Cell<Option<Gc<Code>>>,
}

/// A code object that has been verified and linked. Programs that look into the memory of closures know that the fourth
/// word is where the prelude is (micropython-lib: `inspect.signature`).
#[repr(C)]
pub struct Code {
    pub(crate) header: Header,
    /// What the code shares with the other code of its module.
    pub context: Gc<Context>,
    /// The numbers of the module's names, by the index that bytecode uses.
    pub(crate) qstrs: NonNull<Qstr>,
    /// The address of the prelude, which the instructions follow.
    pub(crate) bytes: *const u8,
    /// The module's constants.
    pub(crate) constants: NonNull<Slot>,
    /// A heap block: the code objects that this code makes functions of, some of which may be of machine code.
    pub(crate) children: Option<NonNull<Slot>>,
    /// The address of the first instruction.
    pub(crate) start: *const u8,
    /// Bytes of prelude and instructions.
    pub(crate) len: u32,
    /// Slots of a frame.
    pub(crate) n_state: u16,
    /// Slots of a frame that are local variables.
    pub(crate) n_locals: u16,
    /// Exception blocks that can be open at once.
    pub(crate) n_exc: u16,
    /// Cells that the code closes over at least: they are its first arguments.
    pub(crate) min_cells: u16,
    /// Positional arguments, cells included.
    pub(crate) n_pos: u16,
    /// Keyword-only arguments.
    pub(crate) n_kwonly: u16,
    /// How many of the positional arguments have defaults.
    pub(crate) n_def: u16,
    /// The properties of the code, a set of [`berus_mpy::prelude::scope_flag`].
    pub(crate) flags: u8,
    /// Whether a call with just the right number of positional arguments needs nothing but a frame.
    pub(crate) simple: bool,
    /// The function's name.
    pub(crate) name: Qstr,
    /// The offset in the bytes of the names of arguments.
    pub(crate) names_at: u32,
    /// The offset in the bytes of the line table.
    pub(crate) lines_at: u32,
    /// The offset in the bytes of the numbers of cells, which end at the first instruction.
    pub(crate) cells_at: u32,
    /// The line of the function's definition, if it was compiled from source in this interpreter; else 0.
    pub(crate) defined_at: Cell<u32>,
}
