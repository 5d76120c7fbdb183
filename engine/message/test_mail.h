/* test_mail.h - messages for the tests of this module: made of a short text
 * that says how layers and parts stand in each other, and opened. */
#ifndef BL_MESSAGE_TEST_MAIL_H
#define BL_MESSAGE_TEST_MAIL_H

#include "cms/cms.h"
#include "message/test_spool.h"
#include "tests/person.h"

/* The people. All but EVE, NICK, SAM are anchors; BOB and ZOE are own. */
enum mail_who {
	ANN = 0, /* a: the sender, P-256 */
	CAT,	 /* c: another address, P-256 */
	EVE,	 /* e: the sender's address, trusted by nobody, P-256 */
	OLD,	 /* o: the sender's address, expired, P-256 */
	NICK,	 /* n: the sender's address; his certificate is never sent */
	BOB,	 /* b: RSA-2048 */
	ZOE,	 /* z: RSA-2048 */
	SAM,	 /* s: a stranger, RSA-2048 */
	WEAK,	 /* w: the sender's address, RSA-1024 */
	YAN,	 /* y: own, P-256 */
	UMA,	 /* no letter: own, X25519 */
	VIC,	 /* no letter: a stranger, X25519 */
	KIT,	 /* no letter: a stranger, X448 */
	MAIL_PEOPLE,
};
struct mail_kit {
	struct bl_ctx *ctx;
	struct bl_person p[MAIL_PEOPLE];
	struct bl_certs anchors, own;
	unsigned boundary;   /* number of the next */
	const char *payload; /* H; borrowed */
};
bool mail_kit_new(struct mail_kit *k);
void mail_kit_clear(struct mail_kit *k);

#define MAIL_HEADER                                                            \
	"From: Ann <ann@example.org>\r\n"                                      \
	"To: Bob <bob@example.org>\r\n"                                        \
	"Subject: outside\r\n"                                                 \
	"Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"                            \
	"MIME-Version: 1.0\r\n"
#define MAIL_CANARY "canary"

/*
 * mail_entity appends the entity that `text` describes; all lines end in CRLF.
 *
 *	t		text/plain with the canary		f  a footer
 *	S O		clear-signed, opaque signed (one child)
 *	Z		certs-only
 *	E C D		encrypted: AES-256-GCM, AES-256-CBC, 3DES (one child)
 *	M A R		multipart/mixed, multipart/alternative, message/rfc822
 *	P		compressed (one child)
 *	W		winmail.dat, of a note; W8: of a signed one; W1: the
 *			same by its name alone
 *	I		text with a From inside that is CAT's
 *	H		`payload` of the kit, as it is
 *
 * After the letter come, in any order, people (signers, the first one ANN if
 * none is named; recipients, BOB if none) and:
 *
 *	S O  !  the content is altered after signing
 *	     ~  the signature value is altered
 *	     0  nobody signed
 *	     1 5  SHA-1, SHA-512
 *	     -  no signed attributes
 *	     @  S: the CMS object has the content too; O: it has none
 *	     #  a third part	$  no second part
 *	     6  a third part that has parts; 7: before the signature
 *	     %  the second part is not called a signature
 *	     ^  text before and after the parts
 *	     ?  micalg says md5	*  micalg says sha-1
 *	     =  the first part has two Content-Type fields
 *	     +  signed two hours later	_  no signing time
 *	     &  characters that are no base64 in the CMS object
 *	     >  no closing delimiter	<  smime-type says something else
 *	     }  smime-type says compressed-data
 *	     :  no protocol parameter
 *	     |  eContentType is not data
 *	     q  the digest is not one of digestAlgorithms
 *	     2  signingTime twice
 *	     9  signed an hour less a minute later
 *	E C  !  the first byte of the ciphertext is altered
 *	     ~  the tag is altered
 *	     <  smime-type says signed-data
 *	     k  the recipient is named by key identifier
 *	     r  the recipient is named by nobody's serial
 *	     &  characters that are no base64
 *	     p  a password recipient; and v: one that asks for 9,999,999
 *		iterations and has another password
 *	     u  a recipient by the shared key "id"; and x: by another "other"
 *	P    !  the checksum is altered
 *	     ~  the stream is cut off
 *	     #  something follows the stream
 *	     $  the stream wants a dictionary
 *	     <  smime-type says signed-data
 *	     |  eContentType is not data
 *	     @  a CMS object that has nothing in it
 */
void mail_entity(struct bl_buf *out, struct mail_kit *k, const char *text);
/* mail_message is a header and an entity; header NULL: MAIL_HEADER. */
void mail_message(struct bl_buf *out, struct mail_kit *k, const char *header,
    const char *text);
/* mail_signed appends a SignedData. mods as above, without whom it stands for;
 * econtent: with the content inside. */
void mail_signed(struct bl_buf *out, struct mail_kit *k, const char *mods,
    struct bl_span content, bool econtent);
/* mail_enveloped appends an encrypted object. */
void mail_enveloped(struct bl_buf *out, struct mail_kit *k,
    enum bl_cipher cipher, const char *mods, struct bl_span content);
/* mail_lf appends `in` with LF for each CRLF. */
void mail_lf(struct bl_buf *out, struct bl_span in);

#define MAIL_PASSWORD "open sesame"
#define MAIL_KEK      "sixteen bytes..."

/* mail_how says how to open; {0} is as a person would. */
struct mail_how {
	size_t chunk; /* bytes fed at once; 0: all */
	bool legacy, no_keys, no_park, is_output, refuse, no_anchors;
	bool knows_nick; /* answers the want for his certificate */
	int64_t now;	 /* 0: BL_PERSON_NOW */
	const char *from;
	const char *password, *kek, *kek_id; /* SHARED wants are answered */
	enum bl_open_input input;
	const struct bl_limits *limits;
	struct bl_cache *cache;
	struct bl_span content; /* of a detached signature */
	bool has_content;
	const struct bl_certs *own; /* NULL: the kit's */
	unsigned gates;
	size_t fail_spool; /* 1: out, 2, 3: parks; its n-th call fails */
	unsigned fail_after;
};
struct mail_result {
	enum bl_err err;
	struct bl_open *open; /* has the verdict */
	const struct bl_verdict *v;
	enum bl_err gate;
	struct bl_buf content; /* what was given; empty when denied */
	bool give_failed;
	unsigned rounds, unwraps, certs, shared;
	struct test_spool out, park[2];
};
/* mail_open opens a message to its end. */
void mail_open(struct mail_result *r, struct mail_kit *k, struct bl_span in,
    const struct mail_how *how);
void mail_result_clear(struct mail_result *r);
/* mail_has tells whether `text` is in the content given. */
bool mail_has(const struct mail_result *r, const char *text);
/* mail_reasons gives a set of reasons by their codes: "expired weak-key". */
bl_reasons mail_reasons(const char *codes);
/* mail_explain prints what came of it to standard error. */
void mail_explain(const struct mail_result *r, const char *name);

#endif
