/* people.c - keys and certificates that the tests of this module use. */
#include "cms/people.h"

#include <string.h>

#include "tests/test.h"

/* PKCS #8 in base64, made once with `openssl genpkey`. */
static const struct {
	const char *name, *key;
} people[] = {
    [BL_ALICE] = {"Alice",
	"MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCu27KGPCatFAYN"
	"bKjX563qArH0Mmh74dKqgJefhXOXa2JTHSmifFewrKlPHtcT3wKXdVwXzzOL4QUw"
	"gYMtYxDjOVIR0n32wAq/csU11HG8U0smefEXX3KsgePOVgAvq15TX1/SJQ+oVACX"
	"6dCXNpChYc0bJtG+70mau8kYFPtZagJ32HHjI9Yvdyk7vnyiuGwbhaUDoE5UD1l5"
	"gkhO5YLcp+6v6sGnYVuPrAvYQwLd/gkgYRyaUuvD87F9i26D6wqGS5neH+4htUQO"
	"KvFuDWtXqRrva/VsYCFlxREOmQtKTxpU8jOj2fvojgltF0vBnQ55VJsRMUKzgOmW"
	"7QwGSnRBAgMBAAECggEACdxkKZeKD1PsIPTuIyniuAoRns26cHUMYDbrBhEcsw74"
	"XytLeik0uUcNb8OzmaBnmSLCUCnsVGC63hDJtOUrskK85volxiTvnjsS1c2uodIZ"
	"MHjrQJgOg526Gvxk24tYoQ9FfDiAlOuy0l5aV/K47o7xRg0XAkNklVwuc6QYRiMh"
	"UsvYmBOh8qIJTnMBeb8RPFhwFQIuHeD+OQAtGyUwfchysxf++QzFac9lYaW6we15"
	"MahBV0ppi0lUUTEepaJAjfhIowEs2VCsJFLCv1KR/cPdrnBNgwJgzmswd9pardtq"
	"TqG25xnrlD/L9wbhjVqOD0v+TL/7i0LU+wdF2JC0iQKBgQDaz0WKA7Es9/ioS4Mo"
	"f7+aQ6byvMVhDIXof6xHy5y+pciNopf0ykeiVjQAnYCtkoTDJGQ4Jupr7hX5YNHZ"
	"D5iYzfO7Yg1XpSOo6G5JaEupS0bClMerUnhkeyqKdYF/ZnTy3Oj73QLNXgUtACpb"
	"AW3xWQRT4vV0mgYQguKukRikiQKBgQDMlAiE4RGQq16KmiEZZgcL6W8qSNiC3WVU"
	"Q/MI2IfeC0GZn1ut1nowLxVgvpvT4IBxU9ACBAcPxko3xMusanwK//wMj71vV9SC"
	"/+yZ4ulC69j1eywOGEj7w4dsu5TmLD8QX7sMYHN6RbFBJqyRs3C01q4BkX15qgnv"
	"hYiEPapT+QKBgQCckN9jSA0I7k5grdelrPM+wNW+rtBVBw7yNBjkLo9z41BD+Gne"
	"4LatNB11qz2d9U9GCs4jV8U5gVz72gmN1ZkNDaEvHZQKeMGxZM81e4lYE+MH7EmL"
	"DzHSREdGV5pXvMpF1Uhon9YXeQUfFBU6lSVEIrv0Alw8GNHqEp1855nIcQKBgQCp"
	"Is50RbwG9pfAUbOB0yeKQqGkvPs8HpzS8SayroqOGpJO10Ct1X/J7HNpO82Le7XV"
	"fCyiLgBEm3Tq7KpTTuplEcSqAgDlWCEbeUl85OxjZqhGNGJ0+MEGXV7Ol7uAHR66"
	"g9saXXe7pHjq23WbNFa/PCo6o7Wwa9OxEp6ObokuyQKBgQDDIUEL9ci/RkWDjoMx"
	"Zmb9bu1ANSfX4jQf0rJIj619+w364zb2aC6m5sB2Ue/bWdbt5gH4ei8FGJgkGGxE"
	"V31w1aMaq9Bvrhm3r3DqZf4wWy/OWHti95Y58XYspDnFZOV0qXD+S/8gjhLCdYrz"
	"1biy4POk6XPa/Trni28gM6U9NA=="},
    [BL_BOB] = {"Bob",
	"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCtFqUib/1Podtu"
	"h2afwxAa5+3PZ+KMcGKSU+vnWEAUbQ6ZnGb145f/guaR/NExCqwzNGJc/PXc598l"
	"2jqABUcn748xVzrAJRPYFVQwHEOaqykVU1avqVP+ZDlyeN/7tiZOOZna4vXxX7FM"
	"EbJ/sxM6rhnOjgqRLPT0B/RsF780eza5hg8/C+32AiaT1e9OutZ4xyDcUjCpSIeh"
	"dcmD45mSZwk7cuBhSiJDqtMy+tOEUUYF+hm/H39HyIQhaLIyXOzpIvOAVkFi+VEs"
	"ZDqZZoMpRlBTRyYaM6hBBXeml44oWyeurx6rQnmzeGHklJX1FO9iXkg0+2NBGVom"
	"SXhyepQvAgMBAAECggEAE/nOkhRhpCyWYgGvZtXAyJImwG6JV1LrFV8pFRh6wMC7"
	"VCAYQ92B38OwL34BeIr2R6yOg5PQHjAGcVxnrvms9h9wI64hAiblTOVdQ3YnmTSS"
	"t7rYAMrmfi/770mi8+5YKmP8bSYPY017bT+HnbRBjl6kbNG4x3tsQ7OdUlJFR12W"
	"CimA5gRPZ+IJdS5BJrcBk+ENapDDmtX9/G4bFE+mYiW4IuUehBb5Q5D+7Bs/gWlv"
	"bDPuo7X9RPmTtILy2U21BWwrhuj4sxo17O/h3Qm7Qkw91DeUyjFQmyW2Y2+nRlm6"
	"iWMx3zX9H4F4KZcZHT8NIn2NzDtEU/taVPDIrhGftQKBgQDtQLtsVdPKky897yeT"
	"AYcZo+6V385zd7/eexm0VCYpOa5y9QJomuqrzLWs7RWNAuhuxZ1cblxDx6fVFsBy"
	"yYpMv7mfPcn3WWGldMA4unAnbduKo3IEuwn+iQAXUr1CYoYp6gCY+yvzPPpUCy/X"
	"ptVw09r+2SfUXDzb5se+F9IsewKBgQC6w/a4QC517oc/7T3KukjuxrXfs2qaH/bN"
	"2/pzkizwwEnmA6ao2Hs0g02KbBGpYidwA5y7bqDG7vbPKMI61OTBqmlzBiGvY5xo"
	"ix8qXw1dNBStvd102HL3Bq/gzgnCSX7sO1LfkjS9Nc7f3cjn7O7Xb9defIDVrRNh"
	"yjlKstoq3QKBgQDR2w0tUWmJ6NDDtrPJi3Nl0aQq+5EQf56+eyKMaFZs5rGQy3l6"
	"73Sdy+/y6q7CUQ0pVjDP3mpMJeElUf+eSPjE1F2rJitsV6pQgMm6I+cqaTjlE5e5"
	"6Xt4otPqzWvMuXs0veATcTA58fj2uAJ0fQSUzUALZied5oyKckLBuS5V2wKBgHgm"
	"M2VrHLiPoADXLcZquxqpST3FXZITeCINH30UD8c93QyVUrUSt4gb5FlllqMiWv6r"
	"xDusOtBf0PWKYhGY/iU87SOrUSZU7b0vqvgGOEG6jIcNOxe9W5Bhg+oagpqzz2xH"
	"6dOcakNDB3hrZKEXgruj3qiRbgyIkIx7nQnaL5IdAoGAZWgIqbAqH/anEySsCo9Y"
	"SYsS0SnAKyD8avF/zV0Zpl1Hnai56q2O/wJU99SzGjDEjuSvqCNfu16Q0AiPrQM6"
	"gNDStL1LSigDjlqXZYAXOCdWCGk8aN/pLlq10cQZ8njLso631DBzwQyudUYftAhd"
	"QvC33PAn2zZF6EFFTIaVb6k="},
    [BL_CAROL] = {"Carol",
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNKqwFE8vGoeHnRVJ"
	"HX718BynORIsgfeqdP7TSzgBOF6hRANCAASrIGeIjFQOWWwCGmr82vhAI0BKvrAx"
	"/h3oR+u4HMXaa/L9GtiaIACoMvcti2dqPh6P7gXuqISKhinTptNUHkmZ"},
    [BL_DAVE] = {"Dave",
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBLiqPQFxoY4Lv85e"
	"kHD0N2ke8+x1ss+0YhszXwHUzMihRANCAASZF9hGBb+0FYkO3xJLJFHXYBzzNMjg"
	"a/wLGCt7523+gogJblwZHf25JxKlCLCWOd4CGRlXR1uPL2to91lkyknu"},
    [BL_ERIN] = {"Erin",
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAXeQf+5ULZH2KCztly"
	"XVQDfz9PQUZ1kWPjozHPItiXy4fIuUSDglHFMthNjBr0NGyhZANiAASJ8Y64YM2/"
	"sMZPPm0cMiJGzvjNxmat+spNlVtd17m023MTshitWEMHlnjYRTyoFMT/MhhS2gyt"
	"w4pvn4wVSF2x7r7J0Jvly6tSSRvUnCQLj0m860oEU0L3ankt9Q8VlS0="},
    [BL_FRANK] = {"Frank",
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDABHWtKR3/Sge2SNaYn"
	"GlPlsd7CdZOtGyufRImTnj//EhlhH7I1JVPDwje5YKFeDiyhZANiAARU9zHKSVuW"
	"GDlyOJuJq0m8SZwK/OXGipoyKQHo6W5gHAtb8XWVH44v5leHSQe7DCffy4qGPIvv"
	"QyJmdKV5be/6Np1cmUaMm/XNvcczYARbjjkJFAXJYIWds8pqtSJAAVM="},
    [BL_GRACE] = {"Grace",
	"MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIA9rXb3LaJXMv0Go0q"
	"3AUfZtrEIr37PlAPinxAfs4zDLcSruUzyXDHIgVYGM2dezSNUPlScfuufWNjDp6r"
	"kZ5WZkuhgYkDgYYABAA6IPBOgcdueZKa59ZmW6X8fRs+nPaaFyjEYEWUJKo/xT4+"
	"A2vMDEJJL63iwX2OiyHM3VuooEmAXgI/lIoovXuowQAtq9M4NVf8VewQzEPMSRxY"
	"c5p6xfjFbM8PZi2VW48S78Vz6OBMLmrJgjlpe1uL+Dzy/B9wIycJtehA09a692XZ"
	"eA=="},
    [BL_HEIDI] = {"Heidi",
	"MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIB96eKpV9JJ1SBgzqe"
	"kSvs9EcZXyKu+afxZToxF7yxaxVNGMuGn9RIS0dJcNbj9YRHzgY3zFDlLc561Boo"
	"XD2HjfehgYkDgYYABADPWz67NBLALvtrdJi+la8vnrqW68IiM06bbAbUPUcO3lBK"
	"NAzq2pas2B6Up5bgQE6sIA2e6rPR6o6gJpia78KPIAFfW3BDIIwQ7ocvN9gfJb+A"
	"TrKcRo+Sj2HR0swyz/k3Z9xMMq2pSAszGxtrSrBg9gsEYPOjcH7fGX4atSJzhia6"
	"vw=="},
};

/* The rest: any bytes are a private key. RFC 8410 7. */
static const struct {
	const char *name;
	enum bl_oid oid;
	size_t bytes;
} fresh[] = {
    [BL_IVAN] = {"Ivan", BL_OID_ED25519, 32},
    [BL_JUDY] = {"Judy", BL_OID_X25519, 32},
    [BL_KIM] = {"Kim", BL_OID_X25519, 32},
    [BL_LEO] = {"Leo", BL_OID_X448, 56},
    [BL_MIA] = {"Mia", BL_OID_X448, 56},
    [BL_NINA] = {"Nina", BL_OID_ED448, 57},
};

static const char *
name_of(enum bl_people who)
{
	return who < BL_IVAN ? people[who].name : fresh[who].name;
}

static struct bl_secret *
fresh_pkcs8(struct bl_ctx *ctx, enum bl_people who)
{
	struct bl_secret *key = NULL;
	struct bl_buf der = {0};
	size_t info = bl_der_open(&der, BL_DER_SEQUENCE), alg, octets;
	uint8_t d[57];

	CHECK(bl_random(ctx, d, fresh[who].bytes, NULL) == BL_OK, "random");
	bl_der_put_uint(&der, 0);
	alg = bl_der_open(&der, BL_DER_SEQUENCE);
	bl_der_put_oid(&der, fresh[who].oid);
	bl_der_close(&der, alg);
	octets = bl_der_open(&der, BL_DER_OCTETS);
	bl_der_put(&der, BL_DER_OCTETS, bl_span_of(d, fresh[who].bytes));
	bl_der_close(&der, octets);
	bl_der_close(&der, info);
	CHECK(bl_secret_copy(&key, bl_buf_span(&der), NULL) == BL_OK, "pkcs8");
	bl_buf_clear(&der);
	return key;
}

static struct bl_secret *
pkcs8(enum bl_people who)
{
	struct bl_base64 decoder = {0};
	struct bl_buf der = {0};
	struct bl_secret *key = NULL;

	bl_base64_decode(&decoder, &der, bl_span_str(people[who].key));
	bl_base64_decode_end(&decoder);
	CHECK(!decoder.bad &&
		bl_secret_copy(&key, bl_buf_span(&der), NULL) == BL_OK,
	    people[who].name);
	bl_buf_clear(&der);
	return key;
}

/* Name with one commonName. */
static void
put_name(struct bl_buf *out, const char *name)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);
	size_t set = bl_der_open(out, BL_DER_SET);
	size_t pair = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_COMMON_NAME);
	bl_der_put(out, BL_DER_UTF8, bl_span_str(name));
	bl_der_close(out, pair);
	bl_der_close(out, set);
	bl_der_close(out, seq);
}

/* subjectKeyIdentifier: the name will do. */
static void
put_extensions(struct bl_buf *out, const char *name)
{
	size_t tagged = bl_der_open(out, BL_DER_CONTEXT(3));
	size_t list = bl_der_open(out, BL_DER_SEQUENCE);
	size_t one = bl_der_open(out, BL_DER_SEQUENCE), value;

	bl_der_put_oid(out, BL_OID_SUBJECT_KEY_IDENTIFIER);
	value = bl_der_open(out, BL_DER_OCTETS);
	bl_der_put(out, BL_DER_OCTETS, bl_span_str(name));
	bl_der_close(out, value);
	bl_der_close(out, one);
	bl_der_close(out, list);
	bl_der_close(out, tagged);
}

static void
put_sig_alg(struct bl_buf *out)
{
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);

	bl_der_put_oid(out, BL_OID_RSA_SHA256);
	bl_der_put_null(out);
	bl_der_close(out, seq);
}

/* TBSCertificate, RFC 5280 4.1. */
static void
put_tbs(struct bl_buf *out, const struct bl_priv *key, enum bl_people who)
{
	const char *name = name_of(who);
	size_t seq = bl_der_open(out, BL_DER_SEQUENCE);
	size_t version = bl_der_open(out, BL_DER_CONTEXT(0)), times;

	bl_der_put_uint(out, 2);
	bl_der_close(out, version);
	bl_der_put_uint(out, 1000 + who);
	put_sig_alg(out);
	put_name(out, "Nobody");
	times = bl_der_open(out, BL_DER_SEQUENCE);
	bl_der_put_time(out, 1700000000);
	bl_der_put_time(out, 2000000000);
	bl_der_close(out, times);
	put_name(out, name);
	CHECK(bl_priv_spki(out, key, NULL) == BL_OK, name);
	if (who != BL_HEIDI)
		put_extensions(out, name);
	bl_der_close(out, seq);
}

/* Nobody checks who issued it in this module: its signature is no more than a
 * few bytes. */
static struct bl_cert *
certificate(struct bl_ctx *ctx, const struct bl_priv *key, enum bl_people who)
{
	const struct bl_limits limits = BL_LIMITS;
	struct bl_buf der = {0};
	struct bl_cert *cert = NULL;
	struct bl_note note = {0};
	size_t seq = bl_der_open(&der, BL_DER_SEQUENCE);

	put_tbs(&der, key, who);
	put_sig_alg(&der);
	bl_der_put_bits(&der, BL_STR("signature"));
	bl_der_close(&der, seq);
	CHECK(bl_cert_read(&cert, ctx, bl_buf_span(&der), &limits, &note) ==
		BL_OK,
	    note.what);
	bl_buf_clear(&der);
	return cert;
}

void
bl_person_new(struct bl_person *p, struct bl_ctx *ctx, enum bl_people who)
{
	*p = (struct bl_person){
	    .pkcs8 = who < BL_IVAN ? pkcs8(who) : fresh_pkcs8(ctx, who)};
	CHECK(
	    bl_priv_read(&p->key, ctx, p->pkcs8, NULL) == BL_OK, name_of(who));
	p->cert = certificate(ctx, p->key, who);
}

void
bl_person_clear(struct bl_person *p)
{
	bl_priv_free(p->key);
	bl_cert_free(p->cert);
	bl_secret_free(p->pkcs8);
}

void
bl_people_new(struct bl_person p[BL_PEOPLE], struct bl_ctx *ctx)
{
	for (unsigned i = 0; i < BL_PEOPLE; i++)
		bl_person_new(&p[i], ctx, (enum bl_people)i);
}

void
bl_people_clear(struct bl_person p[BL_PEOPLE])
{
	for (unsigned i = 0; i < BL_PEOPLE; i++)
		bl_person_clear(&p[i]);
}

void
bl_person_sign(struct bl_buf *signature, struct bl_want_sign *want,
    struct bl_buf *store, struct bl_ctx *ctx, const struct bl_person *p,
    const struct bl_cms_sign *how, struct bl_span content)
{
	struct bl_digest_value digest;
	struct bl_buf attrs = {0};

	CHECK(bl_digest_of(&digest, ctx, bl_sig_alg_content(&how->alg), content,
		  NULL) == BL_OK &&
		bl_cms_sign_want(want, store, how, &digest, NULL) == BL_OK &&
		bl_signed_attrs_write(&attrs, want, NULL) == BL_OK &&
		bl_priv_sign_bytes(signature, p->key, ctx, &how->alg,
		    bl_buf_span(&attrs), NULL) == BL_OK,
	    "sign");
	bl_buf_clear(&attrs);
}
