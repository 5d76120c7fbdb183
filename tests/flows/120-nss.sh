#!/bin/bash
# limit: 300
# 120-nss - round trips with NSS (certutil, pk12util, cmsutil), both ways, over
# form, key and cipher. What NSS cannot do is said.
. "$BULLA_SOURCE/tests/flows/lib.sh"
for program in certutil pk12util cmsutil; do
	command -v $program >/dev/null || { echo "$program is not installed"; exit 77; }
done
letter letter.eml ann
entity letter.eml >want
mkdir nss
certutil -N -d sql:nss --empty-password
kinds="rsa2048 p256 p384"
for kind in $kinds; do
	person ann-$kind $kind
	# one address for all, so that one letter serves
	openssl req -x509 -new -key ann-$kind.key -out ann-$kind.crt -days 365 -sha256 -subj "/CN=Ann $kind" \
		-addext subjectAltName=email:ann@example.org -addext basicConstraints=critical,CA:FALSE 2>/dev/null
	openssl pkcs12 -export -inkey ann-$kind.key -in ann-$kind.crt -name ann-$kind -out ann-$kind.p12 -passout file:pass
done
# our own PKCS#12, as the state exports it, goes into NSS
for kind in $kinds; do
	rm -rf state
	bulla key import --pass-file pass --state-pass-file pass ann-$kind.p12 >/dev/null
	bulla key export --pass-file pass --new-pass-file pass --out out-$kind.p12 ann@example.org
	if check "NSS imports our PKCS#12, $kind" pk12util -i out-$kind.p12 -d sql:nss -w pass -K ''; then :; fi
	certutil -M -n ann-$kind -t ",Pu," -d sql:nss || fail "NSS has no ann-$kind"
	# and theirs comes back
	check "NSS exports $kind" pk12util -o nss-$kind.p12 -n ann-$kind -d sql:nss -w pass -K ''
	status 0 "NSS PKCS#12, $kind" bulla sign --key nss-$kind.p12 --pass-file pass --out s.eml letter.eml
done

good=0 all=0 cannot=
# same TEXT FILE: one cell of the matrix is right
same() {
	all=$((all + 1))
	done_checks=$((done_checks + 1))
	if same_letter want "$2" >/dev/null; then good=$((good + 1)); else fail "$1: the content is another"; fi
	rm -f "$2"
}
# broken TEXT: one cell is not
broken() {
	all=$((all + 1))
	fail "$1: $(cat nss.log said 2>/dev/null | tail -3)"
}
# cannot TEXT: NSS says that it cannot; nobody's fault
cannot() { cannot="$cannot${cannot:+, }$1"; }
# score TEXT LEAST: how much of a matrix is right; LEAST of it must be
score() {
	echo "score: $1: $good of $all"
	[ -z "$cannot" ] || echo "score:     NSS cannot: $cannot"
	done_checks=$((done_checks + 1))
	[ "$good" -ge "$2" ] || fail "$1: $good are right, wanted $2"
	good=0 all=0 cannot=
}
nss() { cmsutil "$@" -d sql:nss -p '' 2>nss.log; }
# undone TEXT: what NSS says of things that it does not have
undone() {
	if grep -qE 'INVALID_ALGORITHM|UNSUPPORTED|not supported|UNRECOGNIZED_OID' nss.log; then cannot "$1"; else broken "$1"; fi
}

# NSS 3.87 reads no key agreement, not OpenSSL's either
agrees=true
openssl cms -encrypt -binary -in want -aes-128-cbc -recip ann-p256.crt -outform DER -out e.p7m
nss -D -i e.p7m -o back && cmp -s want back || agrees=false
# agreement KIND: false, and said, when it is not to be tried
agreement() {
	case $1 in rsa*) return 0 ;; esac
	$agrees && return
	case $cannot in *agreement*) ;; *) cannot "key agreement (OpenSSL's neither)" ;; esac
	return 1
}

### ours, read by NSS
for kind in $kinds; do
	p=ann-$kind
	for option in "" --pss "--digest sha384" "--digest sha512"; do
		case "$kind$option" in p*--pss) continue ;; esac
		text="clear $kind $option"
		# shellcheck disable=SC2086
		status 0 "$text" bulla sign --key $p.p12 --pass-file pass $option --out s.eml letter.eml
		split_clear s.eml content s.p7s
		nss -D -c content -i s.p7s -o back && same "$text" back || undone "$text"
		text="opaque $kind $option"
		# shellcheck disable=SC2086
		status 0 "$text" bulla sign --opaque --key $p.p12 --pass-file pass $option --out s.eml letter.eml
		object s.eml >s.p7m
		nss -D -i s.p7m -o back && same "$text" back || undone "$text"
	done
	# altered content is not good for NSS either
	sed 's/CANARY-in-the-text/CANARY-in-the-tezt/' content >altered
	if nss -D -c altered -i s.p7s -o back; then fail "NSS takes altered content, $kind"; fi
	done_checks=$((done_checks + 1))
	for cipher in aes-128-cbc aes-192-cbc aes-256-cbc aes-128-gcm aes-256-gcm; do
		for option in --pkcs1 --oaep --by-ski; do
			case "$kind$option" in p*--oaep | p*--pkcs1) continue ;; esac
			text="encrypted $kind $cipher $option"
			agreement $kind || continue
			status 0 "$text" bulla encrypt --cipher $cipher $option --to-cert $p.crt --out e.eml letter.eml
			object e.eml >e.p7m
			nss -D -i e.p7m -o back && same "$text" back || undone "$text"
		done
	done
	for cipher in aes-128-cbc aes-256-cbc; do
		text="both $kind $cipher"
		agreement $kind || continue
		status 0 "$text" bulla encrypt --sign --cipher $cipher --key $p.p12 --pass-file pass --to-cert $p.crt --out b.eml letter.eml
		object b.eml >b.p7m
		if nss -D -i b.p7m -o inner.eml; then
			split_clear inner.eml content s.p7s
			nss -D -c content -i s.p7s -o back && same "$text" back || undone "$text"
		else
			undone "$text"
		fi
		text="triple $kind $cipher"
		status 0 "$text" bulla encrypt --triple --cipher $cipher --key $p.p12 --pass-file pass --to-cert $p.crt --out t.eml letter.eml
		split_clear t.eml middle.eml s.p7s
		nss -D -c middle.eml -i s.p7s -o middle2.eml || { undone "$text"; continue; }
		object middle2.eml >e.p7m
		nss -D -i e.p7m -o inner.eml || { undone "$text"; continue; }
		split_clear inner.eml content s.p7s
		nss -D -c content -i s.p7s -o back && same "$text" back || undone "$text"
	done
done
score "ours, read by NSS" 30

### theirs, read by us. NSS writes no header, so we say who is expected.
open() { bulla open --from ann@example.org --json --out back "$@"; }
# ours TEXT ENCRYPTION SIGNATURE: one cell of what we opened
ours() {
	local reasons=
	[ "$2" != unauthenticated ] || reasons=unauthenticated
	verdict "$2" "$3" "$reasons" got "$1"
	same "$1" back
}
for kind in $kinds; do
	p=ann-$kind
	for option in "" "-G" "-G -P" "-H SHA1" "-H SHA384 -G" "-H SHA512"; do
		text="clear $kind $option"
		# shellcheck disable=SC2086
		nss -S -T -N $p $option -i want -o s.p7s || { undone "$text"; continue; }
		join_clear want s.p7s s.eml
		if [ "$option" = "-H SHA1" ]; then # weak, and said so
			status 1 "$text" open --trust $p.crt s.eml
			verdict none unverified weak-algorithm got "$text"
			same "$text" back
			continue
		fi
		status 0 "$text" open --trust $p.crt s.eml
		ours "$text" none valid
		text="opaque $kind $option"
		# shellcheck disable=SC2086
		nss -S -N $p $option -i want -o s.p7m || { undone "$text"; continue; }
		status 0 "$text" open --trust $p.crt s.p7m
		ours "$text" none valid
		wrap_object s.p7m s.eml
		status 0 "$text as mail" open --trust $p.crt s.eml
		ours "$text as mail" none valid
	done
	text="encrypted $kind"
	nss -E -r ann-$kind -i want -o e.p7m || { undone "$text"; continue; }
	status 0 "$text" open --key $p.p12 --pass-file pass e.p7m
	ours "$text" unauthenticated none
	text="both $kind"
	nss -S -N $p -G -i want -o s.p7m && wrap_object s.p7m s.eml && nss -E -r ann-$kind -i s.eml -o b.p7m || { undone "$text"; continue; }
	status 0 "$text" open --key $p.p12 --pass-file pass --trust $p.crt b.p7m
	ours "$text" unauthenticated valid
	text="triple $kind"
	wrap_object b.p7m b.eml
	nss -S -T -N $p -G -i b.eml -o t.p7s || { undone "$text"; continue; }
	join_clear b.eml t.p7s t.eml
	status 0 "$text" open --key $p.p12 --pass-file pass --trust $p.crt t.eml
	ours "$text" unauthenticated valid
done
score "NSS's, read by us" 51
finish
