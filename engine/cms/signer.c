/* signer.c - one SignerInfo: RFC 5652 5.3. */
#include "cms/internal.h"

#include <string.h>

#define SOURCE "RFC 5652 5.3"

void
bl_signer_spoil(struct bl_signer *s, const char *what)
{
	if (!s->info.malformed)
		s->info.malformed_what = what;
	s->info.malformed = true;
}

static struct bl_der
ber(struct bl_span s)
{
	struct bl_der in = bl_der_of(s);

	in.ber = true;
	return in;
}

/* The name of the algorithm in an AlgorithmIdentifier. */
static const char *
alg_name(struct bl_cms *c, struct bl_span alg)
{
	struct bl_der in = ber(alg), seq = bl_der_enter(&in, BL_DER_SEQUENCE);

	return bl_cms_name(c, bl_der_oid(&seq));
}

/* Those that have to be signed do not stand among the unsigned: RFC 5652 11.1
 * to 11.3. */
static enum bl_err
unsigned_attributes(struct bl_cms *c, struct bl_signer *s, struct bl_der *in,
    struct bl_note *note)
{
	bool claims = false;
	enum bl_err err;

	err = bl_loose_attributes(c, in, BL_DER_CONTEXT(1), &claims, note);
	if (claims)
		bl_signer_spoil(s,
		    "an attribute that has to be "
		    "signed stands among the others");
	return err;
}

/* The parts of a SignerInfo as they stand, before any of them is judged. */
struct parts {
	uint64_t version;
	struct bl_span digest, attributes, alg;
};

static enum bl_err
take_apart(struct bl_cms *c, struct bl_signer *s, struct parts *p,
    struct bl_der *in, struct bl_note *note)
{
	struct bl_signer_info *info = &s->info;
	struct bl_der seq = bl_der_enter(in, BL_DER_SEQUENCE);
	enum bl_err err;

	p->version = bl_der_uint(&seq, INT32_MAX);
	if (!seq.bad && (err = bl_rid_read(&info->rid, c, &seq, note)) != BL_OK)
		return err;
	p->digest = bl_der_whole(&seq, BL_DER_SEQUENCE);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(0))
		p->attributes = bl_der_whole(&seq, BL_DER_CONTEXT(0));
	p->alg = bl_der_whole(&seq, BL_DER_SEQUENCE);
	info->signature = bl_cms_octets(c, &seq);
	if (bl_der_peek(&seq) == BL_DER_CONTEXT(1) &&
	    (err = unsigned_attributes(c, s, &seq, note)) != BL_OK)
		return err;
	bl_der_leave(in, &seq);
	if (in->bad)
		return bl_fail(note, BL_E_MALFORMED, in->at,
		    "a SignerInfo is not well formed", SOURCE);
	return BL_OK;
}

/* Reads both algorithms, and holds one against the other. */
static void
algorithms(struct bl_cms *c, struct bl_signer *s, const struct parts *p)
{
	struct bl_signer_info *info = &s->info;
	struct bl_der digest = ber(p->digest), alg = ber(p->alg);

	info->digest = bl_content_digest_read(&digest);
	info->digest_name = info->digest != BL_DIGEST_NONE
	    ? bl_digest_name(info->digest)
	    : alg_name(c, p->digest);
	info->alg = bl_sig_alg_read(&alg, info->digest);
	if (info->alg.kind == BL_SIG_OTHER)
		info->alg_name = alg_name(c, p->alg);
	if (digest.bad || alg.bad)
		bl_signer_spoil(
		    s, "an algorithm of the signer has wrong parameters");
	/* ATK-211. With EdDSA the content's is a given one, RFC 8419 3.1. */
	if (bl_sig_alg_content(&info->alg) != BL_DIGEST_NONE &&
	    bl_sig_alg_content(&info->alg) != info->digest)
		bl_signer_spoil(s, "signature and digest algorithm contradict");
}

/* Whether the content is the signed attributes of some other signature: a
 * signature without attributes over it would be that signature. ATK-210,
 * RFC 5652 11 (errata), RFC 8933. */
static bool
content_is_attributes(const struct bl_cms *c)
{
	size_t n = c->content_n < sizeof(c->first) ? (size_t)c->content_n
						   : sizeof(c->first);
	struct bl_span first = bl_span_of(c->first, n);
	struct bl_ber_head set, attribute, type;

	if (bl_ber_head(&set, first, NULL) != BL_OK || set.tag != BL_DER_SET ||
	    set.header + set.length != c->content_n)
		return false;
	first = bl_span_cut(first, set.header, first.n);
	if (bl_ber_head(&attribute, first, NULL) != BL_OK ||
	    attribute.tag != BL_DER_SEQUENCE)
		return false;
	first = bl_span_cut(first, attribute.header, first.n);
	return bl_ber_head(&type, first, NULL) == BL_OK &&
	    type.tag == BL_DER_OID;
}

/* What holds where there are no signed attributes. */
static void
without_attributes(const struct bl_cms *c, struct bl_signer *s)
{
	if (bl_oid_find(c->content_type) != BL_OID_DATA)
		bl_signer_spoil(
		    s, "there are no signed attributes for this content");
	if (content_is_attributes(c))
		bl_signer_spoil(
		    s, "the content is the attributes of another signature");
}

enum bl_err
bl_signer_read(struct bl_cms *c, struct bl_der *in, struct bl_note *note)
{
	struct bl_signer s = {0};
	struct parts p = {0};
	uint8_t *set;
	enum bl_err err;

	if ((err = take_apart(c, &s, &p, in, note)) != BL_OK)
		return err;
	if (p.version != (s.info.rid.ski.n != 0 ? 3 : 1))
		bl_signer_spoil(
		    &s, "version and identifier of the signer contradict");
	algorithms(c, &s, &p);
	if (p.attributes.n != 0) {
		/* RFC 5652 5.4: digested with the tag of a SET OF. */
		if ((set = bl_kept_new(&c->kept, p.attributes.n)) == NULL)
			return bl_cms_memory(note);
		memcpy(set, p.attributes.p, p.attributes.n);
		set[0] = BL_DER_SET;
		s.info.attributes = bl_span_of(set, p.attributes.n);
		err = bl_attributes_read(c, &s, p.digest, p.alg, note);
	} else {
		without_attributes(c, &s);
	}
	if (err != BL_OK ||
	    (err = bl_list_grow(&c->signers, c->signer_n, &c->signer_cap,
		 sizeof(s), note)) != BL_OK)
		return err;
	c->signers[c->signer_n++] = s;
	return BL_OK;
}
