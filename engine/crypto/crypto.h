/* crypto.h - primitives; the only face of the crypto library. */
#ifndef BL_CRYPTO_CRYPTO_H
#define BL_CRYPTO_CRYPTO_H

#include "base/base.h"
#include "bulla/alg.h"
#include "bulla/check.h"
#include "bulla/ctx.h"

/* bl_random fills n bytes from the context's source. BL_E_SYSTEM. */
BL_CHECK enum bl_err bl_random(
    struct bl_ctx *ctx, uint8_t *p, size_t n, struct bl_note *note);

/* bl_secret_here is bl_secret_new for a short secret that comes and goes: its
 * bytes are in a page of the context, and it must be freed before that. */
BL_CHECK enum bl_err bl_secret_here(
    struct bl_secret **out, struct bl_ctx *ctx, size_t n, struct bl_note *note);
/* bl_secret_copy_here copies `s` into one. */
BL_CHECK enum bl_err bl_secret_copy_here(struct bl_secret **out,
    struct bl_ctx *ctx, struct bl_span s, struct bl_note *note);

/*
 * bl_ctx_threads tells how many threads may work for the context now.
 * bl_ctx_share comes before they start and bl_ctx_unshare after they ended; in
 * between they may call bl_pub_wrap and bl_ecdh_wrap, and nothing else. Each
 * ends with bl_ctx_leave.
 */
unsigned bl_ctx_threads(const struct bl_ctx *ctx);
void bl_ctx_share(struct bl_ctx *ctx);
void bl_ctx_unshare(struct bl_ctx *ctx);
void bl_ctx_leave(struct bl_ctx *ctx);

/* ---- digests ---- */

/* bl_digest_micalg: "sha-256", "sha-1" (RFC 8551 3.5.3.2). */
const char *bl_digest_micalg(enum bl_digest d);

struct bl_digest_value {
	enum bl_digest alg;
	uint8_t p[BL_DIGEST_MAX];
	size_t n; /* bytes in use */
};

/* bl_digest_of hashes one span. BL_E_SYSTEM, BL_E_MEMORY. */
BL_CHECK enum bl_err bl_digest_of(struct bl_digest_value *out,
    struct bl_ctx *ctx, enum bl_digest d, struct bl_span in,
    struct bl_note *note);

/*
 * bl_hashes computes several digests over one stream: a set chosen at birth.
 * Bit d of a set stands for digest d: BL_SET(BL_SHA256) | BL_SET(BL_SHA1).
 */
struct bl_hashes;
#define BL_SET(d) (1u << (d))
BL_CHECK enum bl_err bl_hashes_new(struct bl_hashes **out, struct bl_ctx *ctx,
    unsigned set, struct bl_note *note);
BL_CHECK enum bl_err bl_hashes_add(
    struct bl_hashes *h, struct bl_span in, struct bl_note *note);
/* bl_hashes_end finishes all; then bl_hashes_value gives one, NULL when it was
 * not in the set. */
BL_CHECK enum bl_err bl_hashes_end(struct bl_hashes *h, struct bl_note *note);
const struct bl_digest_value *bl_hashes_value(
    const struct bl_hashes *h, enum bl_digest d);
void bl_hashes_free(struct bl_hashes *h);

/* ---- content encryption ---- */

size_t bl_cipher_key_size(enum bl_cipher c); /* bytes */
size_t bl_cipher_iv_size(enum bl_cipher c);  /* 12 for AEAD, else the block */

#define BL_TAG_SIZE 16 /* bytes; no other tag length is read or written */

enum bl_direction { BL_ENCRYPT = 1, BL_DECRYPT };

/* bl_sealing is one run of a content cipher; CBC adds or checks RFC 5652 6.3
 * padding. */
struct bl_sealing;
/*
 * key  exactly bl_cipher_key_size bytes; iv exactly bl_cipher_iv_size.
 * BL_E_CALLER for other sizes; BL_E_UNSUPPORTED when the library lacks it.
 */
BL_CHECK enum bl_err bl_sealing_new(struct bl_sealing **out, struct bl_ctx *ctx,
    enum bl_cipher c, enum bl_direction way, const struct bl_secret *key,
    struct bl_span iv, struct bl_note *note);
/* bl_sealing_aad adds authenticated data; AEAD only. As GHASH takes it first,
 * all of it comes before the content. */
BL_CHECK enum bl_err bl_sealing_aad(
    struct bl_sealing *s, struct bl_span aad, struct bl_note *note);
/*
 * bl_sealing_add appends what `in` yields to `out`: at most in.n + 32. What it
 * gives when decrypting is unverified until bl_sealing_end says BL_OK: hold it
 * back. BL_E_LIMIT: `out` is full, or more than GCM (64 GiB) or ChaCha20 (256
 * GiB) allows; after any failure the run can only be freed.
 */
BL_CHECK enum bl_err bl_sealing_add(struct bl_sealing *s, struct bl_buf *out,
    struct bl_span in, struct bl_note *note);
/*
 * bl_sealing_end appends the rest. tag: BL_TAG_SIZE bytes, written when
 * encrypting, compared when decrypting (AEAD only, else unused, may be NULL).
 * BL_E_FORGED when tag or padding does not hold: one error, one text, and
 * nothing appended. The padding is looked at in constant time.
 */
BL_CHECK enum bl_err bl_sealing_end(struct bl_sealing *s, struct bl_buf *out,
    uint8_t *tag, struct bl_note *note);
void bl_sealing_free(struct bl_sealing *s);

/*
 * bl_cek_derive makes of a content key the one that is used, of the same size,
 * by HKDF with SHA-256: what somebody else could make of a content key that was
 * sent for another cipher opens nothing.
 *
 * info  AlgorithmIdentifier of the content cipher, DER, 1..512 bytes
 *
 * BL_E_CALLER: another length. BL_E_UNSUPPORTED: the library has no HKDF.
 *
 * Source RFC 9709 2.
 */
#define BL_CEK_INFO_MAX 512 /* bytes */
BL_CHECK enum bl_err bl_cek_derive(struct bl_secret **out, struct bl_ctx *ctx,
    const struct bl_secret *cek, struct bl_span info, struct bl_note *note);

/* ---- public keys ---- */

struct bl_pub;
/*
 * bl_pub_read makes a key of a SubjectPublicKeyInfo in DER (whole element).
 * Refused: explicit curve parameters, points off the curve or in hybrid form,
 * Ed25519 and Ed448 points that are not written as they have to be,
 * RSA over rsa_max_bits, under 512 bits, or with e even, < 3 or > 2^32
 * (RFC 8017 3.1; LIM-14). DSA is recognised: such a key has a kind and does
 * nothing. About 6 us; the key belongs to the context.
 *
 * BL_E_MALFORMED, BL_E_LIMIT, BL_E_UNSUPPORTED (unknown algorithm or curve).
 */
BL_CHECK enum bl_err bl_pub_read(struct bl_pub **out, struct bl_ctx *ctx,
    struct bl_span spki, const struct bl_limits *limits, struct bl_note *note);
void bl_pub_free(struct bl_pub *k);
enum bl_key_kind bl_pub_kind(const struct bl_pub *k);
unsigned bl_pub_bits(const struct bl_pub *k); /* modulus or field bits */
/* bl_pub_is_weak: an RSA public exponent below 65537, an Ed25519 or Ed448 point
 * of low order, for which anybody can make signatures (RFC 8032 8.9). */
bool bl_pub_is_weak(const struct bl_pub *k);

/*
 * bl_pub_verify checks a signature over a digest value made with alg->digest.
 * sig for ECDSA is the DER Ecdsa-Sig-Value (strictly DER), else the raw bytes.
 *
 * BL_E_FORGED	     it does not hold
 * BL_E_UNSUPPORTED  key kind and algorithm do not go together, are unknown,
 *		     have no use for a digest (EdDSA), or the key's own PSS
 *		     parameters forbid it (RFC 4055 3.3)
 */
BL_CHECK enum bl_err bl_pub_verify(const struct bl_pub *k, struct bl_ctx *ctx,
    const struct bl_sig_alg *alg, const struct bl_digest_value *digest,
    struct bl_span sig, struct bl_note *note);

/* bl_pub_verify_bytes checks a signature over bytes that are at hand: over
 * their digest, or over themselves where the algorithm takes them whole
 * (EdDSA, RFC 8032 5.1.7, 5.2.7). Errors as bl_pub_verify. */
BL_CHECK enum bl_err bl_pub_verify_bytes(const struct bl_pub *k,
    struct bl_ctx *ctx, const struct bl_sig_alg *alg, struct bl_span bytes,
    struct bl_span sig, struct bl_note *note);

/*
 * bl_second_judge asks the crypto library whether a path is good: signatures,
 * validity, names, usage, as X509_verify_cert has it; no revocation, no address.
 * All of it is asked anew each time; the last few issuers stay decoded.
 *
 * chain  n >= 1 certificates in DER, the first one first, the anchor last
 * at	  seconds since 1970 UTC
 * why	  what the library says against it; a constant
 *
 * BL_E_MEMORY, BL_E_CALLER.
 */
BL_CHECK enum bl_err bl_second_judge(bool *yes, const char **why,
    struct bl_ctx *ctx, const struct bl_span *chain, size_t n,
    enum bl_purpose purpose, int64_t at, struct bl_note *note);

/* ---- wrapping a content key for a recipient ---- */

/* bl_pub_wrap appends EncryptedKey for an RSA key (PKCS1 or OAEP).
 * BL_E_UNSUPPORTED: not an RSA key, or too short for the padding. */
BL_CHECK enum bl_err bl_pub_wrap(struct bl_buf *out, const struct bl_pub *k,
    struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    const struct bl_secret *cek, struct bl_note *note);

/* bl_priv is a private key in memory. Only programs that hold keys make one. */
struct bl_priv;

/* bl_priv_new_ephemeral makes an EC key on the curve of `peer`, X25519 and
 * X448 among them. BL_E_UNSUPPORTED: its key does not agree. */
BL_CHECK enum bl_err bl_priv_new_ephemeral(struct bl_priv **out,
    struct bl_ctx *ctx, const struct bl_pub *peer, struct bl_note *note);
/* bl_priv_point appends its public point, uncompressed (SEC 1, 2.3.3), or the
 * bytes that are the public key (RFC 8410 4). */
BL_CHECK enum bl_err bl_priv_point(
    struct bl_buf *out, const struct bl_priv *k, struct bl_note *note);
/* bl_ecdh_wrap appends the AES-wrapped content key for one peer: cofactor-less
 * ECDH (dhSinglePass-stdDH), X25519 or X448, then the KDF and the key wrap of
 * `alg`. BL_E_FORGED: a key of low order, with which no secret can be had. */
BL_CHECK enum bl_err bl_ecdh_wrap(struct bl_buf *out,
    const struct bl_priv *ephemeral, const struct bl_pub *peer,
    struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    const struct bl_secret *cek, struct bl_note *note);

/* ---- private keys: for bulla-agent and the key file reader ---- */

/* bl_priv_read reads an unencrypted PKCS#8 PrivateKeyInfo, DER: RSA of two
 * primes, RSA-PSS, EC on P-256, P-384, P-521, Ed25519, Ed448, X25519, X448. RSA
 * numbers that do not fit together, and a public half that is not the private
 * one's, are BL_E_MALFORMED; other kinds are BL_E_UNSUPPORTED. */
BL_CHECK enum bl_err bl_priv_read(struct bl_priv **out, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, struct bl_note *note);
/*
 * bl_priv_new makes a key pair that is to be kept.
 *
 * kind  BL_KEY_RSA, BL_KEY_EC_P256, _P384 or _P521
 * bits  of an RSA modulus: 2048 to rsa_max_bits, a multiple of 8
 *
 * BL_E_UNSUPPORTED: another kind. BL_E_CALLER: another length. An RSA key of
 * 3072 bits takes some tenths of a second.
 */
BL_CHECK enum bl_err bl_priv_new(struct bl_priv **out, struct bl_ctx *ctx,
    enum bl_key_kind kind, unsigned bits, struct bl_note *note);
/* bl_priv_write gives the PKCS#8 PrivateKeyInfo. */
BL_CHECK enum bl_err bl_priv_write(
    struct bl_secret **out, const struct bl_priv *k, struct bl_note *note);
void bl_priv_free(struct bl_priv *k);
enum bl_key_kind bl_priv_kind(const struct bl_priv *k);
/* bl_priv_key_id is SHA-256 of its SubjectPublicKeyInfo, which names the key
 * pair: 32 bytes, borrowed; none for an ephemeral key. */
struct bl_span bl_priv_key_id(const struct bl_priv *k);
/* bl_priv_spki appends the SubjectPublicKeyInfo, DER. */
BL_CHECK enum bl_err bl_priv_spki(
    struct bl_buf *out, const struct bl_priv *k, struct bl_note *note);

/* bl_priv_sign appends the signature over a digest value. */
BL_CHECK enum bl_err bl_priv_sign(struct bl_buf *out, const struct bl_priv *k,
    struct bl_ctx *ctx, const struct bl_sig_alg *alg,
    const struct bl_digest_value *digest, struct bl_note *note);
/* bl_priv_sign_bytes appends the signature over bytes, as bl_pub_verify_bytes
 * checks it. */
BL_CHECK enum bl_err bl_priv_sign_bytes(struct bl_buf *out,
    const struct bl_priv *k, struct bl_ctx *ctx, const struct bl_sig_alg *alg,
    struct bl_span bytes, struct bl_note *note);

/*
 * bl_priv_unwrap recovers a content key of exactly `size` bytes.
 *
 * RSA PKCS#1 v1.5: raw RSA, unpadding of ours in constant time; any failure
 * gives a random key in the same time and BL_OK (RFC 3218 2.3.2). A length or
 * number that its sender sees to be wrong gives one too, perhaps sooner.
 * RSA OAEP, ECDH, XDH: a failure is BL_E_FORGED.
 *
 * size	       1 to 64 bytes
 * wrapped     EncryptedKey
 * originator  ECDH: the sender's public point, uncompressed or compressed; XDH:
 *	       the bytes of the sender's public key
 */
BL_CHECK enum bl_err bl_priv_unwrap(struct bl_secret **out,
    const struct bl_priv *k, struct bl_ctx *ctx, const struct bl_wrap_alg *alg,
    struct bl_span originator, struct bl_span wrapped, size_t size,
    struct bl_note *note);

/* bl_pkcs8_seal appends an EncryptedPrivateKeyInfo (PBES2: scrypt N=2^15, r=8,
 * p=1, AES-256-CBC; RFC 7914, RFC 8018) under the passphrase. */
BL_CHECK enum bl_err bl_pkcs8_seal(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, const struct bl_secret *pass,
    struct bl_note *note);
/* bl_pkcs8_open opens one, after its parameters were found within limits.
 * BL_E_NOKEY: wrong passphrase. BL_E_LIMIT, BL_E_MALFORMED. */
BL_CHECK enum bl_err bl_pkcs8_open(struct bl_secret **out, struct bl_ctx *ctx,
    struct bl_span sealed, const struct bl_secret *pass,
    const struct bl_limits *limits, struct bl_note *note);

/* ---- PKCS#12 (RFC 7292): for the one-shot key file reader ---- */

struct bl_pkcs12_entry {
	struct bl_secret *key; /* PKCS#8, NULL for a bare certificate */
	struct bl_buf cert;    /* as in the file; empty for a key without one */
	struct bl_buf name;    /* friendlyName, UTF-8; may be empty */
};
struct bl_pkcs12 {
	struct bl_pkcs12_entry *entries;
	size_t n;
};
/*
 * bl_pkcs12_read opens a file of any of: RC2-40/3DES (old), PBES2. All keys,
 * all certificates; DER or BER. A key is paired with the certificate of its
 * public key; where there are several, each is an entry with the key. Entries
 * with keys come first. A key of a kind not handled is an entry by itself.
 * Certificates are not judged, nor read beyond their public key.
 *
 * Structure, MAC presence and iteration counts are checked against `limits`
 * before anything is derived; those of the keys inside before any is opened.
 * pass: UTF-8, may be empty (both NULL and "" are tried).
 *
 * BL_E_NOKEY	     wrong passphrase, or altered: the MAC cannot tell
 * BL_E_UNSUPPORTED  no MAC, signed instead, RC4, or RC2 where the library has
 *		     no legacy provider
 * BL_E_MALFORMED, BL_E_LIMIT (limit-pkcs12, limit-kdf, limit-certificate)
 *
 * Source RFC 7292, RFC 9579.
 */
BL_CHECK enum bl_err bl_pkcs12_read(struct bl_pkcs12 *out, struct bl_ctx *ctx,
    struct bl_span in, struct bl_span pass, const struct bl_limits *limits,
    struct bl_note *note);
/* bl_pkcs12_certs is bl_pkcs12_read for the certificates alone: no key that is
 * sealed is opened, and none is given out. */
BL_CHECK enum bl_err bl_pkcs12_certs(struct bl_pkcs12 *out, struct bl_ctx *ctx,
    struct bl_span in, struct bl_span pass, const struct bl_limits *limits,
    struct bl_note *note);
enum bl_pkcs12_style { BL_PKCS12_MODERN = 0, BL_PKCS12_OLD };
/* bl_pkcs12_write appends one: modern is PBES2 AES-256-CBC with HMAC-SHA-256,
 * old is 3DES with a SHA-1 MAC (what old phones can read). At most 500
 * entries. BL_E_CALLER: passphrase or a name is not UTF-8. */
BL_CHECK enum bl_err bl_pkcs12_write(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_pkcs12 *in, struct bl_span pass, enum bl_pkcs12_style style,
    struct bl_note *note);
void bl_pkcs12_clear(struct bl_pkcs12 *p);

#endif
