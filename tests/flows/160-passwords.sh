#!/bin/bash
# 160-passwords - messages that `openssl cms` seals with a password or with a
# key shared before.
. "$BULLA_SOURCE/tests/flows/lib.sh"
letter letter.eml ann
entity letter.eml >want
echo "open sesame" >password
echo "open sesam" >wrong
same() { cmp <(tr -d '\r' <"$1") <(tr -d '\r' <"$2"); }

### passwords
for cipher in aes128 aes192 aes256; do
	openssl cms -encrypt -$cipher -pwri_password "open sesame" -in want -out p.eml
	status 0 "$cipher" bulla open --password-file password p.eml
	check "$cipher, the content" same want got
	status 3 "$cipher, another password" bulla open --json --password-file wrong p.eml
	is no-key "$(jq -r '.reasons[0]' got)" "$cipher, another password"
	check "$cipher, only that" jq -e '.reasons | length == 1' got
	status 3 "$cipher, nobody asked" bulla open --json p.eml
	check "$cipher, nobody asked" jq -e '.reasons | index("unsupported")' got
	check "$cipher, nobody asked" jq -e '.layers[0].what == "a password"' got
done
# beside a certificate either opens it
person ben rsa2048
openssl cms -encrypt -aes256 -pwri_password "open sesame" -in want -out p.eml ben.crt
status 0 "with a key" bulla open --key ben.p12 --pass-file pass p.eml
check "with a key" same want got
status 0 "with a password" bulla open --password-file password p.eml
check "with a password" same want got
status 0 "with a key and another password" bulla open --key ben.p12 --pass-file pass --password-file wrong p.eml
check "with a key and another password" same want got

### shared keys
for bytes in 16 24 32; do
	hex=$(openssl rand -hex $bytes)
	echo "$hex" >kek
	openssl rand -hex $bytes >otherkek
	for cipher in aes128 aes256 aes-256-gcm; do
		openssl cms -encrypt -$cipher -secretkey "$hex" -secretkeyid 0a0b0c -in want -out k.eml
		status 0 "$bytes $cipher" bulla open --kek-file kek k.eml
		check "$bytes $cipher, the content" same want got
		status 0 "$bytes $cipher, identifier" bulla open --kek-file kek --kek-id 0A0b0c k.eml
		check "$bytes $cipher, identifier" same want got
		status 3 "$bytes $cipher, another key" bulla open --json --kek-file otherkek k.eml
		is no-key "$(jq -r '.reasons[0]' got)" "$bytes $cipher, another key"
		status 3 "$bytes $cipher, another key by its identifier" bulla open --json --kek-file otherkek --kek-id 0a0b0c k.eml
		is bad-tag "$(jq -r '.reasons[0]' got)" "$bytes $cipher, another key by its identifier"
		status 3 "$bytes $cipher, another identifier" bulla open --kek-file kek --kek-id 0a0b k.eml
	done
done

### what cannot be
: >empty
status 4 "an empty password" bulla open --password-file empty p.eml
status 5 "no such file" bulla open --password-file missing p.eml
status 2 "an identifier alone" bulla open --kek-id 0a p.eml
status 2 "no identifier" bulla open --kek-file kek --kek-id 0x p.eml
status 2 "half a byte" bulla open --kek-file kek --kek-id 0 p.eml
echo "0011" >short
status 4 "a short key" bulla open --kek-file short k.eml
echo "zz112233445566778899aabbccddeeff" >letters
status 4 "no hexadecimal" bulla open --kek-file letters k.eml
finish
