//! Disassembly: bytecode for people to read.
//!
//! An [`Outline`] says what each code object of a module is; a [`Listing`] is the bytecode of one, with labels, source
//! lines, stack depths and resolved operands. Both work on any module that could be read, verified or not, and where
//! the bytecode makes no sense they say so. What they print is safe for a terminal: see [`text`].
//!
//! ```
//! use berus_mpy::{Module, disasm::Listing};
//!
//! let file = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
//! let (module, _) = Module::from_bytes(file).unwrap();
//! let listing = Listing::of(&module, 0).unwrap().unwrap();
//! assert_eq!(listing.to_string(), "        0003  LOAD_CONST_NONE\n        0004  RETURN_VALUE\n");
//! ```

pub(crate) mod depth;
mod listing;
mod operand;
mod outline;
mod relocation;
mod showbc;
mod signature;
pub mod text;

pub use listing::{Label, LabelKind, Listing, Row, Undecoded};
pub use operand::{Resolved, Unwind, mnemonic};
pub use outline::{Entry, Outline, Role};
pub use relocation::TargetName;
pub use showbc::ShowBc;
pub use signature::{ScopeFlags, SignatureText, native_type_name};
