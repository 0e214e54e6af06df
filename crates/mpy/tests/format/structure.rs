//! The structure of a file: what is read comes back when it is written, and each defect is named with its place.

use berus_mpy::arch::Arch;
use berus_mpy::constant::{Constant, MAX_TUPLE_DEPTH};
use berus_mpy::error::{Error, ErrorKind, INCOMPATIBLE_ARCH, INCOMPATIBLE_FILE};
use berus_mpy::header::{Flavour, Header};
use berus_mpy::module::{Kind, Module, Qstr, RawCode};

/// A header without machine code, then `rest`.
fn file(rest: &[u8]) -> Vec<u8> {
    [b"M\x06\x00\x1f", rest].concat()
}

/// A header for x64, empty tables, then `rest`.
fn native(rest: &[u8]) -> Vec<u8> {
    [b"M\x06\x0b\x1f\x00\x00", rest].concat()
}

/// Four bytes of bytecode that return `None`, without a proper prelude: reading does not look at it.
const CODE: [u8; 5] = [4 << 3, 0x00, 0x00, 0x51, 0x63];

fn error(bytes: &[u8]) -> Error {
    Module::from_bytes(bytes).expect_err("the file is not valid")
}

/// Reads `bytes` and checks that writing gives them back.
fn read(bytes: &[u8]) -> Module<'static> {
    let (module, len) = Module::from_bytes(bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(len, bytes.len());
    assert_eq!(module.to_bytes(), bytes);
    module.into_owned()
}

#[test]
fn names_by_number_and_by_spelling() {
    let module = read(&file(&[&b"\x02\x00\x08a.py\x00\x0f"[..], &CODE].concat()));
    assert_eq!(module.qstrs, [Qstr::new(&b"a.py"[..]), Qstr::Static(7)]);
    assert_eq!(module.qstrs[1].as_bytes(), b"<module>");
    assert_eq!(module.source_name(), b"a.py");
}

#[test]
fn constants_of_every_kind() {
    let constants: &[u8] =
        b"\x01\x02\x03\x04\x05\x02hi\x00\x06\x01\xff\x00\x07\x02-7\x08\x031.5\x09\x022j\x0a\x02\x0a\x00\x01\x00";
    let module = read(&file(&[b"\x00\x0b", constants, &CODE].concat()));
    let text = |text: &'static str| text.as_bytes().into();
    assert_eq!(
        module.constants,
        [
            Constant::None,
            Constant::False,
            Constant::True,
            Constant::Ellipsis,
            Constant::Str(text("hi")),
            Constant::Bytes(b"\xff"[..].into()),
            Constant::Int(text("-7")),
            Constant::Float(text("1.5")),
            Constant::Complex(text("2j")),
            Constant::Tuple(vec![Constant::Tuple(vec![]), Constant::None]),
            Constant::FunctionTable,
        ]
    );
}

#[test]
fn code_nests_in_the_order_of_the_file() {
    let leaf = |byte| [1 << 3, byte];
    let middle = [&[1 << 3 | 4, 0xb0, 2][..], &leaf(0xc0), &leaf(0xc1)].concat();
    let root = [&[1 << 3 | 4, 0xa0, 2][..], &middle, &leaf(0xb1)].concat();
    let module = read(&file(&[&[0, 0][..], &root].concat()));
    let codes: Vec<_> = module.codes.iter().map(|code| (code.code[0], code.children.clone())).collect();
    assert_eq!(codes, [(0xa0, vec![1, 4]), (0xb0, vec![2, 3]), (0xc0, vec![]), (0xc1, vec![]), (0xb1, vec![])]);
}

#[test]
fn code_nested_deeper_than_any_stack() {
    let depth = 300_000;
    let mut bytes = file(&[0, 0]);
    bytes.extend([1 << 3 | 4, 0, 1].repeat(depth));
    bytes.extend([1 << 3, 0]);
    assert_eq!(read(&bytes).codes.len(), depth + 1);
}

#[test]
fn machine_code_with_data_and_relocations() {
    // flags 0x70: six bytes of read-only data, four of zeroed data, relocations
    let viper = b"\x22\xaa\xbb\xcc\xdd\x70\x06\x04rodata\x03\x01\x00\xff";
    let module = read(&native(viper));
    let Kind::Viper { scope_flags: 0x70, rodata: Some(rodata), bss: Some(4), relocations: Some(relocations) } =
        &module.codes[0].kind
    else {
        panic!("{:?}", module.codes[0]);
    };
    assert_eq!(&rodata[..], b"rodata");
    assert_eq!((&relocations.bytes[..], relocations.ended), (&b"\x03\x01\x00"[..], true));

    let native_code = b"\x11\x90\x00\x01"; // two bytes of code, the second of which is its prelude
    assert_eq!(read(&native(native_code)).codes[0].kind.name(), "native");
    let asm = read(&native(b"\x0b\x90\x00\x02\x34"));
    assert!(matches!(asm.codes[0].kind, Kind::Asm { n_pos_args: 2, type_sig: 0x34, .. }));
}

#[test]
fn the_end_of_the_file_ends_relocations() {
    let module = read(&native(b"\x22\xaa\xbb\xcc\xdd\x70\x06\x04rodata\x03\x01\x00"));
    let relocations = module.codes[0].kind.relocations().unwrap();
    assert!(!relocations.ended);
    assert_eq!(relocations.iter().count(), 1);
}

#[test]
fn headers_of_other_releases_and_of_circuitpython() {
    for sub_version in 0..4 {
        let bytes = [&[b'M', 6, sub_version, 31, 0, 0][..], &CODE].concat();
        assert_eq!(read(&bytes).header.sub_version, sub_version);
    }
    let circuit = [&[b'C', 6, 0, 31, 0, 0][..], &CODE].concat();
    assert_eq!(read(&circuit).header.flavour, Flavour::CircuitPython);
    let flags = [&[b'M', 6, 0x6f, 31, 3, 0, 0][..], &CODE].concat();
    let header = read(&flags).header;
    assert_eq!((header.arch, header.arch_flags, header.sub_version), (Some(Arch::Rv32imc), Some(3), 3));
}

#[test]
fn what_follows_a_module_is_not_read() {
    let bytes = file(&[&[0, 0][..], &CODE].concat());
    let longer = [&bytes[..], b"more"].concat();
    assert_eq!(Module::from_bytes(&longer).unwrap().1, bytes.len());
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    let whole = native(b"\x22\xaa\xbb\xcc\xdd\x60\x06\x04rodata");
    assert!(Module::from_bytes(&whole).is_ok());
    for len in 0..whole.len() {
        assert!(matches!(error(&whole[..len]).kind, ErrorKind::CutOff(_) | ErrorKind::TooMany(..)), "{len} bytes");
    }
}

#[test]
fn each_defect_is_named_with_its_place() {
    let deep = [&b"\x00\x01"[..], &b"\x0a\x01".repeat(MAX_TUPLE_DEPTH + 1), b"\x01", &CODE].concat();
    let cases: &[(&[u8], usize, ErrorKind)] = &[
        (b"\x7fELF", 0, ErrorKind::Magic(0x7f)),
        (b"M\x05\x00\x1f", 1, ErrorKind::Version(Flavour::MicroPython, 5)),
        (b"M\x06\xff\x1f", 2, ErrorKind::Arch(0xff)),
        (b"M\x06\x38\x1f", 2, ErrorKind::Arch(0x38)),
        (&file(b"\x80\x01"), 4, ErrorKind::Overlong("names")),
        (&file(b"\x90\x80\x80\x80\x00"), 8, ErrorKind::TooBig("names")),
        (&file(b"\x7f\x00"), 4, ErrorKind::TooMany("names", 127)),
        (&file(b"\x01\x00\x04ab!"), 9, ErrorKind::NotTerminated("a name")),
        (&file(b"\x01\x00\x82\x4d"), 7, ErrorKind::StaticQstr(166)),
        (&file(b"\x00\x01\x0b\x00"), 6, ErrorKind::ConstantKind(11)),
        (&file(b"\x00\x01\x05\x01ab"), 9, ErrorKind::NotTerminated("a constant")),
        (&file(&deep), 4 + 2 + 2 * (MAX_TUPLE_DEPTH + 1) - 1, ErrorKind::TupleDepth),
        (&file(b"\x00\x00\x0c\x51\x00"), 8, ErrorKind::NoChildren),
        (&file(b"\x00\x00\x0a\x51"), 6, ErrorKind::NoArch),
        (&native(b"\x09\x90\x05"), 8, ErrorKind::PreludeOffset(5)),
        (&native(b"\x0b\x90\x10\x00\x00\x04\xff"), 11, ErrorKind::RelocationPlace),
    ];
    for &(bytes, offset, kind) in cases {
        assert_eq!(error(bytes), Error { offset, kind }, "{}", error(bytes));
        let arch = matches!(kind, ErrorKind::Arch(_));
        assert_eq!(error(bytes).value_error(), if arch { INCOMPATIBLE_ARCH } else { INCOMPATIBLE_FILE });
    }
}

#[test]
fn a_header_can_be_read_alone() {
    let header = Header::from_bytes(b"M\x06\x08\x1f");
    assert_eq!(header, Ok(Header { arch: Some(Arch::X64), ..Header::default() }));
}

#[test]
fn a_module_can_be_built_and_written() {
    let code = RawCode { code: vec![0x00, 0x02, 0x01, 0x51, 0x63].into(), kind: Kind::Bytecode, children: vec![] };
    let module = Module {
        header: Header::default(),
        qstrs: vec![Qstr::new(&b"x.py"[..]), Qstr::new(&b"<module>"[..])],
        constants: vec![],
        codes: vec![code],
    };
    assert_eq!(read(&module.to_bytes()), module);
}
