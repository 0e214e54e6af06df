//! Values of programs, as Rust code holds them.

use alloc::string::String;
use core::fmt;

use berus_runtime::data::dict::Dicts;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::{Dict as RawDict, List as RawList, Tuple as RawTuple};
use berus_runtime::model::printer::Style;
use berus_runtime::model::protocols::{Classes, Iterate};
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::attr::Attributes;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::subscr::Subscripts;
use berus_runtime::ops::truth::Truth;

use crate::convert::{Arguments, FromPython, Private, Text, ToPython, Word};
use crate::error::{Error, Result};
use crate::python::Python;
use crate::root::Root;

/// A value of a program. The value lives as long as there is a handle like this one, which can be kept anywhere, cloned,
/// and sent to other threads; it is used with its interpreter, and is an error with any other.
///
/// ```
/// let py = berus::Interpreter::new()?;
/// let list: berus::Value = py.eval("[3, 1, 2]")?;
/// py.collect_garbage();
/// list.call_method::<()>(&py, "sort", ())?;
/// assert_eq!(list.to::<Vec<i64>>(&py)?, [1, 2, 3]);
/// assert_eq!(list.repr(&py)?, "[1, 2, 3]");
///
/// let other = berus::Interpreter::new()?;
/// assert!(list.repr(&other).is_err());
/// # Ok::<(), berus::Error>(())
/// ```
#[derive(Clone)]
pub struct Value(pub(crate) Root);

impl Value {
    /// Runs `work` on the value in the runtime.
    fn with<R>(&self, py: &Python, work: impl FnOnce(&Vm, Obj) -> Res<R>) -> Result<R> {
        py.within(|vm| {
            let object = py.word(self)?;
            work(vm, object).map_err(|raised| Error::of_raised(vm, raised))
        })
    }

    /// The value as a `T`.
    ///
    /// # Errors
    /// `TypeError` if the value is none, `OverflowError` if it is a number that does not fit.
    pub fn to<T: FromPython>(&self, py: &Python) -> Result<T> {
        py.within(|_| T::from_word(Word(py.word(self)?), py, Private(())))
    }

    /// Calls the value.
    ///
    /// # Errors
    /// What the call raises, and `TypeError` if the result is no `T`.
    pub fn call<T: FromPython>(&self, py: &Python, args: impl Arguments) -> Result<T> {
        py.within(|_| {
            let result = args.call(py, Word(py.word(self)?), Private(()))?;
            T::from_word(result, py, Private(()))
        })
    }

    /// Calls the value with keyword arguments behind the others.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// let sorted: berus::Value = py.eval("sorted")?;
    /// let words: Vec<String> = sorted.call_with(&py, (["bb", "a"],), [("reverse", true)])?;
    /// assert_eq!(words, ["bb", "a"]);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the call raises, and `TypeError` if the result is no `T`.
    pub fn call_with<'k, T, V, K>(&self, py: &Python, args: impl Arguments, keywords: K) -> Result<T>
    where
        T: FromPython,
        V: ToPython,
        K: IntoIterator<Item = (&'k str, V)>,
    {
        py.within(|vm| {
            let raised = |raised| Error::of_raised(vm, raised);
            let callee = py.word(self)?;
            let Word(tuple) = args.tuple(py, Private(()))?;
            let all = RawList::new(vm, &[]).map_err(raised)?;
            let given = tuple.downcast::<RawTuple>().map_or(0, |tuple| tuple.items().len());
            for index in 0..given {
                if let Some(item) = tuple.downcast::<RawTuple>().and_then(|tuple| tuple.items().get(index).copied()) {
                    all.append(vm, item).map_err(raised)?;
                }
            }
            for (name, value) in keywords {
                let Word(value) = value.to_word(py, Private(()))?;
                let name = vm.intern(name.as_bytes()).map_err(raised)?;
                all.append(vm, Obj::qstr(name)).and_then(|()| all.append(vm, value)).map_err(raised)?;
            }
            let words = RawTuple::of_list(vm, &all).map_err(raised)?;
            let result = vm.call_with(callee, Args::new(words.items(), given)).map_err(raised)?;
            T::from_word(Word(result), py, Private(()))
        })
    }

    /// Calls the method of this name.
    ///
    /// # Errors
    /// `AttributeError` if there is none, what the call raises, and `TypeError` if the result is no `T`.
    pub fn call_method<T: FromPython>(&self, py: &Python, name: &str, args: impl Arguments) -> Result<T> {
        let method: Value = self.get_attr(py, name)?;
        method.call(py, args)
    }

    /// The attribute of this name.
    ///
    /// # Errors
    /// `AttributeError` if there is none, and `TypeError` if it is no `T`.
    pub fn get_attr<T: FromPython>(&self, py: &Python, name: &str) -> Result<T> {
        py.within(|vm| {
            let object = py.word(self)?;
            let found = vm.intern(name.as_bytes()).and_then(|name| vm.load_attr(object, name));
            T::from_word(Word(found.map_err(|raised| Error::of_raised(vm, raised))?), py, Private(()))
        })
    }

    /// Sets the attribute of this name.
    ///
    /// # Errors
    /// `AttributeError` if the value has no such attribute, and what converting raises.
    pub fn set_attr(&self, py: &Python, name: &str, value: impl ToPython) -> Result {
        py.within(|vm| {
            let object = py.word(self)?;
            let Word(value) = value.to_word(py, Private(()))?;
            let stored = vm.intern(name.as_bytes()).and_then(|name| vm.store_attr(object, name, value));
            stored.map_err(|raised| Error::of_raised(vm, raised))
        })
    }

    /// The item at `key`: `value[key]`.
    ///
    /// # Errors
    /// `KeyError` or `IndexError` if there is none, and `TypeError` if it is no `T`.
    pub fn get<T: FromPython>(&self, py: &Python, key: impl ToPython) -> Result<T> {
        py.within(|vm| {
            let object = py.word(self)?;
            let Word(key) = key.to_word(py, Private(()))?;
            let item = vm.load_subscr(object, key).map_err(|raised| Error::of_raised(vm, raised))?;
            T::from_word(Word(item), py, Private(()))
        })
    }

    /// Sets the item at `key`: `value[key] = item`.
    ///
    /// # Errors
    /// What setting raises, and what converting raises.
    pub fn set(&self, py: &Python, key: impl ToPython, item: impl ToPython) -> Result {
        py.within(|vm| {
            let object = py.word(self)?;
            let Word(key) = key.to_word(py, Private(()))?;
            let Word(item) = item.to_word(py, Private(()))?;
            vm.store_subscr(object, key, item).map_err(|raised| Error::of_raised(vm, raised))
        })
    }

    /// How many items there are: `len(value)`.
    ///
    /// # Errors
    /// `TypeError` if the value has no length, what `__len__` raises, and `OverflowError` if a class's `__len__` answers
    /// what is no length.
    pub fn len(&self, py: &Python) -> Result<usize> {
        py.within(|vm| {
            let len = vm.len(py.word(self)?).map_err(|raised| Error::of_raised(vm, raised))?;
            usize::from_word(Word(len), py, Private(()))
        })
    }

    /// Whether there are no items.
    ///
    /// # Errors
    /// As [`Value::len`].
    pub fn is_empty(&self, py: &Python) -> Result<bool> {
        Ok(self.len(py)? == 0)
    }

    /// Whether the value is true: `bool(value)`.
    ///
    /// # Errors
    /// What `__bool__` or `__len__` raises.
    pub fn is_true(&self, py: &Python) -> Result<bool> {
        self.with(py, |vm, object| vm.truth(object))
    }

    /// Whether the value is `None`.
    pub fn is_none(&self, py: &Python) -> bool {
        py.word(self).is_ok_and(|object| object == Obj::NONE)
    }

    /// The items that iterating over the value yields, one after the other.
    ///
    /// ```
    /// let py = berus::Interpreter::new()?;
    /// let squares: berus::Value = py.eval("(n * n for n in range(10**9))")?;
    /// let first: Vec<i64> = squares.iter(&py)?.take(4).collect::<Result<_, _>>()?;
    /// assert_eq!(first, [0, 1, 4, 9]);
    /// # Ok::<(), berus::Error>(())
    /// ```
    ///
    /// # Errors
    /// `TypeError` if the value cannot be iterated over.
    pub fn iter<'p, T: FromPython>(&self, py: &'p Python) -> Result<Items<'p, T>> {
        let iterator = self.with(py, |vm, object| vm.iter(object).map(|iterator| py.root(iterator)))?;
        Ok(Items { iterator, py, items: core::marker::PhantomData })
    }

    /// The name of the value's type.
    ///
    /// # Errors
    /// An error if the value is one of another interpreter.
    pub fn type_name(&self, py: &Python) -> Result<String> {
        self.with(py, |vm, object| Ok(vm.type_name(object).into()))
    }

    /// The value as `str()` has it.
    ///
    /// # Errors
    /// What `__str__` raises.
    pub fn str(&self, py: &Python) -> Result<String> {
        self.text(py, Style::Str)
    }

    /// The value as `repr()` has it.
    ///
    /// # Errors
    /// What `__repr__` raises.
    pub fn repr(&self, py: &Python) -> Result<String> {
        self.text(py, Style::Repr)
    }

    fn text(&self, py: &Python, style: Style) -> Result<String> {
        self.with(py, |vm, object| {
            let mut text = Text::new(&py.state().bound);
            vm.print(&mut text, object, style)?;
            Ok(text.into_string())
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value")
    }
}

/// The items of a value, converted: see [`Value::iter`].
pub struct Items<'p, T> {
    iterator: Value,
    py: &'p Python,
    items: core::marker::PhantomData<fn() -> T>,
}

impl<T: FromPython> Iterator for Items<'_, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let next = self.py.within(|vm| {
            let iterator = self.py.word(&self.iterator)?;
            let item = vm.next(iterator).map_err(|raised| Error::of_raised(vm, raised))?;
            item.map(|item| T::from_word(Word(item), self.py, Private(()))).transpose()
        });
        next.transpose()
    }
}

/// Declares values of which the kind is known: the type's name, what tells such an object, and what is expected.
macro_rules! kind {
    ($(#[$doc:meta])* $kind:ident, $is:expr, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $kind(pub(crate) $crate::Value);

        impl core::ops::Deref for $kind {
            type Target = $crate::Value;

            fn deref(&self) -> &$crate::Value {
                &self.0
            }
        }

        impl $crate::FromPython for $kind {
            fn from_python(value: &$crate::Value, py: &$crate::Python) -> $crate::Result<$kind> {
                let is: fn(&berus_runtime::model::vm::Vm, berus_runtime::model::word::Obj) -> bool = $is;
                py.within(|vm| match is(vm, py.word(value)?) {
                    true => Ok($kind(value.clone())),
                    false => Err($crate::Error::type_error(concat!($name, " expected"))),
                })
            }
        }

        impl $crate::ToPython for $kind {
            fn to_python(self, _: &$crate::Python) -> $crate::Result<$crate::Value> {
                Ok(self.0)
            }
        }

        impl $crate::ToPython for &$kind {
            fn to_python(self, _: &$crate::Python) -> $crate::Result<$crate::Value> {
                Ok(self.0.clone())
            }
        }
    };
}
pub(crate) use kind;

kind! {
    /// A dict.
    Dict, |vm, object| vm.as_dict(object).is_some(), "dict"
}

kind! {
    /// A list.
    List, |_, object| object.downcast::<RawList>().is_some(), "list"
}

impl Dict {
    /// An empty dict.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(py: &Python) -> Result<Dict> {
        py.raising(|vm| RawDict::new(vm).map(|dict| Dict(py.root(dict.obj()))))
    }
}

impl List {
    /// An empty list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(py: &Python) -> Result<List> {
        py.raising(|vm| RawList::new(vm, &[]).map(|list| List(py.root(list.obj()))))
    }

    /// Adds an item at the end.
    ///
    /// # Errors
    /// `MemoryError`, and what converting raises.
    pub fn push(&self, py: &Python, item: impl ToPython) -> Result {
        py.within(|vm| {
            let list = py.word(&self.0)?;
            let Word(item) = item.to_word(py, Private(()))?;
            let Some(list) = list.downcast::<RawList>() else { return Err(Error::type_error("list expected")) };
            list.append(vm, item).map_err(|raised| Error::of_raised(vm, raised))
        })
    }
}
