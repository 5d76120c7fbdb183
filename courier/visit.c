/* visit.c - one request of HTTP, its answer into a file; see courier.h. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "courier/courier.h"

#define BUNDLE	    "/etc/ssl/certs/ca-certificates.crt"
#define BUNDLE_MAX  ((size_t)4 << 20)	 /* bytes */
#define HEADERS_MAX ((size_t)64 << 10)	 /* bytes of an answer */
#define THROWN_MAX  ((uint64_t)64 << 10) /* bytes of a page that says no */
#define TURN_MS	    100
#define OK_STATUS   200

struct visits {
	CURLM *multi;
	struct bl_buf bundle; /* whom servers are trusted by, PEM */
};

/* One visit. `why`: what a callback ended it for. */
struct visit {
	const struct visit_job *job;
	CURL *easy;
	struct curl_slist *resolve, *headers;
	enum bl_fetch_outcome why;
	size_t header_bytes;
	uint64_t bytes, thrown;
	uint64_t max;
	bool answered;
	struct sockaddr_storage peer;
};

/* ---- before the cage ---- */

static void
read_bundle(struct bl_buf *out)
{
	int fd = open(BUNDLE, O_RDONLY | O_CLOEXEC);
	uint8_t chunk[16384];
	ssize_t n;

	bl_buf_init(out, BUNDLE_MAX);
	while (fd >= 0 && (n = read(fd, chunk, sizeof(chunk))) > 0)
		bl_buf_add(out, bl_span_of(chunk, (size_t)n));
	if (out->err != BL_OK)
		bl_buf_clear(out); /* then no server is trusted */
	if (fd >= 0)
		close(fd);
}

enum bl_err
visits_start(struct visits **out, struct bl_note *note)
{
	struct visits *v = calloc(1, sizeof(*v));

	*out = NULL;
	if (v == NULL || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK ||
	    (v->multi = curl_multi_init()) == NULL) {
		free(v);
		return bl_fail(note, BL_E_SYSTEM, 0,
		    "the library for HTTP cannot be used", NULL);
	}
	read_bundle(&v->bundle);
	*out = v;
	return BL_OK;
}

/* ---- what the library calls ---- */

/* Only to an address that was looked at. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct visit *v = arg;
	const struct addresses *at = v->job->at;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	for (size_t i = 0; i < at->n; i++) {
		if (!address_equal(&to->addr, (const void *)&at->list[i].a))
			continue;
		memcpy(&v->peer, &at->list[i].a, at->list[i].n);
		return socket(
		    to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	}
	return CURL_SOCKET_BAD;
}

/* Ends the visit for a reason, unless there is one. */
static size_t
stop(struct visit *v, enum bl_fetch_outcome why)
{
	if (v->why == BL_FETCH_OK)
		v->why = why;
	return 0;
}

/* Is it this header field, with another value than this one? */
static bool
has_other(struct bl_span line, const char *field, const char *value)
{
	struct bl_span name = bl_span_str(field), is = bl_span_str(value);

	if (!bl_span_equal_nocase(bl_span_cut(line, 0, name.n), name))
		return false;
	line = bl_span_cut(line, name.n, line.n);
	while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = bl_span_cut(line, 1, line.n);
	while (line.n > 0 && line.p[line.n - 1] <= ' ')
		line.n--;
	return !bl_span_equal_nocase(line, is);
}

static size_t
take_header(char *p, size_t size, size_t n, void *arg)
{
	struct bl_span line = bl_span_of(p, size * n);
	struct visit *v = arg;

	v->answered = true;
	v->header_bytes += line.n;
	if (v->header_bytes > HEADERS_MAX)
		return stop(v, BL_FETCH_HTTP);
	/* nothing is decompressed: what is signed comes as it is */
	if (has_other(line, "content-encoding:", "identity") ||
	    has_other(line, "transfer-encoding:", "chunked"))
		return stop(v, BL_FETCH_ENCODING);
	return line.n;
}

static bool
type_is(const char *type, const char *what)
{
	size_t n = strlen(what);

	return strncasecmp(type, what, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

/* An OCSP response says what it is (RFC 6960 A.2); of lists and certificates
 * many do not, but a page for people is none. */
static bool
type_ok(CURL *easy, enum bl_courier_kind kind)
{
	char *type = NULL;

	if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK)
		return false;
	if (kind == BL_COURIER_OCSP)
		return type != NULL &&
		    type_is(type, "application/ocsp-response");
	return type == NULL ||
	    (!type_is(type, "text/html") &&
		!type_is(type, "application/xhtml+xml"));
}

static long
status_of(CURL *easy)
{
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status < 0 || status > 999 ? 0 : status;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct visit *v = arg;
	size_t left = size *= n;

	if (status_of(v->easy) != OK_STATUS) {
		v->thrown += left;
		return v->thrown > THROWN_MAX ? stop(v, BL_FETCH_STATUS) : left;
	}
	if (v->bytes == 0 && !type_ok(v->easy, v->job->ask->kind))
		return stop(v, BL_FETCH_TYPE);
	if (left > v->max - v->bytes)
		return stop(v, BL_FETCH_SIZE);
	while (left > 0) {
		ssize_t w = write(v->job->output, p, left);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return stop(v, BL_FETCH_OUTPUT);
		p += w;
		left -= (size_t)w;
	}
	v->bytes += size;
	return size;
}

/* ---- the request ---- */

/* So that the library looks nothing up: HOST:PORT:ADDRESS,... */
static bool
say_addresses(struct visit *v)
{
	const struct bl_host *h = &v->job->url->host;
	struct bl_buf text = {0};
	const char *s;

	if (h->is_v6)
		return true; /* it is the address itself */
	bl_buf_add_f(&text, "%s:%u:", h->name, h->port);
	for (size_t i = 0; i < v->job->at->n; i++) {
		const struct sockaddr *a = (const void *)&v->job->at->list[i].a;
		char one[64];

		address_text(one, a);
		bl_buf_add_f(&text,
		    a->sa_family == AF_INET6 ? "%s[%s]" : "%s%s",
		    i > 0 ? "," : "", one);
	}
	if ((s = bl_buf_text(&text)) != NULL)
		v->resolve = curl_slist_append(NULL, s);
	bl_buf_clear(&text);
	return v->resolve != NULL;
}

static bool
say_headers(struct visit *v)
{
	static const char *const ocsp[] = {
	    "Content-Type: application/ocsp-request",
	    "Accept: application/ocsp-response", "Expect:"};
	struct curl_slist *more;

	if (v->job->ask->kind != BL_COURIER_OCSP)
		return true;
	for (size_t i = 0; i < sizeof(ocsp) / sizeof(*ocsp); i++) {
		if ((more = curl_slist_append(v->headers, ocsp[i])) == NULL)
			return false;
		v->headers = more;
	}
	return true;
}

#define SET(easy, option, value)                                               \
	(curl_easy_setopt(easy, option, value) != CURLE_OK)

static bool
set_rules(CURL *e)
{
	return SET(e, CURLOPT_NOSIGNAL, 1L) ||
	    SET(e, CURLOPT_PROTOCOLS_STR, "http,https") ||
	    SET(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
	    SET(e, CURLOPT_HTTP09_ALLOWED, 0L) ||
	    SET(e, CURLOPT_FOLLOWLOCATION, 0L) || SET(e, CURLOPT_PROXY, "") ||
	    SET(e, CURLOPT_NOPROXY, "*") ||
	    SET(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
	    SET(e, CURLOPT_USERAGENT, "bulla") ||
	    SET(e, CURLOPT_FORBID_REUSE, 1L) ||
	    SET(e, CURLOPT_PATH_AS_IS, 1L) ||
	    SET(e, CURLOPT_SSL_SESSIONID_CACHE, 0L) ||
	    SET(e, CURLOPT_SSL_VERIFYPEER, 1L) ||
	    SET(e, CURLOPT_SSL_VERIFYHOST, 2L) ||
	    SET(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ||
	    SET(e, CURLOPT_CAINFO, (char *)NULL) ||
	    SET(e, CURLOPT_CAPATH, (char *)NULL);
}

static bool
set_calls(CURL *e, struct visit *v)
{
	return SET(e, CURLOPT_OPENSOCKETFUNCTION, open_socket) ||
	    SET(e, CURLOPT_OPENSOCKETDATA, v) ||
	    SET(e, CURLOPT_HEADERFUNCTION, take_header) ||
	    SET(e, CURLOPT_HEADERDATA, v) ||
	    SET(e, CURLOPT_WRITEFUNCTION, take_body) ||
	    SET(e, CURLOPT_WRITEDATA, v);
}

static bool
set_request(CURL *e, struct visit *v)
{
	const struct bl_wire_fetch *ask = v->job->ask;
	struct bl_buf url = {0};
	const char *text;
	bool bad = false;

	bl_url_put(&url, v->job->url);
	text = bl_buf_text(&url);
	bad = text == NULL || SET(e, CURLOPT_URL, text) ||
	    SET(e, CURLOPT_RESOLVE, v->resolve) ||
	    SET(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)v->max);
	bl_buf_clear(&url);
	if (bad || ask->kind != BL_COURIER_OCSP)
		return bad;
	return SET(e, CURLOPT_POST, 1L) ||
	    SET(e, CURLOPT_POSTFIELDSIZE, (long)ask->body.n) ||
	    SET(e, CURLOPT_COPYPOSTFIELDS, (const char *)ask->body.p) ||
	    SET(e, CURLOPT_HTTPHEADER, v->headers);
}

static bool
prepare(struct visit *v, struct visits *all)
{
	struct curl_blob bundle = {.data = all->bundle.p, .len = all->bundle.n};

	if ((v->easy = curl_easy_init()) == NULL || !say_addresses(v) ||
	    !say_headers(v))
		return false;
	if (set_rules(v->easy) || set_calls(v->easy, v) ||
	    set_request(v->easy, v))
		return false;
	/* without a bundle no server is trusted */
	return all->bundle.n == 0 ||
	    !SET(v->easy, CURLOPT_CAINFO_BLOB, &bundle);
}

/* ---- its end ---- */

static enum bl_fetch_outcome
outcome_of(CURLcode code)
{
	switch ((int)code) {
	case CURLE_OK:
		return BL_FETCH_OK;
	case CURLE_COULDNT_CONNECT:
		return BL_FETCH_CONNECT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
		return BL_FETCH_TLS;
	case CURLE_FILESIZE_EXCEEDED:
		return BL_FETCH_SIZE;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return BL_FETCH_SHORT;
	default:
		return BL_FETCH_HTTP;
	}
}

/* Has it taken too long to be here? */
static enum bl_fetch_outcome
too_late(const struct visit *v, int64_t begun, int64_t *sent)
{
	int64_t now = courier_now_ms();
	curl_off_t ready = 0;

	if (now >= v->job->until)
		return v->answered ? BL_FETCH_TIME
		    : *sent > 0	   ? BL_FETCH_FIRST_TIME
				   : BL_FETCH_CONN_TIME;
	curl_easy_getinfo(v->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	if (*sent == 0 && ready > 0)
		*sent = now;
	if (*sent == 0)
		return now - begun > BL_COURIER_STEP_MS ? BL_FETCH_CONN_TIME
							: BL_FETCH_OK;
	return !v->answered && now - *sent > BL_COURIER_STEP_MS
	    ? BL_FETCH_FIRST_TIME
	    : BL_FETCH_OK;
}

static enum bl_fetch_outcome
wait_for(struct visit *v, struct visits *all)
{
	int64_t begun = courier_now_ms(), sent = 0;
	enum bl_fetch_outcome outcome = BL_FETCH_OK;
	CURLMsg *said = NULL;
	int running = 1, left;

	if (curl_multi_add_handle(all->multi, v->easy) != CURLM_OK)
		return BL_FETCH_HTTP;
	while (outcome == BL_FETCH_OK && running > 0) {
		if (curl_multi_perform(all->multi, &running) != CURLM_OK)
			break;
		if (running > 0 &&
		    (outcome = too_late(v, begun, &sent)) == BL_FETCH_OK)
			curl_multi_poll(all->multi, NULL, 0, TURN_MS, NULL);
	}
	if (outcome == BL_FETCH_OK) {
		said = curl_multi_info_read(all->multi, &left);
		outcome = said != NULL && said->msg == CURLMSG_DONE
		    ? outcome_of(said->data.result)
		    : BL_FETCH_HTTP;
	}
	return v->why != BL_FETCH_OK ? v->why : outcome;
}

/* A POST whose answer is to be got by GET is none that is followed. */
static bool
is_redirect(unsigned status, enum bl_courier_kind kind)
{
	return status == 301 || status == 302 || status == 307 ||
	    status == 308 || (status == 303 && kind != BL_COURIER_OCSP);
}

static void
tell(struct found *out, const struct visit *v)
{
	char *to = NULL;

	out->bytes = v->bytes;
	out->status = (unsigned)status_of(v->easy);
	if (v->peer.ss_family != 0)
		address_text(out->peer, (const void *)&v->peer);
	if (out->status == 0 || out->status == OK_STATUS ||
	    out->outcome == BL_FETCH_TLS || out->outcome == BL_FETCH_HTTP)
		return;
	if (out->outcome != BL_FETCH_OK ||
	    !is_redirect(out->status, v->job->ask->kind)) {
		out->outcome = BL_FETCH_STATUS;
		return;
	}
	out->outcome = BL_FETCH_REDIRECT;
	out->url[0] = '\0';
	if (curl_easy_getinfo(v->easy, CURLINFO_REDIRECT_URL, &to) ==
		CURLE_OK &&
	    to != NULL && strlen(to) <= BL_URL_MAX)
		memcpy(out->url, to, strlen(to) + 1);
}

void
visit_go(struct found *out, struct visits *all, const struct visit_job *job)
{
	struct visit v = {.job = job, .max = bl_courier_max(job->ask->kind)};

	out->peer[0] = '\0';
	out->outcome = BL_FETCH_HTTP;
	if (prepare(&v, all)) {
		out->outcome = wait_for(&v, all);
		tell(out, &v);
		curl_multi_remove_handle(all->multi, v.easy);
	}
	if (out->outcome == BL_FETCH_OK && v.bytes == 0)
		out->outcome = BL_FETCH_EMPTY;
	curl_easy_cleanup(v.easy);
	curl_slist_free_all(v.resolve);
	curl_slist_free_all(v.headers);
}
