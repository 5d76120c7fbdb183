#!/bin/bash
# limit: 120
# 130-algorithms - keys and ciphers that openssl's CMS does not know: its other
# commands say whether what we wrote is right.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ed ed25519
letter letter.eml ed
entity letter.eml >want

# der FILE: the CMS object of a mail whose body it is, or of its last part
der() { tr -d '\r' <"$1" | awk 'b && /^--/ { exit } b { print } /^$/ { b = 1 }' | base64 -d; }
# bytes FILE AT N: N bytes of a file
bytes() { tail -c +$(($2 + 1)) "$1" | head -c "$3"; }
# line FILE TEXT N: the N-th line of the dump that has the text
line() { openssl asn1parse -inform DER -in "$1" | grep -- "$2" | sed -n "$3p"; }
at() { sed 's/^ *\([0-9]*\):.*/\1/' <<<"$1"; }
head_of() { sed 's/.*hl= *\([0-9]*\) .*/\1/' <<<"$1"; }
length() { sed 's/.*l= *\([0-9]*\) [a-z].*/\1/' <<<"$1"; }

### Ed25519 and Ed448 (RFC 8419), from PKCS#12 and from PEM
# eddsa PERSON NAME DIGEST MICALG SIZE
eddsa() {
	cat $1.key $1.crt >$1.pem
	openssl pkey -in $1.key -pubout -out $1.pub
	for file in $1.p12 $1.pem; do
		for form in "" --opaque; do
			# shellcheck disable=SC2086
			status 0 "sign $file $form" bulla sign --key $file --pass-file pass $form --out s.eml letter.eml
			status 0 "read $file $form" bulla open --from $1@example.org --trust $1.crt --json --out back s.eml
			verdict none valid "" got "read $file $form"
			check "same $file $form" same_letter want back
			status 1 "a stranger $file $form" bulla open --trust ann.crt --json s.eml
			verdict none unverified signer-unknown-ca got "a stranger $file $form"
			rm -f back
		done
	done
	status 0 "inspect" bulla inspect --json s.eml
	is "$2 $3" "$(jq -r '[.. | .signers? // empty] | flatten[0] | .algorithm + " " + .digest' got)" "inspect"
	status 0 "clear" bulla sign --key $1.p12 --pass-file pass --out c.eml letter.eml
	check "micalg" grep -q "micalg=\"\?$4" c.eml
	sed 's/CANARY-in-the-text/CANARY-in-the-tezt/' c.eml >x.eml
	status 1 "altered" bulla open --trust $1.crt --json x.eml
	is invalid "$(field signature got)" "altered"
	# micalg is a hint only
	sed 's/micalg="\?[a-z0-9-]*"\?/micalg=sha-256/' c.eml >x.eml
	status 0 "another micalg" bulla open --trust $1.crt --json x.eml

	# openssl holds the signature against the attributes as they were signed
	der s.eml >s.der
	attributes=$(line s.der 'd=5 .*cont \[ 0 \]' 1)
	{
		printf '1'
		bytes s.der $(($(at "$attributes") + 1)) $(($(head_of "$attributes") - 1 + $(length "$attributes")))
	} >attributes
	signature=$(line s.der 'd=5 .*OCTET STRING' '$')
	bytes s.der $(($(at "$signature") + $(head_of "$signature"))) $5 >signature
	check "openssl holds it right" openssl pkeyutl -verify -rawin -pubin -inkey $1.pub -in attributes -sigfile signature
}
eddsa ed Ed25519 sha512 sha-512 64
person ee ed448
letter letter.eml ee
entity letter.eml >want
eddsa ee Ed448 shake256 shake256 114
# the digest in it is 64 bytes of SHAKE256
status 0 "its content" bulla open --trust ee.crt --out back s.eml
check "its digest" grep -q "$(openssl dgst -shake256 -xoflen 64 -r back | cut -d' ' -f1)" <(od -An -v -tx1 s.der | tr -d ' \n')
rm back
letter letter.eml ed
entity letter.eml >want

# keys of low order: anybody can make their signatures
key low.ca.key p256
openssl req -x509 -key low.ca.key -subj /CN=CA -days 365 -out low.ca.crt
openssl req -new -key low.ca.key -subj "/CN=Low" -out low.req
printf '%s\n' subjectAltName=email:low@example.org basicConstraints=critical,CA:FALSE keyUsage=digitalSignature >low.ext
# low NAME OCTETS-BEFORE BYTES: a certificate for these bytes as public key
low() {
	printf '%b' "$2$3" | openssl pkey -pubin -inform DER -out $1.pub
	openssl x509 -req -in low.req -force_pubkey $1.pub -CA low.ca.crt -CAkey low.ca.key -days 365 -extfile low.ext -out $1.crt 2>/dev/null
}
zeros() { printf '\\0%.0s' $(seq "$1"); }
low low25519 '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00' "\\x01$(zeros 31)"
low low448 '\x30\x43\x30\x05\x06\x03\x2b\x65\x71\x03\x3a\x00' "\\x01$(zeros 56)"
low high25519 '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00' "\\x03$(zeros 31)"
for c in low25519 low448; do
	status 1 "$c" bulla cert check --revocation off --trust low.ca.crt --json $c.crt
	check "$c is weak" jq -e '.reasons | index("weak-key")' got
done
status 0 "another number" bulla cert check --revocation off --trust low.ca.crt --json high25519.crt

# such a key opens nothing, and nothing is encrypted to it
status 6 "no recipient" bulla encrypt --to-cert ed.crt --out e.eml letter.eml

### X25519 and X448 (RFC 8418), alone and beside others
person xa x25519
person xb x25519
person xc x448
person eve p256
for who in xa xc; do
	for cipher in aes-256-gcm aes-128-cbc; do
		how=intact
		case $cipher in *cbc) how=unauthenticated ;; esac
		for option in "" --by-ski; do
			# shellcheck disable=SC2086
			status 0 "encrypt $who $cipher $option" bulla encrypt --cipher $cipher $option --to-cert $who.crt --out e.eml letter.eml
			status 0 "open $who $cipher $option" bulla open --key $who.p12 --pass-file pass --json --out back e.eml
			is $how "$(field encryption got)" "open $who $cipher $option"
			check "same $who $cipher $option" same_letter want back
			rm -f back
		done
	done
done
status 0 "to all" bulla encrypt --to-cert ann.crt --to-cert eve.crt --to-cert xa.crt --to-cert xb.crt --to-cert xc.crt --out e.eml letter.eml
for who in ann eve xa xb xc; do
	status 0 "all: $who" bulla open --key $who.p12 --pass-file pass --out back e.eml
	check "all: same $who" same_letter want back
	rm -f back
done
status 3 "not for eve's" bulla open --key ed.p12 --pass-file pass e.eml
status 0 "inspect" bulla inspect --json e.eml
is 3 "$(jq '[.. | .recipients? // empty] | flatten | map(select(.algorithm | startswith("ECDH on a Montgomery"))) | length' got)" "inspect"
# one ephemeral key for both of a curve: its point is there once
der e.eml >e.der
is 2 "$(openssl asn1parse -inform DER -in e.der | grep -c -E ':X(25519|448)')" "one ephemeral key for each curve"
sed "$(($(wc -l <e.eml) - 10))s/[A-M]/N/" e.eml >x.eml
status 3 "altered" bulla open --key xa.p12 --pass-file pass x.eml

### the same with user keying material, which nobody here writes: each step of
### RFC 8418 by a command of openssl
hex() { od -An -v -tx1 | tr -d ' \n'; }
# made FILE: DER of the lines on standard input
made() { openssl asn1parse -genconf /dev/stdin -noout -out "$1"; }
# agreed WHO CURVE OID-OF-CURVE OID-OF-SCHEME KDF DIGEST SALT UKM: v.p7m for WHO;
# SALT and UKM hex or empty
agreed() {
	local secret info cek=$(openssl rand -hex 32) iv=$(openssl rand -hex 16) ukm= options=()
	[ -z "$8" ] || ukm=yes
	[ -z "$7" ] || options=(-kdfopt "hexsalt:$7")
	openssl genpkey -algorithm "$2" -out once.key
	openssl pkey -in $1.key -pubout -out $1.pub
	secret=$(openssl pkeyutl -derive -inkey once.key -peerkey $1.pub | hex)
	made info <<-T
		asn1=SEQ:s
		[s]
		wrap=SEQ:w
		${ukm:+ukm=EXP:0,FORMAT:HEX,OCT:$8}
		bits=EXP:2,FORMAT:HEX,OCT:00000100
		[w]
		oid=OID:2.16.840.1.101.3.4.1.45
	T
	info=$(hex <info)
	case $5 in
	HKDF) options+=(-kdfopt "hexkey:$secret") ;;
	*) options+=(-kdfopt "hexsecret:$secret") ;;
	esac
	kek=$(openssl kdf -keylen 32 -kdfopt "digest:$6" "${options[@]}" -kdfopt "hexinfo:$info" -binary "$5" | hex)
	made v.p7m <<-T
		asn1=SEQ:info
		[info]
		type=OID:1.2.840.113549.1.7.3
		content=EXP:0,SEQ:enveloped
		[enveloped]
		version=INT:2
		who=SET:recipients
		what=SEQ:encrypted
		[recipients]
		kari=IMP:1,SEQ:kari
		[kari]
		version=INT:3
		originator=EXP:0,IMP:1,SEQ:key
		${ukm:+ukm=EXP:1,FORMAT:HEX,OCT:$8}
		scheme=SEQ:scheme
		keys=SEQ:keys
		[key]
		alg=SEQ:curve
		point=FORMAT:HEX,BITSTR:$(openssl pkey -in once.key -pubout -outform DER | tail -c +13 | hex)
		[curve]
		oid=OID:$3
		[scheme]
		oid=OID:$4
		wrap=SEQ:w
		[w]
		oid=OID:2.16.840.1.101.3.4.1.45
		[keys]
		one=SEQ:one
		[one]
		rid=IMP:0,SEQ:rid
		key=FORMAT:HEX,OCT:$(printf '%b' "$(sed 's/../\\x&/g' <<<"$cek")" | openssl enc -id-aes256-wrap -K "$kek" -iv A6A6A6A6A6A6A6A6 | hex)
		[rid]
		ski=FORMAT:HEX,OCT:$(openssl x509 -in $1.crt -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :')
		[encrypted]
		type=OID:1.2.840.113549.1.7.1
		alg=SEQ:cipher
		bytes=IMP:0,FORMAT:HEX,OCT:$(openssl enc -aes-256-cbc -K "$cek" -iv "$iv" -in want | hex)
		[cipher]
		oid=OID:2.16.840.1.101.3.4.1.42
		iv=FORMAT:HEX,OCT:$iv
	T
}
x25519="xa X25519 1.3.101.110" x448="xc X448 1.3.101.111" smime=1.2.840.113549.1.9.16.3
while read -r key scheme kdf digest salt ukm; do
	for curve in "$x25519" "$x448"; do
		[ "$key" = "${curve%% *}" ] || continue
		text="$key $kdf $digest, salt $salt, ukm $ukm"
		[ $salt != - ] || salt=
		[ $ukm != - ] || ukm=
		# shellcheck disable=SC2086
		agreed $curve $scheme $kdf $digest "$salt" "$ukm"
		if [ "$kdf" = HKDF ] && [ "$salt" != "$ukm" ]; then
			status 3 "$text" bulla open --key $key.p12 --pass-file pass --json v.p7m
			continue
		fi
		status 0 "$text" bulla open --key $key.p12 --pass-file pass --json --out back v.p7m
		check "same $text" same_letter want back
		rm -f back
	done
done <<-T
	xa $smime.19 HKDF SHA256 - -
	xa $smime.19 HKDF SHA256 776f7273 776f7273
	xa $smime.19 HKDF SHA256 - 776f7273
	xa $smime.19 HKDF SHA256 776f7274 776f7273
	xa $smime.20 HKDF SHA384 776f7273 776f7273
	xa 1.3.132.1.11.1 X963KDF SHA256 - 776f7273
	xc $smime.21 HKDF SHA512 - -
	xc $smime.21 HKDF SHA512 776f7273 776f7273
	xc 1.3.132.1.11.3 X963KDF SHA512 - 776f7273
T

### ChaCha20-Poly1305 (RFC 8103)
for who in ann eve xa; do
	status 0 "encrypt $who" bulla encrypt --cipher chacha20-poly1305 --to-cert $who.crt --out e.eml letter.eml
	status 0 "open $who" bulla open --key $who.p12 --pass-file pass --json --out back --require intact e.eml
	is intact "$(field encryption got)" "open $who"
	check "same $who" same_letter want back
	rm -f back
done
check "authEnveloped-data" grep -q 'smime-type="\?authEnveloped-data' e.eml
sed "$(($(wc -l <e.eml) - 10))s/[A-M]/N/" e.eml >x.eml
status 3 "altered" bulla open --key xa.p12 --pass-file pass --json x.eml
verdict failed none bad-tag got "altered"
status 2 "not an old one" bulla encrypt --cipher rc2-cbc --to-cert ann.crt --out e.eml letter.eml

### RC2, as old mail has it: only when asked for, and marked
for bits in 40 64 128; do
	openssl cms -encrypt -provider default -provider legacy -rc2-$bits -binary -in want -out e.eml ann.crt 2>openssl.log || { fail "openssl -rc2-$bits"; cat openssl.log; continue; }
	status 3 "rc2-$bits" bulla open --key ann.p12 --pass-file pass --json e.eml
	verdict failed none cipher-not-allowed got "rc2-$bits"
	status 0 "rc2-$bits --legacy" bulla open --legacy --key ann.p12 --pass-file pass --json --out back e.eml
	is "unauthenticated true" "$(jq -r '.encryption + " " + (.reasons | index("weak-algorithm") != null | tostring)' got)" "rc2-$bits --legacy"
	check "same rc2-$bits" same_letter want back
	rm -f back
done

### in the state: the agent holds both kinds of key, and they are chosen by
### address
status 0 "import" bulla key import --pass-file pass --state-pass-file pass ed.p12
status 0 "list" bulla key list
check "listed" grep -q ed@example.org got
status 0 "trust" bulla trust import ed.crt
status 0 "sign" bulla sign --pass-file pass --out s.eml letter.eml
status 0 "read" bulla open --json s.eml
is valid "$(field signature got)" "signed with the key of the state"
status 0 "import" bulla key import --pass-file pass --state-pass-file pass xa.p12
status 0 "encrypt" bulla encrypt --to-cert xa.crt --out e.eml letter.eml
status 0 "open" bulla open --pass-file pass --json --out back e.eml
is intact "$(field encryption got)" "opened with the key of the state"
check "same" same_letter want back
finish
