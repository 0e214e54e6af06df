//! Machine code for people to read.
//!
//! Each architecture has a file with a decoder, a thin layer over a disassembler crate, or, for Xtensa, over a table. It also knows the two
//! registers that code made by mpy-cross keeps for itself: one points to the function table, the other to the module's
//! names. So calls into the runtime, and names, can be called what they are. Code linked from C finds both by relocations, and keeps
//! them in any register ([`held`]).

#[cfg(feature = "machine-code")]
mod arm;
#[cfg_attr(not(feature = "machine-code"), allow(dead_code))]
mod held;
#[cfg(feature = "machine-code")]
mod riscv;
#[cfg(feature = "machine-code")]
mod x86;
#[cfg(feature = "machine-code")]
mod xtensa;

use std::collections::{BTreeMap, BTreeSet};

use berus_mpy::arch::Arch;
use berus_mpy::disasm::TargetName;
use berus_mpy::disasm::text::Name;
use berus_mpy::function_table;
use berus_mpy::header::SUB_VERSION;
use berus_mpy::module::{Kind, Module, RawCode};
use berus_mpy::prelude::{Signature, scope_flag};
use berus_mpy::reloc::{Place, Relocations, Target};

use crate::text::shortened;
use held::{Conventions, Held, Step};

/// Characters of a name in a remark.
const MAX_NAME: usize = 60;

/// The mnemonic of bytes that are shown as they are.
pub const BYTES: &str = ".byte";

/// An instruction, or data in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its offset in the code.
    pub offset: usize,
    /// Its length in bytes.
    pub len: usize,
    /// What it does, or `.word` and the like for data.
    pub mnemonic: String,
    /// What it does it with.
    pub operands: String,
    /// What that is, where it shows.
    pub remark: Option<String>,
}

/// An instruction as a decoder sees it.
struct Decoded {
    len: usize,
    mnemonic: String,
    operands: String,
    access: Access,
    step: Step,
}

/// What an instruction reads, as far as that is worth a remark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "machine-code"), allow(dead_code))]
enum Access {
    /// Nothing of note.
    None,
    /// The word of the function table at this distance in bytes.
    FunctionTable(i64),
    /// The entry of the qstr table at this distance in bytes.
    QstrTable(i64),
    /// The memory at this offset in the code.
    Code(i64),
    /// The word of data at this offset in the code.
    Literal(i64),
}

trait Decoder {
    /// Instructions start at multiples of this many bytes.
    fn unit(&self) -> usize;

    /// Which registers are for what.
    fn conventions(&self) -> Conventions;

    /// The instruction at the start of `bytes`, which are those from `offset` on. Asked for one after the other.
    fn decode(&mut self, bytes: &[u8], offset: usize) -> Option<Decoded>;
}

/// Why machine code for `arch` is not disassembled, if it is not.
pub fn not_disassembled(arch: Option<Arch>) -> Option<&'static str> {
    if cfg!(not(feature = "machine-code")) {
        return Some("this berus was built without disassemblers");
    }
    match arch {
        Some(Arch::Debug) => Some("code that mpy-cross lists is for no machine"),
        _ => None,
    }
}

/// A decoder for code of an architecture.
#[cfg(feature = "machine-code")]
fn decoder(arch: Option<Arch>, code: &[u8]) -> Option<Box<dyn Decoder>> {
    Some(match arch? {
        Arch::X86 => Box::new(x86::X86::new(32, code)),
        Arch::X64 => Box::new(x86::X86::new(64, code)),
        Arch::Armv6 => Box::new(arm::A32),
        Arch::Armv6m | Arch::Armv7m | Arch::Armv7em | Arch::Armv7emsp | Arch::Armv7emdp => {
            Box::new(arm::Thumb::default())
        }
        Arch::Rv32imc => Box::new(riscv::RiscV::new(32)),
        Arch::Rv64imc => Box::new(riscv::RiscV::new(64)),
        Arch::Xtensa => Box::new(xtensa::Xtensa::new(false)),
        Arch::Xtensawin => Box::new(xtensa::Xtensa::new(true)),
        Arch::Debug => return None,
    })
}

#[cfg(not(feature = "machine-code"))]
fn decoder(_: Option<Arch>, _: &[u8]) -> Option<Box<dyn Decoder>> {
    None
}

/// How many bytes of `code` are machine code: those before its prelude.
pub fn len(code: &RawCode<'_>) -> usize {
    match code.kind {
        Kind::Bytecode => 0,
        Kind::Native { .. } => code.code.len().min(code.prelude_offset().unwrap_or(0)),
        Kind::Viper { .. } | Kind::Asm { .. } => code.code.len(),
    }
}

/// The machine code of `code`, line by line, every byte in one of them.
pub fn lines(module: &Module<'_>, code: &RawCode<'_>) -> Vec<Line> {
    let bytes = &code.code[..len(code)];
    let word = module.header.arch.map_or(4, Arch::word_bytes);
    let mut lines = Lines { module, bytes, word, lines: Vec::new(), offset: 0 };
    lines.head(code);
    let relocations = code.kind.relocations();
    let relocated = relocated_words(relocations, word, bytes.len());
    let (heads, start) = (lines.lines.len(), lines.offset);
    let mut literals = BTreeSet::new();
    let Some(conventions) = decoder(module.header.arch, bytes).map(|decoder| decoder.conventions()) else {
        lines.bytes(&relocated);
        return lines.lines;
    };
    let mut held = Held::new(relocated.clone(), bytes, word, conventions, relocations.is_none());
    for pass in 1..=MAX_PASSES {
        let Some(decoder) = decoder(module.header.arch, bytes) else { break };
        lines.lines.truncate(heads);
        lines.offset = start;
        held.restart();
        let known = literals;
        literals = lines.instructions(decoder, &mut held, &relocated, known.clone());
        // Where data lies before the code that reads it, the code must be known to know the data.
        let xtensa = matches!(module.header.arch, Some(Arch::Xtensa | Arch::Xtensawin));
        if pass > 1 && (literals == known || !xtensa) {
            break;
        }
    }
    lines.lines
}

/// How often code is gone through, at most, to find the data in it, and what registers hold in loops.
const MAX_PASSES: usize = 4;

/// The words of the machine code that relocations adjust, by their offsets, each with what it will refer to.
type Relocated = BTreeMap<usize, Target>;

fn relocated_words(relocations: Option<&Relocations<'_>>, word: usize, len: usize) -> Relocated {
    let mut words = BTreeMap::new();
    // Relocations may name far more words than there are, or the same ones again and again; each is noted once.
    let mut left = len / word;
    for (place, relocation) in relocations.into_iter().flat_map(Relocations::placed) {
        if let Place::Text(first) = place {
            for n in (first as usize..len / word).take((relocation.count as usize).min(left)) {
                words.insert(n * word, relocation.target);
                left -= 1;
            }
        }
    }
    words
}

struct Lines<'m> {
    module: &'m Module<'m>,
    bytes: &'m [u8],
    word: usize,
    lines: Vec<Line>,
    offset: usize,
}

impl Lines<'_> {
    fn push(&mut self, len: usize, mnemonic: &str, operands: String, remark: Option<String>) {
        let mnemonic = mnemonic.to_owned();
        self.lines.push(Line { offset: self.offset, len, mnemonic, operands, remark });
        self.offset += len;
    }

    /// The word at the current offset as data.
    fn word(&mut self, remark: Option<String>) {
        let word = &self.bytes[self.offset..self.offset + self.word];
        let value = word.iter().rev().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        self.push(self.word, ".word", format!("{value:#x}"), remark);
    }

    /// The words at the front of a Python function: where to find its prelude and, for a generator, where to start.
    /// Before sub-version 6.3 only generators had them (MicroPython: `py/emitnative.c`).
    fn head(&mut self, code: &RawCode<'_>) {
        let (Kind::Native { .. }, Some(prelude_offset)) = (&code.kind, code.prelude_offset()) else { return };
        let prelude = code.code.get(prelude_offset..).and_then(Signature::read);
        let is_generator = prelude.is_some_and(|(s, _)| s.scope_flags & scope_flag::GENERATOR != 0);
        let words = match (is_generator, self.module.header.sub_version) {
            (true, _) => &["the prelude's index among the children", "where the generator starts"][..],
            (false, SUB_VERSION) => &["the prelude's index among the children"],
            (false, _) => &[],
        };
        for remark in words {
            if self.bytes.len() - self.offset >= self.word {
                self.word(Some((*remark).to_owned()));
            }
        }
    }

    /// Goes through the code. Gives the places of data that instructions read, those that are known before among them if they are
    /// read.
    fn instructions(
        &mut self,
        mut decoder: Box<dyn Decoder>,
        held: &mut Held,
        relocated: &Relocated,
        mut literals: BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut read = BTreeSet::new();
        while self.offset < self.bytes.len() {
            if let Some(&target) = relocated.get(&self.offset) {
                self.word(Some(self.target(target)));
                continue;
            }
            if literals.contains(&self.offset) && self.bytes.len() - self.offset >= self.word {
                self.word(None);
                continue;
            }
            let end = relocated.range(self.offset..).next().map_or(self.bytes.len(), |(&offset, _)| offset);
            let rest = &self.bytes[self.offset..end];
            let Some(decoded) = decoder.decode(rest, self.offset).filter(|d| (1..=rest.len()).contains(&d.len)) else {
                let len = decoder.unit().min(rest.len());
                self.push(len, BYTES, listed(&rest[..len]), None);
                continue;
            };
            let read_by_address = held.follow(self.offset, &decoded.step);
            let access = if decoded.access == Access::None { read_by_address } else { decoded.access };
            let remark = match access {
                Access::None => None,
                Access::FunctionTable(distance) => self.function(distance),
                Access::QstrTable(distance) => self.name(distance),
                Access::Code(offset) | Access::Literal(offset) => {
                    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
                    if matches!(access, Access::Literal(_)) {
                        literals.insert(offset);
                        read.insert(offset);
                    }
                    relocated.get(&offset).map(|&target| self.target(target))
                }
            };
            self.push(decoded.len, &decoded.mnemonic, decoded.operands, remark);
        }
        read
    }

    fn target(&self, target: Target) -> String {
        TargetName { header: &self.module.header, target }.to_string()
    }

    fn function(&self, distance: i64) -> Option<String> {
        let distance = usize::try_from(distance).ok().filter(|distance| distance % self.word == 0)?;
        function_table::name_for(&self.module.header, distance / self.word).map(str::to_owned)
    }

    fn name(&self, distance: i64) -> Option<String> {
        const ENTRY: usize = 2;
        let distance = usize::try_from(distance).ok().filter(|distance| distance % ENTRY == 0)?;
        Some(shortened(Name(self.module.qstrs.get(distance / ENTRY)?.as_bytes()), MAX_NAME))
    }

    /// The machine code as bytes, for want of better.
    fn bytes(&mut self, relocated: &Relocated) {
        const AT_ONCE: usize = 8;
        while self.offset < self.bytes.len() {
            if let Some(&target) = relocated.get(&self.offset) {
                self.word(Some(self.target(target)));
                continue;
            }
            let end = relocated.range(self.offset..).next().map_or(self.bytes.len(), |(&offset, _)| offset);
            let len = AT_ONCE.min(end - self.offset);
            let bytes = &self.bytes[self.offset..self.offset + len];
            self.push(len, BYTES, listed(bytes), None);
        }
    }
}

/// Bytes as they are shown where there is nothing better: `36 61 01`.
fn listed(bytes: &[u8]) -> String {
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}
