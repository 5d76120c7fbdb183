/* tree.h - an ASN.1 structure as a table of its fields, and its encoding with
 * one of them changed. */
#ifndef BL_TESTS_STRUCTURES_TREE_H
#define BL_TESTS_STRUCTURES_TREE_H

#include "der/der.h"

#define FIELDS_MAX 256

/* What stands around the children of a field whose tag is a string's. */
enum around {
	AROUND_NOTHING = 0,
	AROUND_BITS,  /* an octet of unused bits before them */
	AROUND_SEAL1, /* they are encrypted, each under its own algorithm */
	AROUND_SEAL2,
};

/*
 * field is a line of a structure: fields that follow with a greater depth are
 * inside it. A field without children has `value`, or what is filled in.
 *
 * tag	   0: the whole element is filled in
 * as	   the universal tag of an implicitly tagged field
 * fill	   number by which tree_fill finds it; 0: none
 * sorted  a SET OF in DER: children are put in order after the change, so that
 *	   the change and not the order decides
 */
struct field {
	unsigned depth;
	const char *name;
	unsigned tag;
	struct bl_span value;
	unsigned fill;
	unsigned as;
	enum around around;
	bool sorted;
};

/* What the fields of all structures are filled by. */
enum fill {
	FILL_CONTENT = 1,
	FILL_DIGEST,
	FILL_TIME,
	FILL_CERT,
	FILL_CERT_HASH,
	FILL_ISSUER,
	FILL_SERIAL,
	FILL_SKI,
	FILL_ISSUER2,
	FILL_SERIAL2,
	FILL_SKI2,
	FILL_SIGNATURE,
	FILL_ATTRIBUTES, /* not filled: found by it */
	FILL_IV,
	FILL_SEALED,
	FILL_MAC,
	FILL_WRAPPED,
	FILL_WRAPPED2,
	FILL_POINT,
	FILL_UKM,
	FILL_WRAP_ALG,
	FILL_LABEL,
	FILL_CEK_ALG, /* what the content key is derived for */
	FILL_SPKI,
	FILL_TBS,
	FILL_AUTH,
	FILL_SALT1,
	FILL_SALT2,
	FILL_ITERATIONS1,
	FILL_ITERATIONS2,
	FILL_IV1,
	FILL_IV2,
	FILL_MAC_SALT,
	FILL_MAC_ITERATIONS,
	FILL_PKCS8,
	FILL_COUNT,
};

struct change;

/*
 * tree is a structure with its fields filled in.
 *
 * at, change	the one field that is written differently; change NULL: none
 * seal		encrypts for AROUND_SEALn; `arg` is passed on
 */
struct tree {
	const struct field *fields;
	size_t n;
	struct {
		unsigned tag;
		struct bl_buf value;
	} nodes[FIELDS_MAX];
	size_t at;
	const struct change *change;
	void (*seal)(struct bl_buf *out, struct tree *t, int which,
	    struct bl_span clear);
	void *arg;
};

void tree_init(struct tree *t, const struct field *fields, size_t n);
void tree_clear(struct tree *t);
/* tree_fill sets the value of every field with this fill. */
void tree_fill(struct tree *t, enum fill fill, struct bl_span value);
/* tree_find gives the index of the first field with this fill. */
size_t tree_find(const struct tree *t, enum fill fill);
bool tree_has(const struct tree *t, enum fill fill);
/* tree_put appends field i as it is written, the change applied. */
void tree_put(struct bl_buf *out, struct tree *t, size_t i);
/* tree_value appends the value of field i, as who reads it takes it: changed
 * where the change is one of values, the same where it is one of form. */
void tree_value(struct bl_buf *out, struct tree *t, size_t i);
/* tree_der appends that value in DER throughout: without a change of form. */
void tree_der(struct bl_buf *out, struct tree *t, size_t i);
/* tree_path appends "signedData/signerInfos/...". */
void tree_path(struct bl_buf *out, const struct tree *t, size_t i);
/* tree_is_inside tells whether field i is `outer` or inside of it. */
bool tree_is_inside(const struct tree *t, size_t i, size_t outer);

/*
 * change is one way to write a field differently.
 *
 * value  appends another value for `body`; NULL: the same
 * form	  appends the element; NULL: as DER has it
 * is_ber  `form` says the same, in a form that BER has besides
 */
struct change {
	const char *name;
	bool (*fits)(unsigned tag, unsigned as, struct bl_span body);
	void (*value)(struct bl_buf *out, unsigned as, struct bl_span body);
	void (*form)(struct bl_buf *out, unsigned tag, struct bl_span body);
	bool is_ber;
};
extern const struct change changes[];
extern const size_t changes_n;

#endif
