//! The instructions that each call of an emitter becomes.

use alloc::vec::Vec;

use berus_mpy::module::{Kind, RawCode};
use berus_mpy::opcode::{BinaryOp, ITER_SLOTS, Op, SMALL_INT_MULTI_MIN, UnaryOp};

use super::Bytecode;
use super::jumps::Place;
use crate::emit::{
    Access, Arguments, Block, Build, Collection, Defaults, Emit, EmitError, GlobalKind, Label, Literal, LocalKind,
    Outcome, Pass,
};
use crate::error::CompileError;
use crate::names::{Name, Names};
use crate::scope::{Scope, ScopeId};
use crate::token::Token;
use crate::tree::Node;

impl Emit for Bytecode<'_, '_> {
    fn end(&mut self, scope: &Scope) -> Result<Outcome, CompileError> {
        let children = self.tables.take_children()?;
        Ok(match self.pass {
            Pass::Scope => Outcome::Again,
            Pass::Code => Outcome::Done(RawCode { code: self.assemble(scope)?.into(), kind: Kind::Bytecode, children }),
        })
    }

    fn error(&self) -> Option<&EmitError> {
        self.error.as_ref()
    }

    fn take_error(&mut self) -> Option<EmitError> {
        self.error.take()
    }

    fn names(&mut self) -> &mut Names {
        self.tables.names
    }

    fn has_just_returned(&self) -> bool {
        self.keeps_unreachable && self.has_returned
    }

    fn adjust_stack(&mut self, delta: i32) {
        self.has_returned = false;
        self.stack_size += delta;
        self.max_stack_size = self.max_stack_size.max(self.stack_size);
    }

    fn source_line(&mut self, line: u32) {
        if self.keep_lines && line > self.last_line {
            self.last_line = line;
            if self.tables.is_frugal() {
                self.awaits_failure = true;
            } else {
                self.begin_line();
            }
        }
    }

    fn new_label(&mut self) -> Label {
        let label = Label(self.buffers.jumps.labels.len() as u32);
        self.tables.quota.push_or_stop(&mut self.buffers.jumps.labels, Place::default());
        label
    }

    fn place(&mut self, label: Label) {
        self.unreachable = false;
        self.has_returned = false;
        let here = self.place_here();
        if let Some(place) = self.buffers.jumps.labels.get_mut(label.0 as usize) {
            *place = here;
        }
    }

    fn load_local(&mut self, _: Name, local: u16, kind: LocalKind) {
        if local >= self.always_set {
            self.may_fail();
        }
        match kind {
            LocalKind::Fast if local < 16 => self.op_of_group(Op::LoadFastMulti, local as u8, 1),
            LocalKind::Fast => self.op_uint(Op::LoadFastN, local.into(), 1),
            LocalKind::Cell => self.op_uint(Op::LoadDeref, local.into(), 1),
        }
    }

    fn store_local(&mut self, _: Name, local: u16, kind: LocalKind) {
        match kind {
            LocalKind::Fast if local < 16 => self.op_of_group(Op::StoreFastMulti, local as u8, -1),
            LocalKind::Fast => self.op_uint(Op::StoreFastN, local.into(), -1),
            LocalKind::Cell => self.op_uint(Op::StoreDeref, local.into(), -1),
        }
    }

    fn delete_local(&mut self, _: Name, local: u16, kind: LocalKind) {
        let op = match kind {
            LocalKind::Fast => Op::DeleteFast,
            LocalKind::Cell => Op::DeleteDeref,
        };
        self.op_uint(op, local.into(), 0);
    }

    fn load_global(&mut self, name: Name, kind: GlobalKind) {
        let op = match kind {
            GlobalKind::Name => Op::LoadName,
            GlobalKind::Global => Op::LoadGlobal,
        };
        self.op_name(op, name, 1);
    }

    fn store_global(&mut self, name: Name, kind: GlobalKind) {
        let op = match kind {
            GlobalKind::Name => Op::StoreName,
            GlobalKind::Global => Op::StoreGlobal,
        };
        self.op_name(op, name, -1);
    }

    fn delete_global(&mut self, name: Name, kind: GlobalKind) {
        let op = match kind {
            GlobalKind::Name => Op::DeleteName,
            GlobalKind::Global => Op::DeleteGlobal,
        };
        self.op_name(op, name, 0);
    }

    fn import_name(&mut self, name: Name) {
        self.op_name(Op::ImportName, name, -1);
    }

    fn import_from(&mut self, name: Name) {
        self.op_name(Op::ImportFrom, name, 1);
    }

    fn import_star(&mut self) {
        self.op(Op::ImportStar, -1);
    }

    fn load_literal(&mut self, literal: Literal) {
        match literal {
            Literal::None => self.op(Op::LoadConstNone, 1),
            Literal::False => self.op(Op::LoadConstFalse, 1),
            Literal::True => self.op(Op::LoadConstTrue, 1),
            Literal::Ellipsis => self.op_constant(Node::token(Token::Ellipsis)),
        }
    }

    fn load_small_int(&mut self, value: i64) {
        match u8::try_from(value.wrapping_sub(SMALL_INT_MULTI_MIN)) {
            Ok(number) if number < Op::LoadConstSmallIntMulti.group_size() => {
                self.op_of_group(Op::LoadConstSmallIntMulti, number, 1);
            }
            _ => {
                self.op(Op::LoadConstSmallInt, 1);
                if let Some(code) = self.room() {
                    write_small_int(code, value);
                }
            }
        }
    }

    fn load_str(&mut self, name: Name) {
        self.op_name(Op::LoadConstString, name, 1);
    }

    fn load_const(&mut self, node: Node) {
        self.op_constant(node);
    }

    fn load_null(&mut self) {
        self.op(Op::LoadNull, 1);
    }

    fn load_method(&mut self, name: Name, is_super: bool) {
        if is_super {
            self.op_name(Op::LoadSuperMethod, name, -1);
        } else {
            self.op_name(Op::LoadMethod, name, 1);
        }
    }

    fn load_build_class(&mut self) {
        self.op(Op::LoadBuildClass, 1);
    }

    fn subscript(&mut self, access: Access) {
        match access {
            Access::Load => return self.op(Op::LoadSubscr, -1),
            Access::Store => {}
            Access::Delete => {
                self.load_null();
                self.rot_three();
            }
        }
        self.op(Op::StoreSubscr, -3);
    }

    fn attribute(&mut self, name: Name, access: Access) {
        match access {
            Access::Load => return self.op_name(Op::LoadAttr, name, 0),
            Access::Store => {}
            Access::Delete => {
                self.load_null();
                self.rot_two();
            }
        }
        self.op_name(Op::StoreAttr, name, -2);
    }

    fn dup_top(&mut self) {
        self.op(Op::DupTop, 1);
    }

    fn dup_top_two(&mut self) {
        self.op(Op::DupTopTwo, 2);
    }

    fn pop_top(&mut self) {
        self.op(Op::PopTop, -1);
    }

    fn rot_two(&mut self) {
        self.op(Op::RotTwo, 0);
    }

    fn rot_three(&mut self) {
        self.op(Op::RotThree, 0);
    }

    fn jump(&mut self, label: Label) {
        self.op_jump(Op::Jump, label, 0);
        self.leave();
    }

    fn pop_jump_if(&mut self, condition: bool, label: Label) {
        self.op_jump(if condition { Op::PopJumpIfTrue } else { Op::PopJumpIfFalse }, label, -1);
    }

    fn jump_if_or_pop(&mut self, condition: bool, label: Label) {
        self.op_jump(if condition { Op::JumpIfTrueOrPop } else { Op::JumpIfFalseOrPop }, label, -1);
    }

    fn unwind_jump(&mut self, label: Label, blocks: u16, drop_iterator: bool) {
        if blocks == 0 {
            if drop_iterator {
                // The stack is left as it is, since the code after the jump still has the iterator.
                (0..ITER_SLOTS).for_each(|_| self.byte(Op::PopTop as u8));
            }
            self.op_jump(Op::Jump, label, 0);
        } else {
            self.op_jump(Op::UnwindJump, label, 0);
            self.byte(if drop_iterator { 0x80 } else { 0 } | blocks as u8);
        }
        self.leave();
    }

    fn setup_block(&mut self, block: Block, label: Label) {
        match block {
            Block::With => self.op_jump(Op::SetupWith, label, 2),
            Block::Except => self.op_jump(Op::SetupExcept, label, 0),
            Block::Finally => self.op_jump(Op::SetupFinally, label, 0),
        }
    }

    fn with_cleanup(&mut self, label: Label) {
        self.load_literal(Literal::None);
        self.place(label);
        // Calling `__exit__` takes two more slots; then those two, and `__exit__` and its object, are gone.
        self.op(Op::WithCleanup, 2);
        self.adjust_stack(-4);
    }

    fn async_with_finally(&mut self, handler: Label, no_exception: Label, unwinding: Label) {
        self.load_literal(Literal::None);
        self.rot_two();
        self.jump(no_exception);
        self.place(handler);
        self.dup_top();
        self.load_global(const { Name::fixed("BaseException") }, GlobalKind::Global);
        self.binary_op(BinaryOp::ExceptionMatch);
        self.pop_jump_if(false, unwinding);
    }

    fn end_finally(&mut self) {
        self.op(Op::EndFinally, -1);
    }

    fn start_except_handler(&mut self) {
        // The exception, and room for what a jump out of the handler leaves there.
        self.adjust_stack(4);
    }

    fn end_except_handler(&mut self) {
        self.adjust_stack(-3);
    }

    fn pop_except_jump(&mut self, label: Label, _: bool) {
        self.op_jump(Op::PopExceptJump, label, 0);
        self.leave();
    }

    fn get_iter(&mut self, on_stack: bool) {
        if on_stack {
            self.op(Op::GetIterStack, ITER_SLOTS as i32 - 1);
        } else {
            self.op(Op::GetIter, 0);
        }
    }

    fn for_iter(&mut self, label: Label) {
        self.op_jump(Op::ForIter, label, 1);
    }

    fn for_iter_end(&mut self) {
        self.adjust_stack(-(ITER_SLOTS as i32));
    }

    fn unary_op(&mut self, op: UnaryOp) {
        self.op_of_group(Op::UnaryOpMulti, op as u8, 0);
    }

    fn binary_op(&mut self, op: BinaryOp) {
        self.op_of_group(Op::BinaryOpMulti, op as u8, -1);
    }

    fn negated_op(&mut self, op: BinaryOp) {
        self.binary_op(op);
        self.unary_op(UnaryOp::Not);
    }

    fn build(&mut self, what: Build, count: u32) {
        let (op, effect) = match what {
            Build::Tuple => (Op::BuildTuple, 1 - count as i32),
            Build::List => (Op::BuildList, 1 - count as i32),
            Build::Map => (Op::BuildMap, 1),
            Build::Set => (Op::BuildSet, 1 - count as i32),
            Build::Slice => (Op::BuildSlice, 1 - count as i32),
        };
        self.op_uint(op, count, effect);
    }

    fn store_map(&mut self) {
        self.op(Op::StoreMap, -2);
    }

    fn store_comp(&mut self, collection: Collection, depth: u32) {
        let (kind, extra) = match collection {
            Collection::List => (0, 0),
            Collection::Dict => (1, 1),
            Collection::Set => (2, 0),
        };
        self.op_uint(Op::StoreComp, (depth + extra) << 2 | kind, -1 - extra as i32);
    }

    fn unpack_sequence(&mut self, count: u32) {
        self.op_uint(Op::UnpackSequence, count, count as i32 - 1);
    }

    fn unpack_ex(&mut self, left: u32, right: u32) {
        self.op_uint(Op::UnpackEx, left | right << 8, (left + right) as i32);
    }

    fn make_function(&mut self, scope: ScopeId, defaults: Defaults) {
        let child = self.tables.child(scope);
        if defaults.any() {
            self.op_uint(Op::MakeFunctionDefargs, child, -1);
        } else {
            self.op_uint(Op::MakeFunction, child, 1);
        }
    }

    fn make_closure(&mut self, scope: ScopeId, cells: u32, defaults: Defaults) {
        let child = self.tables.child(scope);
        if defaults.any() {
            self.op_uint(Op::MakeClosureDefargs, child, -1 - cells as i32);
        } else {
            self.op_uint(Op::MakeClosure, child, 1 - cells as i32);
        }
        self.byte(cells as u8);
    }

    fn call_function(&mut self, arguments: Arguments) {
        self.op_call(Op::CallFunction, Op::CallFunctionVarKw, arguments, 0);
    }

    fn call_method(&mut self, arguments: Arguments) {
        self.op_call(Op::CallMethod, Op::CallMethodVarKw, arguments, -1);
    }

    fn return_value(&mut self) {
        self.op(Op::ReturnValue, -1);
        self.leave();
        self.has_returned = true;
    }

    fn raise(&mut self, values: u8) {
        let op = match values {
            0 => Op::RaiseLast,
            1 => Op::RaiseObj,
            _ => Op::RaiseFrom,
        };
        self.op(op, -i32::from(values));
        self.leave();
    }

    fn yield_value(&mut self) {
        self.op(Op::YieldValue, 0);
    }

    fn yield_from(&mut self) {
        self.op(Op::YieldFrom, -1);
    }
}

/// Appends a small integer: seven bits a byte, most significant group first, as few as keep the sign in bit 6 of the
/// first.
fn write_small_int(out: &mut Vec<u8>, value: i64) {
    let mut groups = 1;
    while !(-64..64).contains(&(value >> (7 * (groups - 1)))) {
        groups += 1;
    }
    for group in (1..groups).rev() {
        out.push(0x80 | (value >> (7 * group)) as u8);
    }
    out.push(value as u8 & 0x7f);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_integers_are_as_short_as_their_sign_allows() {
        let bytes = |value| {
            let mut out = Vec::new();
            write_small_int(&mut out, value);
            out
        };
        assert_eq!(bytes(48), [0x30]);
        assert_eq!(bytes(64), [0x80, 0x40]);
        assert_eq!(bytes(-64), [0x40]);
        assert_eq!(bytes(-65), [0xff, 0x3f]);
        assert_eq!(bytes(i64::MAX).len(), 10);
        assert_eq!(bytes(i64::MIN).len(), 10);
    }
}
