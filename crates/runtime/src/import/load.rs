//! Loading: from a module as data to code that can run.
//!
//! Where a module lies in memory for good, its bytecode runs there, and names and the text of constants stay there. A
//! file of bytecode that lies elsewhere is copied into the heap as a whole, and runs there likewise; machine code is
//! copied piece by piece. The table of names holds their numbers in this interpreter, and constants become objects.

use alloc::vec::Vec;
use core::hint::black_box;
use core::ptr::NonNull;

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::bytes::ModuleBytes;
use berus_mpy::constant::Constant;
#[cfg(feature = "python")]
use berus_mpy::header::Flavour;
use berus_mpy::header::{Header, Host};
use berus_mpy::memory::Quota;
use berus_mpy::module::{Qstr as ModuleQstr, RawCode};
use berus_mpy::verify::{self, Facts};

use crate::data::bytes::Bytes;
use crate::data::code::incompatible;
use crate::data::sketch::{Sketch, Sketched};
use crate::data::str::{Str, name_of_short};
use crate::import::in_place::link_in_place;
use crate::import::refuse::Origin;
use crate::model::code::{Code, Context};
use crate::model::error::{Raise, Res};
use crate::model::events::{BYTES_PER_UNIT, Poll};
use crate::model::layout::{Dict, List, Tuple};
use crate::model::object::Gc;
use crate::model::protocols::Strs;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::native as machine;
use crate::native::Lend;
#[cfg(feature = "float")]
use crate::obj::complex::Complexes;
use crate::obj::float::Floats;
use crate::obj::function::function_of;
use crate::obj::{exception, int, none};
use crate::ops::buffer::lent;
use crate::qstr::Qstr;
use crate::vfs::{Content, Piece, Reader};

/// Units of work that it takes to link a name, a constant or a function.
const LINKED: usize = 16;

/// How deep tuples of constants may be nested.
const MAX_DEPTH: u32 = 200;

/// How many items a tuple can have to be put together on the machine stack; nearly all tuples have no more. Each tuple
/// that is nested in another takes the room again.
const FEW_ITEMS: usize = 8;

/// Lends bytes that were read from lent memory.
pub(super) fn lend(bytes: &ModuleBytes<'static>) -> Option<&'static [u8]> {
    bytes.borrowed()
}

/// Modules made ready to run.
pub trait Load {
    /// Loads an `.mpy` file that is in memory for good; its code runs there. Answers the function that is the module's
    /// body.
    ///
    /// # Errors
    /// `ValueError` if the file is no module that can run here, and `MemoryError`.
    fn load_static(&self, file: &'static [u8], globals: Gc<Dict>) -> Res;

    /// Loads an `.mpy` file, of which what is needed is copied. Answers the function that is the module's body.
    ///
    /// # Errors
    /// As [`Vm::load_static`].
    fn load(&self, file: &[u8], globals: Gc<Dict>) -> Res;

    /// Loads a module, and copies what is needed of it. Answers the function that is the module's body.
    ///
    /// # Errors
    /// As [`Vm::load_static`].
    fn load_module(&self, module: &Module<'_>, globals: Gc<Dict>) -> Res;

    /// Loads the code object that is a file's body: the body of a module, or a function.
    ///
    /// # Errors
    /// As [`Vm::load_static`]; `ValueError` as well if the body is machine code.
    fn load_code(&self, file: &[u8], globals: Gc<Dict>) -> Res<Gc<Code>>;

    /// The architecture of the machine code that may run here, if any may.
    fn machine_arch(&self) -> Option<Arch>;
}

impl Load for Vm {
    fn load_static(&self, file: &'static [u8], globals: Gc<Dict>) -> Res {
        load_lent(self, b"", file, globals)
    }

    fn load(&self, file: &[u8], globals: Gc<Dict>) -> Res {
        load_named(self, b"", None, file, globals)
    }

    fn load_module(&self, module: &Module<'_>, globals: Gc<Dict>) -> Res {
        let code = load_body(self, module, globals)?;
        function_of(self, code, None, None, &[])
    }

    fn load_code(&self, file: &[u8], globals: Gc<Dict>) -> Res<Gc<Code>> {
        load_copied(self, b"", None, file, globals)?.downcast().ok_or_else(|| incompatible(self))
    }

    fn machine_arch(&self) -> Option<Arch> {
        Some(self.host().machine_code()?.arch(machine::ARCH?))
    }
}

/// Loads a module as [`Vm::load_module`] does: the code object of its body.
///
/// # Errors
/// As [`Vm::load_static`].
pub(crate) fn load_body(vm: &Vm, module: &Module<'_>, globals: Gc<Dict>) -> Res {
    let grants = vm.grants();
    let quota = Quota::new(&grants);
    link_verified(vm, Origin { grants: &grants, name: b"", file: b"" }, module, &quota, globals)
}

/// Loads a file in memory that is lent, for good or as long as something points to it; notes call the file `name`.
///
/// # Errors
/// As [`Vm::load_static`].
pub(super) fn load_lent(vm: &Vm, name: &[u8], file: &'static [u8], globals: Gc<Dict>) -> Res {
    let grants = vm.grants();
    let quota = Quota::new(&grants);
    let origin = Origin { grants: &grants, name, file };
    let module = parse(vm, origin, None, file, &quota)?;
    link_lent(vm, origin, &module, file, &quota, globals)
}

/// Verifies a module that was read from lent memory, and links it there. Answers the function that is the module's
/// body.
fn link_lent(
    vm: &Vm,
    origin: Origin<'_>,
    module: &Module<'static>,
    file: &'static [u8],
    quota: &Quota<'_>,
    globals: Gc<Dict>,
) -> Res {
    let facts = verify(origin, module, quota)?;
    let code = match link_in_place(vm, module, &facts, file, globals)? {
        Some(code) => code,
        None => link(vm, module, &facts, globals, &lend)?,
    };
    let function = function_of(vm, code, None, None, &[]);
    // The memory may be a block that nothing on the heap pointed to before.
    black_box(file);
    function
}

/// Copies a file into a block of the heap, where bytecode can run as long as something points to the block.
pub(super) fn keep(vm: &Vm, file: &[u8]) -> Res<&'static [u8]> {
    let block = vm.alloc_bytes(file.len())?;
    // SAFETY: the block is new and as long as the file. Nobody writes to the block any more, and it stays as long as the
    // collector sees a pointer to it, which is as good as for good for callers that keep one.
    unsafe {
        block.copy_from_nonoverlapping(NonNull::from_ref(file).cast(), file.len());
        Ok(NonNull::slice_from_raw_parts(block, file.len()).as_ref())
    }
}

/// Loads a file, which notes call `name`; `header` is the file's if that has been read. Bytecode runs in one copy of the
/// file, of machine code what is needed is copied.
///
/// # Errors
/// As [`Vm::load_static`].
pub(super) fn load_named(vm: &Vm, name: &[u8], header: Option<Header>, file: &[u8], globals: Gc<Dict>) -> Res {
    let header = header.or_else(|| Header::from_bytes(file).ok());
    if header.is_some_and(|header| header.arch.is_none()) {
        return load_lent(vm, name, keep(vm, file)?, globals);
    }
    let code = load_copied(vm, name, header, file, globals)?;
    function_of(vm, code, None, None, &[])
}

/// As [`load_named`]: the code object of the module's body.
fn load_copied(vm: &Vm, name: &[u8], header: Option<Header>, file: &[u8], globals: Gc<Dict>) -> Res {
    let grants = vm.grants();
    let quota = Quota::new(&grants);
    let origin = Origin { grants: &grants, name, file };
    let module = parse(vm, origin, header, file, &quota)?;
    link_verified(vm, origin, &module, &quota, globals)
}

/// Loads the `.mpy` file `name`, which is open to be read. If the file lends its memory, the code runs there. Else all of it
/// is read first: bytecode runs in a copy that is just as long.
///
/// # Errors
/// As [`Vm::load_static`]; `OSError`, and what reading raises.
pub(super) fn load_reader(vm: &Vm, name: &[u8], reader: &Reader, globals: Gc<Dict>) -> Res {
    if let Some(lent) = lent(vm, reader.file())? {
        return load_lent(vm, name, lent, globals);
    }
    let mut file = Content::new(vm);
    let mut header = None;
    loop {
        match reader.take_piece(&mut file)? {
            Piece::None => return load_named(vm, name, header, &file, globals),
            // To look once is enough: a file may come in many small pieces.
            Piece::Short if header.is_none() => {
                header = Header::from_bytes(&file).ok();
                if let Some(header) = header
                    && header.arch.is_none()
                {
                    let kept = keep(vm, &file)?;
                    let grants = vm.grants();
                    let quota = Quota::new(&grants);
                    let origin = Origin { grants: &grants, name, file: kept };
                    if let Some(module) = parse_if_whole(vm, origin, header, kept, &quota)? {
                        drop(file);
                        return link_lent(vm, origin, &module, kept, &quota, globals);
                    }
                }
            }
            Piece::Short | Piece::Full => {}
        }
    }
}

/// Takes apart a module of bytecode, if `file`, which may go on, is all of the module: bytecode says where it ends,
/// machine code may leave that to the end of the file.
fn parse_if_whole<'a>(
    vm: &Vm,
    origin: Origin<'_>,
    header: Header,
    file: &'a [u8],
    quota: &Quota<'_>,
) -> Res<Option<Module<'a>>> {
    check(vm, origin, &header)?;
    match Module::after_header(header, file, quota) {
        Ok((module, _)) => Ok(Some(module)),
        Err(error) if quota.stop().is_some() => Err(origin.unreadable(error)),
        Err(_) => Ok(None),
    }
}

/// Takes apart a module that can run here; `header` is the file's if that has been read.
fn parse<'a>(
    vm: &Vm,
    origin: Origin<'_>,
    header: Option<Header>,
    file: &'a [u8],
    quota: &Quota<'_>,
) -> Res<Module<'a>> {
    let unreadable = |error| origin.unreadable(error);
    let header = header.map_or_else(|| Header::from_bytes(file), Ok).map_err(unreadable)?;
    // A module that cannot run here is refused before its tables are read.
    check(vm, origin, &header)?;
    let (module, _) = Module::after_header(header, file, quota).map_err(unreadable)?;
    Ok(module)
}

/// Refuses a module that cannot run here.
fn check(vm: &Vm, origin: Origin<'_>, header: &Header) -> Res<()> {
    let host = Host { arch: vm.machine_arch(), arch_flags: 0, small_int_bits: Obj::SMALL_INT_BITS as u8 };
    // Bytecode is the same in both; what it calls is here.
    #[cfg(feature = "python")]
    let header = &match header.arch {
        None if vm.host().loads_circuitpython() => Header { flavour: Flavour::MicroPython, ..*header },
        _ => *header,
    };
    header.check(&host).map_err(|unfit| origin.unfit(unfit))
}

/// Proves that the code of a module can run.
#[cfg(feature = "verify")]
fn verify(origin: Origin<'_>, module: &Module<'_>, quota: &Quota<'_>) -> Res<Vec<Option<Facts>>> {
    verify::verify_within(module, quota).map_err(|error| origin.unsound(module, &error))
}

/// Finds out what must be known of the code of a module that was verified elsewhere.
#[cfg(not(feature = "verify"))]
fn verify(origin: Origin<'_>, module: &Module<'_>, quota: &Quota<'_>) -> Res<Vec<Option<Facts>>> {
    verify::survey(module, quota).map_err(|stop| origin.stopped(stop))
}

/// Verifies a module, and links what is copied of it: the code object of its body.
fn link_verified(vm: &Vm, origin: Origin<'_>, module: &Module<'_>, quota: &Quota<'_>, globals: Gc<Dict>) -> Res {
    let facts = verify(origin, module, quota)?;
    link(vm, module, &facts, globals, &|_| None)
}

/// Links a verified module, all of it: the code object of its body.
fn link<'a>(vm: &Vm, module: &Module<'a>, facts: &[Option<Facts>], globals: Gc<Dict>, lend: Lend<'_, 'a>) -> Res {
    let qstrs = link_names(vm, module, lend)?;
    let constants = vm.alloc_words(module.constants.len().max(1))?;
    for (n, constant) in module.constants.iter().enumerate() {
        let value = match constant {
            Constant::FunctionTable => machine::function_table(),
            constant => Some(link_constant(vm, constant, 0, lend)?),
        };
        // SAFETY: the block has a word for each constant.
        unsafe { constants.add(n).write(value) };
    }
    let context = Context::new(globals, qstrs, constants);
    let context = vm.alloc(context.with_short_qstrs(machine::short_qstrs(vm, module, qstrs)?))?;
    let machine_code = machine::Linked::new(vm, module, context, lend)?;
    // Children come after their parents, so that a table of all code objects, filled from the last, has the children of
    // each when its turn comes.
    let codes = vm.alloc_words(module.codes.len().max(1))?;
    for (n, raw) in module.codes.iter().enumerate().rev() {
        vm.work(LINKED + raw.code.len() / BYTES_PER_UNIT)?;
        let children = link_children(vm, raw, codes)?;
        let code = match (&machine_code, facts[n]) {
            (_, Some(facts)) => {
                // Machine code makes functions of code objects only, and a module is called at once.
                let may_sketch = machine_code.is_none() && n > 0 && children.is_none();
                link_bytecode(vm, raw, facts, context, lend(&raw.code), children, may_sketch)?
            }
            (Some(machine_code), None) => link_machine_code(vm, raw, n, context, machine_code, children)?,
            (None, None) => return Err(incompatible(vm)),
        };
        // SAFETY: the block has a word for each code object.
        unsafe { codes.add(n).write(Some(code)) };
    }
    // SAFETY: the block's words are written above; verified modules have a first code object.
    match unsafe { codes.read() } {
        Some(code) => Ok(code),
        None => Err(incompatible(vm)),
    }
}

fn link_names<'a>(vm: &Vm, module: &Module<'a>, lend: Lend<'_, 'a>) -> Res<NonNull<Qstr>> {
    let table = vm.alloc_bytes(module.qstrs.len().max(1) * size_of::<Qstr>())?.cast::<Qstr>();
    for (n, name) in module.qstrs.iter().enumerate() {
        vm.work(LINKED)?;
        let name = match name {
            ModuleQstr::Static(number) => Qstr::from_number(*number),
            ModuleQstr::Own(name) => match lend(name) {
                Some(lent) => vm.intern_lent(lent)?,
                None => vm.intern(name)?,
            },
        };
        // SAFETY: the block has room for each name.
        unsafe { table.add(n).write(name) };
    }
    Ok(table)
}

/// Makes the object for a constant.
pub(super) fn link_constant<'a>(vm: &Vm, constant: &Constant<'a>, depth: u32, lend: Lend<'_, 'a>) -> Res {
    vm.work(LINKED)?;
    Ok(match constant {
        Constant::FunctionTable | Constant::None => Obj::NONE,
        Constant::False => Obj::FALSE,
        Constant::True => Obj::TRUE,
        Constant::Ellipsis => none::ELLIPSIS,
        Constant::Str(text) if vm.first_invalid(text)?.is_some() => {
            return Err(vm.error(&exception::UNICODE_ERROR, format_args!("")));
        }
        Constant::Str(text) => match (lend(text), name_of_short(vm, text)) {
            (Some(lent), None) => Str::lent(vm, lent)?.obj(),
            _ => vm.new_str(text)?,
        },
        Constant::Bytes(bytes) => match lend(bytes) {
            Some(lent) => Bytes::lent(vm, lent)?.obj(),
            None => Bytes::new(vm, bytes)?.obj(),
        },
        Constant::Int(text) => int::parse(vm, text, 10)?,
        Constant::Float(text) => vm.new_float(vm.parse_float(text)?)?,
        Constant::Complex(text) => {
            let (real, imaginary) = vm.parse_complex(text)?;
            vm.new_complex(real, imaginary)?
        }
        Constant::Tuple(_) if depth == MAX_DEPTH => return Err(vm.recursion_error()),
        Constant::Tuple(items) if items.len() <= FEW_ITEMS => {
            let mut few = [Obj::NONE; FEW_ITEMS];
            for (place, item) in few.iter_mut().zip(items) {
                *place = link_constant(vm, item, depth + 1, lend)?;
            }
            Tuple::new(vm, &few[..items.len()])?.obj()
        }
        Constant::Tuple(items) => {
            let list = List::new(vm, &[])?;
            for item in items {
                list.append(vm, link_constant(vm, item, depth + 1, lend)?)?;
            }
            Tuple::of_list(vm, &list)?.obj()
        }
    })
}

/// The code object of bytecode, or a sketch of one.
fn link_bytecode(
    vm: &Vm,
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
            let block = vm.alloc_bytes(len)?;
            // SAFETY: the block is new and as long as the code.
            unsafe { block.copy_from_nonoverlapping(NonNull::from_ref(&*raw.code).cast(), len) };
            block.as_ptr().cast_const()
        }
    };
    let prelude = raw.prelude().and_then(Result::ok).ok_or_else(|| incompatible(vm))?;
    let sketch = if may_sketch { Sketch::of(&prelude, facts, bytes, len) } else { None };
    match sketch {
        Some(sketch) => Ok(Sketched::new(vm, context, sketch)?.obj()),
        None => Ok(Code::link(vm, &prelude, facts, context, (bytes, len), children)?.obj()),
    }
}

fn link_machine_code(
    vm: &Vm,
    raw: &RawCode<'_>,
    id: usize,
    context: Gc<Context>,
    linked: &machine::Linked,
    children: Option<NonNull<Slot>>,
) -> Res {
    let signature = match raw.prelude() {
        Some(Ok(prelude)) => {
            // Of the local variables nothing is known but that they are among the slots of the frame.
            let locals = prelude.signature.n_state;
            let facts = Facts { min_cells: 0, max_cells: 0, locals, stack: 0 };
            Some(Code::link(vm, &prelude, facts, context, (linked.text(id), raw.code.len()), None)?)
        }
        _ => None,
    };
    linked.code(vm, id, raw, context, signature, children)
}

/// A block of the code objects that `raw` makes functions of, if there are any.
fn link_children(vm: &Vm, raw: &RawCode<'_>, codes: NonNull<Slot>) -> Res<Option<NonNull<Slot>>> {
    if raw.children.is_empty() {
        return Ok(None);
    }
    let children = vm.alloc_words(raw.children.len())?;
    for (n, child) in raw.children.iter().enumerate() {
        // SAFETY: verification has checked the numbers of children, which come after their parent.
        unsafe { children.add(n).write(codes.add(*child as usize).read()) };
    }
    Ok(Some(children))
}
