//! Folding, and `const()`.

use crate::show::{error, expression, tree};

#[test]
fn arithmetic_on_numbers_is_done_at_once() {
    assert_eq!(expression("1 + 2 * 3 - 4"), "3");
    assert_eq!(expression("7 // 2 % 2 << 4 | 1"), "17");
    assert_eq!(expression("6 ^ 3 & 1"), "7");
    assert_eq!(expression("-(~5)"), "6");
    assert_eq!(expression("2 ** 10"), "1024");
    assert_eq!(expression("10 ** 20"), "#100000000000000000000");
    assert_eq!(expression("1 / 4"), "#0.25");
    assert_eq!(expression("2 ** -1"), "#0.5");
    assert_eq!(expression("1.5 + 2"), "#3.5");
    assert_eq!(expression("-0.0"), "#-0.0");
    assert_eq!(expression("10 ** 20 / 3"), "#3.333333333333333e+19");
}

#[test]
fn all_operands_of_a_chain_must_be_numbers() {
    assert_eq!(expression("1 + 2 + a"), "(ArithExpr 1 + 2 + a)");
    assert_eq!(expression("a * 2 * 3"), "(Term a * 2 * 3)");
    assert_eq!(expression("True + 1"), "(ArithExpr True + 1)");
    assert_eq!(expression("'a' + 'b'"), r#"(ArithExpr "a" + "b")"#);
    assert_eq!(expression("1j * 2"), "(Term #1j * 2)");
    assert_eq!(expression("1 < 2"), "(Comparison 1 < 2)");
}

#[test]
fn what_would_fail_is_left_for_later() {
    assert_eq!(expression("1 // 0"), "(Term 1 // 0)");
    assert_eq!(expression("1 << -1"), "(ShiftExpr 1 << -1)");
    assert_eq!(expression("0 ** -1"), "(Power 0 -1)");
    assert_eq!(expression("1 @ 2"), "(Term 1 @ 2)");
    assert_eq!(expression("~1.5"), "(Factor2 ~ #1.5)");
    assert_eq!(expression("(-8) ** 0.5"), "(Power -8 #0.5)");
    assert_eq!(expression("1 << 10 ** 10"), "(ShiftExpr 1 << #10000000000)");
    assert_eq!(expression("2 ** 10 ** 10"), "(Power 2 #10000000000)");
}

#[test]
fn logic_stops_at_what_decides_it() {
    assert_eq!(expression("0 or a or 1 or b"), "(OrTest a 1)");
    assert_eq!(expression("1 and a and '' and b"), r#"(AndTest a "")"#);
    assert_eq!(expression("1 or a"), "1");
    assert_eq!(expression("0 or ''"), r#""""#);
    assert_eq!(expression("None and a"), "None");
    assert_eq!(expression("not 0.0"), "True");
    assert_eq!(expression("not (1, 2)"), "False");
    assert_eq!(expression("not ()"), "True");
    assert_eq!(expression("not ..."), "False");
    assert_eq!(expression("not a"), "(NotTest2 a)");
}

#[test]
fn tuples_of_constants_are_constants() {
    assert_eq!(expression("(1, 'a', None)"), r##"#(1 "a" None)"##);
    assert_eq!(expression("1, 2.5"), "#(1 2.5)");
    assert_eq!(expression("(1,)"), "#(1)");
    assert_eq!(expression("((1, 2), (), b'')"), r##"#((1 2) () b"")"##);
    assert_eq!(expression("a[1, 2]"), "(AtomExprNormal a (TrailerBracket #(1 2)))");
    assert_eq!(tree("x = 1, 2\n"), "(ExprStmt x #(1 2))");
    assert_eq!(expression("(1, a)"), "(AtomParen (TestListComp 1 a))");
    assert_eq!(expression("[(1, 2), 3]"), "(AtomBracket (TestListComp #(1 2) 3))");
}

#[test]
fn the_numbers_of_the_math_module_are_known() {
    assert_eq!(expression("math.pi"), "#3.141592653589793");
    assert_eq!(expression("2 * math.e"), "#5.43656365691809");
    assert_eq!(expression("-math.inf"), "#-inf");
    assert_eq!(expression("math.sin"), "(AtomExprNormal math (TrailerPeriod sin))");
    assert_eq!(expression("math.pi.real"), {
        "(AtomExprNormal math (AtomExprTrailers (TrailerPeriod pi) (TrailerPeriod real)))"
    });
}

#[test]
fn declared_constants_replace_their_names() {
    assert_eq!(tree("A = const(5)\nx = A * 2\n"), "(FileInput2 (ExprStmt A 5) (ExprStmt x 10))");
    assert_eq!(tree("_A = const(5)\nx = _A\n"), "(FileInput2 (PassStmt) (ExprStmt x 5))");
    assert_eq!(tree("A: int = const(5)\nA\n"), "(FileInput2 (ExprStmt A 5) (PassStmt))");
    assert_eq!(tree("_S = const('text')\nf(_S)\n"), {
        r##"(FileInput2 (PassStmt) (ExprStmt (AtomExprNormal f (TrailerParen #"text")) -))"##
    });
    assert_eq!(tree("_T = const((1, 2.5))\nx = _T, ()\n"), "(FileInput2 (PassStmt) (ExprStmt x #((1 2.5) ())))");
    assert_eq!(tree("_A = const(1)\n_A = const(2)\nx = _A\n"), {
        // The second is no declaration, because its name is a 1 already.
        "(FileInput2 (PassStmt) (ExprStmt 1 (AtomExprNormal const (TrailerParen 2))) (ExprStmt x 1))"
    });
}

#[test]
fn only_a_plain_use_of_a_declared_name_is_replaced() {
    assert_eq!(tree("_A = const(5)\nx._A(_A=1)\n"), {
        "(FileInput2 (PassStmt) (ExprStmt (AtomExprNormal x (AtomExprTrailers (TrailerPeriod _A) (TrailerParen \
         (Argument 5 1)))) -))"
    });
    assert_eq!(tree("_A = const(5)\nimport _A\n"), "(FileInput2 (PassStmt) (ImportName _A))");
}

#[test]
fn const_wants_one_constant() {
    assert_eq!(error("A = const(a)\n"), "1: SyntaxError: not a constant");
    assert_eq!(error("\n\nA = const(1, 2)\n"), "3: SyntaxError: not a constant");
    assert_eq!(error("A = const()\n"), "1: SyntaxError: not a constant");
    // Anything else is a call like others.
    assert_eq!(tree("A.b = const(a)\n"), {
        "(ExprStmt (AtomExprNormal A (TrailerPeriod b)) (AtomExprNormal const (TrailerParen a)))"
    });
    assert_eq!(tree("A = b = const(a)\n"), {
        "(ExprStmt A (ExprStmtAssignList b (AtomExprNormal const (TrailerParen a))))"
    });
}

#[test]
fn a_constant_that_is_used_again_outlives_what_is_folded() {
    assert_eq!(
        tree("_A = const(1.5)\nx = _A * 2, _A\n'docstring of some length'\ny = _A, 2.5 * 2, 3.5\n"),
        "(FileInput2 (PassStmt) (ExprStmt x #(3.0 1.5)) (PassStmt) (ExprStmt y #(1.5 5.0 3.5)))"
    );
}
