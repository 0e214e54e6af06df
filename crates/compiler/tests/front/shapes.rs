//! The nodes of every construct.

use crate::show::{expression, lines, tree, try_tree};
use berus_compiler::{Mode, Options};

#[test]
fn operands_are_not_wrapped() {
    assert_eq!(expression("a"), "a");
    assert_eq!(expression("((a))"), "a");
    assert_eq!(expression("a + b * c"), "(ArithExpr a + (Term b * c))");
    assert_eq!(expression("(a + b) * c"), "(Term (ArithExpr a + b) * c)");
    assert_eq!(expression("a ** -b"), "(Power a (Factor2 - b))");
    assert_eq!(expression("not a"), "(NotTest2 a)");
    assert_eq!(expression("a or b and c or d"), "(OrTest a (AndTest b c) d)");
    assert_eq!(expression("a | b ^ c & d"), "(Expr a (XorExpr b (AndExpr c d)))");
    assert_eq!(expression("a is not b not in c"), "(Comparison a (CompOpIs (CompOpIsNot)) b (CompOpNotIn) c)");
}

#[test]
fn calls_and_subscripts() {
    assert_eq!(expression("f()"), "(AtomExprNormal f (TrailerParen -))");
    assert_eq!(
        expression("a.b(c)[d]"),
        "(AtomExprNormal a (AtomExprTrailers (TrailerPeriod b) (TrailerParen c) (TrailerBracket d)))"
    );
    assert_eq!(
        expression("f(a, b=c, *d, **e, g:=h)"),
        "(AtomExprNormal f (TrailerParen (ArgList a (Argument b c) (ArgListStar d) (ArgListDblStar e) \
         (Argument g (Argument3 h)))))"
    );
    assert_eq!(expression("f(a,)"), "(AtomExprNormal f (TrailerParen (ArgList a)))");
    assert_eq!(expression("a[b:c:d, e]"), {
        "(AtomExprNormal a (TrailerBracket (SubscriptList (Subscript2 b (Subscript3 (Subscript3d c (SliceOp d)))) e)))"
    });
    assert_eq!(expression("a[:]"), "(AtomExprNormal a (TrailerBracket (Subscript3 -)))");
    assert_eq!(expression("a[::b]"), "(AtomExprNormal a (TrailerBracket (Subscript3 (Subscript3c b))))");
    assert_eq!(expression("await a.b"), "(AtomExprAwait a (TrailerPeriod b))");
}

#[test]
fn displays() {
    assert_eq!(expression("()"), "(AtomParen -)");
    assert_eq!(expression("(a,)"), "(AtomParen (TestListComp a))");
    assert_eq!(expression("(a, b)"), "(AtomParen (TestListComp a b))");
    assert_eq!(expression("(a, b,)"), "(AtomParen (TestListComp a b))");
    assert_eq!(expression("(a, b, c)"), "(AtomParen (TestListComp a b c))");
    assert_eq!(expression("[]"), "(AtomBracket -)");
    assert_eq!(expression("[a]"), "(AtomBracket a)");
    assert_eq!(expression("[a, *b]"), "(AtomBracket (TestListComp a (StarExpr b)))");
    assert_eq!(expression("[1, 2, 3]"), "(AtomBracket (TestListComp 1 2 3))");
    assert_eq!(expression("{}"), "(AtomBrace -)");
    assert_eq!(expression("{a: b}"), "(AtomBrace (DictOrSetMakerItem a b))");
    assert_eq!(expression("{a, b}"), "(AtomBrace (DictOrSetMaker a (DictOrSetMakerList b)))");
    assert_eq!(
        expression("{a: b, c: d, e: f}"),
        "(AtomBrace (DictOrSetMaker (DictOrSetMakerItem a b) (DictOrSetMakerList (DictOrSetMakerList2 \
         (DictOrSetMakerItem c d) (DictOrSetMakerItem e f)))))"
    );
}

#[test]
fn comprehensions_and_lambdas() {
    assert_eq!(
        expression("[a for b, c in d if e if f]"),
        "(AtomBracket (TestListComp a (CompFor (ExprList b c) d (CompIf e (CompIf f -)))))"
    );
    assert_eq!(expression("(a for b in c)"), "(AtomParen (TestListComp a (CompFor b c -)))");
    assert_eq!(expression("f(a for b in c)"), { "(AtomExprNormal f (TrailerParen (Argument a (CompFor b c -))))" });
    assert_eq!(expression("lambda: a"), "(LambDef - a)");
    assert_eq!(
        expression("lambda a, b=c, *d, **e: f"),
        "(LambDef (VarArgsList a (VarArgsListName b c) (VarArgsListStar d) (VarArgsListDblStar e)) f)"
    );
}

#[test]
fn assignments() {
    assert_eq!(tree("a = b\n"), "(ExprStmt a b)");
    assert_eq!(tree("a = b = c\n"), "(ExprStmt a (ExprStmtAssignList b c))");
    assert_eq!(tree("a, *b = c\n"), "(ExprStmt (TestListStarExpr a (StarExpr b)) c)");
    assert_eq!(tree("a += b\n"), "(ExprStmt a (ExprStmtAugAssign += b))");
    assert_eq!(tree("a: b\n"), "(ExprStmt a (AnnAssign b -))");
    assert_eq!(tree("a: b = c\n"), "(ExprStmt a (AnnAssign b c))");
    assert_eq!(tree("a = yield b\n"), "(ExprStmt a (YieldExpr b))");
}

#[test]
fn simple_statements() {
    assert_eq!(tree("a; b;\n"), "(SimpleStmt2 (ExprStmt a -) (ExprStmt b -))");
    assert_eq!(tree("del a, b\n"), "(DelStmt (ExprList a b))");
    assert_eq!(tree("return\n"), "(ReturnStmt -)");
    assert_eq!(tree("return a, b\n"), "(ReturnStmt (TestList a b))");
    assert_eq!(tree("raise a from b\n"), "(RaiseStmt (RaiseStmtArg a b))");
    assert_eq!(tree("yield\n"), "(YieldStmt (YieldExpr -))");
    assert_eq!(tree("yield from a\n"), "(YieldStmt (YieldExpr (YieldArgFrom a)))");
    assert_eq!(tree("assert a, b\n"), "(AssertStmt a b)");
    assert_eq!(tree("global a, b\n"), "(GlobalStmt (NameList a b))");
    assert_eq!(tree("nonlocal a\n"), "(NonlocalStmt a)");
    assert_eq!(tree("import a\n"), "(ImportName a)");
    assert_eq!(tree("import a.b as c, d\n"), { "(ImportName (DottedAsNames (DottedAsName (DottedName a b) c) d))" });
    assert_eq!(tree("from a import *\n"), "(ImportFrom a *)");
    assert_eq!(tree("from . import (a as b, c)\n"), {
        "(ImportFrom . (ImportAsNames (ImportAsName a b) (ImportAsName c -)))"
    });
    assert_eq!(tree("from ...a import b\n"), "(ImportFrom (ImportFrom2b ... a) (ImportAsName b -))");
    assert_eq!(tree("from .. import b\n"), "(ImportFrom (OneOrMorePeriodOrEllipsis . .) (ImportAsName b -))");
}

#[test]
fn compound_statements() {
    assert_eq!(tree("if a: b()\n"), { "(IfStmt a (ExprStmt (AtomExprNormal b (TrailerParen -)) -) - -)" });
    assert_eq!(
        tree("if a:\n  pass\nelif b:\n  pass\nelse:\n  break\n"),
        "(IfStmt a (PassStmt) (IfStmtElif b (PassStmt)) (BreakStmt))"
    );
    assert_eq!(tree("while a: continue\nelse: pass\n"), "(WhileStmt a (ContinueStmt) (PassStmt))");
    assert_eq!(tree("for a, b in c, d: pass\n"), { "(ForStmt (ExprList a b) (TestList c d) (PassStmt) -)" });
    assert_eq!(
        tree("try: pass\nexcept A as b: pass\nexcept: pass\nelse: pass\nfinally: pass\n"),
        "(TryStmt (PassStmt) (TryStmtExceptAndMore (TryStmtExceptList (TryStmtExcept (TryStmtAsName A b) (PassStmt)) \
         (TryStmtExcept - (PassStmt))) (PassStmt) (TryStmtFinally (PassStmt))))"
    );
    assert_eq!(tree("try: pass\nfinally: pass\n"), "(TryStmt (PassStmt) (TryStmtFinally (PassStmt)))");
    assert_eq!(tree("with a as b, c: pass\n"), "(WithStmt (WithStmtList (WithItem a b) c) (PassStmt))");
    assert_eq!(tree("async with a: pass\n"), "(AsyncStmt (WithStmt a (PassStmt)))");
}

#[test]
fn functions_and_classes() {
    assert_eq!(tree("def f(): pass\n"), "(FuncDef f - - (PassStmt))");
    assert_eq!(
        tree("def f(a, b: c = d, *, e, **g) -> h:\n  pass\n"),
        "(FuncDef f (TypedArgsList a (TypedArgsListName b c d) (TypedArgsListStar -) e (TypedArgsListDblStar g -)) \
         h (PassStmt))"
    );
    assert_eq!(tree("class A: pass\n"), "(ClassDef A - (PassStmt))");
    assert_eq!(tree("class A(B, c=d): pass\n"), "(ClassDef A (ArgList B (Argument c d)) (PassStmt))");
    assert_eq!(
        tree("@a.b\n@c(d)\nasync def f(): pass\n"),
        "(Decorated (Decorators (Decorator (DottedName a b) -) (Decorator c (TrailerParen d))) \
         (AsyncFuncDef (FuncDef f - - (PassStmt))))"
    );
}

#[test]
fn a_node_has_the_line_of_its_first_token() {
    assert_eq!(
        lines("\n\ndef f(\n    a):\n  return (a +\n    b.c)\n"),
        "(FileInput2@1 NEWLINE (FuncDef@3 f a - (ReturnStmt@5 (ArithExpr@5 a + \
         (AtomExprNormal@6 b (TrailerPeriod@6 c))))))"
    );
}

#[test]
fn modules_expressions_and_interactive_statements() {
    let show = |source: &[u8], mode| try_tree(source, &Options { mode, ..Options::default() });
    assert_eq!(show(b"a\nb\n", Mode::File).as_deref(), Ok("(FileInput2 (ExprStmt a -) (ExprStmt b -))"));
    assert_eq!(show(b"a\n", Mode::Single).as_deref(), Ok("(ExprStmt a -)"));
    assert!(show(b"a\nb\n", Mode::Single).is_err());
    assert_eq!(show(b"a, b\n", Mode::Eval).as_deref(), Ok("(EvalInput (TestList a b) (EvalInput2))"));
    assert!(show(b"a = b\n", Mode::Eval).is_err());
    // A lone constant is dropped, except where its value is printed.
    assert_eq!(show(b"'doc'\n", Mode::File).as_deref(), Ok("(PassStmt)"));
    assert_eq!(show(b"'doc'\n", Mode::Single).as_deref(), Ok("(ExprStmt \"doc\" -)"));
}

#[test]
fn lists_and_lines_may_be_long() {
    let items = |n: usize| vec!["a"; n].join(", ");
    for n in [30, 31, 32, 600, 5000] {
        let list = expression(&format!("[{}]", items(n)));
        assert_eq!(list, format!("(AtomBracket (TestListComp {}))", items(n).replace(',', "")));
    }
    for n in [524_285, 524_286, 524_287, 1_000_000] {
        let source = "\n".repeat(n) + "a(b)\nc";
        let (call, name) = (n + 1, n + 2);
        assert_eq!(lines(&source), {
            format!(
                "(FileInput2@1 NEWLINE (ExprStmt@{call} (AtomExprNormal@{call} a (TrailerParen@{call} b)) -) \
                 (ExprStmt@{name} c -))"
            )
        });
    }
}
