// A native module in C: checksums of anything that has bytes. See docs/native-modules.md.
#include "berus.h"

// Zeroed data. It must be global, not static: code finds it by way of the global offset table.
uint32_t table[256];
mp_uint_t n_bytes;

// Read-only data, with pointers that the loader completes.
static const struct {
    const char *text;
    size_t len;
} names[] = {{"empty", 5}, {"short", 5}, {"long", 4}};

static void fill_table(void) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = remainder >> 1 ^ (remainder & 1 ? 0xedb88320 : 0);
        }
        table[byte] = remainder;
    }
}

// crc32(data, crc=0): the checksum of data, going on from that of what came before.
static mp_obj_t crc32(size_t n_args, const mp_obj_t *args) {
    mp_buffer_info_t data;
    mp_get_buffer_raise(args[0], &data, MP_BUFFER_READ);
    uint32_t crc = ~(n_args > 1 ? (uint32_t)mp_obj_get_int(args[1]) : 0);
    const uint8_t *bytes = data.buf;
    for (size_t i = 0; i < data.len; ++i) {
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
    }
    n_bytes += data.len;
    return mp_obj_new_int_from_uint((uint32_t)~crc);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(crc32_obj, 1, 2, crc32);

// describe(n): a word for so many bytes.
static mp_obj_t describe(mp_obj_t n_obj) {
    mp_int_t n = mp_obj_get_int(n_obj);
    if (n < 0) {
        mp_raise_msg(MP_QSTR_ValueError, "less than nothing");
    }
    int i = n == 0 ? 0 : n < 10 ? 1 : 2;
    return mp_obj_new_str(names[i].text, names[i].len);
}
static MP_DEFINE_CONST_FUN_OBJ_1(describe_obj, describe);

// n_bytes(): how many bytes have gone into checksums.
static mp_obj_t get_n_bytes(void) {
    return mp_obj_new_int_from_uint(n_bytes);
}
static MP_DEFINE_CONST_FUN_OBJ_0(n_bytes_obj, get_n_bytes);

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
    MP_DYNRUNTIME_INIT_ENTRY
    fill_table();
    mp_store_global(MP_QSTR_crc32, MP_OBJ_FROM_PTR(&crc32_obj));
    mp_store_global(MP_QSTR_describe, MP_OBJ_FROM_PTR(&describe_obj));
    mp_store_global(MP_QSTR_n_bytes, MP_OBJ_FROM_PTR(&n_bytes_obj));
    MP_DYNRUNTIME_INIT_EXIT
}
