//! What machine code needs to know of the interpreter's structures.

use core::mem::offset_of;

use crate::data;
use crate::data::bytes::Bytes;
use crate::data::instance::Instance;
use crate::model::events::Events;
use crate::model::frame::{Block, Entry, Frame, Stacks};
use crate::model::layout::{Dict, List, Map, Tuple};
use crate::model::lookups::Lookups;
use crate::model::object::Object;
use crate::model::thread::Thread;
use crate::model::types::{Type, flag};
use crate::model::vm::Vm;
use crate::obj::array::Array;
use crate::obj::complex::Complex;
use crate::obj::float::Float;
use crate::obj::none;

/// What machine code needs to know of the interpreter: distances in bytes, from the beginning of a structure to a
/// field, and addresses.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// From the interpreter to the number of ticks that are left, of 32 bits.
    pub ticks: usize,
    /// From the interpreter to the frame on top.
    pub top: usize,
    /// From a frame to its operands' end, and so on.
    pub frame_sp: usize,
    /// See `frame_sp`.
    pub frame_locals: usize,
    /// See `frame_sp`.
    pub frame_below: usize,
    /// See `frame_sp`.
    pub frame_blocks_end: usize,
    /// See `frame_sp`.
    pub frame_entry: usize,
    /// See `frame_sp`.
    pub frame_resume: usize,
    /// From an object's type to its flags, of 16 bits.
    pub type_flags: usize,
    /// The flags of types whose objects are instances with attributes of their own, and have `members`.
    pub instance_flags: u16,
    /// From an instance to the number of its entries for attributes, of 32 bits, and to the address of the first: a key
    /// and a value each.
    pub members_used: usize,
    /// See `members_used`.
    pub members_block: usize,
    /// From an instance to how many entries there are, gaps not counted, and to how many there is room for, of 32 bits.
    pub members_len: usize,
    /// See `members_len`.
    pub members_capacity: usize,
    /// For how many entries there is room at most without an index.
    pub members_plain: u32,
    /// The bytes of a frame, behind which its blocks begin.
    pub frame_bytes: usize,
    /// The entry of frames that machine code has pushed, a byte.
    pub entry_of_machine: u8,
    /// The entry of frames of `__init__` that machine code has pushed.
    pub entry_of_init: u8,
    /// The entry of frames of methods of operators that machine code has pushed.
    pub entry_of_operator: u8,
    /// The word of `NotImplemented`.
    pub not_implemented: usize,
    /// From a frame to the object that the frame's `__init__` is called for.
    pub frame_object: usize,
    /// See `frame_sp`.
    pub frame_code: usize,
    /// See `frame_sp`.
    pub frame_ip: usize,
    /// See `frame_sp`.
    pub frame_end: usize,
    /// From the interpreter to the addresses at which the stacks of values and of frames end.
    pub values_end: usize,
    /// See `values_end`.
    pub frames_end: usize,
    /// From the interpreter to the number that tells how often classes have changed, of 32 bits.
    pub changes: usize,
    /// From the interpreter to the number that tells how often what was a built-in may be one no longer, of 32 bits.
    pub hidings: usize,
    /// The bytes of an exception block.
    pub block_bytes: usize,
    /// From a list to its length, and to the address of its items.
    pub list_len: usize,
    /// See `list_len`.
    pub list_items: usize,
    /// From a float to its value.
    pub float_value: usize,
    /// The address of the type of floats.
    pub float_type: usize,
    /// The address of the type of complex numbers.
    pub complex_type: usize,
    /// The address of the type of dicts.
    pub dict_type: usize,
    /// The address of the type of lists.
    pub list_type: usize,
    /// The address of the type of tuples.
    pub tuple_type: usize,
    /// From a tuple to its length, and to its first item.
    pub tuple_len: usize,
    /// See `tuple_len`.
    pub tuple_items: usize,
    /// The addresses of the types `bytes` and `bytearray`.
    pub bytes_type: usize,
    /// See `bytes_type`.
    pub bytearray_type: usize,
    /// From a bytes object to its length, and to the address of its first byte.
    pub bytes_len: usize,
    /// See `bytes_len`.
    pub bytes_data: usize,
    /// From a `bytearray` to its length, and to the address of its first byte.
    pub bytearray_len: usize,
    /// See `bytearray_len`.
    pub bytearray_items: usize,
    /// From the cell of a variable that functions share to the variable's value.
    pub cell_value: usize,
}

impl Facts {
    /// The facts.
    pub fn new() -> Facts {
        Facts {
            ticks: offset_of!(Vm, events) + offset_of!(Events, ticks),
            top: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::TOP,
            frame_sp: offset_of!(Frame, sp),
            frame_locals: offset_of!(Frame, locals),
            frame_below: offset_of!(Frame, below),
            frame_blocks_end: offset_of!(Frame, blocks_end),
            frame_entry: offset_of!(Frame, entry),
            frame_resume: offset_of!(Frame, resume),
            type_flags: offset_of!(Type, flags),
            instance_flags: flag::BERUS | flag::HEAP,
            members_used: offset_of!(Instance, members) + offset_of!(Map, used),
            members_block: offset_of!(Instance, members) + offset_of!(Map, block),
            members_len: offset_of!(Instance, members) + offset_of!(Map, len),
            members_capacity: offset_of!(Instance, members) + offset_of!(Map, capacity),
            members_plain: data::map::index::PLAIN,
            frame_bytes: size_of::<Frame>(),
            entry_of_machine: Entry::Machine as u8,
            entry_of_init: Entry::MachineInit as u8,
            entry_of_operator: Entry::MachineOperator as u8,
            not_implemented: none::NOT_IMPLEMENTED.bits(),
            frame_object: offset_of!(Frame, object),
            frame_code: offset_of!(Frame, code),
            frame_ip: offset_of!(Frame, ip),
            frame_end: offset_of!(Frame, end),
            values_end: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::ENDS[0],
            frames_end: offset_of!(Vm, thread) + offset_of!(Thread, stacks) + Stacks::ENDS[1],
            changes: offset_of!(Vm, lookups) + offset_of!(Lookups, changes),
            hidings: offset_of!(Vm, lookups) + offset_of!(Lookups, hidings),
            block_bytes: size_of::<Block>(),
            list_len: offset_of!(List, len),
            list_items: offset_of!(List, items),
            float_value: Float::VALUE,
            float_type: core::ptr::from_ref(<Float as Object>::TYPE).expose_provenance(),
            complex_type: core::ptr::from_ref(<Complex as Object>::TYPE).expose_provenance(),
            dict_type: core::ptr::from_ref(<Dict as Object>::TYPE).expose_provenance(),
            list_type: core::ptr::from_ref(<List as Object>::TYPE).expose_provenance(),
            tuple_type: core::ptr::from_ref(<Tuple as Object>::TYPE).expose_provenance(),
            tuple_len: offset_of!(Tuple, len),
            tuple_items: size_of::<Tuple>(),
            bytes_type: core::ptr::from_ref(<Bytes as Object>::TYPE).expose_provenance(),
            bytearray_type: core::ptr::from_ref(<Array as Object>::TYPE).expose_provenance(),
            bytes_len: offset_of!(Bytes, len),
            bytes_data: offset_of!(Bytes, data),
            bytearray_len: Array::LEN,
            bytearray_items: Array::ITEMS,
            cell_value: offset_of!(data::cell::Cell, value),
        }
    }
}

impl Default for Facts {
    fn default() -> Facts {
        Facts::new()
    }
}
