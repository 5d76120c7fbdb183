/* set.c - sets of certificates. */
#include "cert/internal.h"

enum bl_err
bl_certs_add(struct bl_certs *s, struct bl_cert *c, struct bl_note *note)
{
	enum bl_err err;

	if (bl_certs_by_sha256(s, bl_cert_sha256(c)) != NULL)
		return BL_OK;
	if ((err = bl_list_grow(
		 &s->list, s->n, &s->cap, sizeof(*s->list), note)) == BL_OK)
		s->list[s->n++] = bl_cert_hold(c);
	return err;
}

void
bl_certs_clear(struct bl_certs *s)
{
	for (size_t i = 0; i < s->n; i++)
		bl_cert_free(s->list[i]);
	bl_release(s->list);
	*s = (struct bl_certs){0};
}

struct bl_cert *
bl_certs_by_issuer(
    const struct bl_certs *s, struct bl_span issuer, struct bl_span serial)
{
	for (size_t i = 0; i < s->n; i++)
		if (bl_span_equal(s->list[i]->serial, serial) &&
		    bl_span_equal(s->list[i]->issuer, issuer))
			return s->list[i];
	return NULL;
}

struct bl_cert *
bl_certs_by_ski(const struct bl_certs *s, struct bl_span ski)
{
	if (ski.n == 0)
		return NULL;
	for (size_t i = 0; i < s->n; i++)
		if (bl_span_equal(s->list[i]->ski, ski))
			return s->list[i];
	return NULL;
}

struct bl_cert *
bl_certs_by_sha256(const struct bl_certs *s, struct bl_span sha256)
{
	for (size_t i = 0; i < s->n; i++)
		if (bl_span_equal(bl_cert_sha256(s->list[i]), sha256))
			return s->list[i];
	return NULL;
}
