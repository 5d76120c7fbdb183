/* pkcs8.c - private keys under a passphrase: EncryptedPrivateKeyInfo. */
#include <openssl/crypto.h>

#include "crypto/internal.h"
#include "crypto/pbe.h"

#define SCRYPT_N (1u << 15)
#define SCRYPT_R 8
#define SCRYPT_P 1

enum bl_err
bl_pkcs8_seal(struct bl_buf *out, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, const struct bl_secret *pass,
    struct bl_note *note)
{
	struct bl_pbe pbe = {.kdf = BL_KDF_SCRYPT,
	    .cipher = BL_AES256_CBC,
	    .n = SCRYPT_N,
	    .r = SCRYPT_R,
	    .p = SCRYPT_P};
	struct bl_buf sealed = {0};
	struct bl_pass p = {0};
	uint8_t bytes[32];
	size_t mark;
	enum bl_err err;

	if ((err = bl_pass_init(&p, bl_secret_reveal(pass), note)) != BL_OK ||
	    (err = bl_pbe_random(&pbe, bytes, ctx, note)) != BL_OK ||
	    (err = bl_pbe_seal(&sealed, ctx, &pbe, &p, bl_secret_reveal(pkcs8),
		 note)) != BL_OK)
		goto out;
	mark = bl_der_open(out, BL_DER_SEQUENCE);
	bl_pbe_write(out, &pbe);
	bl_der_put(out, BL_DER_OCTETS, bl_buf_span(&sealed));
	bl_der_close(out, mark);
	err = bl_buf_err(out, note);
out:
	bl_buf_clear(&sealed);
	bl_pass_clear(&p);
	return err;
}

/* The parts of the file, its parameters within limits. */
static enum bl_err
read_sealed(struct bl_pbe *pbe, struct bl_span *octets, struct bl_span sealed,
    const struct bl_limits *limits, struct bl_note *note)
{
	struct bl_der in = bl_der_of(sealed), seq;
	enum bl_err err;

	if (sealed.n > limits->pkcs12_bytes)
		return bl_fail_limit(
		    note, 0, "limit-pkcs12", "the key file is too long", PKCS8);
	seq = bl_der_enter(&in, BL_DER_SEQUENCE);
	if ((err = bl_pbe_read(pbe, &seq, limits, note)) != BL_OK)
		return err;
	*octets = bl_der_take(&seq, BL_DER_OCTETS);
	bl_der_leave(&in, &seq);
	if (!bl_der_done(&in))
		return bl_fail(note, BL_E_MALFORMED, in.at,
		    "encrypted private key is not well formed", PKCS8);
	return BL_OK;
}

enum bl_err
bl_pkcs8_open(struct bl_secret **out, struct bl_ctx *ctx, struct bl_span sealed,
    const struct bl_secret *pass, const struct bl_limits *limits,
    struct bl_note *note)
{
	struct bl_buf clear = {0};
	struct bl_span octets;
	struct bl_pass p = {0};
	struct bl_pbe pbe;
	enum bl_err err;

	*out = NULL;
	if ((err = read_sealed(&pbe, &octets, sealed, limits, note)) != BL_OK ||
	    (err = bl_pass_init(&p, bl_secret_reveal(pass), note)) != BL_OK ||
	    (err = bl_pbe_open(&clear, ctx, &pbe, &p, octets, note)) != BL_OK)
		goto out;
	/* one wrong passphrase in 256 leaves a padding by chance */
	if (bl_pkcs8_frame(bl_buf_span(&clear)))
		err = bl_secret_copy(out, bl_buf_span(&clear), note);
	else
		err = bl_fail(note, BL_E_NOKEY, 0,
		    "the passphrase does not open it", NULL);
out:
	bl_buf_clear(&clear);
	bl_pass_clear(&p);
	return err;
}
