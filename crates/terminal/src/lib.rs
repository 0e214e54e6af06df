//! A line editor and the prompt of a MicroPython board: bytes in, bytes out.
//!
//! Nothing here reads or writes. Who has a terminal, a pseudo-terminal, a serial line or a page feeds [`Editor`] with the bytes that come, and passes on
//! the bytes that it answers with. What keys do is what they do in MicroPython's `shared/readline`, and more, which features bring:
//!
//! | feature | what it brings |
//! | --- | --- |
//! | `unicode` | text beyond ASCII, with the widths that terminals give it |
//! | `blocks` | several lines edited as one block and recalled as one; long lines on rows of their own; bracketed paste |
//! | `colour` | colours of syntax and prompt |
//! | `docs` | signatures and docs on request |
//! | `search` | Ctrl-R |
//! | `runtime` | `Python`, what a prompt needs of an interpreter of `berus-runtime` |
//!
//! An editor knows Python as far as [`wants_more`] does. Whoever knows more helps as a [`Completer`].
//!
//! [`Prompt`] is what a board has at the other end of a cable: the editor for people, the raw prompt for mpremote and its like.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[cfg(not(feature = "unicode"))]
#[path = "ascii.rs"]
mod text;
#[cfg(feature = "unicode")]
#[path = "unicode.rs"]
mod text;

mod buffer;
mod complete;
mod editor;
mod history;
mod key;
#[cfg(any(feature = "colour", feature = "runtime"))]
mod keyword;
mod output;
mod protocol;
#[cfg(feature = "runtime")]
mod python;
mod scan;

pub use complete::{Completer, NoCompletion};
pub use editor::{Editor, Event, Purpose, Terminal};
pub use history::History;
pub use output::Output;
pub use protocol::{Interpreter, Prompt, Request, Source};
#[cfg(feature = "runtime")]
pub use python::{BoardLines, Ending, Port, Python, Stop, edit_line};
pub use scan::wants_more;
