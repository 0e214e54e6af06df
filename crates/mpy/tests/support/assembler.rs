//! An assembler for tests: functions from text, also such that no compiler makes.
//!
//! A line is a label (`name:`), or an instruction: MicroPython's name of the opcode and its operands, a number or, for
//! jumps, a label. `byte 0x..` is a byte as it stands.

use std::collections::HashMap;

use berus_mpy::constant::Constant;
use berus_mpy::header::Header;
use berus_mpy::module::{Kind, Module, Qstr, RawCode};
use berus_mpy::opcode::{Op, Operand};
use berus_mpy::prelude::{Signature, write_sizes};
use berus_mpy::vuint;

/// A function to assemble.
#[derive(Clone)]
pub struct Function<'t> {
    pub signature: Signature,
    /// The locals that are cells.
    pub cells: &'t [u8],
    /// The qstr index of the name.
    pub name: u32,
    /// The line table.
    pub lines: &'t [u8],
    pub body: &'t str,
}

/// A function with room for all that tests do, and no arguments.
pub fn function(body: &str) -> Function<'_> {
    let signature = Signature { n_state: 20, n_exc_stack: 4, ..Signature::default() };
    Function { signature, cells: &[], name: 1, lines: &[], body }
}

impl Function<'_> {
    /// Its prelude and code.
    pub fn assemble(&self) -> Vec<u8> {
        let mut names = Vec::new();
        vuint::write(&mut names, self.name);
        (0..self.signature.n_named_args()).for_each(|_| vuint::write(&mut names, 1));
        let mut code = Vec::new();
        self.signature.write(&mut code);
        write_sizes(&mut code, (names.len() + self.lines.len()) as u32, self.cells.len() as u32);
        code.extend(names);
        code.extend(self.lines);
        code.extend(self.cells);

        let mut labels = HashMap::new();
        let mut jumps = Vec::new();
        for line in self.body.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(label) = line.strip_suffix(':') {
                assert!(labels.insert(label, code.len()).is_none(), "two labels {label}");
                continue;
            }
            let words: Vec<_> = line.split_whitespace().collect();
            if words[0] == "byte" {
                code.push(number(words[1]) as u8);
                continue;
            }
            let op = Op::ALL.iter().find(|op| op.name() == words[0]).unwrap_or_else(|| panic!("{line}"));
            let operand = words.get(1).copied();
            match op.operand() {
                Operand::None => code.push(*op as u8),
                Operand::Implied => {
                    code.push((*op as i64 + number(operand.unwrap())) as u8);
                }
                Operand::SmallInt => code.extend([*op as u8, number(operand.unwrap()) as u8 & 0x7f]),
                Operand::Jump | Operand::Forward | Operand::Unwind => {
                    code.extend([*op as u8, 0, 0]);
                    let bias = if op.operand() == Operand::Forward { 0 } else { 0x4000 };
                    jumps.push((code.len(), operand.unwrap(), bias));
                }
                _ => {
                    code.push(*op as u8);
                    vuint::write(&mut code, number(operand.unwrap()) as u32);
                }
            }
            if op.has_extra() {
                code.push(number(words[2]) as u8);
            }
        }
        for (end, target, bias) in jumps {
            // A target is a label, or a label and a distance from it: `end+3`.
            let (label, distance) = target.split_once('+').unwrap_or((target, "0"));
            let target = labels.get(label).unwrap_or_else(|| panic!("no label {label}"));
            let value = *target as i64 + number(distance) - end as i64 + bias;
            assert!((0..0x8000).contains(&value), "the jump to {label} goes backward or too far");
            code[end - 2] = 0x80 | value as u8 & 0x7f;
            code[end - 1] = (value >> 7) as u8;
        }
        code
    }

    fn raw_code(&self) -> RawCode<'static> {
        RawCode { code: self.assemble().into(), kind: Kind::Bytecode, children: Vec::new() }
    }
}

fn number(word: &str) -> i64 {
    let (word, radix) = word.strip_prefix("0x").map_or((word, 10), |word| (word, 16));
    i64::from_str_radix(word, radix).unwrap_or_else(|_| panic!("{word} is no number"))
}

/// A module of a function and its children, with three names, of which the last is `BaseException`, and three
/// constants, of which the second is, and the last contains, the table of functions.
pub fn module(function: &Function<'_>, children: &[Function<'_>]) -> Module<'static> {
    let table = || Constant::FunctionTable;
    let mut codes = vec![function.raw_code()];
    codes[0].children = (1..=children.len() as u32).collect();
    codes.extend(children.iter().map(Function::raw_code));
    Module {
        header: Header::default(),
        qstrs: [&b"test.py"[..], b"name", b"BaseException"].map(Qstr::new).into(),
        constants: vec![Constant::Ellipsis, table(), Constant::Tuple(vec![Constant::None, table()])],
        codes,
    }
}
