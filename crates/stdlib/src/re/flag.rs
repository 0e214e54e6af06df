//! Flags of regular expressions, by Python's numbers and letters.

/// Letters are matched by those of the other case, too.
pub const IGNORE_CASE: isize = 2;
/// `^` and `$` are where lines begin and end, too.
pub const MULTILINE: isize = 8;
/// `.` takes the end of a line, too: here always so.
pub const DOT_ALL: isize = 16;
/// Names of classes mean all letters of Unicode: never so here.
pub const UNICODE: isize = 32;
/// Space in the pattern means nothing, and `#` begins a comment.
pub const VERBOSE: isize = 64;
/// Names of classes mean ASCII's letters: here always so.
pub const ASCII: isize = 256;

/// The flag that a letter in a pattern means.
pub fn of_letter(letter: u8) -> Option<isize> {
    Some(match letter {
        b'i' => IGNORE_CASE,
        b'm' => MULTILINE,
        b's' => DOT_ALL,
        b'u' => UNICODE,
        b'x' => VERBOSE,
        b'a' => ASCII,
        _ => return None,
    })
}
