//! Imports.

use alloc::vec::Vec;

use super::{Walk, known};
use crate::emit::{Access, Build};
use crate::grammar::Rule;
use crate::names::Name;
use crate::scope::ScopeKind;
use crate::token::Token;
use crate::tree::Node;

impl Walk<'_, '_> {
    /// `import a, b.c as d`
    pub(super) fn import_statement(&mut self, node: Node) {
        let list = self.tree.child(node, 0);
        for &module in self.tree.list(&list, Rule::DottedAsNames) {
            self.emit.load_small_int(0);
            self.load_none();
            let name = self.import_module(module);
            self.store_name(name);
        }
    }

    /// `from a import b, c as d`, also `from . import b` and `from a import *`
    pub(super) fn import_from_statement(&mut self, node: Node) {
        let &[source, what] = self.tree.children(node) else { return };
        let (dots, source) = self.relative(source);
        let level: i64 = self
            .tree
            .list(&dots, Rule::OneOrMorePeriodOrEllipsis)
            .iter()
            .map(|dot| if dot.is_token(Token::Period) { 1 } else { 3 })
            .sum();
        if what.is_token(Token::Star) {
            if self.kind != ScopeKind::Module {
                self.error(node, "import * not at module level");
                return;
            }
            self.emit.load_small_int(level);
            self.emit.load_str(known::STAR);
            self.emit.build(Build::Tuple, 1);
            self.import_module(source);
            self.emit.import_star();
            return;
        }
        self.emit.load_small_int(level);
        let imported = self.tree.list(&what, Rule::ImportAsNames);
        let is_listed = !self.unit.options.minify().is_some_and(|minify| minify.unlisted_imports);
        let listed = if is_listed { imported } else { &[] };
        for &item in listed {
            let name = self.tree.child(item, 0).as_id().unwrap_or_default();
            self.emit.load_str(name);
        }
        self.emit.build(Build::Tuple, listed.len() as u32);
        self.import_module(source);
        for &item in imported {
            let name = self.tree.child(item, 0).as_id().unwrap_or_default();
            self.emit.import_from(name);
            self.store_name(self.tree.child(item, 1).as_id().unwrap_or(name));
        }
        self.emit.pop_top();
    }

    /// The dots before a module's name, and the name.
    fn relative(&self, source: Node) -> (Node, Node) {
        match self.tree.rule(source) {
            Some(Rule::ImportFrom2b) => (self.tree.child(source, 0), self.tree.child(source, 1)),
            Some(Rule::OneOrMorePeriodOrEllipsis) => (source, Node::NULL),
            None if source.as_token().is_some() => (source, Node::NULL),
            _ => (Node::NULL, source),
        }
    }

    /// Imports a module, whose level and list of names are on the stack. Returns the name that it goes by.
    fn import_module(&mut self, module: Node) -> Name {
        let mut dotted = module;
        let mut given = None;
        if self.tree.is(module, Rule::DottedAsName) {
            dotted = self.tree.child(module, 0);
            given = self.tree.child(module, 1).as_id();
        }
        let parts = self.tree.list(&dotted, Rule::DottedName);
        let Some((first, rest)) = parts.split_first() else {
            // `from . import name`
            let name = known::EMPTY;
            self.emit.import_name(name);
            return name;
        };
        let first = first.as_id().unwrap_or_default();
        if rest.is_empty() {
            self.emit.import_name(first);
            return given.unwrap_or(first);
        }
        let full = self.dotted(parts);
        self.emit.import_name(full);
        let Some(given) = given else { return first };
        for name in rest.iter().filter_map(|name| name.as_id()) {
            self.emit.attribute(name, Access::Load);
        }
        given
    }

    /// The name of names with dots between.
    fn dotted(&mut self, parts: &[Node]) -> Name {
        let quota = self.unit.quota;
        let mut full = Vec::new();
        for (i, part) in parts.iter().enumerate() {
            let name = self.emit.names().get(part.as_id().unwrap_or_default());
            quota.append_or_stop(&mut full, if i == 0 { b"" } else { b"." });
            quota.append_or_stop(&mut full, name);
        }
        let name = self.intern(&full);
        quota.free(full);
        name
    }
}
