#!/bin/bash
# 067-collection - what an organisation trusts: files in every form, one purpose
# or all, the roots of the system, and back out.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
letter letter.eml ann
cat ann.crt ben.crt >both.pem
openssl crl2pkcs7 -nocrl -certfile both.pem -out both.p7b
openssl crl2pkcs7 -nocrl -certfile both.pem -outform DER -out both.p7c
openssl pkcs12 -export -nokeys -in both.pem -passout file:pass -out both.p12
openssl pkcs12 -export -in ann.crt -inkey ann.key -certfile ben.crt -passout file:pass -out keys.p12

# names: the certificates that are trusted, by their start
names() { bulla trust list --json | jq -r '.[].sha256' | sort | tr '\n' ' '; }
start_of() { openssl x509 -in "$1" -outform DER | sha256sum | cut -d' ' -f1; }
wanted="$(for c in ann.crt ben.crt; do start_of $c; done | sort | tr '\n' ' ')"

for file in both.pem both.p7b both.p7c both.p12 keys.p12; do
	rm -rf state
	status 0 "import $file" bulla trust import --pass-file pass "$file"
	is "$wanted" "$(names)" "what $file has"
	check "no key is kept of $file" sh -c '! ls state/keys/* 2>/dev/null'
	rm -rf state
	status 0 "contacts from $file" bulla cert import --pass-file pass "$file"
	is 2 "$(bulla cert list --json | jq length)" "contacts of $file"
done
rm -rf state
echo wrong >wrong
status 3 "a wrong passphrase" bulla trust import --pass-file wrong both.p12
says "does not open it" "a wrong passphrase"
status 3 "no passphrase, no terminal" setsid bulla trust import both.p12
status 2 "no file" bulla trust import
check "nothing is kept" sh -c '! ls state/trust/* 2>/dev/null'

# a serialized store: written, read, and with a bad entry in it
status 0 "import" bulla trust import both.pem
status 0 "export a store" bulla trust export --sst --out both.sst
is 0000000043455254 "$(head -c 8 both.sst | od -An -v -tx1 | tr -d ' \n')" "the head of a store"
status 0 "export PEM" bulla trust export --out again.pem
is "$wanted" "$(csplit -sz -f part- again.pem '/BEGIN/' '{*}'; for c in part-*; do start_of "$c"; done | sort | tr '\n' ' ')" \
	"what was exported"
rm -rf state
status 0 "import the store" bulla trust import both.sst
is "$wanted" "$(names)" "what the store has"
rm -rf state
# a certificate of five bytes, before those that are there
{
	head -c 8 both.sst
	printf '\x20\0\0\0\1\0\0\0\5\0\0\0junk!'
	tail -c +9 both.sst
} >bad.sst
status 0 "a bad entry" bulla trust import bad.sst
says "1 of its entries cannot be used" "a bad entry"
is "$wanted" "$(names)" "the others go in"
rm -rf state
head -c 700 both.sst >cut.sst
status 4 "a store that is cut off in the first" bulla trust import cut.sst
check "nothing of it is kept" sh -c '! ls state/trust/* 2>/dev/null'

# trusted for one purpose
rm -rf state
status 0 "sign" bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
status 0 "for encryption" bulla trust import --purpose encrypt ann.crt
check "says so" grep -q "for encryption only" got
status 1 "a signature is not judged by it" bulla open --require signed s.eml
status 0 "a recipient is" bulla cert check --purpose encrypt ann.crt
status 1 "a signer is not" bulla cert check --purpose sign ann.crt
is encrypt "$(bulla trust list --json | jq -r '.[0].trustedFor')" "as JSON"
status 0 "for signatures" bulla trust import --purpose sign ann.crt
check "known" grep -q "^known.*for signatures only" got
status 0 "a signature is judged by it" bulla open --require signed s.eml
status 1 "a recipient is not" bulla cert check --purpose encrypt ann.crt
status 0 "for all" bulla trust import --purpose any ann.crt
is null "$(bulla trust list --json | jq -r '.[0].trustedFor')" "for all"
status 0 "both" bulla cert check --purpose encrypt ann.crt
status 2 "another purpose" bulla trust import --purpose browsing ann.crt

# the roots of the system: those for mail, no others
rm -rf state
mkdir db
certutil -N -d sql:db --empty-password
module=$(find /usr/lib -name libnssckbi.so | head -n 1)
echo | modutil -dbdir sql:db -add roots -libfile "$module" -force >modutil.log 2>&1
certutil -L -d sql:db -h all >roots.txt
for_mail=$(grep -c '[A-Za-z]*,C[A-Za-z]*,[A-Za-z]* *$' roots.txt)
status 0 "roots of the system" bulla trust import --system
ours=$(bulla trust list --json | jq length)
check "about as many as the module has ($ours of $for_mail)" \
	test "$ours" -gt $((for_mail / 2)) -a "$ours" -le "$for_mail"
bulla trust list --json | jq -r '.[].sha256' >ours.txt
while read -r nick; do
	sha=$(certutil -L -d sql:db -h all -n "$nick" -a | openssl x509 -outform DER | sha256sum | cut -d' ' -f1)
	check "not for mail: $nick" sh -c "! grep -q $sha ours.txt"
done < <(sed -n 's/ *C,, *$//p' roots.txt | head -n 5)
status 0 "again" bulla trust import --system
is "$ours" "$(bulla trust list --json | jq length)" "the same twice"
finish
