#!/bin/bash
# 300-probes - ten messages that make openssl release what it should not: nine
# release nothing here, the tenth (a CBC message whose first block was changed,
# which no receiver can see) says `unauthenticated`.
. "$BULLA_SOURCE/tests/flows/lib.sh"
probes=$(dirname "$BULLA_CORPORA")/probes/cms_aead_probe.sh
[ -f "$probes" ] || { echo "the probes are missing: $probes"; exit 77; }
# The script runs "OPENSSL cms -decrypt ..." for each probe in its own folder:
# a stand-in for openssl keeps a copy of key and probes.
cat >stand-in <<'STANDIN'
#!/bin/sh
case "$*" in
*-decrypt*) mkdir -p "$KEEP"; cp -p ./k.pem ./c.pem ./p_* "$KEEP"/ ;;
esac
exec openssl "$@"
STANDIN
chmod +x stand-in
KEEP=$PWD/kept sh "$probes" "$PWD/stand-in" >probes.log 2>&1 || true
cat kept/k.pem kept/c.pem >key.pem
for probe in flip16 tag11 tag8 tag4 tag1 ae_cfb env_cfb env_cbc env_gcm_notag; do
	# a tag length that RFC 5084 does not know is malformed
	want=3
	case $probe in tag*) want=4 ;; esac
	for form in file stream; do
		rm -f back
		case $form in
		file) status $want $probe bulla open --key key.pem --json --out back kept/p_$probe ;;
		stream) status $want $probe bulla open --key key.pem kept/p_$probe ;;
		esac
		check "$probe released nothing" test ! -e back
		[ $form = stream ] || is failed "$(field encryption got)" $probe
		[ $form = file ] || check "$probe released nothing" test ! -s got
	done
done
status 0 cbc_iv bulla open --key key.pem --json --out back kept/p_cbc_iv
is unauthenticated "$(field encryption got)" cbc_iv
status 3 "cbc_iv, but intact" bulla open --key key.pem --require intact --out nothing kept/p_cbc_iv
check "nothing written" test ! -e nothing
finish
