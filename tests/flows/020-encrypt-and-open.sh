#!/bin/bash
# 020-encrypt-and-open - encrypted messages: made, opened, altered.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
person eve rsa2048
letter letter.eml ann
entity letter.eml >want
open() { bulla open --pass-file pass "$@"; }

for cipher in aes-256-gcm aes-128-gcm aes-192-gcm aes-256-cbc aes-128-cbc; do
	how=intact reasons=
	case $cipher in *cbc) how=unauthenticated reasons=unauthenticated ;; esac
	status 0 "$cipher" bulla encrypt --cipher $cipher --to-cert ann.crt --to-cert ben.crt --out e.eml letter.eml
	check "nothing to read $cipher" sh -c '! grep -q CANARY e.eml'
	check "no addresses inside $cipher" sh -c "! sed '1,/^\r*$/d' e.eml | base64 -d 2>/dev/null | grep -aq 'CANARY'"
	for who in ann ben; do
		status 0 "$cipher $who" open --key $who.p12 --json --out back e.eml
		verdict $how none "$reasons" got "$cipher $who"
		check "the same bytes $cipher $who" same_letter want back
		rm back
	done
	status 3 "$cipher eve" open --key eve.p12 --json --out nothing e.eml
	verdict failed none no-key got "$cipher eve"
	check "nothing for eve" test ! -e nothing
done
for option in --oaep --pkcs1 --by-ski; do
	status 0 "$option" bulla encrypt $option --to-cert ann.crt --to-cert ben.crt --out e.eml letter.eml
	status 0 "open $option" open --key ann.p12 --out back e.eml
	check "the same bytes $option" same_letter want back
done

# signed and encrypted, and three layers
status 0 both bulla encrypt --sign --key ann.p12 --pass-file pass --to-cert ben.crt --out b.eml letter.eml
status 0 "open both" open --key ben.p12 --trust ann.crt --require signed,encrypted,intact --json --out back b.eml
verdict intact valid "" got both
check "the same bytes, both" same_letter want back
status 0 triple bulla encrypt --triple --key ann.p12 --pass-file pass --to-cert ben.crt --out t.eml letter.eml
status 0 "open triple" open --key ben.p12 --trust ann.crt --json --out back t.eml
verdict intact valid "" got triple
is 3 "$(jq '.layers | length' got)" "three layers"
check "the same bytes, triple" same_letter want back
status 0 "CBC under a signature" bulla encrypt --sign --opaque --cipher aes-256-cbc --key ann.p12 --pass-file pass --to-cert ben.crt --out b.eml letter.eml
status 0 "open it" open --key ben.p12 --trust ann.crt --json --out back b.eml
verdict unauthenticated valid unauthenticated got "CBC under a signature"
status 3 "but not intact" open --key ben.p12 --trust ann.crt --require intact --out nothing b.eml
check "nothing written" test ! -e nothing

# altered on the way: one byte of the encrypted body
bulla encrypt --to-cert ben.crt --out e.eml letter.eml
python3 - <<'PY'
import base64
head, body = open("e.eml", "rb").read().split(b"\r\n\r\n", 1)
der = bytearray(base64.b64decode(body))
der[len(der) // 2] ^= 1
open("x.eml", "wb").write(head + b"\r\n\r\n" + base64.encodebytes(bytes(der)).replace(b"\n", b"\r\n"))
PY
status 3 altered open --key ben.p12 --json --out nothing x.eml
verdict failed none bad-tag got altered
check "nothing written" test ! -e nothing
status 3 "altered, to standard output" open --key ben.p12 x.eml
check "nothing written" test ! -s got
check "it says so in words" grep -q 'NOT OPENED' said

# a signature outside only does not say who wrote what is inside
bulla encrypt --to-cert ben.crt --out e.eml letter.eml
status 0 "sign over it" bulla sign --key ann.p12 --pass-file pass --out o.eml e.eml
status 1 "outer signature" open --key ben.p12 --trust ann.crt --json o.eml
is intact "$(field encryption got)" "outer signature"
check outer-signer jq -e '.reasons | index("outer-signer")' got

# an encrypted part beside another is not opened
{
	printf '%s\r\n' 'From: ann@example.org' 'MIME-Version: 1.0' \
		'Content-Type: multipart/mixed; boundary=b' '' '--b' 'Content-Type: text/html' '' \
		'<img src="http://evil.example/' '--b'
	sed -n '/^Content-Type: application\/pkcs7-mime/,$p' e.eml
	printf '%s\r\n' '--b--'
} >mixed.eml
status 3 mixed open --key ben.p12 --json --out back mixed.eml
verdict partial none partly-encrypted got mixed
check "no plaintext" sh -c '! grep -q CANARY back got'
finish
