//! The parameters of a function, as names of its scope.

use berus_mpy::prelude::scope_flag;

use super::Walk;
use crate::emit::Emit;
use crate::grammar::Rule;
use crate::names::Name;
use crate::scope::{IdKind, Param};
use crate::tree::Node;

impl<E: Emit> Walk<'_, '_, E> {
    /// Enters the parameters in the scope, which must have no names yet.
    pub(super) fn parameters(&mut self, parameters: Node, list: Rule) {
        let mut star = false;
        for &parameter in self.tree.list(&parameters, list) {
            self.parameter(parameter, &mut star);
        }
    }

    /// Enters a parameter. `star` is whether one with a star was met.
    fn parameter(&mut self, node: Node, star: &mut bool) {
        if self.this().has(scope_flag::VARKEYWORDS) {
            // Nothing can follow `**kwargs`.
            self.error(node, "invalid syntax");
            return;
        }
        let inner = self.tree.child(node, 0);
        let (name, param) = match self.tree.rule(node) {
            Some(Rule::TypedArgsListStar | Rule::VarArgsListStar) => {
                if *star {
                    self.error(node, "invalid syntax");
                    return;
                }
                *star = true;
                if inner.is_null() {
                    return;
                }
                self.this().flags |= scope_flag::VARARGS;
                let named = if inner.is_struct() { self.tree.child(inner, 0) } else { inner };
                (named, Param::Star)
            }
            Some(Rule::TypedArgsListDblStar | Rule::VarArgsListDblStar) => {
                self.this().flags |= scope_flag::VARKEYWORDS;
                (inner, Param::DoubleStar)
            }
            rule => {
                let scope = self.this();
                if *star {
                    scope.num_kwonly_args += 1;
                } else {
                    scope.num_pos_args += 1;
                }
                (if rule.is_some() { inner } else { node }, Param::Plain)
            }
        };
        if let Some(name) = name.as_id() {
            self.parameter_name(node, name, param);
        }
    }

    fn parameter_name(&mut self, node: Node, name: Name, param: Param) {
        let i = self.add_name(name, IdKind::Undecided);
        let id = &mut self.this().ids[i];
        if id.kind != IdKind::Undecided {
            self.error(node, "argument name reused");
            return;
        }
        id.kind = IdKind::Local;
        id.param = param;
    }
}
