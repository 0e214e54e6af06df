//! What code some constructs become, for the eye: the comparisons with mpy-cross say that it is right.

use berus_compiler::{Mode, Options, compile};
use berus_mpy::disasm::Listing;

/// The code of the functions of a source, one after the other: mnemonics and operands, with labels.
fn code(source: &str, mode: Mode) -> String {
    let options = Options { mode, source_name: b"x.py", source_lines: false, ..Options::default() };
    let module = compile(source.as_bytes(), &options).unwrap();
    let mut text = String::new();
    for id in 0..module.codes.len() as u32 {
        let listing = Listing::of(&module, id).unwrap().unwrap();
        for row in listing.rows() {
            if let Some(label) = listing.label(row.instruction.offset) {
                text += &format!("{label}: ");
            }
            let operand = listing.resolve(&row.instruction).to_string();
            let name = berus_mpy::disasm::mnemonic(row.instruction.op);
            text += format!("{name} {operand}").trim_end();
            text += "\n";
        }
        text += "\n";
    }
    text.trim_end().to_string()
}

#[track_caller]
fn is(source: &str, mode: Mode, expected: &str) {
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let found = code(source, mode);
    let found: Vec<_> = found.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(found, expected, "\n{source}");
}

#[test]
fn a_file_returns_none() {
    is(
        "x = 1\n'text'\nx\n",
        Mode::File,
        "LOAD_CONST_SMALL_INT 1
         STORE_NAME x
         LOAD_NAME x
         POP_TOP
         LOAD_CONST_NONE
         RETURN_VALUE",
    );
}

#[test]
fn an_expression_to_evaluate_is_returned() {
    is(
        "x + 1\n",
        Mode::Eval,
        "LOAD_NAME x
         LOAD_CONST_SMALL_INT 1
         BINARY_OP +
         RETURN_VALUE",
    );
}

#[test]
fn an_interactive_expression_is_printed() {
    is(
        "'text'\n",
        Mode::Single,
        "LOAD_NAME __repl_print__
         LOAD_CONST_STRING 'text'
         CALL_FUNCTION 1
         POP_TOP
         LOAD_CONST_NONE
         RETURN_VALUE",
    );
    is(
        "x = 1\n",
        Mode::Single,
        "LOAD_CONST_SMALL_INT 1
         STORE_NAME x
         LOAD_CONST_NONE
         RETURN_VALUE",
    );
}

#[test]
fn pasted_expressions_are_printed_but_for_constants() {
    is(
        "x\n5\n",
        Mode::Pasted,
        "LOAD_NAME __repl_print__
         LOAD_NAME x
         CALL_FUNCTION 1
         POP_TOP
         LOAD_CONST_NONE
         RETURN_VALUE",
    );
}

#[test]
fn a_variable_that_is_closed_over_is_a_cell() {
    is(
        "def f(a):\n    b = a\n    return lambda: b\n",
        Mode::File,
        "MAKE_FUNCTION f (code 1)
         STORE_NAME f
         LOAD_CONST_NONE
         RETURN_VALUE

         LOAD_FAST 0 (a)
         STORE_DEREF 1
         LOAD_FAST 1
         MAKE_CLOSURE <lambda> (code 2), 1 cell
         RETURN_VALUE

         LOAD_DEREF 0
         RETURN_VALUE",
    );
}
