//! String and bytes literals.

use crate::show::{error, expression, lines, tree, try_tree};
use berus_compiler::memory::Quota;
use berus_compiler::names::Names;
use berus_compiler::tree::Value;
use berus_compiler::{Options, parse};

#[test]
fn quotes_and_prefixes() {
    assert_eq!(expression("'a\"b'"), r#""a\"b""#);
    assert_eq!(expression("\"\"\"a\"b\"\"\""), r#""a\"b""#);
    assert_eq!(expression("''"), r#""""#);
    assert_eq!(expression("u'a'"), r#""a""#);
    assert_eq!(expression("b'a'"), r##"#b"a""##);
    assert_eq!(expression(r"r'\n'"), r#""\\n""#);
    assert_eq!(expression(r"rb'\n'"), r##"#b"\\n""##);
    assert_eq!(expression(r"br'\''"), r##"#b"\\\'""##);
    assert_eq!(error("R'a'\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("ur'a'\n"), "1: SyntaxError: invalid syntax");
}

#[test]
fn escapes() {
    assert_eq!(expression(r#""\a\b\t\n\v\f\r""#), r#""\x07\x08\t\n\x0b\x0c\r""#);
    assert_eq!(expression(r#""\\\'\"""#), r#""\\\'\"""#);
    assert_eq!(expression(r#""\x41\101\60\0""#), r#""AA0\x00""#);
    assert_eq!(expression(r#""\1234""#), r#""S4""#);
    assert_eq!(expression(r#""\u00e9\U0001f600""#), r#""\xc3\xa9\xf0\x9f\x98\x80""#);
    assert_eq!(expression(r#""\ud800""#), r#""\xed\xa0\x80""#);
    assert_eq!(expression("'a\\\nb'"), r#""ab""#);
    assert_eq!(expression(r"b'\xff\u1234'"), r##"#b"\xff\\u1234""##);
}

#[test]
fn what_is_no_escape_keeps_its_backslash() {
    assert_eq!(expression(r"'\d\8'"), r#""\\d\\8""#);
    // A byte from 0x80 after the backslash is taken for a character of that number.
    assert_eq!(expression("'\\é'"), r#""\\\xc3\x83\xa9""#);
}

#[test]
fn wrong_escapes() {
    for source in [r"'\x4'", r"'\xg0'", r"'\u12'", r"'\U00110000'", r"b'\400'", "'a", "'a\nb'", "'''a''", r"'a\'"] {
        assert_eq!(error(source), "1: SyntaxError: invalid syntax", "{source}");
    }
    assert_eq!(error(r"'\N{DIGIT ONE}'"), "NotImplementedError: unicode name escapes");
}

#[test]
fn literals_in_a_row_are_one() {
    assert_eq!(expression("'a' \"b\" r'\\n'"), r#""ab\\n""#);
    assert_eq!(expression("('a'\n  # comment\n 'b')"), r#""ab""#);
    assert_eq!(expression("b'a' rb'b'"), r##"#b"ab""##);
    assert_eq!(error("'a' b'b'\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("'a'\n'b'c\n"), "2: SyntaxError: invalid syntax");
}

#[test]
fn bytes_of_the_source_are_kept() {
    let show = |source: &[u8]| try_tree(source, &Options::default()).expect("a program");
    assert_eq!(show(b"x = '\xff\xfe'"), r#"(ExprStmt x "\xff\xfe")"#);
    assert_eq!(show(b"x = '''a\r\nb\rc'''"), r#"(ExprStmt x "a\nb\nc")"#);
    // But for NUL, which ends C strings.
    assert_eq!(show(b"x = 'a\0b'"), r#"(ExprStmt x "a\x01b")"#);
}

#[test]
fn short_strings_are_names_and_long_ones_are_not() {
    assert_eq!(expression("'ten bytes!'"), r#""ten bytes!""#);
    assert_eq!(expression("'eleven byte'"), r##"#"eleven byte""##);
}

#[test]
fn a_long_string_is_a_name_if_it_is_one_already() {
    // It is a static name of the format, one built into mpy-cross, or an identifier before it.
    assert_eq!(expression("'AttributeError'"), r#""AttributeError""#);
    assert_eq!(expression("'maximum recursion depth exceeded'"), r#""maximum recursion depth exceeded""#);
    assert_eq!(
        tree("identifier_x\n'identifier_x', 'identifier_y'\nidentifier_y\n"),
        tree("identifier_x\n('identifier_x', 'identifier_y')\nidentifier_y\n"),
    );
    assert_eq!(expression("identifier + 'identifier'"), r#"(ArithExpr identifier + "identifier")"#);
    assert_eq!(expression("'identifier' + identifier"), r#"(ArithExpr "identifier" + identifier)"#);
    assert_eq!(expression("identifier_x + 'identifier_x'"), r#"(ArithExpr identifier_x + "identifier_x")"#);
    assert_eq!(expression("'identifier_x' + identifier_x"), r##"(ArithExpr #"identifier_x" + identifier_x)"##);
}

#[test]
fn the_name_of_the_source_is_a_name() {
    let quota = Quota::default();
    let mut names = Names::new(&quota).unwrap();
    names.intern(b"long_file_name.py", &quota).unwrap();
    let source = b"x = 'long_file_name.py'";
    let tree = parse(source, &mut names, &Options::default(), &quota).expect("a program");
    assert!(matches!(tree.value(tree.child(tree.root(), 1)), Some(Value::Name(_))));
}

#[test]
fn lines_within_a_string_count() {
    assert_eq!(lines("'''a\nb''' + c\nd\n"), {
        "(FileInput2@1 (ExprStmt@1 (ArithExpr@1 \"a\\nb\" + c) -) (ExprStmt@3 d -))"
    });
}
