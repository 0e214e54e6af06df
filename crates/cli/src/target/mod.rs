//! What a module can be for: a board or system with a release of its Python.

mod claims;
mod fit;
mod imports;
mod table;

use std::fmt;
use std::str::FromStr;

use berus_compiler::Options;
use berus_mpy::arch::Arch;
use berus_mpy::header::{Flavour, SUB_VERSION, VERSION};
use berus_mpy::release::{Readers, Release};
use berus_mpy::v5;

pub use claims::Claims;
pub use fit::{Verdict, judge};
pub use imports::Neighbours;
use table::{Chip, PORTS, Port};

/// A target, as `--for` names it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The target as it was named.
    pub given: String,
    /// What to call the target.
    pub name: String,
    /// The Python.
    pub python: Flavour,
    /// The release, if one was named.
    pub release: Option<Release>,
    /// What modules the target reads.
    pub readers: Readers,
    /// The machines that it may be.
    pub machines: Vec<Machine>,
    /// The modules that are built in, if that is known: those of the port.
    port: Option<&'static Port>,
}

/// What of a machine matters to a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// What the machine is called.
    pub name: String,
    /// The architecture of the machine code that it runs.
    pub arch: Option<Arch>,
    /// The extensions of the architecture that it has.
    pub arch_flags: u32,
    /// The bits of its small ints.
    pub small_int_bits: u8,
}

/// Why a text names no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// No port, chip or board has the name.
    Name(String),
    /// There was no such release that reads modules.
    Release(Release),
    /// The release is not out yet.
    Future(Release),
    /// The chip came with a later release.
    Young(&'static str, Release),
    /// The number is not one of `sys.implementation._mpy`.
    Number(u64),
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Name(name) => {
                let known: Vec<_> = PORTS.iter().map(|port| port.name).filter(|name| *name != "unix-other").collect();
                write!(
                    f,
                    "nothing is called {name:?}; known are a number as sys.implementation._mpy has it, chips as rp2350 and \
                     esp32-c3, and {}, each with a release or without: 'rp2 1.22', 'micropython 1.22'",
                    known.join(", ")
                )
            }
            Unknown::Release(release) => write!(f, "release {release} does not read .mpy files"),
            Unknown::Future(release) => write!(f, "release {release} is not known"),
            Unknown::Young(chip, since) => write!(f, "{chip} came with release {since}"),
            Unknown::Number(number) => write!(f, "{number} is no number that sys.implementation._mpy has"),
        }
    }
}

impl std::error::Error for Unknown {}

impl FromStr for Target {
    type Err = Unknown;

    /// The target of this name: a number as `sys.implementation._mpy` has it, or a port, chip or board, with a release or without.
    fn from_str(text: &str) -> Result<Target, Unknown> {
        let text = text.trim();
        if let Some(number) = number(text) {
            return Target::of_number(text, number);
        }
        if let Some(target) = Target::named(text, text, None)? {
            return Ok(target);
        }
        // The release comes last; what a board says of itself may go on: `1.27.0-preview.53`.
        let text_of_release = text.find("-preview").or_else(|| text.find("-beta")).or_else(|| text.find("-rc"));
        let text = text_of_release.map_or(text, |end| &text[..end]);
        let parts = text.rsplit_once([' ', '-', '@', ':']).and_then(|(name, tail)| Some((name, tail.parse().ok()?)));
        if let Some((name, release)) = parts
            && let Some(target) = Target::named(text, name, Some(release))?
        {
            return Ok(target);
        }
        Err(Unknown::Name(text.into()))
    }
}

impl Target {
    /// The target that reports `number` as `sys.implementation._mpy`: version, sub-version, architecture, and from bit 16 the extensions
    /// of the architecture (`py/modsys.c`).
    fn of_number(name: &str, number: u64) -> Result<Target, Unknown> {
        let unknown = Unknown::Number(number);
        let (version, sub_version, arch) = (number as u8, (number >> 8 & 3) as u8, (number >> 10 & 0xf) as u8);
        let arch_flags = u32::try_from(number >> 16).map_err(|_| unknown.clone())?;
        let arch = match (arch, Arch::from_number(arch)) {
            (0, _) => None,
            (_, Some(arch)) => Some(arch),
            (_, None) => return Err(unknown),
        };
        let known = |readers: &&Readers| {
            (readers.python, readers.version, readers.sub_version) == (Flavour::MicroPython, version, sub_version)
        };
        let readers = *berus_mpy::release::READERS.iter().find(known).ok_or(unknown)?;
        let machine = Machine {
            name: "the board".into(),
            arch,
            arch_flags,
            small_int_bits: if arch.is_some_and(|arch| arch.word_bytes() == 8) { 63 } else { 31 },
        };
        let (given, name) = (name.into(), format!("the board of {name}"));
        Ok(Target { given, name, python: readers.python, release: None, readers, machines: vec![machine], port: None })
    }

    /// The port, chip or board called `name`, with a release.
    fn named(text: &str, name: &str, release: Option<Release>) -> Result<Option<Target>, Unknown> {
        let name = plain(name);
        let is = |own: &str, others: &[&str]| plain(own) == name || others.iter().any(|other| plain(other) == name);
        let port = PORTS.iter().find(|port| is(port.name, port.aliases));
        let chip =
            || PORTS.iter().find_map(|port| Some((port, port.chips.iter().find(|chip| is(chip.name, chip.aliases))?)));
        let (port, chips): (_, Vec<&Chip>) = match port {
            Some(port) => (port, port.chips.iter().collect()),
            None => match chip() {
                Some((port, chip)) => (port, vec![chip]),
                None => return Ok(None),
            },
        };
        let newest = Release(u8::MAX, 0, 0);
        let at = release.unwrap_or(newest);
        if let Some(release) = release.filter(|release| release.is_future(port.python)) {
            return Err(Unknown::Future(release));
        }
        let readers = Readers::of(port.python, at).ok_or(Unknown::Release(at))?;
        if let [chip] = *chips
            && chip.since > at
        {
            return Err(Unknown::Young(chip.name, chip.since));
        }
        let machines = chips.into_iter().filter(|chip| chip.since <= at).map(|chip| Machine {
            name: chip.name.into(),
            arch: chip.arch.filter(|(_, since)| *since <= at).map(|(arch, _)| arch),
            arch_flags: chip.flags.filter(|(_, since)| *since <= at).map_or(0, |(flags, _)| flags),
            small_int_bits: chip.small_int_bits,
        });
        let target = Target {
            given: text.into(),
            name: text.into(),
            python: port.python,
            release,
            readers,
            machines: machines.collect(),
            port: Some(port),
        };
        Ok(Some(target))
    }

    /// The name of a chip, with the target's release.
    fn at(&self, chip: &str) -> String {
        self.release.map_or_else(|| chip.into(), |release| format!("{chip} {release}"))
    }

    /// The release of mpy-cross whose bytecode is for the target.
    pub fn compiler(&self) -> Release {
        match (self.release, self.readers) {
            (Some(release), _) => release.base(self.python),
            // A number tells the version only: the last release that reads it is meant.
            (None, Readers { version: v5::VERSION, last: Some(last), .. }) => last.base(self.python),
            // Bytecode of version 6 is for all releases that read it.
            (None, _) => Options::NEWEST,
        }
    }

    /// The architecture of the target's machine code, if it is one chip, and compilers make code of the version that it runs.
    pub fn only_arch(&self) -> Option<Arch> {
        let is_newest = (self.readers.version, self.readers.sub_version) == (VERSION, SUB_VERSION);
        match &*self.machines {
            [machine] if is_newest => machine.arch,
            _ => None,
        }
    }

    /// Whether the module `name` is built in; `None` if that is not known.
    pub fn has_module(&self, name: &str) -> Option<bool> {
        let own = self.port?.modules?;
        let has = |name: &str| own.contains(&name) || table::COMMON.contains(&name);
        // The modules have a second name that begins with u.
        Some(has(name) || name.strip_prefix('u').is_some_and(has))
    }

    /// Whether its bytecode of version 5 has a byte for a cache after instructions that look names up
    /// (`MICROPY_OPT_CACHE_MAP_LOOKUP_IN_BYTECODE` in `mpconfigport.h` of 1.12 to 1.17; 1.18 has no such bytes).
    pub fn caches_in_bytecode(&self) -> bool {
        self.release.is_some_and(|release| release < Release(1, 18, 0))
            && self.port.is_some_and(|port| matches!(port.name, "unix" | "unix-other" | "windows"))
    }
}

/// A name without what is written one way or another.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn names_with_and_without_releases() {
        for (text, version, machines) in [
            ("rp2 1.22", (6, 2), 1),
            ("RP2-1.21", (6, 1), 1),
            ("rp2 1.27.0-preview.53", (6, 3), 3),
            ("circuitpython 10.0.0-beta.2", (6, 3), 1),
            ("rp2@v1.18", (5, 0), 1),
            ("pico 2", (6, 3), 1),
            ("Pico W", (6, 3), 1),
            ("esp32", (6, 3), 3),
            ("esp32-c3 1.19.1", (6, 0), 1),
            ("circuitpython 9", (6, 1), 1),
            ("circuitpython-8", (5, 0), 1),
            ("unix", (6, 3), 1),
            ("micropython 1.11", (4, 0), 0),
        ] {
            let target = target(text);
            assert_eq!((target.readers.version, target.readers.sub_version), version, "{text}");
            assert_eq!(target.machines.len(), machines, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_that_boards_report() {
        // A board with rv32imc, zba and zcmp, of version 6.3.
        let target = target(&(6 | (3 | 11 << 2) << 8 | 3 << 16).to_string());
        assert_eq!((target.readers.version, target.readers.sub_version), (6, 3));
        let [machine] = &*target.machines else { panic!() };
        assert_eq!((machine.arch, machine.arch_flags, machine.small_int_bits), (Some(Arch::Rv32imc), 3, 31));
        assert_eq!(self::target("0xb06").machines[0].arch, Some(Arch::X64));
        for wrong in ["7", "0x3c06", "0xffffffffffffffff"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn chips_run_machine_code_since_a_release() {
        assert_eq!(target("rp2350 1.24").machines[0].arch, Some(Arch::Armv7emsp));
        assert_eq!(target("esp32c3 1.23").machines[0].arch, None);
        assert_eq!(target("esp32c3").machines[0].arch, Some(Arch::Rv32imc));
        assert_eq!(target("rp2350-riscv 1.27").machines[0].arch_flags, 0);
        assert_eq!(target("rp2350-riscv 1.28").machines[0].arch_flags, 3);
    }

    #[test]
    fn no_name_means_two_things() {
        let mut names: Vec<_> = PORTS
            .iter()
            .flat_map(|port| {
                let chips =
                    port.chips.iter().flat_map(|chip| [chip.name].into_iter().chain(chip.aliases.iter().copied()));
                [port.name].into_iter().chain(port.aliases.iter().copied()).chain(chips)
            })
            .map(plain)
            .collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!("nonsense".parse::<Target>().is_err());
        assert_eq!("micropython 1.4".parse::<Target>().err(), Some(Unknown::Release(Release(1, 4, 0))));
        assert_eq!("rp2 2.0".parse::<Target>().err(), Some(Unknown::Future(Release(2, 0, 0))));
        assert_eq!("pico2 1.22".parse::<Target>().err(), Some(Unknown::Young("rp2350", Release(1, 24, 0))));
    }
}
