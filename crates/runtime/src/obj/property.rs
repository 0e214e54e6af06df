//! The types `property` and `super`.

use core::cell::Cell;

use crate::data::class;
use crate::data::instance::{Instance, NativeBase};
use crate::data::property::Property;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::error::{Raise, Res};
use crate::model::lookups::Found;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::Classes;
use crate::model::types;
use crate::model::types::{Attr, AttrResult, Parent, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::{instance, none};
use crate::ops::attr::{MethodParts, bind};
use crate::ops::print::Print;
use crate::qstr::Qstr;
use crate::{define, q};

crate::members! {
    static METHODS = {
        "getter" => f2(property_getter),
        "setter" => f2(property_setter),
        "deleter" => f2(property_deleter),
    }
}

/// The type `property`.
pub static TYPE: Type = define!(Type::new(q!("property")).make_new(property_new).locals(METHODS));

// SAFETY: `Property` is `repr(C)` and starts with a header; only properties have this type.
unsafe impl Object for Property {
    const TYPE: &'static Type = &TYPE;
}

fn property_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    let [get, set, delete, _doc] = args.by_name(vm, [q!("fget"), q!("fset"), q!("fdel"), q!("doc")], 0)?;
    make(vm, [get, set, delete].map(|accessor| accessor.unwrap_or(Obj::NONE)))
}

fn make(vm: &Vm, accessors: [Obj; 3]) -> Res {
    Ok(vm.alloc(Property { header: Header::of(&TYPE), accessors })?.obj())
}

fn with_accessor(vm: &Vm, object: Obj, n: usize, function: Obj) -> Res {
    let Some(property) = object.downcast::<Property>() else {
        return Err(vm.type_error(format_args!("argument num/types mismatch")));
    };
    let mut accessors = property.accessors;
    accessors[n] = function;
    make(vm, accessors)
}

fn property_getter(vm: &Vm, object: Obj, function: Obj) -> Res {
    with_accessor(vm, object, 0, function)
}

fn property_setter(vm: &Vm, object: Obj, function: Obj) -> Res {
    with_accessor(vm, object, 1, function)
}

fn property_deleter(vm: &Vm, object: Obj, function: Obj) -> Res {
    with_accessor(vm, object, 2, function)
}

/// The type `super`.
pub static SUPER_TYPE: Type = define!(Type::new(q!("super")).make_new(super_new).print(super_print).attr(super_attr));

/// The object that `super()` gives: another object, seen as one of the bases of a class.
#[repr(C)]
pub struct Super {
    header: Header,
    class: Gc<Type>,
    object: Cell<Obj>,
}

// SAFETY: `Super` is `repr(C)` and starts with a header; only such objects have this type.
unsafe impl Object for Super {
    const TYPE: &'static Type = &SUPER_TYPE;
}

impl Super {
    /// The value of `super(class, object)`, not on the heap yet.
    fn new(vm: &Vm, class: Obj, object: Obj) -> Res<Super> {
        let Some(class) = class.downcast::<Type>() else {
            return Err(vm.type_error(format_args!("first argument to super() must be type")));
        };
        if !vm.is_subclass(object.downcast::<Type>().unwrap_or_else(|| vm.type_of(object)), class) {
            return Err(vm.type_error(format_args!("super(type, obj): obj must be an instance or subtype of type")));
        }
        Ok(Super { header: Header::of(&SUPER_TYPE), class, object: Cell::new(object) })
    }
}

fn super_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    // The compiler adds the arguments that a program leaves out.
    vm.check_args(args, 2, 2, false)?;
    Ok(vm.alloc(Super::new(vm, args.pos()[0], args.pos()[1])?)?.obj())
}

/// The method `name` of `super(class, object)`, without making a `super` object.
pub(crate) fn super_method(vm: &Vm, class: Obj, object: Obj, name: Qstr) -> Res<MethodParts> {
    let this = Super::new(vm, class, object)?;
    match find_by_super(vm, &this, name, Attr::LoadMethod)? {
        AttrResult::Value(function) => Ok(MethodParts { function, this: None }),
        AttrResult::Method(function, this) => Ok(MethodParts { function, this: Some(this) }),
        AttrResult::Missing | AttrResult::Done => {
            let name = vm.name_str(name);
            Err(vm.attribute_error(format_args!("'super' object has no attribute '{name}'")))
        }
    }
}

fn super_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(this) = object.downcast::<Super>() else { return Ok(()) };
    out.write(vm, b"<super: ")?;
    vm.print(out, this.class.obj(), Style::Str)?;
    out.write(vm, b", ")?;
    vm.print(out, this.object.get(), Style::Str)?;
    out.write(vm, b">")
}

/// Looks `name` up in what comes behind `class` among all that `whole`, the class of an object, derives from.
fn find_behind(vm: &Vm, whole: Gc<Type>, class: Gc<Type>, name: Qstr) -> Option<Found> {
    let mut ty = whole;
    while cfg!(feature = "python") && ty != class {
        match ty.parent() {
            Parent::One(parent) => ty = parent,
            // The order of several bases decides, not what `class` itself derives from.
            Parent::Many(_) => {
                let mut behind = class::counted_lineage(vm, ty).skip_while(|ty| *ty != class).skip(1);
                return behind.find_map(|ty| {
                    let value = class::own(vm, ty, name)?;
                    Some(Found { value, owner: ty, native: !ty.has(flag::HEAP) })
                });
            }
            Parent::None => break,
        }
    }
    find_in_bases(vm, class, name)
}

fn find_in_bases(vm: &Vm, class: Gc<Type>, name: Qstr) -> Option<Found> {
    match class.parent() {
        Parent::None => None,
        Parent::One(parent) => class::find(vm, parent, name),
        #[cfg(feature = "python")]
        Parent::Many(_) => class::counted_lineage(vm, class).skip(1).find_map(|ty| {
            let value = class::own(vm, ty, name)?;
            Some(Found { value, owner: ty, native: !ty.has(flag::HEAP) })
        }),
        #[cfg(not(feature = "python"))]
        Parent::Many(several) => {
            let bases = Parent::bases(several);
            let mut bases = bases.items().iter().filter_map(|base| base.downcast::<Type>());
            bases.find_map(|base| class::find(vm, base, name))
        }
    }
}

crate::members! {
    /// The methods that `super()` has in a class derived from a built-in type.
    static NATIVE_METHODS = {
        "__init__" => kw(1, native_init),
    }
}

fn native_init(vm: &Vm, args: Args<'_>) -> Res {
    let this = args.pos()[0];
    if let Some(instance) = Instance::of(this) {
        let rest = Args::new(&args.words()[1..], args.n_pos() - 1);
        if cfg!(feature = "python") && rest.words().is_empty() && instance::is_made_at_once(vm, instance) {
            return Ok(Obj::NONE);
        }
        instance::init_base(vm, instance, rest)?;
    }
    Ok(Obj::NONE)
}

fn super_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    match (object.downcast::<Super>(), request) {
        (Some(this), Attr::Load | Attr::LoadMethod) => find_by_super(vm, &this, name, request),
        _ => Ok(AttrResult::Missing),
    }
}

fn find_by_super(vm: &Vm, this: &Super, name: Qstr, request: Attr) -> Res<AttrResult> {
    let target = this.object.get();
    let class = target.downcast::<Type>().unwrap_or_else(|| vm.type_of(target));
    let found = match find_behind(vm, class, this.class, name) {
        Some(found) => found,
        None => {
            let native = this.class.has(flag::SUBCLASSED);
            if native && name == q!("__init__") {
                let init = types::find(vm, NATIVE_METHODS, name).unwrap_or(none::ELLIPSIS);
                return Ok(AttrResult::Method(init, target));
            }
            match class::find_in_object(vm, name) {
                Some(found) => found,
                None => return native_attr(vm, target, name, request),
            }
        }
    };
    if target.downcast::<Type>().is_some() && class::binds(found.value) {
        return Ok(AttrResult::Value(found.value));
    }
    let parts = bind(vm, found, target, class)?;
    Ok(match parts.this {
        Some(this) => AttrResult::Method(parts.function, this),
        None => AttrResult::Value(parts.function),
    })
}

/// An attribute of the object of a built-in type inside `object`.
fn native_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    match vm.native_base(object) {
        Some(base) => match vm.type_of(base).slots.attr() {
            Some(attr) => attr(vm, base, name, request),
            None => Ok(AttrResult::Missing),
        },
        None => Ok(AttrResult::Missing),
    }
}
