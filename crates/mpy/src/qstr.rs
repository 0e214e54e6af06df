//! The names that every MicroPython knows by number.
//!
//! A `.mpy` file spells most names out, but the names below are so common that the format fixes a number
//! for each. The list and its order are part of the format (MicroPython: `py/makeqstrdata.py`,
//! `static_qstr_list`); number 0 is "no name" and never stored, so the list starts at 1 with `""`.

use core::cmp::Ordering;
use core::ops::Range;

/// Highest number of a static qstr, that of `zip`.
pub const LAST_STATIC: u32 = STATIC.len() as u32;

/// The name of static qstr number `id`, or `None` if the format fixes no such number.
///
/// ```
/// assert_eq!(berus_mpy::qstr::static_name(32), Some("AttributeError"));
/// assert_eq!(berus_mpy::qstr::static_name(0), None);
/// ```
pub fn static_name(id: u32) -> Option<&'static str> {
    let before = (id as usize).checked_sub(1)?;
    TEXT.get(usize::from(STARTS[before.min(STATIC.len())])..usize::from(*STARTS.get(before + 1)?))
}

/// The number of the static qstr spelled `name`, if there is one.
///
/// ```
/// assert_eq!(berus_mpy::qstr::static_id(b"__init__"), Some(17));
/// assert_eq!(berus_mpy::qstr::static_id(b"spam"), None);
/// ```
pub fn static_id(name: &[u8]) -> Option<u32> {
    let spelling = |id: u32| static_name(id).unwrap_or_default().as_bytes();
    bisect(SORTED, &spelling, name).or_else(|| (1..SORTED.start).find(|id| spelling(*id) == name))
}

/// Which of `numbers` is that of the name spelled `name`, if one is; `spelling` says what is the name of a number, and
/// they are in the order of their bytes.
pub fn bisect<'a>(mut numbers: Range<u32>, spelling: &dyn Fn(u32) -> &'a [u8], name: &[u8]) -> Option<u32> {
    while !numbers.is_empty() {
        let middle = numbers.start + (numbers.end - numbers.start) / 2;
        match name.cmp(spelling(middle)) {
            Ordering::Less => numbers.end = middle,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => numbers.start = middle + 1,
        }
    }
    None
}

/// Where each name begins in [`TEXT`], and where the last one ends: two bytes for each instead of a pointer and a length.
static STARTS: [u16; STATIC.len() + 1] = {
    let mut starts = [0; STATIC.len() + 1];
    let mut at = 0;
    while at < STATIC.len() {
        starts[at + 1] = starts[at] + STATIC[at].len() as u16;
        at += 1;
    }
    starts
};

/// All names, one after another.
static TEXT: &str = {
    const BYTES: [u8; STARTS[STATIC.len()] as usize] = {
        let mut bytes = [0; STARTS[STATIC.len()] as usize];
        let (mut name, mut to) = (0, 0);
        while name < STATIC.len() {
            let mut from = 0;
            while from < STATIC[name].len() {
                bytes[to] = STATIC[name].as_bytes()[from];
                (from, to) = (from + 1, to + 1);
            }
            name += 1;
        }
        bytes
    };
    match core::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => panic!("names are text"),
    }
};

/// The numbers of names that are in the order of their bytes: all but the short ones at the front of [`STATIC`].
const SORTED: Range<u32> = 30..LAST_STATIC + 1;

/// The static qstrs in the order of their numbers, from number 1.
pub const STATIC: [&str; 165] = [
    "",
    "__dir__",
    "\n",
    " ",
    "*",
    "/",
    "<module>",
    "_",
    "__call__",
    "__class__",
    "__delitem__",
    "__enter__",
    "__exit__",
    "__getattr__",
    "__getitem__",
    "__hash__",
    "__init__",
    "__int__",
    "__iter__",
    "__len__",
    "__main__",
    "__module__",
    "__name__",
    "__new__",
    "__next__",
    "__qualname__",
    "__repr__",
    "__setitem__",
    "__str__",
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "EOFError",
    "Ellipsis",
    "Exception",
    "GeneratorExit",
    "ImportError",
    "IndentationError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "NameError",
    "NoneType",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "RuntimeError",
    "StopIteration",
    "SyntaxError",
    "SystemExit",
    "TypeError",
    "ValueError",
    "ZeroDivisionError",
    "abs",
    "all",
    "any",
    "append",
    "args",
    "bool",
    "builtins",
    "bytearray",
    "bytecode",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "clear",
    "close",
    "const",
    "copy",
    "count",
    "dict",
    "dir",
    "divmod",
    "end",
    "endswith",
    "eval",
    "exec",
    "extend",
    "find",
    "format",
    "from_bytes",
    "get",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "id",
    "index",
    "insert",
    "int",
    "isalpha",
    "isdigit",
    "isinstance",
    "islower",
    "isspace",
    "issubclass",
    "isupper",
    "items",
    "iter",
    "join",
    "key",
    "keys",
    "len",
    "list",
    "little",
    "locals",
    "lower",
    "lstrip",
    "main",
    "map",
    "micropython",
    "next",
    "object",
    "open",
    "ord",
    "pop",
    "popitem",
    "pow",
    "print",
    "range",
    "read",
    "readinto",
    "readline",
    "remove",
    "replace",
    "repr",
    "reverse",
    "rfind",
    "rindex",
    "round",
    "rsplit",
    "rstrip",
    "self",
    "send",
    "sep",
    "set",
    "setattr",
    "setdefault",
    "sort",
    "sorted",
    "split",
    "start",
    "startswith",
    "staticmethod",
    "step",
    "stop",
    "str",
    "strip",
    "sum",
    "super",
    "throw",
    "to_bytes",
    "tuple",
    "type",
    "update",
    "upper",
    "utf-8",
    "value",
    "values",
    "write",
    "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_static_name_finds_its_own_number() {
        for (i, name) in STATIC.iter().enumerate() {
            assert_eq!(static_id(name.as_bytes()), Some(i as u32 + 1), "{name}");
            assert_eq!(static_name(i as u32 + 1), Some(*name));
        }
        assert_eq!(static_name(LAST_STATIC), Some("zip"));
        assert_eq!(static_name(LAST_STATIC + 1), None);
    }
}
