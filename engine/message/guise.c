/* guise.c - what a part says that it is; see opening.h. */
#include "message/opening.h"

static bool
is_name(struct bl_span s, const char *name)
{
	return bl_span_is(s, name);
}

/* RFC 8551 3.1; x- is what older programs write. */
static bool
is_either(struct bl_span subtype, const char *name, const char *x_name)
{
	return is_name(subtype, name) || is_name(subtype, x_name);
}

static bool
is_p7m(struct bl_span name)
{
	struct bl_span end;

	if (name.n < 4)
		return false;
	end = bl_span_cut(name, name.n - 4, 4);
	return is_name(end, ".p7m") || is_name(end, ".p7z");
}

/* [MS-OXTNEF] 1.7: the types that are used, and the name that is. */
static bool
is_winmail(const struct bl_part *p)
{
	if (is_name(p->type.subtype, "ms-tnef") ||
	    is_name(p->type.subtype, "vnd.ms-tnef"))
		return true;
	return is_name(p->type.subtype, "octet-stream") &&
	    (is_name(bl_content_type_param(&p->type, "name"), "winmail.dat") ||
		is_name(bl_content_type_param(&p->disposition, "filename"),
		    "winmail.dat"));
}

static enum bl_guise
application(const struct bl_part *p)
{
	if (is_winmail(p))
		return BL_GUISE_TNEF;
	if (is_either(p->type.subtype, "pkcs7-mime", "x-pkcs7-mime"))
		return BL_GUISE_CMS;
	if (is_either(p->type.subtype, "pkcs7-signature", "x-pkcs7-signature"))
		return BL_GUISE_SIGNATURE;
	if (is_name(p->type.subtype, "octet-stream") &&
	    (is_p7m(bl_content_type_param(&p->type, "name")) ||
		is_p7m(bl_content_type_param(&p->disposition, "filename"))))
		return BL_GUISE_NAMED;
	return BL_GUISE_NONE;
}

enum bl_guise
bl_guise_of(const struct bl_part *p)
{
	struct bl_span protocol;

	if (is_name(p->type.type, "application"))
		return application(p);
	if (!bl_content_type_is(&p->type, "multipart", "signed"))
		return BL_GUISE_NONE;
	protocol = bl_content_type_param(&p->type, "protocol");
	return is_either(protocol, "application/pkcs7-signature",
		   "application/x-pkcs7-signature")
	    ? BL_GUISE_SIGNED
	    : BL_GUISE_NONE;
}

static const struct {
	const char *type;
	enum bl_layer_kind kind;
} hints[] = {
    {"signed-data", BL_LAYER_OPAQUE_SIGNED},
    {"certs-only", BL_LAYER_CERTS_ONLY},
    {"enveloped-data", BL_LAYER_ENVELOPED},
    {"authEnveloped-data", BL_LAYER_ENVELOPED},
    {"compressed-data", BL_LAYER_COMPRESSED},
};

enum bl_layer_kind
bl_guise_hint(const struct bl_part *p)
{
	struct bl_span type = bl_content_type_param(&p->type, "smime-type");

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (is_name(type, hints[i].type))
			return hints[i].kind;
	return 0;
}

static const struct {
	const char *name;
	enum bl_digest digest;
} digests[] = {
    {"sha-1", BL_SHA1},
    {"sha1", BL_SHA1},
    {"sha-224", BL_SHA224},
    {"sha224", BL_SHA224},
    {"sha-256", BL_SHA256},
    {"sha256", BL_SHA256},
    {"sha-384", BL_SHA384},
    {"sha384", BL_SHA384},
    {"sha-512", BL_SHA512},
    {"sha512", BL_SHA512},
    {"shake256", BL_SHAKE256},
};

static unsigned
digest_named(struct bl_span name)
{
	while (name.n > 0 && name.p[0] == ' ')
		name = bl_span_cut(name, 1, name.n);
	while (name.n > 0 && name.p[name.n - 1] == ' ')
		name.n--;
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++)
		if (is_name(name, digests[i].name))
			return BL_SET(digests[i].digest);
	return 0;
}

unsigned
bl_guise_digests(const struct bl_part *p)
{
	struct bl_span list = bl_content_type_param(&p->type, "micalg");
	unsigned set = 0;

	while (list.n > 0) {
		const uint8_t *comma = memchr(list.p, ',', list.n);
		size_t n = comma == NULL ? list.n : (size_t)(comma - list.p);

		set |= digest_named(bl_span_cut(list, 0, n));
		list = bl_span_cut(list, n + 1, SIZE_MAX);
	}
	return set != 0 ? set : BL_GUISE_DIGESTS;
}
