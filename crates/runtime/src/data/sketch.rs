//! Code of which there is only a sketch: its layout.

use core::cell::Cell;

use berus_mpy::prelude::{Prelude, scope_flag};
use berus_mpy::verify::Facts;

use crate::data::code::incompatible;
use crate::model::code::{Code, Context};
use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::vm::Vm;
use crate::model::word::Obj;

/// The description of code from which the code object can be made.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Sketch {
    /// The prelude and the instructions.
    pub bytes: *const u8,
    /// The number of bytes of the prelude and the instructions, and in the highest bit whether other code is nested in
    /// this code, and follows.
    pub extent: u16,
    /// In a module that runs in place, the number of the code in its module. Else the line of the function's
    /// definition, or 0 if that is beyond 65535 or the code was not compiled from source in this interpreter.
    pub place: u16,
    /// Slots of a frame that are local variables.
    pub n_locals: u8,
    /// Whether a function has been made of the code.
    pub(crate) is_made: bool,
}

/// A sketch as an object, in place of the code object among the children of the code that makes functions of it.
#[repr(C)]
pub(crate) struct Sketched {
    pub(crate) header: Header,
    pub(crate) context: Gc<Context>,
    pub(crate) sketch: Cell<Sketch>,
}

/// The bit in the extent of a sketch that says whether other code is nested in the sketched code.
pub(crate) const NESTS: u16 = 1 << 15;

impl Sketch {
    /// The most bytes of code that can have a sketch.
    pub const MAX_LEN: usize = NESTS as usize - 1;

    /// A sketch of verified code that has no children and whose `len` bytes are at `bytes`, if it can have one.
    pub fn of(prelude: &Prelude, facts: Facts, bytes: *const u8, len: usize) -> Option<Sketch> {
        let signature = &prelude.signature;
        if facts.min_cells > 0 || facts.frame() > signature.n_state {
            return None;
        }
        let (extent, n_locals) = (u16::try_from(len).ok()?, u8::try_from(facts.locals).ok()?);
        (len <= Sketch::MAX_LEN).then_some(Sketch { bytes, extent, place: 0, n_locals, is_made: false })
    }

    /// A sketch of the code `bytes`, number `number` of a module that runs in place.
    pub fn in_place(bytes: &'static [u8], number: u16, nests: bool) -> Sketch {
        let extent = bytes.len() as u16 | if nests { NESTS } else { 0 };
        Sketch { bytes: bytes.as_ptr(), extent, place: number, n_locals: 0, is_made: false }
    }

    /// The sketch that a function has kept.
    pub fn new(bytes: *const u8, extent: u16, place: u16, n_locals: u8) -> Sketch {
        Sketch { bytes, extent, place, n_locals, is_made: true }
    }

    /// Bytes of the prelude and the instructions.
    pub fn len(&self) -> usize {
        usize::from(self.extent & !NESTS)
    }

    /// Whether other code is nested in this code, and follows.
    pub fn nests(&self) -> bool {
        self.extent & NESTS != 0
    }

    /// The prelude and the instructions.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the bytes are part of the module's image, which lives as long as something points into it.
        unsafe { core::slice::from_raw_parts(self.bytes, self.len()) }
    }

    pub(crate) fn prelude(&self) -> Option<Prelude> {
        Prelude::read(self.bytes(), 0).ok()
    }

    /// The defaults that a function of the code is made with.
    pub fn wants(&self) -> Wants {
        self.prelude().map_or(Wants { defaults: 0, flags: 0 }, |prelude| {
            let signature = prelude.signature;
            Wants { defaults: signature.n_def_pos_args as u16, flags: signature.scope_flags as u8 }
        })
    }

    /// Makes the code object, even if the heap is locked: a function may be called for the first time under a lock.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn link(self, vm: &Vm, context: Gc<Context>) -> Res<Gc<Code>> {
        let locks = vm.heap().exchange_locks(0);
        let code = match context.in_place() {
            Some(place) => place.link_sketch(vm, context, self),
            None => self.link_copy(vm, context),
        };
        vm.heap().exchange_locks(locks);
        code
    }

    pub(crate) fn link_copy(self, vm: &Vm, context: Gc<Context>) -> Res<Gc<Code>> {
        let prelude = self.prelude().ok_or_else(|| incompatible(vm))?;
        let locals = u32::from(self.n_locals);
        let facts =
            Facts { min_cells: 0, max_cells: 0, locals, stack: prelude.signature.n_state.saturating_sub(locals) };
        let code = Code::link(vm, &prelude, facts, context, (self.bytes, self.len()), None)?;
        code.defined_at.set(self.place.into());
        Ok(code)
    }
}

impl Sketched {
    /// The sketch `sketch` of code of the module with the context `context`, as an object.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, context: Gc<Context>, sketch: Sketch) -> Res<Gc<Sketched>> {
        vm.alloc(Sketched { header: Header::of(<Sketched as Object>::TYPE), context, sketch: Cell::new(sketch) })
    }

    /// The context of the code's module.
    pub fn context(&self) -> Gc<Context> {
        self.context
    }

    /// The sketch.
    pub fn sketch(&self) -> Sketch {
        self.sketch.get()
    }

    /// Notes the line of the function's definition.
    #[cfg(feature = "compiler")]
    pub fn set_line(&self, line: u32) {
        self.sketch.set(Sketch { place: u16::try_from(line).unwrap_or(0), ..self.sketch.get() });
    }

    /// Notes that a function is made of the code, and answers whether one was made before.
    pub fn make(&self) -> bool {
        let sketch = self.sketch.get();
        self.sketch.set(Sketch { is_made: true, ..sketch });
        sketch.is_made
    }

    /// Makes the code object.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn link(&self, vm: &Vm) -> Res<Gc<Code>> {
        self.sketch.get().link(vm, self.context)
    }
}

/// `code` as a code object, if it is a code object of bytecode or the sketch of one.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn linked(vm: &Vm, code: Obj) -> Res<Option<Gc<Code>>> {
    match code.downcast::<Sketched>() {
        Some(sketched) => sketched.link(vm).map(Some),
        None => Ok(code.downcast::<Code>()),
    }
}

/// The defaults that a function object is made with, and the kind of function, as the prelude says.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    /// The number of positional arguments that have defaults.
    pub defaults: u16,
    /// The properties of the code, a set of [`scope_flag`].
    pub flags: u8,
}

impl Wants {
    /// Whether the function has defaults of keyword-only arguments.
    pub fn keyword_defaults(self) -> bool {
        u32::from(self.flags) & scope_flag::DEFKWARGS != 0
    }

    /// Whether calling the function makes a generator.
    pub fn is_generator(self) -> bool {
        u32::from(self.flags) & scope_flag::GENERATOR != 0
    }

    /// Words that a function keeps for defaults.
    pub fn words(self) -> usize {
        usize::from(self.defaults) + usize::from(self.keyword_defaults())
    }
}
