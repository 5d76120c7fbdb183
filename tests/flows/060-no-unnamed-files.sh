#!/bin/bash
# plain only
# 060-no-unnamed-files - --out where the file system has no unnamed files: a
# hidden one stands in, which holds nothing before the check and never stays.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
letter letter.eml ann
entity letter.eml >want
bulla encrypt --to-cert ann.crt --out e.eml letter.eml
bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
sed 's/CANARY-in-the-text/CANARY-in-the-tezt/' s.eml >altered.eml

# A library that refuses O_TMPFILE with the error of $NO_TMPFILE, and keeps as
# kept-* what bulla removes.
cat >no-tmpfile.c <<'C'
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_as(const char *symbol, int folder, const char *path, int flags, mode_t mode)
{
	int (*real)(int, const char *, int, ...) =
	    (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, symbol);
	const char *error = getenv("NO_TMPFILE");

	if ((flags & O_TMPFILE) == O_TMPFILE && error != NULL) {
		errno = atoi(error);
		return -1;
	}
	return real(folder, path, flags, mode);
}

int
openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	return open_as("openat", folder, path, flags, mode);
}

int
openat64(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	return open_as("openat64", folder, path, flags, mode);
}

int
unlinkat(int folder, const char *path, int flags)
{
	char to[64];
	(void)flags;

	snprintf(to, sizeof(to), "kept-%d", (int)getpid());
	return renameat(folder, path, folder, to);
}
C
cc -shared -fPIC -o no-tmpfile.so no-tmpfile.c -ldl
without() { env LD_PRELOAD="$PWD/no-tmpfile.so" NO_TMPFILE="$errno" "$@"; }
hidden() { find out -name '.?*' | wc -l; }

for errno in 95 21; do # EOPNOTSUPP, and EISDIR of kernels that do not know it
	rm -rf out
	mkdir out
	status 0 "open, error $errno" without bulla open --key ann.p12 --pass-file pass --out out/back e.eml
	check "the content" same_letter want out/back
	is 600 "$(stat -c %a out/back)" "for its owner alone"
	status 0 "sign" without bulla sign --key ann.p12 --pass-file pass --out out/s.eml letter.eml
	status 0 "and it is good" bulla open --trust ann.crt out/s.eml
	echo old >out/old
	chmod 640 out/old
	status 0 "in the place of another" without bulla open --trust ann.crt --out out/old s.eml
	check "the content" same_letter want out/old
	is 640 "$(stat -c %a out/old)" "its mode stays"
	is 0 "$(hidden)" "nothing hidden stays"
	check "nothing was taken away" sh -c '! ls out/kept-* 2>/dev/null'
	# what is refused was never in the file
	status 1 "altered" without bulla open --trust ann.crt --out out/none altered.eml
	check "no file" test ! -e out/none
	is 0 "$(hidden)" "nothing hidden stays, altered"
	check "what was removed held nothing" sh -c 'set -- out/kept-*; [ -e "$1" ] && [ ! -s "$1" ]'
done
errno=13 # any other error is one
status 5 "a folder that refuses" without bulla open --trust ann.crt --out out/never s.eml
says "out/never: " "a folder that refuses"
finish
