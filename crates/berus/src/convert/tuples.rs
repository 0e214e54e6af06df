//! Tuples, which are also the arguments of calls.

use berus_runtime::model::layout::Tuple as RawTuple;
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;

use crate::convert::{FromPython, Private, ToPython, Word};
use crate::error::{Error, Result};
use crate::python::Python;
use crate::value::Value;

/// The arguments of a call: a tuple of up to eight values that [become](ToPython) Python's.
pub trait Arguments {
    /// Calls `callee`, of an interpreter that has been entered.
    #[doc(hidden)]
    fn call(self, py: &Python, callee: Word, _: Private) -> Result<Word>;

    /// The arguments as a tuple.
    #[doc(hidden)]
    fn tuple(self, py: &Python, _: Private) -> Result<Word>;
}

fn call(py: &Python, callee: Word, args: &[Obj]) -> Result<Word> {
    py.raising_inside(|vm| vm.call(callee.0, args)).map(Word)
}

fn tuple(py: &Python, items: &[Obj]) -> Result<Word> {
    py.raising(|vm| RawTuple::new(vm, items)).map(|tuple| Word(tuple.obj()))
}

impl Arguments for () {
    fn call(self, py: &Python, callee: Word, _: Private) -> Result<Word> {
        call(py, callee, &[])
    }

    fn tuple(self, py: &Python, _: Private) -> Result<Word> {
        tuple(py, &[])
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: ToPython),*> Arguments for ($($name,)*) {
            fn call(self, py: &Python, callee: Word, private: Private) -> Result<Word> {
                #[allow(non_snake_case)]
                let ($($name,)*) = self;
                call(py, callee, &[$($name.to_word(py, private)?.0),*])
            }

            fn tuple(self, py: &Python, private: Private) -> Result<Word> {
                #[allow(non_snake_case)]
                let ($($name,)*) = self;
                tuple(py, &[$($name.to_word(py, private)?.0),*])
            }
        }

        impl<$($name: ToPython),*> ToPython for ($($name,)*) {
            fn to_python(self, py: &Python) -> Result<Value> {
                py.within(|_| Ok(py.root(self.to_word(py, Private(()))?.0)))
            }

            fn to_word(self, py: &Python, private: Private) -> Result<Word> {
                self.tuple(py, private)
            }
        }

        impl<$($name: FromPython),*> FromPython for ($($name,)*) {
            fn from_python(value: &Value, py: &Python) -> Result<Self> {
                value.to(py)
            }

            fn from_word(Word(object): Word, py: &Python, private: Private) -> Result<Self> {
                const LEN: usize = [$(stringify!($name)),*].len();
                let items = py.raising(|vm| vm.items_exactly(object, LEN))?;
                let mut index = 0;
                Ok(($({
                    // Converting an item may run a program's code, which may change the list.
                    let item = items.get(index).ok_or_else(|| Error::value_error("the list has changed"))?;
                    index += 1;
                    let _ = index;
                    $name::from_word(Word(item), py, private)?
                },)*))
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
