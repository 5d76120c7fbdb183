/* defect.c - defects in words. */
#include "mime/internal.h"

static const struct {
	unsigned bit;
	const char *text;
} texts[] = {
    {BL_DEFECT_HEADER_SYNTAX, "a line of a header is no field"},
    {BL_DEFECT_DUPLICATE_FIELD, "a field that may stand once is there twice"},
    {BL_DEFECT_CONTENT_TYPE, "a content type cannot be parsed"},
    {BL_DEFECT_PARAMETER, "a parameter is doubled or can be read in two ways"},
    {BL_DEFECT_ENCODING, "a transfer encoding is unknown or not allowed"},
    {BL_DEFECT_BOUNDARY, "a boundary is missing or not well formed"},
    {BL_DEFECT_BOUNDARY_CLASH, "a line is and is not a delimiter"},
    {BL_DEFECT_UNCLOSED, "a multipart has no end"},
    {BL_DEFECT_NUL, "there are NUL bytes"},
    {BL_DEFECT_BARE_CR, "there are CR bytes outside line ends"},
    {BL_DEFECT_LINE_ENDS, "line ends are CRLF and LF mixed"},
    {BL_DEFECT_LONG_LINE, "a line is longer than 998 bytes"},
    {BL_DEFECT_8BIT, "there are 8-bit bytes that nothing announces"},
    {BL_DEFECT_BASE64, "base64 text is broken"},
    {BL_DEFECT_QP, "quoted-printable text is broken"},
    {BL_DEFECT_VERSION, "the MIME version is not 1.0"},
    {BL_DEFECT_MBOX_FROM, "a mailbox separator stands before the header"},
    {BL_DEFECT_NO_END, "a header has no empty line behind it"},
};

const char *
bl_mime_defect_text(unsigned bit)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i].bit == bit)
			return texts[i].text;
	return NULL;
}
