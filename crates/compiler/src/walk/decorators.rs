//! Decorators, also those that choose an emitter.

use super::{Walk, known};
use crate::emit::{Access, Arguments, machines};
use crate::grammar::Rule;
use crate::options::Emitter;
use crate::tree::Node;

const INVALID: &str = "invalid micropython decorator";

impl Walk<'_, '_> {
    pub(super) fn decorated(&mut self, node: Node) {
        let &[decorators, body] = self.tree.children(node) else { return };
        let mut emitter = self.this().emitter;
        let mut calls = 0;
        for &decorator in self.tree.list(&decorators, Rule::Decorators) {
            let dotted = self.tree.child(decorator, 0);
            let names = self.tree.list(&dotted, Rule::DottedName);
            if names.first().is_some_and(|name| name.is_id(known::MICROPYTHON)) {
                self.emitter_decorator(names, &mut emitter);
                continue;
            }
            calls += 1;
            if let Some((&first, rest)) = names.split_first() {
                self.node(first);
                for name in rest.iter().filter_map(|name| name.as_id()) {
                    self.emit.attribute(name, Access::Load);
                }
            }
            self.node(self.tree.child(decorator, 1));
        }

        let name = match self.tree.rule(body) {
            Some(Rule::FuncDef) => self.function(body, emitter),
            Some(Rule::AsyncFuncDef) => {
                let function = self.tree.child(body, 0);
                let name = self.function(function, emitter);
                if let Some(scope) = self.opened_by(function) {
                    self.unit.scopes[scope].flags |= self.coroutine_flags();
                }
                name
            }
            _ => self.class(body, emitter),
        };
        for _ in 0..calls {
            self.emit.call_function(Arguments::positional(1));
        }
        self.store_name(name);
    }

    /// `@micropython.native` and the like.
    fn emitter_decorator(&mut self, names: &[Node], emitter: &mut Emitter) {
        let &[_, which] = names else {
            self.error(names.first().copied().unwrap_or(Node::NULL), INVALID);
            return;
        };
        let Some(name) = which.as_id() else { return };
        match self.emit.names().get(name) {
            b"bytecode" => *emitter = Emitter::Bytecode,
            b"native" => *emitter = Emitter::Native,
            b"viper" => *emitter = Emitter::Viper,
            b"asm_thumb" | b"asm_xtensa" | b"asm_rv32" => *emitter = Emitter::Asm,
            _ => self.error(which, INVALID),
        }
        if let Err(error) = machines::check(*emitter, self.unit.options.arch) {
            self.error.get_or_insert(error);
        }
    }
}
