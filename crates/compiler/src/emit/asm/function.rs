//! A function of inline assembler: its parameters, directives and labels, and the type of its result.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use berus_mpy::memory::Stop;
use berus_mpy::module::{Kind, RawCode};

use super::instruction::integer;
use super::{Code, Instruction, InstructionSet};
use crate::emit::Label;
use crate::error::{CompileError, ErrorKind};
use crate::grammar::Rule;
use crate::names::{Name, Names};
use crate::scope::{Scope, ScopeKind};
use crate::tree::{Node, Tree};
use crate::viper::Type;

/// The parameters that a function can have.
const MAX_PARAMETERS: usize = 4;

/// Checks what does not depend on the machine: that the function of `scope` is a list of calls, and what directives are
/// called with.
///
/// # Errors
/// If it is not.
pub(crate) fn check(tree: &Tree, names: &Names, scope: &Scope) -> Result<(), CompileError> {
    Function::new(tree, names, scope).walk(None).map(drop)
}

/// The code of the function of `scope`.
///
/// # Errors
/// If an instruction, a label or a parameter is not as it must be.
pub(crate) fn assemble(
    tree: &Tree,
    names: &Names,
    scope: &Scope,
    set: &mut dyn InstructionSet,
) -> Result<RawCode<'static>, CompileError> {
    let n_pos_args = Function::new(tree, names, scope).parameters(set)?;
    let mut code = Code::default();
    let mut type_sig = Type::Int;
    // Where the size of a jump depends on how far it is, what MicroPython takes for the label can be wrong; it stops then.
    for unmet in [Label(0), Label::NOWHERE] {
        type_sig = walk(tree, names, scope, set, &mut code, unmet)?;
        if !code.has_moved() {
            break;
        }
    }
    if code.is_cut_short() {
        return Err(Stop::OutOfMemory.into());
    }
    Ok(RawCode {
        code: code.into_bytes().into(),
        kind: Kind::Asm { scope_flags: 0, n_pos_args, type_sig: type_sig as u32, relocations: None },
        children: Vec::new(),
    })
}

/// Walks over the function of `scope` until its code is made. Labels that are not met yet stand for `unmet`.
fn walk(
    tree: &Tree,
    names: &Names,
    scope: &Scope,
    set: &mut dyn InstructionSet,
    code: &mut Code,
    unmet: Label,
) -> Result<Type, CompileError> {
    let mut labels = Vec::new();
    let size_walks = set.size_walks();
    for walk in 0..size_walks {
        code.begin(false);
        labels.clear();
        let output = Output { set: &mut *set, code: &mut *code, labels: &mut labels, is_last: false, unmet };
        Function::new(tree, names, scope).walk(Some(output)).map_err(|error| match error.line {
            // MicroPython notices at the beginning of the next walk, unless that would be the last.
            Some(_) if walk + 1 < size_walks => error.at_line(tree.line(scope.node)),
            _ => error,
        })?;
    }
    code.begin(true);
    Function::new(tree, names, scope).walk(Some(Output { set, code, labels: &mut labels, is_last: true, unmet }))
}

/// Where the instructions of a walk go.
struct Output<'o> {
    set: &'o mut dyn InstructionSet,
    code: &'o mut Code,
    /// By number: the labels met so far. In the last walk, all.
    labels: &'o mut Vec<Name>,
    is_last: bool,
    unmet: Label,
}

/// A walk over a function.
struct Function<'a> {
    tree: &'a Tree,
    names: &'a Names,
    scope: &'a Scope,
    error: Option<CompileError>,
    /// The line of the error, 0 if it is that of the function.
    line: u32,
}

impl<'a> Function<'a> {
    fn new(tree: &'a Tree, names: &'a Names, scope: &'a Scope) -> Function<'a> {
        Function { tree, names, scope, error: None, line: 0 }
    }

    /// Notes what is wrong with `node`, unless something is already.
    fn refuse(&mut self, node: Node, message: impl Into<Cow<'static, str>>) {
        if self.error.is_none() {
            self.error = Some(CompileError::syntax(message));
            self.line = self.tree.line(node);
        }
    }

    /// `result`, unless there is an error.
    fn end<T>(self, result: T) -> Result<T, CompileError> {
        let Some(error) = self.error else { return Ok(result) };
        let line = if self.line != 0 { self.line } else { self.tree.line(self.scope.node) };
        let block = Some(self.names.get(self.scope.name).into());
        // What is not about the source has no place in it: code that is too long for memory, or for a jump.
        if error.kind == ErrorKind::Syntax { Err(CompileError { block, ..error.at_line(line) }) } else { Err(error) }
    }

    /// How many parameters there are.
    fn parameters(mut self, set: &dyn InstructionSet) -> Result<u32, CompileError> {
        let list = self.tree.child(self.scope.node, 1);
        let parameters = self.tree.list(&list, Rule::TypedArgsList);
        let is_argument = |(number, node): (usize, &Node)| {
            node.as_id().is_some_and(|name| set.is_argument(number, self.names.get(name)))
        };
        if parameters.len() > MAX_PARAMETERS {
            self.refuse(Node::NULL, set.too_many_parameters());
        } else if !parameters.iter().enumerate().all(is_argument) {
            self.refuse(Node::NULL, set.wrong_parameter());
        }
        self.end(parameters.len() as u32)
    }

    /// The type of the result. `None` if it is none that there is.
    fn result(&mut self) -> Option<Type> {
        let annotation = self.tree.child(self.scope.node, 2);
        if annotation.is_null() {
            return Some(Type::Int);
        }
        let Some(name) = annotation.as_id() else {
            self.refuse(annotation, "return annotation must be an identifier");
            return Some(Type::Int);
        };
        let found = Type::named(self.names.get(name));
        let found = found.filter(|found| matches!(found, Type::Object | Type::Bool | Type::Int | Type::Uint));
        if found.is_none() {
            self.refuse(annotation, "unknown type");
        }
        found
    }

    /// Walks over the function: returns the type of its result. Without an `output`, instructions are not looked at.
    fn walk(mut self, mut output: Option<Output<'_>>) -> Result<Type, CompileError> {
        if self.scope.kind != ScopeKind::Function {
            self.refuse(Node::NULL, "inline assembler must be a function");
            return self.end(Type::Int);
        }
        if let Some(output) = &mut output {
            output.set.enter(output.code);
        }
        let Some(result) = self.result() else { return self.end(Type::Int) };
        if self.statements(&mut output).is_some() {
            // An annotation that is wrong counts at the end, and is then on the line of the function.
            self.line = 0;
            if let Some(output) = &mut output {
                output.set.exit(output.code);
            }
        }
        self.end(result)
    }

    /// Walks over the body. `None` if an error has ended that.
    fn statements(&mut self, output: &mut Option<Output<'_>>) -> Option<()> {
        let tree = self.tree;
        let body = tree.child(self.scope.node, 3);
        // The number of the next label.
        let mut label = Label(0);
        for &statement in tree.list(&body, Rule::SuiteBlockStmts) {
            if tree.is(statement, Rule::PassStmt) {
                continue;
            }
            let Some((name, call)) = self.call(statement) else {
                return self.stop(statement, "expecting an assembler instruction");
            };
            let operands = tree.child(call, 0);
            let operands = tree.list(&operands, Rule::ArgList);
            let output = output.as_mut();
            match self.names.get(name) {
                b"label" => self.label(statement, operands, &mut label, output)?,
                b"align" => self.align(statement, operands, output)?,
                b"data" => self.data(statement, operands, output)?,
                name => {
                    if let Some(output) = output {
                        self.instruction(name, operands, output);
                    }
                }
            }
            if self.error.is_some() {
                self.line = tree.line(call);
                return None;
            }
        }
        Some(())
    }

    /// What a statement calls, and the node with the arguments, if it is a call of a name.
    fn call(&self, statement: Node) -> Option<(Name, Node)> {
        let &[expression, assigned] = self.tree.children(statement) else { return None };
        let &[name, call] = self.tree.children(expression) else { return None };
        let is_call = self.tree.is(statement, Rule::ExprStmt)
            && assigned.is_null()
            && self.tree.is(expression, Rule::AtomExprNormal)
            && self.tree.is(call, Rule::TrailerParen);
        Some((name.as_id().filter(|_| is_call)?, call))
    }

    fn label(
        &mut self,
        statement: Node,
        operands: &[Node],
        label: &mut Label,
        output: Option<&mut Output<'_>>,
    ) -> Option<()> {
        let &[operand] = operands else { return self.stop(statement, "'label' requires 1 argument") };
        let Some(name) = operand.as_id() else { return self.stop(statement, "'label' requires 1 argument") };
        if let Some(output) = output {
            if !output.is_last {
                if output.labels.contains(&name) {
                    return self.stop(statement, "label redefined");
                }
                output.labels.push(name);
            }
            output.code.place(*label);
        }
        label.0 += 1;
        Some(())
    }

    fn align(&mut self, statement: Node, operands: &[Node], output: Option<&mut Output<'_>>) -> Option<()> {
        let &[operand] = operands else { return self.stop(statement, "'align' requires 1 argument") };
        let Some(value) = self.tree.small_int(operand) else {
            return self.stop(statement, "'align' requires 1 argument");
        };
        if let Some(output) = output {
            self.error = output.code.align(value as u32).err();
        }
        Some(())
    }

    fn data(&mut self, statement: Node, operands: &[Node], output: Option<&mut Output<'_>>) -> Option<()> {
        let (size, values) = match operands {
            &[size, ref values @ ..] if !values.is_empty() => (self.tree.small_int(size), values),
            _ => (None, operands),
        };
        let Some(size) = size else { return self.stop(statement, "'data' requires at least 2 arguments") };
        let Some(output) = output else { return Some(()) };
        for &value in values {
            let Some(value) = integer(self.tree, value) else {
                return self.stop(statement, "'data' requires integer arguments");
            };
            self.error = output.code.write_wide(size as u32, value as u64).err();
            if self.error.is_some() {
                break;
            }
        }
        Some(())
    }

    fn instruction(&mut self, name: &'a [u8], operands: &[Node], output: &mut Output<'_>) {
        let Output { set, code, labels, is_last, unmet } = output;
        let mut instruction = Instruction {
            tree: self.tree,
            names: self.names,
            name,
            operands,
            code,
            labels,
            is_last: *is_last,
            unmet: *unmet,
            error: None,
        };
        set.write(&mut instruction);
        if let Some(error) = instruction.error {
            self.error = Some(error);
        }
    }

    /// Ends the walk with an error at `statement`.
    fn stop(&mut self, statement: Node, message: &'static str) -> Option<()> {
        self.refuse(statement, message);
        None
    }
}
