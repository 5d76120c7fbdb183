/* test_mail.c - see test_mail.h: making messages. */
#include "message/test_mail.h"

#include "tests/shared.h"
#include "tests/squeeze.h"
#include "tests/test.h"

static const struct {
	char letter;
	struct bl_person_opts opts;
	bool is_anchor, is_own;
} people[MAIL_PEOPLE] = {
    [ANN] = {'a',
	{.address = "ann@example.org", .name = "Ann Anders", .key = "P-256"},
	true, false},
    [CAT] = {'c', {.address = "cat@example.org", .key = "P-256"}, true, false},
    [EVE] = {'e', {.address = "ann@example.org", .key = "P-256"}, false, false},
    [OLD] = {'o',
	{.address = "ann@example.org",
	    .key = "P-256",
	    .not_after = BL_PERSON_NOW - 10},
	true, false},
    [NICK] = {'n', {.address = "ann@example.org", .key = "P-256"}, false,
	false},
    [BOB] = {'b', {.address = "bob@example.org"}, true, true},
    [ZOE] = {'z', {.address = "bob@example.org"}, true, true},
    [SAM] = {'s', {.address = "sam@example.org"}, false, false},
    [WEAK] = {'w', {.address = "ann@example.org", .key = "RSA-1024"}, true,
	false},
    [YAN] = {'y', {.address = "bob@example.org", .key = "P-256"}, true, true},
    [UMA] = {'\1', {.address = "bob@example.org", .key = "X25519"}, true, true},
    [VIC] = {'\2', {.address = "vic@example.org", .key = "X25519"}, false,
	false},
    [KIT] = {'\3', {.address = "kit@example.org", .key = "X448"}, false, false},
};

bool
mail_kit_new(struct mail_kit *k)
{
	*k = (struct mail_kit){0};
	if (bl_ctx_new(&k->ctx, NULL) != BL_OK)
		return false;
	for (unsigned i = 0; i < MAIL_PEOPLE; i++) {
		if (!bl_person_make(&k->p[i], k->ctx, &people[i].opts, NULL))
			return false;
		if ((people[i].is_anchor &&
			bl_certs_add(&k->anchors, k->p[i].cert, NULL) !=
			    BL_OK) ||
		    (people[i].is_own &&
			bl_certs_add(&k->own, k->p[i].cert, NULL) != BL_OK))
			return false;
	}
	return true;
}

void
mail_kit_clear(struct mail_kit *k)
{
	bl_certs_clear(&k->anchors);
	bl_certs_clear(&k->own);
	for (unsigned i = 0; i < MAIL_PEOPLE; i++)
		bl_person_clear(&k->p[i]);
	bl_ctx_free(k->ctx);
}

/* ---- modifiers ---- */

static bool
has(const char *mods, char c)
{
	return strchr(mods, c) != NULL && c != '\0';
}

/* The nth person that the modifiers name, MAIL_PEOPLE: no more. */
static unsigned
named(const char *mods, unsigned nth, unsigned otherwise)
{
	unsigned seen = 0;

	for (const char *m = mods; *m != '\0'; m++)
		for (unsigned i = 0; i < MAIL_PEOPLE; i++)
			if (people[i].letter == *m && seen++ == nth)
				return i;
	return seen == 0 && nth == 0 ? otherwise : MAIL_PEOPLE;
}

static enum bl_digest
digest_of(const char *mods)
{
	return has(mods, '1') ? BL_SHA1
	    : has(mods, '5')  ? BL_SHA512
			      : BL_SHA256;
}

/* ---- SignedData ---- */

static void
attribute(struct bl_buf *b, enum bl_oid oid, struct bl_span value)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);

	bl_der_put_oid(b, oid);
	bl_der_put(b, BL_DER_SET, value);
	bl_der_close(b, seq);
}

static void
attributes(
    struct bl_buf *b, const char *mods, const struct bl_digest_value *digest)
{
	int64_t t = BL_PERSON_NOW + (has(mods, '+') ? 7200 : 0) +
	    (has(mods, '9') ? 3540 : 0);
	struct bl_buf v = {0};

	bl_der_put_oid(&v, has(mods, '|') ? BL_OID_SIGNED_DATA : BL_OID_DATA);
	attribute(b, BL_OID_CONTENT_TYPE, bl_buf_span(&v));
	bl_buf_reset(&v);
	bl_der_put_time(&v, t);
	if (!has(mods, '_'))
		attribute(b, BL_OID_SIGNING_TIME, bl_buf_span(&v));
	if (has(mods, '2'))
		attribute(b, BL_OID_SIGNING_TIME, bl_buf_span(&v));
	bl_buf_reset(&v);
	bl_der_put(&v, BL_DER_OCTETS, bl_span_of(digest->p, digest->n));
	attribute(b, BL_OID_MESSAGE_DIGEST, bl_buf_span(&v));
	bl_der_sort_set(b, 0);
	bl_buf_clear(&v);
}

static void
rid(struct bl_buf *b, const struct bl_cert *c)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);

	bl_buf_add(b, bl_cert_issuer(c));
	bl_der_put(b, BL_DER_INTEGER, bl_cert_serial(c));
	bl_der_close(b, seq);
}

static void
sign(struct bl_buf *sig, struct mail_kit *k, const struct bl_person *p,
    const struct bl_sig_alg *alg, struct bl_span attrs,
    const struct bl_digest_value *content)
{
	struct bl_digest_value v = *content;
	struct bl_priv *key = NULL;
	struct bl_buf set = {0};

	if (attrs.n > 0) {
		bl_der_put(&set, BL_DER_SET, attrs);
		CHECK(bl_digest_of(&v, k->ctx, alg->digest, bl_buf_span(&set),
			  NULL) == BL_OK,
		    "digest");
	}
	CHECK(bl_priv_read(&key, k->ctx, p->pkcs8, NULL) == BL_OK, "key");
	CHECK(bl_priv_sign(sig, key, k->ctx, alg, &v, NULL) == BL_OK, "sign");
	bl_priv_free(key);
	bl_buf_clear(&set);
}

static void
signer_info(struct bl_buf *b, struct mail_kit *k, const char *mods,
    const struct bl_person *p, const struct bl_digest_value *digest, bool last)
{
	struct bl_sig_alg alg = {.kind = bl_cert_key_kind(p->cert) == BL_KEY_RSA
		? BL_SIG_RSA_PKCS1
		: BL_SIG_ECDSA,
	    .digest = digest->alg};
	struct bl_buf attrs = {0}, sig = {0};
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE);

	if (!has(mods, '-'))
		attributes(&attrs, mods, digest);
	sign(&sig, k, p, &alg, bl_buf_span(&attrs), digest);
	if (last && has(mods, '~'))
		sig.p[sig.n - 1] ^= 1;
	bl_der_put_uint(b, 1);
	rid(b, p->cert);
	bl_digest_alg_write(b, digest->alg);
	if (attrs.n > 0)
		bl_der_put(b, BL_DER_CONTEXT(0), bl_buf_span(&attrs));
	bl_sig_alg_write(b, &alg);
	bl_der_put(b, BL_DER_OCTETS, bl_buf_span(&sig));
	bl_der_close(b, seq);
	bl_buf_clear(&attrs);
	bl_buf_clear(&sig);
}

static void
signer_infos(struct bl_buf *b, struct mail_kit *k, const char *mods,
    struct bl_span content)
{
	struct bl_digest_value digest;
	unsigned n = 0, who;

	CHECK(bl_digest_of(&digest, k->ctx, digest_of(mods), content, NULL) ==
		BL_OK,
	    "digest");
	while ((who = named(mods, n, ANN)) != MAIL_PEOPLE) {
		n++;
		signer_info(b, k, mods, &k->p[who], &digest,
		    named(mods, n, ANN) == MAIL_PEOPLE);
	}
	bl_der_sort_set(b, 0);
}

static void
certificates(struct bl_buf *b, struct mail_kit *k, const char *mods)
{
	unsigned who;

	for (unsigned n = 0; (who = named(mods, n, ANN)) != MAIL_PEOPLE; n++)
		if (who != NICK)
			bl_buf_add(b, bl_cert_der(k->p[who].cert));
	bl_der_sort_set(b, 0);
}

static void
content_info(
    struct bl_buf *b, const char *mods, struct bl_span content, bool econtent)
{
	size_t seq = bl_der_open(b, BL_DER_SEQUENCE), tag;

	bl_der_put_oid(b, has(mods, '|') ? BL_OID_SIGNED_DATA : BL_OID_DATA);
	if (econtent) {
		tag = bl_der_open(b, BL_DER_CONTEXT(0));
		bl_der_put(b, BL_DER_OCTETS, content);
		bl_der_close(b, tag);
	}
	bl_der_close(b, seq);
}

void
mail_signed(struct bl_buf *out, struct mail_kit *k, const char *mods,
    struct bl_span content, bool econtent)
{
	size_t info = bl_der_open(out, BL_DER_SEQUENCE), tag, seq, set;
	struct bl_buf b = {0}, altered = {0};

	bl_der_put_oid(out, BL_OID_SIGNED_DATA);
	tag = bl_der_open(out, BL_DER_CONTEXT(0));
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, has(mods, '|') ? 3 : 1);
	set = bl_der_open(out, BL_DER_SET);
	if (!has(mods, 'q'))
		bl_digest_alg_write(out, digest_of(mods));
	else
		bl_digest_alg_write(out, BL_SHA384);
	bl_der_close(out, set);
	bl_buf_add(&altered, content);
	if (has(mods, '!') && altered.n > 0)
		altered.p[altered.n - 1] ^= 1;
	content_info(out, mods, bl_buf_span(&altered), econtent);
	certificates(&b, k, mods);
	if (b.n > 0)
		bl_der_put(out, BL_DER_CONTEXT(0), bl_buf_span(&b));
	bl_buf_reset(&b);
	if (!has(mods, '0'))
		signer_infos(&b, k, mods, content);
	bl_der_put(out, BL_DER_SET, bl_buf_span(&b));
	bl_der_close(out, seq);
	bl_der_close(out, tag);
	bl_der_close(out, info);
	bl_buf_clear(&b);
	bl_buf_clear(&altered);
}

/* ---- EnvelopedData, AuthEnvelopedData ---- */

static const enum bl_oid cipher_oids[BL_CIPHER_COUNT] = {
    [BL_AES128_GCM] = BL_OID_AES128_GCM,
    [BL_AES256_GCM] = BL_OID_AES256_GCM,
    [BL_AES128_CBC] = BL_OID_AES128_CBC,
    [BL_AES256_CBC] = BL_OID_AES256_CBC,
    [BL_DES3_CBC] = BL_OID_DES3_CBC,
    [BL_CHACHA20_POLY1305] = BL_OID_CHACHA20_POLY1305,
};

/* KeyTransRecipientInfo, PKCS #1 v1.5. */
static void
recipient(struct bl_buf *out, struct mail_kit *k, const char *mods,
    const struct bl_person *p, const struct bl_secret *cek)
{
	struct bl_wrap_alg alg = {.kind = BL_WRAP_RSA_PKCS1};
	struct bl_limits limits = BL_LIMITS;
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), a;
	struct bl_pub *pub = NULL;
	struct bl_buf wrapped = {0};

	CHECK(bl_pub_read(&pub, k->ctx, bl_cert_spki(p->cert), &limits, NULL) ==
		BL_OK,
	    "public key");
	CHECK(bl_pub_wrap(&wrapped, pub, k->ctx, &alg, cek, NULL) == BL_OK,
	    "wrap");
	bl_der_put_uint(out, has(mods, 'k') ? 2 : 0);
	if (has(mods, 'k')) {
		bl_der_put(out, BL_DER_IMPLICIT(0), bl_cert_ski(p->cert));
	} else if (has(mods, 'r')) {
		a = bl_der_open(out, BL_DER_SEQUENCE);
		bl_buf_add(out, bl_cert_issuer(p->cert));
		bl_der_put_uint(out, 7);
		bl_der_close(out, a);
	} else {
		rid(out, p->cert);
	}
	a = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_oid(out, BL_OID_RSA_ENCRYPTION);
	bl_der_put_null(out);
	bl_der_close(out, a);
	bl_der_put(out, BL_DER_OCTETS, bl_buf_span(&wrapped));
	bl_der_close(out, seq);
	bl_buf_clear(&wrapped);
	bl_pub_free(pub);
}

static void
shared_recipient(struct bl_buf *out, struct bl_shared *s, struct bl_span secret,
    const struct bl_secret *cek)
{
	struct bl_buf wrapped = {0};

	bl_test_wrap(&wrapped, s, secret, bl_secret_reveal(cek), 0);
	s->wrapped = bl_buf_span(&wrapped);
	if (s->iterations == 1)
		s->iterations = 9999999;
	bl_test_shared_write(out, s);
	bl_buf_clear(&wrapped);
}

static void
shared_recipients(
    struct bl_buf *out, const char *mods, const struct bl_secret *cek)
{
	struct bl_shared password = {.kind = BL_SHARED_PASSWORD,
			     .wrap = BL_SHARED_PWRI,
			     .digest = BL_SHA256,
			     .iterations = 3,
			     .salt = BL_STR("salt"),
			     .kek_size = 16,
			     .iv = BL_STR("0123456789abcdef")},
			 kek = {.kind = BL_SHARED_KEK,
			     .wrap = BL_SHARED_AES,
			     .id = BL_STR("other"),
			     .kek_size = 16};

	if (has(mods, 'p'))
		shared_recipient(out, &password, BL_STR(MAIL_PASSWORD), cek);
	password.iterations = 1;
	if (has(mods, 'v'))
		shared_recipient(out, &password, BL_STR("another"), cek);
	if (has(mods, 'x'))
		shared_recipient(out, &kek, BL_STR("another key 1234"), cek);
	kek.id = BL_STR("id");
	if (has(mods, 'u'))
		shared_recipient(out, &kek, BL_STR(MAIL_KEK), cek);
}

static void
cipher_alg(struct bl_buf *out, enum bl_cipher c, struct bl_span iv)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE), params;

	bl_der_put_oid(out, cipher_oids[c]);
	if (bl_cipher_is_aead(c)) {
		params = bl_der_open(out, BL_DER_SEQUENCE);
		bl_der_put(out, BL_DER_OCTETS, iv);
		bl_der_put_uint(out, BL_TAG_SIZE);
		bl_der_close(out, params);
	} else {
		bl_der_put(out, BL_DER_OCTETS, iv);
	}
	bl_der_close(out, seq);
}

static void
seal(struct bl_buf *out, uint8_t *tag, struct mail_kit *k, enum bl_cipher c,
    const struct bl_secret *cek, struct bl_span iv, struct bl_span content)
{
	struct bl_sealing *s = NULL;

	CHECK(
	    bl_sealing_new(&s, k->ctx, c, BL_ENCRYPT, cek, iv, NULL) == BL_OK &&
		bl_sealing_add(s, out, content, NULL) == BL_OK &&
		bl_sealing_end(s, out, tag, NULL) == BL_OK,
	    "seal");
	bl_sealing_free(s);
}

static void
encrypted_content(struct bl_buf *out, struct mail_kit *k, enum bl_cipher c,
    const char *mods, const struct bl_secret *cek, struct bl_span content)
{
	uint8_t iv[16], tag[BL_TAG_SIZE] = {0};
	struct bl_span ivs = bl_span_of(iv, bl_cipher_iv_size(c));
	struct bl_buf sealed = {0};
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	CHECK(bl_random(k->ctx, iv, sizeof(iv), NULL) == BL_OK, "iv");
	seal(&sealed, tag, k, c, cek, ivs, content);
	if (has(mods, '!'))
		sealed.p[0] ^= 1;
	if (has(mods, '~') && bl_cipher_is_aead(c))
		tag[3] ^= 1;
	else if (has(mods, '~'))
		sealed.p[sealed.n - 17] ^= 0xff;
	bl_der_put_oid(out, has(mods, '|') ? BL_OID_SIGNED_DATA : BL_OID_DATA);
	cipher_alg(out, c, ivs);
	bl_der_put(out, BL_DER_IMPLICIT(0), bl_buf_span(&sealed));
	bl_der_close(out, seq);
	if (bl_cipher_is_aead(c))
		bl_der_put(out, BL_DER_OCTETS, bl_span_of(tag, sizeof(tag)));
	bl_buf_clear(&sealed);
}

void
mail_enveloped(struct bl_buf *out, struct mail_kit *k, enum bl_cipher c,
    const char *mods, struct bl_span content)
{
	bool aead = bl_cipher_is_aead(c);
	size_t info = bl_der_open(out, BL_DER_SEQUENCE), tag, seq;
	struct bl_secret *cek = NULL;
	struct bl_buf set = {0};
	unsigned who;

	CHECK(bl_secret_new(&cek, bl_cipher_key_size(c), NULL) == BL_OK &&
		bl_random(k->ctx, bl_secret_fill(cek), bl_cipher_key_size(c),
		    NULL) == BL_OK,
	    "content key");
	bl_der_put_oid(
	    out, aead ? BL_OID_AUTH_ENVELOPED_DATA : BL_OID_ENVELOPED_DATA);
	tag = bl_der_open(out, BL_DER_CONTEXT(0));
	seq = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_uint(out, has(mods, 'k') && !aead ? 2 : 0);
	shared_recipients(&set, mods, cek);
	for (unsigned n = 0;
	     (who = named(mods, n, set.n > 0 ? MAIL_PEOPLE : BOB)) !=
	     MAIL_PEOPLE;
	     n++)
		recipient(&set, k, mods, &k->p[who], cek);
	bl_der_put(out, BL_DER_SET, bl_buf_span(&set));
	encrypted_content(out, k, c, mods, cek, content);
	bl_der_close(out, seq);
	bl_der_close(out, tag);
	bl_der_close(out, info);
	bl_buf_clear(&set);
	bl_secret_free(cek);
}

/* ---- entities ---- */

static void
base64(struct bl_buf *out, struct bl_span der, const char *mods)
{
	struct bl_base64 e = {0};
	struct bl_buf text = {0};
	size_t half;

	bl_base64_encode(&e, &text, der);
	bl_base64_encode_end(&e, &text);
	half = text.n / 2;
	bl_buf_add(out, bl_span_cut(bl_buf_span(&text), 0, half));
	if (has(mods, '&'))
		bl_buf_add_str(out, "*!");
	bl_buf_add(out, bl_span_cut(bl_buf_span(&text), half, text.n));
	bl_buf_clear(&text);
}

static void
pkcs7_mime(
    struct bl_buf *out, const char *type, const char *mods, struct bl_span der)
{
	bl_buf_add_f(out,
	    "Content-Type: application/pkcs7-mime; smime-type=%s;\r\n"
	    " name=smime.p7m\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    type);
	base64(out, der, mods);
}

static void
signature_part(struct bl_buf *out, struct mail_kit *k, const char *mods,
    struct bl_span content)
{
	struct bl_buf der = {0};

	mail_signed(&der, k, mods, content, has(mods, '@'));
	bl_buf_add_f(out,
	    "Content-Type: application/%s; name=smime.p7s\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    has(mods, '%') ? "octet-stream" : "pkcs7-signature");
	base64(out, bl_buf_span(&der), mods);
	bl_buf_clear(&der);
}

static void
first_part(struct bl_buf *out, struct bl_span content, const char *mods)
{
	size_t from = out->n;

	bl_buf_add(out, content);
	/* the last byte of the body, but for the line end */
	if (has(mods, '!') && out->n > from + 3)
		out->p[out->n - 3] ^= 1;
}

static const char nested[] =
    "Content-Type: multipart/mixed; boundary=nested\r\n\r\n--nested\r\n\r\n"
    "evil\r\n--nested\r\n\r\nmore\r\n--nested--\r\n";

static void
clear_signed(struct bl_buf *out, struct mail_kit *k, const char *mods,
    struct bl_span content)
{
	unsigned b = k->boundary++;
	struct bl_buf part = {0};

	if (has(mods, '='))
		bl_buf_add_str(&part, "Content-Type: text/html\r\n");
	bl_buf_add(&part, content);
	bl_buf_add_f(out,
	    "Content-Type: multipart/signed; micalg=%s;\r\n"
	    " boundary=\"=_%03u=_\"%s\r\n\r\n%s--=_%03u=_\r\n",
	    has(mods, '?')	 ? "md5"
		: has(mods, '*') ? "sha-1"
		: has(mods, '5') ? "sha-512"
		: has(mods, '1') ? "sha1"
				 : "sha-256",
	    b,
	    has(mods, ':') ? "" : "; protocol=\"application/pkcs7-signature\"",
	    has(mods, '^') ? "before\r\n" : "", b);
	first_part(out, bl_buf_span(&part), mods);
	if (has(mods, '7'))
		bl_buf_add_f(out, "\r\n--=_%03u=_\r\n%s", b, nested);
	if (!has(mods, '$')) {
		bl_buf_add_f(out, "\r\n--=_%03u=_\r\n", b);
		signature_part(out, k, mods, bl_buf_span(&part));
	}
	if (has(mods, '#'))
		bl_buf_add_f(out, "\r\n--=_%03u=_\r\n\r\nfooter\r\n", b);
	if (has(mods, '6'))
		bl_buf_add_f(out, "\r\n--=_%03u=_\r\n%s", b, nested);
	if (!has(mods, '>'))
		bl_buf_add_f(out, "\r\n--=_%03u=_--\r\n", b);
	if (has(mods, '^'))
		bl_buf_add_str(out, "after\r\n");
	bl_buf_clear(&part);
}

static const char *
signed_type(const char *mods)
{
	return has(mods, '<') ? "enveloped-data"
	    : has(mods, '}')  ? "compressed-data"
			      : "signed-data";
}

static void
encrypted(struct bl_buf *out, struct mail_kit *k, enum bl_cipher c,
    const char *mods, struct bl_span content)
{
	struct bl_buf der = {0};

	mail_enveloped(&der, k, c, mods, content);
	pkcs7_mime(out,
	    has(mods, '<')	       ? "signed-data"
		: bl_cipher_is_aead(c) ? "authEnveloped-data"
				       : "enveloped-data",
	    mods, bl_buf_span(&der));
	bl_buf_clear(&der);
}

static void
opaque(struct bl_buf *out, struct mail_kit *k, const char *mods,
    struct bl_span content)
{
	struct bl_buf der = {0};

	mail_signed(&der, k, mods, content, !has(mods, '@'));
	pkcs7_mime(out, signed_type(mods), mods, bl_buf_span(&der));
	bl_buf_clear(&der);
}

static void
certs_only(struct bl_buf *out, struct mail_kit *k)
{
	struct bl_buf der = {0};

	CHECK(bl_cms_certs_write(&der, &k->anchors, NULL) == BL_OK, "certs");
	pkcs7_mime(out, "certs-only", "", bl_buf_span(&der));
	bl_buf_clear(&der);
}

static void
compressed(struct bl_buf *out, const char *mods, struct bl_span content)
{
	struct bl_buf stream = {0}, der = {0};

	bl_squeeze(&stream, content, has(mods, '$'));
	if (has(mods, '!'))
		stream.p[stream.n - 1] ^= 1;
	if (has(mods, '~'))
		stream.n--;
	if (has(mods, '#'))
		bl_buf_add_u8(&stream, 0);
	bl_squeeze_write(&der, bl_buf_span(&stream),
	    has(mods, '|') ? BL_OID_SIGNED_DATA : BL_OID_DATA);
	if (has(mods, '@')) {
		bl_buf_reset(&der);
		bl_buf_add(&der,
		    BL_STR("\x30\x11\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01"
			   "\x09\x10\x01\x09\xa0\x02\x30\x00"));
	}
	pkcs7_mime(out, has(mods, '<') ? "signed-data" : "compressed-data",
	    mods, bl_buf_span(&der));
	bl_buf_clear(&stream);
	bl_buf_clear(&der);
}

/* A TNEF stream that has the class of its message, and nothing else. */
static void
winmail(struct bl_buf *out, const char *mods)
{
	struct bl_span class = has(mods, '8') || has(mods, '1')
	    ? BL_STR("IPM.Note.SMIME.MultipartSigned")
	    : BL_STR("IPM.Microsoft Mail.Note");
	struct bl_base64 e = {0};
	struct bl_buf b = {0};
	unsigned sum = 0;

	bl_buf_add(&b, BL_STR("\x78\x9f\x3e\x22\1\0\1\x08\x80\7\0"));
	bl_buf_add_u8(&b, (uint8_t) class.n);
	bl_buf_add(&b, BL_STR("\0\0\0"));
	bl_buf_add(&b, class);
	for (size_t i = 0; i < class.n; i++)
		sum += class.p[i];
	bl_buf_add_u8(&b, (uint8_t)sum);
	bl_buf_add_u8(&b, (uint8_t)(sum >> 8));
	bl_buf_add_f(out,
	    "Content-Type: application/%s; name=winmail.dat\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    has(mods, '1') ? "octet-stream" : "ms-tnef");
	bl_base64_encode(&e, out, bl_buf_span(&b));
	bl_base64_encode_end(&e, out);
	bl_buf_clear(&b);
}

/* ---- the text that describes an entity ---- */

static void node(struct bl_buf *out, struct mail_kit *k, const char **at);

/* The children between the brackets, each with `before` in front of it. */
static void
children(
    struct bl_buf *out, struct mail_kit *k, const char **at, const char *before)
{
	if (**at != '(')
		return;
	do {
		(*at)++;
		bl_buf_add_str(out, before);
		node(out, k, at);
	} while (**at == ',');
	CHECK(**at == ')', *at);
	(*at)++;
}

static void
multipart(struct bl_buf *out, struct mail_kit *k, const char *subtype,
    const char **at)
{
	unsigned b = k->boundary++;
	char line[32];

	snprintf(line, sizeof(line), "\r\n--=_%03u=_\r\n", b);
	bl_buf_add_f(out,
	    "Content-Type: multipart/%s; boundary=\"=_%03u=_\"\r\n\r\n",
	    subtype, b);
	children(out, k, at, line);
	bl_buf_add_f(out, "\r\n--=_%03u=_--\r\n", b);
}

static bool
layer(struct bl_buf *out, struct mail_kit *k, char letter, const char *mods,
    struct bl_span inner)
{
	switch (letter) {
	case 'S':
		clear_signed(out, k, mods, inner);
		return true;
	case 'O':
		opaque(out, k, mods, inner);
		return true;
	case 'E':
		encrypted(out, k, BL_AES256_GCM, mods, inner);
		return true;
	case 'C':
		encrypted(out, k, BL_AES256_CBC, mods, inner);
		return true;
	case 'D':
		encrypted(out, k, BL_DES3_CBC, mods, inner);
		return true;
	case 'P':
		compressed(out, mods, inner);
		return true;
	case 'W':
		winmail(out, mods);
		return true;
	default:
		return false;
	}
}

static void
leaf(struct bl_buf *out, struct mail_kit *k, char letter)
{
	if (letter == 'Z')
		certs_only(out, k);
	else if (letter == 'I')
		bl_buf_add_str(out,
		    "Content-Type: text/plain\r\nFrom: cat@example.org\r\n"
		    "Subject: inside\r\n\r\nthe canary sings\r\n");
	else if (letter == 'H')
		bl_buf_add_str(out, k->payload);
	else if (letter == 't')
		bl_buf_add_str(out,
		    "Content-Type: text/plain\r\nSubject: inside\r\n\r\n"
		    "the canary sings\r\n");
	else if (letter == 'f')
		bl_buf_add_str(
		    out, "Content-Type: text/plain\r\n\r\na footer\r\n");
	else
		CHECK(false, "a letter that is none");
}

static void
node(struct bl_buf *out, struct mail_kit *k, const char **at)
{
	char letter = *(*at)++, mods[32] = "";
	struct bl_buf inner = {0};

	for (size_t n = 0; n < sizeof(mods) - 1 && **at != '\0' &&
	     strchr("(,)", **at) == NULL;)
		mods[n++] = *(*at)++;
	if (letter == 'M' || letter == 'A') {
		multipart(out, k, letter == 'M' ? "mixed" : "alternative", at);
	} else if (letter == 'R') {
		bl_buf_add_str(out,
		    "Content-Type: message/rfc822\r\n\r\n"
		    "From: cat@example.org\r\n");
		children(out, k, at, "");
	} else {
		children(&inner, k, at, "");
		if (!layer(out, k, letter, mods, bl_buf_span(&inner)))
			leaf(out, k, letter);
	}
	bl_buf_clear(&inner);
}

void
mail_entity(struct bl_buf *out, struct mail_kit *k, const char *text)
{
	node(out, k, &text);
	CHECK(*text == '\0', text);
	CHECK(out->err == BL_OK, text);
}

void
mail_message(struct bl_buf *out, struct mail_kit *k, const char *header,
    const char *text)
{
	bl_buf_add_str(out, header != NULL ? header : MAIL_HEADER);
	mail_entity(out, k, text);
}

void
mail_lf(struct bl_buf *out, struct bl_span in)
{
	for (size_t i = 0; i < in.n; i++)
		if (in.p[i] != '\r' || i + 1 == in.n || in.p[i + 1] != '\n')
			bl_buf_add_u8(out, in.p[i]);
}
