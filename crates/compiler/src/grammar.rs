//! The grammar: one table, from which the parser works.
//!
//! The rules are those of MicroPython (`py/grammar.h`), since a rule of the grammar is a kind of node in the
//! tree and the compiler's output depends on the tree's shape. A rule whose parts leave nothing to choose makes
//! no node but lets its only child through, so that `x` is not seventeen nodes deep.
//!
//! In the table a string is a token, a name is a rule, and a name in brackets is a rule that may be absent. A
//! token that is not a name leaves no child, unless it is one of several that were possible.

use crate::token::Token;

/// How the elements of a rule are matched and what node they make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)] // they are the keywords of the table
pub(crate) enum Shape {
    /// One of the elements, the first that fits. Makes no node of its own.
    any,
    /// All elements in order. Every rule, present or not, and every name is a child.
    seq,
    /// As `seq`, but if only one child is there it takes the place of the node.
    lift,
    /// As `seq`, with a number as last child, by which the compiler keeps the scope that the node opens.
    scope,
    /// The element, once or more. A single one takes the place of the node.
    many,
    /// The first element, once or more, with the second between. A single one takes the place of the node.
    list,
    /// As `list`, with the second element allowed at the end, where it makes a node even for a single element.
    list_end,
}

/// An element of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    Token(Token),
    Rule(Rule),
    Optional(Rule),
}

/// A line of the table.
struct Definition {
    shape: Shape,
    elements: &'static [Element],
}

macro_rules! element {
    ($text:literal) => {
        Element::Token(const { Token::of($text) })
    };
    ([$rule:ident]) => {
        Element::Optional(Rule::$rule)
    };
    ($rule:ident) => {
        Element::Rule(Rule::$rule)
    };
}

macro_rules! grammar {
    ($($name:ident = $shape:ident($($element:tt)+);)*) => {
        /// A rule of the grammar, and the kind of a struct node.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the grammar below says what they are
        pub enum Rule {
            $($name,)*
            /// No rule of the grammar: a constant that is no leaf.
            ConstObject,
        }

        impl Rule {
            pub(crate) const ALL: [Rule; [$(Rule::$name),*].len() + 1] = [$(Rule::$name,)* Rule::ConstObject];

            const DEFINITIONS: [Definition; Rule::ALL.len()] = [
                $(Definition { shape: Shape::$shape, elements: &[$(element!($element)),+] },)*
                Definition { shape: Shape::seq, elements: &[] },
            ];
        }
    };
}

grammar! {
    // Generic parts.
    GenericColonTest = lift(":" Test);
    GenericEqualTest = lift("=" Test);

    // What a source can be: one interactive statement, a file, or an expression.
    SingleInput = any("NEWLINE" SimpleStmt CompoundStmt);
    FileInput = lift([FileInput2]);
    FileInput2 = many(FileInput3);
    FileInput3 = any("NEWLINE" Stmt);
    EvalInput = lift(TestList [EvalInput2]);
    EvalInput2 = seq("NEWLINE");

    // Functions. The lists of parameters take more than the language allows; the compiler checks the rest.
    Decorator = seq("@" DottedName [TrailerParen] "NEWLINE");
    Decorators = many(Decorator);
    Decorated = lift(Decorators DecoratedBody);
    DecoratedBody = any(ClassDef FuncDef AsyncFuncDef);
    AsyncFuncDef = seq("async" FuncDef);
    FuncDef = scope("def" "NAME" "(" [TypedArgsList] ")" [FuncDefRetType] ":" Suite);
    FuncDefRetType = lift("->" Test);
    TypedArgsList = list_end(TypedArgsListItem ",");
    TypedArgsListItem = any(TypedArgsListName TypedArgsListStar TypedArgsListDblStar);
    TypedArgsListName = lift("NAME" [GenericColonTest] [GenericEqualTest]);
    TypedArgsListStar = seq("*" [TfpDef]);
    TypedArgsListDblStar = seq("**" "NAME" [GenericColonTest]);
    TfpDef = seq("NAME" [GenericColonTest]);
    VarArgsList = list_end(VarArgsListItem ",");
    VarArgsListItem = any(VarArgsListName VarArgsListStar VarArgsListDblStar);
    VarArgsListName = lift("NAME" [GenericEqualTest]);
    VarArgsListStar = seq("*" [VfpDef]);
    VarArgsListDblStar = seq("**" "NAME");
    VfpDef = lift("NAME");

    // Statements.
    Stmt = any(CompoundStmt SimpleStmt);
    SimpleStmt = lift(SimpleStmt2 "NEWLINE");
    SimpleStmt2 = list_end(SmallStmt ";");
    SmallStmt = any(DelStmt PassStmt FlowStmt ImportStmt GlobalStmt NonlocalStmt AssertStmt ExprStmt);
    ExprStmt = seq(TestListStarExpr [ExprStmt2]);
    ExprStmt2 = any(AnnAssign ExprStmtAugAssign ExprStmtAssignList);
    ExprStmtAugAssign = lift(AugAssign ExprStmt6);
    ExprStmtAssignList = many(ExprStmtAssign);
    ExprStmtAssign = lift("=" ExprStmt6);
    ExprStmt6 = any(YieldExpr TestListStarExpr);
    TestListStarExpr = list_end(TestListStarExpr2 ",");
    TestListStarExpr2 = any(StarExpr Test);
    AnnAssign = seq(":" Test [ExprStmtAssign]);
    AugAssign = any("+=" "-=" "*=" "@=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "**=" "//=");
    DelStmt = seq("del" ExprList);
    PassStmt = seq("pass");
    FlowStmt = any(BreakStmt ContinueStmt ReturnStmt RaiseStmt YieldStmt);
    BreakStmt = seq("break");
    ContinueStmt = seq("continue");
    ReturnStmt = seq("return" [TestList]);
    YieldStmt = seq(YieldExpr);
    RaiseStmt = seq("raise" [RaiseStmtArg]);
    RaiseStmtArg = lift(Test [RaiseStmtFrom]);
    RaiseStmtFrom = lift("from" Test);

    // Imports.
    ImportStmt = any(ImportName ImportFrom);
    ImportName = seq("import" DottedAsNames);
    ImportFrom = seq("from" ImportFrom2 "import" ImportFrom3);
    ImportFrom2 = any(DottedName ImportFrom2b);
    ImportFrom2b = lift(OneOrMorePeriodOrEllipsis [DottedName]);
    ImportFrom3 = any("*" ImportAsNamesParen ImportAsNames);
    ImportAsNamesParen = lift("(" ImportAsNames ")");
    OneOrMorePeriodOrEllipsis = many(PeriodOrEllipsis);
    PeriodOrEllipsis = any("." "...");
    ImportAsName = seq("NAME" [AsName]);
    DottedAsName = lift(DottedName [AsName]);
    AsName = lift("as" "NAME");
    ImportAsNames = list_end(ImportAsName ",");
    DottedAsNames = list(DottedAsName ",");
    DottedName = list("NAME" ".");

    // `global`, `nonlocal`, `assert`.
    GlobalStmt = seq("global" NameList);
    NonlocalStmt = seq("nonlocal" NameList);
    NameList = list("NAME" ",");
    AssertStmt = seq("assert" Test [AssertStmtExtra]);
    AssertStmtExtra = lift("," Test);

    // Compound statements.
    CompoundStmt = any(IfStmt WhileStmt ForStmt TryStmt WithStmt FuncDef ClassDef Decorated AsyncStmt);
    AsyncStmt = seq("async" AsyncStmt2);
    AsyncStmt2 = any(FuncDef WithStmt ForStmt);
    IfStmt = seq("if" NamedExprTest ":" Suite [IfStmtElifList] [ElseStmt]);
    IfStmtElifList = many(IfStmtElif);
    IfStmtElif = seq("elif" NamedExprTest ":" Suite);
    WhileStmt = seq("while" NamedExprTest ":" Suite [ElseStmt]);
    ForStmt = seq("for" ExprList "in" TestList ":" Suite [ElseStmt]);
    TryStmt = seq("try" ":" Suite TryStmt2);
    TryStmt2 = any(TryStmtExceptAndMore TryStmtFinally);
    TryStmtExceptAndMore = lift(TryStmtExceptList [ElseStmt] [TryStmtFinally]);
    TryStmtExcept = seq("except" [TryStmtAsName] ":" Suite);
    TryStmtAsName = lift(Test [AsName]);
    TryStmtExceptList = many(TryStmtExcept);
    TryStmtFinally = seq("finally" ":" Suite);
    ElseStmt = lift("else" ":" Suite);
    WithStmt = seq("with" WithStmtList ":" Suite);
    WithStmtList = list(WithItem ",");
    WithItem = lift(Test [WithItemAs]);
    WithItemAs = lift("as" Expr);
    Suite = any(SuiteBlock SimpleStmt);
    SuiteBlock = lift("NEWLINE" "INDENT" SuiteBlockStmts "DEDENT");
    SuiteBlockStmts = many(Stmt);

    // Expressions, from the loosest binding to the tightest.
    NamedExprTest = lift(Test [NamedExprTest2]);
    NamedExprTest2 = lift(":=" Test);
    Test = any(LambDef TestIfExpr);
    TestIfExpr = lift(OrTest [TestIfElse]);
    TestIfElse = seq("if" OrTest "else" Test);
    TestNoCond = any(LambDefNoCond OrTest);
    LambDef = scope("lambda" [VarArgsList] ":" Test);
    LambDefNoCond = scope("lambda" [VarArgsList] ":" TestNoCond);
    OrTest = list(AndTest "or");
    AndTest = list(NotTest "and");
    NotTest = any(NotTest2 Comparison);
    NotTest2 = seq("not" NotTest);
    Comparison = list(Expr CompOp);
    CompOp = any("<" ">" "==" "<=" ">=" "!=" "in" CompOpNotIn CompOpIs);
    CompOpNotIn = seq("not" "in");
    CompOpIs = seq("is" [CompOpIsNot]);
    CompOpIsNot = seq("not");
    StarExpr = seq("*" Expr);
    Expr = list(XorExpr "|");
    XorExpr = list(AndExpr "^");
    AndExpr = list(ShiftExpr "&");
    ShiftExpr = list(ArithExpr ShiftOp);
    ShiftOp = any("<<" ">>");
    ArithExpr = list(Term ArithOp);
    ArithOp = any("+" "-");
    Term = list(Factor TermOp);
    TermOp = any("*" "@" "/" "%" "//");
    Factor = any(Factor2 Power);
    Factor2 = lift(FactorOp Factor);
    FactorOp = any("+" "-" "~");
    Power = lift(AtomExpr [PowerDblStar]);
    AtomExpr = any(AtomExprAwait AtomExprNormal);
    AtomExprAwait = seq("await" Atom [AtomExprTrailers]);
    AtomExprNormal = lift(Atom [AtomExprTrailers]);
    AtomExprTrailers = many(Trailer);
    PowerDblStar = lift("**" Factor);

    // Atoms and what follows them.
    Atom = any("NAME" "INTEGER" "FLOAT" "STRING" "BYTES" "..." "None" "True" "False" AtomParen AtomBracket AtomBrace);
    AtomParen = seq("(" [Atom2b] ")");
    Atom2b = any(YieldExpr TestListComp);
    AtomBracket = seq("[" [TestListComp] "]");
    AtomBrace = seq("{" [DictOrSetMaker] "}");
    TestListComp = lift(TestListComp2 [TestListComp3]);
    TestListComp2 = any(StarExpr NamedExprTest);
    TestListComp3 = any(CompFor TestListComp3b);
    TestListComp3b = lift("," [TestListComp3c]);
    TestListComp3c = list_end(TestListComp2 ",");
    Trailer = any(TrailerParen TrailerBracket TrailerPeriod);
    TrailerParen = seq("(" [ArgList] ")");
    TrailerBracket = seq("[" SubscriptList "]");
    TrailerPeriod = seq("." "NAME");
    SubscriptList = list_end(Subscript ",");
    Subscript = any(Subscript3 Subscript2);
    Subscript2 = lift(Test [Subscript3]);
    Subscript3 = seq(":" [Subscript3b]);
    Subscript3b = any(Subscript3c Subscript3d);
    Subscript3c = seq(":" [Test]);
    Subscript3d = lift(Test [SliceOp]);
    SliceOp = seq(":" [Test]);

    // Lists of expressions; dicts and sets.
    ExprList = list_end(ExprList2 ",");
    ExprList2 = any(StarExpr Expr);
    TestList = list_end(Test ",");
    DictOrSetMaker = lift(DictOrSetMakerItem [DictOrSetMakerTail]);
    DictOrSetMakerItem = lift(Test [GenericColonTest]);
    DictOrSetMakerTail = any(CompFor DictOrSetMakerList);
    DictOrSetMakerList = seq("," [DictOrSetMakerList2]);
    DictOrSetMakerList2 = list_end(DictOrSetMakerItem ",");

    // Classes.
    ClassDef = scope("class" "NAME" [ClassDef2] ":" Suite);
    ClassDef2 = lift("(" [ArgList] ")");

    // Arguments of a call. As with parameters, the compiler checks the rest.
    ArgList = list_end(ArgList2 ",");
    ArgList2 = any(ArgListStar ArgListDblStar Argument);
    ArgListStar = seq("*" Test);
    ArgListDblStar = seq("**" Test);
    Argument = lift(Test [Argument2]);
    Argument2 = any(CompFor GenericEqualTest Argument3);
    Argument3 = seq(":=" Test);

    // Comprehensions and `yield`.
    CompIter = any(CompFor CompIf);
    CompFor = scope("for" ExprList "in" OrTest [CompIter]);
    CompIf = seq("if" TestNoCond [CompIter]);
    YieldExpr = seq("yield" [YieldArg]);
    YieldArg = any(YieldArgFrom TestList);
    YieldArgFrom = seq("from" Test);
}

static DEFINITIONS: [Definition; Rule::ALL.len()] = Rule::DEFINITIONS;

impl Rule {
    pub(crate) const fn shape(self) -> Shape {
        DEFINITIONS[self as usize].shape
    }

    pub(crate) const fn elements(self) -> &'static [Element] {
        DEFINITIONS[self as usize].elements
    }

    /// The rule number `number`, if there is one.
    pub(crate) fn from_number(number: u8) -> Option<Rule> {
        Rule::ALL.get(usize::from(number)).copied()
    }

    /// Whether a node of this rule has a scope number.
    pub(crate) const fn has_scope_number(self) -> bool {
        matches!(self.shape(), Shape::scope)
    }
}
