//! `berus board`, driven as mpremote does it: over TCP and a pseudo-terminal.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What nobody waits longer for.
const PATIENCE: Timespec = Timespec { tv_sec: 60, tv_nsec: 0 };

const BANNER: &str = "MicroPython v1.29.0; ";
const RAW: &str = "raw REPL; CTRL-B to exit\r\n>";

/// A board, which ends with this.
struct Board {
    child: Child,
    address: String,
}

impl Board {
    fn new(args: &[&OsStr]) -> Board {
        let mut child = Command::new(env!("CARGO_BIN_EXE_berus"))
            .arg("board")
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is a pipe")).read_line(&mut line).expect("it says where it is");
        Board { child, address: line.trim_end().to_owned() }
    }

    /// A board that waits for connections, with more arguments.
    fn on_network(args: &[&str]) -> Board {
        let args: Vec<_> = ["--listen", "127.0.0.1:0"].iter().chain(args).map(OsStr::new).collect();
        Board::new(&args)
    }

    fn connect(&self) -> Client {
        let cable = match self.address.strip_prefix("socket://") {
            Some(address) => TcpStream::connect(address).expect("it waits for connections").into(),
            None => {
                let terminal = OpenOptions::new().read(true).write(true).open(&self.address).expect("it opens");
                OwnedFd::from(terminal)
            }
        };
        Client { cable: File::from(cable), shown: Vec::new() }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // As `kill -9` does it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody at the other end of the cable.
struct Client {
    cable: File,
    shown: Vec<u8>,
}

impl Client {
    fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.cable.write_all(bytes.as_ref()).expect("it is connected");
    }

    /// To the friendly prompt, whatever is going on.
    #[track_caller]
    fn enter_friendly(&mut self) {
        self.send("\r\x03\x02print('re' + 'ady')\r");
        self.wait_for("ready\r\n>>> ");
    }

    /// Waits for `expected`: what was shown up to its end since the last time.
    #[track_caller]
    fn wait_for(&mut self, expected: &str) -> String {
        loop {
            let found = self.shown.windows(expected.len()).position(|shown| shown == expected.as_bytes());
            if let Some(at) = found {
                let rest = self.shown.split_off(at + expected.len());
                return String::from_utf8_lossy(&std::mem::replace(&mut self.shown, rest)).into_owned();
            }
            let mut bytes = [0; 4096];
            let mut cable = [PollFd::new(&self.cable, PollFlags::IN)];
            match poll(&mut cable, Some(&PATIENCE)) {
                Ok(1..) => {
                    let len = self.cable.read(&mut bytes).unwrap_or_default();
                    assert!(len > 0, "the board is gone");
                    self.shown.extend_from_slice(&bytes[..len]);
                }
                _ => panic!("no {expected:?} in {:?}", String::from_utf8_lossy(&self.shown)),
            }
        }
    }

    /// To the raw prompt, as mpremote does it; with a reset or without.
    #[track_caller]
    fn enter_raw(&mut self, reset: bool) -> String {
        self.send("\r\x03\r\x01");
        self.wait_for(RAW);
        if !reset {
            return String::new();
        }
        self.send("\x04");
        self.wait_for("OK\r\nMPY: soft reboot\r\n");
        self.wait_for(RAW)
    }

    /// Has a program run at the raw prompt: what it printed, and what it raised.
    #[track_caller]
    fn run(&mut self, program: &str) -> (String, String) {
        self.send(program);
        self.send("\x04");
        self.wait_for("OK");
        let part = |text: String| text[..text.len() - 1].to_owned();
        let output = part(self.wait_for("\x04"));
        let error = part(self.wait_for("\x04"));
        self.wait_for(">");
        (output, error)
    }

    /// Has a program run that raises nothing: what it printed.
    #[track_caller]
    fn output(&mut self, program: &str) -> String {
        let (output, error) = self.run(program);
        assert_eq!(error, "", "{program}");
        output.replace("\r\n", "\n")
    }

    /// Has a program run that raises something: the last line of the report.
    #[track_caller]
    fn error(&mut self, program: &str) -> String {
        let (_, error) = self.run(program);
        error.trim_end().lines().last().unwrap_or_default().to_owned()
    }
}

/// A board over TCP, and somebody at its raw prompt.
fn raw(args: &[&str]) -> (Board, Client) {
    let board = Board::on_network(args);
    let mut client = board.connect();
    client.enter_raw(true);
    (board, client)
}

#[test]
fn a_pseudo_terminal_has_all_prompts() {
    let board = Board::new(&[]);
    assert!(board.address.starts_with("/dev/"), "{}", board.address);
    let mut client = board.connect();
    client.enter_friendly();
    client.send("\x02");
    client.wait_for(BANNER);
    client.wait_for("\r\nType \"help()\" for more information.\r\n>>> ");
    client.send("6 * 7\r");
    assert_eq!(client.wait_for(">>> "), "6 * 7\r\n42\r\n>>> ");
    client.send("if 1:\rprint('ü')\r\x7f\r");
    assert!(client.wait_for(">>> ").ends_with("\r\nü\r\n>>> "));
    client.send("1/0\r");
    assert!(client.wait_for(">>> ").ends_with("ZeroDivisionError: divide by zero\r\n>>> "));
    client.send("\x05a = 1\rprint(a)\x04");
    client.wait_for("paste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== a = 1\r\n=== print(a)\r\n1\r\n>>> ");
    client.enter_raw(true);
    assert_eq!(client.output("print(1)\nprint(2)"), "1\n2\n");
    assert_eq!(client.error("1/0"), "ZeroDivisionError: divide by zero");
    client.send("\x05A\x01");
    client.wait_for("R\x01\0\x10\x01");
    let program = format!("{}print(len('{}'))", "# a comment\n".repeat(400), "x".repeat(5000));
    client.send(&program[..4096]);
    client.wait_for("\x01");
    client.send(&program[4096..]);
    client.wait_for("\x01");
    client.send("\x04");
    assert_eq!(client.wait_for("\x04>"), "\x045000\r\n\x04\x04>");
    client.send("\x02");
    client.wait_for("\r\n>>> ");
    client.send("\x04");
    client.wait_for("MPY: soft reboot\r\n");
    client.wait_for(BANNER);
}

#[test]
fn a_soft_reset_keeps_nothing_and_starts_the_programs() {
    let (_board, mut client) = raw(&[]);
    let files = "for name in 'boot', 'main':\n  with open(name + '.py', 'w') as f: f.write(f'print(\"{name} runs\", __file__, __name__)')";
    client.output(files);
    client.output("import io, os, sys, vfs\nvfs.mount(vfs.VfsRom(b'\\xd2\\xcd1\\x00'), '/here')\nvariable = 1");
    // Neither closed nor flushed.
    client.output("sys.path.append('/x')\nopened = open('kept', 'w')\nopened.write('kept')");
    let started = client.enter_raw(true);
    assert_eq!(started, format!("boot runs boot.py __main__\r\n{RAW}"));
    assert_eq!(client.error("variable"), "NameError: name 'variable' isn't defined");
    assert_eq!(
        client.output("import sys, os\nprint(os.listdir('/'), sys.path[-1])"),
        "['boot.py', 'kept', 'main.py'] /lib\n"
    );
    assert_eq!(client.output("print(open('kept').read())"), "kept\n");
    client.send("\x02");
    client.wait_for("\r\n>>> ");
    client.send("x = 1\r\x04");
    client.wait_for("MPY: soft reboot\r\nboot runs boot.py __main__\r\nmain runs main.py __main__\r\nMicroPython");
    client.wait_for(">>> ");
    client.send("x\r");
    client.wait_for("NameError: name 'x' isn't defined\r\n>>> ");
    for reset in ["raise SystemExit", "import sys; sys.exit(3)", "import machine; machine.soft_reset()"] {
        client.send(format!("{reset}\r"));
        client.wait_for("\r\nMPY: soft reboot\r\nboot runs");
        client.wait_for("main runs");
        client.wait_for(">>> ");
    }
    // At the raw prompt, `main.py` does not run.
    client.enter_raw(false);
    client.send("raise SystemExit\x04");
    assert_eq!(client.wait_for(RAW), format!("OK\x04\x04MPY: soft reboot\r\nboot runs boot.py __main__\r\n{RAW}"));
    // Nor does it after a `boot.py` that fails.
    client.output("with open('boot.py', 'w') as f: f.write('1/0')");
    client.send("\x02");
    client.wait_for(">>> ");
    client.send("\x04");
    let started = client.wait_for(">>> ");
    assert!(started.contains("ZeroDivisionError") && !started.contains("main runs"), "{started}");
}

#[test]
fn a_reset_is_a_new_start() {
    let (_board, mut client) = raw(&[]);
    client.output("with open('main.py', 'w') as f: f.write('print(\"main runs\")')");
    for how in ["reset", "bootloader"] {
        client.send(format!("import machine\ntry:\n  machine.{how}()\nexcept BaseException:\n  print('seen')\x04"));
        let end = client.wait_for(">>> ");
        assert!(!end.contains("soft reboot") && !end.contains("seen"), "{end}");
        assert!(end.contains("main runs\r\nMicroPython"), "{end}");
        client.enter_raw(false);
    }
    client.output("import machine\nmachine.RTC().datetime((2031, 5, 6, 0, 7, 8, 9, 0))");
    assert_eq!(client.output("print(machine.RTC().datetime()[:6])"), "(2031, 5, 6, 1, 7, 8)\n");
    assert_eq!(client.output("import time\nprint(time.gmtime()[:5])"), "(2031, 5, 6, 7, 8)\n");
    assert!(client.error("machine.RTC().datetime((2031, 13, 6, 0, 7, 8, 9, 0))").starts_with("ValueError"));
}

#[test]
fn ctrl_c_interrupts_at_every_moment() {
    let (_board, mut client) = raw(&[]);
    let waits = [
        "while True: pass",
        "import time\ntime.sleep(1000)",
        "input()",
        "import sys\nsys.stdin.read(1)",
        "import select, sys\np = select.poll()\np.register(sys.stdin, select.POLLIN)\np.poll()",
        "sum(range(1 << 60))",
        "while True: print('x' * 100)",
    ];
    for wait in waits {
        client.send(format!("print('here')\n{wait}\x04"));
        client.wait_for("here");
        client.send("\x03");
        client.wait_for("\x04");
        let error = client.wait_for("\x04>");
        assert!(error.contains("KeyboardInterrupt"), "{wait}: {error}");
    }
    // A program can have the byte for itself.
    let program = "import micropython, sys\nmicropython.kbd_intr(-1)\nprint('here')\nprint(sys.stdin.buffer.read(3))\nmicropython.kbd_intr(3)";
    client.send(format!("{program}\x04"));
    client.wait_for("here");
    client.send("a\x03\r");
    assert_eq!(client.wait_for("\x04>"), "\r\nb'a\\x03\\r'\r\n\x04\x04>");
    // Enter ends a line of text.
    client.send("print(sys.stdin.readline(), 'here')\x04");
    client.send("line\r");
    assert_eq!(client.wait_for("\x04>"), "OKline\r\n here\r\n\x04\x04>");
    // Bytes are written as they are, text by lines.
    client.send("sys.stdout.buffer.write(b'\\n\\x00\\xff|')\nsys.stdout.write('a\\nb')\x04");
    assert_eq!(client.wait_for("\x04>"), "OK\n\0\u{fffd}|a\r\nb\x04\x04>");
}

#[test]
fn input_is_edited() {
    let (_board, mut client) = raw(&[]);
    client.enter_friendly();
    client.send("print('<' + input('name? ') + '>')\r");
    client.wait_for("name? ");
    client.send("Ad\x7fnna\x01\x1b[C\x7fH\r");
    client.wait_for("<Hnna>\r\n>>> ");
    client.send("input()\r\x04");
    client.wait_for("EOFError: \r\n>>> ");
}

#[test]
fn clients_come_and_go() {
    for args in [&["--listen", "127.0.0.1:0"][..], &[]] {
        let board = Board::new(&args.iter().map(OsStr::new).collect::<Vec<_>>());
        let mut first = board.connect();
        first.enter_raw(false);
        // It goes amid a program that prints more than anybody holds.
        first.send("count = 0\nwhile count < 20000:\n  print(count)\n  count += 1\x04");
        first.wait_for("OK0\r\n");
        drop(first);
        let mut second = board.connect();
        second.enter_raw(false);
        assert_eq!(second.output("print(count > 0)"), "True\n");
        // It goes amid a program that it sends.
        second.send("\x05A\x01print(");
        second.wait_for("R\x01");
        drop(second);
        let mut third = board.connect();
        third.enter_raw(false);
        assert_eq!(third.output("print(count > 0)"), "True\n");
    }
}

#[test]
fn nothing_written_is_lost_when_the_board_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("flash.img");
    let flash = ["--flash", image.to_str().unwrap(), "--size", "256K"];
    for round in 0..5 {
        let (board, mut client) = raw(&flash);
        let seen = client
            .output("import os\nprint([open(name).read() for name in sorted(os.listdir('/')) if name != 'endless'])");
        let expected: Vec<_> = (0..round).map(|n| format!("'round {n}'")).collect();
        assert_eq!(seen, format!("[{}]\n", expected.join(", ")));
        client.output(&format!("with open('file{round}', 'w') as f: f.write('round {round}')"));
        client.send("f = open('endless', 'w')\nwhile True: f.write('x' * 1000); f.seek(0); print('.')\x04");
        client.wait_for(".");
        drop(board);
    }
    assert_eq!(std::fs::metadata(&image).unwrap().len(), 256 << 10);
    // The image has a size of its own, and one board.
    let _board = raw(&flash[..2]);
    let second = Command::new(env!("CARGO_BIN_EXE_berus")).arg("board").args(&flash[..2]).output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another board uses it"));
}

#[test]
fn other_images_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("other.img");
    let bytes = b"not a file system ".repeat(1 << 10);
    let bytes = &bytes[..16 << 10];
    std::fs::write(&image, bytes).unwrap();
    let board = Board::on_network(&["--flash", image.to_str().unwrap()]);
    let mut client = board.connect();
    client.enter_raw(true);
    assert_eq!(client.error("open('x', 'w')"), "OSError: [Errno 19] ENODEV");
    assert_eq!(std::fs::read(&image).unwrap(), bytes);
}

/// What a program would see the machine's files by.
const WAYS_OUT: &str = "
import io, machine, os, sys, vfs
def tried(way, *args):
    try:
        print('OUT', way(*args))
    except (OSError, AttributeError, TypeError, ValueError):
        pass
for path in PATHS:
    for way in open, os.stat, os.listdir, os.remove, os.rmdir, os.mkdir, os.chdir:
        tried(way, path)
    tried(os.rename, path, path + '.moved')
    tried(os.rename, '/x', path)
for root in '', '/', '/etc', '/proc/self':
    for name in 'etc/passwd', '/etc/passwd', 'passwd', '../../../../etc/passwd':
        tried(lambda: vfs.VfsPosix(root).open(name, 'r').read())
    tried(lambda: list(vfs.VfsPosix(root).ilistdir('/tmp')))
tried(lambda: os.system('true'))
tried(lambda: os.putenv('A', 'B'))
tried(lambda: machine.mem32[id(sys)])
for number in range(3, 20):
    tried(lambda: open(number, 'rb').read(1))
print('done', os.getenv('PATH') if hasattr(os, 'getenv') else None)
";

#[test]
fn programs_do_not_see_the_machine() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    let paths =
        format!("PATHS = [{:?}, '/etc/passwd', '/../etc/passwd', '/proc/self', '//etc/passwd']\n", outside.path());
    let (_board, mut client) = raw(&[]);
    assert_eq!(client.output(&[&paths, WAYS_OUT].concat()), "done None\n");
    assert!(outside.path().exists());
    assert_eq!(client.output("import os, vfs\nprint(os.listdir('/'), len(vfs.mount()))"), "[] 1\n");

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "shared").unwrap();
    std::os::unix::fs::symlink("/etc", folder.path().join("link")).unwrap();
    let (_board, mut client) = raw(&["--share", folder.path().to_str().unwrap()]);
    let more = "PATHS += ['/share/../etc/passwd', '/share/link/passwd', '/share/../../etc/passwd']\n";
    assert_eq!(client.output(&[&paths, more, WAYS_OUT].concat()), "done None\n");
    assert_eq!(
        client.output("import os\nprint(os.listdir('/share'), open('/share/file').read())"),
        "['file', 'link'] shared\n"
    );
    // A link is a thing in the folder, which can be removed; what the link leads to is nowhere.
    let follows =
        "for way in open, os.stat, os.listdir, os.chdir, os.rmdir: tried(way, '/share/link')\nos.remove('/share/link')";
    assert_eq!(client.output(follows), "");
    client.output("with open('/share/new', 'w') as f: f.write('written')");
    assert_eq!(std::fs::read_to_string(folder.path().join("new")).unwrap(), "written");
    assert_eq!(client.output("os.chdir('/share')\nprint(os.getcwd(), open('new').read())"), "/share written\n");
}

#[test]
fn rom_images_are_deployed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("in_rom.py"), "def where(): return __file__").unwrap();
    let image = folder.path().join("image.romfs");
    let built = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args([OsStr::new("romfs"), "build".as_ref(), folder.path().as_os_str(), "-o".as_ref(), image.as_os_str()])
        .status();
    assert!(built.unwrap().success());
    let image = std::fs::read(image).unwrap();
    let rom = folder.path().join("rom.img");
    let args = ["--rom", rom.to_str().unwrap(), "--rom-size", "64K"];
    let (board, mut client) = raw(&args);
    let ask = "import vfs\nr = vfs.rom_ioctl\nprint(r(1), len(r(2, 0)), r(6, 0), bytes(r(2, 0)[:3]))";
    assert_eq!(client.output(ask), "1 65536 4096 b'\\xff\\xff\\xff'\n");
    assert_eq!(
        client.output("print(r(2, 1), r(3, 0, 1 << 20) if 0 else -22, r(7, 0), r(3, 1, 0))"),
        "-22 -22 -22 -22\n"
    );
    assert_eq!(client.error("r(4, 0, 65536, b'x')"), "OSError: [Errno 22] EINVAL");
    assert_eq!(client.output(&format!("print(r(3, 0, 0, {}))", image.len().next_multiple_of(4096))), "4\n");
    for (n, part) in image.chunks(512).enumerate() {
        let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(client.output(&format!("print(r(4, 0, {}, bytes.fromhex('{hex}')))", n * 512)), "0\n");
    }
    assert_eq!(client.output("print(r(5, 0), bytes(r(2, 0)[:3]))"), "0 b'\\xd2\\xcd1'\n");
    client.enter_raw(true);
    assert_eq!(
        client.output("import in_rom, sys\nprint(in_rom.where(), sys.path[2:])"),
        "/rom/in_rom.mpy ['/rom', '/rom/lib', '/lib']\n"
    );
    drop(board);
    let (_board, mut client) = raw(&args[..2]);
    assert_eq!(client.output("import in_rom\nprint(in_rom.where())"), "/rom/in_rom.mpy\n");
}

#[test]
fn boards_have_their_memory() {
    let (_board, mut client) = raw(&["--like", "pico"]);
    assert_eq!(client.output("import os\ns = os.statvfs('/')\nprint(s[0] * s[2])"), format!("{}\n", 1408 << 10));
    assert!(client.error("x = bytearray(600000)").starts_with("MemoryError"));
    assert_eq!(client.output("import gc\nx = bytearray(200000)\nprint(len(x))"), "200000\n");
    assert_eq!(client.output("import vfs\nprint(vfs.rom_ioctl(1))"), "0\n");
}

/// Numbers that look random, and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// Bytes that mean something, to be put together at random. None of them starts what takes Ctrl-C for itself.
const PIECES: &[&[u8]] = &[
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"\x05",
    b"\x05A\x01",
    b"\r",
    b"\n",
    b"print(1)",
    b"while 1: pass",
    b"input()",
    b"(",
    b"'''",
    b"\x1b[A",
    b"\x1b",
    b"\t",
    b"raise SystemExit",
    b"\xff\xfe",
    b"\x18",
    b"\x12",
    b"if 1:",
    b"import time; time.sleep(9)",
];

#[test]
fn any_bytes_leave_a_board_that_answers() {
    let board = Board::on_network(&[]);
    let mut client = board.connect();
    client.enter_friendly();
    let rounds = std::env::var("BERUS_BOARD_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(200);
    for round in 1..=rounds {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(round));
        let mut sent = Vec::new();
        for _ in 0..numbers.below(12) {
            match numbers.below(4) {
                0 => sent.push(numbers.below(256) as u8),
                _ => sent.extend_from_slice(PIECES[numbers.below(PIECES.len())]),
            }
        }
        client.send(&sent);
        // A program may be at its very end, or at its beginning, when the first one comes. One that runs takes all that
        // come meanwhile, and what was sent before them is still to be read, so that more follow when it has ended.
        client.send("\x03\x03\x03\x02\x03");
        std::thread::sleep(std::time::Duration::from_millis(20));
        client.send("\x03\x03\x02\x03\r\nprint('rou' + 'nd', 6 * 111 + ");
        client.send(format!("{round})\r"));
        client.wait_for(&format!("round {}\r\n", 666 + round));
        client.wait_for(">>> ");
    }
}

#[test]
fn mpremote_works() {
    let Some(program) = berus_testkit::peer("mpremote") else { return };
    let folder = tempfile::tempdir().unwrap();
    let local = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(local("tree/inner")).unwrap();
    std::fs::write(local("tree/a.py"), "print('a')\n").unwrap();
    std::fs::write(local("tree/inner/b.bin"), (0..=255).collect::<Vec<u8>>().repeat(40)).unwrap();
    let board = Board::new(&[]);
    let mpremote = |args: &[&OsStr]| {
        let mut command = Command::new(&program);
        let output = berus_testkit::process::output(command.arg("connect").arg(&board.address).args(args)).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let works = |args: &[&str]| {
        let (success, output, error) = mpremote(&args.iter().map(OsStr::new).collect::<Vec<_>>());
        assert!(success, "{args:?}: {output}{error}");
        output
    };
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let (tree, back, program) = (path(&local("tree")), path(&local("back")), path(&local("tree/a.py")));
    std::fs::create_dir(local("back")).unwrap();
    // Commands in one run, since starting mpremote takes the most time.
    let shown = works(&[
        "exec",
        "x = 1",
        "exec",
        "print(x)",
        "soft-reset",
        "eval",
        "'x' in globals()",
        "run",
        &program,
        "cp",
        "-r",
        &tree,
        ":",
        "+",
        "ls",
        ":tree/inner",
        "+",
        "sha256sum",
        ":tree/a.py",
        "+",
        "cp",
        "-r",
        ":tree",
        &back,
        "+",
        "rm",
        "-r",
        ":tree",
        "+",
        "ls",
        "+",
        "df",
        "rtc",
        "--set",
        "romfs",
        "query",
        "+",
        "romfs",
        "deploy",
        &tree,
    ]);
    for expected in [
        "1\nFalse\na\n",
        "       10240 b.bin\n",
        "ls :\n",
        "filesystem",
        " /\n",
        "ROMFS0 partition has size 524288 bytes (128 blocks of 4096 bytes each)",
        "ROMFS image deployed",
    ] {
        assert!(shown.contains(expected), "no {expected:?} in {shown}");
    }
    let copied = std::fs::read(local("back/tree/inner/b.bin")).unwrap();
    assert_eq!(copied, std::fs::read(local("tree/inner/b.bin")).unwrap());
    // Where there is no compiler for mpremote, it deploys sources.
    works(&["reset"]);
    let shown = works(&[
        "exec",
        "import sys; sys.path.remove(''); import a; print(a.__file__.split('.')[0])",
        "soft-reset",
        "mount",
        &tree,
        "exec",
        "import a; print(open('inner/b.bin', 'rb').read(3))",
    ]);
    assert!(shown.contains("a\n/rom/a\n"), "{shown}");
    assert!(shown.contains("a\nb'\\x00\\x01\\x02'\n"), "{shown}");
}
