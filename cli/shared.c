/* shared.c - see shared.h. */
#include "cli/shared.h"

#include "cli/library.h"
#include "cli/say.h"
#include "cli/tty.h"
#include "proc/agent.h"

#define KEK_MAX 32 /* bytes */
#define ID_MAX	64 /* bytes */

struct shared {
	struct library library;
	struct bl_ctx *ctx;
	struct bl_secret *password, *kek;
	struct bl_buf id;
};

void
shared_free(struct shared *s)
{
	if (s == NULL)
		return;
	bl_secret_free(s->password);
	bl_secret_free(s->kek);
	bl_buf_clear(&s->id);
	if (s->ctx != NULL)
		s->library.ctx_free(s->ctx);
	free(s);
}

struct bl_span
shared_id(const struct shared *s)
{
	return s == NULL ? (struct bl_span){0} : bl_buf_span(&s->id);
}

static int
digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
				    : -1;
}

/* Writes n / 2 bytes; false where that is not what it is. */
static bool
from_hex(uint8_t *to, struct bl_span hex)
{
	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		int high = digit(hex.p[i]), low = digit(hex.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i / 2] = (uint8_t)(high * 16 + low);
	}
	return hex.n % 2 == 0;
}

static int
read_kek(struct shared *s, const char *path)
{
	struct bl_secret *line = NULL;
	struct bl_note note = {0};
	struct bl_span hex;
	enum bl_err err;
	size_t n;

	if ((err = tty_pass_file(&line, path, &note)) != BL_OK)
		return say_error(path, err, &note);
	hex = bl_secret_reveal(line);
	n = hex.n / 2;
	err = BL_E_MALFORMED;
	if (n == KEK_MAX / 2 || n == KEK_MAX / 4 * 3 || n == KEK_MAX)
		err = bl_secret_new(&s->kek, n, &note);
	if (err == BL_OK && !from_hex(bl_secret_fill(s->kek), hex))
		err = BL_E_MALFORMED;
	bl_secret_free(line);
	if (err == BL_E_MALFORMED)
		return say_fail(EXIT_BROKEN,
		    "%s: the first line is not 16, 24 or 32 bytes in "
		    "hexadecimal",
		    path);
	return err == BL_OK ? EXIT_FINE : say_error(path, err, &note);
}

static int
read_id(struct shared *s, const char *text)
{
	struct bl_span hex = bl_span_str(text);
	uint8_t id[ID_MAX];

	if (hex.n == 0 || hex.n > sizeof(id) * 2 || !from_hex(id, hex))
		return say_fail(EXIT_USAGE,
		    "--kek-id: '%s' is not 1 to 64 bytes in hexadecimal", text);
	bl_buf_add(&s->id, bl_span_of(id, hex.n / 2));
	return s->id.err == BL_OK ? EXIT_FINE : EXIT_AROUND;
}

int
shared_read(struct shared **out, const char *password, const char *kek,
    const char *kek_id)
{
	struct bl_note note = {0};
	int status = EXIT_FINE;
	struct shared *s;
	enum bl_err err;

	*out = NULL;
	if (password == NULL && kek == NULL)
		return EXIT_FINE;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return say_fail(EXIT_AROUND, "out of memory");
	*out = s;
	if ((err = library_load(&s->library, &note)) != BL_OK ||
	    (err = s->library.ctx_new(&s->ctx, &note)) != BL_OK)
		return say_error(NULL, err, &note);
	if (password != NULL &&
	    (err = tty_pass_file(&s->password, password, &note)) != BL_OK)
		return say_error(password, err, &note);
	if (kek != NULL)
		status = read_kek(s, kek);
	if (status == EXIT_FINE && kek_id != NULL)
		status = read_id(s, kek_id);
	return status;
}

enum bl_err
shared_answer(struct bl_buf *answer, const struct shared *s,
    struct bl_span want, struct bl_note *note)
{
	if (s != NULL)
		return s->library.shared_answer(
		    answer, s->ctx, s->password, s->kek, want, note);
	bl_want_refuse(answer, want);
	return bl_buf_err(answer, note);
}
