//! No machine at all: it lists what the emitter would have one do, and makes no code (MicroPython: `py/emitndebug.c`).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use berus_mpy::function_table;

use super::assembler::{Arithmetic, Assembler, Comparison, Shift, Test, Width};
use crate::emit::Label;
use crate::emit::code::Code;

/// A register, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reg(&'static str);

/// The assembler that lists.
#[derive(Debug, Default)]
pub(crate) struct Debug {
    code: Code,
    /// The name of the function.
    name: Vec<u8>,
    listing: Vec<u8>,
}

/// Entries of the table of functions that have other names than in C, but for a prefix.
const OTHER_NAMES: [(&str, &str); 12] = [
    ("mp_native_from_obj", "convert_obj_to_native"),
    ("mp_native_to_obj", "convert_native_to_obj"),
    ("mp_obj_new_tuple", "build_tuple"),
    ("mp_obj_new_list", "build_list"),
    ("mp_obj_new_dict", "build_map"),
    ("mp_obj_new_set", "build_set"),
    ("mp_obj_set_store", "store_set"),
    ("mp_obj_list_append", "list_append"),
    ("mp_obj_dict_store", "store_map"),
    ("mp_obj_new_slice", "new_slice"),
    ("mp_obj_new_closure", "new_closure"),
    ("mp_setup_code_state_native", "setup_code_state"),
];

fn entry_name(entry: u32) -> &'static str {
    let name = function_table::NAMES.get(entry as usize).copied().unwrap_or_default();
    let other = OTHER_NAMES.iter().find(|(known, _)| *known == name).map(|&(_, other)| other);
    other.unwrap_or(name.strip_prefix("mp_").unwrap_or(name))
}

impl Debug {
    /// Lists a line, in the last walk.
    fn line(&mut self, indent: &str, parts: &[&[u8]]) {
        if self.code.is_last() {
            self.listing.extend_from_slice(indent.as_bytes());
            if self.code.is_unreachable() {
                self.listing.extend_from_slice(b"dead_code ");
            }
            parts.iter().for_each(|part| self.listing.extend_from_slice(part));
            self.listing.push(b'\n');
        }
    }

    fn list(&mut self, operation: &str, operands: &[&str]) {
        let text = format!("{operation}({})", operands.join(", "));
        self.line("    ", &[text.as_bytes()]);
    }

    /// An operation on an item, which is at `base` or at a number from there. Of halves, loads have room for the number.
    fn access(&mut self, operation: &str, width: Width, register: Reg, base: Reg, index: i64) {
        let bits = 8 << width.shift();
        let mut base = base;
        if width == Width::Half && operation == "load" {
            self.list("load16", &[register.0, base.0, &format!("{}", index as i32)]);
            return;
        }
        if index != 0 {
            let sum = Self::ARGS[1];
            self.load_number(sum, index << width.shift());
            self.arithmetic(Arithmetic::Add, sum, base);
            base = sum;
        }
        self.list(&format!("{operation}{bits}"), &[register.0, base.0]);
    }

    /// Adds an index, as many times as an item has bytes.
    fn add_index(&mut self, width: Width, base: Reg, index: Reg) {
        (0..1 << width.shift()).for_each(|_| self.arithmetic(Arithmetic::Add, base, index));
    }
}

fn label_name(label: Label) -> String {
    format!("label_{}", label.0)
}

impl Assembler for Debug {
    type Reg = Reg;

    const WORD: u32 = 8;
    const NLR_REGISTERS: u32 = 0;
    const NLR_LOCAL: u32 = 5;

    const RET: Reg = Reg("r_ret");
    const ARGS: [Reg; 4] = [Reg("r_arg1"), Reg("r_arg2"), Reg("r_arg3"), Reg("r_arg4")];
    const TEMPS: [Reg; 3] = [Reg("r_temp0"), Reg("r_temp1"), Reg("r_temp2")];
    const LOCALS: [Reg; 3] = [Reg("r_local1"), Reg("r_local2"), Reg("r_local3")];
    const FUNCTION_TABLE: Reg = Reg("r_fun_table");
    const COPIES_CLOSURE: bool = false;

    fn code(&mut self) -> &mut Code {
        &mut self.code
    }

    fn begin(&mut self, is_last: bool, name: impl FnOnce() -> Vec<u8>) {
        self.name = name();
        self.code.begin(is_last);
    }

    fn place(&mut self, label: Label) {
        self.code.place(label);
        self.line("", &[format!("label({})", label_name(label)).as_bytes()]);
    }

    fn listing(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.listing)
    }

    fn enter(&mut self, words: u32) {
        let name = core::mem::take(&mut self.name);
        self.line("", &[b"ENTRY(", &name, format!(", num_locals={words})").as_bytes()]);
    }

    fn exit(&mut self) {
        self.line("", &[b"EXIT(0)"]);
    }

    fn copy(&mut self, dest: Reg, source: Reg) {
        self.list("mov_reg_reg", &[dest.0, source.0]);
    }

    fn load_number(&mut self, dest: Reg, value: i64) {
        let value = value as i32;
        self.list("mov_reg_imm", &[dest.0, &format!("{value}={value:#x}")]);
    }

    fn clear(&mut self, dest: Reg) {
        self.list("clr", &[dest.0]);
    }

    fn load_local(&mut self, dest: Reg, local: u32) {
        self.list("mov_reg_local", &[dest.0, &format!("local_{local}")]);
    }

    fn store_local(&mut self, local: u32, source: Reg) {
        self.list("mov_local_reg", &[&format!("local_{local}"), source.0]);
    }

    fn local_address(&mut self, dest: Reg, local: u32) {
        self.list("mov_reg_local_addr", &[dest.0, &format!("local_{local}")]);
    }

    fn label_address(&mut self, dest: Reg, label: Label) {
        self.list("mov_reg_pcrel", &[dest.0, &label_name(label)]);
    }

    fn load_word(&mut self, dest: Reg, base: Reg, offset: u32) {
        self.list("load", &[dest.0, base.0, &format!("{offset}")]);
    }

    fn store_word(&mut self, source: Reg, base: Reg, offset: u32) {
        self.list("store", &[source.0, base.0, &format!("{offset}")]);
    }

    fn load_changes(width: Width, index: i64) -> Option<Reg> {
        (index != 0 && width != Width::Half).then_some(Self::ARGS[1])
    }

    fn load(&mut self, width: Width, dest: Reg, base: Reg, index: i64) {
        self.access("load", width, dest, base, index);
    }

    fn store(&mut self, width: Width, source: Reg, base: Reg, index: i64) {
        self.access("store", width, source, base, index);
    }

    fn load_indexed(&mut self, width: Width, dest: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.list(&format!("load{}", 8 << width.shift()), &[dest.0, base.0]);
    }

    fn store_indexed(&mut self, width: Width, source: Reg, base: Reg, index: Reg) {
        self.add_index(width, base, index);
        self.list(&format!("store{}", 8 << width.shift()), &[source.0, base.0]);
    }

    fn not(&mut self, dest: Reg) {
        self.list("not", &[dest.0]);
    }

    fn negate(&mut self, dest: Reg) {
        self.list("neg", &[dest.0]);
    }

    fn arithmetic(&mut self, op: Arithmetic, dest: Reg, source: Reg) {
        let name = match op {
            Arithmetic::Or => "or",
            Arithmetic::Xor => "xor",
            Arithmetic::And => "and",
            Arithmetic::Add => "add",
            Arithmetic::Subtract => "sub",
            Arithmetic::Multiply => "mul",
        };
        self.list(name, &[dest.0, source.0]);
    }

    fn shift(&mut self, shift: Shift, dest: Reg, count: Reg) {
        let name = match shift {
            Shift::Left => "lsl",
            Shift::Logical => "lsr",
            Shift::Arithmetic => "asr",
        };
        self.list(name, &[dest.0, count.0]);
    }

    fn compare(&mut self, comparison: Comparison, signed: bool, dest: Reg, left: Reg, right: Reg) {
        let number = comparison as u32 + if signed { 6 } else { 0 };
        self.list("setcc", &[&format!("{number}"), dest.0, left.0, right.0]);
    }

    fn jump(&mut self, label: Label) {
        self.list("jump", &[&label_name(label)]);
    }

    fn jump_to_register(&mut self, target: Reg) {
        self.list("jump_reg", &[target.0]);
    }

    fn jump_if(&mut self, register: Reg, test: Test, label: Label) {
        let name = if test.is_of_zero() { "jump_if_reg_zero" } else { "jump_if_reg_nonzero" };
        self.list(name, &[register.0, &label_name(label), if test.is_of_bool() { "true" } else { "false" }]);
    }

    fn jump_if_equal(&mut self, a: Reg, b: Reg, label: Label) {
        self.list("jump_if_reg_eq", &[a.0, b.0, &label_name(label)]);
    }

    fn call(&mut self, entry: u32) {
        self.list("call_ind", &[entry_name(entry)]);
    }
}
