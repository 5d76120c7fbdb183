/* alg.h - algorithms by name: what the engine reads, writes and recognises. */
#ifndef BULLA_ALG_H
#define BULLA_ALG_H

#include "bulla/base.h"

enum bl_digest {
	BL_DIGEST_NONE = 0,
	BL_SHA1,
	BL_SHA224,
	BL_SHA256,
	BL_SHA384,
	BL_SHA512,
	BL_SHAKE256, /* 64 bytes of it; of content, beside Ed448 */
	BL_DIGEST_COUNT,
};

#define BL_DIGEST_MAX  64 /* bytes of the longest digest value */
#define BL_SHA256_SIZE 32 /* bytes */

/* bl_digest_size in bytes; 0 for BL_DIGEST_NONE. */
BL_API size_t bl_digest_size(enum bl_digest d);
/* bl_digest_name: "sha256", "sha1". */
BL_API const char *bl_digest_name(enum bl_digest d);

enum bl_cipher {
	BL_CIPHER_NONE = 0,
	BL_AES128_GCM,
	BL_AES192_GCM,
	BL_AES256_GCM,
	BL_AES128_CBC,
	BL_AES192_CBC,
	BL_AES256_CBC,
	BL_DES3_CBC, /* it and RC2: reading under --legacy only */
	BL_RC2_40_CBC,
	BL_RC2_64_CBC,
	BL_RC2_128_CBC,
	BL_CHACHA20_POLY1305, /* RFC 8103 */
	BL_CIPHER_COUNT,
};

/* bl_cipher_name: "aes-256-gcm". */
BL_API const char *bl_cipher_name(enum bl_cipher c);
/* bl_cipher_by_name is BL_CIPHER_NONE for a name it does not know. */
BL_API enum bl_cipher bl_cipher_by_name(const char *name);
/* bl_cipher_is_old: nothing is encrypted with it, and it is read under --legacy
 * only. */
BL_API bool bl_cipher_is_old(enum bl_cipher c);
/* bl_cipher_is_aead: content and tag are one, the tag has 16 bytes. */
BL_API bool bl_cipher_is_aead(enum bl_cipher c);

enum bl_key_kind {
	BL_KEY_OTHER = 0, /* known algorithm identifier or not: not handled */
	BL_KEY_RSA,
	BL_KEY_RSA_PSS, /* id-RSASSA-PSS as key type */
	BL_KEY_EC_P256,
	BL_KEY_EC_P384,
	BL_KEY_EC_P521,
	BL_KEY_DSA, /* recognised, never used */
	BL_KEY_ED25519,
	BL_KEY_X25519,
	BL_KEY_ED448,
	BL_KEY_X448,
};
#define BL_KEY_KIND_LAST BL_KEY_X448
/* bl_key_kind_name: "rsa", ... */
BL_API const char *bl_key_kind_name(enum bl_key_kind k);

enum bl_sig_kind {
	BL_SIG_OTHER = 0,
	BL_SIG_RSA_PKCS1,
	BL_SIG_RSA_PSS,
	BL_SIG_ECDSA,
	BL_SIG_ED25519, /* RFC 8419 */
	BL_SIG_ED448,	/* RFC 8419 */
	BL_SIG_DSA,	/* recognised, never checked */
};

/* bl_sig_alg is a signature algorithm with all its parameters. */
struct bl_sig_alg {
	enum bl_sig_kind kind;
	enum bl_digest digest; /* of the signed bytes; NONE for EdDSA */
	enum bl_digest mgf;    /* PSS: of MGF1 */
	unsigned salt;	       /* PSS: bytes */
};
/* bl_sig_alg_content is the digest of the content that goes with an algorithm:
 * its own, SHA-512 for Ed25519, SHAKE256 for Ed448 (RFC 8419 3.1). */
BL_API enum bl_digest bl_sig_alg_content(const struct bl_sig_alg *alg);
/* bl_sig_takes_bytes: EdDSA, which signs the bytes themselves, no digest of
 * them (RFC 8032 5.1.6, 5.2.6). */
BL_API bool bl_sig_takes_bytes(enum bl_sig_kind kind);

enum bl_wrap_kind {
	BL_WRAP_OTHER = 0,
	BL_WRAP_RSA_PKCS1,
	BL_WRAP_RSA_OAEP,
	BL_WRAP_ECDH, /* a NIST curve, a KDF, then AES key wrap (RFC 5753) */
	BL_WRAP_XDH,  /* the same with X25519 or X448 (RFC 8418) */
	/* later: BL_WRAP_KEM (RFC 9629); docs/wire/agent.md keeps its number */
};

/* How an agreed secret becomes a key, and how that wraps another. */
enum bl_agree_kdf {
	BL_AGREE_X963 = 0, /* RFC 5753 7.1.4, RFC 8418 2.1 */
	BL_AGREE_HKDF,	   /* RFC 8418 2.2 */
};
enum bl_key_wrap {
	BL_KEY_WRAP_AES = 0, /* RFC 3394 */
	BL_KEY_WRAP_AES_PAD, /* RFC 5649 */
};

#define BL_OAEP_LABEL_MAX 256	      /* bytes, and of a salt of HKDF */
#define BL_ECDH_INFO_MAX  (16u << 10) /* bytes of ECC-CMS-SharedInfo */

/* bl_wrap_alg says how a content key is wrapped; spans borrow. */
struct bl_wrap_alg {
	enum bl_wrap_kind kind;
	enum bl_digest digest; /* OAEP: of the label; else of the KDF */
	enum bl_digest mgf;    /* OAEP */
	struct bl_span label;  /* OAEP; empty is the default. HKDF: the salt,
				* which is the ukm (RFC 8418 2.2) */
	unsigned kek_size;     /* ECDH, XDH: 16, 24, 32 bytes of AES wrap */
	struct bl_span info;   /* ECDH, XDH: DER of ECC-CMS-SharedInfo */
	enum bl_agree_kdf kdf; /* ECDH, XDH */
	enum bl_key_wrap wrap; /* ECDH, XDH */
};

#endif
