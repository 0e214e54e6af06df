//! Syntax errors and their lines.

use crate::show::{error, parse, try_tree};
use berus_compiler::Options;

#[test]
fn an_error_has_the_line_of_the_token_that_does_not_fit() {
    assert_eq!(error("a\nb c\n"), "2: SyntaxError: invalid syntax");
    assert_eq!(error("f(a,\n  b\nc)\n"), "3: SyntaxError: invalid syntax");
    assert_eq!(error("(\n\n"), "3: SyntaxError: invalid syntax");
    assert_eq!(error(")\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("$\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("if a\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("def f(:\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("a, = \n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error(b"a\n\0\n"), "2: SyntaxError: invalid syntax");
}

#[test]
fn indentation() {
    assert_eq!(error(" a\n"), "1: IndentationError: unexpected indent");
    assert_eq!(error("a\n  b\n"), "2: IndentationError: unexpected indent");
    assert_eq!(error("if a:\nb\n"), "2: SyntaxError: invalid syntax");
    assert_eq!(error("if a:\n    b\n  c\n"), "2: IndentationError: unindent doesn't match any outer indent level");
}

#[test]
fn numbers() {
    let integer = |base, digits| format!("1: SyntaxError: invalid syntax for integer with base {base}: '{digits}'");
    assert_eq!(error("09\n"), integer(0, "09"));
    assert_eq!(error("0b12\n"), integer(2, "12"));
    assert_eq!(error("0x\n"), integer(16, ""));
    assert_eq!(error("1if a else b\n"), integer(10, "1if"));
    assert_eq!(error("1e\n"), "1: SyntaxError: invalid syntax for number");
    assert_eq!(error("1.5.5\n"), "1: SyntaxError: invalid syntax for number");
    assert_eq!(error("1else\n"), "1: SyntaxError: invalid syntax for number");
}

#[test]
fn a_name_has_at_most_255_bytes() {
    assert_eq!(error("a".repeat(256)), "RuntimeError: name too long");
    assert!(try_tree("a".repeat(255).as_bytes(), &Options::default()).is_ok());
}

#[test]
fn an_error_knows_its_place_in_the_source() {
    let offset = |source: &str| try_tree(source.as_bytes(), &Options::default()).map_err(|error| error.offset);
    assert_eq!(offset("a\nif b c\n"), Err(Some(7)));
    assert_eq!(offset("x = '\\N{a}'\n"), Err(Some(6)));
    assert_eq!(offset("x = 0o8\n"), Err(Some(4)));
    assert_eq!(offset("f(\n"), Err(Some(3)));
    assert_eq!(offset("if a:\n    b\n  c\n"), Err(Some(14)));
    // What is wrong within an f-string is wrong with all of it.
    assert_eq!(offset("x = 1 + f'{a b}' + c\n"), Err(Some(8)));
    assert_eq!(offset("x = 1 + f'{a}{f\"{b c}\"}' + c\n"), Err(Some(8)));
}

#[test]
fn depth_is_not_limited_by_the_stack() {
    let deep = 30_000;
    let options = Options::default();
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("lambda:", ""), ("f(", ")"), ("{1:", "}")] {
        let source = format!("{}x{}", open.repeat(deep), close.repeat(deep));
        assert!(parse(source.as_bytes(), &options).is_ok(), "{open}");
    }
    let tuples = format!("{}{}", "(".repeat(deep), ",)".repeat(deep));
    assert!(parse(tuples.as_bytes(), &options).is_err());
    let source = format!("x = {}1{}", "(".repeat(deep), ",)".repeat(deep));
    assert!(parse(source.as_bytes(), &options).is_ok());
}
