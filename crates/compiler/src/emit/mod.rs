//! Emitters: what the compile passes drive to make the code of a function.
//!
//! The passes walk the tree and call the methods of [`Emit`], which read as instructions of a stack machine. An
//! emitter turns them into bytecode ([`bytecode`]) or machine code ([`native`]). There is one for each walk over a
//! function, and it says itself whether it needs another walk: all see the same calls in the same order.
//!
//! Functions of inline assembler have no such passes: what they say is machine code already ([`asm`]). Which machines there
//! are is a question of features ([`machines`]).

#[cfg(feature = "asm")]
pub(crate) mod asm;
pub(crate) mod bytecode;
#[cfg(any(feature = "asm", feature = "native"))]
mod code;
mod constants;
pub(crate) mod machines;
#[cfg(feature = "native")]
mod native;
#[cfg(any(feature = "rv32", feature = "asm-rv32"))]
mod riscv;
pub(crate) mod tables;
#[cfg(any(feature = "xtensa", feature = "xtensawin", feature = "asm-xtensa"))]
mod xtensa;

use berus_mpy::module::RawCode;
use berus_mpy::opcode::{BinaryOp, UnaryOp};

use crate::error::{CompileError, ErrorKind};
use crate::names::{Name, Names};
use crate::scope::{Scope, ScopeId};
use crate::tree::Node;

/// A place in the code of a function to jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub u32);

impl Label {
    /// A label that is never placed.
    pub const NOWHERE: Label = Label(u32::MAX);
}

/// What a walk over a scope is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// To find the names of the scope and the scopes in it. Only the order in which names and constants come up
    /// counts of what is emitted.
    Scope,
    /// To make its code. The scope is laid out.
    Code,
}

/// Which of the constants with a keyword or sign of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    None,
    False,
    True,
    Ellipsis,
}

/// How a local variable is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LocalKind {
    /// In its slot.
    Fast,
    /// In a cell in its slot.
    Cell,
}

/// Where a variable that is not local is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GlobalKind {
    /// In the dict of the class or module, then as a global.
    Name,
    /// Among the globals.
    Global,
}

/// What is done with a subscript or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Load,
    Store,
    Delete,
}

/// What a block sets up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    With,
    Except,
    Finally,
}

/// What is built of values on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    Tuple,
    List,
    Map,
    Set,
    Slice,
}

/// What a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collection {
    List,
    Dict,
    Set,
}

/// The arguments of a call that lie on the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub positional: u32,
    /// Pairs of keyword and value.
    pub keyword: u32,
    /// Whether any is starred; on top there is then a bitmap of those, and a null keyword goes with a mapping.
    pub starred: bool,
}

impl Arguments {
    /// `count` positional arguments.
    pub fn positional(count: u32) -> Arguments {
        Arguments { positional: count, ..Arguments::default() }
    }
}

/// How a function takes its defaults from the stack: both, if there are any of either kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Defaults {
    pub positional: u32,
    pub keyword: u32,
}

impl Defaults {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self.positional > 0 || self.keyword > 0
    }
}

/// What comes of a walk.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Another walk is needed, to use what this one found out.
    Again,
    /// The code. Its children are numbers of scopes.
    Done(RawCode<'static>),
}

/// What an emitter cannot translate.
#[derive(Clone, Debug)]
pub(crate) struct EmitError {
    pub error: CompileError,
    /// Whether the error belongs to the statement that is walked over. If not, it has no place in the source.
    pub has_place: bool,
}

impl EmitError {
    /// A constant is nested too deep to store.
    pub fn too_deep() -> EmitError {
        EmitError { error: CompileError::new(ErrorKind::Runtime, "maximum recursion depth exceeded"), has_place: true }
    }
}

/// Makes the code of a function, in one walk over its scope.
///
/// The value stack is that of the bytecode, slot for slot. An emitter that meets something it cannot translate
/// keeps the error until [`Emit::error`] asks for it.
pub(crate) trait Emit {
    /// Ends the walk.
    ///
    /// # Errors
    /// If the code cannot be encoded.
    fn end(&mut self, scope: &Scope) -> Result<Outcome, CompileError>;

    /// What went wrong since the walk began, if anything did. It comes before what the walk itself finds wrong.
    fn error(&self) -> Option<&EmitError>;

    /// The same, to keep.
    fn take_error(&mut self) -> Option<EmitError>;

    /// The names of the module.
    fn names(&mut self) -> &mut Names;

    /// Whether nothing follows a return so far, and whoever emits code for an earlier release than 1.20 has to know.
    fn has_just_returned(&self) -> bool {
        false
    }

    /// Says that the code that follows finds the stack `delta` slots higher than it seems, because it is jumped to or
    /// because room is needed.
    fn adjust_stack(&mut self, delta: i32);

    /// Says that the code that follows comes from line `line`, unless that is before the line of earlier code.
    fn source_line(&mut self, line: u32);

    /// A new label.
    fn new_label(&mut self) -> Label;

    /// Puts a label here.
    fn place(&mut self, label: Label);

    fn load_local(&mut self, name: Name, local: u16, kind: LocalKind);
    fn store_local(&mut self, name: Name, local: u16, kind: LocalKind);
    fn delete_local(&mut self, name: Name, local: u16, kind: LocalKind);
    fn load_global(&mut self, name: Name, kind: GlobalKind);
    fn store_global(&mut self, name: Name, kind: GlobalKind);
    fn delete_global(&mut self, name: Name, kind: GlobalKind);

    /// Imports module `name`; level and list of names are on the stack.
    fn import_name(&mut self, name: Name);
    /// Pushes `name` of the module on top.
    fn import_from(&mut self, name: Name);
    /// Imports all names of the module on top.
    fn import_star(&mut self);

    fn load_literal(&mut self, literal: Literal);
    fn load_small_int(&mut self, value: i64);
    fn load_str(&mut self, name: Name);
    /// Loads the value of a constant object.
    fn load_const(&mut self, node: Node);
    fn load_null(&mut self);
    /// Loads a method to call with [`Emit::call_method`], of the object on top or, if `is_super`, of what `super()`
    /// finds for the class and object on top of the `super` type.
    fn load_method(&mut self, name: Name, is_super: bool);
    fn load_build_class(&mut self);
    fn subscript(&mut self, access: Access);
    fn attribute(&mut self, name: Name, access: Access);

    fn dup_top(&mut self);
    fn dup_top_two(&mut self);
    fn pop_top(&mut self);
    fn rot_two(&mut self);
    fn rot_three(&mut self);

    fn jump(&mut self, label: Label);
    fn pop_jump_if(&mut self, condition: bool, label: Label);
    fn jump_if_or_pop(&mut self, condition: bool, label: Label);
    /// Leaves `blocks` exception blocks and jumps; `drop_iterator` if the jump breaks out of a loop over an iterator.
    fn unwind_jump(&mut self, label: Label, blocks: u16, drop_iterator: bool);

    /// Opens a block whose handler is at `label`.
    fn setup_block(&mut self, block: Block, label: Label);
    /// Ends the body of a `with` block and calls `__exit__`, at `label`.
    fn with_cleanup(&mut self, label: Label);
    /// Ends the body of an `async with` block, whose handler is `handler`: goes on at `no_exception` with `None` below the
    /// context manager, at `unwinding` if a return or jump is pending, else here, with the exception on top.
    fn async_with_finally(&mut self, handler: Label, no_exception: Label, unwinding: Label);
    /// Closes a block, and goes on with what is pending.
    fn end_finally(&mut self);
    /// Says that the handler of an `except` block begins: the exception is on top.
    fn start_except_handler(&mut self);
    /// Says that it has ended.
    fn end_except_handler(&mut self);
    /// Closes an `except` block and jumps, from the end of its body or from within its handler.
    fn pop_except_jump(&mut self, label: Label, within_handler: bool);

    /// Replaces an object by its iterator, or by the state of one that lies on the stack.
    fn get_iter(&mut self, on_stack: bool);
    fn for_iter(&mut self, label: Label);
    /// Says that the loop has ended: the state of the iterator is gone.
    fn for_iter_end(&mut self);

    fn unary_op(&mut self, op: UnaryOp);
    fn binary_op(&mut self, op: BinaryOp);
    /// As [`Emit::binary_op`] for `in` or `is`, then negated.
    fn negated_op(&mut self, op: BinaryOp);

    fn build(&mut self, what: Build, count: u32);
    fn store_map(&mut self);
    /// Adds to the collection that lies `depth` slots deep.
    fn store_comp(&mut self, collection: Collection, depth: u32);
    fn unpack_sequence(&mut self, count: u32);
    fn unpack_ex(&mut self, left: u32, right: u32);

    fn make_function(&mut self, scope: ScopeId, defaults: Defaults);
    /// The same with `cells` cells on the stack.
    fn make_closure(&mut self, scope: ScopeId, cells: u32, defaults: Defaults);
    fn call_function(&mut self, arguments: Arguments);
    fn call_method(&mut self, arguments: Arguments);
    fn return_value(&mut self);
    /// Raises the exception being handled (0 `values`), the top (1), or the one below from the top (2).
    fn raise(&mut self, values: u8);
    fn yield_value(&mut self);
    fn yield_from(&mut self);
}
