//! How the commands take files, fail, and use colours.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use berus_testkit::temp_dir;

fn berus() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    command
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// Runs `berus` with `args` and `input` on standard input.
fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = berus()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("berus starts");
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read its input closes it.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

#[track_caller]
fn fails(args: &[&str], input: &[u8], status: i32, message: &str) {
    let output = run(args, input);
    assert_eq!(String::from_utf8_lossy(&output.stderr), format!("{message}\n"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(status));
}

#[test]
fn what_cannot_be_read_is_named_on_one_line() {
    for command in ["dump", "verify"] {
        fails(&[command, "absent.mpy"], b"", 2, "berus: absent.mpy: No such file or directory");
        fails(&[command, "make"], b"", 1, "berus: make: not an .mpy file, but text");
        fails(&[command, "a\x1b\n.mpy"], b"", 2, r"berus: 'a\u001b\n.mpy': No such file or directory");
    }
}

#[test]
fn what_is_not_a_module_is_named_on_one_line() {
    let module = fixture("small.mpy");
    for command in ["dump", "verify"] {
        fails(&[command, "-"], b"", 1, "berus: standard input: the file is empty");
        let not_mpy = "not an .mpy file, but Python source: berus compile makes a module of it";
        fails(&[command, "small.py"], b"", 1, &format!("berus: small.py: {not_mpy}"));
        let cut_off = "offset 0x0032: the file ends inside a name";
        fails(&[command, "-"], &module[..0x32], 1, &format!("berus: standard input: {cut_off}"));
        fails(
            &[command, "-"],
            b"M\x05\x00\x1f",
            1,
            "berus: standard input: offset 0x0001: version 5 of the .mpy format, which is for MicroPython 1.12 to 1.18; \
             expected 6: berus convert makes that of it",
        );
    }
}

#[test]
fn the_worst_status_counts_and_the_other_files_are_shown() {
    let output = run(&["verify", "small.py", "small.mpy", "absent.mpy"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "small.mpy: good, 2 functions\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 2);
}

#[test]
fn a_wrong_command_line_is_status_2() {
    for args in [&["dump"][..], &["dump", "--hex", "--size", "small.mpy"], &["nonsense"]] {
        assert_eq!(run(args, b"").status.code(), Some(2), "{args:?}");
    }
    assert_eq!(run(&["--help"], b"").status.code(), Some(0));
    let version = concat!("berus ", env!("CARGO_PKG_VERSION"), "\n");
    let all = String::from_utf8_lossy(&run(&["--version"], b"").stdout).into_owned();
    let about = all.strip_prefix(version).expect("the version comes first");
    assert!(about.starts_with("MicroPython 1.29, modules of version 6.3\nbuilt for "), "{all}");
    assert!(about.contains(std::env::consts::ARCH), "{all}");
}

#[test]
fn shells_complete_commands_and_options() {
    for (shell, word) in [
        ("bash", "--source-name"),
        ("zsh", "--source-name"),
        ("fish", "source-name"),
        ("elvish", "--source-name"),
        ("powershell", "--source-name"),
    ] {
        let output = run(&["completions", shell], b"");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.contains(word), "{shell}: {text}");
    }
    // As bash asks for the words that may follow `berus romfs e`.
    let script = "source <(\"$0\" completions bash); COMP_WORDS=(berus romfs e); COMP_CWORD=2; _berus berus e romfs; echo \"${COMPREPLY[@]}\"";
    let output =
        Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_berus")]).output().expect("there is bash");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "extract\n");
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = temp_dir();
    let pages = folder.path().join("share/man1");
    assert!(run(&["man", pages.to_str().expect("it is text")], b"").status.success());
    let page = |name: &str| std::fs::read_to_string(pages.join(name)).expect("there is a page");
    let of_all = page("berus.1");
    assert!(of_all.contains(".TH berus 1") && of_all.contains("heapsize"), "{of_all}");
    let commands: Vec<_> =
        of_all.lines().filter_map(|line| line.strip_suffix("(1)")?.strip_prefix("berus\\-")).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands {
        assert!(page(&format!("berus-{command}.1")).contains(".SH SYNOPSIS"), "{command}");
    }
    assert!(page("berus-romfs-build.1").contains("image of a folder") && page("berus-verify.1").contains("TARGET"));
    let help = Command::new(env!("CARGO_BIN_EXE_mpy-cross")).arg("--help").output().expect("mpy-cross starts").stdout;
    let of_mpy_cross = page("mpy-cross.1").replace('\\', "");
    for line in String::from_utf8(help).expect("help is text").lines().filter(|line| line.starts_with('-')) {
        let option = line.split([' ', '=', '[']).next().expect("there is a first part");
        assert!(of_mpy_cross.contains(option), "{option}");
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("it can be written to");
    assert_eq!(run(&["man", file.to_str().expect("it is text")], b"").status.code(), Some(2));
}

#[test]
fn what_is_no_subcommand_is_a_program() {
    let printed = |args: &[&str], input: &[u8]| {
        let output = run(args, input);
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(printed(&["-c", "import sys; print(6 * 7, sys.argv)", "a"], b""), (Some(0), "42 ['-c', 'a']\n".into()));
    assert_eq!(printed(&[], b"print('from standard input')"), (Some(0), "from standard input\n".into()));
    assert_eq!(printed(&["-c", "raise SystemExit(3)"], b"").0, Some(3));
    assert_eq!(printed(&["-c", "1 / 0"], b"").0, Some(1));
    assert_eq!(printed(&["-Z"], b"").0, Some(1));
}

#[test]
fn verify_tells_good_from_bad() {
    let output = run(&["verify", "small.mpy", "machine-x64.mpy"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "small.mpy: good, 2 functions\n\
         machine-x64.mpy: good, 4 functions, of them 3 machine code that cannot be checked\n"
    );
    assert!(run(&["verify", "-q", "small.mpy"], b"").stdout.is_empty());
}

#[test]
fn verify_names_the_place_and_the_function_of_each_failure() {
    let mut module = fixture("small.mpy");
    // Make the last instruction of each function, RETURN_VALUE, POP_TOP.
    let ends: Vec<_> = (0..module.len()).filter(|&i| module[i] == 0x63).collect();
    for &end in &ends[ends.len() - 2..] {
        module[end] = 0x59;
    }
    let output = run(&["verify", "-"], &module);
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let errors: Vec<_> = errors.lines().collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    for (error, name) in errors.iter().zip(["<module> (code 0)", "greet (code 1)"]) {
        assert!(error.starts_with("berus: standard input: offset 0x00"), "{error}");
        assert!(error.ends_with(&format!(", in {name}: control runs off the end of the code")), "{error}");
    }
}

#[test]
fn standard_input_is_a_file_like_others() {
    let module = fixture("small.mpy");
    let from_file = run(&["dump", "small.mpy"], b"").stdout;
    let from_input = run(&["dump", "-"], &module).stdout;
    let after_name = |text: Vec<u8>| String::from_utf8(text).unwrap().split_once(": ").unwrap().1.to_owned();
    assert_eq!(after_name(from_input), after_name(from_file));
}

#[test]
fn what_follows_the_module_is_shown_as_such() {
    let mut module = fixture("small.mpy");
    module.extend(b"\x01more");
    let listing = run(&["dump", "-"], &module).stdout;
    assert!(String::from_utf8_lossy(&listing).contains("5 bytes that do not belong to the module"));
    let hex = run(&["dump", "--hex", "-"], &module).stdout;
    assert!(String::from_utf8_lossy(&hex).contains("01 6d 6f 72 65           trailing bytes          .more\n"));
}

#[test]
fn a_closed_pipe_is_no_error() {
    for args in
        [&["dump", "-x", "language.mpy", "language.mpy"][..], &["dump", "-j", "language.mpy", "machine-x64.mpy"]]
    {
        let mut child = berus().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn output_that_fails_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let output = berus().args(["dump", "small.mpy"]).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("berus: standard output: "));
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let output = berus().args(args).envs(variables.iter().copied()).output().unwrap();
        assert!(output.status.success());
        output.stdout.contains(&0x1b)
    };
    let dump = ["dump", "small.mpy"];
    assert!(!coloured(&dump, &[]));
    assert!(coloured(&dump, &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&dump, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["dump", "--color", "always", "small.mpy"], &[]));
    assert!(coloured(&["--color=always", "verify", "small.mpy"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["dump", "--color", "never", "small.mpy"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["dump", "--color", "always", "--json", "small.mpy"], &[]));
}

#[test]
fn colours_change_nothing_else() {
    for view in ["--hex", "--size"] {
        let plain = run(&["dump", view, "language.mpy"], b"").stdout;
        let coloured = run(&["dump", "--color=always", view, "language.mpy"], b"").stdout;
        let stripped = anstream::adapter::strip_bytes(&coloured).into_vec();
        assert_eq!(String::from_utf8(stripped).unwrap(), String::from_utf8(plain).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_unusable() {
    use std::os::unix::fs::PermissionsExt;
    let folder = temp_dir();
    let path = folder.path().join("closed.mpy");
    std::fs::write(&path, fixture("small.mpy")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        return; // who may read everything
    }
    let output = berus().arg("verify").arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("closed.mpy: Permission denied\n"));
}
