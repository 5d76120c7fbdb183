/* shared.h - content keys sealed under a password or a shared key, for tests:
 * what the engine reads and never writes. */
#ifndef BL_TESTS_SHARED_H
#define BL_TESTS_SHARED_H

#include "crypto/shared.h"

/* bl_test_kek fills the key-encryption key: PBKDF2 of the password, or a copy
 * of the key. */
void bl_test_kek(
    uint8_t kek[32], const struct bl_shared *s, struct bl_span secret);
/* bl_test_wrap appends the content key wrapped as `s` says (its `wrapped` aside):
 * RFC 3394, or RFC 3211 2.3.1 with `pad` blocks more than are needed. */
void bl_test_wrap(struct bl_buf *out, const struct bl_shared *s,
    struct bl_span secret, struct bl_span cek, size_t pad);
/* bl_test_shared_write appends the RecipientInfo with s->wrapped. */
void bl_test_shared_write(struct bl_buf *out, const struct bl_shared *s);

#endif
