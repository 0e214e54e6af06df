//! Names and constants as text that is safe to print: whatever bytes a file holds, the text is printable, of one line,
//! and cannot be mistaken for something else.

use core::fmt::{self, Write};

use crate::constant::Constant;

/// A name as Python would show it: `print`, `<module>`, and in quotes if it is no such word: `'two words'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a>(pub &'a [u8]);

/// Text as a string of Python. Bytes that are not UTF-8, and only these, are written as `\x` and two digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a>(pub &'a [u8]);

/// Data as a bytes object of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes<'a>(pub &'a [u8]);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| is_printable(c) && (c.is_alphanumeric() || "_.<>*/-?".contains(c));
        match core::str::from_utf8(head(self.0)) {
            Ok(name) if !name.is_empty() && name.len() == self.0.len() && name.chars().all(plain) => f.write_str(name),
            _ => Str(self.0).fmt(f),
        }
    }
}

impl fmt::Display for Str<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = quote_for(self.0);
        f.write_char(quote)?;
        let mut rest = self.0;
        while !rest.is_empty() {
            let next = head(rest);
            // A character that the part looked at cuts off is looked at again with its other bytes.
            let (valid, invalid) = match core::str::from_utf8(next) {
                Ok(text) => (text.len(), 0),
                Err(error) => {
                    let is_end = next.len() == rest.len();
                    let left = if is_end { next.len() - error.valid_up_to() } else { 0 };
                    (error.valid_up_to(), error.error_len().unwrap_or(left))
                }
            };
            for c in core::str::from_utf8(&next[..valid]).unwrap_or_default().chars() {
                escape(f, c, quote)?;
            }
            for byte in &next[valid..valid + invalid] {
                write!(f, "\\x{byte:02x}")?;
            }
            rest = &rest[valid + invalid..];
        }
        f.write_char(quote)
    }
}

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = quote_for(self.0);
        write!(f, "b{quote}")?;
        for &byte in self.0 {
            match byte {
                b'\n' | b'\r' | b'\t' | b'\\' | b' '..=b'~' => escape(f, byte.into(), quote)?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char(quote)
    }
}

/// The part of a text that is looked at before any of it is written. Writing may stop soon: a caller that writes many
/// long texts into little room should not pay for the whole of each.
fn head(text: &[u8]) -> &[u8] {
    &text[..text.len().min(MAX_LOOK)]
}

const MAX_LOOK: usize = 256;

/// The quote that Python takes: single, unless single quotes and no double ones are inside.
fn quote_for(text: &[u8]) -> char {
    let text = head(text);
    if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' }
}

fn escape(f: &mut fmt::Formatter<'_>, c: char, quote: char) -> fmt::Result {
    match c {
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\\' => f.write_str("\\\\"),
        _ if c == quote => write!(f, "\\{c}"),
        _ if is_printable(c) => f.write_char(c),
        _ if (c as u32) < 0x1_0000 => write!(f, "\\u{:04x}", c as u32),
        _ => write!(f, "\\U{:08x}", c as u32),
    }
}

/// Whether `c` shows as itself: no control or format character, no combining mark, nothing unassigned.
fn is_printable(c: char) -> bool {
    // For its debug output Rust escapes exactly the characters that are not printable, and besides only printable
    // ASCII.
    c.is_ascii_graphic() || c.escape_debug().len() == 1
}

/// A constant as an expression of Python: `(1, 'two', b'3')`. A number that is not decimal text is shown quoted.
impl fmt::Display for Constant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constant::FunctionTable => f.write_str("<function table>"),
            Constant::None => f.write_str("None"),
            Constant::False => f.write_str("False"),
            Constant::True => f.write_str("True"),
            Constant::Ellipsis => f.write_str("..."),
            Constant::Str(text) => Str(text).fmt(f),
            Constant::Bytes(data) => Bytes(data).fmt(f),
            Constant::Int(text) | Constant::Float(text) | Constant::Complex(text) => number(f, self, text),
            Constant::Tuple(items) => {
                f.write_char('(')?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}

fn number(f: &mut fmt::Formatter<'_>, constant: &Constant<'_>, text: &[u8]) -> fmt::Result {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.()".contains(byte);
    if text.is_empty() || !head(text).iter().all(plain) {
        return write!(f, "{}({})", constant.kind_name(), Str(text));
    }
    text.iter().try_for_each(|&byte| escape(f, byte.into(), '\''))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn names_are_plain_where_they_can_be() {
        assert_eq!(Name(b"__init__").to_string(), "__init__");
        assert_eq!(Name(b"<listcomp>").to_string(), "<listcomp>");
        assert_eq!(Name("größe".as_bytes()).to_string(), "größe");
        assert_eq!(Name(b"").to_string(), "''");
        assert_eq!(Name(b"two words").to_string(), "'two words'");
    }

    #[test]
    fn nothing_reaches_the_terminal_unescaped() {
        assert_eq!(Str(b"a\x1b[31m\n\\").to_string(), r"'a\u001b[31m\n\\'");
        assert_eq!(Str("\u{202e}\u{300}\u{e0001}".as_bytes()).to_string(), r"'\u202e\u0300\U000e0001'");
        assert_eq!(Str(b"\xff\xc3").to_string(), r"'\xff\xc3'");
        assert_eq!(Name("a\u{200b}b".as_bytes()).to_string(), r"'a\u200bb'");
        assert_eq!(Bytes(b"\x00\xff'\"").to_string(), r#"b'\x00\xff\'"'"#);
        assert_eq!(Str(b"it's").to_string(), r#""it's""#);
        assert_eq!(Str("ö".as_bytes().split_last().unwrap().1).to_string(), r"'\xc3'");
    }

    #[test]
    fn long_texts_are_as_safe() {
        for shift in 0..4 {
            let text = "x".repeat(shift) + &"größer €\u{1f40d}".repeat(100);
            assert_eq!(Str(text.as_bytes()).to_string(), alloc::format!("'{text}'"));
            let mut bytes = text.into_bytes();
            bytes.push(0xe2);
            bytes.extend(b"\xff\x1b");
            assert!(Str(&bytes).to_string().ends_with(r"\xe2\xff\u001b'"));
        }
    }

    #[test]
    fn constants_are_expressions() {
        let one = Constant::Int(b"1"[..].into());
        let tuple = Constant::Tuple(vec![one.clone(), Constant::Tuple(vec![one]), Constant::Str(b"x"[..].into())]);
        assert_eq!(tuple.to_string(), "(1, (1,), 'x')");
        assert_eq!(Constant::Tuple(vec![]).to_string(), "()");
        assert_eq!(Constant::Float(b"-1.5e-07"[..].into()).to_string(), "-1.5e-07");
        assert_eq!(Constant::Int(b"1\n"[..].into()).to_string(), r"int('1\n')");
    }
}
