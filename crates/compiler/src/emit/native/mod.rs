//! The emitter of machine code, for `@micropython.native` and `@micropython.viper`.
//!
//! It is the same for all machines: a machine is an [`Assembler`], and all that this module does to one is in that
//! trait. What a function becomes, down to the choice of registers, is what MicroPython's emitter makes of it
//! (`py/emitnative.c`).
//!
//! - Three walks make a function, because the frame comes first in the code and its size is known last: the first finds
//!   the size of the value stack, the second the places of labels, the third makes the code ([`Kept`]).
//! - The value stack is a part of the frame, but its topmost values are often still in registers, or are numbers that
//!   are in no place yet ([`stack`], [`registers`]). Wherever control can come from elsewhere it is all in the frame.
//! - Viper functions are the same with types: of local variables, and of values on the stack.
//! - Where a block catches exceptions, one handler for the whole function does, and goes on where the innermost block
//!   says ([`exceptions`], [`function`]).

#[cfg(any(feature = "armv6", feature = "thumb"))]
mod arm;
mod assembler;
mod calls;
mod entry;
mod exceptions;
mod function;
mod generators;
mod instructions;
#[cfg(any(feature = "x64", feature = "x86"))]
mod intel;
#[cfg(feature = "debug")]
mod listing;
mod operators;
mod pointers;
mod registers;
#[cfg(feature = "rv32")]
mod rv32;
mod stack;
mod variables;
#[cfg(any(feature = "xtensa", feature = "xtensawin"))]
mod xtensa;

#[cfg(feature = "armv6")]
pub(super) use arm::a32::Arm;
#[cfg(feature = "thumb")]
pub(super) use arm::thumb::Thumb;
#[cfg(feature = "x64")]
pub(super) use intel::x64::X64;
#[cfg(feature = "x86")]
pub(super) use intel::x86::X86;
#[cfg(feature = "debug")]
pub(super) use listing::Debug;
#[cfg(feature = "rv32")]
pub(super) use rv32::Rv32;
#[cfg(feature = "xtensa")]
pub(super) use xtensa::XtensaCall0;
#[cfg(feature = "xtensawin")]
pub(super) use xtensa::XtensaWindowed;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use berus_mpy::memory::{Quota, Stop};
use berus_mpy::prelude::scope_flag;

use super::machines::Machine;
use super::tables::Tables;
use super::{Emit, EmitError};
use crate::error::{CompileError, ErrorKind};
use crate::options::Emitter;
use crate::scope::{IdKind, Scope, ScopeId, Scopes};
use crate::viper::Type;
use assembler::Assembler;
use exceptions::Block;
use function::Frame;
use stack::Stack;

/// The emitter for a machine.
pub(super) fn machine<A: Assembler + 'static>(asm: A) -> Box<dyn Machine> {
    Box::new(Kept { asm, ..Kept::default() })
}

/// Which walk over a function it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// Finds the size of the stack, and whether the function has constants.
    #[default]
    Stack,
    /// Finds the places of labels.
    Labels,
    /// Makes the code.
    Code,
}

/// What is kept from walk to walk.
#[derive(Debug, Default)]
struct Kept<A> {
    asm: A,
    step: Step,
    /// The size of the value stack.
    stack_size: u32,
    has_constants: bool,
    /// How many children the function has.
    children: u32,
    /// Where a generator starts.
    start: u32,
    /// The bytes of the names and of the cells in the prelude.
    info_size: u32,
    cells_size: u32,
    /// The type of the value that the last condition kept on the stack, in whatever function.
    condition_type: Type,
}

impl<A: Assembler> Machine for Kept<A> {
    fn walk<'e>(&'e mut self, tables: &'e mut Tables<'_>, scopes: &Scopes, id: ScopeId) -> Box<dyn Emit + 'e> {
        Box::new(Native::new(tables, self, scopes, id))
    }

    fn listing(&mut self) -> Vec<u8> {
        self.asm.listing()
    }
}

/// What decides how a function is made.
#[derive(Clone, Copy, Debug)]
struct Traits {
    is_viper: bool,
    is_generator: bool,
    /// Whether it has blocks that catch exceptions.
    has_blocks: bool,
    /// Whether it needs the module's globals.
    has_globals: bool,
    has_constants: bool,
}

impl Traits {
    fn new<A>(scope: &Scope, tables: &Tables<'_>, kept: &Kept<A>) -> Traits {
        let is_viper = scope.emitter == Emitter::Viper;
        // The name of a type in a viper function is a cast, but for two.
        let is_cast = |name| {
            is_viper && Type::named(tables.names.get(name)).is_some_and(|t| !matches!(t, Type::Object | Type::Bool))
        };
        let is_global = |kind, name| kind == IdKind::GlobalExplicit && !is_cast(name);
        Traits {
            is_viper,
            is_generator: scope.has(scope_flag::GENERATOR),
            has_blocks: scope.exc_stack_size > 0,
            has_globals: scope.makes_functions || scope.ids.iter().any(|id| is_global(id.kind, id.name)),
            has_constants: scope.makes_functions || kept.has_constants,
        }
    }

    /// Whether the whole function is in a handler of exceptions, which gives back the globals.
    fn has_handler(self) -> bool {
        self.has_blocks || self.is_generator || self.has_globals
    }

    /// Whether local variables may be in registers. Not where a non-local return gives registers old values.
    fn has_register_locals(self) -> bool {
        !self.has_blocks && !self.is_generator
    }
}

/// One walk over a function.
struct Native<'e, 't, A: Assembler> {
    tables: &'e mut Tables<'t>,
    kept: &'e mut Kept<A>,
    traits: Traits,
    frame: Frame,
    stack: Stack<'t, A::Reg>,
    /// The types of the local variables.
    local_types: Vec<Type>,
    /// The type of the result.
    result: Type,
    blocks: Vec<Block>,
    /// How many labels there are.
    labels: u32,
    error: Option<EmitError>,
}

impl<'e, 't, A: Assembler> Native<'e, 't, A> {
    /// Begins a walk over a scope: the code up to where the function's own begins.
    fn new(tables: &'e mut Tables<'t>, kept: &'e mut Kept<A>, scopes: &Scopes, id: ScopeId) -> Native<'e, 't, A> {
        let scope = &scopes[id];
        if kept.step == Step::Stack {
            kept.stack_size = 0;
            kept.has_constants = false;
        }
        kept.asm.begin(kept.step == Step::Code, || scopes.qualified_name(id, tables.names));
        let traits = Traits::new(scope, tables, kept);
        let mut native = Native {
            traits,
            frame: Frame::new::<A>(traits, scope.num_locals.into(), kept.stack_size),
            stack: Stack::new(tables.quota),
            local_types: local_types(scope, traits, tables.quota).unwrap_or_default(),
            result: scope.result,
            blocks: Vec::new(),
            labels: function::label::COUNT,
            error: None,
            tables,
            kept,
        };
        native.enter(scope);
        native
    }

    fn asm(&mut self) -> &mut A {
        self.kept.asm.code().make_room(self.tables.quota, self.labels);
        &mut self.kept.asm
    }

    /// Notes an error of types, in place of any that the statement had before.
    fn type_error(&mut self, message: impl Into<alloc::borrow::Cow<'static, str>>) {
        if self.error.as_ref().is_none_or(|error| error.has_place) {
            self.error = Some(EmitError { error: CompileError::viper_type(message), has_place: true });
        }
    }

    /// Notes that something cannot be done at all.
    fn refuse(&mut self, message: &'static str) {
        if self.error.as_ref().is_none_or(|error| error.has_place) {
            let error = CompileError::new(ErrorKind::NotImplemented, message);
            self.error = Some(EmitError { error, has_place: false });
        }
    }

    /// Notes an error if a value is not an object where only an object will do. MicroPython has an assertion there.
    fn want_object(&mut self, found: Type) {
        if found != Type::Object {
            self.type_error(self.text(format_args!("can't implicitly convert '{}' to 'object'", found.name())));
        }
    }

    /// The text of a message, empty if there is no memory for it.
    fn text(&self, message: fmt::Arguments<'_>) -> String {
        self.tables.quota.format(message).unwrap_or_default()
    }
}

/// The types that the local variables of a function have when it begins.
fn local_types(scope: &Scope, traits: Traits, quota: &Quota<'_>) -> Result<Vec<Type>, Stop> {
    let mut types = Vec::new();
    let initial = if traits.is_viper { Type::Unbound } else { Type::Object };
    quota.resize(&mut types, usize::from(scope.num_locals), initial)?;
    if !traits.is_viper {
        return Ok(types);
    }
    let starred = [scope_flag::VARARGS, scope_flag::VARKEYWORDS].into_iter().filter(|&flag| scope.has(flag)).count();
    let arguments = usize::from(scope.num_pos_args) + usize::from(scope.num_kwonly_args) + starred;
    types.iter_mut().take(arguments).for_each(|local| *local = Type::Object);
    for &(name, declared) in &scope.param_types {
        let local = scope.find(name).map(|i| usize::from(scope.ids[i].local));
        if let Some(local) = local.and_then(|local| types.get_mut(local)) {
            *local = declared;
        }
    }
    Ok(types)
}
