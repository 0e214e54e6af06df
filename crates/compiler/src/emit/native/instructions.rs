//! What the emitter does for each call.

use berus_mpy::opcode::{BinaryOp, ITER_SLOTS, UnaryOp};

use super::assembler::{Assembler, Test};
use super::stack::Value;
use super::{Native, entry};
use crate::emit::{
    Access, Arguments, Block, Build, Collection, Defaults, Emit, EmitError, GlobalKind, Label, Literal, LocalKind,
    Outcome,
};
use crate::error::CompileError;
use crate::names::{Name, Names};
use crate::scope::{Scope, ScopeId};
use crate::token::Token;
use crate::tree::Node;
use crate::viper::Type;

impl<A: Assembler> Emit for Native<'_, '_, A> {
    fn end(&mut self, scope: &Scope) -> Result<Outcome, CompileError> {
        self.finish(scope)
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

    fn adjust_stack(&mut self, delta: i32) {
        // Only what is jumped to finds the stack higher, and jumps leave all values in the frame.
        let of = if delta == 1 { self.kept.condition_type } else { Type::Object };
        (0..delta).for_each(|_| self.stack.push(Value::in_frame(of)));
        if delta < 0 {
            self.adjust(delta as isize);
        }
    }

    fn source_line(&mut self, _: u32) {}

    fn new_label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    fn place(&mut self, label: Label) {
        let is_finally = self.is_finally(label);
        if is_finally {
            self.store_pending();
        }
        self.settle();
        self.asm().place(label);
        if is_finally {
            self.deactivate(false);
        }
    }

    fn load_local(&mut self, name: Name, local: u16, kind: LocalKind) {
        match kind {
            LocalKind::Fast => self.load_fast(name, local),
            LocalKind::Cell => self.load_cell(name, local),
        }
    }

    fn store_local(&mut self, name: Name, local: u16, kind: LocalKind) {
        match kind {
            LocalKind::Fast => self.store_fast(name, local),
            LocalKind::Cell => self.store_cell(name, local),
        }
    }

    fn delete_local(&mut self, name: Name, local: u16, kind: LocalKind) {
        // No variable is ever seen to be deleted: one in a slot becomes None, one in a cell stays.
        if kind == LocalKind::Fast {
            self.load_literal(Literal::None);
            self.store_fast(name, local);
        }
    }

    fn load_global(&mut self, name: Name, kind: GlobalKind) {
        self.load_variable(name, kind);
    }

    fn store_global(&mut self, name: Name, kind: GlobalKind) {
        self.store_variable(name, kind);
    }

    fn delete_global(&mut self, name: Name, kind: GlobalKind) {
        let entry = match kind {
            GlobalKind::Name => entry::DELETE_NAME,
            GlobalKind::Global => entry::DELETE_GLOBAL,
        };
        self.call_with_name(entry, A::ARGS[0], name);
    }

    fn import_name(&mut self, name: Name) {
        self.pop_as_object(A::ARGS[1]);
        self.pop_as_object(A::ARGS[2]);
        self.call_with_name(entry::IMPORT_NAME, A::ARGS[0], name);
        self.push_result();
    }

    fn import_from(&mut self, name: Name) {
        let of = self.access(0, A::ARGS[0]);
        self.want_object(of);
        self.call_with_name(entry::IMPORT_FROM, A::ARGS[1], name);
        self.push_result();
    }

    fn import_star(&mut self) {
        self.pop_object(A::ARGS[0]);
        self.call(entry::IMPORT_ALL);
    }

    fn load_literal(&mut self, literal: Literal) {
        match literal {
            Literal::None => self.push_number(Type::None, 0),
            Literal::False => self.push_number(Type::Bool, 0),
            Literal::True => self.push_number(Type::Bool, 1),
            Literal::Ellipsis => self.load_const(Node::token(Token::Ellipsis)),
        }
    }

    fn load_small_int(&mut self, value: i64) {
        self.push_number(Type::Int, value);
    }

    fn load_str(&mut self, name: Name) {
        self.load_const(Node::str(name));
    }

    fn load_const(&mut self, node: Node) {
        self.free(A::TEMPS[0], None);
        self.load_constant(A::TEMPS[0], node);
        self.push(Type::Object, A::TEMPS[0]);
    }

    fn load_null(&mut self) {
        self.push_number(Type::Object, 0);
    }

    fn load_method(&mut self, name: Name, is_super: bool) {
        if is_super {
            self.pop_array(A::ARGS[1], 3);
            self.push_array(A::ARGS[1], 2);
            self.call_with_name(entry::LOAD_SUPER_METHOD, A::ARGS[0], name);
        } else {
            self.pop_object(A::ARGS[0]);
            self.push_array(A::ARGS[2], 2);
            self.call_with_name(entry::LOAD_METHOD, A::ARGS[1], name);
        }
    }

    fn load_build_class(&mut self) {
        self.call(entry::LOAD_BUILD_CLASS);
        self.push_result();
    }

    fn subscript(&mut self, access: Access) {
        match access {
            Access::Load => self.load_subscript(),
            Access::Store => self.store_subscript(),
            Access::Delete => self.delete_subscript(),
        }
    }

    fn attribute(&mut self, name: Name, access: Access) {
        match access {
            Access::Load => self.load_attribute(name),
            Access::Store => self.store_attribute(name),
            Access::Delete => self.delete_attribute(name),
        }
    }

    fn dup_top(&mut self) {
        let (of, register) = self.pop_somewhere(A::TEMPS[0], &[]);
        self.push(of, register);
        self.push(of, register);
    }

    fn dup_top_two(&mut self) {
        let [temp0, temp1, _] = A::TEMPS;
        let top = self.pop(temp0);
        let below = self.pop(temp1);
        for (of, register) in [(below, temp1), (top, temp0), (below, temp1), (top, temp0)] {
            self.push(of, register);
        }
    }

    fn pop_top(&mut self) {
        self.drop_top();
    }

    fn rot_two(&mut self) {
        let [temp0, temp1, _] = A::TEMPS;
        let top = self.pop(temp0);
        let below = self.pop(temp1);
        self.push(top, temp0);
        self.push(below, temp1);
    }

    fn rot_three(&mut self) {
        let [temp0, temp1, temp2] = A::TEMPS;
        let top = self.pop(temp0);
        let second = self.pop(temp1);
        let third = self.pop(temp2);
        self.push(top, temp0);
        self.push(third, temp2);
        self.push(second, temp1);
    }

    fn jump(&mut self, label: Label) {
        self.settle();
        self.asm().jump(label);
        self.asm().code().leave();
    }

    fn pop_jump_if(&mut self, condition: bool, label: Label) {
        self.branch(condition, label, false);
    }

    fn jump_if_or_pop(&mut self, condition: bool, label: Label) {
        self.branch(condition, label, true);
    }

    fn unwind_jump(&mut self, label: Label, blocks: u16, _: bool) {
        self.unwind(label, blocks.into());
    }

    fn setup_block(&mut self, block: Block, label: Label) {
        match block {
            Block::With => self.open_with(label),
            Block::Except | Block::Finally => {
                self.settle();
                self.open(label, block == Block::Finally);
            }
        }
    }

    fn with_cleanup(&mut self, label: Label) {
        self.end_with(label);
    }

    fn async_with_finally(&mut self, handler: Label, no_exception: Label, unwinding: Label) {
        // So that the stack is as high as after a jump out of the block.
        self.adjust_stack(1);
        self.rot_two();
        self.load_literal(Literal::None);
        self.rot_two();
        self.jump(no_exception);
        self.adjust_stack(-1);
        self.place(handler);
        self.drop_top();
        self.push_exception(A::ARGS[0]);
        self.asm().jump_if(A::ARGS[0], Test::Zero, unwinding);
    }

    fn end_finally(&mut self) {
        self.close();
    }

    fn start_except_handler(&mut self) {
        self.deactivate(true);
        self.push_exception(A::TEMPS[0]);
    }

    fn end_except_handler(&mut self) {}

    fn pop_except_jump(&mut self, label: Label, within_handler: bool) {
        if within_handler {
            self.forget_exception();
        } else {
            self.deactivate(false);
        }
        self.jump(label);
    }

    fn get_iter(&mut self, on_stack: bool) {
        self.pop_object(A::ARGS[0]);
        if on_stack {
            self.push_array(A::ARGS[1], ITER_SLOTS as usize);
            self.call(entry::GET_ITER);
        } else {
            self.asm().load_number(A::ARGS[1], 0);
            self.call(entry::GET_ITER);
            self.push_result();
        }
    }

    fn for_iter(&mut self, label: Label) {
        self.pop_array(A::ARGS[0], ITER_SLOTS as usize);
        self.adjust(ITER_SLOTS as isize);
        self.call(entry::ITER_NEXT);
        self.asm().jump_if(A::RET, Test::Zero, label);
        self.push_result();
    }

    fn for_iter_end(&mut self) {
        self.adjust(-(ITER_SLOTS as isize));
    }

    fn unary_op(&mut self, op: UnaryOp) {
        self.unary(op);
    }

    fn binary_op(&mut self, op: BinaryOp) {
        self.binary(op, false);
    }

    fn negated_op(&mut self, op: BinaryOp) {
        self.binary(op, true);
    }

    fn build(&mut self, what: Build, count: u32) {
        let entry = match what {
            Build::Tuple => entry::NEW_TUPLE,
            Build::List => entry::NEW_LIST,
            Build::Map => entry::NEW_DICT,
            Build::Set => entry::NEW_SET,
            Build::Slice => {
                if count == 2 {
                    self.pop_object(A::ARGS[1]);
                    self.pop_object(A::ARGS[0]);
                    self.load_entry(A::ARGS[2], entry::NONE);
                } else {
                    self.pop_object(A::ARGS[2]);
                    self.pop_object(A::ARGS[1]);
                    self.pop_object(A::ARGS[0]);
                }
                self.call(entry::NEW_SLICE);
                self.push_result();
                return;
            }
        };
        if what != Build::Map {
            self.pop_array(A::ARGS[1], count as usize);
        }
        self.call_with(entry, &[(A::ARGS[0], count.into())]);
        self.push_result();
    }

    fn store_map(&mut self) {
        let [map, key, value, _] = A::ARGS;
        self.pop_object(key);
        self.pop_object(value);
        self.pop_object(map);
        self.call(entry::DICT_STORE);
        self.push_result();
    }

    fn store_comp(&mut self, collection: Collection, depth: u32) {
        self.pop_object(A::ARGS[1]);
        let entry = match collection {
            Collection::List => entry::LIST_APPEND,
            Collection::Set => entry::SET_STORE,
            Collection::Dict => {
                self.pop_object(A::ARGS[2]);
                entry::DICT_STORE
            }
        };
        let of = self.access(depth.saturating_sub(1) as usize, A::ARGS[0]);
        self.want_object(of);
        self.call(entry);
    }

    fn unpack_sequence(&mut self, count: u32) {
        self.pop_object(A::ARGS[0]);
        self.push_array(A::ARGS[2], count as usize);
        self.call_with(entry::UNPACK_SEQUENCE, &[(A::ARGS[1], count.into())]);
    }

    fn unpack_ex(&mut self, left: u32, right: u32) {
        self.pop_object(A::ARGS[0]);
        self.push_array(A::ARGS[2], (left + right + 1) as usize);
        self.call_with(entry::UNPACK_EX, &[(A::ARGS[1], i64::from(left | right << 8))]);
    }

    fn make_function(&mut self, scope: ScopeId, defaults: Defaults) {
        self.make_plain(scope, defaults);
    }

    fn make_closure(&mut self, scope: ScopeId, cells: u32, defaults: Defaults) {
        self.make_with_cells(scope, cells as usize, defaults);
    }

    fn call_function(&mut self, arguments: Arguments) {
        self.call_plain(arguments);
    }

    fn call_method(&mut self, arguments: Arguments) {
        self.call_bound(arguments);
    }

    fn return_value(&mut self) {
        self.return_top();
    }

    fn raise(&mut self, values: u8) {
        if values == 1 {
            self.raise_top();
        } else {
            self.refuse("native raise");
        }
    }

    fn yield_value(&mut self) {
        self.yield_top();
    }

    fn yield_from(&mut self) {
        self.yield_from_below();
    }
}
