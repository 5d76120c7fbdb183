/* judge.h - how a certificate is judged: the options that `bulla cert check` and
 * `bulla cert find` have in common, and the one question behind both. */
#ifndef BL_CLI_JUDGE_H
#define BL_CLI_JUDGE_H

#include <jansson.h>

#include "cli/session.h"

/* judge_by is what a certificate is judged by. {0} is strict: by the state and
 * the network, now. */
struct judge_by {
	const char *at, *revocation;
	struct args_list trust, certs, crls, ocsps;
	struct net net;
};

/* JUDGE_OPTIONS fills a judge_by: rows of a table of options. */
#define JUDGE_OPTIONS(by)                                                      \
	{"trust", "FILE", "trust these certificates, and no others",           \
	    .list = &(by).trust},                                              \
	    {"cert", "FILE", "certificates that may be its issuers",           \
		.list = &(by).certs},                                          \
	    {"intermediate", "FILE", "the same", .list = &(by).certs},         \
	    {"crl", "FILE", "revocation lists", .list = &(by).crls},           \
	    {"ocsp", "FILE", "answers of OCSP responders",                     \
		.list = &(by).ocsps},                                          \
	    {"revocation", "MODE",                                             \
		"require (the default), prefer, off: what is demanded",        \
		.text = &(by).revocation},                                     \
	    {"at", "TIME", "judge as of 2026-01-31T12:00:00Z",                 \
		.text = &(by).at},                                             \
	    {"offline", NULL, "fetch nothing: what is here must do",           \
		.flag = &(by).net.offline},                                    \
	    {"allow-host", "HOST:PORT",                                        \
		"may be fetched from, public or not; may be given often",      \
		.list = &(by).net.allow},                                      \
	{                                                                      \
		"show-fetches", NULL, "tell of each fetch",                    \
		    .flag = &(by).net.trace                                    \
	}

/* judge_words puts into `ask` the time, what is demanded of revocation, and the
 * address (NULL: none; else it outlives `ask`). Says what is wrong; returns an
 * exit status. So does judge_gather. */
int judge_words(struct bl_wire_check *ask, const struct args *how,
    const struct judge_by *by, const char *address);
/* judge_gather takes anchors, issuers and evidence from the options, and from
 * the state what they do not say: with --trust, nothing. */
int judge_gather(
    struct session *s, const struct judge_by *by, enum bl_purpose purpose);
/*
 * judge_one asks about one certificate (DER) with all that was gathered, and
 * fetches what is lacking (session_net).
 *
 * out  the object of `bulla cert check --json`, the caller's; NULL on errors
 *
 * Errors are those of bl_reader_check; BL_E_SYSTEM also where the answer cannot
 * be read.
 */
BL_CHECK enum bl_err judge_one(json_t **out, struct session *s,
    const struct bl_wire_check *ask, struct bl_span cert, struct bl_note *note);
void judge_clear(struct judge_by *by);

#endif
