//! The types `type` and `object`: what types have in common, and classes.

use crate::data::builtin::{Checked, Wrapped};
use crate::data::class::{binds, counted_lineage, find, immediate_type, native_base_type, own, visible};
use crate::data::dict::Dicts;
use crate::data::instance::Instance;
use crate::data::property::Property;
use crate::model::args::Args;
use crate::model::arity::CheckArguments;
use crate::model::builtin::Builtin;
use crate::model::class::{ACCESSORS, Body, Class};
use crate::model::error::{Raise, Res};
use crate::model::events::Poll;
use crate::model::layout;
use crate::model::layout::{Dict, List, Tuple};
use crate::model::machine::Machine;
use crate::model::object::{Gc, Header, Object};
use crate::model::printer::{Printer, Style};
use crate::model::protocols::{Classes, Strs};
pub use crate::model::types::TYPE;
use crate::model::types::{Attr, AttrResult, Locals, Parent, Slots, StoredSlots, Type, TypeOfTypes, flag};
use crate::model::vm::Vm;
use crate::model::word::Obj;
use crate::obj::class_body::complete;
use crate::obj::instance;
#[cfg(feature = "python")]
use crate::obj::named_tuple;
use crate::ops::attr::call_special;
use crate::ops::call::Call;
use crate::qstr::Qstr;
use crate::{define, obj, q, store_slots};

/// The note in the dict of a class that says that other classes derive from it.
const DERIVED_FROM: u32 = layout::NOTES << 1;

impl TypeOfTypes for Vm {
    const SLOTS: StoredSlots = store_slots!(Slots {
        make_new: Some(type_new),
        print: Some(type_print),
        call: Some(type_call),
        attr: Some(type_attr),
        ..Slots::NONE
    });
}

crate::members! {
    static OBJECT_METHODS = {
        "__init__" => f1(object_init),
        #[cfg(feature = "python")]
        "__new__" => static_method(kw(1, new_of_python)),
        #[cfg(not(feature = "python"))]
        "__new__" => static_method(var(1, 255, object_new)),
        "__setattr__" => f3(object_setattr),
        "__delattr__" => f2(object_delattr),
        #[cfg(feature = "python")]
        "__init_subclass__" => class_method(kw(1, object_init_subclass)),
    }
}

/// The type `object`.
pub static OBJECT: Type = define!(Type::new(q!("object")).make_new(plain_new).locals(OBJECT_METHODS));

/// Whether a class with `value` under `name` has to be asked when attributes of its instances are stored or deleted.
fn is_special_accessor(vm: &Vm, name: Qstr, value: Obj) -> bool {
    if name == q!("__setattr__") || name == q!("__delattr__") || value.downcast::<Property>().is_some() {
        return true;
    }
    let ty = vm.type_of(value);
    ty.has(flag::HEAP)
        && [q!("__get__"), q!("__set__"), q!("__delete__")].into_iter().any(|name| find(vm, ty, name).is_some())
}

impl Classes for Vm {
    fn new_class(&self, name: Qstr, bases: Gc<Tuple>, locals: Gc<Dict>) -> Res<Gc<Type>> {
        new_class_with(self, name, bases, locals, Args::NONE)
    }

    #[inline]
    fn type_of(&self, object: Obj) -> Gc<Type> {
        let Some(header) = object.as_header() else { return Gc::from_static(immediate_type(object)) };
        // SAFETY: a pointer word points to a live object, whose first word is a header.
        let header = unsafe { header.as_ref() };
        if Vm::FOREIGN && !header.has(flag::BERUS) {
            return self.type_of_foreign(object);
        }
        header.ty()
    }

    fn is_instance(&self, object: Obj, ty: &'static Type) -> bool {
        self.is_subtype(self.type_of(object), ty)
    }

    fn is_subtype(&self, ty: Gc<Type>, base: &'static Type) -> bool {
        self.is_subclass(ty, Gc::from_static(base))
    }

    fn is_subclass(&self, ty: Gc<Type>, base: Gc<Type>) -> bool {
        counted_lineage(self, ty).any(|ty| ty == base) || base == Gc::from_static(&OBJECT)
    }

    fn is_subclass_of(&self, ty: Gc<Type>, classes: Obj) -> Res<bool> {
        if let Some(class) = classes.downcast::<Type>() {
            return Ok(self.is_subclass(ty, class));
        }
        let Some(tuple) = classes.downcast::<Tuple>() else {
            let message = format_args!("issubclass() arg 2 must be a class or a tuple of classes");
            return Err(self.type_error(message));
        };
        self.check_depth()?;
        for class in tuple.items() {
            self.work(1)?;
            if self.is_subclass_of(ty, *class)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn type_name(&self, object: Obj) -> &str {
        self.type_of(object).name().as_str(self)
    }

    fn name_str(&self, name: Qstr) -> &str {
        core::str::from_utf8(self.spelling(name)).unwrap_or("?")
    }
}

/// Makes a class as [`Vm::new_class`] does, which is defined with the keywords of `args`.
///
/// # Errors
/// As [`Vm::new_class`]; `TypeError` for keywords that nobody takes.
pub(crate) fn new_class_with(vm: &Vm, name: Qstr, bases: Gc<Tuple>, locals: Gc<Dict>, args: Args<'_>) -> Res<Gc<Type>> {
    let ty = derive(vm, name, bases)?;
    prepare_locals(vm, ty.parent(), locals)?;
    let class = add_class(vm, Class::new(ty, locals))?;
    set_names(vm, class, locals)?;
    #[cfg(feature = "python")]
    tell_parent(vm, class, args)?;
    let _ = args;
    Ok(class)
}

/// Whether one of the types of `bases` wants to know of classes that derive from it.
pub(crate) fn watches_subclasses(vm: &Vm, bases: &[Obj]) -> bool {
    #[cfg(feature = "python")]
    return bases.iter().filter_map(|base| base.downcast::<Type>()).any(|base| {
        let _ = complete(vm, base).map_err(|raised| vm.take_exception(raised));
        find(vm, base, q!("__init_subclass__")).is_some()
    });
    #[cfg(not(feature = "python"))]
    {
        let _ = (vm, bases);
        false
    }
}

/// Calls the method `__init_subclass__` that a new class inherits, with the keywords of its definition.
#[cfg(feature = "python")]
fn tell_parent(vm: &Vm, class: Gc<Type>, args: Args<'_>) -> Res<()> {
    let mut parents = class.lineage().skip(1);
    let found = parents.find_map(|parent| own(vm, parent, q!("__init_subclass__")));
    let Some(method) = found else {
        if args.n_kw() > 0 {
            let name = class.name().as_str(vm);
            return Err(vm.type_error(format_args!("{name}.__init_subclass__() takes no keyword arguments")));
        }
        return Ok(());
    };
    let function = match method.downcast::<Wrapped>() {
        Some(method) => method.function,
        None => method,
    };
    vm.call_prefixed(function, class.obj(), args).map(|_| ())
}

#[cfg(feature = "python")]
fn object_init_subclass(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 1, 1, false)?;
    Ok(Obj::NONE)
}

/// Makes a class as [`Vm::new_class`] does, whose attributes `body` will define when the class is used.
///
/// # Errors
/// As [`Vm::new_class`].
pub(crate) fn new_class_for_later(vm: &Vm, name: Qstr, bases: Gc<Tuple>, body: Body) -> Res<Gc<Type>> {
    let ty = derive(vm, name, bases)?;
    add_class(vm, Class::with_body(ty, body))
}

fn add_class(vm: &Vm, class: Class) -> Res<Gc<Type>> {
    let class = vm.alloc(class)?;
    vm.forget_cached_lookups();
    // SAFETY: a class starts with its type.
    Ok(unsafe { Gc::from_ptr(class.as_ptr().cast()) })
}

/// The type part of a class that derives from `bases`.
fn derive(vm: &Vm, name: Qstr, bases: Gc<Tuple>) -> Res<Type> {
    let mut flags = 0;
    let mut natives = 0;
    for base in bases.items() {
        let Some(base) = base.downcast::<Type>() else {
            return Err(vm.type_error(format_args!("type takes 1 or 3 arguments")));
        };
        if base.slots.make_new().is_none() {
            let name = base.name().as_str(vm);
            return Err(vm.type_error(format_args!("type '{name}' isn't an acceptable base type")));
        }
        complete(vm, base)?;
        if let Locals::Dict(dict) = base.locals() {
            dict.map.note(DERIVED_FROM);
        }
        flags |= base.flags & flag::EXCEPTION;
        if native_base_type(vm, base).is_some() {
            flags |= flag::SUBCLASSED;
            natives += 1;
        }
    }
    if natives > 1 && native_bases_conflict(vm, bases) {
        return Err(vm.type_error(format_args!("multiple bases have instance lay-out conflict")));
    }
    let parent = match bases.items() {
        [] => Parent::None,
        [one] => one.downcast::<Type>().map_or(Parent::None, Parent::One),
        _ => Parent::Many(lineage_of_several(vm, bases)?),
    };
    let mut class = define!(instance::CLASS).with_name(name).derived(parent);
    class.flags |= flags;
    if let Parent::One(parent) = parent {
        Vm::set_parent(&mut class.slots_for_c, parent);
    }
    Ok(class)
}

/// The tuple that [`Parent::Many`] refers to for a class with these bases: the tuple of bases, then all types of the
/// lineage.
fn lineage_of_several(vm: &Vm, bases: Gc<Tuple>) -> Res<Gc<Tuple>> {
    let several = List::new(vm, &[bases.obj()])?;
    #[cfg(feature = "python")]
    if let Some(merged) = merged_lineage(vm, bases)? {
        several.extend(vm, merged.obj())?;
        return Tuple::of_list(vm, &several);
    }
    let types = Dict::new(vm)?;
    for base in bases.items().iter().filter_map(|base| base.downcast::<Type>()) {
        for ty in base.lineage() {
            vm.work(1)?;
            types.map.store_new(vm, ty.obj(), Obj::NONE)?;
        }
    }
    several.extend(vm, types.obj())?;
    Tuple::of_list(vm, &several)
}

/// The types that a class with these bases derives from in Python's order (C3), in which a type comes before all that it
/// derives from, and bases in the order in which classes name them. `None` if there is no such order: then the order is
/// MicroPython's, depth first.
#[cfg(feature = "python")]
fn merged_lineage(vm: &Vm, bases: Gc<Tuple>) -> Res<Option<Gc<List>>> {
    // The lineages of the bases, and the bases themselves, each without the types that have been taken.
    let sequences = List::new(vm, &[])?;
    for base in bases.items().iter().filter_map(|base| base.downcast::<Type>()) {
        let lineage = List::new(vm, &[])?;
        for ty in base.lineage() {
            lineage.append(vm, ty.obj())?;
        }
        sequences.append(vm, lineage.obj())?;
    }
    let named = List::new(vm, &[])?;
    for base in bases.items().iter().filter(|base| **base != Gc::from_static(&OBJECT).obj()) {
        named.append(vm, *base)?;
    }
    sequences.append(vm, named.obj())?;
    let merged = List::new(vm, &[])?;
    let sequence = |index: usize| sequences.get(index).and_then(|sequence| sequence.downcast::<List>());
    loop {
        let all = || (0..sequences.len()).filter_map(sequence);
        let follows = |ty: Obj| {
            let mut work = Ok(());
            let found = all().any(|types| {
                work = vm.work(types.len());
                types.items().iter().skip(1).any(|other| other.get() == ty) || work.is_err()
            });
            work.map(|()| found)
        };
        let mut next = None;
        for first in all().filter_map(|types| types.get(0)) {
            if !follows(first)? {
                next = Some(first);
                break;
            }
        }
        let Some(next) = next else {
            return Ok(all().all(|types| types.is_empty()).then_some(merged));
        };
        merged.append(vm, next)?;
        for types in all().filter(|types| types.get(0) == Some(next)) {
            types.remove_at(vm, 0);
        }
    }
}

/// Makes `locals` fit for the dict of a class that derives from `parent`.
///
/// # Errors
/// `MemoryError`.
pub(crate) fn prepare_locals(vm: &Vm, parent: Parent, locals: Gc<Dict>) -> Res<()> {
    let mut accessors = match parent {
        Parent::None => false,
        Parent::One(parent) => parent.has_accessors(),
        Parent::Many(several) => {
            let bases = Parent::bases(several);
            let mut bases = bases.items().iter().filter_map(|base| base.downcast::<Type>());
            bases.any(|base| base.has_accessors())
        }
    };
    let mut at = 0;
    while let Some((found, key, value)) = locals.map.entry_from(at) {
        vm.work(1)?;
        if let (Some(key), Some(value)) = (key.as_qstr(), value)
            && is_special_accessor(vm, key, value)
        {
            accessors = true;
        }
        at = found + 1;
    }
    if accessors {
        locals.map.note(ACCESSORS);
    }
    if let Some(new) = locals.load(vm, q!("__new__"))
        && binds(new)
    {
        let wrapped = vm.call(Gc::from_static(&obj::builtin::STATIC_METHOD).obj(), &[new])?;
        locals.store(vm, q!("__new__"), wrapped)?;
    }
    #[cfg(feature = "python")]
    if let Some(method) = locals.load(vm, q!("__init_subclass__"))
        && binds(method)
    {
        let wrapped = vm.call(Gc::from_static(&obj::builtin::CLASS_METHOD).obj(), &[method])?;
        locals.store(vm, q!("__init_subclass__"), wrapped)?;
    }
    locals.map.fit(vm)?;
    Ok(())
}

/// Tells the attributes of a new class that have a `__set_name__` under which names they are.
fn set_names(vm: &Vm, class: Gc<Type>, locals: Gc<Dict>) -> Res<()> {
    // An attribute that is told may change the class, so all such attributes are found first.
    let wanting = List::new(vm, &[])?;
    let mut at = 0;
    while let Some((found, key, value)) = locals.map.entry_from(at) {
        vm.work(1)?;
        if let Some(value) = value
            && Instance::of(value).is_some()
            && find(vm, vm.type_of(value), q!("__set_name__")).is_some()
        {
            wanting.append(vm, key)?;
            wanting.append(vm, value)?;
        }
        at = found + 1;
    }
    let mut at = 0;
    while let (Some(name), Some(value)) = (wanting.get(at), wanting.get(at + 1)) {
        call_special(vm, value, q!("__set_name__"), &[class.obj(), name])?;
        at += 2;
    }
    Ok(())
}

/// Whether `bases` derive from built-in types of which neither derives from the other.
fn native_bases_conflict(vm: &Vm, bases: Gc<Tuple>) -> bool {
    let mut natives = bases.items().iter().filter_map(|base| native_base_type(vm, base.downcast::<Type>()?));
    let first = natives.next();
    natives.any(|other| {
        first.is_some_and(|first| {
            let (first, other) = (Gc::from_static(first), Gc::from_static(other));
            !vm.is_subclass(first, other) && !vm.is_subclass(other, first)
        })
    })
}

fn type_new(vm: &Vm, _: Gc<Type>, args: Args<'_>) -> Res {
    if args.n_kw() > 0 {
        return Err(vm.type_error(format_args!("function doesn't take keyword arguments")));
    }
    match *args.pos() {
        [object] => Ok(visible(vm.type_of(object)).obj()),
        [name, bases, locals] => {
            let name = vm.as_name(name)?;
            let (Some(name), Some(bases), Some(locals)) = (name, bases.downcast::<Tuple>(), vm.as_dict(locals)) else {
                return Err(vm.type_error(format_args!("type takes 1 or 3 arguments")));
            };
            Ok(vm.new_class(name, bases, locals)?.obj())
        }
        _ => Err(vm.type_error(format_args!("type takes 1 or 3 arguments"))),
    }
}

fn type_print(vm: &Vm, object: Obj, out: &mut dyn Printer, _: Style) -> Res<()> {
    let Some(ty) = object.downcast::<Type>() else { return Ok(()) };
    out.write(vm, b"<class '")?;
    out.write(vm, ty.name().spelling(vm))?;
    out.write(vm, b"'>")
}

fn type_call(vm: &Vm, object: Obj, args: Args<'_>) -> Res {
    let Some(ty) = object.downcast::<Type>() else { return Ok(Obj::NONE) };
    match ty.slots.make_new() {
        Some(make_new) => make_new(vm, ty, args),
        None => {
            let name = ty.name().as_str(vm);
            Err(vm.type_error(format_args!("can't create '{name}' instances")))
        }
    }
}

fn type_attr(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<AttrResult> {
    let Some(class) = object.downcast::<Type>() else { return Ok(AttrResult::Missing) };
    complete(vm, class)?;
    match request {
        Attr::Load | Attr::LoadMethod => load_class_attr(vm, class, name),
        Attr::Store(value) => match class.locals() {
            Locals::Dict(dict) if class.has(flag::HEAP) => {
                if is_special_accessor(vm, name, value) {
                    // Classes that derive from this one have noted whether attributes are special.
                    if dict.map.is_noted(DERIVED_FROM) && !class.has_accessors() {
                        let message = format_args!("can't add special method to already-subclassed class");
                        return Err(vm.attribute_error(message));
                    }
                    dict.map.note(ACCESSORS);
                }
                dict.store(vm, name, value)?;
                vm.note_class_change();
                Ok(AttrResult::Done)
            }
            _ => Ok(AttrResult::Missing),
        },
        Attr::Delete => match class.locals() {
            Locals::Dict(dict) if class.has(flag::HEAP) => {
                let removed = dict.map.remove_name(vm, name);
                vm.note_class_change();
                Ok(if removed.is_some() { AttrResult::Done } else { AttrResult::Missing })
            }
            _ => Ok(AttrResult::Missing),
        },
    }
}

fn load_class_attr(vm: &Vm, class: Gc<Type>, name: Qstr) -> Res<AttrResult> {
    if name == q!("__name__") {
        return Ok(AttrResult::Value(Obj::qstr(class.name().intern(vm)?)));
    }
    if name == q!("__dict__") {
        let dict = Dict::new(vm)?;
        match class.locals() {
            Locals::Static(members) => {
                for member in members {
                    dict.store(vm, member.name.intern(vm)?, member.value)?;
                }
            }
            Locals::Dict(own) => dict.map.copy_from(vm, &own.map)?,
        }
        dict.fix();
        return Ok(AttrResult::Value(dict.obj()));
    }
    if name == q!("__bases__") {
        let object = [Gc::from_static(&OBJECT).obj()];
        let bases = match class.parent() {
            Parent::None if class == Gc::from_static(&OBJECT) => Tuple::EMPTY,
            Parent::None => Tuple::new(vm, &object)?,
            Parent::One(parent) => Tuple::new(vm, &[parent.obj()])?,
            Parent::Many(several) => Parent::bases(several),
        };
        return Ok(AttrResult::Value(bases.obj()));
    }
    #[cfg(feature = "python")]
    if let Some(value) = described(vm, class, name)? {
        return Ok(AttrResult::Value(value));
    }
    let found = match find(vm, class, name) {
        Some(found) => found.value,
        None => match own(vm, Gc::from_static(&OBJECT), name) {
            Some(value) if name != q!("__init__") || class == Gc::from_static(&OBJECT) || class.has(flag::HEAP) => {
                value
            }
            _ => return Ok(AttrResult::Missing),
        },
    };
    bind_to_class(vm, found, class)
}

/// What Python tells of a class beyond MicroPython: its order of bases, its module and its full name.
#[cfg(feature = "python")]
fn described(vm: &Vm, class: Gc<Type>, name: Qstr) -> Res<Option<Obj>> {
    if name == q!("__mro__") {
        let all = List::new(vm, &[])?;
        for ty in class.lineage() {
            vm.work(1)?;
            all.append(vm, ty.obj())?;
        }
        all.append(vm, Gc::from_static(&OBJECT).obj())?;
        return Ok(Some(Tuple::of_list(vm, &all)?.obj()));
    }
    if name == q!("_fields")
        && let Some(fields) = class.lineage().find_map(named_tuple::fields_of)
    {
        return Ok(Some(fields.obj()));
    }
    if name == q!("__module__") && !class.has(flag::HEAP) {
        return Ok(Some(Obj::qstr(q!("builtins"))));
    }
    if name == q!("__qualname__") && own(vm, class, name).is_none() {
        return Ok(Some(Obj::qstr(class.name().intern(vm)?)));
    }
    Ok(if name == q!("__doc__") && own(vm, class, name).is_none() { Some(Obj::NONE) } else { None })
}

/// The attribute of `class` for which `value` was found in it, without an instance.
fn bind_to_class(vm: &Vm, value: Obj, class: Gc<Type>) -> Res<AttrResult> {
    if let Some(method) = value.downcast::<Wrapped>() {
        return Ok(AttrResult::Method(method.function, class.obj()));
    }
    if let Some(function) = Wrapped::static_function(value) {
        return Ok(AttrResult::Value(function));
    }
    if value.downcast::<Builtin>().is_some() && !class.has(flag::HEAP) && class != Gc::from_static(&OBJECT) {
        return Checked::object(vm, value, class).map(AttrResult::Value);
    }
    if vm.type_of(value).has(flag::HEAP)
        && value.downcast::<Type>().is_none()
        && let Some(value) = call_special(vm, value, q!("__get__"), &[Obj::NONE, class.obj()])?
    {
        return Ok(AttrResult::Value(value));
    }
    Ok(AttrResult::Value(value))
}

/// An object of type `object`.
fn plain_new(vm: &Vm, ty: Gc<Type>, args: Args<'_>) -> Res {
    vm.check_args(args, 0, 0, false)?;
    #[repr(C)]
    struct Plain {
        header: Header,
    }
    // SAFETY: `Plain` is `repr(C)` and starts with a header; objects of type `object` have no more.
    unsafe impl Object for Plain {
        const TYPE: &'static Type = &OBJECT;
    }
    Ok(vm.alloc(Plain { header: Header::new(ty) })?.obj())
}

fn object_init(_: &Vm, _: Obj) -> Res {
    Ok(Obj::NONE)
}

fn object_new(vm: &Vm, args: &[Obj]) -> Res {
    match args[0].downcast::<Type>() {
        Some(class) if class.has(flag::HEAP) => {
            complete(vm, class)?;
            crate::data::instance::new(vm, class)
        }
        Some(ty) if ty == Gc::from_static(&OBJECT) => plain_new(vm, ty, Args::NONE),
        _ => Err(vm.type_error(format_args!("arg must be user-type"))),
    }
}

/// `object.__new__(type, ...)`. Of what cannot change, the further arguments make the value: of an object of a built-in
/// type, or of that inside an instance of a class that derives from such a type.
#[cfg(feature = "python")]
fn new_of_python(vm: &Vm, args: Args<'_>) -> Res {
    vm.check_args(args, 1, usize::MAX, true)?;
    let rest = Args::new(&args.words()[1..], args.n_pos() - 1);
    match args.pos()[0].downcast::<Type>() {
        // Without more arguments this is taken for `object.__new__`, which makes no objects of built-in types.
        Some(ty) if !rest.words().is_empty() && !ty.has(flag::HEAP) && ty != Gc::from_static(&OBJECT) => {
            match ty.slots.make_new() {
                Some(make_new) => make_new(vm, ty, instance::arguments_of_new(ty, rest).unwrap_or(rest)),
                None => object_new(vm, args.pos()),
            }
        }
        _ => {
            let object = object_new(vm, args.pos())?;
            instance::make_base_of_new(vm, object, rest)?;
            Ok(object)
        }
    }
}

fn object_setattr(vm: &Vm, object: Obj, name: Obj, value: Obj) -> Res {
    let (Some(instance), Some(name)) = (Instance::of(object), vm.as_name(name)?) else {
        return Err(vm.type_error(format_args!("arg must be user-type")));
    };
    instance.store_member(vm, name, value)?;
    Ok(Obj::NONE)
}

fn object_delattr(vm: &Vm, object: Obj, name: Obj) -> Res {
    let (Some(instance), Some(name)) = (Instance::of(object), vm.as_name(name)?) else {
        return Err(vm.type_error(format_args!("arg must be user-type")));
    };
    match instance.members().remove_name(vm, name) {
        Some(_) => Ok(Obj::NONE),
        None => {
            let name = vm.name_str(name);
            Err(vm.attribute_error(format_args!("no such attribute '{name}'")))
        }
    }
}

// SAFETY: `Class` is `repr(C)` and starts with a type, which starts with a header. Nothing is downcast to it.
unsafe impl Object for Class {
    const TYPE: &'static Type = &TYPE;
}

// SAFETY: a type is `repr(C)` and starts with a header; only types name `type` as their type.
unsafe impl Object for Type {
    const TYPE: &'static Type = &TYPE;
}
