/* choices.c - what is passed over in a CMS object: certificates and CRLs of
 * other kinds, originatorInfo, attributes that nobody vouches for. It has to be
 * what it is called, so that no program reads another object out of the same
 * bytes; what it says is not looked at. RFC 5652 5.3, 6.1, 10.2. */
#include "cms/internal.h"

#define SOURCE "RFC 5652 10.2"

static struct bl_der
ber_of(struct bl_span s, uint64_t at)
{
	struct bl_der in = bl_der_of(s);

	in.at = at;
	in.ber = true;
	return in;
}

/* What is signed, with an algorithm, a signature: the form of certificates,
 * CRLs and attribute certificates alike. */
static void
signed_object(struct bl_der *in, unsigned tag)
{
	struct bl_der seq = bl_der_enter(in, tag);

	(void)bl_der_whole(&seq, BL_DER_SEQUENCE);
	(void)bl_der_whole(&seq, BL_DER_SEQUENCE);
	if (bl_der_peek(&seq) == (BL_DER_BITS | 0x20))
		(void)bl_der_whole(&seq, BL_DER_BITS | 0x20);
	else
		(void)bl_der_whole(&seq, BL_DER_BITS);
	bl_der_leave(in, &seq);
}

/* OtherCertificateFormat and OtherRevocationInfoFormat: a name and any one
 * element. */
static void
other_format(struct bl_der *in, unsigned tag)
{
	struct bl_der seq = bl_der_enter(in, tag);

	(void)bl_der_oid(&seq);
	(void)bl_der_whole(&seq, 0);
	bl_der_leave(in, &seq);
}

enum bl_err
bl_choice_check(const struct bl_cms *c, struct bl_span element,
    enum bl_choice set, struct bl_note *note)
{
	struct bl_der in = ber_of(element, c->hull.at);
	unsigned tag = bl_der_peek(&in);
	unsigned other = BL_DER_CONTEXT(set == BL_CHOICE_CERTIFICATE ? 3 : 1);
	enum bl_err err = bl_ber_check(element, c->hull.at, &c->limits, note);

	if (err != BL_OK)
		return err;
	if (tag == other)
		other_format(&in, tag);
	else if (tag == BL_DER_SEQUENCE ||
	    (set == BL_CHOICE_CERTIFICATE && tag >= BL_DER_CONTEXT(0) &&
		tag < other))
		signed_object(&in, tag);
	else
		in.bad = true;
	if (in.bad)
		return bl_cms_bad(c,
		    "something other than a certificate or CRL in its place",
		    SOURCE, note);
	return BL_OK;
}

struct bl_span
bl_choice_ocsp(struct bl_span element)
{
	struct bl_der in = ber_of(element, 0);
	struct bl_der seq = bl_der_enter(&in, BL_DER_CONTEXT(1));

	if (bl_oid_find(bl_der_oid(&seq)) != BL_OID_RI_OCSP_RESPONSE ||
	    bl_der_peek(&seq) != BL_DER_SEQUENCE)
		return (struct bl_span){0};
	return bl_der_whole(&seq, BL_DER_SEQUENCE);
}

/* Passes over an optional set of choices in originatorInfo. */
static enum bl_err
choices(const struct bl_cms *c, struct bl_der *in, enum bl_choice which,
    struct bl_note *note)
{
	bool certs = which == BL_CHOICE_CERTIFICATE;
	unsigned tag = BL_DER_CONTEXT(certs ? 0 : 1);
	size_t n = 0, max = certs ? c->limits.certificates : c->limits.crls;
	struct bl_der set;
	enum bl_err err;

	if (bl_der_peek(in) != tag)
		return BL_OK;
	set = bl_der_enter(in, tag);
	while (bl_der_peek(&set) != 0) {
		struct bl_span s = bl_der_whole(&set, 0);

		if (n++ == max)
			return bl_fail_limit(note, set.at,
			    certs ? "limit-certificates" : "limit-crls",
			    "too many certificates or CRLs of the sender",
			    SOURCE);
		if (!set.bad &&
		    (err = bl_choice_check(c, s, which, note)) != BL_OK)
			return err;
	}
	bl_der_leave(in, &set);
	return BL_OK;
}

enum bl_err
bl_originator_check(
    const struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_der seq = bl_der_enter(in, BL_DER_CONTEXT(0));
	enum bl_err err;

	if ((err = choices(c, &seq, BL_CHOICE_CERTIFICATE, note)) != BL_OK ||
	    (err = choices(c, &seq, BL_CHOICE_CRL, note)) != BL_OK)
		return err;
	bl_der_leave(in, &seq);
	if (in->bad)
		return bl_cms_bad(c, "originatorInfo is not well formed",
		    "RFC 5652 6.1", note);
	return BL_OK;
}

enum bl_err
bl_loose_attributes(const struct bl_cms *c, struct bl_der *in, unsigned tag,
    bool *claims, struct bl_note *note)
{
	const char *source = "RFC 5652 5.3";
	struct bl_der look = *in, set;
	struct bl_span whole = bl_der_whole(&look, tag);
	size_t n = 0;
	enum bl_err err;

	if (look.bad)
		return bl_cms_bad(
		    c, "attributes are not well formed", source, note);
	if ((err = bl_ber_check(whole, in->at, &c->limits, note)) != BL_OK)
		return err;
	set = bl_der_enter(in, tag);
	while (bl_der_peek(&set) != 0) {
		struct bl_der seq = bl_der_enter(&set, BL_DER_SEQUENCE);

		*claims |= bl_attribute_is_signed(
		    bl_oid_find(bl_der_oid(&seq)));
		(void)bl_der_whole(&seq, BL_DER_SET);
		bl_der_leave(&set, &seq);
		if (++n > c->limits.attributes)
			return bl_fail_limit(note, in->at, "limit-attributes",
			    "too many attributes", source);
	}
	bl_der_leave(in, &set);
	if (in->bad)
		return bl_cms_bad(
		    c, "attributes are not well formed", source, note);
	return BL_OK;
}
