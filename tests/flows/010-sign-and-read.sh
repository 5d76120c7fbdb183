#!/bin/bash
# 010-sign-and-read - signed messages: made, read, altered.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person eve rsa2048
letter letter.eml ann
entity letter.eml >want

for form in "" --opaque --pss "--digest sha512"; do
	# shellcheck disable=SC2086
	status 0 "sign $form" bulla sign --key ann.p12 --pass-file pass $form --out s.eml letter.eml
	check "headers stay $form" grep -q '^Subject: a letter' s.eml
	status 0 "read $form" bulla open --trust ann.crt --json --out back s.eml
	cp got v.json
	verdict none valid "" v.json "read $form"
	check "the same bytes $form" same_letter want back
	is ann@example.org "$(field signer.address v.json)" "signer $form"
	is "Ann Example" "$(field signer.name v.json)" "name $form"
	status 1 "unknown to us $form" bulla open --trust eve.crt --json s.eml
	verdict none unverified signer-unknown-ca got "unknown to us $form"
done

# standard input to standard output, and the verdict for people
bulla sign --key ann.p12 --pass-file pass <letter.eml >s.eml
status 0 "pipe" bulla open --trust ann.crt <s.eml
check "content on standard output" same_letter want got
says "^Signature: VALID, by Ann Example <ann@example.org>" "verdict"
check "no colours off a terminal" sh -c '! grep -q "$(printf "\033")" said'

# altered text: nothing leaves unless asked for
sed 's/CANARY-in-the-text/CANARY-in-the-tezt/' s.eml >x.eml
status 1 "altered" bulla open --trust ann.crt x.eml
says "content-altered" "altered"
check "nothing written" test ! -s got
status 1 "altered, allowed" bulla open --trust ann.crt --allow-invalid x.eml
check "written when allowed" grep -q tezt got
status 1 "altered, to a file" bulla open --trust ann.crt --out nothing x.eml
check "no file" test ! -e nothing

# whoever has one certificate to sign and one to encrypt announces the latter,
# while it is good
for kind in sign encrypt late; do
	usage=digitalSignature
	[ $kind = sign ] || usage=keyEncipherment
	openssl req -new -newkey rsa:2048 -nodes -keyout ann-$kind.key -subj /CN=Ann -out ann.req 2>openssl.log
	printf '%s\n' subjectAltName=email:ann@example.org "keyUsage=critical,$usage" >ann.ext
	days=365
	[ $kind != late ] || days=-1
	openssl x509 -req -in ann.req -signkey ann-$kind.key -days $days -extfile ann.ext -set_serial 0xABCDEF$((${#kind})) -out ann-$kind.crt 2>openssl.log
	cat ann-$kind.key ann-$kind.crt >ann-$kind.pem
done
announced() {
	sed '1,/^\r*$/d' p.eml | base64 -di | openssl cms -cmsout -print -inform DER -noout | grep -c 'id-smime-aa-encrypKeyPref' || true
}
status 0 "two certificates" bulla sign --opaque --key ann-sign.pem --key ann-encrypt.pem --out p.eml letter.eml
is 1 "$(announced)" "it is announced"
check "it is the right one" sh -c "sed '1,/^\r*\$/d' p.eml | base64 -di | openssl asn1parse -inform DER | grep -q ABCDEF7"
check "nothing to warn of" test ! -s said
status 0 "one that is no longer good" bulla sign --opaque --key ann-sign.pem --key ann-late.pem --out p.eml letter.eml
is 0 "$(announced)" "it is not announced"
says "warning: ann@example.org: your certificate to encrypt to has expired" "one that is no longer good"
status 0 "a good one beside it" bulla sign --opaque --key ann-sign.pem --key ann-late.pem --key ann-encrypt.pem --out p.eml letter.eml
is 1 "$(announced)" "the good one is announced"

# somebody else's name outside
outside() { sed "0,/^From: /s/^From: .*/$1/" s.eml >x.eml; }
outside 'From: Eve <eve@example.org>\r'
status 1 "another sender" bulla open --trust ann.crt --json x.eml
verdict none unverified headers-differ,signer-mismatch got "another sender"
is '["From"]' "$(jq -c .headersDiffer got)" "it is From that differs"
outside 'From: a@example.org, ann@example.org\r'
status 1 "two senders" bulla open --trust ann.crt --json x.eml
verdict none unverified headers-differ,no-sender got "two senders"
LC_ALL=C sed '0,/^From: /s/^From: .*/From: "\xff" <ann@example.org>\r/' s.eml >x.eml
status 1 "a sender that is not well formed" bulla open --trust ann.crt --json x.eml
check "it names nobody" jq -e '.reasons | index("no-sender")' got
is unverified "$(field signature got)" "a sender that is not well formed"
outside 'X-Was: nobody\r'
status 0 "no sender outside: the one inside" bulla open --trust ann.crt --json x.eml
verdict none valid headers-differ got "no sender outside"
is ann@example.org "$(field sender got)" "the one inside"

# an entity without header fields has no sender
bulla sign --key ann.p12 --pass-file pass --out n.eml want
check "none are made up" sh -c '! grep -q hp= n.eml'
status 1 "no sender" bulla open --trust ann.crt --json n.eml
verdict none unverified no-sender got "no sender"
status 0 "no sender, expected one" bulla open --trust ann.crt --from ann@example.org --json --out back n.eml
verdict none valid "" got "no sender, expected one"
check "byte for byte" cmp want back
status 1 "not the expected one" bulla open --trust ann.crt --from eve@example.org --json s.eml

# another person cannot sign in her name
status 6 "not her certificate" bulla sign --key eve.p12 --pass-file pass letter.eml
says "signer-mismatch" "not her certificate"
check "no output" test ! -s got

# text that is stored with the line ends of Unix
tr -d '\r' <letter.eml >unix.eml
status 0 "unix lines" bulla sign --key ann.p12 --pass-file pass --out s.eml unix.eml
status 0 "unix lines, read" bulla open --trust ann.crt --json --out back s.eml
verdict none valid "" got "unix lines"
check "in CRLF form" same_letter want back
tr -d '\r' <s.eml >u.eml
status 0 "signed, then stored with unix lines" bulla open --trust ann.crt --json u.eml
verdict none valid "" got "stored with unix lines"

# --at
status 1 "before it was valid" bulla open --trust ann.crt --at 2001-01-01T00:00:00Z --json s.eml
check "not-yet-valid" jq -e '.reasons | index("not-yet-valid")' got
status 1 "after it ended" bulla open --trust ann.crt --at 2099-01-01T00:00:00+01:00 --json s.eml
check "expired" jq -e '.reasons | index("expired")' got

# --require
status 0 "a plain message is fine" bulla open letter.eml
check "whole message" cmp letter.eml got
status 1 "but not signed" bulla open --require signed letter.eml
check "nothing written" test ! -s got
status 3 "nor encrypted" bulla open --require encrypted letter.eml
status 3 "3 comes before 1" bulla open --require signed,intact letter.eml
finish
