/* shared.c - KEKRecipientInfo and PasswordRecipientInfo: RFC 5652 6.2.3 and
 * 6.2.4, whose form was checked (recipient.c). What is not handled has the kind
 * 0: the recipient is there all the same, for somebody else. */
#include "cms/internal.h"

static bool
wrapped(struct bl_shared *s, struct bl_cms *c, struct bl_der *in)
{
	s->wrapped = bl_cms_octets(c, in);
	return bl_der_done(in) && s->wrapped.n != 0 &&
	    s->wrapped.n <= BL_SHARED_WRAPPED_MAX;
}

/* Date and more in the identifier name nothing here. */
static bool
kek(struct bl_shared *s, struct bl_cms *c, struct bl_der *in)
{
	s->kind = BL_SHARED_KEK;
	(void)bl_der_uint(in, UINT32_MAX);
	s->id = bl_rid_key_id(c, in, BL_DER_SEQUENCE);
	return s->id.n != 0 && s->id.n <= BL_SHARED_ID_MAX &&
	    bl_shared_wrap_read(s, in, NULL) == BL_OK &&
	    s->wrap == BL_SHARED_AES && wrapped(s, c, in);
}

/* Without a derivation the password would be the key itself: not read. */
static bool
password(struct bl_shared *s, struct bl_cms *c, struct bl_der *in)
{
	struct bl_der whole, kdf;

	s->kind = BL_SHARED_PASSWORD;
	(void)bl_der_uint(in, UINT32_MAX);
	if (bl_der_peek(in) != BL_DER_CONTEXT(0))
		return false;
	whole = bl_der_of(bl_der_whole(in, BL_DER_CONTEXT(0)));
	whole.ber = in->ber;
	kdf = bl_der_enter(&whole, BL_DER_CONTEXT(0));
	return bl_shared_wrap_read(s, in, NULL) == BL_OK &&
	    bl_shared_kdf_read(s, &kdf, NULL) == BL_OK && wrapped(s, c, in);
}

void
bl_shared_read(
    struct bl_shared *out, struct bl_cms *c, unsigned tag, struct bl_der *in)
{
	struct bl_der seq = bl_der_enter(in, tag);
	bool good = tag == BL_DER_CONTEXT(2) ? kek(out, c, &seq)
					     : password(out, c, &seq);

	if (!good || !bl_der_done(&seq))
		*out = (struct bl_shared){0};
}
