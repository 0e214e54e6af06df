//! Why code is refused.

use alloc::string::String;
use core::fmt;

use super::refusal::Refusal;
use super::stack::Kind;
use crate::bytecode::DecodeError;
use crate::memory::Stop;
use crate::module::CodeId;
use crate::prelude::PreludeError;
use crate::reloc::Place;

/// Code that must not be run: which, where and why.
///
/// As text it names all three: `in <module>.f (code 1) at offset 12: a jump to offset 13, where no instruction starts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The index of the code object in [`crate::module::Module::codes`].
    pub code: CodeId,
    /// The names of the functions around the code object and its own name, with dots between them; at most the last
    /// few.
    pub path: String,
    /// The offset of the instruction, from the start of [`crate::module::RawCode::code`]. `None` if the error is about
    /// the function as a whole.
    pub offset: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {} (code {})", self.path, self.code)?;
        if let Some(offset) = self.offset {
            write!(f, " at offset {offset}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl core::error::Error for Error {}

/// What is wrong with code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The prelude does not fit itself or the code.
    Prelude(PreludeError),
    /// The arguments of the function and the locals that it uses take this many slots, but its frame has only this
    /// many.
    Frame(u32, u32),
    /// More positional arguments have defaults than the function has.
    Defaults,
    /// Two entries of the list of cells name this local.
    CellTwice(u8),
    /// The line table ends inside an entry.
    Lines,
    /// No instruction can be decoded.
    Decode(DecodeError),
    /// There is no name with this index.
    Name(u32),
    /// There is no constant with this index.
    Constant(u32),
    /// The constant with this index is, or contains, the table of functions, which is no object.
    FunctionTable(u32),
    /// There is no child with this index.
    Child(u32),
    /// A slice is made of this many items, which are neither 2 nor 3.
    SliceItems(u32),
    /// `STORE_COMP` has no kind of collection with this number.
    Collection(u32),
    /// The operand, this number, counts more arguments or names than a frame can have slots.
    TooManyArguments(u32),
    /// A jump leads to an offset that is not in the code.
    JumpOutside,
    /// A jump leads to this offset, where no instruction starts.
    JumpInside(usize),
    /// There is a `yield` in a function that is no generator.
    Yield,
    /// The local of this number is used as a cell but can be none.
    NotCell(u32),
    /// The local of this number is a cell but is used as an object.
    CellAsObject(u32),
    /// A closure's cells are not loaded just before it.
    ClosureLoads,
    /// The child of this index does not close over this many cells.
    Cells(u32, u32),
    /// The child of this index needs default arguments.
    NeedsDefaults(u32),
    /// The module's own code closes over cells.
    ModuleCells,
    /// Machine code that lacks the words which a caller reads at its start, or whose words lead out of it.
    MachineCode,
    /// A relocation of this word, and maybe some after it, which are not all there, or one that refers to nothing.
    Relocation(Place),
    /// A child is not after its parent in the module's list.
    ChildOrder,
    /// The instruction needs more slots than the stack, or the block that it is in, has.
    StackEmpty,
    /// The stack grows higher than the frame, which has room for this many slots.
    StackFull(u32),
    /// The instruction needs the thing that is named, but finds a slot of this kind.
    Needs(&'static str, Kind),
    /// Control reaches the instruction with stacks of these two heights.
    Heights(u32, u32),
    /// Control reaches the instruction with this slot of the stack in these two kinds.
    Kinds(u32, Kind, Kind),
    /// Control reaches the instruction with other exception blocks open than on another path.
    Blocks,
    /// No exception block is open, or too few.
    NoBlock,
    /// More exception blocks are open than this many, which the prelude says.
    TooManyBlocks(u32),
    /// Two blocks have this handler.
    SharedHandler(usize),
    /// An exception block is not of the kind that the instruction ends.
    WrongBlock,
    /// An exception block is ended by an instruction before its handler.
    BlockNotActive,
    /// Control passes a handler of a block that stays open.
    PassesHandler,
    /// A handler is entered without what it expects on the stack.
    EntersHandler,
    /// The height of the stack is the first number, where the exception block needs the second.
    BlockHeight(u32, u32),
    /// `WITH_CLEANUP` has no `END_FINALLY` after it.
    CleanupAlone,
    /// Control runs off the end of the code.
    RunsOff,
    /// The verifier gave up: no real code needs so much work.
    TooComplex,
    /// The code breaks a rule; which, only builds with the feature `reasons` say.
    Untold,
    /// Nothing is wrong as far as the code was looked at, but there was no memory to go on, or somebody ended the work.
    Stopped(Stop),
}

/// Where something is wrong, and what.
pub(super) type Fault = (Option<usize>, Reason);

/// The fault that the work has been stopped, which has no place in the code.
#[cold]
pub(super) fn stopped(stop: Stop) -> Fault {
    (None, Reason::Stopped(stop))
}

/// The result of a check.
pub(super) type Checked<T = ()> = Result<T, Refusal>;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Reason::*;
        match *self {
            Prelude(PreludeError::Signature) => f.write_str("the prelude's signature is cut off or too long"),
            Prelude(PreludeError::Sizes) => f.write_str("the prelude's sizes are cut off or too long"),
            Prelude(PreludeError::Extent) => f.write_str("the prelude does not fit the code"),
            Prelude(PreludeError::Names) => f.write_str("the prelude's names do not fit its size"),
            Frame(locals, n_state) => write!(f, "{locals} locals in a frame of {n_state} slots"),
            Defaults => f.write_str("more positional arguments have defaults than there are"),
            CellTwice(local) => write!(f, "local {local} is listed twice as a cell"),
            Lines => f.write_str("the line table ends inside an entry"),
            Decode(DecodeError::UnknownOpcode(byte)) => write!(f, "no opcode has number {byte:#04x}"),
            Decode(DecodeError::CutOff) => f.write_str("the code ends inside an instruction"),
            Decode(DecodeError::BadOperand) => f.write_str("an operand is too big or not in its shortest form"),
            Name(index) => write!(f, "no name has index {index}"),
            Constant(index) => write!(f, "no constant has index {index}"),
            FunctionTable(index) => write!(f, "constant {index} is for machine code only"),
            Child(index) => write!(f, "no child has index {index}"),
            SliceItems(n) => write!(f, "a slice of {n} items"),
            Collection(kind) => write!(f, "no kind of comprehension has number {kind}"),
            TooManyArguments(n) => write!(f, "{n:#x} counts more arguments than a frame has slots"),
            JumpOutside => f.write_str("a jump out of the code"),
            JumpInside(target) => write!(f, "a jump to offset {target}, where no instruction starts"),
            Yield => f.write_str("a yield in a function that is no generator"),
            NotCell(local) => write!(f, "local {local} is used as a cell but is none"),
            CellAsObject(local) => write!(f, "local {local} is a cell but is used as an object"),
            ClosureLoads => f.write_str("the cells of a closure are not loaded just before it"),
            Cells(child, n) => write!(f, "child {child} cannot be made with {n} cells"),
            NeedsDefaults(child) => write!(f, "child {child} is made without its default arguments"),
            ModuleCells => f.write_str("the module's own code closes over cells"),
            MachineCode => f.write_str("machine code lacks the words that its caller reads"),
            Relocation(Place::Text(word)) => write!(f, "a relocation of word {word} of the machine code leads nowhere"),
            Relocation(Place::Rodata(word)) => write!(f, "a relocation of word {word} of the data leads nowhere"),
            ChildOrder => f.write_str("a child is not after its parent"),
            StackEmpty => f.write_str("the stack has too few slots, or the exception block around needs them"),
            StackFull(room) => write!(f, "the stack has room for {room} slots only"),
            Needs(what, kind) => write!(f, "{what} is needed, but there is {kind}"),
            Heights(old, new) => write!(f, "reached with {old} slots on the stack and with {new}"),
            Kinds(slot, old, new) => write!(f, "reached with slot {slot} of the stack being {old} and being {new}"),
            Blocks => f.write_str("reached with different exception blocks open"),
            NoBlock => f.write_str("too few exception blocks are open"),
            TooManyBlocks(n) => write!(f, "more than {n} exception blocks are open"),
            SharedHandler(handler) => write!(f, "another block has the handler at offset {handler} already"),
            WrongBlock => f.write_str("the innermost exception block is of another kind"),
            BlockNotActive => f.write_str("the innermost exception block's handler is yet to come"),
            PassesHandler => f.write_str("control passes the handler of an exception block that is open"),
            EntersHandler => f.write_str("control enters a handler without what it expects on the stack"),
            BlockHeight(height, block) => {
                write!(f, "{height} slots on the stack, where the exception block needs {block}")
            }
            CleanupAlone => f.write_str("WITH_CLEANUP without END_FINALLY after it"),
            RunsOff => f.write_str("control runs off the end of the code"),
            TooComplex => f.write_str("too complex to verify"),
            Untold => f.write_str("a rule is broken"),
            Stopped(stop) => write!(f, "{stop}"),
        }
    }
}
