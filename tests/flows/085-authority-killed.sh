#!/bin/bash
# 085-authority-killed - bulla ca is killed before each of the calls by which it
# changes files: no number and no revocation is lost, numbers of lists grow.
# Every fifth step; SWEEP=1 in the environment, by hand, takes each.
# limit: 300
# plain only
. "$BULLA_SOURCE/tests/flows/lib.sh"
stride=${SWEEP:-5}
echo 'passphrase of the authority' >ca.pass
echo 'a long enough passphrase' >p12.pass
cc -shared -fPIC -o kill.so "$BULLA_SOURCE/tests/flows/kill.c" -ldl
key k.key p256
openssl req -new -key k.key -subj /CN=k -out k.csr
BULLA=$(command -v bulla)
ca() { "$BULLA" ca "$@" --pass-file ca.pass; }
killed() { # STEP ARGUMENTS...: as ca, killed at that step; 137 then
	local at=$1
	shift
	rm -f count
	LD_PRELOAD=$PWD/kill.so KILL_AT=$at KILL_COUNT=$PWD/count ca "$@" >got 2>said
}
serial_of() { openssl x509 -in "$1" -noout -serial | cut -d= -f2 | tr A-F a-f; }
number() { printf '%d' "$(openssl crl -inform DER -in "pub/$1.crl" -noout -crlnumber | sed 's/crlNumber=//')"; }
listed() { # what is listed: number and status, without what is unfinished
	"$BULLA" ca list --json >list.json || return 1
	jq -r '.[] | select(.status != "unfinished") | .serial + " " + .status' list.json | sort >"$1"
}

# sweep NAME COMMAND: COMMAND STEP runs it killed; AFTER looks at what is there
sweep() {
	local name=$1 run=$2 after=$3 at=1 rc
	while :; do
		listed before
		was=$(number ca 2>openssl.log || echo 0)
		rc=0
		"$run" "$at" || rc=$?
		check "$name, killed at $at: it is listed" listed now
		# what was there is there, and a revocation stays
		check "$name at $at: nothing is lost" sh -c \
			'cut -d" " -f1 before | join - now >kept && [ "$(wc -l <before)" -eq "$(wc -l <kept)" ]'
		check "$name at $at: what is revoked stays so" sh -c 'grep revoked before | comm -23 - now | cmp - /dev/null'
		check "$name at $at: the list is whole" number ca
		check "$name at $at: its number does not fall" test "$(number ca)" -ge "$was"
		check "$name at $at: no half file" sh -c '! find pub state/ca -type f -size 0 | grep .'
		"$after" "$at"
		[ "$rc" -eq 137 ] || break
		at=$((at + stride))
	done
	is 0 "$rc" "$name, not killed"
	check "$name has steps" test "$(cat count)" -gt 8
	echo "score: $name: $(cat count) steps"
}

# init: before it is there, it can be said again
at=1 rc=137
while [ "$rc" -eq 137 ]; do
	rc=0
	killed "$at" init --organization O --country DE --url http://h --folder pub || rc=$?
	if [ "$rc" -eq 137 ] && ! "$BULLA" ca list >/dev/null 2>&1; then
		rm -rf state pub
	elif [ "$rc" -eq 137 ]; then
		status 0 "init killed at $at: published later" ca crl --root
		check "init killed at $at: is whole" openssl verify -CAfile \
			<(openssl x509 -inform DER -in pub/root.crt) <(openssl x509 -inform DER -in pub/ca.crt)
		rm -rf state pub
	fi
	at=$((at + stride))
done
is 0 "$rc" "init, not killed"

issue_at() {
	rm -f new.pem
	killed "$1" issue --request k.csr --out new.pem "a$1@example.org"
}
issue_after() {
	# what left the house has a number here
	[ ! -s new.pem ] || check "issue at $1: it has an entry" grep -q "$(serial_of new.pem) good" now
	check "issue at $1: no file beside" sh -c '! ls -a | grep "^\.new"'
}
sweep issue issue_at issue_after

revoke_at() {
	victim=$(jq -r '[.[] | select(.status == "good" and .use == "both")][0].serial' list.json)
	if [ "$victim" = null ]; then
		ca issue --request k.csr --out v.pem "v$1@example.org" >/dev/null
		listed before
		victim=$(serial_of v.pem)
	fi
	killed "$1" revoke "$victim"
}
revoke_after() {
	grep -q "$victim revoked" now || return 0
	# it was said: whatever was killed, the next list tells it
	status 0 "revoke at $1: a list" ca crl
	check "revoke at $1: tells it" sh -c "openssl crl -inform DER -in pub/ca.crl -noout -text | grep -qi $victim"
	status 0 "revoke at $1: again" ca revoke "$victim"
	check "revoke at $1: the answer tells it" sh -c \
		"openssl ocsp -respin pub/ocsp/$victim/response.der -noverify -resp_text | grep -q 'Cert Status: revoked'"
}
sweep revoke revoke_at revoke_after

crl_at() { killed "$1" crl; }
crl_after() {
	local published
	published=$(number ca)
	status 0 "crl at $1: the next" ca crl
	check "crl at $1: has a higher number" test "$(number ca)" -gt "$published"
}
sweep crl crl_at crl_after
finish
