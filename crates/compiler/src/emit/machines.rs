//! The machines for which code can be made: all that MicroPython has emitters for, as far as features let them in.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use berus_mpy::arch::Arch;

use super::Emit;
#[cfg(feature = "asm")]
use super::asm;
#[cfg(feature = "native")]
use super::native;
use super::tables::Tables;
#[cfg(feature = "asm-xtensa")]
use super::xtensa::frame::{Call0, Windowed};
use crate::error::{CompileError, ErrorKind};
use crate::options::Emitter;
use crate::scope::{ScopeId, Scopes};

/// An emitter of machine code that is kept from function to function. A compilation boxes one, and one emitter at a time,
/// each of some hundred bytes whatever the source: what grows with that is in vectors of the quota.
pub(crate) trait Machine {
    /// An emitter for the next walk over a scope, the first if the function before it is done.
    fn walk<'e>(&'e mut self, tables: &'e mut Tables<'_>, scopes: &Scopes, id: ScopeId) -> Box<dyn Emit + 'e>;

    /// What the machine lists of the functions since it was last asked, if it does that instead of making code.
    fn listing(&mut self) -> Vec<u8>;
}

/// The emitter of native and viper code for `arch`, with the extensions of `flags`.
///
/// # Errors
/// A `NotImplementedError` if there is none.
pub(crate) fn machine(arch: Option<Arch>, flags: u32) -> Result<Box<dyn Machine>, CompileError> {
    let _ = flags;
    match arch {
        #[cfg(feature = "x86")]
        Some(Arch::X86) => Ok(native::machine(native::X86::default())),
        #[cfg(feature = "x64")]
        Some(Arch::X64) => Ok(native::machine(native::X64::default())),
        #[cfg(feature = "armv6")]
        Some(Arch::Armv6) => Ok(native::machine(native::Arm::default())),
        #[cfg(feature = "thumb")]
        Some(Arch::Armv6m) => Ok(native::machine(native::Thumb::new(false))),
        #[cfg(feature = "thumb")]
        Some(Arch::Armv7m | Arch::Armv7em | Arch::Armv7emsp | Arch::Armv7emdp) => {
            Ok(native::machine(native::Thumb::new(true)))
        }
        #[cfg(feature = "xtensa")]
        Some(Arch::Xtensa) => Ok(native::machine(native::XtensaCall0::default())),
        #[cfg(feature = "xtensawin")]
        Some(Arch::Xtensawin) => Ok(native::machine(native::XtensaWindowed::default())),
        #[cfg(feature = "rv32")]
        Some(Arch::Rv32imc) => Ok(native::machine(native::Rv32::new(flags))),
        #[cfg(feature = "debug")]
        Some(Arch::Debug) => Ok(native::machine(native::Debug::default())),
        Some(arch) if arch != Arch::Rv64imc => Err(not_built_in(arch)),
        _ => Err(CompileError::new(ErrorKind::NotImplemented, "cannot emit native code for this architecture")),
    }
}

/// The inline assembler for `arch`, with the extensions of `flags`, in a box of a few bytes.
///
/// # Errors
/// A `NotImplementedError` if there is none.
#[cfg(feature = "asm")]
pub(crate) fn assembler(arch: Option<Arch>, flags: u32) -> Result<Box<dyn asm::InstructionSet>, CompileError> {
    let _ = flags;
    match arch {
        #[cfg(feature = "asm-thumb")]
        Some(arch) if (Arch::Armv6..=Arch::Armv7emdp).contains(&arch) => Ok(Box::new(asm::Thumb::new(arch))),
        #[cfg(feature = "asm-xtensa")]
        Some(Arch::Xtensa) => Ok(Box::new(asm::Xtensa::<Call0>::default())),
        #[cfg(feature = "asm-xtensa")]
        Some(Arch::Xtensawin) => Ok(Box::new(asm::Xtensa::<Windowed>::default())),
        #[cfg(feature = "asm-rv32")]
        Some(Arch::Rv32imc) => Ok(Box::new(asm::Rv32::new(flags))),
        Some(arch) => Err(not_built_in(arch)),
        None => Err(CompileError::syntax(INVALID_ARCH)),
    }
}

const INVALID_ARCH: &str = "invalid arch";

/// Whether there is `emitter` for `arch`.
///
/// # Errors
/// A `SyntaxError` if MicroPython has none, a `NotImplementedError` if features leave it out.
pub(crate) fn check(emitter: Emitter, arch: Option<Arch>) -> Result<(), CompileError> {
    let exists = match (emitter, arch) {
        (Emitter::Bytecode, _) => return Ok(()),
        (_, None | Some(Arch::Rv64imc)) => false,
        (Emitter::Asm, Some(Arch::X86 | Arch::X64 | Arch::Debug)) => false,
        _ => true,
    };
    match emitter {
        _ if !exists => Err(CompileError::syntax(INVALID_ARCH)),
        #[cfg(feature = "asm")]
        Emitter::Asm => assembler(arch, 0).map(drop),
        #[cfg(not(feature = "asm"))]
        Emitter::Asm => Err(arch.map_or_else(|| CompileError::syntax(INVALID_ARCH), not_built_in)),
        _ => machine(arch, 0).map(drop),
    }
}

/// Why nothing can make machine code for `arch`, though MicroPython can.
fn not_built_in(arch: Arch) -> CompileError {
    CompileError::new(ErrorKind::NotImplemented, format!("native code for {arch} is not built in"))
}

/// All forms of instructions that the inline assembler for `arch`, with the extensions of `flags`, knows; none if there is no
/// such assembler.
///
/// ```
/// use berus_compiler::instructions;
/// use berus_mpy::arch::Arch;
///
/// let forms: Vec<_> = instructions(Arch::Armv6m, 0).iter().map(ToString::to_string).collect();
/// assert!(forms.contains(&"ldr(r0..r7, [r0..r7, 0..124 by 4])".into()));
/// assert!(instructions(Arch::X64, 0).is_empty());
/// ```
#[cfg(feature = "asm")]
pub fn instructions(arch: Arch, flags: u32) -> Vec<asm::Form> {
    assembler(Some(arch), flags).map(|set| set.forms()).unwrap_or_default()
}
