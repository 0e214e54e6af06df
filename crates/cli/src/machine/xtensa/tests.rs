//! Instructions, and the same from the disassemblers of GNU binutils where there are any.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use berus_testkit::temp_dir;
use object::write::{Object, Symbol, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, SymbolFlags, SymbolKind, SymbolScope};

use super::*;

/// The bytes between two instructions, so that each can be looked at by itself.
const APART: usize = 16;

fn decoded(bytes: &[u8], offset: usize) -> String {
    let decoded = Xtensa::new(false).decode(bytes, offset);
    decoded.map_or_else(String::new, |d| format!("{} {} {}", d.len, d.mnemonic, d.operands).trim().to_owned())
}

#[test]
fn operands_are_written_as_in_the_manuals() {
    // The first three bytes of each are those that GNU `as` makes of the text.
    for (bytes, offset, text) in [
        (&[0x12, 0xc1, 0xf0][..], 0, "3 addi a1, a1, -16"),
        (&[0x36, 0x41, 0x00], 0, "3 entry a1, 32"),
        (&[0x21, 0xfe, 0xff], 0x37, "3 l32r a2, 0x30"),
        (&[0x05, 0x01, 0x00], 0, "3 call0 0x14"),
        (&[0x46, 0xfd, 0xff], 0x1a, "3 j 0x13"),
        (&[0x8c, 0x62], 0x13, "2 beqz.n a2, 0x1d"),
        (&[0x0c, 0x23], 0, "2 movi.n a3, 2"),
        (&[0x20, 0x20, 0xf4], 0, "3 extui a2, a2, 0, 16"),
        (&[0x00, 0x03, 0x40], 0, "3 ssr a3"),
        (&[0x20, 0x03, 0x03], 0, "3 rsr.sar a2"),
        (&[0x0d, 0xf0], 0, "2 ret.n"),
        (&[0x0e, 0, 0], 0, ""),
        (&[0x12, 0xc1], 0, ""),
        (&[], 0, ""),
    ] {
        assert_eq!(decoded(bytes, offset), text, "{bytes:02x?}");
    }
}

#[test]
fn no_two_instructions_have_the_same_bits() {
    for number in (0..1u32 << 24).step_by(97) {
        let matching = |row: &&Row| row.pattern.len == 3 && row.pattern.matches(number);
        let found: Vec<_> = INSTRUCTIONS.iter().filter(matching).map(|row| row.name).collect();
        assert!(found.len() <= 1 || number & 8 != 0, "{number:06x}: {found:?}");
    }
}

/// What a disassembler makes of instructions that lie apart: the length, mnemonic and operands of each, or nothing.
fn by_binutils(program: &str, nothing: &str, samples: &[[u8; 3]]) -> Option<Vec<String>> {
    let folder = temp_dir();
    let file = folder.path().join("a.o");
    let mut object = Object::new(BinaryFormat::Elf, Architecture::Xtensa, Endianness::Little);
    let text = object.add_section(Vec::new(), b".text".to_vec(), SectionKind::Text);
    let mut bytes = vec![0; APART * samples.len()];
    for (i, sample) in samples.iter().enumerate() {
        bytes[APART * i..][..3].copy_from_slice(sample);
        for offset in [0, 3] {
            object.add_symbol(Symbol {
                name: format!("x{i}_{offset}").into_bytes(),
                value: (APART * i + offset) as u64,
                size: 0,
                kind: SymbolKind::Text,
                scope: SymbolScope::Compilation,
                weak: false,
                section: SymbolSection::Section(text),
                flags: SymbolFlags::None,
            });
        }
    }
    object.set_section_data(text, bytes, 4);
    fs::write(&file, object.write().unwrap()).unwrap();
    let output = Command::new(program).args(["-d", "-z"]).arg(&file).output().ok()?;
    let mut found = vec![String::new(); samples.len()];
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((offset, rest)) = line.split_once(":\t") else { continue };
        let Ok(offset) = usize::from_str_radix(offset.trim(), 16) else { continue };
        let mut columns = rest.split('\t');
        let (number, name) = (columns.next().unwrap_or(""), columns.next().unwrap_or(""));
        // What a processor does not have is shown as bytes, or as the first instruction of a table.
        if offset % APART != 0 || name.starts_with('.') || name == nothing {
            continue;
        }
        // Behind an address is the symbol that is there.
        let operands = columns.next().unwrap_or("").split(" <").next().unwrap_or("");
        found[offset / APART] = format!("{} {name} {operands}", number.trim().len() / 2).trim().to_owned();
    }
    Some(found)
}

/// An operand that is an address has a prefix here; there it is 32 bits without one, and large numbers have it.
fn without_prefixes(text: &str, number: fn(u32) -> String) -> String {
    let words = text.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |word| (word, ","));
        let digits = word.trim_start_matches('-').strip_prefix("0x");
        let value = digits.map(|digits| u32::from_str_radix(digits, 16).unwrap_or(0));
        let value = value.map(|value| if word.starts_with('-') { value.wrapping_neg() } else { value });
        value.map_or(word.to_owned(), number) + comma
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_same_as_binutils() {
    // Each instruction with several operands, and as many others that may be none.
    let mut seed = 1u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    let mut samples = Vec::new();
    for row in INSTRUCTIONS {
        for _ in 0..20 {
            let [a, b, c, _] = row.pattern.with(random()).to_le_bytes();
            samples.push([a, b, c]);
        }
    }
    for _ in 0..5_000 {
        let [a, b, c, _] = random().to_le_bytes();
        samples.push([a, b, c]);
    }
    for (program, nothing) in [("xtensa-lx106-elf-objdump", "excw"), ("xtensa-esp32-elf-objdump", "lsi")] {
        let Some(theirs) = by_binutils(program, nothing, &samples) else {
            eprintln!("skipped: there is no {program}");
            continue;
        };
        let known = theirs.iter().filter(|text| !text.is_empty()).count();
        assert!(known > samples.len() / 10, "{known} of {}", samples.len());
        let differing: Vec<_> = samples
            .iter()
            .zip(&theirs)
            .enumerate()
            .filter(|(_, (_, theirs))| !theirs.is_empty())
            .map(|(i, (sample, theirs))| {
                let ours = without_prefixes(&decoded(sample, APART * i), |address| format!("{address:x}"));
                (sample, ours, without_prefixes(theirs, |number| (number as i32).to_string()))
            })
            // Only the ESP32 has instructions for halves of doubles, and only its C library uses them.
            .filter(|(_, _, theirs)| !theirs.starts_with("3 f64"))
            // Some versions leave out operands, or a register's name.
            .filter(|(_, ours, theirs)| ours != theirs && !["3 rer", "3 wer"].contains(&&theirs[..]))
            .filter(|(_, _, theirs)| !theirs.contains("r.176 "))
            .collect();
        // One of each kind.
        let name = |text: &str| text.split(' ').nth(1).unwrap_or("").to_owned();
        let kinds: BTreeMap<_, _> = differing.iter().map(|d| ((name(&d.1), name(&d.2)), d)).collect();
        assert!(kinds.is_empty(), "{program}: {} of {known} differ: {:02x?}", differing.len(), kinds.values());
    }
}
