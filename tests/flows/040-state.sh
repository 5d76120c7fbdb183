#!/bin/bash
# 040-state - keys, certificates and trust that are kept: import, use, export,
# remove, unlock and lock.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
letter letter.eml ann
echo 'state passphrase' >state.pass
trap 'bulla key lock >/dev/null 2>&1 || true' EXIT

status 0 "an empty state" bulla key list
says "no key yet" "an empty state"
echo short >short
status 6 "a short passphrase" bulla key import --pass-file pass --state-pass-file short ann.p12
status 0 "import" bulla key import --pass-file pass --state-pass-file state.pass ann.p12
is 700 "$(stat -c %a state)" "the folder is the person's own"
check "shows what came" grep -q "ann@example.org" got
status 0 "again" bulla key import --pass-file pass --state-pass-file state.pass ann.p12
check "known" grep -q "^known" got
status 0 "the same twice" bulla key import --pass-file pass --state-pass-file state.pass ann.p12 ann.p12
status 3 "another passphrase" bulla key import --pass-file pass --state-pass-file pass ben.p12
status 0 "list" bulla key list --json
is ann@example.org "$(jq -r '.[0].addresses[0]' got)" "list"
is true "$(jq -r '.[0].own' got)" "own"
# some bytes of the private key, as they would stand in a file
openssl pkcs8 -topk8 -nocrypt -in ann.key -outform DER -out clear.der
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
secret=$(hex clear.der | tail -c 80 | head -c 40)
in_clear() { find "$@" -type f | while read -r f; do hex "$f" | grep -o "$secret"; done; }
is "$secret" "$(in_clear clear.der)" "a key in clear is seen"
is "" "$(in_clear state)" "no key in clear"
check "sealed by scrypt" sh -c 'openssl asn1parse -inform DER -in state/keys/*.p8 | grep -qi scrypt'
is 600 "$(stat -c %a state/keys/*.p8)" "key file"

# signing and opening with the state's keys
status 0 "trust" bulla trust import ann.crt
status 0 "sign from the state" bulla sign --as ann@example.org --pass-file state.pass --out s.eml letter.eml
status 0 "judge by the state" bulla open --require signed s.eml
status 0 "without --as there is one" bulla sign --pass-file state.pass --out s.eml letter.eml
status 6 "nobody of that name" bulla sign --as eve@example.org --pass-file state.pass letter.eml
status 3 "wrong passphrase" bulla sign --pass-file pass letter.eml
status 0 "a contact" bulla cert import ben.crt
status 0 "encrypt by address" bulla encrypt --sign --to ben@example.org --to ann@example.org --pass-file state.pass --out e.eml letter.eml
status 0 "open with the state's key" bulla open --pass-file state.pass --require signed,encrypted,intact --out back e.eml
status 0 "ben opens it too" bulla open --key ben.p12 --pass-file pass --trust ann.crt --require signed,encrypted,intact e.eml

# unlock, lock
status 3 "locked: no passphrase, no terminal" setsid bulla open e.eml
status 0 unlock bulla key unlock --pass-file state.pass
status 0 "unlocked already" bulla key unlock --pass-file state.pass
status 0 "no passphrase needed" setsid bulla open --require signed,encrypted,intact e.eml
status 0 "nor to sign" setsid bulla sign --out s2.eml letter.eml
is "srwx------" "$(stat -c %A state/agent.sock)" "the socket"
status 0 lock bulla key lock
status 3 "locked again" setsid bulla open e.eml
status 0 "locked already" bulla key lock
status 3 "unlock with a wrong one" bulla key unlock --pass-file pass
status 0 "unlock for a second" bulla key unlock --timeout 1 --pass-file state.pass
sleep 3
status 3 "it locked itself" setsid bulla open e.eml
status 2 "--timeout soon" bulla key unlock --timeout soon

# export, import elsewhere
echo 'a long enough passphrase' >new.pass
status 6 "a short passphrase for a file" bulla key export --pass-file state.pass --new-pass-file short --out x.p12 ann@example.org
for old in "" --old; do
	# shellcheck disable=SC2086
	status 0 "export $old" bulla key export $old --pass-file state.pass --new-pass-file new.pass --out x.p12 ann@example.org
	legacy=
	[ -z "$old" ] || legacy=-legacy
	check "openssl reads it $old" openssl pkcs12 $legacy -in x.p12 -passin file:new.pass -nodes -out x.pem
	check "the same key $old" cmp <(openssl pkey -in x.pem -outform DER) <(openssl pkey -in ann.key -outform DER)
	status 0 "we read it $old" env BULLA_HOME=other bulla key import --pass-file new.pass --state-pass-file state.pass x.p12
	rm -rf other
done
status 6 "no such certificate" bulla key export --pass-file state.pass --new-pass-file new.pass --out y.p12 eve@example.org
status 6 "a certificate without key" bulla key export --pass-file state.pass --new-pass-file new.pass --out y.p12 ben@example.org

# certificates
status 0 "cert list" bulla cert list --json
is 2 "$(jq length got)" "cert list"
status 0 "cert show" bulla cert show ben@example.org
check "whole" grep -q "ec-p256" got
sha=$(openssl x509 -in ben.crt -outform DER | sha256sum | cut -c1-64)
status 0 "by SHA-256" bulla cert show --json "$(echo "$sha" | cut -c1-12)"
is "$sha" "$(jq -r .sha256 got)" "by SHA-256"
# two certificates whose SHA-256 start with the same 8 digits: the signature is
# nobody's, and of its last bytes enough are tried
openssl x509 -in ben.crt -outform DER -out ben.der
python3 - <<'P'
import hashlib
der, seen = bytearray(open("ben.der", "rb").read()), {}
for i in range(1 << 20):
    der[-3:] = i.to_bytes(3, "big")
    start = hashlib.sha256(der).digest()[:4]
    if start in seen:
        break
    seen[start] = i
for name, last in (("twin1.der", seen[start]), ("twin2.der", i)):
    der[-3:] = last.to_bytes(3, "big")
    open(name, "wb").write(der)
P
status 0 "twins" bulla cert import twin1.der twin2.der
twin=$(sha256sum twin1.der | cut -c1-64)
other=$(sha256sum twin2.der | cut -c1-64)
is "${twin:0:8}" "${other:0:8}" "twins"
for command in "cert show" "cert export" "cert remove"; do
	# shellcheck disable=SC2086
	status 2 "$command: which of both" bulla $command "${twin:0:8}"
	says "several certificates" "$command: which of both"
done
status 0 "more digits tell them apart" bulla cert show --json "$twin"
is "$twin" "$(jq -r .sha256 got)" "more digits tell them apart"
status 0 "remove" bulla cert remove "$twin"
status 0 "now it is clear which" bulla cert remove "${twin:0:8}"
status 0 "cert export" bulla cert export --out ben2.pem ben@example.org
check "the same" cmp <(openssl x509 -in ben2.pem -outform DER) <(openssl x509 -in ben.crt -outform DER)
status 0 "cert export --der" bulla cert export --der ben@example.org
check "the same, DER" cmp got <(openssl x509 -in ben.crt -outform DER)
status 6 "one's own is removed with its key" bulla cert remove ann@example.org
status 0 "cert remove" bulla cert remove ben@example.org
status 6 "it is gone" bulla cert show ben@example.org
{ cat ann.crt; echo "-----BEGIN CERTIFICATE-----"; echo AAAA; echo "-----END CERTIFICATE-----"; cat ben.crt; } >mixed.pem
status 0 "a bad one among good ones" bulla cert import mixed.pem
says "1 of its entries cannot be used" "a bad one among good ones"
status 0 "the good one is there" bulla cert show ben@example.org
status 4 "nothing but bad ones" bulla cert import state.pass

# the newest certificate is taken
sleep 1
person ben p256 700
status 0 "a newer one" bulla cert import ben.crt
status 0 "encrypt to it" bulla encrypt --to ben@example.org --out e.eml letter.eml
serial=$(openssl x509 -in ben.crt -noout -serial | cut -d= -f2 | tr 'A-F' 'a-f')
status 0 "inspect" bulla inspect --json e.eml
check "the newest" grep -qi "$serial" got

# trust, remove
status 0 "trust list" bulla trust list
check "ann" grep -q ann@example.org got
status 0 "trust remove" bulla trust remove ann@example.org
status 1 "not trusted now" bulla open --require signed s.eml
status 2 "a key is not removed by the way" bulla key remove ann@example.org
says "--yes" "a key is not removed by the way"
status 0 "key remove" bulla key remove --yes ann@example.org
check "the key is gone" test -z "$(ls state/keys)"

# files of many kinds
openssl pkcs12 -export -legacy -inkey ann.key -in ann.crt -out old.p12 -passout file:pass 2>/dev/null &&
	status 0 "old encryption" bulla sign --key old.p12 --pass-file pass --out s.eml letter.eml
printf 'Grüße, 世界\n' >utf8
openssl pkcs12 -export -inkey ann.key -in ann.crt -out utf8.p12 -passout file:utf8 &&
	status 0 "UTF-8 passphrase" bulla sign --key utf8.p12 --pass-file utf8 --out s.eml letter.eml
cat ann.key ann.crt >ann.pem
status 0 "PEM" bulla sign --key ann.pem --out s.eml letter.eml
openssl rsa -in ann.key -traditional -out ann.rsa 2>/dev/null && cat ann.rsa ann.crt >trad.pem &&
	status 0 "traditional PEM" bulla sign --key trad.pem --out s.eml letter.eml
openssl pkcs8 -topk8 -in ann.key -passout file:pass -out sealed.key && cat sealed.key ann.crt >sealed.pem &&
	status 0 "encrypted PEM" bulla sign --key sealed.pem --pass-file pass --out s.eml letter.eml
cat ann.crt >nokey.pem
status 4 "no key in it" bulla sign --key nokey.pem letter.eml

# killed at any moment, the state stays usable
for i in $(seq 1 25); do
	bulla key import --pass-file pass --state-pass-file state.pass ann.p12 >/dev/null 2>&1 &
	sleep "0.0$((i * 3 % 10))$i"
	kill -9 $! 2>/dev/null || true
	wait $! 2>/dev/null || true
	bulla key list >/dev/null 2>kill.said || fail "after kill $i"
	check "nothing unreadable after kill $i" sh -c '! grep -q "cannot be read" kill.said'
done
status 0 "and can be filled" bulla key import --pass-file pass --state-pass-file state.pass ann.p12
status 0 "and used" bulla sign --pass-file state.pass --out s.eml letter.eml
finish
