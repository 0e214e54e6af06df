//! Running the code of a regular expression: what may go on another way is tried the first way, and the other one is
//! remembered.
//!
//! What is remembered lies on the interpreter's heap, so that its limit holds, and neither the subject's length nor the
//! pattern's nesting needs the machine stack.

use alloc::vec::Vec;

use berus_runtime::data::builder::Builder;
use berus_runtime::model::error::{Raise, Res};
use berus_runtime::model::events::Poll;
use berus_runtime::model::vm::Vm;
use berus_runtime::text::utf8;

use super::code::{Code, One, cases, is_named, next_character, op};

/// A place in the subject, or the number of a turn, if there is one.
pub type Place = Option<usize>;

/// What is matched.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub bytes: &'a [u8],
    /// Whether that is text, whose characters are code points.
    pub is_text: bool,
}

impl Subject<'_> {
    /// The character at `at`, and its length.
    fn character(&self, at: usize) -> Option<(u32, usize)> {
        next_character(self.bytes.get(at..).unwrap_or_default(), self.is_text)
    }

    /// Where the character before `at` begins.
    fn before(&self, at: usize) -> usize {
        self.bytes[..at].iter().rposition(|&byte| !self.is_text || utf8::is_start(byte)).unwrap_or(0)
    }

    fn is_boundary(&self, at: usize) -> bool {
        let is_word = |at: Option<usize>| {
            let byte = at.and_then(|at| self.bytes.get(at));
            byte.is_some_and(|&byte| byte < 0x80 && is_named(b'w', byte.into()))
        };
        is_word(at.checked_sub(1)) != is_word(Some(at))
    }
}

/// What is remembered. Each is two words of 32 bits: the first has the kind in its lowest bits, and a number above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Another way, from the instruction with that number, at the place that the second word says.
    Way,
    /// The second word is one more than what was in the register with that number, or 0.
    Saved,
    /// The body of the loop with the instruction with that number, at the place that the second word says.
    Turn,
    /// One character less than up to that place for the repetition before the instruction; the entry below has the
    /// place where it must end at the earliest.
    Fewer,
    /// One character more, from that place, for the repetition at the instruction; the entry below has the number of
    /// those before.
    More,
}

impl Kind {
    const ALL: [Kind; 5] = [Kind::Way, Kind::Saved, Kind::Turn, Kind::Fewer, Kind::More];
    const BITS: u32 = 3;
}

/// Bytes of a word. Of longer subjects and code than it can number there are none.
const WORD: usize = size_of::<u32>();

/// Runs code on subjects. What it needs of memory it keeps from one time to the next.
pub struct Runner<'a> {
    vm: &'a Vm,
    code: Code<'a>,
    /// Where the groups are, the whole match first; each where it begins, then where it ends. Then of each loop how
    /// many turns it has begun, and where the last turn began that it did not have to take.
    registers: Vec<Place>,
    groups: usize,
    ways: Builder,
    /// Where [`Runner::next`] looks on, and where an empty match would be the last one again.
    from: usize,
    not_at: Place,
}

impl<'a> Runner<'a> {
    /// For code with so many groups and loops.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new(vm: &'a Vm, code: &'a [u8], groups: usize, loops: usize) -> Res<Runner<'a>> {
        let mut registers = Vec::new();
        let count = 2 * (groups + 1 + loops);
        if registers.try_reserve_exact(count).is_err() {
            return Err(vm.memory_error(count * size_of::<Place>()));
        }
        registers.resize(count, None);
        Ok(Runner { vm, code: Code(code), registers, groups, ways: Builder::new(), from: 0, not_at: None })
    }

    /// Where the groups are, the whole match first; each where it begins, then where it ends.
    pub fn places(&self) -> &[Place] {
        &self.registers[..2 * (self.groups + 1)]
    }

    /// Finds the next match that is not an empty one where the last has ended: where it begins and ends.
    ///
    /// # Errors
    /// As [`Runner::matches`].
    pub fn next(&mut self, subject: Subject<'_>) -> Res<Option<(usize, usize)>> {
        let found = self.search(subject, self.from)?;
        if let Some((start, end)) = found {
            self.from = end;
            self.not_at = (start == end).then_some(end);
        }
        Ok(found)
    }

    /// Finds the first match from `at` on: where it begins and ends.
    ///
    /// # Errors
    /// As [`Runner::matches`].
    pub fn search(&mut self, subject: Subject<'_>, mut at: usize) -> Res<Option<(usize, usize)>> {
        let first = match self.code.0 {
            &[op::CHAR, byte @ ..0x80, ..] => Some(byte),
            _ => None,
        };
        loop {
            if let Some(byte) = first {
                let Some(len) = self.vm.find_bytes(&subject.bytes[at..], &[byte])? else { return Ok(None) };
                at += len;
            }
            if let Some(end) = self.matches(subject, at)? {
                return Ok(Some((at, end)));
            }
            match subject.character(at) {
                Some((_, len)) if self.code.0.first() != Some(&op::BEGIN) => at += len,
                _ => return Ok(None),
            }
        }
    }

    /// Whether there is a match that begins at `start`: where it ends.
    ///
    /// # Errors
    /// `MemoryError` if there are too many ways to remember; what pending events raise.
    pub fn matches(&mut self, subject: Subject<'_>, start: usize) -> Res<Option<usize>> {
        if u32::try_from(subject.bytes.len() + 1).is_err() {
            return Err(self.vm.overflow_error(format_args!("string too long")));
        }
        self.registers.fill(None);
        self.ways.truncate(0);
        let (mut pc, mut at) = (0, start);
        loop {
            self.vm.work(1)?;
            let instruction = pc;
            let goes_on = match self.code.byte(&mut pc) {
                op::MATCH if self.not_at == Some(at) => false,
                op::MATCH => {
                    self.registers[0] = Some(start);
                    self.registers[1] = Some(at);
                    return Ok(Some(at));
                }
                op::BEGIN => at == 0,
                op::END => at == subject.bytes.len(),
                op::LINE_BEGIN => at == 0 || subject.bytes[at - 1] == b'\n',
                op::LINE_END => subject.bytes.get(at).is_none_or(|&byte| byte == b'\n'),
                op::BOUNDARY => subject.is_boundary(at),
                // There is none in nothing, but nothing is not inside of a word either.
                op::NOT_BOUNDARY => !subject.bytes.is_empty() && !subject.is_boundary(at),
                op @ (op::GROUP | op::GROUP_ANY_CASE) => {
                    let slot = 2 * self.code.number(&mut pc);
                    self.take_again(subject, slot, op == op::GROUP_ANY_CASE, &mut at)?
                }
                op::SAVE => {
                    let slot = self.code.number(&mut pc);
                    self.set(slot, Some(at))?;
                    true
                }
                op::JUMP => {
                    pc = self.code.target(&mut pc);
                    true
                }
                op::SPLIT => {
                    let other = self.code.target(&mut pc);
                    self.remember(Kind::Way, other, at)?;
                    true
                }
                op::SPLIT_LAZY => {
                    let target = self.code.target(&mut pc);
                    self.remember(Kind::Way, pc, at)?;
                    pc = target;
                    true
                }
                op::REPEAT => self.repeat(subject, &mut pc, &mut at)?,
                op::REPEAT_LAZY => self.repeat_lazily(subject, instruction, 0, &mut pc, &mut at)?,
                op::LOOP => {
                    let count = self.loop_register(&mut pc);
                    self.set(count, Some(0))?;
                    self.set(count + 1, None)?;
                    true
                }
                op @ (op::TURN | op::TURN_LAZY) => {
                    self.turn(op, instruction, &mut pc, at)?;
                    true
                }
                op => {
                    let one = self.code.one(op, &mut pc);
                    take(subject, one, &mut at)
                }
            };
            if !goes_on && !self.go_back(subject, &mut pc, &mut at)? {
                return Ok(None);
            }
        }
    }

    fn remember(&mut self, kind: Kind, number: usize, word: usize) -> Res<()> {
        let mut entry = [0; 2 * WORD];
        entry[..WORD].copy_from_slice(&((number << Kind::BITS | kind as usize) as u32).to_ne_bytes());
        entry[WORD..].copy_from_slice(&(word as u32).to_ne_bytes());
        self.ways.extend(self.vm, &entry)
    }

    /// Takes what was remembered last.
    fn recall(&mut self) -> Option<(Kind, usize, usize)> {
        let (rest, &second) = self.ways.bytes().split_last_chunk()?;
        let (rest, &first) = rest.split_last_chunk()?;
        let [first, second] = [first, second].map(|word| u32::from_ne_bytes(word) as usize);
        let len = rest.len();
        self.ways.truncate(len);
        let kind = *Kind::ALL.get(first & ((1 << Kind::BITS) - 1))?;
        Some((kind, first >> Kind::BITS, second))
    }

    /// Sets a register until it goes back.
    fn set(&mut self, register: usize, place: Place) -> Res<()> {
        let old = core::mem::replace(&mut self.registers[register], place);
        self.remember(Kind::Saved, register, old.map_or(0, |place| place + 1))
    }

    /// Goes back to the way that was remembered last, if there is one.
    fn go_back(&mut self, subject: Subject<'_>, pc: &mut usize, at: &mut usize) -> Res<bool> {
        while let Some((kind, number, word)) = self.recall() {
            (*pc, *at) = (number, word);
            match kind {
                Kind::Way => return Ok(true),
                Kind::Saved => self.registers[number] = word.checked_sub(1),
                Kind::Turn => {
                    self.begin_turn(number, pc, word)?;
                    return Ok(true);
                }
                Kind::Fewer => {
                    let Some((_, _, fewest)) = self.recall() else { return Ok(false) };
                    *at = subject.before(word);
                    self.remember_fewer(number, fewest, *at)?;
                    return Ok(true);
                }
                Kind::More => {
                    let Some((_, _, count)) = self.recall() else { return Ok(false) };
                    if self.repeat_lazily(subject, number, count + 1, pc, at)? {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Takes the text of a group once more, if it has any.
    fn take_again(&self, subject: Subject<'_>, slot: usize, has_any_case: bool, at: &mut usize) -> Res<bool> {
        let (Some(start), Some(end)) = (self.registers[slot], self.registers[slot + 1]) else { return Ok(false) };
        // Of a group that is not at its end yet the beginning may be later.
        let text = subject.bytes.get(start..end).unwrap_or_default();
        self.vm.work_on_bytes(text.len())?;
        if has_any_case {
            return take_any_case(self.vm, Subject { bytes: text, ..subject }, subject, at);
        }
        let is_there = subject.bytes[*at..].starts_with(text);
        *at += if is_there { text.len() } else { 0 };
        Ok(is_there)
    }

    /// Takes as many characters as a repetition may.
    fn repeat(&mut self, subject: Subject<'_>, pc: &mut usize, at: &mut usize) -> Res<bool> {
        let (least, limit) = (self.code.number(pc), self.code.number(pc));
        let op = self.code.byte(pc);
        let one = self.code.one(op, pc);
        let most = limit.wrapping_sub(1);
        let mut count = 0;
        let mut fewest = *at;
        while count < most && take(subject, one, at) {
            self.vm.work(1)?;
            count += 1;
            if count == least {
                fewest = *at;
            }
        }
        if count > least {
            self.remember_fewer(*pc, fewest, *at)?;
        }
        Ok(count >= least)
    }

    /// Remembers that a repetition that ends at `most` could have ended earlier, but not before `fewest`.
    fn remember_fewer(&mut self, pc: usize, fewest: usize, most: usize) -> Res<()> {
        if fewest == most {
            return Ok(());
        }
        self.remember(Kind::Fewer, 0, fewest)?;
        self.remember(Kind::Fewer, pc, most)
    }

    /// Takes as few characters as the repetition at `instruction` may, of which it has `count`, or one less with that
    /// to come.
    fn repeat_lazily(
        &mut self,
        subject: Subject<'_>,
        instruction: usize,
        count: usize,
        pc: &mut usize,
        at: &mut usize,
    ) -> Res<bool> {
        *pc = instruction + 1;
        let (least, limit) = (self.code.number(pc), self.code.number(pc));
        let op = self.code.byte(pc);
        let one = self.code.one(op, pc);
        let most = limit.wrapping_sub(1);
        let wanted = if count == 0 { least } else { 1 };
        for _ in 0..wanted {
            self.vm.work(1)?;
            if !take(subject, one, at) {
                return Ok(false);
            }
        }
        let count = if count == 0 { least } else { count };
        if count < most {
            self.remember(Kind::More, 0, count)?;
            self.remember(Kind::More, instruction, *at)?;
        }
        Ok(true)
    }

    /// The first register of the loop whose number is next in the code.
    fn loop_register(&self, pc: &mut usize) -> usize {
        2 * (self.groups + 1 + self.code.number(pc))
    }

    /// The operands of the instruction for turns of a loop.
    fn turns(&self, pc: &mut usize) -> Turns {
        let register = self.loop_register(pc);
        let (least, limit) = (self.code.number(pc), self.code.number(pc));
        Turns { register, least, most: limit.wrapping_sub(1), out: self.code.target(pc) }
    }

    /// Begins another turn of a loop or leaves it, and remembers to do the other thing where both may be.
    fn turn(&mut self, op: u8, instruction: usize, pc: &mut usize, at: usize) -> Res<()> {
        let Turns { register, least, most, out } = self.turns(pc);
        let count = self.registers[register].unwrap_or(0);
        if count < least {
            return self.set(register, Some(count + 1));
        }
        if count >= most || self.registers[register + 1] == Some(at) {
            // After a turn without text another one would be the same.
            *pc = out;
            return Ok(());
        }
        if op == op::TURN {
            self.remember(Kind::Way, out, at)?;
            return self.begin_turn(instruction, pc, at);
        }
        *pc = out;
        self.remember(Kind::Turn, instruction, at)
    }

    /// Begins a turn that the loop at `instruction` need not take.
    fn begin_turn(&mut self, instruction: usize, pc: &mut usize, at: usize) -> Res<()> {
        *pc = instruction + 1;
        let Turns { register, .. } = self.turns(pc);
        self.set(register, Some(self.registers[register].unwrap_or(0) + 1))?;
        self.set(register + 1, Some(at))
    }
}

/// The operands of `TURN`: the first register of the loop, how many turns it takes, and where it ends.
struct Turns {
    register: usize,
    least: usize,
    most: usize,
    out: usize,
}

/// Takes `text`, or what differs from it in the case of letters only.
fn take_any_case(vm: &Vm, text: Subject<'_>, subject: Subject<'_>, at: &mut usize) -> Res<bool> {
    let (mut behind, mut end) = (0, *at);
    while let Some((wanted, len)) = text.character(behind) {
        vm.work(1)?;
        match subject.character(end) {
            Some((character, there)) if character == wanted || cases(wanted).contains(&character) => end += there,
            _ => return Ok(false),
        }
        behind += len;
    }
    *at = end;
    Ok(true)
}

/// Takes a character if it is one of those wanted.
fn take(subject: Subject<'_>, one: One<'_>, at: &mut usize) -> bool {
    match subject.character(*at) {
        Some((character, len)) if one.takes(character) => {
            *at += len;
            true
        }
        _ => false,
    }
}
