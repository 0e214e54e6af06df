//! The signature of a function, as Python would write it.

use alloc::vec::Vec;
use core::fmt;

use super::outline::{Outline, Role, is_comprehension};
use super::text::Name;
use crate::module::{CodeId, Kind, Module, Qstr};
use crate::prelude::{Prelude, Signature, scope_flag};

/// The head of a code object: `def f(a, b=..., *args, c, **kwargs)`, `class C`, `<lambda>(x)`.
///
/// Defaults are made at run time, so that only `...` stands for them. Which keyword-only arguments have defaults a
/// module does not say at all. Nor does a module name `*args` and `**kwargs`.
#[derive(Clone, Copy, Debug)]
pub struct SignatureText<'m> {
    module: &'m Module<'m>,
    outline: &'m Outline<'m>,
    id: CodeId,
}

/// The name that the module gives to an argument that has none in the source.
pub(super) const UNNAMED: &[u8] = b"*";

impl<'m> SignatureText<'m> {
    /// The head of code object `id` of `module`, of which `outline` is the outline.
    pub fn new(module: &'m Module<'m>, outline: &'m Outline<'m>, id: CodeId) -> SignatureText<'m> {
        SignatureText { module, outline, id }
    }
}

impl fmt::Display for SignatureText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(code), Some(entry)) = (self.module.codes.get(self.id as usize), self.outline.get(self.id)) else {
            return Ok(());
        };
        let name = self.outline.name(self.id);
        match entry.role {
            Role::Module | Role::Comprehension => return write!(f, "{name}"),
            Role::Class => return write!(f, "class {name}"),
            Role::Function => f.write_str("def ")?,
            Role::Lambda | Role::Unknown => {}
        }
        write!(f, "{name}")?;
        match (&code.kind, code.prelude()) {
            (Kind::Asm { n_pos_args, type_sig, .. }, _) => {
                let s = if *n_pos_args == 1 { "" } else { "s" };
                write!(f, "({n_pos_args} argument{s}) -> {}", native_type_name(*type_sig))
            }
            (_, Some(Ok(prelude))) => {
                let names: Vec<_> = arg_names(self.module, &code.code, &prelude).collect();
                arguments(f, &prelude.signature, &names, n_cells(entry.name, &names))
            }
            _ => f.write_str("(...)"),
        }
    }
}

/// The names of a function's arguments, `None` where the qstr table has no such name.
pub(super) fn arg_names<'m>(
    module: &'m Module<'_>,
    code: &'m [u8],
    prelude: &Prelude,
) -> impl Iterator<Item = Option<&'m [u8]>> {
    prelude.arg_names(code).map(|index| module.qstrs.get(index as usize).map(Qstr::as_bytes))
}

/// The number of cells that a function closes over, from the names of its arguments. The cells take the place of the
/// first arguments, unnamed. The iterable that a comprehension is given comes last, unnamed as well.
pub(super) fn n_cells(function_name: Option<&[u8]>, names: &[Option<&[u8]>]) -> usize {
    let n = names.iter().take_while(|&&name| name == Some(UNNAMED)).count();
    if n == names.len() && function_name.is_some_and(is_comprehension) { n.saturating_sub(1) } else { n }
}

fn arguments(
    f: &mut fmt::Formatter<'_>,
    signature: &Signature,
    names: &[Option<&[u8]>],
    n_cells: usize,
) -> fmt::Result {
    let n_pos_args = (signature.n_pos_args as usize).min(names.len());
    let first_default = n_pos_args.saturating_sub(signature.n_def_pos_args as usize);
    let takes = |flag| signature.scope_flags & flag != 0;
    let mut separator = "(";
    let mut separate = |f: &mut fmt::Formatter<'_>| f.write_str(core::mem::replace(&mut separator, ", "));
    for (i, name) in names.iter().enumerate().skip(n_cells.min(n_pos_args)) {
        if i == n_pos_args && !takes(scope_flag::VARARGS) {
            separate(f)?;
            f.write_str("*")?;
        } else if i == n_pos_args {
            separate(f)?;
            f.write_str("*args")?;
        }
        separate(f)?;
        write!(f, "{}", Name(name.unwrap_or(b"?")))?;
        if (first_default..n_pos_args).contains(&i) {
            f.write_str("=...")?;
        }
    }
    if takes(scope_flag::VARARGS) && names.len() == n_pos_args {
        separate(f)?;
        f.write_str("*args")?;
    }
    if takes(scope_flag::VARKEYWORDS) {
        separate(f)?;
        f.write_str("**kwargs")?;
    }
    f.write_str(if separator == "(" { "()" } else { ")" })
}

/// A set of [`scope_flag`]s in words: `generator, *args`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeFlags(pub u32);

impl fmt::Display for ScopeFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(u32, &str); 7] = [
            (scope_flag::GENERATOR, "generator"),
            (scope_flag::VARARGS, "*args"),
            (scope_flag::VARKEYWORDS, "**kwargs"),
            (scope_flag::DEFKWARGS, "keyword-only defaults"),
            (scope_flag::VIPERRELOC, "relocations"),
            (scope_flag::VIPERRODATA, "rodata"),
            (scope_flag::VIPERBSS, "bss"),
        ];
        let mut separator = "";
        for (flag, name) in NAMES {
            if self.0 & flag != 0 {
                write!(f, "{separator}{name}")?;
                separator = ", ";
            }
        }
        match NAMES.iter().fold(self.0, |rest, (flag, _)| rest & !flag) {
            0 if separator.is_empty() => f.write_str("none"),
            0 => Ok(()),
            rest => write!(f, "{separator}unknown {rest:#x}"),
        }
    }
}

/// The name of a type of machine code, by its number (MicroPython: `py/runtime0.h`, `MP_NATIVE_TYPE_...`).
pub fn native_type_name(number: u32) -> &'static str {
    const NAMES: [&str; 9] = ["object", "bool", "int", "uint", "ptr", "ptr8", "ptr16", "ptr32", "qstr"];
    NAMES.get(number as usize).copied().unwrap_or("?")
}
