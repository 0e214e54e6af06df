//! The verifier refuses code that breaks a rule, and says which: for each rule, code that breaks just that one.

use berus_mpy::arch::Arch;
use berus_mpy::bytecode::DecodeError;
use berus_mpy::module::{Kind as CodeKind, Module};
use berus_mpy::prelude::{PreludeError, Signature, scope_flag};
use berus_mpy::reloc::{Place, Relocations};
use berus_mpy::verify::{Kind, Reason, verify, verify_code};

use crate::support::assembler::{Function, function, module};
use crate::support::refuse::{RETURN, accept, error, facts, needs, refuse, refuse_with, small};

#[test]
fn an_error_names_the_function_the_place_and_the_reason() {
    let child = function("LOAD_NULL\n RETURN_VALUE");
    let parent = function("MAKE_FUNCTION 0\n RETURN_VALUE");
    let error = error(&parent, &[child]);
    assert_eq!((error.code, error.offset), (1, Some(6)));
    assert_eq!(error.to_string(), "in name.name (code 1) at offset 6: an object is needed, but there is null");
}

#[test]
fn the_prelude() {
    let whole = module(&function(RETURN), &[]);
    let cut = |len: usize| {
        let mut module: Module<'_> = whole.clone();
        module.codes[0].code = whole.codes[0].code[..len].into();
        verify(&module).unwrap_err()
    };
    assert_eq!(cut(0).reason, Reason::Prelude(PreludeError::Signature));
    assert_eq!(cut(3).reason, Reason::Prelude(PreludeError::Sizes));
    assert_eq!(cut(4).reason, Reason::Prelude(PreludeError::Extent));
    assert_eq!(cut(5).reason, Reason::RunsOff);
    assert_eq!(cut(6).reason, Reason::RunsOff);

    refuse_with(Signature { n_pos_args: 1, n_def_pos_args: 2, ..small() }, RETURN, Reason::Defaults);
    refuse_with(Signature { n_pos_args: 5, ..small() }, RETURN, Reason::Frame(5, 4));
    let flags = scope_flag::VARARGS | scope_flag::VARKEYWORDS;
    refuse_with(Signature { n_kwonly_args: 3, scope_flags: flags, ..small() }, RETURN, Reason::Frame(5, 4));

    let with_cells = |cells| error(&Function { cells, ..function(RETURN) }, &[]).reason;
    assert_eq!(with_cells(&[20]), Reason::Frame(21, 20));
    assert_eq!(with_cells(&[2, 1, 2]), Reason::CellTwice(2));
    assert_eq!(error(&Function { name: 3, ..function(RETURN) }, &[]).reason, Reason::Name(3));
    assert_eq!(error(&Function { lines: &[0x21, 0x91], ..function(RETURN) }, &[]).reason, Reason::Lines);
}

#[test]
fn instructions_and_their_operands() {
    refuse("byte 0x00", Reason::Decode(DecodeError::UnknownOpcode(0)));
    refuse("byte 0x12", Reason::Decode(DecodeError::CutOff));
    refuse("byte 0x12\n byte 0x80\n byte 0x01", Reason::Decode(DecodeError::BadOperand));
    // What nothing reaches must be whole, too.
    refuse(&format!("{RETURN} byte 0xff"), Reason::Decode(DecodeError::UnknownOpcode(0xff)));
    refuse("LOAD_NAME 3\n RETURN_VALUE", Reason::Name(3));
    refuse("LOAD_CONST_OBJ 3\n RETURN_VALUE", Reason::Constant(3));
    refuse("LOAD_CONST_OBJ 1\n RETURN_VALUE", Reason::FunctionTable(1));
    refuse("LOAD_CONST_OBJ 2\n RETURN_VALUE", Reason::FunctionTable(2));
    accept("LOAD_CONST_OBJ 0\n RETURN_VALUE");
    refuse("MAKE_FUNCTION 0\n RETURN_VALUE", Reason::Child(0));
    refuse("MAKE_CLOSURE 1 0\n RETURN_VALUE", Reason::Child(1));
    let slice = |n| format!("LOAD_CONST_TRUE\n DUP_TOP\n DUP_TOP\n DUP_TOP\n BUILD_SLICE {n}\n RETURN_VALUE");
    accept(&slice(2));
    accept(&slice(3));
    refuse(&slice(1), Reason::SliceItems(1));
    refuse(&slice(4), Reason::SliceItems(4));
    refuse("STORE_COMP 3", Reason::Collection(3));
    refuse("CALL_FUNCTION 0x1000000", Reason::TooManyArguments(0x100_0000));
    refuse("UNPACK_EX 0x1000000", Reason::TooManyArguments(0x100_0000));
    refuse("LOAD_CONST_TRUE\n YIELD_VALUE\n RETURN_VALUE", Reason::Yield);
    let generator = Signature { scope_flags: scope_flag::GENERATOR, ..small() };
    let body = "LOAD_CONST_TRUE\n YIELD_VALUE\n RETURN_VALUE";
    assert!(verify(&module(&Function { signature: generator, ..function(body) }, &[])).is_ok());
}

#[test]
fn jumps() {
    accept("JUMP end\n end:\n LOAD_CONST_NONE\n RETURN_VALUE");
    refuse("JUMP end+2\n end:\n LOAD_CONST_NONE\n RETURN_VALUE", Reason::JumpOutside);
    refuse("JUMP end+9\n end:\n LOAD_CONST_NONE\n RETURN_VALUE", Reason::JumpOutside);
    refuse("start:\n JUMP start+-90\n", Reason::JumpOutside);
    refuse("JUMP end+1\n end:\n LOAD_NAME 0\n RETURN_VALUE", Reason::JumpInside(9));
    // Into the prelude.
    refuse("start:\n JUMP start+-2\n", Reason::JumpInside(3));
    // Also where nothing gets.
    refuse(&format!("{RETURN} JUMP end+1\n end:\n LOAD_NAME 0\n RETURN_VALUE"), Reason::JumpInside(11));
    refuse("LOAD_CONST_NONE", Reason::RunsOff);
    refuse("LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE end\n end:\n LOAD_CONST_NONE", Reason::RunsOff);
}

#[test]
fn locals() {
    refuse("LOAD_FAST_N 20\n RETURN_VALUE", Reason::Frame(21, 20));
    refuse("LOAD_CONST_NONE\n STORE_FAST_N 4000000000", Reason::Frame(4_000_000_001, 20));
    refuse("DELETE_FAST 20", Reason::Frame(21, 20));
    refuse_with(small(), "LOAD_FAST_MULTI 4\n RETURN_VALUE", Reason::Frame(5, 4));
    refuse_with(small(), "LOAD_FAST_MULTI 3\n RETURN_VALUE", Reason::StackFull(0));
    refuse("LOAD_DEREF 0\n RETURN_VALUE", Reason::NotCell(0));
    refuse("LOAD_CONST_NONE\n STORE_DEREF 5", Reason::NotCell(5));
    refuse("DELETE_DEREF 0", Reason::NotCell(0));

    let with_cell = |body| error(&Function { cells: &[1], ..function(body) }, &[]).reason;
    assert_eq!(with_cell("LOAD_CONST_NONE\n STORE_FAST_MULTI 1"), Reason::CellAsObject(1));
    assert_eq!(with_cell("LOAD_CONST_NONE\n STORE_FAST_N 1"), Reason::CellAsObject(1));
    assert_eq!(with_cell("DELETE_FAST 1"), Reason::CellAsObject(1));
    assert_eq!(with_cell("LOAD_FAST_MULTI 1\n POP_TOP"), needs("an object", Kind::Cell));
    assert_eq!(with_cell("LOAD_FAST_MULTI 1\n DUP_TOP"), needs("an object", Kind::Cell));
    assert_eq!(with_cell("LOAD_FAST_MULTI 1\n LOAD_ATTR 0"), needs("an object", Kind::Cell));
    let body = "LOAD_DEREF 1\n STORE_DEREF 1\n DELETE_DEREF 1\n LOAD_FAST_MULTI 1\n RETURN_VALUE";
    assert!(verify(&module(&Function { cells: &[1], ..function(body) }, &[])).is_ok());
}

#[test]
fn arguments_that_are_cells() {
    let signature = Signature { n_pos_args: 2, n_kwonly_args: 1, ..small() };
    let contract = |body| {
        let child = Function { signature, ..function(body) };
        let module = module(&function(RETURN), &[child]);
        verify_code(&module, 1).map(|facts| facts.map(|facts| facts.min_cells..=facts.max_cells)).map_err(|e| e.reason)
    };
    assert_eq!(contract(RETURN), Ok(Some(0..=2)));
    assert_eq!(contract("LOAD_DEREF 0\n RETURN_VALUE"), Ok(Some(1..=2)));
    assert_eq!(contract("LOAD_FAST_MULTI 0\n RETURN_VALUE"), Ok(Some(0..=0)));
    assert_eq!(contract("LOAD_DEREF 0\n STORE_FAST_MULTI 1\n LOAD_DEREF 0\n RETURN_VALUE"), Ok(Some(1..=1)));
    assert_eq!(contract("LOAD_FAST_MULTI 1\n STORE_DEREF 1"), Err(Reason::CellAsObject(1)));
    assert_eq!(contract("LOAD_DEREF 1\n STORE_FAST_MULTI 0"), Err(Reason::CellAsObject(0)));
    assert_eq!(contract("DELETE_FAST 0\n LOAD_DEREF 0\n RETURN_VALUE"), Err(Reason::CellAsObject(0)));
    // Keyword-only arguments are none.
    assert_eq!(contract("LOAD_DEREF 2\n RETURN_VALUE"), Err(Reason::NotCell(2)));
    // The function's own cells take the place of objects.
    let child = Function { signature, cells: &[0], ..function("LOAD_DEREF 1\n RETURN_VALUE") };
    assert_eq!(error(&function(RETURN), &[child]).reason, Reason::CellAsObject(0));
    // Nobody gives cells to the module's code.
    refuse_with(signature, "LOAD_DEREF 0\n RETURN_VALUE", Reason::ModuleCells);
}

#[test]
fn making_functions() {
    let one = Signature { n_pos_args: 1, ..small() };
    let closure = Function { signature: one, ..function("LOAD_DEREF 0\n RETURN_VALUE") };
    let plain = Function { signature: one, ..function("LOAD_FAST_MULTI 0\n RETURN_VALUE") };
    let make = |parent: &str, child: &Function<'_>| {
        let parent = Function { cells: &[0], ..function(parent) };
        verify(&module(&parent, std::slice::from_ref(child))).map(|_| ()).map_err(|error| error.reason)
    };
    let with_cells = |n: usize| format!("{} MAKE_CLOSURE 0 {n}\n RETURN_VALUE", "LOAD_FAST_MULTI 0\n".repeat(n));
    assert_eq!(make(&with_cells(1), &closure), Ok(()));
    assert_eq!(make(&with_cells(0), &closure), Err(Reason::Cells(0, 0)));
    assert_eq!(make(&with_cells(2), &closure), Err(Reason::Cells(0, 2)));
    assert_eq!(make(&with_cells(1), &plain), Err(Reason::Cells(0, 1)));
    assert_eq!(make("MAKE_FUNCTION 0\n RETURN_VALUE", &plain), Ok(()));
    assert_eq!(make("MAKE_FUNCTION 0\n RETURN_VALUE", &closure), Err(Reason::Cells(0, 0)));
    assert_eq!(make("LOAD_CONST_TRUE\n MAKE_CLOSURE 0 1\n RETURN_VALUE", &closure), Err(Reason::ClosureLoads));
    assert_eq!(make("LOAD_FAST_MULTI 1\n MAKE_CLOSURE 0 1\n RETURN_VALUE", &closure), Err(Reason::NotCell(1)));
    // A jump between the load and the closure brings something else.
    let jump = "LOAD_CONST_TRUE\n JUMP make\n LOAD_FAST_MULTI 0\n make:\n MAKE_CLOSURE 0 1\n RETURN_VALUE";
    assert_eq!(make(jump, &closure), Err(needs("a cell", Kind::Object)));

    let default = Signature { n_def_pos_args: 1, ..one };
    let keywords = Signature { n_kwonly_args: 1, scope_flags: scope_flag::DEFKWARGS, ..small() };
    let make_with = |signature, defaults: [&str; 2], op| {
        let parent = format!("{}\n {}\n {op}\n RETURN_VALUE", defaults[0], defaults[1]);
        make(&parent, &Function { signature, ..function(RETURN) })
    };
    let (null, object) = ("LOAD_NULL", "BUILD_MAP 0");
    let (function, function_with) = ("MAKE_FUNCTION 0", "MAKE_FUNCTION_DEFARGS 0");
    assert_eq!(make_with(default, [null, null], function), Err(Reason::NeedsDefaults(0)));
    assert_eq!(make_with(keywords, [null, null], function), Err(Reason::NeedsDefaults(0)));
    assert_eq!(make_with(default, [object, null], function_with), Ok(()));
    assert_eq!(make_with(keywords, [null, object], function_with), Ok(()));
    assert_eq!(make_with(default, [object, object], function_with), Err(needs("null for no defaults", Kind::Object)));
    assert_eq!(make_with(default, [null, null], function_with), Err(needs("default arguments", Kind::Null)));
    assert_eq!(make_with(keywords, [null, null], function_with), Err(needs("default arguments", Kind::Null)));
    assert_eq!(make_with(keywords, [object, object], function_with), Err(needs("null for no defaults", Kind::Object)));
    let method = ["LOAD_CONST_TRUE\n LOAD_METHOD 0", null];
    assert_eq!(make_with(default, method, function_with), Err(needs("default arguments", Kind::SelfOrNull)));
}

#[test]
fn children_come_after_their_parents() {
    for (id, children) in [(0, vec![0]), (1, vec![0]), (0, vec![7])] {
        let mut module = module(&function(RETURN), &[function(RETURN)]);
        module.codes[id].children = children;
        assert_eq!(verify(&module).unwrap_err().reason, Reason::ChildOrder);
        assert_eq!(verify_code(&module, id as u32).unwrap_err().reason, Reason::ChildOrder);
    }
    assert_eq!(verify_code(&module(&function(RETURN), &[]), 1).unwrap_err().reason, Reason::ChildOrder);
    // Nobody looks for the parent of so large a number among as many code objects.
    assert_eq!(verify_code(&module(&function(RETURN), &[]), u32::MAX).unwrap_err().reason, Reason::ChildOrder);
}

#[test]
fn the_prelude_of_native_code() {
    let native = |prelude_offset, code: &[u8]| {
        let mut module = module(&function(RETURN), &[]);
        module.codes[0].kind = CodeKind::Native { prelude_offset, relocations: None };
        module.codes[0].code = code.to_vec().into();
        verify(&module).map_err(|error| error.reason)
    };
    let code = [&function("").assemble()[..], &[0; 16]].concat();
    assert_eq!(native(0, &code), Ok(vec![None]));
    assert_eq!(native(0, &code[..16]), Err(Reason::MachineCode), "two words of 64 bits, and no code");
    let at_its_end = function("").assemble();
    assert_eq!(native(9, &at_its_end), Err(Reason::Prelude(PreludeError::Signature)));
    assert_eq!(native(0, &Function { name: 9, ..function("") }.assemble()), Err(Reason::Name(9)));
}

#[test]
fn relocations_beyond_the_words_of_the_machine() {
    let relocated = |arch, bytes: &[u8]| {
        let mut module = module(&function(RETURN), &[]);
        module.header.arch = Some(arch);
        let relocations = Some(Relocations { bytes: bytes.to_vec().into(), ended: true });
        module.codes[0].kind =
            CodeKind::Viper { scope_flags: 0, rodata: Some(vec![0; 8].into()), bss: None, relocations };
        module.codes[0].code = vec![0; 16].into();
        verify(&module).map_err(|error| error.reason)
    };
    // The address of the code, added to word 3 of the code, to word 1 of the data, and to two words from word 1 on.
    assert_eq!(relocated(Arch::Armv7m, &[0x01, 6]), Ok(vec![None]));
    assert_eq!(relocated(Arch::X64, &[0x01, 6]), Err(Reason::Relocation(Place::Text(3))));
    assert_eq!(relocated(Arch::Rv32imc, &[0x01, 3]), Ok(vec![None]));
    assert_eq!(relocated(Arch::Rv64imc, &[0x01, 3]), Err(Reason::Relocation(Place::Rodata(1))));
    assert_eq!(relocated(Arch::Xtensa, &[0x03, 2, 2]), Ok(vec![None]));
    assert_eq!(relocated(Arch::X64, &[0x03, 2, 2]), Err(Reason::Relocation(Place::Text(1))));
    // As far as can be, and further.
    let far = [0x03, 0x8f, 0xff, 0xff, 0xff, 0x7e, 0x8f, 0xff, 0xff, 0xff, 0x7f];
    assert_eq!(relocated(Arch::X86, &far), Err(Reason::Relocation(Place::Text(0x7fff_ffff))));
    // Of zeroed data, of which there is none; of a function that the table does not have.
    assert_eq!(relocated(Arch::X86, &[0x09, 0]), Err(Reason::Relocation(Place::Text(0))));
    assert_eq!(relocated(Arch::X86, &[0xfd, 0]), Err(Reason::Relocation(Place::Text(0))));
}

#[test]
fn the_height_of_the_stack() {
    assert_eq!(facts("LOAD_CONST_TRUE\n DUP_TOP\n DUP_TOP_TWO\n BUILD_TUPLE 4\n RETURN_VALUE").stack, 4);
    refuse("POP_TOP", Reason::StackEmpty);
    refuse("RETURN_VALUE", Reason::StackEmpty);
    refuse("DUP_TOP", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n DUP_TOP_TWO", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n ROT_TWO", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n DUP_TOP\n ROT_THREE", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n BINARY_OP_MULTI 0", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n DUP_TOP\n STORE_SUBSCR", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n CALL_FUNCTION 1", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n CALL_METHOD 0", Reason::StackEmpty);
    refuse("BUILD_TUPLE 4000000000", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n STORE_COMP 0", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n STORE_COMP 4", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n FOR_ITER end\n end:\n LOAD_CONST_NONE\n RETURN_VALUE", Reason::StackEmpty);
    refuse_with(small(), "LOAD_CONST_TRUE\n UNPACK_SEQUENCE 5", Reason::StackFull(4));
    refuse_with(small(), "LOAD_CONST_TRUE\n UNPACK_SEQUENCE 4294967295", Reason::StackFull(4));
    refuse_with(small(), &"LOAD_CONST_TRUE\n".repeat(5), Reason::StackFull(4));
    refuse("LOAD_CONST_TRUE\n start:\n DUP_TOP\n JUMP start", Reason::Heights(1, 2));
    let join = "LOAD_CONST_TRUE\n DUP_TOP\n POP_JUMP_IF_TRUE end\n DUP_TOP\n end:\n RETURN_VALUE";
    refuse(join, Reason::Heights(1, 2));
    // A block needs room for what its handler is entered with, and the call of `__exit__`.
    let tight = |n_state| Signature { n_state, n_exc_stack: 1, ..Signature::default() };
    let fits = |n_state, body: &str| {
        let function = Function { signature: tight(n_state), ..function(body) };
        verify(&module(&function, &[])).unwrap()[0].unwrap().stack
    };
    let except = format!("SETUP_EXCEPT h\n POP_EXCEPT_JUMP end\n h:\n END_FINALLY\n end:\n {RETURN}");
    assert_eq!(fits(1, &except), 1);
    let finally = format!("SETUP_FINALLY h\n LOAD_CONST_NONE\n h:\n END_FINALLY\n {RETURN}");
    assert_eq!(fits(2, &finally), 2);
    let with = "LOAD_CONST_TRUE\n SETUP_WITH h\n POP_TOP\n LOAD_CONST_NONE\n h:\n WITH_CLEANUP\n END_FINALLY\n";
    assert_eq!(fits(5, &format!("{with} {RETURN}")), 5);
    // More than compilers of any release leave out.
    refuse_with(tight(1), &format!("LOAD_CONST_TRUE\n {with} {RETURN}"), Reason::StackFull(4));
}

#[test]
fn slots_that_are_no_objects() {
    let null = "LOAD_NULL\n";
    for body in ["RETURN_VALUE", "POP_TOP", "DUP_TOP", "STORE_FAST_MULTI 0", "LOAD_ATTR 0", "GET_ITER", "RAISE_OBJ"] {
        refuse(&format!("{null} {body}"), needs("an object", Kind::Null));
        refuse(&format!("LOAD_CONST_TRUE\n LOAD_METHOD 0\n {body}"), needs("an object", Kind::SelfOrNull));
    }
    refuse("LOAD_NULL\n LOAD_CONST_TRUE\n BINARY_OP_MULTI 0", needs("an object", Kind::Null));
    refuse("LOAD_NULL\n LOAD_CONST_TRUE\n DUP_TOP_TWO", needs("an object", Kind::Null));
    refuse("LOAD_NULL\n POP_JUMP_IF_TRUE end\n end:\n LOAD_CONST_NONE\n RETURN_VALUE", needs("an object", Kind::Null));
    refuse("LOAD_NULL\n JUMP_IF_TRUE_OR_POP end\n end:\n RETURN_VALUE", needs("an object", Kind::Null));

    let store = |below: &str, op| format!("{below}\n LOAD_CONST_TRUE\n {op}\n {RETURN}");
    accept(&store("LOAD_NULL", "STORE_ATTR 0"));
    accept(&store("LOAD_CONST_NONE", "STORE_ATTR 0"));
    accept(&store("LOAD_NULL\n LOAD_CONST_TRUE", "STORE_SUBSCR"));
    refuse(&store("LOAD_CONST_TRUE\n LOAD_NULL", "STORE_SUBSCR"), needs("an object", Kind::Null));
    let method = "LOAD_CONST_TRUE\n LOAD_METHOD 0";
    refuse(&store(method, "STORE_ATTR 0"), needs("an object or null", Kind::SelfOrNull));

    accept("LOAD_CONST_TRUE\n LOAD_METHOD 0\n LOAD_CONST_TRUE\n CALL_METHOD 1\n RETURN_VALUE");
    accept("LOAD_CONST_TRUE\n LOAD_NULL\n CALL_METHOD 0\n RETURN_VALUE");
    refuse("LOAD_CONST_TRUE\n LOAD_METHOD 0\n CALL_FUNCTION 0", needs("an object", Kind::SelfOrNull));
    refuse("LOAD_NULL\n LOAD_CONST_TRUE\n CALL_METHOD 0", needs("an object", Kind::Null));
    refuse("LOAD_CONST_TRUE\n GET_ITER_STACK\n CALL_METHOD 0", needs("a method's self", Kind::Iter));

    let starred = |key, value| {
        format!("LOAD_CONST_TRUE\n {key}\n {value}\n LOAD_CONST_TRUE\n CALL_FUNCTION_VAR_KW 0x100\n RETURN_VALUE")
    };
    accept(&starred("LOAD_NULL", "LOAD_CONST_TRUE"));
    refuse(&starred("LOAD_CONST_TRUE", "LOAD_NULL"), needs("an object", Kind::Null));
    let positional = "LOAD_CONST_TRUE\n LOAD_NULL\n LOAD_CONST_TRUE\n CALL_FUNCTION_VAR_KW 1\n RETURN_VALUE";
    refuse(positional, needs("an object", Kind::Null));
    refuse("LOAD_CONST_TRUE\n LOAD_NULL\n CALL_FUNCTION_VAR_KW 0\n RETURN_VALUE", needs("an object", Kind::Null));
}

#[test]
fn kinds_where_paths_meet() {
    let meet = |one, other| {
        format!("LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE a\n {one}\n JUMP end\n a:\n {other}\n end:\n RETURN_VALUE")
    };
    accept(&meet("LOAD_CONST_NONE", "LOAD_CONST_TRUE"));
    refuse(&meet("LOAD_CONST_TRUE", "LOAD_NULL"), Reason::Kinds(0, Kind::Object, Kind::Null));
    // What was `None` on the first path is any object in the second turn.
    let loop_body = "LOAD_CONST_NONE\n start:\n SETUP_FINALLY h\n LOAD_CONST_NONE\n h:\n END_FINALLY\n POP_TOP\n";
    accept(&format!("{loop_body} LOAD_CONST_TRUE\n JUMP start"));
}

#[test]
fn iterators() {
    let iter = "LOAD_CONST_TRUE\n GET_ITER_STACK\n";
    let loop_body = "next:\n FOR_ITER end\n POP_TOP\n JUMP next\n end:\n LOAD_CONST_NONE\n RETURN_VALUE";
    accept(&format!("{iter} {loop_body}"));
    accept(&format!("LOAD_NULL\n LOAD_CONST_TRUE\n LOAD_NULL\n LOAD_NULL\n {loop_body}"));
    let iterator = |kind| needs("a loop's iterator", kind);
    refuse(&format!("LOAD_NULL\n LOAD_CONST_TRUE\n DUP_TOP\n LOAD_NULL\n {loop_body}"), iterator(Kind::Null));
    refuse(&format!("LOAD_NULL\n LOAD_NULL\n LOAD_NULL\n LOAD_NULL\n {loop_body}"), iterator(Kind::Null));
    refuse(&format!("LOAD_CONST_TRUE\n DUP_TOP\n LOAD_NULL\n LOAD_NULL\n {loop_body}"), iterator(Kind::Null));
    refuse(&format!("{iter} LOAD_CONST_TRUE\n {loop_body}"), iterator(Kind::Object));
    // Dropped in part, it is none, nor is the next one made on its remains.
    accept(&format!("{iter} {iter} POP_TOP\n POP_TOP\n POP_TOP\n POP_TOP\n {loop_body}"));
    refuse(&format!("{iter} {iter} POP_TOP\n {loop_body}"), iterator(Kind::Iter));
    refuse(&format!("{iter} POP_TOP\n {iter} {loop_body}"), needs("a whole iterator", Kind::Iter));
    refuse(&format!("{iter} ROT_TWO"), needs("a slot of its own", Kind::Iter));
    refuse(&format!("{iter} LOAD_CONST_TRUE\n ROT_THREE"), needs("a slot of its own", Kind::Iter));
    refuse(&format!("{iter} DUP_TOP"), needs("an object", Kind::Iter));
    refuse(&format!("{iter} RETURN_VALUE"), needs("an object", Kind::Iter));
}

#[test]
fn the_collection_of_a_comprehension() {
    let list = "BUILD_LIST 0\n LOAD_CONST_TRUE\n GET_ITER_STACK\n LOAD_CONST_TRUE\n";
    accept(&format!("{list} STORE_COMP 0x14\n {RETURN}"));
    refuse(&format!("{list} STORE_COMP 0x10\n"), needs("an object", Kind::Iter));
    refuse("LOAD_CONST_TRUE\n DUP_TOP\n STORE_COMP 0\n", Reason::StackEmpty);
    refuse("LOAD_CONST_TRUE\n DUP_TOP\n DUP_TOP\n STORE_COMP 5\n", Reason::StackEmpty);
    // How far it is must not depend on what a `finally` has pending.
    let finally = "BUILD_LIST 0\n SETUP_FINALLY h\n LOAD_CONST_NONE\n h:\n LOAD_CONST_TRUE\n STORE_COMP 0x0c\n";
    refuse(finally, needs("a known distance to the collection", Kind::Pending));
}

#[test]
fn work_is_bounded() {
    // Many high stacks that are equal but not the same, compared at many places.
    let mut body = String::from("LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE b\n");
    let high = "LOAD_CONST_TRUE\n LOAD_NULL\n".repeat(1000);
    let compare: String = (0..1000).map(|i| format!("LOAD_CONST_TRUE\n POP_JUMP_IF_TRUE a{i}\n")).collect();
    let targets: String = (0..1000).map(|i| format!("a{i}:\n LOAD_CONST_TRUE\n POP_TOP\n")).collect();
    body += &format!(
        "LOAD_CONST_TRUE\n {high} {compare} JUMP a0\n b:\n LOAD_CONST_NONE\n {high} {compare} {targets} {RETURN}"
    );
    let signature = Signature { n_state: 5000, ..Signature::default() };
    refuse_with(signature, &body, Reason::TooComplex);
}
