/* inspect.c - see bulla/inspect.h. Entities and CMS objects alternate: each
 * level feeds the one inside it. */
#include "bulla/inspect.h"

#include "message/bare.h"
#include "message/inspect_show.h"
#include "message/json.h"
#include "message/opening.h"
#include "mime/tnef.h"

#define NO_NODE	   SIZE_MAX
#define LEVELS_MAX 16 /* entities and objects, before limits->layers */

/* node is a part or a layer of the tree; `members` are its JSON members. */
struct node {
	size_t parent;
	struct bl_buf members;
	uint64_t size; /* bytes of the part's body, as encoded */
};

/* level is one entity and the CMS object being read inside one of its parts. */
struct level {
	struct bl_mime *mime;
	size_t node;  /* what this entity hangs under */
	size_t *open; /* node of each open part, by depth */
	struct bl_decode decode;
	struct bl_buf decoded;
	struct bl_cms *cms;  /* of the part being read, else NULL */
	size_t layer;	     /* its node */
	bool cms_named;	     /* its node says what it is */
	bool cms_over;	     /* nothing more is to be read from it */
	bool is_tnef;	     /* the part being read is looked through, */
	struct bl_tnef tnef; /* as `open` does */
};

struct bl_inspect {
	struct bl_ctx *ctx;
	struct bl_limits limits;
	struct bl_policy policy;
	enum bl_open_input input;
	enum bl_bare_kind bare;
	struct bl_buf first; /* until it is known what the input is */
	struct bl_pem pem;
	struct node *nodes;
	size_t count, cap;
	struct level levels[LEVELS_MAX];
	struct bl_note note;
};

static enum bl_err feed_entity(struct bl_inspect *s, size_t at,
    struct bl_span in, bool ended, struct bl_note *note);

/* ---- nodes ---- */

static enum bl_err
add_node(struct bl_inspect *s, size_t parent, size_t *out, struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &s->nodes, s->count, &s->cap, sizeof(*s->nodes), note);

	if (err != BL_OK)
		return err;
	s->nodes[s->count] = (struct node){.parent = parent};
	*out = s->count++;
	return BL_OK;
}

/* ---- reading a CMS object ---- */

static bool
is_fatal(enum bl_err err)
{
	return err == BL_E_MEMORY || err == BL_E_SYSTEM || err == BL_E_CALLER;
}

/* What it is comes first in its node, so that people see it first. */
static void
name_layer(struct bl_inspect *s, struct level *l)
{
	struct bl_buf *b = &s->nodes[l->layer].members;

	if (l->cms_named)
		return;
	l->cms_named = true;
	bl_json_str(b, "layer", bl_show_layer(l->cms));
	if (bl_cms_kind(l->cms) == BL_CMS_OTHER && bl_cms_type(l->cms).n > 0)
		bl_show_oid(b, "type", bl_cms_type(l->cms));
}

/* The object cannot be read on: says so at its node and for the whole. */
static enum bl_err
layer_failed(struct bl_inspect *s, struct level *l, enum bl_err err,
    const struct bl_note *why, struct bl_note *note)
{
	l->cms_over = true;
	if (is_fatal(err)) {
		if (note != NULL)
			*note = *why;
		return err;
	}
	name_layer(s, l);
	bl_show_note(&s->nodes[l->layer].members, why);
	if (err != BL_E_UNSUPPORTED && s->note.err == BL_OK)
		s->note = *why;
	return BL_OK;
}

static enum bl_err
open_inside(struct bl_inspect *s, size_t at, struct bl_note *note)
{
	struct level *inside;

	if (at + 1 >= LEVELS_MAX || at + 1 > s->limits.layers)
		return bl_fail_limit(note, 0, "limit-layers",
		    "too many layers inside each other", NULL);
	inside = &s->levels[at + 1];
	inside->node = s->levels[at].layer;
	inside->open = bl_alloc_array(
	    s->limits.mime_depth + 2, sizeof(*inside->open));
	if (inside->open == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	return bl_mime_new(
	    &inside->mime, &s->limits, BL_MIME_MESSAGES_DESCEND, note);
}

static void
close_inside(struct level *inside)
{
	bl_mime_free(inside->mime);
	bl_cms_free(inside->cms);
	bl_buf_clear(&inside->decoded);
	bl_tnef_clear(&inside->tnef);
	bl_release(inside->open);
	*inside = (struct level){0};
}

static bool
holds_entity(const struct bl_cms *c)
{
	return bl_oid_find(bl_cms_content_type(c)) == BL_OID_DATA;
}

/* As when it is opened: one compressed layer (LIM-12). */
static enum bl_err
check_compressed(struct bl_inspect *s, size_t at, struct bl_note *note)
{
	size_t n = 0;

	if (bl_cms_kind(s->levels[at].cms) != BL_CMS_COMPRESSED)
		return BL_OK;
	for (size_t i = 0; i < at; i++)
		n += s->levels[i].cms != NULL &&
		    bl_cms_kind(s->levels[i].cms) == BL_CMS_COMPRESSED;
	if (n < s->limits.compressed_layers)
		return BL_OK;
	return bl_fail_limit(note, 0, "limit-compressed-layers",
	    "compressed inside compressed", NULL);
}

static enum bl_err
show_end(struct bl_inspect *s, struct level *l)
{
	struct bl_buf *b = &s->nodes[l->layer].members;
	bool is_signed = bl_cms_kind(l->cms) == BL_CMS_SIGNED;

	l->cms_over = true;
	if (is_signed)
		bl_json_bool(b, "detached", bl_cms_is_detached(l->cms));
	bl_show_oid(b, "contentType", bl_cms_content_type(l->cms));
	if (!is_signed)
		return BL_OK;
	bl_show_signers(b, l->cms);
	return bl_show_certs(b, l->cms, s->ctx, &s->limits);
}

static enum bl_err
take_cms_event(struct bl_inspect *s, size_t at, const struct bl_cms_event *e,
    struct bl_note *note)
{
	struct level *l = &s->levels[at];
	struct bl_buf *b = &s->nodes[l->layer].members;
	enum bl_err err = BL_OK;

	switch (e->kind) {
	case BL_CMS_MORE:
		break;
	case BL_CMS_TYPE:
		name_layer(s, l);
		err = check_compressed(s, at, note);
		break;
	case BL_CMS_KEY: /* without a key it ends here */
		bl_show_recipients(b, l->cms);
		bl_show_oid(b, "contentType", bl_cms_content_type(l->cms));
		l->cms_over = true;
		break;
	case BL_CMS_CONTENT:
		if (!holds_entity(l->cms))
			break;
		if (s->levels[at + 1].mime == NULL)
			err = open_inside(s, at, note);
		if (err == BL_OK)
			err = feed_entity(s, at + 1, e->bytes, false, note);
		break;
	case BL_CMS_CONTENT_END:
		if (s->levels[at + 1].mime != NULL) {
			err = feed_entity(
			    s, at + 1, (struct bl_span){0}, true, note);
			close_inside(&s->levels[at + 1]);
		}
		break;
	case BL_CMS_END:
		err = show_end(s, l);
		break;
	}
	return err;
}

static enum bl_err
drain_cms(struct bl_inspect *s, size_t at, struct bl_note *note)
{
	struct level *l = &s->levels[at];
	struct bl_cms_event e = {0};
	struct bl_note why = {0};
	enum bl_err err;

	while (!l->cms_over) {
		err = bl_cms_next(l->cms, &e, &why);
		if (err == BL_OK)
			err = take_cms_event(s, at, &e, &why);
		if (err != BL_OK)
			return layer_failed(s, l, err, &why, note);
		if (e.kind == BL_CMS_MORE)
			break;
	}
	return BL_OK;
}

static enum bl_err
open_cms(struct bl_inspect *s, size_t at, size_t parent, struct bl_note *note)
{
	struct level *l = &s->levels[at];
	enum bl_err err = add_node(s, parent, &l->layer, note);

	if (err != BL_OK)
		return err;
	l->cms_named = l->cms_over = false;
	return bl_cms_new(&l->cms, s->ctx, &s->policy, &s->limits, note);
}

static enum bl_err
feed_cms(
    struct bl_inspect *s, size_t at, struct bl_span in, struct bl_note *note)
{
	if (s->levels[at].cms_over || in.n == 0)
		return BL_OK;
	bl_cms_feed(s->levels[at].cms, in);
	return drain_cms(s, at, note);
}

static enum bl_err
close_cms(struct bl_inspect *s, size_t at, struct bl_note *note)
{
	struct level *l = &s->levels[at];
	enum bl_err err = BL_OK;

	if (!l->cms_over) {
		bl_cms_end(l->cms);
		err = drain_cms(s, at, note);
	}
	if (at + 1 < LEVELS_MAX)
		close_inside(&s->levels[at + 1]);
	name_layer(s, l);
	bl_cms_free(l->cms);
	l->cms = NULL;
	return err;
}

/* ---- reading an entity ---- */

static bool
ends_with(struct bl_span s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n &&
	    bl_span_equal_nocase(bl_span_cut(s, s.n - n, n), bl_span_str(end));
}

/* Is the body of this part a CMS object? RFC 8551 3.2.1; the file name
 * counts where programs forget the type. */
static bool
holds_cms(const struct bl_part *p)
{
	const struct bl_content_type *t = &p->type;

	if (p->is_multipart)
		return false;
	if (bl_content_type_is(t, "application", "pkcs7-mime") ||
	    bl_content_type_is(t, "application", "x-pkcs7-mime") ||
	    bl_content_type_is(t, "application", "pkcs7-signature") ||
	    bl_content_type_is(t, "application", "x-pkcs7-signature"))
		return true;
	return bl_content_type_is(t, "application", "octet-stream") &&
	    (ends_with(bl_show_file_name(p), ".p7m") ||
		ends_with(bl_show_file_name(p), ".p7z") ||
		ends_with(bl_show_file_name(p), ".p7s") ||
		ends_with(bl_show_file_name(p), ".p7c"));
}

static enum bl_err
begin_part(struct bl_inspect *s, size_t at, const struct bl_part *p,
    struct bl_note *note)
{
	struct level *l = &s->levels[at];
	size_t parent = p->depth == 0 ? l->node : l->open[p->depth - 1];
	enum bl_err err = add_node(s, parent, &l->open[p->depth], note);

	if (err != BL_OK)
		return err;
	bl_show_part(&s->nodes[l->open[p->depth]].members, p);
	l->is_tnef = bl_guise_of(p) == BL_GUISE_TNEF;
	if (!l->is_tnef && !holds_cms(p))
		return BL_OK;
	bl_decode_init(&l->decode, p->encoding);
	if (l->is_tnef) {
		bl_tnef_clear(&l->tnef);
		return BL_OK;
	}
	return open_cms(s, at, l->open[p->depth], note);
}

/* What came of a part whose body is read goes to who reads it. */
static enum bl_err
feed_part(struct bl_inspect *s, size_t at, struct bl_note *note)
{
	struct level *l = &s->levels[at];
	struct bl_span in = bl_buf_span(&l->decoded);
	enum bl_err err;

	if ((err = bl_buf_err(&l->decoded, note)) != BL_OK)
		return err;
	if (!l->is_tnef)
		return feed_cms(s, at, in, note);
	bl_tnef_add(&l->tnef, in);
	return bl_tnef_err(&l->tnef, note);
}

static enum bl_err
body(struct bl_inspect *s, size_t at, const struct bl_mime_event *e,
    struct bl_note *note)
{
	struct level *l = &s->levels[at];

	s->nodes[l->open[e->part->depth]].size += e->bytes.n;
	if (l->cms == NULL && !l->is_tnef)
		return BL_OK;
	bl_buf_reset(&l->decoded);
	bl_decode_add(&l->decode, &l->decoded, e->bytes);
	return feed_part(s, at, note);
}

static enum bl_err
end_part(struct bl_inspect *s, size_t at, const struct bl_part *p,
    struct bl_note *note)
{
	struct level *l = &s->levels[at];
	struct node *n;
	unsigned defects = p->defects;
	enum bl_err err = BL_OK;

	if (l->cms != NULL || l->is_tnef) {
		bl_buf_reset(&l->decoded);
		bl_decode_end(&l->decode, &l->decoded);
		defects |= l->decode.defects;
		err = feed_part(s, at, note);
		if (err == BL_OK && !l->is_tnef)
			err = close_cms(s, at, note);
	}
	n = &s->nodes[l->open[p->depth]];
	if (l->is_tnef)
		bl_json_str(&n->members, "wraps",
		    bl_tnef_is_smime(&l->tnef) ? "S/MIME" : "other");
	l->is_tnef = false;
	if (!p->is_multipart)
		bl_json_uint(&n->members, "size", n->size);
	bl_show_defects(&n->members, defects);
	return err;
}

static enum bl_err
feed_entity(struct bl_inspect *s, size_t at, struct bl_span in, bool ended,
    struct bl_note *note)
{
	struct bl_mime *mime = s->levels[at].mime;
	struct bl_mime_event e = {0};
	enum bl_err err = BL_OK;

	if (ended)
		bl_mime_end(mime);
	else
		bl_mime_feed(mime, in);
	while (err == BL_OK) {
		if ((err = bl_mime_next(mime, &e, note)) != BL_OK)
			break;
		if (e.kind == BL_MIME_MORE || e.kind == BL_MIME_DONE)
			break;
		if (e.kind == BL_MIME_BEGIN)
			err = begin_part(s, at, e.part, note);
		else if (e.kind == BL_MIME_BODY)
			err = body(s, at, &e, note);
		else if (e.kind == BL_MIME_END)
			err = end_part(s, at, e.part, note);
	}
	return err;
}

/* ---- the public calls ---- */

enum bl_err
bl_inspect_new(struct bl_inspect **out, struct bl_ctx *ctx,
    const struct bl_limits *limits, enum bl_open_input input,
    struct bl_note *note)
{
	struct bl_inspect *s = bl_alloc(sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	s->ctx = ctx;
	s->limits = limits != NULL ? *limits : BL_LIMITS;
	s->policy.legacy = true; /* shows what is there, opens nothing */
	s->input = input;
	*out = s;
	return BL_OK;
}

void
bl_inspect_free(struct bl_inspect *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < LEVELS_MAX; i++)
		close_inside(&s->levels[i]);
	for (size_t i = 0; i < s->count; i++)
		bl_buf_clear(&s->nodes[i].members);
	bl_release(s->nodes);
	bl_buf_clear(&s->first);
	bl_release(s);
}

/* Starts reading as soon as it is known what the input is. */
static enum bl_err
start(struct bl_inspect *s, bool ended, struct bl_note *note)
{
	struct level *l = &s->levels[0];

	s->bare = bl_bare_sniff(bl_buf_span(&s->first), ended);
	if (s->bare == BL_BARE_UNKNOWN)
		return BL_OK;
	if (s->input == BL_OPEN_MESSAGE)
		s->bare = BL_BARE_MESSAGE;
	if (s->input == BL_OPEN_CMS && s->bare == BL_BARE_MESSAGE)
		s->bare = BL_BARE_DER; /* the reader says what is wrong */
	if (s->bare != BL_BARE_MESSAGE)
		return open_cms(s, 0, NO_NODE, note);
	l->node = NO_NODE;
	l->open = bl_alloc_array(s->limits.mime_depth + 2, sizeof(*l->open));
	if (l->open == NULL)
		return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
	return bl_mime_new(
	    &l->mime, &s->limits, BL_MIME_MESSAGES_DESCEND, note);
}

static enum bl_err
feed(struct bl_inspect *s, struct bl_span in, struct bl_note *note)
{
	struct level *l = &s->levels[0];
	enum bl_err err;

	if (in.n == 0)
		return BL_OK;
	if (s->bare == BL_BARE_MESSAGE)
		return feed_entity(s, 0, in, false, note);
	if (s->bare == BL_BARE_DER)
		return feed_cms(s, 0, in, note);
	bl_buf_reset(&l->decoded);
	bl_pem_add(&s->pem, &l->decoded, in);
	if ((err = bl_buf_err(&l->decoded, note)) != BL_OK)
		return err;
	return feed_cms(s, 0, bl_buf_span(&l->decoded), note);
}

/* What is wrong with the message is kept for the end; the rest is returned. */
static enum bl_err
settle(struct bl_inspect *s, enum bl_err err, const struct bl_note *why,
    struct bl_note *note)
{
	if (err != BL_OK && !is_fatal(err)) {
		if (s->note.err == BL_OK)
			s->note = *why;
		return BL_OK;
	}
	if (err != BL_OK && note != NULL)
		*note = *why;
	return err;
}

enum bl_err
bl_inspect_feed(struct bl_inspect *s, struct bl_span in, struct bl_note *note)
{
	struct bl_note why = {0};
	enum bl_err err = BL_OK;

	if (s->note.err != BL_OK && s->note.err != BL_E_UNSUPPORTED)
		return BL_OK;
	if (s->bare != BL_BARE_UNKNOWN)
		return settle(s, feed(s, in, &why), &why, note);
	bl_buf_add(&s->first, in);
	if ((err = bl_buf_err(&s->first, &why)) == BL_OK &&
	    (err = start(s, false, &why)) == BL_OK &&
	    s->bare != BL_BARE_UNKNOWN) {
		err = feed(s, bl_buf_span(&s->first), &why);
		bl_buf_clear(&s->first);
	}
	return settle(s, err, &why, note);
}

static enum bl_err
finish(struct bl_inspect *s, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (s->bare == BL_BARE_UNKNOWN) {
		if (s->first.n == 0)
			return bl_fail(note, BL_E_MALFORMED, 0,
			    "the message is empty", "RFC 5322 2.1");
		if ((err = start(s, true, note)) == BL_OK)
			err = feed(s, bl_buf_span(&s->first), note);
		if (err != BL_OK)
			return err;
	}
	if (s->bare == BL_BARE_MESSAGE)
		return feed_entity(s, 0, (struct bl_span){0}, true, note);
	err = close_cms(s, 0, note);
	if (err == BL_OK && s->bare == BL_BARE_PEM &&
	    (s->pem.base64.bad || !s->pem.closed))
		err = bl_fail(note, BL_E_MALFORMED, 0,
		    "the PEM block is cut off or broken", "RFC 7468 2");
	return err;
}

enum bl_err
bl_inspect_end(struct bl_inspect *s, struct bl_note *note)
{
	struct bl_note why = {0};
	enum bl_err err;

	if (s->note.err == BL_OK &&
	    (err = settle(s, finish(s, &why), &why, note)) != BL_OK)
		return err;
	if (note != NULL && s->note.err != BL_OK)
		*note = s->note;
	return s->note.err;
}

static void
put_children(struct bl_buf *out, const struct bl_inspect *s, size_t parent)
{
	bl_json_array(out, "children");
	for (size_t i = parent == NO_NODE ? 0 : parent + 1; i < s->count; i++) {
		if (s->nodes[i].parent != parent)
			continue;
		bl_json_object(out, NULL);
		bl_json_raw(out, bl_buf_span(&s->nodes[i].members));
		put_children(out, s, i);
		bl_json_object_end(out);
	}
	bl_json_array_end(out);
}

enum bl_err
bl_inspect_json(
    struct bl_buf *out, const struct bl_inspect *s, struct bl_note *note)
{
	bl_json_object(out, NULL);
	if (s->note.err != BL_OK) {
		bl_json_object(out, "note");
		bl_show_note(out, &s->note);
		bl_json_object_end(out);
	}
	put_children(out, s, NO_NODE);
	bl_json_object_end(out);
	return bl_buf_err(out, note);
}
