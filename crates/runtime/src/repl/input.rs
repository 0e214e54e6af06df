//! Whether what was typed so far is a whole input.

/// Words that begin a statement with a block, which an empty line ends.
const BLOCKS: [&[u8]; 8] = [b"if", b"while", b"for", b"try", b"with", b"def", b"class", b"async"];

/// Whether more lines belong to `input`, lines as they were typed with `\n` between them: a string, a bracket or a line
/// is still open, or it is a statement with a block that no empty line has ended.
///
/// ```
/// use berus_runtime::repl::wants_more;
///
/// assert!(wants_more(b"print(1,"));
/// assert!(wants_more(b"if x:\n    y()"));
/// assert!(!wants_more(b"if x:\n    y()\n"));
/// ```
pub fn wants_more(input: &[u8]) -> bool {
    let Some(last) = input.last() else { return false };
    let open = Open::after(input);
    match open.quote {
        Some((_, true)) => return true,
        // A string that ends with its line is an error, not an open one.
        Some((_, false)) => {}
        None if open.brackets > 0 => return true,
        None => {}
    }
    *last == b'\\' && !open.comment || *last != b'\n' && begins_block(input)
}

/// What is open at the end of a text.
struct Open {
    /// The quote of a string, and whether there are three of it.
    quote: Option<(u8, bool)>,
    brackets: i32,
    comment: bool,
}

impl Open {
    fn after(text: &[u8]) -> Open {
        let mut open = Open { quote: None, brackets: 0, comment: false };
        let mut rest = text;
        while let [byte, after @ ..] = rest {
            rest = after;
            match (open.quote, byte) {
                _ if open.comment => open.comment = *byte != b'\n',
                (None, b'#') => open.comment = true,
                (None, b'(' | b'[' | b'{') => open.brackets += 1,
                (None, b')' | b']' | b'}') => open.brackets -= 1,
                (None, b'\'' | b'"') => {
                    let is_triple = after.starts_with(&[*byte, *byte]);
                    open.quote = Some((*byte, is_triple));
                    rest = if is_triple { &after[2..] } else { after };
                }
                (Some(_), b'\\') => rest = after.get(1..).unwrap_or_default(),
                (Some((_, false)), b'\n') => open.quote = None,
                (Some((quote, false)), _) if *byte == quote => open.quote = None,
                (Some((quote, true)), _) if *byte == quote && after.starts_with(&[quote, quote]) => {
                    open.quote = None;
                    rest = &after[2..];
                }
                _ => {}
            }
        }
        open
    }
}

fn begins_block(input: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let end = input.iter().position(|byte| !is_word(byte)).unwrap_or(input.len());
    input.starts_with(b"@") || BLOCKS.contains(&&input[..end])
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::wants_more;

    #[test]
    fn simple_statements_are_whole() {
        for input in [
            "",
            "x",
            "x = '('",
            r#"x = "\"(""#,
            "f()",
            "x = '''a'''",
            "'open",
            "iffy = 1",
            "classes",
            "# (",
            "x # '''",
            ")",
        ] {
            assert!(!wants_more(input.as_bytes()), "{input}");
        }
    }

    #[test]
    fn what_is_open_goes_on() {
        for input in
            ["f(", "[1,\n2", "{'a': '}'", "'''a", "\"\"\"a'''", "1 + \\", "'a\\", "'''\\'''", "x = [ # ]", "('\n"]
        {
            assert!(wants_more(input.as_bytes()), "{input}");
        }
    }

    #[test]
    fn an_empty_line_ends_a_block() {
        for word in ["if", "while", "for", "try:", "with", "def", "class", "async", "@"] {
            let input = format!("{word} x:\n  y");
            assert!(wants_more(input.as_bytes()), "{input}");
            assert!(!wants_more(format!("{input}\n").as_bytes()), "{input}");
        }
    }
}
