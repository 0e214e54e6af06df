// Native modules in C: what a module and the runtime know of each other, version 6.3 of the .mpy format.
//
// A module compiled with this header runs on MicroPython 1.23 and later as on Berus. It is self-contained: nothing of
// MicroPython's is included. Names are MicroPython's, and so are the meanings; what is here is what modules need most. The
// compiler must be given the header of names that `berus link --preprocess` makes, before this one (`-include`).
//
// docs/native-modules.md is a guide.
#ifndef BERUS_H
#define BERUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- Values ----

typedef intptr_t mp_int_t;
typedef uintptr_t mp_uint_t;
typedef size_t qstr;

// A Python value. One that is a pointer points to an object, whose first word is its type.
typedef void *mp_obj_t;
typedef const void *mp_const_obj_t;

#define MP_OBJ_NULL ((mp_obj_t)0)
// Marks what is asked for in the slots `subscr` and `attr` of a type.
#define MP_OBJ_SENTINEL ((mp_obj_t)4)
// From the slot `iter`: there is no next value.
#define MP_OBJ_STOP_ITERATION MP_OBJ_NULL
// A small integer as a value, and the other way round.
#define MP_OBJ_NEW_SMALL_INT(n) ((mp_obj_t)((mp_uint_t)(n) << 1 | 1))
#define MP_OBJ_SMALL_INT_VALUE(o) ((mp_int_t)(o) >> 1)
#define MP_OBJ_FROM_PTR(p) ((mp_obj_t)(p))
#define MP_OBJ_TO_PTR(o) ((void *)(o))

typedef struct _mp_obj_type_t mp_obj_type_t;

// The start of every object.
typedef struct {
    const mp_obj_type_t *type;
} mp_obj_base_t;

// ---- Functions ----

typedef mp_obj_t (*mp_fun_0_t)(void);
typedef mp_obj_t (*mp_fun_1_t)(mp_obj_t);
typedef mp_obj_t (*mp_fun_2_t)(mp_obj_t, mp_obj_t);
typedef mp_obj_t (*mp_fun_3_t)(mp_obj_t, mp_obj_t, mp_obj_t);
typedef mp_obj_t (*mp_fun_var_t)(size_t n_args, const mp_obj_t *args);

typedef struct {
    mp_obj_base_t base;
    union {
        mp_fun_0_t _0;
        mp_fun_1_t _1;
        mp_fun_2_t _2;
        mp_fun_3_t _3;
    } fun;
} mp_obj_fun_builtin_fixed_t;

typedef struct {
    mp_obj_base_t base;
    uint32_t sig;
    mp_fun_var_t fun;
} mp_obj_fun_builtin_var_t;

extern const mp_obj_type_t mp_type_fun_builtin_0, mp_type_fun_builtin_1, mp_type_fun_builtin_2, mp_type_fun_builtin_3,
    mp_type_fun_builtin_var;

// No limit to the number of arguments.
#define MP_OBJ_FUN_ARGS_MAX 0xffff
#define MP_OBJ_FUN_MAKE_SIG(min, max, takes_kw) ((uint32_t)(min) << 17 | (uint32_t)(max) << 1 | ((takes_kw) ? 1 : 0))

// Python function objects for C functions.
#define MP_DEFINE_CONST_FUN_OBJ_0(name, f) const mp_obj_fun_builtin_fixed_t name = {{&mp_type_fun_builtin_0}, {._0 = f}}
#define MP_DEFINE_CONST_FUN_OBJ_1(name, f) const mp_obj_fun_builtin_fixed_t name = {{&mp_type_fun_builtin_1}, {._1 = f}}
#define MP_DEFINE_CONST_FUN_OBJ_2(name, f) const mp_obj_fun_builtin_fixed_t name = {{&mp_type_fun_builtin_2}, {._2 = f}}
#define MP_DEFINE_CONST_FUN_OBJ_3(name, f) const mp_obj_fun_builtin_fixed_t name = {{&mp_type_fun_builtin_3}, {._3 = f}}
#define MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(name, min, max, f) \
    const mp_obj_fun_builtin_var_t name = {{&mp_type_fun_builtin_var}, MP_OBJ_FUN_MAKE_SIG(min, max, false), f}
#define MP_DEFINE_CONST_FUN_OBJ_VAR(name, min, f) \
    MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(name, min, MP_OBJ_FUN_ARGS_MAX, f)

// ---- Types ----

// Slots are numbered from 1 in the order that a type chooses; 0 is none.
struct _mp_obj_type_t {
    mp_obj_base_t base;
    uint16_t flags;
    uint16_t name;
    uint8_t slot_index_make_new;
    uint8_t slot_index_print;
    uint8_t slot_index_call;
    uint8_t slot_index_unary_op;
    uint8_t slot_index_binary_op;
    uint8_t slot_index_attr;
    uint8_t slot_index_subscr;
    uint8_t slot_index_iter;
    uint8_t slot_index_buffer;
    uint8_t slot_index_protocol;
    uint8_t slot_index_parent;
    uint8_t slot_index_locals_dict;
    const void *slots[12];
};

#define MP_TYPE_FLAG_ITER_IS_ITERNEXT 0x80

// Fills the slot number `n` (from 0) of a type.
#define MP_OBJ_TYPE_SET_SLOT(type, slot, f, n) ((type)->slot_index_##slot = (n) + 1, (type)->slots[n] = (const void *)(f))

// ---- Buffers ----

typedef struct {
    void *buf;
    size_t len; // in bytes
    int typecode;
} mp_buffer_info_t;

#define MP_BUFFER_READ 1
#define MP_BUFFER_WRITE 2
#define MP_BUFFER_RW (MP_BUFFER_READ | MP_BUFFER_WRITE)

// ---- The runtime ----

typedef struct _mp_obj_dict_t mp_obj_dict_t;
typedef struct _mp_map_t mp_map_t;
typedef struct _mp_print_t mp_print_t;
typedef struct _mp_obj_iter_buf_t mp_obj_iter_buf_t;

// What is passed to mpy_init: the module as a function.
typedef struct {
    mp_obj_base_t base;
    const struct {
        mp_obj_base_t base;
        mp_obj_dict_t *globals;
    } *context;
} mp_obj_fun_bc_t;

// Whoever calls it gets the address from the loader. The order of its entries is part of the format.
typedef struct {
    mp_obj_t const_none, const_false, const_true;
    mp_uint_t (*native_from_obj)(mp_obj_t, mp_uint_t type);
    mp_obj_t (*native_to_obj)(mp_uint_t, mp_uint_t type);
    mp_obj_dict_t *(*swap_globals)(mp_obj_dict_t *);
    mp_obj_t (*load_name)(qstr);
    mp_obj_t (*load_global)(qstr);
    mp_obj_t (*load_build_class)(void);
    mp_obj_t (*load_attr)(mp_obj_t, qstr);
    void (*load_method)(mp_obj_t, qstr, mp_obj_t *);
    void (*load_super_method)(qstr, mp_obj_t *);
    void (*store_name)(qstr, mp_obj_t);
    void (*store_global)(qstr, mp_obj_t);
    void (*store_attr)(mp_obj_t, qstr, mp_obj_t);
    mp_obj_t (*obj_subscr)(mp_obj_t, mp_obj_t index, mp_obj_t value);
    bool (*obj_is_true)(mp_obj_t);
    mp_obj_t (*unary_op)(unsigned op, mp_obj_t);
    mp_obj_t (*binary_op)(unsigned op, mp_obj_t, mp_obj_t);
    mp_obj_t (*new_tuple)(size_t, const mp_obj_t *);
    mp_obj_t (*new_list)(size_t, mp_obj_t *);
    mp_obj_t (*new_dict)(size_t);
    mp_obj_t (*new_set)(size_t, mp_obj_t *);
    void (*set_store)(mp_obj_t, mp_obj_t);
    mp_obj_t (*list_append)(mp_obj_t, mp_obj_t);
    mp_obj_t (*dict_store)(mp_obj_t, mp_obj_t key, mp_obj_t value);
    mp_obj_t (*make_function_from_proto_fun)(const void *, const void *, const mp_obj_t *);
    mp_obj_t (*call_function_n_kw)(mp_obj_t, size_t n_args_kw, const mp_obj_t *);
    mp_obj_t (*call_method_n_kw)(size_t n_args, size_t n_kw, const mp_obj_t *);
    mp_obj_t (*call_method_n_kw_var)(bool, size_t, const mp_obj_t *);
    mp_obj_t (*getiter)(mp_obj_t, mp_obj_iter_buf_t *);
    mp_obj_t (*iternext)(mp_obj_iter_buf_t *);
    unsigned (*nlr_push)(void *);
    void (*nlr_pop)(void);
    void (*raise)(mp_obj_t);
    mp_obj_t (*import_name)(qstr, mp_obj_t fromlist, mp_obj_t level);
    mp_obj_t (*import_from)(mp_obj_t, qstr);
    void (*import_all)(mp_obj_t);
    mp_obj_t (*new_slice)(mp_obj_t, mp_obj_t, mp_obj_t);
    void (*unpack_sequence)(mp_obj_t, size_t, mp_obj_t *);
    void (*unpack_ex)(mp_obj_t, size_t, mp_obj_t *);
    void (*delete_name)(qstr);
    void (*delete_global)(qstr);
    mp_obj_t (*new_closure)(mp_obj_t, size_t, const mp_obj_t *);
    void (*arg_check_num_sig)(size_t n_args, size_t n_kw, uint32_t sig);
    void (*setup_code_state_native)(void *, size_t, size_t, const mp_obj_t *);
    mp_int_t (*small_int_floor_divide)(mp_int_t, mp_int_t);
    mp_int_t (*small_int_modulo)(mp_int_t, mp_int_t);
    bool (*yield_from)(mp_obj_t, mp_obj_t, mp_obj_t *);
    void *setjmp_;
    void *(*memset_)(void *, int, size_t);
    void *(*memmove_)(void *, const void *, size_t);
    void *(*realloc_)(void *, size_t, bool allow_move);
    int (*printf_)(const mp_print_t *, const char *, ...);
    int (*vprintf_)(const mp_print_t *, const char *, va_list);
    void (*raise_msg)(const mp_obj_type_t *, const char *) __attribute__((noreturn));
    const mp_obj_type_t *(*obj_get_type)(mp_const_obj_t);
    mp_obj_t (*obj_new_str)(const char *, size_t);
    mp_obj_t (*obj_new_bytes)(const uint8_t *, size_t);
    mp_obj_t (*obj_new_bytearray_by_ref)(size_t, void *);
    mp_obj_t (*obj_new_float_from_f)(float);
    mp_obj_t (*obj_new_float_from_d)(double);
    float (*obj_get_float_to_f)(mp_obj_t);
    double (*obj_get_float_to_d)(mp_obj_t);
    void (*load_method_maybe)(mp_obj_t, qstr, mp_obj_t *);
    bool (*get_buffer)(mp_obj_t, mp_buffer_info_t *, mp_uint_t flags);
    const void *(*get_stream_raise)(mp_obj_t, int flags);
    void (*arg_parse_all)(size_t, const mp_obj_t *, mp_map_t *, size_t, const void *, void *);
    void (*arg_parse_all_kw_array)(size_t, size_t, const mp_obj_t *, size_t, const void *, void *);
    size_t (*binary_get_size)(char struct_type, char val_type, size_t *align);
    mp_obj_t (*binary_get_val_array)(char typecode, void *, size_t index);
    void (*binary_set_val_array)(char typecode, void *, size_t index, mp_obj_t);
    const mp_print_t *plat_print;
    const mp_obj_type_t *type_type, *type_str, *type_list, *type_dict;
    const mp_obj_type_t *type_fun_builtin_0, *type_fun_builtin_1, *type_fun_builtin_2, *type_fun_builtin_3,
        *type_fun_builtin_var;
    const mp_obj_type_t *type_Exception;
    const mp_obj_fun_builtin_var_t *stream_read_obj, *stream_readinto_obj, *stream_unbuffered_readline_obj,
        *stream_write_obj;
} mp_fun_table_t;

extern const mp_fun_table_t mp_fun_table;

// ---- What modules do most ----

#define mp_const_none (mp_fun_table.const_none)
#define mp_const_false (mp_fun_table.const_false)
#define mp_const_true (mp_fun_table.const_true)
// Prints to the console, as printf does: mp_printf(&mp_plat_print, "%d\n", 42)
#define mp_plat_print (*mp_fun_table.plat_print)
#define mp_printf(...) (mp_fun_table.printf_(__VA_ARGS__))

// An integer of Python, of any size, to a machine word. Others raise TypeError.
static inline mp_int_t mp_obj_get_int(mp_obj_t o) { return (mp_int_t)mp_fun_table.native_from_obj(o, 2); }
static inline mp_obj_t mp_obj_new_int(mp_int_t n) { return mp_fun_table.native_to_obj((mp_uint_t)n, 2); }
static inline mp_obj_t mp_obj_new_int_from_uint(mp_uint_t n) { return mp_fun_table.native_to_obj(n, 3); }
static inline mp_obj_t mp_obj_new_bool(bool b) { return b ? mp_const_true : mp_const_false; }
static inline bool mp_obj_is_true(mp_obj_t o) { return mp_fun_table.native_from_obj(o, 1); }
static inline double mp_obj_get_double(mp_obj_t o) { return mp_fun_table.obj_get_float_to_d(o); }
static inline mp_obj_t mp_obj_new_double(double d) { return mp_fun_table.obj_new_float_from_d(d); }
static inline mp_obj_t mp_obj_new_str(const char *s, size_t len) { return mp_fun_table.obj_new_str(s, len); }
static inline mp_obj_t mp_obj_new_bytes(const uint8_t *s, size_t len) { return mp_fun_table.obj_new_bytes(s, len); }
static inline mp_obj_t mp_obj_new_qstr(qstr name) { return mp_fun_table.native_to_obj(name, 8); }
static inline mp_obj_t mp_obj_new_tuple(size_t n, const mp_obj_t *items) { return mp_fun_table.new_tuple(n, items); }
static inline mp_obj_t mp_obj_new_list(size_t n, mp_obj_t *items) { return mp_fun_table.new_list(n, items); }
static inline void mp_obj_list_append(mp_obj_t list, mp_obj_t item) { mp_fun_table.list_append(list, item); }
static inline mp_obj_t mp_obj_new_dict(size_t n) { return mp_fun_table.new_dict(n); }
static inline void mp_obj_dict_store(mp_obj_t d, mp_obj_t k, mp_obj_t v) { mp_fun_table.dict_store(d, k, v); }

// The bytes of bytes, str, bytearray, array and the like. What has none raises TypeError.
static inline void mp_get_buffer_raise(mp_obj_t o, mp_buffer_info_t *info, mp_uint_t flags) {
    mp_fun_table.get_buffer(o, info, flags | 4);
}

static inline mp_obj_t mp_load_global(qstr name) { return mp_fun_table.load_global(name); }
static inline void mp_store_global(qstr name, mp_obj_t value) { mp_fun_table.store_global(name, value); }
static inline mp_obj_t mp_load_attr(mp_obj_t o, qstr name) { return mp_fun_table.load_attr(o, name); }

// Calls `f` with `n_args` arguments, and after them `n_kw` pairs of names and values.
static inline mp_obj_t mp_call_function_n_kw(mp_obj_t f, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    return mp_fun_table.call_function_n_kw(f, n_args | n_kw << 8, args);
}

// Raises an exception of the type that has the global name `type`: mp_raise_msg(MP_QSTR_ValueError, "why"). Does not return.
__attribute__((noreturn)) static inline void mp_raise_msg(qstr type, const char *message) {
    mp_fun_table.raise_msg((const mp_obj_type_t *)mp_load_global(type), message);
}

// Memory that is freed when nothing points to it any more. Raises MemoryError.
static inline void *m_malloc(size_t len) {
    void *memory = mp_fun_table.realloc_(NULL, len, false);
    if (memory == NULL && len != 0) {
        mp_raise_msg(MP_QSTR_MemoryError, "memory allocation failed");
    }
    return memory;
}

// mpy_init begins and ends with these: in between, the module's global names are the current ones.
#define MP_DYNRUNTIME_INIT_ENTRY mp_obj_dict_t *mp_old_globals = mp_fun_table.swap_globals(self->context->globals);
#define MP_DYNRUNTIME_INIT_EXIT mp_fun_table.swap_globals(mp_old_globals); return mp_const_none;

#endif
