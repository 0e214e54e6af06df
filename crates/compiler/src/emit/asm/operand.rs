//! What can be said of instructions for who writes them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A form that an instruction can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What is called.
    pub name: String,
    /// What the arguments of the call can be.
    pub operands: Vec<Operand>,
}

/// What an operand of an instruction can be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operand {
    /// One of these words: a register, a condition.
    Word(Vec<String>),
    /// An integer: a multiple of `step` from `least` to `most`.
    Integer {
        /// The lowest.
        least: i64,
        /// The highest.
        most: i64,
        /// How far it is from one to the next.
        step: i64,
    },
    /// The name of a label.
    Label,
    /// `[base, offset]`.
    Address {
        /// The registers that can be the base.
        base: Vec<String>,
        /// What can be the offset.
        offset: alloc::boxed::Box<Operand>,
    },
    /// `offset(base)`.
    Displaced {
        /// What can be the offset.
        offset: alloc::boxed::Box<Operand>,
        /// The registers that can be the base.
        base: Vec<String>,
    },
    /// `{a, b}`, each of them one of these words.
    Set(Vec<String>),
}

/// As one would write it, with what can stand in each place: `ldr(r0..r7, [r0..r7, 0..124 by 4])`.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (i, operand) in self.operands.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{operand}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Word(words) => write_words(f, words),
            Operand::Integer { least, most, step: 1 } => write!(f, "{least}..{most}"),
            Operand::Integer { least, most, step } => write!(f, "{least}..{most} by {step}"),
            Operand::Label => f.write_str("label"),
            Operand::Address { base, offset } => {
                f.write_str("[")?;
                write_words(f, base)?;
                write!(f, ", {offset}]")
            }
            Operand::Displaced { offset, base } => {
                write!(f, "{offset}(")?;
                write_words(f, base)?;
                f.write_str(")")
            }
            Operand::Set(words) => {
                f.write_str("{")?;
                write_words(f, words)?;
                f.write_str(", ...}")
            }
        }
    }
}

/// Writes words, those that are numbered by the first and the last of them.
fn write_words(f: &mut fmt::Formatter<'_>, words: &[String]) -> fmt::Result {
    let mut written = 0;
    while let Some(first) = words.get(written) {
        let count = run(&words[written..]);
        let bar = if written > 0 { "|" } else { "" };
        write!(f, "{bar}{first}")?;
        if count > 1 {
            write!(f, "..{}", words[written + count - 1])?;
        }
        written += count;
    }
    Ok(())
}

/// How many words from the first on are the same but for a number that counts up.
fn run(words: &[String]) -> usize {
    let parts = |word: &String| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        word[stem..].parse::<u32>().ok().map(|number| (String::from(&word[..stem]), number))
    };
    let Some((stem, first)) = words.first().and_then(parts) else { return 1 };
    (first..).zip(words).take_while(|(number, word)| parts(word) == Some((stem.clone(), *number))).count()
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    #[test]
    fn a_form_reads_as_a_call_with_what_can_stand_in_each_place() {
        let registers = || (0..8).map(|i| alloc::format!("r{i}")).chain(["sp".into()]).collect();
        let offset = Operand::Integer { least: 0, most: 124, step: 4 }.into();
        let operands =
            vec![Operand::Word(registers()), Operand::Address { base: vec!["a".into(), "b".into()], offset }];
        assert_eq!(Form { name: "ldr".into(), operands }.to_string(), "ldr(r0..r7|sp, [a|b, 0..124 by 4])");
        let form = Form { name: "push".into(), operands: vec![Operand::Set(registers())] };
        assert_eq!(form.to_string(), "push({r0..r7|sp, ...})");
        assert_eq!(Form { name: "nop".into(), operands: vec![] }.to_string(), "nop()");
    }
}
