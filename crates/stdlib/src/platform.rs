//! The module `platform`: what a program runs on. It names the target that Berus was built for.

use berus_runtime::data::builder::Builder;
use berus_runtime::model::args::Args;
use berus_runtime::model::error::Res;
use berus_runtime::model::layout::Tuple;
use berus_runtime::model::module_def::ModuleDef;
use berus_runtime::model::protocols::Strs;
use berus_runtime::model::vm::Vm;
use berus_runtime::ops::print::Print;

/// The module.
pub const MODULE: ModuleDef = ModuleDef::new("platform", MEMBERS).extensible();

berus_runtime::members! {
    static MEMBERS = {
        "platform" => kw(0, platform),
        "python_compiler" => f0(python_compiler),
        "libc_ver" => kw(0, libc_ver),
    }
}

/// The system, by the name that Python has for it.
const SYSTEM: &str = match () {
    () if cfg!(target_os = "android") => "Android",
    () if cfg!(target_os = "linux") => "Linux",
    () if cfg!(target_os = "macos") => "macOS",
    () if cfg!(target_os = "freebsd") => "FreeBSD",
    () if cfg!(windows) => "Windows",
    () if cfg!(unix) => "Unix",
    () => "Berus",
};

const ARCH: &str = match () {
    () if cfg!(target_arch = "x86_64") => "x86_64",
    () if cfg!(target_arch = "x86") => "x86",
    () if cfg!(target_arch = "aarch64") => "aarch64",
    () if cfg!(target_arch = "arm") => "arm",
    () if cfg!(target_arch = "riscv32") => "riscv32",
    () if cfg!(target_arch = "riscv64") => "riscv64",
    () if cfg!(target_arch = "wasm32") => "wasm32",
    () => "",
};

/// The C library, if there is one.
const LIBC: &str = match () {
    () if cfg!(target_env = "gnu") => "glibc",
    () if cfg!(target_env = "musl") => "musl",
    () if cfg!(target_os = "android") => "bionic",
    () => "",
};

fn platform(vm: &Vm, _: Args<'_>) -> Res {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = Builder::new();
    vm.print_fmt(&mut text, format_args!("{SYSTEM}-1.29.0-{ARCH}-berus-{version}-with-{LIBC}"))?;
    text.into_str(vm)
}

fn python_compiler(vm: &Vm) -> Res {
    vm.new_str(b"rustc")
}

fn libc_ver(vm: &Vm, _: Args<'_>) -> Res {
    Ok(Tuple::new(vm, &[vm.new_str(LIBC.as_bytes())?, vm.new_str(b"")?])?.obj())
}
