//! Files that were taken for modules by mistake.

use berus_compiler::Options;

/// How files of other kinds begin, what they are, and what helps.
const OTHERS: &[(&[u8], &str)] = &[
    (b"\x7fELF", "an ELF file: berus link makes modules of object files"),
    (b"!<arch>\n", "an archive of object files: berus link takes it beside object files"),
    (b"\xd2\xcd\x31", "a ROM image: berus romfs lists and extracts what is in it"),
    (b"UF2\n", "a firmware image in UF2"),
    (b"PK\x03\x04", "a ZIP archive, as wheels are"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"\0asm", "a WebAssembly module"),
    (b"MZ", "a program or library for Windows"),
    (b"\xcf\xfa\xed\xfe", "a program or library for macOS"),
];

/// A longer text is not tried as a program.
const MOST_TRIED: usize = 1 << 20;

/// What `bytes` are and what helps, if they are a file of a kind that is known, but no module.
pub fn described(bytes: &[u8]) -> Option<String> {
    let what = if let Some((_, what)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        what
    } else if matches!(bytes, [_, 0x0c..=0x0e, b'\r', b'\n', ..]) {
        // The magic number of CPython's compiled files: a number of 16 bits in the thousands, then an end of line.
        "a file that CPython compiled (.pyc): compile its source"
    } else if is_text(bytes) {
        if is_program(bytes) { "Python source: berus compile makes a module of it" } else { "text" }
    } else {
        return None;
    };
    Some(format!("not an .mpy file, but {what}"))
}

/// Whether the bytes are text: UTF-8 without control characters but those of layout. No module is: its second byte is a version.
fn is_text(bytes: &[u8]) -> bool {
    let is_layout = |c| matches!(c, '\t' | '\n' | '\r' | '\x0c');
    str::from_utf8(bytes).is_ok_and(|text| !text.contains(|c: char| c.is_control() && !is_layout(c)))
}

/// Whether a text is a Python program.
fn is_program(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.len() <= MOST_TRIED && berus_compiler::compile(bytes, &Options::default()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::described;

    #[test]
    fn mistakes_are_told_apart() {
        for (bytes, what) in [
            (&b"\x7fELF\x01\x01"[..], "an ELF file"),
            (b"print('Hello')\n", "Python source"),
            (b"\xef\xbb\xbfx = 'gr\xc3\xb6\xc3\x9fer'\r\n", "Python source"),
            (b"<html>\n", "text"),
            (b"\xa7\x0d\x0d\x0a\0\0\0\0", "a file that CPython compiled"),
            (b"\xd2\xcd\x31\x00", "a ROM image"),
            (b"PK\x03\x04\x14\0", "a ZIP archive"),
        ] {
            let text = described(bytes).unwrap();
            assert!(text.starts_with(&format!("not an .mpy file, but {what}")), "{text}");
        }
        for module in [&b"M\x06\x00\x1f\x01"[..], b"M\x05\x02\x1f", b"\xff\xfe\x00", b"M\x07"] {
            assert_eq!(described(module), None, "{module:?}");
        }
    }
}
