//! Blocks that catch exceptions.
//!
//! One handler of exceptions is around the whole function. A word of the frame says where it goes on: at the handler of
//! the innermost open block, or, if it is null, out of the function. The exception stays in the buffer for non-local
//! returns, so what is pending at the end of a `finally` block is there, and not on the value stack: null if nothing is.
//! A jump out of blocks with a `finally` part goes from one such part to the next; the last one knows where from a word of
//! the frame, which is null if no jump is under way.

use super::assembler::{Assembler, Test};
use super::function::{Frame, label};
use super::{Native, entry};
use crate::emit::{Emit, Label};
use crate::names::Name;
use crate::viper::Type;

/// A block that catches exceptions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    handler: Label,
    is_finally: bool,
    /// Whether it is the body of the block that is walked over, not the handler.
    is_active: bool,
    unwinding: Unwinding,
}

/// What the `finally` part of a block does at its end when a jump is under way.
#[derive(Clone, Copy, Debug)]
enum Unwinding {
    /// No jump goes through it.
    Never,
    /// Goes on to the `finally` part of a block further out.
    Through(Label),
    /// Makes the jump.
    Final,
}

impl<A: Assembler> Native<'_, '_, A> {
    /// The word that says where the handler goes on: what a non-local return puts into the first local register.
    const HANDLER: u32 = A::NLR_LOCAL;

    /// Begins the handler of a function with blocks, which goes on at the handler of a block if there is one.
    pub(super) fn enter_blocks(&mut self) {
        let zero = A::ZERO.unwrap_or(A::TEMPS[0]);
        let current = A::LOCALS[0];
        let unwind = self.frame.unwind();
        self.clear_local(unwind, zero);
        self.asm().store_local(Frame::EXCEPTION, zero);
        self.asm().label_address(current, label::START);
        self.place(label::AGAIN);
        self.push_handler();
        self.asm().jump_if(A::RET, Test::True, label::CAUGHT);
        self.clear_local(Self::HANDLER, zero);
        self.asm().jump_to_register(current);
        self.place(label::CAUGHT);
        self.asm().load_local(current, Self::HANDLER);
        self.asm().jump_if(current, Test::NotZero, label::AGAIN);
    }

    /// Makes `handler` the one where exceptions go on.
    fn set_handler(&mut self, handler: Option<Label>) {
        match handler {
            Some(handler) => self.asm().label_address(A::RET, handler),
            None => self.asm().clear(A::RET),
        }
        self.asm().store_local(Self::HANDLER, A::RET);
    }

    /// The handler of the innermost of the first `count` blocks that is active.
    fn active_handler(&self, count: usize) -> Option<Label> {
        self.blocks.iter().take(count).rev().find(|block| block.is_active).map(|block| block.handler)
    }

    /// Opens a block.
    pub(super) fn open(&mut self, handler: Label, is_finally: bool) {
        let block = Block { handler, is_finally, is_active: true, unwinding: Unwinding::Never };
        self.tables.quota.push_or_stop(&mut self.blocks, block);
        self.set_handler(Some(handler));
    }

    /// Says that the body of the innermost block has ended, and its handler begins if `in_handler`.
    pub(super) fn deactivate(&mut self, in_handler: bool) {
        if let Some(block) = self.blocks.last_mut() {
            block.is_active = false;
        }
        let handler = self.active_handler(self.blocks.len());
        // The handler of the function has set it to null already.
        if handler.is_some() || !in_handler {
            self.set_handler(handler);
        }
    }

    /// Makes the innermost active block the one where exceptions go on, after a generator was left and resumed.
    pub(super) fn reopen(&mut self) {
        if let Some(handler) = self.active_handler(self.blocks.len()) {
            self.set_handler(Some(handler));
        }
    }

    /// Whether `label` begins the handler of the innermost block, and that is a `finally` part.
    pub(super) fn is_finally(&self, label: Label) -> bool {
        self.blocks.last().is_some_and(|block| block.is_finally && block.handler == label)
    }

    /// Leaves `count` blocks and jumps, by way of their `finally` parts.
    pub(super) fn unwind(&mut self, label: Label, count: usize) {
        let outside = self.blocks.len().saturating_sub(count);
        let mut first = None;
        let mut last: Option<usize> = None;
        for i in (outside..self.blocks.len()).rev() {
            let block = self.blocks[i];
            if block.is_finally && block.is_active {
                first.get_or_insert(block.handler);
                if let Some(inner) = last.replace(i) {
                    self.blocks[inner].unwinding = Unwinding::Through(block.handler);
                }
            }
        }
        match (first, last) {
            (Some(first), Some(last)) => {
                self.blocks[last].unwinding = Unwinding::Final;
                let unwind = self.frame.unwind();
                self.asm().label_address(A::RET, label);
                self.asm().store_local(unwind, A::RET);
                self.forget_exception_by_number();
                self.jump(first);
            }
            _ => {
                if count > 0 {
                    // Here a block counts that is no longer active: it is one whose handler the jump is in.
                    let handler = outside.checked_sub(1).and_then(|i| self.blocks.get(i)).map(|block| block.handler);
                    self.set_handler(handler);
                }
                self.jump(label);
            }
        }
    }

    /// Says that no exception is pending.
    pub(super) fn forget_exception(&mut self) {
        self.clear_local(Frame::EXCEPTION, A::TEMPS[0]);
    }

    /// The same with a null that is a number.
    fn forget_exception_by_number(&mut self) {
        self.asm().load_number(A::RET, 0);
        self.asm().store_local(Frame::EXCEPTION, A::RET);
    }

    /// Pushes the exception that is pending.
    pub(super) fn push_exception(&mut self, via: A::Reg) {
        self.asm().load_local(via, Frame::EXCEPTION);
        self.push(Type::Object, via);
    }

    /// Stores the top as what is pending.
    pub(super) fn store_pending(&mut self) {
        self.access(0, A::TEMPS[0]);
        self.asm().store_local(Frame::EXCEPTION, A::TEMPS[0]);
    }

    /// Closes a block: raises what is pending, or goes on with a jump.
    pub(super) fn close(&mut self) {
        self.drop_top();
        self.asm().load_local(A::ARGS[0], Frame::EXCEPTION);
        self.call(entry::RAISE);
        let stay = self.new_label();
        let Some(block) = self.blocks.pop() else { return };
        if let Unwinding::Never = block.unwinding {
            return;
        }
        let unwind = self.frame.unwind();
        self.asm().load_local(A::RET, unwind);
        self.asm().jump_if(A::RET, Test::Zero, stay);
        match block.unwinding {
            Unwinding::Through(next) => self.jump(next),
            _ => self.asm().jump_to_register(A::RET),
        }
        self.place(stay);
    }

    /// Opens a `with` block: calls `__enter__` of the object on top and puts below its result, twice, `__exit__` and the
    /// object.
    pub(super) fn open_with(&mut self, handler: Label) {
        const ENTER: Name = Name::fixed("__enter__");
        const EXIT: Name = Name::fixed("__exit__");
        let [manager, exit, this, _] = A::ARGS;
        let of = self.access(0, manager);
        self.want_object(of);
        self.push_array(A::ARGS[2], 2);
        self.call_with_name(entry::LOAD_METHOD, A::ARGS[1], EXIT);
        self.pop(this);
        self.pop(exit);
        let of = self.pop(manager);
        self.push(of, exit);
        self.push(of, this);
        self.push_array(A::ARGS[2], 2);
        self.call_with_name(entry::LOAD_METHOD, A::ARGS[1], ENTER);
        self.pop_array(A::ARGS[2], 2);
        self.call_with(entry::CALL_METHOD, &[(A::ARGS[0], 0), (A::ARGS[1], 0)]);
        self.push_result();
        self.settle();
        self.open(handler, true);
        self.dup_top();
    }

    /// Ends the body of a `with` block, whose handler is `handler`, and calls `__exit__`.
    pub(super) fn end_with(&mut self, handler: Label) {
        let (quiet, done, no_exception) = (self.new_label(), self.new_label(), self.new_label());
        let call_exit = |this: &mut Self| {
            this.pop_array(A::ARGS[2], 5);
            this.call_with(entry::CALL_METHOD, &[(A::ARGS[0], 3), (A::ARGS[1], 0)]);
        };
        self.deactivate(false);
        self.adjust(-1);
        // A jump out of the block comes here, too.
        self.place(no_exception);
        (0..3).for_each(|_| self.push_number(Type::None, 0));
        call_exit(self);
        self.jump(quiet);

        self.asm().place(handler);
        self.deactivate(true);
        self.adjust_stack(2);
        let [exception, class, ..] = A::ARGS;
        self.asm().load_local(exception, Frame::EXCEPTION);
        self.asm().jump_if(exception, Test::Zero, no_exception);
        // The first word of an object is its type.
        self.asm().load_word(class, exception, 0);
        self.push(Type::Object, class);
        self.push(Type::Object, exception);
        self.push_number(Type::None, 0);
        call_exit(self);
        // If the result is true the exception is forgotten.
        if A::ARGS[0] != A::RET {
            self.asm().copy(A::ARGS[0], A::RET);
        }
        self.call(entry::IS_TRUE);
        self.asm().jump_if(A::RET, Test::False, done);

        self.place(quiet);
        self.forget_exception();
        self.place(done);
        self.adjust(1);
    }
}
