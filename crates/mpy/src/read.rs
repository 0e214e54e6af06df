//! Reading a module: from bytes to data, checking the structure.
//!
//! Names, constants and code are lent by the bytes that they are read from. Nothing is allocated or followed on the
//! word of a number in the file: a table has no more room than there are bytes left for its entries, and code nests
//! without recursion. The bytecode itself is looked at by [`crate::verify`], not here.

use alloc::vec::Vec;
use core::cell::Cell;

use crate::bytes::ModuleBytes;
use crate::constant::{Constant, MAX_TUPLE_DEPTH, kind};
use crate::error::{Error, ErrorKind};
use crate::header::{FEATURE_ARCH_FLAGS, Flavour, Header, VERSION, decode_feature};
use crate::memory::{Quota, Stop};
use crate::module::{CodeId, Kind, Module, Qstr, RawCode, whole_prelude_offset};
use crate::prelude::{Signature, scope_flag};
use crate::qstr::LAST_STATIC;
use crate::reloc::{self, Relocations, Target};
use crate::vuint::{Decoder, Step};

impl<'a> Module<'a> {
    /// Reads the module at the start of `bytes`, borrowing from them, and returns it with its length.
    /// MicroPython does not care about what may follow.
    ///
    /// ```
    /// use berus_mpy::module::{Kind, Module};
    ///
    /// // "x.py", an empty module: its code is the prelude, LOAD_CONST_NONE and RETURN_VALUE
    /// let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
    /// let (module, len) = Module::from_bytes(file).unwrap();
    /// assert_eq!(len, file.len());
    /// assert_eq!(module.source_name(), b"x.py");
    /// assert_eq!(module.codes[0].kind, Kind::Bytecode);
    /// assert_eq!(module.to_bytes(), file);
    /// ```
    ///
    /// # Errors
    /// If the file's structure is not valid.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<(Module<'a>, usize), Error> {
        Module::from_bytes_within(bytes, &Quota::default())
    }

    /// As [`Module::from_bytes`], within a quota of memory and work. The module's tables belong to the quota, which
    /// must outlive them if they shall count.
    ///
    /// # Errors
    /// As [`Module::from_bytes`], and [`ErrorKind::Stopped`] where the quota ends the work.
    pub fn from_bytes_within(bytes: &'a [u8], quota: &Quota<'_>) -> Result<(Module<'a>, usize), Error> {
        let mut reader = Reader::new(bytes, quota);
        let module = reader.module().map_err(|failed| reader.reason(failed))?;
        Ok((module, reader.position))
    }

    /// As [`Module::from_bytes_within`], for bytes whose header, `header`, has been read before.
    ///
    /// # Errors
    /// As [`Module::from_bytes_within`].
    pub fn after_header(header: Header, bytes: &'a [u8], quota: &Quota<'_>) -> Result<(Module<'a>, usize), Error> {
        let mut reader = Reader::new(bytes, quota);
        reader.position = header.encoded_len().min(bytes.len());
        let module = reader.tables(header).map_err(|failed| reader.reason(failed))?;
        Ok((module, reader.position))
    }
}

impl Header {
    /// Reads only the header at the start of `bytes`, so that a file for another machine can be refused before its
    /// tables are read.
    ///
    /// ```
    /// use berus_mpy::header::Header;
    /// assert_eq!(Header::from_bytes(b"M\x06\x00\x1f"), Ok(Header::default()));
    /// ```
    ///
    /// # Errors
    /// If the header is not valid.
    pub fn from_bytes(bytes: &[u8]) -> Result<Header, Error> {
        let quota = Quota::default();
        let mut reader = Reader::new(bytes, &quota);
        reader.header().map_err(|failed| reader.reason(failed))
    }
}

/// Bytes of a tuple's items, and how many children of a code object, room is made for before they are read. Both nest,
/// and each could claim to be as long as the rest of the file.
const FIRST_ROOM: usize = 1024;
const FIRST_CHILDREN: usize = 16;

/// The bytes that are read, and the position of the next.
struct Reader<'a, 'q> {
    bytes: &'a [u8],
    position: usize,
    quota: &'q Quota<'q>,
    /// The error that reading ends with.
    failure: Cell<Option<Error>>,
}

/// Says that the reader's `failure` is set. It has no size, so that results fit registers.
struct Failed;

/// The result of reading something.
type Reading<T> = Result<T, Failed>;

impl<'a, 'q> Reader<'a, 'q> {
    fn new(bytes: &'a [u8], quota: &'q Quota<'_>) -> Reader<'a, 'q> {
        Reader { bytes, position: 0, quota, failure: Cell::new(None) }
    }

    /// The error that reading has ended with.
    fn reason(&self, Failed: Failed) -> Error {
        let stopped = ErrorKind::Stopped(self.quota.stop().unwrap_or(Stop::OutOfMemory));
        self.failure.take().unwrap_or(Error { offset: self.position, kind: stopped })
    }

    /// The error that shows at the byte taken last.
    #[cold]
    fn error<T>(&self, kind: ErrorKind) -> Reading<T> {
        self.fail(self.position.saturating_sub(1), if cfg!(feature = "reasons") { kind } else { ErrorKind::Untold })
    }

    #[cold]
    fn cut_off<T>(&self, field: &'static str) -> Reading<T> {
        self.fail(self.position, if cfg!(feature = "reasons") { ErrorKind::CutOff(field) } else { ErrorKind::Untold })
    }

    fn fail<T>(&self, offset: usize, kind: ErrorKind) -> Reading<T> {
        self.failure.set(Some(Error { offset, kind }));
        Err(Failed)
    }

    fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The next byte, or `None` at the end.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.position)?;
        self.position += 1;
        Some(byte)
    }

    #[inline]
    fn byte(&mut self, field: &'static str) -> Reading<u8> {
        match self.next() {
            Some(byte) => Ok(byte),
            None => self.cut_off(field),
        }
    }

    fn slice(&mut self, field: &'static str, len: u32) -> Reading<&'a [u8]> {
        let end = self.position.saturating_add(len as usize);
        match self.bytes.get(self.position..end) {
            Some(bytes) => {
                self.position = end;
                Ok(bytes)
            }
            None => self.cut_off(field),
        }
    }

    /// Takes `len` bytes and a zero byte.
    #[inline]
    fn terminated(&mut self, field: &'static str, len: u32) -> Reading<ModuleBytes<'a>> {
        let bytes = self.slice(field, len)?;
        match self.byte(field)? {
            0 => Ok(bytes.into()),
            _ => self.error(ErrorKind::NotTerminated(field)),
        }
    }

    /// Takes a vuint. Nearly all are one byte.
    #[inline]
    fn vuint(&mut self, field: &'static str) -> Reading<u32> {
        match self.bytes.get(self.position) {
            Some(&byte) if byte < 0x80 => {
                self.position += 1;
                Ok(byte.into())
            }
            _ => self.long_vuint(field),
        }
    }

    fn long_vuint(&mut self, field: &'static str) -> Reading<u32> {
        let mut decoder = Decoder::default();
        loop {
            match decoder.push(self.byte(field)?) {
                Step::More => {}
                Step::Done(value) => return Ok(value),
                Step::TooBig => return self.error(ErrorKind::TooBig(field)),
                Step::Overlong => return self.error(ErrorKind::Overlong(field)),
            }
        }
    }

    /// Takes the number of things to come, of at least a byte each.
    fn count(&mut self, things: &'static str) -> Reading<u32> {
        let n = self.vuint(things)?;
        self.check_count(things, n)?;
        Ok(n)
    }

    /// Refuses `n` things, of at least a byte each, if fewer bytes are left.
    fn check_count(&self, things: &'static str, n: u32) -> Reading<()> {
        if self.remaining() < n as usize { self.error(ErrorKind::TooMany(things, n)) } else { Ok(()) }
    }

    fn module(&mut self) -> Reading<Module<'a>> {
        let header = self.header()?;
        self.tables(header)
    }

    /// What follows the header.
    fn tables(&mut self, header: Header) -> Reading<Module<'a>> {
        let n_qstrs = self.count("names")?;
        let n_constants = self.count("constants")?;
        let qstrs = self.qstrs(n_qstrs)?;
        let constants = self.constants("constants", n_constants, 0)?;
        let codes = self.codes(header.arch.is_some())?;
        Ok(Module { header, qstrs, constants, codes })
    }

    fn header(&mut self) -> Reading<Header> {
        let flavour = match self.byte("the header")? {
            b'M' => Flavour::MicroPython,
            b'C' => Flavour::CircuitPython,
            magic => return self.error(ErrorKind::Magic(magic)),
        };
        let version = self.byte("the header")?;
        if version != VERSION {
            return self.error(ErrorKind::Version(flavour, version));
        }
        let feature = self.byte("the header")?;
        let Ok((sub_version, arch)) = decode_feature(feature) else {
            return self.fail(self.position - 1, ErrorKind::Arch(feature));
        };
        let small_int_bits = self.byte("the header")?;
        let has_flags = feature & FEATURE_ARCH_FLAGS != 0;
        let arch_flags = if has_flags { Some(self.vuint("the architecture flags")?) } else { None };
        Ok(Header { flavour, sub_version, arch, arch_flags, small_int_bits })
    }

    fn qstrs(&mut self, n: u32) -> Reading<Vec<Qstr<'a>>> {
        const FIELD: &str = "a name";
        self.check_count("names", n)?;
        let mut qstrs = self.quota.with_capacity(n as usize)?;
        for _ in 0..n {
            self.quota.step()?;
            let head = self.vuint(FIELD)?;
            qstrs.push(match head >> 1 {
                len if head & 1 == 0 => Qstr::Own(self.terminated(FIELD, len)?),
                number @ 1..=LAST_STATIC => Qstr::Static(number),
                number => return self.error(ErrorKind::StaticQstr(number)),
            });
        }
        Ok(qstrs)
    }

    /// Takes `n` constants: those of the module, or the items of a tuple, which is in `depth` - 1 others.
    fn constants(&mut self, things: &'static str, n: u32, depth: usize) -> Reading<Vec<Constant<'a>>> {
        self.check_count(things, n)?;
        let first_room = const { FIRST_ROOM / size_of::<Constant<'_>>() };
        let room = if depth == 0 { n as usize } else { (n as usize).min(first_room) };
        let mut constants = self.quota.with_capacity(room)?;
        for _ in 0..n {
            self.quota.step()?;
            self.quota.reserve(&mut constants, 1)?;
            constants.push(self.constant(depth)?);
        }
        Ok(constants)
    }

    fn constant(&mut self, depth: usize) -> Reading<Constant<'a>> {
        const FIELD: &str = "a constant";
        let constant_kind = self.byte(FIELD)?;
        match constant_kind {
            kind::FUNCTION_TABLE => return Ok(Constant::FunctionTable),
            kind::NONE => return Ok(Constant::None),
            kind::FALSE => return Ok(Constant::False),
            kind::TRUE => return Ok(Constant::True),
            kind::ELLIPSIS => return Ok(Constant::Ellipsis),
            _ => {}
        }
        if constant_kind > kind::TUPLE {
            return self.error(ErrorKind::ConstantKind(constant_kind));
        }
        let len = self.vuint(FIELD)?;
        Ok(match constant_kind {
            kind::STR => Constant::Str(self.terminated(FIELD, len)?),
            kind::BYTES => Constant::Bytes(self.terminated(FIELD, len)?),
            kind::INT => Constant::Int(self.slice(FIELD, len)?.into()),
            kind::FLOAT => Constant::Float(self.slice(FIELD, len)?.into()),
            kind::COMPLEX => Constant::Complex(self.slice(FIELD, len)?.into()),
            _ if depth == MAX_TUPLE_DEPTH => return self.error(ErrorKind::TupleDepth),
            _ => Constant::Tuple(self.constants("items of a tuple", len, depth + 1)?),
        })
    }

    /// Reads code objects as they nest, without recursion: functions may be nested as deep as the file is long.
    fn codes(&mut self, has_arch: bool) -> Reading<Vec<RawCode<'a>>> {
        let mut codes = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        loop {
            let id = codes.len() as CodeId;
            let (code, head) = self.code_head(has_arch)?;
            self.quota.step()?;
            // At least as many code objects will follow as this one has children.
            self.quota.reserve(&mut codes, 1 + head.n_children as usize)?;
            codes.push(code);
            let next = id + 1;
            self.quota.push(&mut open, Open { id, children_left: head.n_children, relocated: head.relocated })?;
            // Close what is complete, up to a code object that waits for a child.
            while let Some(last) = open.last_mut() {
                if last.children_left > 0 {
                    last.children_left -= 1;
                    self.quota.push(&mut codes[last.id as usize].children, next)?;
                    break;
                }
                if cfg!(feature = "native") && last.relocated {
                    let relocations = self.relocations()?;
                    codes[last.id as usize].set_relocations(relocations);
                }
                open.pop();
            }
            if open.is_empty() {
                self.quota.free(open);
                return Ok(codes);
            }
        }
    }

    /// Reads a code object up to its children.
    fn code_head(&mut self, has_arch: bool) -> Reading<(RawCode<'a>, Head)> {
        const FIELD: &str = "the code";
        let head = self.vuint(FIELD)?;
        let number = head & 3;
        if number != 0 && !(has_arch && cfg!(feature = "native")) {
            return self.error(ErrorKind::NoArch);
        }
        let code = self.slice(FIELD, head >> 3)?;
        let mut flags = 0;
        let kind = match number {
            0 => Kind::Bytecode,
            1 => {
                let prelude_offset = self.vuint("the prelude's offset")?;
                let offset = whole_prelude_offset(prelude_offset, code.len());
                let prelude = code.get(offset..).and_then(Signature::read);
                let Some((signature, _)) = prelude else {
                    return self.error(ErrorKind::PreludeOffset(prelude_offset));
                };
                flags = signature.scope_flags;
                Kind::Native { prelude_offset, relocations: None }
            }
            2 => {
                flags = self.vuint("the scope flags")?;
                let has = |flag| flags & flag != 0;
                let rodata_len =
                    if has(scope_flag::VIPERRODATA) { Some(self.vuint("the read-only data")?) } else { None };
                let bss = if has(scope_flag::VIPERBSS) { Some(self.vuint("the size of bss")?) } else { None };
                let rodata = match rodata_len {
                    Some(len) => Some(self.slice("the read-only data", len)?.into()),
                    None => None,
                };
                Kind::Viper { scope_flags: flags, rodata, bss, relocations: None }
            }
            _ => {
                flags = self.vuint("the scope flags")?;
                let n_pos_args = self.vuint("the number of arguments")?;
                let type_sig = self.vuint("the type signature")?;
                Kind::Asm { scope_flags: flags, n_pos_args, type_sig, relocations: None }
            }
        };
        let n_children = if head & 4 != 0 { self.count("children")? } else { 0 };
        if head & 4 != 0 && n_children == 0 {
            return self.error(ErrorKind::NoChildren);
        }
        let children = self.quota.with_capacity((n_children as usize).min(FIRST_CHILDREN))?;
        let relocated = flags & scope_flag::VIPERRELOC != 0;
        Ok((RawCode { code: code.into(), kind, children }, Head { n_children, relocated }))
    }

    /// Reads relocations up to the byte that ends them, or the end of the file.
    fn relocations(&mut self) -> Reading<Relocations<'a>> {
        const FIELD: &str = "a relocation";
        let start = self.position;
        loop {
            let end = self.position;
            let ended = match self.next() {
                Some(reloc::END) => true,
                None => false,
                Some(op) => {
                    if end == start && op & 1 == 0 {
                        return self.error(ErrorKind::RelocationPlace);
                    }
                    if op & 1 != 0 {
                        self.vuint(FIELD)?;
                    }
                    if let (_, true) = Target::from_op(op) {
                        self.vuint(FIELD)?;
                    }
                    continue;
                }
            };
            return Ok(Relocations { bytes: self.bytes[start..end].into(), ended });
        }
    }
}

impl From<Stop> for Failed {
    fn from(_: Stop) -> Failed {
        Failed
    }
}

/// What follows a code object's head: how many children, and whether relocations.
struct Head {
    n_children: u32,
    relocated: bool,
}

/// A code object of which not everything has been read.
struct Open {
    id: CodeId,
    children_left: u32,
    relocated: bool,
}

impl<'a> RawCode<'a> {
    fn set_relocations(&mut self, new: Relocations<'a>) {
        match &mut self.kind {
            Kind::Bytecode => {}
            Kind::Native { relocations, .. } | Kind::Viper { relocations, .. } | Kind::Asm { relocations, .. } => {
                *relocations = Some(new);
            }
        }
    }
}
