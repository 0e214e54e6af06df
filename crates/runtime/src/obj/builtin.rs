//! Functions written in Rust.

use crate::data::builtin::{Checked, Wrapped};
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::builtin::Builtin;
use crate::model::error::{Raise, Res};
use crate::model::object::{Gc, Header, Object};
use crate::model::protocols::Classes;
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::ops::call::Call;
use crate::{define, q};

/// The types of functions written in Rust: as in MicroPython, one each for functions of no, one, two and three
/// arguments, and one for others, so that programs can tell them apart.
static TYPES: [Type; 5] = [const { define!(Type::new(q!("function")).call(builtin_call)) }; 5];

// SAFETY: `Builtin` is `repr(C)` and starts with a header; only builtins have this type.
unsafe impl Object for Builtin {
    const TYPE: &'static Type = &TYPES[0];
    const KINDS: &'static [Type] = &TYPES;
}

fn builtin_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    match object.downcast::<Builtin>() {
        Some(builtin) => builtin.call(vm, args),
        None => Err(vm.type_error(format_args!("argument num/types mismatch"))),
    }
}

/// The type of checked methods.
static CHECKED_TYPE: Type = define!(Type::new(q!("function")).call(checked_call));

// SAFETY: `Checked` is `repr(C)` and starts with a header; only checked methods have this type.
unsafe impl Object for Checked {
    const TYPE: &'static Type = &CHECKED_TYPE;
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

/// A constant table of attributes, for the `locals` of a type or a module, sorted by name. Names that Berus does not
/// list are found by their spelling. Rows of several tables are written once, as `const SHARED = rows { ... }`, and
/// begin each of these tables. A module's table may keep its order, which `help()` shows: `static MEMBERS = in order {
/// ... }`.
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
        $vis static $table: &[$crate::model::types::Member] = {
            const SHARED: &[$crate::model::types::Row] = $shared;
            const OWN: &[$crate::model::types::Row] = $crate::members!(@ rows $($own)*);
            &$crate::model::types::sorted::<{ SHARED.len() + OWN.len() }>(SHARED, OWN)
        };
    };
    ($(#[$meta:meta])* $vis:vis const $table:ident = rows { $($own:tt)* }) => {
        $(#[$meta])*
        $vis const $table: &[$crate::model::types::Row] = $crate::members!(@ rows $($own)*);
    };
    ($(#[$meta:meta])* $vis:vis static $table:ident = in order { $($(#[$attr:meta])* $name:literal => $kind:ident ($($arg:tt)*)),* $(,)? }) => {
        $(#[$meta])*
        $vis static $table: &[$crate::model::types::Member] = &[
            $($(#[$attr])* $crate::model::types::Member::new($crate::name!($name), $crate::members!(@ $kind ($($arg)*)))),*
        ];
    };
    ($(#[$meta:meta])* $vis:vis static $table:ident = { $($own:tt)* }) => {
        $crate::members! { $(#[$meta])* $vis static $table = { ..&[], $($own)* } }
    };
    (@ rows $($(#[$attr:meta])* $name:literal => $kind:ident ($($arg:tt)*)),* $(,)?) => {
        &[$($(#[$attr])* (
            const { $crate::qstr::find_number($name) },
            $crate::model::types::Member::new($crate::name!($name), $crate::members!(@ $kind ($($arg)*))),
        )),*]
    };
    (@ value ($value:expr)) => { $value };
    (@ class_method ($kind:ident ($($arg:tt)*))) => {{
        static METHOD: $crate::data::builtin::Wrapped = $crate::data::builtin::Wrapped::class_method($crate::members!(@ $kind ($($arg)*)));
        $crate::model::word::Obj::from_static(&METHOD)
    }};
    (@ static_method ($kind:ident ($($arg:tt)*))) => {{
        static METHOD: $crate::data::builtin::Wrapped = $crate::data::builtin::Wrapped::static_method($crate::members!(@ $kind ($($arg)*)));
        $crate::model::word::Obj::from_static(&METHOD)
    }};
    (@ $kind:ident ($($arg:tt)*)) => {{
        static FUNCTION: $crate::model::builtin::Builtin = $crate::model::builtin::Builtin::$kind($($arg)*);
        $crate::model::word::Obj::from_static(&FUNCTION)
    }};
}

/// The type `classmethod`.
pub static CLASS_METHOD: Type = define!(Type::new(q!("classmethod")).make_new(wrapped_new));

/// The type `staticmethod`.
pub static STATIC_METHOD: Type = define!(Type::new(q!("staticmethod")).make_new(wrapped_new));

// SAFETY: `Wrapped` is `repr(C)` and starts with a header; only `classmethod` objects have this type. `staticmethod`
// objects have the other type with this layout, of which `as_wrapped` knows.
unsafe impl Object for Wrapped {
    const TYPE: &'static Type = &CLASS_METHOD;
}

fn wrapped_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    Ok(vm.alloc(Wrapped { header: Header::new(ty), function: args.pos()[0] })?.obj())
}
