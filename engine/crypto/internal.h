/* internal.h - what the files of crypto share; seen by no other folder. */
#ifndef BL_CRYPTO_INTERNAL_H
#define BL_CRYPTO_INTERNAL_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/x509.h>

#include "crypto/crypto.h"
#include "der/der.h"

#define RSA_BITS_FLOOR	 512   /* below, a number is no key at all */
#define RSA_BITS_CEILING 16384 /* what the library handles */
#define RSA_BYTES_MAX	 (RSA_BITS_CEILING / 8)
#define EC_CURVES	 3
#define EC_POINT_MAX	 133 /* bytes: P-521, uncompressed */
#define RAW_MAX		 57  /* bytes of a bl_raw key */

/*
 * bl_ciphers and bl_kdfs are what a context has of each; NULL: the library has
 * it not. They are fetched together, as the first of a kind costs more than
 * all others of it.
 */
struct bl_ciphers {
	bool ready;
	EVP_CIPHER *of[BL_CIPHER_COUNT];
	EVP_CIPHER *key_wrap[3];  /* AES key wrap of 16, 24, 32 bytes */
	EVP_CIPHER *wrap_pad[3];  /* the same with padding */
	EVP_CIPHER *rc2, *rc2_40; /* of the legacy provider */
};
struct bl_kdfs {
	bool ready;
	EVP_KDF *x963, *hkdf, *pbkdf2, *scrypt, *pkcs12;
	EVP_MAC *hmac;
};

/*
 * bl_issuers are certificates above others that the second judge decoded, for
 * the next path: decoding one costs the library more than all it then finds out
 * about it. Which is which is told by all of its bytes.
 */
#define ISSUERS_MAX 8
struct bl_issuers {
	struct {
		X509 *x; /* NULL: the place is free */
		struct bl_buf der;
	} list[ISSUERS_MAX];
	size_t next; /* place that is taken next, whatever is there */
};
void bl_issuers_clear(struct bl_issuers *i);

struct bl_ctx {
	OSSL_LIB_CTX *lib;
	OSSL_PROVIDER *standard, *legacy, *hook;
	EVP_MD *md[BL_DIGEST_COUNT];
	EVP_MD_CTX *md_run;	   /* reused by bl_digest_of */
	struct bl_ciphers ciphers; /* by bl_ciphers_of and bl_kdfs_of alone */
	struct bl_kdfs kdfs;
	EVP_PKEY *curve[EC_CURVES];	/* a key on each, to be copied */
	EVP_PKEY_CTX *maker[EC_CURVES]; /* makes keys on each */
	struct bl_issuers issuers;	/* of the second judge */
	struct bl_secrets *secrets; /* content keys, while they are in use */
	unsigned threads;	    /* that may be used */
	bool shared;		    /* by threads, just now */
	bl_random_fn *fill;
	void *fill_arg;
	char library[64];
};

/* bl_ciphers_of and bl_kdfs_of fetch them at their first use; no file is
 * opened for it. */
const struct bl_ciphers *bl_ciphers_of(struct bl_ctx *ctx);
const struct bl_kdfs *bl_kdfs_of(struct bl_ctx *ctx);

/* bl_random_hook installs the provider through which all that the library
 * draws itself comes from the context's source too. */
BL_CHECK bool bl_random_hook(struct bl_ctx *ctx);

/*
 * bl_crypto_fail notes a failure of the library and empties its error queue:
 * BL_E_MEMORY when that was the cause, else `err`.
 */
enum bl_err bl_crypto_fail(struct bl_note *note, enum bl_err err,
    const char *what, const char *source);

/* The source of what is said of key files. */
#define PKCS8 "RFC 5958 2"

/*
 * bl_run is an operation of the library that was prepared for a key. Preparing
 * costs a tenth of an RSA signature's check: the last one stays with the key,
 * from the second use on, as most keys of many recipients are used once.
 *
 * how  what must be equal for it to be used again; nothing else may be set for
 *	an operation that is kept. Fields that do not apply are zero.
 */
struct bl_run_how {
	enum {
		BL_RUN_SIGN = 1,
		BL_RUN_VERIFY,
		BL_RUN_ENCRYPT,
		BL_RUN_DECRYPT,
		BL_RUN_DERIVE,
	} operation;
	int padding; /* enum bl_sig_kind, or enum bl_wrap_kind */
	enum bl_digest digest, mgf;
	size_t salt;
	size_t label; /* bytes of an OAEP label; none is kept with one */
};
struct bl_run {
	EVP_PKEY_CTX *kept; /* NULL: none, or in use */
	struct bl_run_how how;
	bool used; /* once at least */
};

/* bl_pub is a public key, and the public half of bl_priv. */
struct bl_pub {
	enum bl_key_kind kind;
	unsigned bits;
	bool weak;		/* see bl_pub_is_weak */
	bool restricted;	/* RSA-PSS: only to be used as `rule` says */
	struct bl_sig_alg rule; /* salt is the least length */
	EVP_PKEY *key;		/* NULL: recognised, never used */
	struct bl_run *run;
};

/* bl_run_new gives a key its bl_run; false: no memory. */
BL_CHECK bool bl_run_new(struct bl_pub *k);
void bl_run_free(struct bl_run *r);
/* bl_run_begin gives the operation, the kept one or a new one made with
 * `params`; NULL: it cannot be. bl_run_end takes it back; keep: it succeeded,
 * and nothing but `how` was set for it. While threads share the context, none is
 * taken and none kept: a key may be in use by two of them. */
EVP_PKEY_CTX *bl_run_begin(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_run_how *how, const OSSL_PARAM *params);
void bl_run_end(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_run_how *how, EVP_PKEY_CTX *run, bool keep);

struct bl_priv {
	struct bl_pub pub;	   /* its `key` holds the private half too */
	struct bl_digest_value id; /* SHA-256 of the SubjectPublicKeyInfo */
	struct bl_buf algorithm;   /* AlgorithmIdentifier, DER */
	struct bl_secret *pkcs8;   /* as it was read; NULL: made here */
};

/* bl_curve_of tells which named curve an EC key kind is on: 0 to 2. */
struct bl_curve {
	enum bl_key_kind kind;
	enum bl_oid oid;
	const char *name; /* in the library */
	unsigned bits;
	size_t bytes; /* of a field element */
	int nid;
};
extern const struct bl_curve bl_curves[EC_CURVES];
/* bl_curve_by_kind and bl_curve_by_oid give NULL for other keys. */
const struct bl_curve *bl_curve_by_kind(enum bl_key_kind kind);
const struct bl_curve *bl_curve_by_oid(enum bl_oid oid);

/* bl_raw is a kind of key that is nothing but its bytes: RFC 8410 3 and 7. */
struct bl_raw {
	enum bl_key_kind kind;
	enum bl_oid oid;
	const char *name; /* in the library; NULL: recognised, never used */
	unsigned bits;
	size_t bytes; /* of either half */
};
/* bl_raw_by_kind and bl_raw_by_oid give NULL for other keys. */
const struct bl_raw *bl_raw_by_kind(enum bl_key_kind kind);
const struct bl_raw *bl_raw_by_oid(enum bl_oid oid);
/* bl_agrees_raw: X25519, X448. */
bool bl_agrees_raw(enum bl_key_kind kind);

/*
 * bl_point_read makes a public key of a point, uncompressed or compressed.
 * BL_E_MALFORMED: another form or length, off the curve, at infinity.
 */
BL_CHECK enum bl_err bl_point_read(EVP_PKEY **out, struct bl_ctx *ctx,
    const struct bl_curve *curve, struct bl_span point, struct bl_note *note);

/* bl_peer_read makes a public key of what an originator sent for a key of this
 * kind: a point, or the bytes of an X25519 or X448 key. */
BL_CHECK enum bl_err bl_peer_read(EVP_PKEY **out, struct bl_ctx *ctx,
    enum bl_key_kind kind, struct bl_span s, struct bl_note *note);

/* bl_rsa_reverse copies big-endian bytes into the library's native order. */
void bl_rsa_reverse(uint8_t *to, struct bl_span from);

/* bl_rsa_check finds out whether modulus and exponent, big-endian and
 * unsigned, are such as bl_pub_read lets pass; sets bits and weak. */
BL_CHECK enum bl_err bl_rsa_check(struct bl_pub *k, struct bl_span n,
    struct bl_span e, const struct bl_limits *limits, struct bl_note *note);

/* bl_key_build makes a key of parameters: `selection` as the library has it.
 * NULL when they are no key. */
EVP_PKEY *bl_key_build(
    struct bl_ctx *ctx, const char *type, int selection, OSSL_PARAM *params);

/* bl_pss_rule_read reads the AlgorithmIdentifier of an id-RSASSA-PSS key, with
 * or without parameters, off the front (RFC 4055 1.2). */
void bl_pss_rule_read(struct bl_pub *k, struct bl_der *in);

/* bl_edwards_is_key tells whether bytes are the number of a point as EdDSA
 * writes it, below the prime; whether the curve has such a point is not asked.
 * RFC 8032 5.1.3, 5.2.3. */
bool bl_edwards_is_key(enum bl_key_kind kind, struct bl_span key);
/* bl_edwards_is_small: one of low order, 1, 2, 4 or 8; false for other kinds. */
bool bl_edwards_is_small(enum bl_key_kind kind, struct bl_span key);

/* bl_md_name is the name the library knows a digest by, inside of other
 * algorithms, where SHAKE256 is never used; NULL when it lacks it; not const, as the library's parameters are not. */
char *bl_md_name(const struct bl_ctx *ctx, enum bl_digest d);

/* bl_kek_derive makes the key-encryption key of RFC 5753 or RFC 8418 out of an
 * own key and another's public one. `kek` holds alg->kek_size bytes.
 * BL_E_FORGED: the secret of X25519 or X448 is all zero, as a key of low order
 * makes it (RFC 8418 2). */
BL_CHECK enum bl_err bl_kek_derive(uint8_t kek[32], const struct bl_priv *own,
    EVP_PKEY *peer, struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    struct bl_note *note);
/* bl_key_wrap wraps or unwraps by RFC 3394: `to` holds in.n + 8 bytes when
 * wrapping, in.n - 8 when unwrapping. False: it does not hold. */
BL_CHECK bool bl_key_wrap(struct bl_ctx *ctx, enum bl_direction way,
    const uint8_t *kek, size_t kek_size, uint8_t *to, struct bl_span in);
/* bl_key_wrap_pad is the same by RFC 5649: `to` holds bl_wrapped_size
 * bytes when wrapping, in.n when unwrapping; *n of them are made. */
BL_CHECK bool bl_key_wrap_pad(struct bl_ctx *ctx, enum bl_direction way,
    const uint8_t *kek, size_t kek_size, uint8_t *to, size_t *n,
    struct bl_span in);
/* bl_wrapped_size is how long a key of n bytes is when it is wrapped. */
size_t bl_wrapped_size(enum bl_key_wrap wrap, size_t n);
/* bl_wrap_check finds out whether `alg` is one that `kind` can do. */
BL_CHECK enum bl_err bl_wrap_check(const struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg, enum bl_key_kind kind, struct bl_note *note);
/* bl_oaep_params fills the parameters of OAEP; room for 5. */
void bl_oaep_params(OSSL_PARAM *params, const struct bl_ctx *ctx,
    const struct bl_wrap_alg *alg);

#endif
