#!/bin/bash
# 156-open-fetches - what opening a message lacks is fetched from a server on
# loopback, at once and only then: not offline, not for strangers, not for what
# was altered (THR-05, ATK-115).
. "$BULLA_SOURCE/tests/flows/lib.sh"

# serves `www`, and writes each path that is asked for into `visits`
cat >serve.py <<'EOF'
import http.server, os, sys

class Serve(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        with open("../visits", "a") as f:
            f.write(self.path + "\n")

os.chdir("www")
server = http.server.HTTPServer(("127.0.0.1", 0), Serve)
with open("../port.new", "w") as f:
    f.write(str(server.server_port))
os.rename("../port.new", "../port")
server.timeout = 1
for _ in range(300):
    server.handle_request()
EOF
mkdir www
python3 -B serve.py 2>serve.log &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 50); do [ -f port ] || sleep 0.1; done
port=$(cat port)

# issue NAME SUBJECT BY EXTENSION...
issue() {
	local name=$1 subject=$2 by=$3
	shift 3
	[ -f "$name.key" ] || key "$name.key" p256
	if [ "$name" = "$by" ]; then
		openssl req -x509 -new -key "$name.key" -subj "$subject" -days 900 -out "$name.crt" \
			-config <(printf '%s\n' '[req]' distinguished_name=dn x509_extensions=x '[dn]' '[x]' \
				subjectKeyIdentifier=hash "$@")
	else
		openssl req -new -key "$name.key" -subj "$subject" -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') |
			openssl x509 -req -CA "$by.crt" -CAkey "$by.key" -days 300 -out "$name.crt" \
				-extfile <(printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid "$@")
	fi 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

# lists CA [NAME]: www/CA.crl, in which NAME is revoked
lists() {
	rm -rf db
	mkdir db
	: >db/index
	echo 01 >db/number
	printf '%s\n' '[ca]' default_ca=c '[c]' database=db/index crlnumber=db/number default_md=sha256 \
		default_crl_days=10 >ca.cnf
	{
		[ $# -lt 2 ] || openssl ca -config ca.cnf -cert "$1.crt" -keyfile "$1.key" -revoke "$2.crt" \
			-crl_reason keyCompromise
		openssl ca -config ca.cnf -cert "$1.crt" -keyfile "$1.key" -gencrl |
			openssl crl -outform DER -out "www/$1.crl"
	} 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

at=http://127.0.0.1:$port
CA='basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign'
# shellcheck disable=SC2086
{
	issue root "/CN=Root" root $CA
	issue other "/CN=Other" other $CA
	issue sub "/CN=Sub" root $CA "crlDistributionPoints=URI:$at/root.crl"
	issue ann "/CN=Ann" sub basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \
		extendedKeyUsage=emailProtection subjectAltName=email:ann@example.org \
		"authorityInfoAccess=caIssuers;URI:$at/sub.cer" "crlDistributionPoints=URI:$at/sub.crl"
}
openssl x509 -in sub.crt -outform DER -out www/sub.cer
lists root
lists sub
echo 'a passphrase of tests' >pass
openssl pkcs12 -export -inkey ann.key -in ann.crt -name ann -out ann.p12 -passout file:pass
letter letter.eml ann
status 0 "sign" bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml

# opened HOME OPTION...: with a state of that name
opened() {
	local home=$1
	shift
	: >visits
	BULLA_HOME=$PWD/$home bulla open --json --allow-host "127.0.0.1:$port" "$@" s.eml
}
visited() {
	is "$1" "$(sort visits | tr '\n' ' ')" "$2: visits"
}

status 0 "all is fetched" opened a --trust root.crt
verdict none valid "" got "all is fetched"
visited "/root.crl /sub.cer /sub.crl " "all is fetched"
is "message network anchor" "$(jq -r '[.signers[0].chain[].source] | join(" ")' got)" "sources"
is "good good null" "$(jq -r '[.signers[0].chain[].revocation | if . then .status else "null" end] | join(" ")' got)" "answers"
is "network" "$(jq -r '.signers[0].chain[0].revocation.source' got)" "source of the answer"
is "$at/sub.cer" "$(jq -r '.signers[0].chain[1].url' got)" "address of the issuer"

status 0 "from the cache" opened a --trust root.crt
verdict none valid "" got "from the cache"
visited "" "from the cache"
is "cache" "$(jq -r '.signers[0].chain[0].revocation.source' got)" "source of the answer, kept"
status 0 "from the cache, offline" opened a --offline --trust root.crt
verdict none valid "" got "from the cache, offline"

status 1 "offline" opened b --offline --trust root.crt
verdict none unverified chain-incomplete,signer-unknown-ca got "offline"
visited "" "offline"
if command -v strace >/dev/null; then
	# who is watched cannot look for leaks
	ASAN_OPTIONS=detect_leaks=0 status 1 "offline, watched" strace -f -qq -e trace=execve,execveat,connect -o calls \
		bulla open --offline --trust root.crt s.eml
	check "no courier is started" eval '! grep -q bulla-courier calls'
	check "and nobody is connected to" eval '! grep -q "AF_INET" calls'
fi
status 1 "the issuer is given, offline" opened b --offline --trust root.crt --cert sub.crt
verdict none unverified revocation-unknown got "the issuer is given, offline"

status 0 "nothing is asked" opened c --trust root.crt --cert sub.crt --revocation off
visited "" "nothing is asked"
status 0 "trusted herself" opened c --trust ann.crt
visited "" "trusted herself"
status 1 "a stranger" opened c --trust other.crt
verdict none unverified chain-incomplete,signer-unknown-ca got "a stranger"
visited "/sub.cer " "a stranger: no list before a path leads to an anchor"
cp s.eml good.eml
sed -i 's/CANARY/CANARI/' s.eml
status 1 "altered" opened d --trust root.crt --cert sub.crt
is invalid "$(field signature got)" "altered"
visited "" "altered"
cp good.eml s.eml

lists sub ann
status 1 "revoked" opened e --trust root.crt
verdict none unverified revoked got "revoked"
is revoked "$(jq -r '.signers[0].chain[0].revocation.status' got)" "its answer"
rm www/sub.crl
status 1 "no list there" opened f --trust root.crt
verdict none unverified revocation-unknown got "no list there"
status 0 "no list there, preferred" opened f --trust root.crt --revocation prefer
echo junk >www/sub.crl
status 1 "junk" opened g --trust root.crt
verdict none unverified revocation-unknown got "junk"
cp www/sub.cer www/sub.crl
status 1 "a certificate for a list" opened h --trust root.crt
verdict none unverified revocation-unknown got "a certificate for a list"
kill $server
wait $server 2>/dev/null || true
status 1 "nobody is there" opened i --trust root.crt
verdict none unverified chain-incomplete,signer-unknown-ca got "nobody is there"
finish
