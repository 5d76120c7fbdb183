/* shared_test.c - recipients by a password or a shared key: asked for only
 * when the person gave one, and what comes of it. */
#include "message/test_mail.h"
#include "tests/test.h"

#define INTACT BL_ENCRYPTION_INTACT
#define UNAUTH BL_ENCRYPTION_UNAUTHENTICATED
#define FAILED BL_ENCRYPTION_FAILED
#define PASS                                                                   \
	{                                                                      \
		.password = MAIL_PASSWORD                                      \
	}
#define WRONG                                                                  \
	{                                                                      \
		.password = "wrong"                                            \
	}
#define KEY                                                                    \
	{                                                                      \
		.kek = MAIL_KEK                                                \
	}
#define KEY_ID                                                                 \
	{                                                                      \
		.kek = MAIL_KEK, .kek_id = "id"                                \
	}

static struct mail_kit kit;

static const struct {
	const char *name, *text;
	struct mail_how how;
	enum bl_encryption encryption;
	const char *reasons;
	unsigned wants; /* SHARED ones */
} cases[] = {
    {"password", "Ep(t)", PASS, INTACT, "", 1},
    {"password, CBC", "Cp(t)", PASS, UNAUTH, "unauthenticated", 1},
    {"password around signed", "Ep(S(t))", PASS, INTACT, "", 1},
    {"password inside encrypted", "E(Ep(t))", PASS, INTACT, "", 1},
    {"password, nobody asked", "Ep(t)", {0}, FAILED, "no-key unsupported", 0},
    {"password, another", "Ep(t)", WRONG, FAILED, "no-key", 1},
    {"password, altered", "Ep!(t)", PASS, FAILED, "no-key", 1},
    {"password, refused", "Ep(t)", {.password = MAIL_PASSWORD, .refuse = true},
	FAILED, "no-key", 1},
    {"password, of no use", "Eu(t)", PASS, FAILED, "no-key unsupported", 0},
    {"password and my key", "Epb(t)", PASS, INTACT, "", 1},
    {"my key, nobody asked", "Epb(t)", {0}, INTACT, "", 0},
    {"another password and my key", "Epb(t)", WRONG, INTACT, "", 1},
    {"password and somebody's key", "Eps(t)", PASS, INTACT, "", 1},
    {"my key, altered, with another password", "Epb!(t)", WRONG, FAILED,
	"bad-tag", 1},
    {"shared key", "Eu(t)", KEY, INTACT, "", 1},
    {"shared key by its identifier", "Eu(t)", KEY_ID, INTACT, "", 1},
    {"shared key, nobody asked", "Eu(t)", {0}, FAILED, "no-key unsupported", 0},
    {"shared key for somebody else", "Ex(t)", KEY_ID, FAILED,
	"no-key unsupported", 0},
    {"any shared key for somebody else", "Ex(t)", KEY, FAILED, "no-key", 1},
    {"two shared keys", "Exu(t)", KEY, INTACT, "", 2},
    {"two shared keys, by identifier", "Exu(t)", KEY_ID, INTACT, "", 1},
    {"shared key, altered", "Eu!(t)", KEY, FAILED, "no-key", 1},
    {"shared key by its identifier, altered", "Eu!(t)", KEY_ID, FAILED,
	"bad-tag", 1},
    {"shared key of another length", "Eu(t)", {.kek = "short"}, FAILED,
	"no-key", 1},
    {"both", "Epu(t)", {.password = MAIL_PASSWORD, .kek = MAIL_KEK}, INTACT, "",
	2},
    {"both, one is wrong", "Epu(t)", {.password = "wrong", .kek = MAIL_KEK},
	INTACT, "", 2},
};

static void
asks_only_when_told(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *name = cases[i].name;
		struct bl_buf in = {0};
		struct mail_result r;
		bool good;

		mail_message(&in, &kit, NULL, cases[i].text);
		mail_open(&r, &kit, bl_buf_span(&in), &cases[i].how);
		good = r.err == BL_OK &&
		    bl_verdict_encryption(r.v) == cases[i].encryption &&
		    bl_verdict_reasons(r.v) == mail_reasons(cases[i].reasons) &&
		    mail_has(&r, MAIL_CANARY) ==
			(cases[i].encryption != FAILED) &&
		    r.shared == cases[i].wants;
		CHECK(good, name);
		if (!good)
			mail_explain(&r, name);
		CHECK(
		    (r.gate == BL_OK) == (cases[i].encryption != FAILED), name);
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
}

/* The limit is for all passwords of a layer together. */
static void
works_within_the_limit(void)
{
	static const struct {
		const char *text;
		uint64_t limit;
		unsigned wants;
		const char *reasons;
	} limits[] = {
	    {"Ep(t)", 3, 1, ""}, {"Ep(t)", 2, 0, "no-key limit"},
	    {"Epv(t)", 4, 1, ""}, {"Ev(t)", 9999998, 0, "no-key limit"},
	    {"Epv(t)", 10000001, 1, ""}, /* 3 more than the highest */
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct bl_limits l = BL_LIMITS;
		struct mail_how how = {.password = MAIL_PASSWORD, .limits = &l};
		struct bl_buf in = {0};
		struct mail_result r;

		l.kdf_iterations = limits[i].limit;
		mail_message(&in, &kit, NULL, limits[i].text);
		mail_open(&r, &kit, bl_buf_span(&in), &how);
		CHECK(r.err == BL_OK &&
			bl_verdict_reasons(r.v) ==
			    mail_reasons(limits[i].reasons) &&
			r.shared == limits[i].wants,
		    limits[i].text);
		CHECK(limits[i].reasons[0] == '\0' ||
			strcmp(bl_verdict_limit(r.v), "limit-kdf") == 0,
		    limits[i].text);
		mail_result_clear(&r);
		bl_buf_clear(&in);
	}
}

static void
set_up(void)
{
	CHECK(mail_kit_new(&kit), "kit");
}

static void
take_down(void)
{
	mail_kit_clear(&kit);
}

TESTS(TEST(set_up), TEST(asks_only_when_told), TEST(works_within_the_limit),
    TEST(take_down))
