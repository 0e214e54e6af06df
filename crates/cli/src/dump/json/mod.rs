//! The same for programs: JSON. `docs/dump-json.md` describes it; a change that could break a reader raises
//! [`VERSION`].

mod code;
mod operand;

use std::collections::BTreeMap;
use std::io::{self, Write};

use berus_mpy::account::Category;
use berus_mpy::constant::Constant;
use berus_mpy::header::{Flavour, VERSION as FORMAT_VERSION};
use berus_mpy::module::{CodeId, Qstr};
use serde::{Serialize, Serializer};

use super::File;
use super::hex::{Row, rows};
use super::size::sizes;
use super::words::releases;
use code::Code;

/// The version of the schema.
const VERSION: u32 = 1;

/// What to show of a file.
#[derive(Clone, Copy)]
pub enum View {
    /// Header, tables and code.
    Listing,
    /// Every byte.
    Hex,
    /// Where the bytes go.
    Size,
}

impl View {
    /// The view that the command line asks for.
    pub fn new(hex: bool, size: bool) -> View {
        match (hex, size) {
            (true, _) => View::Hex,
            (_, true) => View::Size,
            _ => View::Listing,
        }
    }
}

/// Writes the object of `file` and ends the line.
pub fn write<'f>(file: &'f File<'f>, view: View, out: &mut impl Write) -> io::Result<()> {
    let content = match view {
        View::Listing => Content::Listing(listing(file)),
        View::Hex => Content::Hex { fields: Fields(file) },
        View::Size => Content::Size(size(file)),
    };
    let document =
        Document { schema: "berus-dump", version: VERSION, file: file.name, size: file.bytes.len(), content };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

/// The data of the page of `file`: the listing, every byte, and the lines of the source.
///
/// # Errors
/// Never, but for what serialising can in general.
pub fn page<'f>(file: &'f File<'f>, source: Option<Vec<&'f str>>) -> io::Result<String> {
    let page = Page { file: file.name, size: file.bytes.len(), listing: listing(file), fields: Fields(file), source };
    Ok(serde_json::to_string(&page)?)
}

#[derive(Serialize)]
struct Page<'f> {
    file: &'f str,
    size: usize,
    #[serde(flatten)]
    listing: Module<'f>,
    fields: Fields<'f>,
    source: Option<Vec<&'f str>>,
}

#[derive(Serialize)]
struct Document<'f> {
    schema: &'static str,
    version: u32,
    file: &'f str,
    size: usize,
    #[serde(flatten)]
    content: Content<'f>,
}

#[derive(Serialize)]
#[serde(tag = "view", rename_all = "lowercase")]
enum Content<'f> {
    Listing(Module<'f>),
    Hex { fields: Fields<'f> },
    Size(Sizes),
}

/// Bytes that should be text: a string if they are UTF-8.
#[derive(Serialize)]
#[serde(untagged)]
enum Text<'f> {
    Utf8(&'f str),
    Other { hex: String },
    TooLong { bytes: usize },
}

/// Bytes of text where it is mentioned, not listed. There may be many mentions of one long text.
const MAX_MENTION: usize = 200;

impl Text<'_> {
    fn new(bytes: &[u8]) -> Text<'_> {
        std::str::from_utf8(bytes).map_or_else(|_| Text::Other { hex: hex(bytes) }, Text::Utf8)
    }

    fn mention(bytes: &[u8]) -> Text<'_> {
        if bytes.len() <= MAX_MENTION { Text::new(bytes) } else { Text::TooLong { bytes: bytes.len() } }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize)]
struct Module<'f> {
    header: Header,
    source_file: Text<'f>,
    names: Vec<Name<'f>>,
    constants: Vec<Value<'f>>,
    codes: Codes<'f>,
    trailing_bytes: usize,
}

#[derive(Serialize)]
struct Header {
    flavour: &'static str,
    version: u8,
    sub_version: u8,
    micropython: Option<&'static str>,
    arch: Option<&'static str>,
    arch_flags: Option<u32>,
    small_int_bits: u8,
}

#[derive(Serialize)]
struct Name<'f> {
    text: Text<'f>,
    #[serde(rename = "static")]
    static_id: Option<u32>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Value<'f> {
    #[serde(rename = "function table")]
    FunctionTable,
    None,
    Bool {
        value: bool,
    },
    Ellipsis,
    Str {
        value: Text<'f>,
    },
    Bytes {
        hex: String,
    },
    Int {
        value: Text<'f>,
    },
    Float {
        value: Text<'f>,
    },
    Complex {
        value: Text<'f>,
    },
    Tuple {
        items: Vec<Value<'f>>,
    },
}

impl Value<'_> {
    fn new<'f>(constant: &'f Constant<'_>) -> Value<'f> {
        match constant {
            Constant::FunctionTable => Value::FunctionTable,
            Constant::None => Value::None,
            Constant::False => Value::Bool { value: false },
            Constant::True => Value::Bool { value: true },
            Constant::Ellipsis => Value::Ellipsis,
            Constant::Str(data) => Value::Str { value: Text::new(data) },
            Constant::Bytes(data) => Value::Bytes { hex: hex(data) },
            Constant::Int(text) => Value::Int { value: Text::new(text) },
            Constant::Float(text) => Value::Float { value: Text::new(text) },
            Constant::Complex(text) => Value::Complex { value: Text::new(text) },
            Constant::Tuple(items) => Value::Tuple { items: items.iter().map(Value::new).collect() },
        }
    }
}

fn listing<'f>(file: &'f File<'f>) -> Module<'f> {
    let module = file.account.module();
    let header = &module.header;
    let trailing = file.account.fields().last().filter(|field| field.name() == "trailing bytes");
    Module {
        header: Header {
            flavour: match header.flavour {
                Flavour::MicroPython => "MicroPython",
                Flavour::CircuitPython => "CircuitPython",
            },
            version: FORMAT_VERSION,
            sub_version: header.sub_version,
            micropython: releases(header),
            arch: header.arch.map(|arch| arch.name()),
            arch_flags: header.arch_flags,
            small_int_bits: header.small_int_bits,
        },
        source_file: Text::new(module.source_name()),
        names: module.qstrs.iter().map(name).collect(),
        constants: module.constants.iter().map(Value::new).collect(),
        codes: Codes(file),
        trailing_bytes: trailing.map_or(0, |field| field.len),
    }
}

fn name<'f>(qstr: &'f Qstr<'_>) -> Name<'f> {
    let static_id = match qstr {
        Qstr::Static(id) => Some(*id),
        Qstr::Own(_) => None,
    };
    Name { text: Text::new(qstr.as_bytes()), static_id }
}

/// Made and written one after another.
struct Codes<'f>(&'f File<'f>);

impl Serialize for Codes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ids = 0..self.0.account.module().codes.len() as CodeId;
        serializer.collect_seq(ids.map(|id| Code::new(self.0, id)))
    }
}

/// Made and written one after another.
struct Fields<'f>(&'f File<'f>);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows(self.0).map(|row| Field::new(self.0, row)))
    }
}

#[derive(Serialize)]
struct Field {
    offset: usize,
    code: Option<CodeId>,
    kind: &'static str,
    name: String,
    meaning: String,
    bytes: String,
}

impl Field {
    fn new(file: &File<'_>, row: Row) -> Field {
        Field {
            offset: row.offset,
            code: row.owner,
            kind: row.category.name(),
            name: row.name,
            meaning: row.meaning,
            bytes: hex(file.bytes.get(row.offset..row.offset + row.len).unwrap_or_default()),
        }
    }
}

#[derive(Serialize)]
struct Sizes {
    by_kind: Vec<KindSize>,
    by_code: Vec<CodeSize>,
}

#[derive(Serialize)]
struct KindSize {
    kind: &'static str,
    bytes: usize,
}

#[derive(Serialize)]
struct CodeSize {
    code: Option<CodeId>,
    path: Option<String>,
    bytes: usize,
    by_kind: Vec<KindSize>,
}

fn size(file: &File<'_>) -> Sizes {
    let sizes = sizes(file);
    let by_code = |(code, bytes, kinds): (Option<CodeId>, _, BTreeMap<_, _>)| CodeSize {
        code,
        path: code.map(|id| file.path(id)),
        bytes,
        by_kind: kinds.into_iter().map(kind_size).collect(),
    };
    Sizes {
        by_kind: sizes.kinds.into_iter().map(kind_size).collect(),
        by_code: sizes.owners.into_iter().map(by_code).collect(),
    }
}

fn kind_size((category, bytes): (Category, usize)) -> KindSize {
    KindSize { kind: category.name(), bytes }
}
