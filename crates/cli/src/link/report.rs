//! What `berus link --verbose` tells.

use std::io::{self, Write};

use super::error::name;
use super::got::Shared;
use super::layout::Part;
use super::relocate::Linked;
use super::symbols::Target;
use crate::output::style::{FAINT, STRONG};
use crate::text::count;

/// The lines to tell, each with how often `-v` must be given for it.
pub struct Report {
    lines: Vec<(u8, String)>,
}

impl Report {
    /// Describes what was linked, `members` of libraries among it.
    pub fn new(linked: &Linked<'_, '_>, members: Vec<String>) -> Report {
        let mut report = Report { lines: Vec::new() };
        let Linked { program, got, layout, .. } = *linked;
        for member in members {
            report.say(1, format!("needs {member}"));
        }
        for &id in &program.order {
            let section = &program.sections[id];
            let Some((part, address)) = layout.address(id) else { continue };
            let (len, name, from) = (
                section.len,
                name(section.name),
                Some(program.file(id)).filter(|file| !file.is_empty()).unwrap_or("the linker's"),
            );
            report.say(2, format!("{} {address:06x} {len:6}  {name}  {FAINT}{from}{FAINT:#}", part.name()));
            for reference in linked.references.of(id) {
                let symbols = program.objects.get(section.object).map(|object| &object.symbols);
                let symbol = symbols.and_then(|symbols| symbols.get(reference.relocation.symbol));
                let target = symbol.map_or(&b""[..], |symbol| symbol.name);
                let place = address.wrapping_add(reference.relocation.offset);
                let kind = program.machine.relocation_name(reference.relocation.kind);
                report.say(3, format!("       {place:06x}  {FAINT}{kind}{FAINT:#} {}", super::error::name(target)));
            }
        }
        for (i, entry) in got.entries.iter().enumerate() {
            let symbol = match entry.key.symbol {
                Shared::Name(name) => name,
                Shared::Local(object, symbol) => {
                    let symbols = program.objects.get(object).map(|object| &object.symbols);
                    symbols.and_then(|symbols| symbols.get(symbol)).map_or(&b""[..], |symbol| symbol.name)
                }
            };
            let place = match entry.target {
                Target::In(section, offset) => match layout.address(section) {
                    Some((part, start)) => {
                        format!("{} {:06x}", part.name(), (start + offset).wrapping_add(entry.addend))
                    }
                    None => String::new(),
                },
                Target::Fixed(address) => format!("{address:#x}"),
                _ => "the runtime".to_owned(),
            };
            report.say(
                2,
                format!("GOT    {:06x}  {} is in {place}", i as u64 * program.machine.word_bytes(), name(symbol)),
            );
        }
        let [text, rodata, bss] = layout.lens;
        let words = count(got.entries.len(), "word");
        report.say(
            1,
            format!(
                "{STRONG}{}{STRONG:#}: text {text}, rodata {rodata}, bss {bss} bytes; {words} of GOT",
                program.machine.arch
            ),
        );
        report
    }

    fn say(&mut self, level: u8, line: String) {
        self.lines.push((level, line));
    }

    /// Writes what is told at a level.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&self, level: u8, out: &mut impl Write) -> io::Result<()> {
        self.lines.iter().filter(|line| line.0 <= level).try_for_each(|(_, line)| writeln!(out, "{line}"))
    }
}

impl Part {
    /// Its name, padded to the longest.
    fn name(self) -> &'static str {
        match self {
            Part::Text => "text  ",
            Part::Rodata => "rodata",
            Part::Bss => "bss   ",
        }
    }
}
