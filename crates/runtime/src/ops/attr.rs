//! Attributes.

use crate::error::{Raised, Res};
use crate::obj::builtin::Wrapped;
use crate::obj::exception;
use crate::obj::function::BoundMethod;
use crate::obj::instance::Instance;
use crate::obj::module::Module;
use crate::obj::property::Property;
use crate::obj::typ::{self, Found};
use crate::object::Gc;
use crate::q;
use crate::qstr::Qstr;
use crate::types::{Attr, AttrResult, Type, flag};
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// A method, not yet bound: what to call, and the first argument if there is one.
#[derive(Clone, Copy)]
pub struct MethodParts {
    /// What to call.
    pub function: Obj,
    /// The first argument.
    pub this: Slot,
}

impl MethodParts {
    const fn plain(function: Obj) -> MethodParts {
        MethodParts { function, this: None }
    }
}

impl Vm {
    /// `object.name`
    ///
    /// # Errors
    /// `AttributeError`, and what computing the attribute raises.
    pub fn load_attr(&self, object: Obj, name: Qstr) -> Res {
        match self.find_attr(object, name)? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `object.name`, if there is one.
    ///
    /// # Errors
    /// What computing the attribute raises, `AttributeError` of `__getattr__` included.
    pub fn find_attr(&self, object: Obj, name: Qstr) -> Res<Option<Obj>> {
        match self.find_method(object, name, Attr::Load)? {
            None => Ok(None),
            Some(MethodParts { function, this: None }) => Ok(Some(function)),
            Some(MethodParts { function, this: Some(this) }) => Ok(Some(BoundMethod::new(self, function, this)?.obj())),
        }
    }

    /// `object.name`, to be called at once.
    ///
    /// # Errors
    /// As [`Vm::load_attr`].
    pub fn load_method(&self, object: Obj, name: Qstr) -> Res<MethodParts> {
        if let Some(function) = self.remembered_plain_method(object, name) {
            return Ok(MethodParts { function, this: Some(object) });
        }
        match self.try_method(object, name)? {
            Some(parts) => Ok(parts),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// `object.name`, to be called at once, if there is one.
    ///
    /// # Errors
    /// As [`Vm::find_attr`].
    pub fn try_method(&self, object: Obj, name: Qstr) -> Res<Option<MethodParts>> {
        self.find_method(object, name, Attr::LoadMethod)
    }

    fn find_method(&self, object: Obj, name: Qstr, request: Attr) -> Res<Option<MethodParts>> {
        let ty = self.type_of(object);
        if ty.has(flag::HEAP)
            && let Some(instance) = Instance::of(object)
        {
            return self.find_of_instance(object, instance, name, request);
        }
        if name == q!("__class__") {
            return Ok(Some(MethodParts::plain(typ::visible(ty).obj())));
        }
        if name == q!("__next__") && ty.slots.next.is_some() && ty != Gc::from_static(&typ::TYPE) {
            let next = crate::modules::builtins::find(self, q!("next")).unwrap_or(Obj::NONE);
            return Ok(Some(MethodParts { function: next, this: Some(object) }));
        }
        if let Some(attr) = ty.slots.attr {
            self.check_depth()?;
            match attr(self, object, name, request)? {
                AttrResult::Value(value) => return Ok(Some(MethodParts::plain(value))),
                AttrResult::Method(function, this) => return Ok(Some(MethodParts { function, this: Some(this) })),
                AttrResult::Missing | AttrResult::Done => {}
            }
        }
        let found = match typ::find(self, ty, name) {
            None if ty == Gc::from_static(&typ::OBJECT) => typ::find_in_object(self, name),
            found => found,
        };
        match found {
            Some(found) => self.bind(Found { native: false, ..found }, object, ty).map(Some),
            None => Ok(None),
        }
    }

    fn find_of_instance(
        &self,
        object: Obj,
        instance: &Instance,
        name: Qstr,
        request: Attr,
    ) -> Res<Option<MethodParts>> {
        if let Some(value) = instance.members().get_name(self, name) {
            return Ok(Some(MethodParts::plain(value)));
        }
        let class = instance.class();
        if let Some(found) = typ::find(self, class, name) {
            return self.bind(found, object, class).map(Some);
        }
        if name == q!("__class__") {
            return Ok(Some(MethodParts::plain(class.obj())));
        }
        if name == q!("__dict__") {
            let dict = crate::obj::dict::Dict::new(self)?;
            dict.map.copy_from(self, instance.members())?;
            return Ok(Some(MethodParts::plain(dict.obj())));
        }
        if let Some(base) = self.native_base(object)
            && let Some(attr) = self.type_of(base).slots.attr
        {
            self.check_depth()?;
            match attr(self, base, name, request)? {
                AttrResult::Value(value) => return Ok(Some(MethodParts::plain(value))),
                AttrResult::Method(function, this) => return Ok(Some(MethodParts { function, this: Some(this) })),
                AttrResult::Missing | AttrResult::Done => {}
            }
        }
        if name != q!("__getattr__")
            && let Some(found) = typ::find(self, class, q!("__getattr__"))
        {
            let getter = self.bind(found, object, class)?;
            let value = self.call_method_parts(getter, &[Obj::qstr(name)])?;
            return Ok(Some(MethodParts::plain(value)));
        }
        match typ::find_in_object(self, name) {
            Some(found) if !class.has(flag::SUBCLASSED) || name != q!("__init__") => {
                self.bind(found, object, class).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What finding `found` in `class` gives for `object`.
    pub(crate) fn bind(&self, found: Found, object: Obj, class: Gc<Type>) -> Res<MethodParts> {
        let value = found.value;
        let native = if found.native { self.native_base(object) } else { Some(object) };
        let this = match native {
            Some(this) => this,
            None if class.has(flag::SUBCLASSED) && typ::binds(value) => {
                return Err(self.attribute_error(format_args!("call super().__init__() first")));
            }
            None => object,
        };
        if typ::binds(value) {
            // A built-in function in a class that a program defines is no method.
            let is_method = !found.owner.has(flag::HEAP) || !typ::is_builtin(value);
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
                return Err(self.attribute_error(format_args!("unreadable attribute")));
            }
            return self.call(getter, &[object]).map(MethodParts::plain);
        }
        if class.has_accessors()
            && Instance::of(value).is_some()
            && let Some(value) = self.call_special(value, q!("__get__"), &[object, class.obj()])?
        {
            return Ok(MethodParts::plain(value));
        }
        Ok(MethodParts::plain(value))
    }

    /// `object.name = value`
    ///
    /// # Errors
    /// `AttributeError`, and what storing raises.
    pub fn store_attr(&self, object: Obj, name: Qstr, value: Obj) -> Res<()> {
        self.change_attr(object, name, Some(value))
    }

    /// `del object.name`
    ///
    /// # Errors
    /// `AttributeError`, and what deleting raises.
    pub fn delete_attr(&self, object: Obj, name: Qstr) -> Res<()> {
        self.change_attr(object, name, None)
    }

    fn change_attr(&self, object: Obj, name: Qstr, value: Slot) -> Res<()> {
        self.check_depth()?;
        let ty = self.type_of(object);
        let request = value.map_or(Attr::Delete, Attr::Store);
        if ty.has(flag::HEAP)
            && let Some(instance) = Instance::of(object)
        {
            return self.change_of_instance(object, instance, name, value, request);
        }
        if let Some(attr) = ty.slots.attr
            && let AttrResult::Done = attr(self, object, name, request)?
        {
            return Ok(());
        }
        Err(self.no_attribute(object, name))
    }

    fn change_of_instance(&self, object: Obj, instance: &Instance, name: Qstr, value: Slot, request: Attr) -> Res<()> {
        let class = instance.class();
        if class.has_accessors() {
            if let Some(found) = typ::find(self, class, name) {
                if let Some(property) = found.value.downcast::<Property>() {
                    let [_, setter, deleter] = property.accessors;
                    return match value {
                        Some(value) if setter != Obj::NONE => self.call(setter, &[object, value]).map(|_| ()),
                        None if deleter != Obj::NONE => self.call(deleter, &[object]).map(|_| ()),
                        _ => Err(self.no_attribute(object, name)),
                    };
                }
                if Instance::of(found.value).is_some() {
                    let done = match value {
                        Some(value) => self.call_special(found.value, q!("__set__"), &[object, value])?,
                        None => self.call_special(found.value, q!("__delete__"), &[object])?,
                    };
                    if done.is_some() {
                        return Ok(());
                    }
                }
            }
            let done = match value {
                Some(value) => self.call_special(object, q!("__setattr__"), &[Obj::qstr(name), value])?,
                None => self.call_special(object, q!("__delattr__"), &[Obj::qstr(name)])?,
            };
            if done.is_some() {
                return Ok(());
            }
        }
        let native = self.native_base(object);
        if let Some(base) = native
            && let Some(attr) = self.type_of(base).slots.attr
            && let AttrResult::Done = attr(self, base, name, request)?
        {
            return Ok(());
        }
        match value {
            Some(value) => instance.store_member(self, name, value),
            None => match instance.members().remove_name(self, name) {
                Some(_) => Ok(()),
                None => Err(self.no_attribute(object, name)),
            },
        }
    }

    #[cold]
    pub(crate) fn no_attribute(&self, object: Obj, name: Qstr) -> Raised {
        let attribute = self.name_str(name);
        if let Some(ty) = object.downcast::<Type>() {
            let ty = ty.name().as_str(self);
            return self.attribute_error(format_args!("type object '{ty}' has no attribute '{attribute}'"));
        }
        if let Some(module) = object.downcast::<Module>() {
            let module = module.globals.load(self, q!("__name__")).and_then(Obj::as_qstr);
            let module = module.map_or("?", |name| self.name_str(name));
            return self.attribute_error(format_args!("module '{module}' has no attribute '{attribute}'"));
        }
        let ty = self.type_name(object);
        self.attribute_error(format_args!("'{ty}' object has no attribute '{attribute}'"))
    }

    /// `object.name`, if there is one: an `AttributeError` of `__getattr__` counts as none.
    ///
    /// # Errors
    /// Other exceptions.
    pub fn find_attr_quietly(&self, object: Obj, name: Qstr) -> Res<Option<Obj>> {
        match self.find_attr(object, name) {
            Err(raised) => {
                let exception = self.peek_exception(&raised);
                if !self.is_instance(exception, &exception::ATTRIBUTE_ERROR) {
                    return Err(raised);
                }
                self.take_exception(raised);
                Ok(None)
            }
            found => found,
        }
    }
}
