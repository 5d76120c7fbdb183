#!/bin/bash
# 065-ocsp - answers of OCSP responders, made by openssl ocsp: good, revoked,
# unknown, by the CA and by responders, in time and out of it.
. "$BULLA_SOURCE/tests/flows/lib.sh"

CA='basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign'
PERSON='basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature,keyAgreement extendedKeyUsage=emailProtection'
RESPONDER='basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature extendedKeyUsage=OCSPSigning'
# shellcheck disable=SC2086
{
	issue root "/O=Clinic/CN=Root" root $CA
	issue other "/O=Other/CN=Root" other $CA
	issue sub "/O=Clinic/CN=Sub" root $CA
	issue ann "/CN=Ann Example" sub $PERSON subjectAltName=email:ann@example.org
	issue responder "/O=Clinic/CN=Responder" sub $RESPONDER noCheck=ignored
	issue asking "/O=Clinic/CN=Asking" sub $RESPONDER
	issue alien "/O=Other/CN=Responder" other $RESPONDER noCheck=ignored
	issue plain "/O=Clinic/CN=Plain" sub $PERSON noCheck=ignored
}

# row STATE NAME: the line of a certificate in the index of openssl
row() {
	local serial at=
	serial=$(openssl x509 -in "$2.crt" -noout -serial | cut -d= -f2)
	[ "$1" = V ] || at=$(date -u -d '-1 day' +%y%m%d%H%M%SZ),keyCompromise
	printf '%s\t491231235959Z\t%s\t%s\tunknown\t/CN=%s\n' "$1" "$at" "$serial" "$2"
}

# answer OUT NAME ISSUER STATE OPTION...: OUT.der, an answer about NAME. STATE: V,
# R, or - for a certificate that the responder does not know.
answer() {
	local out=$1 name=$2 issuer=$3 state=$4
	shift 4
	: >index
	[ "$state" = - ] || row "$state" "$name" >index
	openssl ocsp -issuer "$issuer.crt" ${DIGEST:+"-$DIGEST"} -cert "$name.crt" ${NONCE:--no_nonce} -reqout request.der &&
		openssl ocsp -index index -CA "$issuer.crt" -reqin request.der -respout "$out.der" ${DAYS--ndays 3} "$@"
} >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }

check_() {
	bulla cert check --json --purpose sign --trust root.crt --cert sub.crt "$@" ann.crt
}
reasons() {
	is "$1" "$(jq -r '.reasons | sort | join(",")' got)" "$2"
}
traced() {
	check "$2 is said" grep -qF -- "$1" got
}
BY_CA="-rsigner sub.crt -rkey sub.key"
by() {
	echo "-rsigner $1.crt -rkey $1.key"
}
later() {
	date -u -d "$1" +%FT%TZ
}

# shellcheck disable=SC2046,SC2086
{
	answer ca sub root V $(by root)
	answer good ann sub V $BY_CA
	answer key ann sub V $BY_CA -resp_key_id
	answer revoked ann sub R $BY_CA
	answer unknown ann sub - $BY_CA
	answer delegated ann sub V $(by responder)
	answer asking ann sub V $(by asking)
	answer about-asking asking sub V $BY_CA
	answer alien ann sub V $(by alien)
	answer plain ann sub V $(by plain)
	answer bare ann sub V $(by responder) -resp_no_certs
	answer other ann other V $(by other)
	answer another plain sub V $BY_CA
	DIGEST=sha256 answer sha256 ann sub V $BY_CA
	DIGEST=sha512 answer sha512 ann sub R $BY_CA
	NONCE=-nonce answer nonce ann sub V $BY_CA
	DAYS='' answer open-ended ann sub V $BY_CA
	DAYS='-ndays 30' answer month ann sub V $BY_CA
	answer sha1 ann sub V $BY_CA -rmd sha1
	answer sha384 ann sub V $BY_CA -rmd sha384
}

status 0 "good" check_ --ocsp ca.der --ocsp good.der
reasons "" "good"
status 0 "by key" check_ --ocsp ca.der --ocsp key.der
status 0 "SHA-256" check_ --ocsp ca.der --ocsp sha256.der
status 0 "signed with SHA-384" check_ --ocsp ca.der --ocsp sha384.der
status 0 "a nonce that was asked for by somebody" check_ --ocsp ca.der --ocsp nonce.der
status 0 "a responder" check_ --ocsp ca.der --ocsp delegated.der
status 0 "a responder that another answer speaks for" check_ --ocsp ca.der --ocsp asking.der --ocsp about-asking.der
status 0 "a responder whose certificate is given" check_ --ocsp ca.der --ocsp bare.der --cert responder.crt
status 1 "a responder whose certificate is not" check_ --ocsp ca.der --ocsp bare.der
reasons revocation-unknown "not given"
traced "who may answer for the issuer" "not given"

# what openssl makes of each
peer() {
	local digest=
	case $1 in sha256 | sha512) digest=-$1 ;; esac
	openssl ocsp -issuer sub.crt ${digest:+"$digest"} -cert ann.crt -respin "$1.der" -CAfile root.crt -no_nonce >peer.out 2>&1 || true
	if grep -q 'Response verify OK' peer.out; then
		sed -n 's/^ann.crt: //p' peer.out
	else
		echo refused
	fi
}
for t in good:good key:good sha256:good sha384:good delegated:good revoked:revoked sha512:revoked unknown:unknown \
	alien:refused plain:refused bare:refused; do
	is "${t#*:}" "$(peer "${t%:*}")" "openssl on $t"
done

status 1 "revoked" check_ --ocsp ca.der --ocsp revoked.der
reasons revoked "revoked"
traced "it was revoked: its key was compromised [RFC 6960 2.2]" "revoked"
status 1 "revoked, SHA-512" check_ --ocsp ca.der --ocsp sha512.der
reasons revoked "revoked, SHA-512"
status 1 "revoked, and others say good" check_ --ocsp ca.der --ocsp good.der --ocsp revoked.der --ocsp delegated.der
reasons revoked "revoked, and others say good"
status 1 "revoked, and an answer is preferred" check_ --revocation prefer --ocsp revoked.der
reasons revoked "revoked, preferred"
status 0 "revoked, and nobody asks" check_ --revocation off --ocsp revoked.der

# refused TEXT ANSWER TRACE: it says nothing that counts
refused() {
	status 1 "$1" check_ --ocsp ca.der --ocsp "$2.der"
	reasons revocation-unknown "$1"
	traced "$3" "$1"
}
refused "unknown" unknown 'is not \"good\" [RFC 6960 2.2]'
refused "a responder of another CA" alien "was not issued by the issuer of the certificate in question"
refused "no responder" plain "extKeyUsage has not OCSPSigning [RFC 6960 4.2.2.2]"
refused "a responder that nothing is known of" asking "not known to be unrevoked itself [RFC 6960 4.2.2.2.1]"
refused "another issuer" other "there is no answer to whether it was revoked"
refused "another certificate" another "there is no answer to whether it was revoked"
refused "without nextUpdate" open-ended "it has no nextUpdate"
refused "signed with SHA-1" sha1 "weak or not known"
printf '\060\003\012\001\003' >later.der
refused "try later" later "tryLater [RFC 6960 2.3]"
status 1 "no answer for the CA" check_ --ocsp good.der
reasons revocation-unknown "no answer for the CA"

# time
status 0 "shortly before its end" check_ --ocsp ca.der --ocsp good.der --at "$(later '+2 days 23 hours')"
status 1 "after its end" check_ --ocsp ca.der --ocsp good.der --at "$(later '+3 days 1 hour')"
traced "its nextUpdate is over" "after its end"
status 1 "before its begin" check_ --ocsp ca.der --ocsp good.der --at "$(later '-1 hour')"
traced "its thisUpdate is later" "before its begin"
status 1 "too old" check_ --revocation require --ocsp month.der --at "$(later '+4 days 1 hour')"
traced "longer ago than is allowed here" "too old"

# lists besides
: >empty
echo 01 >number
printf '%s\n' '[ca]' default_ca=c '[c]' database=empty crlnumber=number default_md=sha256 default_crl_days=3 >lists.cnf
openssl ca -config lists.cnf -cert sub.crt -keyfile sub.key -gencrl -out sub.crl 2>openssl.log ||
	{ cat openssl.log >&2; exit 1; }
status 0 "unknown, and a list is good" check_ --ocsp ca.der --ocsp unknown.der --crl sub.crl
status 0 "a list for one, an answer for the other" check_ --ocsp ca.der --crl sub.crl
status 1 "a list is good, an answer says revoked" check_ --ocsp ca.der --ocsp revoked.der --crl sub.crl
reasons revoked "a list and an answer"

# files
pem() {
	echo '-----BEGIN OCSP RESPONSE-----'
	base64 "$1"
	echo '-----END OCSP RESPONSE-----'
}
{ pem ca.der; pem good.der; } >both.pem
status 0 "PEM, two in a file" check_ --ocsp both.pem
status 0 "from standard input" check_ --ocsp - <both.pem
{ pem ca.der; pem ann.crt; pem good.der; } >three.pem
status 0 "one of three is none" check_ --ocsp three.pem
status 4 "none at all" check_ --ocsp ca.der --ocsp ann.crt
status 4 "a list is no answer" check_ --ocsp sub.crl
head -c 100 good.der >cut.der
status 4 "a cut one" check_ --ocsp cut.der
status 5 "one that is not there" check_ --ocsp nowhere
{ printf '\060\202\377\377'; head -c 65531 /dev/zero; } >large.der
status 4 "64 KiB of nothing" check_ --ocsp large.der
head -c 1 /dev/zero >>large.der
status 4 "a byte more" check_ --ocsp large.der
head -c 1 /dev/zero >>large.der
status 4 "too large" check_ --ocsp large.der
says "limit-ocsp" "too large"

# mail
echo 'a passphrase of tests' >pass
openssl pkcs12 -export -inkey ann.key -in ann.crt -certfile sub.crt -name ann -out ann.p12 -passout file:pass
letter letter.eml ann
status 0 "sign" bulla sign --key ann.p12 --pass-file pass --out s.eml letter.eml
status 0 "valid by answers" bulla open --json --trust root.crt --ocsp ca.der --ocsp good.der s.eml
verdict none valid "" got "valid by answers"
status 1 "revoked by an answer" bulla open --json --trust root.crt --ocsp ca.der --ocsp revoked.der s.eml
verdict none unverified revoked got "revoked by an answer"
status 1 "unknown" bulla open --json --trust root.crt --ocsp ca.der --ocsp unknown.der s.eml
verdict none unverified revocation-unknown got "unknown"

# evidence that comes with the message: in RevocationInfoChoices
# embed OUT.eml FILE...: the letter, signed by openssl, with these lists (.crl) and
# answers (.der) in it
embed() {
	local out=$1
	shift
	openssl cms -sign -binary -nodetach -in letter.eml -signer ann.crt -inkey ann.key -certfile sub.crt \
		-outform DER -out signed.p7m 2>openssl.log || { cat openssl.log >&2; exit 1; }
	python3 - "$@" >with.p7m <<-'P'
	import subprocess, sys
	def head(b, at):
	    n, start = b[at + 1], at + 2
	    if n & 0x80:
	        start += n & 0x7f
	        n = int.from_bytes(b[at + 2:start], "big")
	    return start, start + n
	def tlv(tag, value):
	    n = len(value)
	    size = n.to_bytes((n.bit_length() + 7) // 8, "big") if n > 127 else b""
	    return bytes([tag, 0x80 | len(size)]) + size + value if size else bytes([tag, n]) + value
	def children(b):
	    at = 0
	    while at < len(b):
	        end = head(b, at)[1]
	        yield b[at:end]
	        at = end
	def inside(b):
	    start, end = head(b, 0)
	    return b[start:end]
	evidence = b""
	for name in sys.argv[1:]:
	    data = open(name, "rb").read()
	    if name.endswith(".crl"):
	        data = subprocess.run(["openssl", "crl", "-outform", "DER"], input=data, check=True,
	                              stdout=subprocess.PIPE).stdout
	    else:  # id-ri-ocsp-response
	        data = tlv(0xa1, tlv(6, bytes.fromhex("2b06010505071002")) + data)
	    evidence += data
	oid, content = children(inside(open("signed.p7m", "rb").read()))
	parts = list(children(inside(inside(content))))
	place = max(i for i, p in enumerate(parts) if p[0] == 0xa0) + 1
	parts.insert(place, tlv(0xa1, evidence))
	sys.stdout.buffer.write(tlv(0x30, oid + tlv(0xa0, tlv(0x30, b"".join(parts)))))
	P
	{
		tr -d '\r' <letter.eml | sed '/^$/,$d; /^Content-/d; /^MIME/d'
		printf '%s\n' 'MIME-Version: 1.0' 'Content-Transfer-Encoding: base64' \
			'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m' ''
		base64 with.p7m
	} >"$out"
}
open_() {
	bulla open --json --trust root.crt "$@"
}
embed both.eml ca.der good.der
status 0 "answers in the message" open_ both.eml
verdict none valid "" got "answers in the message"
is "message,message" "$(jq -r '[.signers[0].chain[] | .revocation | objects | .source // empty] | join(",")' got)" "where they came from"
embed lists.eml ca.der sub.crl
status 0 "a list in the message" open_ lists.eml
verdict none valid "" got "a list in the message"
embed half.eml good.der
status 1 "one answer in the message" open_ half.eml
verdict none unverified revocation-unknown got "one answer in the message"
status 0 "the other one besides" open_ --ocsp ca.der half.eml
status 1 "good in the message, revoked besides (ATK-405)" open_ --ocsp revoked.der both.eml
verdict none unverified revoked got "good in the message, revoked besides"
embed revoked.eml ca.der revoked.der
status 1 "revoked in the message" open_ --ocsp good.der revoked.eml
verdict none unverified revoked got "revoked in the message"
embed forged.eml ca.der alien.der
status 1 "an answer of nobody's in the message" open_ forged.eml
verdict none unverified revocation-unknown got "an answer of nobody's in the message"
printf '\060\003\012\001\004' >bent.der
embed bent.eml ca.der good.der later.der bent.der
status 0 "one that is bent besides" open_ bent.eml
embed eight.eml ca.der good.der good.der good.der good.der good.der good.der good.der
status 0 "eight" open_ eight.eml
embed nine.eml ca.der good.der good.der good.der good.der good.der good.der good.der good.der
status 4 "nine" open_ nine.eml
verdict none unverified limit-crls got "nine"
finish
