//! Targets that are Python programs.

use berus_runtime::data::bytes::Bytes;
use berus_runtime::data::exception::Exceptions;
use berus_runtime::heap::{GlobalRegions, Heap};
use berus_runtime::host::tls::Tls;
use berus_runtime::host::{Host, RawMemory};
use berus_runtime::import::registry::Register;
use berus_runtime::import::source::Compile;
use berus_runtime::model::error::Res;
use berus_runtime::model::events::Poll;
use berus_runtime::model::finalise::Finalise;
use berus_runtime::model::protocols::{Classes, Strs};
use berus_runtime::model::vm::{Budget, Limits, Vm};
use berus_runtime::model::word::Obj;
use berus_runtime::ops::call::Call;
use berus_runtime::ops::convert::Convert;

use crate::tls::StdTls;

/// Bytes of memory that a program has.
const HEAP: usize = 2 << 20;
/// Instructions that it may take.
const INSTRUCTIONS: u64 = 3_000_000;

/// A Python program that has a function `seeds`, which answers good inputs, and one `run`, which is given the bytes. `AssertionError`
/// says that something is wrong; all other exceptions are what may come of any bytes.
pub struct Program {
    pub text: &'static str,
    /// Whether it may use memory by its address.
    pub raw_memory: bool,
}

impl Program {
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        with_interpreter(self.raw_memory, |vm| {
            let seeds = self.load(vm).and_then(|()| {
                let found = vm.items(vm.call(global(vm, "seeds")?, &[])?)?;
                (0..).map_while(|n| found.get(n)).map(|seed| Ok(vm.str_or_bytes(seed)?.to_vec())).collect()
            });
            seeds.unwrap_or_else(|raised| panic!("{}", traceback(vm, vm.take_exception(raised))))
        })
    }

    pub fn run(&self, bytes: &[u8]) {
        with_interpreter(self.raw_memory, |vm| {
            let run = || {
                self.load(vm)?;
                vm.call(global(vm, "run")?, &[Bytes::new(vm, bytes)?.obj()])
            };
            if let Err(raised) = run() {
                let exception = vm.take_exception(raised);
                let text = traceback(vm, exception);
                let complains = ["AssertionError", "SyntaxError"].contains(&vm.type_name(exception));
                assert!(!complains, "{text}");
            }
        });
    }

    fn load(&self, vm: &Vm) -> Res<()> {
        vm.run_source(self.text.as_bytes(), b"target.py")
    }
}

/// Runs `work` in a new interpreter with the library, which has a budget.
pub fn with_interpreter<R>(raw_memory: bool, work: impl FnOnce(&Vm) -> R) -> R {
    with_host(Box::new(Alone { raw_memory, tls: StdTls::default() }), work)
}

/// Does the same on a host.
pub fn with_host<R>(host: Box<dyn Host>, work: impl FnOnce(&Vm) -> R) -> R {
    let limits = Limits { value_stack: 1 << 12, frame_stack: 1 << 12, ..Limits::default() };
    let heap = Heap::growing(&GlobalRegions, HEAP);
    // SAFETY: the targets keep the contract of raw words.
    #[allow(unsafe_code)]
    let mut vm = unsafe { Vm::new(heap, host, limits) }.expect("there is memory");
    vm.register(berus_stdlib::MODULES);
    vm.set_budget(Budget { instructions: Some(INSTRUCTIONS), ..Budget::default() }).expect("no time is limited");
    vm.enter(|vm| {
        let result = work(vm);
        vm.finalise_all();
        result
    })
}

/// What is printed for an exception.
pub fn traceback(vm: &Vm, exception: Obj) -> String {
    let mut text = Vec::new();
    if let Err(raised) = vm.print_exception(&mut text, exception) {
        let _ = vm.take_exception(raised);
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn global(vm: &Vm, name: &str) -> Res {
    let found = vm.main().load(vm, vm.intern(name.as_bytes())?);
    Ok(found.expect("the program has it"))
}

/// A host that grants nothing else but connections that are made safe, and reach nobody.
struct Alone {
    raw_memory: bool,
    tls: StdTls,
}

impl Host for Alone {
    fn write_stdout(&self, _: &[u8]) {}

    fn tls(&self) -> Option<&dyn Tls> {
        Some(&self.tls)
    }

    fn raw_memory(&self) -> Option<RawMemory> {
        // SAFETY: the targets grant memory to programs that reach only what is their own.
        #[allow(unsafe_code)]
        self.raw_memory.then(|| unsafe { RawMemory::grant() })
    }
}
