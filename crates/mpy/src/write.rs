//! Writing a module.

use alloc::vec::Vec;

use crate::constant::Constant;
use crate::header::Header;
use crate::memory::{Quota, Stop};
use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::reloc;
use crate::vuint;

impl Module<'_> {
    /// The module as an `.mpy` file.
    ///
    /// Every number is written in its shortest form, which is the only one that the reader takes; so a module that
    /// was read gives back the bytes that it was read from.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out, &mut Vec::new());
        out
    }

    /// As [`Module::to_bytes`], within a quota of memory, to which the bytes belong.
    ///
    /// # Errors
    /// [`Stop::OutOfMemory`] if the quota has not as many bytes as the file may take.
    pub fn to_bytes_within(&self, quota: &Quota<'_>) -> Result<Vec<u8>, Stop> {
        let mut out = quota.with_capacity(self.most_bytes())?;
        let mut open = quota.with_capacity(self.codes.len())?;
        self.write(&mut out, &mut open);
        quota.free(open);
        Ok(out)
    }

    /// As many bytes as the file has, or a few more.
    fn most_bytes(&self) -> usize {
        let tables = (Header::MAX_LEN, 2 * vuint::MAX_LEN);
        let qstrs = self.qstrs.iter().map(|qstr| vuint::MAX_LEN + qstr.as_bytes().len() + 1);
        let constants = self.constants.iter().map(Constant::most_bytes);
        let codes = self.codes.iter().map(RawCode::most_bytes);
        tables.0 + tables.1 + qstrs.chain(constants).chain(codes).sum::<usize>()
    }

    /// Appends the file. `open` holds meanwhile the code objects around the one that is written, each with how many of
    /// its children have been written.
    fn write(&self, out: &mut Vec<u8>, open: &mut Vec<(CodeId, usize)>) {
        self.header.write(out);
        vuint::write(out, self.qstrs.len() as u32);
        vuint::write(out, self.constants.len() as u32);
        self.qstrs.iter().for_each(|qstr| qstr.write(out));
        self.constants.iter().for_each(|constant| constant.write(out));
        self.write_codes(out, open);
    }

    /// Writes code objects as they nest, without recursion: functions may be nested as deep as a file is long.
    fn write_codes(&self, out: &mut Vec<u8>, open: &mut Vec<(CodeId, usize)>) {
        let mut next = Some(0);
        while let Some(id) = next {
            let Some(code) = self.codes.get(id as usize) else { return };
            code.write_head(out);
            open.push((id, 0));
            next = None;
            while let Some((parent, done)) = open.last_mut() {
                let parent = &self.codes[*parent as usize];
                if let Some(&child) = parent.children.get(*done) {
                    *done += 1;
                    next = Some(child);
                    break;
                }
                parent.write_tail(out);
                open.pop();
            }
        }
    }
}

impl Qstr<'_> {
    /// Appends the name as it stands in a file.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Qstr::Static(id) => vuint::write(out, id << 1 | 1),
            Qstr::Own(name) => {
                vuint::write(out, (name.len() as u32) << 1);
                out.extend_from_slice(name);
                out.push(0);
            }
        }
    }
}

impl RawCode<'_> {
    /// As many bytes as the code object takes without its children, or a few more.
    fn most_bytes(&self) -> usize {
        /// The most numbers of a code object: the length, four that depend on the kind, and how many children there
        /// are.
        const NUMBERS: usize = 6;
        let rodata = match &self.kind {
            Kind::Viper { rodata: Some(rodata), .. } => rodata.len(),
            _ => 0,
        };
        let relocations = self.kind.relocations().map_or(0, |relocations| relocations.bytes.len() + 1);
        NUMBERS * vuint::MAX_LEN + self.code.len() + rodata + relocations
    }

    /// Appends the part of the code object that stands before its children.
    fn write_head(&self, out: &mut Vec<u8>) {
        let has_children = u32::from(!self.children.is_empty());
        vuint::write(out, (self.code.len() as u32) << 3 | has_children << 2 | u32::from(self.kind.number()));
        out.extend_from_slice(&self.code);
        match &self.kind {
            Kind::Bytecode => {}
            Kind::Native { prelude_offset, .. } => vuint::write(out, *prelude_offset),
            Kind::Viper { scope_flags, rodata, bss, .. } => {
                vuint::write(out, *scope_flags);
                if let Some(rodata) = rodata {
                    vuint::write(out, rodata.len() as u32);
                }
                if let Some(bss) = bss {
                    vuint::write(out, *bss);
                }
                out.extend_from_slice(rodata.as_deref().unwrap_or_default());
            }
            Kind::Asm { scope_flags, n_pos_args, type_sig, .. } => {
                [*scope_flags, *n_pos_args, *type_sig].into_iter().for_each(|n| vuint::write(out, n));
            }
        }
        if !self.children.is_empty() {
            vuint::write(out, self.children.len() as u32);
        }
    }

    /// Appends the part of the code object that stands after its children: the relocations.
    fn write_tail(&self, out: &mut Vec<u8>) {
        if let Some(relocations) = self.kind.relocations() {
            out.extend_from_slice(&relocations.bytes);
            if relocations.ended {
                out.push(reloc::END);
            }
        }
    }
}
