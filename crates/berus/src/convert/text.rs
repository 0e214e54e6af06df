//! Text.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};

use berus_runtime::model::events::Poll;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::word::Obj;

use crate::convert::{Word, by_word};
use crate::error::{Error, Result};
use crate::python::Python;

fn new(py: &Python, text: &str) -> Result<Word> {
    py.raising(|vm| vm.new_str(text.as_bytes())).map(Word)
}

fn text(py: &Python, object: Obj) -> Result<String> {
    py.within(|vm| match vm.as_str(object) {
        Some(text) => {
            let counted = vm.work_on_bytes(text.len()).and_then(|()| py.state().bound.take(vm, text.len()));
            counted.map_err(|raised| Error::of_raised(vm, raised))?;
            // Programs can make strings with half a surrogate pair.
            Ok(String::from_utf8_lossy(text).into_owned())
        }
        None => Err(Error::type_error(alloc::format!("str expected, not {}", vm.type_name(object)))),
    })
}

by_word! { &str, to new }
by_word! { &String, to |py, value| new(py, value) }
by_word! { Cow<'_, str>, to |py, value| new(py, &value) }
by_word! { String, to |py, value| new(py, &value), from text }

by_word! {
    char, to |py, value| new(py, value.encode_utf8(&mut [0; 4])), from |py, object| {
        let text = text(py, object)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(Error::type_error("a string of one character expected".to_string())),
        }
    }
}
