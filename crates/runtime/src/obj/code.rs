//! Code objects: bytecode linked to a module's names and constants.

use core::cell::Cell;
use core::ptr::NonNull;

use berus_mpy::bytecode::instructions;
use berus_mpy::opcode::Operand;
use berus_mpy::prelude::Prelude;
use berus_mpy::verify::Facts;

use crate::data::sketch::{Sketched, Wants};
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::layout::Dict;
use crate::model::machine::Machine;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::model::work::spend_work;
#[cfg(feature = "code-attributes")]
use crate::obj::code_attr;
use crate::qstr::Qstr;
use crate::{define, q};

/// Entries of a line table that are gone through in the time of a unit of work.
const ENTRIES_PER_UNIT: usize = 4;

/// The type of code objects.
#[cfg(feature = "code-attributes")]
pub static TYPE: Type = define!(Type::new(q!("code")).print(code_attr::print).attr(code_attr::attr));

/// The type of code objects.
#[cfg(not(feature = "code-attributes"))]
pub static TYPE: Type = define!(Type::new(q!("code")));

/// The type of contexts, which the code objects of one module share.
pub static CONTEXT_TYPE: Type = define!(Type::new(q!("module")));

// SAFETY: `Context` is `repr(C)` and starts with a header; only contexts have this type.
unsafe impl Object for Context {
    const TYPE: &'static Type = &CONTEXT_TYPE;
}

impl Context {
    /// A context with tables in heap blocks.
    pub(crate) fn new(globals: Gc<Dict>, qstrs: NonNull<Qstr>, constants: NonNull<Slot>) -> Context {
        Context {
            header: Header::of(&CONTEXT_TYPE),
            globals,
            short_qstrs: None,
            constants,
            qstrs,
            image: Cell::new(None),
            placeholder: Cell::new(None),
        }
    }

    /// This context with a table of names for machine code.
    pub(crate) fn with_short_qstrs(self, short_qstrs: Option<NonNull<u16>>) -> Context {
        Context { short_qstrs, ..self }
    }

    /// A copy of this context with other global variables.
    fn copy_with(&self, globals: Gc<Dict>) -> Context {
        let image = Cell::new(self.image.get());
        let placeholder = Cell::new(None);
        Context { header: Header::of(&CONTEXT_TYPE), globals, image, placeholder, ..*self }
    }

    /// The code object that stands for the code of functions that have not been called: it has the context, and nothing
    /// to run.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn placeholder(this: Gc<Context>, vm: &Vm) -> Res<Gc<Code>> {
        if let Some(placeholder) = this.placeholder.get() {
            return Ok(placeholder);
        }
        let placeholder = vm.alloc(Code::nothing(this))?;
        this.placeholder.set(Some(placeholder));
        Ok(placeholder)
    }

    /// The module's variables.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn globals(&self) -> Gc<Dict> {
        self.globals
    }

    /// The module's constants.
    pub(crate) fn constants(&self) -> NonNull<Slot> {
        self.constants
    }

    /// The name with index `index`, which the table has.
    pub(crate) fn qstr(&self, index: u32) -> Qstr {
        // SAFETY: verification has checked the index against the table's length.
        unsafe { self.qstrs.add(index as usize).read() }
    }

    /// Makes `name` the name with index `index`, which the table has.
    pub(crate) fn set_qstr(&self, index: u32, name: Qstr) {
        // SAFETY: as in `qstr`.
        unsafe { self.qstrs.add(index as usize).write(name) };
    }

    /// The constant with index `index`, which the table has.
    pub(crate) fn constant(&self, index: u32) -> Slot {
        // SAFETY: as in `qstr`.
        unsafe { self.constants.add(index as usize).read() }
    }

    /// Makes `value` the constant with index `index`, which the table has.
    pub(crate) fn set_constant(&self, index: u32, value: Obj) {
        // SAFETY: as in `qstr`.
        unsafe { self.constants.add(index as usize).write(Some(value)) };
    }
}

// Every function that has been called has a code object.
const _: () = assert!(size_of::<Code>() <= 12 * size_of::<u64>());

// SAFETY: `Code` is `repr(C)` and starts with a header; only code objects have this type.
unsafe impl Object for Code {
    const TYPE: &'static Type = &TYPE;
}

impl Code {
    const fn header() -> Header {
        Header::of(&TYPE)
    }

    /// The code object for verified bytecode, or for machine code that has a prelude: `bytes` says where the code lies
    /// and how long it is.
    ///
    /// # Errors
    /// `MemoryError`; `RuntimeError` if the code's frame would be too large.
    pub(crate) fn link(
        vm: &Vm,
        prelude: &Prelude,
        facts: Facts,
        context: Gc<Context>,
        (bytes, len): (*const u8, usize),
        children: Option<NonNull<Slot>>,
    ) -> Res<Gc<Code>> {
        let signature = prelude.signature;
        if facts.frame() > u32::from(u16::MAX) || signature.n_exc_stack > u32::from(u16::MAX) {
            return Err(vm.recursion_error());
        }
        let mut code = Code {
            children,
            bytes,
            len: len as u32,
            start: bytes.wrapping_add(prelude.end()),
            n_state: facts.frame().max(1) as u16,
            n_locals: facts.locals as u16,
            min_cells: facts.min_cells as u16,
            n_exc: signature.n_exc_stack as u16,
            n_pos: signature.n_pos_args as u16,
            n_kwonly: signature.n_kwonly_args as u16,
            n_def: signature.n_def_pos_args as u16,
            flags: signature.scope_flags as u8,
            name: context.qstr(prelude.name),
            names_at: prelude.names_at.start as u32,
            lines_at: prelude.lines_at.start as u32,
            cells_at: prelude.cells_at.start as u32,
            ..Code::nothing(context)
        };
        // Functions that close over cells need the cells put before their arguments.
        let own_cells = !prelude.cells_at.is_empty();
        code.simple = !own_cells && facts.min_cells == 0 && !code.is_generator() && !code.takes_more();
        vm.alloc(code)
    }

    /// Code that does nothing, and is never run.
    fn nothing(context: Gc<Context>) -> Code {
        Code {
            header: Code::header(),
            context,
            qstrs: context.qstrs,
            constants: context.constants(),
            children: None,
            bytes: core::ptr::dangling(),
            len: 0,
            start: core::ptr::null(),
            n_state: 0,
            n_locals: 0,
            n_exc: 0,
            min_cells: 0,
            n_pos: 0,
            n_kwonly: 0,
            n_def: 0,
            flags: 0,
            simple: false,
            name: Qstr::NULL,
            names_at: 0,
            lines_at: 0,
            cells_at: 0,
            defined_at: Cell::new(0),
        }
    }

    /// Whether the code can be run, and is no [placeholder](Context::placeholder).
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn is_linked(&self) -> bool {
        !self.start.is_null()
    }

    /// The prelude and the instructions.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the bytes are part of the module's image, which lives as long as this code object points into the
        // image.
        unsafe { core::slice::from_raw_parts(self.bytes, self.len as usize) }
    }

    /// The same code with other global variables.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn with_globals(&self, vm: &Vm, globals: Gc<Dict>) -> Res<Gc<Code>> {
        let context = vm.alloc(self.context.copy_with(globals))?;
        self.with_context(vm, context)
    }

    /// The same code for a function without defaults: all of its arguments must be given.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn without_defaults(&self, vm: &Vm) -> Res<Gc<Code>> {
        let flags = self.flags & !(berus_mpy::prelude::scope_flag::DEFKWARGS as u8);
        vm.alloc(Code { header: Code::header(), n_def: 0, flags, defined_at: self.defined_at.clone(), ..*self })
    }

    /// A copy of the code object with the properties `flags`, not on the heap.
    #[cfg(feature = "python")]
    pub(crate) fn copied_with_flags(&self, flags: u8) -> Code {
        Code { header: Code::header(), flags, defined_at: self.defined_at.clone(), ..*self }
    }

    pub(crate) fn with_context(&self, vm: &Vm, context: Gc<Context>) -> Res<Gc<Code>> {
        vm.check_depth()?;
        let children = match self.children {
            Some(children) => Some(children_with_context(vm, children, context)?),
            None => None,
        };
        vm.alloc(Code { header: Code::header(), context, children, defined_at: self.defined_at.clone(), ..*self })
    }

    /// What a function of this code is given besides cells.
    pub(crate) fn wants(&self) -> Wants {
        Wants { defaults: self.n_def, flags: self.flags }
    }

    /// Whether the code can be called without cells.
    pub(crate) fn arg_names_are_own(&self) -> bool {
        self.min_cells == 0
    }

    /// Whether calling a function of this code makes a generator.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn is_generator(&self) -> bool {
        self.flags & berus_mpy::prelude::scope_flag::GENERATOR as u8 != 0
    }

    /// Whether all of the scope flags `flags` are set.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn has(&self, flags: u32) -> bool {
        u32::from(self.flags) & flags == flags
    }

    /// Whether the code takes `*args`, `**kwargs` or keyword-only arguments.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn takes_more(&self) -> bool {
        use berus_mpy::prelude::scope_flag::{VARARGS, VARKEYWORDS};
        self.n_kwonly > 0 || u32::from(self.flags) & (VARARGS | VARKEYWORDS) != 0
    }

    /// How many local variables a call fills.
    pub(crate) fn n_args(&self) -> usize {
        use berus_mpy::prelude::scope_flag::{VARARGS, VARKEYWORDS};
        let n_named = usize::from(self.n_pos) + usize::from(self.n_kwonly);
        n_named + usize::from(self.has(VARARGS)) + usize::from(self.has(VARKEYWORDS))
    }

    /// The name with index `index` in the module's table.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn qstr(&self, index: usize) -> Qstr {
        // SAFETY: verification has checked every index in the code against the table's length.
        unsafe { self.qstrs.add(index).read() }
    }

    /// The constant with index `index` in the module's table.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn constant(&self, index: usize) -> Slot {
        // SAFETY: as in `qstr`.
        unsafe { self.constants.add(index).read() }
    }

    /// The child with number `index`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn child(&self, index: usize) -> Slot {
        // SAFETY: as in `qstr`; code with children has the block.
        self.children.and_then(|children| unsafe { children.add(index).read() })
    }

    /// The child with number `index`, for a function to be made of it. A child of which functions are made again is
    /// linked.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn child_to_make(&self, vm: &Vm, index: usize) -> Res<Slot> {
        let child = self.child(index);
        let Some(sketched) = child.and_then(|child| child.downcast::<Sketched>()) else { return Ok(child) };
        if !sketched.make() {
            return Ok(child);
        }
        let code = Some(sketched.link(vm)?.obj());
        if let Some(children) = self.children {
            // SAFETY: the block has a word at `index`, as the child was read from there.
            unsafe { children.add(index).write(code) };
        }
        Ok(code)
    }

    /// The code objects of the functions that this code makes, each with the place of the instruction that makes the
    /// function, in bytes from the first instruction.
    #[cfg_attr(not(feature = "code-attributes"), allow(dead_code))]
    pub(crate) fn definitions(&self) -> impl Iterator<Item = (usize, Obj)> + '_ {
        instructions(self.instructions()).flatten().filter_map(|instruction| match instruction.op.operand() {
            Operand::Child | Operand::Closure => Some((instruction.offset, self.child(instruction.index() as usize)?)),
            _ => None,
        })
    }

    /// The numbers of the local variables that are cells of their own.
    pub(crate) fn cells(&self) -> &[u8] {
        let start = self.start.addr() - self.bytes.addr();
        self.bytes().get(self.cells_at as usize..start).unwrap_or_default()
    }

    /// The names of the arguments, positional and keyword-only.
    pub(crate) fn arg_names(&self) -> impl Iterator<Item = Qstr> + '_ {
        let mut rest = self.bytes().get(self.names_at as usize..).unwrap_or_default();
        let mut left = usize::from(self.n_pos) + usize::from(self.n_kwonly) + 1;
        core::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let (index, len) = berus_mpy::vuint::read(rest)?;
            rest = &rest[len..];
            Some(self.qstr(index as usize))
        })
        .skip(1)
    }

    /// The file that the module was compiled from.
    pub fn file(&self) -> Qstr {
        self.qstr(0)
    }

    /// The function's name.
    pub fn name(&self) -> Qstr {
        self.name
    }

    /// The line of the function's definition or, where that is not known, of the first instruction.
    pub fn first_line(&self, vm: &Vm) -> u32 {
        match self.defined_at.get() {
            0 => {
                let found = self.context.in_place().and_then(|place| place.definition_line(self.bytes));
                found.unwrap_or_else(|| self.line(vm, self.start))
            }
            line => line,
        }
    }

    /// The line table.
    pub(crate) fn line_table(&self) -> &[u8] {
        self.bytes().get(self.lines_at as usize..self.cells_at as usize).unwrap_or_default()
    }

    /// The instructions.
    #[cfg_attr(not(feature = "code-attributes"), allow(dead_code))]
    pub(crate) fn instructions(&self) -> &[u8] {
        self.bytes().get(self.start.addr() - self.bytes.addr()..).unwrap_or_default()
    }

    /// The line of the instruction at `ip`.
    pub(crate) fn line(&self, vm: &Vm, ip: *const u8) -> u32 {
        // The table of a large module is long.
        spend_work(vm, self.line_table().len() / ENTRIES_PER_UNIT);
        berus_mpy::lines::line_at(self.line_table(), ip.addr().saturating_sub(self.start.addr()))
    }
}

/// A copy of a block of code objects, each with another context.
pub(crate) fn children_with_context(vm: &Vm, children: NonNull<Slot>, context: Gc<Context>) -> Res<NonNull<Slot>> {
    let n = vm.heap().size_of(children.cast()) / size_of::<usize>();
    let copies = vm.alloc_words(n)?;
    for index in 0..n {
        // SAFETY: both blocks have that many words; words beyond the children are null.
        let child = unsafe { children.add(index).read() };
        let copy = match child {
            Some(child) => Some(with_context(vm, child, context)?),
            None => None,
        };
        // SAFETY: both blocks have that many words, as above.
        unsafe { copies.add(index).write(copy) };
    }
    Ok(copies)
}

/// A code object of any kind with another context.
fn with_context(vm: &Vm, code: Obj, context: Gc<Context>) -> Res {
    if let Some(code) = code.downcast::<Code>() {
        return Ok(code.with_context(vm, context)?.obj());
    }
    match code.downcast::<Sketched>() {
        Some(sketched) => Ok(Sketched::new(vm, context, sketched.sketch())?.obj()),
        None => vm.machine_code_with_context(code, context),
    }
}

/// The context of `code`, if it is a code object.
#[cfg(feature = "compiler")]
fn context_of(code: Obj) -> Option<Gc<Context>> {
    match code.downcast::<Code>() {
        Some(code) => Some(code.context),
        None => Vm::machine_context_of(code),
    }
}

/// `code`, if it is a code object, to be run with global variables `globals`: `code` itself if `globals` are its own,
/// else a copy, since functions keep the variables of the run that made them.
///
/// # Errors
/// `MemoryError`; `RuntimeError` if code is nested too deep.
#[cfg(feature = "compiler")]
pub(crate) fn with_globals(vm: &Vm, code: Obj, globals: Gc<Dict>) -> Res<Option<Obj>> {
    match context_of(code) {
        None => Ok(None),
        Some(context) if context.globals() == globals => Ok(Some(code)),
        Some(context) => with_context(vm, code, vm.alloc(context.copy_with(globals))?).map(Some),
    }
}
