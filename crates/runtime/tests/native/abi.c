// A module that uses what C code can of the runtime: every kind of function, types with every slot, streams, buffers.
// Made into abi.mpy by gcc -Os -fpic -fno-common and MicroPython's tools/mpy_ld.py, against MicroPython 1.29's headers.
#include "py/dynruntime.h"

// ---- A type with every slot ----

typedef struct {
    mp_obj_base_t base;
    mp_int_t value;
    mp_obj_t extra;
} thing_t;

mp_obj_full_type_t thing_type;
mp_obj_full_type_t iterator_type;
mp_obj_full_type_t stream_type;
mp_obj_full_type_t error_type;

static mp_obj_t thing_new(mp_int_t value) {
    thing_t *thing = mp_obj_malloc(thing_t, (mp_obj_type_t *)&thing_type);
    thing->value = value;
    thing->extra = mp_const_none;
    return MP_OBJ_FROM_PTR(thing);
}

static mp_obj_t thing_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    enum { ARG_value, ARG_flag, ARG_extra };
    mp_arg_t allowed[3];
    allowed[0] = (mp_arg_t) { MP_QSTR_value, MP_ARG_REQUIRED | MP_ARG_INT, { .u_int = 0 } };
    allowed[1] = (mp_arg_t) { MP_QSTR_flag, MP_ARG_KW_ONLY | MP_ARG_BOOL, { .u_bool = false } };
    allowed[2] = (mp_arg_t) { MP_QSTR_extra, MP_ARG_KW_ONLY | MP_ARG_OBJ, { .u_obj = mp_const_none } };
    mp_arg_val_t values[3];
    mp_arg_parse_all_kw_array(n_args, n_kw, args, 3, allowed, values);
    mp_obj_t made = thing_new(values[ARG_value].u_int);
    thing_t *thing = MP_OBJ_TO_PTR(made);
    thing->base.type = type;
    thing->extra = values[ARG_extra].u_obj;
    if (values[ARG_flag].u_bool) {
        thing->value = -thing->value;
    }
    return made;
}

static void thing_print(const mp_print_t *print, mp_obj_t self, mp_print_kind_t kind) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    mp_printf(print, kind == PRINT_REPR ? "Thing(%d)" : "thing %d", (int)thing->value);
}

static mp_obj_t thing_call(mp_obj_t self, size_t n_args, size_t n_kw, const mp_obj_t *args) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    mp_obj_t items[3] = { mp_obj_new_int(thing->value), mp_obj_new_int(n_args), mp_obj_new_int(n_kw) };
    return mp_obj_new_tuple(3, items);
}

static mp_obj_t thing_unary_op(mp_unary_op_t op, mp_obj_t self) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    if (op == MP_UNARY_OP_BOOL) {
        return mp_obj_new_bool(thing->value != 0);
    }
    if (op == MP_UNARY_OP_LEN) {
        return mp_obj_new_int(thing->value);
    }
    if (op == MP_UNARY_OP_NEGATIVE) {
        return thing_new(-thing->value);
    }
    return MP_OBJ_NULL;
}

static mp_obj_t thing_binary_op(mp_binary_op_t op, mp_obj_t left, mp_obj_t right) {
    thing_t *thing = MP_OBJ_TO_PTR(left);
    if (op == MP_BINARY_OP_ADD && mp_obj_is_small_int(right)) {
        return thing_new(thing->value + mp_obj_get_int(right));
    }
    if (op == MP_BINARY_OP_REVERSE_SUBTRACT) {
        return thing_new(mp_obj_get_int(right) - thing->value);
    }
    if (op == MP_BINARY_OP_CONTAINS) {
        return mp_obj_new_bool(mp_obj_get_int(right) == thing->value);
    }
    if (op == MP_BINARY_OP_EQUAL && mp_obj_get_type(right) == (mp_obj_type_t *)&thing_type) {
        return mp_obj_new_bool(thing->value == ((thing_t *)MP_OBJ_TO_PTR(right))->value);
    }
    return MP_OBJ_NULL;
}

static void thing_attr(mp_obj_t self, qstr name, mp_obj_t *dest) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    if (name == MP_QSTR_value) {
        if (dest[0] == MP_OBJ_NULL) {
            dest[0] = mp_obj_new_int(thing->value);
        } else if (dest[1] != MP_OBJ_NULL) {
            thing->value = mp_obj_get_int(dest[1]);
            dest[0] = MP_OBJ_NULL;
        } else {
            thing->value = 0;
            dest[0] = MP_OBJ_NULL;
        }
    } else if (dest[0] == MP_OBJ_NULL) {
        dest[1] = MP_OBJ_SENTINEL;
    }
}

static mp_obj_t thing_subscr(mp_obj_t self, mp_obj_t index, mp_obj_t value) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    if (value == MP_OBJ_SENTINEL) {
        return mp_obj_new_int(thing->value * mp_obj_get_int(index));
    }
    if (value == MP_OBJ_NULL) {
        thing->extra = mp_const_none;
    } else {
        thing->extra = value;
    }
    return mp_const_none;
}

static mp_obj_t thing_iter(mp_obj_t self, mp_obj_iter_buf_t *buffer) {
    thing_t *iterator = (thing_t *)buffer;
    iterator->base.type = (mp_obj_type_t *)&iterator_type;
    iterator->value = ((thing_t *)MP_OBJ_TO_PTR(self))->value;
    return MP_OBJ_FROM_PTR(iterator);
}

static mp_obj_t iterator_next(mp_obj_t self) {
    thing_t *iterator = MP_OBJ_TO_PTR(self);
    if (iterator->value <= 0) {
        return MP_OBJ_STOP_ITERATION;
    }
    return mp_obj_new_int(iterator->value--);
}

static mp_int_t thing_buffer(mp_obj_t self, mp_buffer_info_t *info, mp_uint_t flags) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    info->buf = &thing->value;
    info->len = sizeof(thing->value);
    info->typecode = 'B';
    return 0;
}

static mp_obj_t thing_extra(mp_obj_t self) {
    return ((thing_t *)MP_OBJ_TO_PTR(self))->extra;
}
static MP_DEFINE_CONST_FUN_OBJ_1(thing_extra_obj, thing_extra);

mp_map_elem_t thing_locals_table[2];
static MP_DEFINE_CONST_DICT(thing_locals, thing_locals_table);

// ---- A stream, of a counter that is read as letters ----

static mp_uint_t stream_read(mp_obj_t self, void *buffer, mp_uint_t size, int *error) {
    thing_t *thing = MP_OBJ_TO_PTR(self);
    if (thing->value < 0) {
        *error = 5;
        return MP_STREAM_ERROR;
    }
    mp_uint_t n = 0;
    for (; n < size && thing->value > 0; --thing->value) {
        ((char *)buffer)[n++] = thing->value % 5 == 0 ? '\n' : 'a' + thing->value % 26;
    }
    return n;
}

static mp_uint_t stream_write(mp_obj_t self, const void *buffer, mp_uint_t size, int *error) {
    ((thing_t *)MP_OBJ_TO_PTR(self))->value += size;
    return size;
}

static mp_uint_t stream_ioctl(mp_obj_t self, mp_uint_t request, uintptr_t argument, int *error) {
    return request == MP_STREAM_CLOSE ? 0 : 42;
}

mp_stream_p_t stream_protocol;
mp_map_elem_t stream_locals_table[4];
static MP_DEFINE_CONST_DICT(stream_locals, stream_locals_table);

// ---- Functions ----

static mp_obj_t none(void) {
    return mp_obj_new_str("none", 4);
}
static MP_DEFINE_CONST_FUN_OBJ_0(none_obj, none);

static mp_obj_t call_it(mp_obj_t function, mp_obj_t argument) {
    return mp_call_function_n_kw(function, 1, 0, &argument);
}
static MP_DEFINE_CONST_FUN_OBJ_2(call_it_obj, call_it);

static mp_obj_t set_item(mp_obj_t object, mp_obj_t index, mp_obj_t value) {
    mp_obj_subscr(object, index, value);
    return mp_obj_len(object);
}
static MP_DEFINE_CONST_FUN_OBJ_3(set_item_obj, set_item);

static mp_obj_t any_number(size_t n_args, const mp_obj_t *args) {
    return mp_obj_new_list(n_args, (mp_obj_t *)args);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(any_number_obj, 1, 3, any_number);

static mp_obj_t with_keywords(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    mp_arg_t allowed[2];
    allowed[0] = (mp_arg_t) { MP_QSTR_a, MP_ARG_INT, { .u_int = 7 } };
    allowed[1] = (mp_arg_t) { MP_QSTR_b, MP_ARG_OBJ, { .u_obj = mp_const_true } };
    mp_arg_val_t values[2];
    mp_arg_parse_all(n_args, args, kw_args, 2, allowed, values);
    mp_obj_t items[2] = { mp_obj_new_int(values[0].u_int), values[1].u_obj };
    return mp_obj_new_tuple(2, items);
}
static MP_DEFINE_CONST_FUN_OBJ_KW(with_keywords_obj, 0, with_keywords);

// The value of a thing, or of the one inside an instance of a class that derives from things.
static mp_obj_t value_of(mp_obj_t object) {
    mp_obj_t thing = mp_obj_cast_to_native_base(object, MP_OBJ_FROM_PTR(&thing_type));
    return thing == MP_OBJ_NULL ? mp_const_none : mp_obj_new_int(((thing_t *)MP_OBJ_TO_PTR(thing))->value);
}
static MP_DEFINE_CONST_FUN_OBJ_1(value_of_obj, value_of);

static mp_obj_t prints(mp_obj_t object) {
    mp_printf(&mp_plat_print, "[%d|%5d|%-5d|%05d|%+d|% d]\n", 12, 12, 12, 12, 12, 12);
    mp_printf(&mp_plat_print, "[%u|%x|%X|%ld|%lu]\n", 12u, 0xbeefu, 0xbeefu, -1L, 1UL << (8 * sizeof(long) - 24));
    mp_printf(&mp_plat_print, "[%s|%8s|%-8s|%.2s|%.*s|%c|%b|%q|%%]\n", "text", "text", "text", "text", 3, "text", 'c', 1, (qstr)MP_QSTR_value);
    mp_printf(&mp_plat_print, "[%d %d %d %d %d %d %d %s]\n", 1, 2, 3, 4, 5, 6, 7, "eight");
    return object;
}
static MP_DEFINE_CONST_FUN_OBJ_1(prints_obj, prints);

static mp_obj_t raises(mp_obj_t which) {
    switch (mp_obj_get_int(which)) {
        case 0: mp_raise_ValueError("value");
        case 1: mp_raise_OSError(2);
        case 2: mp_raise_msg((mp_obj_type_t *)&error_type, "own");
        case 3: mp_raise_type_arg(&mp_type_KeyError, which);
        case 4: nlr_raise(mp_obj_new_exception(MP_OBJ_FROM_PTR(&error_type)));
        case 5: mp_raise_TypeError("type");
    }
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(raises_obj, raises);

// The sum of a buffer's bytes, and that of one doubled in place.
static mp_obj_t sum(mp_obj_t object, mp_obj_t in_place) {
    mp_buffer_info_t info;
    mp_get_buffer_raise(object, &info, mp_obj_is_true(in_place) ? MP_BUFFER_WRITE : MP_BUFFER_READ);
    mp_int_t total = 0;
    for (size_t i = 0; i < info.len; ++i) {
        if (mp_obj_is_true(in_place)) {
            ((uint8_t *)info.buf)[i] *= 2;
        }
        total += ((uint8_t *)info.buf)[i];
    }
    return mp_obj_new_int(total);
}
static MP_DEFINE_CONST_FUN_OBJ_2(sum_obj, sum);

// How long a string is up to its zero byte.
static mp_obj_t c_length(mp_obj_t object) {
    const volatile char *text = mp_obj_str_get_str(object);
    size_t n = 0;
    while (text[n] != 0) {
        ++n;
    }
    return mp_obj_new_int(n);
}
static MP_DEFINE_CONST_FUN_OBJ_1(c_length_obj, c_length);

static mp_obj_t reads_stream(mp_obj_t object) {
    const mp_stream_p_t *stream = mp_get_stream_raise(object, MP_STREAM_OP_READ);
    char buffer[8];
    int error;
    mp_uint_t n = stream->read(object, buffer, sizeof(buffer), &error);
    if (n == MP_STREAM_ERROR) {
        mp_raise_OSError(error);
    }
    return mp_obj_new_bytes((byte *)buffer, n);
}
static MP_DEFINE_CONST_FUN_OBJ_1(reads_stream_obj, reads_stream);

// Moves a stream to so many bytes before its end: where that is.
static mp_obj_t moves_stream(mp_obj_t object, mp_obj_t before) {
    const mp_stream_p_t *stream = mp_get_stream_raise(object, MP_STREAM_OP_IOCTL);
    struct mp_stream_seek_t seek = { .offset = -mp_obj_get_int(before), .whence = 2 };
    int error;
    if (stream->ioctl(object, MP_STREAM_SEEK, (uintptr_t)&seek, &error) == MP_STREAM_ERROR) {
        mp_raise_OSError(error);
    }
    return mp_obj_new_int(seek.offset);
}
static MP_DEFINE_CONST_FUN_OBJ_2(moves_stream_obj, moves_stream);

static mp_obj_t builds(void) {
    mp_obj_t list = mp_obj_new_list(0, NULL);
    for (int i = 0; i < 20; ++i) {
        mp_obj_list_append(list, mp_obj_new_int(i * i));
    }
    mp_obj_t dict = mp_obj_new_dict(0);
    mp_obj_dict_store(dict, MP_OBJ_NEW_QSTR(MP_QSTR_value), list);
    mp_obj_dict_store(dict, mp_obj_new_str("float", 5), mp_obj_new_float(1.5));
    char *memory = m_malloc(100);
    memory = m_realloc(memory, 1000);
    memory[999] = 1;
    m_free(memory);
    size_t len;
    mp_obj_t *items;
    mp_obj_get_array(list, &len, &items);
    mp_obj_t parts[4] = { dict, items[len - 1], mp_const_empty_bytes, mp_obj_new_float(mp_obj_get_float(items[2]) / 8) };
    return mp_obj_new_tuple(4, parts);
}
static MP_DEFINE_CONST_FUN_OBJ_0(builds_obj, builds);

uint8_t shared[4];

static mp_obj_t shares(void) {
    shared[0] += 1;
    return mp_obj_new_bytearray_by_ref(sizeof(shared), shared);
}
static MP_DEFINE_CONST_FUN_OBJ_0(shares_obj, shares);

static mp_obj_t numbers(mp_obj_t code) {
    const char *text = mp_obj_str_get_str(code);
    char c = text[0];
    uint64_t memory[2] = { 0, 0 };
    mp_binary_set_val_array(c, memory, 1, MP_OBJ_NEW_SMALL_INT(-2));
    size_t align = 0;
    mp_obj_t items[3] = {
        mp_binary_get_val_array(c, memory, 1),
        mp_obj_new_int(mp_binary_get_size('@', c, &align)),
        mp_obj_new_int(align),
    };
    return mp_obj_new_tuple(3, items);
}
static MP_DEFINE_CONST_FUN_OBJ_1(numbers_obj, numbers);

static mp_obj_t type_of(mp_obj_t object) {
    return MP_OBJ_FROM_PTR(mp_obj_get_type(object));
}
static MP_DEFINE_CONST_FUN_OBJ_1(type_of_obj, type_of);

// A function that takes whatever comes.
static mp_obj_t anything(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    return mp_obj_new_tuple(n_args, args);
}

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY

    thing_type.base.type = (void *)&mp_type_type;
    thing_type.name = MP_QSTR_Thing;
    MP_OBJ_TYPE_SET_SLOT(&thing_type, make_new, thing_make_new, 0);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, print, thing_print, 1);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, call, thing_call, 2);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, unary_op, thing_unary_op, 3);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, binary_op, thing_binary_op, 4);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, attr, thing_attr, 5);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, subscr, thing_subscr, 6);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, iter, thing_iter, 7);
    MP_OBJ_TYPE_SET_SLOT(&thing_type, buffer, thing_buffer, 8);
    thing_locals_table[0] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_get_extra), MP_OBJ_FROM_PTR(&thing_extra_obj) };
    thing_locals_table[1] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_CONSTANT), MP_OBJ_NEW_SMALL_INT(99) };
    MP_OBJ_TYPE_SET_SLOT(&thing_type, locals_dict, (void *)&thing_locals, 9);

    iterator_type.base.type = (void *)&mp_type_type;
    iterator_type.name = MP_QSTR_ThingIterator;
    iterator_type.flags = MP_TYPE_FLAG_ITER_IS_ITERNEXT;
    MP_OBJ_TYPE_SET_SLOT(&iterator_type, iter, iterator_next, 0);

    stream_protocol.read = stream_read;
    stream_protocol.write = stream_write;
    stream_protocol.ioctl = stream_ioctl;
    stream_type.base.type = (void *)&mp_type_type;
    stream_type.name = MP_QSTR_Letters;
    stream_type.flags = MP_TYPE_FLAG_ITER_IS_STREAM;
    MP_OBJ_TYPE_SET_SLOT(&stream_type, make_new, thing_make_new, 0);
    MP_OBJ_TYPE_SET_SLOT(&stream_type, protocol, &stream_protocol, 1);
    stream_locals_table[0] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_read), MP_OBJ_FROM_PTR(&mp_stream_read_obj) };
    stream_locals_table[1] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_readinto), MP_OBJ_FROM_PTR(&mp_stream_readinto_obj) };
    stream_locals_table[2] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_readline), MP_OBJ_FROM_PTR(&mp_stream_unbuffered_readline_obj) };
    stream_locals_table[3] = (mp_map_elem_t) { MP_OBJ_NEW_QSTR(MP_QSTR_write), MP_OBJ_FROM_PTR(&mp_stream_write_obj) };
    MP_OBJ_TYPE_SET_SLOT(&stream_type, locals_dict, (void *)&stream_locals, 2);

    mp_obj_exception_init(&error_type, MP_QSTR_ThingError, &mp_type_ValueError);

    mp_store_global(MP_QSTR_Thing, MP_OBJ_FROM_PTR(&thing_type));
    mp_store_global(MP_QSTR_Letters, MP_OBJ_FROM_PTR(&stream_type));
    mp_store_global(MP_QSTR_ThingError, MP_OBJ_FROM_PTR(&error_type));
    mp_store_global(MP_QSTR_none, MP_OBJ_FROM_PTR(&none_obj));
    mp_store_global(MP_QSTR_call_it, MP_OBJ_FROM_PTR(&call_it_obj));
    mp_store_global(MP_QSTR_set_item, MP_OBJ_FROM_PTR(&set_item_obj));
    mp_store_global(MP_QSTR_any_number, MP_OBJ_FROM_PTR(&any_number_obj));
    mp_store_global(MP_QSTR_with_keywords, MP_OBJ_FROM_PTR(&with_keywords_obj));
    mp_store_global(MP_QSTR_prints, MP_OBJ_FROM_PTR(&prints_obj));
    mp_store_global(MP_QSTR_value_of, MP_OBJ_FROM_PTR(&value_of_obj));
    mp_store_global(MP_QSTR_raises, MP_OBJ_FROM_PTR(&raises_obj));
    mp_store_global(MP_QSTR_sum, MP_OBJ_FROM_PTR(&sum_obj));
    mp_store_global(MP_QSTR_c_length, MP_OBJ_FROM_PTR(&c_length_obj));
    mp_store_global(MP_QSTR_reads_stream, MP_OBJ_FROM_PTR(&reads_stream_obj));
    mp_store_global(MP_QSTR_moves_stream, MP_OBJ_FROM_PTR(&moves_stream_obj));
    mp_store_global(MP_QSTR_builds, MP_OBJ_FROM_PTR(&builds_obj));
    mp_store_global(MP_QSTR_shares, MP_OBJ_FROM_PTR(&shares_obj));
    mp_store_global(MP_QSTR_numbers, MP_OBJ_FROM_PTR(&numbers_obj));
    mp_store_global(MP_QSTR_type_of, MP_OBJ_FROM_PTR(&type_of_obj));
    mp_store_global(MP_QSTR_anything, MP_DYNRUNTIME_MAKE_FUNCTION(anything));

    MP_DYNRUNTIME_INIT_EXIT
}
