//! The bodies of scopes.

use berus_mpy::prelude::scope_flag;

use super::{Walk, known};
use crate::emit::{LocalKind, Pass};
use crate::grammar::Rule;
use crate::options::Emitter;
use crate::scope::{IdKind, ScopeKind};
use crate::tree::Node;

impl Walk<'_, '_> {
    /// All of the code of the scope.
    pub(super) fn body(&mut self) {
        let node = self.this().node;
        match self.kind {
            ScopeKind::Module if self.tree.is(node, Rule::EvalInput) => {
                self.node(self.tree.child(node, 0));
                self.emit.return_value();
            }
            ScopeKind::Module => {
                self.node(node);
                self.load_none();
                self.emit.return_value();
            }
            ScopeKind::Function => self.function_body(node),
            ScopeKind::Lambda => self.lambda_body(node),
            ScopeKind::Class => self.class_body(node),
            _ => self.comprehension_body(node),
        }
    }

    fn function_body(&mut self, node: Node) {
        if self.pass == Pass::Scope {
            self.parameters(self.tree.child(node, 1), Rule::TypedArgsList);
            if self.this().emitter == Emitter::Viper {
                let result = self.viper_type(self.tree.child(node, 2));
                self.this().result = result;
            }
        }
        self.node(self.tree.child(node, 3));
        if !self.emit.has_just_returned() {
            self.load_none();
            self.emit.return_value();
        }
    }

    fn lambda_body(&mut self, node: Node) {
        self.emit.source_line(self.tree.line(node));
        if self.pass == Pass::Scope {
            self.parameters(self.tree.child(node, 0), Rule::VarArgsList);
        }
        self.node(self.tree.child(node, 1));
        // A generator has nothing to return.
        if self.this().has(scope_flag::GENERATOR) {
            self.emit.pop_top();
            self.load_none();
        }
        self.emit.return_value();
    }

    fn class_body(&mut self, node: Node) {
        if self.pass == Pass::Scope {
            self.add_name(known::CLASS, IdKind::Local);
        }
        self.trace_line(node);
        if !self.unit.options.minify().is_some_and(|minify| minify.anonymous_classes) {
            self.load_name(known::NAME);
            self.store_name(known::MODULE);
            let name = self.this().name;
            self.emit.load_str(name);
            self.store_name(known::QUALNAME);
        }
        self.node(self.tree.child(node, 2));
        // If methods use the class, the function returns the cell that it is to be put in.
        let cell = self.this().find(known::CLASS).map(|i| self.this().ids[i]).filter(|id| id.kind != IdKind::Local);
        match cell {
            Some(id) => self.emit.load_local(known::CLASS, id.local, LocalKind::Fast),
            None => self.load_none(),
        }
        self.emit.return_value();
    }
}
