//! Operators and conditions.

use berus_mpy::opcode::{BinaryOp, UnaryOp};

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test};
use super::{Native, entry};
use crate::emit::Label;
use crate::viper::Type;

/// What viper does for an operator of two integers.
enum OfIntegers {
    Shift(Shift),
    /// A call of an entry of the table of functions.
    Call(u32),
    Arithmetic(Arithmetic),
    Compare(Comparison),
    Nothing,
}

/// What viper does for `op`, given the type of its left operand.
fn of_integers(op: BinaryOp, left: Type) -> OfIntegers {
    use BinaryOp as Op;
    use OfIntegers::{Arithmetic as A, Call, Compare as C, Shift as S};
    match op {
        Op::Lshift | Op::InplaceLshift => S(Shift::Left),
        Op::Rshift | Op::InplaceRshift if left == Type::Uint => S(Shift::Logical),
        Op::Rshift | Op::InplaceRshift => S(Shift::Arithmetic),
        Op::FloorDivide | Op::InplaceFloorDivide => Call(entry::FLOOR_DIVIDE),
        Op::Modulo | Op::InplaceModulo => Call(entry::MODULO),
        Op::Or | Op::InplaceOr => A(Arithmetic::Or),
        Op::Xor | Op::InplaceXor => A(Arithmetic::Xor),
        Op::And | Op::InplaceAnd => A(Arithmetic::And),
        Op::Add | Op::InplaceAdd => A(Arithmetic::Add),
        Op::Subtract | Op::InplaceSubtract => A(Arithmetic::Subtract),
        Op::Multiply | Op::InplaceMultiply => A(Arithmetic::Multiply),
        Op::Less => C(Comparison::Less),
        Op::More => C(Comparison::More),
        Op::Equal => C(Comparison::Equal),
        Op::LessEqual => C(Comparison::LessEqual),
        Op::MoreEqual => C(Comparison::MoreEqual),
        Op::NotEqual => C(Comparison::NotEqual),
        _ => OfIntegers::Nothing,
    }
}

impl<A: Assembler> Native<'_, '_, A> {
    pub(super) fn unary(&mut self, op: UnaryOp) {
        match (self.type_at(0), op) {
            (Type::Object, _) => {
                self.pop(A::ARGS[1]);
                self.call_with(entry::UNARY_OP, &[(A::ARGS[0], op as i64)]);
                self.push_result();
            }
            (Type::Int | Type::Uint, UnaryOp::Positive) => {}
            (Type::Int | Type::Uint, UnaryOp::Negative) => {
                let of = self.pop(A::RET);
                self.asm().negate(A::RET);
                self.push(of, A::RET);
            }
            (Type::Int | Type::Uint, UnaryOp::Invert) => {
                let of = self.pop(A::RET);
                self.asm().not(A::RET);
                self.push(of, A::RET);
            }
            (Type::Int | Type::Uint, _) => self.type_error("'not' not implemented"),
            (of, _) => self.type_error(self.text(format_args!("can't do unary op of '{}'", of.name()))),
        }
    }

    /// A binary operator, whose truth is turned round if `negated`.
    pub(super) fn binary(&mut self, op: BinaryOp, negated: bool) {
        match (self.type_at(1), self.type_at(0)) {
            (left, right) if left.is_integer() && right.is_integer() => self.binary_of_integers(op, left, right),
            (Type::Object, Type::Object) => {
                self.pop(A::ARGS[2]);
                self.pop(A::ARGS[1]);
                self.call_with(entry::BINARY_OP, &[(A::ARGS[0], op as i64)]);
                if negated {
                    self.asm().copy(A::ARGS[1], A::RET);
                    self.call_with(entry::UNARY_OP, &[(A::ARGS[0], UnaryOp::Not as i64)]);
                }
                self.push_result();
            }
            (left, right) => {
                self.adjust(-1);
                let (left, right) = (left.name(), right.name());
                self.type_error(self.text(format_args!("can't do binary op between '{left}' and '{right}'")));
            }
        }
    }

    fn binary_of_integers(&mut self, op: BinaryOp, left: Type, right: Type) {
        let does = of_integers(op, left);
        match does {
            OfIntegers::Shift(shift) if let Some(count) = A::SHIFT_COUNT => {
                self.pop(count);
                self.pop(A::RET);
                self.asm().shift(shift, A::RET, count);
                self.push(left, A::RET);
                return;
            }
            OfIntegers::Call(function) => {
                self.pop(A::ARGS[1]);
                self.pop(A::ARGS[0]);
                if left != Type::Int {
                    self.type_error("div/mod not implemented for uint");
                }
                self.call(function);
                self.push(Type::Int, A::RET);
                return;
            }
            _ => {}
        }
        let (_, operand) = self.pop_somewhere(A::ARGS[2], &[A::RET, A::ARGS[1]]);
        self.pop(A::ARGS[1]);
        match does {
            OfIntegers::Shift(shift) => {
                self.asm().shift(shift, A::ARGS[1], operand);
                self.push(left, A::ARGS[1]);
            }
            OfIntegers::Arithmetic(arithmetic) => {
                self.asm().arithmetic(arithmetic, A::ARGS[1], operand);
                self.push(left, A::ARGS[1]);
            }
            OfIntegers::Compare(comparison) => {
                if left != right {
                    self.type_error("comparison of int and uint");
                }
                self.free(A::RET, None);
                self.asm().compare(comparison, left == Type::Int, A::RET, A::ARGS[1], operand);
                self.push(Type::Bool, A::RET);
            }
            OfIntegers::Call(_) | OfIntegers::Nothing => {
                self.adjust(1);
                // MicroPython has room for the name of the operator, but no names.
                self.type_error("binary op  not implemented");
            }
        }
    }

    /// Jumps if the truth of the top is `condition`. Drops the top, or keeps it for where the jump goes.
    pub(super) fn branch(&mut self, condition: bool, label: Label, keep: bool) {
        let of = self.type_at(0);
        let of_kept = if of == Type::Object { self.pop(A::ARGS[0]) } else { self.pop(A::RET) };
        if keep {
            self.adjust(1);
        }
        if of == Type::Object {
            self.call(entry::IS_TRUE);
        } else if of != Type::Bool && !of.is_integer() {
            self.type_error(self.text(format_args!("can't implicitly convert '{}' to 'bool'", of.name())));
        }
        if keep {
            self.kept.condition_type = of_kept;
        }
        self.settle();
        let test = match (condition, of_kept == Type::Object) {
            (false, false) => Test::Zero,
            (true, false) => Test::NotZero,
            (false, true) => Test::False,
            (true, true) => Test::True,
        };
        self.asm().jump_if(A::RET, test, label);
        if keep {
            self.adjust(-1);
        }
    }
}
