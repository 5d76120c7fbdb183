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

/* IssuerAndSerialNumber. */
static void
issuer_serial(struct bl_rid *rid, struct bl_der *at)
{
	struct bl_der seq = bl_der_enter(at, BL_DER_SEQUENCE);

	rid->issuer = bl_der_whole(&seq, BL_DER_SEQUENCE);
	rid->serial = bl_der_integer(&seq);
	bl_der_leave(at, &seq);
}

enum bl_err
bl_rid_read(struct bl_rid *out, struct bl_der *in, struct bl_note *note)
{
	struct bl_der at = *in;
	struct bl_rid rid = {0};

	*out = rid;
	if (bl_der_peek(&at) == BL_DER_SEQUENCE)
		issuer_serial(&rid, &at);
	else
		rid.ski = bl_der_take(&at, BL_DER_IMPLICIT(0));
	return judge(out, in, &at, &rid, note);
}

enum bl_err
bl_rid_read_key(struct bl_rid *out, struct bl_der *in, struct bl_note *note)
{
	struct bl_der at = *in, key;
	struct bl_rid rid = {0};

	*out = rid;
	if (bl_der_peek(&at) == BL_DER_SEQUENCE) {
		issuer_serial(&rid, &at);
	} else {
		key = bl_der_enter(&at, BL_DER_CONTEXT(0));
		rid.ski = bl_der_take(&key, BL_DER_OCTETS);
		if (bl_der_peek(&key) == BL_DER_GENTIME)
			(void)bl_der_whole(&key, BL_DER_GENTIME);
		if (bl_der_peek(&key) == BL_DER_SEQUENCE)
			(void)bl_der_whole(&key, BL_DER_SEQUENCE);
		bl_der_leave(&at, &key);
	}
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
