//! Reading a file of version 5.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::decode::{Body, Source};
use super::window::Names;
use super::{Error, ErrorKind};
use crate::constant::Constant;
use crate::header::{Flavour, Header};
use crate::module::{CodeId, Kind, Module, RawCode};
use crate::prelude::{Signature, read_sizes};
use crate::qstr::static_name;
use crate::vuint;

/// The version of the format that is read here.
pub const VERSION: u8 = 5;

/// Reads a file of version 5, and makes a module of version 6 for the same Python of it.
///
/// The result is not verified, as that of [`Module::from_bytes`] is not. Names of sources that differ from the first one's are lost:
/// version 6 has one for all functions.
///
/// ```
/// // "x.py", an empty module: LOAD_CONST_NONE and RETURN_VALUE
/// let file = b"M\x05\x02\x1f\x20\x24\x00\x0a\x00\x07\x08x.py\x00\x51\x63\x00\x00";
/// let module = berus_mpy::v5::read(file).unwrap();
/// assert_eq!(module.source_name(), b"x.py");
/// assert_eq!(module.to_bytes(), b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63");
/// ```
///
/// # Errors
/// If the file is not valid, or has something that version 6 cannot say.
pub fn read(bytes: &[u8]) -> Result<Module<'static>, Error> {
    let mut reader =
        Reader { bytes, position: 0, names: Names::default(), constants: Constants::default(), caches: false };
    reader.module()
}

/// The bits of the third byte: there are cache bytes, strings are Unicode; the architecture is above.
pub(super) const CACHES: u8 = 1;
pub(super) const UNICODE: u8 = 2;

/// The bytes that are read, the position of the next, and what has been found so far.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    names: Names,
    constants: Constants,
    /// Whether a byte for a cache follows instructions that look names up.
    caches: bool,
}

/// The constants of all functions, each once.
#[derive(Default)]
struct Constants {
    table: Vec<Constant<'static>>,
    numbers: BTreeMap<Vec<u8>, u32>,
}

impl Constants {
    fn number(&mut self, constant: Constant<'static>) -> u32 {
        let mut key = Vec::new();
        constant.write(&mut key);
        *self.numbers.entry(key).or_insert_with(|| {
            self.table.push(constant);
            self.table.len() as u32 - 1
        })
    }
}

/// A code object whose children are still to come.
struct Open {
    id: CodeId,
    children_left: u32,
}

type Reading<T> = Result<T, Error>;

impl<'a> Reader<'a> {
    pub fn error<T>(&self, kind: ErrorKind) -> Reading<T> {
        Err(Error { offset: self.position.saturating_sub(1), kind })
    }

    pub fn position(&self) -> usize {
        self.position
    }

    /// The bytes from `position` on.
    pub fn rest(&self, position: usize) -> &'a [u8] {
        self.bytes.get(position..).unwrap_or_default()
    }

    pub fn caches(&self) -> bool {
        self.caches
    }

    pub fn byte(&mut self, field: &'static str) -> Reading<u8> {
        match self.bytes.get(self.position) {
            Some(&byte) => {
                self.position += 1;
                Ok(byte)
            }
            None => Err(Error { offset: self.position, kind: ErrorKind::CutOff(field) }),
        }
    }

    pub fn slice(&mut self, field: &'static str, len: usize) -> Reading<&'a [u8]> {
        match self.position.checked_add(len).and_then(|end| self.bytes.get(self.position..end)) {
            Some(slice) => {
                self.position += len;
                Ok(slice)
            }
            None => Err(Error { offset: self.position, kind: ErrorKind::CutOff(field) }),
        }
    }

    pub fn vuint(&mut self, field: &'static str) -> Reading<u32> {
        match vuint::read(self.bytes.get(self.position..).unwrap_or_default()) {
            Some((value, len)) => {
                self.position += len;
                Ok(value)
            }
            None => Err(Error { offset: self.position, kind: ErrorKind::Number(field) }),
        }
    }

    /// A name, by its number in the table.
    pub fn name(&mut self) -> Reading<u32> {
        const FIELD: &str = "a name";
        match self.vuint(FIELD)? {
            0 => {
                let number = self.byte(FIELD)?.into();
                match static_name(number) {
                    Some(name) => Ok(self.names.number(name.as_bytes())),
                    None => self.error(ErrorKind::Name(number)),
                }
            }
            place if place & 1 != 0 => match self.names.at(place >> 1) {
                Some(number) => Ok(number),
                None => self.error(ErrorKind::Name(place >> 1)),
            },
            len => {
                let name = self.slice(FIELD, (len >> 1) as usize)?;
                Ok(self.names.spelled(name))
            }
        }
    }

    fn constant(&mut self) -> Reading<u32> {
        const FIELD: &str = "a constant";
        let kind = self.byte(FIELD)?;
        if kind == b'e' {
            return Ok(self.constants.number(Constant::Ellipsis));
        }
        let make = match kind {
            b's' => Constant::Str,
            b'b' => Constant::Bytes,
            b'i' => Constant::Int,
            b'f' => Constant::Float,
            b'c' => Constant::Complex,
            _ => return self.error(ErrorKind::Constant(kind)),
        };
        let len = self.vuint(FIELD)?;
        let data = self.slice(FIELD, len as usize)?;
        Ok(self.constants.number(make(data.to_vec().into())))
    }

    fn module(&mut self) -> Reading<Module<'static>> {
        let &[magic, VERSION, feature, small_int_bits] = self.slice("the header", 4)? else {
            return self.error(ErrorKind::Header);
        };
        let flavour = match magic {
            b'M' => Flavour::MicroPython,
            b'C' => Flavour::CircuitPython,
            _ => return self.error(ErrorKind::Header),
        };
        if feature & !(CACHES | UNICODE) != 0 {
            return self.error(ErrorKind::MachineCode);
        }
        self.caches = feature & CACHES != 0;
        self.vuint("the size of the window")?;
        let mut codes: Vec<RawCode<'static>> = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        loop {
            let id = codes.len() as CodeId;
            let (code, children_left) = self.code(id == 0)?;
            codes.push(code);
            open.push(Open { id, children_left });
            // Close what is complete, up to a code object that waits for a child.
            while let Some(last) = open.last_mut() {
                if last.children_left > 0 {
                    last.children_left -= 1;
                    codes[last.id as usize].children.push(id + 1);
                    break;
                }
                open.pop();
            }
            if open.is_empty() {
                break;
            }
        }
        let header = Header { flavour, small_int_bits, ..Header::default() };
        let names = core::mem::take(&mut self.names);
        let constants = core::mem::take(&mut self.constants);
        Ok(Module { header, qstrs: names.into_table(), constants: constants.table, codes })
    }

    /// Reads a code object up to its children, of which there will be as many as told.
    fn code(&mut self, is_module: bool) -> Reading<(RawCode<'static>, u32)> {
        let head = self.vuint("the length of the code")?;
        if head & 3 != 0 {
            return self.error(ErrorKind::MachineCode);
        }
        // The length counts two bytes for each name, whatever it takes in the file.
        let len = (head >> 2) as usize;
        let Some((signature, signature_len)) = Signature::read(self.bytes.get(self.position..).unwrap_or_default())
        else {
            return self.error(ErrorKind::Prelude);
        };
        self.position += signature_len;
        let sizes = read_sizes(self.bytes.get(self.position..).unwrap_or_default());
        let Some((n_info, n_cells, sizes_len)) = sizes else { return self.error(ErrorKind::Prelude) };
        self.position += sizes_len;
        let (n_info, n_cells) = (n_info as usize, n_cells as usize);
        let prelude_len =
            [signature_len, sizes_len, n_info, n_cells].iter().try_fold(0_usize, |sum, &n| sum.checked_add(n));
        let left = prelude_len.and_then(|prelude_len| len.checked_sub(prelude_len));
        let (Some(left), Some(n_lines)) = (left, n_info.checked_sub(4)) else { return self.error(ErrorKind::Prelude) };
        let (mut name, source) = (self.name()?, self.name()?);
        if is_module {
            // In version 6 the first name is that of the source.
            name = self.names.put_first(source, name);
        }
        let lines = self.slice("the line numbers", n_lines)?;
        let cells = self.slice("the cells", n_cells)?;
        let body = Body::read(self, left)?;
        let n_constants = self.vuint("the number of constants")?;
        let n_children = self.vuint("the number of functions")?;
        if n_constants as usize > self.bytes.len() - self.position {
            return self.error(ErrorKind::TooMany("constants"));
        }
        if n_children as usize > self.bytes.len() - self.position {
            return self.error(ErrorKind::TooMany("functions"));
        }
        let n_named = signature.n_named_args();
        if n_named as usize > self.bytes.len() - self.position {
            return self.error(ErrorKind::TooMany("arguments"));
        }
        let mut arguments = Vec::new();
        for _ in 0..n_named {
            arguments.push(self.name()?);
        }
        let mut constants = Vec::new();
        for _ in 0..n_constants {
            constants.push(self.constant()?);
        }
        let source = Source { signature, name, arguments: &arguments, lines, cells, constants: &constants, n_children };
        let code = body.convert(&source)?;
        Ok((RawCode { code: code.into(), kind: Kind::Bytecode, children: Vec::new() }, n_children))
    }
}
