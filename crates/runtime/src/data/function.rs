//! Functions and bound methods: their layout.

use core::cell::Cell;

use berus_mpy::prelude::scope_flag;

use crate::data::sketch::{Sketch, Sketched, Wants};
use crate::model::args::Args;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{Dict, Function, Tuple};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::{Classes, Strs};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};

/// A method bound to the object to call it for.
#[repr(C)]
pub struct BoundMethod {
    pub(crate) header: Header,
    /// The method.
    pub function: Obj,
    /// The object, which becomes the first argument.
    pub this: Obj,
}

impl BoundMethod {
    /// `function` bound to `this`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &Vm, function: Obj, this: Obj) -> Res<Gc<BoundMethod>> {
        vm.alloc(BoundMethod { header: Header::of(<BoundMethod as Object>::TYPE), function, this })
    }
}

impl Function {
    /// A function that runs `code` with `cells`. `defaults` is a tuple of defaults of positional arguments, and
    /// `keyword_defaults` a dict of defaults of keyword-only arguments.
    ///
    /// # Errors
    /// `MemoryError`, and `TypeError` if the defaults are not those that the code expects.
    pub(crate) fn new(
        vm: &Vm,
        code: Gc<Code>,
        cells: &[Obj],
        defaults: Slot,
        keyword_defaults: Slot,
    ) -> Res<Gc<Function>> {
        Function::of(code, code.wants(), cells.len()).with_extra(vm, cells, code.wants(), defaults, keyword_defaults)
    }

    /// As [`Function::new`], for code of which there is a sketch, and without cells.
    ///
    /// # Errors
    /// As [`Function::new`].
    pub(crate) fn sketched(vm: &Vm, code: Gc<Sketched>, defaults: Slot, keyword_defaults: Slot) -> Res<Gc<Function>> {
        let sketch = code.sketch();
        let Sketch { bytes, extent, place, n_locals, .. } = sketch;
        let placeholder = Context::placeholder(code.context(), vm)?;
        let function = Function { bytes, extent, place, n_locals, ..Function::of(placeholder, sketch.wants(), 0) };
        function.with_extra(vm, &[], sketch.wants(), defaults, keyword_defaults)
    }

    /// A function of `code` that closes over `n_cells` cells, without the words that follow the object.
    pub(crate) fn of(code: Gc<Code>, wants: Wants, n_cells: usize) -> Function {
        let kind = match n_cells {
            0 if wants.is_generator() => GENERATOR,
            0 => PLAIN,
            _ => CLOSURE,
        };
        let (header, n_cells) = (Header::of(&Self::KINDS[kind]), n_cells as u8);
        Function { header, bytes: code.bytes, code: Cell::new(code), extent: 0, place: 0, n_locals: 0, n_cells }
    }

    /// Puts the function on the heap, followed by its cells and defaults.
    pub(crate) fn with_extra(
        self,
        vm: &Vm,
        cells: &[Obj],
        wants: Wants,
        defaults: Slot,
        keyword_defaults: Slot,
    ) -> Res<Gc<Function>> {
        let tuple = defaults.and_then(|defaults| defaults.downcast::<Tuple>());
        let defaults = tuple.as_ref().map_or(&[][..], |tuple| tuple.items());
        let dict = keyword_defaults.filter(|dict| dict.downcast::<Dict>().is_some());
        if (defaults.len(), dict.is_some()) != (usize::from(wants.defaults), wants.keyword_defaults()) {
            return Err(vm.type_error(format_args!("argument num/types mismatch")));
        }
        let n_extra = cells.len() + wants.words();
        let function = vm.alloc_tail(self, n_extra * size_of::<Slot>())?;
        let words = cells.iter().chain(defaults).copied().chain(dict);
        for (n, word) in words.enumerate() {
            // SAFETY: the tail has room for `n_extra` words.
            unsafe { function.as_ptr().add(1).cast::<Obj>().add(n).write(word) };
        }
        Ok(function)
    }

    /// The code that the function runs, made now if there is only a sketch.
    ///
    /// # Errors
    /// `MemoryError`.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn code(&self, vm: &Vm) -> Res<Gc<Code>> {
        let code = self.code.get();
        if code.is_linked() { Ok(code) } else { self.link(vm) }
    }

    /// The code that the function runs, or if that is not made yet, the placeholder, which is not simple.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn code_if_simple(&self) -> Gc<Code> {
        self.code.get()
    }

    /// The context and the sketch of the function's code, if the function has not been called, its module runs in
    /// place, and it has no cells or defaults.
    pub(crate) fn sketch_in_place(&self) -> Option<(Gc<Context>, Sketch)> {
        let (code, context) = (self.code.get(), self.context());
        let is_sketched = !code.is_linked() && context.in_place().is_some();
        (is_sketched && self.sketch().wants().words() == 0).then(|| (context, self.sketch()))
    }

    pub(crate) fn sketch(&self) -> Sketch {
        Sketch::new(self.bytes, self.extent, self.place, self.n_locals)
    }

    #[cold]
    pub(crate) fn link(&self, vm: &Vm) -> Res<Gc<Code>> {
        let code = self.sketch().link(vm, self.context())?;
        self.code.set(code);
        Ok(code)
    }

    /// The context of the function's code.
    pub(crate) fn context(&self) -> Gc<Context> {
        self.code.get().context
    }

    /// A copy of the function, which has no cells, with the cells `cells`.
    ///
    /// # Errors
    /// `TypeError` if `cells` are not cells or not as many as the code closes over, and `MemoryError`.
    pub fn with_cells(&self, vm: &Vm, cells: &[Obj]) -> Res<Gc<Function>> {
        let code = self.code(vm)?;
        let are_cells = cells.iter().all(|cell| cell.downcast::<crate::data::cell::Cell>().is_some());
        let n_cells = u8::try_from(cells.len()).ok().filter(|n| (code.min_cells..=code.n_pos).contains(&u16::from(*n)));
        let (true, Some(n_cells)) = (are_cells, n_cells) else {
            return Err(vm.type_error(format_args!("argument num/types mismatch")));
        };
        let object = Function::of(code, code.wants(), n_cells.into());
        let n_extra = cells.len() + code.wants().words();
        let function = vm.alloc_tail(object, n_extra * size_of::<Slot>())?;
        let words = cells.iter().map(|cell| Some(*cell)).chain(self.extra(code.wants().words()).iter().copied());
        for (n, word) in words.enumerate() {
            // SAFETY: the tail has room for `n_extra` words.
            unsafe { function.as_ptr().add(1).cast::<Slot>().add(n).write(word) };
        }
        Ok(function)
    }

    /// The cells and the first `n` words of defaults; `n` is no more than the code wants.
    pub(crate) fn extra(&self, n: usize) -> &[Slot] {
        let start = core::ptr::from_ref(self).wrapping_add(1).cast();
        // SAFETY: the cells and at least `n` words of defaults follow the object.
        unsafe { core::slice::from_raw_parts(start, usize::from(self.n_cells) + n) }
    }

    /// The cells that the function closes over.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn cells(&self) -> &[Slot] {
        self.extra(0)
    }

    /// The defaults of the last positional arguments.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub(crate) fn defaults(&self, code: Gc<Code>) -> &[Slot] {
        &self.extra(code.n_def.into())[self.n_cells.into()..]
    }

    pub(crate) fn keyword_defaults(&self, code: Gc<Code>) -> Option<Gc<Dict>> {
        if !code.wants().keyword_defaults() {
            return None;
        }
        self.extra(code.wants().words()).last().copied().flatten()?.downcast::<Dict>()
    }

    /// Lays out the arguments of a call as local variables in `bound`: the cells and arguments of the function, `*args`
    /// and `**kwargs`. `code` is the function's code.
    ///
    /// # Errors
    /// `TypeError` if the function does not take these arguments, and `MemoryError`.
    pub(crate) fn bind(&self, vm: &Vm, code: Gc<Code>, args: Args<'_>, bound: &mut [Slot]) -> Res<()> {
        let binding = Binding {
            code,
            cells: self.cells(),
            defaults: self.defaults(code),
            keyword_defaults: self.keyword_defaults(code),
        };
        binding.bind(vm, args, bound)
    }
}

/// All that it takes to turn the arguments of a call into local variables.
pub(crate) struct Binding<'a> {
    /// The code, which says what arguments the function has.
    pub code: Gc<Code>,
    /// The cells, which come before the arguments.
    pub cells: &'a [Slot],
    /// The defaults of the last positional arguments.
    pub defaults: &'a [Slot],
    /// The defaults of keyword-only arguments.
    pub keyword_defaults: Option<Gc<Dict>>,
}

impl Binding<'_> {
    /// As [`Function::bind`].
    pub fn bind(&self, vm: &Vm, args: Args<'_>, bound: &mut [Slot]) -> Res<()> {
        let code = self.code;
        let n_cells = self.cells.len();
        let (n_pos, n_kwonly) = (usize::from(code.n_pos), usize::from(code.n_kwonly));
        let n_named = n_pos + n_kwonly;
        let wanted = n_pos - n_cells;
        let n_def = usize::from(code.n_def);
        bound[..n_cells].copy_from_slice(self.cells);
        let given = args.pos();
        let taken = given.len().min(wanted);
        for (slot, value) in bound[n_cells..].iter_mut().zip(&given[..taken]) {
            *slot = Some(*value);
        }
        if code.has(scope_flag::VARARGS) {
            bound[n_named] = Some(Tuple::new(vm, &given[taken..])?.obj());
        } else if given.len() > wanted {
            return Err(self.wrong_count(vm, wanted, given.len()));
        }
        let keywords = args.n_kw() > 0 || code.has(scope_flag::DEFKWARGS);
        if !keywords {
            if given.len() + n_def < wanted {
                return Err(self.wrong_count(vm, wanted - n_def, given.len()));
            }
            if n_kwonly > 0 {
                return Err(vm.type_error(format_args!("function missing keyword-only argument")));
            }
        }
        let mut rest = None;
        if code.has(scope_flag::VARKEYWORDS) {
            let dict = Dict::new(vm)?;
            bound[usize::from(code.has(scope_flag::VARARGS)) + n_named] = Some(dict.obj());
            rest = Some(dict);
        }
        for (key, value) in args.kw() {
            self.bind_keyword(vm, key, value, &mut bound[..n_named], rest)?;
        }
        for (slot, default) in bound[n_pos - n_def..n_pos].iter_mut().zip(self.defaults) {
            *slot = slot.or(*default);
        }
        // MicroPython's message names the last argument that is missing, counted from 0.
        if let Some(number) = bound[..n_pos].iter().rposition(Option::is_none) {
            return Err(vm.type_error(format_args!("function missing required positional argument #{number}")));
        }
        for (n, name) in code.arg_names().enumerate().skip(n_pos) {
            if bound[n].is_none() {
                bound[n] = self.keyword_defaults.and_then(|defaults| defaults.load(vm, name));
                if bound[n].is_none() {
                    let name = vm.name_str(name);
                    return Err(vm.type_error(format_args!("function missing required keyword argument '{name}'")));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn bind_keyword(
        &self,
        vm: &Vm,
        key: Obj,
        value: Obj,
        named: &mut [Slot],
        rest: Option<Gc<Dict>>,
    ) -> Res<()> {
        let Some(name) = vm.as_name(key)? else {
            return Err(vm.type_error(format_args!("keywords must be strings")));
        };
        let spelling = vm.name_str(name);
        let n_cells = self.cells.len();
        if let Some(n) = self.code.arg_names().position(|arg| arg == name).filter(|n| *n >= n_cells) {
            if named[n].is_some() {
                return Err(vm.type_error(format_args!("function got multiple values for argument '{spelling}'")));
            }
            named[n] = Some(value);
            return Ok(());
        }
        match rest {
            Some(dict) if dict.load(vm, name).is_some() => {
                Err(vm.type_error(format_args!("function got multiple values for argument '{spelling}'")))
            }
            Some(dict) => dict.store(vm, name, value),
            None => Err(vm.type_error(format_args!("unexpected keyword argument '{spelling}'"))),
        }
    }

    pub(crate) fn wrong_count(&self, vm: &Vm, wanted: usize, given: usize) -> Raised {
        let name = vm.name_str(self.code.name());
        vm.type_error(format_args!("{name}() takes {wanted} positional arguments but {given} were given"))
    }
}

pub(crate) const PLAIN: usize = 0;

pub(crate) const GENERATOR: usize = 1;

/// The index among [`Function::KINDS`](Object::KINDS) of the type of functions that close over cells.
pub(crate) const CLOSURE: usize = 2;
