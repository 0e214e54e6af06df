//! Machine code in modules. The programs in `tests/native` are compiled by mpy-cross with `-X emit=native`, and `abi.c`
//! is linked by MicroPython's `mpy_ld.py`; what they print was printed by MicroPython.
#![cfg(all(target_arch = "x86_64", not(windows)))]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use berus_compiler::{Emitter, Mode, Options};
use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::module::Kind;
use berus_mpy::prelude::scope_flag::{VIPERBSS as BSS, VIPERRELOC as RELOC, VIPERRODATA as RODATA};
use berus_mpy::reloc::Relocations;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::data::system::SystemLists;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::{Executable, Host, MachineCode};
use berus_runtime::import::load::Load;
use berus_runtime::import::run::RunModule;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::{Dict, Module as Namespace};
use berus_runtime::model::object::Gc;
use berus_runtime::model::printer::Style;
use berus_runtime::model::vm::{Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::print::{Print, Stdout};
use berus_runtime::q;
use berus_testkit::process;
use berus_testkit::programs::new_vm;
use memmap2::{Mmap, MmapMut};
use proptest::prelude::*;

/// A host that keeps what is written and counts the pieces of executable memory that there are.
#[derive(Clone, Default)]
struct Kept {
    output: Rc<RefCell<Vec<u8>>>,
    pieces: Arc<AtomicUsize>,
}

impl Host for Kept {
    fn write_stdout(&self, bytes: &[u8]) {
        self.output.borrow_mut().extend_from_slice(bytes);
    }

    fn machine_code(&self) -> Option<&dyn MachineCode> {
        Some(self)
    }
}

/// A piece of memory that is counted.
struct Piece {
    memory: Mmap,
    pieces: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.memory
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.pieces.fetch_sub(1, Ordering::Relaxed);
    }
}

// SAFETY: the memory is a mapping of its own, which is written by `fill` and then only executed.
unsafe impl MachineCode for Kept {
    fn install(&self, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Option<Executable> {
        let mut memory = MmapMut::map_anon(len).ok()?;
        fill(&mut memory);
        self.pieces.fetch_add(1, Ordering::Relaxed);
        Some(Box::new(Piece { memory: memory.make_exec().ok()?, pieces: self.pieces.clone() }))
    }

    fn runs_in_place(&self, _: &'static [u8]) -> bool {
        // No other memory is lent here than what `rom` makes.
        true
    }
}

/// A file in memory for good, where code can be executed.
fn rom(name: &str) -> &'static [u8] {
    let file = bytes(name);
    let mut memory = MmapMut::map_anon(file.len()).expect("there is memory");
    memory.copy_from_slice(&file);
    Box::leak(Box::new(memory.make_exec().expect("it can be executed")))
}

fn interpreter(host: impl Host + 'static) -> Box<Vm> {
    let limits = Limits { machine_stack: 1 << 20, ..Limits::default() };
    new_vm(Heap::growing(&GlobalRegions, 64 << 20), Box::new(host), limits).expect("the heap has room")
}

/// What `work` prints, its traceback included.
fn output(work: impl FnOnce(&Vm) -> Res<()>) -> String {
    let kept = Kept::default();
    let vm = interpreter(kept.clone());
    vm.enter(|vm| {
        if let Err(raised) = work(vm) {
            let exception = vm.take_exception(raised);
            let _ = vm.print_exception(&mut Stdout, exception).map_err(|raised| vm.take_exception(raised));
        }
    });
    drop(vm);
    assert_eq!(kept.pieces.load(Ordering::Relaxed), 0, "an interpreter takes its code along");
    String::from_utf8(kept.output.take()).expect("programs print text")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn expected(program: &str) -> String {
    String::from_utf8(bytes(&format!("{program}.out"))).unwrap()
}

/// The programs that consist of machine code.
const PROGRAMS: [&str; 6] = ["calls", "collect", "exceptions", "generators", "unchecked", "viper"];

/// Runs `file`, a module, with variables `globals`.
fn run(vm: &Vm, file: &[u8], globals: Gc<Dict>) -> Res<()> {
    let body = vm.load(file, globals)?;
    vm.run_body(body, globals)
}

fn programs_print_what_is_expected(stress: bool) {
    for program in PROGRAMS {
        let printed = output(|vm| {
            vm.heap().set_stress(stress);
            run(vm, &bytes(&format!("{program}.mpy")), vm.main())
        });
        assert_eq!(printed, expected(program), "{program}");
    }
}

#[test]
fn programs_of_machine_code_print_what_is_expected() {
    programs_print_what_is_expected(false);
}

#[test]
fn they_do_so_when_every_allocation_collects() {
    programs_print_what_is_expected(true);
}

/// Runs `natmod.py` with the module `abi`, which is written in C.
fn c_code_is_at_home(stress: bool) {
    let printed = output(|vm| {
        vm.heap().set_stress(stress);
        let abi = Namespace::new(vm, vm.intern(b"abi")?)?;
        run(vm, &bytes("abi.mpy"), abi.globals)?;
        vm.modules().store(vm, vm.intern(b"abi")?, abi.obj())?;
        // Where there is no path, modules are not looked for.
        vm.add_path(b"")?;
        let body = vm.compile(&bytes("natmod.py"), b"natmod.py", Mode::File, vm.main())?;
        vm.run_body(body, vm.main())
    });
    assert_eq!(printed, expected("natmod"));
}

#[test]
fn modules_written_in_c_find_what_they_know() {
    c_code_is_at_home(false);
}

#[test]
fn they_do_so_when_memory_is_collected_all_the_time() {
    c_code_is_at_home(true);
}

#[test]
fn code_is_compiled_to_machine_code_at_run_time() {
    for program in PROGRAMS {
        let printed = output(|vm| {
            vm.set_emitter(Emitter::Native);
            let source = bytes(&format!("{program}.py"));
            let body = vm.compile(&source, b"program.py", Mode::File, vm.main())?;
            vm.run_body(body, vm.main())
        });
        assert_eq!(printed, expected(program), "{program}");
    }
}

#[test]
fn code_without_relocations_runs_where_it_lies() {
    for program in PROGRAMS {
        let (kept, file) = (Kept::default(), rom(&format!("{program}.mpy")));
        let vm = interpreter(kept.clone());
        vm.enter(|vm| {
            let body = vm.load_static(file, vm.main())?;
            vm.run_body(body, vm.main())
        })
        .expect("it ends well");
        assert_eq!(kept.pieces.load(Ordering::Relaxed), 0, "{program} is copied");
        assert_eq!(String::from_utf8_lossy(&kept.output.take()), expected(program), "{program}");
    }
    let kept = Kept::default();
    let vm = interpreter(kept.clone());
    vm.enter(|vm| vm.load_static(rom("abi.mpy"), vm.main())).expect("it loads");
    assert_eq!(kept.pieces.load(Ordering::Relaxed), 1, "what relocations change is copied");
}

#[test]
fn constants_of_machine_code_may_have_half_a_surrogate_pair() {
    let printed = output(|vm| {
        vm.set_emitter(Emitter::Native);
        let body = vm.compile(&bytes("../programs/surrogates.py"), b"program.py", Mode::File, vm.main())?;
        vm.run_body(body, vm.main())
    });
    assert_eq!(printed, expected("../programs/surrogates"));
}

#[test]
fn functions_of_more_than_64_kilobytes_find_their_arguments() {
    let long = "    x = x + a * b - d\n".repeat(1500);
    let source =
        format!("def f(a, b=2, *c, d=4, **e):\n    x = 0\n{long}    return x, c, e\nprint(f(1, 2, 3, d=5, z=7))\n");
    let options = Options { arch: Some(Arch::X64), emitter: Emitter::Native, ..Options::default() };
    let module = berus_compiler::compile(source.as_bytes(), &options).unwrap().to_bytes();
    assert_eq!(output(|vm| run(vm, &module, vm.main())), "(-4500, (3,), {'z': 7})\n");
}

#[test]
fn modules_are_what_both_compilers_make_of_the_programs() {
    let options = Options { arch: Some(Arch::X64), emitter: Emitter::Native, ..Options::default() };
    for program in PROGRAMS {
        let name = format!("{program}.py");
        let module =
            berus_compiler::compile(&bytes(&name), &Options { source_name: name.as_bytes(), ..options.clone() });
        assert!(module.unwrap().to_bytes() == bytes(&format!("{program}.mpy")), "{program}.mpy is not up to date");
    }
    let Some(mpy_cross) = berus_testkit::peer("mpy-cross") else { return };
    for program in PROGRAMS {
        let name = format!("{program}.py");
        let options = ["-march=x64", "-X", "emit=native", "-s", &name];
        let module = berus_testkit::mpy_cross(&mpy_cross, &options, &file(&name)).unwrap();
        assert!(module == bytes(&format!("{program}.mpy")), "{program}.mpy is not up to date");
    }
}

#[test]
fn micropython_prints_the_same() {
    let Some(micropython) = berus_testkit::peer("micropython") else { return };
    let folder = berus_testkit::temp_dir();
    // MicroPython does not survive what it leaves unchecked.
    let programs = PROGRAMS.into_iter().filter(|program| *program != "unchecked");
    for program in programs.chain(["natmod"]) {
        // Of the programs only the modules, since it prefers source.
        let module = format!("{program}.mpy");
        let files: &[&str] = if program == "natmod" { &["natmod.py", "abi.mpy"] } else { &[&module] };
        for name in files {
            fs::copy(file(name), folder.path().join(name)).expect("it can be copied");
        }
        let mut command = Command::new(&micropython);
        command.env("MICROPYPATH", folder.path()).args(["-X", "heapsize=64M", "-c", &format!("import {program}")]);
        let run = process::output(&mut command).unwrap();
        assert_eq!(String::from_utf8_lossy(&run.stdout), expected(program), "{program}");
    }
}

#[test]
fn code_goes_with_the_last_that_refers_to_it() {
    const MODULES: usize = 20;
    let kept = Kept::default();
    let vm = interpreter(kept.clone());
    let pieces = || kept.pieces.load(Ordering::Relaxed);
    vm.enter(|vm| {
        let one_more = || {
            let globals = Namespace::new(vm, q!("add"))?.globals;
            let body = vm.load(&bytes("viper.mpy"), globals)?;
            vm.run_body(body, globals)?;
            // The first module's function stays, and with it the module's code.
            if vm.main().load(vm, q!("add")).is_none() {
                let function = globals.load(vm, q!("add")).expect("the module has it");
                vm.main().store(vm, q!("add"), function)?;
            }
            Res::Ok(())
        };
        for _ in 0..MODULES {
            if let Err(raised) = one_more() {
                let text = vm.text(vm.take_exception(raised), Style::Exception).expect("it can be printed");
                panic!("{}", String::from_utf8_lossy(text.bytes()));
            }
        }
        vm.collect();
        // Words left over on the machine stack may keep some.
        assert!((1..MODULES / 2).contains(&pieces()), "{} left", pieces());
        let add = vm.main().load(vm, q!("add")).expect("it was stored");
        let number = Obj::small_int_wrapping;
        assert_eq!(vm.call(add, &[number(2), number(3)]), Ok(number(5)));
    });
    drop(vm);
    assert_eq!(pieces(), 0);
}

#[test]
fn objects_among_the_code_of_a_module_outlive_it() {
    let printed = output(|vm| {
        let load = || {
            let abi = Namespace::new(vm, q!("add"))?;
            run(vm, &bytes("abi.mpy"), abi.globals)?;
            for name in [&b"none"[..], b"Thing"] {
                let name = vm.intern(name)?;
                vm.main().store(vm, name, abi.globals.load(vm, name).expect("the module has it"))?;
            }
            Res::Ok(())
        };
        load()?;
        vm.heap().set_stress(true);
        let source = b"print([none(), Thing(3).get_extra(), Thing(4) + 1, list(Thing(2))])";
        let body = vm.compile(source, b"later.py", Mode::File, vm.main())?;
        vm.run_body(body, vm.main())
    });
    assert_eq!(printed, "['none', None, Thing(5), [2, 1]]\n");
}

#[test]
fn interpreters_run_machine_code_on_threads_of_their_own() {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                for _ in 0..3 {
                    let printed = output(|vm| run(vm, &bytes("exceptions.mpy"), vm.main()));
                    assert_eq!(printed, expected("exceptions"));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("it ran");
    }
}

/// What loading `file` raises.
fn refusal(host: impl Host + 'static, file: &[u8]) -> Option<String> {
    interpreter(host).enter(|vm| {
        let raised = vm.load(file, vm.main()).err()?;
        let exception = vm.take_exception(raised);
        let text = vm.text(exception, Style::Exception);
        text.ok().map(|text| String::from_utf8_lossy(text.bytes()).into_owned())
    })
}

#[test]
fn a_host_must_grant_it() {
    struct Sandbox;
    impl Host for Sandbox {
        fn write_stdout(&self, _: &[u8]) {}
    }
    let refused = refusal(Sandbox, &bytes("calls.mpy"));
    assert_eq!(refused.as_deref(), Some("ValueError: native code in .mpy unsupported"));
    let mut other = bytes("calls.mpy");
    other[2] = other[2] & 3 | 7 << 2;
    assert_eq!(refusal(Kept::default(), &other).as_deref(), Some("ValueError: incompatible .mpy arch"));
    other[2] = other[2] & !3 & 3 | 2 << 2 | 2;
    assert_eq!(refusal(Kept::default(), &other).as_deref(), Some("ValueError: incompatible .mpy file"));
}

#[test]
fn relocations_that_lead_nowhere_are_refused() {
    let file = bytes("abi.mpy");
    let refused = |relocations: &[u8]| {
        let (mut module, _) = Module::from_bytes(&file).unwrap();
        let Kind::Viper { relocations: old, .. } = &mut module.codes[0].kind else { panic!("C code is as viper's") };
        *old = Some(Relocations { bytes: relocations.to_vec().into(), ended: true });
        refusal(Kept::default(), &module.to_bytes())
    };
    assert_eq!(refused(&[]), None);
    assert_eq!(refused(&[0x01, 0x00]), None, "the first word of the code, by the address of the code");
    let nowhere: [&[u8]; 7] = [
        &[0x01, 0xa0, 0x00],                   // far behind the code
        &[0x01, 0x8f, 0xff, 0xff, 0xff, 0x7e], // as far as can be
        &[0x01, 0x01],                         // a word of read-only data, of which there is none
        &[0x05, 0x00],                         // the address of read-only data
        &[0x03, 0x00, 0xa0, 0x00],             // more words than there are
        &[0xe1, 0x00],                         // an entry beyond the table
        &[0xf0],                               // the same, at the place that comes first
    ];
    for relocations in nowhere {
        assert_eq!(refused(relocations).as_deref(), Some("ValueError: incompatible .mpy file"), "{relocations:x?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Files with defects load or do not: nothing else happens as long as the code does not run.
    #[test]
    fn defects_are_no_danger_before_the_code_runs(
        name in prop::sample::select(&["abi.mpy", "calls.mpy", "generators.mpy", "viper.mpy"][..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut file = bytes(name);
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if !whole {
            file.truncate(cut.index(file.len()));
        }
        let _ = refusal(Kept::default(), &file);
    }

    /// So do files whose parts are as they should be, but say what is not so.
    #[test]
    fn nor_are_sizes_and_relocations_that_lie(
        name in prop::sample::select(&["abi.mpy", "generators.mpy"][..]),
        number in any::<prop::sample::Index>(),
        changed in relocations(),
        new_rodata in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
        new_bss in prop::option::of(prop_oneof![0..100u32, any::<u32>()]),
        start in prop_oneof![0..0x100u64, any::<u64>()],
        len in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let file = bytes(name);
        let (mut module, _) = Module::from_bytes(&file).unwrap();
        let number = number.index(module.codes.len());
        let code = &mut module.codes[number];
        let mut text = code.code.to_vec();
        if let Some(len) = len {
            text.truncate(len.index(text.len()) + 1);
        }
        // Where a generator's code says that it starts.
        if let Some(word) = text.get_mut(8..16) {
            word.copy_from_slice(&start.to_le_bytes());
        }
        code.code = text.into();
        if let Kind::Viper { scope_flags, rodata, bss, relocations } = &mut code.kind {
            *scope_flags = RELOC | if new_rodata.is_some() { RODATA } else { 0 } | if new_bss.is_some() { BSS } else { 0 };
            (*rodata, *bss) = (new_rodata.map(Into::into), new_bss);
            *relocations = Some(Relocations { bytes: changed.into(), ended: true });
        }
        let _ = refusal(Kept::default(), &module.to_bytes());
    }
}

/// Relocations: an operation, and for some where and how many.
fn relocations() -> impl Strategy<Value = Vec<u8>> {
    let number = || prop_oneof![3 => (0..0x80u8).prop_map(|n| vec![n]), 1 => Just(vec![0x8f, 0xff, 0xff, 0xff, 0x7f])];
    let one = (0..=0xfeu8, number(), number()).prop_map(|(op, place, count)| {
        let mut bytes = vec![op];
        if op & 1 != 0 {
            bytes.extend(place);
        }
        if op >> 1 <= 5 && op >> 1 & 1 != 0 {
            bytes.extend(count);
        }
        bytes
    });
    prop::collection::vec(one, 0..6).prop_map(|all| all.concat())
}
