//! The interactive prompt on a terminal.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

/// What nobody waits longer for.
const PATIENCE: Duration = Duration::from_secs(60);

struct Session {
    keyboard: File,
    /// Stays open, so that the terminal outlives the process.
    terminal: File,
    screen: Receiver<Vec<u8>>,
    child: Child,
    shown: String,
}

impl Session {
    /// A prompt on a terminal with so many columns and rows, 0 if it does not say; the history is kept in the file `history`.
    fn new(columns: u16, rows: u16, history: &OsStr, variables: &[(&str, &str)]) -> Session {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there are terminals");
        grantpt(&keyboard).and_then(|()| unlockpt(&keyboard)).expect("it is ours");
        let name = ptsname(&keyboard, Vec::new()).expect("it has a name");
        let open =
            || OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).expect("it opens");
        let terminal = open();
        tcsetwinsize(&terminal, Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_berus"))
            .env("BERUS_HISTORY", history)
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .stdin(open())
            .stdout(open())
            .stderr(open())
            // Ctrl-Z stops a group.
            .process_group(0)
            .spawn()
            .expect("it starts");
        let keyboard = File::from(keyboard);
        let mut output = keyboard.try_clone().unwrap();
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(len @ 1..) = output.read(&mut bytes) {
                if send.send(bytes[..len].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut session = Session { keyboard, terminal, screen, child, shown: String::new() };
        session.wait_for(">>> ");
        session
    }

    fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("it is open");
    }

    /// Waits until `expected` is on the screen, and answers what was shown up to there since the last time.
    #[track_caller]
    fn wait_for(&mut self, expected: &str) -> String {
        loop {
            if let Some(at) = self.shown.find(expected) {
                let rest = self.shown.split_off(at + expected.len());
                return std::mem::replace(&mut self.shown, rest);
            }
            match self.screen.recv_timeout(PATIENCE) {
                Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
                Err(_) => panic!("no {expected:?} in {:?}", self.shown),
            }
        }
    }

    /// Ctrl-D at the next prompt, not before: a program's terminal takes keys for itself.
    fn leave(mut self) -> Option<i32> {
        self.wait_for(">>> ");
        self.type_in("\x04");
        self.end()
    }

    /// Waits for the end: the exit status. The terminal is as it was.
    fn end(mut self) -> Option<i32> {
        let status = self.child.wait().expect("it ends").code();
        let modes = tcgetattr(&self.terminal).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
        status
    }
}

#[test]
fn a_terminal_of_unknown_size_gets_what_micropython_writes() {
    let mut session = Session::new(0, 0, OsStr::new(""), &[]);
    session.type_in("6 * 7\r");
    assert_eq!(session.wait_for(">>> "), "6 * 7\r\n42\r\n>>> ");
    session.type_in("if 1:\r8\r\x08\r");
    assert_eq!(session.wait_for(">>> "), "if 1:\r\n...     8\r\n...     \x08\x08\x08\x08\x1b[K\r\n8\r\n>>> ");
    session.type_in("\x1b[A\x10\x03");
    session.wait_for(">>> ");
    session.type_in("raise SystemExit(3)\r");
    assert_eq!(session.end(), Some(3));
}

#[test]
fn blocks_are_kept_between_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let history = folder.path().join("state/history");
    let mut session = Session::new(80, 24, history.as_os_str(), &[("NO_COLOR", "1")]);
    session.type_in("def twice(x):\rreturn x * 2\r\r");
    session.wait_for(">>> ");
    session.type_in("twice('ü漢')\r");
    session.wait_for("\x1b[?2004l'ü漢ü漢'\r\n");
    session.wait_for(">>> ");
    session.type_in("quit\r");
    assert_eq!(session.end(), Some(0));
    let kept = "def twice(x):\\n    return x * 2\ntwice('ü漢')\nquit\n";
    assert_eq!(std::fs::read_to_string(&history).unwrap(), kept);

    let mut session = Session::new(80, 24, history.as_os_str(), &[("NO_COLOR", "1")]);
    // Blanks are no input.
    session.type_in(" \r");
    session.wait_for("\x1b[?2004h>>> ");
    assert_eq!(std::fs::read_to_string(&history).unwrap(), kept);
    // The block is found, and its name changed.
    session.type_in("\x12twice(x\x1b[A\x01\x1b[C\x1b[C\x1b[C\x1b[C\x1bdthrice\x1b[B\x05\x7f3\r\r");
    session.wait_for("\x1b[?2004h>>> ");
    session.type_in("thrice(5)\r");
    session.wait_for("\x1b[?2004l15\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn ten_thousand_lines_are_pasted() {
    let mut session = Session::new(80, 24, OsStr::new(""), &[]);
    let lines: String = (0..10_000).map(|n| format!("x{n} = {n}  # a line of a paste\r")).collect();
    // A terminal takes so much at a time only.
    let mut keyboard = session.keyboard.try_clone().unwrap();
    let paste = std::thread::spawn(move || keyboard.write_all(format!("\x1b[200~{lines}\x1b[201~").as_bytes()));
    session.wait_for("x9999");
    paste.join().unwrap().unwrap();
    session.type_in("x0 + x9999\x03");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn typed_lines_that_follow_are_read_by_programs() {
    let mut session = Session::new(0, 0, OsStr::new(""), &[]);
    session.type_in("import sys\rsys.stdin.readline()\rtext\n7\r");
    session.wait_for("'text\\n'\r\n");
    session.wait_for("\n7\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn lines_for_input_are_edited() {
    for (columns, rows) in [(0, 0), (80, 24)] {
        let mut session = Session::new(columns, rows, OsStr::new(""), &[("NO_COLOR", "1")]);
        // A prompt that is not on the screen before the program asks: keys that come earlier are the terminal's own.
        session.type_in("print('<' + input('wh' + 'o? ') + '>')\r");
        session.wait_for("who? ");
        session.type_in("eter\x01P\x05\x7f\x7f\x1b[D\x1b[Cra\r");
        session.wait_for("<Petra>\r\n");
        session.type_in("input('a' + 'b')\r");
        session.wait_for("ab");
        session.type_in("\x03");
        session.wait_for("KeyboardInterrupt");
        session.type_in("input('a' + 'b')\r");
        session.wait_for("ab");
        session.type_in("\x04");
        session.wait_for("EOFError");
        assert_eq!(session.leave(), Some(0));
    }
}

#[test]
fn ctrl_z_stops_the_process_until_it_is_continued() {
    for (columns, rows) in [(0, 0), (80, 24)] {
        let mut session = Session::new(columns, rows, OsStr::new(""), &[("NO_COLOR", "1")]);
        session.type_in("12 + 3");
        session.wait_for("12 + 3");
        session.type_in("\x1a");
        let process = Pid::from_child(&session.child);
        let stopped = waitpid(Some(process), WaitOptions::UNTRACED).unwrap().unwrap().1;
        assert!(stopped.stopped());
        let modes = tcgetattr(&session.terminal).unwrap().local_modes;
        assert!(modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG));
        kill_process(process, Signal::CONT).unwrap();
        session.wait_for(">>> 12 + 3");
        session.type_in("0\r");
        session.wait_for("42\r\n");
        assert_eq!(session.leave(), Some(0));
    }
}

#[test]
fn the_cursor_goes_to_the_beginning_of_a_row() {
    let mut session = Session::new(20, 10, OsStr::new(""), &[("NO_COLOR", "1")]);
    session.type_in("abcdefghijklmnopqr");
    session.wait_for("qr");
    session.type_in("\x02\x02");
    session.wait_for("\x08\r");
    session.type_in("\x03");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn errors_have_a_colour() {
    let mut session = Session::new(80, 24, OsStr::new(""), &[]);
    session.type_in("1 / 0\r");
    session.wait_for("\x1b[31mTraceback");
    session.wait_for("ZeroDivisionError: divide by zero\r\n\x1b[m");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn programs_get_a_raw_prompt() {
    let mut session = Session::new(0, 0, OsStr::new(""), &[]);
    session.type_in("\r\x03\x01");
    session.wait_for("raw REPL; CTRL-B to exit\r\n>");
    session.type_in("print(1)\x04");
    assert_eq!(session.wait_for("\x04>"), "OK1\r\n\x04\x04>");
    session.type_in("\x05A\x011/0\x04");
    let answer = session.wait_for("\x04>");
    assert!(answer.contains("\x01\x04\x04Traceback"), "{answer:?}");
    assert!(answer.ends_with("ZeroDivisionError: divide by zero\r\n\x04>"), "{answer:?}");
    session.type_in("\x02");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn signatures_are_shown() {
    for (columns, rows) in [(0, 0), (80, 24)] {
        let mut session = Session::new(columns, rows, OsStr::new(""), &[("NO_COLOR", "1")]);
        session.type_in("def area(width, height=2): return width * height\r\r");
        session.wait_for("return width * height");
        session.wait_for(">>> ");
        session.type_in("area(\t");
        session.wait_for("\r\narea(width, height=2)\r\n");
        session.wait_for("area(");
        session.type_in("hei\t3, wid\t4)\r");
        session.wait_for("12\r\n");
        assert_eq!(session.leave(), Some(0));
    }
}

#[test]
fn docs_are_shown_on_request() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shapes.py"), "def area(width):\n    \"\"\"How large it is.\"\"\"\n").unwrap();
    let path = folder.path().to_str().unwrap();
    let mut session = Session::new(80, 24, OsStr::new(""), &[("NO_COLOR", "1"), ("MICROPYPATH", path)]);
    session.type_in("import shapes\r");
    session.wait_for("\x1b[?2004l");
    session.wait_for(">>> ");
    // F1 at a name, and Alt-H amid a call.
    for keys in ["shapes.area\x1bOP", "\x15print(shapes.area(3, \x1bh"] {
        session.type_in(keys);
        session.wait_for("\r\nshapes.area(width)\r\nHow large it is.\r\n>>> ");
    }
    session.type_in("\x15def half(x):\r'''Half of it.'''\rreturn x / 2\r\rhalf(\t");
    session.wait_for("\r\nhalf(x)\r\nHalf of it.\r\n>>> half(");
    session.type_in("\x15'a'.upper\x1bh");
    session.wait_for("\r\nstr.upper()\r\nThe string in capital letters.\r\n>>> ");
    session.type_in("\x03");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn keys_and_files_are_completed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("readings.txt"), "").unwrap();
    let mut session = Session::new(200, 24, OsStr::new(""), &[("NO_COLOR", "1")]);
    session.type_in("d = {'height': 3}\r");
    session.wait_for(">>> ");
    session.type_in("d['hei\t * 7\r");
    session.wait_for("ght'] * 7");
    session.wait_for("21\r\n");
    session.wait_for(">>> ");
    session.type_in(&format!("'{}/rea\t'[-8:]\r", folder.path().display()));
    session.wait_for("'ings.txt'\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn programs_complete_names_as_the_prompt_does() {
    let mut session = Session::new(0, 0, OsStr::new(""), &[]);
    session.type_in("import micropython\r");
    session.wait_for(">>> ");
    session.type_in("micropython.repl_autocomplete('impo')\r");
    session.wait_for("\r\n(4, ['import '])\r\n");
    session.type_in("micropython.repl_autocomplete('x = micropython.mem_')\r");
    session.wait_for("\r\n(4, ['mem_current', 'mem_info', 'mem_peak', 'mem_total'])\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn exit_needs_no_brackets() {
    for word in ["exit", "quit", "exit()", " quit() "] {
        let mut session = Session::new(80, 24, OsStr::new(""), &[("NO_COLOR", "1")]);
        session.type_in(&format!("{word}\r"));
        assert_eq!(session.end(), Some(0));
    }
    // A variable of that name is one.
    let mut session = Session::new(80, 24, OsStr::new(""), &[("NO_COLOR", "1")]);
    session.type_in("exit = 3 * 5\r");
    session.wait_for(">>> ");
    session.type_in("exit\r");
    session.wait_for("15\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn colours_can_be_refused() {
    let mut session = Session::new(80, 24, OsStr::new(""), &[("NO_COLOR", "1")]);
    session.type_in("if 1: 'text'  # comment\r\r1 / 0\r");
    let shown = session.wait_for("ZeroDivisionError");
    for sequence in shown.split("\x1b[").skip(1) {
        let parameters = |character: char| character.is_ascii_digit() || character == ';';
        assert!(!sequence.trim_start_matches(parameters).starts_with('m'), "{sequence:?} in {shown:?}");
    }
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn a_terminal_without_control_sequences_gets_none() {
    for kind in ["dumb", ""] {
        let mut session = Session::new(80, 24, OsStr::new(""), &[("TERM", kind)]);
        session.type_in("abc\x01x\x05\x7f\x7f\x1b[A\x0b\x12\x151 / 0\r");
        let shown = session.wait_for("ZeroDivisionError");
        assert!(!shown.contains('\x1b'), "{shown:?}");
        session.wait_for(">>> ");
        session.type_in("for i in range(2):\rprint(i)\r\x7f\r");
        let shown = session.wait_for("0\r\n1\r\n");
        assert!(!shown.contains('\x1b'), "{shown:?}");
        assert_eq!(session.leave(), Some(0));
    }
}

#[test]
fn a_terminal_may_narrow_while_a_line_is_edited() {
    let mut session = Session::new(60, 20, OsStr::new(""), &[("NO_COLOR", "1")]);
    session.type_in("x = '0123456789012345678901234567890123456789'");
    session.wait_for("789'");
    for columns in [30, 12, 5, 1, 40] {
        tcsetwinsize(&session.terminal, Winsize { ws_col: columns, ws_row: 10, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        session.type_in("\x05\x7f'");
        session.wait_for("'");
    }
    session.type_in("\r");
    session.wait_for(">>> ");
    session.type_in("len(x)\r");
    session.wait_for("40\r\n");
    assert_eq!(session.leave(), Some(0));
}

#[test]
fn a_terminal_may_close() {
    for keys in ["", "half an inp", "import time; print(1); time.sleep(60)\r"] {
        let mut session = Session::new(80, 24, OsStr::new(""), &[("NO_COLOR", "1")]);
        session.type_in(keys);
        if keys.ends_with('\r') {
            session.wait_for("1\r\n");
        }
        // As the kernel does when the terminal's window is closed.
        kill_process(Pid::from_child(&session.child), Signal::HUP).unwrap();
        assert!(!session.child.wait().unwrap().success(), "{keys:?}");
    }
}

#[test]
fn names_are_completed() {
    let mut session = Session::new(0, 0, OsStr::new(""), &[]);
    session.type_in("impo\tmicro\t\r");
    assert_eq!(session.wait_for(">>> "), "import micropython\r\n>>> ");
    session.type_in("micropython.mem_\t\t");
    session.wait_for("mem_current     mem_info        mem_peak        mem_total\r\n>>> micropython.mem_");
    session.type_in("\x03");
    assert_eq!(session.leave(), Some(0));
}
