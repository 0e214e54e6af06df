//! Names: those that a build of MicroPython has, and those that frozen modules add.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use berus_mpy::Module;

use super::{hash, literal};

/// The names that a build has, each with what it is called in C.
pub struct Known(BTreeMap<Vec<u8>, String>);

impl Known {
    /// The names in the build's `genhdr/qstrdefs.generated.h`, whose lines are like `QDEF1(MP_QSTR_print, 45, 5, "print")`. `None` if there are
    /// none.
    pub fn read(header: &str) -> Option<Known> {
        let name = |line: &str| {
            let (_, rest) = line.trim().strip_prefix("QDEF")?.split_once('(')?;
            let (identifier, rest) = rest.split_once(',')?;
            let (_, text) = rest.split_once('"')?;
            Some((unescaped(text.rsplit_once('"')?.0), identifier.trim().to_owned()))
        };
        let names: BTreeMap<_, _> = header.lines().filter_map(name).collect();
        (!names.is_empty()).then_some(Known(names))
    }
}

/// The bytes of a string of C, in which only numbers are escaped.
fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let number = match rest {
            [b'\\', b'x', high, low, ..] => {
                str::from_utf8(&[*high, *low]).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
            }
            _ => None,
        };
        out.push(number.unwrap_or(byte));
        rest = if number.is_some() { &rest[4..] } else { after };
    }
    out
}

/// The names that modules use.
pub struct Names<'n> {
    known: &'n Known,
    /// Those that the build does not have, in the order of their bytes.
    new: BTreeMap<Vec<u8>, usize>,
}

impl<'n> Names<'n> {
    /// The names of `modules`.
    pub fn of<'m>(modules: impl Iterator<Item = &'m Module<'m>>, known: &'n Known) -> Names<'n> {
        let all: BTreeSet<_> = modules.flat_map(|module| &module.qstrs).map(|name| name.as_bytes().to_vec()).collect();
        let new = all.into_iter().filter(|name| !known.0.contains_key(name)).enumerate().map(|(n, name)| (name, n));
        Names { known, new: new.collect() }
    }

    /// What a name is called in C, if it is one.
    pub fn find(&self, name: &[u8]) -> Option<String> {
        let new = || self.new.get(name).map(|n| format!("FROZEN_QSTR_{n}"));
        self.known.0.get(name).cloned().or_else(new)
    }

    /// What a name of the modules is called in C.
    pub fn identifier(&self, name: &[u8]) -> String {
        self.find(name).unwrap_or_else(|| "MP_QSTRnull".into())
    }

    /// Appends the pool of the names that are new, which is sorted.
    pub fn write(&self, out: &mut String) {
        if !self.new.is_empty() {
            out.push_str("\nenum {\n");
            for (name, n) in &self.new {
                let first = if *n == 0 { " = MP_QSTRnumber_of" } else { "" };
                let _ = writeln!(out, "    FROZEN_QSTR_{n}{first}, // {}", name.escape_ascii());
            }
            out.push_str("};\n");
        }
        let longest = self.new.keys().map(Vec::len).max().unwrap_or_default();
        let _ = writeln!(
            out,
            "\n#if {longest} >= 1 << (8 * MICROPY_QSTR_BYTES_IN_LEN)\n#error \"a name is too long\"\n#endif"
        );
        out.push_str("\n#if MICROPY_QSTR_BYTES_IN_HASH\nconst qstr_hash_t mp_qstr_frozen_const_hashes[] = {\n");
        for name in self.new.keys() {
            let _ = writeln!(out, "    FROZEN_HASH({}),", hash(name));
        }
        out.push_str("};\n#endif\n\nconst qstr_len_t mp_qstr_frozen_const_lengths[] = {\n");
        for name in self.new.keys() {
            let _ = writeln!(out, "    {},", name.len());
        }
        // A pool that is made at run time has twice as much room as the one before it.
        let count = self.new.len();
        let _ = writeln!(
            out,
            "}};\n\nextern const qstr_pool_t mp_qstr_const_pool;\nconst qstr_pool_t mp_qstr_frozen_const_pool = {{\n    .prev = &mp_qstr_const_pool,\n    \
             .total_prev_len = MP_QSTRnumber_of,\n    .is_sorted = true,\n    .alloc = {},\n    .len = {count},\n    #if \
             MICROPY_QSTR_BYTES_IN_HASH\n    .hashes = (qstr_hash_t *)mp_qstr_frozen_const_hashes,\n    #endif\n    .lengths = (qstr_len_t \
             *)mp_qstr_frozen_const_lengths,\n    .qstrs = {{",
            count.min(10)
        );
        for name in self.new.keys() {
            let _ = writeln!(out, "        {},", literal(name));
        }
        out.push_str("    },\n};\n");
    }
}
