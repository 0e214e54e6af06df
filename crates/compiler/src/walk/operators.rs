//! Operators.

use berus_mpy::opcode::{BinaryOp, UnaryOp};

use super::Walk;
use crate::grammar::Rule;
use crate::token::Token;
use crate::tree::Node;

impl Walk<'_, '_> {
    /// `a or b or c`, or with `and`.
    pub(super) fn short_circuit(&mut self, node: Node, until: bool) {
        let end = self.emit.new_label();
        if let Some((&last, rest)) = self.tree.children(node).split_last() {
            for &operand in rest {
                self.node(operand);
                self.emit.jump_if_or_pop(until, end);
            }
            self.node(last);
        }
        self.emit.place(end);
    }

    pub(super) fn negation(&mut self, node: Node) {
        self.node(self.tree.child(node, 0));
        self.emit.unary_op(UnaryOp::Not);
    }

    /// `a < b <= c`: every operand but the outer ones is compared twice and evaluated once.
    pub(super) fn comparison(&mut self, node: Node) {
        let Some((&first, rest)) = self.tree.children(node).split_first() else { return };
        self.node(first);
        let is_chain = rest.len() > 2;
        let fail = is_chain.then(|| self.emit.new_label());
        let mut pairs = rest.chunks_exact(2).peekable();
        while let Some(&[operator, operand]) = pairs.next() {
            self.node(operand);
            let is_last = pairs.peek().is_none();
            if !is_last {
                self.emit.dup_top();
                self.emit.rot_three();
            }
            self.comparison_op(operator);
            if let Some(fail) = fail.filter(|_| !is_last) {
                self.emit.jump_if_or_pop(false, fail);
            }
        }
        if let Some(fail) = fail {
            let end = self.emit.new_label();
            self.emit.jump(end);
            self.emit.place(fail);
            self.emit.adjust_stack(1);
            self.emit.rot_two();
            self.emit.pop_top();
            self.emit.place(end);
        }
    }

    fn comparison_op(&mut self, operator: Node) {
        let op = match operator.as_token() {
            Some(Token::Less) => BinaryOp::Less,
            Some(Token::More) => BinaryOp::More,
            Some(Token::EqualEqual) => BinaryOp::Equal,
            Some(Token::LessEqual) => BinaryOp::LessEqual,
            Some(Token::MoreEqual) => BinaryOp::MoreEqual,
            Some(Token::NotEqual) => BinaryOp::NotEqual,
            Some(_) => BinaryOp::In,
            None if self.tree.is(operator, Rule::CompOpNotIn) => return self.emit.negated_op(BinaryOp::In),
            None if self.tree.child(operator, 0).is_null() => BinaryOp::Is,
            None => return self.emit.negated_op(BinaryOp::Is),
        };
        self.emit.binary_op(op);
    }

    /// `a | b | c`, or with `^` or `&`.
    pub(super) fn bitwise(&mut self, rule: Rule, node: Node) {
        let op = match rule {
            Rule::Expr => BinaryOp::Or,
            Rule::XorExpr => BinaryOp::Xor,
            _ => BinaryOp::And,
        };
        for (i, &operand) in self.tree.children(node).iter().enumerate() {
            self.node(operand);
            if i > 0 {
                self.emit.binary_op(op);
            }
        }
    }

    /// `a + b - c`, or with other operators that stand between operands.
    pub(super) fn arithmetic(&mut self, node: Node) {
        let Some((&first, rest)) = self.tree.children(node).split_first() else { return };
        self.node(first);
        for pair in rest.chunks_exact(2) {
            self.node(pair[1]);
            let op = match pair[0].as_token() {
                Some(Token::LessLess) => BinaryOp::Lshift,
                Some(Token::MoreMore) => BinaryOp::Rshift,
                Some(Token::Plus) => BinaryOp::Add,
                Some(Token::Minus) => BinaryOp::Subtract,
                Some(Token::Star) => BinaryOp::Multiply,
                Some(Token::At) => BinaryOp::MatMultiply,
                Some(Token::SlashSlash) => BinaryOp::FloorDivide,
                Some(Token::Slash) => BinaryOp::TrueDivide,
                _ => BinaryOp::Modulo,
            };
            self.emit.binary_op(op);
        }
    }

    /// The operation of `+=` and the like.
    pub(super) fn augmenting_op(&mut self, operator: Node) {
        let op = match operator.as_token() {
            Some(Token::PipeEqual) => BinaryOp::InplaceOr,
            Some(Token::CaretEqual) => BinaryOp::InplaceXor,
            Some(Token::AmpersandEqual) => BinaryOp::InplaceAnd,
            Some(Token::LessLessEqual) => BinaryOp::InplaceLshift,
            Some(Token::MoreMoreEqual) => BinaryOp::InplaceRshift,
            Some(Token::PlusEqual) => BinaryOp::InplaceAdd,
            Some(Token::MinusEqual) => BinaryOp::InplaceSubtract,
            Some(Token::StarEqual) => BinaryOp::InplaceMultiply,
            Some(Token::AtEqual) => BinaryOp::InplaceMatMultiply,
            Some(Token::SlashSlashEqual) => BinaryOp::InplaceFloorDivide,
            Some(Token::SlashEqual) => BinaryOp::InplaceTrueDivide,
            Some(Token::PercentEqual) => BinaryOp::InplaceModulo,
            _ => BinaryOp::InplacePower,
        };
        self.emit.binary_op(op);
    }

    /// `+a`, `-a`, `~a`
    pub(super) fn unary(&mut self, node: Node) {
        self.node(self.tree.child(node, 1));
        let op = match self.tree.child(node, 0).as_token() {
            Some(Token::Tilde) => UnaryOp::Invert,
            Some(Token::Minus) => UnaryOp::Negative,
            _ => UnaryOp::Positive,
        };
        self.emit.unary_op(op);
    }

    pub(super) fn power(&mut self, node: Node) {
        self.all(self.tree.children(node));
        self.emit.binary_op(BinaryOp::Power);
    }
}
