/* kept.c - see kept.h. */
#include "cli/kept.h"

#include "cli/out.h"
#include "cli/say.h"
#include "cli/show.h"

int
kept_load(struct session *s, enum state_kind kind, struct records *out)
{
	int status = session_load(s, kind, out);

	show_order(out);
	return status;
}

int
kept_list(enum state_kind kind, const struct args *how, bool *as_json, int argc,
    char **argv)
{
	struct session s = {0};
	struct records rs = {0};
	int first, status = args_read(how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = kept_load(&s, kind, &rs)) == EXIT_FINE)
		status = show_list(&s, &rs, *as_json,
		    kind == STATE_CERTS
			? "There is no certificate yet: 'bulla cert import' "
			  "and 'bulla key import' bring some."
			: "Nothing is trusted yet: 'bulla trust import'.");
	records_clear(&rs);
	session_end(&s);
	return status;
}

/* Saves each and says what came in. What is trusted is trusted for what was
 * said last. */
int
kept_save(struct session *s, enum state_kind kind, unsigned good_for,
    struct records *rs)
{
	int64_t now = (int64_t)time(NULL);
	struct bl_note note = {0};

	for (size_t i = 0; i < rs->n; i++) {
		struct record *r = &rs->list[i];
		bool is_new;
		enum bl_err err;

		r->good_for = good_for;
		if ((err = state_save(s->state, kind, r, &is_new, &note)) !=
		    BL_OK)
			return say_error(state_folder(s->state), err, &note);
		printf("%s", is_new ? "new  " : "known");
		show_line(r, false, now);
	}
	return EXIT_FINE;
}

int
kept_import_file(struct session *s, enum state_kind kind, unsigned good_for,
    const char *path)
{
	struct records rs = {0};
	int status = session_certs(s, path, &rs);

	if (status == EXIT_FINE)
		status = kept_save(s, kind, good_for, &rs);
	records_clear(&rs);
	return status;
}

int
kept_import(struct session *s, enum state_kind kind, unsigned good_for,
    const struct args *how, int argc, char **argv)
{
	int first, status = args_read(how, argc, argv, &first);

	if (status == -1 && (status = session_start(s)) == EXIT_FINE &&
	    (status = session_state(s)) == EXIT_FINE)
		for (int i = first; i < argc; i++)
			status = say_worse(status,
			    kept_import_file(s, kind, good_for, argv[i]));
	session_end(s);
	return status;
}

int
kept_write(const char *path, const struct bl_buf *bytes)
{
	struct bl_note note = {0};
	enum bl_err err = bl_buf_err(bytes, &note);

	if (err == BL_OK)
		err = out_file(path, bl_buf_span(bytes), 0644, &note);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(path != NULL ? path : "standard output", err, &note);
}

int
kept_remove(enum state_kind kind, const struct args *how, int argc, char **argv)
{
	struct session s = {0};
	struct records rs = {0};
	struct bl_note note = {0};
	const struct record *r;
	enum bl_err err;
	int first, status = args_read(how, argc, argv, &first);

	if (status != -1)
		return status;
	if ((status = kept_load(&s, kind, &rs)) != EXIT_FINE)
		goto out;
	if ((status = show_find(&r, &rs, argv[first],
		 kind == STATE_CERTS ? "cert" : "trust")) != EXIT_FINE)
		goto out;
	if (kind == STATE_CERTS && state_has_key(s.state, r->key_id)) {
		status = say_fail(EXIT_RULE,
		    "%s: its key is here; 'bulla key "
		    "remove' removes both",
		    argv[first]);
		goto out;
	}
	err = state_remove(s.state, kind, r->sha256, &note);
	if (err != BL_OK)
		status = say_error(argv[first], err, &note);
	else
		show_line(r, false, (int64_t)time(NULL));
out:
	records_clear(&rs);
	session_end(&s);
	return status;
}
