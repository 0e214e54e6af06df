//! Making functions: `def`, `lambda`, their defaults, and closing over variables.

use berus_mpy::prelude::scope_flag;

use super::Walk;
use crate::emit::{Build, Defaults, LocalKind, Pass};
use crate::grammar::Rule;
use crate::names::Name;
use crate::options::Emitter;
use crate::scope::{Scope, ScopeId, ScopeKind};
use crate::tree::Node;

/// The defaults of a function's parameters while they are compiled.
#[derive(Default)]
struct Found {
    defaults: Defaults,
    /// Whether a parameter with a star was met, so that those after it are keyword-only.
    star: bool,
}

impl Walk<'_, '_> {
    pub(super) fn function_statement(&mut self, node: Node) {
        let emitter = self.this().emitter;
        let name = self.function(node, emitter);
        self.store_name(name);
    }

    /// Makes the function of a `def` and returns its name.
    pub(super) fn function(&mut self, node: Node, emitter: Emitter) -> Name {
        let scope = self.open_scope(node, node, ScopeKind::Function, emitter);
        self.function_or_lambda(scope, self.tree.child(node, 1), Rule::TypedArgsList);
        self.unit.scopes[scope].name
    }

    pub(super) fn lambda(&mut self, node: Node) {
        let emitter = self.this().emitter;
        let scope = self.open_scope(node, node, ScopeKind::Lambda, emitter);
        self.function_or_lambda(scope, self.tree.child(node, 0), Rule::VarArgsList);
    }

    /// The scope that `opener` opens: a new one in the first pass. `node` is what [`Scope::node`] shall be.
    pub(super) fn open_scope(&mut self, opener: Node, node: Node, kind: ScopeKind, emitter: Emitter) -> ScopeId {
        let number = self.tree.scope_number(opener).unwrap_or(0) as usize;
        if self.pass == Pass::Scope {
            let shares_name = self.unit.options.minify().is_some_and(|minify| minify.unnamed_comprehensions);
            let name = match kind {
                _ if shares_name && kind.is_comprehension() => self.this().name,
                ScopeKind::Module | ScopeKind::Function | ScopeKind::Class => {
                    self.tree.child(node, 0).as_id().unwrap_or_default()
                }
                ScopeKind::Lambda => self.intern(b"<lambda>"),
                ScopeKind::ListComp => self.intern(b"<listcomp>"),
                ScopeKind::DictComp => self.intern(b"<dictcomp>"),
                ScopeKind::SetComp => self.intern(b"<setcomp>"),
                ScopeKind::GenExpr => self.intern(b"<genexpr>"),
            };
            let scope = Scope::new(kind, node, name, Some(self.scope), emitter);
            let scope = self.unit.scopes.push(scope, self.unit.quota).unwrap_or(ScopeId::MODULE);
            if let Some(opened) = self.unit.opened.get_mut(number) {
                *opened = scope;
            }
        }
        self.unit.opened.get(number).copied().unwrap_or(ScopeId::MODULE)
    }

    /// The scope that a node has opened in this or an earlier pass.
    pub(super) fn opened_by(&self, node: Node) -> Option<ScopeId> {
        self.unit.opened.get(self.tree.scope_number(node)? as usize).copied()
    }

    fn function_or_lambda(&mut self, scope: ScopeId, parameters: Node, list: Rule) {
        let mut found = Found::default();
        for &parameter in self.tree.list(&parameters, list) {
            self.default(parameter, &mut found);
        }
        if self.failed() {
            return;
        }
        let defaults = found.defaults;
        if defaults.positional > 0 && defaults.keyword == 0 {
            self.emit.build(Build::Tuple, defaults.positional);
            self.emit.load_null();
        }
        self.make_function(scope, defaults);
    }

    /// Compiles the default of a parameter, if it has one: positional ones pile up on the stack, keyword-only ones go
    /// into a dict.
    fn default(&mut self, parameter: Node, found: &mut Found) {
        let (name, value) = match self.tree.rule(parameter) {
            Some(Rule::TypedArgsListStar | Rule::VarArgsListStar) => {
                found.star = true;
                return;
            }
            Some(Rule::TypedArgsListDblStar | Rule::VarArgsListDblStar) => return,
            Some(Rule::TypedArgsListName) => (self.tree.child(parameter, 0), self.tree.child(parameter, 2)),
            Some(_) => (self.tree.child(parameter, 0), self.tree.child(parameter, 1)),
            None => (parameter, Node::NULL),
        };
        if value.is_null() {
            if !found.star && found.defaults.positional != 0 {
                self.error(parameter, "non-default argument follows default argument");
            }
        } else if found.star {
            found.defaults.keyword += 1;
            if found.defaults.keyword == 1 {
                if found.defaults.positional > 0 {
                    self.emit.build(Build::Tuple, found.defaults.positional);
                } else {
                    self.emit.load_null();
                }
                self.emit.build(Build::Map, 0);
            }
            self.node(value);
            self.emit.load_str(name.as_id().unwrap_or_default());
            self.emit.store_map();
        } else {
            found.defaults.positional += 1;
            self.node(value);
        }
    }

    /// Makes a function of `scope`, with the cells of the variables of this scope that it uses.
    pub(super) fn make_function(&mut self, scope: ScopeId, defaults: Defaults) {
        let inner = &mut self.unit.scopes[scope];
        if defaults.keyword > 0 {
            inner.flags |= scope_flag::DEFKWARGS;
        }
        inner.num_def_pos_args = defaults.positional as u16;
        self.this().makes_functions = true;

        let cells = self.unit.scopes[scope].free.len();
        for i in 0..cells {
            let name = self.unit.scopes[scope].free[i];
            let local = self.this().find(name).map_or(0, |i| self.this().ids[i].local);
            self.emit.load_local(name, local, LocalKind::Fast);
        }
        let cells = cells as u32;
        if cells == 0 {
            self.emit.make_function(scope, defaults);
        } else {
            let node = self.unit.scopes[scope].node;
            self.must_fit(node, cells as usize, 255, "more than 255 variables closed over");
            self.emit.make_closure(scope, cells, defaults);
        }
    }
}
