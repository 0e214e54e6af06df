//! The names that C code uses, as `MP_QSTR_…`.
//!
//! A header, made before the code is compiled, gives each name a number: that of the format, or the place in the module's
//! own table of qstrs. The linker reads the header again to write that table. It is MicroPython's (`tools/mpy_ld.py`), so
//! that code for `py/dynruntime.h` compiles with it.

use std::collections::BTreeSet;
use std::fmt::Write;

use berus_mpy::qstr;

/// What names start with in C.
const PREFIX: &[u8] = b"MP_QSTR_";

/// The header for all names in `sources`.
pub fn header<'s>(sources: impl Iterator<Item = &'s [u8]>) -> String {
    let fixed: Vec<String> = qstr::STATIC.iter().map(|name| identifier(name)).collect();
    let mut own: BTreeSet<&str> = sources.flat_map(names).collect();
    for name in &fixed {
        own.remove(name.as_str());
    }

    let mut header = "#include <stdint.h>\ntypedef uintptr_t mp_off_t;\n".to_owned();
    let mut line = |name: &str, value: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = writeln!(header, "#define MP_QSTR_{name} ({value})");
    };
    fixed.iter().enumerate().for_each(|(i, name)| line(name, format_args!("{}", i + 1)));
    own.iter().enumerate().for_each(|(i, name)| line(name, format_args!("mp_native_qstr_table[{}]", i + 1)));
    header + "extern const uint16_t mp_native_qstr_table[];\nextern const uintptr_t mp_native_obj_table[];\n"
}

/// The same in Rust: a function for each name.
pub fn rust<'s>(sources: impl Iterator<Item = &'s [u8]>) -> String {
    let mut own: BTreeSet<&str> = sources.flat_map(names).collect();
    let mut text = "// Names for machine code, made by `berus link --preprocess`.\n".to_owned();
    let mut line = |name: &str, value: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "#[allow(non_snake_case)]\npub fn MP_QSTR_{name}() -> usize {{ {value} }}");
    };
    for (i, name) in qstr::STATIC.iter().enumerate() {
        let name = identifier(name);
        if own.remove(name.as_str()) {
            line(&name, format_args!("{}", i + 1));
        }
    }
    own.iter().enumerate().for_each(|(i, name)| line(name, format_args!("mp_native_qstr({})", i + 1)));
    text + "fn mp_native_qstr(index: usize) -> usize {
    unsafe extern \"C\" {
        static mp_native_qstr_table: u16;
    }
    // SAFETY: the linker gives the table an entry for each of the names above.
    usize::from(unsafe { *(&raw const mp_native_qstr_table).add(index) })
}
"
}

/// The names in such a text that the module's table of qstrs is for, in their order.
pub fn of_header(header: &[u8]) -> Vec<&str> {
    header.split(|&byte| byte == b'\n').filter_map(own_name).collect()
}

/// The name that a line defines as one of the module's own.
fn own_name(line: &[u8]) -> Option<&str> {
    let forms: [(&[u8], &[u8]); 2] = [(b"#define ", b" (mp_native_"), (b"pub fn ", b"() -> usize { mp_native_")];
    forms.into_iter().find_map(|(before, after)| {
        let rest = line.strip_prefix(before)?.strip_prefix(PREFIX)?;
        let (name, rest) = rest.split_at(identifier_len(rest));
        rest.starts_with(after).then_some(name).and_then(|name| std::str::from_utf8(name).ok())
    })
}

/// What follows each `MP_QSTR_` in a source.
fn names(source: &[u8]) -> impl Iterator<Item = &str> {
    let starts = source.windows(PREFIX.len()).enumerate().filter(|(_, window)| *window == PREFIX);
    starts.filter_map(|(i, _)| {
        let rest = &source[i + PREFIX.len()..];
        std::str::from_utf8(&rest[..identifier_len(rest)]).ok()
    })
}

fn identifier_len(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| byte == b'_' || byte.is_ascii_alphanumeric()).count()
}

/// A name of the format as part of an identifier (MicroPython: `py/makeqstrdata.py`, `qstr_escape`).
fn identifier(name: &str) -> String {
    let mut identifier = String::new();
    for c in name.chars() {
        let word = match c {
            ' ' => "space",
            '*' => "star",
            '/' => "slash",
            '<' => "lt",
            '>' => "gt",
            '-' => "hyphen",
            '\n' => "0x0a",
            _ => {
                identifier.push(c);
                continue;
            }
        };
        identifier.extend(["_", word, "_"]);
    }
    identifier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_numbers_the_names_of_all_sources() {
        let sources: [&[u8]; 2] = [b"f(MP_QSTR_zoo, MP_QSTR_print);MP_QSTR_a1_;\xff", b"MP_QSTR_zoo MP_QSTR__space_"];
        let header = header(sources.into_iter());
        assert!(header.contains("#define MP_QSTR_print (123)\n"));
        assert!(header.contains("#define MP_QSTR__lt_module_gt_ (7)\n"));
        assert_eq!(of_header(header.as_bytes()), ["a1_", "zoo"]);
        assert!(header.contains("#define MP_QSTR_zoo (mp_native_qstr_table[2])\n"));
    }

    #[test]
    fn there_is_the_same_for_rust() {
        let source: &[u8] = b"load(MP_QSTR_print()); store(MP_QSTR_spam()); store(MP_QSTR_egg());";
        let text = rust([source].into_iter());
        assert!(text.contains("pub fn MP_QSTR_print() -> usize { 123 }\n"));
        assert!(text.contains("pub fn MP_QSTR_spam() -> usize { mp_native_qstr(2) }\n"));
        assert_eq!(of_header(text.as_bytes()), ["egg", "spam"]);
    }

    #[test]
    fn all_names_of_the_format_are_identifiers() {
        for name in qstr::STATIC {
            let identifier = identifier(name);
            assert_eq!(identifier_len(identifier.as_bytes()), identifier.len(), "{name}");
        }
    }
}
