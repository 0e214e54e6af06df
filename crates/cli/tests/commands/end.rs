//! How programs end.

use std::io::{BufRead, BufReader, Read, Write};
#[cfg(unix)]
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};

use berus_testkit::temp_dir;

fn berus(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_berus"));
    command.args(args).env_remove("MICROPYINSPECT").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What comes of `command` with `input`.
fn outcome(command: &mut Command, input: &str) -> Output {
    let mut child = command.spawn().expect("it starts");
    // What does not read its input closes it.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

/// The status, and what is on both outputs.
fn ends(args: &[&str], input: &str) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = outcome(&mut berus(args), input);
    (status.code(), String::from_utf8_lossy(&stdout).into(), String::from_utf8_lossy(&stderr).into())
}

#[test]
fn a_thread_that_waits_for_input_does_not_keep_the_program() {
    let program = "import _thread, sys, time\n_thread.start_new_thread(sys.stdin.read, ())\ntime.sleep(0.02)\nprint('end')\nsys.exit(3)";
    let mut child = berus(&["-c", program]).spawn().expect("it starts");
    // Nothing is ever written there, and it stays open until the program has ended.
    let input = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    drop(input);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(3), &b"end\n"[..]));
}

#[test]
fn a_wrong_command_line_is_refused_with_micropythons_words() {
    for (args, what) in [
        (&["-Z"][..], "-Z: there is no such option"),
        (&["-c"], "-c: a value must follow"),
        (&["-m"], "-m: a value must follow"),
        (&["-X"], "-X: a value must follow"),
        (&["-X", "nonsense"], "-X nonsense: there is no such option"),
        (&["-X", "heapsize=1T"], "-X heapsize=1T: that is no size of a heap"),
        (&["-vv"], "-vv: there is no such option"),
        (&["-i", "-Z"], "-Z: there is no such option"),
    ] {
        let words = format!("berus: {what}\nInvalid command line arguments. Use -h option for help.\n");
        assert_eq!(ends(args, ""), (Some(1), String::new(), words), "{args:?}");
    }
}

#[test]
fn help_and_version_end_the_command_line() {
    for args in [&["-h"][..], &["-i", "-h"], &["-X", "compile-only", "--help"]] {
        let (status, output, _) = ends(args, "");
        assert_eq!(status, Some(0));
        assert!(output.contains("heapsize=<n>[w][K|M]") && output.contains("dump"), "{output}");
    }
    assert!(ends(&["-v", "--version"], "").1.starts_with(concat!("berus ", env!("CARGO_PKG_VERSION"), "\n")));
    assert_eq!(ends(&["-c", "import sys; print(sys.argv)", "-h"], "").1, "['-c', '-h']\n");
}

/// Each way to give a program: the arguments, and the input.
fn ways<'a>(program: &'a str, file: &'a str) -> [(Vec<&'a str>, &'a str); 4] {
    [(vec!["-c", program], ""), (vec![file], ""), (vec!["-m", "program"], ""), (vec![], program)]
}

#[test]
fn system_exit_gives_the_status() {
    let folder = temp_dir();
    let file = folder.path().join("program.py");
    for (code, status, message) in [
        ("", 0, ""),
        ("None", 0, ""),
        ("0", 0, ""),
        ("3", 3, ""),
        ("-1", 255, ""),
        ("257", 1, ""),
        ("2**70 + 5", 5, ""),
        ("True", 1, ""),
        ("'text'", 1, "text\n"),
        ("'3'", 1, "3\n"),
        ("(1, 2)", 1, "(1, 2)\n"),
        ("1.5", 1, "1.5\n"),
    ] {
        let program = format!("raise SystemExit({code})");
        std::fs::write(&file, &program).expect("it can be written to");
        for (args, input) in ways(&program, "program.py") {
            let output = outcome(berus(&args).current_dir(folder.path()), input);
            assert_eq!(output.status.code(), Some(status), "{code} {args:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), message, "{code} {args:?}");
        }
    }
}

#[test]
fn what_nobody_handles_is_told_and_status_1() {
    let folder = temp_dir();
    let program = "print('before')\n1 / 0";
    std::fs::write(folder.path().join("program.py"), program).expect("it can be written to");
    for (args, input) in ways(program, "program.py") {
        let Output { status, stdout, stderr } = outcome(berus(&args).current_dir(folder.path()), input);
        let file = if args.is_empty() || args[0] == "-c" { "<stdin>" } else { "program.py" };
        let told = format!(
            "Traceback (most recent call last):\n  File \"{file}\", line 2, in <module>\nZeroDivisionError: divide by zero\n"
        );
        assert_eq!(String::from_utf8_lossy(&stderr), told);
        assert_eq!((status.code(), &stdout[..]), (Some(1), &b"before\n"[..]), "{args:?}");
    }
    assert_eq!(ends(&["-c", "raise KeyboardInterrupt"], "").0, Some(130));
}

#[test]
fn a_file_that_is_not_there_is_status_2() {
    let message = "berus: can't open file 'absent.py': [Errno 2] No such file or directory\n";
    assert_eq!(ends(&["absent.py", "x"], ""), (Some(2), String::new(), message.into()));
    let message = "berus: can't open file 'dumb': [Errno 2] No such file or directory, nor is there a command of that name; -h lists them\n";
    assert_eq!(ends(&["dumb", "x.mpy"], ""), (Some(2), String::new(), message.into()));
    assert_eq!(ends(&["."], ""), (Some(1), String::new(), "OSError: [Errno 21] EISDIR\n".into()));
}

#[test]
fn what_is_wrong_with_a_module_is_told() {
    let folder = temp_dir();
    let path = folder.path().join("m.mpy");
    let check = |bytes: &[u8], error: &str, what: &str| {
        std::fs::write(&path, bytes).expect("it can be written to");
        let name = path.to_str().expect("it is text");
        let expected = format!("ValueError: {error}\n{name}: {what}\n");
        assert_eq!(ends(&[name], ""), (Some(1), String::new(), expected));
        // Who imports the module is told the same.
        let import = format!("import sys\nsys.path[:] = [{:?}]\nimport m", folder.path());
        let (status, _, told) = ends(&["-c", &import], "");
        assert_eq!(
            (status, told.ends_with(&format!("\nValueError: {error}\n{name}: {what}\n"))),
            (Some(1), true),
            "{told}"
        );
    };
    let good = b"M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
    let with = |at: usize, byte: u8| {
        good.iter().enumerate().map(|(n, old)| if n == at { byte } else { *old }).collect::<Vec<_>>()
    };
    check(&good[..15], "incompatible .mpy file", "offset 0x000e: the file ends inside the code");
    check(
        &with(1, 5),
        "incompatible .mpy file",
        "offset 0x0001: version 5 of the .mpy format, which is for MicroPython 1.12 to 1.18; expected 6",
    );
    if cfg!(target_arch = "x86_64") {
        let what = "machine code for armv7emsp, expected x64";
        check(&with(2, 7 << 2 | 3), "incompatible .mpy arch", what);
    }
    check(&with(0, b'C'), "incompatible .mpy file", "made for CircuitPython, not MicroPython");
    let unsound =
        "offset 0x0011, in <module> (code 0): the stack has too few slots, or the exception block around needs them";
    check(&with(17, 0x59), "incompatible .mpy file", unsound);
    // What goes wrong in a good one is none of that.
    std::fs::write(&path, good).expect("it can be written to");
    assert_eq!(ends(&[path.to_str().expect("it is text")], ""), (Some(0), String::new(), String::new()));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_told() {
    let full = std::fs::File::create("/dev/full").expect("there is such a device");
    let output = berus(&["-c", "print(1)"]).stdout(full).output().expect("it starts");
    let message = "berus: standard output: No space left on device\n";
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(1), message));
}

#[cfg(unix)]
#[test]
fn who_prints_for_ever_learns_that_nobody_reads() {
    for print in ["print('line')", "sys.stdout.write('line')"] {
        let program =
            format!("import sys\ntry:\n    while True: {print}\nexcept OSError as e: sys.stderr.write(str(e))");
        let mut child =
            berus(&["-c", &program]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(0), "32"));
    }
}

#[cfg(unix)]
#[test]
fn names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let folder = temp_dir();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"n\xff.py"));
    std::fs::write(&path, "print('runs')").expect("it can be written to");
    let output = berus(&[]).arg(&path).output().expect("it starts");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"runs\n"[..]));
}

#[test]
fn what_sys_atexit_was_given_comes_last() {
    let end =
        |program: &str| ends(&["-c", &format!("import sys\nsys.atexit(lambda: {program})\nprint('body')\n1 / 0")], "");
    let (status, output, _) = end("print('end')");
    assert_eq!((status, &output[..]), (Some(1), "body\nend\n"));
    assert_eq!(end("sys.exit(7)").0, Some(7));
}

#[test]
fn standard_input_is_a_program() {
    let show = "import sys\nprint(sys.argv, __file__, __name__, sys.path[0])";
    assert_eq!(ends(&[], show).1, "[] <stdin> __main__ \n");
    assert_eq!(ends(&["-", "a"], show).1, "['-', 'a'] <stdin> __main__ \n");
    assert_eq!(ends(&["-X", "compile-only"], "print(1)"), (Some(0), String::new(), String::new()));
    assert_eq!(ends(&["-O"], "assert 0\nprint(__debug__)").1, "False\n");
    // A module, too.
    let module = "M\x06\x00\x1f\x02\x00\x08x.py\x00\x0f\x28\x00\x02\x01\x51\x63";
    assert_eq!(ends(&["-"], module), (Some(0), String::new(), String::new()));
    let (status, output, error) = ends(&[], "print(1)\nx = = 1");
    assert_eq!((status, &output[..]), (Some(1), ""));
    assert!(error.ends_with("line 2\nSyntaxError: invalid syntax\n"), "{error}");
}

#[test]
fn verbose_programs_show_memory_and_bytecode() {
    let (status, output, _) = ends(&["-v", "-c", "print(1)"], "");
    let lines: Vec<_> = output.lines().collect();
    assert_eq!((status, lines.len(), lines[0]), (Some(0), 5, "1"), "{output}");
    assert!(lines[1].starts_with("mem: total=") && lines[3].starts_with("GC: total: "), "{output}");
    let (_, output, _) = ends(&["-v", "-v", "-c", "print(1)"], "");
    assert!(output.starts_with("File <stdin>, code block '<module>' (descriptor: "), "{output}");
    assert!(output.contains("00 LOAD_NAME print\n02 LOAD_CONST_SMALL_INT 1\n03 CALL_FUNCTION n=1 nkw=0\n"), "{output}");
}

/// Interrupts the program `source` once it has printed a line: the status, what it printed then, and its errors.
#[cfg(unix)]
fn interrupted(source: &str) -> (Option<i32>, String, String) {
    let mut child = berus(&["-c", source]).process_group(0).spawn().expect("it starts");
    let input = child.stdin.take();
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    output.read_line(&mut String::new()).expect("it prints a line");
    press_ctrl_c(&child);
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("it prints text");
    let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
    drop(input);
    (status.code(), rest, String::from_utf8_lossy(&stderr).into())
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_whatever_a_program_does() {
    for work in ["while True: pass", "sum(range(1 << 60))", "time.sleep(1000)", "input()", "sys.stdin.read()"] {
        let source = format!("import sys, time\nprint('go')\ntime.sleep(0)\nsys.stdout.flush()\n{work}");
        let (status, output, error) = interrupted(&source);
        assert_eq!((status, &output[..]), (Some(130), ""), "{work}: {error}");
        assert!(error.ends_with("line 5, in <module>\nKeyboardInterrupt: \n"), "{work}: {error}");
    }
}

/// Interrupts `child` and what it has started, which are a group, as a terminal does.
#[cfg(unix)]
fn press_ctrl_c(child: &Child) {
    let kill = Command::new("kill").args(["-INT", "--", &format!("-{}", child.id())]).status().expect("there is kill");
    assert!(kill.success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_waits_for_other_programs() {
    let folder = temp_dir();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("there is mkfifo").success());
    let pipe = pipe.display();
    let waits = [
        "os.system('exec sleep 1000')".to_owned(),
        "os.system('trap : INT; while :; do sleep 1; done')".to_owned(),
        format!("open('{pipe}')"),
        format!("open('{pipe}', 'w')"),
        format!("open('{pipe}', 'r+').read(1)"),
        format!("open('{pipe}', 'r+').readline()"),
        format!("open('{pipe}', 'r+').write('x' * 1000000)"),
        format!("f = open('{pipe}', 'r+')\nwhile True: f.write('x')"),
        format!("import select\np = select.poll()\np.register(open('{pipe}', 'r+'), 1)\np.poll()"),
        format!("import _thread\n_thread.start_new_thread(open, ('{pipe}',))\nopen('{pipe}')"),
        format!(
            "import _thread\n_thread.start_new_thread(open, ('{pipe}',))\n_thread.allocate_lock().acquire()\ninput()"
        ),
        "import _thread\nlock = _thread.allocate_lock()\nlock.acquire()\nlock.acquire()".to_owned(),
        "open('/dev/zero').readline()".to_owned(),
    ];
    for wait in waits {
        let source = format!("import os, sys\nprint('go')\nsys.stdout.flush()\n{wait}\nprint('more')");
        let (status, output, error) = interrupted(&source);
        assert_eq!((status, &output[..]), (Some(130), ""), "{wait}: {error}");
        assert!(error.ends_with("KeyboardInterrupt: \n"), "{wait}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_waits_for_sockets() {
    let waits = [
        "waiting.accept()",
        "near.recv(1)",
        "near.read()",
        "near.readline()",
        "near.readinto(bytearray(1))",
        "near.makefile().readline()",
        "near.send(bytes(1 << 16) * 100)",
        "near.sendall(bytes(1 << 16) * 100)",
        "near.write(bytes(1 << 16) * 100)",
        "select.select([waiting, near], [], [])",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).recvfrom(1)",
        "near.settimeout(1000); near.recv(1)",
    ];
    for wait in waits {
        let source = format!(
            "import select, socket, sys\nwaiting = socket.socket()\nwaiting.bind(('127.0.0.1', 0))\nwaiting.listen(1)\n\
             near = socket.socket()\nnear.connect(waiting.getsockname())\nfar = waiting.accept()\n\
             print('go')\nsys.stdout.flush()\n{wait}\nprint('more')"
        );
        let (status, output, error) = interrupted(&source);
        assert_eq!((status, &output[..]), (Some(130), ""), "{wait}: {error}");
        assert!(error.ends_with("KeyboardInterrupt: \n"), "{wait}: {error}");
    }
}

/// Waits until a process waits for something itself.
#[cfg(unix)]
fn wait_until_asleep(child: &Child) {
    let stat = format!("/proc/{}/stat", child.id());
    // The state stands behind the name, which is in brackets.
    while std::fs::read_to_string(&stat).is_ok_and(|text| !text.contains(") S ")) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_waits_for_who_reads() {
    for (print, is_error) in [
        ("print('x' * 1000000)", false),
        ("while True: print('x')", false),
        ("sys.stdout.write('x' * 1000000)", false),
        ("sys.stdout.buffer.write(bytes(1000000))", false),
        ("sys.stderr.write('x' * 1000000)", true),
    ] {
        let mut child = berus(&["-c", &format!("import sys\n{print}")]).process_group(0).spawn().expect("it starts");
        let (mut output, mut errors) =
            (child.stdout.take().expect("it is piped"), child.stderr.take().expect("it is piped"));
        // The pipe is full, or will be, when one byte has come. Only who waits for room is to be interrupted: who is
        // interrupted sooner waits for room when the output is written out at the end.
        let first = if is_error { errors.read(&mut [0]) } else { output.read(&mut [0]) };
        assert_eq!(first.expect("it writes"), 1);
        wait_until_asleep(&child);
        press_ctrl_c(&child);
        // Errors are read, so that there is a place for the traceback, unless it is they that fill their pipe.
        let mut error = String::new();
        errors.read_to_string(&mut error).expect("it prints text");
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{print}");
        assert!(is_error || error.ends_with("KeyboardInterrupt: \n"), "{print}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_can_be_handled() {
    let source =
        "import sys\nprint('go')\nsys.stdout.flush()\ntry:\n  input()\nexcept KeyboardInterrupt:\n  print('stopped')";
    assert_eq!(interrupted(source), (Some(0), "stopped\n".into(), String::new()));
}
