#!/bin/bash
# 050-at-the-edges - options that do not go together, names that hold what a
# terminal or a parser trips over, commands at the same time.
. "$BULLA_SOURCE/tests/flows/lib.sh"
person ann rsa2048
person ben p256
letter letter.eml ann
trap 'bulla key lock >/dev/null 2>&1 || true' EXIT

### options
status 2 "JSON and content in one stream" bulla open --json --out - letter.eml
says "another file" "JSON and content in one stream"
status 0 "JSON alone" bulla open --json letter.eml
check "it is one object" jq -e . got
status 2 "two readers of one input" bulla open --content - -
says "standard input" "two readers of one input"
status 2 "a passphrase for nothing" bulla encrypt --pass-file pass --to-cert ben.crt letter.eml
for address in "Ben <ben@example.org>" "ben@example.org,ann@example.org" "ben@example.org ann@example.org" ben ben@ @example.org "<ben@example.org>"; do
	status 2 "--to $address" bulla encrypt --to "$address" letter.eml
	says "--to: '$address' is not one address" "--to $address"
done
status 2 "--from with a name" bulla open --from "Ann <ann@example.org>" letter.eml
status 6 "quotes may hold anything" bulla encrypt --to '"Ben, the <other>"@example.org' letter.eml
status 3 "no terminal, another option" setsid bulla key import --pass-file pass ann.p12
says "use --state-pass-file" "no terminal, another option"
openssl req -x509 -new -key ann.key -subj /CN=Ann -days 30 -addext keyUsage=digitalSignature -out signs.crt 2>openssl.log
status 6 "a certificate to sign with" bulla encrypt --to-cert signs.crt letter.eml
says "signs.crt: the certificate of Ann is not for encryption" "a certificate to sign with"
status 2 "-x" bulla open -xy letter.eml
says "no option -x" "-x"
status 2 "a value where none is" bulla open --json=yes letter.eml
says "--json takes no value" "a value where none is"

### a state that is not there is empty, and reading makes none
check "open leaves nothing behind" test ! -e state
status 0 "nowhere to write" env BULLA_HOME=/proc/nowhere/state bulla open letter.eml
status 0 "nowhere to write, list" env BULLA_HOME=/proc/nowhere/state bulla cert list
status 5 "nowhere to write, import" env BULLA_HOME=/proc/nowhere/state bulla cert import ben.crt

### NUL and controls in names
printf '%s\r\n' 'From: ann@example.org' 'Subject: =?utf-8?Q?two=C2=9Bthree?=' '' hello >c1.eml
status 0 "a control in a subject" bulla inspect c1.eml
check "it is escaped" grep -q 'two<U+009B>three' got
# a name that ends early for those who think a NUL ends it
openssl req -x509 -new -key ann.key -days 30 -subj '/CN=AnnXEvil' -outform DER -out x.der 2>openssl.log
sed 's/AnnXEvil/Ann\x00Evil/g' x.der | openssl x509 -inform DER -out nul.pem
openssl cms -sign -in letter.eml -signer nul.pem -inkey ann.key -outform DER -out nul.p7m -nodetach -binary
status 1 "NUL in a name" bulla open nul.p7m
says 'Ann<U.0000>Evil' "the whole name is shown"
status 1 "NUL in a name, JSON" bulla open --json nul.p7m
check "all of it is there" jq -e '.signers[0].name == "Ann\u0000Evil"' got
if command -v script >/dev/null; then
	script -qec 'bulla inspect --json c1.eml' /dev/null >shown </dev/null
	check "no control reaches a terminal" sh -c '! LC_ALL=C grep -q "$(printf "\302\233")" shown'
	check "it is escaped" grep -qi 'u009b' shown
	script -qec 'bulla open' /dev/null <letter.eml >shown
	check "a terminal is told that it is read" grep -q "Reading from the terminal" shown
	# ^C at the question ends the command, without waiting for the line's end
	{
		sleep 1
		printf '\003'
		for _ in $(seq 50); do
			[ -e ended ] && touch in-time && break
			sleep 0.1
		done
	} | script -qec 'env --default-signal=INT bulla sign --key ann.p12 --out nothing letter.eml; echo $? >ended' /dev/null >shown
	check "^C is heard at once" test -e in-time
	is 130 "$(cat ended)" "as an interrupt"
fi

### at the same time
echo 'first passphrase' >one.pass
echo 'other passphrase' >two.pass
for i in 1 2 3; do
	rm -rf state
	bulla key import --pass-file pass --state-pass-file one.pass ann.p12 >/dev/null 2>&1 &
	first=$!
	bulla key import --pass-file pass --state-pass-file two.pass ben.p12 >/dev/null 2>&1 &
	second=$!
	won=0
	wait $first && won=$((won + 1))
	wait $second && won=$((won + 1))
	is 1 $won "one passphrase for all keys, round $i"
	is 1 "$(find state/keys -name '*.p8' | wc -l)" "and one key, round $i"
done
rm -rf state
status 0 import bulla key import --pass-file pass --state-pass-file one.pass ann.p12
for i in 1 2 3; do
	pids=
	for _ in 1 2 3; do
		bulla key unlock --timeout 60 --pass-file one.pass >/dev/null 2>&1 &
		pids="$pids $!"
	done
	for p in $pids; do
		wait "$p" || fail "unlock at the same time, round $i"
	done
	status 0 "lock, round $i" bulla key lock
	says "The keys are locked" "lock, round $i"
	# the agent that lost would listen on without a name in the folder
	sleep 0.2
	is 0 "$(grep -c "$PWD/state/agent.sock" /proc/net/unix)" "no agent stays, round $i"
done
status 6 "no key of that name" bulla key remove --yes ben@example.org
says "bulla key list" "no key of that name"
status 6 "nobody of that name is trusted" bulla trust remove ben@example.org
says "bulla trust list" "nobody of that name is trusted"
finish
