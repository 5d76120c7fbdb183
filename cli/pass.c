/* pass.c - see pass.h. */
#include "cli/pass.h"

#include "cli/say.h"
#include "cli/tty.h"

int
pass_ask(struct bl_secret **out, const char *file, const char *option,
    const char *question, bool twice)
{
	struct bl_note note = {0};
	enum bl_err err;

	if (file != NULL)
		err = tty_pass_file(out, file, &note);
	else if (twice)
		err = tty_pass_twice(out, question, &note);
	else
		err = tty_pass(out, question, &note);
	if (err == BL_E_MISSING)
		return say_fail(EXIT_SEALED,
		    "a passphrase is needed and there is no terminal to ask "
		    "on; use --%s",
		    option);
	return err == BL_OK
	    ? EXIT_FINE
	    : say_error(file != NULL ? file : "passphrase", err, &note);
}

int
pass_demand(struct bl_secret **pass, size_t least)
{
	if (bl_secret_reveal(*pass).n >= least)
		return EXIT_FINE;
	bl_secret_free(*pass);
	*pass = NULL;
	return say_fail(EXIT_RULE,
	    "the passphrase is too short: at least %zu characters", least);
}

int
pass_agent(struct session *s)
{
	struct bl_note note = {0};
	enum bl_err err = s->agent != NULL ? BL_OK
					   : bl_agent_start(&s->agent, &note);

	return err == BL_OK ? EXIT_FINE : say_error("bulla-agent", err, &note);
}
