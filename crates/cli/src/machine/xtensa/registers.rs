//! Names of the registers of the system (Xtensa Instruction Set Architecture, chapter 5).

use std::borrow::Cow;

/// Those that there is one of.
const SINGLE: [(u8, &str); 50] = [
    (0, "lbeg"),
    (1, "lend"),
    (2, "lcount"),
    (3, "sar"),
    (4, "br"),
    (5, "litbase"),
    (12, "scompare1"),
    (16, "acclo"),
    (17, "acchi"),
    (72, "windowbase"),
    (73, "windowstart"),
    (83, "ptevaddr"),
    (89, "mmid"),
    (90, "rasid"),
    (91, "itlbcfg"),
    (92, "dtlbcfg"),
    (96, "ibreakenable"),
    (97, "memctl"),
    (98, "cacheattr"),
    (99, "atomctl"),
    (104, "ddr"),
    (106, "mepc"),
    (107, "meps"),
    (108, "mesave"),
    (109, "mesr"),
    (110, "mecr"),
    (111, "mevaddr"),
    (176, "configid0"),
    (192, "depc"),
    (208, "configid1"),
    (224, "cpenable"),
    (226, "interrupt"),
    (227, "intclear"),
    (228, "intenable"),
    (230, "ps"),
    (231, "vecbase"),
    (232, "exccause"),
    (233, "debugcause"),
    (234, "ccount"),
    (235, "prid"),
    (236, "icount"),
    (237, "icountlevel"),
    (238, "excvaddr"),
    (240, "ccompare0"),
    (241, "ccompare1"),
    (242, "ccompare2"),
    (244, "misc0"),
    (245, "misc1"),
    (246, "misc2"),
    (247, "misc3"),
];

/// Those that there are several of: the number of the first, the name before the number, the first number, how many.
const SEVERAL: [(u8, &str, u8, u8); 7] = [
    (32, "m", 0, 4),
    (128, "ibreaka", 0, 2),
    (144, "dbreaka", 0, 2),
    (160, "dbreakc", 0, 2),
    (177, "epc", 1, 7),
    (194, "eps", 2, 6),
    (209, "excsave", 1, 7),
];

/// A register of the system.
pub fn special(number: u8) -> Option<Cow<'static, str>> {
    if let Some(&(_, name)) = SINGLE.iter().find(|row| row.0 == number) {
        return Some(name.into());
    }
    let within = |row: &&(u8, &str, u8, u8)| (row.0..row.0 + row.3).contains(&number);
    SEVERAL.iter().find(within).map(|&(first, name, from, _)| format!("{name}{}", number - first + from).into())
}

/// A register of an extension.
pub fn user(number: u8) -> Option<&'static str> {
    Some(match number {
        231 => "threadptr",
        232 => "fcr",
        233 => "fsr",
        234 => "f64r_lo",
        235 => "f64r_hi",
        236 => "f64s",
        _ => return None,
    })
}
