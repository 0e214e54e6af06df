//! Functions written in Rust, static and class methods: their layout.

#[cfg(feature = "python")]
use core::ptr::NonNull;

#[cfg(feature = "python")]
use crate::data::class;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::builtin::{Builtin, Fun};
use crate::model::builtin_types::BuiltinTypes;
use crate::model::error::{Raise, Raised, Res};
use crate::model::object::{Gc, Header, Object};
#[cfg(feature = "python")]
use crate::model::protocols::Classes;
#[cfg(feature = "python")]
use crate::model::types::Locals;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;

impl Builtin {
    /// The object for `fun`.
    pub const fn new(fun: Fun) -> Builtin {
        let kind = match fun {
            Fun::F0(_) => 0,
            Fun::F1(_) => 1,
            Fun::F2(_) | Fun::Send(_) => 2,
            Fun::F3(_) => 3,
            Fun::Var { .. } | Fun::Kw { .. } => 4,
        };
        Builtin { header: Header::of(&Self::KINDS[kind]), fun }
    }

    /// A function without arguments.
    pub const fn f0(fun: fn(&Vm) -> Res) -> Builtin {
        Builtin::new(Fun::F0(fun))
    }

    /// A function of one argument.
    pub const fn f1(fun: fn(&Vm, Obj) -> Res) -> Builtin {
        Builtin::new(Fun::F1(fun))
    }

    /// A function of two arguments.
    pub const fn f2(fun: fn(&Vm, Obj, Obj) -> Res) -> Builtin {
        Builtin::new(Fun::F2(fun))
    }

    /// The method `send` of generators.
    pub(crate) const fn send(fun: fn(&Vm, Obj, Obj) -> Res) -> Builtin {
        Builtin::new(Fun::Send(fun))
    }

    /// A function of three arguments.
    pub const fn f3(fun: fn(&Vm, Obj, Obj, Obj) -> Res) -> Builtin {
        Builtin::new(Fun::F3(fun))
    }

    /// A function of `min` to `max` positional arguments; 255 as `max` stands for any number.
    pub const fn var(min: u8, max: u8, fun: fn(&Vm, &[Obj]) -> Res) -> Builtin {
        Builtin::new(Fun::Var { min, max, fun })
    }

    /// A function of at least `min` positional arguments, and keywords.
    pub const fn kw(min: u8, fun: fn(&Vm, Args<'_>) -> Res) -> Builtin {
        Builtin::new(Fun::Kw { min, fun })
    }

    /// The function.
    #[cfg_attr(not(feature = "small"), inline(always))]
    pub fn fun(&self) -> Fun {
        self.fun
    }

    /// Calls the function.
    ///
    /// # Errors
    /// `TypeError` for a wrong number of arguments, and what the function raises.
    #[inline]
    pub fn call(&self, vm: &Vm, args: Args<'_>) -> Res {
        if args.n_kw() == 0 {
            match (self.fun, args.pos()) {
                (Fun::F0(fun), []) => return fun(vm),
                (Fun::F1(fun), [a]) => return fun(vm, *a),
                (Fun::F2(fun) | Fun::Send(fun), [a, b]) => return fun(vm, *a, *b),
                (Fun::F3(fun), [a, b, c]) => return fun(vm, *a, *b, *c),
                (Fun::Var { min, max, fun }, pos)
                    if pos.len() >= min.into() && (max == u8::MAX || pos.len() <= max.into()) =>
                {
                    return fun(vm, pos);
                }
                _ => {}
            }
        }
        match self.fun {
            Fun::Kw { min, fun } if args.n_pos() >= min.into() => fun(vm, args),
            _ => Err(self.mismatch(vm, args)),
        }
    }

    #[cold]
    pub(crate) fn mismatch(&self, vm: &Vm, args: Args<'_>) -> Raised {
        #[cfg(feature = "python")]
        if let Some(raised) = self.method_mismatch(vm, args) {
            return raised;
        }
        let (min, max) = match self.fun {
            Fun::F0(_) => (0, 0),
            Fun::F1(_) => (1, 1),
            Fun::F2(_) | Fun::Send(_) => (2, 2),
            Fun::F3(_) => (3, 3),
            Fun::Var { min, max, .. } => (min.into(), max.into()),
            Fun::Kw { min, .. } => (min.into(), usize::MAX),
        };
        match vm.check_args(args, min, max, matches!(self.fun, Fun::Kw { .. })) {
            Err(raised) => raised,
            Ok(()) => vm.type_error(format_args!("argument num/types mismatch")),
        }
    }
}

#[cfg(feature = "python")]
impl Builtin {
    /// What Python says of a wrong number of arguments, if the function is a method of its first argument's type. The
    /// object itself is not counted.
    fn method_mismatch(&self, vm: &Vm, args: Args<'_>) -> Option<Raised> {
        if args.n_kw() > 0 {
            return None;
        }
        let given = args.n_pos().checked_sub(1)?;
        let ty = vm.type_of(args.pos()[0]);
        let own = Obj::from_header(NonNull::from_ref(&self.header));
        let name = class::counted_lineage(vm, ty).find_map(|ty| match ty.locals() {
            Locals::Static(members) => members.iter().find(|member| member.value == own).map(|member| member.name),
            Locals::Dict(_) => None,
        })?;
        let (name, ty) = (name.as_str(vm), ty.name().as_str(vm));
        Some(match self.fun {
            Fun::F1(_) => vm.type_error(format_args!("{ty}.{name}() takes no arguments ({given} given)")),
            Fun::F2(_) | Fun::Send(_) => {
                vm.type_error(format_args!("{ty}.{name}() takes exactly one argument ({given} given)"))
            }
            Fun::F3(_) => vm.type_error(format_args!("{name} expected 2 arguments, got {given}")),
            Fun::Var { min, max, .. } => {
                let (least, most) = (usize::from(min) - 1, usize::from(max) - 1);
                let (words, count) = if given < least { ("at least", least) } else { ("at most", most) };
                let words = if least == most { "" } else { words };
                let (space, plural) = (if words.is_empty() { "" } else { " " }, if count == 1 { "" } else { "s" });
                vm.type_error(format_args!("{name} expected {words}{space}{count} argument{plural}, got {given}"))
            }
            Fun::F0(_) | Fun::Kw { .. } => return None,
        })
    }
}

/// A `classmethod` or `staticmethod`: a function that is bound in another way than to an instance.
#[repr(C)]
pub struct Wrapped {
    pub(crate) header: Header,
    /// The function.
    pub function: Obj,
}

// SAFETY: a `static` wrapper is a constant; wrappers on a heap stay with their interpreter.
unsafe impl Sync for Wrapped {}

impl Wrapped {
    /// The class method that calls `function`, a constant.
    pub const fn class_method(function: Obj) -> Wrapped {
        Wrapped { header: Header::of(Vm::CLASS_METHOD), function }
    }

    /// The static method that calls `function`, a constant.
    pub const fn static_method(function: Obj) -> Wrapped {
        Wrapped { header: Header::of(Vm::STATIC_METHOD), function }
    }

    /// The function in `object`, if that is a static method.
    pub fn static_function(object: Obj) -> Option<Obj> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; objects of type `staticmethod` have this layout.
        unsafe {
            let is_static = header.as_ref().ty() == Gc::from_static(Vm::STATIC_METHOD);
            is_static.then(|| header.cast::<Wrapped>().as_ref().function)
        }
    }
}

/// A method of a built-in type that was looked up without an object. When called, it checks that its first argument is
/// of that type.
#[repr(C)]
pub(crate) struct Checked {
    pub(crate) header: Header,
    pub(crate) method: Obj,
    pub(crate) ty: Gc<Type>,
}

impl Checked {
    /// `method` of the built-in type `ty`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn object(vm: &Vm, method: Obj, ty: Gc<Type>) -> Res {
        Ok(vm.alloc(Checked { header: Header::of(<Checked as Object>::TYPE), method, ty })?.obj())
    }
}
