/* wants.c - see wants.h. */
#include "message/wants.h"

enum bl_err
bl_wants_room(struct bl_wanted **out, struct bl_wants *w, struct bl_note *note)
{
	enum bl_err err = bl_list_grow(
	    &w->list, w->n, &w->cap, sizeof(*w->list), note);

	*out = NULL;
	if (err != BL_OK)
		return err;
	*out = &w->list[w->n];
	**out = (struct bl_wanted){.asked = BL_WANTED_NONE};
	return BL_OK;
}

void
bl_wants_add(struct bl_wants *w, enum bl_want_kind kind)
{
	struct bl_wanted *one = &w->list[w->n++];

	one->face.kind = kind;
	one->face.frame = bl_buf_span(&one->frame);
}

enum bl_err
bl_wants_answer(
    struct bl_wants *w, size_t i, struct bl_span frame, struct bl_note *note)
{
	struct bl_answer a;
	enum bl_err err;

	if (i >= w->n)
		return bl_fail(note, BL_E_CALLER, 0, "no such want", NULL);
	if ((err = bl_answer_get(&a, frame, note)) != BL_OK)
		return err;
	if (a.kind != w->list[i].face.kind)
		return bl_fail(note, BL_E_MALFORMED, 0,
		    "the answer is for another want", NULL);
	bl_buf_reset(&w->list[i].answer);
	bl_buf_add(&w->list[i].answer, frame);
	return bl_buf_err(&w->list[i].answer, note);
}

bool
bl_wants_read(struct bl_answer *out, const struct bl_wanted *w)
{
	return w->answer.n != 0 &&
	    bl_answer_get(out, bl_buf_span(&w->answer), NULL) == BL_OK &&
	    out->refusal == BL_REFUSED_NOT;
}

void
bl_wants_clear(struct bl_wants *w)
{
	for (size_t i = 0; i < w->n; i++) {
		bl_buf_clear(&w->list[i].frame);
		bl_buf_clear(&w->list[i].answer);
	}
	w->n = 0;
}

void
bl_wants_free(struct bl_wants *w)
{
	bl_wants_clear(w);
	bl_release(w->list);
	*w = (struct bl_wants){0};
}
