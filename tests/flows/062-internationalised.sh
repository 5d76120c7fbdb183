#!/bin/bash
# 062-internationalised - domains beyond ASCII: certificates have them as
# A-labels, messages and options as people write them.
. "$BULLA_SOURCE/tests/flows/lib.sh"

PERSON='basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=emailProtection'
UTF8='otherName=1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8String:'
# one NAME SAN: NAME.crt and NAME.pem with a subjectAltName
one() {
	# shellcheck disable=SC2086
	issue "$1" "/CN=$1" "$1" $PERSON subjectAltName=@san '[san]' "$2"
	cat "$1.key" "$1.crt" >"$1.pem"
}
one ann email=ann@xn--bcher-kva.example
one doctor "${UTF8}医生@xn--pss25c.example"
one ascii "${UTF8}ann@xn--bcher-kva.example"
one ulabel "${UTF8}医生@大学.example"

# mail FROM: a message to standard output
mail() {
	printf '%s\r\n' "From: <$1>" 'To: ben@example.org' "Date: $(date -R)" \
		'Message-ID: <1@example.org>' '' 'Hello'
}
# the From of a message is the certificate's, or nothing is signed
while read -r who from rc reason; do
	mail "$from" >m.eml
	status "$rc" "sign as $from" bulla sign --key "$who.pem" --out s.eml m.eml
	[ "$rc" -eq 0 ] || { says "$reason" "sign as $from"; continue; }
	status 0 "open $from" bulla open --trust "$who.crt" --json --out back s.eml
	verdict none valid "" got "open $from"
	# a domain is shown as the certificate has it
	check "its A-label is shown: $from" sh -c \
		'bulla open --trust "$0.crt" s.eml 2>&1 >/dev/null | grep -q "^Signature: VALID, by .*@xn--"' "$who"
	status 1 "$from is not another" bulla open --trust "$who.crt" --from ann@bucher.example --json s.eml
	verdict none unverified signer-mismatch got "$from is not another"
done <<-'T'
	ann ann@bücher.example 0
	ann ann@BüCHER.Example 0
	ann ann@xn--bcher-kva.example 0
	ann ann@XN--BCHER-KVA.example 0
	ann ann@bücher.example 0
	ann ann@BÜCHER.example 6 signer-mismatch
	ann ann@ｂücher.example 6 signer-mismatch
	ann ann@bucher.example 6 signer-mismatch
	ann ann@buecher.example 6 signer-mismatch
	ann ann@☃.example 6 signer-mismatch
	ann ben@bücher.example 6 signer-mismatch
	doctor 医生@大学.example 0
	doctor 医生@xn--pss25c.example 0
	doctor 医師@大学.example 6 signer-mismatch
	doctor 医生@大學.example 6 signer-mismatch
	ascii ann@bücher.example 6 bad-certificate
	ascii ann@xn--bcher-kva.example 6 bad-certificate
	ulabel 医生@大学.example 6 bad-certificate
	ulabel 医生@xn--pss25c.example 6 bad-certificate
T

# the same of a certificate alone
for address in ann@bücher.example ann@xn--bcher-kva.example; do
	status 0 "check $address" bulla cert check --trust ann.crt --address "$address" ann.crt
done
for address in ann@BÜCHER.example ann@bucher.example ann@-bücher.example 'ann@bücher..example'; do
	status 1 "check $address" bulla cert check --json --trust ann.crt --address "$address" ann.crt
	is signer-mismatch "$(jq -r '.reasons | join(",")' got)" "check $address"
done

# and of what the state has: by either form
echo 'a passphrase of tests' >pass
openssl pkcs12 -export -inkey ann.key -in ann.crt -out ann.p12 -passout file:pass
status 0 "own key" bulla key import --pass-file pass --state-pass-file pass ann.p12
for address in ann@bücher.example ANN@BüCHER.example ann@xn--bcher-kva.example; do
	mail "$address" >m.eml
	status 0 "sign --as $address" bulla sign --as "$address" --pass-file pass --out s.eml m.eml
	status 0 "show $address" bulla cert show "$address"
	check "the record has it in A-labels" grep -q ann@xn--bcher-kva.example got
done
for address in ann@bucher.example ann@BÜCHER.example ann@☃.example; do
	status 6 "sign --as $address" bulla sign --as "$address" --pass-file pass --out s.eml m.eml
done
openssl req -x509 -newkey rsa:2048 -nodes -keyout ben.key -out ben.crt -days 9 -subj /CN=Ben \
	-addext subjectAltName=email:ben@xn--bcher-kva.example -addext keyUsage=critical,keyEncipherment \
	-addext extendedKeyUsage=emailProtection 2>openssl.log
status 0 "contact" bulla cert import ben.crt
cat ben.key ben.crt >ben.pem
status 0 "find" bulla cert find --offline --revocation off --trust ben.crt ben@bücher.example
status 6 "find nobody" bulla cert find --offline --revocation off --trust ben.crt ben@bucher.example
status 0 "encrypt" bulla encrypt --to ben@bücher.example --out e.eml m.eml
status 0 "Ben reads it" bulla open --key ben.pem --require encrypted --from ben@example.org e.eml
check "Ben has the text" grep -q Hello got
status 6 "encrypt to nobody" bulla encrypt --to ben@bucher.example --out e.eml m.eml

# constraints are in A-labels, and openssl reads them as well
CA='basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign'
# shellcheck disable=SC2086
{
	issue root /CN=Root root $CA
	issue within /CN=Within root $CA 'nameConstraints=critical,permitted;email:xn--pss25c.example'
	issue without /CN=Without root $CA 'nameConstraints=critical,excluded;email:xn--pss25c.example'
	for ca in within without; do
		issue "doctor-$ca" /CN=doctor "$ca" $PERSON subjectAltName=@san '[san]' "${UTF8}医生@xn--pss25c.example"
		issue "ann-$ca" /CN=ann "$ca" $PERSON subjectAltName=email:ann@xn--pss25c.example
	done
}
held() {
	bulla cert check --json --trust root.crt --cert "$2.crt" --revocation off --address "$1@大学.example" "$3-$2.crt"
}
status 0 "within" held ann within ann
check "openssl: within" openssl verify -CAfile root.crt -untrusted within.crt ann-within.crt
for who in ann doctor; do
	name=$who
	[ $who = ann ] || name=医生
	status 1 "$who without" held "$name" without $who
	is name-constraint "$(jq -r '.reasons | join(",")' got)" "$who without"
done
status 2 "openssl: without" openssl verify -CAfile root.crt -untrusted without.crt ann-without.crt
# libcrypto 3.0 holds a SmtpUTF8Mailbox against U-labels, as RFC 8398 had it
status 1 "a mailbox beyond ASCII within" held 医生 within doctor
is second-judge "$(jq -r '.reasons | join(",")' got)" "a mailbox beyond ASCII within"

finish
