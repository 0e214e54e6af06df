//! Loading: from a module as data to code that can run.
//!
//! Where a module lies in memory for good, its bytecode runs there, and names and the text of constants stay there; else they are
//! copied into the heap. The table of names holds their numbers in this interpreter, and constants become objects.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::constant::Constant;
use berus_mpy::error::{Error, INCOMPATIBLE_FILE};
use berus_mpy::header::{Header, Host};
use berus_mpy::module::{Qstr as ModuleQstr, RawCode};
use berus_mpy::verify::{Facts, verify};

use crate::error::{Raised, Res};
use crate::native as machine;
use crate::obj::bytes::Bytes;
use crate::obj::code::{Code, Context};
use crate::obj::dict::Dict;
use crate::obj::function::Function;
use crate::obj::none;
use crate::obj::sketch::{Sketch, Sketched};
use crate::obj::str::Str;
use crate::obj::tuple::Tuple;
use crate::object::Gc;
use crate::qstr::Qstr;
use crate::text::utf8;
use crate::vfs::{Piece, Reader};
use crate::vm::Vm;
use crate::vm::memory::Slot;
use crate::word::Obj;

/// How deep tuples of constants may be nested.
const MAX_DEPTH: u32 = 200;

/// Items of a tuple that are put together on the machine stack, since nearly all tuples have no more. Each tuple in tuples takes that room.
const FEW_ITEMS: usize = 8;

/// The bytes of a module as memory that is lent for good, if they are.
type Lend<'l, 'a> = &'l dyn Fn(&Cow<'a, [u8]>) -> Option<&'static [u8]>;

/// Lends what was read from memory that is lent.
#[allow(clippy::ptr_arg)] // it tells what was lent from what was copied
pub(super) fn lend(bytes: &Cow<'static, [u8]>) -> Option<&'static [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Some(bytes),
        Cow::Owned(_) => None,
    }
}

impl Vm {
    /// Loads an `.mpy` file that is in memory for good; its code runs there. Answers the function that is the module's body.
    ///
    /// # Errors
    /// `ValueError` if it is no module that can run here, and `MemoryError`.
    pub fn load_static(&self, file: &'static [u8], globals: Gc<Dict>) -> Res {
        let module = self.parse_module(file)?;
        let facts = verify(&module).map_err(|_| self.incompatible())?;
        let code = match self.link_in_place(&module, &facts, file, globals)? {
            Some(code) => code,
            None => self.link(&module, &facts, globals, &lend)?,
        };
        self.make_function(code, None, None, &[])
    }

    /// Loads an `.mpy` file, of which it copies what it needs. Answers the function that is the module's body.
    ///
    /// # Errors
    /// As [`Vm::load_static`].
    pub fn load(&self, file: &[u8], globals: Gc<Dict>) -> Res {
        let module = self.parse_module(file)?;
        self.load_module(&module, globals)
    }

    /// Loads a module, of which it copies what it needs. Answers the function that is the module's body.
    ///
    /// # Errors
    /// As [`Vm::load_static`].
    pub fn load_module(&self, module: &Module<'_>, globals: Gc<Dict>) -> Res {
        let code = self.load_body(module, globals)?;
        self.make_function(code, None, None, &[])
    }

    /// Loads a module as [`Vm::load_module`] does: the code object of its body.
    ///
    /// # Errors
    /// As [`Vm::load_static`].
    pub(crate) fn load_body(&self, module: &Module<'_>, globals: Gc<Dict>) -> Res {
        let facts = verify(module).map_err(|_| self.incompatible())?;
        self.link(module, &facts, globals, &|_| None)
    }

    /// Loads the code object that is a file's body, which need not be that of a module: a function's may be, too.
    ///
    /// # Errors
    /// As [`Vm::load_static`]; `ValueError` as well if it is machine code.
    pub fn load_code(&self, file: &[u8], globals: Gc<Dict>) -> Res<Gc<Code>> {
        let code = self.load_body(&self.parse_module(file)?, globals)?;
        code.downcast().ok_or_else(|| self.incompatible())
    }

    /// Loads an `.mpy` file that is open to be read. If that lends its memory the code runs there. Else all of it is read, and what must live on
    /// is copied: to copy names and constants one by one as they are read would take more memory meanwhile, and twice the time.
    ///
    /// # Errors
    /// As [`Vm::load_static`]; `OSError`, and what reading raises.
    pub(crate) fn load_reader(&self, reader: &Reader, globals: Gc<Dict>) -> Res {
        if let Some(lent) = self.lent(reader.file)? {
            return self.load_static(lent, globals);
        }
        let mut file = Vec::new();
        let mut may_be_whole = true;
        loop {
            match reader.take_piece(self, &mut file)? {
                Piece::None => return self.load(&file, globals),
                // Bytecode says where it ends, machine code may leave that to the end of the file. To look once is enough: a file may come in
                // many small pieces.
                Piece::Short if core::mem::take(&mut may_be_whole) => match Module::from_bytes(&file) {
                    Ok((module, _)) if module.header.arch.is_none() => {
                        self.check_header(&module.header)?;
                        return self.load_module(&module, globals);
                    }
                    _ => {}
                },
                Piece::Short | Piece::Full => {}
            }
        }
    }

    /// Takes apart a module that can run here.
    fn parse_module<'a>(&self, file: &'a [u8]) -> Res<Module<'a>> {
        let refused = |error: Error| self.value_error(format_args!("{}", error.value_error()));
        // What cannot run here is refused before its tables are read.
        let header = Header::from_bytes(file).map_err(refused)?;
        self.check_header(&header)?;
        let (module, _) = Module::from_bytes(file).map_err(refused)?;
        Ok(module)
    }

    /// Refuses a module that cannot run here.
    fn check_header(&self, header: &Header) -> Res<()> {
        let host = Host { arch: self.machine_arch(), arch_flags: 0, small_int_bits: Obj::SMALL_INT_BITS as u8 };
        header.check(&host).map_err(|message| self.value_error(format_args!("{message}")))
    }

    /// The architecture of the machine code that may run here, if any may.
    pub fn machine_arch(&self) -> Option<Arch> {
        if self.host().machine_code().is_some() { machine::ARCH } else { None }
    }

    #[cold]
    pub(crate) fn incompatible(&self) -> Raised {
        self.value_error(format_args!("{INCOMPATIBLE_FILE}"))
    }

    /// Links a verified module, all of it: the code object of its body.
    fn link<'a>(&self, module: &Module<'a>, facts: &[Option<Facts>], globals: Gc<Dict>, lend: Lend<'_, 'a>) -> Res {
        let qstrs = self.link_names(module, lend)?;
        let constants = self.alloc_words(module.constants.len().max(1))?;
        for (n, constant) in module.constants.iter().enumerate() {
            let value = match constant {
                Constant::FunctionTable => machine::function_table(),
                constant => Some(self.link_constant(constant, 0, lend)?),
            };
            // SAFETY: the block has a word for each constant.
            unsafe { constants.add(n).write(value) };
        }
        let context = Context::new(globals, qstrs, constants);
        let context = self.alloc(context.with_short_qstrs(machine::short_qstrs(self, module, qstrs)?))?;
        let machine_code = machine::Linked::new(self, module, context)?;
        // Children come after their parents, so that a table of all, from the last, links each to those behind it.
        let codes = self.alloc_words(module.codes.len().max(1))?;
        for (n, raw) in module.codes.iter().enumerate().rev() {
            let children = self.link_children(raw, codes)?;
            let code = match (&machine_code, facts[n]) {
                (_, Some(facts)) => {
                    // Machine code makes functions of code objects only, and a module is called at once.
                    let may_sketch = machine_code.is_none() && n > 0 && children.is_none();
                    self.link_bytecode(raw, facts, context, lend(&raw.code), children, may_sketch)?
                }
                (Some(machine_code), None) => self.link_machine_code(raw, n, context, machine_code, children)?,
                (None, None) => return Err(self.incompatible()),
            };
            // SAFETY: the block has a word for each code object.
            unsafe { codes.add(n).write(Some(code)) };
        }
        // SAFETY: as above; verified modules have a first code object.
        match unsafe { codes.read() } {
            Some(code) => Ok(code),
            None => Err(self.incompatible()),
        }
    }

    /// A function of a code object, with a tuple of defaults of positional arguments, a dict of those of keyword-only ones, and cells.
    ///
    /// # Errors
    /// `TypeError` if the defaults are not those that the code expects, and `MemoryError`.
    pub(crate) fn make_function(&self, code: Obj, defaults: Slot, keyword_defaults: Slot, cells: &[Obj]) -> Res {
        if let Some(code) = code.downcast::<Code>() {
            return Ok(Function::new(self, code, cells, defaults, keyword_defaults)?.obj());
        }
        match code.downcast::<Sketched>() {
            Some(code) if cells.is_empty() => Ok(Function::sketched(self, code, defaults, keyword_defaults)?.obj()),
            Some(code) => Ok(Function::new(self, code.link(self)?, cells, defaults, keyword_defaults)?.obj()),
            None => machine::make_function(self, code, defaults, keyword_defaults, cells),
        }
    }

    fn link_names<'a>(&self, module: &Module<'a>, lend: Lend<'_, 'a>) -> Res<NonNull<Qstr>> {
        let table = self.alloc_bytes(module.qstrs.len().max(1) * size_of::<Qstr>())?.cast::<Qstr>();
        for (n, name) in module.qstrs.iter().enumerate() {
            let name = match name {
                ModuleQstr::Static(number) => Qstr::from_number(*number),
                ModuleQstr::Own(name) => match lend(name) {
                    Some(lent) => self.intern_lent(lent)?,
                    None => self.intern(name)?,
                },
            };
            // SAFETY: the block has room for each name.
            unsafe { table.add(n).write(name) };
        }
        Ok(table)
    }

    /// Makes the object for a constant.
    pub(super) fn link_constant<'a>(&self, constant: &Constant<'a>, depth: u32, lend: Lend<'_, 'a>) -> Res {
        Ok(match constant {
            Constant::FunctionTable | Constant::None => Obj::NONE,
            Constant::False => Obj::FALSE,
            Constant::True => Obj::TRUE,
            Constant::Ellipsis => none::ELLIPSIS,
            Constant::Str(text) if utf8::first_invalid(text).is_some() => {
                return Err(self.error(&crate::obj::exception::UNICODE_ERROR, format_args!("")));
            }
            Constant::Str(text) => match (lend(text), self.name_of_short(text)) {
                (Some(lent), None) => Str::lent(self, lent)?.obj(),
                _ => self.new_str(text)?,
            },
            Constant::Bytes(bytes) => match lend(bytes) {
                Some(lent) => Bytes::lent(self, lent)?.obj(),
                None => Bytes::new(self, bytes)?.obj(),
            },
            Constant::Int(text) => crate::obj::int::parse(self, text, 10)?,
            Constant::Float(text) => self.new_float(self.parse_float(text)?)?,
            Constant::Complex(text) => {
                let (real, imaginary) = self.parse_complex(text)?;
                self.new_complex(real, imaginary)?
            }
            Constant::Tuple(_) if depth == MAX_DEPTH => return Err(self.recursion_error()),
            Constant::Tuple(items) if items.len() <= FEW_ITEMS => {
                let mut few = [Obj::NONE; FEW_ITEMS];
                for (place, item) in few.iter_mut().zip(items) {
                    *place = self.link_constant(item, depth + 1, lend)?;
                }
                Tuple::new(self, &few[..items.len()])?.obj()
            }
            Constant::Tuple(items) => {
                let list = crate::obj::list::List::new(self, &[])?;
                for item in items {
                    list.append(self, self.link_constant(item, depth + 1, lend)?)?;
                }
                Tuple::of_list(self, &list)?.obj()
            }
        })
    }

    /// The code object of bytecode, or a sketch of one.
    fn link_bytecode(
        &self,
        raw: &RawCode<'_>,
        facts: Facts,
        context: Gc<Context>,
        lent: Option<&'static [u8]>,
        children: Option<NonNull<Slot>>,
        may_sketch: bool,
    ) -> Res {
        let len = raw.code.len();
        let bytes = match lent {
            Some(bytes) => bytes.as_ptr(),
            None => {
                let block = self.alloc_bytes(len)?;
                // SAFETY: the block is new and as long as the code.
                unsafe { block.copy_from_nonoverlapping(NonNull::from_ref(&*raw.code).cast(), len) };
                block.as_ptr().cast_const()
            }
        };
        let prelude = raw.prelude().and_then(Result::ok).ok_or_else(|| self.incompatible())?;
        let sketch = if may_sketch { Sketch::of(&prelude, facts, bytes, len) } else { None };
        match sketch {
            Some(sketch) => Ok(Sketched::new(self, context, sketch)?.obj()),
            None => Ok(Code::link(self, &prelude, facts, context, (bytes, len), children)?.obj()),
        }
    }

    fn link_machine_code(
        &self,
        raw: &RawCode<'_>,
        id: usize,
        context: Gc<Context>,
        linked: &machine::Linked,
        children: Option<NonNull<Slot>>,
    ) -> Res {
        let signature = match raw.prelude() {
            Some(Ok(prelude)) => {
                // Of the locals nothing is known but that they are among the slots of the frame.
                let locals = prelude.signature.n_state;
                let facts = Facts { min_cells: 0, max_cells: 0, locals, stack: 0 };
                Some(Code::link(self, &prelude, facts, context, (linked.text(id), raw.code.len()), None)?)
            }
            _ => None,
        };
        linked.code(self, id, raw, context, signature, children)
    }

    /// A block of the code objects that `raw` makes functions of, if there are any.
    fn link_children(&self, raw: &RawCode<'_>, codes: NonNull<Slot>) -> Res<Option<NonNull<Slot>>> {
        if raw.children.is_empty() {
            return Ok(None);
        }
        let children = self.alloc_words(raw.children.len())?;
        for (n, child) in raw.children.iter().enumerate() {
            // SAFETY: verification has checked the numbers of children, which come after their parent.
            unsafe { children.add(n).write(codes.add(*child as usize).read()) };
        }
        Ok(Some(children))
    }
}
