//! Errors of a program with the line that they are about.

use std::fmt::Write;

use berus_compiler::CompileError;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::output::style::{ERROR, FAINT};

/// The widest piece of a line that is shown.
const WIDTH: usize = 100;

/// Where the error is, as `name:line:column`, and what it is, with the line of the source.
pub fn describe(name: &str, source: &[u8], error: &CompileError) -> (String, String) {
    let Some(number) = error.line else { return (name.into(), error.to_string()) };
    let mut place = format!("{name}:{number}");
    let mut message = error.to_string();
    if let Some(block) = &error.block
        && !block.starts_with(b"<")
    {
        let _ = write!(message, " in {}", String::from_utf8_lossy(block));
    }
    if message.contains("invalid arch") {
        message += ": name the board's by --arch, or the board by --for";
    }
    let Some(line) = lines(source).nth((number as usize).saturating_sub(1)) else { return (place, message) };
    let text = String::from_utf8_lossy(&source[line.clone()]);
    // The compiler knows the byte of some errors, and of others only the line.
    let at = error.offset.map(|offset| offset as usize).filter(|at| (line.start..=line.end).contains(at));
    let (before, marked) = match at {
        Some(at) => {
            let before = String::from_utf8_lossy(&source[line.start..at]);
            let _ = write!(place, ":{}", before.chars().count() + 1);
            (before.chars().count(), 1)
        }
        None => {
            let before = text.chars().take_while(|c| c.is_whitespace()).count();
            (before, text.trim().chars().count())
        }
    };
    if !text.trim().is_empty() {
        message.push_str(&picture(number, &text, before, marked));
    }
    (place, message)
}

/// The line, with marks below the characters `before..before + marked`.
fn picture(number: u32, text: &str, before: usize, marked: usize) -> String {
    // Of a long line only what is around the marks.
    let start = before.saturating_sub(WIDTH / 2);
    let shown: String = text.chars().skip(start).take(WIDTH).map(printable).collect();
    let left = if start > 0 { "..." } else { "" };
    let right = if start + WIDTH < text.chars().count() { "..." } else { "" };
    let head: String = shown.chars().take(before - start).collect();
    let under: String = shown.chars().skip(before - start).take(marked).collect();
    // Tabs stand under tabs, so that they are as wide, whatever that is.
    let blank = |c: char| match c {
        '\t' => "\t".into(),
        c => " ".repeat(c.width().unwrap_or(1)),
    };
    let space: String = left.chars().chain(head.chars()).map(blank).collect();
    let marks = "^".repeat(under.width().max(1));
    let number = number.to_string();
    let margin = " ".repeat(number.len());
    format!(
        "\n{FAINT}{number} |{FAINT:#} {left}{shown}{right}\n{FAINT}{margin} |{FAINT:#} {space}{ERROR}{marks}{ERROR:#}"
    )
}

fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c }
}

/// The lines of a source, without their ends: a line feed, a carriage return, or both.
fn lines(source: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let end = source[start..].iter().position(|c| matches!(c, b'\n' | b'\r')).map(|len| start + len);
        next = end.map(|end| if source[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 });
        Some(start..end.unwrap_or(source.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(source: &str, error: &CompileError) -> (String, String) {
        let (place, message) = describe("a.py", source.as_bytes(), error);
        (place, anstream::adapter::strip_str(&message).to_string())
    }

    #[test]
    fn an_error_at_a_byte_is_marked() {
        let error = CompileError::syntax("invalid syntax").at_line(2).at_offset(10);
        let (place, message) = plain("x = 1\ny = )\n", &error);
        assert_eq!(place, "a.py:2:5");
        assert_eq!(message, "SyntaxError: invalid syntax\n2 | y = )\n  |     ^");
    }

    #[test]
    fn an_error_of_a_line_marks_the_line() {
        let error = CompileError { block: Some((*b"f").into()), ..CompileError::syntax("no").at_line(2) };
        let (place, message) = plain("x\r\n\tbreak\r\n", &error);
        assert_eq!(place, "a.py:2");
        assert_eq!(message, "SyntaxError: no in f\n2 | \tbreak\n  | \t^^^^^");
    }

    #[test]
    fn wide_characters_are_wide() {
        let error = CompileError::syntax("no").at_line(1).at_offset(10);
        assert_eq!(plain("x='日本'$", &error).1, "SyntaxError: no\n1 | x='日本'$\n  |         ^");
    }

    #[test]
    fn long_lines_are_cut() {
        let source = format!("{}$ + {}", "a + ".repeat(100), "b".repeat(100));
        let (place, message) = plain(&source, &CompileError::syntax("no").at_line(1).at_offset(400));
        assert_eq!(place, "a.py:1:401");
        let lines: Vec<_> = message.lines().collect();
        assert!(lines[1].len() < 120 && lines[1].contains("...") && lines[1].ends_with("..."));
        assert_eq!(lines[1].find('$'), lines[2].find('^'));
    }

    #[test]
    fn errors_beyond_the_end_or_without_a_line_have_no_picture() {
        let error = CompileError::syntax("no").at_line(3).at_offset(2);
        assert_eq!(plain("x\n", &error), ("a.py:3".into(), "SyntaxError: no".into()));
        assert_eq!(plain("x\n", &CompileError::syntax("no")), ("a.py".into(), "SyntaxError: no".into()));
    }
}
