//! Reading a module: from bytes to data, checking the structure.
//!
//! Nothing is allocated or followed on the word of a number in the file: tables grow as their entries arrive, and
//! code nests without recursion. The bytecode itself is looked at by [`crate::verify`], not here.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::convert::Infallible;

use crate::constant::{Constant, MAX_TUPLE_DEPTH, kind};
use crate::error::{Error, ErrorKind};
use crate::header::{FEATURE_ARCH_FLAGS, Flavour, Header, VERSION, decode_feature};
use crate::module::{CodeId, Kind, Module, Qstr, RawCode, whole_prelude_offset};
use crate::prelude::{Signature, scope_flag};
use crate::qstr;
use crate::reloc::{self, Relocations, Target};
use crate::source::{Slice, Source};
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
        let mut source = Slice::new(bytes);
        match Module::read(&mut source) {
            Ok(module) => Ok((module, source.position())),
            Err(ReadError::Format(error)) => Err(error),
        }
    }

    /// Reads a module from `source`, which is left just after it.
    ///
    /// # Errors
    /// If the file's structure is not valid, or the source fails.
    pub fn read<S: Source<'a>>(source: &mut S) -> Result<Module<'a>, ReadError<S::Error>> {
        let header = Header::read(source)?;
        Module::read_after(header, source)
    }

    /// Reads what follows `header`, which was read from `source` before.
    ///
    /// # Errors
    /// As [`Module::read`].
    pub fn read_after<S: Source<'a>>(header: Header, source: &mut S) -> Result<Module<'a>, ReadError<S::Error>> {
        let mut reader = Reader { source };
        let n_qstrs = reader.count("names")?;
        let n_constants = reader.count("constants")?;
        let qstrs = reader.table("names", n_qstrs, Reader::qstr)?;
        let constants = reader.table("constants", n_constants, |reader| reader.constant(0))?;
        let codes = reader.codes(header.arch.is_some())?;
        Ok(Module { header, qstrs, constants, codes })
    }
}

impl Header {
    /// Reads only the header, so that a file for another machine can be refused before its tables are read.
    ///
    /// # Errors
    /// If it is not valid, or the source fails.
    pub fn read<'a, S: Source<'a>>(source: &mut S) -> Result<Header, ReadError<S::Error>> {
        Reader { source }.header()
    }
}

/// Why a module could not be read: the file is not valid, or its source failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError<E = Infallible> {
    /// The file is not valid.
    Format(Error),
    /// The source failed.
    Source(E),
}

/// Bytes of a table that room is made for before its entries arrive.
const FIRST_ROOM: usize = 1024;

struct Reader<'s, S> {
    source: &'s mut S,
}

type Reading<T, E> = Result<T, ReadError<E>>;

impl<'a, S: Source<'a>> Reader<'_, S> {
    /// The error that shows at the byte taken last.
    fn error<T>(&self, kind: ErrorKind) -> Reading<T, S::Error> {
        Err(ReadError::Format(Error { offset: self.source.position().saturating_sub(1), kind }))
    }

    fn cut_off<T>(&self, field: &'static str) -> Reading<T, S::Error> {
        Err(ReadError::Format(Error { offset: self.source.position(), kind: ErrorKind::CutOff(field) }))
    }

    fn next(&mut self) -> Reading<Option<u8>, S::Error> {
        self.source.byte().map_err(ReadError::Source)
    }

    fn byte(&mut self, field: &'static str) -> Reading<u8, S::Error> {
        match self.next()? {
            Some(byte) => Ok(byte),
            None => self.cut_off(field),
        }
    }

    fn bytes(&mut self, field: &'static str, len: u32) -> Reading<Cow<'a, [u8]>, S::Error> {
        let bytes = match usize::try_from(len) {
            Ok(len) => self.source.bytes(len).map_err(ReadError::Source)?,
            Err(_) => None,
        };
        match bytes {
            Some(bytes) => Ok(bytes),
            None => self.cut_off(field),
        }
    }

    fn vuint(&mut self, field: &'static str) -> Reading<u32, S::Error> {
        self.vuint_into(field, |_| {})
    }

    /// Reads a vuint and shows each of its bytes to `see`.
    fn vuint_into(&mut self, field: &'static str, mut see: impl FnMut(u8)) -> Reading<u32, S::Error> {
        let mut decoder = Decoder::default();
        loop {
            let byte = self.byte(field)?;
            see(byte);
            match decoder.push(byte) {
                Step::More => {}
                Step::Done(value) => return Ok(value),
                Step::TooBig => return self.error(ErrorKind::TooBig(field)),
                Step::Overlong => return self.error(ErrorKind::Overlong(field)),
            }
        }
    }

    fn count(&mut self, things: &'static str) -> Reading<u32, S::Error> {
        let n = self.vuint(things)?;
        self.check_count(things, n)
    }

    /// Refuses `n` things, of at least a byte each, where fewer bytes are known to be left.
    fn check_count(&self, things: &'static str, n: u32) -> Reading<u32, S::Error> {
        match self.source.remaining() {
            Some(left) if left < n as usize => self.error(ErrorKind::TooMany(things, n)),
            _ => Ok(n),
        }
    }

    /// Reads `n` entries. Room for more than a few is made only as they arrive: the word of a file that there are many is not believed.
    fn table<T>(
        &mut self,
        things: &'static str,
        n: u32,
        mut entry: impl FnMut(&mut Self) -> Reading<T, S::Error>,
    ) -> Reading<Vec<T>, S::Error> {
        self.check_count(things, n)?;
        let mut table = Vec::with_capacity((n as usize).min(const { FIRST_ROOM / size_of::<T>() }));
        for _ in 0..n {
            table.push(entry(self)?);
        }
        Ok(table)
    }

    fn header(&mut self) -> Reading<Header, S::Error> {
        let flavour = match self.byte("the header")? {
            b'M' => Flavour::MicroPython,
            b'C' => Flavour::CircuitPython,
            magic => return self.error(ErrorKind::Magic(magic)),
        };
        let version = self.byte("the header")?;
        if version != VERSION {
            return self.error(ErrorKind::Version(version));
        }
        let feature = self.byte("the header")?;
        let Ok((sub_version, arch)) = decode_feature(feature) else {
            return self.error(ErrorKind::Arch(feature));
        };
        let small_int_bits = self.byte("the header")?;
        let has_flags = feature & FEATURE_ARCH_FLAGS != 0;
        let arch_flags = if has_flags { Some(self.vuint("the architecture flags")?) } else { None };
        Ok(Header { flavour, sub_version, arch, arch_flags, small_int_bits })
    }

    fn qstr(&mut self) -> Reading<Qstr<'a>, S::Error> {
        const FIELD: &str = "a name";
        let head = self.vuint(FIELD)?;
        if head & 1 == 0 {
            return Ok(Qstr::Own(self.terminated(FIELD, head >> 1)?));
        }
        match qstr::static_name(head >> 1) {
            Some(_) => Ok(Qstr::Static(head >> 1)),
            None => self.error(ErrorKind::StaticQstr(head >> 1)),
        }
    }

    /// Reads `len` bytes and a zero byte.
    fn terminated(&mut self, field: &'static str, len: u32) -> Reading<Cow<'a, [u8]>, S::Error> {
        let bytes = self.bytes(field, len)?;
        match self.byte(field)? {
            0 => Ok(bytes),
            _ => self.error(ErrorKind::NotTerminated(field)),
        }
    }

    fn constant(&mut self, depth: usize) -> Reading<Constant<'a>, S::Error> {
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
            kind::INT => Constant::Int(self.bytes(FIELD, len)?),
            kind::FLOAT => Constant::Float(self.bytes(FIELD, len)?),
            kind::COMPLEX => Constant::Complex(self.bytes(FIELD, len)?),
            _ if depth == MAX_TUPLE_DEPTH => return self.error(ErrorKind::TupleDepth),
            _ => Constant::Tuple(self.table("items of a tuple", len, |reader| reader.constant(depth + 1))?),
        })
    }

    /// Reads code objects as they nest, without recursion: functions may be nested as deep as the file is long.
    fn codes(&mut self, has_arch: bool) -> Reading<Vec<RawCode<'a>>, S::Error> {
        let mut codes = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        loop {
            let id = codes.len() as CodeId;
            let (code, head) = self.code_head(has_arch)?;
            codes.push(code);
            let next = id + 1;
            open.push(Open { id, children_left: head.n_children, relocated: head.relocated });
            // Close what is complete, up to a code object that waits for a child.
            while let Some(last) = open.last_mut() {
                if last.children_left > 0 {
                    last.children_left -= 1;
                    codes[last.id as usize].children.push(next);
                    break;
                }
                if last.relocated {
                    let relocations = self.relocations()?;
                    codes[last.id as usize].set_relocations(relocations);
                }
                open.pop();
            }
            if open.is_empty() {
                return Ok(codes);
            }
        }
    }

    /// Reads a code object up to its children.
    fn code_head(&mut self, has_arch: bool) -> Reading<(RawCode<'a>, Head), S::Error> {
        const FIELD: &str = "the code";
        let head = self.vuint(FIELD)?;
        let number = head & 3;
        if number != 0 && !has_arch {
            return self.error(ErrorKind::NoArch);
        }
        let code = self.bytes(FIELD, head >> 3)?;
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
                    Some(len) => Some(self.bytes("the read-only data", len)?),
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
        let relocated = flags & scope_flag::VIPERRELOC != 0;
        Ok((RawCode { code, kind, children: Vec::new() }, Head { n_children, relocated }))
    }

    /// Reads relocations up to the byte that ends them, or the end of the file.
    fn relocations(&mut self) -> Reading<Relocations<'a>, S::Error> {
        const FIELD: &str = "a relocation";
        let mut bytes = Vec::new();
        loop {
            let ended = match self.next()? {
                Some(reloc::END) => true,
                None => false,
                Some(op) => {
                    if bytes.is_empty() && op & 1 == 0 {
                        return self.error(ErrorKind::RelocationPlace);
                    }
                    bytes.push(op);
                    if op & 1 != 0 {
                        self.vuint_into(FIELD, |byte| bytes.push(byte))?;
                    }
                    if let (_, true) = Target::from_op(op) {
                        self.vuint_into(FIELD, |byte| bytes.push(byte))?;
                    }
                    continue;
                }
            };
            return Ok(Relocations { bytes: Cow::Owned(bytes), ended });
        }
    }
}

/// What a code object's head says of what follows it.
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
