//! Numbers and truth.

use alloc::string::String;
use alloc::vec::Vec;

use berus_runtime::model::printer::Style;
use berus_runtime::model::protocols::Ints;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::obj::float::Floats;
use berus_runtime::ops::convert::Convert;
use berus_runtime::ops::print::Print;
use berus_runtime::ops::truth::Truth;

use crate::convert::{Word, by_word};
use crate::error::{Error, Result};
use crate::python::Python;

fn made(py: &Python, work: impl FnOnce(&Vm) -> berus_runtime::model::error::Res) -> Result<Word> {
    py.raising_inside(work).map(Word)
}

/// The value of `object`, an int or bool, as a `T`.
pub(super) fn integer<T>(py: &Python, object: Obj) -> Result<T>
where
    T: TryFrom<isize> + core::str::FromStr,
{
    let value = match object.as_small_int() {
        Some(value) => T::try_from(value).ok(),
        None => py.raising(|vm| {
            let int = vm.to_int(object)?;
            // An int that is no small one is read as decimal digits: no type holds large ones.
            let mut digits = Vec::new();
            vm.print(&mut digits, int, Style::Repr)?;
            Ok(String::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()))
        })?,
    };
    value.ok_or_else(|| Error::new("OverflowError", "the int does not fit"))
}

macro_rules! integers {
    ($make:ident as $wide:ty: $($ty:ty)*) => {
        $(by_word! {
            $ty, to |py, value| made(py, |vm| vm.$make(value as $wide)), from integer
        })*
    };
}

integers!(new_i64 as i64: i8 i16 i32 i64 isize);
integers!(new_u64 as u64: u8 u16 u32 u64 usize);

by_word! {
    f64, to |py, value| made(py, |vm| vm.new_float(value)), from |py, object| py.raising_inside(|vm| vm.float(object))
}

by_word! {
    f32, to |py, value| made(py, |vm| vm.new_float(value.into())),
    from |py, object| py.raising_inside(|vm| vm.float(object)).map(|value| value as f32)
}

by_word! {
    bool, to |_, value| Ok(Word(Obj::bool(value))), from |py, object| match object.as_bool() {
        Some(truth) => Ok(truth),
        None => py.raising_inside(|vm| vm.truth(object)),
    }
}

by_word! {
    (), to |_, ()| Ok(Word(Obj::NONE)), from |_, _| Ok(())
}
