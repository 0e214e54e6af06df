//! What a program makes the process take: no more than the limit of its heap, and a little.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the process may take, in KiB, beyond the limit of the heap and beyond what the same program takes that asks for
/// little.
const MORE: usize = 2 << 10;

/// Programs that take as much memory as `n` says, or end in an exception. `many.py` has `n` lines.
const HOSTILE: &[(&str, &str)] = &[
    ("imported", "import many"),
    ("compiled", "compile(open('many.py').read(), '', 'exec')"),
    (
        "compiled beside garbage",
        "def fill():\n  x = []\n  while len(x) < n: x.append(bytes(100))\ntry: fill()\nexcept MemoryError: pass\ncompile(open('many.py').read(), '', 'exec')",
    ),
    (
        "garbage after compiling",
        "def fill():\n  x = []\n  while len(x) < n: x.append(bytes(100))\ntry: compile(open('many.py').read(), '', 'exec')\nexcept MemoryError: pass\nfill()",
    ),
    ("executed", "execfile('many.py')"),
    ("list", "x = []\nwhile len(x) < n: x.append(None)"),
    ("doubled", "x = 'ab'\nwhile len(x) < n * 10: x += x"),
    ("dict", "x = {}\nfor i in range(n): x[i * 1000003] = str(i)"),
    ("names", "for i in range(n): exec(f'a{i} = {i}')"),
    ("attributes", "class C: pass\nfor i in range(n): setattr(C, f'a{i}', i)"),
    ("format", "'{:>{}}'.format('', n * 10)"),
    ("joined", "','.join(str(i) for i in range(n))"),
    ("error", "try: int('x' * n * 10)\nexcept ValueError as e: str(e)"),
    ("parentheses", "compile('x=' + '(' * n, '', 'exec')"),
    ("functions", "exec(''.join(f'def f{i}(): return {i}\\n' for i in range(n // 10)))"),
    ("strings", "exec(''.join(f'x = \"the string number {i}\"\\n' for i in range(n // 10)))"),
    ("native", "exec('@micropython.native\\ndef f():\\n' + ' x = [1, 2]\\n' * (n // 4))"),
    ("labels", "exec('@micropython.native\\ndef f(x):\\n' + ' while x: x = 1\\n' * (n // 4))"),
    ("read", "f = open('large', 'w')\nfor i in range(n): f.write('0123456789')\nf.close()\nopen('large').read()"),
    (
        "lines",
        "f = open('large', 'w')\nfor i in range(n // 10): f.write('012345678\\n')\nf.close()\nopen('large').readlines()",
    ),
    (
        "constants",
        "import marshal\nm = b'M\\x06\\x00\\x1f\\x01\\x87\\xff\\x7f\\x08x.py\\x00' + b'\\x01' * (n // 2)\ntry: marshal.loads(m)\nexcept ValueError: pass",
    ),
    (
        "children",
        "import marshal\nm = b'M\\x06\\x00\\x1f\\x01\\x00\\x08x.py\\x00' + b'\\x34\\x28\\x00\\x02\\x01\\x51\\x63\\x01' * (n // 8)\ntry: marshal.loads(m)\nexcept ValueError: pass",
    ),
    ("saved", "import marshal\nmarshal.dumps(compile('x = [' + 'a,' * (n // 50) + ']', '', 'exec'))"),
    ("json", "import json\njson.loads('[' * 20 + ']' * 20)\njson.loads('[' + '[],' * (n // 3) + '[]]')"),
    (
        "threads",
        "import _thread\nl = _thread.allocate_lock()\nl.acquire()\ndef wait(): l.acquire(); l.release()\ntry:\n  for i in range(n // 1000): _thread.start_new_thread(wait, ())\nfinally: l.release()",
    ),
    (
        "deep threads",
        "import _thread, time\nl = _thread.allocate_lock()\nl.acquire()\ndeep = []\nfor i in range(10000): deep = [deep]\nleft = [0]\ndef wait():\n  try: repr(deep)\n  except Exception: pass\n  left[0] -= 1\n  with l: pass\ntry:\n  for i in range(n // 1000): left[0] += 1; _thread.start_new_thread(wait, ())\nfinally:\n  left[0] -= 1\n  while left[0] > 0: time.sleep(0.001)\n  l.release()",
    ),
    (
        "numbers",
        "import select\np = select.poll()\nfor i in range(n // 100): p.register(i, 1)\ntry: p.poll(0)\nexcept OSError: pass",
    ),
    ("frames", "def f(x): return f(x + 1)\ntry: f(1)\nexcept RuntimeError: pass"),
    ("generators", "x = []\ndef g(): yield\nwhile len(x) < n // 10: x.append(g())"),
    (
        "ram",
        "import vfs\nclass D:\n  def __init__(self, n): self.b = bytearray(n * 512)\n  def readblocks(self, b, m): b[:] = self.b[b * 0:len(b)]\n  def ioctl(self, op, x): return {4: n, 5: 512}.get(op, 0)\ntry: vfs.VfsLfs2(D(n // 500))\nexcept (OSError, TypeError): pass",
    ),
    ("printed", "import sys\nx = 'x' * (n * 5)\nsys.stderr.write(x)\nsys.stdout.write(x)\nprint()"),
    ("environment", "import os\nfor i in range(n): os.putenv('a%d' % i, 'x' * 10000)"),
    ("values", "import os\nos.putenv('a', 'x' * n * 5)"),
    ("zone", "import os, time\nos.putenv('TZ', '/dev/zero')\ntime.localtime(0)"),
    ("command", "import os\nos.system('true ' + 'x' * n * 5)"),
    ("folder", "import vfs\np = vfs.VfsPosix('/tmp')\ntry: p.open('/' + 'x' * n * 5, 'r')\nexcept OSError: pass"),
    (
        "completed",
        "import micropython\nfor i in range(n): globals()['a%d' % i] = 1\nmicropython.repl_autocomplete('a')",
    ),
    ("brackets", "import micropython\nmicropython.repl_autocomplete('(' * n * 5)"),
    ("path", "try: open('x' * n * 5)\nexcept OSError: pass"),
    (
        "mounts",
        "import vfs\nclass F:\n  def mount(s, a, b): pass\n  def umount(s): pass\nfor i in range(n): vfs.mount(F(), '/%d' % i)",
    ),
    ("weak", "import weakref\nclass C: pass\nx = []\nfor i in range(n): c = C(); x.append(c); weakref.ref(c, len)"),
    ("finalised", "import io\nx = []\nfor i in range(n): x.append(open('/dev/null')) if i < 500 else x.append(i)"),
    ("power", "x = 7\nwhile True: x *= x"),
    ("digits", "x = int('9' * (1 + n // 100))"),
    (
        "bomb",
        "import binascii, deflate, io\ndata = binascii.unhexlify('edd8b10d82501400c087626228740546b12296340c41c30a90d813367106a730146c60dc0031acf17337c67d5e591611c3f47b7ecf4500000000891be6c771cf8028b777553700000040eadaebe5be5f40bef6cb783bd91180d474873f')\ninner = deflate.DeflateIO(io.BytesIO(data), deflate.RAW, 15)\ndeflate.DeflateIO(inner, deflate.RAW, 15).read(n * 20)",
    ),
    ("pattern", "import re\nre.match('(a|b)*c', 'ab' * (n // 2))"),
    (
        "polled",
        "import io, select\np = select.poll()\nclass S(io.IOBase):\n  def ioctl(self, request, argument): return argument if request == 3 else -22\nfor i in range(n // 100): p.register(S(), 1)\np.poll(0)",
    ),
    (
        "closed",
        "exec('def f():\\n' + ''.join(f' a{i} = x\\n' for i in range(250)) + ' def g(): return ' + '+'.join(f'a{i % 250}' for i in range(n)))",
    ),
];

/// The most KiB of memory that a process had that ran `program` with a heap of `limit` KiB, and what that ended in.
///
/// When the program has ended, the process says how, and waits for the end of its input. It allocates nothing more, as
/// there may be no memory.
fn taken(folder: &Path, program: &str, n: usize, limit: usize) -> (usize, String) {
    fs::write(folder.join("many.py"), (0..n / 4).map(|i| format!("def f{i}(): pass\n")).collect::<String>()).unwrap();
    let lines = program.lines().map(|line| format!("        {line}\n")).collect::<String>();
    let source = format!(
        "import sys\nn = {n}\ndef work():\n    try:\n{lines}        return 'well\\n'\n    except MemoryError: return 'MemoryError\\n'\n    \
         except RuntimeError: return 'RuntimeError\\n'\n    except OSError: return 'OSError\\n'\n    except SyntaxError: return 'SyntaxError\\n'\n\
         write, read = sys.stdout.write, sys.stdin.read\nwrite(work())\nread(1)\n"
    );
    fs::write(folder.join("hostile.py"), source).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_berus"))
        .args(["-X", &format!("heapsize={limit}K"), "hostile.py"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut line = Vec::new();
    // Some programs print; none prints lines that end so.
    while !ENDS.iter().any(|end| line.ends_with(end.as_bytes())) {
        line.clear();
        assert!(output.read_until(b'\n', &mut line).unwrap() > 0, "{program}: {:?}", process.wait());
    }
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success(), "{program}");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("there is a peak");
    let ended = String::from_utf8_lossy(&line).trim_end().rsplit('x').next().unwrap_or_default().to_owned();
    (peak.trim_end_matches("kB").trim().parse().unwrap(), ended)
}

/// How programs end.
const ENDS: &[&str] = &["well\n", "MemoryError\n", "RuntimeError\n", "OSError\n", "SyntaxError\n"];

/// Runs the programs with a heap of `limit` KiB, which most of them fill `times` times.
fn check(limit: usize, times: usize) {
    let folder = berus_testkit::temp_dir();
    let mut n_ended = 0;
    let mut too_much = Vec::new();
    for (name, program) in HOSTILE {
        let (little, _) = taken(folder.path(), program, 20, limit);
        let (much, ended) = taken(folder.path(), program, limit * times, limit);
        let more = much.saturating_sub(little);
        println!("| {name} | {ended} | {more} KiB |");
        n_ended += usize::from(ended == "MemoryError");
        if more > limit + MORE {
            too_much.push(format!("{name}: {more} KiB"));
        }
    }
    assert!(too_much.is_empty(), "within {limit} KiB: {too_much:?}");
    assert!(n_ended > HOSTILE.len() / 2, "only {n_ended} of {} ran out of memory", HOSTILE.len());
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes where nothing is optimised")]
fn a_process_takes_little_more_than_the_limit_of_the_heap() {
    check(3 << 10, 128);
}

#[test]
#[ignore = "takes minutes"]
fn nor_more_than_a_larger_limit() {
    check(48 << 10, 32);
}
