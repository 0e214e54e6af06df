//! Every byte explained: a line for each field, in the order of the file.

use std::io::{self, Write};

use berus_mpy::account::{Category, Field, Item};
use berus_mpy::module::CodeId;

use super::File;
use super::listing::ascii;
use crate::machine;
use crate::output::style::{FAINT, STRONG, WORD};
use crate::text::{count, shortened};

/// Bytes on a line.
const WIDTH: usize = 8;
/// Characters of a meaning.
const SHORT: usize = 100;

/// A line of the dump.
pub struct Row {
    /// The offset in the file.
    pub offset: usize,
    /// How many bytes.
    pub len: usize,
    /// The code object that they belong to.
    pub owner: Option<CodeId>,
    /// What they are called.
    pub name: String,
    /// What they say.
    pub meaning: String,
    /// What they are there for.
    pub category: Category,
}

/// The fields of a file, machine code taken apart into instructions.
pub fn rows<'f>(file: &'f File<'_>) -> impl Iterator<Item = Row> + 'f {
    file.account.fields().iter().flat_map(move |field| match field {
        Field { item: Item::MachineCode, owner: Some(owner), .. } => machine_code(file, field, *owner),
        _ => vec![Row {
            offset: field.offset,
            len: field.len,
            owner: field.owner,
            name: field.name().to_owned(),
            meaning: shortened(file.account.meaning(field), SHORT),
            category: field.category(),
        }],
    })
}

fn machine_code(file: &File<'_>, field: &Field<'_>, owner: CodeId) -> Vec<Row> {
    let module = file.account.module();
    let row = |line: machine::Line| Row {
        offset: field.offset + line.offset,
        len: line.len,
        owner: Some(owner),
        meaning: match line.remark {
            Some(remark) => format!("{:<32}  ; {remark}", line.operands),
            // They stand beside it already.
            None if line.mnemonic == machine::BYTES => String::new(),
            None => line.operands,
        },
        name: line.mnemonic,
        category: Category::MachineCode,
    };
    machine::lines(module, &module.codes[owner as usize]).into_iter().map(row).collect()
}

/// Writes the hex dump of `file`.
pub fn write(file: &File<'_>, out: &mut impl Write) -> io::Result<()> {
    let module = file.account.module();
    writeln!(out, "{STRONG}{}{STRONG:#}: {}", file.name, count(file.bytes.len(), "byte"))?;
    let mut part = None;
    for row in rows(file) {
        let next = (row.owner, Part::of(row.category));
        if part != Some(next) {
            part = Some(next);
            match row.owner {
                Some(id) => {
                    writeln!(out, "\n{STRONG}code {id}: {}{STRONG:#}", file.signature(id))?;
                    if machine::len(&module.codes[id as usize]) > 0 {
                        writeln!(out, "{FAINT}addresses in the machine code count from its start{FAINT:#}")?;
                    }
                }
                None => writeln!(out, "\n{STRONG}{}{STRONG:#}", next.1.title())?,
            }
        }
        row.write(file.bytes, out)?;
    }
    Ok(())
}

/// The parts of a file that have titles.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Tables,
    Code,
    Trailing,
}

impl Part {
    fn of(category: Category) -> Part {
        match category {
            Category::Header => Part::Header,
            Category::Names | Category::Constants => Part::Tables,
            Category::Trailing => Part::Trailing,
            _ => Part::Code,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Part::Header => "header",
            Part::Tables => "names and constants",
            Part::Code => "code",
            Part::Trailing => "after the module",
        }
    }
}

impl Row {
    fn write(&self, file: &[u8], out: &mut impl Write) -> io::Result<()> {
        let bytes = file.get(self.offset..self.offset + self.len).unwrap_or_default();
        // Of data that has no meaning here the text, if it is any, says most.
        let is_data = matches!(self.category, Category::Rodata | Category::Trailing);
        for (i, chunk) in bytes.chunks(WIDTH).enumerate() {
            let hex: Vec<_> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
            let name = if i == 0 { &self.name } else { "" };
            let meaning = match i {
                _ if is_data => &ascii(chunk),
                0 => &self.meaning,
                _ => "",
            };
            write!(out, "{FAINT}{:06x}{FAINT:#}  ", self.offset + i * WIDTH)?;
            match (name, meaning) {
                ("", "") => writeln!(out, "{}", hex.join(" "))?,
                (name, "") => writeln!(out, "{:<23}  {WORD}{name}{WORD:#}", hex.join(" "))?,
                (name, meaning) => writeln!(out, "{:<23}  {WORD}{name:<22}{WORD:#}  {meaning}", hex.join(" "))?,
            }
        }
        Ok(())
    }
}
