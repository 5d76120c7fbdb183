/* set.c - sets of certificates. */
#include "cert/internal.h"

#include <string.h>

#define INDEX_FIRST 16 /* places; a list that is shorter has no index */

/* Where a hash is looked for first; index_cap is a power of two. */
static size_t
place_of(const struct bl_certs *s, struct bl_span sha256)
{
	uint64_t v;

	memcpy(&v, sha256.p, sizeof(v));
	return (size_t)v & (s->index_cap - 1);
}

static void
index_put(struct bl_certs *s, size_t i)
{
	size_t at = place_of(s, bl_cert_sha256(s->list[i]));

	while (s->index[at] != 0)
		at = (at + 1) & (s->index_cap - 1);
	s->index[at] = (uint32_t)(i + 1);
}

/* Makes the index anew, with twice the places that the list will need. */
static enum bl_err
index_grow(struct bl_certs *s, struct bl_note *note)
{
	size_t cap = s->index_cap == 0 ? INDEX_FIRST * 4 : s->index_cap * 2;
	uint32_t *index = bl_alloc_array(cap, sizeof(*index));

	if (index == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	bl_release(s->index);
	s->index = index;
	s->index_cap = cap;
	for (size_t i = 0; i < s->n; i++)
		index_put(s, i);
	return BL_OK;
}

enum bl_err
bl_certs_add(struct bl_certs *s, struct bl_cert *c, struct bl_note *note)
{
	enum bl_err err;

	if (bl_certs_by_sha256(s, bl_cert_sha256(c)) != NULL)
		return BL_OK;
	if ((err = bl_list_grow(
		 &s->list, s->n, &s->cap, sizeof(*s->list), note)) != BL_OK)
		return err;
	/* at most half of the places are taken */
	if (s->n >= INDEX_FIRST && s->n >= s->index_cap / 2 &&
	    (err = index_grow(s, note)) != BL_OK)
		return err;
	s->list[s->n++] = bl_cert_hold(c);
	if (s->index != NULL)
		index_put(s, s->n - 1);
	return BL_OK;
}

void
bl_certs_clear(struct bl_certs *s)
{
	for (size_t i = 0; i < s->n; i++)
		bl_cert_free(s->list[i]);
	bl_release(s->list);
	bl_release(s->index);
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
	if (sha256.n != BL_SHA256_SIZE)
		return NULL;
	if (s->index == NULL) {
		for (size_t i = 0; i < s->n; i++)
			if (bl_span_equal(bl_cert_sha256(s->list[i]), sha256))
				return s->list[i];
		return NULL;
	}
	for (size_t at = place_of(s, sha256); s->index[at] != 0;
	     at = (at + 1) & (s->index_cap - 1)) {
		struct bl_cert *c = s->list[s->index[at] - 1];

		if (bl_span_equal(bl_cert_sha256(c), sha256))
			return c;
	}
	return NULL;
}
