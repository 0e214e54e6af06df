//! The walk along a file, guided by the module that was read from it.
//!
//! A file has every number in its shortest form (the reader takes no other), so the module alone says how long
//! each field is.

use alloc::vec;
use alloc::vec::Vec;

use super::{Field, Item};
use crate::constant::Constant;
use crate::disasm::Listing;
use crate::lines;
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::prelude::Prelude;
use crate::reloc::Relocations;
use crate::vuint;

/// The fields of the file and, for each code object, the offset of its code.
pub(super) fn fields<'m>(
    module: &'m Module<'m>,
    listings: &[Option<Listing<'m>>],
    file_len: usize,
) -> (Vec<Field<'m>>, Vec<usize>) {
    let mut walk = Walk { fields: Vec::new(), offset: 0, owner: None };
    walk.header(module);
    let starts = walk.codes(module, listings);
    walk.owner = None;
    walk.take(file_len.saturating_sub(walk.offset), Item::Trailing);
    (walk.fields, starts)
}

struct Walk<'m> {
    fields: Vec<Field<'m>>,
    offset: usize,
    owner: Option<CodeId>,
}

impl<'m> Walk<'m> {
    fn take(&mut self, len: usize, item: Item<'m>) {
        if len > 0 {
            self.fields.push(Field { offset: self.offset, len, owner: self.owner, item });
            self.offset += len;
        }
    }

    fn vuint(&mut self, value: u32, item: Item<'m>) {
        self.take(vuint::len(value), item);
    }

    fn header(&mut self, module: &'m Module<'m>) {
        let header = module.header;
        self.take(1, Item::Magic(header));
        self.take(1, Item::Version);
        self.take(1, Item::Feature(header));
        self.take(1, Item::SmallIntBits(header.small_int_bits));
        if let Some(flags) = header.arch_flags {
            self.vuint(flags, Item::ArchFlags(flags));
        }
        let (n_names, n_constants) = (module.qstrs.len() as u32, module.constants.len() as u32);
        self.vuint(n_names, Item::NameCount(n_names));
        self.vuint(n_constants, Item::ConstantCount(n_constants));
        for (index, qstr) in (0..).zip(&module.qstrs) {
            let len = match qstr {
                Qstr::Static(id) => vuint::len(id << 1 | 1),
                Qstr::Own(name) => vuint::len((name.len() as u32) << 1) + name.len() + 1,
            };
            self.take(len, Item::Name { index, qstr });
        }
        for (index, constant) in (0..).zip(&module.constants) {
            self.constant(index, constant);
        }
    }

    /// Takes a constant and, of a tuple, all that is in it.
    fn constant(&mut self, index: u32, constant: &'m Constant<'m>) {
        let mut open = vec![core::slice::from_ref(constant)];
        while let Some(items) = open.last_mut() {
            let Some((constant, rest)) = items.split_first() else {
                open.pop();
                continue;
            };
            *items = rest;
            let len = match constant {
                Constant::Str(data) | Constant::Bytes(data) => vuint::len(data.len() as u32) + data.len() + 1,
                Constant::Int(text) | Constant::Float(text) | Constant::Complex(text) => {
                    vuint::len(text.len() as u32) + text.len()
                }
                Constant::Tuple(items) => vuint::len(items.len() as u32),
                _ => 0,
            };
            self.take(1 + len, Item::Constant { index, depth: open.len() - 1, constant });
            if let Constant::Tuple(items) = constant {
                open.push(items);
            }
        }
    }

    /// Takes the code objects as they nest, without recursion, and returns where the code of each starts.
    fn codes(&mut self, module: &'m Module<'m>, listings: &[Option<Listing<'m>>]) -> Vec<usize> {
        let mut starts = vec![0; module.codes.len()];
        let mut open: Vec<(CodeId, usize)> = Vec::new();
        let mut next = Some(0);
        while let Some(id) = next {
            let Some(code) = module.codes.get(id as usize) else { break };
            self.owner = Some(id);
            let has_children = u32::from(!code.children.is_empty());
            self.vuint((code.code.len() as u32) << 3 | has_children << 2, Item::Head);
            starts[id as usize] = self.offset;
            self.code(code, listings.get(id as usize).and_then(Option::as_ref));
            self.after_code(code);
            open.push((id, 0));
            next = None;
            while let Some((parent, done)) = open.last_mut() {
                self.owner = Some(*parent);
                let parent = &module.codes[*parent as usize];
                if let Some(&child) = parent.children.get(*done) {
                    *done += 1;
                    next = Some(child);
                    break;
                }
                if let Some(relocations) = parent.kind.relocations() {
                    self.relocations(relocations);
                }
                open.pop();
            }
        }
        starts
    }

    /// Takes the code of a code object, which the object's length counts.
    fn code(&mut self, code: &'m RawCode<'m>, listing: Option<&Listing<'m>>) {
        let end = self.offset + code.code.len();
        match (&code.kind, code.prelude()) {
            (_, None) => self.take(code.code.len(), Item::MachineCode),
            (Kind::Native { .. }, Some(prelude)) => {
                self.take(code.prelude_offset().unwrap_or(0).min(code.code.len()), Item::MachineCode);
                match prelude {
                    Ok(prelude) => self.prelude(&code.code, &prelude),
                    Err(error) => self.take(end.saturating_sub(self.offset), Item::BadPrelude(error)),
                }
                self.take(end.saturating_sub(self.offset), Item::AfterPrelude);
            }
            (_, Some(Err(error))) => self.take(code.code.len(), Item::BadPrelude(error)),
            (_, Some(Ok(prelude))) => {
                self.prelude(&code.code, &prelude);
                for row in listing.map_or(&[][..], Listing::rows) {
                    self.take(row.instruction.len, Item::Instruction(row.instruction));
                }
                if let Some(rest) = listing.and_then(Listing::undecoded) {
                    self.take(end.saturating_sub(self.offset), Item::Undecoded(rest.error));
                }
            }
        }
    }

    fn prelude(&mut self, code: &'m [u8], prelude: &Prelude) {
        self.take(prelude.signature_at.len(), Item::Signature(prelude.signature));
        let info = prelude.names_at.len() + prelude.lines_at.len();
        self.take(prelude.sizes_at.len(), Item::PreludeSizes { info, cells: prelude.cells_at.len() });
        self.vuint(prelude.name, Item::FunctionName(prelude.name));
        for (number, index) in (0..).zip(prelude.arg_names(code)) {
            self.vuint(index, Item::ArgumentName { number, index });
        }
        let end = self.offset + prelude.lines_at.len();
        let mut line = 1u32;
        for (step, len) in lines::steps(code.get(prelude.lines_at.clone()).unwrap_or_default()) {
            line = line.saturating_add(step.lines);
            self.take(len, Item::Line { step, line });
        }
        self.take(end.saturating_sub(self.offset), Item::LineRest);
        for &local in code.get(prelude.cells_at.clone()).unwrap_or_default() {
            self.take(1, Item::Cell(local));
        }
    }

    /// Takes what stands between the code of a code object and its children.
    fn after_code(&mut self, code: &'m RawCode<'m>) {
        match &code.kind {
            Kind::Bytecode => {}
            Kind::Native { prelude_offset, .. } => self.vuint(*prelude_offset, Item::PreludeOffset(*prelude_offset)),
            Kind::Viper { scope_flags, rodata, bss, .. } => {
                self.vuint(*scope_flags, Item::ScopeFlags(*scope_flags));
                if let Some(rodata) = rodata {
                    let len = rodata.len() as u32;
                    self.vuint(len, Item::RodataSize(len));
                }
                if let Some(bss) = *bss {
                    self.vuint(bss, Item::BssSize(bss));
                }
                self.take(rodata.as_deref().map_or(0, <[u8]>::len), Item::Rodata);
            }
            Kind::Asm { scope_flags, n_pos_args, type_sig, .. } => {
                self.vuint(*scope_flags, Item::ScopeFlags(*scope_flags));
                self.vuint(*n_pos_args, Item::ArgumentCount(*n_pos_args));
                self.vuint(*type_sig, Item::ResultType(*type_sig));
            }
        }
        if !code.children.is_empty() {
            let n = code.children.len() as u32;
            self.vuint(n, Item::ChildCount(n));
        }
    }

    fn relocations(&mut self, relocations: &'m Relocations<'m>) {
        for (place, relocation) in relocations.placed() {
            self.take(relocation.len, Item::Relocation { relocation, place });
        }
        self.take(usize::from(relocations.ended), Item::RelocationEnd);
    }
}
