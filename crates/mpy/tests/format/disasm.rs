//! What listings and outlines say of bytecode, sensible or not.

use berus_mpy::bytecode::DecodeError;
use berus_mpy::disasm::{LabelKind, Listing, Outline, Resolved, Role, SignatureText, Unwind};
use berus_mpy::module::{Kind, Module, Qstr, RawCode};
use berus_mpy::prelude::{Signature, scope_flag, write_sizes};

const NAMES: [&str; 7] = ["x.py", "<module>", "f", "a", "b", "*", "C"];

/// A module of these code objects; the first makes functions of the others.
fn module(codes: Vec<Vec<u8>>) -> Module<'static> {
    let n = codes.len() as u32;
    let mut codes: Vec<_> = codes
        .into_iter()
        .map(|code| RawCode { code: code.into(), kind: Kind::Bytecode, children: Vec::new() })
        .collect();
    codes[0].children = (1..n).collect();
    let qstrs = NAMES.iter().map(|name| Qstr::new(name.as_bytes())).collect();
    Module { header: Default::default(), qstrs, constants: Vec::new(), codes }
}

/// A code object: `names` are its own and its arguments', as indices of [`NAMES`].
fn code(signature: Signature, names: &[u8], lines: &[u8], cells: &[u8], bytecode: &[u8]) -> Vec<u8> {
    let mut code = Vec::new();
    signature.write(&mut code);
    write_sizes(&mut code, (names.len() + lines.len()) as u32, cells.len() as u32);
    [names, lines, cells, bytecode].into_iter().for_each(|part| code.extend(part));
    code
}

fn simple(bytecode: &[u8]) -> Module<'static> {
    module(vec![code(Signature { n_state: 9, ..Default::default() }, &[1], &[], &[], bytecode)])
}

fn listing<'m>(module: &'m Module<'m>) -> Listing<'m> {
    Listing::of(module, 0).unwrap().unwrap()
}

/// The depths before each instruction, `None` where control never comes.
fn depths(bytecode: &[u8]) -> Vec<Option<u32>> {
    listing(&simple(bytecode)).rows().iter().map(|row| row.depth).collect()
}

#[test]
fn labels_are_numbered_in_the_order_of_the_code_and_name_handlers() {
    // try: pass; except: pass; then back to the start
    let module = simple(&[0x48, 0x02, 0x4a, 0x03, 0x59, 0x4a, 0x00, 0x42, 0x37, 0x51, 0x63]);
    let listing = listing(&module);
    let labels: Vec<_> = listing
        .rows()
        .iter()
        .filter_map(|row| listing.label(row.instruction.offset))
        .map(|label| (label.to_string(), label.kind))
        .collect();
    let expected = [("L1", LabelKind::Jump), ("L2", LabelKind::Except), ("L3", LabelKind::Jump)];
    assert_eq!(labels, expected.map(|(name, kind)| (name.to_owned(), kind)));
}

#[test]
fn a_jump_to_no_instruction_is_said_to_be_one() {
    let module = simple(&[0x42, 0x41, 0x10, 0x02, 0x42, 0x00]);
    let listing = listing(&module);
    let shown: Vec<_> = listing.rows().iter().map(|row| listing.resolve(&row.instruction).to_string()).collect();
    assert_eq!(shown, ["0006, no instruction", "'f'", "before the code"]);
}

#[test]
fn lines_follow_the_table() {
    let signature = Signature { n_state: 1, ..Default::default() };
    let module = module(vec![code(signature, &[1], &[0x21, 0x41], &[], &[0x51, 0x59, 0x51, 0x63])]);
    let lines: Vec<_> = listing(&module).rows().iter().map(|row| row.line).collect();
    assert_eq!(lines, [Some(1), Some(2), Some(4), Some(4)]);
    assert_eq!(listing(&simple(&[0x51])).rows()[0].line, None);
}

#[test]
fn depth_counts_what_is_on_the_stack() {
    // None; True: jump over; pop; None; return
    assert_eq!(depths(&[0x51, 0x52, 0x43, 0x42, 0x59, 0x51, 0x63]), [0, 1, 2, 1, 0, 1].map(Some));
    // nothing comes after a return but what is jumped to
    assert_eq!(depths(&[0x51, 0x63, 0x51, 0x63]), [Some(0), Some(1), None, None]);
    // a loop keeps four slots until it ends
    let depths = depths(&[0x51, 0x5f, 0x4b, 0x03, 0x59, 0x42, 0x3b, 0x51, 0x63]);
    assert_eq!(depths, [0, 1, 4, 5, 4, 0, 1].map(Some));
}

#[test]
fn depth_after_a_jump_out_of_blocks_is_that_before_them() {
    // None; with: jump out of it, dropping it; handler; pop; return
    let bytecode = [0x51, 0x51, 0x47, 0x05, 0x59, 0x40, 0x44, 0x01, 0x51, 0x5c, 0x5d, 0x63];
    assert_eq!(depths(&bytecode), [Some(0), Some(1), Some(2), Some(4), Some(3), None, Some(4), Some(2), Some(1)]);
}

#[test]
fn impossible_code_has_depths_too() {
    assert_eq!(depths(&[0x59, 0x5d, 0x2a, 0x8f, 0xff, 0xff, 0xff, 0x7f, 0x63]), [Some(0), Some(0), Some(0), Some(1)]);
    assert_eq!(depths(&[0x30, 0x8f, 0xff, 0xff, 0xff, 0x7f, 0x57, 0x57])[2], Some(u32::MAX));
}

#[test]
fn what_is_no_instruction_ends_the_listing() {
    let module = simple(&[0x51, 0x00, 0x63]);
    let listing = listing(&module);
    assert_eq!(listing.rows().len(), 1);
    assert_eq!(listing.undecoded().unwrap().error, DecodeError::UnknownOpcode(0));
    assert!(listing.to_string().ends_with("0004  no instructions: no opcode has number 0x00\n"));
}

#[test]
fn operands_that_do_not_exist() {
    let module = simple(&[0x10, 0x09, 0x23, 0x00, 0x32, 0x00, 0x2f, 0x0f]);
    let listing = listing(&module);
    let shown: Vec<_> = listing.rows().iter().map(|row| listing.resolve(&row.instruction).to_string()).collect();
    assert_eq!(shown, ["9, no such name", "0, no such constant", "0, no such child", "?, 3 below"]);
}

#[test]
fn a_jump_out_of_blocks_says_what_it_leaves() {
    let module = simple(&[0x40, 0x40, 0x82]);
    let listing = listing(&module);
    let operand = listing.resolve(&listing.rows()[0].instruction);
    assert!(matches!(operand, Resolved::Target { unwind: Unwind { blocks: 2, iterator: true }, .. }), "{operand:?}");
    assert_eq!(operand.to_string(), "0005, no instruction, leaving 2 blocks and an iterator");
}

#[test]
fn arguments_have_names_and_cells_do_not() {
    let signature = Signature {
        n_state: 9,
        n_pos_args: 2,
        n_kwonly_args: 1,
        n_def_pos_args: 1,
        scope_flags: scope_flag::VARARGS | scope_flag::VARKEYWORDS,
        ..Default::default()
    };
    let module = module(vec![
        code(Signature { n_state: 2, ..Default::default() }, &[1], &[], &[], &[0xb0, 0x20, 0x00, 0x01, 0x63]),
        code(signature, &[2, 5, 3, 4], &[], &[2], &[0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5]),
    ]);
    let listing = Listing::of(&module, 1).unwrap().unwrap();
    assert_eq!(listing.n_closed_over(), 1);
    let shown: Vec<_> = listing.rows().iter().map(|row| listing.resolve(&row.instruction).to_string()).collect();
    assert_eq!(shown, ["0", "1 (a)", "2 (b)", "3 (*args)", "4 (**kwargs)", "5"]);
    let outline = Outline::of(&module);
    let signature = SignatureText::new(&module, &outline, 1).to_string();
    assert_eq!(signature, "def f(a=..., *args, b, **kwargs)");
}

#[test]
fn signatures_are_those_of_python() {
    let shown = |signature: Signature, names: &[u8]| {
        let main = code(Signature { n_state: 2, ..Default::default() }, &[1], &[], &[], &[0x32, 0x00, 0x63]);
        let module = module(vec![main, code(signature, names, &[], &[], &[0x51, 0x63])]);
        SignatureText::new(&module, &Outline::of(&module), 1).to_string()
    };
    let signature = Signature { n_state: 4, ..Default::default() };
    assert_eq!(shown(signature, &[2]), "def f()");
    assert_eq!(shown(Signature { n_pos_args: 2, ..signature }, &[2, 3, 4]), "def f(a, b)");
    let keyword_only = Signature { n_kwonly_args: 1, n_pos_args: 1, ..signature };
    assert_eq!(shown(keyword_only, &[2, 3, 4]), "def f(a, *, b)");
    assert_eq!(shown(Signature { n_kwonly_args: 1, ..signature }, &[2, 4]), "def f(*, b)");
    let starred = Signature { scope_flags: scope_flag::VARARGS, ..signature };
    assert_eq!(shown(starred, &[2]), "def f(*args)");
    // more defaults than arguments, and names that do not exist
    assert_eq!(shown(Signature { n_pos_args: 1, n_def_pos_args: 5, ..signature }, &[2, 99]), "def f(?=...)");
}

#[test]
fn classes_are_told_from_functions() {
    // LOAD_BUILD_CLASS; cell; MAKE_CLOSURE 0; "C"; call; store C; MAKE_FUNCTION 1; store f
    let main = [0x54, 0xb0, 0x20, 0x00, 0x01, 0x10, 0x06, 0x34, 0x02, 0x16, 0x06, 0x32, 0x01, 0x16, 0x02, 0x51, 0x63];
    let small = Signature { n_state: 2, ..Default::default() };
    let child = |name| code(small, &[name], &[], &[], &[0x51, 0x63]);
    let module = module(vec![code(small, &[1], &[], &[], &main), child(6), child(2)]);
    let outline = Outline::of(&module);
    let roles: Vec<_> = (0..3).map(|id| outline.get(id).unwrap().role).collect();
    assert_eq!(roles, [Role::Module, Role::Class, Role::Function]);
    assert_eq!(outline.path(1).to_string(), "C");
    assert_eq!(outline.get(2).unwrap().parent, Some(0));
    assert_eq!(outline.get(3), None);
}

#[test]
fn viper_code_goes_by_the_name_it_is_stored_under() {
    let small = Signature { n_state: 2, ..Default::default() };
    let mut module = module(vec![
        code(small, &[1], &[], &[], &[0x32, 0x00, 0x16, 0x02, 0x51, 0x63]),
        Vec::new(), // replaced below
    ]);
    let relocations = None;
    module.codes[1].kind = Kind::Viper { scope_flags: 0, rodata: None, bss: None, relocations };
    let outline = Outline::of(&module);
    assert_eq!(outline.name(1).to_string(), "f");
    assert_eq!(SignatureText::new(&module, &outline, 1).to_string(), "def f(...)");
    assert!(Listing::of(&module, 1).is_none());
}

#[test]
fn a_path_of_any_depth_is_short() {
    let small = Signature { n_state: 1, ..Default::default() };
    let mut module = module(vec![code(small, &[2], &[], &[], &[0x51, 0x63]); 1000]);
    for (id, code) in (1..).zip(&mut module.codes) {
        code.children = if id < 1000 { vec![id] } else { Vec::new() };
    }
    let outline = Outline::of(&module);
    assert_eq!(outline.get(999).unwrap().depth, 999);
    assert_eq!(outline.path(2).to_string(), "f.f");
    assert_eq!(outline.path(999).to_string(), "...f.f.f.f.f.f.f.f");
}
