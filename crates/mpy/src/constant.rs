//! The constants of a module: objects that are in neither its names nor its code.

use alloc::vec::Vec;

use crate::bytes::ModuleBytes;
use crate::vuint;

/// How deep tuples may be nested: as deep as CPython nests parentheses.
pub const MAX_TUPLE_DEPTH: usize = 200;

/// An entry of a module's constant table.
///
/// Numbers are kept as the decimal text that the file has, because only a runtime knows its own numbers; text
/// is kept as bytes, because MicroPython does not demand that it be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant<'a> {
    /// The table of functions that machine code calls. No Python object: only machine code may refer to it.
    FunctionTable,
    /// `None`
    None,
    /// `False`
    False,
    /// `True`
    True,
    /// `...`
    Ellipsis,
    /// A string.
    Str(ModuleBytes<'a>),
    /// A bytes object.
    Bytes(ModuleBytes<'a>),
    /// An integer, in decimal.
    Int(ModuleBytes<'a>),
    /// A float, in decimal, or `inf`, `-inf` or `nan`.
    Float(ModuleBytes<'a>),
    /// A complex number, in decimal: `2j`, or `(1+2j)`.
    Complex(ModuleBytes<'a>),
    /// A tuple of constants.
    Tuple(Vec<Constant<'a>>),
}

/// The byte that stands for a kind of constant in a file.
pub(crate) mod kind {
    pub const FUNCTION_TABLE: u8 = 0;
    pub const NONE: u8 = 1;
    pub const FALSE: u8 = 2;
    pub const TRUE: u8 = 3;
    pub const ELLIPSIS: u8 = 4;
    pub const STR: u8 = 5;
    pub const BYTES: u8 = 6;
    pub const INT: u8 = 7;
    pub const FLOAT: u8 = 8;
    pub const COMPLEX: u8 = 9;
    pub const TUPLE: u8 = 10;
}

impl<'a> Constant<'a> {
    /// The constant written at the start of `bytes`, if it is one that has a text: a string, bytes, or a number.
    ///
    /// ```
    /// use berus_mpy::constant::Constant;
    ///
    /// assert_eq!(Constant::text_at(b"\x08\x031.5..."), Some(Constant::Float(b"1.5".into())));
    /// ```
    pub fn text_at(bytes: &'a [u8]) -> Option<Constant<'a>> {
        let (&kind, rest) = bytes.split_first()?;
        let (len, len_len) = vuint::read(rest)?;
        let text = ModuleBytes::from(rest.get(len_len..)?.get(..len as usize)?);
        Some(match kind {
            kind::STR => Constant::Str(text),
            kind::BYTES => Constant::Bytes(text),
            kind::INT => Constant::Int(text),
            kind::FLOAT => Constant::Float(text),
            kind::COMPLEX => Constant::Complex(text),
            _ => return None,
        })
    }
}

impl Constant<'_> {
    /// The number of the constant's kind in the format.
    pub fn kind(&self) -> u8 {
        match self {
            Constant::FunctionTable => kind::FUNCTION_TABLE,
            Constant::None => kind::NONE,
            Constant::False => kind::FALSE,
            Constant::True => kind::TRUE,
            Constant::Ellipsis => kind::ELLIPSIS,
            Constant::Str(_) => kind::STR,
            Constant::Bytes(_) => kind::BYTES,
            Constant::Int(_) => kind::INT,
            Constant::Float(_) => kind::FLOAT,
            Constant::Complex(_) => kind::COMPLEX,
            Constant::Tuple(_) => kind::TUPLE,
        }
    }

    /// The name of the constant's kind, in Python's terms.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Constant::FunctionTable => "function table",
            Constant::None => "None",
            Constant::False => "False",
            Constant::True => "True",
            Constant::Ellipsis => "Ellipsis",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex(_) => "complex",
            Constant::Tuple(_) => "tuple",
        }
    }

    /// Appends the constant as it stands in a file.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(self.kind());
        match self {
            Constant::Str(data) | Constant::Bytes(data) => {
                vuint::write(out, data.len() as u32);
                out.extend_from_slice(data);
                out.push(0);
            }
            Constant::Int(text) | Constant::Float(text) | Constant::Complex(text) => {
                vuint::write(out, text.len() as u32);
                out.extend_from_slice(text);
            }
            Constant::Tuple(items) => {
                vuint::write(out, items.len() as u32);
                items.iter().for_each(|item| item.write(out));
            }
            _ => {}
        }
    }

    /// As many bytes as the constant takes in a file, or a few more.
    pub(crate) fn most_bytes(&self) -> usize {
        let data = match self {
            Constant::Str(data) | Constant::Bytes(data) => data.len() + 1,
            Constant::Int(text) | Constant::Float(text) | Constant::Complex(text) => text.len(),
            Constant::Tuple(items) => items.iter().map(Constant::most_bytes).sum(),
            _ => 0,
        };
        1 + vuint::MAX_LEN + data
    }

    /// A copy of the constant that borrows nothing.
    pub fn into_owned(self) -> Constant<'static> {
        match self {
            Constant::FunctionTable => Constant::FunctionTable,
            Constant::None => Constant::None,
            Constant::False => Constant::False,
            Constant::True => Constant::True,
            Constant::Ellipsis => Constant::Ellipsis,
            Constant::Str(data) => Constant::Str(data.into_owned()),
            Constant::Bytes(data) => Constant::Bytes(data.into_owned()),
            Constant::Int(text) => Constant::Int(text.into_owned()),
            Constant::Float(text) => Constant::Float(text.into_owned()),
            Constant::Complex(text) => Constant::Complex(text.into_owned()),
            Constant::Tuple(items) => Constant::Tuple(items.into_iter().map(Constant::into_owned).collect()),
        }
    }
}
