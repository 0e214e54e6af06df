//! Code objects of machine code.

use core::ptr::NonNull;

use crate::model::code::{Code, Context};
use crate::model::error::Res;
use crate::model::object::{Gc, Header, Object};
use crate::model::types::Type;
use crate::model::vm::Vm;
use crate::model::word::{Obj, Slot};
use crate::obj::code::children_with_context;
use crate::{define, q};

static TYPE: Type = define!(Type::new(q!("code")));

/// What a code object's machine code expects of its caller.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// The code is a Python function, whose prelude is that of this code object.
    Native(Gc<Code>),
    /// The code is a viper function, or one written in C, and looks at its arguments itself.
    Viper,
    /// The code takes arguments as machine words, and returns a value of one of viper's types.
    Asm {
        /// How many arguments the code takes.
        arguments: usize,
        /// The number of the result's type.
        result: usize,
    },
}

/// Machine code that functions are made of.
#[repr(C)]
pub(super) struct MachineCode {
    header: Header,
    /// The context that the code shares with the other code of its module.
    pub context: Gc<Context>,
    /// Where the machine code begins.
    pub text: *const u8,
    /// A heap block of the code objects that the code makes functions of.
    pub children: Option<NonNull<Slot>>,
    /// What the code expects of its caller.
    pub kind: Kind,
}

// SAFETY: `MachineCode` is `repr(C)` and starts with a header; only code objects of machine code have this type.
unsafe impl Object for MachineCode {
    const TYPE: &'static Type = &TYPE;
}

impl MachineCode {
    /// A code object of machine code.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(
        vm: &Vm,
        context: Gc<Context>,
        text: *const u8,
        children: Option<NonNull<Slot>>,
        kind: Kind,
    ) -> Res<Gc<MachineCode>> {
        vm.alloc(MachineCode { header: Header::of(&TYPE), context, text, children, kind })
    }
}

/// `code`, if it is machine code, and the code that it makes functions of, with another context.
///
/// # Errors
/// `MemoryError`; `RuntimeError` if code is nested too deep.
pub(crate) fn with_context(vm: &Vm, code: Obj, context: Gc<Context>) -> Res {
    vm.check_depth()?;
    let Some(code) = code.downcast::<MachineCode>() else { return Ok(code) };
    let kind = match code.kind {
        Kind::Native(signature) => Kind::Native(signature.with_context(vm, context)?),
        kind => kind,
    };
    let children = match code.children {
        Some(children) => Some(children_with_context(vm, children, context)?),
        None => None,
    };
    Ok(MachineCode::new(vm, context, code.text, children, kind)?.obj())
}

/// The context of `code`, if it is a code object of machine code.
pub(crate) fn context_of(code: Obj) -> Option<Gc<Context>> {
    code.downcast::<MachineCode>().map(|code| code.context)
}
