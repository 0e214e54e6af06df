//! The walk over the tree: what each construct of the language is made of.
//!
//! One walk goes over the nodes of one scope and drives an [`Emit`]. The same walk serves all passes and all
//! emitters; a file here holds a family of constructs. What is emitted for each, down to the order of instructions and
//! the lines of errors, is what MicroPython's compiler emits (`py/compile.c`).
//!
//! An error does not end the walk at once. The first one counts, and since it may have no line yet, the innermost list of
//! statements that the walk is in lends it the line of the statement and is the place where the walk ends.

mod assignment;
mod asynchronous;
mod bodies;
mod calls;
mod classes;
mod comprehensions;
mod conditions;
mod containers;
mod decorators;
mod exceptions;
mod functions;
mod imports;
mod known;
mod loops;
mod operators;
mod parameters;
mod statements;
mod variables;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use berus_mpy::memory::{Quota, Stop};

use crate::emit::{Block, Emit, EmitError, Label, Literal, Outcome, Pass};
use crate::error::{CompileError, ErrorKind};
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Options;
use crate::scope::{Scope, ScopeId, ScopeKind, Scopes};
use crate::token::Token;
use crate::tree::{Node, Tree};

/// What all walks over the scopes of a module share.
pub(crate) struct Unit<'t> {
    pub tree: &'t Tree,
    pub options: &'t Options<'t>,
    pub quota: &'t Quota<'t>,
    pub scopes: Scopes,
    /// By the number of a node that opens a scope ([`Tree::scope_number`]): the scope.
    pub opened: Vec<ScopeId>,
}

impl<'t> Unit<'t> {
    /// A module whose only scope is the outermost.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn new(
        tree: &'t Tree,
        options: &'t Options<'t>,
        quota: &'t Quota<'t>,
        module: Scope,
    ) -> Result<Unit<'t>, Stop> {
        let mut scopes = Scopes::default();
        scopes.push(module, quota)?;
        let mut opened = Vec::new();
        quota.resize(&mut opened, tree.scopes() as usize, ScopeId::MODULE)?;
        Ok(Unit { tree, options, quota, scopes, opened })
    }

    /// Gives back the memory that the walks have used.
    pub fn retire(self) {
        self.quota.free(self.opened);
        self.scopes.free(self.quota);
    }
}

/// A loop that `break` and `continue` may refer to.
#[derive(Clone, Copy)]
struct Loop {
    break_label: Label,
    continue_label: Label,
    /// The exception blocks that were open outside it.
    blocks: u16,
    /// Whether `break` must drop an iterator.
    has_iterator: bool,
}

/// A walk over one scope.
pub(crate) struct Walk<'w, 't> {
    unit: &'w mut Unit<'t>,
    tree: &'t Tree,
    emit: &'w mut dyn Emit,
    scope: ScopeId,
    kind: ScopeKind,
    pass: Pass,
    /// The innermost loop around the statement.
    inside: Option<Loop>,
    /// The exception blocks that are open.
    blocks: u16,
    depth: u32,
    error: Option<CompileError>,
    /// The line of the error, 0 if it is not known yet.
    error_line: u32,
}

impl<'w, 't> Walk<'w, 't> {
    /// Walks over `scope`.
    ///
    /// # Errors
    /// If what the scope contains is no program, or cannot be encoded.
    pub fn run(
        unit: &'w mut Unit<'t>,
        emit: &'w mut dyn Emit,
        scope: ScopeId,
        pass: Pass,
    ) -> Result<Outcome, CompileError> {
        let tree = unit.tree;
        let kind = unit.scopes[scope].kind;
        let mut walk =
            Walk { unit, tree, emit, scope, kind, pass, inside: None, blocks: 0, depth: 0, error: None, error_line: 0 };
        walk.body();
        walk.finish()
    }

    fn finish(mut self) -> Result<Outcome, CompileError> {
        let quota = self.unit.quota;
        // What there was no memory for is missing in all that was made.
        quota.check()?;
        let scope = &self.unit.scopes[self.scope];
        let error = match (self.emit.take_error(), self.error.take()) {
            (None, None) => return self.emit.end(scope),
            (Some(EmitError { error, has_place: false }), _) => return Err(error),
            (Some(EmitError { error, .. }), _) | (None, Some(error)) => error,
        };
        let line = if self.error_line != 0 { self.error_line } else { self.tree.line(scope.node) };
        let block = Some(quota.copy(self.emit.names().get(scope.name))?.into());
        Err(CompileError { block, ..error.at_line(line) })
    }

    /// Compiles a node: an expression leaves its value on the stack, a statement nothing.
    fn node(&mut self, node: Node) {
        if let Some(rule) = self.tree.rule(node) {
            self.nested(|walk| {
                walk.emit.source_line(walk.tree.line(node));
                walk.structure(rule, node);
            });
        } else if self.unit.quota.step().is_err() {
            // The work ends.
        } else if let Some(name) = node.as_id() {
            self.load_name(name);
        } else if let Some(value) = self.tree.small_int(node) {
            self.emit.load_small_int(value);
        } else if let Some(name) = node.as_str() {
            self.emit.load_str(name);
        } else {
            match node.as_token() {
                Some(Token::KwNone) => self.emit.load_literal(Literal::None),
                Some(Token::KwFalse) => self.emit.load_literal(Literal::False),
                Some(Token::KwTrue) => self.emit.load_literal(Literal::True),
                Some(Token::Ellipsis) => self.emit.load_literal(Literal::Ellipsis),
                // An empty line, or no node at all.
                _ => {}
            }
        }
    }

    fn structure(&mut self, rule: Rule, node: Node) {
        match rule {
            Rule::FileInput | Rule::FileInput2 | Rule::SimpleStmt2 | Rule::SuiteBlockStmts | Rule::PassStmt => {
                self.all(self.tree.children(node));
            }
            Rule::ConstObject => self.emit.load_const(node),

            Rule::FuncDef => self.function_statement(node),
            Rule::ClassDef => self.class_statement(node),
            Rule::Decorated => self.decorated(node),
            Rule::AsyncStmt => self.async_statement(node),
            Rule::LambDef | Rule::LambDefNoCond => self.lambda(node),

            Rule::ExprStmt => self.expression_statement(node),
            Rule::DelStmt => self.del_statement(node),
            Rule::BreakStmt => self.break_statement(node),
            Rule::ContinueStmt => self.continue_statement(node),
            Rule::ReturnStmt => self.return_statement(node),
            Rule::YieldStmt => self.yield_statement(node),
            Rule::RaiseStmt => self.raise_statement(node),
            Rule::ImportName => self.import_statement(node),
            Rule::ImportFrom => self.import_from_statement(node),
            Rule::GlobalStmt | Rule::NonlocalStmt => self.declaration(rule, node),
            Rule::AssertStmt => self.assert_statement(node),

            Rule::IfStmt => self.if_statement(node),
            Rule::WhileStmt => self.while_statement(node),
            Rule::ForStmt => self.for_statement(node),
            Rule::TryStmt => self.try_statement(node),
            Rule::WithStmt => self.with_statement(node),

            Rule::NamedExprTest => self.named_expression(self.tree.child(node, 0), self.tree.child(node, 1)),
            Rule::TestIfExpr => self.conditional_expression(node),
            Rule::OrTest => self.short_circuit(node, true),
            Rule::AndTest => self.short_circuit(node, false),
            Rule::NotTest2 => self.negation(node),
            Rule::Comparison => self.comparison(node),
            Rule::StarExpr => self.error(node, "*x must be assignment target"),
            Rule::Expr | Rule::XorExpr | Rule::AndExpr => self.bitwise(rule, node),
            Rule::ShiftExpr | Rule::ArithExpr | Rule::Term => self.arithmetic(node),
            Rule::Factor2 => self.unary(node),
            Rule::Power => self.power(node),
            Rule::YieldExpr => self.yield_expression(node),

            Rule::AtomExprAwait => self.await_expression(node),
            Rule::AtomExprNormal => self.atom_with_trailers(node),
            Rule::AtomParen => self.parenthesised(node),
            Rule::AtomBracket => self.bracketed(node),
            Rule::AtomBrace => self.braced(node),
            Rule::TrailerParen => self.call(node),
            Rule::TrailerBracket => self.subscript(node),
            Rule::TrailerPeriod => self.attribute(node),
            Rule::Subscript2 | Rule::Subscript3 => self.slice(rule, node),
            Rule::TestListStarExpr | Rule::TestList | Rule::SubscriptList => self.tuple(self.tree.children(node)),
            Rule::DictOrSetMakerItem => self.dict_item(node),

            // The other rules are parts of these, never met by themselves.
            _ => {}
        }
    }

    /// Compiles statements, or other nodes, up to the first that has an error.
    fn all(&mut self, nodes: &[Node]) {
        for &node in nodes {
            self.node(node);
            if self.failed() {
                self.lend_error_line(node);
                return;
            }
        }
    }

    fn failed(&self) -> bool {
        self.unit.quota.stop().is_some() || self.error.is_some() || self.emit.error().is_some()
    }

    /// Goes one level deeper, unless that is too deep.
    fn nested(&mut self, work: impl FnOnce(&mut Self)) {
        if self.unit.quota.step().is_err() {
            return;
        }
        if self.depth >= self.unit.options.max_depth || !self.unit.quota.may_nest() {
            let error = CompileError::new(ErrorKind::Runtime, "maximum recursion depth exceeded");
            self.error.get_or_insert(error);
            return;
        }
        self.depth += 1;
        work(self);
        self.depth -= 1;
    }

    /// Notes a `SyntaxError` at `node`, unless there is an error already.
    fn error(&mut self, node: Node, message: impl Into<Cow<'static, str>>) {
        if self.error.is_none() {
            self.error = Some(CompileError::syntax(message));
            self.lend_error_line(node);
        }
    }

    /// Notes a `SyntaxError` at `node` if `count` is more than an operand has room for, where that is to be noticed.
    fn must_fit(&mut self, node: Node, count: usize, most: usize, message: &'static str) {
        if self.unit.options.operands_fit && self.pass == Pass::Code && count > most {
            self.error(node, message);
        }
    }

    /// Gives what follows the line of `node`, where tracing wants that.
    fn trace_line(&mut self, node: Node) {
        if self.unit.options.trace_lines {
            self.emit.source_line(self.tree.line(node));
        }
    }

    /// Says that the error is on the line of `node`, if no line is known and the node has one.
    fn lend_error_line(&mut self, node: Node) {
        if self.error_line == 0 {
            self.error_line = self.tree.line(node);
        }
    }

    /// The name spelled `text`; no name if there is no memory for it.
    fn intern(&mut self, text: &[u8]) -> Name {
        self.emit.names().intern(text, self.unit.quota).unwrap_or_default()
    }

    fn this(&mut self) -> &mut Scope {
        &mut self.unit.scopes[self.scope]
    }

    /// Opens an exception block whose handler is at `label`.
    fn open_block(&mut self, block: Block, label: Label) {
        self.emit.setup_block(block, label);
        let Some(blocks) = self.blocks.checked_add(1) else {
            self.error.get_or_insert(CompileError::new(ErrorKind::Runtime, "bytecode overflow"));
            return;
        };
        self.blocks = blocks;
        let scope = self.this();
        scope.exc_stack_size = scope.exc_stack_size.max(blocks);
    }

    /// Closes the innermost exception block.
    fn close_block(&mut self) {
        self.blocks = self.blocks.saturating_sub(1);
        self.emit.end_finally();
    }

    fn load_none(&mut self) {
        self.emit.load_literal(Literal::None);
    }
}
