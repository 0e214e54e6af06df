//! Which releases of MicroPython and CircuitPython read which version of the format.
//!
//! The versions of MicroPython are those of its manual (`docs/reference/mpyfiles.rst`); those of CircuitPython stand in
//! `py/persistentcode.[ch]` of its releases 2.3.1, 3.1.2, 4.1.2, 5.3.1, 6.0.0, 7.0.0, 8.2.10, 9.0.0, 9.1.0, 9.2.0 and 10.1.0.

use core::fmt;
use core::str::FromStr;

use crate::header::Flavour;

/// The number of a release: `1.9.3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u8, pub u8, pub u8);

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Release(major, minor, 0) => write!(f, "{major}.{minor}"),
            Release(major, minor, patch) => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl Release {
    /// Whether the release is of a later generation than any of `python` that is known, of which nothing can be said.
    pub fn is_future(self, python: Flavour) -> bool {
        self.0
            > match python {
                MicroPython => 1,
                CircuitPython => 10,
            }
    }

    /// The release of MicroPython whose compiler a release of `python` has: of CircuitPython the one that it is based on
    /// (`py/mpconfig.h` of 9.0.0, 9.1.0, 9.2.0, 10.0.0 and 10.2.0, `MICROPY_VERSION_MINOR`; 7.0.0 to 8.2.10 have the compiler of 1.16 to 1.18,
    /// whose bytecode is the same).
    pub fn base(self, python: Flavour) -> Release {
        match (python, self) {
            (MicroPython, release) => release,
            (CircuitPython, Release(..=8, ..)) => Release(1, 18, 0),
            (CircuitPython, Release(..=9, ..=1, _)) => Release(1, 21, 0),
            (CircuitPython, Release(9, ..)) => Release(1, 23, 0),
            (CircuitPython, Release(10, ..=1, _)) => Release(1, 25, 0),
            (CircuitPython, _) => Release(1, 27, 0),
        }
    }
}

/// The error for a text that is no number of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRelease;

impl FromStr for Release {
    type Err = NoRelease;

    fn from_str(text: &str) -> Result<Release, NoRelease> {
        let mut numbers = [0; 3];
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        for (number, part) in numbers.iter_mut().zip(parts.by_ref()) {
            *number = part.parse().map_err(|_| NoRelease)?;
        }
        let [major, minor, patch] = numbers;
        if parts.next().is_some() { Err(NoRelease) } else { Ok(Release(major, minor, patch)) }
    }
}

/// Releases that follow one another and read the same version of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    /// Whose releases.
    pub python: Flavour,
    /// The first of the releases.
    pub first: Release,
    /// The last of the releases; `None` if they go on.
    pub last: Option<Release>,
    /// What the files begin with.
    pub magic: Flavour,
    /// The version of the format.
    pub version: u8,
    /// The sub-version, which matters to machine code only.
    pub sub_version: u8,
}

use Flavour::{CircuitPython, MicroPython};

const fn readers(
    python: Flavour,
    first: Release,
    last: Option<Release>,
    magic: Flavour,
    version: u8,
    sub_version: u8,
) -> Readers {
    Readers { python, first, last, magic, version, sub_version }
}

/// All releases, in their order.
#[rustfmt::skip]
pub const READERS: [Readers; 14] = [
    readers(MicroPython, Release(1, 5, 1), Some(Release(1, 8, 7)), MicroPython, 0, 0),
    readers(MicroPython, Release(1, 9, 0), Some(Release(1, 9, 2)), MicroPython, 2, 0),
    readers(MicroPython, Release(1, 9, 3), Some(Release(1, 10, 0)), MicroPython, 3, 0),
    readers(MicroPython, Release(1, 11, 0), Some(Release(1, 11, 0)), MicroPython, 4, 0),
    readers(MicroPython, Release(1, 12, 0), Some(Release(1, 18, 0)), MicroPython, 5, 0),
    readers(MicroPython, Release(1, 19, 0), Some(Release(1, 19, 1)), MicroPython, 6, 0),
    readers(MicroPython, Release(1, 20, 0), Some(Release(1, 21, 0)), MicroPython, 6, 1),
    readers(MicroPython, Release(1, 22, 0), Some(Release(1, 22, 2)), MicroPython, 6, 2),
    readers(MicroPython, Release(1, 23, 0), None, MicroPython, 6, 3),
    readers(CircuitPython, Release(2, 0, 0), Some(Release(2, 3, 1)), MicroPython, 2, 0),
    readers(CircuitPython, Release(3, 0, 0), Some(Release(6, 3, 0)), MicroPython, 3, 0),
    readers(CircuitPython, Release(7, 0, 0), Some(Release(8, 2, 10)), CircuitPython, 5, 0),
    readers(CircuitPython, Release(9, 0, 0), Some(Release(9, 1, 4)), CircuitPython, 6, 1),
    readers(CircuitPython, Release(9, 2, 0), None, CircuitPython, 6, 3),
];

impl Flavour {
    /// The name of the Python.
    pub const fn name(self) -> &'static str {
        match self {
            MicroPython => "MicroPython",
            CircuitPython => "CircuitPython",
        }
    }
}

impl Readers {
    /// The releases that `release` of `python` is one of. A release later than all that are known goes with the last.
    ///
    /// ```
    /// use berus_mpy::header::Flavour;
    /// use berus_mpy::release::{Readers, Release};
    ///
    /// let readers = Readers::of(Flavour::MicroPython, Release(1, 22, 1)).unwrap();
    /// assert_eq!((readers.version, readers.sub_version), (6, 2));
    /// ```
    pub fn of(python: Flavour, release: Release) -> Option<Readers> {
        READERS.iter().rev().find(|readers| readers.python == python && readers.first <= release).copied()
    }
}

impl fmt::Display for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.python.name(), self.first)?;
        match self.last {
            None => f.write_str(" and up"),
            Some(last) if last == self.first => Ok(()),
            Some(last) => write!(f, " to {last}"),
        }
    }
}

/// The releases that read files that begin with `magic` and `version`, and if `sub_version` is given have this
/// sub-version, as text: `MicroPython 1.12 to 1.18`. Empty if there are none.
///
/// ```
/// use berus_mpy::header::Flavour;
/// use berus_mpy::release::who_reads;
///
/// assert_eq!(who_reads(Flavour::MicroPython, 5, None).to_string(), "MicroPython 1.12 to 1.18");
/// assert_eq!(who_reads(Flavour::MicroPython, 6, Some(1)).to_string(), "MicroPython 1.20 to 1.21");
/// ```
pub fn who_reads(magic: Flavour, version: u8, sub_version: Option<u8>) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        let fits = |readers: &&Readers| {
            (readers.magic, readers.version) == (magic, version)
                && sub_version.is_none_or(|sub_version| readers.sub_version == sub_version)
        };
        let mut all = READERS.iter().filter(fits).copied().peekable();
        let mut between = "";
        while let Some(mut readers) = all.next() {
            // Releases that follow one another are told as one.
            while let Some(next) = all.next_if(|next| next.python == readers.python) {
                readers.last = next.last;
            }
            write!(f, "{between}{readers}")?;
            between = ", ";
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn releases_follow_one_another() {
        for pair in READERS.windows(2).filter(|pair| pair[0].python == pair[1].python) {
            assert!(pair[0].last.is_some_and(|last| last < pair[1].first), "{} {}", pair[0], pair[1]);
        }
        for python in [MicroPython, CircuitPython] {
            let last = READERS.iter().rfind(|readers| readers.python == python).unwrap();
            assert_eq!((last.version, last.sub_version), (crate::header::VERSION, crate::header::SUB_VERSION));
        }
    }

    #[test]
    fn releases_between_those_that_are_named_go_with_the_earlier() {
        let version = |python, release| Readers::of(python, release).map(|r| (r.version, r.sub_version));
        assert_eq!(version(MicroPython, Release(1, 18, 9)), Some((5, 0)));
        assert_eq!(version(MicroPython, Release(1, 99, 0)), Some((6, 3)));
        assert_eq!(version(CircuitPython, Release(9, 1, 9)), Some((6, 1)));
        assert_eq!(version(CircuitPython, Release(1, 0, 0)), None);
    }

    #[test]
    fn numbers_of_releases() {
        assert_eq!("1.19.1".parse(), Ok(Release(1, 19, 1)));
        assert_eq!("v9".parse(), Ok(Release(9, 0, 0)));
        for wrong in ["", "1.2.3.4", "1.", "x", "1.300", "-1"] {
            assert_eq!(wrong.parse::<Release>(), Err(NoRelease), "{wrong}");
        }
    }

    #[test]
    fn readers_of_a_version_are_told_in_words() {
        let text = |magic, version, sub_version| who_reads(magic, version, sub_version).to_string();
        assert_eq!(text(MicroPython, 6, None), "MicroPython 1.19 and up");
        assert_eq!(text(MicroPython, 3, None), "MicroPython 1.9.3 to 1.10, CircuitPython 3.0 to 6.3");
        assert_eq!(text(CircuitPython, 5, None), "CircuitPython 7.0 to 8.2.10");
        assert_eq!(text(MicroPython, 4, None), "MicroPython 1.11");
        assert_eq!(text(CircuitPython, 6, Some(3)), "CircuitPython 9.2 and up");
        assert_eq!(text(MicroPython, 7, None), "");
    }
}
