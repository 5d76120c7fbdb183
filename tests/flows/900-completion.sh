#!/bin/bash
# Completion in bash offers the commands, and the options that --help names.
. "$BULLA_SOURCE/tests/flows/lib.sh"
. "$BULLA_SOURCE/tools/completion/bulla.bash"

# offers WORD...: what is offered for the last word
offers() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
	_bulla
	echo "${COMPREPLY[*]}"
}

is "sign" "$(offers bulla sig)" "a command"
check "every command" test "$(offers bulla '' | wc -w)" -ge 8
is "import" "$(offers bulla key im)" "a command of a command"
is "--trust" "$(offers bulla open --tr)" "an option"
is "--state-pass-file" "$(offers bulla key import --st)" "an option below"
is "aes-256-gcm" "$(offers bulla encrypt --cipher aes-256-g)" "a value"
is "baseline" "$(offers bulla encrypt --header-policy b)" "a policy"
touch letter.eml
is "letter.eml" "$(offers bulla open le)" "a file"
is "" "$(offers bulla encrypt --to le)" "no file for an address"
finish
