//! From source to a module: the parser, then the passes over the scopes of its tree.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use berus_mpy::constant::Constant;
use berus_mpy::header::{Flavour, Header, SUB_VERSION};
use berus_mpy::memory::{Quota, Stop};
use berus_mpy::module::{Kind, Qstr, RawCode};
use berus_mpy::release::Release;
use berus_mpy::{Module, v5};

#[cfg(feature = "asm")]
use crate::emit::asm;
use crate::emit::bytecode::{Buffers, Bytecode};
use crate::emit::machines::Machine;
use crate::emit::tables::Tables;
use crate::emit::{Outcome, Pass, machines};
use crate::error::{CompileError, ErrorKind};
use crate::names::{Name, Names};
use crate::options::{Emitter, Options};
use crate::parser::parse;
use crate::scope::{Scope, ScopeId, ScopeKind};
use crate::tree::Tree;
use crate::walk::{Unit, Walk};

/// Compiles `source`.
///
/// [`Module::to_bytes`] then makes the `.mpy` file, which is the one that mpy-cross makes with the same options.
///
/// # Errors
/// What MicroPython raises for a source that is no program, with its message and line; and a `RuntimeError` for a program
/// that is nested deeper than [`Options::max_depth`].
///
/// ```
/// use berus_compiler::{Options, compile};
///
/// let options = Options { source_name: b"spam.py", ..Options::default() };
/// let module = compile(b"print('spam')", &options)?;
/// assert_eq!(module.to_bytes()[..4], *b"M\x06\x00\x1f");
///
/// let error = compile(b"x = 1\nreturn x\n", &options).unwrap_err();
/// assert_eq!(error.to_string(), "SyntaxError: 'return' outside function");
/// assert_eq!(error.line, Some(2));
/// # Ok::<(), berus_compiler::CompileError>(())
/// ```
pub fn compile(source: &[u8], options: &Options<'_>) -> Result<Module<'static>, CompileError> {
    compile_within(source, options, &Quota::default())
}

/// Compiles `source` within a quota of memory and work. The module belongs to the quota, which must outlive it if it shall count.
///
/// # Errors
/// As [`compile`]; `MemoryError` if the quota is used up, and [`ErrorKind::Interrupted`](crate::ErrorKind::Interrupted) if it ends the
/// work.
///
/// ```
/// use berus_compiler::{ErrorKind, Options, compile_within};
/// use berus_mpy::memory::{Allowance, Quota};
///
/// let allowance = Allowance::new(100_000);
/// let error = compile_within(&[b'('; 100_000], &Options::default(), &Quota::new(&allowance)).unwrap_err();
/// assert_eq!(error.kind, ErrorKind::Memory);
/// ```
pub fn compile_within(
    source: &[u8],
    options: &Options<'_>,
    quota: &Quota<'_>,
) -> Result<Module<'static>, CompileError> {
    compile_with_listing(source, options, quota, &mut Vec::new())
}

/// Compiles `source` as [`compile_within`] does, and appends to `listing` what [`Arch::Debug`](berus_mpy::arch::Arch::Debug) has
/// instead of machine code: a line for each thing that the emitter would have a machine do. Other architectures list nothing.
///
/// # Errors
/// As [`compile_within`]. The functions before the one that is wrong are listed.
///
/// ```
/// use berus_compiler::{Emitter, Options, compile_with_listing};
/// use berus_mpy::arch::Arch;
/// use berus_mpy::memory::Quota;
///
/// let options = Options { emitter: Emitter::Viper, arch: Some(Arch::Debug), ..Options::default() };
/// let mut listing = Vec::new();
/// compile_with_listing(b"1 + 2", &options, &Quota::default(), &mut listing)?;
/// assert!(listing.starts_with(b"ENTRY(<module>, num_locals="));
/// # Ok::<(), berus_compiler::CompileError>(())
/// ```
pub fn compile_with_listing(
    source: &[u8],
    options: &Options<'_>,
    quota: &Quota<'_>,
    listing: &mut Vec<u8>,
) -> Result<Module<'static>, CompileError> {
    let mut names = Names::new(quota)?;
    // Long strings in the source are names if they equal a name that came before, as this one.
    names.intern(options.source_name, quota)?;
    let tree = parse(source, &mut names, options, quota)?;
    let parts = compile_tree(&tree, &mut names, options, quota, listing)?;
    // The tree is the most of what the compiler holds, and a module repeats the names.
    tree.retire(quota);
    let mut qstrs = quota.with_capacity(parts.qstrs.len())?;
    for &name in &parts.qstrs {
        quota.step()?;
        qstrs.push(qstr(name, &names, quota)?);
    }
    quota.free(parts.qstrs);
    names.retire(quota);
    Ok(Module { header: header(options, &parts.codes), qstrs, constants: parts.constants, codes: parts.codes })
}

/// The `.mpy` file of a module that was compiled with `options`, in the version of the format that their release reads.
///
/// ```
/// use berus_compiler::{Options, compile, to_file};
/// use berus_mpy::release::Release;
///
/// let options = Options { source_name: b"spam.py", release: Release(1, 18, 0), ..Options::default() };
/// let module = compile(b"print(*'spam')", &options)?;
/// assert_eq!(to_file(&module, &options)?[..4], *b"M\x05\x02\x1f");
/// # Ok::<(), berus_compiler::CompileError>(())
/// ```
///
/// # Errors
/// A `RuntimeError` without a line for what version 5 cannot say: machine code, and an `and` or `or` that jumps over more than 32 kilobytes.
pub fn to_file(module: &Module<'_>, options: &Options<'_>) -> Result<Vec<u8>, CompileError> {
    if options.is_before(Release(1, 19, 0)) {
        v5::write(module, options.cache_lookups)
            .map_err(|error| CompileError::new(ErrorKind::Runtime, error.to_string()))
    } else {
        Ok(module.to_bytes())
    }
}

/// What a module is made of.
struct Parts {
    qstrs: Vec<Name>,
    constants: Vec<Constant<'static>>,
    codes: Vec<RawCode<'static>>,
}

fn compile_tree(
    tree: &Tree,
    names: &mut Names,
    options: &Options<'_>,
    quota: &Quota<'_>,
    listing: &mut Vec<u8>,
) -> Result<Parts, CompileError> {
    const MODULE: Name = Name::fixed("<module>");
    if options.emitter == Emitter::Asm {
        machines::check(Emitter::Asm, options.arch)?;
    }
    let module = Scope::new(ScopeKind::Module, tree.root(), MODULE, None, options.emitter);
    let mut passes = Passes {
        unit: Unit::new(tree, options, quota, module)?,
        tables: Tables::new(tree, names, quota, options)?,
        buffers: Buffers::default(),
        machine: None,
    };
    passes.find_scopes()?;
    if options.minify().is_some() {
        passes.settle_tables()?;
    }
    let codes = passes.make_codes(Some(listing))?;
    passes.finish(codes)
}

/// The passes over the scopes of a module, and what they share.
struct Passes<'t> {
    unit: Unit<'t>,
    tables: Tables<'t>,
    buffers: Buffers,
    /// The emitter of machine code, from the first function on that wants any.
    machine: Option<Box<dyn Machine>>,
}

impl Passes<'_> {
    /// The first pass finds the scopes, each after the one that it is in: new ones come up on the way. Then their
    /// variables get their places.
    fn find_scopes(&mut self) -> Result<(), CompileError> {
        let Unit { options, quota, .. } = self.unit;
        let mut number = 0;
        while let Some(scope) = self.unit.scopes.get(number) {
            number += 1;
            #[cfg(feature = "asm")]
            if self.unit.scopes[scope].emitter == Emitter::Asm {
                asm::check(self.unit.tree, self.tables.names, &self.unit.scopes[scope])?;
                continue;
            }
            let scopes = &self.unit.scopes;
            let mut emit = Bytecode::new(&mut self.tables, &mut self.buffers, options, Pass::Scope, &scopes[scope]);
            Walk::run(&mut self.unit, &mut emit, scope, Pass::Scope)?;
            // Before 1.19 class bodies bound the variables of functions around them.
            self.unit.scopes.capture_all(scope, options.is_before(Release(1, 19, 0)), quota)?;
        }
        for scope in (0..number).map(ScopeId) {
            self.unit.scopes.lay_out(scope, quota)?;
        }
        Ok(())
    }

    /// Settles what is in the tables, and in which order, by making all code once to see what it uses.
    fn settle_tables(&mut self) -> Result<(), CompileError> {
        self.tables.begin_counting()?;
        let codes = self.make_codes(None)?;
        self.unit.quota.free(codes);
        Ok(self.tables.sort_by_use()?)
    }

    /// The code objects of all scopes, in the order of the scopes; without a listing only to see what they use, so that they can be
    /// made again.
    fn make_codes(&mut self, mut listing: Option<&mut Vec<u8>>) -> Result<Vec<RawCode<'static>>, CompileError> {
        let quota = self.unit.quota;
        let count = self.unit.scopes.count();
        let mut codes = quota.with_capacity(count as usize)?;
        for scope in (0..count).map(ScopeId) {
            codes.push(match self.unit.scopes[scope].emitter {
                #[cfg(feature = "asm")]
                Emitter::Asm => self.assemble(scope)?,
                _ => self.make_code(scope)?,
            });
            if let Some(machine) = &mut self.machine {
                let mut lines = machine.listing();
                if let Some(listing) = &mut listing {
                    listing.append(&mut lines);
                }
            }
            if listing.is_some() {
                self.unit.scopes.retire(scope, quota);
            }
        }
        Ok(codes)
    }

    #[cfg(feature = "asm")]
    fn assemble(&mut self, scope: ScopeId) -> Result<RawCode<'static>, CompileError> {
        let Unit { options, tree, .. } = self.unit;
        let mut set = machines::assembler(options.arch, options.arch_flags)?;
        asm::assemble(tree, self.tables.names, &self.unit.scopes[scope], &mut *set)
    }

    /// The code of a scope, which is walked through until its jumps have the sizes that they need.
    fn make_code(&mut self, scope: ScopeId) -> Result<RawCode<'static>, CompileError> {
        loop {
            let outcome = if self.unit.scopes[scope].emitter == Emitter::Bytecode {
                let (options, scopes) = (self.unit.options, &self.unit.scopes);
                let mut emit = Bytecode::new(&mut self.tables, &mut self.buffers, options, Pass::Code, &scopes[scope]);
                Walk::run(&mut self.unit, &mut emit, scope, Pass::Code)?
            } else {
                let machine = match &mut self.machine {
                    Some(machine) => machine,
                    none => none.insert(new_machine(&self.unit, &self.tables)?),
                };
                let mut emit = machine.walk(&mut self.tables, &self.unit.scopes, scope);
                Walk::run(&mut self.unit, &mut *emit, scope, Pass::Code)?
            };
            if let Outcome::Done(code) = outcome {
                return Ok(code);
            }
        }
    }

    /// Puts the module together, and gives back what the passes have used.
    fn finish(self, mut codes: Vec<RawCode<'static>>) -> Result<Parts, CompileError> {
        let quota = self.unit.quota;
        put_in_file_order(&mut codes, quota)?;
        let (qstrs, constants) = self.tables.finish()?;
        self.unit.retire();
        self.buffers.retire(quota);
        Ok(Parts { qstrs, constants, codes })
    }
}

/// The emitter of machine code. If there is none for the architecture, MicroPython notices in the scope that its first
/// pass has ended with.
fn new_machine(unit: &Unit<'_>, tables: &Tables<'_>) -> Result<Box<dyn Machine>, CompileError> {
    machines::machine(unit.options.arch, unit.options.arch_flags).map_err(|error| {
        let last = &unit.scopes[ScopeId(unit.scopes.count() - 1)];
        let block = unit.quota.copy(tables.names.get(last.name)).map(Vec::into_boxed_slice);
        CompileError { block: block.ok(), ..error.at_line(unit.tree.line(last.node)) }
    })
}

/// The header of a module with `codes`, which names the architecture if any is machine code.
fn header(options: &Options<'_>, codes: &[RawCode<'_>]) -> Header {
    let is_native = codes.iter().any(|code| code.kind != Kind::Bytecode);
    Header {
        flavour: if options.is_circuitpython() { Flavour::CircuitPython } else { Flavour::MicroPython },
        small_int_bits: options.small_int_bits,
        arch_flags: Some(options.arch_flags).filter(|&flags| flags != 0),
        arch: options.arch.filter(|_| is_native),
        sub_version: if is_native { SUB_VERSION } else { 0 },
    }
}

fn qstr(name: Name, names: &Names, quota: &Quota<'_>) -> Result<Qstr<'static>, Stop> {
    Ok(match name.static_number() {
        Some(number) => Qstr::Static(number),
        None => Qstr::Own(quota.module_bytes(names.get(name))?),
    })
}

/// Orders code objects as the file does, each before its children and these in their order. Before, they are in the order
/// of their scopes.
fn put_in_file_order(codes: &mut [RawCode<'static>], quota: &Quota<'_>) -> Result<(), Stop> {
    let mut places = Vec::new();
    quota.resize(&mut places, codes.len(), 0)?;
    let mut place = 0;
    let mut open = Vec::new();
    quota.push(&mut open, 0)?;
    while let Some(number) = open.pop() {
        quota.step()?;
        places[number as usize] = place;
        place += 1;
        let children = &codes[number as usize].children;
        quota.reserve(&mut open, children.len())?;
        open.extend(children.iter().rev());
    }
    for child in codes.iter_mut().flat_map(|code| &mut code.children) {
        *child = places[*child as usize];
    }
    // Every code but the first is the child of one, so each has a place of its own; every exchange fills one.
    for i in 0..codes.len() {
        while places[i] as usize != i {
            let place = places[i] as usize;
            codes.swap(i, place);
            places.swap(i, place);
        }
    }
    quota.free(places);
    quota.free(open);
    Ok(())
}
