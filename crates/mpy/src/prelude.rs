//! The prelude of a function: what stands before its bytecode.
//!
//! A signature, sizes, the function's name and its arguments' names, the line table, and the locals that become cells
//! (MicroPython: `py/bc.h`). Native functions have a prelude, too, at an offset in their machine code.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::vuint;

/// Flags of a function's scope.
pub mod scope_flag {
    /// Calling the function makes a generator.
    pub const GENERATOR: u32 = 0x01;
    /// The function takes `**kwargs`.
    pub const VARKEYWORDS: u32 = 0x02;
    /// The function takes `*args`.
    pub const VARARGS: u32 = 0x04;
    /// The function has defaults for keyword-only arguments.
    pub const DEFKWARGS: u32 = 0x08;
    /// The function is a coroutine, which CircuitPython tells from other generators. MicroPython has no such flag.
    pub const ASYNC: u32 = 0x10;
    /// Relocations follow the machine code.
    pub const VIPERRELOC: u32 = 0x10;
    /// The machine code has read-only data.
    pub const VIPERRODATA: u32 = 0x20;
    /// The machine code has zeroed data.
    pub const VIPERBSS: u32 = 0x40;
    /// The flags that a signature has room for.
    pub const ALL_SIG: u32 = 0x0f;
}

/// The numbers that determine a function's frame and how it is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Slots of the frame: locals and value stack together; at least 1.
    pub n_state: u32,
    /// Exception blocks that can be open at once.
    pub n_exc_stack: u32,
    /// A set of [`scope_flag`]s.
    pub scope_flags: u32,
    /// Positional arguments, the cells that the function closes over included.
    pub n_pos_args: u32,
    /// Keyword-only arguments.
    pub n_kwonly_args: u32,
    /// How many of the positional arguments have defaults.
    pub n_def_pos_args: u32,
}

/// Bytes of a signature beyond which one of its numbers no longer fits 16 bits.
const MAX_SIGNATURE: usize = 13;

impl Signature {
    /// Appends the signature: `xSSSSEAA`, then `xFSSKAED` as often as needed, where `x` says that another byte follows.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut s = self.n_state.saturating_sub(1);
        let mut e = self.n_exc_stack;
        let mut a = self.n_pos_args;
        let mut byte = (s & 0xf) << 3 | (e & 1) << 2 | a & 3;
        (s, e, a) = (s >> 4, e >> 1, a >> 2);
        let mut f = self.scope_flags & (scope_flag::ALL_SIG | scope_flag::ASYNC);
        let (mut k, mut d) = (self.n_kwonly_args, self.n_def_pos_args);
        while s | e | f | a | k | d != 0 {
            out.push(byte as u8 | 0x80);
            byte = (f & 1) << 6 | (s & 3) << 4 | (k & 1) << 3 | (a & 1) << 2 | (e & 1) << 1 | d & 1;
            s >>= 2;
            for number in [&mut e, &mut f, &mut a, &mut k, &mut d] {
                *number >>= 1;
            }
        }
        out.push(byte as u8);
    }

    /// Decodes the signature at the start of `bytes`, and its length in bytes. `None` if the signature is cut off or
    /// longer than any function needs.
    pub fn read(bytes: &[u8]) -> Option<(Signature, usize)> {
        let first = u32::from(*bytes.first()?);
        let mut signature = Signature {
            n_state: first >> 3 & 0xf,
            n_exc_stack: first >> 2 & 1,
            n_pos_args: first & 3,
            ..Signature::default()
        };
        let mut len = 1;
        let mut byte = first;
        while byte & 0x80 != 0 {
            if len == MAX_SIGNATURE {
                return None;
            }
            byte = u32::from(*bytes.get(len)?);
            let n = len as u32 - 1;
            signature.n_state |= (byte >> 4 & 3) << (4 + 2 * n);
            signature.n_exc_stack |= (byte >> 1 & 1) << (1 + n);
            signature.scope_flags |= (byte >> 6 & 1) << n;
            signature.n_pos_args |= (byte >> 2 & 1) << (2 + n);
            signature.n_kwonly_args |= (byte >> 3 & 1) << n;
            signature.n_def_pos_args |= (byte & 1) << n;
            len += 1;
        }
        signature.n_state += 1;
        Some((signature, len))
    }

    /// Whether calling the function makes a generator.
    pub fn is_generator(&self) -> bool {
        self.scope_flags & scope_flag::GENERATOR != 0
    }

    /// Arguments that have names: positional and keyword-only.
    pub fn n_named_args(&self) -> u32 {
        self.n_pos_args + self.n_kwonly_args
    }

    /// Locals that a call fills: named arguments, then `*args` and `**kwargs` where the function takes them.
    pub fn n_args(&self) -> u32 {
        let takes = |flag| u32::from(self.scope_flags & flag != 0);
        self.n_named_args() + takes(scope_flag::VARARGS) + takes(scope_flag::VARKEYWORDS)
    }
}

/// Appends the sizes of the names and lines (`n_info`) and of the cells (`n_cells`), in bytes:
/// `xIIIIIIC` as often as needed.
pub fn write_sizes(out: &mut Vec<u8>, mut n_info: u32, mut n_cells: u32) {
    loop {
        let byte = (n_info & 0x3f) << 1 | n_cells & 1;
        (n_info, n_cells) = (n_info >> 6, n_cells >> 1);
        if n_info | n_cells == 0 {
            return out.push(byte as u8);
        }
        out.push(byte as u8 | 0x80);
    }
}

/// Decodes what [`write_sizes`] writes: `(n_info, n_cells, length)`. `None` if they are cut off or too long.
pub(crate) fn read_sizes(bytes: &[u8]) -> Option<(u32, u32, usize)> {
    let (mut n_info, mut n_cells) = (0, 0);
    for (n, &byte) in bytes.iter().enumerate().take(9) {
        let byte = u32::from(byte);
        if n < 5 {
            n_info |= (byte >> 1 & 0x3f) << (6 * n);
        } else if byte & 0x7e != 0 {
            return None;
        }
        n_cells |= (byte & 1) << n;
        if byte & 0x80 == 0 {
            return Some((n_info, n_cells, n + 1));
        }
    }
    None
}

/// A prelude, taken apart into ranges of the code that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prelude {
    /// The signature.
    pub signature: Signature,
    /// Where the signature stands.
    pub signature_at: Range<usize>,
    /// Where the sizes stand.
    pub sizes_at: Range<usize>,
    /// The index in the qstr table of the function's name.
    pub name: u32,
    /// Where the names stand: vuint indices of the qstr table, one for the function's name, then one for each
    /// argument's.
    pub names_at: Range<usize>,
    /// Where the line table stands: see [`crate::lines`].
    pub lines_at: Range<usize>,
    /// Where the cells stand: a byte for each, the number of the local that becomes a cell.
    pub cells_at: Range<usize>,
}

/// What is wrong with a prelude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreludeError {
    /// The signature is cut off or too long.
    Signature,
    /// The sizes are cut off or too long.
    Sizes,
    /// The names, lines and cells do not fit the code.
    Extent,
    /// The names do not fit the size that is given for names and lines.
    Names,
}

impl fmt::Display for PreludeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PreludeError::Signature => "the signature is cut off or too long",
            PreludeError::Sizes => "the sizes of names, lines and cells are cut off or too long",
            PreludeError::Extent => "the names, lines and cells do not fit the code",
            PreludeError::Names => "the names do not fit the size given for names and lines",
        })
    }
}

impl core::error::Error for PreludeError {}

impl Prelude {
    /// Takes apart the prelude at `offset` in `code`.
    ///
    /// # Errors
    /// If the prelude does not fit `code` or itself.
    pub fn read(code: &[u8], offset: usize) -> Result<Prelude, PreludeError> {
        let rest = code.get(offset..).unwrap_or_default();
        let (signature, signature_len) = Signature::read(rest).ok_or(PreludeError::Signature)?;
        let (n_info, n_cells, sizes_len) = read_sizes(&rest[signature_len..]).ok_or(PreludeError::Sizes)?;
        let sizes_start = offset + signature_len;
        let info_start = sizes_start + sizes_len;
        let left = code.len() - info_start;
        let n_info = usize::try_from(n_info).ok().filter(|&n| n <= left).ok_or(PreludeError::Extent)?;
        let n_cells = usize::try_from(n_cells).ok().filter(|&n| n <= left - n_info).ok_or(PreludeError::Extent)?;
        let info_end = info_start + n_info;

        let mut names_end = info_start;
        let mut next_name = || {
            let (index, len) = vuint::read(&code[names_end..info_end]).ok_or(PreludeError::Names)?;
            names_end += len;
            Ok(index)
        };
        let name = next_name()?;
        for _ in 0..signature.n_named_args() {
            next_name()?;
        }
        Ok(Prelude {
            signature,
            signature_at: offset..sizes_start,
            sizes_at: sizes_start..info_start,
            name,
            names_at: info_start..names_end,
            lines_at: names_end..info_end,
            cells_at: info_end..info_end + n_cells,
        })
    }

    /// The offset of the first instruction, just after the prelude.
    pub fn end(&self) -> usize {
        self.cells_at.end
    }

    /// The indices in the qstr table of the arguments' names. `code` is the code that the prelude was read from.
    pub fn arg_names<'c>(&self, code: &'c [u8]) -> impl Iterator<Item = u32> + 'c {
        let mut names = code.get(self.names_at.clone()).unwrap_or_default();
        core::iter::from_fn(move || {
            let (index, len) = vuint::read(names)?;
            names = &names[len..];
            Some(index)
        })
        .skip(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_a_signature_inverts_writing_it() {
        let numbers = [0, 1, 2, 3, 4, 17, 255];
        for (i, &n) in numbers.iter().enumerate() {
            let other = numbers[numbers.len() - 1 - i];
            let signature = Signature {
                n_state: n * 9 + 1,
                n_exc_stack: other,
                scope_flags: n & scope_flag::ALL_SIG,
                n_pos_args: n,
                n_kwonly_args: other / 2,
                n_def_pos_args: n / 3,
            };
            let mut out = Vec::new();
            signature.write(&mut out);
            assert_eq!(Signature::read(&out), Some((signature, out.len())));
            assert_eq!(Signature::read(&out[..out.len() - 1]), None);
        }
    }

    #[test]
    fn reading_sizes_inverts_writing_them() {
        for (n_info, n_cells) in [(0, 0), (1, 0), (63, 1), (64, 0), (5, 200), (0x3ff_ffff, 255)] {
            let mut out = Vec::new();
            write_sizes(&mut out, n_info, n_cells);
            assert_eq!(read_sizes(&out), Some((n_info, n_cells, out.len())));
        }
        assert_eq!(read_sizes(&[0x80; 20]), None);
    }

    #[test]
    fn parts_of_a_prelude() {
        // def f(a, *, b): with one cell; lines follow the three names
        let code = [0x80 | 1 << 3 | 1, 0x08, 0x07 << 1 | 1, 0x02, 0x03, 0x81, 0x00, 0x25, 0x60, 0x00, 0x01, 0x63];
        let prelude = Prelude::read(&code, 0).unwrap();
        assert_eq!(prelude.signature.n_state, 2);
        assert_eq!(prelude.name, 2);
        assert_eq!(prelude.arg_names(&code).collect::<Vec<_>>(), [3, 128]);
        assert_eq!((prelude.lines_at.clone(), prelude.cells_at.clone()), (7..10, 10..11));
        assert_eq!(prelude.end(), 11);
        for len in 0..11 {
            assert!(Prelude::read(&code[..len], 0).is_err());
        }
    }
}
