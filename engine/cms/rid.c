/* rid.c - which certificate a part of a CMS object is meant for. */
#include "cms/internal.h"

#define SOURCE	   "RFC 5652 6.2.1"
#define SERIAL_MAX 21 /* bytes: 20 of value and a possible sign byte */
#define SKI_MAX	   64 /* bytes: no known method makes a longer one */

/* Judges what was read from `at`, and moves `in` there. */
static enum bl_err
judge(struct bl_rid *out, struct bl_der *in, const struct bl_der *at,
    const struct bl_rid *rid, struct bl_note *note)
{
	if (at->bad || (rid->issuer.n == 0 && rid->ski.n == 0))
		return bl_fail(note, BL_E_MALFORMED, in->at,
		    "the identifier of a certificate is not well formed",
		    SOURCE);
	if (rid->serial.n > SERIAL_MAX || rid->ski.n > SKI_MAX)
		return bl_fail_limit(note, in->at, "limit-cms-frame",
		    "serial number or key identifier is too long", SOURCE);
	*out = *rid;
	*in = *at;
	return BL_OK;
}

/* Takes a Name off the front: sets of at least one type and value. Whose it is
 * is found by comparing bytes. RFC 5280 4.1.2.4. */
static struct bl_span
name(struct bl_der *in)
{
	struct bl_der look = *in;
	struct bl_der names = bl_der_enter(in, BL_DER_SEQUENCE);

	while (bl_der_peek(&names) != 0) {
		struct bl_der rdn = bl_der_enter(&names, BL_DER_SET);

		do {
			struct bl_der one = bl_der_enter(&rdn, BL_DER_SEQUENCE);

			(void)bl_der_oid(&one);
			(void)bl_der_whole(&one, 0);
			bl_der_leave(&rdn, &one);
		} while (bl_der_peek(&rdn) != 0);
		bl_der_leave(&names, &rdn);
	}
	in->bad |= names.bad;
	return in->bad ? (struct bl_span){0}
		       : bl_der_whole(&look, BL_DER_SEQUENCE);
}

/* IssuerAndSerialNumber. */
static void
issuer_serial(struct bl_rid *rid, struct bl_der *at)
{
	struct bl_der seq = bl_der_enter(at, BL_DER_SEQUENCE);

	rid->issuer = name(&seq);
	rid->serial = bl_der_integer(&seq);
	bl_der_leave(at, &seq);
}

enum bl_err
bl_rid_read(struct bl_rid *out, struct bl_cms *c, struct bl_der *in,
    struct bl_note *note)
{
	struct bl_der at = *in;
	struct bl_rid rid = {0};

	*out = rid;
	if (bl_der_peek(&at) == BL_DER_SEQUENCE)
		issuer_serial(&rid, &at);
	else
		rid.ski = bl_cms_octets_as(c, &at, BL_DER_IMPLICIT(0));
	return judge(out, in, &at, &rid, note);
}

/* OtherKeyAttribute: a name and, perhaps, any one element. */
static void
other_key_attribute(struct bl_der *key)
{
	struct bl_der other = bl_der_enter(key, BL_DER_SEQUENCE);

	(void)bl_der_oid(&other);
	if (bl_der_peek(&other) != 0)
		(void)bl_der_whole(&other, 0);
	bl_der_leave(key, &other);
}

struct bl_span
bl_rid_key_id(struct bl_cms *c, struct bl_der *in, unsigned tag)
{
	struct bl_der key = bl_der_enter(in, tag);
	struct bl_span id = bl_cms_octets(c, &key);

	if (bl_der_peek(&key) == BL_DER_GENTIME)
		(void)bl_der_whole(&key, BL_DER_GENTIME);
	if (bl_der_peek(&key) == BL_DER_SEQUENCE)
		other_key_attribute(&key);
	bl_der_leave(in, &key);
	return id;
}

enum bl_err
bl_rid_read_key(struct bl_rid *out, struct bl_cms *c, struct bl_der *in,
    struct bl_note *note)
{
	struct bl_der at = *in;
	struct bl_rid rid = {0};

	*out = rid;
	if (bl_der_peek(&at) == BL_DER_SEQUENCE)
		issuer_serial(&rid, &at);
	else
		rid.ski = bl_rid_key_id(c, &at, BL_DER_CONTEXT(0));
	return judge(out, in, &at, &rid, note);
}

bool
bl_rid_is(const struct bl_rid *rid, const struct bl_cert *cert)
{
	if (rid->ski.n != 0)
		return bl_span_equal(rid->ski, bl_cert_ski(cert));
	return rid->issuer.n != 0 &&
	    bl_span_equal(rid->issuer, bl_cert_issuer(cert)) &&
	    bl_span_equal(rid->serial, bl_cert_serial(cert));
}
