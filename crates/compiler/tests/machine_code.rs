//! What machine code is made of, for the eye. The comparisons with mpy-cross's are in `identical.rs`.

use berus_compiler::{Emitter, Options, compile, instructions};
use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::constant::Constant;

fn module(source: &str, emitter: Emitter) -> Module<'static> {
    let options = Options { source_name: b"x.py", arch: Some(Arch::X64), emitter, ..Options::default() };
    compile(source.as_bytes(), &options).unwrap()
}

#[test]
fn a_viper_function() {
    let source = "@micropython.viper\ndef f(a: int, b: int) -> int:\n    return a + b\n";
    let module = module(source, Emitter::Bytecode);
    assert_eq!(module.header.arch, Some(Arch::X64));
    assert_eq!(module.constants, [Constant::FunctionTable]);
    let expected: &[&[u8]] = &[
        // push rbp; push rbx; push r12; push r13; sub rsp, 0x18
        &[0x55, 0x53, 0x41, 0x54, 0x41, 0x55, 0x48, 0x83, 0xec, 0x18],
        // The tables: mov rbp, [rdi+8]; mov r13, [rbp+0x10]; mov rbp, [rbp+0x18]; mov rbp, [rbp]
        &[0x48, 0x8b, 0x6f, 0x08, 0x4c, 0x8b, 0x6d, 0x10, 0x48, 0x8b, 0x6d, 0x18, 0x48, 0x8b, 0x6d, 0x00],
        // How many arguments, how many with keywords, and where: mov rdi, rsi; mov rsi, rdx; mov r12, rcx
        &[0x48, 0x89, 0xf7, 0x48, 0x89, 0xd6, 0x49, 0x89, 0xcc],
        // test dh, dh; jne check; mov edx, 2; cmp rdx, rdi; je arguments
        &[0x84, 0xf6, 0x0f, 0x85, 0x0e, 0x00, 0x00, 0x00, 0xba, 0x02, 0x00, 0x00, 0x00],
        &[0x48, 0x39, 0xfa, 0x0f, 0x84, 0x0e, 0x00, 0x00, 0x00],
        // check: mov edx, 0x40004; call mp_arg_check_num_sig
        &[0xba, 0x04, 0x00, 0x04, 0x00, 0x48, 0x8b, 0x85, 0x60, 0x01, 0x00, 0x00, 0xff, 0xd0],
        // arguments: mov rdi, [r12]; mov esi, 2; call mp_native_from_obj; mov rbx, rax
        &[0x49, 0x8b, 0x3c, 0x24, 0xbe, 0x02, 0x00, 0x00, 0x00, 0x48, 0x8b, 0x45, 0x18, 0xff, 0xd0, 0x48, 0x89, 0xc3],
        // mov rdi, [r12+8]; mov esi, 2; call mp_native_from_obj; mov r12, rax
        &[0x49, 0x8b, 0x7c, 0x24, 0x08, 0xbe, 0x02, 0x00, 0x00, 0x00, 0x48, 0x8b, 0x45, 0x18, 0xff, 0xd0],
        &[0x49, 0x89, 0xc4],
        // mov rsi, rbx; add rsi, r12
        &[0x48, 0x89, 0xde, 0x4c, 0x01, 0xe6],
        // mov rdi, rsi; mov esi, 2; call mp_native_to_obj; jmp exit
        &[0x48, 0x89, 0xf7, 0xbe, 0x02, 0x00, 0x00, 0x00, 0x48, 0x8b, 0x45, 0x20, 0xff, 0xd0],
        &[0xe9, 0x00, 0x00, 0x00, 0x00],
        // exit: sub rsp, -0x18; pop r13; pop r12; pop rbx; pop rbp; ret
        &[0x48, 0x83, 0xec, 0xe8, 0x41, 0x5d, 0x41, 0x5c, 0x5b, 0x5d, 0xc3],
    ];
    assert_eq!(*module.codes[1].code, expected.concat());
    assert_eq!(module.codes[1].kind.name(), "viper");
}

#[test]
fn only_machine_code_makes_a_module_that_is_for_one_architecture() {
    assert_eq!(module("def f(): pass\n", Emitter::Bytecode).header.arch, None);
    assert_eq!(module("def f(): pass\n", Emitter::Native).header.arch, Some(Arch::X64));
}

#[test]
fn a_native_function_has_a_prelude_behind_its_code_however_long_that_is() {
    for calls in [1, 5000] {
        let source = format!("def f(first, *, second=1):\n{}", "    first(second)\n".repeat(calls));
        let module = module(&source, Emitter::Native);
        let function = &module.codes[1];
        let prelude = function.prelude().unwrap().unwrap();
        assert_eq!(function.prelude_offset() > Some(0xffff), calls == 5000);
        let name = |index: u32| module.qstrs[index as usize].as_bytes();
        assert_eq!(name(prelude.name), b"f");
        assert_eq!(prelude.arg_names(&function.code).map(name).collect::<Vec<_>>(), [&b"first"[..], b"second"]);
        assert_eq!(prelude.end(), function.code.len());
        let bytes = module.to_bytes();
        assert_eq!(Module::from_bytes(&bytes).unwrap().0, module, "files say it well enough");
    }
}

#[test]
fn a_native_function_has_no_more_values_than_its_state_can_count() {
    let options = |emitter| Options { arch: Some(Arch::X64), emitter, ..Options::default() };
    for (values, fits) in [(65000, true), (66000, false)] {
        let source = format!("def f(x):\n    return [{}]\n", "x, ".repeat(values));
        assert_eq!(compile(source.as_bytes(), &options(Emitter::Native)).is_ok(), fits);
    }
}

#[test]
fn instructions_are_those_that_the_machine_has() {
    let has = |machine, form: &str| instructions(machine, 0).iter().any(|known| known.to_string() == form);
    let any = "r0..r15|sl|fp|sp|lr|pc";
    let divide = format!("sdiv({any}, {any}, {any})");
    assert!(has(Arch::Armv7m, &divide) && !has(Arch::Armv6m, &divide));
    let add = "vadd(s0..s31, s0..s31, s0..s31)";
    assert!(has(Arch::Armv7emsp, add) && !has(Arch::Armv7em, add));
}

/// What a page says of an inline assembler: its decorator, and machines, each with what it has more than those before it.
type Chapter = (&'static str, &'static [(Arch, u32, &'static str)]);

const CHAPTERS: [Chapter; 3] = [
    (
        "asm_thumb",
        &[
            (Arch::Armv6m, 0, "All machines: armv6, armv6m and those below"),
            (Arch::Armv7m, 0, "With Armv7-M: armv7m, armv7em and those below"),
            (Arch::Armv7emsp, 0, "With floats: armv7emsp and armv7emdp"),
        ],
    ),
    ("asm_xtensa", &[(Arch::Xtensa, 0, "All machines: xtensa and xtensawin")]),
    (
        "asm_rv32",
        &[
            (Arch::Rv32imc, 0, "All machines: rv32imc"),
            (Arch::Rv32imc, 1, "With the extension Zba"),
            (Arch::Rv32imc, 2, "With the extension Zcmp"),
        ],
    ),
];

/// The page of instructions, from the tables that the assemblers work by.
fn page() -> String {
    let mut page = String::from(
        "# Instructions of the inline assemblers\n\n\
         What each instruction of `@micropython.asm_thumb`, `asm_xtensa` and `asm_rv32` takes. Names with the same\n\
         operands share a line. A test keeps this page as the tables of the compiler have it, which\n\
         `SNAPSHOTS=overwrite cargo test -p berus-compiler --test machine_code` writes here.\n",
    );
    for (decorator, machines) in CHAPTERS {
        page += &format!("\n## `@micropython.{decorator}`\n");
        let mut known = Vec::new();
        for &(arch, flags, heading) in machines {
            let forms = instructions(arch, flags);
            // Operands, and what has them, in the order of the table.
            let mut lines: Vec<(String, Vec<String>)> = Vec::new();
            for form in forms.iter().filter(|form| !known.contains(*form)) {
                let text = form.to_string();
                let operands = &text[form.name.len()..];
                match lines.iter_mut().find(|line| line.0 == operands) {
                    Some((_, names)) => names.push(form.name.clone()),
                    None => lines.push((operands.into(), vec![form.name.clone()])),
                }
            }
            known.extend(forms);
            page += &format!("\n### {heading}\n\n");
            for (operands, names) in lines {
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                page += &format!("- {}: `{operands}`\n", names.join(", "));
            }
        }
    }
    page
}

#[test]
fn the_page_of_instructions_says_what_the_tables_say() {
    let path = berus_testkit::workspace().join("docs/inline-assembler.md");
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page());
    assert_eq!(instructions(Arch::Xtensa, 0), instructions(Arch::Xtensawin, 0));
    assert_eq!(instructions(Arch::Armv6, 0), instructions(Arch::Armv6m, 0));
}
