//! The boards and systems that modules can be for.
//!
//! A row is a port of MicroPython with its chips. The sources of the facts are files of MicroPython's repository at 1.28 and of
//! CircuitPython's at 9.2: the architecture of a chip by its compiler's options, as `py/persistentcode.h` takes it from them
//! (`MPY_FEATURE_ARCH`); whether there is machine code by `MICROPY_EMIT_*` in `ports/PORT/mpconfigport.h` and
//! `boards/*/mpconfigboard.h`, at the tags of several releases to see since when; modules by `MP_REGISTER_MODULE` in `py`, `extmod` and
//! `ports/PORT`, by the levels of `py/mpconfig.h`, and by `ports/PORT/boards/manifest.py` and `ports/PORT/modules`.

use berus_mpy::arch::Arch::{self, *};
use berus_mpy::header::Flavour;
use berus_mpy::release::Release;

/// A port: boards or systems with the same modules.
#[derive(Debug)]
pub struct Port {
    /// What the port is called, by itself or with a release.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Whose port.
    pub python: Flavour,
    /// The chips or systems that it is for.
    pub chips: &'static [Chip],
    /// The modules that are built in beside [`COMMON`]; `None` where boards differ too much to say.
    pub modules: Option<&'static [&'static str]>,
}

/// A chip or system.
#[derive(Debug)]
pub struct Chip {
    /// What the chip is called.
    pub name: &'static str,
    /// Other names, and those of boards with the chip.
    pub aliases: &'static [&'static str],
    /// The first release for the chip, where others of the port are older.
    pub since: Release,
    /// The architecture of its machine code, and the first release that runs such.
    pub arch: Option<(Arch, Release)>,
    /// The extensions that it has for machine code, and the first release that takes them.
    pub flags: Option<(u32, Release)>,
    /// The bits of a small int.
    pub small_int_bits: u8,
}

/// A chip that runs no machine code.
const fn plain(name: &'static str, aliases: &'static [&'static str]) -> Chip {
    Chip { name, aliases, since: EVER, arch: None, flags: None, small_int_bits: 31 }
}

/// A chip that runs machine code since a release.
const fn chip(name: &'static str, aliases: &'static [&'static str], arch: Arch, since: Release) -> Chip {
    let small_int_bits = if arch.word_bytes() == 8 { 63 } else { 31 };
    Chip { name, aliases, since: EVER, arch: Some((arch, since)), flags: None, small_int_bits }
}

/// Since files have had machine code for all of these architectures (`py/persistentcode.h` at 1.12).
const ALWAYS: Release = Release(1, 12, 0);
/// Before all releases.
const EVER: Release = Release(0, 0, 0);
const ZBA: u32 = 1;
const ZCMP: u32 = 2;

use Flavour::{CircuitPython, MicroPython};

/// Modules of nearly every board: level "extra features" of `py/mpconfig.h`.
#[rustfmt::skip]
pub const COMMON: &[&str] = &[
    "__main__", "_asyncio", "array", "asyncio", "binascii", "builtins", "cmath", "collections", "deflate", "errno", "framebuf", "gc",
    "hashlib", "heapq", "io", "json", "machine", "math", "micropython", "os", "platform", "random", "re", "select", "struct", "sys",
    "time", "uasyncio", "uctypes", "vfs", "zlib",
];

/// All ports. A chip's own names come before a port's, so that `rp2040` is more exact than `rp2`.
#[rustfmt::skip]
pub const PORTS: &[Port] = &[
    Port {
        name: "micropython", aliases: &["mpy"], python: MicroPython, modules: None,
        // Boards differ in what machine code they run.
        chips: &[],
    },
    Port {
        name: "rp2", aliases: &["rpi", "raspberrypipico"], python: MicroPython,
        modules: Some(&[
            "_boot", "_onewire", "_thread", "bluetooth", "cryptolib", "dht", "ds18x20", "lwip", "mip", "neopixel", "network", "ntptime",
            "onewire", "requests", "rp2", "socket", "ssl", "tls", "urequests", "webrepl", "websocket",
        ]),
        chips: &[
            // CMakeLists.txt: armv6m, armv7m and up for RP2350; there is machine code since the port began, after 1.13.
            chip("rp2040", &["pico", "picow", "rpi_pico", "rpi_pico_w"], Armv6m, Release(1, 14, 0)),
            Chip { since: Release(1, 24, 0), ..chip("rp2350", &["pico2", "pico2w", "rpi_pico2", "rpi_pico2_w"], Armv7emsp, Release(1, 24, 0)) },
            Chip {
                since: Release(1, 24, 0),
                flags: Some((ZBA | ZCMP, Release(1, 28, 0))),
                ..chip("rp2350-riscv", &["pico2-riscv"], Rv32imc, Release(1, 24, 0))
            },
        ],
    },
    Port {
        name: "esp32", aliases: &["esp32-all"], python: MicroPython,
        modules: Some(&[
            "_boot", "_espnow", "_onewire", "_thread", "_webrepl", "aioespnow", "apa106", "bluetooth", "btree", "cryptolib", "dht",
            "ds18x20", "esp", "esp32", "espnow", "flashbdev", "inisetup", "mip", "neopixel", "network", "ntptime", "onewire", "requests",
            "socket", "ssl", "tls", "umqtt", "upysh", "urequests", "webrepl", "webrepl_setup", "websocket",
        ]),
        chips: &[
            chip("esp32-xtensa", &["esp32-s2", "esp32-s3", "esp32_generic", "esp32_generic_s2", "esp32_generic_s3"], Xtensawin, ALWAYS),
            chip("esp32-riscv", &["esp32-c2", "esp32-c3", "esp32-c5", "esp32-c6", "esp32-h2", "esp32_generic_c3", "esp32_generic_c6"], Rv32imc, Release(1, 24, 0)),
            Chip { since: Release(1, 26, 0), flags: Some((ZCMP, Release(1, 28, 0))), ..chip("esp32-p4", &[], Rv32imc, Release(1, 26, 0)) },
        ],
    },
    Port {
        name: "esp8266", aliases: &["nodemcu"], python: MicroPython,
        modules: Some(&[
            "_boot", "_espnow", "_onewire", "_webrepl", "apa102", "btree", "cryptolib", "dht", "ds18x20", "esp", "espnow", "flashbdev",
            "inisetup", "lwip", "mip", "neopixel", "network", "ntptime", "onewire", "port_diag", "requests", "socket", "ssl", "tls",
            "urequests", "webrepl", "webrepl_setup", "websocket",
        ]),
        chips: &[chip("esp8266-chip", &[], Xtensa, ALWAYS)],
    },
    Port {
        name: "stm32", aliases: &[], python: MicroPython,
        modules: Some(&[
            "_onewire", "_thread", "bluetooth", "btree", "cryptolib", "dht", "lcd160cr", "lwip", "mip", "network", "ntptime", "onewire",
            "pyb", "requests", "socket", "spiflash", "ssl", "stm", "tls", "websocket",
        ]),
        chips: &[
            // stm32.mk: fpv4-sp for M4 and M33, fpv5 for H7; mpconfigboard.h of L0 and F0 has machine code off.
            chip("stm32f4", &["stm32l4", "stm32g4", "stm32wb", "stm32h5", "stm32u5", "pyboard", "pybv1.1", "pyb"], Armv7emsp, ALWAYS),
            chip("stm32f7", &["pybd", "pybd-sf2"], Armv7emsp, ALWAYS),
            chip("stm32h7", &["pybd-sf6", "stm32f76"], Armv7emdp, ALWAYS),
            chip("stm32l1", &[], Armv7m, ALWAYS),
            plain("stm32f0", &["stm32l0"]),
        ],
    },
    Port {
        name: "samd", aliases: &[], python: MicroPython,
        modules: Some(&["_boot", "_onewire", "dht", "ds18x20", "neopixel", "onewire", "samd"]),
        chips: &[
            chip("samd21", &["samd21-xiao", "trinket-m0"], Armv6m, Release(1, 24, 0)),
            chip("samd51", &["samd51-all"], Armv7emsp, Release(1, 20, 0)),
        ],
    },
    Port {
        name: "mimxrt", aliases: &["teensy"], python: MicroPython,
        modules: Some(&[
            "_boot", "_onewire", "_thread", "cryptolib", "dht", "ds18x20", "lwip", "mimxrt", "mip", "network", "ntptime", "onewire",
            "requests", "socket", "ssl", "tls", "websocket",
        ]),
        chips: &[
            // MICROPY_FLOAT_IMPL of the boards: single precision for 1010 and 1015.
            chip("mimxrt1050", &["mimxrt1020", "mimxrt1060", "mimxrt1064", "mimxrt1170", "teensy4.0", "teensy4.1"], Armv7emdp, ALWAYS),
            chip("mimxrt1010", &["mimxrt1011", "mimxrt1015"], Armv7emsp, ALWAYS),
        ],
    },
    Port {
        name: "nrf", aliases: &[], python: MicroPython,
        modules: Some(&["_onewire", "ble", "board", "dht", "ds18x20", "microbit", "music", "nrf", "onewire", "ubluepy"]),
        chips: &[
            chip("nrf52", &["nrf52832", "nrf52840", "nrf91", "nrf9160"], Armv7emsp, ALWAYS),
            plain("nrf51", &["microbit"]),
        ],
    },
    Port {
        name: "renesas-ra", aliases: &["renesas"], python: MicroPython,
        modules: Some(&["_onewire", "_thread", "dht", "onewire", "renesas"]),
        chips: &[chip("ra4w1", &["ra6m1", "ra6m2", "ra6m5"], Armv7emsp, ALWAYS), plain("ra4m1", &[])],
    },
    Port {
        name: "alif", aliases: &[], python: MicroPython,
        modules: Some(&["_boot", "alif", "dht", "mip", "neopixel", "network", "ntptime", "onewire", "requests", "socket", "ssl"]),
        chips: &[chip("alif-ensemble", &[], Armv7emdp, Release(1, 25, 0))],
    },
    Port {
        name: "unix", aliases: &["linux", "macos"], python: MicroPython,
        modules: Some(&[
            "_thread", "argparse", "btree", "cryptolib", "ffi", "jni", "mip", "requests", "socket", "ssl", "termios", "tls", "websocket",
        ]),
        chips: &[chip("unix-x64", &["linux-x64"], X64, ALWAYS)],
    },
    Port {
        name: "unix-other", aliases: &[], python: MicroPython,
        modules: Some(&[
            "_thread", "argparse", "btree", "cryptolib", "ffi", "jni", "mip", "requests", "socket", "ssl", "termios", "tls", "websocket",
        ]),
        chips: &[
            chip("unix-x86", &["linux-x86"], X86, ALWAYS),
            chip("unix-armv6", &["linux-armv6", "linux-armhf"], Armv6, ALWAYS),
            Chip { small_int_bits: 63, ..plain("unix-arm64", &["linux-arm64", "linux-aarch64", "macos-arm64"]) },
            chip("unix-rv64", &["linux-riscv64"], Rv64imc, Release(1, 27, 0)),
        ],
    },
    Port {
        name: "windows", aliases: &[], python: MicroPython, modules: Some(&["_thread", "mip"]),
        chips: &[Chip { small_int_bits: 63, ..plain("windows-x64", &[]) }, plain("windows-x86", &[])],
    },
    Port {
        name: "webassembly", aliases: &["wasm", "javascript", "pyscript"], python: MicroPython,
        modules: Some(&["js", "jsffi"]),
        chips: &[plain("wasm32", &[])],
    },
    Port {
        // py/circuitpy_mpconfig.mk: CIRCUITPY_ENABLE_MPY_NATIVE is 0, but for a handful of boards.
        name: "circuitpython", aliases: &["cp"], python: CircuitPython, modules: None,
        chips: &[plain("any CircuitPython board", &[])],
    },
];
