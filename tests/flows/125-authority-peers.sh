#!/bin/bash
# 125-authority-peers - what bulla ca makes, in gpgsm, NSS and behind a web server
# that knows nothing but files.
# limit: 240
. "$BULLA_SOURCE/tests/flows/lib.sh"
for program in gpgsm certutil crlutil pk12util; do
	command -v $program >/dev/null || { echo "$program is not installed"; exit 77; }
done
echo 'passphrase of the authority' >ca.pass
echo 'a long enough passphrase' >p12.pass
ca() { bulla ca "$@" --pass-file ca.pass; }
mkdir web
ca_folder=$PWD/web/pki

# ---- a server of files, on loopback; it ends with its standard input
cat >serve.py <<'P'
import functools, http.server, sys, threading
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
    functools.partial(Quiet, directory="web"))
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
P
mkfifo hold
python3 serve.py <hold >port &
server=$!
exec 7>hold
end() {
	exec 7>&-
	kill "$server" 2>/dev/null || true
	gpgconf --homedir "$GNUPGHOME" --kill all 2>/dev/null || true
}
trap end EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
URL=http://127.0.0.1:$(cat port)/pki

status 0 init ca init --organization Clinic --country DE --url "$URL" --folder "$ca_folder" --key rsa3072
status 0 issue ca issue ann@example.org --out ann.p12 --new-pass-file p12.pass
openssl pkcs12 -in ann.p12 -passin file:p12.pass -nokeys -clcerts -out ann.pem 2>openssl.log
openssl x509 -inform DER -in web/pki/root.crt -out root.pem
openssl x509 -inform DER -in web/pki/ca.crt -out ca.pem

# ---- the addresses in the certificate lead to what is said there
url_of() { # CERT PATTERN
	openssl x509 -in "$1" -noout -text | sed -n "s/.*$2.*URI://p" | head -1
}
fetch() { python3 -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=20).read())' "$1"; }
fetch "$(url_of ann.pem "CA Issuers - ")" >got.crt
check "the issuer's certificate" cmp got.crt web/pki/ca.crt
fetch "$(openssl x509 -in ann.pem -noout -text | grep -A3 'CRL Dist' | sed -n 's/.*URI://p')" >got.crl
check "its list" cmp got.crl web/pki/ca.crl
ask_by_get() { # CERT ISSUER HASH: the answer, as RFC 6960 A.1 asks for it
	openssl ocsp "-$3" -issuer "$2" -cert "$1" -no_nonce -reqout req.der 2>openssl.log
	fetch "$(url_of "$1" "OCSP - ")/$(python3 -c 'import base64, urllib.parse; print(urllib.parse.quote(base64.b64encode(open("req.der", "rb").read()).decode(), safe=""))')" >response.der
	openssl ocsp "-$3" -respin response.der -issuer "$2" -cert "$1" -CAfile root.pem -no_nonce 2>&1 | grep -o ': good\|: revoked'
}
for hash in sha1 sha256; do
	is ": good" "$(ask_by_get ann.pem ca.pem $hash)" "an answer by GET, $hash"
	is ": good" "$(ask_by_get ca.pem root.pem $hash)" "about the intermediate, $hash"
done
# many numbers: whatever letters are in the request, the file is found
key k.key p256
openssl req -new -key k.key -subj /CN=k -out k.csr
for i in $(seq 12); do
	ca issue --request k.csr --out m.pem "m$i@example.org" >/dev/null
	is ": good" "$(ask_by_get m.pem ca.pem sha1)" "an answer by GET, number $i"
done
status 0 "we take the answers" bulla cert check --trust root.pem --intermediate ca.pem \
	--ocsp response.der --crl web/pki/root.crl --purpose sign m.pem

# ---- gpgsm
export GNUPGHOME=$PWD/g
mkdir -m 700 g
printf '%s\n' 'disable-crl-checks' 'batch' 'yes' 'disable-policy-checks' >g/gpgsm.conf
printf '%s\n' 'allow-loopback-pinentry' 'allow-mark-trusted' >g/gpg-agent.conf
printf '%s\n' 'disable-http' 'disable-ldap' >g/dirmngr.conf
openssl x509 -in root.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S/' >g/trustlist.txt
for f in root ca ann; do
	check "gpgsm imports $f" gpgsm --quiet --no-tty --import $f.pem
done
check "gpgsm: a good certificate" sh -c \
	'gpgsm --no-tty --with-validation --list-keys ann@example.org 2>&1 | tee gpgsm.log | grep -q "certificate is good"'
bulla key import --pass-file p12.pass --state-pass-file p12.pass ann.p12 >/dev/null
letter letter.eml ann
bulla sign --opaque --key ann.p12 --pass-file p12.pass --out s.eml letter.eml
sed '1,/^\r*$/d' s.eml | base64 -di >s.p7m
check "gpgsm verifies what ann signs" gpgsm --quiet --no-tty --output back --verify s.p7m

# ---- NSS
mkdir nss
certutil -N -d sql:nss --empty-password
certutil -A -d sql:nss -n root -t ,C, -i root.pem
certutil -A -d sql:nss -n ca -t ,, -i ca.pem
check "NSS imports key and chain" pk12util -i ann.p12 -d sql:nss -w p12.pass -K ''
nick=$(certutil -L -d sql:nss | sed -n 's/ *u,u,u *$//p' | head -1)
check "NSS: to sign" certutil -V -d sql:nss -n "$nick" -u S -e
check "NSS: to encrypt" certutil -V -d sql:nss -n "$nick" -u R -e
check "NSS takes the root's list" crlutil -I -d sql:nss -i web/pki/root.crl -t 1
check "NSS takes the list" crlutil -I -d sql:nss -i web/pki/ca.crl -t 1
check "NSS: good by the list" certutil -V -d sql:nss -n "$nick" -u S -e

# ---- revoked
status 0 revoke ca revoke ann@example.org --reason superseded
is ": revoked" "$(ask_by_get ann.pem ca.pem sha1)" "the answer by GET"
status 1 "we take that, too" bulla cert check --trust root.pem --intermediate ca.pem \
	--ocsp response.der --crl web/pki/root.crl --purpose sign ann.pem
says_revoked() { ! certutil -V -d sql:nss -n "$nick" -u S -e >v.log 2>&1 && grep -qi revoked v.log; }
crlutil -D -d sql:nss -n ca -t 1 >/dev/null 2>&1 || true
check "NSS takes the new list" crlutil -I -d sql:nss -i web/pki/ca.crl -t 1
check "NSS: revoked" says_revoked
finish
