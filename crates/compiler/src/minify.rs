//! What modules can do without.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// What a module is made without, to be smaller than mpy-cross makes it.
///
/// The default leaves out only what no program can notice: tables list what code uses and nothing else, the names that are
/// used most come first, where their numbers take one byte, and line tables have only lines on which an instruction may fail,
/// so that tracebacks are the same. All else is a promise of the caller about the programs that the
/// module will meet.
///
/// ```
/// use berus_compiler::{Minify, Options, compile};
///
/// let source = b"def area(width, height):\n    return width * height\n";
/// let plain = compile(source, &Options::default())?.to_bytes();
/// let minify = Minify { keywords: Some([].into()), ..Minify::default() };
/// let small = compile(source, &Options { minify: Some(&minify), ..Options::default() })?.to_bytes();
/// assert!(small.len() + "width".len() + "height".len() < plain.len());
/// # Ok::<(), berus_compiler::CompileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minify {
    /// Identifiers and what each goes by instead, wherever it stands in the source but in strings. No new name may be an identifier
    /// of the source.
    pub names: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The names that calls pass as keywords: positional parameters that are called otherwise lose their names, so that no call can
    /// pass them as keywords. `None` if all keep them.
    pub keywords: Option<BTreeSet<Vec<u8>>>,
    /// Whether classes have no `__module__` and no `__qualname__`.
    pub anonymous_classes: bool,
    /// Whether comprehensions and generator expressions go by the name of the function around them, in tracebacks, too.
    pub unnamed_comprehensions: bool,
    /// Whether `from a import b` tells `__import__` only that names are wanted, not which.
    pub unlisted_imports: bool,
}
