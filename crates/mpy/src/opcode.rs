//! The table of opcodes: the one description of MicroPython's bytecode.
//!
//! Each row of `opcodes!` gives an opcode's number, name, operand and effect on the value stack. The decoder
//! ([`crate::bytecode`]), the verifier, the disassembler, compilers and interpreters derive from it, so that
//! none of them has knowledge of its own about an encoding. (MicroPython: `py/bc0.h`, `py/vm.c`.)
//!
//! An effect reads `pops => pushes`, in slots of the value stack; where a jump has another effect, that follows. `n` is
//! the operand and `m` the byte that follows it.

/// Slots of the value stack that hold the state of a `for` loop's iterator.
pub const ITER_SLOTS: u32 = 4;

/// What follows an opcode's byte, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// Nothing follows, and there is no operand.
    None,
    /// Nothing follows: the operand is in the opcode itself, as its distance from the first opcode of the group.
    Implied,
    /// An index of the module's qstr table, as a vuint.
    Qstr,
    /// A small integer, seven bits a byte, most significant group first, sign in bit 6 of the first byte.
    SmallInt,
    /// An index of the module's constant table, as a vuint.
    Constant,
    /// The number of a local variable, as a vuint.
    Local,
    /// A number of items, as a vuint.
    Count,
    /// Positional arguments in the low byte, keyword arguments in the next, as a vuint.
    Arguments,
    /// Names before the star in the low byte, after it in the next, as a vuint.
    Starred,
    /// Kind of the collection (0 list, 1 dict, 2 set) in bits 1..0, its distance from the stack's top above; a vuint.
    Collection,
    /// An index of the code object's children, as a vuint.
    Child,
    /// A child as of [`Operand::Child`], then a byte: the number of cells that it closes over.
    Closure,
    /// A jump forward or backward: one byte less 64 or, with bit 7 set, two bytes (low seven bits first) less 16384.
    Jump,
    /// A jump forward: one byte or, with bit 7 set, two (low seven bits first).
    Forward,
    /// A [`Operand::Jump`], then a byte: exception blocks to leave, and in bit 7 whether to drop an iterator too.
    Unwind,
}

/// Slots that an instruction takes from the value stack and then puts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Slots taken.
    pub pops: u32,
    /// Slots put on.
    pub pushes: u32,
}

/// Where control goes after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Control goes to the next instruction.
    Next,
    /// Control goes to the jump's target.
    Jump,
    /// Control goes to the next instruction or to the jump's target.
    Branch,
    /// Control goes to the next instruction; the target is the handler of the block that the instruction opens.
    Setup,
    /// Control goes out of the function, into an exception handler, or wherever the pending `finally` work leads.
    Leave,
}

macro_rules! opcodes {
    (($n:ident, $m:ident) $(
        $(#[$doc:meta])*
        $number:literal $(..= $last:literal)? $op:ident $name:literal $operand:ident $flow:ident
        $pops:expr => $pushes:expr $(, jump $jump_pops:expr => $jump_pushes:expr)?;
    )*) => {
        /// An opcode. Opcodes that carry a value in their own byte form one group under one name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Op {
            $($(#[$doc])* $op = $number,)*
        }

        impl Op {
            /// Every opcode, in the order of the numbers.
            pub const ALL: &[Op] = &[$(Op::$op),*];

            /// The opcode that `byte` stands for, if it stands for any.
            ///
            /// ```
            /// use berus_mpy::opcode::Op;
            /// assert_eq!(Op::from_byte(0x63), Some(Op::ReturnValue));
            /// assert_eq!(Op::from_byte(0xb3), Some(Op::LoadFastMulti));
            /// assert_eq!(Op::from_byte(0x00), None);
            /// ```
            pub const fn from_byte(byte: u8) -> Option<Op> {
                // A look-up: this is the first step of decoding every instruction.
                const BY_BYTE: [Option<Op>; 256] = {
                    let mut ops = [None; 256];
                    let mut byte = 0;
                    while byte < ops.len() {
                        ops[byte] = match byte as u8 {
                            $($number $(..= $last)? => Some(Op::$op),)*
                            _ => None,
                        };
                        byte += 1;
                    }
                    ops
                };
                BY_BYTE[byte as usize]
            }

            /// The opcode's name in MicroPython.
            pub const fn name(self) -> &'static str {
                match self { $(Op::$op => $name,)* }
            }

            /// What follows the opcode's byte.
            pub const fn operand(self) -> Operand {
                const BY_NUMBER: [Operand; 256] = {
                    let mut operands = [Operand::None; 256];
                    $(operands[$number] = Operand::$operand;)*
                    operands
                };
                BY_NUMBER[self as usize]
            }

            /// Where control goes after the instruction.
            pub const fn flow(self) -> Flow {
                match self { $(Op::$op => Flow::$flow,)* }
            }

            /// How many bytes stand for the opcode: more than one for a group.
            pub const fn group_size(self) -> u8 {
                match self { $(Op::$op => 1 $(+ ($last - $number))?,)* }
            }

            /// The opcode's effect when control goes on to the next instruction. `n` is the operand and `m` the byte
            /// after that, 0 where the instruction has none.
            #[allow(unused_variables)]
            pub const fn effect(self, $n: u32, $m: u32) -> Effect {
                match self { $(Op::$op => Effect { pops: $pops, pushes: $pushes },)* }
            }

            /// The opcode's effect when the instruction jumps.
            pub const fn jump_effect(self, $n: u32, $m: u32) -> Effect {
                match self {
                    $($(Op::$op => Effect { pops: $jump_pops, pushes: $jump_pushes },)?)*
                    _ => self.effect($n, $m),
                }
            }
        }
    };
}

opcodes! {
    (n, m)
    /// Push a string.
    0x10 LoadConstString "LOAD_CONST_STRING" Qstr Next 0 => 1;
    /// Push a variable of a class body or module: local, else global, else built in.
    0x11 LoadName "LOAD_NAME" Qstr Next 0 => 1;
    /// Push a global or built-in variable.
    0x12 LoadGlobal "LOAD_GLOBAL" Qstr Next 0 => 1;
    /// Replace an object by its attribute.
    0x13 LoadAttr "LOAD_ATTR" Qstr Next 1 => 1;
    /// Replace an object by its attribute as a callable and the `self` to call it with, or null.
    0x14 LoadMethod "LOAD_METHOD" Qstr Next 1 => 2;
    /// As `LOAD_METHOD`, from the `super` type, a class and `self`.
    0x15 LoadSuperMethod "LOAD_SUPER_METHOD" Qstr Next 3 => 2;
    /// Pop into a variable of a class body or module.
    0x16 StoreName "STORE_NAME" Qstr Next 1 => 0;
    /// Pop into a global variable.
    0x17 StoreGlobal "STORE_GLOBAL" Qstr Next 1 => 0;
    /// Store a value, or delete where it is null, as the attribute of the object on top.
    0x18 StoreAttr "STORE_ATTR" Qstr Next 2 => 0;
    /// Delete a variable of a class body or module.
    0x19 DeleteName "DELETE_NAME" Qstr Next 0 => 0;
    /// Delete a global variable.
    0x1a DeleteGlobal "DELETE_GLOBAL" Qstr Next 0 => 0;
    /// Import a module: its level and list of names are on the stack.
    0x1b ImportName "IMPORT_NAME" Qstr Next 2 => 1;
    /// Push the attribute of the module on top that has the name.
    0x1c ImportFrom "IMPORT_FROM" Qstr Next 1 => 2;
    /// Make a function of a child and `m` cells.
    0x20 MakeClosure "MAKE_CLOSURE" Closure Next m => 1;
    /// Make a function of a child and `m` cells, below which are a tuple (or null) and a dict (or null) of default
    /// arguments.
    0x21 MakeClosureDefargs "MAKE_CLOSURE_DEFARGS" Closure Next m.saturating_add(2) => 1;
    /// Push a small integer.
    0x22 LoadConstSmallInt "LOAD_CONST_SMALL_INT" SmallInt Next 0 => 1;
    /// Push an entry of the constant table.
    0x23 LoadConstObj "LOAD_CONST_OBJ" Constant Next 0 => 1;
    /// Push a local variable.
    0x24 LoadFastN "LOAD_FAST_N" Local Next 0 => 1;
    /// Push the object that the cell in a local variable holds.
    0x25 LoadDeref "LOAD_DEREF" Local Next 0 => 1;
    /// Pop into a local variable.
    0x26 StoreFastN "STORE_FAST_N" Local Next 1 => 0;
    /// Pop into the cell in a local variable.
    0x27 StoreDeref "STORE_DEREF" Local Next 1 => 0;
    /// Unset a local variable.
    0x28 DeleteFast "DELETE_FAST" Local Next 0 => 0;
    /// Unset the cell in a local variable.
    0x29 DeleteDeref "DELETE_DEREF" Local Next 0 => 0;
    /// Make a tuple of `n` items.
    0x2a BuildTuple "BUILD_TUPLE" Count Next n => 1;
    /// Make a list of `n` items.
    0x2b BuildList "BUILD_LIST" Count Next n => 1;
    /// Push an empty dict with room for `n` items.
    0x2c BuildMap "BUILD_MAP" Count Next 0 => 1;
    /// Make a set of `n` items.
    0x2d BuildSet "BUILD_SET" Count Next n => 1;
    /// Make a slice of `n` (2 or 3) items.
    0x2e BuildSlice "BUILD_SLICE" Count Next n => 1;
    /// Add an item to the collection of a comprehension; a dict takes a key on top of a value.
    0x2f StoreComp "STORE_COMP" Collection Next if n & 3 == 1 { 2 } else { 1 } => 0;
    /// Unpack exactly `n` items, the first ending on top.
    0x30 UnpackSequence "UNPACK_SEQUENCE" Count Next 1 => n;
    /// Unpack into names before and after a starred one.
    0x31 UnpackEx "UNPACK_EX" Starred Next 1 => low(n) + high(n) + 1;
    /// Make a function of a child.
    0x32 MakeFunction "MAKE_FUNCTION" Child Next 0 => 1;
    /// Make a function of a child, a tuple (or null) and a dict (or null) of default arguments.
    0x33 MakeFunctionDefargs "MAKE_FUNCTION_DEFARGS" Child Next 2 => 1;
    /// Call a function with positional arguments and pairs of keyword and value.
    0x34 CallFunction "CALL_FUNCTION" Arguments Next 1 + low(n) + 2 * high(n) => 1;
    /// Call a function as `CALL_FUNCTION` does, with starred arguments: on top lies a bitmap of the positional
    /// arguments that are starred, and a null keyword goes with a mapping.
    0x35 CallFunctionVarKw "CALL_FUNCTION_VAR_KW" Arguments Next 2 + low(n) + 2 * high(n) => 1;
    /// Call what `LOAD_METHOD` pushed.
    0x36 CallMethod "CALL_METHOD" Arguments Next 2 + low(n) + 2 * high(n) => 1;
    /// Call what `LOAD_METHOD` pushed, with starred arguments as `CALL_FUNCTION_VAR_KW` has them.
    0x37 CallMethodVarKw "CALL_METHOD_VAR_KW" Arguments Next 3 + low(n) + 2 * high(n) => 1;
    /// Leave exception blocks, running their `finally` parts, then jump.
    0x40 UnwindJump "UNWIND_JUMP" Unwind Leave 0 => 0;
    /// Jump.
    0x42 Jump "JUMP" Jump Jump 0 => 0;
    /// Pop an object, and jump if it is true.
    0x43 PopJumpIfTrue "POP_JUMP_IF_TRUE" Jump Branch 1 => 0;
    /// Pop an object, and jump if it is false.
    0x44 PopJumpIfFalse "POP_JUMP_IF_FALSE" Jump Branch 1 => 0;
    /// Jump if the object on top is true, else pop it.
    0x45 JumpIfTrueOrPop "JUMP_IF_TRUE_OR_POP" Forward Branch 1 => 0, jump 1 => 1;
    /// Jump if the object on top is false, else pop it.
    0x46 JumpIfFalseOrPop "JUMP_IF_FALSE_OR_POP" Forward Branch 1 => 0, jump 1 => 1;
    /// Enter a context manager: its `__exit__` and `self` take its place below the value entered with. The handler
    /// sees the first two and what is pending.
    0x47 SetupWith "SETUP_WITH" Forward Setup 1 => 3, jump 1 => 3;
    /// Open a block whose handler sees the exception.
    0x48 SetupExcept "SETUP_EXCEPT" Forward Setup 0 => 0, jump 0 => 1;
    /// Open a block whose handler runs however the block is left, and sees what is pending.
    0x49 SetupFinally "SETUP_FINALLY" Forward Setup 0 => 0, jump 0 => 1;
    /// Close the innermost block and jump.
    0x4a PopExceptJump "POP_EXCEPT_JUMP" Forward Jump 0 => 0;
    /// Push the next item of the iterator on top, or drop the iterator and jump.
    0x4b ForIter "FOR_ITER" Forward Branch ITER_SLOTS => ITER_SLOTS + 1, jump ITER_SLOTS => 0;
    /// Push `False`.
    0x50 LoadConstFalse "LOAD_CONST_FALSE" None Next 0 => 1;
    /// Push `None`.
    0x51 LoadConstNone "LOAD_CONST_NONE" None Next 0 => 1;
    /// Push `True`.
    0x52 LoadConstTrue "LOAD_CONST_TRUE" None Next 0 => 1;
    /// Push null, which is no object.
    0x53 LoadNull "LOAD_NULL" None Next 0 => 1;
    /// Push the function that makes classes.
    0x54 LoadBuildClass "LOAD_BUILD_CLASS" None Next 0 => 1;
    /// Subscript the object below by the top.
    0x55 LoadSubscr "LOAD_SUBSCR" None Next 2 => 1;
    /// Store a value, or delete where it is null, under the index on top of the object below it.
    0x56 StoreSubscr "STORE_SUBSCR" None Next 3 => 0;
    /// Push the top again.
    0x57 DupTop "DUP_TOP" None Next 1 => 2;
    /// Push the top two again.
    0x58 DupTopTwo "DUP_TOP_TWO" None Next 2 => 4;
    /// Pop the top.
    0x59 PopTop "POP_TOP" None Next 1 => 0;
    /// Exchange the top two.
    0x5a RotTwo "ROT_TWO" None Next 2 => 2;
    /// Move the top below the next two.
    0x5b RotThree "ROT_THREE" None Next 3 => 3;
    /// Call `__exit__` for what is pending on top of it.
    0x5c WithCleanup "WITH_CLEANUP" None Next 3 => 1;
    /// Close the innermost block and go on with what is pending: nothing, an exception, a return or a jump.
    0x5d EndFinally "END_FINALLY" None Next 1 => 0;
    /// Replace an object by its iterator.
    0x5e GetIter "GET_ITER" None Next 1 => 1;
    /// Replace an object by the state of its iterator.
    0x5f GetIterStack "GET_ITER_STACK" None Next 1 => ITER_SLOTS;
    /// Store the value below under the key on top, in the dict below both.
    0x62 StoreMap "STORE_MAP" None Next 3 => 1;
    /// Return the top, by way of the `finally` parts of all open blocks.
    0x63 ReturnValue "RETURN_VALUE" None Leave 1 => 0;
    /// Raise the exception being handled again.
    0x64 RaiseLast "RAISE_LAST" None Leave 0 => 0;
    /// Raise the top.
    0x65 RaiseObj "RAISE_OBJ" None Leave 1 => 0;
    /// Raise the object below the top, because of the top.
    0x66 RaiseFrom "RAISE_FROM" None Leave 2 => 0;
    /// Yield the top; what is sent in takes its place.
    0x67 YieldValue "YIELD_VALUE" None Next 1 => 1;
    /// Send the top to the iterator below until the iterator returns.
    0x68 YieldFrom "YIELD_FROM" None Next 2 => 1;
    /// Import all public names of the module on top.
    0x69 ImportStar "IMPORT_STAR" None Next 1 => 0;
    /// Push a small integer from -16 to 47.
    0x70..=0xaf LoadConstSmallIntMulti "LOAD_CONST_SMALL_INT_MULTI" Implied Next 0 => 1;
    /// Push one of the first 16 local variables.
    0xb0..=0xbf LoadFastMulti "LOAD_FAST_MULTI" Implied Next 0 => 1;
    /// Pop into one of the first 16 local variables.
    0xc0..=0xcf StoreFastMulti "STORE_FAST_MULTI" Implied Next 1 => 0;
    /// A unary operation.
    0xd0..=0xd3 UnaryOpMulti "UNARY_OP_MULTI" Implied Next 1 => 1;
    /// A binary operation.
    0xd7..=0xf9 BinaryOpMulti "BINARY_OP_MULTI" Implied Next 2 => 1;
}

const fn low(n: u32) -> u32 {
    n & 0xff
}

const fn high(n: u32) -> u32 {
    n >> 8
}

/// The least value of [`Op::LoadConstSmallIntMulti`].
pub const SMALL_INT_MULTI_MIN: i64 = -16;

macro_rules! operations {
    ($(#[$meta:meta])* $type:ident { $($op:ident $name:literal $symbol:literal $method:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names say it all
        pub enum $type {
            $($op,)*
        }

        impl $type {
            /// All operations, in the order of the numbers.
            pub const ALL: &[$type] = &[$($type::$op),*];

            /// The operation with number `number` in its group of opcodes.
            pub fn from_number(number: u8) -> Option<$type> {
                $type::ALL.get(usize::from(number)).copied()
            }

            /// The opcode's name in MicroPython.
            pub const fn name(self) -> &'static str {
                match self { $($type::$op => $name,)* }
            }

            /// The operator's spelling in Python.
            pub const fn symbol(self) -> &'static str {
                match self { $($type::$op => $symbol,)* }
            }

            /// The method by which a class gives the operator a meaning; empty if there is none.
            pub const fn method(self) -> &'static str {
                match self { $($type::$op => $method,)* }
            }
        }
    };
}

operations! {
    /// An operation of [`Op::UnaryOpMulti`].
    UnaryOp {
        Positive "POSITIVE" "+" "__pos__",
        Negative "NEGATIVE" "-" "__neg__",
        Invert "INVERT" "~" "__invert__",
        Not "NOT" "not" "",
    }
}

operations! {
    /// An operation of [`Op::BinaryOpMulti`].
    BinaryOp {
        Less "LESS" "<" "__lt__",
        More "MORE" ">" "__gt__",
        Equal "EQUAL" "==" "__eq__",
        LessEqual "LESS_EQUAL" "<=" "__le__",
        MoreEqual "MORE_EQUAL" ">=" "__ge__",
        NotEqual "NOT_EQUAL" "!=" "__ne__",
        In "IN" "in" "__contains__",
        Is "IS" "is" "",
        ExceptionMatch "EXCEPTION_MATCH" "except" "",
        InplaceOr "INPLACE_OR" "|=" "__ior__",
        InplaceXor "INPLACE_XOR" "^=" "__ixor__",
        InplaceAnd "INPLACE_AND" "&=" "__iand__",
        InplaceLshift "INPLACE_LSHIFT" "<<=" "__ilshift__",
        InplaceRshift "INPLACE_RSHIFT" ">>=" "__irshift__",
        InplaceAdd "INPLACE_ADD" "+=" "__iadd__",
        InplaceSubtract "INPLACE_SUBTRACT" "-=" "__isub__",
        InplaceMultiply "INPLACE_MULTIPLY" "*=" "__imul__",
        InplaceMatMultiply "INPLACE_MAT_MULTIPLY" "@=" "__imatmul__",
        InplaceFloorDivide "INPLACE_FLOOR_DIVIDE" "//=" "__ifloordiv__",
        InplaceTrueDivide "INPLACE_TRUE_DIVIDE" "/=" "__itruediv__",
        InplaceModulo "INPLACE_MODULO" "%=" "__imod__",
        InplacePower "INPLACE_POWER" "**=" "__ipow__",
        Or "OR" "|" "__or__",
        Xor "XOR" "^" "__xor__",
        And "AND" "&" "__and__",
        Lshift "LSHIFT" "<<" "__lshift__",
        Rshift "RSHIFT" ">>" "__rshift__",
        Add "ADD" "+" "__add__",
        Subtract "SUBTRACT" "-" "__sub__",
        Multiply "MULTIPLY" "*" "__mul__",
        MatMultiply "MAT_MULTIPLY" "@" "__matmul__",
        FloorDivide "FLOOR_DIVIDE" "//" "__floordiv__",
        TrueDivide "TRUE_DIVIDE" "/" "__truediv__",
        Modulo "MODULO" "%" "__mod__",
        Power "POWER" "**" "__pow__",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_belongs_to_at_most_one_opcode() {
        let mut next = 0;
        for &op in Op::ALL {
            assert!(op as u8 >= next, "{} is out of order", op.name());
            for byte in op as u8..=op as u8 + (op.group_size() - 1) {
                assert_eq!(Op::from_byte(byte), Some(op));
            }
            next = op as u8 + op.group_size();
        }
    }

    #[test]
    fn groups_have_a_byte_for_each_operation() {
        assert_eq!(usize::from(Op::UnaryOpMulti.group_size()), UnaryOp::ALL.len());
        assert_eq!(usize::from(Op::BinaryOpMulti.group_size()), BinaryOp::ALL.len());
    }

    #[test]
    fn effects_depend_on_operands() {
        assert_eq!(Op::CallMethod.effect(0x0102, 0), Effect { pops: 6, pushes: 1 });
        assert_eq!(Op::MakeClosureDefargs.effect(9, 3), Effect { pops: 5, pushes: 1 });
        assert_eq!(Op::ForIter.effect(0, 0), Effect { pops: 4, pushes: 5 });
        assert_eq!(Op::ForIter.jump_effect(0, 0), Effect { pops: 4, pushes: 0 });
        assert_eq!(Op::JumpIfTrueOrPop.jump_effect(0, 0), Effect { pops: 1, pushes: 1 });
    }
}
