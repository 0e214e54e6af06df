//! f-strings and t-strings.

use crate::show::{error, expression, lines};

/// Checks that a template is what the call is.
fn same(template: &str, call: &str) {
    assert_eq!(expression(template), expression(call), "{template}");
}

#[test]
fn an_f_string_is_a_call_of_format() {
    same("f'a'", "'a'.format()");
    same("f'{a}b{c}'", "'{}b{}'.format((a), (c),)");
    same("f'{a:>4}{b!r}{c!s:x}'", "'{:>4}{!r}{!s:x}'.format(a, b, c,)");
    same("f'{{{a}}}'", "'{{{}}}'.format(a,)");
    same("f'{a,}'", "'{}'.format((a,),)");
    same("f'{a=} {b=:x}'", "'a={} b={:x}'.format(a, b,)");
    same("f'{a != b}'", "'{}'.format(a != b,)");
    same("f'{a[1:2]}{ {b:c} }'", "'{}{}'.format(a[1:2], {b: c},)");
    same("f'{a:{b}}'", "'{:{}}'.format(a, b,)");
    same("rf'\\n{a}'", "'\\\\n{}'.format(a,)");
    same("f'{f\"{a}\"}'", "'{}'.format('{}'.format(a,),)");
}

#[test]
fn f_strings_in_a_row_share_one_call() {
    same("'x' f'{a}' '{}' f'{b}'", "'x{}{}{}'.format(a, b,)");
}

#[test]
fn a_t_string_is_a_call_of_template() {
    same("t'a'", "__template__(('a',),)");
    same("t'a{b}c'", "__template__(('a', 'c',), b, 'b', None, '',)");
    same("t'{a!r:4}'", "__template__(('', '',), a, 'a', 'r', '4',)");
    same("t'{a=}'", "__template__(('a=', '',), a, 'a', 'r', '',)");
    same("t'{a=:x}'", "__template__(('a=', '',), a, 'a', None, 'x',)");
    same("t'{a:{b}}'", "__template__(('', '',), a, 'a', None, '{}'.format(b,),)");
    same("t'{{{a }}}'", "__template__(('{', '}',), a, 'a', None, '',)");
    same(r#"t'{a["b"]}'"#, r#"__template__(('', '',), a["b"], 'a["b"]', None, '',)"#);
    same("tr'\\{a}'", "__template__(('\\\\', '',), a, 'a', None, '',)");
}

#[test]
fn a_t_string_of_many_fields_has_its_arguments_in_a_tuple() {
    let fields = |n| expression(&format!("t'{}'", "{a}".repeat(n)));
    assert!(!fields(63).contains("TestListComp"));
    assert!(fields(64).contains("TestListComp"));
}

#[test]
fn line_ends_in_a_field_count_twice() {
    // Once where they stand, and once more where the call is read.
    assert_eq!(lines("f'''{a\n}'''\nb\n"), {
        "(FileInput2@1 (ExprStmt@1 (AtomExprNormal@1 \"{}\" (AtomExprTrailers@2 (TrailerPeriod@2 format) \
         (TrailerParen@2 (ArgList@2 a)))) -) (ExprStmt@4 b -))"
    });
}

#[test]
fn malformed_templates() {
    assert_eq!(error("f'{}'\n"), "1: SyntaxError: malformed f-string");
    assert_eq!(error("f'{=}'\n"), "1: SyntaxError: malformed f-string");
    assert_eq!(error("t'{ }'\n"), "1: SyntaxError: malformed f-string");
    assert_eq!(error("t'}'\n"), "1: SyntaxError: malformed f-string");
    assert_eq!(error("t'{a:'\n"), "1: SyntaxError: malformed f-string");
    assert_eq!(error("f'{a'\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("f'{a]}'\nb\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("f'{a b}'\n"), "1: SyntaxError: invalid syntax");
    assert_eq!(error("f'{a!x}'\n"), "1: SyntaxError: invalid syntax");
}
