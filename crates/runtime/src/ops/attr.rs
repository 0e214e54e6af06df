//! Attributes of objects: loading, storing and deleting them.

use crate::data::builtin::Wrapped;
use crate::data::class;
use crate::data::exception::Exceptions;
use crate::data::function::BoundMethod;
use crate::data::instance::{Instance, NativeBase};
use crate::data::property::Property;
use crate::model::args::Args;
use crate::model::builtin_types::BuiltinTypes;
use crate::model::builtins::Builtins;
use crate::model::error::{Raise, Raised, Res};
use crate::model::layout::{Dict, Exception, Module};
use crate::model::lookups::Found;
use crate::model::object::Gc;
use crate::model::protocols::Classes;
use crate::model::types::{Attr, AttrResult, Type, flag};
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::ops::call::Call;
use crate::q;
use crate::qstr::Qstr;

/// A method that is not bound yet: the function to call, and the first argument if there is one.
#[derive(Clone, Copy)]
pub struct MethodParts {
    /// The function, or another object to call.
    pub function: Obj,
    /// The first argument, to be put before those of the call; null if there is none.
    pub this: Slot,
}

impl MethodParts {
    const fn plain(function: Obj) -> MethodParts {
        MethodParts { function, this: None }
    }
}

/// Access to the attributes of objects.
pub trait Attributes {
    /// `object.name`
    ///
    /// # Errors
    /// `AttributeError` if there is no such attribute, and what computing the attribute raises.
    fn load_attr(&self, object: Obj, name: Qstr) -> Res;

    /// `object.name`, if there is one.
    ///
    /// # Errors
    /// What computing the attribute raises, `AttributeError` of `__getattr__` included.
    fn find_attr(&self, object: Obj, name: Qstr) -> Res<Option<Obj>>;

    /// `object.name`, to be called at once.
    ///
    /// # Errors
    /// As [`Vm::load_attr`].
    fn load_method(&self, object: Obj, name: Qstr) -> Res<MethodParts>;

    /// `object.name`, to be called at once, if there is one.
    ///
    /// # Errors
    /// As [`Vm::find_attr`].
    fn try_method(&self, object: Obj, name: Qstr) -> Res<Option<MethodParts>>;

    /// `object.name = value`
    ///
    /// # Errors
    /// `AttributeError` if the attribute cannot be stored, and what storing raises.
    fn store_attr(&self, object: Obj, name: Qstr, value: Obj) -> Res<()>;

    /// `del object.name`
    ///
    /// # Errors
    /// `AttributeError` if there is no such attribute or it cannot be deleted, and what deleting raises.
    fn delete_attr(&self, object: Obj, name: Qstr) -> Res<()>;

    /// `object.name`, if there is one: an `AttributeError` of `__getattr__` counts as none.
    ///
    /// # Errors
    /// Other exceptions that computing the attribute raises.
    fn find_attr_quietly(&self, object: Obj, name: Qstr) -> Res<Option<Obj>>;
}

impl Attributes for Vm {
    fn load_attr(&self, object: Obj, name: Qstr) -> Res {
        match self.find_attr(object, name)? {
            Some(value) => Ok(value),
            None => Err(no_attribute(self, object, name)),
        }
    }

    fn find_attr(&self, object: Obj, name: Qstr) -> Res<Option<Obj>> {
        match find_method(self, object, name, Attr::Load)? {
            None => Ok(None),
            Some(MethodParts { function, this: None }) => Ok(Some(function)),
            Some(MethodParts { function, this: Some(this) }) => Ok(Some(BoundMethod::new(self, function, this)?.obj())),
        }
    }

    fn load_method(&self, object: Obj, name: Qstr) -> Res<MethodParts> {
        if let Some(function) = self.remembered_plain_method(object, name) {
            return Ok(MethodParts { function, this: Some(object) });
        }
        match self.try_method(object, name)? {
            Some(parts) => Ok(parts),
            None => Err(no_attribute(self, object, name)),
        }
    }

    fn try_method(&self, object: Obj, name: Qstr) -> Res<Option<MethodParts>> {
        find_method(self, object, name, Attr::LoadMethod)
    }

    fn store_attr(&self, object: Obj, name: Qstr, value: Obj) -> Res<()> {
        change_attr(self, object, name, Some(value))
    }

    fn delete_attr(&self, object: Obj, name: Qstr) -> Res<()> {
        change_attr(self, object, name, None)
    }

    fn find_attr_quietly(&self, object: Obj, name: Qstr) -> Res<Option<Obj>> {
        match self.find_attr(object, name) {
            Err(raised) => {
                let exception = self.peek_exception(&raised);
                if !self.is_instance(exception, Vm::ATTRIBUTE_ERROR) {
                    return Err(raised);
                }
                self.take_exception(raised);
                Ok(None)
            }
            found => found,
        }
    }
}

fn find_method(vm: &Vm, object: Obj, name: Qstr, request: Attr) -> Res<Option<MethodParts>> {
    let ty = vm.type_of(object);
    if ty.has(flag::HEAP)
        && let Some(instance) = Instance::of(object)
    {
        return find_of_instance(vm, object, instance, name, request);
    }
    if name == q!("__class__") {
        return Ok(Some(MethodParts::plain(class::visible(ty).obj())));
    }
    if name == q!("__next__") && ty.slots.next().is_some() && ty != Gc::from_static(Vm::TYPE) {
        let next = vm.find_builtin(q!("next")).unwrap_or(Obj::NONE);
        return Ok(Some(MethodParts { function: next, this: Some(object) }));
    }
    if let Some(attr) = ty.slots.attr() {
        vm.check_depth()?;
        match attr(vm, object, name, request)? {
            AttrResult::Value(value) => return Ok(Some(MethodParts::plain(value))),
            AttrResult::Method(function, this) => return Ok(Some(MethodParts { function, this: Some(this) })),
            AttrResult::Missing | AttrResult::Done => {}
        }
    }
    let found = match class::find(vm, ty, name) {
        None if ty == Gc::from_static(Vm::OBJECT) => class::find_in_object(vm, name),
        found => found,
    };
    match found {
        Some(found) => bind(vm, Found { native: false, ..found }, object, ty).map(Some),
        None => Ok(None),
    }
}

fn find_of_instance(vm: &Vm, object: Obj, instance: &Instance, name: Qstr, request: Attr) -> Res<Option<MethodParts>> {
    if let Some(value) = instance.members().get_name(vm, name) {
        return Ok(Some(MethodParts::plain(value)));
    }
    let class = instance.class();
    if let Some(found) = class::find(vm, class, name) {
        return bind(vm, found, object, class).map(Some);
    }
    if name == q!("__class__") {
        return Ok(Some(MethodParts::plain(class.obj())));
    }
    if name == q!("__dict__") {
        let dict = Dict::new(vm)?;
        dict.map.copy_from(vm, instance.members())?;
        // A copy that could be changed would only seem to change the instance.
        dict.fix();
        return Ok(Some(MethodParts::plain(dict.obj())));
    }
    if let Some(base) = vm.native_base(object)
        && let Some(attr) = vm.type_of(base).slots.attr()
    {
        vm.check_depth()?;
        match attr(vm, base, name, request)? {
            AttrResult::Value(value) => return Ok(Some(MethodParts::plain(value))),
            AttrResult::Method(function, this) => return Ok(Some(MethodParts { function, this: Some(this) })),
            AttrResult::Missing | AttrResult::Done => {}
        }
    }
    if name != q!("__getattr__")
        && let Some(found) = class::find(vm, class, q!("__getattr__"))
    {
        let getter = bind(vm, found, object, class)?;
        let value = vm.call_method_parts(getter, &[Obj::qstr(name)])?;
        return Ok(Some(MethodParts::plain(value)));
    }
    match class::find_in_object(vm, name) {
        Some(found) if !class.has(flag::SUBCLASSED) || name != q!("__init__") => {
            bind(vm, found, object, class).map(Some)
        }
        _ => Ok(None),
    }
}

/// The attribute of `object` that looking a name up in `class` gives, when `found` is what the class has: bound, called
/// or as it is.
pub(crate) fn bind(vm: &Vm, found: Found, object: Obj, class: Gc<Type>) -> Res<MethodParts> {
    let value = found.value;
    let native = if found.native { vm.native_base(object) } else { Some(object) };
    let this = match native {
        Some(this) => this,
        None if class.has(flag::SUBCLASSED) && class::binds(value) => {
            return Err(vm.attribute_error(format_args!("call super().__init__() first")));
        }
        None => object,
    };
    if class::binds(value) {
        // A built-in function in a class that a program defines is no method.
        let is_method = !found.owner.has(flag::HEAP) || !class::is_builtin(value);
        return Ok(MethodParts { function: value, this: is_method.then_some(this) });
    }
    if let Some(method) = value.downcast::<Wrapped>() {
        return Ok(MethodParts { function: method.function, this: Some(class.obj()) });
    }
    if let Some(function) = Wrapped::static_function(value) {
        return Ok(MethodParts::plain(function));
    }
    if let Some(property) = value.downcast::<Property>() {
        let [getter, ..] = property.accessors;
        if getter == Obj::NONE {
            return Err(vm.attribute_error(format_args!("unreadable attribute")));
        }
        return vm.call(getter, &[object]).map(MethodParts::plain);
    }
    if class.has_accessors()
        && Instance::of(value).is_some()
        && let Some(value) = call_special(vm, value, q!("__get__"), &[object, class.obj()])?
    {
        return Ok(MethodParts::plain(value));
    }
    Ok(MethodParts::plain(value))
}

fn change_attr(vm: &Vm, object: Obj, name: Qstr, value: Slot) -> Res<()> {
    vm.check_depth()?;
    let ty = vm.type_of(object);
    let request = value.map_or(Attr::Delete, Attr::Store);
    if ty.has(flag::HEAP)
        && let Some(instance) = Instance::of(object)
    {
        return change_of_instance(vm, object, instance, name, value, request);
    }
    if let Some(attr) = ty.slots.attr()
        && let AttrResult::Done = attr(vm, object, name, request)?
    {
        return Ok(());
    }
    Err(no_attribute(vm, object, name))
}

fn change_of_instance(vm: &Vm, object: Obj, instance: &Instance, name: Qstr, value: Slot, request: Attr) -> Res<()> {
    let class = instance.class();
    if class.has_accessors() {
        if let Some(found) = class::find(vm, class, name) {
            if let Some(property) = found.value.downcast::<Property>() {
                let [_, setter, deleter] = property.accessors;
                return match value {
                    Some(value) if setter != Obj::NONE => vm.call(setter, &[object, value]).map(|_| ()),
                    None if deleter != Obj::NONE => vm.call(deleter, &[object]).map(|_| ()),
                    _ => Err(no_attribute(vm, object, name)),
                };
            }
            if Instance::of(found.value).is_some() {
                let done = match value {
                    Some(value) => call_special(vm, found.value, q!("__set__"), &[object, value])?,
                    None => call_special(vm, found.value, q!("__delete__"), &[object])?,
                };
                if done.is_some() {
                    return Ok(());
                }
            }
        }
        let done = match value {
            Some(value) => call_special(vm, object, q!("__setattr__"), &[Obj::qstr(name), value])?,
            None => call_special(vm, object, q!("__delattr__"), &[Obj::qstr(name)])?,
        };
        if done.is_some() {
            return Ok(());
        }
    }
    let native = vm.native_base(object);
    if let Some(base) = native
        && (value.is_none() || Exception::keeps(vm, name) || vm.as_exception(base).is_none())
        && let Some(attr) = vm.type_of(base).slots.attr()
        && let AttrResult::Done = attr(vm, base, name, request)?
    {
        return Ok(());
    }
    match value {
        Some(value) => instance.store_member(vm, name, value).map(drop),
        None => match instance.members().remove_name(vm, name) {
            Some(_) => Ok(()),
            None => Err(no_attribute(vm, object, name)),
        },
    }
}

#[cold]
pub(crate) fn no_attribute(vm: &Vm, object: Obj, name: Qstr) -> Raised {
    let attribute = vm.name_str(name);
    if let Some(ty) = object.downcast::<Type>() {
        let ty = ty.name().as_str(vm);
        return vm.attribute_error(format_args!("type object '{ty}' has no attribute '{attribute}'"));
    }
    if let Some(module) = object.downcast::<Module>() {
        let module = module.globals.load(vm, q!("__name__")).and_then(Obj::as_qstr);
        let module = module.map_or("?", |name| vm.name_str(name));
        return vm.attribute_error(format_args!("module '{module}' has no attribute '{attribute}'"));
    }
    let ty = vm.type_name(object);
    vm.attribute_error(format_args!("'{ty}' object has no attribute '{attribute}'"))
}

/// Calls the method `name` of an instance's class with `args`, if the class has one.
///
/// # Errors
/// What the call raises; `RuntimeError` if descriptors are found by descriptors too deep.
pub(crate) fn call_special(vm: &Vm, object: Obj, name: Qstr, args: &[Obj]) -> Res<Option<Obj>> {
    vm.check_depth()?;
    let class = vm.type_of(object);
    match class::find(vm, class, name) {
        Some(found) if !found.native => {
            let method = bind(vm, found, object, class)?;
            vm.call_parts(method, Args::positional(args)).map(Some)
        }
        _ => Ok(None),
    }
}
