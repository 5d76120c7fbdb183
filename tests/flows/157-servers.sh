# limit: 240
# Whatever a server does, it is named, ends in time, and is no reason to call a
# certificate good: in a network of its own.
. "$BULLA_SOURCE/tests/flows/lib.sh"
unshare -rnm true 2>/dev/null || { echo "no namespaces can be made here"; exit 77; }
unset BULLA_HOME
unshare -rnm --propagation private python3 -B "$BULLA_SOURCE/tests/courier/behaviours.py" || fail "servers"
done_checks=$(cat counted)
finish
