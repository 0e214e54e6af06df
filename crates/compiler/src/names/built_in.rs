//! Names that mpy-cross has built in.

/// The names in mpy-cross's own tables that have more than 10 bytes and no number in the format.
///
/// A shorter string always becomes a name, and a longer one only if it is a name already: so these strings are
/// names wherever they occur, while any other of their length is a constant. They follow from how mpy-cross 1.29 is
/// configured.
pub(super) const LONG: [&str; 26] = [
    "Interpolation",
    "StopAsyncIteration",
    "UnicodeError",
    "ViperTypeError",
    "__build_class__",
    "__complex__",
    "__contains__",
    "__repl_print__",
    "__reversed__",
    "__template__",
    "__traceback__",
    "bound_method",
    "difference_update",
    "format_spec",
    "heap_unlock",
    "interpolations",
    "intersection",
    "intersection_update",
    "maximum recursion depth exceeded",
    "string.templatelib",
    "symmetric_difference",
    "symmetric_difference_update",
    "templatelib",
    "unpack_from",
    "vcvt_f32_s32",
    "vcvt_s32_f32",
];
