/* mailbox.c - see mailbox.h. */
#include "cli/mailbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/out.h"
#include "cli/say.h"
#include "proc/lister.h"

#define NAMES_MAX 1000000u /* files in a folder */

/* ---- mbox ---- */

/* mbox is a file in that form, and the message that is being gathered. */
struct mbox {
	const char *path;
	mailbox_each *each;
	void *arg;
	int fd;
	uint8_t *buf;	      /* BL_LISTING_INLINE bytes */
	size_t at, n;	      /* what is left of it */
	bool ended;	      /* the file */
	bool in_line;	      /* the line before has no end yet */
	bool skips;	      /* that line is a separator */
	bool was_blank;	      /* the line before was empty, or there was none */
	struct bl_span blank; /* such a line, kept back: the separator's? */
	bool has_mail;
	struct mailbox_mail mail;
};

static int
failed(const struct mbox *m, const char *what)
{
	struct bl_note note = {0};

	return say_error(m->path, out_system(&note, what), &note);
}

/* Puts what was gathered into an unnamed file, as a message too long for a
 * frame. */
static int
spill(struct mbox *m)
{
	struct mailbox_mail *mail = &m->mail;
	struct bl_note note = {0};
	enum bl_err err = BL_OK;

	if (mail->fd < 0)
		err = bl_park_open(&mail->fd, NULL, &note);
	if (err == BL_OK)
		err = out_write(mail->fd, bl_buf_span(&mail->bytes), &note);
	bl_buf_reset(&mail->bytes);
	return err == BL_OK ? EXIT_FINE
			    : say_error("a temporary file", err, &note);
}

static int
append(struct mbox *m, struct bl_span s)
{
	struct mailbox_mail *mail = &m->mail;
	struct bl_note note = {0};
	int status = EXIT_FINE;

	if (!m->has_mail)
		return EXIT_FINE;
	if (mail->bytes.n + s.n > BL_LISTING_INLINE)
		status = spill(m);
	bl_buf_add(&mail->bytes, s);
	if (status == EXIT_FINE && bl_buf_err(&mail->bytes, &note) != BL_OK)
		status = say_error(m->path, note.err, &note);
	return status;
}

/* The message ends here; the empty line before is the separator's. */
static int
finish(struct mbox *m)
{
	int status = EXIT_FINE;

	if (!m->has_mail)
		return EXIT_FINE;
	if (m->mail.fd >= 0 && (status = spill(m)) == EXIT_FINE &&
	    lseek(m->mail.fd, 0, SEEK_SET) != 0)
		status = failed(m, "a temporary file cannot be read");
	if (status == EXIT_FINE) {
		m->mail.number++;
		status = m->each(m->arg, &m->mail);
		m->mail.fd = -1;
	}
	m->has_mail = false;
	return status;
}

static int
begin(struct mbox *m)
{
	int status = finish(m);

	bl_buf_clear(&m->mail.bytes);
	bl_buf_init(&m->mail.bytes, BL_LISTING_INLINE);
	m->has_mail = true;
	m->blank.n = 0;
	return status;
}

static bool
has_from(struct bl_span line)
{
	return line.n >= 5 && memcmp(line.p, "From ", 5) == 0;
}

/* ">From ", ">>From " and so on, without its first ">". */
static struct bl_span
unquoted(struct bl_span line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == '>')
		n++;
	return n > 0 && has_from(bl_span_cut(line, n, SIZE_MAX))
	    ? bl_span_cut(line, 1, SIZE_MAX)
	    : line;
}

static bool
is_blank(struct bl_span line)
{
	return bl_span_equal(line, BL_STR("\n")) ||
	    bl_span_equal(line, BL_STR("\r\n"));
}

/* A line with its end, or a part of one. */
static int
take(struct mbox *m, struct bl_span line)
{
	bool starts = !m->in_line;
	int status = EXIT_FINE;

	m->in_line = line.p[line.n - 1] != '\n';
	if (starts)
		m->skips = m->was_blank && has_from(line);
	if (m->skips) {
		m->was_blank = false;
		return starts ? begin(m) : EXIT_FINE;
	}
	if (m->blank.n > 0)
		status = append(m, m->blank);
	m->blank.n = 0;
	m->was_blank = starts && is_blank(line);
	if (m->was_blank) {
		m->blank = line.n == 1 ? BL_STR("\n") : BL_STR("\r\n");
		return status;
	}
	return status != EXIT_FINE ? status
				   : append(m, starts ? unquoted(line) : line);
}

/* Reads more behind what is left. */
static int
fill(struct mbox *m)
{
	ssize_t n;

	memmove(m->buf, m->buf + m->at, m->n);
	m->at = 0;
	do {
		n = read(m->fd, m->buf + m->n, BL_LISTING_INLINE - m->n);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return failed(m, "the mailbox cannot be read");
	m->ended = n == 0;
	m->n += (size_t)n;
	m->mail.read += (uint64_t)n;
	return EXIT_FINE;
}

static int
each_line(struct mbox *m)
{
	int status = EXIT_FINE;

	while (status == EXIT_FINE && !(m->ended && m->n == 0)) {
		const uint8_t *p = m->buf + m->at;
		const uint8_t *end = memchr(p, '\n', m->n);
		size_t n = end != NULL ? (size_t)(end - p) + 1 : m->n;

		if (end == NULL && !m->ended && m->n < BL_LISTING_INLINE) {
			status = fill(m);
			continue;
		}
		m->at += n;
		m->n -= n;
		status = take(m, bl_span_of(p, n));
	}
	return status;
}

static int
read_mbox(const char *path, int fd, mailbox_each *each, void *arg)
{
	struct mbox m = {.path = path,
	    .each = each,
	    .arg = arg,
	    .fd = fd,
	    .was_blank = true,
	    .mail = {.fd = -1}};
	int status;

	if ((m.buf = malloc(BL_LISTING_INLINE)) == NULL)
		return say_fail(EXIT_AROUND, "out of memory");
	if ((status = fill(&m)) == EXIT_FINE) {
		while (status == EXIT_FINE && !m.ended && m.n < 5)
			status = fill(&m);
		if (status == EXIT_FINE && m.n > 0 &&
		    !has_from(bl_span_of(m.buf, m.n)))
			status = say_fail(EXIT_BROKEN,
			    "%s: it is neither an mbox file, which begins "
			    "with \"From \", nor a Maildir",
			    path);
	}
	if (status == EXIT_FINE)
		status = each_line(&m);
	if (status == EXIT_FINE)
		status = finish(&m);
	bl_buf_clear(&m.mail.bytes);
	if (m.mail.fd >= 0)
		close(m.mail.fd);
	free(m.buf);
	return status;
}

/* ---- Maildir ---- */

struct names {
	char **list;
	size_t n, cap;
};

static void
names_clear(struct names *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->list[i]);
	free(s->list);
	*s = (struct names){0};
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
name_add(struct names *s, const char *name)
{
	size_t cap = s->cap == 0 ? 256 : s->cap * 2;
	char **list;

	if (s->n == s->cap) {
		if ((list = realloc(s->list, cap * sizeof(*list))) == NULL)
			return false;
		s->list = list;
		s->cap = cap;
	}
	s->list[s->n] = strdup(name);
	return s->list[s->n] != NULL && ++s->n > 0;
}

static int
names_read(struct names *s, DIR *d, const char *path)
{
	struct dirent *e;

	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (s->n == NAMES_MAX)
			return say_fail(EXIT_BROKEN,
			    "%s: there are more than %u files in it", path,
			    NAMES_MAX);
		if (!name_add(s, e->d_name))
			return say_fail(EXIT_AROUND, "out of memory");
	}
	if (s->n > 1)
		qsort(s->list, s->n, sizeof(*s->list), by_name);
	return EXIT_FINE;
}

/* A short file is read here, so that it needs no file of its own. */
static int
load(struct mailbox_mail *mail, int fd, size_t size)
{
	uint8_t *p;
	ssize_t n;

	bl_buf_init(&mail->bytes, BL_LISTING_INLINE);
	if (size == 0 || (p = bl_buf_grow(&mail->bytes, size)) == NULL)
		return EXIT_FINE;
	n = read(fd, p, size);
	mail->bytes.n = n > 0 ? (size_t)n : 0;
	return n == (ssize_t)size ? EXIT_FINE : EXIT_AROUND;
}

/* A file that has gone meanwhile, or is none, is told and left out. */
static int
give_file(int folder, const char *path, const char *name,
    struct mailbox_mail *mail, mailbox_each *each, void *arg)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	mail->fd = -1;
	mail->number++;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return say_fail(
		    EXIT_AROUND, "%s: %s: it cannot be read", path, mail->file);
	}
	mail->read += (uint64_t)st.st_size;
	if ((uint64_t)st.st_size > BL_LISTING_INLINE ||
	    load(mail, fd, (size_t)st.st_size) != EXIT_FINE) {
		/* a longer one, or one that changes */
		bl_buf_clear(&mail->bytes);
		if (lseek(fd, 0, SEEK_SET) == 0)
			mail->fd = fd;
	}
	if (mail->fd < 0)
		close(fd);
	return each(arg, mail);
}

static int
read_folder(int at, const char *path, const char *which,
    struct mailbox_mail *mail, mailbox_each *each, void *arg)
{
	int fd = openat(at, which, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct names names = {0};
	char file[NAME_MAX + 8];
	int status, worst = EXIT_FINE;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return errno == ENOENT
		    ? EXIT_FINE
		    : say_fail(
			  EXIT_AROUND, "%s/%s: it cannot be read", path, which);
	}
	if ((status = names_read(&names, d, path)) == EXIT_FINE) {
		for (size_t i = 0; i < names.n; i++) {
			snprintf(
			    file, sizeof(file), "%s/%s", which, names.list[i]);
			mail->file = file;
			status = give_file(
			    dirfd(d), path, names.list[i], mail, each, arg);
			worst = say_worse(worst, status);
			if (status != EXIT_FINE && status != EXIT_AROUND)
				break;
		}
	}
	names_clear(&names);
	closedir(d);
	return say_worse(worst, status);
}

static bool
is_folder(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

static int
read_maildir(const char *path, int fd, mailbox_each *each, void *arg)
{
	struct mailbox_mail mail = {.fd = -1};
	int status;

	if (!is_folder(fd, "cur") && !is_folder(fd, "new"))
		return say_fail(EXIT_BROKEN,
		    "%s: it is no Maildir: there is neither cur nor new in it",
		    path);
	status = read_folder(fd, path, "new", &mail, each, arg);
	if (status != EXIT_FINE && status != EXIT_AROUND)
		return status;
	return say_worse(
	    status, read_folder(fd, path, "cur", &mail, each, arg));
}

int
mailbox_read(const char *path, mailbox_each *each, void *arg)
{
	struct stat st;
	struct bl_note note = {0};
	int fd = strcmp(path, "-") == 0
	    ? STDIN_FILENO
	    : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int status;

	if (fd < 0 || fstat(fd, &st) != 0) {
		status = say_error(path,
		    out_system(&note, "the mailbox cannot be opened"), &note);
		if (fd > STDERR_FILENO)
			close(fd);
		return status;
	}
	status = S_ISDIR(st.st_mode) ? read_maildir(path, fd, each, arg)
				     : read_mbox(path, fd, each, arg);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}
