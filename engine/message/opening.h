/* opening.h - what the files of bl_open share.
 *
 * A message is read as trees and shells in turn: a tree is the MIME structure
 * of a run of bytes, a shell is one CMS layer found at the root of a tree (or
 * at the root of the first part of a multipart/signed), and its content is the
 * next tree. Trees and shells hang in one chain, outside first; where the
 * chain ends is the tip, whose bytes are the content of the message.
 *
 *	tree -> shell -> tree -> shell -> tree (tip) -> out
 *
 * Nothing is pushed: bytes are lent to the outermost, each works its inner one
 * empty before it takes the next event itself. BL_NEED goes up without moving
 * anything; the next run comes down the same way.
 *
 * The functions here return BL_OK, BL_NEED, or an error that ends the
 * operation, told in open->note. What is wrong with the message is written
 * down where it was found and judged at the end.
 */
#ifndef BL_MESSAGE_OPENING_H
#define BL_MESSAGE_OPENING_H

#include "bulla/open.h"
#include "cms/cms.h"
#include "message/bare.h"
#include "message/fields.h"
#include "message/vault.h"
#include "message/verdict.h"
#include "message/wants.h"
#include "mime/mime.h"
#include "mime/tnef.h"

/* ---- what a part is to the envelope ---- */

enum bl_guise {
	BL_GUISE_NONE = 0,
	BL_GUISE_CMS,	    /* application/pkcs7-mime */
	BL_GUISE_NAMED,	    /* only the name says so: *.p7m, *.p7z */
	BL_GUISE_SIGNED,    /* multipart/signed for S/MIME */
	BL_GUISE_SIGNATURE, /* application/pkcs7-signature */
	BL_GUISE_TNEF,	    /* application/ms-tnef, winmail.dat */
};
enum bl_guise bl_guise_of(const struct bl_part *p);
/* bl_guise_hint is the kind that smime-type claims, 0 when it says nothing
 * known: BL_LAYER_OPAQUE_SIGNED, _CERTS_ONLY, _ENVELOPED for both encrypted
 * kinds, _COMPRESSED. */
enum bl_layer_kind bl_guise_hint(const struct bl_part *p);
/* bl_guise_digests is the set of digests that micalg asks for; where it names
 * none that is known, all that a signer may have used. */
unsigned bl_guise_digests(const struct bl_part *p);
#define BL_GUISE_DIGESTS                                                       \
	(BL_SET(BL_SHA1) | BL_SET(BL_SHA256) | BL_SET(BL_SHA384) |             \
	    BL_SET(BL_SHA512) | BL_SET(BL_SHAKE256))

/* ---- trees ---- */

enum bl_role {
	BL_ROLE_PLAIN = 1, /* the tip */
	BL_ROLE_CMS,	   /* its body is a CMS object */
	BL_ROLE_SIGNED,	   /* multipart/signed */
};

/* bl_entity is an entity of the envelope that is being read: the root of a
 * tree, or the first part of the multipart/signed `outer`. */
struct bl_entity {
	struct bl_entity *outer;
	struct bl_part *part;
	enum bl_role role;
	struct bl_shell *shell; /* of CMS and SIGNED */
};

/* bl_probe looks at the first bytes of a leaf beside the envelope that says it
 * is CMS, to tell what kind; and through one that is winmail.dat. */
struct bl_probe {
	struct bl_part *part;
	bool is_tnef;
	struct bl_tnef tnef;
	struct bl_decode decode;
	struct bl_buf first;
};

struct bl_tree {
	struct bl_shell *of; /* whose content it is; NULL: the input */
	struct bl_mime *mime;
	struct bl_span lent;
	bool has_lent, ending, told; /* told: the reader knows of the end */
	bool done, dead;	     /* read to its end; given up */
	bool is_data;		     /* no MIME at all: see tree.c */
	struct bl_entity *active;
	struct bl_shell *busy; /* has bytes it did not work through */
	struct bl_decode decode;
	struct bl_buf decoded, crlf;
	struct bl_probe probe;
	struct bl_note note;
};

BL_CHECK enum bl_err bl_tree_new(
    struct bl_tree **out, struct bl_open *o, struct bl_shell *of);
/* bl_tree_lend lends the next bytes, only when the tree has run empty. */
void bl_tree_lend(struct bl_tree *t, struct bl_span in);
/* bl_tree_run works until all that was lent is used up; with `ending` set, to
 * the end. */
BL_CHECK enum bl_err bl_tree_run(struct bl_open *o, struct bl_tree *t);
void bl_tree_free(struct bl_tree *t);

/* ---- shells ---- */

enum bl_shell_form {
	BL_FORM_ENTITY = 1, /* the body of an entity */
	BL_FORM_PART,	    /* the second part of multipart/signed */
	BL_FORM_BARE,	    /* the input itself */
};
enum bl_shell_state {
	BL_SHELL_READING = 1,
	BL_SHELL_PARKED, /* its bytes go to `vault`, to be read later */
	BL_SHELL_FAILED,
	BL_SHELL_DONE, /* read to its end; encrypted: it held */
};

#define BL_SHELL_KEYS 8 /* content keys that may be tried for one layer */

struct bl_shell {
	unsigned index; /* in the chain */
	enum bl_shell_form form;
	enum bl_shell_state state;
	enum bl_layer_kind hint;
	struct bl_layer face; /* kind 0 until it is known */
	struct bl_buf cipher; /* its name */
	uint64_t base; /* where, in the tree, the content of the layer around
			  it starts; face.from and face.to are of the tree */
	struct bl_cms *cms;
	struct bl_span lent;
	bool has_lent, ending, told;
	bl_reasons reasons;
	struct bl_note note;

	struct bl_tree *content;
	bool content_busy;
	bool content_raw;   /* content of another type than data */
	bool content_ended; /* all of it was seen */

	/* signed */
	struct bl_hashes *hashes; /* of the content of a detached one */
	struct bl_hashes *again;  /* more of them, read once more */
	struct bl_crlf crlf;
	bool is_lf;	  /* the content is in LF form */
	bool has_part;	  /* the signature part came */
	bool has_content; /* the CMS object of a detached one has content */

	/* encrypted */
	struct bl_buf head; /* all bytes so far, until the key is known */
	bool keep_head;
	struct bl_vault *vault;
	bool asked, is_trial;
	struct bl_secret *keys[BL_SHELL_KEYS];
	uint8_t key_ids[BL_SHELL_KEYS][BL_SHA256_SIZE];
	size_t key_count;
	size_t chosen; /* key_count: none yet */
};

bool bl_layer_is_signature(enum bl_layer_kind k);
bool bl_layer_is_encryption(enum bl_layer_kind k);

/* bl_shell_new puts a new innermost layer on the chain. BL_E_LIMIT (too many)
 * is a finding: told in `finding`, *out NULL. */
BL_CHECK enum bl_err bl_shell_new(struct bl_shell **out, struct bl_open *o,
    enum bl_shell_form form, struct bl_note *finding);
void bl_shell_lend(struct bl_shell *s, struct bl_span in);
BL_CHECK enum bl_err bl_shell_run(struct bl_open *o, struct bl_shell *s);
/* bl_shell_hash adds bytes of the content of a clear-signed one. */
BL_CHECK enum bl_err bl_shell_hash(
    struct bl_open *o, struct bl_shell *s, struct bl_span in);
/* bl_shell_fail gives the layer up for what its note says. */
void bl_shell_fail(struct bl_shell *s);
/* bl_shell_is_hidden: an encrypted layer around it did not hold (yet). */
bool bl_shell_is_hidden(const struct bl_open *o, const struct bl_shell *s);
void bl_shell_free(struct bl_shell *s);

/* ---- content keys (unwrap.c), parked layers (park.c) ---- */

/* bl_unwrap_ask lists the wants for the key of a layer and returns BL_NEED, or
 * gives the layer up. */
BL_CHECK enum bl_err bl_unwrap_ask(struct bl_open *o, struct bl_shell *s);
/* bl_shared_ask adds to them those for a password or a shared key, where the
 * person gave one; s->note where only a limit forbids it. */
BL_CHECK enum bl_err bl_shared_ask(struct bl_open *o, struct bl_shell *s);
/* bl_unwrap_take takes the answers: goes on with the one key, parks the layer
 * where there are several, or gives it up. */
BL_CHECK enum bl_err bl_unwrap_take(struct bl_open *o, struct bl_shell *s);

/* bl_park sets a layer aside, with all it was fed. */
BL_CHECK enum bl_err bl_park(struct bl_open *o, struct bl_shell *s);
/* bl_park_run reads what was set aside, layer after layer. */
BL_CHECK enum bl_err bl_park_run(struct bl_open *o);

/* ---- who the message says it is from ---- */

enum bl_date_state { BL_DATE_NONE = 0, BL_DATE_GOOD, BL_DATE_BAD };
struct bl_sender {
	unsigned froms;	    /* From fields */
	struct bl_buf addr; /* of the one mailbox, else empty */
	enum bl_date_state date_state;
	int64_t date;
};
/* bl_sender_read looks at a header. BL_E_LIMIT is a finding, told in
 * `finding`. */
BL_CHECK enum bl_err bl_sender_read(struct bl_sender *s,
    const struct bl_header *h, const struct bl_limits *limits,
    struct bl_note *finding);

/* ---- protected header fields (headers.c, legacy.c) ---- */

/*
 * bl_legacy finds copies of header fields in bodies, for programs that do not
 * read protected ones (RFC 9788 4.5.3).
 */
struct bl_legacy {
	struct bl_legacy_display *list;
	size_t n, cap;
	struct bl_part *root; /* of the content: the first that is seen */
	struct bl_part *part; /* that is being looked at */
	struct bl_decode decode;
	struct bl_buf body; /* the start of it, decoded */
};
/* bl_legacy_event looks at an event below the root of the content, or of it. */
BL_CHECK enum bl_err bl_legacy_event(struct bl_legacy *l,
    enum bl_header_form form, const struct bl_mime_event *ev,
    struct bl_note *note);
void bl_legacy_clear(struct bl_legacy *l);

/*
 * bl_headers is what is known of the header fields.
 *
 * form	    what the content says of the fields inside
 * outside  of the message as it came; stated: what the sender says to have
 *	    left there; inside: the protected ones
 * sender   From and Date inside, of protected ones
 * differs  without a form: a From inside that is another than the sender
 * block    WRAPPED: the header of the message inside, until it is whole
 */
struct bl_headers {
	enum bl_header_form form;
	struct bl_field_list outside, stated, inside;
	struct bl_sender sender;
	bool differs;
	struct bl_buf block;
	unsigned defects; /* of that header */
	struct bl_legacy legacy;
};
/* bl_headers_outside, bl_headers_inside take the header of the message, and
 * the root of the content inside layers. A finding is told in `finding`. */
BL_CHECK enum bl_err bl_headers_outside(
    struct bl_open *o, const struct bl_header *h, struct bl_note *finding);
BL_CHECK enum bl_err bl_headers_inside(
    struct bl_open *o, const struct bl_part *p, struct bl_note *finding);
/* bl_headers_event sees the content inside layers go by. */
BL_CHECK enum bl_err bl_headers_event(struct bl_open *o,
    const struct bl_mime_event *ev, bool is_root, struct bl_note *finding);
/* bl_headers_sender is the sender that protected fields name, NULL where there
 * are none, or the layers around them do not hold. */
const struct bl_sender *bl_headers_sender(const struct bl_open *o);
/* bl_headers_judge fills in the fields of the verdict, last of all. */
BL_CHECK enum bl_err bl_headers_judge(struct bl_open *o);
void bl_headers_clear(struct bl_headers *h);

/* ---- the operation ---- */

enum bl_stage {
	BL_STAGE_FEED = 0, /* input comes */
	BL_STAGE_END,	   /* it ended; the rest is worked through */
	BL_STAGE_PARKED,
	BL_STAGE_CERTS,	   /* certificates of signers are looked for */
	BL_STAGE_EVIDENCE, /* and what tells whether they are good */
	BL_STAGE_DONE,
};

/* bl_tip is where the chain ends. */
struct bl_tip {
	bool reached, ended;
	struct bl_shell *of;  /* the innermost layer, NULL: none */
	struct bl_tree *tree; /* NULL: raw content */
	bool partly_signed, partly_encrypted; /* found beside the envelope */
	bool wrapped;			      /* S/MIME in a winmail.dat */
};

struct bl_open {
	struct bl_ctx *ctx;
	struct bl_open_opts opts;
	struct bl_limits limits;
	struct bl_policy policy;
	enum bl_stage stage;
	enum bl_err fatal; /* sticks */
	struct bl_note note;

	/* the input */
	enum bl_bare_kind bare;
	bool is_base64;	     /* bare CMS in base64 without PEM */
	struct bl_buf first; /* until it is known what it is */
	struct bl_span queue[2];
	struct bl_pem pem;
	struct bl_base64 base64;
	struct bl_buf decoded;
	uint64_t fed;
	bool has_ended; /* the outermost was told */
	struct bl_note input_note;
	struct bl_tree *root;
	struct bl_shell *outermost; /* bare */
	struct bl_hashes *given;    /* content of a bare detached signature */

	struct bl_shell **shells;
	size_t shell_count, shell_cap;
	struct bl_tree **trees;
	size_t tree_count, tree_cap;
	struct bl_tip tip;
	struct bl_sender sender;
	struct bl_headers headers;
	struct bl_vault out, park[2];
	unsigned parks;		  /* layers set aside so far */
	struct bl_shell *waiting; /* set aside */
	struct bl_shell *current; /* being read again */

	struct bl_wants wants;
	struct bl_gather gather;   /* what answers brought */
	struct bl_choice *choices; /* for each signer, layer after layer */
	size_t choice_count, choice_cap;
	bool certs_asked, is_giving;
	struct bl_verdict verdict;
};

/* bl_finding tells whether an error is about the message. Any other it keeps
 * as the end of the operation, in o->note, and *err stays. */
bool bl_finding(struct bl_open *o, enum bl_err err, const struct bl_note *why);

/* bl_input_start decides what the input is, once it can be told; `ended`:
 * nothing comes. bl_input_run works through what was fed. */
BL_CHECK enum bl_err bl_input_take(
    struct bl_open *o, struct bl_span in, bool ended);
BL_CHECK enum bl_err bl_input_run(struct bl_open *o);

/* ---- judging ---- */

/* bl_visible_shells is how many layers may be spoken of: up to the first
 * encrypted one that did not hold, that one included. */
size_t bl_visible_shells(const struct bl_open *o);
/* bl_visible_tree: the same for what is inside layers. */
bool bl_visible_tree(const struct bl_open *o, const struct bl_tree *t);
/* bl_visible_tip: the same for the content. */
bool bl_visible_tip(const struct bl_open *o);
/*
 * bl_covers_content tells whether what is shown is what this layer signed, and
 * not what somebody encrypted in it: who signs around the encryption of
 * another need never have seen the text (ATK-116).
 */
bool bl_covers_content(const struct bl_open *o, const struct bl_shell *s);
/* bl_content_is_whole: nothing of the content is missing. */
bool bl_content_is_whole(const struct bl_open *o);
/* bl_signers_collect reads the certificates of all layers; BL_NEED once, when
 * a signer's is missing. */
BL_CHECK enum bl_err bl_signers_collect(struct bl_open *o);
/* bl_signers_answered keeps what answers brought. */
BL_CHECK enum bl_err bl_signers_answered(struct bl_open *o);
/* bl_has_signers: a signature layer whose signers were read. */
bool bl_has_signers(const struct bl_shell *s);
/* bl_signer_cert gives every certificate at hand that an identifier names, one
 * after the other, *pos 0 at first; NULL: no more. Those of the message come
 * first; an issuer and serial may name several. */
const struct bl_cert *bl_signer_cert(
    const struct bl_open *o, const struct bl_rid *rid, size_t *pos);
/* bl_sender_expected is the address that a signer is to have; empty where the
 * message names none. */
struct bl_span bl_sender_expected(const struct bl_open *o);
/* bl_sender_is_one tells whether there is such an address, and no From that the
 * layer covers names several or nobody. */
bool bl_sender_is_one(const struct bl_open *o, const struct bl_shell *s);
/* bl_choice is the certificate taken for a signer. */
struct bl_choice {
	const struct bl_cert *cert; /* NULL: none at hand */
	enum bl_signer_result result;
	struct bl_trust_answer answer;
};
/*
 * bl_signers_choose judges the certificates of all signers; BL_NEED as long as
 * something is wanted that may make a signer good whose signature holds.
 */
BL_CHECK enum bl_err bl_signers_choose(struct bl_open *o);
void bl_choices_clear(struct bl_open *o);
/* bl_signers_judge appends each signer of a layer to the verdict; *next is the
 * choice for the first of them, and then for the one behind the last. */
BL_CHECK enum bl_err bl_signers_judge(
    struct bl_open *o, struct bl_shell *s, size_t *next);
BL_CHECK enum bl_err bl_judge(struct bl_open *o);

#endif
