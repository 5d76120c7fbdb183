/* judge.c - see judge.h. */
#include "cli/judge.h"

#include "cli/report.h"
#include "cli/say.h"

int
judge_words(struct bl_wire_check *ask, const struct args *how,
    const struct judge_by *by, const char *address)
{
	int status;

	if (address != NULL) {
		ask->address = bl_span_str(address);
		if (!args_is_address(address) ||
		    ask->address.n > BL_READER_ADDRESS_MAX ||
		    !bl_text_ok(ask->address))
			return args_usage(how,
			    "'%s' is not one address, like ann@example.org",
			    address);
	}
	status = session_now(&ask->now, how, by->at);
	return status != EXIT_FINE
	    ? status
	    : session_revocation(&ask->revocation, how, by->revocation);
}

int
judge_gather(
    struct session *s, const struct judge_by *by, enum bl_purpose purpose)
{
	int status = by->trust.n > 0 ? session_anchors(s, &by->trust)
				     : session_state_anchors(s, purpose);

	/* with --trust it works without any state */
	if (status == EXIT_FINE && by->trust.n == 0)
		status = session_state_pool(s);
	if (status == EXIT_FINE)
		status = session_pool(s, &by->certs);
	if (status == EXIT_FINE)
		status = session_evidence(s, BL_EVIDENCE_CRL, &by->crls);
	if (status == EXIT_FINE)
		status = session_evidence(s, BL_EVIDENCE_OCSP, &by->ocsps);
	return status;
}

enum bl_err
judge_one(json_t **out, struct session *s, const struct bl_wire_check *ask,
    struct bl_span cert, struct bl_note *note)
{
	const struct bl_reader_calls calls = {
	    .want = session_want, .list = session_list, .want_arg = s};
	const struct bl_reader_check_job job = {.ask = *ask,
	    .cert = cert,
	    .anchors = der_set_list(&s->anchors),
	    .pool = der_set_list(&s->pool),
	    .evidence = s->evidence,
	    .evidence_count = s->evidence_count};
	struct bl_span json;
	enum bl_err err = bl_reader_check(&json, s->reader, &job, &calls, note);

	*out = err == BL_OK ? report_json(json) : NULL;
	if (err == BL_OK && *out == NULL)
		err = bl_fail(note, BL_E_SYSTEM, 0,
		    "what bulla-reader answers is not readable", NULL);
	return err;
}

void
judge_clear(struct judge_by *by)
{
	args_list_clear(&by->trust);
	args_list_clear(&by->certs);
	args_list_clear(&by->crls);
	args_list_clear(&by->ocsps);
	args_list_clear(&by->net.allow);
}
