//! What sections refer to: every relocation with what it does and what its symbol stands for.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::arch::Form;
use super::error::{Error, Result, enough, error, name};
use super::program::{Program, Relocation, Role, SectionId};
use super::symbols::{Symbols, Target};

/// A relocation that is understood.
#[derive(Clone, Copy)]
pub struct Reference {
    /// The relocation.
    pub relocation: Relocation,
    /// What it does.
    pub form: Form,
    /// What its symbol stands for.
    pub target: Target,
}

/// The references of all sections.
#[derive(Default)]
pub struct References {
    of_sections: Vec<Vec<Reference>>,
    /// Distances, by the place where they are needed.
    distances: HashMap<(SectionId, u64), Reference>,
}

impl References {
    /// Those of a section, in their order; none of one that the linker adds.
    pub fn of(&self, section: SectionId) -> &[Reference] {
        self.of_sections.get(section).map_or(&[], Vec::as_slice)
    }

    /// The one at an offset of a section that is a distance.
    pub fn distance_at(&self, section: SectionId, offset: u64) -> Option<&Reference> {
        self.distances.get(&(section, offset))
    }

    fn push(&mut self, section: SectionId, reference: Reference) {
        self.of_sections[section].push(reference);
        if matches!(reference.form, Form::Relative(_) | Form::GotEntry(_)) {
            self.distances.insert((section, reference.relocation.offset), reference);
        }
    }
}

/// Finds the references of all sections; or, from a section to start with, of those that it refers to directly or indirectly,
/// and leaves out the others.
///
/// # Errors
/// If a symbol is undefined, each of them once, or a relocation is one that code in modules cannot have.
pub fn collect(program: &mut Program<'_>, symbols: &Symbols<'_>, start: Option<SectionId>) -> Result<References> {
    let mut references = References { of_sections: vec![Vec::new(); program.sections.len()], ..References::default() };
    let (mut errors, mut told) = (Vec::new(), HashSet::new());
    let mut seen = vec![start.is_none(); program.sections.len()];
    let mut waiting = match start {
        Some(section) => vec![section],
        None => program.order.iter().rev().copied().collect(),
    };
    start.into_iter().for_each(|section| seen[section] = true);
    while let Some(section) = waiting.pop().filter(|_| !enough(&errors)) {
        for &relocation in &program.sections[section].relocations {
            match understand(program, symbols, section, relocation) {
                Ok(reference) => {
                    references.push(section, reference);
                    if let Target::In(next, _) = reference.target
                        && !std::mem::replace(&mut seen[next], true)
                    {
                        waiting.push(next);
                    }
                }
                Err(error) => {
                    if !enough(&errors) && told.insert((program.sections[section].object, relocation.symbol)) {
                        errors.push(error);
                    }
                }
            }
        }
    }
    program.order.retain(|&section| seen[section]);
    if errors.is_empty() { Ok(references) } else { Err(errors) }
}

fn understand(
    program: &Program<'_>,
    symbols: &Symbols<'_>,
    section: SectionId,
    relocation: Relocation,
) -> std::result::Result<Reference, Error> {
    let machine = program.machine;
    let object = program.sections[section].object;
    let Some(form) = machine.form(relocation.kind) else {
        let kind = machine.relocation_name(relocation.kind);
        let why = match kind.contains("TLS") || kind.contains("TPOFF") || kind.contains("TPREL") {
            true => "a module cannot have thread-local variables",
            false => "compile position-independent code, for one processor's small code model (-fpic)",
        };
        return Err(problem(program, section, relocation, format_args!("unsupported relocation {kind}: {why}")));
    };
    let target = match form {
        Form::Nothing => Target::Fixed(0),
        _ => symbols
            .target(program, object, relocation.symbol)
            .map_err(|message| used(program, section, relocation, &message))?,
    };
    let why_not = match (program.sections[section].role, form) {
        (_, Form::Nothing) => None,
        (Role::Bss, _) => Some("zeroed data cannot be relocated"),
        (Role::Literals, Form::Word) if program.literal(section, relocation.offset).is_some() => None,
        (Role::Literals, _) => Some("a literal can only be a number or an address"),
        _ => None,
    };
    if let Some(why_not) = why_not {
        return Err(problem(program, section, relocation, why_not));
    }
    Ok(Reference { relocation, form, target })
}

/// An error about what a relocation refers to.
pub fn problem(program: &Program<'_>, section: SectionId, relocation: Relocation, message: impl Display) -> Error {
    let object = &program.objects[program.sections[section].object];
    let symbol = object.symbols.get(relocation.symbol).map_or(&b""[..], |symbol| symbol.name);
    used(program, section, relocation, &format!("{}: {message}", name(symbol)))
}

fn used(program: &Program<'_>, section: SectionId, relocation: Relocation, message: &str) -> Error {
    error!(program.file(section), "{message}; used at {}", program.place(section, relocation.offset))
}
