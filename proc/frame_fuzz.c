/* frame_fuzz.c - any bytes from a socket as frames: an end, in bounded memory,
 * and no rule broken. */
#include "proc/frame.h"

#include <sys/socket.h>
#include <unistd.h>

#include "proc/wire/agent.h"
#include "proc/wire/reader.h"

#define REQUIRE(x) ((x) ? (void)0 : __builtin_trap())

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bl_ipc_in in = {.rules = bl_reader_rules_in,
	    .rule_count = bl_reader_rules_in_count,
	    .nowait = true};
	struct bl_ipc f;
	enum bl_err err = BL_OK;
	size_t frames = 0;
	int s[2];

	if (n == 0 || n > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, s) != 0)
		return 0;
	if (p[0] & 1) {
		in.rules = bl_agent_rules_in;
		in.rule_count = bl_agent_rules_in_count;
	}
	REQUIRE(write(s[0], p + 1, n - 1) == (ssize_t)n - 1);
	close(s[0]);
	while (err == BL_OK) {
		err = bl_ipc_step(&f, &in, s[1], NULL);
		frames++;
		REQUIRE(f.payload.n <= n && f.fd_count == 0);
		bl_ipc_clear(&f);
	}
	REQUIRE(err == BL_E_MISSING || err == BL_E_MALFORMED);
	REQUIRE(frames <= n / BL_IPC_HEAD + 2);
	bl_ipc_in_clear(&in);
	close(s[1]);
	return 0;
}
