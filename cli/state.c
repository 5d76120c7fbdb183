/* state.c - see state.h. Each certificate is one file: lines of what is known
 * about it, an empty line, its DER; so one rename makes it whole. */
#include "cli/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"

#define FILE_MAX   ((size_t)1 << 20) /* bytes of one file */
#define HEADING	   "bulla certificate 1"
#define HEX_NAME   (2 * BL_SHA256_SIZE)

struct state {
	char *folder, *socket;
};

/* ---- records ---- */

static char *
text_of(struct bl_span s)
{
	char *t = malloc(s.n + 1);

	if (t == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(t, s.p, s.n);
	t[s.n] = '\0';
	return t;
}

static char *
hex_of(struct bl_span s)
{
	struct bl_buf b = {0};
	char *t;

	bl_hex(&b, s);
	t = b.err == BL_OK ? text_of(bl_buf_span(&b)) : NULL;
	bl_buf_clear(&b);
	return t;
}

void
record_clear(struct record *r)
{
	bl_buf_clear(&r->der);
	free(r->name);
	free(r->subject);
	free(r->issuer);
	free(r->serial);
	free(r->label);
	for (size_t i = 0; i < r->addr_count; i++)
		free(r->addrs[i].addr);
	free(r->addrs);
}

void
records_clear(struct records *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		record_clear(&rs->list[i]);
	free(rs->list);
	*rs = (struct records){0};
}

static enum bl_err
out_of_memory(struct bl_note *note)
{
	return bl_fail(note, BL_E_MEMORY, 0, "out of memory", NULL);
}

static bool
push(struct records *rs, const struct record *r)
{
	if (rs->n == rs->cap) {
		size_t cap = rs->cap == 0 ? 16 : rs->cap * 2;
		struct record *list = realloc(rs->list, cap * sizeof(*list));

		if (list == NULL)
			return false;
		rs->list = list;
		rs->cap = cap;
	}
	rs->list[rs->n++] = *r;
	return true;
}

static bool
add_addr(struct record *r, enum bl_cert_addr_kind kind, struct bl_span addr)
{
	struct record_addr *list = realloc(
	    r->addrs, (r->addr_count + 1) * sizeof(*list));

	if (list == NULL)
		return false;
	r->addrs = list;
	list[r->addr_count] = (struct record_addr){kind, text_of(addr)};
	return list[r->addr_count++].addr != NULL;
}

static bool
fill(struct record *r, const struct bl_cert_info *c)
{
	bl_buf_add(&r->der, c->der);
	memcpy(r->sha256, c->sha256.p, BL_SHA256_SIZE);
	memcpy(r->key_id, c->key_id.p, BL_SHA256_SIZE);
	r->name = text_of(c->name);
	r->subject = text_of(c->subject);
	r->issuer = text_of(c->issuer);
	r->serial = hex_of(c->serial);
	r->label = text_of(c->label);
	r->not_before = c->not_before;
	r->not_after = c->not_after;
	r->key_kind = c->key_kind;
	r->key_bits = c->key_bits;
	r->key_usage = c->key_usage;
	r->flags = c->flags;
	r->has_key = c->has_key;
	for (size_t i = 0; i < c->addr_count; i++)
		if (!add_addr(r, c->addrs[i].kind, c->addrs[i].addr))
			return false;
	return r->der.err == BL_OK && r->name != NULL && r->subject != NULL &&
	    r->issuer != NULL && r->serial != NULL && r->label != NULL;
}

enum bl_err
records_add(struct records *rs, const struct bl_cert_info *info,
    struct bl_note *note)
{
	struct record r = {0};

	for (size_t i = 0; i < rs->n; i++)
		if (memcmp(rs->list[i].sha256, info->sha256.p,
			BL_SHA256_SIZE) == 0) {
			rs->list[i].has_key |= info->has_key;
			return BL_OK;
		}
	if (fill(&r, info) && push(rs, &r))
		return BL_OK;
	record_clear(&r);
	return out_of_memory(note);
}

bool
record_can_sign(const struct record *r)
{
	return (r->key_usage &
		   (BL_KU_DIGITAL_SIGNATURE | BL_KU_NON_REPUDIATION)) != 0 &&
	    r->key_kind != BL_KEY_X25519 && r->key_kind != BL_KEY_OTHER &&
	    r->key_kind != BL_KEY_DSA;
}

bool
record_can_encrypt(const struct record *r)
{
	switch (r->key_kind) {
	case BL_KEY_RSA:
		return (r->key_usage & BL_KU_KEY_ENCIPHERMENT) != 0;
	case BL_KEY_EC_P256:
	case BL_KEY_EC_P384:
	case BL_KEY_EC_P521:
		return (r->key_usage & BL_KU_KEY_AGREEMENT) != 0;
	case BL_KEY_OTHER:
	case BL_KEY_RSA_PSS:
	case BL_KEY_DSA:
	case BL_KEY_ED25519:
	case BL_KEY_X25519:
		break;
	}
	return false;
}

bool
record_has_addr(const struct record *r, const char *addr)
{
	bool has_san = false;

	for (size_t i = 0; i < r->addr_count; i++)
		has_san = has_san || r->addrs[i].kind != BL_ADDR_SUBJECT;
	for (size_t i = 0; i < r->addr_count; i++)
		if ((r->addrs[i].kind != BL_ADDR_SUBJECT || !has_san) &&
		    bl_span_equal_nocase(bl_span_str(r->addrs[i].addr),
			bl_span_str(addr)))
			return true;
	return false;
}

bool
record_better(const struct record *a, const struct record *b)
{
	if (a->not_before != b->not_before)
		return a->not_before > b->not_before;
	if (a->not_after != b->not_after)
		return a->not_after > b->not_after;
	return memcmp(a->sha256, b->sha256, BL_SHA256_SIZE) < 0;
}

const char *
record_addr_of(const struct record *r)
{
	return r->addr_count > 0 ? r->addrs[0].addr : "";
}

/* ---- the file of a record ---- */

/* Line ends and percent signs would break the lines. */
static void
put_text(struct bl_buf *b, const char *key, const char *value)
{
	bl_buf_add_f(b, "%s ", key);
	for (; *value != '\0'; value++) {
		uint8_t c = (uint8_t)*value;

		if (c < 0x20 || c == '%' || c == 0x7f)
			bl_buf_add_f(b, "%%%02x", c);
		else
			bl_buf_add_u8(b, c);
	}
	bl_buf_add_u8(b, '\n');
}

static void
put_hex(struct bl_buf *b, const char *key, const uint8_t *p, size_t n)
{
	bl_buf_add_f(b, "%s ", key);
	bl_hex(b, bl_span_of(p, n));
	bl_buf_add_u8(b, '\n');
}

static void
put_record(struct bl_buf *b, const struct record *r)
{
	bl_buf_add_str(b, HEADING "\n");
	put_hex(b, "sha256", r->sha256, sizeof(r->sha256));
	put_hex(b, "key", r->key_id, sizeof(r->key_id));
	put_text(b, "name", r->name);
	put_text(b, "subject", r->subject);
	put_text(b, "issuer", r->issuer);
	put_text(b, "serial", r->serial);
	put_text(b, "label", r->label);
	bl_buf_add_f(b,
	    "not-before %" PRId64 "\nnot-after %" PRId64
	    "\nkey-kind %u\nkey-bits %u\nkey-usage %u\nflags %u\n",
	    r->not_before, r->not_after, (unsigned)r->key_kind, r->key_bits,
	    r->key_usage, r->flags);
	for (size_t i = 0; i < r->addr_count; i++)
		put_text(b,
		    r->addrs[i].kind == BL_ADDR_SUBJECT	   ? "addr-subject"
			: r->addrs[i].kind == BL_ADDR_SAN ? "addr"
							   : "addr-utf8",
		    r->addrs[i].addr);
	bl_buf_add_u8(b, '\n');
	bl_buf_add(b, bl_buf_span(&r->der));
}

static int
digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
				    : -1;
}

static bool
get_hex(uint8_t *out, struct bl_span value, size_t n)
{
	if (value.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit(value.p[2 * i]);
		int low = digit(value.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static char *
get_text(struct bl_span value)
{
	char *t = malloc(value.n + 1), *at = t;
	uint8_t byte;

	if (t == NULL)
		return NULL;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '%' &&
		    get_hex(&byte, bl_span_cut(value, i + 1, 2), 1)) {
			*at++ = (char)byte;
			i += 2;
		} else {
			*at++ = (char)value.p[i];
		}
	}
	*at = '\0';
	return t;
}

static bool
get_number(int64_t *out, struct bl_span value)
{
	char text[32], *end;

	if (value.n == 0 || value.n >= sizeof(text))
		return false;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	errno = 0;
	*out = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

static bool
get_unsigned(unsigned *out, struct bl_span value)
{
	int64_t v;

	if (!get_number(&v, value) || v < 0 || v > UINT32_MAX)
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
is(struct bl_span key, const char *name)
{
	return bl_span_equal(key, bl_span_str(name));
}

static bool
replace_text(char **field, struct bl_span value)
{
	free(*field);
	*field = get_text(value);
	return *field != NULL;
}

static bool
get_line(struct record *r, struct bl_span key, struct bl_span value)
{
	unsigned kind;
	char *addr;
	bool ok;

	if (is(key, "sha256"))
		return get_hex(r->sha256, value, BL_SHA256_SIZE);
	if (is(key, "key"))
		return get_hex(r->key_id, value, BL_SHA256_SIZE);
	if (is(key, "name"))
		return replace_text(&r->name, value);
	if (is(key, "subject"))
		return replace_text(&r->subject, value);
	if (is(key, "issuer"))
		return replace_text(&r->issuer, value);
	if (is(key, "serial"))
		return replace_text(&r->serial, value);
	if (is(key, "label"))
		return replace_text(&r->label, value);
	if (is(key, "not-before"))
		return get_number(&r->not_before, value);
	if (is(key, "not-after"))
		return get_number(&r->not_after, value);
	if (is(key, "key-bits"))
		return get_unsigned(&r->key_bits, value);
	if (is(key, "key-usage"))
		return get_unsigned(&r->key_usage, value);
	if (is(key, "flags"))
		return get_unsigned(&r->flags, value);
	if (is(key, "key-kind")) {
		ok = get_unsigned(&kind, value) && kind <= BL_KEY_X25519;
		r->key_kind = ok ? (enum bl_key_kind)kind : BL_KEY_OTHER;
		return ok;
	}
	if (!is(key, "addr") && !is(key, "addr-utf8") &&
	    !is(key, "addr-subject"))
		return false;
	addr = get_text(value);
	ok = addr != NULL &&
	    add_addr(r,
		is(key, "addr-subject") ? BL_ADDR_SUBJECT
		    : is(key, "addr")	? BL_ADDR_SAN
					: BL_ADDR_SAN_UTF8,
		bl_span_str(addr));
	free(addr);
	return ok;
}

/* Takes one line off the front; false at the empty line or the end. */
static bool
next_line(struct bl_span *in, struct bl_span *line)
{
	const uint8_t *end = in->n > 0 ? memchr(in->p, '\n', in->n) : NULL;

	if (end == NULL)
		return false;
	*line = bl_span_of(in->p, (size_t)(end - in->p));
	*in = bl_span_cut(*in, line->n + 1, SIZE_MAX);
	return line->n > 0;
}

static bool
get_record(struct record *r, struct bl_span in)
{
	struct bl_span line;

	if (!next_line(&in, &line) || !is(line, HEADING))
		return false;
	while (next_line(&in, &line)) {
		const uint8_t *space = memchr(line.p, ' ', line.n);
		size_t n = space == NULL ? 0 : (size_t)(space - line.p);

		if (space == NULL ||
		    !get_line(r, bl_span_cut(line, 0, n),
			bl_span_cut(line, n + 1, SIZE_MAX)))
			return false;
	}
	bl_buf_add(&r->der, in);
	return in.n > 0 && r->der.err == BL_OK && r->name != NULL &&
	    r->subject != NULL && r->issuer != NULL && r->serial != NULL &&
	    r->label != NULL;
}

/* ---- the folder ---- */

static char *
home(void)
{
	const char *own = getenv("BULLA_HOME"), *base;
	char *path = NULL;
	int n = -1;

	if (own != NULL && *own != '\0')
		return strdup(own);
	if ((base = getenv("XDG_DATA_HOME")) != NULL && *base == '/')
		n = asprintf(&path, "%s/bulla", base);
	else if ((base = getenv("HOME")) != NULL && *base == '/')
		n = asprintf(&path, "%s/.local/share/bulla", base);
	return n < 0 ? NULL : path;
}

static bool
make_folders(char *path)
{
	for (char *at = path + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST) {
			*at = '/';
			return false;
		}
		*at = '/';
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool
make_sub(const char *folder, const char *name)
{
	char *path = NULL;
	bool ok;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return false;
	ok = mkdir(path, 0700) == 0 || errno == EEXIST;
	free(path);
	return ok;
}

static enum bl_err
check_folder(const char *path, struct bl_note *note)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return out_system(note, "the folder cannot be read");
	if (!S_ISDIR(st.st_mode))
		return bl_fail(note, BL_E_SYSTEM, 0, "it is no folder", NULL);
	if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return bl_fail(note, BL_E_DENIED, 0,
		    "the folder belongs to somebody else, or others may write "
		    "to it",
		    NULL);
	return BL_OK;
}

enum bl_err
state_open(struct state **out, struct bl_note *note)
{
	struct state *s = calloc(1, sizeof(*s));
	enum bl_err err = BL_OK;

	*out = NULL;
	if (s == NULL)
		return out_of_memory(note);
	s->folder = home();
	if (s->folder == NULL) {
		err = bl_fail(note, BL_E_MISSING, 0,
		    "no place for the state: set BULLA_HOME", NULL);
		goto out;
	}
	if (asprintf(&s->socket, "%s/agent.sock", s->folder) < 0) {
		s->socket = NULL;
		err = out_of_memory(note);
		goto out;
	}
	if (!make_folders(s->folder))
		err = out_system(note, "the folder cannot be made");
	if (err == BL_OK && (err = check_folder(s->folder, note)) == BL_OK &&
	    (!make_sub(s->folder, "certs") || !make_sub(s->folder, "trust") ||
		!make_sub(s->folder, "keys")))
		err = out_system(note, "the folder cannot be made");
out:
	if (err == BL_OK)
		*out = s;
	else
		state_close(s);
	return err;
}

void
state_close(struct state *s)
{
	if (s == NULL)
		return;
	free(s->folder);
	free(s->socket);
	free(s);
}

const char *
state_folder(const struct state *s)
{
	return s->folder;
}

const char *
state_socket(const struct state *s)
{
	return s->socket;
}

static char *
path_of(const struct state *s, const char *sub, const uint8_t *id,
    const char *suffix)
{
	char *name = hex_of(bl_span_of(id, BL_SHA256_SIZE)), *path = NULL;

	if (name == NULL ||
	    asprintf(&path, "%s/%s/%s%s", s->folder, sub, name, suffix) < 0)
		path = NULL;
	free(name);
	return path;
}

static const char *
sub_of(enum state_kind kind)
{
	return kind == STATE_CERTS ? "certs" : "trust";
}

static enum bl_err
read_file(struct bl_buf *out, const char *path, struct bl_note *note)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t chunk[16384];
	ssize_t n = 0;
	enum bl_err err = BL_OK;

	if (fd < 0 && errno == ENOENT)
		return bl_fail(note, BL_E_MISSING, 0, "it is not there", NULL);
	if (fd < 0)
		return out_system(note, "the file cannot be opened");
	while (out->n < FILE_MAX && (n = read(fd, chunk, sizeof(chunk))) > 0)
		bl_buf_add(out, bl_span_of(chunk, (size_t)n));
	if (n < 0)
		err = out_system(note, "the file cannot be read");
	close(fd);
	return err == BL_OK ? bl_buf_err(out, note) : err;
}

/* A file that is not one of ours, or was damaged, is counted and left. */
static enum bl_err
load_one(struct records *out, const char *path, unsigned *without,
    struct bl_note *note)
{
	struct bl_buf bytes = {0};
	struct record r = {0};
	enum bl_err err = read_file(&bytes, path, NULL);

	if (err != BL_OK || !get_record(&r, bl_buf_span(&bytes))) {
		record_clear(&r);
		if (without != NULL)
			(*without)++;
		err = BL_OK;
	} else if (!push(out, &r)) {
		record_clear(&r);
		err = out_of_memory(note);
	}
	bl_buf_clear(&bytes);
	return err;
}

enum bl_err
state_load(struct records *out, const struct state *s, enum state_kind kind,
    unsigned *without, struct bl_note *note)
{
	char *folder = NULL;
	struct dirent *e;
	DIR *d = NULL;
	enum bl_err err = BL_OK;

	if (without != NULL)
		*without = 0;
	if (asprintf(&folder, "%s/%s", s->folder, sub_of(kind)) < 0)
		return out_of_memory(note);
	if ((d = opendir(folder)) == NULL)
		err = out_system(note, "the folder cannot be read");
	while (d != NULL && err == BL_OK && (e = readdir(d)) != NULL) {
		char *path = NULL;

		if (strlen(e->d_name) != HEX_NAME)
			continue;
		if (asprintf(&path, "%s/%s", folder, e->d_name) < 0) {
			err = out_of_memory(note);
			break;
		}
		err = load_one(out, path, without, note);
		free(path);
	}
	if (d != NULL)
		closedir(d);
	free(folder);
	return err;
}

enum bl_err
state_save(const struct state *s, enum state_kind kind, const struct record *r,
    bool *is_new, struct bl_note *note)
{
	char *path = path_of(s, sub_of(kind), r->sha256, "");
	struct bl_buf bytes = {0};
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	*is_new = access(path, F_OK) != 0;
	put_record(&bytes, r);
	err = bl_buf_err(&bytes, note);
	if (err == BL_OK && *is_new)
		err = out_file(path, bl_buf_span(&bytes), 0600, note);
	bl_buf_clear(&bytes);
	free(path);
	return err;
}

static enum bl_err
remove_file(char *path, struct bl_note *note)
{
	enum bl_err err = BL_OK;

	if (path == NULL)
		return out_of_memory(note);
	if (unlink(path) != 0)
		err = errno == ENOENT
		    ? bl_fail(note, BL_E_MISSING, 0, "it is not there", NULL)
		    : out_system(note, "the file cannot be removed");
	free(path);
	return err;
}

enum bl_err
state_remove(const struct state *s, enum state_kind kind,
    const uint8_t sha256[BL_SHA256_SIZE], struct bl_note *note)
{
	return remove_file(path_of(s, sub_of(kind), sha256, ""), note);
}

/* ---- keys ---- */

bool
state_has_key(const struct state *s, const uint8_t id[BL_SHA256_SIZE])
{
	char *path = path_of(s, "keys", id, ".p8");
	bool there = path != NULL && access(path, F_OK) == 0;

	free(path);
	return there;
}

bool
state_any_key(const struct state *s, uint8_t id[BL_SHA256_SIZE])
{
	char *folder = NULL;
	struct dirent *e;
	bool found = false;
	DIR *d;

	if (asprintf(&folder, "%s/keys", s->folder) < 0)
		return false;
	d = opendir(folder);
	while (d != NULL && !found && (e = readdir(d)) != NULL)
		found = strlen(e->d_name) == HEX_NAME + 3 &&
		    strcmp(e->d_name + HEX_NAME, ".p8") == 0 &&
		    get_hex(id, bl_span_of(e->d_name, HEX_NAME),
			BL_SHA256_SIZE);
	if (d != NULL)
		closedir(d);
	free(folder);
	return found;
}

enum bl_err
state_key_load(struct bl_buf *out, const struct state *s,
    const uint8_t id[BL_SHA256_SIZE], struct bl_note *note)
{
	char *path = path_of(s, "keys", id, ".p8");
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	err = read_file(out, path, note);
	free(path);
	return err;
}

enum bl_err
state_key_save(const struct state *s, const uint8_t id[BL_SHA256_SIZE],
    struct bl_span sealed, struct bl_note *note)
{
	char *path = path_of(s, "keys", id, ".p8");
	enum bl_err err;

	if (path == NULL)
		return out_of_memory(note);
	err = out_file(path, sealed, 0600, note);
	free(path);
	return err;
}

enum bl_err
state_key_remove(const struct state *s, const uint8_t id[BL_SHA256_SIZE],
    struct bl_note *note)
{
	return remove_file(path_of(s, "keys", id, ".p8"), note);
}
