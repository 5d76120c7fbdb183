/* pbe.h - encryption under a passphrase, as PKCS#8 and PKCS#12 files have it;
 * seen by the files of crypto alone. */
#ifndef BL_CRYPTO_PBE_H
#define BL_CRYPTO_PBE_H

#include "crypto/crypto.h"
#include "der/der.h"

#define BL_PASS_MAX 1024 /* bytes of UTF-8 */
#define BL_SALT_MAX 1024 /* bytes */

/*
 * bl_pass is a passphrase in the two forms that key derivations take.
 *
 * utf8  as it is
 * wide  UTF-16, big-endian, with a NUL at the end (RFC 7292 B.1)
 */
struct bl_pass {
	struct bl_span utf8;
	struct bl_secret *wide;
};
/* BL_E_CALLER: not UTF-8, or longer than BL_PASS_MAX. Borrows `utf8`. */
BL_CHECK enum bl_err bl_pass_init(
    struct bl_pass *p, struct bl_span utf8, struct bl_note *note);
void bl_pass_clear(struct bl_pass *p);
/* bl_wide_put appends UTF-8 text as UTF-16, big-endian; false: not UTF-8.
 * bl_wide_read appends the UTF-8 of such; false: a half of a pair alone. */
BL_CHECK bool bl_wide_put(struct bl_buf *out, struct bl_span utf8);
BL_CHECK bool bl_wide_read(struct bl_buf *out, struct bl_span wide);

enum bl_kdf { BL_KDF_PBKDF2 = 1, BL_KDF_SCRYPT, BL_KDF_PKCS12 };
/* How the ciphers of bl_pbe go on after BL_DES3_CBC. */
enum { BL_PBE_RC2_128 = BL_CIPHER_COUNT, BL_PBE_RC2_40, BL_PBE_DES3_2KEY };

/*
 * bl_pbe says how bytes are encrypted under a passphrase. Spans borrow.
 *
 * cipher  a CBC one of bl_cipher, or of those above
 * digest  PBKDF2: of its HMAC; PKCS12: of the derivation
 * iv	   empty for PKCS12: derived too
 * n, r, p  scrypt
 * cost	   in iterations of one digest, about
 */
struct bl_pbe {
	enum bl_kdf kdf;
	int cipher;
	enum bl_digest digest;
	struct bl_span salt, iv;
	uint64_t iterations;
	uint64_t n, r, p;
	uint64_t cost;
};

/*
 * bl_pbe_read reads an AlgorithmIdentifier off the front: PBES2 with PBKDF2 or
 * scrypt and AES-CBC or 3DES, and the old ones of RFC 7292 C. Nothing is
 * derived yet; cost and memory are within `limits`.
 *
 * BL_E_MALFORMED, BL_E_UNSUPPORTED, BL_E_LIMIT
 */
BL_CHECK enum bl_err bl_pbe_read(struct bl_pbe *out, struct bl_der *in,
    const struct bl_limits *limits, struct bl_note *note);
/* bl_pbe_write appends the AlgorithmIdentifier. */
void bl_pbe_write(struct bl_buf *out, const struct bl_pbe *pbe);
/* bl_pbe_random fills 16 bytes of salt and 16 of IV, and lets `pbe` borrow
 * them. */
BL_CHECK enum bl_err bl_pbe_random(struct bl_pbe *pbe, uint8_t bytes[32],
    struct bl_ctx *ctx, struct bl_note *note);

/*
 * bl_pbe_open appends what `sealed` holds; bl_pbe_seal the reverse.
 *
 * BL_E_NOKEY	     padding does not hold: most likely another passphrase
 * BL_E_UNSUPPORTED  the library lacks the cipher (RC2 without its legacy part)
 */
BL_CHECK enum bl_err bl_pbe_open(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_pbe *pbe, const struct bl_pass *pass, struct bl_span sealed,
    struct bl_note *note);
BL_CHECK enum bl_err bl_pbe_seal(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_pbe *pbe, const struct bl_pass *pass, struct bl_span clear,
    struct bl_note *note);

/* bl_kdf_count adds `more` to the cost of a file so far. BL_E_LIMIT. */
BL_CHECK enum bl_err bl_kdf_count(uint64_t *cost, uint64_t more,
    const struct bl_limits *limits, struct bl_note *note);
/* bl_iterations_read reads a count that is at least 1, however large; else
 * `in` is bad. */
uint64_t bl_iterations_read(struct bl_der *in);

/* bl_pkcs12_derive is RFC 7292 B.2; id: 1 key, 2 IV, 3 MAC key. */
BL_CHECK enum bl_err bl_pkcs12_derive(uint8_t *out, size_t n,
    struct bl_ctx *ctx, const struct bl_pbe *pbe, int id, struct bl_span wide,
    struct bl_note *note);
/* bl_pbkdf2 is RFC 8018 5.2 with pbe's salt, iterations and digest. */
BL_CHECK enum bl_err bl_pbkdf2(uint8_t *out, size_t n, struct bl_ctx *ctx,
    const struct bl_pbe *pbe, struct bl_span pass, struct bl_note *note);
/* bl_hmac_read reads the AlgorithmIdentifier of an HMAC off the front: NONE
 * for one we do not handle. */
enum bl_digest bl_hmac_read(struct bl_der *in);
/* bl_pbmac1_read reads the AlgorithmIdentifier of PBMAC1: PBKDF2 that makes a
 * key of *key bytes, and the digest of the HMAC (RFC 9579 4). */
BL_CHECK enum bl_err bl_pbmac1_read(struct bl_pbe *pbe, size_t *key,
    enum bl_digest *hmac, struct bl_der *in, struct bl_note *note);
/* bl_hmac computes one; mac holds BL_DIGEST_MAX bytes. */
BL_CHECK enum bl_err bl_hmac(struct bl_digest_value *mac, struct bl_ctx *ctx,
    enum bl_digest d, struct bl_span key, struct bl_span in,
    struct bl_note *note);

/* bl_pkcs8_frame tells whether the bytes look like a PrivateKeyInfo: what is
 * decrypted under a wrong passphrase does not. */
bool bl_pkcs8_frame(struct bl_span pkcs8);

#endif
