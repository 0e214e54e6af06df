//! Regular expressions to code, in one pass: what begins a choice or repetition is put before code that is there
//! already.

use berus_runtime::data::builder::Builder;
use berus_runtime::model::error::{Raise, Raised, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::layout::Dict;
use berus_runtime::model::object::Gc;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::model::word::Obj;
use berus_runtime::text::utf8;

use super::code::{JUMP_LEN, NAMED_CLASSES, next_character, number, op};
use super::flag;

/// The most bytes of code.
const MAX_CODE: usize = 1 << 28;

/// A compiled pattern.
pub struct Compiled {
    /// A bytes object.
    pub code: Obj,
    /// How many groups there are.
    pub groups: usize,
    /// How many loops have a number.
    pub loops: usize,
    /// The numbers of groups by their names.
    pub names: Gc<Dict>,
}

/// Compiles a pattern, with [flags](flag).
///
/// # Errors
/// `ValueError` for what is no regular expression, or has too large parts; `RuntimeError` if groups nest too deep;
/// `MemoryError`.
pub fn compile(vm: &Vm, pattern: &[u8], is_text: bool, flags: isize) -> Res<Compiled> {
    let names = Dict::new(vm)?;
    let mut compiler =
        Compiler { vm, pattern, is_text, flags, at: 0, code: Builder::new(), groups: 0, loops: 0, names };
    compiler.alternatives()?;
    if compiler.at < pattern.len() {
        return Err(compiler.error());
    }
    compiler.push(&[op::MATCH])?;
    if compiler.here() > MAX_CODE {
        return Err(compiler.too_complex());
    }
    Ok(Compiled { code: compiler.code.into_bytes(vm)?, groups: compiler.groups, loops: compiler.loops, names })
}

struct Compiler<'a> {
    vm: &'a Vm,
    pattern: &'a [u8],
    is_text: bool,
    /// The flags that count here.
    flags: isize,
    /// Where in the pattern it is.
    at: usize,
    code: Builder,
    groups: usize,
    loops: usize,
    names: Gc<Dict>,
}

/// What is known of a part of a pattern.
#[derive(Clone, Copy)]
struct Part {
    /// It may match nothing.
    may_be_empty: bool,
    /// It is one instruction for one character.
    is_one: bool,
    /// It can be repeated.
    repeats: bool,
}

impl Part {
    const NOTHING: Part = Part { may_be_empty: true, is_one: false, repeats: true };
    const ASSERTION: Part = Part { repeats: false, ..Part::NOTHING };
    const ONE: Part = Part { may_be_empty: false, is_one: true, repeats: true };
}

/// How often something is repeated.
#[derive(Clone, Copy)]
struct Counts {
    least: u32,
    /// One more than the most, or 0.
    limit: u32,
}

impl Compiler<'_> {
    #[cold]
    fn error(&self) -> Raised {
        self.vm.value_error(format_args!("error in regex"))
    }

    /// What MicroPython says of most errors, too.
    #[cold]
    fn too_complex(&self) -> Raised {
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
        let Some((point, len)) = next_character(rest, self.is_text) else { return Err(self.too_complex()) };
        self.at += len;
        Ok(point)
    }

    /// Where the code ends.
    fn here(&self) -> usize {
        self.code.bytes().len()
    }

    fn push(&mut self, bytes: &[u8]) -> Res<()> {
        self.code.extend(self.vm, bytes)
    }

    fn push_number(&mut self, value: usize) -> Res<()> {
        let value = u32::try_from(value).map_err(|_| self.too_complex())?;
        number(value).try_for_each(|byte| self.code.push(self.vm, byte))
    }

    fn push_character(&mut self, point: u32) -> Res<()> {
        let (bytes, len) = utf8::encode(point);
        self.push(&bytes[..len])
    }

    /// Moves the code from `middle` on before what starts at `start`.
    fn rotate(&mut self, start: usize, middle: usize) -> Res<()> {
        let code = &mut self.code.bytes_mut()[start..];
        self.vm.work_on_bytes(code.len())?;
        code.rotate_left(middle - start);
        Ok(())
    }

    /// Has the jump whose operand is at `operand` lead to `target`.
    fn link(&mut self, operand: usize, target: usize) -> Res<()> {
        let distance = target as isize - (operand + JUMP_LEN) as isize;
        let distance = i32::try_from(distance).ok().filter(|distance| (-1 << 23..1 << 23).contains(distance));
        let Some(distance) = distance else { return Err(self.too_complex()) };
        self.code.bytes_mut()[operand..operand + JUMP_LEN].copy_from_slice(&distance.to_le_bytes()[..JUMP_LEN]);
        Ok(())
    }

    /// Adds a jump to `target`.
    fn push_jump(&mut self, op: u8, target: usize) -> Res<()> {
        self.push(&[op, 0, 0, 0])?;
        self.link(self.here() - JUMP_LEN, target)
    }

    /// Puts a jump to the end of the code, and `skip` bytes more, before what starts at `start`.
    fn jump_before(&mut self, op: u8, start: usize, skip: usize) -> Res<()> {
        let middle = self.here();
        self.push(&[op, 0, 0, 0])?;
        self.rotate(start, middle)?;
        self.link(start + 1, self.here() + skip)
    }

    /// What there is up to the end of the pattern or group.
    fn alternatives(&mut self) -> Res<Part> {
        self.vm.check_depth()?;
        // The operand of the jump from the end of the last alternative; until it is known where they all lead, each
        // says where the one before it is.
        let mut leave = 0;
        let mut start = self.here();
        let mut part = self.sequence()?;
        while self.eat(b"|") {
            self.jump_before(op::SPLIT, start, 1 + JUMP_LEN)?;
            self.push_jump(op::JUMP, leave)?;
            leave = self.here() - JUMP_LEN;
            start = self.here();
            let next = self.sequence()?;
            part = Part { may_be_empty: part.may_be_empty || next.may_be_empty, is_one: false, repeats: true };
        }
        while leave > 0 {
            let mut at = leave;
            let before = super::code::Code(self.code.bytes()).target(&mut at);
            self.link(leave, self.here())?;
            leave = before;
        }
        Ok(part)
    }

    /// What there is up to the next `|` or the end of the pattern or group.
    fn sequence(&mut self) -> Res<Part> {
        let mut parts = 0;
        let mut all = Part::NOTHING;
        loop {
            self.skip_space()?;
            let Some(byte) = self.peek().filter(|byte| !b"|)".contains(byte)) else { break };
            self.vm.work(1)?;
            if b"*+?".contains(&byte) || byte == b'{' && self.counts()?.is_some() {
                return Err(self.too_complex());
            }
            let start = self.here();
            let part = self.term()?;
            self.skip_space()?;
            let part = self.repeated(start, part)?;
            parts += 1;
            all.may_be_empty &= part.may_be_empty;
            all.is_one = part.is_one && parts == 1;
        }
        Ok(all)
    }

    fn has(&self, flag: isize) -> bool {
        self.flags & flag != 0
    }

    /// Skips what means nothing in patterns that are laid out for readers: space, and comments up to the end of a line.
    fn skip_space(&mut self) -> Res<()> {
        let mut in_comment = false;
        while self.has(flag::VERBOSE)
            && let Some(byte) = self.peek()
            && (in_comment || b" \t\n\r\x0b\x0c#".contains(&byte))
        {
            self.vm.work(1)?;
            in_comment = (in_comment || byte == b'#') && byte != b'\n';
            self.at += 1;
        }
        Ok(())
    }

    /// How often what comes before is repeated, if that is said.
    fn counts(&mut self) -> Res<Option<Counts>> {
        let start = self.at;
        let (least, limit) = match self.peek() {
            Some(b'*') => (0, 0),
            Some(b'+') => (1, 0),
            Some(b'?') => (0, 2),
            Some(b'{') if self.pattern.get(start + 1) != Some(&b'}') => {
                self.at += 1;
                let least = self.decimal()?;
                let most = if self.eat(b",") { self.decimal()? } else { least };
                if self.peek() != Some(b'}') {
                    self.at = start;
                    return Ok(None);
                }
                (least.unwrap_or(0), most.map_or(0, |most| most + 1))
            }
            _ => return Ok(None),
        };
        self.at += 1;
        if limit > 0 && limit <= least { Err(self.error()) } else { Ok(Some(Counts { least, limit })) }
    }

    /// A number in decimal digits, if there are any.
    fn decimal(&mut self) -> Res<Option<u32>> {
        let mut value = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            self.at += 1;
            let next = u64::from(value.unwrap_or(0)) * 10 + u64::from(digit - b'0');
            value = Some(u32::try_from(next).ok().filter(|value| *value < u32::MAX).ok_or_else(|| self.too_complex())?);
        }
        Ok(value)
    }

    /// Repeats `part`, which starts at `start`, if that is said.
    fn repeated(&mut self, start: usize, part: Part) -> Res<Part> {
        let Some(counts @ Counts { least, limit }) = self.counts()? else { return Ok(part) };
        let is_lazy = self.eat(b"?");
        if !part.repeats || self.counts()?.is_some() {
            return Err(self.too_complex());
        }
        let (split, back) = if is_lazy { (op::SPLIT_LAZY, op::SPLIT) } else { (op::SPLIT, op::SPLIT_LAZY) };
        match (least, limit) {
            (_, 1) => self.code.truncate(start),
            (1, 2) => return Ok(part),
            _ if part.is_one => {
                self.repeat_before(if is_lazy { op::REPEAT_LAZY } else { op::REPEAT }, start, counts)?
            }
            (0, 2) => self.jump_before(split, start, 0)?,
            (0, 0) if !part.may_be_empty => {
                self.jump_before(split, start, 1 + JUMP_LEN)?;
                self.push_jump(op::JUMP, start)?;
            }
            (1, 0) if !part.may_be_empty => self.push_jump(back, start)?,
            _ => self.loop_around(if is_lazy { op::TURN_LAZY } else { op::TURN }, start, counts)?,
        }
        Ok(Part { may_be_empty: part.may_be_empty || least == 0, is_one: false, repeats: true })
    }

    /// Puts an instruction with counts before what starts at `start`.
    fn repeat_before(&mut self, op: u8, start: usize, counts: Counts) -> Res<()> {
        let middle = self.here();
        self.push(&[op])?;
        self.push_counts(counts)?;
        self.rotate(start, middle)
    }

    fn push_counts(&mut self, Counts { least, limit }: Counts) -> Res<()> {
        self.push_number(least as usize)?;
        self.push_number(limit as usize)
    }

    /// Makes a loop of what starts at `start`.
    fn loop_around(&mut self, op: u8, start: usize, counts: Counts) -> Res<()> {
        let number = self.loops;
        self.loops += 1;
        let middle = self.here();
        self.push(&[op::LOOP])?;
        self.push_number(number)?;
        let turn = self.here() - middle;
        self.push(&[op])?;
        self.push_number(number)?;
        self.push_counts(counts)?;
        let out = self.here() - middle;
        self.push(&[0; JUMP_LEN])?;
        self.rotate(start, middle)?;
        self.push_jump(op::JUMP, start + turn)?;
        self.link(start + out, self.here())
    }

    /// One thing that can be repeated, or an assertion.
    fn term(&mut self) -> Res<Part> {
        let character = match self.character()? {
            0x28 => return self.group(),
            0x5b => return self.class(),
            0x2e => return self.push(&[op::ANY]).map(|()| Part::ONE),
            point @ (0x5e | 0x24) => {
                let op = match (point, self.has(flag::MULTILINE)) {
                    (0x5e, false) => op::BEGIN,
                    (0x5e, true) => op::LINE_BEGIN,
                    (_, false) => op::END,
                    (_, true) => op::LINE_END,
                };
                return self.push(&[op]).map(|()| Part::ASSERTION);
            }
            0x5c => match self.peek() {
                Some(letter) if NAMED_CLASSES.contains(&letter) => {
                    self.at += 1;
                    return self.push(&[op::NAMED, letter]).map(|()| Part::ONE);
                }
                Some(letter @ (b'A' | b'Z' | b'b' | b'B')) => {
                    self.at += 1;
                    let op = match letter {
                        b'A' => op::BEGIN,
                        b'Z' => op::END,
                        b'b' => op::BOUNDARY,
                        _ => op::NOT_BOUNDARY,
                    };
                    return self.push(&[op]).map(|()| Part::ASSERTION);
                }
                Some(b'1'..=b'9') if !self.is_octal() => return self.same_as_group(),
                _ => self.escape()?,
            },
            character => character,
        };
        self.push_any_case()?;
        self.push(&[op::CHAR])?;
        self.push_character(character)?;
        Ok(Part::ONE)
    }

    /// Adds what has the instruction for one character that follows take letters of any case, if that is wanted.
    fn push_any_case(&mut self) -> Res<()> {
        if self.has(flag::IGNORE_CASE) { self.push(&[op::ANY_CASE]) } else { Ok(()) }
    }

    /// Whether three octal digits come next.
    fn is_octal(&self) -> bool {
        let digits = self.pattern.get(self.at..self.at + 3);
        digits.is_some_and(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)))
    }

    /// The number of a group behind a backslash, of one digit or two.
    fn same_as_group(&mut self) -> Res<Part> {
        let digits = self.pattern[self.at..].iter().take(2).take_while(|byte| byte.is_ascii_digit());
        let (number, len) =
            digits.fold((0, 0), |(number, len), digit| (number * 10 + usize::from(digit - b'0'), len + 1));
        if number > self.groups {
            return Err(self.error());
        }
        self.at += len;
        self.push_group(number)
    }

    /// Adds the text of group `number` once more.
    fn push_group(&mut self, number: usize) -> Res<Part> {
        self.push(&[if self.has(flag::IGNORE_CASE) { op::GROUP_ANY_CASE } else { op::GROUP }])?;
        self.push_number(number)?;
        Ok(Part::NOTHING)
    }

    /// The character that what is behind a backslash stands for.
    fn escape(&mut self) -> Res<u32> {
        let character = self.character()?;
        let (len, base) = match char::from_u32(character) {
            Some('n') => return Ok(0x0a),
            Some('r') => return Ok(0x0d),
            Some('t') => return Ok(0x09),
            Some('f') => return Ok(0x0c),
            Some('v') => return Ok(0x0b),
            Some('a') => return Ok(0x07),
            Some('x') => (2, 16),
            Some('u') => (4, 16),
            Some('U') => (8, 16),
            Some('0'..='7') => {
                self.at -= 1;
                let digits = self.pattern[self.at..].iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit));
                (digits.count(), 8)
            }
            _ => return Ok(character),
        };
        let mut point = 0u32;
        for _ in 0..len {
            let digit = char::from_u32(self.character()?).and_then(|digit| digit.to_digit(base));
            let next = digit.map(|digit| u64::from(point) * u64::from(base) + u64::from(digit));
            point = next.filter(|point| *point < 0x11_0000).ok_or_else(|| self.error())? as u32;
        }
        if (base == 8 || !self.is_text) && point > 0xff { Err(self.error()) } else { Ok(point) }
    }

    /// The name of a group, up to `end`.
    fn name(&mut self, end: u8) -> Res {
        let rest = &self.pattern[self.at..];
        let len = self.vm.position(rest, |byte| byte == end)?.unwrap_or(0);
        let name = &rest[..len];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        if !name.iter().all(is_name) || name.first().is_none_or(u8::is_ascii_digit) {
            return Err(self.error());
        }
        self.at += len + 1;
        self.vm.new_str_checked(name)
    }

    /// Flags by their letters, which follow a question mark, up to the colon or parenthesis behind them: those to set, and
    /// those to take back. None of both if something else follows.
    fn letters(&mut self) -> Option<(isize, isize)> {
        let (mut flags, mut is_minus, mut at) = ([0; 2], false, self.at + 1);
        loop {
            let letter = *self.pattern.get(at)?;
            match flag::of_letter(letter) {
                Some(flag) => flags[usize::from(is_minus)] |= flag,
                None if letter == b'-' && !is_minus => is_minus = true,
                None if b":)".contains(&letter) && at > self.at + 1 => break,
                None => return None,
            }
            at += 1;
        }
        self.at = at;
        Some((flags[0], flags[1]))
    }

    /// A group, from behind its parenthesis.
    fn group(&mut self) -> Res<Part> {
        if self.eat(b"?P=") {
            let name = self.name(b')')?;
            let Some(number) = self.names.map.get(self.vm, name)? else { return Err(self.error()) };
            return self.push_group(number.as_small_int().unwrap_or(0) as usize);
        }
        let outside = self.flags;
        if self.peek() == Some(b'?')
            && let Some((set, unset)) = self.letters()
        {
            self.flags = (self.flags | set) & !unset;
            if self.eat(b")") {
                return Ok(Part::ASSERTION);
            }
            self.at += 1;
            let part = self.alternatives()?;
            self.flags = outside;
            return if self.eat(b")") { Ok(Part { repeats: true, ..part }) } else { Err(self.too_complex()) };
        }
        let mut captures = !self.eat(b"?:");
        if captures && self.eat(b"?P<") {
            let name = self.name(b'>')?;
            if self.names.map.get(self.vm, name)?.is_some() {
                return Err(self.error());
            }
            let number = Obj::small_int_wrapping(self.groups as isize + 1);
            self.names.map.store(self.vm, name, number)?;
        } else if self.eat(b"?#") {
            while let Some(byte) = self.peek()
                && byte != b')'
            {
                self.vm.work(1)?;
                self.at += 1;
            }
            captures = false;
        }
        if captures && self.peek() == Some(b'?') {
            return Err(self.too_complex());
        }
        if captures {
            self.groups += 1;
        }
        let slot = 2 * self.groups;
        if captures {
            self.save(slot)?;
        }
        let part = self.alternatives()?;
        if !self.eat(b")") {
            return Err(self.too_complex());
        }
        if !captures {
            return Ok(Part { repeats: true, ..part });
        }
        self.save(slot + 1)?;
        Ok(Part { is_one: false, repeats: true, ..part })
    }

    fn save(&mut self, slot: usize) -> Res<()> {
        self.push(&[op::SAVE])?;
        self.push_number(slot)
    }

    /// A class, from behind its bracket.
    fn class(&mut self) -> Res<Part> {
        let middle = self.here();
        let op = if self.eat(b"^") { op::NOT_CLASS } else { op::CLASS };
        let first = self.at;
        // A `]` at the beginning is a character like others.
        while self.at == first || self.peek() != Some(b']') {
            self.vm.work(1)?;
            let least = self.in_class()?;
            // And so is a `-` at the end.
            let is_range = self.peek() == Some(b'-') && self.pattern.get(self.at + 1) != Some(&b']');
            let mut greatest = least;
            if is_range {
                self.at += 1;
                greatest = self.in_class()?;
                if least.is_none() || greatest < least {
                    return Err(self.error());
                }
            }
            if let (Some(least), Some(greatest)) = (least, greatest) {
                self.push_character(least)?;
                self.push_character(greatest)?;
            }
        }
        self.at += 1;
        let end = self.here();
        self.push_any_case()?;
        self.push(&[op])?;
        self.push_number(end - middle)?;
        self.rotate(middle, end)?;
        Ok(Part::ONE)
    }

    /// The next character in a class; none if that is a class with a name, which is added.
    fn in_class(&mut self) -> Res<Option<u32>> {
        if !self.eat(b"\\") {
            return self.character().map(Some);
        }
        match self.peek() {
            Some(letter) if NAMED_CLASSES.contains(&letter) => {
                self.at += 1;
                self.push(&[letter, 0])?;
                Ok(None)
            }
            Some(b'b') => {
                self.at += 1;
                Ok(Some(0x08))
            }
            _ => self.escape().map(Some),
        }
    }
}
