# bulla.bash - completion of bulla(1) for bash. Commands and options are those
# that --help names, so that they need no second list.

# _bulla_help commands|options WORD...: what `bulla WORD... --help` lists
_bulla_help() {
	local what=$1
	shift
	"$@" --help 2>/dev/null </dev/null |
		sed -n "/^$what:/,/^\$/s/^  \\(-*[a-z][a-z0-9-]*\\).*/\\1/p"
}

_bulla() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local bulla=${COMP_WORDS[0]} command=${COMP_WORDS[1]} sub words

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$(_bulla_help commands "$bulla") --help"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	sub=$(_bulla_help commands "$bulla" "$command")
	if [ "$COMP_CWORD" -eq 2 ] && [ -n "$sub" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$sub --help" -- "$cur")
		return
	fi
	case $prev in
	--cipher) words="aes-128-gcm aes-192-gcm aes-256-gcm aes-128-cbc \
		aes-192-cbc aes-256-cbc" ;;
	--header-policy) words="none baseline shy" ;;
	--revocation) words="require prefer off" ;;
	--purpose) words="sign encrypt any" ;;
	--require) words="signed encrypted intact" ;;
	--at | --as | --to | --from | --address) return ;;
	*)
		if [[ $cur != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
		words="--help $(_bulla_help options "$bulla" "$command" \
			${sub:+"${COMP_WORDS[2]}"})"
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o filenames -F _bulla bulla
