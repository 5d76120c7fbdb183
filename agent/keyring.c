/* keyring.c - the keys; see agent.h. */
#include <string.h>

#include "agent/agent.h"

#define TOKEN 1000u /* thousandths */

struct key *
keyring_find(const struct keyring *k, struct bl_span id)
{
	for (size_t i = 0; i < k->n; i++) {
		if (id.n == sizeof(k->keys[i].id) &&
		    memcmp(k->keys[i].id, id.p, id.n) == 0)
			return &k->keys[i];
	}
	return NULL;
}

static enum bl_err
id_of(uint8_t id[BL_SHA256_SIZE], const struct bl_priv *priv,
    struct bl_ctx *ctx, struct bl_note *note)
{
	struct bl_digest_value d = {0};
	struct bl_buf spki = {0};
	enum bl_err err;

	if ((err = bl_priv_spki(&spki, priv, note)) == BL_OK &&
	    (err = bl_buf_err(&spki, note)) == BL_OK)
		err = bl_digest_of(
		    &d, ctx, BL_SHA256, bl_buf_span(&spki), note);
	if (err == BL_OK)
		memcpy(id, d.p, BL_SHA256_SIZE);
	bl_buf_clear(&spki);
	return err;
}

/* Takes the key over; it is freed where another of its name is there. */
static enum bl_err
insert(
    struct key **out, struct keyring *k, struct key *key, struct bl_note *note)
{
	enum bl_err err;

	*out = keyring_find(k, bl_span_of(key->id, sizeof(key->id)));
	if (*out != NULL) {
		bl_priv_free(key->priv);
		key->priv = NULL;
		return BL_OK;
	}
	if (k->n >= BL_AGENT_KEYS_MAX)
		return bl_fail_limit(
		    note, 0, "limit-keys", "the agent has too many keys", NULL);
	err = bl_list_grow(&k->keys, k->n, &k->cap, sizeof(*k->keys), note);
	if (err != BL_OK)
		return err;
	*out = &k->keys[k->n++];
	**out = *key;
	key->priv = NULL;
	return BL_OK;
}

enum bl_err
keyring_take(struct key **out, struct keyring *k, struct bl_ctx *ctx,
    struct bl_priv *priv, struct bl_note *note)
{
	struct key key = {.priv = priv,
	    .tokens = RATE_BURST * TOKEN,
	    .filled_ms = agent_now_ms()};
	enum bl_err err;

	*out = NULL;
	if ((err = id_of(key.id, key.priv, ctx, note)) == BL_OK)
		err = insert(out, k, &key, note);
	bl_priv_free(key.priv);
	return err;
}

enum bl_err
keyring_add(struct key **out, struct keyring *k, struct bl_ctx *ctx,
    const struct bl_secret *pkcs8, struct bl_note *note)
{
	struct bl_priv *priv = NULL;
	enum bl_err err;

	*out = NULL;
	if ((err = bl_priv_read(&priv, ctx, pkcs8, note)) != BL_OK)
		return err;
	return keyring_take(out, k, ctx, priv, note);
}

enum bl_err
keyring_move(struct keyring *k, struct keyring *from, struct bl_note *note)
{
	struct key *at;
	enum bl_err err = BL_OK;

	for (size_t i = 0; i < from->n && err == BL_OK; i++)
		err = insert(&at, k, &from->keys[i], note);
	keyring_clear(from);
	return err;
}

bool
keyring_drop(struct keyring *k, struct bl_span id)
{
	struct key *key = keyring_find(k, id);

	if (key == NULL)
		return false;
	bl_priv_free(key->priv);
	*key = k->keys[--k->n];
	k->keys[k->n] = (struct key){0};
	return true;
}

void
keyring_clear(struct keyring *k)
{
	for (size_t i = 0; i < k->n; i++)
		bl_priv_free(k->keys[i].priv);
	bl_release(k->keys);
	*k = (struct keyring){0};
}

void
keyring_say(struct bl_buf *out, const struct keyring *k)
{
	bl_field_put_u16(out, (uint16_t)k->n);
	for (size_t i = 0; i < k->n; i++) {
		bl_field_put_fixed(
		    out, bl_span_of(k->keys[i].id, sizeof(k->keys[i].id)));
		bl_field_put_u8(out, (uint8_t)bl_priv_kind(k->keys[i].priv));
	}
}

bool
key_may_unwrap(struct key *key, int64_t now_ms)
{
	int64_t passed = now_ms - key->filled_ms;
	uint64_t tokens;

	if (passed < 0)
		passed = 0;
	if (passed > 3600 * 1000)
		passed = 3600 * 1000;
	tokens = key->tokens + (uint64_t)passed * RATE_SECOND;
	if (tokens > RATE_BURST * TOKEN)
		tokens = RATE_BURST * TOKEN;
	key->filled_ms = now_ms;
	key->tokens = (unsigned)tokens;
	if (key->tokens < TOKEN)
		return false;
	key->tokens -= TOKEN;
	return true;
}
