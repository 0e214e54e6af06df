//! Random functions of inline assembler, made of the forms that instructions have; and one with every form.

use std::fmt::Write;

use berus_compiler::{Form, Operand};

use super::Random;

/// Their number, and those next to it, are no multiples of four: with such MicroPython's assembler for RISC-V reads past its table.
const LABELS: [&str; 6] = ["here", "there", "loop", "end", "back", "out"];

/// A program with every form of `forms`, each with the least of what its operands can be and with the most.
pub fn every_form(decorator: &str, forms: &[Form]) -> String {
    let mut text = String::new();
    for (number, form) in forms.iter().enumerate() {
        let _ =
            writeln!(text, "@micropython.{decorator}\ndef f{number}():\n    align(4)\n    label(here)\n    data(4, 0)");
        for is_first in [true, false] {
            // Of words the first or the last that no operand before has.
            let operands = form.operands.iter().enumerate();
            let operands: Vec<_> = operands.map(|(i, operand)| extreme(operand, is_first, i)).collect();
            // Some instructions must be whole words from a label, this one when it is over.
            let before = if form.name == "call0" { "align(4); data(1, 0)" } else { "align(4)" };
            before.split("; ").for_each(|line| _ = writeln!(text, "    {line}"));
            let _ = writeln!(text, "    {}({})", form.name, operands.join(", "));
        }
    }
    text
}

/// The first or the last of what an operand can be; of words the one that is as many further as `skipped` says.
fn extreme(operand: &Operand, is_first: bool, skipped: usize) -> String {
    let word = |words: &[String]| {
        let skipped = skipped.min(words.len() - 1);
        words[if is_first { skipped } else { words.len() - 1 - skipped }].clone()
    };
    match operand {
        Operand::Word(words) => word(words),
        Operand::Integer { least, most, .. } => if is_first { least } else { most }.to_string(),
        Operand::Label => "here".into(),
        Operand::Address { base, offset } => format!("[{}, {}]", word(base), extreme(offset, is_first, 0)),
        Operand::Displaced { offset, base } => format!("{}({})", extreme(offset, is_first, 0), word(base)),
        Operand::Set(words) if is_first => format!("{{{}}}", words[0]),
        Operand::Set(words) => format!("{{{}}}", words.join(", ")),
        _ => unreachable!("no other operands"),
    }
}

/// A program of functions of number `seed`. `parameters` are the registers of arguments.
pub fn program(seed: u64, decorator: &str, parameters: &[&str], forms: &[Form]) -> String {
    let mut random = Random(seed.wrapping_mul(0xa076_1d64_78bd_642f) | 1);
    (0..8).for_each(|_| _ = random.next());
    let mut text = String::new();
    // Most programs are right, so that there is code to compare; the others go wrong in few places.
    let wrong = if random.once_in(2) { 1_000_000 } else { 30 };
    for number in 0..1 + random.below(3) {
        let count = random.below(parameters.len() as u64 + 1) as usize;
        let result = random.pick(&["", "", " -> int", " -> uint", " -> bool", " -> object"]);
        let mut parameters = parameters[..count].to_vec();
        if random.once_in(wrong) {
            parameters.push("x");
        }
        let _ = writeln!(text, "@micropython.{decorator}\ndef f{number}({}){result}:\n    pass", parameters.join(", "));
        let mut labels: Vec<_> = LABELS.into();
        let mut lines = Vec::new();
        for _ in 0..random.below(40) {
            let form = &forms[random.below(forms.len() as u64) as usize];
            lines.push(line(&mut random, form, wrong));
        }
        // Labels are somewhere, mostly once each.
        if random.once_in(wrong) {
            labels.push("here");
        }
        if random.once_in(wrong) {
            labels.remove(0);
        }
        for label in labels {
            let at = random.below(lines.len() as u64 + 1) as usize;
            lines.insert(at, format!("label({label})"));
        }
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn line(random: &mut Random, form: &Form, wrong: u64) -> String {
    match random.below(30) {
        0 => return format!("align({})", random.pick(&["1", "2", "4", "8", "3", "16"])),
        1 => {
            let size = random.pick(&["1", "2", "4", "3", "12"]);
            let values: Vec<_> = (0..1 + random.below(4)).map(|_| integer(random)).collect();
            return format!("data({size}, {})", values.join(", "));
        }
        _ => {}
    }
    let mut operands: Vec<_> = form.operands.iter().map(|kind| operand(random, kind, wrong)).collect();
    if random.once_in(wrong) {
        operands.push("1".into());
    }
    if random.once_in(wrong) {
        operands.pop();
    }
    let mut name = form.name.clone();
    if random.once_in(wrong) {
        name.push_str(random.pick(&["s", "_n", "_w", "e", "_"]));
    }
    format!("{name}({})", operands.join(", "))
}

fn integer(random: &mut Random) -> String {
    let bits = 1 + random.below(70);
    let value = (u128::from(random.next()) << 64 | u128::from(random.next())) >> (128 - bits);
    let sign = if random.once_in(3) { "-" } else { "" };
    format!("{sign}{value}")
}

fn operand(random: &mut Random, operand_kind: &Operand, wrong: u64) -> String {
    if random.once_in(wrong) {
        return match random.below(9) {
            0 => integer(random),
            8 => random
                .pick(&[
                    "4",
                    "-4(a0)",
                    "+4(s1)",
                    "4(4)",
                    "4()",
                    "x(a0)",
                    "-x(a0)",
                    "4[a0]",
                    "{ra, s0, s1}",
                    "{ra, s0-s10}",
                ])
                .into(),
            1 => "nowhere".into(),
            2 => format!("[{}, {}]", random.pick(&["r1", "a2", "spam"]), integer(random)),
            3 => random.pick(&["[r0, 4, 4]", "[r0]", "[]", "r0[4]", "[4, r0]"]).into(),
            4 => random.pick(&["{r0}", "{r0, r9}", "{}", "{r0: r1}", "{r0, 1}", "{x for x in y}", "{r1,}"]).into(),
            5 => random.pick(&["r0", "r8", "r15", "r16", "sp", "pc", "s31", "s32", "s", "a0", "a16", "x31"]).into(),
            6 => random.pick(&["1.5", "'eggs'", "None", "-r0", "f(r0)", "eq", "al", "i"]).into(),
            _ => "here".into(),
        };
    }
    let word = |random: &mut Random, words: &[String]| words[random.below(words.len() as u64) as usize].clone();
    match operand_kind {
        Operand::Word(words) => word(random, words),
        Operand::Integer { least, most, step } => {
            let steps = (most - least) / step;
            let value = least + step * random.below(steps as u64 + 1) as i64;
            if value >= 0 && random.once_in(3) { format!("{value:#x}") } else { value.to_string() }
        }
        Operand::Label => random.pick(&LABELS).into(),
        Operand::Address { base, offset } => format!("[{}, {}]", word(random, base), operand(random, offset, wrong)),
        Operand::Displaced { offset, base } => format!("{}({})", operand(random, offset, wrong), word(random, base)),
        Operand::Set(words) => {
            let words: Vec<_> = (0..1 + random.below(4)).map(|_| word(random, words)).collect();
            format!("{{{}}}", words.join(", "))
        }
        _ => unreachable!("no other operands"),
    }
}
