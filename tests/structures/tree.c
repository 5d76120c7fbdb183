/* tree.c - see tree.h. */
#include "tests/structures/tree.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

void
tree_init(struct tree *t, const struct field *fields, size_t n)
{
	*t = (struct tree){.fields = fields, .n = n, .at = SIZE_MAX};
	CHECK(n <= FIELDS_MAX, "fields");
	for (size_t i = 0; i < n; i++) {
		t->nodes[i].tag = fields[i].tag;
		bl_buf_add(&t->nodes[i].value, fields[i].value);
	}
}

void
tree_clear(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		bl_buf_clear(&t->nodes[i].value);
}

void
tree_fill(struct tree *t, enum fill fill, struct bl_span value)
{
	struct bl_ber_head h;

	for (size_t i = 0; i < t->n; i++) {
		struct bl_span s = value;

		if (t->fields[i].fill != fill)
			continue;
		if (t->fields[i].tag == 0) {
			bool ok = bl_ber_head(&h, s, NULL) == BL_OK;

			CHECK(ok, t->fields[i].name);
			t->nodes[i].tag = h.tag;
			s = bl_span_cut(s, h.header, s.n);
		}
		bl_buf_reset(&t->nodes[i].value);
		bl_buf_add(&t->nodes[i].value, s);
	}
}

size_t
tree_find(const struct tree *t, enum fill fill)
{
	size_t i = 0;

	while (i < t->n && t->fields[i].fill != fill)
		i++;
	return i;
}

bool
tree_has(const struct tree *t, enum fill fill)
{
	return tree_find(t, fill) < t->n;
}

/* Where the children of field i end. */
static size_t
past(const struct tree *t, size_t i)
{
	size_t k = i + 1;

	while (k < t->n && t->fields[k].depth > t->fields[i].depth)
		k++;
	return k;
}

bool
tree_is_inside(const struct tree *t, size_t i, size_t outer)
{
	return i >= outer && i < past(t, outer);
}

static int
by_bytes(const void *a, const void *b)
{
	const struct bl_buf *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = n == 0 ? 0 : memcmp(x->p, y->p, n);

	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static void
put_children(struct bl_buf *out, struct tree *t, size_t i)
{
	struct bl_buf parts[64] = {{0}};
	size_t n = 0, end = past(t, i);

	for (size_t k = i + 1; k < end; k = past(t, k)) {
		CHECK(n < 64, "children");
		if (n < 64)
			tree_put(&parts[n++], t, k);
	}
	if (t->fields[i].sorted)
		qsort(parts, n, sizeof(*parts), by_bytes);
	for (size_t k = 0; k < n; k++) {
		bl_buf_add(out, bl_buf_span(&parts[k]));
		bl_buf_clear(&parts[k]);
	}
}

/* The value before any change. */
static void
put_body(struct bl_buf *out, struct tree *t, size_t i)
{
	enum around around = t->fields[i].around;
	struct bl_buf inside = {0};

	if (past(t, i) == i + 1) {
		bl_buf_add(out, bl_buf_span(&t->nodes[i].value));
		return;
	}
	if (around == AROUND_BITS)
		bl_buf_add_u8(out, 0);
	put_children(&inside, t, i);
	if (around == AROUND_SEAL1 || around == AROUND_SEAL2)
		t->seal(out, t, around == AROUND_SEAL1 ? 1 : 2,
		    bl_buf_span(&inside));
	else
		bl_buf_add(out, bl_buf_span(&inside));
	bl_buf_clear(&inside);
}

void
tree_value(struct bl_buf *out, struct tree *t, size_t i)
{
	struct bl_buf body = {0};
	unsigned as = t->fields[i].as != 0 ? t->fields[i].as : t->nodes[i].tag;

	put_body(&body, t, i);
	if (t->at == i && t->change != NULL && t->change->value != NULL)
		t->change->value(out, as, bl_buf_span(&body));
	else
		bl_buf_add(out, bl_buf_span(&body));
	bl_buf_clear(&body);
}

void
tree_der(struct bl_buf *out, struct tree *t, size_t i)
{
	const struct change *change = t->change;

	if (change != NULL && change->is_ber)
		t->change = NULL;
	tree_value(out, t, i);
	t->change = change;
}

void
tree_put(struct bl_buf *out, struct tree *t, size_t i)
{
	struct bl_buf value = {0};

	tree_value(&value, t, i);
	if (t->at == i && t->change != NULL && t->change->form != NULL)
		t->change->form(out, t->nodes[i].tag, bl_buf_span(&value));
	else
		bl_der_put(out, t->nodes[i].tag, bl_buf_span(&value));
	bl_buf_clear(&value);
}

void
tree_path(struct bl_buf *out, const struct tree *t, size_t i)
{
	size_t up[32] = {0}, n = 0;
	unsigned depth = t->fields[i].depth + 1;

	for (size_t k = i + 1; k-- > 0 && n < 32;) {
		if (t->fields[k].depth >= depth)
			continue;
		up[n++] = k;
		depth = t->fields[k].depth;
	}
	while (n-- > 0)
		bl_buf_add_f(
		    out, "%s%s", t->fields[up[n]].name, n > 0 ? "/" : "");
}
