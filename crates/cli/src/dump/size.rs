//! Where the bytes of a file go: by kind and by function, largest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use berus_mpy::account::Category;
use berus_mpy::module::CodeId;

use super::File;
use crate::output::style::{FAINT, STRONG};
use crate::text::count;

/// The bytes of a file, added up.
pub struct Sizes {
    /// By kind, largest first.
    pub kinds: Vec<(Category, usize)>,
    /// By code object, largest first; `None` stands for what belongs to the module as a whole.
    pub owners: Vec<(Option<CodeId>, usize, BTreeMap<Category, usize>)>,
}

/// Adds up the bytes of `file`.
pub fn sizes(file: &File<'_>) -> Sizes {
    let mut kinds = BTreeMap::new();
    let mut owners: BTreeMap<_, (usize, BTreeMap<_, _>)> = BTreeMap::new();
    for field in file.account.fields() {
        *kinds.entry(field.category()).or_default() += field.len;
        let (total, by_kind) = owners.entry(field.owner).or_default();
        *total += field.len;
        *by_kind.entry(field.category()).or_default() += field.len;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|&(_, bytes)| Reverse(bytes));
    let mut owners: Vec<_> = owners.into_iter().map(|(owner, (total, kinds))| (owner, total, kinds)).collect();
    owners.sort_by_key(|&(_, bytes, _)| Reverse(bytes));
    Sizes { kinds, owners }
}

/// The columns of the table of functions, each with what it adds up.
const COLUMNS: [(&str, &[Category]); 5] = [
    ("code", &[Category::Bytecode, Category::MachineCode]),
    ("lines", &[Category::Lines]),
    ("prelude", &[Category::Preludes]),
    ("data", &[Category::Rodata, Category::Relocations]),
    ("other", &[Category::Structure]),
];

/// Writes both tables for `file`.
pub fn write(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let total = file.bytes.len();
    let sizes = sizes(file);
    writeln!(out, "{STRONG}{}{STRONG:#}: {}", file.name, count(total, "byte"))?;

    writeln!(out, "\n{STRONG}   bytes       %  kind{STRONG:#}")?;
    for &(category, bytes) in &sizes.kinds {
        writeln!(out, "{}  {}", share(bytes, total), category.name())?;
    }
    writeln!(out, "{}  {STRONG}total{STRONG:#}", share(total, total))?;

    write!(out, "\n{STRONG}   bytes       %")?;
    for (title, _) in COLUMNS {
        write!(out, "  {title:>7}")?;
    }
    writeln!(out, "  function{STRONG:#}")?;
    for (owner, bytes, kinds) in &sizes.owners {
        write!(out, "{}", share(*bytes, total))?;
        for (_, categories) in COLUMNS {
            let sum: usize = categories.iter().filter_map(|category| kinds.get(category)).sum();
            if sum == 0 { write!(out, "  {:>7}", "")? } else { write!(out, "  {sum:>7}")? }
        }
        match owner {
            Some(id) => writeln!(out, "  {} {FAINT}(code {id}){FAINT:#}", file.path(*id))?,
            None => writeln!(out, "  {FAINT}header, tables{FAINT:#}")?,
        }
    }
    write!(out, "{}", share(total, total))?;
    for (_, categories) in COLUMNS {
        let of = |category| sizes.kinds.iter().filter(|kind| kind.0 == category).map(|kind| kind.1).sum::<usize>();
        write!(out, "  {:>7}", categories.iter().map(|&category| of(category)).sum::<usize>())?;
    }
    writeln!(out, "  {STRONG}total{STRONG:#}")
}

fn share(bytes: usize, total: usize) -> String {
    format!("{bytes:>8}  {:>6.1}", 100.0 * bytes as f64 / total as f64)
}
