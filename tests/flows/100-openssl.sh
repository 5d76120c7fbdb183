#!/bin/bash
# limit: 300
# 100-openssl - round trips with `openssl cms`, both ways, over form, key and
# cipher.
. "$BULLA_SOURCE/tests/flows/lib.sh"
letter letter.eml ann
entity letter.eml >want
for kind in rsa2048 p256 p384 p521; do person ann-$kind $kind; done
for kind in rsa2048 p256 p384 p521; do
	# one address for all, so that one letter serves
	openssl req -x509 -new -key ann-$kind.key -out ann-$kind.crt -days 30 -sha256 -subj "/CN=Ann" \
		-addext subjectAltName=email:ann@example.org -addext basicConstraints=critical,CA:FALSE 2>/dev/null
	openssl pkcs12 -export -inkey ann-$kind.key -in ann-$kind.crt -out ann-$kind.p12 -passout file:pass
done

# compare with openssl: it may leave out the empty line's CR and the like, so
# both sides are compared without CR
same() { cmp <(unprotected "$1" | tr -d '\r') <(unprotected "$2" | tr -d '\r'); }

### ours, read by openssl
for kind in rsa2048 p256 p384 p521; do
	p=ann-$kind
	for form in "" --opaque --pss "--pss --opaque" "--digest sha384"; do
		case "$kind$form" in p*--pss*) continue ;; esac
		# shellcheck disable=SC2086
		status 0 "sign $kind $form" bulla sign --key $p.p12 --pass-file pass $form --out s.eml letter.eml
		check "openssl verifies $kind $form" openssl cms -verify -in s.eml -CAfile $p.crt -out back
		check "same $kind $form" same want back
	done
	for cipher in aes-128-gcm aes-256-gcm aes-128-cbc aes-192-cbc aes-256-cbc; do
		for option in "" --oaep --pkcs1 --by-ski; do
			case "$kind$option" in p*--oaep | p*--pkcs1) continue ;; esac
			# shellcheck disable=SC2086
			status 0 "encrypt $kind $cipher $option" bulla encrypt --cipher $cipher $option --to-cert $p.crt --out e.eml letter.eml
			check "openssl decrypts $kind $cipher $option" openssl cms -decrypt -in e.eml -inkey $p.key -recip $p.crt -out back
			check "same $kind $cipher $option" same want back
		done
	done
	status 0 "both $kind" bulla encrypt --sign --key $p.p12 --pass-file pass --to-cert $p.crt --out b.eml letter.eml
	check "openssl decrypts both" openssl cms -decrypt -in b.eml -inkey $p.key -recip $p.crt -out inner.eml
	check "and verifies" openssl cms -verify -in inner.eml -CAfile $p.crt -out back
	check "same both $kind" same want back
	status 0 "triple $kind" bulla encrypt --triple --key $p.p12 --pass-file pass --to-cert $p.crt --out t.eml letter.eml
	check "openssl verifies the outside" openssl cms -verify -in t.eml -CAfile $p.crt -out middle.eml
	check "decrypts the middle" openssl cms -decrypt -in middle.eml -inkey $p.key -recip $p.crt -out inner.eml
	check "verifies the inside" openssl cms -verify -in inner.eml -CAfile $p.crt -out back
	check "same triple $kind" same want back
done

### theirs, read by us. openssl writes no From, so we say who is expected.
open() { bulla open --from ann@example.org --json --out back "$@"; }
for kind in rsa2048 p256 p384 p521; do
	p=ann-$kind
	for form in "" -nodetach "-keyopt rsa_padding_mode:pss" "-nodetach -keyopt rsa_padding_mode:pss" "-md sha512" "-keyid" "-noattr" "-nosmimecap"; do
		case "$kind$form" in p*pss*) continue ;; esac
		# shellcheck disable=SC2086
		openssl cms -sign -binary -in want -signer $p.crt -inkey $p.key $form -out s.eml 2>openssl.log || { fail "openssl signs $kind $form"; cat openssl.log; continue; }
		case "$form" in
		-noattr) # a signature without attributes is not relied on: docs/verdict.md
			status 1 "read $kind $form" open --trust $p.crt s.eml
			is unverified "$(field signature got)" "read $kind $form" ;;
		*)
			status 0 "read $kind $form" open --trust $p.crt s.eml
			verdict none valid "" got "read $kind $form" ;;
		esac
		check "same $kind $form" same want back
		rm -f back
	done
	for cipher in aes-128-gcm aes-192-gcm aes-256-gcm aes-128-cbc aes-192-cbc aes-256-cbc; do
		how=intact
		case $cipher in *cbc) how=unauthenticated ;; esac
		for option in "" "-keyopt rsa_padding_mode:oaep" "-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256" "-keyid" "-stream" "-aes256-wrap"; do
			case "$kind$option" in p*oaep* | rsa*wrap) continue ;; esac
			# shellcheck disable=SC2086
			openssl cms -encrypt -binary -in want -$cipher -recip $p.crt $option -out e.eml 2>openssl.log || { [ "$option" = -aes256-wrap ] && continue; fail "openssl encrypts $kind $cipher $option"; cat openssl.log; continue; }
			status 0 "open $kind $cipher $option" open --key $p.p12 --pass-file pass e.eml
			is $how "$(field encryption got)" "open $kind $cipher $option"
			check "same $kind $cipher $option" same_letter want back
			rm -f back
		done
	done
	openssl cms -sign -binary -in want -signer $p.crt -inkey $p.key -out s.eml
	openssl cms -encrypt -binary -in s.eml -aes-256-cbc -recip $p.crt -out b.eml
	status 0 "theirs both $kind" open --key $p.p12 --pass-file pass --trust $p.crt b.eml
	verdict unauthenticated valid unauthenticated got "theirs both $kind"
	openssl cms -sign -binary -nodetach -in b.eml -signer $p.crt -inkey $p.key -out t.eml
	status 0 "theirs triple $kind" open --key $p.p12 --pass-file pass --trust $p.crt t.eml
	verdict unauthenticated valid unauthenticated got "theirs triple $kind"
	# bare objects: DER, PEM, detached with its content
	for form in DER PEM; do
		openssl cms -sign -binary -nodetach -in want -signer $p.crt -inkey $p.key -outform $form -out s.p7m
		status 0 "bare $form $kind" open --trust $p.crt s.p7m
		is valid "$(field signature got)" "bare $form $kind"
		openssl cms -sign -binary -in want -signer $p.crt -inkey $p.key -outform $form -out s.p7s
		status 0 "detached $form $kind" open --trust $p.crt --content want s.p7s
		is valid "$(field signature got)" "detached $form $kind"
		status 1 "detached, other content" open --trust $p.crt --content letter.eml s.p7s
		is invalid "$(field signature got)" "detached, other content"
		openssl cms -encrypt -binary -in want -aes-256-gcm -recip $p.crt -outform $form -out e.p7m
		status 0 "bare encrypted $form $kind" open --key $p.p12 --pass-file pass e.p7m
		is intact "$(field encryption got)" "bare encrypted $form $kind"
	done
done
finish
