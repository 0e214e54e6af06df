//! Writing a module.

use alloc::vec::Vec;

use crate::module::{CodeId, Kind, Module, Qstr, RawCode};
use crate::reloc;
use crate::vuint;

impl Module<'_> {
    /// The module as an `.mpy` file.
    ///
    /// Every number is written in its shortest form, which is the only one that the reader takes; so a module that
    /// was read gives back the bytes that it was read from.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.header.to_bytes();
        vuint::write(&mut out, self.qstrs.len() as u32);
        vuint::write(&mut out, self.constants.len() as u32);
        self.qstrs.iter().for_each(|qstr| qstr.write(&mut out));
        self.constants.iter().for_each(|constant| constant.write(&mut out));
        self.write_codes(&mut out);
        out
    }

    /// Writes code objects as they nest, without recursion: functions may be nested as deep as a file is long.
    fn write_codes(&self, out: &mut Vec<u8>) {
        let mut open: Vec<(CodeId, usize)> = Vec::new();
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
    /// Appends it as it stands in a file.
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
    /// Appends what stands before its children.
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

    /// Appends what stands after its children.
    fn write_tail(&self, out: &mut Vec<u8>) {
        if let Some(relocations) = self.kind.relocations() {
            out.extend_from_slice(&relocations.bytes);
            if relocations.ended {
                out.push(reloc::END);
            }
        }
    }
}
