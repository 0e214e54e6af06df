//! Where each section goes.

use super::elf::MAX_LEN;
use super::error::{Error, error};
use super::program::{Program, Role, SectionId};

/// The parts of a module that the loader gives memory to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Machine code, and the read-only data beside it.
    Text,
    /// Read-only data, where it is separate.
    Rodata,
    /// Zeroed data.
    Bss,
}

/// Where each section is.
pub struct Layout {
    /// The jump to `mpy_init` at the start of the text, if it is not there itself.
    pub jump: Vec<u8>,
    /// Lengths of text, rodata and bss.
    pub lens: [u64; 3],
    addresses: Vec<Option<(Part, u64)>>,
}

impl Layout {
    /// Lays out the sections, so that the code at the start of the text is or goes to `entry`.
    ///
    /// # Errors
    /// If the module gets too large.
    pub fn new(program: &Program<'_>, entry: (SectionId, u64)) -> Result<Layout, Error> {
        let file = program.file(entry.0);
        let too_large = || error!(file, "the module is too large: it can have {} MiB", MAX_LEN >> 20);
        let align = program.sections[entry.0].align;
        let mut room = 0;
        // The jump may get longer as it makes room for itself, but not beyond a few bytes.
        loop {
            let mut layout = Layout::after(program, room).ok_or_else(too_large)?;
            let (_, start) = layout.address(entry.0).ok_or_else(too_large)?;
            let target = start.saturating_add(entry.1);
            if target == 0 {
                return Ok(layout);
            }
            let jump = (program.machine.jump)(target).ok_or_else(too_large)?;
            if jump.len() as u64 <= room {
                layout.jump = jump;
                layout.jump.resize(room as usize, 0);
                return Ok(layout);
            }
            room += align;
        }
    }

    /// Lays out the sections, with `room` bytes at the start of the text.
    fn after(program: &Program<'_>, room: u64) -> Option<Layout> {
        let mut lens = [room, 0, 0];
        let mut addresses = vec![None; program.sections.len()];
        for &id in &program.order {
            let section = &program.sections[id];
            let part = match section.role {
                Role::Rodata if program.machine.separate_rodata => Part::Rodata,
                Role::Text | Role::Rodata | Role::Literals => Part::Text,
                Role::Bss => Part::Bss,
            };
            let len = &mut lens[part as usize];
            let address = len.checked_next_multiple_of(section.align)?;
            *len = address.checked_add(section.len).filter(|&len| len <= MAX_LEN)?;
            addresses[id] = Some((part, address));
        }
        Some(Layout { jump: Vec::new(), lens, addresses })
    }

    /// The part that a section is in, and its offset there; `None` if it was left out.
    pub fn address(&self, section: SectionId) -> Option<(Part, u64)> {
        self.addresses.get(section).copied().flatten()
    }
}
