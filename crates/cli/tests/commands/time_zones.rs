//! Local times by the time zone of `TZ`. `local_times.out` has what the C library makes of rules; what is in a database of time zones
//! depends on the machine, so that there MicroPython says what is right.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rules as POSIX has them, and names that are none.
const RULES: [&str; 12] = [
    "",
    "UTC0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "EST5",
    "AAA5BBB4",
    "<+0330>-3:30",
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
    "AAA0BBB,J60/0,J300",
    "AAA-24:59:59",
    "no/such/zone",
    "/no/such/file",
];

/// Names of the database, and of a file.
const NAMES: [&str; 5] =
    ["Europe/Berlin", ":America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "/usr/share/zoneinfo/Asia/Kathmandu"];

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/time_zones/local_times.py")
}

/// What `interpreter` prints for the program in the time zones `zones`, each with a line before that names it.
fn printed(interpreter: &Path, zones: &[&str]) -> String {
    zones.iter().fold(String::new(), |mut printed, zone| {
        let output = Command::new(interpreter).arg(program()).env("TZ", zone).output().expect("it starts");
        let _ = write!(printed, "TZ={zone}\n{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "TZ={zone}: {}", String::from_utf8_lossy(&output.stderr));
        printed
    })
}

#[test]
fn local_time_is_that_of_tz() {
    let expected = std::fs::read_to_string(program().with_extension("out")).expect("there is an expected output");
    let berus = Path::new(env!("CARGO_BIN_EXE_berus"));
    assert_eq!(printed(berus, &RULES), expected);
}

#[test]
fn local_time_is_micropythons() {
    let Some(micropython) = berus_testkit::peer("micropython") else { return };
    let berus = Path::new(env!("CARGO_BIN_EXE_berus"));
    for zones in [&RULES[..], &NAMES] {
        assert_eq!(printed(berus, zones), printed(&micropython, zones));
    }
}

#[test]
fn a_program_may_change_its_time_zone() {
    let program = "import os, time\n\
        print(time.localtime(0)[:5])\n\
        os.putenv('TZ', 'AAA-2:30')\n\
        print(time.localtime(0)[:5], time.mktime((1970, 1, 1, 0, 0, 0, 0, 0)))\n\
        print(time.gmtime(0)[:5])\n";
    let berus = Command::new(env!("CARGO_BIN_EXE_berus")).args(["-c", program]).env("TZ", "BBB1").output();
    let printed = String::from_utf8(berus.expect("berus starts").stdout).expect("programs print text");
    assert_eq!(printed, "(1969, 12, 31, 23, 0)\n(1970, 1, 1, 2, 30) -9000\n(1970, 1, 1, 0, 0)\n");
}
