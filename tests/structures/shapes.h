/* shapes.h - the structures that cases are made of, and who signs, seals and
 * opens them. */
#ifndef BL_TESTS_STRUCTURES_SHAPES_H
#define BL_TESTS_STRUCTURES_SHAPES_H

#include <stdlib.h>

#include <openssl/evp.h>

#include "tests/person.h"
#include "tests/structures/tree.h"
#include "tests/test.h"

#define ANN_ADDRESS "ann@example.org"
#define PASSPHRASE  "secret"
#define SHARED_KEY  "shared before, and of 32 bytes!!"

/* kit is who takes part: made anew for each run. */
struct kit {
	struct bl_ctx *ctx;
	struct bl_person ann; /* signs, P-256 */
	struct bl_person bob; /* opens, RSA-2048 */
	struct bl_person eve; /* opens, P-256 */
	struct bl_person ca;  /* issues certificates, P-256 */
	EVP_PKEY *ann_key, *bob_key, *eve_key, *ca_key;
};

/* What is done with the object. */
enum use {
	USE_VERIFY = 1,	  /* opened with ann as an anchor */
	USE_VERIFY_CERT,  /* the same, with the certificate in it as anchor */
	USE_VERIFY_APART, /* the same as VERIFY, its content beside it */
	USE_OPEN,	  /* opened by bob and eve */
	USE_UNPACK,	  /* opened: nothing protects it */
	USE_KEYS,	  /* read as a key file */
	/* a part of a path that is judged, with the other parts as they are */
	USE_PATH_LEAF,
	USE_PATH_ISSUER,
	USE_PATH_ROOT,
	USE_PATH_CRL,	   /* of the issuer */
	USE_PATH_CRL_ROOT, /* of the root */
	USE_PATH_END,
};

/*
 * shape is a structure. `begin` fills in what stays the same in all cases;
 * `finish`, after each change, what depends on the rest: so the arithmetic
 * holds and only the structure is wrong.
 */
struct shape {
	const char *name;
	const struct field *fields;
	size_t n;
	enum use use;
	void (*begin)(struct tree *t, struct kit *k);
	void (*finish)(struct tree *t, struct kit *k);
};

/* subject: the case's certificate, for USE_VERIFY_CERT; spans borrow. */
#define CONTENT "Content-Type: text/plain\r\n\r\nWhat was said stands.\r\n"

extern const struct shape shapes_signed[], shapes_sealed[], shapes_compressed[],
    shapes_cert[], shapes_path[],
    shapes_keys[]; /* each ends with one without a name */

/* cert_of appends the certificate that is inside of a USE_VERIFY_CERT case. */
void cert_of(struct bl_buf *out, struct tree *t);

/* path_part appends a part of the path as it is unchanged. */
void path_part(struct bl_buf *out, struct kit *k, enum use use);

/* What the shapes share. All of these CHECK what cannot fail. */
void digest(struct bl_buf *out, const char *name, struct bl_span in);
void sign(struct bl_buf *out, EVP_PKEY *key, bool pss, struct bl_span in);
/* value_of appends the changed value of the field with this fill, as tree_der.
 */
void value_of(struct bl_buf *out, struct tree *t, enum fill fill);

/* ---- the tables: short forms ---- */

#define SEQ    BL_DER_SEQUENCE
#define SET    BL_DER_SET
#define EXP(n) BL_DER_CONTEXT(n)
#define IMP(n) BL_DER_IMPLICIT(n)
#define OF(d, name, tag)                                                       \
	{                                                                      \
		(d), (name), (tag)                                             \
	}
#define SORTED(d, name, t)                                                     \
	{                                                                      \
		(d), (name), (t), .sorted = true                               \
	}
#define IS(d, name, t, v)                                                      \
	{                                                                      \
		(d), (name), (t), BYTES(v)                                     \
	}
#define OID(d, name, v)                                                        \
	{                                                                      \
		(d), (name), BL_DER_OID, BYTES(v)                              \
	}
#define INT(d, name, v)                                                        \
	{                                                                      \
		(d), (name), BL_DER_INTEGER, BYTES(v)                          \
	}
#define NOTHING(d, name)                                                       \
	{                                                                      \
		(d), (name), BL_DER_NULL                                       \
	}
#define FILLED(d, name, t, f)                                                  \
	{                                                                      \
		(d), (name), (t), .fill = (f)                                  \
	}

/* The hash and the mask that PSS and OAEP have as parameters: SHA-256, MGF1 with
 * SHA-256 (RFC 4055 3.1, 4.1). */
#define HASH_AND_MASK(hash_name, mask_name)                                    \
	OF(7, hash_name, EXP(0)), OF(8, "hash", SEQ),                          \
	    OID(9, "algorithm", O_SHA256), NOTHING(9, "parameters"),           \
	    OF(7, mask_name, EXP(1)), OF(8, "mask", SEQ),                      \
	    OID(9, "algorithm", O_MGF1), OF(9, "hash", SEQ),                   \
	    OID(10, "algorithm", O_SHA256), NOTHING(10, "parameters")

#define O_DATA		 "\x2a\x86\x48\x86\xf7\x0d\1\7\1"
#define O_SIGNED	 "\x2a\x86\x48\x86\xf7\x0d\1\7\2"
#define O_ENVELOPED	 "\x2a\x86\x48\x86\xf7\x0d\1\7\3"
#define O_ENCRYPTED	 "\x2a\x86\x48\x86\xf7\x0d\1\7\6"
#define O_AUTH_ENVELOPED "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x17"
#define O_SHA1		 "\x2b\x0e\3\2\x1a"
#define O_SHA256	 "\x60\x86\x48\1\x65\3\4\2\1"
#define O_RSA		 "\x2a\x86\x48\x86\xf7\x0d\1\1\1"
#define O_OAEP		 "\x2a\x86\x48\x86\xf7\x0d\1\1\7"
#define O_MGF1		 "\x2a\x86\x48\x86\xf7\x0d\1\1\x08"
#define O_PSPECIFIED	 "\x2a\x86\x48\x86\xf7\x0d\1\1\x09"
#define O_PSS		 "\x2a\x86\x48\x86\xf7\x0d\1\1\x0a"
#define O_SHA256_RSA	 "\x2a\x86\x48\x86\xf7\x0d\1\1\x0b"
#define O_SHA256_ECDSA	 "\x2a\x86\x48\xce\x3d\4\3\2"
#define O_EC		 "\x2a\x86\x48\xce\x3d\2\1"
#define O_P256		 "\x2a\x86\x48\xce\x3d\3\1\7"
#define O_AES128_CBC	 "\x60\x86\x48\1\x65\3\4\1\2"
#define O_AES256_CBC	 "\x60\x86\x48\1\x65\3\4\1\x2a"
#define O_AES256_GCM	 "\x60\x86\x48\1\x65\3\4\1\x2e"
#define O_AES256_WRAP	 "\x60\x86\x48\1\x65\3\4\1\x2d"
#define O_CHACHA	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\3\x12"
#define O_PWRI		 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\3\x09"
#define O_CEK_HKDF	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\3\x1f"
#define O_PBKDF2	 "\x2a\x86\x48\x86\xf7\x0d\1\5\x0c"
#define O_HMAC_SHA256	 "\x2a\x86\x48\x86\xf7\x0d\2\x09"
#define O_STDDH_SHA256	 "\x2b\x81\4\1\x0b\1"
#define O_A_CONTENT_TYPE "\x2a\x86\x48\x86\xf7\x0d\1\x09\3"
#define O_A_DIGEST	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\4"
#define O_A_TIME	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\5"
#define O_A_CAPABILITIES "\x2a\x86\x48\x86\xf7\x0d\1\x09\x0f"
#define O_A_PREFERENCE	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\2\x0b"
#define O_A_CERT_V2	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\2\x2f"
#define O_A_PROTECTION	 "\x2a\x86\x48\x86\xf7\x0d\1\x09\x34"
#define O_A_UNKNOWN	 "\x2b\6\1\4\1\x82\xbe\x3c\1"

#endif
