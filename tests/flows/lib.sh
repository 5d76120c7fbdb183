# lib.sh - what the flows share. Source it first: . "$BULLA_SOURCE/tests/flows/lib.sh"
set -eu
export BULLA_HOME=$PWD/state LC_ALL=C.UTF-8
bad=0 done_checks=0

# fail TEXT...: counts a failure and goes on
fail() {
	echo "FAILED: $*" >&2
	bad=$((bad + 1))
}

# check TEXT COMMAND...: the command must succeed
check() {
	local text=$1
	shift
	done_checks=$((done_checks + 1))
	"$@" >check.out 2>&1 || { fail "$text"; sed 's/^/    /' check.out >&2; }
}

# status WANT TEXT COMMAND...: the command must exit with WANT. What it said is
# in `said` (standard error) and `got` (standard output).
status() {
	local want=$1 text=$2 rc=0
	shift 2
	done_checks=$((done_checks + 1))
	"$@" >got 2>said || rc=$?
	[ "$rc" -eq "$want" ] || {
		fail "$text: exit status $rc, wanted $want"
		sed 's/^/    /' said >&2
	}
}

# says PATTERN TEXT: the last `status` command said so on standard error
says() {
	done_checks=$((done_checks + 1))
	grep -qE -- "$1" said || { fail "$2: did not say '$1'"; sed 's/^/    /' said >&2; }
}

# field NAME FILE: a member of a JSON object
field() {
	jq -r ".$1" "$2"
}

# is WANT GOT TEXT
is() {
	done_checks=$((done_checks + 1))
	[ "$1" = "$2" ] || fail "$3: '$2', wanted '$1'"
}

# verdict ENCRYPTION SIGNATURE REASONS FILE TEXT: REASONS sorted, with commas
verdict() {
	local got
	got=$(jq -r '[.encryption, .signature, (.reasons | sort | join(","))] | join(" ")' "$4")
	is "$1 $2 $3" "$got" "$5"
}

# key FILE KIND: a private key. KIND: rsa2048, rsa3072, p256, p384, p521,
# ed25519, ed448, x25519, x448
key() {
	case $2 in
	rsa*) openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:${2#rsa}" -out "$1" ;;
	p*) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:P-${2#p}" \
		-pkeyopt ec_param_enc:named_curve -out "$1" ;;
	*) openssl genpkey -quiet -algorithm "$2" -out "$1" ;;
	esac 2>openssl.log || { cat openssl.log >&2; exit 1; }
}

# issue NAME SUBJECT BY EXTENSION...: NAME.crt, signed by BY.key, by openssl
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

# lists CA [NAME...]: CA.crl, in which the certificates NAME are revoked
lists() {
	local ca=$1 n
	shift
	rm -rf "$ca.db"
	mkdir "$ca.db"
	: >"$ca.db/index"
	echo 01 >"$ca.db/number"
	printf '%s\n' '[ca]' default_ca=c '[c]' "database=$ca.db/index" "crlnumber=$ca.db/number" \
		default_md=sha256 default_crl_days=10 "unique_subject=no" >"$ca.cnf"
	for n in "$@"; do
		openssl ca -config "$ca.cnf" -cert "$ca.crt" -keyfile "$ca.key" -revoke "$n.crt" \
			-crl_reason keyCompromise 2>openssl.log || { cat openssl.log >&2; exit 1; }
	done
	openssl ca -config "$ca.cnf" -cert "$ca.crt" -keyfile "$ca.key" -gencrl -out "$ca.crl" 2>openssl.log ||
		{ cat openssl.log >&2; exit 1; }
}

# person NAME KIND [DAYS]: NAME.key, NAME.crt, NAME.p12 (passphrase in ./pass) for
# NAME@example.org. A key that cannot sign has a certificate of nobody's.
person() {
	local usage=digitalSignature,keyEncipherment
	case $2 in
	p*) usage=digitalSignature,keyAgreement ;;
	ed*) usage=digitalSignature ;;
	x*) usage=keyAgreement ;;
	esac
	[ -f pass ] || echo 'a passphrase of tests' >pass
	[ -f "$1.key" ] || key "$1.key" "$2"
	case $2 in x*)
		[ -f nobody.key ] || person nobody p256
		openssl pkey -in "$1.key" -pubout -out "$1.pub"
		openssl x509 -new -subj "/CN=${1^} Example" -force_pubkey "$1.pub" -CA nobody.crt -CAkey nobody.key \
			-days "${3:-365}" -out "$1.crt" -extfile <(printf '%s\n' "subjectAltName=email:$1@example.org" \
				"keyUsage=critical,$usage" extendedKeyUsage=emailProtection) 2>openssl.log ||
			{ cat openssl.log >&2; exit 1; }
		openssl pkcs12 -export -inkey "$1.key" -in "$1.crt" -name "$1" -out "$1.p12" \
			-passout file:pass
		return ;;
	esac
	openssl req -x509 -new -key "$1.key" -out "$1.crt" -days "${3:-365}" -sha256 \
		-subj "/CN=${1^} Example" -addext "subjectAltName=email:$1@example.org" \
		-addext basicConstraints=critical,CA:FALSE \
		-addext "keyUsage=critical,$usage" \
		-addext extendedKeyUsage=emailProtection 2>openssl.log ||
		{ cat openssl.log >&2; exit 1; }
	openssl pkcs12 -export -inkey "$1.key" -in "$1.crt" -name "$1" -out "$1.p12" \
		-passout file:pass
}

# letter FILE FROM: a message with an attachment, lines in CRLF
letter() {
	{
		printf '%s\r\n' "From: ${2^} Example <$2@example.org>" \
			'To: ben@example.org' 'Subject: a letter' \
			"Date: $(date -R)" "Message-ID: <$RANDOM@example.org>" \
			'MIME-Version: 1.0' \
			'Content-Type: multipart/mixed; boundary="=-outer"' '' \
			'--=-outer' 'Content-Type: text/plain; charset=utf-8' \
			'Content-Transfer-Encoding: quoted-printable' '' \
			'Gr=C3=BC=C3=9Fe,' 'CANARY-in-the-text' '' '--=-outer' \
			'Content-Type: application/octet-stream' \
			'Content-Disposition: attachment; filename="data.bin"' \
			'Content-Transfer-Encoding: base64' ''
		head -c 3000 /dev/zero | tr '\0' 'x' | base64 -w 76 | sed 's/$/\r/'
		printf '%s\r\n' '--=-outer--'
	} >"$1"
}

# entity FILE: what of a message is signed and encrypted: its Content-* fields
# and its body
entity() {
	awk 'BEGIN { body = 0 }
	body { print; next }
	/^\r?$/ { body = 1; print; next }
	/^[ \t]/ { if (keep) print; next }
	{ keep = tolower($0) ~ /^content-/; if (keep) print }' "$1"
}

# unprotected FILE: an entity that was sealed with the header fields of its
# message inside (RFC 9788), without them
unprotected() {
	entity "$1" | LC_ALL=C sed -zE 's/;\r?\n hp="[a-z]*"//'
}

# same_letter ENTITY FILE: FILE is the entity, header fields aside
same_letter() {
	cmp "$1" <(unprotected "$2")
}

# object FILE: the CMS object of a message that is application/pkcs7-mime
object() {
	sed '1,/^\r*$/d' "$1" | base64 -di
}

# split_clear FILE CONTENT SIGNATURE: the two parts of a multipart/signed
# message: what is signed, and the CMS object
split_clear() {
	python3 - "$@" <<-'P'
	import base64, re, sys
	head, body = open(sys.argv[1], "rb").read().split(b"\r\n\r\n", 1)
	mark = b"\r\n--" + re.search(rb'boundary="([^"]+)"', head).group(1)
	parts = (b"\r\n" + body).split(mark)
	open(sys.argv[2], "wb").write(parts[1].removeprefix(b"\r\n"))
	open(sys.argv[3], "wb").write(
	    base64.b64decode(parts[2].split(b"\r\n\r\n", 1)[1]))
	P
}

# join_clear CONTENT SIGNATURE FILE: the way back, with lines in CRLF
join_clear() {
	{
		printf '%s\r\n' 'MIME-Version: 1.0' \
			'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="=-clear"' \
			'' '--=-clear'
		cat "$1"
		printf '%s\r\n' '' '--=-clear' \
			'Content-Type: application/pkcs7-signature; name=smime.p7s' \
			'Content-Transfer-Encoding: base64' ''
		base64 -w 76 "$2" | sed 's/$/\r/'
		printf '%s\r\n' '--=-clear--'
	} >"$3"
}

# wrap_object OBJECT FILE: an application/pkcs7-mime entity of a CMS object
wrap_object() {
	{
		printf '%s\r\n' 'MIME-Version: 1.0' \
			'Content-Type: application/pkcs7-mime; name=smime.p7m' \
			'Content-Transfer-Encoding: base64' ''
		base64 -w 76 "$1" | sed 's/$/\r/'
	} >"$2"
}

# table FOLDER OPTIONS...: of files in the corpora, lines of FILE STATUS
# ENCRYPTION SIGNATURE REASONS on standard input; REASONS are those that must
# hold, "-" for none
table() {
	local folder=$1 file want encryption signature reasons r
	shift
	while read -r file want encryption signature reasons; do
		status "$want" "$folder/$file" bulla open --json "$@" "$BULLA_CORPORA/$folder/$file" </dev/null
		is "$encryption" "$(field encryption got)" "$folder/$file"
		is "$signature" "$(field signature got)" "$folder/$file"
		for r in ${reasons//,/ }; do
			[ "$r" = - ] || check "$folder/$file: $r" jq -e --arg r "$r" '.reasons | index($r)' got
		done
	done
}

# checked NAME: shows how many checks there were since the last time
checked_done=0 checked_bad=0
checked() {
	echo "score: $1: $((done_checks - checked_done)) checks, $((bad - checked_bad)) failed"
	checked_done=$done_checks checked_bad=$bad
}

# finish: the end of a flow
finish() {
	echo "$done_checks checks, $bad failed"
	[ "$bad" -eq 0 ]
}
