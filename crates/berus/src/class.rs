//! Types of Rust's as classes of Python's.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::{Ref, RefCell, RefMut};
use core::error::Error as StdError;
use core::marker::PhantomData;

use berus_runtime::data::instance::Instance;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::{Dict as RawDict, Tuple as RawTuple};
use berus_runtime::model::protocols::Classes;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::call::Call;

use crate::convert::{FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::foreign;
use crate::function::{self, Function, HostArguments, HostResult};
use crate::python::Python;
use crate::value::Value;

/// The attribute of an instance in which its Rust value is.
const VALUE: &[u8] = b"__rust__";

/// A class whose instances hold values of the type `T`, of one interpreter: see [`Python::class`].
#[derive(Debug)]
pub struct Class<T> {
    class: Value,
    instances: PhantomData<fn(T)>,
}

impl<T> Clone for Class<T> {
    fn clone(&self) -> Class<T> {
        Class { class: self.class.clone(), instances: PhantomData }
    }
}

impl<T: Send + 'static> Class<T> {
    /// A class without methods.
    pub(crate) fn make(py: &Python, name: &str) -> Result<Class<T>> {
        let class = py.raising(|vm| {
            let class = vm.new_class(vm.intern(name.as_bytes())?, RawTuple::new(vm, &[])?, RawDict::new(vm)?)?;
            Ok(py.root(class.obj()))
        })?;
        Ok(Class { class, instances: PhantomData })
    }

    /// What calling the class does: `make` answers the value of the new instance. `signature` has the parameters, without
    /// a name: `"(owner, balance=0)"`.
    ///
    /// # Errors
    /// As [`Python::function`].
    pub fn constructor<A, R, F>(self, py: &Python, signature: &str, make: F) -> Result<Class<T>>
    where
        A: HostArguments,
        R: Made<T>,
        F: Fn(&Python, A) -> R + Send + 'static,
    {
        let signature = alloc::format!("__init__{signature}");
        let body = move |py: &Python, this: Obj, args: A| {
            let value = make(py, args).made()?;
            py.raising(|vm| put(vm, this, value).map(|()| Word(Obj::NONE)))
        };
        self.add(py, &signature, body)
    }

    /// A method. `signature` is as of a [function](crate::Function), without `self`; `method` is given the instance's
    /// value. Python's special names make operators, subscripts and so on: `"__add__(other)"`.
    ///
    /// # Errors
    /// As [`Python::function`].
    pub fn method<A, R, F>(self, py: &Python, signature: &str, method: F) -> Result<Class<T>>
    where
        A: HostArguments,
        R: HostResult,
        F: Fn(&Python, &T, A) -> R + Send + 'static,
    {
        let body = move |py: &Python, this: Obj, args: A| {
            method(py, &*shared(&*held(py, this)?)?, args).into_word(py, Private(()))
        };
        self.add(py, signature, body)
    }

    /// As [`method`](Class::method), of a method that changes the instance's value. While the method runs, nobody else has
    /// the value: a call of the method by the method, or with the same instance as an argument that is
    /// [used](Object::with), ends in a `RuntimeError`.
    ///
    /// # Errors
    /// As [`Python::function`].
    pub fn method_mut<A, R, F>(self, py: &Python, signature: &str, method: F) -> Result<Class<T>>
    where
        A: HostArguments,
        R: HostResult,
        F: Fn(&Python, &mut T, A) -> R + Send + 'static,
    {
        let body = move |py: &Python, this: Obj, args: A| {
            method(py, &mut *exclusive(&*held(py, this)?)?, args).into_word(py, Private(()))
        };
        self.add(py, signature, body)
    }

    /// A property that is read.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn getter<R, F>(self, py: &Python, name: &str, get: F) -> Result<Class<T>>
    where
        R: HostResult,
        F: Fn(&Python, &T) -> R + Send + 'static,
    {
        let getter = make_getter(py, name, get)?;
        self.add_property(py, name, getter, None)
    }

    /// A property that is read and set.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn property<R, F, V, Q, G>(self, py: &Python, name: &str, get: F, set: G) -> Result<Class<T>>
    where
        R: HostResult,
        F: Fn(&Python, &T) -> R + Send + 'static,
        V: FromPython,
        Q: HostResult,
        G: Fn(&Python, &mut T, V) -> Q + Send + 'static,
    {
        let getter = make_getter(py, name, get)?;
        let body = move |py: &Python, this: Obj, (new,): (V,)| {
            set(py, &mut *exclusive(&*held(py, this)?)?, new).into_word(py, Private(()))
        };
        let (_, setter) = function::make_method(py, name, body)?;
        self.add_property(py, name, getter, Some(setter))
    }

    fn add_property(self, py: &Python, name: &str, getter: Function, setter: Option<Function>) -> Result<Class<T>> {
        let property: Value = py.eval("property")?;
        let property: Value = property.call(py, (getter, setter))?;
        self.class.set_attr(py, name, property)?;
        Ok(self)
    }

    fn add<A, F>(self, py: &Python, signature: &str, body: F) -> Result<Class<T>>
    where
        A: HostArguments,
        F: Fn(&Python, Obj, A) -> Result<Word> + Send + 'static,
    {
        let (name, method) = function::make_method(py, signature, body)?;
        self.class.set_attr(py, &name, method)?;
        Ok(self)
    }

    /// A new instance that holds `value`; the constructor is not called.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn instance(&self, py: &Python, value: T) -> Result<Object<T>> {
        py.within(|vm| {
            let class = py.word(&self.class)?;
            let raised = |raised| Error::of_raised(vm, raised);
            let object = vm.intern(b"__new__").and_then(|name| vm.call(vm.load_attr(class, name)?, &[class]));
            let object = object.map_err(raised)?;
            put(vm, object, value).map_err(raised)?;
            Ok(Object { object: py.root(object), value: PhantomData })
        })
    }
}

/// A function that reads a property.
fn make_getter<T, R, F>(py: &Python, name: &str, get: F) -> Result<Function>
where
    T: Send + 'static,
    R: HostResult,
    F: Fn(&Python, &T) -> R + Send + 'static,
{
    let body = move |py: &Python, this: Obj, (): ()| get(py, &*shared(&*held(py, this)?)?).into_word(py, Private(()));
    Ok(function::make_method(py, name, body)?.1)
}

/// The class itself, for programs.
impl<T> ToPython for &Class<T> {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self.class.clone())
    }
}

/// What a constructor answers: a `T`, or a `Result` of one.
pub trait Made<T> {
    #[doc(hidden)]
    fn made(self) -> Result<T>;
}

impl<T> Made<T> for T {
    fn made(self) -> Result<T> {
        Ok(self)
    }
}

impl<T, E: Into<Box<dyn StdError + Send + Sync>>> Made<T> for Result<T, E> {
    fn made(self) -> Result<T> {
        self.map_err(|error| Error::of_host(error.into()))
    }
}

/// An instance of a class of Rust's, or of a class derived from one.
#[derive(Debug)]
pub struct Object<T> {
    object: Value,
    value: PhantomData<fn(T)>,
}

impl<T> Clone for Object<T> {
    fn clone(&self) -> Object<T> {
        Object { object: self.object.clone(), value: PhantomData }
    }
}

impl<T: 'static> Object<T> {
    /// Runs `work` on the value that the instance holds.
    ///
    /// # Errors
    /// An error if the object is one of another interpreter, `RuntimeError` if somebody changes the value.
    pub fn with<R>(&self, py: &Python, work: impl FnOnce(&T) -> R) -> Result<R> {
        let held = self.held(py)?;
        Ok(work(&*shared(&held)?))
    }

    /// As [`with`](Object::with), for work that changes the value.
    ///
    /// # Errors
    /// An error if the object is one of another interpreter, `RuntimeError` if somebody has the value already.
    pub fn with_mut<R>(&self, py: &Python, work: impl FnOnce(&mut T) -> R) -> Result<R> {
        let held = self.held(py)?;
        Ok(work(&mut *exclusive(&held)?))
    }

    fn held(&self, py: &Python) -> Result<Rc<RefCell<T>>> {
        py.within(|vm| find_or_error(vm, py.word(&self.object)?))
    }

    /// The instance as a value.
    pub fn value(&self) -> &Value {
        &self.object
    }
}

impl<T> ToPython for &Object<T> {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self.object.clone())
    }
}

impl<T> ToPython for Object<T> {
    fn to_python(self, _: &Python) -> Result<Value> {
        Ok(self.object)
    }
}

impl<T: 'static> FromPython for Object<T> {
    fn from_python(value: &Value, py: &Python) -> Result<Object<T>> {
        py.within(|vm| match find::<T>(vm, py.word(value)?) {
            Some(_) => Ok(Object { object: value.clone(), value: PhantomData }),
            None => Err(no_value(value.type_name(py)?)),
        })
    }
}

/// Gives an instance its value.
fn put<T: 'static>(vm: &Vm, object: Obj, value: T) -> Res<()> {
    let value = foreign::new(vm, Rc::new(RefCell::new(value)))?;
    vm.store_attr(object, vm.intern(VALUE)?, value)
}

/// The value that `object` holds, if it holds a `T`.
fn find<T: 'static>(vm: &Vm, object: Obj) -> Option<Rc<RefCell<T>>> {
    let members = Instance::of(object)?.members();
    foreign::get(vm, members.get_name(vm, vm.intern(VALUE).ok()?)?)
}

/// The value that `object` holds, for a method to use outside of the runtime, so that a panic does not go through the runtime.
fn held<T: 'static>(py: &Python, object: Obj) -> Result<Rc<RefCell<T>>> {
    py.within(|vm| find_or_error(vm, object))
}

fn find_or_error<T: 'static>(vm: &Vm, object: Obj) -> Result<Rc<RefCell<T>>> {
    find(vm, object).ok_or_else(|| no_value(vm.type_name(object)))
}

/// A value, for a look.
fn shared<T>(held: &RefCell<T>) -> Result<Ref<'_, T>> {
    held.try_borrow().map_err(|_| in_use())
}

/// A value, for a change.
fn exclusive<T>(held: &RefCell<T>) -> Result<RefMut<'_, T>> {
    held.try_borrow_mut().map_err(|_| in_use())
}

fn in_use() -> Error {
    Error::new("RuntimeError", "the object is in use")
}

fn no_value(type_name: impl core::fmt::Display) -> Error {
    Error::type_error(alloc::format!("'{type_name}' object holds no such value"))
}
