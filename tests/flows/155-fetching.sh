# limit: 240
# What a certificate check lacks is fetched, kept, and not trusted: in a network of
# its own.
. "$BULLA_SOURCE/tests/flows/lib.sh"
unshare -rnm true 2>/dev/null || { echo "no namespaces can be made here"; exit 77; }
unset BULLA_HOME
unshare -rnm --propagation private python3 -B "$BULLA_SOURCE/tests/courier/fetching.py" || fail "fetching"
done_checks=$(cat counted)
finish
