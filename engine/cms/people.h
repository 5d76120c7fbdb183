/* people.h - keys and certificates that the tests of this module use. */
#ifndef BL_CMS_PEOPLE_H
#define BL_CMS_PEOPLE_H

#include "cms/cms.h"

/* Two with RSA keys of 2048 bits, two on each curve, one with Ed25519, Ed448; the
 * keys from BL_IVAN on are made anew each time. */
enum bl_people {
	BL_ALICE = 0,
	BL_BOB,
	BL_CAROL, /* P-256 */
	BL_DAVE,
	BL_ERIN, /* P-384 */
	BL_FRANK,
	BL_GRACE, /* P-521 */
	BL_HEIDI,
	BL_CLASSIC,	      /* before: keys that every peer knows */
	BL_IVAN = BL_CLASSIC, /* Ed25519 */
	BL_JUDY,	      /* X25519 */
	BL_KIM,
	BL_LEO, /* X448 */
	BL_MIA,
	BL_NINA, /* Ed448 */
	BL_PEOPLE,
};

struct bl_person {
	struct bl_priv *key;
	struct bl_cert *cert;
	struct bl_secret *pkcs8;
};
/* bl_person_new makes one; the certificate has a key identifier but for
 * BL_HEIDI's. */
void bl_person_new(struct bl_person *p, struct bl_ctx *ctx, enum bl_people who);
void bl_person_clear(struct bl_person *p);
/* bl_people_new makes all of them. */
void bl_people_new(struct bl_person p[BL_PEOPLE], struct bl_ctx *ctx);
void bl_people_clear(struct bl_person p[BL_PEOPLE]);

/* bl_person_sign signs what a SignedData is to be made of. `content` is
 * digested; the attributes are in `want`. */
void bl_person_sign(struct bl_buf *signature, struct bl_want_sign *want,
    struct bl_buf *store, struct bl_ctx *ctx, const struct bl_person *p,
    const struct bl_cms_sign *how, struct bl_span content);

#endif
