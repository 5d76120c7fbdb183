/* fields.h - the header fields of a message that are told, inside and outside
 * (RFC 9788); see fields.c. */
#ifndef BL_MESSAGE_FIELDS_H
#define BL_MESSAGE_FIELDS_H

#include "bulla/fields.h"
#include "mime/mime.h"

/* bl_known_field is a field whose name is one of those that are told; value is
 * unfolded, with one space for each run of white space. */
struct bl_known_field {
	const char *name;
	struct bl_buf value;
};
struct bl_field_list {
	struct bl_known_field *list;
	size_t n, cap;
};
/* bl_field_names are the names that are told, in this order; NULL ends them.
 * Every name here and below is one of these strings, and no other that reads
 * the same: they are told apart by where they stand. */
extern const char *const bl_field_names[];

/* bl_field_list_take adds the known fields of a header, in their order. */
BL_CHECK enum bl_err bl_field_list_take(
    struct bl_field_list *l, const struct bl_header *h, struct bl_note *note);
/* bl_field_list_take_stated adds what the HP-Outer fields of a header say to
 * stand outside (RFC 9788 2.2); one that says nothing is passed over. */
BL_CHECK enum bl_err bl_field_list_take_stated(
    struct bl_field_list *l, const struct bl_header *h, struct bl_note *note);
/* bl_field_list_find gives the nth field of a name, or NULL. */
const struct bl_known_field *bl_field_list_find(
    const struct bl_field_list *l, const char *name, size_t nth);
/* bl_field_list_has tells whether a field is there with this value. */
bool bl_field_list_has(
    const struct bl_field_list *l, const struct bl_known_field *f);
/* bl_field_list_same tells whether two lists have the same values, in the same
 * order, under a name. */
bool bl_field_list_same(const struct bl_field_list *a,
    const struct bl_field_list *b, const char *name);
void bl_field_list_clear(struct bl_field_list *l);

/* bl_header_form_of is what a part says of the fields in its header, as the
 * root of the content; NONE where it says so in two ways. */
enum bl_header_form bl_header_form_of(const struct bl_part *p);
/* bl_header_is_wrapped tells whether the header inside a message/rfc822 can be
 * the protected one: its own content is no layer, and has no hp. */
BL_CHECK enum bl_err bl_header_is_wrapped(
    bool *is, const struct bl_header *h, struct bl_note *note);

#endif
