//! The arguments that functions of programs take, for whoever helps to call them.

use berus_mpy::prelude::scope_flag;

use crate::data::class;
use crate::data::function::BoundMethod;
use crate::model::code::Code;
use crate::model::error::Res;
use crate::model::layout::Function;
use crate::model::object::Gc;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::q;
use crate::qstr::Qstr;

/// An argument of a function.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name.
    pub name: Qstr,
    /// What it is if it is not given.
    pub default: Option<Obj>,
    /// Whether it is given by its name only.
    pub is_keyword: bool,
}

/// What a function takes.
#[derive(Clone, Copy)]
pub struct Signature {
    function: Gc<Function>,
    code: Gc<Code>,
    /// Cells, and what a method is bound to: those come first, and nobody gives them.
    given: usize,
}

/// Functions of programs by what calls them.
pub trait Signatures {
    /// What a call of `callable` takes: a function, a method with its object, or a class with an `__init__`. `None` if
    /// that is not known, as of functions that are built in.
    ///
    /// # Errors
    /// `MemoryError`.
    fn signature(&self, callable: Obj) -> Res<Option<Signature>>;
}

impl Signatures for Vm {
    fn signature(&self, callable: Obj) -> Res<Option<Signature>> {
        let (function, bound) = match (callable.downcast::<BoundMethod>(), callable.downcast::<Type>()) {
            (Some(method), _) => (Some(method.function), 1),
            (None, Some(class)) => (class::find(self, class, q!("__init__")).map(|found| found.value), 1),
            (None, None) => (Some(callable), 0),
        };
        let Some(function) = function.and_then(|function| function.downcast::<Function>()) else { return Ok(None) };
        let given = function.cells().len() + bound;
        Ok(Some(Signature { function, code: function.code(self)?, given }))
    }
}

impl Signature {
    /// The arguments, in their order, but for those that `*` and `**` stand for.
    pub fn arguments(&self, vm: &Vm) -> impl Iterator<Item = Argument> {
        let (n_pos, n_def) = (usize::from(self.code.n_pos), usize::from(self.code.n_def));
        let (defaults, keyword_defaults) =
            (self.function.defaults(self.code), self.function.keyword_defaults(self.code));
        self.code.arg_names().enumerate().skip(self.given).map(move |(n, name)| {
            let is_keyword = n >= n_pos;
            let default = match (n + n_def).checked_sub(n_pos) {
                _ if is_keyword => keyword_defaults.and_then(|defaults| defaults.load(vm, name)),
                Some(default) => defaults.get(default).copied().flatten(),
                None => None,
            };
            Argument { name, default, is_keyword }
        })
    }

    /// The function's name.
    pub fn name(&self) -> Qstr {
        self.code.name()
    }

    /// The name of the file that the function was compiled from, and the line of its definition, or of its first
    /// instruction if that is not known.
    pub fn definition(&self, vm: &Vm) -> (Qstr, u32) {
        (self.code.file(), self.code.first_line(vm))
    }

    /// Whether there may be more positional arguments.
    pub fn has_more(&self) -> bool {
        self.code.has(scope_flag::VARARGS)
    }

    /// Whether there may be more keyword arguments.
    pub fn has_more_keywords(&self) -> bool {
        self.code.has(scope_flag::VARKEYWORDS)
    }
}
