/* machine.c - what this machine can do at most: bytes through one thread.
 * machine FOLDER ROUNDS SECONDS prints, for each turn, what was done and the
 * seconds for one byte. FOLDER gets a file, which goes away again. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bulla/bulla.h"

#define BLOCK ((size_t)64 << 10) /* bytes: stays in the second cache */
#define LARGE ((size_t)64 << 20) /* bytes: does not */
#define LINES (BLOCK / 48 * 65)	 /* bytes of BLOCK as EVP writes base64 */

struct machine {
	uint8_t *from, *to; /* LARGE each */
	uint8_t *text;	    /* BLOCK as base64 */
	int text_n;
	struct bl_buf ours, back;
	EVP_CIPHER_CTX *gcm;
	EVP_MD_CTX *md;
	EVP_ENCODE_CTX *encode;
	int file, copy;
};

static void
copy(void *arg)
{
	struct machine *m = arg;

	memcpy(m->to, m->from, LARGE);
}

static void
gcm(void *arg)
{
	struct machine *m = arg;
	int n;

	ensure(EVP_EncryptUpdate(m->gcm, m->to, &n, m->from, BLOCK) == 1,
	    "AES-GCM fails");
}

static void
sha256(void *arg)
{
	struct machine *m = arg;

	ensure(EVP_DigestUpdate(m->md, m->from, BLOCK) == 1, "SHA-256 fails");
}

static void
encode(void *arg)
{
	struct machine *m = arg;
	int n;

	EVP_EncodeInit(m->encode);
	ensure(EVP_EncodeUpdate(m->encode, m->to, &n, m->from, BLOCK) == 1,
	    "base64 fails");
	m->text_n = n;
	EVP_EncodeFinal(m->encode, m->to + n, &n);
	m->text_n += n;
}

static void
decode(void *arg)
{
	struct machine *m = arg;
	int n;

	EVP_DecodeInit(m->encode);
	ensure(EVP_DecodeUpdate(m->encode, m->to, &n, m->text, m->text_n) >= 0,
	    "base64 fails");
}

static void
encode_ours(void *arg)
{
	struct machine *m = arg;
	struct bl_base64 e = {0};

	bl_buf_reset(&m->ours);
	bl_base64_encode(&e, &m->ours, bl_span_of(m->from, BLOCK));
	bl_base64_encode_end(&e, &m->ours);
}

static void
decode_ours(void *arg)
{
	struct machine *m = arg;
	struct bl_base64 d = {0};

	bl_buf_reset(&m->back);
	bl_base64_decode(&d, &m->back, bl_buf_span(&m->ours));
	bl_base64_decode_end(&d);
	ensure(!d.bad && m->back.n == BLOCK, "base64 is not read");
}

/* A file of LARGE bytes, made anew. */
static void
write_file(void *arg)
{
	struct machine *m = arg;

	ensure(ftruncate(m->file, 0) == 0, "the file cannot be cut");
	for (size_t at = 0; at < LARGE; at += BLOCK)
		ensure(pwrite(m->file, m->from + at, BLOCK, (off_t)at) ==
			(ssize_t)BLOCK,
		    "the file cannot be written");
}

static void
copy_file(void *arg)
{
	struct machine *m = arg;

	ensure(ftruncate(m->copy, 0) == 0, "the file cannot be cut");
	for (size_t at = 0; at < LARGE; at += BLOCK)
		ensure(
		    pread(m->file, m->to, BLOCK, (off_t)at) == (ssize_t)BLOCK &&
			pwrite(m->copy, m->to, BLOCK, (off_t)at) ==
			    (ssize_t)BLOCK,
		    "the file cannot be copied");
}

static int
unnamed(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	ensure(fd >= 0, "no file without a name there");
	return fd;
}

static void
set_up(struct machine *m, const char *folder)
{
	static const uint8_t key[32];

	*m = (struct machine){.from = malloc(LARGE),
	    .to = malloc(LARGE),
	    .text = malloc(LINES + 128),
	    .gcm = EVP_CIPHER_CTX_new(),
	    .md = EVP_MD_CTX_new(),
	    .encode = EVP_ENCODE_CTX_new(),
	    .file = unnamed(folder),
	    .copy = unnamed(folder)};
	ensure(m->from != NULL && m->to != NULL && m->text != NULL &&
		EVP_EncryptInit_ex(m->gcm, EVP_aes_256_gcm(), NULL, key, key) ==
		    1 &&
		EVP_DigestInit_ex(m->md, EVP_sha256(), NULL) == 1 &&
		m->encode != NULL,
	    "out of memory");
	for (size_t i = 0; i < LARGE; i++)
		m->from[i] = (uint8_t)(i * 2654435761u >> 13);
	encode(m);
	memcpy(m->text, m->to, (size_t)m->text_n);
	encode_ours(m);
}

int
main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/dev/shm";
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 5;
	double slice = argc > 3 ? strtod(argv[3], NULL) : 0.1;
	struct machine m;
	const struct work works[] = {
	    {"memcpy.limit", copy, &m, LARGE},
	    {"gcm.limit", gcm, &m, BLOCK},
	    {"sha256.limit", sha256, &m, BLOCK},
	    {"base64-encode.bulla", encode_ours, &m, BLOCK},
	    {"base64-encode.peer", encode, &m, BLOCK},
	    {"base64-decode.bulla", decode_ours, &m, BLOCK},
	    {"base64-decode.peer", decode, &m, BLOCK},
	    {"file-write.limit", write_file, &m, LARGE},
	    {"file-copy.limit", copy_file, &m, LARGE},
	};

	set_up(&m, folder);
	measure(works, sizeof(works) / sizeof(*works), rounds, slice,
	    CLOCK_PROCESS_CPUTIME_ID);
	return 0;
}
