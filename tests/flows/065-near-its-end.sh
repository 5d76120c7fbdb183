#!/bin/bash
# 065-near-its-end - from 30 days before its end a certificate is warned of, by
# each command, and not a second before.
. "$BULLA_SOURCE/tests/flows/lib.sh"

person ann p256 100
letter letter.eml ann
end=$(date -u -d "$(openssl x509 -in ann.crt -noout -enddate | cut -d= -f2)" +%s)
status 0 "sign" bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml

# at SECONDS: RFC 3339, so many seconds before the end
at() {
	date -u -d "@$((end - $1))" +%FT%TZ
}
month=$((30 * 86400))

for c in "cert check --json" "cert check"; do
	# shellcheck disable=SC2086
	status 0 "$c, a second before" bulla $c --trust ann.crt --at "$(at $((month + 1)))" ann.crt
	check "$c, a second before" eval '! grep -q expires-soon got'
	# shellcheck disable=SC2086
	status 0 "$c, thirty days" bulla $c --trust ann.crt --at "$(at $month)" ann.crt
	check "$c, thirty days" grep -q expires-soon got
	# shellcheck disable=SC2086
	status 0 "$c, the last second" bulla $c --trust ann.crt --at "$(at 0)" ann.crt
	check "$c, the last second" grep -q expires-soon got
	# shellcheck disable=SC2086
	status 1 "$c, a second too late" bulla $c --trust ann.crt --at "$(at -1)" ann.crt
	check "$c, a second too late" eval '! grep -q expires-soon got'
done
status 0 "open, thirty days" bulla open --trust ann.crt --at "$(at $month)" s.eml
says 'expires in 30 days. \[expires-soon\]' "open, thirty days"
status 0 "open, a second before" bulla open --json --trust ann.crt --at "$(at $((month + 1)))" s.eml
is "[]" "$(jq -c '.signers[0].warnings' got)" "open, a second before"
status 0 "open as JSON" bulla open --json --trust ann.crt --at "$(at $month)" s.eml
is '["expires-soon"]' "$(jq -c '.signers[0].warnings' got)" "open as JSON"
is "$(at $month)" "$(field at got)" "the time that counts"

# sign and encrypt go by the clock
cc -shared -fPIC -o clock.so "$BULLA_SOURCE/tests/flows/clock.c"
later() {
	local seconds=$1
	shift
	LD_PRELOAD=$PWD/clock.so CLOCK_AT=$((end - seconds)) "$@"
}
status 0 "sign, before" later $((month + 1)) bulla sign --key ann.p12 --pass-file pass --out x.eml letter.eml
check "sign, before" eval '! grep -q "ends in" said'
status 0 "sign, thirty days" later $month bulla sign --key ann.p12 --pass-file pass --out x.eml letter.eml
says 'warning: the certificate of ann@example.org ends in 30 days' "sign, thirty days"
status 0 "encrypt, before" later $((month + 1)) bulla encrypt --to-cert ann.crt --out x.eml letter.eml
check "encrypt, before" eval '! grep -q "ends in" said'
status 0 "encrypt, thirty days" later $month bulla encrypt --to-cert ann.crt --out x.eml letter.eml
says 'ends in 30 days' "encrypt, thirty days"
status 0 "encrypt, the last second" later 0 bulla encrypt --to-cert ann.crt --out x.eml letter.eml
says 'ends in 0 days' "encrypt, the last second"
status 6 "encrypt, too late" later -1 bulla encrypt --to-cert ann.crt --out x.eml letter.eml
finish
