//! Functions written in Rust.

use crate::args::Args;
use crate::define;
use crate::error::Res;
use crate::object::{Gc, Header, Object};
use crate::q;
use crate::types::Type;
use crate::vm::Vm;
use crate::word::Obj;

/// The types of functions written in Rust: as in MicroPython, one for those without an argument, with one, two and three, and one for
/// others, so that programs can tell.
static TYPES: [Type; 5] = [const { define!(Type::new(q!("function")).call(builtin_call)) }; 5];

/// A function written in Rust, always a `static`.
#[repr(C)]
pub struct Builtin {
    header: Header,
    fun: Fun,
}

/// The function behind a [`Builtin`], by what arguments it takes.
#[derive(Clone, Copy)]
pub enum Fun {
    /// None.
    F0(fn(&Vm) -> Res),
    /// One.
    F1(fn(&Vm, Obj) -> Res),
    /// Two.
    F2(fn(&Vm, Obj, Obj) -> Res),
    /// Three.
    F3(fn(&Vm, Obj, Obj, Obj) -> Res),
    /// From `min` to `max`, positional.
    Var {
        /// The fewest.
        min: u8,
        /// The most; 255 for any number.
        max: u8,
        /// The function.
        fun: fn(&Vm, &[Obj]) -> Res,
    },
    /// At least `min` positional ones, and keywords.
    Kw {
        /// The fewest.
        min: u8,
        /// The function.
        fun: fn(&Vm, Args<'_>) -> Res,
    },
}

// SAFETY: a builtin is a constant; its header is never changed.
unsafe impl Sync for Builtin {}

// SAFETY: `Builtin` is `repr(C)` and starts with a header; only builtins have this type.
unsafe impl Object for Builtin {
    const TYPE: &'static Type = &TYPES[0];
    const KINDS: &'static [Type] = &TYPES;
}

impl Builtin {
    /// The object for `fun`.
    pub const fn new(fun: Fun) -> Builtin {
        let kind = match fun {
            Fun::F0(_) => 0,
            Fun::F1(_) => 1,
            Fun::F2(_) => 2,
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

    /// A function of three arguments.
    pub const fn f3(fun: fn(&Vm, Obj, Obj, Obj) -> Res) -> Builtin {
        Builtin::new(Fun::F3(fun))
    }

    /// A function of `min` to `max` positional arguments; 255 for any number.
    pub const fn var(min: u8, max: u8, fun: fn(&Vm, &[Obj]) -> Res) -> Builtin {
        Builtin::new(Fun::Var { min, max, fun })
    }

    /// A function of at least `min` positional arguments, and keywords.
    pub const fn kw(min: u8, fun: fn(&Vm, Args<'_>) -> Res) -> Builtin {
        Builtin::new(Fun::Kw { min, fun })
    }

    /// The function.
    #[inline(always)]
    pub fn fun(&self) -> Fun {
        self.fun
    }

    /// Calls it.
    ///
    /// # Errors
    /// `TypeError` for a wrong number of arguments, and what the function raises.
    #[inline]
    pub fn call(&self, vm: &Vm, args: Args<'_>) -> Res {
        if args.n_kw() == 0 {
            match (self.fun, args.pos()) {
                (Fun::F0(fun), []) => return fun(vm),
                (Fun::F1(fun), [a]) => return fun(vm, *a),
                (Fun::F2(fun), [a, b]) => return fun(vm, *a, *b),
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
    fn mismatch(&self, vm: &Vm, args: Args<'_>) -> crate::error::Raised {
        let (min, max) = match self.fun {
            Fun::F0(_) => (0, 0),
            Fun::F1(_) => (1, 1),
            Fun::F2(_) => (2, 2),
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

impl Vm {
    /// Checks that there are no keywords where CPython has some.
    ///
    /// # Errors
    /// `NotImplementedError`.
    pub(crate) fn check_no_keywords(&self, args: Args<'_>) -> Res<()> {
        if args.n_kw() == 0 {
            return Ok(());
        }
        Err(self.not_implemented(format_args!("keyword argument(s) not implemented - use normal args instead")))
    }

    /// Checks the number of arguments of a call: `min` to `max` positional ones, and keywords only if `keywords`.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn check_args(&self, args: Args<'_>, min: usize, max: usize, keywords: bool) -> Res<()> {
        self.check_arg_counts(args.n_pos(), args.n_kw(), min, max, keywords)
    }

    /// As [`Vm::check_args`], for `given` positional arguments and `n_kw` keywords.
    ///
    /// # Errors
    /// `TypeError`.
    pub(crate) fn check_arg_counts(
        &self,
        given: usize,
        n_kw: usize,
        min: usize,
        max: usize,
        keywords: bool,
    ) -> Res<()> {
        if n_kw > 0 && !keywords {
            return Err(self.type_error(format_args!("function doesn't take keyword arguments")));
        }
        if min == max && given != min {
            let message = format_args!("function takes {min} positional arguments but {given} were given");
            return Err(self.type_error(message));
        }
        if given < min {
            let missing = min - given;
            return Err(self.type_error(format_args!("function missing {missing} required positional arguments")));
        }
        if given > max {
            return Err(self.type_error(format_args!("function expected at most {max} arguments, got {given}")));
        }
        Ok(())
    }
}

fn builtin_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    match object.downcast::<Builtin>() {
        Some(builtin) => builtin.call(vm, args),
        None => Err(vm.type_error(format_args!("argument num/types mismatch"))),
    }
}

/// A method of a built-in type that was looked up without an object: it checks that its first argument is one of that type.
#[repr(C)]
pub(crate) struct Checked {
    header: Header,
    method: Obj,
    ty: Gc<Type>,
}

/// The type of checked methods.
static CHECKED_TYPE: Type = define!(Type::new(q!("function")).call(checked_call));

// SAFETY: `Checked` is `repr(C)` and starts with a header; only checked methods have this type.
unsafe impl Object for Checked {
    const TYPE: &'static Type = &CHECKED_TYPE;
}

impl Checked {
    /// `method` of the built-in type `ty`.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn object(vm: &Vm, method: Obj, ty: Gc<Type>) -> Res {
        Ok(vm.alloc(Checked { header: Header::of(&CHECKED_TYPE), method, ty })?.obj())
    }
}

fn checked_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let Some(checked) = object.downcast::<Checked>() else { return Ok(Obj::NONE) };
    if let Some(first) = args.pos().first()
        && !vm.is_subclass(vm.type_of(*first), checked.ty)
    {
        let (wanted, given) = (checked.ty.name().as_str(vm), vm.type_name(*first));
        return Err(vm.type_error(format_args!("argument should be a '{wanted}' not a '{given}'")));
    }
    vm.call_with(checked.method, args)
}

/// A constant table of attributes, for the `locals` of a type or a module, sorted by name. Names that Berus does not list are
/// found by their spelling. What several tables have is written once, as `const SHARED = rows { ... }`, and begins them. A module's table may
/// keep its order, which `help()` shows: `static MEMBERS = in order { ... }`.
///
/// ```ignore
/// members! {
///     static METHODS = {
///         ..SHARED,
///         "append" => f2(list_append),
///         "pop" => var(1, 2, list_pop),
///         "from_bytes" => class_method(var(2, 4, int_from_bytes)),
///         "limit" => value(Obj::small_int_wrapping(7)),
///     }
/// }
/// ```
#[macro_export]
macro_rules! members {
    ($(#[$meta:meta])* $vis:vis static $table:ident = { ..$shared:expr, $($own:tt)* }) => {
        $(#[$meta])*
        $vis static $table: &[$crate::types::Member] = {
            const SHARED: &[$crate::types::Row] = $shared;
            const OWN: &[$crate::types::Row] = $crate::members!(@ rows $($own)*);
            &$crate::types::sorted::<{ SHARED.len() + OWN.len() }>(SHARED, OWN)
        };
    };
    ($(#[$meta:meta])* $vis:vis const $table:ident = rows { $($own:tt)* }) => {
        $(#[$meta])*
        $vis const $table: &[$crate::types::Row] = $crate::members!(@ rows $($own)*);
    };
    ($(#[$meta:meta])* $vis:vis static $table:ident = in order { $($name:literal => $kind:ident ($($arg:tt)*)),* $(,)? }) => {
        $(#[$meta])*
        $vis static $table: &[$crate::types::Member] = &[
            $($crate::types::Member::new($crate::name!($name), $crate::members!(@ $kind ($($arg)*)))),*
        ];
    };
    ($(#[$meta:meta])* $vis:vis static $table:ident = { $($own:tt)* }) => {
        $crate::members! { $(#[$meta])* $vis static $table = { ..&[], $($own)* } }
    };
    (@ rows $($(#[$attr:meta])* $name:literal => $kind:ident ($($arg:tt)*)),* $(,)?) => {
        &[$($(#[$attr])* (
            const { $crate::qstr::find_number($name) },
            $crate::types::Member::new($crate::name!($name), $crate::members!(@ $kind ($($arg)*))),
        )),*]
    };
    (@ value ($value:expr)) => { $value };
    (@ class_method ($kind:ident ($($arg:tt)*))) => {{
        static METHOD: $crate::obj::builtin::Wrapped = $crate::obj::builtin::Wrapped::class_method($crate::members!(@ $kind ($($arg)*)));
        $crate::word::Obj::from_static(&METHOD)
    }};
    (@ static_method ($kind:ident ($($arg:tt)*))) => {{
        static METHOD: $crate::obj::builtin::Wrapped = $crate::obj::builtin::Wrapped::static_method($crate::members!(@ $kind ($($arg)*)));
        $crate::word::Obj::from_static(&METHOD)
    }};
    (@ $kind:ident ($($arg:tt)*)) => {{
        static FUNCTION: $crate::obj::builtin::Builtin = $crate::obj::builtin::Builtin::$kind($($arg)*);
        $crate::word::Obj::from_static(&FUNCTION)
    }};
}

/// A `classmethod` or `staticmethod`: a function that is bound in another way than to an instance.
#[repr(C)]
pub struct Wrapped {
    header: Header,
    /// The function.
    pub function: Obj,
}

// SAFETY: a `static` one is a constant; those on a heap stay with their interpreter.
unsafe impl Sync for Wrapped {}

/// The type `classmethod`.
pub static CLASS_METHOD: Type = define!(Type::new(q!("classmethod")).make_new(wrapped_new));

/// The type `staticmethod`.
pub static STATIC_METHOD: Type = define!(Type::new(q!("staticmethod")).make_new(wrapped_new));

// SAFETY: `Wrapped` is `repr(C)` and starts with a header; only `classmethod` objects have this type. `as_wrapped` knows of the other.
unsafe impl Object for Wrapped {
    const TYPE: &'static Type = &CLASS_METHOD;
}

impl Wrapped {
    /// The class method that calls `function`, a constant.
    pub const fn class_method(function: Obj) -> Wrapped {
        Wrapped { header: Header::of(&CLASS_METHOD), function }
    }

    /// The static method that calls `function`, a constant.
    pub const fn static_method(function: Obj) -> Wrapped {
        Wrapped { header: Header::of(&STATIC_METHOD), function }
    }

    /// The function in `object`, if that is a static method.
    pub fn static_function(object: Obj) -> Option<Obj> {
        let header = object.as_header()?;
        // SAFETY: a pointer word points to a live object; those of type `staticmethod` have this layout.
        unsafe {
            let is_static = header.as_ref().ty() == Gc::from_static(&STATIC_METHOD);
            is_static.then(|| header.cast::<Wrapped>().as_ref().function)
        }
    }
}

fn wrapped_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    Ok(vm.alloc(Wrapped { header: Header::new(ty), function: args.pos()[0] })?.obj())
}
