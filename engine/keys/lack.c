/* lack.c - the frames of wants for what others have than keys, docs/wire/agent.md 5
 * and 6. Apart from those for keys: who answers them needs no crypto library. */
#include "keys/wire.h"

#define CERT_MAX (128u << 10) /* bytes of DER */

/* ---- CERT ---- */

static bool
name_ok(struct bl_span name)
{
	return name.n == 0 || bl_wire_element_ok(name, BL_DER_SEQUENCE);
}

enum bl_err
bl_want_cert_get(
    struct bl_want_cert *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	enum bl_err err;

	*out = (struct bl_want_cert){0};
	bl_wire_head(&w, BL_WANT_CERT);
	out->issuer = bl_wire_var16(&w, 0, BL_WIRE_NAME_MAX);
	out->serial = bl_wire_var8(&w, 0, BL_WIRE_SERIAL_MAX);
	out->ski = bl_wire_var8(&w, 0, BL_WIRE_SKI_MAX);
	out->subject = bl_wire_var16(&w, 0, BL_WIRE_NAME_MAX);
	bl_wire_fetches(&out->fetches, &w);
	if ((out->issuer.n == 0) != (out->serial.n == 0) ||
	    (out->serial.n != 0 && !bl_wire_integer_ok(out->serial)) ||
	    !name_ok(out->issuer) || !name_ok(out->subject) ||
	    out->issuer.n + out->ski.n + out->subject.n == 0)
		w.bad = true;
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_want_cert){0};
	return err;
}

enum bl_err
bl_want_cert_put(
    struct bl_buf *out, const struct bl_want_cert *w, struct bl_note *note)
{
	struct bl_want_cert check;
	size_t from = out->n;

	bl_wire_put_head(out, BL_WANT_CERT);
	bl_wire_put_var16(out, w->issuer);
	bl_wire_put_var8(out, w->serial);
	bl_wire_put_var8(out, w->ski);
	bl_wire_put_var16(out, w->subject);
	bl_wire_put_fetches(out, &w->fetches);
	if (out->err != BL_OK ||
	    bl_want_cert_get(&check, bl_span_of(out->p + from, out->n - from),
		NULL) != BL_OK)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}

/* ---- EVIDENCE ---- */

enum bl_err
bl_want_evidence_get(
    struct bl_want_evidence *out, struct bl_span frame, struct bl_note *note)
{
	struct bl_wire w = {.left = frame};
	enum bl_err err;

	*out = (struct bl_want_evidence){0};
	bl_wire_head(&w, BL_WANT_EVIDENCE);
	out->at = bl_wire_time(&w);
	out->cert = bl_wire_var32(&w, 2, CERT_MAX);
	out->issuer = bl_wire_var32(&w, 2, CERT_MAX);
	bl_wire_fetches(&out->fetches, &w);
	if ((err = bl_wire_end(&w, frame, note)) != BL_OK)
		*out = (struct bl_want_evidence){0};
	return err;
}

enum bl_err
bl_want_evidence_put(
    struct bl_buf *out, const struct bl_want_evidence *w, struct bl_note *note)
{
	struct bl_want_evidence check;
	size_t from = out->n;

	bl_wire_put_head(out, BL_WANT_EVIDENCE);
	bl_wire_put_u64(out, (uint64_t)w->at);
	bl_wire_put_var32(out, w->cert);
	bl_wire_put_var32(out, w->issuer);
	bl_wire_put_fetches(out, &w->fetches);
	if (out->err != BL_OK ||
	    bl_want_evidence_get(&check,
		bl_span_of(out->p + from, out->n - from), NULL) != BL_OK)
		return bl_wire_undo(out, from, note);
	return BL_OK;
}
