/* export.c - keys into a PKCS#12 file, sealed; written here, never read. */
#include "agent/agent.h"

static enum bl_err
fill(struct bl_pkcs12_entry *to, const struct bl_wire_export_entry *from,
    const struct keyring *ring, struct bl_note *note)
{
	const struct key *key;
	enum bl_err err = BL_OK;

	if (from->key.n > 0) {
		if ((key = keyring_find(ring, from->key)) == NULL)
			return bl_fail(note, BL_E_NOKEY, 0,
			    "the agent does not have this key", NULL);
		err = bl_priv_write(&to->key, key->priv, note);
	}
	bl_buf_add(&to->cert, from->cert);
	bl_buf_add(&to->name, from->name);
	if (err == BL_OK && (err = bl_buf_err(&to->cert, note)) == BL_OK)
		err = bl_buf_err(&to->name, note);
	return err;
}

enum bl_err
export_write(struct bl_buf *out, struct agent *a,
    const struct bl_wire_export *e, struct bl_note *note)
{
	struct bl_pkcs12 p = {0};
	enum bl_err err = BL_OK;

	p.entries = bl_alloc_array(e->n, sizeof(*p.entries));
	if (p.entries == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	for (p.n = 0; p.n < e->n && err == BL_OK; p.n++)
		err = fill(&p.entries[p.n], &e->entries[p.n], &a->ring, note);
	if (err == BL_OK)
		err = bl_pkcs12_write(out, a->ctx, &p, e->pass,
		    e->old ? BL_PKCS12_OLD : BL_PKCS12_MODERN, note);
	bl_pkcs12_clear(&p);
	return err == BL_OK ? bl_buf_err(out, note) : err;
}
