//! The bytecode verifier: proof that running some code cannot break its interpreter.
//!
//! [`verify`] follows all paths through all functions of a module and keeps account of what each slot of the value
//! stack holds ([`Kind`]), which exception blocks are open, and which locals are cells. Code that passes has the
//! properties below, so an interpreter need not check them as it runs. It accepts what mpy-cross emits; work and
//! memory are bounded by a small multiple of the code's size, and there is no recursion.
//!
//! # What is proved
//!
//! Of each bytecode function whose verification succeeds, in an interpreter that does what each instruction is said
//! to do ([`crate::opcode`]) and that handles exceptions, returns and jumps out of blocks as said here:
//!
//! 1. **Instructions.** Control is only ever at the first byte of an instruction, which is whole and known, and never
//!    runs off the end.
//! 2. **Operands.** Every qstr, constant and child that an instruction names exists, and the constant is an object.
//!    `BUILD_SLICE` has 2 or 3 items, `STORE_COMP` a kind of 0 to 2, calls at most 255 arguments of each sort. The
//!    prelude's names exist, and its line table is whole.
//! 3. **Locals.** Arguments and all locals that instructions name are below [`Facts::locals`]. The locals that the
//!    prelude lists as cells, once each, and the first [`Facts::min_cells`] arguments hold cells as long as the
//!    function runs; `LOAD_DEREF`, `STORE_DEREF` and `DELETE_DEREF` name only such, `STORE_FAST` and `DELETE_FAST`
//!    never. All other locals hold an object or nothing.
//! 4. **Functions.** A function is made with at least [`Facts::min_cells`] and at most [`Facts::max_cells`] cells, each
//!    of them a cell, and these are positional arguments. The module's own code takes none. Where a function's prelude
//!    says that it has default arguments, positional or keyword-only, an object is given for them when it is made, else
//!    null.
//! 5. **Room.** The value stack is never higher than [`Facts::stack`] slots, nor too low for an instruction.
//!    [`Facts::frame`] slots are enough for locals and stack. Mostly that is no more than the prelude's `n_state`, but
//!    mpy-cross before 1.23 counts up to [`UNCOUNTED_SLOTS`] too few for each exception block. Included are the
//!    exception, or the two pending slots, that a handler is entered with, and above the two slots of `__exit__` a
//!    third one, so that it can be called in place.
//! 6. **Objects.** Wherever an instruction uses a slot, it holds an object, but for these: `STORE_ATTR` and
//!    `STORE_SUBSCR` find an object or null for the value; calls of methods find an object or null for `self`; calls
//!    with starred arguments find an object or null for a keyword; `MAKE_CLOSURE` finds cells; `RETURN_VALUE` finds an
//!    object or, in a class body that returns the cell of `__class__`, a cell; `POP_TOP` finds an object or a slot of
//!    an iterator; `ROT_TWO` and `ROT_THREE` move any whole word.
//! 7. **Iterators.** `FOR_ITER` finds the four slots that `GET_ITER_STACK` made, where it made them and untouched, or
//!    null, an object, null and null. A jump out of a loop drops all four. Nothing between is moved or copied.
//! 8. **Blocks.** No more exception blocks are open than the prelude's `n_exc_stack`, and whatever ends one finds it
//!    open, innermost, and of its kind. Where control is decides which are active (their handler runs): those whose
//!    handler is not after the instruction. As control goes on, only the innermost changes from inactive to active.
//! 9. **Handlers.** While a block is open and not active, the slots below the height at which it was opened stay what
//!    they were. So an exception drops active blocks, cuts the stack to the height that the next one was opened at,
//!    puts the exception on top and goes to the handler ([`FinallyEntry::exception`] of a `finally`). For a `with` that
//!    height includes the two slots that `SETUP_WITH` puts there: `__exit__` and its `self` as `LOAD_METHOD` gives
//!    them.
//! 10. **Pending.** A return drops active blocks and those of `except`, cuts the stack to the height of the next one,
//!     puts the value and a negative small integer on top and goes to [`FinallyEntry::unwind`]. A jump out of blocks
//!     does the same with its target and the number of blocks still to leave; each `with` or `finally` on its way that
//!     is not active has just that height by then, and what an active one has pending is on top and gives way. Having
//!     left all, it drops an iterator if it says so, and its target then finds what it expects. (The target is to be
//!     kept as a small integer, such as its offset, so that every slot is a valid word.)
//! 11. **Ends.** `WITH_CLEANUP` finds what is pending on top of the two slots of `__exit__`, takes these out, and is
//!     followed by `END_FINALLY`. `END_FINALLY` finds on top, and just above what its block left alone, what is
//!     pending: `None` if nothing is, an exception that handlers were entered with, or the two slots of property 10 as
//!     they were put. It ends the block. Nothing else can be there: no function can forge what is pending.
//! 12. **Generators.** `YIELD_VALUE` and `YIELD_FROM` are only in functions whose prelude says that they are
//!     generators.
//!
//! # What compilers get wrong
//!
//! All output of mpy-cross 1.19 to 1.29 that has been tried is accepted, but for what would break MicroPython too:
//!
//! - `break` or `continue` in the `else` of an `async for` inside a loop, and calls with more than 255 arguments inside
//!   one, leave values on the stack in every turn;
//! - mpy-cross 1.19 takes an argument for a cell where `:=` in a comprehension assigns a `nonlocal` name;
//! - native code of more than 64 KiB has its prelude elsewhere than its file says.
//!
//! # What is not proved
//!
//! An interpreter must check as it runs:
//!
//! 1. that a local, or what is in a cell, is set where it is loaded or deleted;
//! 2. the type of every object: among others a list, dict or set for `STORE_COMP` and `STORE_MAP`, an iterator in the
//!    second slot of the second form of property 7, a type and an instance for `LOAD_SUPER_METHOD`, a small integer for
//!    the level of `IMPORT_NAME`, a string for a keyword, a small integer for the bitmap of starred arguments, an
//!    exception for `RAISE_OBJ` and on the right of a match;
//! 3. that the default arguments given to a function are a tuple of as many items as its prelude says, and a dict;
//! 4. the number of arguments in a call, and of items in `UNPACK_SEQUENCE` and `UNPACK_EX`;
//! 5. that there is an exception for `RAISE_LAST`;
//! 6. that the operand of `BUILD_MAP`, which is a hint, and [`Facts::frame`] do not ask for more memory than there is;
//! 7. that constants can be made: a number's text may be none, a str not be UTF-8;
//! 8. depth of calls, running time and memory;
//! 9. machine code: nothing is proved of it but that its prelude, where it has one, fits the code and the names, that
//!    the words at its start which are no instructions lead into it, and that its relocations change words of its own
//!    only, and refer to what is there.

mod blocks;
mod error;
#[cfg_attr(feature = "small", path = "no_glance.rs")]
mod glance;
mod labels;
mod machine_code;
#[cfg_attr(not(feature = "reasons"), path = "no_refusal.rs")]
mod refusal;
mod scan;
mod stack;
mod step;
mod survey;
mod walk;

use alloc::string::String;
use alloc::vec::Vec;

pub use blocks::{FinallyEntry, finally_entry};
pub use error::{Error, Reason};
pub use stack::Kind;
pub use survey::survey;

use crate::constant::Constant;
use crate::memory::Quota;
use crate::module::{CodeId, Kind as CodeKind, Module};
use error::{Fault, stopped};
use glance::Glance;
use refusal::whole;
use scan::{Contract, Scanner, Shape, Tables, check_prelude};
use walk::{Context, Memory, Walk};

/// What the verifier has found out about a bytecode function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// How many cells the function closes over at least: they are its first arguments.
    pub min_cells: u32,
    /// How many cells the function can be made with at most.
    pub max_cells: u32,
    /// How many slots of the function's frame hold arguments and other locals.
    pub locals: u32,
    /// How many slots the function's value stack needs at most.
    pub stack: u32,
}

impl Facts {
    /// How many slots the function's frame needs: locals and value stack.
    pub fn frame(&self) -> u32 {
        self.locals + self.stack
    }
}

/// How many slots too few, for each exception block, a prelude's `n_state` may be.
///
/// mpy-cross before 1.23 forgets what a `finally` may have pending in the height of the stack within it, and its files
/// overflow MicroPython's frames. With [`Facts::frame`] slots they run.
pub const UNCOUNTED_SLOTS: u32 = 3;

/// Verifies all code of a module.
///
/// Returns what has been found out about each code object, in the order of [`Module::codes`]; `None` for machine code,
/// of which nothing can be found out.
///
/// # Errors
/// If some code breaks a rule; of several errors, the one of the last code object is told.
pub fn verify(module: &Module<'_>) -> Result<Vec<Option<Facts>>, Error> {
    verify_within(module, &Quota::default())
}

/// Verifies all code of a module as [`verify`] does, within a quota of memory and work. What is returned belongs to the
/// quota.
///
/// # Errors
/// As [`verify`], and [`Reason::Stopped`] where the quota ends the work.
pub fn verify_within(module: &Module<'_>, quota: &Quota<'_>) -> Result<Vec<Option<Facts>>, Error> {
    Verifier::new(module, quota).all()
}

/// Verifies one code object of a module; of its children only what must be known to make functions of them.
///
/// # Errors
/// If the code object breaks a rule, or a child does in its prelude or by an instruction taken on its own. `None` as
/// for [`verify`].
///
/// # Panics
/// Never: an `id` that the module does not have is refused as [`Reason::ChildOrder`].
pub fn verify_code(module: &Module<'_>, id: CodeId) -> Result<Option<Facts>, Error> {
    let quota = Quota::default();
    let mut verifier = Verifier::new(module, &quota);
    for &child in module.codes.get(id as usize).map_or(&[][..], |code| &code.children) {
        verifier.contract(child)?;
    }
    verifier.code(id)
}

/// All that is wrong with the code of a module, found as it is asked for: of each code object that [`verify`] would
/// refuse the first defect, from the last to the first.
///
/// What a parent does with a child that is refused for its prelude, or for an instruction taken on its own, is not
/// checked. If the quota ends the work, all the rest is [`Reason::Stopped`].
pub fn failures<'m>(module: &'m Module<'_>, quota: &'m Quota<'_>) -> impl Iterator<Item = Error> + 'm {
    let mut verifier = Verifier::new(module, quota);
    (0..module.codes.len()).rev().filter_map(move |id| verifier.code(id as CodeId).err())
}

struct Verifier<'m, 'a> {
    module: &'m Module<'a>,
    quota: &'m Quota<'m>,
    /// For each constant, whether it is an object.
    constants: Vec<bool>,
    /// How many constants are objects, up to the first that is not.
    n_objects: usize,
    /// For each code object that has been looked at, what must be known to make a function of it.
    contracts: Vec<Option<Contract>>,
    scanner: Scanner<'m>,
    memory: Memory<'m>,
    glance: Glance,
}

impl<'m, 'a> Verifier<'m, 'a> {
    /// A verifier that has looked at constants only. If there was no memory for that, the quota says so; it is asked
    /// before all else.
    fn new(module: &'m Module<'a>, quota: &'m Quota<'_>) -> Verifier<'m, 'a> {
        let constants = quota.collect(module.constants.iter().map(|constant| is_object(constant, quota)));
        let constants = constants.unwrap_or_default();
        let n_objects = constants.iter().take_while(|is_object| **is_object).count();
        let contracts = quota.collect(module.codes.iter().map(|_| None)).unwrap_or_default();
        Verifier {
            module,
            quota,
            constants,
            n_objects,
            contracts,
            scanner: Scanner::new(quota),
            memory: Memory::new(quota),
            glance: Glance::ALL,
        }
    }

    fn all(&mut self) -> Result<Vec<Option<Facts>>, Error> {
        let n_codes = self.module.codes.len();
        let mut found = Vec::new();
        let room = self.quota.resize(&mut found, n_codes, None);
        room.map_err(|stop| error(self.module, self.quota, 0, stopped(stop)))?;
        // Children come after their parents.
        for id in (0..n_codes).rev() {
            found[id] = self.code(id as CodeId)?;
        }
        Ok(found)
    }

    /// Takes a first look at a code object: finds its contract and, if it is bytecode, its shape.
    fn look_at(&mut self, id: CodeId) -> Result<Option<Shape>, Fault> {
        self.quota.check().map_err(stopped)?;
        let Some(code) = self.module.codes.get(id as usize) else { return Err(whole(Reason::ChildOrder)) };
        let n_names = self.module.qstrs.len();
        let shape = match code.kind {
            CodeKind::Bytecode => {
                let (constants, n_objects) = (&self.constants, self.n_objects);
                let tables = Tables { n_names, constants, n_objects, n_children: code.children.len() };
                let shape = self.scanner.scan(&code.code, tables, self.glance)?;
                self.contracts[id as usize] = Some(Contract::new(&shape.signature, shape.cells));
                Some(shape)
            }
            _ if cfg!(not(feature = "native")) => return Err(whole(Reason::MachineCode)),
            CodeKind::Native { .. } => {
                let Some(prelude) = code.prelude() else { return Ok(None) };
                let prelude = prelude.map_err(|error| whole(Reason::Prelude(error)))?;
                check_prelude(&prelude, &code.code, n_names).map_err(|refusal| refusal.at(None))?;
                machine_code::check(code, self.module.header.arch).map_err(whole)?;
                let signature = &prelude.signature;
                self.contracts[id as usize] = Some(Contract::new(signature, (0, signature.n_pos_args)));
                None
            }
            CodeKind::Viper { .. } | CodeKind::Asm { .. } => {
                machine_code::check(code, self.module.header.arch).map_err(whole)?;
                None
            }
        };
        Ok(shape)
    }

    /// Finds the contract of a code object.
    fn contract(&mut self, id: CodeId) -> Result<(), Error> {
        self.look_at(id).map(|_| ()).map_err(|fault| error(self.module, self.quota, id, fault))
    }

    /// Verifies a code object, the contracts of whose children have been found.
    fn code(&mut self, id: CodeId) -> Result<Option<Facts>, Error> {
        self.facts(id).map_err(|fault| error(self.module, self.quota, id, fault))
    }

    fn facts(&mut self, id: CodeId) -> Result<Option<Facts>, Fault> {
        let shape = self.look_at(id)?;
        let code = &self.module.codes[id as usize];
        if code.children.iter().any(|&child| child <= id || child as usize >= self.module.codes.len()) {
            return Err(whole(Reason::ChildOrder));
        }
        let Some(shape) = shape else { return Ok(None) };
        // Labels and loads that were lost for want of memory would be missed below.
        self.quota.check().map_err(stopped)?;
        if id == 0 && shape.cells.0 > 0 {
            return Err(whole(Reason::ModuleCells));
        }
        let context = Context {
            code: &code.code,
            labels: &self.scanner.labels,
            names: &self.module.qstrs,
            shape,
            children: &code.children,
            contracts: &self.contracts,
            glance: self.glance,
        };
        let stack = Walk::all(context, &mut self.memory)?;
        self.quota.check().map_err(stopped)?;
        Ok(Some(Facts { min_cells: shape.cells.0, max_cells: shape.cells.1, locals: shape.locals, stack }))
    }
}

/// Whether a constant is an object with all that is in it.
fn is_object(constant: &Constant<'_>, quota: &Quota<'_>) -> bool {
    if !matches!(constant, Constant::Tuple(_)) {
        return !matches!(constant, Constant::FunctionTable);
    }
    let mut rest = Vec::new();
    quota.push_or_stop(&mut rest, core::slice::from_ref(constant).iter());
    while let Some(items) = rest.last_mut() {
        match items.next() {
            Some(Constant::FunctionTable) => return false,
            Some(Constant::Tuple(items)) => quota.push_or_stop(&mut rest, items.iter()),
            Some(_) => {}
            None => {
                rest.pop();
            }
        }
    }
    true
}

/// The error for `fault`. If the quota has ended the work, facts may have been lost, so the end of the work is the
/// reason.
fn error(module: &Module<'_>, quota: &Quota<'_>, code: CodeId, fault: Fault) -> Error {
    let (offset, reason) = quota.stop().map_or(fault, stopped);
    let is_told = cfg!(feature = "reasons") && !matches!(reason, Reason::Stopped(_));
    let path = if is_told { path(module, code) } else { None };
    Error { code, path: path.unwrap_or_default(), offset, reason }
}

/// Names of a code object and of those around it, with dots between them. `None` if there is no memory for the text.
fn path(module: &Module<'_>, code: CodeId) -> Option<String> {
    const MAX_NAMES: usize = 8;
    const MAX_BYTES: usize = 64;
    let mut names = [b"".as_slice(); MAX_NAMES];
    let mut first = MAX_NAMES;
    let mut id = code;
    while let Some(before) = first.checked_sub(1) {
        first = before;
        let raw = module.codes.get(id as usize);
        let prelude = raw.and_then(|raw| raw.prelude()).and_then(Result::ok);
        let name = prelude.and_then(|prelude| module.qstrs.get(prelude.name as usize));
        let name = name.map_or(b"?".as_slice(), |name| name.as_bytes());
        names[first] = &name[..name.len().min(MAX_BYTES)];
        let before = &module.codes[..module.codes.len().min(id as usize)];
        let Some(parent) = before.iter().rposition(|parent| parent.children.contains(&id)) else { break };
        id = parent as CodeId;
    }
    let names = &names[first..];
    let mut path = String::new();
    // A replacement character takes three bytes.
    path.try_reserve(names.iter().map(|name| 1 + 3 * name.len()).sum()).ok()?;
    for (n, name) in names.iter().enumerate() {
        path.push_str(if n > 0 { "." } else { "" });
        for chunk in name.utf8_chunks() {
            path.push_str(chunk.valid());
            path.push_str(if chunk.invalid().is_empty() { "" } else { "\u{fffd}" });
        }
    }
    Some(path)
}
