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
    ($($entry:ident $name:literal;)*) => { $(pub(super) const $entry: u32 = number($name);)* };
}

entries! {
    NONE "mp_const_none";
    FALSE "mp_const_false";
    TO_NATIVE "mp_native_from_obj";
    TO_OBJECT "mp_native_to_obj";
    SWAP_GLOBALS "mp_native_swap_globals";
    LOAD_NAME "mp_load_name";
    LOAD_GLOBAL "mp_load_global";
    LOAD_BUILD_CLASS "mp_load_build_class";
    LOAD_ATTR "mp_load_attr";
    LOAD_METHOD "mp_load_method";
    LOAD_SUPER_METHOD "mp_load_super_method";
    STORE_NAME "mp_store_name";
    STORE_GLOBAL "mp_store_global";
    STORE_ATTR "mp_store_attr";
    SUBSCRIPT "mp_obj_subscr";
    IS_TRUE "mp_obj_is_true";
    UNARY_OP "mp_unary_op";
    BINARY_OP "mp_binary_op";
    NEW_TUPLE "mp_obj_new_tuple";
    NEW_LIST "mp_obj_new_list";
    NEW_DICT "mp_obj_new_dict";
    NEW_SET "mp_obj_new_set";
    SET_STORE "mp_obj_set_store";
    LIST_APPEND "mp_obj_list_append";
    DICT_STORE "mp_obj_dict_store";
    MAKE_FUNCTION "mp_make_function_from_proto_fun";
    CALL_FUNCTION "mp_native_call_function_n_kw";
    CALL_METHOD "mp_call_method_n_kw";
    CALL_METHOD_VAR "mp_call_method_n_kw_var";
    GET_ITER "mp_native_getiter";
    ITER_NEXT "mp_native_iternext";
    NLR_PUSH "nlr_push";
    NLR_POP "nlr_pop";
    RAISE "mp_native_raise";
    IMPORT_NAME "mp_import_name";
    IMPORT_FROM "mp_import_from";
    IMPORT_ALL "mp_import_all";
    NEW_SLICE "mp_obj_new_slice";
    UNPACK_SEQUENCE "mp_unpack_sequence";
    UNPACK_EX "mp_unpack_ex";
    DELETE_NAME "mp_delete_name";
    DELETE_GLOBAL "mp_delete_global";
    NEW_CLOSURE "mp_obj_new_closure";
    CHECK_ARGUMENTS "mp_arg_check_num_sig";
    SETUP_CODE_STATE "mp_setup_code_state_native";
    FLOOR_DIVIDE "mp_small_int_floor_divide";
    MODULO "mp_small_int_modulo";
    YIELD_FROM "mp_native_yield_from";
    SETJMP "setjmp";
}
