//! The entries of the table of functions that generated code uses.

use berus_mpy::function_table;

/// The number of the entry that MicroPython calls `name`.
const fn number(name: &str) -> u32 {
    let mut entry = 0;
    while entry < function_table::NAMES.len() {
        let (a, b) = (function_table::NAMES[entry].as_bytes(), name.as_bytes());
        let mut i = 0;
        while a.len() == b.len() && i < a.len() && a[i] == b[i] {
            i += 1;
        }
        if a.len() == b.len() && i == a.len() {
            return entry as u32;
        }
        entry += 1;
    }
    panic!("the table has no such entry")
}

macro_rules! entries {
    ($($entry:ident $name:literal $arguments:literal;)*) => {
        $(pub(super) const $entry: u32 = number($name);)*

        /// How many arguments an entry takes, each a word.
        pub(super) const fn arguments(entry: u32) -> u32 {
            $(if entry == $entry { return $arguments })*
            0
        }
    };
}

// Each with the number of its arguments, as the emitter calls it. The first two are objects.

entries! {
    NONE "mp_const_none" 0;
    FALSE "mp_const_false" 0;
    TO_NATIVE "mp_native_from_obj" 2;
    TO_OBJECT "mp_native_to_obj" 2;
    SWAP_GLOBALS "mp_native_swap_globals" 1;
    LOAD_NAME "mp_load_name" 1;
    LOAD_GLOBAL "mp_load_global" 1;
    LOAD_BUILD_CLASS "mp_load_build_class" 0;
    LOAD_ATTR "mp_load_attr" 2;
    LOAD_METHOD "mp_load_method" 3;
    LOAD_SUPER_METHOD "mp_load_super_method" 2;
    STORE_NAME "mp_store_name" 2;
    STORE_GLOBAL "mp_store_global" 2;
    STORE_ATTR "mp_store_attr" 3;
    SUBSCRIPT "mp_obj_subscr" 3;
    IS_TRUE "mp_obj_is_true" 1;
    UNARY_OP "mp_unary_op" 2;
    BINARY_OP "mp_binary_op" 3;
    NEW_TUPLE "mp_obj_new_tuple" 2;
    NEW_LIST "mp_obj_new_list" 2;
    NEW_DICT "mp_obj_new_dict" 1;
    NEW_SET "mp_obj_new_set" 2;
    SET_STORE "mp_obj_set_store" 2;
    LIST_APPEND "mp_obj_list_append" 2;
    DICT_STORE "mp_obj_dict_store" 3;
    MAKE_FUNCTION "mp_make_function_from_proto_fun" 3;
    CALL_FUNCTION "mp_native_call_function_n_kw" 3;
    CALL_METHOD "mp_call_method_n_kw" 3;
    CALL_METHOD_VAR "mp_call_method_n_kw_var" 3;
    GET_ITER "mp_native_getiter" 2;
    ITER_NEXT "mp_native_iternext" 1;
    NLR_PUSH "nlr_push" 1;
    NLR_POP "nlr_pop" 0;
    RAISE "mp_native_raise" 1;
    IMPORT_NAME "mp_import_name" 3;
    IMPORT_FROM "mp_import_from" 2;
    IMPORT_ALL "mp_import_all" 1;
    NEW_SLICE "mp_obj_new_slice" 3;
    UNPACK_SEQUENCE "mp_unpack_sequence" 3;
    UNPACK_EX "mp_unpack_ex" 3;
    DELETE_NAME "mp_delete_name" 1;
    DELETE_GLOBAL "mp_delete_global" 1;
    NEW_CLOSURE "mp_obj_new_closure" 3;
    CHECK_ARGUMENTS "mp_arg_check_num_sig" 3;
    SETUP_CODE_STATE "mp_setup_code_state_native" 4;
    FLOOR_DIVIDE "mp_small_int_floor_divide" 2;
    MODULO "mp_small_int_modulo" 2;
    YIELD_FROM "mp_native_yield_from" 3;
    SETJMP "setjmp" 1;
}
