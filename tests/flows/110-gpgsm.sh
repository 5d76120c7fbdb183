#!/bin/bash
# limit: 300
# 110-gpgsm - round trips with gpgsm, both ways, where it can.
. "$BULLA_SOURCE/tests/flows/lib.sh"
command -v gpgsm >/dev/null || { echo "gpgsm is not installed"; exit 77; }
letter letter.eml ann
entity letter.eml >want
export GNUPGHOME=$PWD/g
mkdir -m 700 g
trap 'gpgconf --homedir "$GNUPGHOME" --kill all 2>/dev/null || true' EXIT
printf '%s\n' 'disable-crl-checks' 'disable-policy-checks' 'batch' 'yes' >g/gpgsm.conf
printf '%s\n' 'allow-loopback-pinentry' 'allow-mark-trusted' >g/gpg-agent.conf
printf '%s\n' 'disable-http' 'disable-ldap' >g/dirmngr.conf
gpgsm_() { gpgsm --quiet --no-tty --pinentry-mode loopback --passphrase-fd 9 "$@" 9<empty; }
: >empty

person ann rsa2048
person ben p256
for who in ann ben; do
	openssl pkcs12 -export -legacy -inkey $who.key -in $who.crt -out g.p12 -passout file:pass 2>/dev/null ||
		openssl pkcs12 -export -inkey $who.key -in $who.crt -out g.p12 -passout file:pass
	gpgsm --quiet --no-tty --pinentry-mode loopback --passphrase-fd 9 --import g.p12 9<pass >import.log 2>&1 || true
	gpgsm --quiet --with-colons --list-keys $who@example.org 2>/dev/null | awk -F: '/^fpr/ {print $10; exit}' >$who.fpr
	sed 's/../&:/g; s/:$//; s/$/ S relax/' <$who.fpr >>g/trustlist.txt
done
gpgconf --homedir "$GNUPGHOME" --kill gpg-agent 2>/dev/null || true
pass9() { gpgsm --quiet --no-tty --pinentry-mode loopback --passphrase-fd 9 "$@" 9<pass; }

for who in ann ben; do
	[ -s $who.fpr ] || { fail "gpgsm has no certificate of $who"; continue; }
	# ours, read by gpgsm: it takes bare CMS
	letter $who.eml $who
	entity $who.eml >want
	bulla sign --opaque --key $who.p12 --pass-file pass --out s.eml $who.eml
	sed '1,/^\r*$/d' s.eml | base64 -di >s.p7m
	check "gpgsm verifies ours" pass9 --output back --verify s.p7m
	check "same" same_letter want back
	rm -f back
	# gpgsm 2.2 imports no EC keys, and encrypts to no key agreement
	gpgsm --quiet --with-colons --list-secret-keys $who@example.org 2>/dev/null | grep -q '^fpr' || {
		echo "gpgsm cannot: the private key of $who"
		continue
	}
	for option in "--cipher aes-256-cbc --pkcs1" "--cipher aes-128-cbc --pkcs1" "--cipher aes-256-gcm --pkcs1"; do
		case "$who$option" in ben*) option=${option% --pkcs1} ;; esac
		# shellcheck disable=SC2086
		status 0 "encrypt $option" bulla encrypt $option --to-cert $who.crt --out e.eml letter.eml
		sed '1,/^\r*$/d' e.eml | base64 -di >e.p7m
		if pass9 --output back --decrypt e.p7m 2>gpgsm.log; then
			check "same $who $option" same_letter want back
		elif grep -qiE 'unsupported|not supported|Buffer too short <KSBA>' gpgsm.log; then
			echo "gpgsm cannot: $who $option: $(tail -1 gpgsm.log)"
		else
			fail "gpgsm decrypts $who $option"
			cat gpgsm.log
		fi
		rm -f back
	done
	# theirs, read by us
	if pass9 --local-user "$(cat $who.fpr)" --output s.p7m --sign want 2>gpgsm.log; then
		sed "s/ann@/$who@/" want >/dev/null
		status 0 "gpgsm signs $who" bulla open --from $who@example.org --trust $who.crt --json --out back s.p7m
		is valid "$(field signature got)" "gpgsm signs $who"
		check "same" same_letter want back
	else
		fail "gpgsm signs $who: $(cat gpgsm.log)"
	fi
	if pass9 --local-user "$(cat $who.fpr)" --output s.p7s --detach-sign want 2>gpgsm.log; then
		status 0 "gpgsm detached $who" bulla open --from $who@example.org --trust $who.crt --content want --json s.p7s
		is valid "$(field signature got)" "gpgsm detached $who"
	else
		fail "gpgsm detached $who: $(cat gpgsm.log)"
	fi
	for cipher in AES128.CBC AES256.CBC; do
		if pass9 --cipher-algo ${cipher%.CBC} --recipient "$(cat $who.fpr)" --output e.p7m --encrypt want 2>gpgsm.log; then
			status 0 "gpgsm encrypts $who $cipher" bulla open --key $who.p12 --pass-file pass --json --out back e.p7m
			is unauthenticated "$(field encryption got)" "gpgsm encrypts $who $cipher"
			check "same" same_letter want back
		else
			echo "gpgsm cannot encrypt to $who: $(tail -1 gpgsm.log)"
		fi
		rm -f back e.p7m
	done
done
finish
