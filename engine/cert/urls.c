/* urls.c - where a certificate says that more is to be found; see cert.h. */
#include "cert/cert.h"

struct urls {
	struct bl_span *out;
	size_t n, max;
};

static bool
has_scheme(struct bl_span url, struct bl_span scheme)
{
	return url.n > scheme.n &&
	    bl_span_equal_nocase(bl_span_cut(url, 0, scheme.n), scheme);
}

static bool
is_usable(struct bl_span url)
{
	if (url.n > BL_CERT_URL_MAX ||
	    (!has_scheme(url, BL_STR("http://")) &&
		!has_scheme(url, BL_STR("https://"))))
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] < 0x21 || url.p[i] > 0x7e)
			return false;
	return true;
}

static void
add(struct urls *u, const struct bl_gname *name)
{
	if (name->tag == BL_GN_URI && u->n < u->max && is_usable(name->value))
		u->out[u->n++] = name->value;
}

static void
from_access(struct urls *u, const struct bl_cert *c, enum bl_oid method)
{
	struct bl_der in = bl_der_of(bl_cert_path(c)->access);

	while (bl_der_peek(&in) != 0) {
		struct bl_der one = bl_der_enter(&in, BL_DER_SEQUENCE);
		enum bl_oid id = bl_oid_find(bl_der_oid(&one));
		struct bl_gname name = bl_gname_read(&one);

		bl_der_leave(&in, &one);
		if (id == method)
			add(u, &name);
	}
}

static void
from_points(struct urls *u, const struct bl_cert *c)
{
	struct bl_der in = bl_der_of(bl_cert_path(c)->points);

	while (bl_der_peek(&in) != 0) {
		struct bl_dist_point p = bl_dist_point_read(&in);
		struct bl_der names = bl_der_of(p.names);

		while (bl_der_peek(&names) != 0) {
			struct bl_gname name = bl_gname_read(&names);

			add(u, &name);
		}
	}
}

size_t
bl_cert_urls(struct bl_span *out, size_t max, const struct bl_cert *c,
    enum bl_cert_place place)
{
	struct urls u = {.out = out, .max = max};

	switch (place) {
	case BL_PLACE_ISSUERS:
		from_access(&u, c, BL_OID_AD_CA_ISSUERS);
		break;
	case BL_PLACE_OCSP:
		from_access(&u, c, BL_OID_AD_OCSP);
		break;
	case BL_PLACE_CRL:
		from_points(&u, c);
		break;
	}
	return u.n;
}
