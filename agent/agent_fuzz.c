/* agent_fuzz.c - any frames to an agent with a key, one-shot and in a session:
 * every one is answered within its page or hung up on. */
#include <sys/socket.h>
#include <unistd.h>

#include "agent/agent.h"
#include "bulla/cert.h"
#include "proc/wire/reader.h"
#include "test_keyfile.h"

#define REQUIRE(x) ((x) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int64_t
agent_now_ms(void)
{
	static int64_t now;

	return now += 7;
}

/* A P-256 key, which is quick. */
static const char pem[] = EC_PKCS8;

static void
give_key(struct agent *a)
{
	struct bl_secret *secret = NULL;
	struct bl_buf der = {0};
	struct bl_span label;
	struct key *key;
	size_t pos = 0;

	REQUIRE(bl_pem_next(BL_STR(pem), &pos, &label, &der));
	REQUIRE(bl_secret_copy(&secret, bl_buf_span(&der), NULL) == BL_OK);
	REQUIRE(keyring_add(&key, &a->ring, a->ctx, secret, NULL) == BL_OK);
	bl_secret_free(secret);
	bl_buf_clear(&der);
}

/* A socket that gives these bytes and then its end. */
static int
socket_of(struct bl_span s)
{
	int pair[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	REQUIRE(s.n == 0 || write(pair[0], s.p, s.n) == (ssize_t)s.n);
	close(pair[0]);
	return pair[1];
}

/* The next frame: a type, a length, a payload; false at the end. */
static bool
next_frame(struct bl_ipc *f, struct bl_span *in)
{
	size_t n;

	if (in->n < 3)
		return false;
	bl_ipc_init(f, in->p[0] % 16, 70000);
	n = (size_t)in->p[1] << 8 | in->p[2];
	*in = bl_span_cut(*in, 3, in->n - 3);
	bl_buf_add(&f->payload, bl_span_cut(*in, 0, n));
	*in = bl_span_cut(*in, f->payload.n, in->n - f->payload.n);
	if (f->type == BL_AGENT_LOAD || f->type == BL_AGENT_LISTEN) {
		f->fds[0] = socket_of(bl_span_cut(*in, 0, 4096));
		f->fd_count = 1;
	}
	return true;
}

static void
check_answer(const struct bl_ipc *out)
{
	for (size_t i = 0; i < bl_agent_rules_out_count; i++) {
		if (bl_agent_rules_out[i].type == out->type) {
			REQUIRE(out->payload.err == BL_OK);
			REQUIRE(out->payload.n <= bl_agent_rules_out[i].max);
			return;
		}
	}
	REQUIRE(false);
}

/* Sealing, exporting and making keys cost a second each: not here, but in a
 * session, where they are refused. */
static bool
is_dear(const struct agent *a, const struct bl_ipc *f)
{
	return f->type == BL_AGENT_UNSEAL ||
	    (a->listening < 0 &&
		(f->type == BL_AGENT_SEAL || f->type == BL_AGENT_EXPORT ||
		    f->type == BL_AGENT_GENERATE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct bl_ctx *ctx;
	struct agent a = {.listening = -1};
	struct bl_span in = bl_span_of(p, n);
	struct bl_ipc f;
	enum next next = GO_ON;

	if (n > 65536 || (ctx == NULL && bl_ctx_new(&ctx, NULL) != BL_OK))
		return 0;
	a.ctx = ctx;
	give_key(&a);
	while (next == GO_ON && next_frame(&f, &in)) {
		struct bl_ipc out = {0};

		if (!is_dear(&a, &f)) {
			next = request_answer(&out, &a, &f);
			if (next != HANG_UP)
				check_answer(&out);
		}
		bl_ipc_clear(&out);
		bl_ipc_close(&f);
		bl_ipc_clear(&f);
	}
	REQUIRE(next != END || a.ring.n == 0);
	REQUIRE(a.ring.n <= BL_AGENT_KEYS_MAX);
	keyring_clear(&a.ring);
	if (a.listening >= 0)
		close(a.listening);
	return 0;
}
