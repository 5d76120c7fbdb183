/* authority.c - see authority.h. Each file is written beside its name, synced
 * and renamed: whenever a command ends, each is the old one or the new one. */
#include "cli/authority.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"

#define HEADING	    "bulla authority 1\n"
#define ENTRY	    "bulla issued 1\n"
#define TEXT_MAX    4096u	      /* bytes of one text in these files */
#define CERT_MAX    (128u << 10)      /* bytes */
#define ENTRIES_MAX ((size_t)1 << 20) /* certificates of one authority */

static enum bl_err
out_of_memory(struct bl_note *note)
{
	return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
}

static const char *const base_name[] = {"root", "ca"};

/* ---- owning ---- */

static void
free_texts(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void
ca_entry_clear(struct ca_entry *e)
{
	free(e->name);
	free_texts(e->addresses, e->address_count);
	bl_buf_clear(&e->der);
	*e = (struct ca_entry){0};
}

void
ca_entry_hex(char hex[CA_HEX], const struct ca_entry *e)
{
	for (size_t i = 0; i < CA_SERIAL; i++)
		snprintf(hex + 2 * i, 3, "%02x", e->serial[i]);
}

static void
who_clear(struct ca_who *w)
{
	free(w->common);
	bl_buf_clear(&w->der);
}

void
ca_clear(struct ca *c)
{
	free(c->home);
	free(c->organization);
	free(c->country);
	free(c->url);
	free(c->folder);
	free_texts(c->domains, c->domain_count);
	who_clear(&c->who[CA_ROOT]);
	who_clear(&c->who[CA_ISSUING]);
	for (size_t i = 0; i < c->n; i++)
		ca_entry_clear(&c->entries[i]);
	free(c->entries);
	*c = (struct ca){0};
}

/* ---- fields ---- */

static void
put_text(struct bl_buf *b, const char *text)
{
	bl_field_put_bytes(b, bl_span_str(text != NULL ? text : ""));
}

static char *
get_text(struct bl_fields *w)
{
	struct bl_span s = bl_field_text(w, TEXT_MAX);

	return strndup(s.n > 0 ? (const char *)s.p : "", s.n);
}

static void
put_texts(struct bl_buf *b, char *const *list, size_t n)
{
	bl_field_put_u8(b, (uint8_t)n);
	for (size_t i = 0; i < n; i++)
		put_text(b, list[i]);
}

/* False: no memory. */
static bool
get_texts(char ***list, size_t *n, struct bl_fields *w, uint8_t max)
{
	size_t count = bl_field_u8(w, max);

	*list = calloc(count > 0 ? count : 1, sizeof(**list));
	if (*list == NULL)
		return false;
	for (; *n < count; (*n)++)
		if (((*list)[*n] = get_text(w)) == NULL)
			return false;
	return true;
}

static void
get_fixed(uint8_t *to, struct bl_fields *w, size_t n)
{
	struct bl_span s = bl_field_fixed(w, n);

	if (s.n == n)
		memcpy(to, s.p, n);
}

/* Takes the heading off; what has another is damaged. */
static struct bl_fields
fields_after(struct bl_span file, const char *heading)
{
	struct bl_span head = bl_span_str(heading);
	struct bl_fields w = bl_field_of(bl_span_cut(file, head.n, SIZE_MAX));

	w.bad = !bl_span_equal(bl_span_cut(file, 0, head.n), head);
	return w;
}

static enum bl_err
fields_end(const struct bl_fields *w, struct bl_note *note)
{
	return bl_field_end(w, NULL) == BL_OK
	    ? BL_OK
	    : bl_fail(note, BL_E_MALFORMED, 0,
		  "a file of the authority is damaged", NULL);
}

/* ---- paths ---- */

static char *
path_of(const struct ca *c, const char *name, const char *suffix)
{
	char *path;

	return asprintf(&path, "%s/%s%s", c->home, name, suffix) < 0 ? NULL
								     : path;
}

static char *
entry_path(const struct ca *c, const struct ca_entry *e)
{
	char hex[CA_HEX];

	ca_entry_hex(hex, e);
	return path_of(c, "issued/", hex);
}

static bool
make_folder(const char *path, unsigned mode)
{
	return mkdir(path, mode) == 0 || errno == EEXIST;
}

static enum bl_err
set_home(struct ca *c, const struct state *s, struct bl_note *note)
{
	if (asprintf(&c->home, "%s/ca", state_folder(s)) >= 0)
		return BL_OK;
	c->home = NULL;
	return out_of_memory(note);
}

enum bl_err
ca_at(struct ca *c, const struct state *s, struct bl_note *note)
{
	enum bl_err err = set_home(c, s, note);
	char *issued;

	if (err != BL_OK)
		return err;
	if ((issued = path_of(c, "issued", "")) == NULL)
		return out_of_memory(note);
	if (!make_folder(c->home, 0700) || !make_folder(issued, 0700))
		err = out_system(note, "the folder cannot be made");
	free(issued);
	return err;
}

static enum bl_err
write_at(char *path, struct bl_span bytes, struct bl_note *note)
{
	enum bl_err err = path != NULL ? out_file(path, bytes, 0600, note)
				       : out_of_memory(note);

	free(path);
	return err;
}

static enum bl_err
read_at(struct bl_buf *out, char *path, struct bl_note *note)
{
	enum bl_err err = path != NULL ? state_read(out, path, note)
				       : out_of_memory(note);

	free(path);
	return err;
}

/* ---- the authority ---- */

static void
put_who(struct bl_buf *b, const struct ca_who *w)
{
	put_text(b, w->common);
	bl_field_put_fixed(b, bl_span_of(w->key, sizeof(w->key)));
	bl_field_put_fixed(b, bl_span_of(w->serial, sizeof(w->serial)));
	bl_field_put_time(b, w->not_before);
	bl_field_put_time(b, w->not_after);
	bl_field_put_bytes(b, bl_buf_span(&w->der));
}

/* False: no memory. */
static bool
get_who(struct ca_who *to, struct bl_fields *w)
{
	to->common = get_text(w);
	get_fixed(to->key, w, sizeof(to->key));
	get_fixed(to->serial, w, sizeof(to->serial));
	to->not_before = bl_field_time(w);
	to->not_after = bl_field_time(w);
	bl_buf_add(&to->der, bl_field_bytes(w, CERT_MAX));
	return to->common != NULL && to->der.err == BL_OK;
}

enum bl_err
ca_save(const struct ca *c, struct bl_note *note)
{
	struct bl_buf b = {0};
	enum bl_err err;

	bl_buf_add_str(&b, HEADING);
	put_text(&b, c->organization);
	put_text(&b, c->country);
	put_text(&b, c->url);
	put_text(&b, c->folder);
	put_texts(&b, c->domains, c->domain_count);
	put_who(&b, &c->who[CA_ROOT]);
	put_who(&b, &c->who[CA_ISSUING]);
	if ((err = bl_buf_err(&b, note)) == BL_OK)
		err = write_at(
		    path_of(c, "authority", ""), bl_buf_span(&b), note);
	bl_buf_clear(&b);
	return err;
}

static enum bl_err
read_authority(struct ca *c, struct bl_span file, struct bl_note *note)
{
	struct bl_fields w = fields_after(file, HEADING);

	c->organization = get_text(&w);
	c->country = get_text(&w);
	c->url = get_text(&w);
	c->folder = get_text(&w);
	if (c->organization == NULL || c->country == NULL || c->url == NULL ||
	    c->folder == NULL ||
	    !get_texts(&c->domains, &c->domain_count, &w, BL_ISSUE_DOMAINS) ||
	    !get_who(&c->who[CA_ROOT], &w) || !get_who(&c->who[CA_ISSUING], &w))
		return out_of_memory(note);
	return fields_end(&w, note);
}

enum bl_err
ca_load(struct ca *c, const struct state *s, struct bl_note *note)
{
	struct bl_buf file = {0};
	enum bl_err err;

	if ((err = set_home(c, s, note)) == BL_OK &&
	    (err = read_at(&file, path_of(c, "authority", ""), note)) == BL_OK)
		err = read_authority(c, bl_buf_span(&file), note);
	bl_buf_clear(&file);
	return err;
}

/* ---- entries ---- */

enum bl_err
ca_entry_save(
    const struct ca *c, const struct ca_entry *e, struct bl_note *note)
{
	struct bl_buf b = {0};
	enum bl_err err;

	bl_buf_add_str(&b, ENTRY);
	bl_field_put_fixed(&b, bl_span_of(e->serial, sizeof(e->serial)));
	bl_field_put_u8(&b, (uint8_t)e->issuer);
	put_text(&b, e->name);
	put_texts(&b, e->addresses, e->address_count);
	bl_field_put_bool(&b, e->sign);
	bl_field_put_bool(&b, e->encrypt);
	bl_field_put_time(&b, e->not_before);
	bl_field_put_time(&b, e->not_after);
	bl_field_put_time(&b, e->revoked_at);
	bl_field_put_u8(&b, (uint8_t)e->reason);
	bl_field_put_bytes(&b, bl_buf_span(&e->der));
	if ((err = bl_buf_err(&b, note)) == BL_OK)
		err = write_at(entry_path(c, e), bl_buf_span(&b), note);
	bl_buf_clear(&b);
	return err;
}

enum bl_err
ca_entry_drop(
    const struct ca *c, const struct ca_entry *e, struct bl_note *note)
{
	char *path = entry_path(c, e);
	enum bl_err err = BL_OK;

	if (path == NULL)
		return out_of_memory(note);
	if (unlink(path) != 0)
		err = out_system(note, "the file cannot be removed");
	free(path);
	return err;
}

static enum bl_err
read_entry(struct ca_entry *e, struct bl_span file, struct bl_note *note)
{
	struct bl_fields w = fields_after(file, ENTRY);
	bool memory;

	get_fixed(e->serial, &w, sizeof(e->serial));
	e->issuer = (enum ca_signer)bl_field_u8(&w, CA_ISSUING);
	e->name = get_text(&w);
	memory = e->name != NULL &&
	    get_texts(&e->addresses, &e->address_count, &w, BL_ISSUE_ADDRS);
	e->sign = bl_field_bool(&w);
	e->encrypt = bl_field_bool(&w);
	e->not_before = bl_field_time(&w);
	e->not_after = bl_field_time(&w);
	e->revoked_at = bl_field_time(&w);
	e->reason = bl_field_u8(&w, 10);
	bl_buf_add(&e->der, bl_field_bytes(&w, CERT_MAX));
	if (!memory || e->der.err != BL_OK)
		return out_of_memory(note);
	return fields_end(&w, note);
}

/* Makes room for one more. */
static enum bl_err
more(struct ca_entry **out, struct ca *c, struct bl_note *note)
{
	if (c->n >= ENTRIES_MAX)
		return bl_fail(note, BL_E_LIMIT, 0,
		    "the authority has made too many certificates", NULL);
	if ((c->n & (c->n - 1)) == 0) { /* at 0, 1, 2, 4, ... */
		size_t cap = c->n == 0 ? 1 : 2 * c->n;
		struct ca_entry *list = realloc(
		    c->entries, cap * sizeof(*list));

		if (list == NULL)
			return out_of_memory(note);
		c->entries = list;
	}
	*out = &c->entries[c->n++];
	**out = (struct ca_entry){0};
	return BL_OK;
}

static enum bl_err
load_entry(struct ca *c, const char *name, struct bl_note *note)
{
	struct bl_buf file = {0};
	struct ca_entry *e;
	enum bl_err err;

	if ((err = more(&e, c, note)) == BL_OK &&
	    (err = read_at(&file, path_of(c, "issued/", name), note)) == BL_OK)
		err = read_entry(e, bl_buf_span(&file), note);
	bl_buf_clear(&file);
	return err;
}

/* The intermediate, unless something was written down about it. */
static enum bl_err
add_intermediate(struct ca *c, struct bl_note *note)
{
	const struct ca_who *w = &c->who[CA_ISSUING];
	struct ca_entry *e;
	enum bl_err err;

	for (size_t i = 0; i < c->n; i++)
		if (memcmp(c->entries[i].serial, w->serial, CA_SERIAL) == 0)
			return BL_OK;
	if ((err = more(&e, c, note)) != BL_OK)
		return err;
	memcpy(e->serial, w->serial, CA_SERIAL);
	e->issuer = CA_ROOT;
	e->not_before = w->not_before;
	e->not_after = w->not_after;
	e->name = strdup(w->common);
	bl_buf_add(&e->der, bl_buf_span(&w->der));
	return e->name != NULL ? bl_buf_err(&e->der, note)
			       : out_of_memory(note);
}

static int
by_time(const void *a, const void *b)
{
	const struct ca_entry *x = a, *y = b;

	if (x->not_before != y->not_before)
		return x->not_before < y->not_before ? -1 : 1;
	return memcmp(x->serial, y->serial, CA_SERIAL);
}

enum bl_err
ca_entries(struct ca *c, struct bl_note *note)
{
	char *folder = path_of(c, "issued", "");
	struct dirent *e;
	DIR *d = NULL;
	enum bl_err err = BL_OK;

	if (folder == NULL)
		return out_of_memory(note);
	if ((d = opendir(folder)) == NULL)
		err = out_system(note, "the folder cannot be read");
	errno = 0;
	while (err == BL_OK && d != NULL && (e = readdir(d)) != NULL) {
		/* others are files that were being written at a kill */
		if (strlen(e->d_name) == CA_HEX - 1)
			err = load_entry(c, e->d_name, note);
		if (err == BL_OK)
			errno = 0;
	}
	if (err == BL_OK && errno != 0)
		err = out_system(note, "the folder cannot be read");
	if (d != NULL)
		closedir(d);
	free(folder);
	if (err == BL_OK)
		err = add_intermediate(c, note);
	if (err == BL_OK)
		qsort(c->entries, c->n, sizeof(*c->entries), by_time);
	return err;
}

/* ---- keys and numbers ---- */

enum bl_err
ca_key_save(const struct ca *c, enum ca_signer who, struct bl_span sealed,
    struct bl_note *note)
{
	return write_at(path_of(c, base_name[who], ".p8"), sealed, note);
}

enum bl_err
ca_key_load(struct bl_buf *out, const struct ca *c, enum ca_signer who,
    struct bl_note *note)
{
	return read_at(out, path_of(c, base_name[who], ".p8"), note);
}

/* Digits up to `end`, at most INT64_MAX; false when there are none. */
static bool
take_number(uint64_t *out, const char **at, char end)
{
	const char *start = *at;

	*out = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++) {
		uint64_t digit = (uint64_t)(**at - '0');

		if (*out > (INT64_MAX - digit) / 10)
			return false;
		*out = *out * 10 + digit;
	}
	return *at != start && *(*at)++ == end;
}

/* "NUMBER UNTIL\n" and no more. */
static bool
read_number(uint64_t *number, int64_t *until, const char *text)
{
	uint64_t time;
	bool ok = take_number(number, &text, ' ') &&
	    take_number(&time, &text, '\n') && *text == '\0';

	*until = ok ? (int64_t)time : 0;
	return ok;
}

enum bl_err
ca_number(uint64_t *number, int64_t *until, const struct ca *c,
    enum ca_signer who, struct bl_note *note)
{
	struct bl_buf file = {0};
	const char *text = NULL;
	enum bl_err err;

	*number = 0;
	*until = 0;
	err = read_at(&file, path_of(c, base_name[who], ".number"), note);
	if (err == BL_OK && (text = bl_buf_text(&file)) == NULL)
		err = bl_buf_err(&file, note);
	/* Starting anew, a list would have a number below one that is out. */
	if (err == BL_OK && !read_number(number, until, text))
		err = bl_fail(note, BL_E_MALFORMED, 0,
		    "the number of the last revocation list is damaged", NULL);
	bl_buf_clear(&file);
	return err;
}

static enum bl_err
number_save(const struct ca *c, enum ca_signer who, uint64_t number,
    int64_t until, struct bl_note *note)
{
	struct bl_buf b = {0};
	enum bl_err err;

	bl_buf_add_f(&b, "%" PRIu64 " %" PRId64 "\n", number, until);
	if ((err = bl_buf_err(&b, note)) == BL_OK)
		err = write_at(path_of(c, base_name[who], ".number"),
		    bl_buf_span(&b), note);
	bl_buf_clear(&b);
	return err;
}

enum bl_err
ca_number_start(const struct ca *c, enum ca_signer who, struct bl_note *note)
{
	return number_save(c, who, 0, 0, note);
}

enum bl_err
ca_number_take(uint64_t *number, const struct ca *c, enum ca_signer who,
    struct bl_note *note)
{
	int64_t until;
	enum bl_err err = ca_number(number, &until, c, who, note);

	if (err == BL_OK && *number >= INT64_MAX)
		err = bl_fail(note, BL_E_LIMIT, 0,
		    "there is no further number for a list", NULL);
	if (err != BL_OK)
		return err;
	(*number)++;
	return number_save(c, who, *number, until, note);
}

enum bl_err
ca_number_done(uint64_t number, const struct ca *c, enum ca_signer who,
    int64_t until, struct bl_note *note)
{
	return number_save(c, who, number, until, note);
}

/* ---- what is published ---- */

/* Makes the folders above a file. */
static bool
make_above(char *path)
{
	for (char *at = strchr(path + 1, '/'); at != NULL;
	     at = strchr(at + 1, '/')) {
		bool made;

		*at = '\0';
		made = make_folder(path, 0755);
		*at = '/';
		if (!made)
			return false;
	}
	return true;
}

enum bl_err
ca_publish(const struct ca *c, const char *path, struct bl_span bytes,
    struct bl_note *note)
{
	enum bl_err err;
	char *whole;

	if (asprintf(&whole, "%s/%s", c->folder, path) < 0)
		return out_of_memory(note);
	err = make_above(whole) ? out_file(whole, bytes, 0644, note)
				: out_system(note, "the folder cannot be made");
	free(whole);
	return err;
}
