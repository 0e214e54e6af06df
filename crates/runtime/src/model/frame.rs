//! Frames: what a call of a Python function needs while it runs.
//!
//! Two stacks, each one piece of memory. On the *value stack* lie the slots of frames: local variables from the lowest
//! address on, then the operands of the bytecode. The arguments that a caller has pushed become the first local
//! variables of the callee where they lie. On the *frame stack* lie `Frame`s, each followed by the exception blocks
//! that are open in it. A generator keeps its slots in an object of its own; only its frame is on the frame stack while
//! the generator runs.

use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use crate::heap::Collection;
use crate::model::code::Code;
use crate::model::error::{Raise, Res};
use crate::model::layout::Dict;
use crate::model::machine::Machine;
use crate::model::object::Gc;
use crate::model::registers::Sp;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};

/// Where control goes when a frame ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Entry {
    /// The frame is the bottom of the stack, and no call.
    Bottom,
    /// Control goes to the Rust code that called the function.
    Rust,
    /// Control goes to the Rust code that runs an [`Execution`](crate::interpret::execution::Execution), the first frame
    /// of which this is.
    #[cfg_attr(not(feature = "steps"), expect(dead_code))]
    Execution,
    /// Control goes to the frame below, which gets the result.
    Call,
    /// Control goes to the frame below, which gets the result, and goes on in machine code at [`Frame::resume`].
    #[cfg(berus_tier)]
    Machine,
    /// As [`Entry::Machine`], of an `__init__`: the frame below gets the new object.
    #[cfg(berus_tier)]
    MachineInit,
    /// As [`Entry::Machine`], of the left operand's method for an operator: the operands lie where the frame below gets the
    /// result, and behind, for the case that the method answers `NotImplemented`.
    #[cfg(berus_tier)]
    MachineOperator,
    /// Control goes to the frame below, which called a class: it gets the new object instead of the result of
    /// `__init__`.
    Init,
    /// Control goes to the `for` loop of the frame below, whose iterator the generator in this frame is.
    Loop,
    /// Control goes to the `yield from` of the frame below, for whose generator the generator in this frame stands.
    Delegate,
    /// Control goes to the frame below, which has called `send` of the generator in this frame.
    Send,
}

impl Entry {
    /// The entry of the frame for `__init__`, where a class is called instead of a function; `None` if Rust code calls.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn of_init(self) -> Option<Entry> {
        match self {
            Entry::Call => Some(Entry::Init),
            #[cfg(berus_tier)]
            Entry::Machine => Some(Entry::MachineInit),
            _ => None,
        }
    }
}

/// A call that is running.
#[repr(C)]
pub(crate) struct Frame {
    /// The code that runs; `None` for [`Entry::Bottom`].
    pub code: Cell<Option<Gc<Code>>>,
    /// The address of local variable 0.
    pub locals: Cell<*mut Slot>,
    /// The byte just behind the call that the frame waits for, or behind the opcode that raised.
    pub ip: Cell<*const u8>,
    /// The slot behind the frame's operands while the frame waits for a call: the result goes there.
    pub sp: Cell<*mut Slot>,
    /// The end of the frame's slots on the value stack, where the next frame may begin.
    pub end: Cell<*mut Slot>,
    /// The end of the last exception block that is open.
    pub blocks_end: Cell<*mut Block>,
    /// The frame below.
    pub below: Cell<*mut Frame>,
    /// The generator that runs in this frame, or the object that `__init__` is called for.
    pub object: Cell<Option<Obj>>,
    /// Where control goes when the frame ends.
    pub entry: Cell<Entry>,
    /// With the entries of frames that machine code has pushed: where machine code goes on with the frame below.
    #[cfg(berus_tier)]
    pub resume: Cell<usize>,
}

/// Where a new frame goes, behind the running one: there is room for the frame and its blocks.
#[derive(Clone, Copy)]
struct Room(*mut Frame);

/// Where a frame begins, or goes on.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub ip: *const u8,
    pub sp: *mut Slot,
}

impl Start {
    /// The first instruction of `code`, where the operands lie behind the local variables.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn of(code: Gc<Code>, locals: *mut Slot) -> Start {
        Start { ip: code.start, sp: locals.wrapping_add(usize::from(code.n_locals)) }
    }
}

/// What an exception block does with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum BlockKind {
    /// The block's handler looks at exceptions: `except`.
    Except,
    /// The block's handler runs on every way out: `finally`.
    Finally,
}

/// An exception block that is open.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Block {
    /// The offset of the handler from the start of the code.
    pub handler: u32,
    /// How many slots of the frame are in use below what the handler gets.
    pub depth: u16,
    pub kind: BlockKind,
    /// The exception that the handler was given, while the handler runs; else null.
    pub exception: Slot,
}

impl Frame {
    /// The first of the frame's exception blocks.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn blocks(&self) -> *mut Block {
        core::ptr::from_ref(self).wrapping_add(1).cast_mut().cast()
    }

    /// Opens a block.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn push_block(&self, block: Block) {
        let end = self.blocks_end.get();
        // SAFETY: the frame was pushed with room for as many blocks as verified code opens at once.
        unsafe { end.write(block) };
        self.blocks_end.set(end.wrapping_add(1));
    }

    /// Closes the innermost block.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn pop_block(&self) {
        self.blocks_end.set(self.blocks_end.get().wrapping_sub(1));
    }

    /// Whether blocks are open.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn has_open_blocks(&self) -> bool {
        self.blocks_end.get() != self.blocks()
    }

    /// The open blocks, innermost last.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn open_blocks(&self) -> &[Block] {
        let len = (self.blocks_end.get().addr() - self.blocks().addr()) / size_of::<Block>();
        // SAFETY: `len` blocks have been written behind the frame.
        unsafe { core::slice::from_raw_parts(self.blocks(), len) }
    }

    /// The innermost block.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn top_block(&self) -> Option<Block> {
        self.open_blocks().last().copied()
    }

    /// Notes that the innermost block's handler runs for `exception`.
    pub fn set_handled(&self, exception: Obj) {
        if let Some(mut block) = self.top_block() {
            block.exception = Some(exception);
            self.pop_block();
            self.push_block(block);
        }
    }

    /// Unsets the slots above the frame's operands, where calls that have returned have left their variables: a program
    /// that calls `gc.collect` does not expect their objects to be kept. Of calls to built-ins, only those without
    /// arguments take the time for this.
    pub fn forget_above(&self) {
        let Some(code) = self.code.get() else { return };
        let end = self.locals.get().wrapping_add(usize::from(code.n_state));
        let mut slot = self.sp.get();
        while slot < end {
            // SAFETY: the slot is one of this frame's.
            unsafe { slot.write(None) };
            slot = slot.wrapping_add(1);
        }
    }

    /// The exception that the innermost of the frame's running handlers got.
    pub fn handled(&self) -> Slot {
        self.open_blocks().iter().rev().find_map(|block| block.exception)
    }
}

/// The stacks of a thread of Python.
///
/// The fields sit in cells, since the stacks of the running thread change places with those of another thread.
///
/// Only as much of a stack is put to use as the program needs, in steps that double: memory that nobody touches costs
/// nothing where it is virtual.
pub(crate) struct Stacks {
    values: Memory,
    frames: Memory,
    /// The frame that runs.
    pub top: Cell<*mut Frame>,
}

#[cfg(berus_tier)]
impl Stacks {
    /// The distance of the frame that runs from the beginning.
    pub(crate) const TOP: usize = core::mem::offset_of!(Stacks, top);
    /// The distances of the ends of what has been put to use of the stacks of values and of frames.
    pub(crate) const ENDS: [usize; 2] = {
        let end = core::mem::offset_of!(Memory, end);
        [core::mem::offset_of!(Stacks, values) + end, core::mem::offset_of!(Stacks, frames) + end]
    };
}

const WORD: usize = size_of::<usize>();

impl Stacks {
    /// Stacks of so many words for values and for frames, if there is memory for them.
    pub fn new(values: usize, frames: usize) -> Option<Stacks> {
        let (values, frames) = (Memory::new(values)?, Memory::new(frames.max(FEWEST))?);
        frames.put_to_use(FEWEST);
        let base = values.start().cast::<Slot>();
        let bottom = frames.start().cast::<Frame>();
        let frame = Frame {
            code: Cell::new(None),
            locals: Cell::new(base),
            ip: Cell::new(core::ptr::null()),
            sp: Cell::new(base),
            end: Cell::new(base),
            blocks_end: Cell::new(core::ptr::null_mut()),
            below: Cell::new(core::ptr::null_mut()),
            object: Cell::new(None),
            entry: Cell::new(Entry::Bottom),
            #[cfg(berus_tier)]
            resume: Cell::new(0),
        };
        // SAFETY: the memory was just allocated for this stack, is aligned to a word, and has room for a frame.
        unsafe { bottom.write(frame) };
        Some(Stacks { values, frames, top: Cell::new(bottom) })
    }

    /// The bytes of stacks of `words` words each.
    #[cfg(feature = "threads")]
    pub const fn bytes(words: usize) -> usize {
        words.saturating_mul(2 * WORD)
    }

    /// Exchanges these stacks for `other`.
    #[cfg(any(feature = "steps", feature = "threads"))]
    pub fn swap(&self, other: &Stacks) {
        let Stacks { values, frames, top } = self;
        values.swap(&other.values);
        frames.swap(&other.frames);
        top.swap(&other.top);
    }

    /// The frame that runs.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn frame(&self) -> &Frame {
        // SAFETY: `top` points to a frame in `frames`, at first the bottom.
        unsafe { &*self.top.get() }
    }

    /// The end of the value stack, as far as it has been put to use.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn values_end(&self) -> *mut Slot {
        self.values.end.get().cast()
    }

    /// The end of the frame stack, as far as it has been put to use.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn frames_end(&self) -> usize {
        self.frames.end.get().addr()
    }

    /// Puts more of the value stack to use, at least to `end`; false if the stack does not go that far.
    #[cold]
    #[inline(never)]
    fn reach(&self, end: *mut Slot) -> bool {
        self.values.reach(end.addr())
    }

    /// Puts `words`, a callable and its arguments, on the value stack, which nothing is on yet. False if there is no room.
    #[cfg(feature = "steps")]
    pub fn lay_out(&self, words: &[Obj]) -> bool {
        let bottom = self.frame();
        let start = bottom.end.get();
        let end = start.wrapping_add(words.len());
        if !self.reach(end) {
            return false;
        }
        for (n, word) in words.iter().enumerate() {
            // SAFETY: the stack goes to `end`.
            unsafe { start.add(n).write(Some(*word)) };
        }
        bottom.end.set(end);
        true
    }

    /// Keeps all that is on the stacks.
    pub fn keep(&self, collection: &mut Collection<'_>) {
        let frame = self.frame();
        let (values, frames) = (self.values.start(), self.frames.start());
        let used = (frame.end.get().addr() - values.addr()) / WORD;
        let frames_used = (self.after(frame).addr() - frames.addr()) / WORD;
        // SAFETY: both stretches lie in the memory of these stacks.
        unsafe {
            collection.scan(values, used);
            collection.scan(frames, frames_used);
        }
    }

    /// Where the next frame goes.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn after(&self, frame: &Frame) -> *mut Frame {
        let blocks = frame.code.get().map_or(0, |code| code.n_exc as usize);
        frame.blocks().wrapping_add(blocks).cast()
    }
}

/// The words of a frame stack that has room for the bottom, and of the first part of a stack that is put to use.
const FEWEST: usize = 64;

/// The memory of a stack. What has not been put to use yet is not initialised.
struct Memory {
    all: Cell<*mut [MaybeUninit<usize>]>,
    /// The end of what has been put to use, which is zero at first.
    end: Cell<*mut usize>,
}

impl Memory {
    fn new(words: usize) -> Option<Memory> {
        let start = match Layout::array::<usize>(words).ok()? {
            layout if layout.size() == 0 => NonNull::<usize>::dangling().cast(),
            // SAFETY: the layout's size is not zero.
            layout => NonNull::new(unsafe { alloc(layout) })?,
        };
        // The memory has the layout of a box of words, as which it is freed.
        let all = core::ptr::slice_from_raw_parts_mut(start.as_ptr().cast(), words);
        Some(Memory { all: Cell::new(all), end: Cell::new(all.cast()) })
    }

    #[cfg_attr(not(feature = "small"), inline(always))]
    fn start(&self) -> *mut usize {
        self.all.get().cast()
    }

    /// Puts the first `words` words to use, of those that there are.
    fn put_to_use(&self, words: usize) {
        let end = self.start().wrapping_add(words.min(self.all.get().len()));
        while self.end.get() < end {
            // SAFETY: the word is one of the stack's, and nobody refers to it yet.
            unsafe { self.end.get().write(0) };
            self.end.set(self.end.get().wrapping_add(1));
        }
    }

    /// Puts more to use, at least to the address `end`; false if the stack does not go that far.
    fn reach(&self, end: usize) -> bool {
        let needed = end.saturating_sub(self.start().addr()).div_ceil(WORD);
        let used = (self.end.get().addr() - self.start().addr()) / WORD;
        self.put_to_use(needed.max(used.saturating_mul(2)).max(FEWEST));
        end <= self.end.get().addr()
    }

    #[cfg(any(feature = "steps", feature = "threads"))]
    fn swap(&self, other: &Memory) {
        let Memory { all, end } = self;
        all.swap(&other.all);
        end.swap(&other.end);
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the memory has the layout of a box, and all pointers into it are gone with the stack.
        drop(unsafe { Box::from_raw(self.all.get()) });
    }
}

/// The bytes of a frame of `code` with its blocks.
#[cfg_attr(not(feature = "small"), inline(always))]
pub(crate) fn frame_bytes(code: Gc<Code>) -> usize {
    size_of::<Frame>() + code.n_exc as usize * size_of::<Block>()
}

impl Vm {
    /// Pushes a frame for `code` whose slots are at `locals`, on the value stack; the arguments are in place, the other
    /// local variables not yet unset.
    ///
    /// # Errors
    /// `RuntimeError` if a stack is full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn push_frame(&self, code: Gc<Code>, locals: *mut Slot, entry: Entry, object: Slot) -> Res<()> {
        let end = locals.wrapping_add(usize::from(code.n_state));
        self.check_end(end)?;
        self.push_frame_with(code, locals, end, entry, object)
    }

    /// As [`Vm::push_frame`], without an object. False if a stack is full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn try_push_frame(&self, code: Gc<Code>, locals: *mut Slot, entry: Entry) -> bool {
        let end = locals.wrapping_add(usize::from(code.n_state));
        if end > self.thread.stacks.values_end() {
            return false;
        }
        let Some(room) = self.frame_room(code) else { return false };
        self.write_frame(room, code, locals, end, Start::of(code, locals), entry, None);
        true
    }

    /// As [`Vm::push_frame`], for slots that lie anywhere; the slots of frames above begin at `end`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn push_frame_with(
        &self,
        code: Gc<Code>,
        locals: *mut Slot,
        end: *mut Slot,
        entry: Entry,
        object: Slot,
    ) -> Res<()> {
        let room = self.reach_frame(code)?;
        self.write_frame(room, code, locals, end, Start::of(code, locals), entry, object);
        Ok(())
    }

    /// As [`Vm::push_frame`], for slots that lie elsewhere than on the value stack, and for code that begins at `start`.
    ///
    /// # Errors
    /// `RuntimeError` if the frame stack is full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn push_frame_at(
        &self,
        code: Gc<Code>,
        locals: *mut Slot,
        start: Start,
        entry: Entry,
        object: Slot,
    ) -> Res<()> {
        let room = self.reach_frame(code)?;
        self.write_frame(room, code, locals, self.frame().end.get(), start, entry, object);
        Ok(())
    }

    /// Where a frame of `code` goes, if the part of the frame stack that is in use has room for it.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn frame_room(&self, code: Gc<Code>) -> Option<Room> {
        let stacks = &self.thread.stacks;
        let room = stacks.after(self.frame());
        (room.addr().wrapping_add(frame_bytes(code)) <= stacks.frames_end()).then_some(Room(room))
    }

    /// Where a frame of `code` goes; more of the frame stack is put to use for it if need be.
    ///
    /// # Errors
    /// `RuntimeError` if the stack is full.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn reach_frame(&self, code: Gc<Code>) -> Res<Room> {
        match self.frame_room(code) {
            Some(room) => Ok(room),
            None => self.use_more_frames(code),
        }
    }

    /// Puts more of the frame stack to use, for a frame of `code`.
    ///
    /// # Errors
    /// `RuntimeError` if the stack is full.
    #[cold]
    #[inline(never)]
    fn use_more_frames(&self, code: Gc<Code>) -> Res<Room> {
        let stacks = &self.thread.stacks;
        let room = stacks.after(self.frame());
        let end = room.addr() + frame_bytes(code);
        if stacks.frames.reach(end) { Ok(Room(room)) } else { Err(self.recursion_error()) }
    }

    /// Checks that the value stack goes to `end`, and puts more of it to use if need be.
    ///
    /// # Errors
    /// `RuntimeError` if the stack does not go that far.
    #[cfg_attr(not(feature = "small"), inline(always))]
    fn check_end(&self, end: *mut Slot) -> Res<()> {
        if end <= self.thread.stacks.values_end() || self.thread.stacks.reach(end) {
            Ok(())
        } else {
            Err(self.recursion_error())
        }
    }

    /// Writes a frame where there is room for it, and makes it the running one.
    #[cfg_attr(not(feature = "small"), inline(always))]
    #[expect(clippy::too_many_arguments, reason = "what a frame has, one by one")]
    fn write_frame(
        &self,
        Room(new): Room,
        code: Gc<Code>,
        locals: *mut Slot,
        end: *mut Slot,
        start: Start,
        entry: Entry,
        object: Slot,
    ) {
        let below = self.frame();
        let frame = Frame {
            code: Cell::new(Some(code)),
            locals: Cell::new(locals),
            ip: Cell::new(start.ip),
            sp: Cell::new(start.sp),
            end: Cell::new(end),
            blocks_end: Cell::new(new.wrapping_add(1).cast()),
            below: Cell::new(core::ptr::from_ref(below).cast_mut()),
            object: Cell::new(object),
            entry: Cell::new(entry),
            #[cfg(berus_tier)]
            resume: Cell::new(0),
        };
        // SAFETY: the frame stack has room for the new frame behind the frame below.
        unsafe { new.write(frame) };
        self.thread.stacks.top.set(new);
    }

    /// Removes the running frame.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn pop_frame(&self) {
        self.thread.stacks.top.set(self.frame().below.get());
    }

    /// Checks that the value stack has room for the slots of `code` at `locals`. `RuntimeError` if it has not.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn check_room(&self, locals: Sp, code: Gc<Code>) -> Res<()> {
        self.check_end(locals.0.wrapping_add(usize::from(code.n_state)))
    }

    /// The variables of the module whose function runs; the variables of `__main__` if no function runs.
    pub fn globals(&self) -> Gc<Dict> {
        if let Some(globals) = Vm::machine_globals(self.frame()) {
            return globals;
        }
        self.frame().code.get().map_or_else(|| self.main(), |code| code.context.globals())
    }

    /// Whether nothing but instructions runs in the [`Execution`](crate::interpret::execution::Execution) to which the
    /// running frame belongs: no built-in is between its frames. A built-in that is called by the running frame does not
    /// show.
    #[cfg(feature = "steps")]
    pub(crate) fn is_plainly_executing(&self) -> bool {
        let mut frame = self.frame();
        loop {
            match frame.entry.get() {
                Entry::Execution => return true,
                Entry::Rust | Entry::Bottom => return false,
                #[cfg(berus_tier)]
                Entry::Machine | Entry::MachineInit | Entry::MachineOperator => {
                    // SAFETY: as below.
                    frame = unsafe { &*frame.below.get() };
                }
                Entry::Call | Entry::Init | Entry::Loop | Entry::Delegate | Entry::Send => {
                    // SAFETY: only the bottom frame has none below.
                    frame = unsafe { &*frame.below.get() };
                }
            }
        }
    }

    /// The exception that the innermost of the running handlers of all calls got.
    pub(crate) fn handled(&self) -> Slot {
        let mut frame = self.frame();
        loop {
            frame.code.get()?;
            if let Some(exception) = frame.handled() {
                return Some(exception);
            }
            // SAFETY: only the bottom frame, which has no code, has none below.
            frame = unsafe { &*frame.below.get() };
        }
    }

    /// A place for `words` words on top of the value stack, for the arguments of a function that Rust code calls.
    ///
    /// # Errors
    /// `RuntimeError` if fewer than `words` words are left.
    pub(crate) fn stack_room(&self, words: usize) -> Res<NonNull<Slot>> {
        let end = self.frame().end.get();
        self.check_end(end.wrapping_add(words))?;
        NonNull::new(end).ok_or_else(|| self.recursion_error())
    }
}
