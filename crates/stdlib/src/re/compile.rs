//! Regular expressions to code.
//!
//! Jumps and lengths are bytes, as in MicroPython, which refuses what needs more; so do we, where it does. Characters are UTF-8.

use alloc::vec::Vec;

use berus_runtime::error::{Raised, Res};
use berus_runtime::text::utf8;
use berus_runtime::vm::Vm;

/// Instructions. Jumps count from behind themselves.
pub mod op {
    /// This character.
    pub const CHAR: u8 = 0;
    /// Any character.
    pub const ANY: u8 = 1;
    /// One of a class, or none of it: the number of bytes, then pairs of the least and the greatest character. A zero before a letter is
    /// the class of that name.
    pub const CLASS: u8 = 2;
    pub const NOT_CLASS: u8 = 3;
    /// One of the class of this letter.
    pub const NAMED: u8 = 4;
    /// The beginning and the end of the subject.
    pub const BEGIN: u8 = 5;
    pub const END: u8 = 6;
    /// A group begins or ends here: twice its number, and 1 more for the end.
    pub const SAVE: u8 = 7;
    pub const JUMP: u8 = 8;
    /// Goes on, and if that fails jumps; or the other way round.
    pub const SPLIT: u8 = 9;
    pub const SPLIT_LAZY: u8 = 10;
    pub const MATCH: u8 = 11;
}

/// The classes with names, as `\d`; those of upper-case letters are the rest.
const NAMED: &[u8] = b"dDsSwW";

/// The code of a pattern, and the number of its groups.
///
/// # Errors
/// `ValueError` for what is no regular expression, or has too large parts; `RuntimeError` if groups nest too deep.
pub fn compile(vm: &Vm, pattern: &[u8], is_text: bool) -> Res<(Vec<u8>, usize)> {
    let mut compiler = Compiler { vm, pattern, is_text, at: 0, code: Vec::new(), groups: 0 };
    compiler.alternatives()?;
    if compiler.at < pattern.len() {
        return Err(vm.value_error(format_args!("error in regex")));
    }
    compiler.code.push(op::MATCH);
    Ok((compiler.code, compiler.groups))
}

struct Compiler<'a> {
    vm: &'a Vm,
    pattern: &'a [u8],
    is_text: bool,
    /// Where in the pattern it is.
    at: usize,
    code: Vec<u8>,
    groups: usize,
}

impl Compiler<'_> {
    #[cold]
    fn error(&self) -> Raised {
        self.vm.value_error(format_args!("regex too complex"))
    }

    fn peek(&self) -> Option<u8> {
        self.pattern.get(self.at).copied()
    }

    /// Takes `text` if it comes next.
    fn eat(&mut self, text: &[u8]) -> bool {
        let comes = self.pattern.get(self.at..).is_some_and(|rest| rest.starts_with(text));
        self.at += if comes { text.len() } else { 0 };
        comes
    }

    /// The next character.
    fn character(&mut self) -> Res<u32> {
        let rest = self.pattern.get(self.at..).unwrap_or_default();
        let Some((point, len)) = super::run::next_character(rest, self.is_text) else { return Err(self.error()) };
        self.at += len;
        Ok(point)
    }

    fn push_character(&mut self, point: u32) {
        let (bytes, len) = utf8::encode(point);
        self.code.extend_from_slice(&bytes[..len]);
    }

    /// A jump from the operand at `from` to `to`.
    fn jump(&self, from: usize, to: usize) -> Res<u8> {
        let by = to as isize - (from as isize + 1);
        i8::try_from(by).map(|by| by as u8).map_err(|_| self.error())
    }

    /// Puts an instruction that jumps to the end of the code before what starts at `start`.
    fn split_before(&mut self, op: u8, start: usize, skip: usize) -> Res<()> {
        let target = self.code.len() + 2 + skip;
        let by = self.jump(start + 1, target)?;
        self.code.splice(start..start, [op, by]);
        Ok(())
    }

    /// What there is up to the end of the pattern or group.
    fn alternatives(&mut self) -> Res<()> {
        self.vm.check_depth()?;
        let start = self.code.len();
        // What a repetition repeats, and the operand of the jump from the end of the alternative before.
        let mut term = start;
        let mut leave = None;
        while let Some(byte) = self.peek().filter(|&byte| byte != b')') {
            match byte {
                b'|' => {
                    self.at += 1;
                    if let Some(leave) = leave {
                        self.code[leave] = self.jump(leave, self.code.len())?;
                    }
                    self.split_before(op::SPLIT, start, 2)?;
                    self.code.extend([op::JUMP, 0]);
                    leave = Some(self.code.len() - 1);
                    term = self.code.len();
                }
                b'*' | b'+' | b'?' => {
                    self.at += 1;
                    self.repeat(byte, term)?;
                    term = self.code.len();
                }
                b'^' | b'$' => {
                    self.at += 1;
                    self.code.push(if byte == b'^' { op::BEGIN } else { op::END });
                    term = self.code.len();
                }
                _ => {
                    term = self.code.len();
                    self.term()?;
                }
            }
        }
        if let Some(leave) = leave {
            self.code[leave] = self.jump(leave, self.code.len())?;
        }
        Ok(())
    }

    /// Repeats what starts at `term`.
    fn repeat(&mut self, how: u8, term: usize) -> Res<()> {
        if term == self.code.len() {
            return Err(self.error());
        }
        let (split, back) = if self.eat(b"?") { (op::SPLIT_LAZY, op::SPLIT) } else { (op::SPLIT, op::SPLIT_LAZY) };
        match how {
            b'?' => self.split_before(split, term, 0)?,
            b'*' => {
                self.split_before(split, term, 2)?;
                let by = self.jump(self.code.len() + 1, term)?;
                self.code.extend([op::JUMP, by]);
            }
            _ => {
                let by = self.jump(self.code.len() + 1, term)?;
                self.code.extend([back, by]);
            }
        }
        Ok(())
    }

    /// One thing that can be repeated.
    fn term(&mut self) -> Res<()> {
        match self.peek() {
            Some(b'(') => return self.group(),
            Some(b'[') => return self.class(),
            Some(b'.') => {
                self.at += 1;
                self.code.push(op::ANY);
                return Ok(());
            }
            Some(b'\\') => {
                self.at += 1;
                if let Some(letter) = self.named() {
                    self.code.extend([op::NAMED, letter]);
                    return Ok(());
                }
            }
            _ => {}
        }
        let character = self.character()?;
        self.code.push(op::CHAR);
        self.push_character(character);
        Ok(())
    }

    /// The letter of a class with a name.
    fn named(&mut self) -> Option<u8> {
        let letter = self.peek().filter(|letter| NAMED.contains(letter))?;
        self.at += 1;
        Some(letter)
    }

    fn group(&mut self) -> Res<()> {
        self.at += 1;
        let captures = !self.eat(b"?:");
        if captures {
            self.groups += 1;
        }
        let slot = 2 * self.groups;
        if captures {
            self.save(slot)?;
        }
        self.alternatives()?;
        if !self.eat(b")") {
            return Err(self.error());
        }
        if captures { self.save(slot + 1) } else { Ok(()) }
    }

    fn save(&mut self, slot: usize) -> Res<()> {
        let slot = i8::try_from(slot).map_err(|_| self.error())?;
        self.code.extend([op::SAVE, slot as u8]);
        Ok(())
    }

    fn class(&mut self) -> Res<()> {
        self.at += 1;
        let op = if self.eat(b"^") { op::NOT_CLASS } else { op::CLASS };
        self.code.extend([op, 0]);
        let start = self.code.len();
        while !self.eat(b"]") {
            if self.eat(b"\\")
                && let Some(letter) = self.named()
            {
                self.code.extend([0, letter]);
                continue;
            }
            let least = self.character()?;
            // A `-` at the end is a character like others.
            let is_range = self.peek() == Some(b'-') && self.pattern.get(self.at + 1) != Some(&b']');
            let greatest = if is_range {
                self.at += 1;
                self.character()?
            } else {
                least
            };
            self.push_character(least);
            self.push_character(greatest);
        }
        match u8::try_from(self.code.len() - start) {
            Ok(len @ ..=254) => self.code[start - 1] = len,
            _ => return Err(self.error()),
        }
        Ok(())
    }
}
