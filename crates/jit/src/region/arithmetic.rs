//! Operators on small ints and floats. What they leave to the interpreter: results that are no small int, division by
//! zero, negative shifts.

use core::ptr::with_exposed_provenance;

use berus_mpy::bytecode::Instruction;
use berus_mpy::opcode::{BinaryOp, Op, UnaryOp};
use berus_runtime::interpret::tier;

use crate::asm::{Alu, If, RAX, RCX, RDX, Reg, Shift, Sse, Xmm};
use crate::context::{Place, Type};
use crate::region::flow::Test;
use crate::region::{FALSE, Maker, Operand, Step, Steps, Stop, TRUE};

/// An operator, be it in place or not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Modulo,
    And,
    Or,
    Xor,
    Left,
    Right,
    Compare(BinaryOp),
}

fn operator(op: BinaryOp) -> Option<Operator> {
    use BinaryOp::*;
    Some(match op {
        Add | InplaceAdd => Operator::Add,
        Subtract | InplaceSubtract => Operator::Sub,
        Multiply | InplaceMultiply => Operator::Mul,
        TrueDivide | InplaceTrueDivide => Operator::Div,
        FloorDivide | InplaceFloorDivide => Operator::FloorDiv,
        Modulo | InplaceModulo => Operator::Modulo,
        And | InplaceAnd => Operator::And,
        Or | InplaceOr => Operator::Or,
        Xor | InplaceXor => Operator::Xor,
        Lshift | InplaceLshift => Operator::Left,
        Rshift | InplaceRshift => Operator::Right,
        Less | More | Equal | LessEqual | MoreEqual | NotEqual => Operator::Compare(op),
        _ => return None,
    })
}

/// The scratch registers for floats.
const SCRATCH: [Xmm; 2] = [Xmm(0), Xmm(1)];

impl Maker<'_> {
    pub(super) fn binary(&mut self, instruction: &Instruction) -> Steps {
        let op = BinaryOp::from_number(instruction.index() as u8).ok_or(Stop)?;
        if op == BinaryOp::Is {
            return self.is(instruction);
        }
        if matches!(op, BinaryOp::Power | BinaryOp::InplacePower) && self.is_float_power()? {
            return self.of_two_or_leave(instruction, tier::float_power as *const (), Type::Float);
        }
        let Some(operator) = operator(op) else { return self.generic(instruction) };
        if let Some(function) = tier::complex_function(op)
            && self.are_complex()?
        {
            return self.of_two(instruction, with_exposed_provenance(function), Type::Object(self.facts.complex_type));
        }
        if let Some((step, left)) =
            self.by_method(instruction, self.facts.entry_of_operator, |view, left| view.operator(left, op))?
        {
            // Arithmetic mostly answers an object of the left operand's class.
            if !matches!(operator, Operator::Compare(_))
                && let Some(value) = self.context.stack.last_mut()
            {
                value.seen = Some(left);
            }
            return Ok(step);
        }
        let (a, b) = (self.operand(1)?, self.operand(0)?);
        let for_equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        let are_names = for_equality && self.may_be_name(a) && self.may_be_name(b);
        for (operand, other) in [(a, b), (b, a)] {
            if !self.type_of(operand).is_unknown() {
                continue;
            }
            match self.guess(operand) {
                Some(ty @ (Type::Int | Type::Float)) => self.guard(operand, ty)?,
                Some(ty @ Type::Name) if are_names => self.guard(operand, ty)?,
                Some(_) => return self.generic(instruction),
                // Probably both are of one type.
                None if self.is_number(other) && self.guesses() && self.word_at(operand).is_some() => {
                    let ty = if self.type_of(other) == Type::Float { Type::Float } else { Type::Int };
                    self.guard(operand, ty)?;
                }
                None => match self.ask() {
                    Some(step) => return Ok(step),
                    None => return self.generic(instruction),
                },
            }
        }
        let (a, b) = (self.operand(1)?, self.operand(0)?);
        let (left, right) = (self.type_of(a), self.type_of(b));
        if left.is_int() && right.is_int() && operator != Operator::Div {
            return self.ints(instruction, operator, a, b);
        }
        if self.is_number(a) && self.is_number(b) {
            return self.floats(instruction, operator, a, b);
        }
        if for_equality && left == Type::Name && right == Type::Name {
            return self.compare_words(instruction, condition(op), a, b);
        }
        self.generic(instruction)
    }

    /// Whether both operands are numbers, one of which is a float, or were when the region was made.
    fn is_float_power(&self) -> Result<bool, Stop> {
        let (left, right) = (self.probable(self.operand(1)?), self.probable(self.operand(0)?));
        let is_number = |ty: Type| ty.is_int() || ty == Type::Float;
        Ok(is_number(left) && is_number(right) && (left == Type::Float || right == Type::Float))
    }

    /// Whether both operands are complex numbers, or were when the region was made.
    fn are_complex(&mut self) -> Result<bool, Stop> {
        let complex = Type::Object(self.facts.complex_type);
        if self.probable(self.operand(0)?) != complex || self.probable(self.operand(1)?) != complex {
            return Ok(false);
        }
        Ok(self.is_object(0, self.facts.complex_type)? && self.is_object(1, self.facts.complex_type)?)
    }

    /// Whether an operand is a name, or was one when the region was made.
    fn may_be_name(&self, operand: Operand) -> bool {
        match self.type_of(operand) {
            ty if ty.is_unknown() => self.word_at(operand).is_some() && self.guess(operand) == Some(Type::Name),
            ty => ty == Type::Name,
        }
    }

    /// Whether two values are one object.
    fn is(&mut self, instruction: &Instruction) -> Steps {
        let is_float = |n| self.operand(n).map(|operand| self.context.xmm_of(operand.value).is_some());
        if is_float(0)? || is_float(1)? {
            self.flush_all();
        }
        let (a, b) = (self.operand(1)?, self.operand(0)?);
        self.compare_words(instruction, If::Equal, a, b)
    }

    /// Compares the words of two operands, which are no floats without objects.
    fn compare_words(&mut self, instruction: &Instruction, condition: If, a: Operand, b: Operand) -> Steps {
        match self.word_at(a) {
            Some(crate::asm::Rm::Register(reg)) => self.combine(Alu::Cmp, Reg(reg), b)?,
            _ => {
                self.load(RCX, a)?;
                self.combine(Alu::Cmp, RCX, b)?;
            }
        }
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.use_test(instruction, Test::If(condition))
    }

    fn is_number(&self, operand: Operand) -> bool {
        let ty = self.type_of(operand);
        ty.is_int() || ty == Type::Float
    }

    /// The number that an operand is known to be, as a tagged word that fits 32 bits.
    fn short_word(&self, operand: Operand) -> Option<i32> {
        match operand.value.place {
            Place::Word(word) => i32::try_from(word as isize).ok(),
            _ => None,
        }
    }

    /// Combines a register with the word of an operand.
    fn combine(&mut self, op: Alu, dest: Reg, operand: Operand) -> Result<(), Stop> {
        match (self.short_word(operand), self.word_at(operand)) {
            (Some(word), _) => self.asm.alu_number(op, dest, word),
            (None, Some(word)) => self.asm.alu(op, dest, word),
            _ => {
                self.load(RAX, operand)?;
                self.asm.alu(op, dest, RAX);
            }
        }
        Ok(())
    }

    fn ints(&mut self, instruction: &Instruction, operator: Operator, a: Operand, b: Operand) -> Steps {
        if let Operator::Compare(op) = operator {
            return self.compare_words(instruction, condition(op), a, b);
        }
        let exit = self.exit(true);
        let dest = self.gpr()?;
        match operator {
            Operator::Add => {
                let (a, b) = if self.short_word(a).is_some() { (b, a) } else { (a, b) };
                self.load(dest, a)?;
                match self.short_word(b) {
                    // The tags are added, too, so that one is taken off.
                    Some(word) => self.asm.alu_number(Alu::Add, dest, word.wrapping_sub(1)),
                    None => {
                        self.asm.alu_number(Alu::Sub, dest, 1);
                        self.combine(Alu::Add, dest, b)?;
                    }
                }
                self.asm.jump_if(If::Overflow, exit);
            }
            Operator::Sub => {
                self.load(dest, a)?;
                match self.short_word(b) {
                    Some(word) => {
                        self.asm.alu_number(Alu::Sub, dest, word.wrapping_sub(1));
                        self.asm.jump_if(If::Overflow, exit);
                    }
                    None => {
                        self.combine(Alu::Sub, dest, b)?;
                        self.asm.jump_if(If::Overflow, exit);
                        self.asm.alu_number(Alu::Add, dest, 1);
                    }
                }
            }
            Operator::Mul => {
                self.load(dest, a)?;
                self.load(RAX, b)?;
                self.asm.alu_number(Alu::Sub, dest, 1);
                self.asm.shift(Shift::Arithmetic, RAX, 1);
                self.asm.multiply(dest, RAX);
                self.asm.jump_if(If::Overflow, exit);
                self.asm.alu_number(Alu::Add, dest, 1);
            }
            Operator::And => {
                self.load(dest, a)?;
                self.combine(Alu::And, dest, b)?;
            }
            Operator::Or => {
                self.load(dest, a)?;
                self.combine(Alu::Or, dest, b)?;
            }
            Operator::Xor => {
                self.load(dest, a)?;
                self.combine(Alu::Xor, dest, b)?;
                self.asm.alu_number(Alu::Or, dest, 1);
            }
            Operator::FloorDiv | Operator::Modulo => {
                self.load(RCX, b)?;
                self.load(RAX, a)?;
                self.asm.shift(Shift::Arithmetic, RCX, 1);
                self.asm.jump_if(If::Equal, exit);
                // The least small int by -1 is none.
                self.asm.alu_number(Alu::Cmp, RCX, -1);
                self.asm.jump_if(If::Equal, exit);
                self.asm.shift(Shift::Arithmetic, RAX, 1);
                self.asm.divide(RCX);
                let done = self.asm.label();
                self.asm.test(RDX, RDX);
                self.asm.jump_if(If::Equal, done);
                // The remainder has the divisor's sign in Python.
                self.asm.copy(dest, RDX);
                self.asm.alu(Alu::Xor, dest, RCX);
                let same = self.asm.label();
                self.asm.test(dest, dest);
                self.asm.jump_if(If::GreaterEqual, same);
                self.asm.alu_number(Alu::Sub, RAX, 1);
                self.asm.alu(Alu::Add, RDX, RCX);
                self.asm.bind(same);
                self.asm.bind(done);
                let result = if operator == Operator::Modulo { RDX } else { RAX };
                self.asm.address(dest, crate::asm::Rm::Indexed(result, result, 0, 1));
            }
            Operator::Left => {
                self.shift_count(b, exit)?;
                self.asm.alu_number(Alu::Cmp, RCX, 62);
                self.asm.jump_if(If::Above, exit);
                self.load(RAX, a)?;
                self.asm.alu_number(Alu::Sub, RAX, 1);
                self.asm.copy(dest, RAX);
                self.asm.shift_by_rcx(Shift::Left, dest);
                self.asm.copy(RDX, dest);
                self.asm.shift_by_rcx(Shift::Arithmetic, RDX);
                self.asm.alu(Alu::Cmp, RDX, RAX);
                self.asm.jump_if(If::NotEqual, exit);
                self.asm.alu_number(Alu::Add, dest, 1);
            }
            Operator::Right => {
                self.shift_count(b, exit)?;
                self.asm.number(RDX, 63);
                self.asm.alu(Alu::Cmp, RCX, RDX);
                self.asm.conditional_copy(If::Above, RCX, RDX);
                self.load(dest, a)?;
                self.asm.shift_by_rcx(Shift::Arithmetic, dest);
                self.asm.alu_number(Alu::Or, dest, 1);
            }
            Operator::Div | Operator::Compare(_) => return Err(Stop),
        }
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.push(Type::Int, Place::Gpr(dest));
        Ok(Step::To(instruction.end()))
    }

    /// Loads the number that says how far to shift, which is not negative, into `rcx`.
    fn shift_count(&mut self, by: Operand, exit: crate::asm::Label) -> Result<(), Stop> {
        self.load(RCX, by)?;
        self.asm.shift(Shift::Arithmetic, RCX, 1);
        self.asm.jump_if(If::Negative, exit);
        Ok(())
    }

    fn floats(&mut self, instruction: &Instruction, operator: Operator, a: Operand, b: Operand) -> Steps {
        let op = match operator {
            Operator::Compare(op) => {
                let x = self.load_float(SCRATCH[0], a)?;
                let y = self.load_float(SCRATCH[1], b)?;
                self.context.stack.truncate(self.context.stack.len() - 2);
                // Comparisons with what is no number are false: so are the conditions "above", and not "below".
                let test = match op {
                    BinaryOp::Less | BinaryOp::LessEqual => {
                        self.asm.compare_floats(y, x);
                        Test::If(if op == BinaryOp::Less { If::Above } else { If::AboveEqual })
                    }
                    BinaryOp::More | BinaryOp::MoreEqual => {
                        self.asm.compare_floats(x, y);
                        Test::If(if op == BinaryOp::More { If::Above } else { If::AboveEqual })
                    }
                    _ => {
                        self.asm.compare_floats(x, y);
                        if op == BinaryOp::Equal { Test::FloatsEqual } else { Test::FloatsDiffer }
                    }
                };
                return self.use_test(instruction, test);
            }
            Operator::Add => Sse::Add,
            Operator::Sub => Sse::Sub,
            Operator::Mul => Sse::Mul,
            Operator::Div => Sse::Div,
            _ => return self.generic(instruction),
        };
        let dest = self.xmm()?;
        let x = self.load_float(SCRATCH[0], a)?;
        let y = self.load_float(SCRATCH[1], b)?;
        if operator == Operator::Div {
            let exit = self.exit(false);
            let is_number = self.asm.label();
            self.asm.clear_float(dest);
            self.asm.compare_floats(y, dest);
            self.asm.jump_if(If::Parity, is_number);
            self.asm.jump_if(If::Equal, exit);
            self.asm.bind(is_number);
        }
        self.asm.copy_float(dest, x);
        self.asm.sse(op, dest, y);
        self.context.stack.truncate(self.context.stack.len() - 2);
        self.push(Type::Float, Place::Xmm(dest));
        Ok(Step::To(instruction.end()))
    }

    pub(super) fn unary(&mut self, instruction: &Instruction) -> Steps {
        let op = UnaryOp::from_number(instruction.index() as u8).ok_or(Stop)?;
        let operand = self.operand(0)?;
        if self.type_of(operand).is_unknown() {
            match self.guess(operand) {
                Some(ty @ (Type::Int | Type::Float | Type::Bool)) if self.word_at(operand).is_some() => {
                    self.guard(operand, ty)?;
                }
                Some(_) => return self.generic(instruction),
                None => match self.ask() {
                    Some(step) => return Ok(step),
                    None => return self.generic(instruction),
                },
            }
        }
        let operand = self.operand(0)?;
        let ty = self.type_of(operand);
        let next = Step::To(instruction.end());
        let value = match (op, ty) {
            (UnaryOp::Positive, ty) if ty.is_int() => return Ok(next),
            (UnaryOp::Negative, ty) if ty.is_int() => {
                let exit = self.exit(true);
                let dest = self.gpr()?;
                self.load(RAX, operand)?;
                self.asm.number(dest, 2);
                self.asm.alu(Alu::Sub, dest, RAX);
                self.asm.jump_if(If::Overflow, exit);
                (Type::Int, Place::Gpr(dest))
            }
            (UnaryOp::Invert, ty) if ty.is_int() => {
                let dest = self.gpr()?;
                self.load(dest, operand)?;
                self.asm.negate(dest);
                (Type::Int, Place::Gpr(dest))
            }
            (UnaryOp::Not, Type::Bool) => {
                let dest = self.gpr()?;
                self.load(dest, operand)?;
                self.asm.alu_number(Alu::Xor, dest, (TRUE ^ FALSE) as i32);
                (Type::Bool, Place::Gpr(dest))
            }
            (UnaryOp::Negative, Type::Float) => {
                let dest = self.xmm()?;
                let x = self.load_float(SCRATCH[0], operand)?;
                self.asm.bits_of(RAX, x);
                self.asm.number(RCX, 1 << 63);
                self.asm.alu(Alu::Xor, RAX, RCX);
                self.asm.float_of_bits(dest, RAX);
                (Type::Float, Place::Xmm(dest))
            }
            _ => return self.generic(instruction),
        };
        self.context.stack.pop();
        self.push(value.0, value.1);
        Ok(next)
    }

    /// Goes on after a comparison: by a jump if that follows, else with the result as a bool. A `not` between them turns
    /// the test round.
    fn use_test(&mut self, instruction: &Instruction, test: Test) -> Steps {
        let next = instruction.end();
        if !self.knowledge.targets.contains(&next)
            && let Ok(not @ Instruction { op: Op::UnaryOpMulti, .. }) = Instruction::decode(self.code, next)
            && UnaryOp::from_number(not.index() as u8) == Some(UnaryOp::Not)
        {
            return self.use_test(&not, test.not());
        }
        if !self.knowledge.targets.contains(&next)
            && let Ok(jump @ Instruction { op: Op::PopJumpIfTrue | Op::PopJumpIfFalse, .. }) =
                Instruction::decode(self.code, next)
        {
            return self.branch(&jump, test);
        }
        let dest = self.gpr()?;
        let done = self.asm.label();
        let yes = self.asm.label();
        self.jump_on(test, true, yes);
        self.asm.number(dest, FALSE as u64);
        self.asm.jump(done);
        self.asm.bind(yes);
        self.asm.number(dest, TRUE as u64);
        self.asm.bind(done);
        self.push(Type::Bool, Place::Gpr(dest));
        Ok(Step::To(next))
    }
}

/// The condition under which a comparison of small ints is true.
fn condition(op: BinaryOp) -> If {
    match op {
        BinaryOp::Less => If::Less,
        BinaryOp::More => If::Greater,
        BinaryOp::LessEqual => If::LessEqual,
        BinaryOp::MoreEqual => If::GreaterEqual,
        BinaryOp::NotEqual => If::NotEqual,
        _ => If::Equal,
    }
}
