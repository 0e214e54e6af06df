// Frozen modules, made by `berus freeze --c`.
#include <stdint.h>

#include "py/mpconfig.h"
#include "py/objint.h"
#include "py/objstr.h"
#include "py/objtuple.h"
#include "py/emitglue.h"
#include "py/nativeglue.h"

#if MICROPY_PY_BUILTINS_FLOAT
typedef struct { mp_obj_base_t base; mp_float_t value; } frozen_float_t;
#endif
#if MICROPY_PY_BUILTINS_COMPLEX
typedef struct { mp_obj_base_t base; mp_float_t real; mp_float_t imag; } frozen_complex_t;
#endif

// No hash is 0.
#if MICROPY_QSTR_BYTES_IN_HASH == 1
#define FROZEN_HASH(hash) (((hash) & 0xff) ? ((hash) & 0xff) : 1)
#else
#define FROZEN_HASH(hash) ((hash) ? (hash) : 1)
#endif

enum {
    FROZEN_QSTR_0 = MP_QSTRnumber_of, // <module>
    FROZEN_QSTR_1, // C
    FROZEN_QSTR_2, // __module__
    FROZEN_QSTR_3, // __name__
    FROZEN_QSTR_4, // __qualname__
    FROZEN_QSTR_5, // a
    FROZEN_QSTR_6, // app/__init__.py
    FROZEN_QSTR_7, // f
    FROZEN_QSTR_8, // line
};

#if 15 >= 1 << (8 * MICROPY_QSTR_BYTES_IN_LEN)
#error "a name is too long"
#endif

#if MICROPY_QSTR_BYTES_IN_HASH
const qstr_hash_t mp_qstr_frozen_const_hashes[] = {
    FROZEN_HASH(38077),
    FROZEN_HASH(46566),
    FROZEN_HASH(12543),
    FROZEN_HASH(14562),
    FROZEN_HASH(107),
    FROZEN_HASH(46532),
    FROZEN_HASH(43254),
    FROZEN_HASH(46531),
    FROZEN_HASH(7371),
};
#endif

const qstr_len_t mp_qstr_frozen_const_lengths[] = {
    8,
    1,
    10,
    8,
    12,
    1,
    15,
    1,
    4,
};

extern const qstr_pool_t mp_qstr_const_pool;
const qstr_pool_t mp_qstr_frozen_const_pool = {
    .prev = &mp_qstr_const_pool,
    .total_prev_len = MP_QSTRnumber_of,
    .is_sorted = true,
    .alloc = 9,
    .len = 9,
    #if MICROPY_QSTR_BYTES_IN_HASH
    .hashes = (qstr_hash_t *)mp_qstr_frozen_const_hashes,
    #endif
    .lengths = (qstr_len_t *)mp_qstr_frozen_const_lengths,
    .qstrs = {
        "<module>",
        "C",
        "__module__",
        "__name__",
        "__qualname__",
        "a",
        "app/__init__.py",
        "f",
        "line",
    },
};

// app/__init__.py
static const byte data_0_2[19] = {
    0x00, 0x06, 0x02, 0x68, 0x40, 0x11, 0x07, 0x16, 0x08, 0x10, 0x02, 0x16, 0x09, 0x10, 0x04, 0x16,
    0x0a, 0x51, 0x63,
};
#if MICROPY_PERSISTENT_CODE_SAVE
static const mp_raw_code_truncated_t code_0_2 = {
    .proto_fun_indicator[0] = MP_PROTO_FUN_INDICATOR_RAW_CODE_0,
    .proto_fun_indicator[1] = MP_PROTO_FUN_INDICATOR_RAW_CODE_1,
    .kind = MP_CODE_BYTECODE,
    .is_generator = 0,
    .fun_data = data_0_2,
    .children = (void *)NULL,
    #if MICROPY_PERSISTENT_CODE_SAVE
    .fun_data_len = 19,
    .n_children = 0,
    #if MICROPY_EMIT_INLINE_ASM || MICROPY_ENABLE_NATIVE_CODE
    .prelude_offset = 0,
    #endif
    #if MICROPY_PY_SYS_SETTRACE
    .line_of_definition = 0,
    .prelude = {
        .n_state = 1,
        .n_exc_stack = 0,
        .scope_flags = 0,
        .n_pos_args = 0,
        .n_kwonly_args = 0,
        .n_def_pos_args = 0,
        .qstr_block_name_idx = 2,
        .line_info = data_0_2 + 3,
        .line_info_top = data_0_2 + 5,
        .opcodes = data_0_2 + 5,
    },
    #endif
    #endif
};
#else
#define code_0_2 data_0_2[0]
#endif
static const byte data_0_1[22] = {
    0xa1, 0xc0, 0x80, 0x40, 0x08, 0x03, 0x05, 0x20, 0x28, 0x12, 0x06, 0xb0, 0x23, 0x00, 0x34, 0x02,
    0x59, 0xb1, 0x67, 0x59, 0x51, 0x63,
};
#if MICROPY_PERSISTENT_CODE_SAVE
static const mp_raw_code_truncated_t code_0_1 = {
    .proto_fun_indicator[0] = MP_PROTO_FUN_INDICATOR_RAW_CODE_0,
    .proto_fun_indicator[1] = MP_PROTO_FUN_INDICATOR_RAW_CODE_1,
    .kind = MP_CODE_BYTECODE,
    .is_generator = 1,
    .fun_data = data_0_1,
    .children = (void *)NULL,
    #if MICROPY_PERSISTENT_CODE_SAVE
    .fun_data_len = 22,
    .n_children = 0,
    #if MICROPY_EMIT_INLINE_ASM || MICROPY_ENABLE_NATIVE_CODE
    .prelude_offset = 0,
    #endif
    #if MICROPY_PY_SYS_SETTRACE
    .line_of_definition = 0,
    .prelude = {
        .n_state = 5,
        .n_exc_stack = 0,
        .scope_flags = 5,
        .n_pos_args = 1,
        .n_kwonly_args = 0,
        .n_def_pos_args = 0,
        .qstr_block_name_idx = 3,
        .line_info = data_0_1 + 7,
        .line_info_top = data_0_1 + 9,
        .opcodes = data_0_1 + 9,
    },
    #endif
    #endif
};
#else
#define code_0_1 data_0_1[0]
#endif
static const byte data_0_0[20] = {
    0x10, 0x06, 0x01, 0x64, 0x20, 0x32, 0x00, 0x16, 0x03, 0x54, 0x32, 0x01, 0x10, 0x02, 0x34, 0x02,
    0x16, 0x02, 0x51, 0x63,
};
static const void *const children_0_0[] = {
    &code_0_1,
    &code_0_2,
};
static const mp_raw_code_truncated_t code_0_0 = {
    .proto_fun_indicator[0] = MP_PROTO_FUN_INDICATOR_RAW_CODE_0,
    .proto_fun_indicator[1] = MP_PROTO_FUN_INDICATOR_RAW_CODE_1,
    .kind = MP_CODE_BYTECODE,
    .is_generator = 0,
    .fun_data = data_0_0,
    .children = (void *)&children_0_0,
    #if MICROPY_PERSISTENT_CODE_SAVE
    .fun_data_len = 20,
    .n_children = 2,
    #if MICROPY_EMIT_INLINE_ASM || MICROPY_ENABLE_NATIVE_CODE
    .prelude_offset = 0,
    #endif
    #if MICROPY_PY_SYS_SETTRACE
    .line_of_definition = 0,
    .prelude = {
        .n_state = 3,
        .n_exc_stack = 0,
        .scope_flags = 0,
        .n_pos_args = 0,
        .n_kwonly_args = 0,
        .n_def_pos_args = 0,
        .qstr_block_name_idx = 1,
        .line_info = data_0_0 + 3,
        .line_info_top = data_0_0 + 5,
        .opcodes = data_0_0 + 5,
    },
    #endif
    #endif
};
static const qstr_short_t names_0[] = {
    FROZEN_QSTR_6,
    FROZEN_QSTR_0,
    FROZEN_QSTR_1,
    FROZEN_QSTR_7,
    MP_QSTR__0x0a_,
    FROZEN_QSTR_5,
    MP_QSTR_print,
    FROZEN_QSTR_3,
    FROZEN_QSTR_2,
    FROZEN_QSTR_4,
    FROZEN_QSTR_8,
};
#if MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_LONGLONG
#error "an integer has more than 64 bits"
#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 16
static const mp_obj_int_t object_0_0_0 = {{&mp_type_int}, {.neg = 0, .fixed_dig = 1, .alloc = 6, .len = 6, .dig = (uint16_t *)(const uint16_t[]){0x0, 0x0, 0x0, 0x0, 0x0, 0x1}}};
#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 32
static const mp_obj_int_t object_0_0_0 = {{&mp_type_int}, {.neg = 0, .fixed_dig = 1, .alloc = 3, .len = 3, .dig = (uint32_t *)(const uint32_t[]){0x0, 0x0, 0x10000}}};
#else
#error "integers of this kind are not known"
#endif
#if MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_LONGLONG
static const mp_obj_int_t object_0_0_1 = {{&mp_type_int}, (long long)0xfffffffffffeee90ULL};
#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 16
static const mp_obj_int_t object_0_0_1 = {{&mp_type_int}, {.neg = 1, .fixed_dig = 1, .alloc = 2, .len = 2, .dig = (uint16_t *)(const uint16_t[]){0x1170, 0x1}}};
#elif MICROPY_LONGINT_IMPL == MICROPY_LONGINT_IMPL_MPZ && MPZ_DIG_SIZE == 32
static const mp_obj_int_t object_0_0_1 = {{&mp_type_int}, {.neg = 1, .fixed_dig = 1, .alloc = 1, .len = 1, .dig = (uint32_t *)(const uint32_t[]){0x11170}}};
#else
#error "integers of this kind are not known"
#endif
#if MICROPY_OBJ_REPR == MICROPY_OBJ_REPR_C
#define object_0_0_3_word ((mp_rom_obj_t)0xc0a00002)
#elif MICROPY_OBJ_REPR == MICROPY_OBJ_REPR_D
#define object_0_0_3_word ((mp_rom_obj_t)0xc008000000000000)
#else
static const frozen_float_t object_0_0_3 = {{&mp_type_float}, (mp_float_t)2.5e0};
#define object_0_0_3_word MP_ROM_PTR(&object_0_0_3)
#endif
static const frozen_complex_t object_0_0_4 = {{&mp_type_complex}, (mp_float_t)0e0, (mp_float_t)3e0};
static const mp_obj_str_t object_0_0_5 = {{&mp_type_bytes}, FROZEN_HASH(27197), 2, (const byte *)"\x00\x78"};
static const mp_obj_str_t object_0_0_6 = {{&mp_type_str}, FROZEN_HASH(60632), 34, (const byte *)"a string that is longer than names"};
static const mp_rom_obj_tuple_t object_0_0 = {{&mp_type_tuple}, 9, {MP_ROM_PTR(&object_0_0_0), MP_ROM_PTR(&object_0_0_1), MP_ROM_INT(5), object_0_0_3_word, MP_ROM_PTR(&object_0_0_4), MP_ROM_PTR(&object_0_0_5), MP_ROM_PTR(&object_0_0_6), MP_ROM_QSTR(FROZEN_QSTR_5), MP_ROM_PTR(&mp_const_empty_tuple_obj)}};
static const mp_rom_obj_t objects_0[] = {
    MP_ROM_PTR(&object_0_0),
};
static const mp_frozen_module_t module_0 = {
    .constants = {
        .qstr_table = (qstr_short_t *)&names_0,
        .obj_table = (mp_obj_t *)&objects_0,
    },
    .proto_fun = &code_0_0,
};

const uint32_t mp_frozen_str_sizes[] = { 6, 0 };
const char mp_frozen_str_content[] = {
    0x78, 0x20, 0x3d, 0x20, 0x31, 0x0a,
    0,
    0
};

const char mp_frozen_names[] =
    "data.py" "\0"
    "app/__init__.py" "\0"
    "\0";

const mp_frozen_module_t *const mp_frozen_mpy_content[] = {
    &module_0,
    NULL,
};

#ifdef MICROPY_FROZEN_LIST_ITEM
MICROPY_FROZEN_LIST_ITEM("app", "app/__init__.py")
#endif
