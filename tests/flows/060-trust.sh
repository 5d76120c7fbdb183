#!/bin/bash
# 060-trust - a small organisation with a root, a CA and people: paths,
# revocation lists, usage, names; beside what openssl verify makes of them.
. "$BULLA_SOURCE/tests/flows/lib.sh"

CA='basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign'
# shellcheck disable=SC2086
{
	issue root "/O=Clinic/CN=Root" root $CA
	issue sub "/O=Clinic/CN=Sub" root $CA
	issue limited "/O=Clinic/CN=Limited" root $CA "nameConstraints=critical,permitted;email:example.com"
	issue web "/O=Clinic/CN=Web" root $CA extendedKeyUsage=serverAuth
}
PERSON='basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature,keyAgreement extendedKeyUsage=emailProtection'
for ca in sub limited web; do
	# shellcheck disable=SC2086
	issue "ann-$ca" "/CN=Ann Example" "$ca" $PERSON subjectAltName=email:ann@example.org
done
cp ann-sub.key eve.key
# shellcheck disable=SC2086
issue sub-false "/O=Clinic/CN=Sub" sub-false $CA
lists root
lists sub
cat sub.crt root.crl sub.crl >with-both
cat root.crl sub.crl >all.crl

# same WANT TEXT: bulla and openssl say the same of what `status` asks
verify() {
	openssl verify -purpose smimesign "$@" >peer.out 2>&1
}

check_() {
	bulla cert check --json --purpose sign --trust root.crt "$@"
}
reasons() {
	is "$1" "$(jq -r '.reasons | sort | join(",")' got)" "$2"
}

status 0 "good" check_ --cert sub.crt --crl all.crl ann-sub.crt
reasons "" "good"
is "asked,given,anchor" "$(jq -r '[.chain[].source] | join(",")' got)" "chain"
is "Ann Example" "$(field 'chain[0].name' got)" "name"
check "openssl too" verify -crl_check_all -CAfile root.crt -untrusted sub.crt -CRLfile root.crl -CRLfile sub.crl ann-sub.crt
status 0 "lists one by one, from standard input" check_ --intermediate sub.crt --crl root.crl --crl - ann-sub.crt <sub.crl
status 0 "readable" bulla cert check --trust root.crt --cert sub.crt --crl all.crl ann-sub.crt
check "says so" grep -q '^Certificate: VALID' got
check "the anchor is named" grep -q 'issued by Root, .*trusted' got

status 1 "no lists" check_ --cert sub.crt ann-sub.crt
reasons revocation-unknown "no lists"
status 0 "no lists, and none are preferred" check_ --revocation prefer --cert sub.crt ann-sub.crt
status 1 "one list is missing" check_ --cert sub.crt --crl sub.crl ann-sub.crt
reasons revocation-unknown "one list"
status 0 "the CA itself is trusted" bulla cert check --trust sub.crt --crl sub.crl ann-sub.crt
status 1 "a late list" check_ --cert sub.crt --crl all.crl --at "$(date -u -d '+11 days' +%FT%TZ)" ann-sub.crt
reasons revocation-unknown "a late list"
status 4 "no list at all" check_ --cert sub.crt --crl ann-sub.crt ann-sub.crt
status 5 "a list that is not there" check_ --cert sub.crt --crl nowhere ann-sub.crt

status 1 "the CA is missing" check_ --revocation off ann-sub.crt
reasons chain-incomplete,signer-unknown-ca "the CA is missing"
status 1 "another CA of that name" check_ --revocation off --cert sub-false.crt ann-sub.crt
reasons signer-unknown-ca "another CA of that name"
status 0 "both CAs" check_ --revocation off --cert sub-false.crt --cert sub.crt ann-sub.crt
cat ann-sub.crt sub.crt >chain.pem
status 0 "the CA in the same file" check_ --revocation off chain.pem

status 1 "outside of its names" check_ --revocation off --cert limited.crt ann-limited.crt
reasons name-constraint "outside of its names"
check "openssl too" eval '! verify -CAfile root.crt -untrusted limited.crt ann-limited.crt'
status 1 "a CA for servers" check_ --revocation off --cert web.crt ann-web.crt
reasons wrong-usage "a CA for servers"
status 0 "a CA for servers, any use" bulla cert check --revocation off --trust root.crt --cert web.crt ann-web.crt
status 1 "expired" check_ --revocation off --cert sub.crt --at "$(date -u -d '+301 days' +%FT%TZ)" ann-sub.crt
reasons expired "expired"
status 0 "its address" check_ --revocation off --cert sub.crt --address Ann@EXAMPLE.org ann-sub.crt
status 1 "another address" check_ --revocation off --cert sub.crt --address eve@example.org ann-sub.crt
reasons signer-mismatch "another address"
status 1 "a policy is demanded" check_ --revocation off --cert sub.crt --explicit-policy --policy 1.3.6.1.4.1.99999.1 ann-sub.crt
reasons wrong-policy "a policy is demanded"

# certificates that were imported may be issuers; with --trust nothing of the state is looked at
status 0 "import the anchor" bulla trust import root.crt
status 1 "the CA is not known" bulla cert check --json --revocation off ann-sub.crt
reasons chain-incomplete,signer-unknown-ca "the CA is not known"
status 0 "import the CA" bulla cert import sub.crt
status 0 "the CA was imported" bulla cert check --json --revocation off ann-sub.crt
is "asked,given,anchor" "$(jq -r '[.chain[].source] | join(",")' got)" "its chain"
status 1 "with --trust alone" check_ --revocation off ann-sub.crt
reasons chain-incomplete,signer-unknown-ca "with --trust alone"
check "80 columns" eval 'bulla cert check ann-sub.crt | awk "length > 80 { exit 1 }"'

for o in "--purpose cook" "--revocation never" "--policy 3.1" "--policy 1" "--policy 1.40" "--policy x" "--at noon"; do
	# shellcheck disable=SC2086
	status 2 "usage $o" bulla cert check --trust root.crt $o ann-sub.crt
done

# mail of a person whose CA is trusted
echo 'a passphrase of tests' >pass
openssl pkcs12 -export -inkey ann-sub.key -in ann-sub.crt -certfile sub.crt -name ann -out ann.p12 -passout file:pass
letter letter.eml ann
status 0 "sign" bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
status 0 "valid below a trusted root" bulla open --json --trust root.crt --cert sub.crt --crl all.crl s.eml
verdict none valid "" got "valid below a trusted root"
is 3 "$(jq '.signers[0].chain | length' got)" "its chain"
status 1 "no lists" bulla open --json --trust root.crt --cert sub.crt s.eml
verdict none unverified revocation-unknown got "no lists"
status 0 "lists are not looked at" bulla open --json --trust root.crt --cert sub.crt --revocation off s.eml
lists sub ann-sub
status 1 "revoked" bulla open --json --trust root.crt --cert sub.crt --crl root.crl --crl sub.crl s.eml
verdict none unverified revoked got "revoked"
check "and why" grep -q 'key was compromised' got
status 1 "revoked, and answers are preferred" bulla open --json --trust root.crt --cert sub.crt --revocation prefer --crl sub.crl s.eml
verdict none unverified revoked got "revoked, preferred"
status 0 "revoked, and nobody asks" bulla open --trust root.crt --cert sub.crt --crl sub.crl --revocation off s.eml
status 1 "revoked, cert check" check_ --cert sub.crt --crl root.crl --crl sub.crl ann-sub.crt
reasons revoked "revoked, cert check"
check "openssl too" eval '! verify -crl_check_all -CAfile root.crt -untrusted sub.crt -CRLfile root.crl -CRLfile sub.crl ann-sub.crt'
lists root sub
lists sub
status 1 "the CA is revoked" check_ --cert sub.crt --crl root.crl --crl sub.crl ann-sub.crt
reasons revoked "the CA is revoked"
status 2 "no such mode" bulla open --revocation never s.eml
finish
