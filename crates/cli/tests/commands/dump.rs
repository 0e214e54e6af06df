//! What `berus dump` shows of the fixtures, compared with what is known to be right in `tests/golden`.
//!
//! `SNAPSHOTS=overwrite cargo test -p berus-cli --test dump` writes what it shows now; look at the difference.

use std::path::Path;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::{Assert, Data};

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn dump(args: &[&str]) -> Vec<u8> {
    let run = Command::new(cargo_bin!("berus")).arg("dump").args(args).current_dir(folder("fixtures"));
    run.assert().success().stderr_eq("").get_output().stdout.clone()
}

fn compare(shown: Vec<u8>, golden: &str) {
    let golden = Data::read_from(&folder("golden").join(golden), None).raw();
    let shown = String::from_utf8(shown).expect("output is UTF-8");
    Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV).eq(Data::text(shown).raw(), golden);
}

/// The one object of a file, on many lines.
fn pretty(json: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(json).expect("one JSON object");
    let mut text = serde_json::to_vec_pretty(&value).expect("JSON");
    text.push(b'\n');
    text
}

macro_rules! goldens {
    ($($test:ident: $golden:literal $($arg:literal)+;)*) => {
        $(
            #[test]
            fn $test() {
                let shown = dump(&[$($arg),+]);
                compare(if $golden.ends_with(".json") { pretty(&shown) } else { shown }, $golden);
            }
        )*
    };
}

goldens! {
    every_kind_of_statement: "language.txt" "language.mpy";
    every_byte_of_bytecode: "language.hex.txt" "--hex" "language.mpy";
    where_the_bytes_go: "language.size.txt" "--size" "language.mpy";
    no_lines_and_no_assertions: "language-O3.txt" "language-O3.mpy";
    several_files: "several.size.txt" "-s" "small.mpy" "assembler.mpy";

    json_of_bytecode: "small.json" "--json" "small.mpy";
    json_of_every_byte: "small.hex.json" "--json" "--hex" "small.mpy";
    json_of_sizes: "small.size.json" "--json" "--size" "small.mpy";
}

// Without the disassemblers machine code looks otherwise.
#[cfg(feature = "machine-code")]
goldens! {
    x86: "machine-x86.txt" "machine-x86.mpy";
    x64: "machine-x64.txt" "machine-x64.mpy";
    every_byte_of_x64: "machine-x64.hex.txt" "-x" "machine-x64.mpy";
    x64_of_an_older_release: "machine-x64-1.20.txt" "machine-x64-1.20.mpy";
    arm: "machine-armv6.txt" "machine-armv6.mpy";
    thumb_without_long_instructions: "machine-armv6m.txt" "machine-armv6m.mpy";
    thumb: "machine-armv7m.txt" "machine-armv7m.mpy";
    risc_v: "machine-rv32imc.txt" "machine-rv32imc.mpy";
    risc_v_with_extensions: "machine-rv32imc-zcmp.txt" "machine-rv32imc-zcmp.mpy";
    xtensa: "machine-xtensa.txt" "machine-xtensa.mpy";
    xtensa_with_windows: "machine-xtensawin.txt" "machine-xtensawin.mpy";
    every_byte_of_xtensa: "machine-xtensawin.hex.txt" "-x" "machine-xtensawin.mpy";
    inline_assembler: "assembler.txt" "assembler.mpy";

    json_of_machine_code: "natmod-x64.json" "-j" "natmod-x64.mpy";
    json_of_assembler: "assembler.json" "-j" "assembler.mpy";

    linked_from_c: "natmod-x64.txt" "natmod-x64.mpy";
    linked_from_c_for_x86: "natmod-x86.txt" "natmod-x86.mpy";
    linked_from_c_for_thumb: "natmod-armv7m.txt" "natmod-armv7m.mpy";
    linked_from_c_for_risc_v: "natmod-rv32imc.txt" "natmod-rv32imc.mpy";
    linked_from_c_for_xtensa: "natmod-xtensa.txt" "natmod-xtensa.mpy";
    linked_from_c_for_xtensa_with_windows: "natmod-xtensawin.txt" "natmod-xtensawin.mpy";
    every_byte_linked_from_c: "natmod-x64.hex.txt" "-x" "natmod-x64.mpy";
    size_of_machine_code: "natmod-x64.size.txt" "-s" "natmod-x64.mpy";
}
