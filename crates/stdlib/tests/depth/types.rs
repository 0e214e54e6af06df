//! Which types hold other objects, so that the cases know them all: the types are found in the sources, and one that is
//! in neither list here fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The types whose objects hold others, by their file and the name of their table there, and the case that chains them.
const HOLDING: &[(&str, &str)] = &[
    ("runtime/data/cell.rs TYPE", "closures"),
    ("runtime/model/iterator.rs TYPE", "sequences"),
    ("runtime/model/types.rs TYPE", "classes"),
    ("runtime/modules/io/mod.rs BUFFERED_WRITER", "writer"),
    ("runtime/obj/adapters.rs ENUMERATE", "enumerate"),
    ("runtime/obj/adapters.rs FILTER", "filter"),
    ("runtime/obj/adapters.rs MAP", "map"),
    ("runtime/obj/adapters.rs REVERSED", "reversed sequences"),
    ("runtime/obj/adapters.rs ZIP", "zip"),
    ("runtime/obj/builtin.rs CLASS_METHOD", "class methods"),
    ("runtime/obj/builtin.rs STATIC_METHOD", "static"),
    ("runtime/obj/code.rs TYPE", "code in code"),
    ("runtime/obj/deque.rs TYPE", "deque"),
    ("runtime/obj/dict.rs ORDERED_TYPE", "ordered"),
    ("runtime/obj/dict.rs TYPE", "dict"),
    ("runtime/obj/exception.rs BASE_EXCEPTION", "exception"),
    ("runtime/obj/function.rs BOUND_METHOD_TYPE", "bound"),
    ("runtime/obj/function.rs TYPES", "defaults"),
    ("runtime/obj/function.rs made at run time", "generators"),
    ("runtime/obj/generator.rs TYPE", "generators"),
    ("runtime/obj/io_base.rs IO_BASE", "stream"),
    ("runtime/obj/list.rs TYPE", "list"),
    ("runtime/obj/memoryview.rs TYPE", "memoryview"),
    ("runtime/obj/named_tuple.rs made at run time", "namedtuple"),
    ("runtime/obj/property.rs SUPER_TYPE", "super"),
    ("runtime/obj/property.rs TYPE", "property"),
    ("runtime/obj/set.rs FROZEN_TYPE", "frozenset"),
    ("runtime/obj/slice.rs TYPE", "slice"),
    ("runtime/obj/template.rs INTERPOLATION", "interpolation"),
    ("runtime/obj/template.rs TEMPLATE", "template"),
    ("runtime/obj/tuple.rs TYPE", "tuple"),
    ("runtime/obj/typ.rs OBJECT", "getattr"),
    ("runtime/obj/typ.rs made at run time", "getattr"),
    ("runtime/obj/view.rs TYPE", "views"),
    ("stdlib/asyncio.rs TASK_QUEUE", "tasks"),
    ("stdlib/deflate/mod.rs DEFLATE_IO", "deflate"),
    ("stdlib/framebuf/mod.rs FRAME_BUFFER", "pictures"),
    ("stdlib/machine/pin.rs SIGNAL", "signal"),
    ("stdlib/select.rs ENTRY", "polls"),
    ("stdlib/select.rs POLL", "polls"),
    ("stdlib/uctypes/structure.rs STRUCT", "layout"),
    ("stdlib/vfs/fat/mod.rs FAT", "file systems"),
    ("stdlib/vfs/file.rs BINARY", "file systems"),
    ("stdlib/vfs/file.rs TEXT", "file systems"),
    ("stdlib/vfs/lfs/mod.rs LFS1", "file systems"),
    ("stdlib/vfs/lfs/mod.rs LFS2", "file systems"),
    ("stdlib/weakref.rs FINALIZE", "weak"),
    ("stdlib/weakref.rs REF", "weak"),
    ("stdlib/websocket.rs WEBSOCKET", "frames"),
];

/// The types that cannot be chained, and why.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "numbers, text and bytes",
        &[
            "runtime/obj/array.rs ARRAY",
            "runtime/obj/array.rs BYTEARRAY",
            "runtime/obj/bool.rs TYPE",
            "runtime/obj/bytes.rs TYPE",
            "runtime/obj/complex.rs TYPE",
            "runtime/obj/float.rs TYPE",
            "runtime/obj/int/mod.rs TYPE",
            "runtime/obj/none.rs ELLIPSIS_TYPE",
            "runtime/obj/none.rs NOT_IMPLEMENTED_TYPE",
            "runtime/obj/none.rs TYPE",
            "runtime/obj/range.rs TYPE",
            "runtime/obj/str.rs TYPE",
        ],
    ),
    (
        "hold what has the bytes, text or numbers",
        &[
            "runtime/modules/io/memory.rs BYTES_IO",
            "runtime/modules/io/memory.rs STRING_IO",
            "runtime/obj/ring.rs TYPE",
            "runtime/vfs/file.rs FILE_IO",
            "runtime/vfs/file.rs TEXT_IO",
            "stdlib/cryptolib.rs AES",
            "stdlib/ffi.rs CALLBACK",
            "stdlib/ffi.rs FUNCTION",
            "stdlib/ffi.rs LIBRARY",
            "stdlib/ffi.rs VARIABLE",
            "stdlib/machine/board.rs RTC",
            "stdlib/machine/memory.rs MEMORY",
            "stdlib/machine/pin.rs PIN_BASE",
            "stdlib/random.rs GENERATOR",
            "stdlib/re/mod.rs MATCH",
            "stdlib/re/mod.rs RE",
            "stdlib/vfs/flash.rs DEVICE",
            "stdlib/vfs/posix.rs POSIX",
            "stdlib/vfs/rom.rs ROM",
        ],
    ),
    (
        "hold nothing that programs can choose",
        &["runtime/modules/sys.rs IMPLEMENTATION", "runtime/modules/thread.rs LOCK", "stdlib/os/environ.rs ENVIRON"],
    ),
    (
        "built in, or belong to a module, which only an import makes",
        &[
            "runtime/import/in_place.rs TYPE",
            "runtime/obj/builtin.rs CHECKED_TYPE",
            "runtime/obj/builtin.rs TYPES",
            "runtime/obj/code.rs CONTEXT_TYPE",
            "runtime/obj/module.rs TYPE",
            "runtime/obj/sketch.rs TYPE",
        ],
    ),
    ("no handler of a program gets hold of one", &["runtime/obj/exception.rs ABORT", "runtime/obj/foreign.rs CALLS"]),
    ("a tree is in a stream, and no stream is a tree", &["stdlib/btree/mod.rs BTREE", "stdlib/btree/mod.rs RANGE"]),
    (
        "need a network or TLS, which the host of these tests has not; streams over streams ask for their depth",
        &[
            "stdlib/socket/file.rs BINARY",
            "stdlib/socket/file.rs TEXT",
            "stdlib/socket/object.rs SOCKET",
            "stdlib/tls/context.rs CONTEXT",
            "stdlib/tls/socket.rs SOCKET",
        ],
    ),
    (
        "need a board's hardware, which the host of these tests has not, or hold what they call or drive and never ask how deep",
        &[
            "stdlib/machine/analog.rs ADC",
            "stdlib/machine/analog.rs PWM",
            "stdlib/machine/gpio.rs IRQ",
            "stdlib/machine/gpio.rs PIN",
            "stdlib/machine/i2c.rs I2C",
            "stdlib/machine/i2c.rs SOFT_I2C",
            "stdlib/machine/irq.rs IRQS",
            "stdlib/machine/power.rs WDT",
            "stdlib/machine/serial.rs UART",
            "stdlib/machine/spi.rs SOFT_SPI",
            "stdlib/machine/spi.rs SPI",
            "stdlib/machine/timer.rs TIMER",
            "stdlib/rp2/irq.rs IRQ",
            "stdlib/rp2/irq.rs IRQS",
            "stdlib/rp2/pio.rs BLOCKS",
            "stdlib/rp2/pio.rs PIO",
            "stdlib/rp2/state_machine.rs STATE_MACHINE",
        ],
    ),
    ("frames are as deep as calls, which are counted", &["runtime/obj/frame.rs TYPE"]),
    ("sets cannot be in sets", &["runtime/obj/set.rs TYPE"]),
    (
        "machine code, which `tests/native/calls.py` of the runtime calls in itself",
        &[
            "runtime/native/closure.rs TYPE",
            "runtime/native/code.rs TYPE",
            "runtime/native/foreign/functions.rs FUNCTION_0",
            "runtime/native/foreign/functions.rs FUNCTION_1",
            "runtime/native/foreign/functions.rs FUNCTION_2",
            "runtime/native/foreign/functions.rs FUNCTION_3",
            "runtime/native/foreign/functions.rs FUNCTION_VAR",
            "runtime/native/foreign/mod.rs TYPE",
            "runtime/native/function.rs ASM",
            "runtime/native/function.rs GENERATOR",
            "runtime/native/function.rs NATIVE",
            "runtime/native/function.rs VIPER",
            "runtime/native/generator.rs TYPE",
            "runtime/native/image.rs TYPE",
        ],
    ),
];

/// The types of the runtime and the library, as their sources define them.
fn types() -> BTreeSet<String> {
    let crates = berus_testkit::workspace().join("crates");
    let mut found = BTreeSet::new();
    for name in ["runtime", "stdlib"] {
        let folder = crates.join(name).join("src");
        let mut open = vec![folder.clone()];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let place = Path::new(name).join(path.strip_prefix(&folder).unwrap());
                for table in tables(&fs::read_to_string(&path).unwrap()) {
                    found.insert(format!("{} {table}", place.display().to_string().replace('\\', "/")));
                }
            }
        }
    }
    found
}

/// The names of the tables of types in a source: statics, those that the macros for adapters and versions of littlefs
/// make, and one for all that are made at run time.
fn tables(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = source.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let mut before = "";
    let mut found = Vec::new();
    for line in lines {
        if let Some(table) = of_static(line).or_else(|| of_macro(line)) {
            found.extend((!table.starts_with('$')).then(|| table.to_owned()));
        } else if line.contains("define!(") && !line.contains("static ") && !before.contains("static ") {
            found.push("made at run time".to_owned());
        }
        before = line;
    }
    found
}

/// The name of the table that `line` begins to define: `static NAME: Type`, or an array of these.
fn of_static(line: &str) -> Option<&str> {
    let (_, definition) = line.split_once("static ")?;
    let (name, ty) = definition.split_once(": ")?;
    let ty = ty.trim_start_matches(['[', '$']).trim_start_matches("crate::model::types::");
    let rest = ty.strip_prefix("Type")?;
    rest.starts_with([' ', ';', '<']).then_some(name)
}

/// The name of the table among what a macro makes a type of.
fn of_macro(line: &str) -> Option<&str> {
    let words: Vec<_> = line.split(' ').collect();
    let (name, table) = match *words {
        [_, name, table, _, _, "{", ..] | [table, _, _, name, _, _] => (name, table),
        _ => return None,
    };
    let is_table = table.starts_with(char::is_uppercase) && !table.contains(|c: char| !c.is_alphanumeric());
    (is_table && name.starts_with('"') && name.ends_with('"')).then_some(table)
}

#[test]
fn each_type_is_known_to_hold_others_or_not() {
    let sorted = HOLDING.iter().map(|(table, _)| *table).chain(OTHERS.iter().flat_map(|(_, tables)| *tables).copied());
    let sorted: BTreeSet<_> = sorted.map(str::to_owned).collect();
    let found = types();
    let unknown: Vec<_> = found.difference(&sorted).collect();
    assert!(unknown.is_empty(), "no list says whether these hold other objects: {unknown:#?}");
    let gone: Vec<_> = sorted.difference(&found).collect();
    assert!(gone.is_empty(), "there are no such types: {gone:#?}");
    assert_eq!(sorted.len(), HOLDING.len() + OTHERS.iter().map(|(_, tables)| tables.len()).sum::<usize>());
}

#[test]
fn each_type_that_holds_others_is_chained() {
    for (table, case) in HOLDING {
        assert!(super::ALL.iter().any(|cases| cases.contains(&format!("('{case}', "))), "{table}: no case '{case}'");
    }
}
