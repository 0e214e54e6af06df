//! Modules that run where they lie, and whose parts are linked when they are used.
//!
//! A module whose memory is lent, for good or as long as something points to it, can always be looked up in again. So
//! at first its body alone is linked, and all other code has a sketch. When code is linked, because it is called, the
//! names that it uses are interned, the constants that it uses are made, and the functions nested in it get sketches.
//! Code that is not called costs four bytes for a name, a word for a constant and two bytes for a function; the function
//! object itself comes when the code around it runs.
//!
//! A file that was read or compiled lies in a block of the heap, and runs there likewise. Whatever refers to code or
//! constants in the file keeps the block.

use core::ptr::NonNull;

use berus_mpy::bytecode::{Instruction, instructions};
use berus_mpy::constant::Constant;
use berus_mpy::lines::line_at;
use berus_mpy::module::Qstr as ModuleQstr;
use berus_mpy::nested::Record;
use berus_mpy::opcode::Operand;
use berus_mpy::prelude::Prelude;
use berus_mpy::verify::Facts;
use berus_mpy::{Module, nested, vuint};

use crate::data::code::incompatible;
use crate::data::sketch::{Sketch, Sketched};
use crate::import::load;
use crate::import::load::link_constant;
use crate::model::class::Body;
use crate::model::code::{Code, Context};
use crate::model::error::Res;
use crate::model::layout::Dict;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::float::Floats;
use crate::qstr::Qstr;
use crate::text::utf8;
use crate::{define, q};

/// The type of modules in place.
static TYPE: Type = define!(Type::new(q!("module")));

/// A module in place: where it lies. A `Frame` for each of its code objects follows the structure, in their order.
#[repr(C)]
pub(crate) struct InPlace {
    header: Header,
    file: *const u8,
    len: u32,
    /// Where the size of the code of the module's body stands, which the code follows.
    body: u32,
}

// SAFETY: `InPlace` is `repr(C)` and starts with a header; only these objects have this type.
unsafe impl Object for InPlace {
    const TYPE: &'static Type = &TYPE;
}

/// What verification has found out about a code object.
#[derive(Clone, Copy)]
#[repr(C)]
struct Frame {
    /// How many slots of the frame are local variables.
    locals: u8,
    /// How many cells the code closes over.
    cells: u8,
}

impl Frame {
    /// The frame of the code object `number`, if `facts` say no more of the code than such a frame and the code's
    /// prelude do, and the code is not too long for a sketch. Machine code has no facts.
    fn of(module: &Module<'_>, number: usize, facts: Option<Facts>) -> Option<Frame> {
        let (code, facts) = (&module.codes[number], facts?);
        let signature = code.prelude()?.ok()?.signature;
        let is_small = number == 0 || code.code.len() <= Sketch::MAX_LEN;
        if !is_small || facts.frame() > signature.n_state {
            return None;
        }
        Some(Frame { locals: facts.locals.try_into().ok()?, cells: facts.min_cells.try_into().ok()? })
    }
}

/// The offset of `part` in the `file` that it is a part of.
fn offset(file: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr() - file.as_ptr().addr()
}

/// Links the body of a verified module that was read from `file`, which is lent for good; `None` if some code object of
/// the module cannot be linked when it is used.
///
/// # Errors
/// `ValueError` if a constant cannot be made, and `MemoryError`.
pub(super) fn link_in_place(
    vm: &Vm,
    module: &Module<'static>,
    facts: &[Option<Facts>],
    file: &'static [u8],
    globals: Gc<Dict>,
) -> Res<Option<Obj>> {
    let frame = |(number, facts): (usize, &Option<Facts>)| Frame::of(module, number, *facts);
    let frames = || facts.iter().enumerate().map(frame);
    let fits = facts.len() <= usize::from(u16::MAX) && file.len() < Qstr::LATER as usize;
    if !fits || !frames().all(|frame| frame.is_some()) {
        return Ok(None);
    }
    let body = &module.codes[0];
    let record = Record { at: offset(file, &body.code), len: body.code.len(), nests: !body.children.is_empty() };
    let size = vuint::len((record.len << 3) as u32);
    let (len, body_at) = (file.len() as u32, (record.at - size) as u32);
    let place = InPlace { header: Header::of(&TYPE), file: file.as_ptr(), len, body: body_at };
    let place = vm.alloc_tail(place, facts.len() * size_of::<Frame>())?;
    for (number, frame) in frames().flatten().enumerate() {
        // SAFETY: the tail has room for a frame of each code object.
        unsafe { place.frames().add(number).write(frame) };
    }
    let names = names_in_place(vm, module, file)?;
    let constants = constants_in_place(vm, module, file)?;
    let context = vm.alloc(Context::new(globals, names, constants))?;
    context.image.set(Some(place.obj()));
    context.intern(vm, 0)?;
    Ok(Some(place.link(vm, context, 0, record)?.obj()))
}

/// A table of the module's names, in which those that have no number in the format say where they are spelled.
fn names_in_place(vm: &Vm, module: &Module<'static>, file: &'static [u8]) -> Res<NonNull<Qstr>> {
    let table = vm.alloc_bytes(module.qstrs.len() * size_of::<Qstr>())?.cast::<Qstr>();
    for (n, name) in module.qstrs.iter().enumerate() {
        let name = match name {
            ModuleQstr::Static(number) => Qstr::from_number(*number),
            ModuleQstr::Own(name) => Qstr::later((offset(file, name) - vuint::len((name.len() as u32) << 1)) as u32),
        };
        // SAFETY: the block has room for each name.
        unsafe { table.add(n).write(name) };
    }
    Ok(table)
}

/// A table of the module's constants, in which those that take memory say where they are written.
fn constants_in_place(vm: &Vm, module: &Module<'static>, file: &'static [u8]) -> Res<NonNull<Slot>> {
    let table = vm.alloc_words(module.constants.len().max(1))?;
    for (n, constant) in module.constants.iter().enumerate() {
        let text = match constant {
            Constant::Str(text) => utf8::first_invalid(text).is_none().then_some(text),
            Constant::Float(text) => vm.parse_float(text).map(|_| Some(text))?,
            Constant::Bytes(bytes) => Some(bytes),
            _ => None,
        };
        let value = match text {
            Some(text) => Obj::later(offset(file, text) - vuint::len(text.len() as u32) - 1),
            None => link_constant(vm, constant, 0, &load::lend)?,
        };
        // SAFETY: the block has a word for each constant.
        unsafe { table.add(n).write(Some(value)) };
    }
    Ok(table)
}

impl InPlace {
    fn file(&self) -> &'static [u8] {
        // SAFETY: the memory was lent for good, or for as long as something points to it, as this object does.
        unsafe { core::slice::from_raw_parts(self.file, self.len as usize) }
    }

    fn frames(&self) -> NonNull<Frame> {
        NonNull::from_ref(self).cast::<u8>().map_addr(|address| address.saturating_add(size_of::<InPlace>())).cast()
    }

    fn frame(&self, number: u32) -> Frame {
        // SAFETY: numbers are those of code objects of the file, each of which has a frame here.
        unsafe { self.frames().add(number as usize).read() }
    }

    /// The name that is spelled at `at`.
    pub fn name(&self, at: u32) -> Option<&'static [u8]> {
        let rest = self.file().get(at as usize..)?;
        let (head, len) = vuint::read(rest)?;
        rest.get(len..)?.get(..(head >> 1) as usize)
    }

    /// The constant that is written at `at`.
    pub fn constant(&self, at: usize) -> Option<Constant<'static>> {
        Constant::text_at(self.file().get(at..)?)
    }

    /// The code object of a sketch.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn link_sketch(&self, vm: &Vm, context: Gc<Context>, sketch: Sketch) -> Res<Gc<Code>> {
        let at = sketch.bytes.addr() - self.file.addr();
        self.link(vm, context, sketch.place.into(), Record { at, len: sketch.len(), nests: sketch.nests() })
    }

    /// The code object of a class body.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn link_number(&self, vm: &Vm, body: Body) -> Res<Gc<Code>> {
        let number = u32::from(body.number);
        let record = self.body().and_then(|around| nested::nth(self.file(), around.end(), number.wrapping_sub(1)));
        self.link(vm, body.context, number, record.ok_or_else(|| incompatible(vm))?)
    }

    /// The code of the module's body.
    fn body(&self) -> Option<Record> {
        nested::record(self.file(), self.body as usize)
    }

    /// The line of the definition of the function whose code begins at `code`; a module begins on line 1.
    pub fn definition_line(&self, code: *const u8) -> Option<u32> {
        let (file, body, at) = (self.file(), self.body()?, code.addr().checked_sub(self.file.addr())?);
        if at == body.at {
            return Some(1);
        }
        let (around, place) = nested::maker(file, body, at)?;
        let bytes = file.get(around.at..around.end())?;
        let prelude = Prelude::read(bytes, 0).ok()?;
        let makes = |instruction: &Instruction| {
            matches!(instruction.op.operand(), Operand::Child | Operand::Closure)
                && instruction.index() as usize == place
        };
        let making = instructions(&bytes[prelude.end()..]).flatten().find(makes)?;
        Some(line_at(&bytes[prelude.lines_at], making.offset))
    }

    /// The code object number `number`, with the names and constants that it uses and sketches of the code nested in
    /// it.
    fn link(&self, vm: &Vm, context: Gc<Context>, number: u32, record: Record) -> Res<Gc<Code>> {
        let bytes = self.file().get(record.at..record.end()).unwrap_or_default();
        let prelude = Prelude::read(bytes, 0).map_err(|_| incompatible(vm))?;
        for name in [prelude.name].into_iter().chain(prelude.arg_names(bytes)) {
            context.intern(vm, name)?;
        }
        for instruction in instructions(&bytes[prelude.end()..]).flatten() {
            match instruction.op.operand() {
                Operand::Qstr => context.intern(vm, instruction.index())?,
                Operand::Constant => context.make_constant(vm, instruction.index())?,
                _ => {}
            }
        }
        let children = if record.nests { Some(self.sketch_children(vm, context, number, record)?) } else { None };
        let Frame { locals, cells } = self.frame(number);
        let signature = &prelude.signature;
        let facts = Facts {
            min_cells: cells.into(),
            max_cells: signature.n_pos_args,
            locals: locals.into(),
            stack: signature.n_state.saturating_sub(locals.into()),
        };
        Code::link(vm, &prelude, facts, context, (bytes.as_ptr(), bytes.len()), children)
    }

    /// A block of sketches of the code objects nested in code object number `parent`.
    fn sketch_children(&self, vm: &Vm, context: Gc<Context>, parent: u32, record: Record) -> Res<NonNull<Slot>> {
        let found = || nested::children(self.file(), record.end());
        let children = vm.alloc_words(found().count())?;
        for (n, (number, record)) in found().enumerate() {
            let bytes = &self.file()[record.at..record.end()];
            let sketch = Sketch::in_place(bytes, (parent + 1 + number) as u16, record.nests);
            let child = Sketched::new(vm, context, sketch)?.obj();
            // SAFETY: the block has a word for each child.
            unsafe { children.add(n).write(Some(child)) };
        }
        Ok(children)
    }
}

impl Context {
    /// The module in place whose context this is, if there is one.
    pub(crate) fn in_place(&self) -> Option<Gc<InPlace>> {
        self.image.get()?.downcast()
    }

    /// The spelling of the name with index `index`, interned or not.
    pub(crate) fn name<'v>(&self, vm: &'v Vm, index: u32) -> &'v [u8] {
        let name = self.qstr(index);
        match (name.as_later(), self.in_place()) {
            (Some(at), Some(place)) => place.name(at).unwrap_or_default(),
            _ => vm.spelling(name),
        }
    }

    /// Sees to it that the name with index `index` is interned.
    fn intern(&self, vm: &Vm, index: u32) -> Res<()> {
        let (Some(at), Some(place)) = (self.qstr(index).as_later(), self.in_place()) else { return Ok(()) };
        let name = place.name(at).ok_or_else(|| incompatible(vm))?;
        // Names stay for good, a copy of the file as long as its code.
        let is_copy = vm.heap().may_contain(name.as_ptr().addr());
        self.set_qstr(index, if is_copy { vm.intern(name)? } else { vm.intern_lent(name)? });
        Ok(())
    }

    /// Sees to it that the constant with index `index` is an object.
    fn make_constant(&self, vm: &Vm, index: u32) -> Res<()> {
        let Some(at) = self.constant(index).and_then(Obj::as_later) else { return Ok(()) };
        let constant = self.in_place().and_then(|place| place.constant(at));
        let value = link_constant(vm, &constant.ok_or_else(|| incompatible(vm))?, 0, &load::lend)?;
        self.set_constant(index, value);
        Ok(())
    }
}
