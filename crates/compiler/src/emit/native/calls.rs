//! Making functions, calling them, and returning.

use super::assembler::Assembler;
use super::function::{comes_back, label};
use super::registers::word;
use super::stack::Value;
use super::{Native, entry};
use crate::emit::{Arguments, Defaults};
use crate::scope::ScopeId;
use crate::viper::Type;

impl<A: Assembler> Native<'_, '_, A> {
    /// Makes the function of a scope, given how many values with its defaults and cells are on the stack.
    fn make(&mut self, scope: ScopeId, values: usize) {
        let [child, context, defaults, _] = A::ARGS;
        let function = self.frame.function();
        self.load_state(context, function);
        self.asm().load_word(context, context, word::FUNCTION_CONTEXT);
        if values == 0 {
            self.free_all();
            self.asm().load_number(defaults, 0);
        } else {
            self.pop_array(defaults, values);
        }
        let number = self.tables.child(scope);
        self.load_state(A::TEMPS[0], function);
        self.asm().load_word(A::TEMPS[0], A::TEMPS[0], word::FUNCTION_CHILDREN);
        self.asm().load_word(child, A::TEMPS[0], number);
        self.asm().call(entry::MAKE_FUNCTION);
    }

    /// Makes a function without cells.
    pub(super) fn make_plain(&mut self, scope: ScopeId, defaults: Defaults) {
        self.make(scope, if defaults.any() { 2 } else { 0 });
        self.push_result();
    }

    /// Makes a function with cells, which are above its defaults.
    pub(super) fn make_with_cells(&mut self, scope: ScopeId, cells: usize, defaults: Defaults) {
        if defaults.any() {
            self.make(scope, 2 + cells);
            self.adjust(2 + cells as isize);
        } else {
            self.make(scope, 0);
        }
        if A::ARGS[0] != A::RET && A::COPIES_CLOSURE {
            self.asm().copy(A::ARGS[0], A::RET);
        }
        self.asm().load_number(A::ARGS[1], cells as i64);
        self.pop_array(A::ARGS[2], cells);
        if defaults.any() {
            self.adjust(-2);
        }
        self.asm().call(entry::NEW_CLOSURE);
        self.push_result();
    }

    pub(super) fn call_plain(&mut self, arguments: Arguments) {
        let values = arguments.positional as usize + 2 * arguments.keyword as usize;
        // On top of starred arguments is which of them are.
        if self.type_at(values + usize::from(arguments.starred)) == Type::Cast {
            self.cast(arguments);
            return;
        }
        if arguments.starred {
            self.call_starred(arguments, 0, values + 2);
            return;
        }
        if values > 0 {
            self.pop_array(A::ARGS[2], values);
        }
        self.pop_object(A::ARGS[0]);
        self.call_with(entry::CALL_FUNCTION, &[(A::ARGS[1], count(arguments))]);
        self.push_result();
    }

    pub(super) fn call_bound(&mut self, arguments: Arguments) {
        let values = arguments.positional as usize + 2 * arguments.keyword as usize;
        if arguments.starred {
            self.call_starred(arguments, 1, values + 3);
            return;
        }
        self.pop_array(A::ARGS[2], values + 2);
        let (positional, keyword) = (arguments.positional.into(), arguments.keyword.into());
        self.call_with(entry::CALL_METHOD, &[(A::ARGS[0], positional), (A::ARGS[1], keyword)]);
        self.push_result();
    }

    /// A call with starred arguments, of a method if `is_method` is 1; `values` are on the stack for it.
    fn call_starred(&mut self, arguments: Arguments, is_method: i64, values: usize) {
        self.pop_array(A::ARGS[2], values);
        self.call_with(entry::CALL_METHOD_VAR, &[(A::ARGS[0], is_method), (A::ARGS[1], count(arguments))]);
        self.push_result();
    }

    /// A call of a type of viper: gives the argument that type.
    fn cast(&mut self, arguments: Arguments) {
        let Some(to) = self.stack.peek(1).cast.filter(|_| arguments == Arguments::positional(1)) else {
            self.refuse("casting");
            return;
        };
        match self.type_at(0) {
            Type::Object => {
                self.pop(A::ARGS[0]);
                self.drop_top();
                self.call_with(entry::TO_NATIVE, &[(A::ARGS[1], to as i64)]);
                self.push(to, A::RET);
            }
            Type::Cast | Type::Unbound => self.refuse("casting"),
            _ => {
                self.drop_below(A::ARGS[0]);
                let top = self.stack.peek(0);
                self.stack.set(0, Value::new(to, top.place));
            }
        }
    }

    /// Returns the top.
    pub(super) fn return_top(&mut self) {
        let blocks = self.blocks.len();
        if self.traits.is_generator {
            self.hand_out(comes_back::WITH_RESULT);
            self.unwind(label::EXIT, blocks);
            return;
        }
        if self.traits.is_viper {
            self.pop_result();
        } else {
            self.pop_object(A::PARENT_RET);
        }
        if self.traits.has_handler() {
            let result = self.frame.result();
            self.asm().store_local(result, A::PARENT_RET);
        }
        self.unwind(label::EXIT, blocks);
    }

    /// Pops the result of a viper function and makes an object of it.
    fn pop_result(&mut self) {
        let wanted = self.result;
        let is_object = wanted == Type::Object;
        if self.type_at(0) == Type::None {
            self.drop_top();
            if is_object {
                self.load_entry(A::PARENT_RET, entry::NONE);
            } else {
                self.asm().load_number(A::ARGS[0], 0);
            }
        } else {
            let found = self.pop(if is_object { A::PARENT_RET } else { A::ARGS[0] });
            if found != wanted {
                let (wanted, found) = (wanted.name(), found.name());
                self.type_error(self.text(format_args!("return expected '{wanted}' but got '{found}'")));
            }
        }
        if !is_object {
            self.convert_to_object(wanted);
            if A::PARENT_RET != A::RET {
                self.asm().copy(A::PARENT_RET, A::RET);
            }
        }
    }

    /// Raises the top.
    pub(super) fn raise_top(&mut self) {
        let of = self.pop(A::ARGS[0]);
        if of != Type::Object {
            self.type_error("must raise an object");
        }
        self.call(entry::RAISE);
        self.asm().code().leave();
    }
}

/// The numbers of arguments as the runtime takes them.
fn count(arguments: Arguments) -> i64 {
    i64::from(arguments.positional | arguments.keyword << 8)
}
