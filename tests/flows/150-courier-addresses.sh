# Nothing but public addresses is visited, however they are written and whatever
# a name server or a redirect says. In a network of its own, where every address
# is this machine's.
. "$BULLA_SOURCE/tests/flows/lib.sh"
unshare -rnm true 2>/dev/null || { echo "no namespaces can be made here"; exit 77; }
unshare -rnm --propagation private python3 -B "$BULLA_SOURCE/tests/courier/addresses.py" || fail "addresses"
done_checks=$(cat counted)
finish
