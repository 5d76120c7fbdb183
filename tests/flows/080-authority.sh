#!/bin/bash
# 080-authority - bulla ca: an authority is made, certifies, revokes and
# publishes; openssl and we ourselves agree to what it says.
# limit: 240
. "$BULLA_SOURCE/tests/flows/lib.sh"
echo 'passphrase of the authority' >ca.pass
echo 'a long enough passphrase' >p12.pass
echo wrong-passphrase >wrong.pass
echo short >short.pass
URL=http://pki.example.org/ca

ca() { bulla ca "$@" --pass-file ca.pass; }
issue() { ca issue --new-pass-file p12.pass "$@"; }
# pem P12 NAME: NAME.pem, the end-entity certificate, and NAME.key
pem() {
	openssl pkcs12 -in "$1" -passin file:p12.pass -nodes -clcerts -nokeys -out "$2.pem" 2>openssl.log
}
# refresh: what is published, as openssl wants it
refresh() {
	for f in root ca; do
		openssl x509 -inform DER -in "pub/$f.crt" -out "$f.pem"
		openssl crl -inform DER -in "pub/$f.crl" -out "$f.crl.pem" 2>openssl.log
	done
	cat root.crl.pem ca.crl.pem >crls.pem
}
verify() { # PURPOSE FILE
	openssl verify -x509_strict -purpose "$1" -crl_check_all -policy_check \
		-CAfile root.pem -untrusted ca.pem -CRLfile crls.pem "$2"
}
refused() { ! "$@"; }
judge() { # STATUS TEXT FILE OPTIONS...
	local want=$1 text=$2 file=$3
	shift 3
	status "$want" "$text" bulla cert check --trust root.pem --intermediate ca.pem \
		--crl pub/root.crl --crl pub/ca.crl --json "$@" "$file"
}
serial_of() { openssl x509 -in "$1" -noout -serial | cut -d= -f2 | tr A-F a-f; }
responds() { # WORD FILE [openssl options]: what the published answer says
	local word=$1 file=$2
	shift 2
	openssl ocsp -respin "pub/ocsp/$(serial_of "$file")/response.der" -issuer ca.pem "$@" \
		-cert "$file" -CAfile root.pem -no_nonce >ocsp.out 2>&1 &&
		grep -q "Response verify OK" ocsp.out && grep -q ": $word" ocsp.out
}

# ---- init
status 6 "no authority yet" bulla ca list
status 6 "and none to issue" issue --out x.p12 ann@example.org
status 2 "init needs names" ca init --organization Clinic --country DE
status 6 "a short passphrase" bulla ca init --organization Clinic --country DE --url $URL --pass-file short.pass
for what in "--country de --url $URL" "--country DEU --url $URL" "--country DE --url https://x.example" \
	"--country DE --url http://" "--country DE --url $URL --domain Exämple.org" \
	"--country DE --url $URL --domain -x.org"; do
	# shellcheck disable=SC2086
	status 6 "init $what" ca init --organization Clinic $what
	status 6 "nothing of it stays: $what" bulla ca list
done
status 2 "an intermediate that outlives the root" ca init --organization Clinic --country DE --url $URL --root-days 10 --days 11
status 2 "an unknown kind of key" ca init --organization Clinic --country DE --url $URL --key ed25519
status 2 "over 25 years" ca init --organization Clinic --country DE --url $URL --root-days 9133
status 0 init ca init --organization "Clinic Möller & Söhne" --country DE --url $URL/ --domain Example.org --domain .example.net --folder pub
status 6 "not twice" ca init --organization Clinic --country DE --url $URL
says "already" "not twice"
is 700 "$(stat -c %a state/ca)" "its folder"
is 600 "$(stat -c %a state/ca/root.p8)" "its key"
check "sealed by scrypt" sh -c 'openssl asn1parse -inform DER -in state/ca/root.p8 | grep -qi scrypt'
check "sealed by scrypt" sh -c 'openssl asn1parse -inform DER -in state/ca/ca.p8 | grep -qi scrypt'
is 644 "$(stat -c %a pub/ca.crl)" "for every web server"
refresh
check "the intermediate" openssl verify -x509_strict -crl_check_all -CAfile root.pem -CRLfile crls.pem ca.pem
openssl x509 -in ca.pem -noout -text >ca.txt
for line in "CA:TRUE, pathlen:0" "Digital Signature, Certificate Sign, CRL Sign" "email:example.org" \
	"email:.example.net" "Policy: 2.23.140.1.5.1.3" "URI:$URL/root.crl" "CA Issuers - URI:$URL/root.crt" "E-mail Protection"; do
	check "the intermediate has $line" grep -qF "$line" ca.txt
done
check "the root issues itself" openssl verify -x509_strict -CAfile root.pem root.pem

# ---- issue
status 3 "wrong passphrase" bulla ca issue --new-pass-file p12.pass --out x.p12 --pass-file wrong.pass ann@example.org
status 6 "a short one for the file" bulla ca issue --new-pass-file short.pass --out x.p12 --pass-file ca.pass ann@example.org
status 5 "nowhere to write" issue --out no/such/folder/x.p12 ann@example.org
for a in ann@example.com ann@sub.example.org ann@example.net; do
	status 6 "$a is not of its domains" issue --out x.p12 "$a"
done
for a in 'ann smith@example.org' 'ann..smith@example.org' '"ann"@example.org' .ann@example.org \
	"$(printf 'a%.0s' {1..65})@example.org"; do
	status 6 "'$a' is not certified" issue --key p256 --out x.p12 "$a"
done
check "nothing came of all that" test ! -e x.p12
is 1 "$(bulla ca list --json | jq length)" "nor is it listed"
status 2 "826 days" issue --days 826 --out x.p12 ann@example.org
status 2 "no days" issue --days 0 --out x.p12 ann@example.org
status 2 "unknown purpose" issue --purpose read --out x.p12 ann@example.org
status 2 "separate and purpose" issue --separate --purpose sign --out x.p12 ann@example.org

status 0 "a mailbox, 825 days" issue --days 825 --name "Ann Archer" --out ann.p12 Ann@Example.ORG
is 600 "$(stat -c %a ann.p12)" "a key for its owner"
pem ann.p12 ann
openssl x509 -in ann.pem -noout -text >ann.txt
for line in "Digital Signature, Key Encipherment" "E-mail Protection" "Policy: 2.23.140.1.5.1.3" \
	"email:Ann@example.org" "URI:$URL/ca.crl" "OCSP - URI:$URL/ocsp/$(serial_of ann.pem)" "CA Issuers - URI:$URL/ca.crt" \
	"Subject: CN = Ann@example.org" "Public-Key: (3072 bit)"; do
	check "ann has $line" grep -qF "$line" ann.txt
done
check "no CA bit, no other usage" sh -c '! grep -qE "CA:TRUE|Non Repudiation|Data Encipherment|TLS|Any Ext" ann.txt'
days=$((($(date -d "$(openssl x509 -in ann.pem -noout -enddate | cut -d= -f2)" +%s) - \
	$(date -d "$(openssl x509 -in ann.pem -noout -startdate | cut -d= -f2)" +%s) + 1)))
is $((825 * 86400)) $days "825 days, both ends counted"
check "more than 64 random bits" test ${#days} -lt ${#URL} -a "$(serial_of ann.pem | wc -c)" -eq 33
check "openssl: to sign" verify smimesign ann.pem
check "openssl: to encrypt" verify smimeencrypt ann.pem
judge 0 "we: to sign" ann.pem --purpose sign --address Ann@example.org
is true "$(jq .valid got)" "valid"
judge 0 "we: to encrypt" ann.pem --purpose encrypt
judge 1 "we: another address" ann.pem --purpose sign --address ben@example.org
judge 0 "we: by its policy" ann.pem --policy 2.23.140.1.5.1.3 --explicit-policy
judge 1 "we: by another policy" ann.pem --policy 2.23.140.1.5.1.2 --explicit-policy
check "the OCSP answer" responds good ann.pem
check "the OCSP answer, by SHA-256" responds good ann.pem -sha256
for hash in -sha1 -sha256; do
	openssl ocsp $hash -issuer ca.pem -cert ann.pem -no_nonce -reqout req.der 2>openssl.log
	check "where a GET looks, $hash" cmp "pub/ocsp/$(serial_of ann.pem)/$(base64 -w0 req.der)" \
		"pub/ocsp/$(serial_of ann.pem)/response.der"
done
status 0 "key import takes it" env BULLA_HOME=other bulla key import --pass-file p12.pass --state-pass-file ca.pass ann.p12

status 0 "two keys" issue --separate --key p256 --out ben.p12 ben@mail.example.net
openssl pkcs12 -in ben.p12 -passin file:p12.pass -nodes -out ben.all 2>openssl.log
is 2 "$(grep -c 'BEGIN PRIVATE KEY' ben.all)" "two keys"
is 4 "$(grep -c 'BEGIN CERTIFICATE' ben.all)" "two certificates and their chain"
csplit -sz -f ben. -b %d.pem <(sed -n '/BEGIN CERT/,/END CERT/p' ben.all) '/BEGIN CERT/' '{*}'
for f in ben.*.pem; do
	openssl x509 -in "$f" -noout -ext keyUsage,subjectAltName >ext 2>openssl.log || true
	case $(sed -n 2p ext) in
	*"Digital Signature"*,*) ;;
	*"Digital Signature"*) cp "$f" ben-sign.pem ;;
	*"Key Agreement"*) cp "$f" ben-encrypt.pem ;;
	esac
done
check "one to sign" verify smimesign ben-sign.pem
judge 0 "one to sign" ben-sign.pem --purpose sign
judge 1 "not to encrypt" ben-sign.pem --purpose encrypt
judge 0 "one to encrypt" ben-encrypt.pem --purpose encrypt
judge 1 "not to sign" ben-encrypt.pem --purpose sign

# requests
key dora.key p384
openssl req -new -key dora.key -subj "/O=Somebody else/CN=eve@example.org" -out dora.csr
status 0 "a request" ca issue --request dora.csr --out dora.pem dora@example.org
is "CN = dora@example.org" "$(openssl x509 -in dora.pem -noout -subject | sed 's/^subject=//')" "nothing of it but the key"
check "its key" cmp <(openssl x509 -in dora.pem -noout -pubkey) <(openssl pkey -in dora.key -pubout)
check "openssl: a request" verify smimesign dora.pem
openssl req -in dora.csr -outform DER -out dora.der
status 0 "in DER, to encrypt only" ca issue --request dora.der --purpose encrypt --out dora2.pem dora@example.org
check "to encrypt only" sh -c 'openssl x509 -in dora2.pem -noout -ext keyUsage | grep -q "^ *Key Agreement$"'
python3 - <<'P'
der = bytearray(open("dora.der", "rb").read())
der[-1] ^= 1
open("forged.der", "wb").write(der)
P
status 3 "a request whose signature does not hold" ca issue --request forged.der --out x.pem dora@example.org
key weak.key rsa1024
openssl req -new -key weak.key -subj /CN=x -out weak.csr
status 6 "a weak key" ca issue --request weak.csr --out x.pem dora@example.org
key strange.key ed25519
openssl req -new -key strange.key -subj /CN=x -out strange.csr
status 4 "a key of another kind" ca issue --request strange.csr --out x.pem dora@example.org
status 4 "no request" ca issue --request dora.pem --out x.pem dora@example.org
status 2 "a request and a key" ca issue --request dora.csr --key p256 --out x.pem dora@example.org

mv pub away
: >pub
status 5 "nowhere to publish" ca issue --request dora.csr --out lost.pem dora@example.org
says "nobody has it: revoke it" "nowhere to publish"
check "nothing is handed over then" test ! -e lost.pem
rm pub
mv away pub
status 0 "it is revoked" ca revoke "$(sed -n 's/^Certificate \([0-9a-f]*\) .*/\1/p' said)"

# internationalised, and long
status 0 "letters outside of ASCII" ca issue --request dora.csr --out mueller.pem müller@example.org
check "SmtpUTF8Mailbox" sh -c 'openssl x509 -in mueller.pem -outform DER | od -An -v -tx1 | tr -d " \n" | grep -q 2b06010505070809'
judge 0 "we: SmtpUTF8Mailbox" mueller.pem --purpose sign --address müller@example.org
check "openssl: SmtpUTF8Mailbox" verify smimesign mueller.pem
long=$(printf 'a%.0s' {1..64})@example.org
status 0 "an address longer than a name may be" ca issue --request dora.csr --out long.pem "$long"
check "is no subject, but critical" sh -c 'openssl x509 -in long.pem -noout -text | grep -q "Alternative Name: critical"'
check "openssl: long" verify smimesign long.pem
judge 0 "we: long" long.pem --purpose sign --address "$long"
status 0 "several addresses" ca issue --request dora.csr --out two.pem dora@example.org dora.doe@example.org
judge 0 "the second one" two.pem --address dora.doe@example.org

# ---- mail
letter letter.eml Ann
status 0 "sign" bulla sign --key ann.p12 --pass-file p12.pass --out s.eml letter.eml
opened() {
	bulla open --trust root.pem --crl pub/root.crl --crl pub/ca.crl --require signed "$@"
}
status 0 "valid" opened s.eml

# ---- revoke
status 6 "nobody of that name" ca revoke eve@example.org
status 2 "which one" ca revoke dora@example.org
status 2 "no such reason" ca revoke --reason hold Ann@example.org
status 3 "wrong passphrase" bulla ca revoke --pass-file wrong.pass ann@example.org
check "changes nothing" verify smimesign ann.pem
status 0 "revoke" ca revoke --reason key-compromise ann@example.org
refresh
check "openssl: revoked" refused verify smimesign ann.pem
check "openssl: says so" sh -c 'openssl verify -crl_check_all -CAfile root.pem -untrusted ca.pem -CRLfile crls.pem ann.pem 2>&1 | grep -q "certificate revoked"'
check "with its reason" sh -c 'openssl crl -in ca.crl.pem -noout -text | grep -q "Key Compromise"'
judge 1 "we: revoked" ann.pem --purpose sign
is true "$(jq '.reasons | index("revoked") != null' got)" "we say so"
status 1 "not valid any more" opened s.eml
says revoked "not valid any more"
check "the OCSP answer" responds revoked ann.pem
check "the others are good" verify smimesign ben-sign.pem
check "and so is their answer" responds good ben-sign.pem
status 0 "again" ca revoke --reason superseded ann@example.org
is key-compromise "$(bulla ca list --json | jq -r '.[] | select(.status == "revoked" and .name == "Ann Archer") | .reason')" "the first reason stays"
status 0 "by its number" ca revoke "$(serial_of dora.pem)"
status 0 "all of them" ca revoke --all dora@example.org
refresh
is 5 "$(openssl crl -in ca.crl.pem -noout -text | grep -c 'Serial Number')" "five are listed"

# ---- lists and answers anew
number() { openssl crl -in "$1.crl.pem" -noout -crlnumber | sed 's/.*0x//'; }
before=$(number ca) root_before=$(number root)
status 0 crl ca crl --days 10
refresh
check "the number grows" test $((16#$(number ca))) -gt $((16#$before))
is "$root_before" "$(number root)" "that of the root stays"
status 2 "11 days" ca crl --days 11
status 0 "of the root, too" ca crl --root
refresh
check "its number grows" test $((16#$(number root))) -gt $((16#$root_before))
status 0 ocsp ca ocsp --days 2
check "answers" responds good ben-sign.pem
check "answers" responds revoked ann.pem
mv state/ca/root.p8 elsewhere.p8
status 0 "the root's key is elsewhere" ca crl
status 5 "but cannot be used then" ca crl --root
mv elsewhere.p8 state/ca/root.p8
cp state/ca/ca.number kept
for damage in "" "x" "5" "5 6" "-5 6." " 5 6." "5 6.." "5  6." "9223372036854775808 6."; do
	printf '%s' "$damage" | tr . '\n' >state/ca/ca.number # a dot is a line end
	status 4 "a damaged number: '$damage'" ca crl
done
echo "9223372036854775807 6" >state/ca/ca.number
status 4 "the last number" ca crl
rm state/ca/ca.number
status 5 "a lost one" ca crl
cp kept state/ca/ca.number
one=$(ls state/ca/issued/* | head -1)
cp "$one" kept
head -c 40 kept >"$one"
status 4 "a damaged entry is not passed over" ca crl
cp kept "$one"

# ---- several at once
for i in 1 2 3 4 5 6; do
	ca issue --request dora.csr --out "n$i.pem" "n$i@example.org" >"n$i.out" 2>&1 &
done
for i in 1 2 3; do ca crl >"c$i.out" 2>&1 & done
wait
for i in 1 2 3 4 5 6; do
	check "one of several" test -s "n$i.pem"
	check "is listed" grep -q . "state/ca/issued/$(serial_of n$i.pem)"
done
refresh
check "the list is whole" verify smimesign n6.pem
is 0 "$(cat c?.out | wc -l)" "no one was told off"
BULLA_HOME=race bulla ca init --organization A --country DE --url $URL --pass-file ca.pass >r1 2>&1 &
BULLA_HOME=race bulla ca init --organization A --country DE --url $URL --pass-file ca.pass >r2 2>&1 || true
wait
is 1 "$(cat r1 r2 | grep -c already)" "one of two authorities is made"

# ---- the intermediate
inter=$(serial_of ca.pem)
status 2 "an authority is revoked for a reason" ca revoke "$inter"
status 0 "the intermediate" ca revoke --reason ca-compromise "$inter"
refresh
check "openssl: all are gone" refused verify smimesign ben-sign.pem
judge 1 "we: all are gone" ben-sign.pem --purpose sign
status 6 "it issues no more" issue --out x.p12 ann@example.org
says revoked "it issues no more"

# ---- keys of each kind, and no others' keys
for kind in p256 p384 rsa3072; do
	export BULLA_HOME=$PWD/home-$kind
	rm -rf pub
	status 0 "an authority of $kind" ca init --organization O --country DE --url $URL --key $kind --folder pub
	status 0 "$kind issues" ca issue --request dora.csr --out d.pem dora@example.org
	refresh
	check "openssl: $kind" verify smimesign d.pem
	judge 0 "we: $kind" d.pem --purpose sign
	check "openssl: answers of $kind" responds good d.pem
done
finish
