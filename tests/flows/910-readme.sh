#!/bin/bash
# The tour of the README works as it is printed there.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
letter letter.eml ann
trap 'bulla key lock >/dev/null 2>&1 || true' EXIT

# the lines of code block N (from 1) below the heading
block() {
	awk -v n="$1" '/^## A short tour/ { on = 1 } on && /^## [^A]/ { exit }
	on && /^    / { if (!inside) k++; inside = 1; if (k == n) print; next }
	on { inside = 0 }' "$BULLA_SOURCE/README.md" | sed 's/^    //'
}

block 1 >tour.sh
check "a tour with options" test "$(wc -l <tour.sh)" -eq 4
sed -i 's/  *#.*//' tour.sh
status 0 "it runs" bash -e tour.sh
says 'Signature: VALID' "its verdict"

# passphrases are asked for on a terminal; here they come from files
block 2 >tour.sh
check "a tour with state" test "$(wc -l <tour.sh)" -eq 3
sed -i 's/  *#.*//
	s/key import/& --pass-file pass --state-pass-file pass/
	s/bulla sign/& --pass-file pass/' tour.sh
status 0 "it runs" bash -eo pipefail tour.sh
check "and encrypts" grep -qi 'smime-type=\|pkcs7-mime' got
finish
