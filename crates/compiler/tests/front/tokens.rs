//! Lines, indentation, names, numbers and operators.

use crate::show::{error, expression, lines, tree, try_tree};
use berus_compiler::Options;

#[test]
fn every_kind_of_line_end_ends_a_line() {
    let unix = lines("if a:\n  b\nc\n");
    assert_eq!(lines("if a:\r\n  b\r\nc\r\n"), unix);
    assert_eq!(lines("if a:\r  b\rc\r"), unix);
    assert_eq!(lines("if a:\n  b\nc"), unix);
}

#[test]
fn an_empty_source_is_an_empty_module() {
    assert_eq!(tree(""), "(FileInput -)");
    assert_eq!(tree("\n\n  # comment\n"), "NEWLINE");
}

#[test]
fn brackets_and_backslashes_join_lines() {
    assert_eq!(tree("f(a,\n\n# comment\n  b)\n"), tree("f(a, b)\n"));
    assert_eq!(tree("a + \\\n  b\n"), tree("a + b\n"));
    assert_eq!(tree("\\\na\n"), tree("a\n"));
    assert_eq!(error("a \\ \n"), "1: SyntaxError: invalid syntax");
}

#[test]
fn a_tab_goes_to_the_next_multiple_of_eight() {
    assert_eq!(tree("if a:\n\tb\n        c\n"), tree("if a:\n  b\n  c\n"));
    assert_eq!(tree("if a:\n   \tb\n        c\n"), tree("if a:\n  b\n  c\n"));
    assert_eq!(error("if a:\n\tb\n    c\n"), "2: IndentationError: unindent doesn't match any outer indent level");
}

#[test]
fn blank_lines_do_not_count_as_indentation() {
    assert_eq!(tree("if a:\n  b\n\n# comment\n      # comment\n\t\n  c\n"), tree("if a:\n  b\n  c\n"));
}

#[test]
fn bytes_beyond_ascii_are_letters() {
    assert_eq!(tree("été = ñ\n"), "(ExprStmt été ñ)");
    assert_eq!(try_tree(b"\xff\xfe = 1\n", &Options::default()).as_deref(), Ok("(ExprStmt \u{fffd}\u{fffd} 1)"));
}

#[test]
fn keywords_are_not_names() {
    assert_eq!(expression("None"), "None");
    assert_eq!(expression("nonet"), "nonet");
    assert_eq!(error("a.None\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("pass = 1\n"), "1: SyntaxError: invalid syntax");
}

#[test]
fn debug_is_true_until_optimised() {
    let optimised = Options { optimise: 1, ..Options::default() };
    assert_eq!(expression("__debug__"), "True");
    assert_eq!(try_tree(b"x = __debug__", &optimised).as_deref(), Ok("(ExprStmt x False)"));
}

#[test]
fn operators_are_as_long_as_they_can_be() {
    assert_eq!(tree("a **= b // c << d\n"), "(ExprStmt a (ExprStmtAugAssign **= (ShiftExpr (Term b // c) << d)))");
    assert_eq!(expression("a<-b"), "(Comparison a < (Factor2 - b))");
    assert_eq!(expression("a if b<=c!=d else..."), "(TestIfExpr a (TestIfElse (Comparison b <= c != d) ...))");
    assert_eq!(expression("(a:=b)"), "(NamedExprTest a b)");
    assert_eq!(error("a <> b\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("a..b\n"), "1: SyntaxError: invalid syntax");
}

#[test]
fn numbers_of_every_kind() {
    assert_eq!(expression("0x1_F"), "31");
    assert_eq!(expression("0B11"), "3");
    assert_eq!(expression("1_000"), "1000");
    assert_eq!(expression("1e3"), "#1000.0");
    assert_eq!(expression("1E-3"), "#0.001");
    assert_eq!(expression(".5"), "#0.5");
    assert_eq!(expression("5."), "#5.0");
    assert_eq!(expression("2j"), "#2j");
    assert_eq!(expression("1_0.2_5J"), "#10.25j");
    assert_eq!(expression("1 .real"), "(AtomExprNormal 1 (TrailerPeriod real))");
}

#[test]
fn an_integer_is_small_if_the_target_can_hold_it() {
    let show = |source: &[u8], bits| {
        try_tree(source, &Options { small_int_bits: bits, ..Options::default() }).expect("a program")
    };
    assert_eq!(show(b"x = 0x3fff_ffff", 31), "(ExprStmt x 1073741823)");
    assert_eq!(show(b"x = 0x4000_0000", 31), "(ExprStmt x #1073741824)");
    assert_eq!(show(b"x = -0x4000_0000", 31), "(ExprStmt x -1073741824)");
    assert_eq!(show(b"x = 0x4000", 15), "(ExprStmt x #16384)");
    assert_eq!(show(b"x = 0x3fff_ffff_ffff_ffff", 63), "(ExprStmt x 4611686018427387903)");
    assert_eq!(show(b"x = 0x4000_0000_0000_0000", 63), "(ExprStmt x #4611686018427387904)");
    // Negated, the object that this is stays an object.
    assert_eq!(show(b"x = -0x4000_0000_0000_0000", 63), "(ExprStmt x #-4611686018427387904)");
    assert_eq!(show(b"x = ~0x3fff_ffff_ffff_ffff", 63), "(ExprStmt x -4611686018427387904)");
}
