/* agent_test.c - asking the real agent, one-shot and in a session, and agents
 * that lie or die. */
#include "proc/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keys/keys.h"
#include "proc/internal.h"
#include "proc/reader.h"
#include "tests/test.h"

#define KEY_FILE  BL_TEST_KEYS "/test_key.pem"
#define CERT_FILE BL_TEST_KEYS "/test_cert.der"

static struct bl_secret *
secret(const char *s)
{
	struct bl_secret *out = NULL;

	CHECK(bl_secret_copy(&out, bl_span_str(s), NULL) == BL_OK, "secret");
	return out;
}

static enum bl_err
each_none(void *arg, const struct bl_cert_info *c, struct bl_note *note)
{
	(void)arg;
	(void)c;
	(void)note;
	return BL_OK;
}

static enum bl_err
load(struct bl_agent *a, const char *path, struct bl_note *note)
{
	struct bl_keyfile_job job = {
	    .each = each_none, .input = open(path, O_RDONLY | O_CLOEXEC)};
	enum bl_err err = bl_keyfile_load(NULL, a, &job, note);

	close(job.input);
	return err;
}

static struct bl_agent *
start(bool with_key)
{
	struct bl_agent *a = NULL;

	CHECK(bl_agent_start(&a, NULL) == BL_OK, "start");
	if (with_key)
		CHECK(load(a, KEY_FILE, NULL) == BL_OK, "load");
	return a;
}

static size_t
count(struct bl_agent *a, struct bl_agent_key *first)
{
	struct bl_buf keys = {0};
	size_t n;

	CHECK(bl_agent_list(&keys, a, NULL) == BL_OK, "list");
	n = keys.n / sizeof(struct bl_agent_key);
	if (n > 0 && first != NULL)
		memcpy(first, keys.p, sizeof(*first));
	bl_buf_clear(&keys);
	return n;
}

/* ---- one-shot ---- */

static void
loads_a_key_file(void)
{
	struct bl_agent *a = start(false);
	struct bl_agent_key key;
	struct bl_note note = {0};

	CHECK(count(a, NULL) == 0, "none at first");
	CHECK(load(a, CERT_FILE, &note) == BL_E_MALFORMED, "no key file");
	CHECK(note.what != NULL && count(a, NULL) == 0, "none");
	CHECK(load(a, KEY_FILE, NULL) == BL_OK, "key file");
	CHECK(count(a, &key) == 1 && key.kind == BL_KEY_RSA, "one");
	CHECK(load(a, KEY_FILE, NULL) == BL_OK, "again");
	CHECK(count(a, NULL) == 1, "still one");
	CHECK(bl_agent_forget(a, bl_span_of(key.id, 32), NULL) == BL_OK,
	    "forget");
	CHECK(bl_agent_forget(a, bl_span_of(key.id, 32), NULL) == BL_E_NOKEY,
	    "forgotten");
	CHECK(bl_agent_forget(a, bl_span_of(key.id, 31), NULL) == BL_E_CALLER,
	    "no name of a key");
	CHECK(count(a, NULL) == 0, "none left");
	bl_agent_stop(a);
}

static void
seals_and_unseals(void)
{
	struct bl_agent *a = start(true), *b = start(false);
	struct bl_secret *pass = secret("right"), *wrong = secret("wrong");
	struct bl_buf sealed = {0};
	struct bl_agent_key key, again;
	struct bl_note note = {0};

	CHECK(count(a, &key) == 1, "key");
	CHECK(bl_agent_seal(&sealed, a, bl_span_of(key.id, 32), pass, NULL) ==
		BL_OK,
	    "seal");
	CHECK(bl_agent_unseal(&again, b, bl_buf_span(&sealed), wrong, &note) ==
		BL_E_NOKEY,
	    "wrong passphrase");
	CHECK(count(b, NULL) == 0, "none");
	CHECK(bl_agent_unseal(&again, b, bl_buf_span(&sealed), pass, NULL) ==
		BL_OK,
	    "unseal");
	CHECK(memcmp(&key, &again, sizeof(key)) == 0, "the same key");
	CHECK(bl_agent_unseal(&again, b, BL_STR("bent"), pass, NULL) ==
		BL_E_MALFORMED,
	    "no sealed key");
	CHECK(bl_agent_unseal(&again, b, bl_buf_span(&sealed), NULL, NULL) ==
		BL_E_NOKEY,
	    "no passphrase");
	key.id[0] ^= 1;
	CHECK(bl_agent_seal(&sealed, a, bl_span_of(key.id, 32), pass, NULL) ==
		BL_E_NOKEY,
	    "another key");
	bl_secret_free(pass);
	bl_secret_free(wrong);
	bl_buf_clear(&sealed);
	bl_agent_stop(a);
	bl_agent_stop(b);
}

/* A session needs a socket that listens. */
static void
listens_to_sockets_only(void)
{
	struct bl_agent *a = start(false);
	int file = memfd_create("file", MFD_CLOEXEC), s[2];

	CHECK(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0, "pair");
	CHECK(bl_agent_listen(a, file, 0, NULL) == BL_E_CALLER, "file");
	CHECK(bl_agent_listen(a, s[0], 0, NULL) == BL_E_CALLER, "connected");
	CHECK(count(a, NULL) == 0, "goes on");
	bl_agent_stop(a);
	close(file);
	close(s[0]);
	close(s[1]);
}

static void
exports(void)
{
	struct bl_agent *a = start(true), *b = start(false);
	struct bl_secret *pass = secret("p\xc3\xa4ss"), *bad = secret("\xff");
	struct bl_wire_export *e = calloc(1, sizeof(*e));
	struct bl_agent_key key, again;
	struct bl_buf cert = {0}, out = {0};
	struct bl_keyfile_job job = {.each = each_none, .pass = pass};

	CHECK(count(a, &key) == 1, "key");
	CHECK(bl_test_file(&cert, CERT_FILE), "certificate");
	e->n = 1;
	e->entries[0].key = bl_span_of(key.id, 32);
	e->entries[0].cert = bl_buf_span(&cert);
	e->entries[0].name = BL_STR("Ann");
	CHECK(bl_agent_export(&out, a, e, bad, NULL) == BL_E_MALFORMED,
	    "a passphrase that is no text");
	CHECK(bl_agent_export(&out, a, e, pass, NULL) == BL_OK, "export");
	job.input = memfd_create("p12", MFD_CLOEXEC);
	CHECK(write(job.input, out.p, out.n) == (ssize_t)out.n &&
		lseek(job.input, 0, SEEK_SET) == 0,
	    "file");
	CHECK(bl_keyfile_load(NULL, b, &job, NULL) == BL_OK, "import");
	CHECK(count(b, &again) == 1 && memcmp(&key, &again, sizeof(key)) == 0,
	    "the same key");
	key.id[0] ^= 1;
	e->entries[0].key = bl_span_of(key.id, 32);
	CHECK(bl_agent_export(&out, a, e, pass, NULL) == BL_E_NOKEY,
	    "another key");
	close(job.input);
	free(e);
	bl_secret_free(pass);
	bl_secret_free(bad);
	bl_buf_clear(&out);
	bl_buf_clear(&cert);
	bl_agent_stop(a);
	bl_agent_stop(b);
}

/* ---- wants ---- */

static void
sign_want(struct bl_buf *out, const uint8_t id[BL_SHA256_SIZE])
{
	static const uint8_t hash[BL_SHA256_SIZE] = {1};
	struct bl_want_sign w = {
	    .alg = {.kind = BL_SIG_RSA_PKCS1, .digest = BL_SHA256},
	    .content_type = BL_OID_DATA,
	    .message_digest = {.alg = BL_SHA256, .n = BL_SHA256_SIZE},
	    .cert_hash = bl_span_of(hash, sizeof(hash)),
	    .cert_issuer = BL_STR("0\0"),
	    .cert_serial = BL_STR("\1")};

	memcpy(w.key, id, sizeof(w.key));
	CHECK(bl_want_sign_put(out, &w, NULL) == BL_OK, "want");
}

static void
unwrap_want(struct bl_buf *out, const uint8_t id[BL_SHA256_SIZE])
{
	static const uint8_t wrapped[256];
	struct bl_want_unwrap w = {.alg = {.kind = BL_WRAP_RSA_PKCS1},
	    .wrapped = bl_span_of(wrapped, sizeof(wrapped)),
	    .size = 32};

	memcpy(w.key, id, sizeof(w.key));
	CHECK(bl_want_unwrap_put(out, &w, NULL) == BL_OK, "want");
}

/* What the agent answers to a want; its payload's size, or the refusal. */
static enum bl_refusal
ask(struct bl_agent *a, const struct bl_buf *want, size_t *size)
{
	struct bl_buf out = {0};
	struct bl_answer answer = {.refusal = BL_REFUSED_UNKNOWN};

	CHECK(bl_agent_want(&out, a, bl_buf_span(want), NULL) == BL_OK, "ask");
	CHECK(
	    bl_answer_get(&answer, bl_buf_span(&out), NULL) == BL_OK, "answer");
	*size = answer.payload.n;
	bl_buf_clear(&out);
	return answer.refusal;
}

static void
answers_wants(void)
{
	struct bl_agent *a = start(true);
	struct bl_agent_key key;
	struct bl_buf want = {0};
	size_t n;

	CHECK(count(a, &key) == 1, "key");
	sign_want(&want, key.id);
	CHECK(ask(a, &want, &n) == BL_REFUSED_NOT && n == 256, "signature");
	bl_buf_reset(&want);
	unwrap_want(&want, key.id);
	CHECK(ask(a, &want, &n) == BL_REFUSED_NOT && n == 32, "content key");
	bl_buf_reset(&want);
	key.id[5] ^= 1;
	sign_want(&want, key.id);
	CHECK(ask(a, &want, &n) == BL_REFUSED_NO_KEY, "another key");
	want.n--;
	CHECK(bl_agent_want(&want, a, bl_buf_span(&want), NULL) == BL_E_SYSTEM,
	    "hangs up on what is no want");
	bl_buf_clear(&want);
	bl_agent_stop(a);
}

static void
is_slow_with_many_unwraps(void)
{
	struct bl_agent *a = start(true);
	struct bl_agent_key key;
	struct bl_buf unwrap = {0}, sign = {0};
	unsigned refused = 0, early = 0;
	size_t n;

	CHECK(count(a, &key) == 1, "key");
	unwrap_want(&unwrap, key.id);
	sign_want(&sign, key.id);
	for (unsigned i = 0; i < 1000 && refused == 0; i++) {
		enum bl_refusal r = ask(a, &unwrap, &n);

		CHECK(r == BL_REFUSED_NOT || r == BL_REFUSED_RATE, "rate");
		refused += r == BL_REFUSED_RATE;
		early += r == BL_REFUSED_RATE && i < 200;
	}
	CHECK(refused == 1 && early == 0, "refused after 200");
	CHECK(ask(a, &sign, &n) == BL_REFUSED_NOT, "signing goes on");
	usleep(150000);
	CHECK(ask(a, &unwrap, &n) == BL_REFUSED_NOT, "not locked");
	bl_buf_clear(&unwrap);
	bl_buf_clear(&sign);
	bl_agent_stop(a);
}

/* ---- a session ---- */

struct session {
	char folder[32], path[64];
	int socket;
};

static bool
session_open(struct session *s)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(s->folder, sizeof(s->folder), "/tmp/bulla-test-XXXXXX");
	if (mkdtemp(s->folder) == NULL)
		return false;
	snprintf(s->path, sizeof(s->path), "%s/agent.sock", s->folder);
	memcpy(at.sun_path, s->path, strlen(s->path));
	s->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return s->socket >= 0 &&
	    bind(s->socket, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    chmod(s->path, 0600) == 0 && listen(s->socket, 16) == 0;
}

static void
session_close(struct session *s)
{
	close(s->socket);
	unlink(s->path);
	rmdir(s->folder);
}

/* Starts an agent with a key that serves a session; pid of it. */
static pid_t
serve(struct session *s, uint32_t idle)
{
	struct bl_agent *a = start(true);
	pid_t pid = a->child.pid;

	CHECK(session_open(s), "socket");
	CHECK(bl_agent_listen(a, s->socket, idle, NULL) == BL_OK, "listen");
	close(s->socket);
	s->socket = -1;
	bl_agent_stop(a);
	return pid;
}

static bool
has_ended(pid_t pid)
{
	for (int i = 0; i < 1000; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		usleep(5000);
	}
	return false;
}

static struct bl_agent *
join(const struct session *s)
{
	struct bl_agent *a = NULL;

	CHECK(bl_agent_connect(&a, s->path, NULL) == BL_OK, "connect");
	return a;
}

/* ---- what an authority asks ---- */

static const struct bl_issue_name somebody = {
    BYTES("Root"), BYTES("O"), BYTES("DE")};

static struct bl_wire_certify
a_root(const struct bl_agent_key *key)
{
	return (struct bl_wire_certify){
	    .issuer = bl_span_of(key->id, sizeof(key->id)),
	    .own = bl_span_of(key->id, sizeof(key->id)),
	    .cert = {.kind = BL_ISSUE_ROOT,
		.serial = BYTES("12345678"),
		.not_before = 1790000000,
		.not_after = 1790086399,
		.issuer = somebody,
		.subject = somebody}};
}

static enum bl_err
certify(struct bl_agent *a, const struct bl_wire_certify *c)
{
	struct bl_buf der = {0};
	struct bl_note note = {0};
	enum bl_err err = bl_agent_certify(&der, a, c, &note);

	CHECK((err == BL_OK) == (der.n > 0) && note.err == err, "certify");
	bl_buf_clear(&der);
	return err;
}

static enum bl_err
list(struct bl_agent *a, const struct bl_agent_key *key, size_t n)
{
	struct bl_issue_revoked one = {BYTES("12345678"), 1790000000, 1};
	const struct bl_wire_crl l = {
	    .issuer = bl_span_of(key->id, sizeof(key->id)),
	    .list = {.issuer = somebody,
		.number = 1,
		.this_update = 1790000000,
		.next_update = 1790000001,
		.revoked = &one,
		.n = n}};
	struct bl_buf der = {0};
	enum bl_err err = bl_agent_crl(&der, a, &l, NULL);

	CHECK((err == BL_OK) == (der.n > 0), "list");
	bl_buf_clear(&der);
	return err;
}

static enum bl_err
answer(struct bl_agent *a, const struct bl_agent_key *key, size_t serial)
{
	const struct bl_wire_ocsp o = {
	    .issuer = bl_span_of(key->id, sizeof(key->id)),
	    .ocsp = {.issuer = somebody,
		.cert = {bl_span_of("123456789", serial), 0, 0},
		.this_update = 1790000000,
		.next_update = 1790000001}};
	struct bl_buf der = {0}, requests[2] = {0};
	enum bl_err err = bl_agent_ocsp(&der, requests, a, &o, NULL);

	CHECK((err == BL_OK) ==
		(der.n > 0 && requests[0].n > 0 && requests[1].n > 0),
	    "answer");
	bl_buf_clear(&der);
	bl_buf_clear(&requests[0]);
	bl_buf_clear(&requests[1]);
	return err;
}

/* A session's agent makes no keys and signs nothing of an authority's. */
static void
certifies_nothing(struct bl_agent *a)
{
	struct bl_agent_key key = {{0}, BL_KEY_RSA};
	const struct bl_wire_generate g = {BL_KEY_EC_P256, 0};
	struct bl_wire_certify c = a_root(&key);

	CHECK(bl_agent_generate(&key, a, &g, NULL) == BL_E_DENIED, "generate");
	CHECK(certify(a, &c) == BL_E_DENIED, "certify");
	CHECK(list(a, &key, 1) == BL_E_DENIED, "list");
	CHECK(answer(a, &key, 8) == BL_E_DENIED, "answer");
}

static void
serves_a_session(void)
{
	struct session s;
	pid_t pid = serve(&s, 0);
	struct bl_agent *a = join(&s), *b = join(&s);
	struct bl_secret *pass = secret("pass");
	struct bl_wire_export *e = calloc(1, sizeof(*e));
	struct bl_agent_key key;
	struct bl_buf out = {0}, want = {0};
	size_t n;

	CHECK(count(a, &key) == 1 && count(b, NULL) == 1, "two clients");
	sign_want(&want, key.id);
	CHECK(ask(a, &want, &n) == BL_REFUSED_NOT, "signs");
	CHECK(bl_agent_seal(&out, a, bl_span_of(key.id, 32), pass, NULL) ==
		BL_E_DENIED,
	    "seals nothing");
	e->n = 1;
	e->entries[0].key = bl_span_of(key.id, 32);
	CHECK(bl_agent_export(&out, a, e, pass, NULL) == BL_E_DENIED,
	    "exports nothing");
	certifies_nothing(a);
	CHECK(bl_agent_listen(a, 0, 0, NULL) == BL_E_DENIED, "listens once");
	CHECK(load(b, KEY_FILE, NULL) == BL_OK && count(a, NULL) == 1,
	    "takes keys");
	bl_agent_stop(a);
	CHECK(count(b, NULL) == 1, "goes on");
	CHECK(bl_agent_lock(b, NULL) == BL_OK, "lock");
	CHECK(has_ended(pid), "ended");
	CHECK(bl_agent_list(&out, b, NULL) == BL_E_SYSTEM, "gone");
	bl_agent_stop(b);
	CHECK(bl_agent_connect(&a, s.path, NULL) == BL_E_MISSING && a == NULL,
	    "nobody listens");
	free(e);
	bl_secret_free(pass);
	bl_buf_clear(&out);
	bl_buf_clear(&want);
	session_close(&s);
}

/* Bad frames and half frames of one client are nothing to the others. */
static void
hangs_up_on_one_and_goes_on(void)
{
	static const struct {
		const char *name;
		struct bl_span bytes;
		bool hangs_up;
	} hostile[] = {
	    {"unknown type", BYTES("\0\0\0\0\x77"), true},
	    {"long", BYTES("\xff\0\0\0\4"), true},
	    {"no want", BYTES("\0\0\0\4\5abcd"), true},
	    {"bad unseal", BYTES("\0\0\0\4\2abcd"), true},
	    {"bad seal", BYTES("\0\0\0\4\3abcd"), true},
	    {"bad export", BYTES("\0\0\0\2\6\0\0"), true},
	    {"bad name", BYTES("\0\0\0\1\7a"), true},
	    {"half a head", BYTES("\0\0"), false},
	    {"half a want", BYTES("\0\0\x40\0\5half"), false},
	};
	struct session s;
	pid_t pid = serve(&s, 0);
	struct bl_agent *good = join(&s);

	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		struct bl_agent *bad = join(&s);
		char byte;
		ssize_t n;

		CHECK(write(bad->child.fd, hostile[i].bytes.p,
			  hostile[i].bytes.n) == (ssize_t)hostile[i].bytes.n,
		    hostile[i].name);
		CHECK(count(good, NULL) == 1, hostile[i].name);
		n = recv(bad->child.fd, &byte, 1,
		    hostile[i].hangs_up ? 0 : MSG_DONTWAIT);
		CHECK(hostile[i].hangs_up ? n <= 0 && errno != EAGAIN
					  : n < 0 && errno == EAGAIN,
		    hostile[i].name);
		errno = 0;
		bl_agent_stop(bad);
	}
	CHECK(bl_agent_lock(good, NULL) == BL_OK && has_ended(pid), "lock");
	bl_agent_stop(good);
	session_close(&s);
}

/* More connections than it keeps: the silent ones go first. */
static void
keeps_a_few_connections(void)
{
	struct session s;
	pid_t pid = serve(&s, 0);
	struct bl_agent *many[40], *good = join(&s);

	for (size_t i = 0; i < 40; i++) {
		many[i] = join(&s);
		CHECK(count(good, NULL) == 1, "served");
		usleep(2000); /* so that it was heard after them */
	}
	for (size_t i = 0; i < 40; i++)
		bl_agent_stop(many[i]);
	CHECK(bl_agent_lock(good, NULL) == BL_OK && has_ended(pid), "lock");
	bl_agent_stop(good);
	session_close(&s);
}

static void
ends_when_idle(void)
{
	struct session s;
	pid_t pid = serve(&s, 1);
	struct bl_agent *a = join(&s);

	CHECK(count(a, NULL) == 1, "serves");
	CHECK(has_ended(pid), "after a second");
	bl_agent_stop(a);
	session_close(&s);
}

/* Whoever started it may go; then anybody of the user may ask. */
static void
outlives_who_started_it(void)
{
	struct session s = {.socket = -1};
	struct bl_agent *a;
	int p[2], status = 1;
	pid_t pid, agent = 0;

	CHECK(pipe(p) == 0, "pipe");
	if ((pid = fork()) == 0) {
		agent = serve(&s, 20);
		_exit(write(p[1], &s, sizeof(s)) == sizeof(s) &&
			    write(p[1], &agent, sizeof(agent)) == sizeof(agent)
			? 0
			: 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "started");
	CHECK(read(p[0], &s, sizeof(s)) == sizeof(s), "session");
	CHECK(read(p[0], &agent, sizeof(agent)) == sizeof(agent), "agent");
	a = join(&s);
	CHECK(count(a, NULL) == 1, "serves");
	CHECK(getsid(agent) == agent, "a session of its own");
	CHECK(bl_agent_lock(a, NULL) == BL_OK, "lock");
	bl_agent_stop(a);
	session_close(&s);
	close(p[0]);
	close(p[1]);
}

/* Another user is hung up on unread, even where the file lets him in. */
static void
serves_its_own_user_only(void)
{
	struct session s;
	struct bl_agent *a;
	pid_t agent, pid;
	int status = 0;

	if (geteuid() != 0) {
		fprintf(stderr, "left out: takes root\n");
		return;
	}
	agent = serve(&s, 0);
	CHECK(chmod(s.folder, 0755) == 0 && chmod(s.path, 0666) == 0, "mode");
	if ((pid = fork()) == 0) {
		struct sockaddr_un at = {.sun_family = AF_UNIX};
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		char byte;

		memcpy(at.sun_path, s.path, strlen(s.path));
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		/* our own side refuses, too */
		if (bl_agent_connect(&a, s.path, NULL) != BL_E_DENIED)
			_exit(3);
		if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
			_exit(4);
		/* it may be gone before the question is asked */
		if (send(fd, "\0\0\0\0\4", 5, MSG_NOSIGNAL) < 0)
			_exit(0);
		_exit(recv(fd, &byte, 1, 0) <= 0 ? 0 : 5);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "hung up");
	a = join(&s);
	CHECK(bl_agent_lock(a, NULL) == BL_OK && has_ended(agent), "lock");
	bl_agent_stop(a);
	session_close(&s);
}

static void
names_what_is_not_there(void)
{
	struct bl_agent *a;
	char path[300];

	memset(path, 'x', sizeof(path) - 1);
	path[299] = '\0';
	CHECK(bl_agent_connect(&a, "/nowhere/agent.sock", NULL) == BL_E_MISSING,
	    "no folder");
	CHECK(bl_agent_connect(&a, path, NULL) == BL_E_LIMIT, "long path");
	CHECK(a == NULL, "none");
	bl_agent_stop(NULL);
}

static void
serves_an_authority(void)
{
	struct bl_agent *a = start(false);
	struct bl_agent_key key, other = {{1}, BL_KEY_RSA};
	struct bl_wire_generate g = {BL_KEY_EC_P256, 0};
	struct bl_wire_certify c;
	uint8_t longest[300];

	CHECK(bl_agent_generate(&key, a, &g, NULL) == BL_OK &&
		key.kind == BL_KEY_EC_P256,
	    "generate");
	g.kind = BL_KEY_ED25519;
	CHECK(bl_agent_generate(&other, a, &g, NULL) == BL_E_UNSUPPORTED,
	    "no such key");
	g = (struct bl_wire_generate){BL_KEY_RSA, 1024};
	CHECK(bl_agent_generate(&other, a, &g, NULL) == BL_E_CALLER, "weak");
	c = a_root(&key);
	CHECK(certify(a, &c) == BL_OK, "root");
	c.cert.serial.n--;
	CHECK(certify(a, &c) == BL_E_DENIED, "against a rule");
	c = a_root(&key);
	memset(longest, 'a', sizeof(longest));
	c.cert.subject.common = bl_span_of(longest, sizeof(longest));
	CHECK(certify(a, &c) == BL_E_DENIED, "longer than its page allows");
	c = a_root(&other);
	CHECK(certify(a, &c) == BL_E_NOKEY, "no such key");
	c = a_root(&key);
	c.own = bl_span_of(other.id, sizeof(other.id));
	CHECK(certify(a, &c) == BL_E_NOKEY, "no such own key");
	CHECK(list(a, &key, 1) == BL_OK, "list");
	CHECK(list(a, &key, 0) == BL_OK, "empty list");
	CHECK(list(a, &other, 0) == BL_E_NOKEY, "no such key");
	CHECK(list(a, &key, BL_ISSUE_REVOKED + 1) == BL_E_LIMIT, "too many");
	CHECK(answer(a, &key, 8) == BL_OK, "answer");
	CHECK(answer(a, &key, 7) == BL_E_DENIED, "no such serial number");
	CHECK(answer(a, &other, 8) == BL_E_NOKEY, "no such key");
	/* and it is still there */
	c = a_root(&key);
	CHECK(certify(a, &c) == BL_OK, "goes on");
	bl_agent_stop(a);
}

/* ---- agents that lie ---- */

static void
raw(int fd, struct bl_span s)
{
	if (write(fd, s.p, s.n) != (ssize_t)s.n)
		_exit(1);
}

static const struct {
	const char *name;
	struct bl_span bytes;
} lies[] = {
    {"nothing", BYTES("")},
    {"half", BYTES("\0\0\0\5\x82x")},
    {"unknown type", BYTES("\0\0\0\0\x90")},
    {"long", BYTES("\xff\0\0\0\x82")},
    {"no list", BYTES("\0\0\0\2\x82\0\1")},
    {"another answer", BYTES("\0\0\0\1\x84x")},
    {"done, without a list",
	BYTES("\0\0\0\x15\x81\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	      "\0\0\0\0\0\0\0")},
    {"done, badly", BYTES("\0\0\0\1\x81\0")},
};

static void
sees_through_lies(void)
{
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		struct bl_agent *a = calloc(1, sizeof(*a));
		struct bl_buf keys = {0};
		struct bl_note note = {0};
		enum bl_err err;
		int s[2];

		CHECK(
		    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0,
		    "pair");
		raw(s[1], lies[i].bytes);
		shutdown(s[1], SHUT_WR);
		a->child.fd = s[0];
		err = bl_agent_list(&keys, a, &note);
		CHECK(err == BL_E_SYSTEM, lies[i].name);
		CHECK(note.what != NULL && keys.n == 0, lies[i].name);
		bl_agent_stop(a);
		bl_buf_clear(&keys);
		close(s[1]);
	}
}

/* Killed before or in the middle of a key file: an error, and no waiting. */
static void
is_missed(void)
{
	struct bl_agent *a = start(false);
	struct bl_note note = {0};

	kill(a->child.pid, SIGKILL);
	CHECK(load(a, KEY_FILE, &note) == BL_E_SYSTEM, "load");
	CHECK(note.what != NULL, "said");
	bl_agent_stop(a);
}

TESTS(TEST(loads_a_key_file), TEST(seals_and_unseals), TEST(exports),
    TEST(listens_to_sockets_only), TEST(answers_wants),
    TEST(is_slow_with_many_unwraps), TEST(serves_a_session),
    TEST(hangs_up_on_one_and_goes_on), TEST(keeps_a_few_connections),
    TEST(ends_when_idle), TEST(outlives_who_started_it),
    TEST(serves_its_own_user_only), TEST(names_what_is_not_there),
    TEST(serves_an_authority), TEST(sees_through_lies), TEST(is_missed))
