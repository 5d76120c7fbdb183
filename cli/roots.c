/* roots.c - see roots.h. The module keeps two kinds of objects for each root: the
 * certificate, and what it is trusted for; issuer and serial number tie them. */
#include "cli/roots.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

#include "cli/out.h"

#define MODULE	      "libnssckbi.so"
#define OBJECTS_MAX   4096
#define FIELD_MAX     65536 /* bytes of a value */

/* What NSS adds to PKCS#11. */
#define VENDOR	      0x4e534350ul
#define NSS_TRUST     (CKO_VENDOR_DEFINED + VENDOR + 3)
#define NSS_ATTRIBUTE (CKA_VENDOR_DEFINED + VENDOR)
#define NSS_EMAIL     (NSS_ATTRIBUTE + 0x2000 + 11)
#define NSS_UNTIL     (NSS_ATTRIBUTE + 36) /* of roots that fade out */
#define NSS_DELEGATOR (0x80000000ul + VENDOR + 2)

struct module {
	CK_FUNCTION_LIST *call;
	CK_SESSION_HANDLE session;
	bool is_open;
};

static void
module_end(struct module *m)
{
	if (m->call == NULL)
		return;
	if (m->is_open)
		m->call->C_CloseSession(m->session);
	m->call->C_Finalize(NULL);
}

/* The module stays loaded: it is not made to be unloaded. */
static bool
module_load(struct module *m)
{
	CK_C_GetFunctionList get = NULL;
	void *found, *l = dlopen(MODULE, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (l == NULL || (found = dlsym(l, "C_GetFunctionList")) == NULL)
		return false;
	memcpy(&get, &found, sizeof(get));
	if (get(&m->call) != CKR_OK || m->call->C_Initialize(NULL) != CKR_OK)
		m->call = NULL;
	return m->call != NULL;
}

static bool
module_open(struct module *m)
{
	CK_SLOT_ID slots[16];
	CK_ULONG n = sizeof(slots) / sizeof(*slots);

	if (m->call->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK || n == 0)
		return false;
	m->is_open = m->call->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL,
			 NULL, &m->session) == CKR_OK;
	return m->is_open;
}

/* All objects that fit; how many. */
static size_t
find(struct module *m, CK_OBJECT_HANDLE *out, size_t max, CK_ATTRIBUTE *like,
    CK_ULONG n)
{
	CK_ULONG found = 0;

	if (m->call->C_FindObjectsInit(m->session, like, n) != CKR_OK)
		return 0;
	if (m->call->C_FindObjects(m->session, out, max, &found) != CKR_OK)
		found = 0;
	m->call->C_FindObjectsFinal(m->session);
	return found;
}

/* Appends a value; false when there is none. */
static bool
get(struct bl_buf *out, struct module *m, CK_OBJECT_HANDLE of,
    CK_ATTRIBUTE_TYPE type)
{
	CK_ATTRIBUTE a = {.type = type};
	uint8_t *p;

	if (m->call->C_GetAttributeValue(m->session, of, &a, 1) != CKR_OK ||
	    a.ulValueLen == 0 || a.ulValueLen > FIELD_MAX ||
	    (p = bl_buf_grow(out, a.ulValueLen)) == NULL)
		return false;
	a.pValue = p;
	if (m->call->C_GetAttributeValue(m->session, of, &a, 1) != CKR_OK)
		return false;
	out->n += a.ulValueLen;
	return true;
}

static bool
may_issue_for_mail(struct module *m, CK_OBJECT_HANDLE trust)
{
	CK_ULONG value = 0;
	CK_ATTRIBUTE a = {NSS_EMAIL, &value, sizeof(value)};

	return m->call->C_GetAttributeValue(m->session, trust, &a, 1) ==
	    CKR_OK &&
	    value == NSS_DELEGATOR;
}

/* A day after which its certificates no longer count: CK_FALSE, or a time. */
static bool
is_fading(struct module *m, CK_OBJECT_HANDLE cert)
{
	struct bl_buf until = {0};
	bool is = get(&until, m, cert, NSS_UNTIL) &&
	    !(until.n == 1 && until.p[0] == CK_FALSE);

	bl_buf_clear(&until);
	return is;
}

/* Appends the certificate that an object of trust is about. */
static void
put_cert(struct bl_buf *out, struct module *m, CK_OBJECT_HANDLE trust)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	struct bl_buf issuer = {0}, serial = {0};
	CK_OBJECT_HANDLE cert;

	if (get(&issuer, m, trust, CKA_ISSUER) &&
	    get(&serial, m, trust, CKA_SERIAL_NUMBER)) {
		CK_ATTRIBUTE like[] = {
		    {CKA_CLASS, &class, sizeof(class)},
		    {CKA_ISSUER, issuer.p, issuer.n},
		    {CKA_SERIAL_NUMBER, serial.p, serial.n},
		};

		if (find(m, &cert, 1, like, 3) == 1 && !is_fading(m, cert))
			(void)get(out, m, cert, CKA_VALUE);
	}
	bl_buf_clear(&issuer);
	bl_buf_clear(&serial);
}

static void
put_all(struct bl_buf *out, struct module *m)
{
	CK_OBJECT_HANDLE *list = calloc(OBJECTS_MAX, sizeof(*list));
	CK_OBJECT_CLASS class = NSS_TRUST;
	CK_ATTRIBUTE like = {CKA_CLASS, &class, sizeof(class)};
	size_t n = list != NULL ? find(m, list, OBJECTS_MAX, &like, 1) : 0;

	if (list == NULL)
		out->err = BL_E_MEMORY;
	for (size_t i = 0; i < n; i++)
		if (may_issue_for_mail(m, list[i]))
			put_cert(out, m, list[i]);
	free(list);
}

static enum bl_err
file_of(int *fd, const struct bl_buf *bytes, struct bl_note *note)
{
	enum bl_err err;

	if ((*fd = memfd_create("roots", MFD_CLOEXEC)) < 0)
		return out_system(note, "no file can be made");
	err = out_write(*fd, bl_buf_span(bytes), note);
	if (err == BL_OK && lseek(*fd, 0, SEEK_SET) == 0)
		return BL_OK;
	close(*fd);
	*fd = -1;
	return err != BL_OK ? err : out_system(note, "no file can be made");
}

enum bl_err
roots_open(int *fd, struct bl_note *note)
{
	struct module m = {0};
	struct bl_buf bytes = {0};
	enum bl_err err;

	*fd = -1;
	if (!module_load(&m)) {
		err = bl_fail(note, BL_E_MISSING, 0,
		    MODULE " is not there, or cannot be used: in Debian the "
			   "package libnss3 has it",
		    NULL);
		goto out;
	}
	if (module_open(&m))
		put_all(&bytes, &m);
	if ((err = bl_buf_err(&bytes, note)) != BL_OK)
		goto out;
	err = bytes.n == 0
	    ? bl_fail(note, BL_E_MISSING, 0,
		  MODULE " has no root that is trusted for e-mail", NULL)
	    : file_of(fd, &bytes, note);
out:
	module_end(&m);
	bl_buf_clear(&bytes);
	return err;
}
