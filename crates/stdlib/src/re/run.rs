//! Running the code of a regular expression: what may go on another way is tried the first way, and the other one is remembered.

use alloc::vec;
use alloc::vec::Vec;

use berus_runtime::error::Res;
use berus_runtime::text::utf8;
use berus_runtime::vm::Vm;

use super::compile::op;

/// Where a group begins or ends in the subject, if it has matched.
pub type Place = Option<usize>;

/// What is matched.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub bytes: &'a [u8],
    /// Whether that is text, whose characters are code points.
    pub is_text: bool,
}

/// What is remembered: another way to go on, or what was saved before.
enum Remembered {
    Way { pc: usize, at: usize },
    Saved { slot: usize, place: Place },
}

/// How often it goes back between two looks at pending events.
const TURNS: usize = 1024;

/// The first character of `bytes`, and its length.
pub fn next_character(bytes: &[u8], is_text: bool) -> Option<(u32, usize)> {
    let &first = bytes.first()?;
    if !is_text || first < 0x80 {
        return Some((first.into(), 1));
    }
    Some((utf8::decode_at(bytes, 0), utf8::width_at(bytes, 0).max(1)))
}

/// Runs code on subjects. What it needs of memory it keeps from one time to the next.
pub struct Runner<'a> {
    vm: &'a Vm,
    code: &'a [u8],
    /// Where the groups are, the whole match first; each where it begins, then where it ends.
    pub places: Vec<Place>,
    ways: Vec<Remembered>,
}

impl<'a> Runner<'a> {
    /// For code with so many groups.
    pub fn new(vm: &'a Vm, code: &'a [u8], groups: usize) -> Runner<'a> {
        Runner { vm, code, places: vec![None; 2 * (groups + 1)], ways: Vec::new() }
    }

    /// Finds the first match from `at` on: where it begins and ends.
    ///
    /// # Errors
    /// As [`Runner::matches`].
    pub fn search(&mut self, subject: Subject<'_>, mut at: usize) -> Res<Option<(usize, usize)>> {
        loop {
            if let Some(end) = self.matches(subject, at)? {
                return Ok(Some((at, end)));
            }
            match next_character(&subject.bytes[at..], subject.is_text) {
                Some((_, len)) => at += len,
                None => return Ok(None),
            }
        }
    }

    /// Whether there is a match that begins at `at`: where it ends.
    ///
    /// # Errors
    /// `RuntimeError` if there are too many ways to remember; what pending events raise.
    pub fn matches(&mut self, subject: Subject<'_>, at: usize) -> Res<Option<usize>> {
        self.places.fill(None);
        self.ways.clear();
        // As much memory as calls would take.
        let most = self.vm.stack_size() / size_of::<Remembered>();
        let (mut pc, mut here, mut turns) = (0, at, 0);
        loop {
            match self.step(subject, &mut pc, &mut here) {
                Step::On if self.ways.len() > most => return Err(self.vm.recursion_error()),
                Step::On => continue,
                Step::Matched => {
                    self.places[0] = Some(at);
                    self.places[1] = Some(here);
                    return Ok(Some(here));
                }
                Step::Failed => {}
            }
            turns += 1;
            if turns % TURNS == 0 {
                self.vm.poll()?;
            }
            loop {
                match self.ways.pop() {
                    Some(Remembered::Way { pc: to, at }) => {
                        (pc, here) = (to, at);
                        break;
                    }
                    Some(Remembered::Saved { slot, place }) => self.places[slot] = place,
                    None => return Ok(None),
                }
            }
        }
    }

    /// Executes one instruction.
    fn step(&mut self, subject: Subject<'_>, pc: &mut usize, at: &mut usize) -> Step {
        let operand = self.code.get(*pc + 1).copied().unwrap_or(0);
        let target = (*pc + 2).wrapping_add_signed(isize::from(operand as i8));
        let (is_there, len) = match self.code.get(*pc).copied().unwrap_or(op::MATCH) {
            op::MATCH => return Step::Matched,
            op::BEGIN => (*at == 0, 1),
            op::END => (*at == subject.bytes.len(), 1),
            op::SAVE => {
                let slot = usize::from(operand);
                self.ways.push(Remembered::Saved { slot, place: self.places[slot] });
                self.places[slot] = Some(*at);
                (true, 2)
            }
            op::JUMP => {
                *pc = target;
                return Step::On;
            }
            op::SPLIT => {
                self.ways.push(Remembered::Way { pc: target, at: *at });
                (true, 2)
            }
            op::SPLIT_LAZY => {
                self.ways.push(Remembered::Way { pc: *pc + 2, at: *at });
                *pc = target;
                return Step::On;
            }
            consumer => {
                let rest = subject.bytes.get(*at..).unwrap_or_default();
                let Some((character, width)) = next_character(rest, subject.is_text) else { return Step::Failed };
                *at += width;
                consume(self.code, consumer, *pc + 1, operand, character)
            }
        };
        *pc += len;
        if is_there { Step::On } else { Step::Failed }
    }
}

enum Step {
    On,
    Matched,
    Failed,
}

/// Whether an instruction that is for a character takes this one, and the length of the instruction.
fn consume(code: &[u8], op: u8, start: usize, operand: u8, character: u32) -> (bool, usize) {
    match op {
        op::ANY => (true, 1),
        op::NAMED => (is_named(operand, character), 2),
        op::CLASS | op::NOT_CLASS => {
            let len = usize::from(operand);
            let class = code.get(start + 1..start + 1 + len).unwrap_or_default();
            (is_in(class, character) == (op == op::CLASS), 2 + len)
        }
        _ => match next_character(code.get(start..).unwrap_or_default(), true) {
            Some((wanted, len)) => (wanted == character, 1 + len),
            None => (false, 1),
        },
    }
}

fn is_in(mut class: &[u8], character: u32) -> bool {
    while let Some((least, len)) = next_character(class, true) {
        class = &class[len..];
        let Some((greatest, len)) = next_character(class, true) else { break };
        class = &class[len..];
        let is_in = match least {
            0 if greatest != 0 => is_named(greatest as u8, character),
            _ => (least..=greatest).contains(&character),
        };
        if is_in {
            return true;
        }
    }
    false
}

/// Whether a character is in the class with a letter; only ASCII is.
fn is_named(letter: u8, character: u32) -> bool {
    let byte = u8::try_from(character).unwrap_or(0x80);
    let is_in = match letter.to_ascii_lowercase() {
        b'd' => byte.is_ascii_digit(),
        b's' => matches!(byte, b' ' | b'\t'..=b'\r'),
        _ => byte.is_ascii_alphanumeric() || byte == b'_',
    };
    is_in == letter.is_ascii_lowercase()
}
