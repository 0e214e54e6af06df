//! What a caller can choose.

use berus_mpy::arch::Arch;
use berus_mpy::header::Flavour;
use berus_mpy::release::Release;

use crate::minify::Minify;

/// What makes the code of a function: the `-X emit` option and the `@micropython` decorators of mpy-cross.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emitter {
    /// Bytecode.
    #[default]
    Bytecode,
    /// Machine code with the semantics of Python: `@micropython.native`.
    Native,
    /// Machine code with types of its own: `@micropython.viper`.
    Viper,
    /// Inline assembler: `@micropython.asm_thumb` and the like.
    Asm,
}

/// What a source text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A module: any number of statements.
    #[default]
    File,
    /// One interactive statement, whose value is printed if it is an expression.
    Single,
    /// Any number of statements; the values of those that are expressions, but not constants, are printed.
    Pasted,
    /// One expression, whose value the code returns.
    Eval,
}

/// How to compile. The default is mpy-cross's.
///
/// ```
/// use berus_compiler::Options;
///
/// let options = Options { source_name: b"spam.py", optimise: 3, ..Options::default() };
/// assert_eq!(options.small_int_bits, 31);
/// ```
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The name of the source in tracebacks.
    pub source_name: &'a [u8],
    /// What the source is.
    pub mode: Mode,
    /// The level of optimisation. From 1 `assert` is left out and `__debug__` is false; from 3 there are no line
    /// numbers.
    pub optimise: u8,
    /// The bits of the target's small integers, 1 to 64.
    pub small_int_bits: u8,
    /// Whether to store line numbers.
    pub source_lines: bool,
    /// Whether `except` clauses and the beginnings of class bodies have lines of their own, for who traces lines. mpy-cross gives them
    /// none.
    pub trace_lines: bool,
    /// Whether what there are too many of for the operand of an instruction is a `SyntaxError`: arguments of a call, names before a
    /// starred one, variables that a function closes over, blocks that a jump leaves. mpy-cross makes code of it that does something else.
    pub operands_fit: bool,
    /// Whether f-strings mean what they do in CPython where mpy-cross makes something else of them: braces of a plain string beside an
    /// f-string, and those that an escape stands for, are text; nothing in a string or in parentheses ends a field; `{x=}` shows `repr(x)`;
    /// `{x!a}` shows `repr(x)` with escapes for what is not ASCII.
    pub python_fstrings: bool,
    /// What makes the code of functions without a decorator that says so.
    pub emitter: Emitter,
    /// The architecture to make machine code for.
    pub arch: Option<Arch>,
    /// The extensions of the architecture that a loader must have: a set of bits that the architecture gives a meaning. The
    /// module says so even if it has no machine code.
    pub arch_flags: u32,
    /// The Python that the module is for. For CircuitPython coroutines say that they are such, and `await` calls `__await__`.
    pub python: Flavour,
    /// The release of mpy-cross whose bytecode is made: 1.12 or later. Machine code is always that of the newest. It takes the feature
    /// `releases`. Before 1.19 calls with starred arguments are those of version 5 of the format, and [`to_file`](crate::to_file) writes
    /// the module.
    pub release: Release,
    /// Whether a file of version 5 has a byte for a cache after each instruction that looks a name up: `-mcache-lookup-bc` of mpy-cross up
    /// to 1.17, for the unix and Windows ports of these releases.
    pub cache_lookups: bool,
    /// What the module is made without; `None` for all that mpy-cross puts into it. It takes the feature `minify`.
    pub minify: Option<&'a Minify>,
    /// How deep statements and expressions may be nested, counted in nodes of the tree. Every level takes some
    /// hundred bytes of stack.
    pub max_depth: u32,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            source_name: b"<stdin>",
            mode: Mode::File,
            optimise: 0,
            small_int_bits: 31,
            source_lines: true,
            trace_lines: false,
            operands_fit: false,
            python_fstrings: false,
            emitter: Emitter::Bytecode,
            arch: None,
            arch_flags: 0,
            python: Flavour::MicroPython,
            release: Options::NEWEST,
            cache_lookups: false,
            minify: None,
            max_depth: 1000,
        }
    }
}

impl<'a> Options<'a> {
    /// The release of mpy-cross that Berus follows.
    pub const NEWEST: Release = Release(1, 29, 0);

    /// Whether the module is for CircuitPython.
    pub(crate) fn is_circuitpython(&self) -> bool {
        cfg!(feature = "releases") && self.python == Flavour::CircuitPython
    }

    /// What the module is made without.
    pub(crate) fn minify(&self) -> Option<&'a Minify> {
        self.minify.filter(|_| cfg!(feature = "minify"))
    }

    /// Whether bytecode is made as before a release.
    pub(crate) fn is_before(&self, release: Release) -> bool {
        cfg!(feature = "releases") && self.release < release
    }
}
