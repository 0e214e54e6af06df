//! Handing out values of a generator, and resuming it.

use super::assembler::{Assembler, Test};
use super::function::{comes_back, label};
use super::{Native, entry};
use crate::emit::{Emit, Label};
use crate::viper::Type;

impl<A: Assembler> Native<'_, '_, A> {
    /// Raises what is thrown into the generator, if anything is.
    pub(super) fn raise_thrown(&mut self) {
        let thrown = self.frame.thrown();
        self.asm().load_local(A::ARGS[0], thrown);
        self.clear_local(thrown, A::ARGS[1]);
        self.call(entry::RAISE);
    }

    /// Pops what the generator hands out, and says why it comes back.
    pub(super) fn hand_out(&mut self, why: i64) {
        let (place, result) = (self.frame.handed_out(), self.frame.result());
        self.pop_array(A::TEMPS[0], 1);
        self.store_state(place, A::TEMPS[0]);
        self.asm().load_number(A::TEMPS[0], why);
        self.asm().store_local(result, A::TEMPS[0]);
    }

    /// Hands out the top, and leaves what is sent in its place. `resumed` is where the generator goes on.
    fn suspend(&mut self, resumed: Label) {
        self.hand_out(comes_back::WITH_VALUE);
        let goes_on = self.frame.goes_on();
        self.asm().label_address(A::TEMPS[0], resumed);
        self.store_state(goes_on, A::TEMPS[0]);
        self.asm().jump(label::EXIT);
        self.asm().place(resumed);
        self.reopen();
        self.adjust_stack(1);
    }

    /// Whether the function can be a generator.
    fn may_yield(&mut self) -> bool {
        if self.traits.is_viper {
            self.refuse("native yield");
        }
        !self.traits.is_viper
    }

    pub(super) fn yield_top(&mut self) {
        if self.may_yield() {
            let resumed = self.new_label();
            self.settle();
            self.suspend(resumed);
            self.raise_thrown();
        }
    }

    /// Yields what the generator below the top does, to which the top is sent.
    pub(super) fn yield_from_below(&mut self) {
        if !self.may_yield() {
            return;
        }
        let (resumed, again, next) = (self.new_label(), self.new_label(), self.new_label());
        self.settle();
        self.jump(next);
        self.place(again);
        self.suspend(resumed);

        self.place(next);
        let thrown = self.frame.thrown();
        self.asm().load_local(A::ARGS[2], thrown);
        self.asm().load_number(A::ARGS[1], 0);
        self.asm().store_local(thrown, A::ARGS[1]);
        self.pop(A::ARGS[1]);
        self.access(0, A::ARGS[0]);
        self.push(Type::Object, A::ARGS[2]);
        self.pop_array(A::ARGS[2], 1);
        self.call(entry::YIELD_FROM);
        self.asm().jump_if(A::RET, Test::True, again);

        // The result takes the place of the generator.
        self.adjust_stack(1);
        self.drop_below(A::ARGS[0]);
    }
}
