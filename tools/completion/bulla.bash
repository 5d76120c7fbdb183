# bulla.bash - completion of bulla(1) for bash. Options are those that
# `bulla COMMAND --help` names, so that they need no second list.

_bulla_options() {
	"${COMP_WORDS[0]}" "$@" --help 2>/dev/null </dev/null |
		grep -oE -- '--[a-z][a-z0-9-]*' | sort -u
}

_bulla() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local command=${COMP_WORDS[1]} sub=

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"sign encrypt open inspect cert key self-test --help --version" -- "$cur")
		return
	fi
	case $command in
	cert) sub="list show import export remove" ;;
	key) sub="list import export remove unlock lock" ;;
	esac
	if [ "$COMP_CWORD" -eq 2 ] && [ -n "$sub" ] && [[ $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$sub" -- "$cur")
		return
	fi
	case $prev in
	--cipher)
		mapfile -t COMPREPLY < <(compgen -W "aes-128-gcm aes-192-gcm \
			aes-256-gcm aes-128-cbc aes-192-cbc aes-256-cbc" -- "$cur")
		return
		;;
	--revocation)
		mapfile -t COMPREPLY < <(compgen -W "require prefer off" -- "$cur")
		return
		;;
	--require)
		mapfile -t COMPREPLY < <(compgen -W "signed encrypted intact" -- "$cur")
		return
		;;
	--at | --as | --to | --from) return ;;
	esac
	if [[ $cur == -* ]]; then
		if [ -n "$sub" ]; then
			mapfile -t COMPREPLY < <(compgen -W \
				"$(_bulla_options "$command" "${COMP_WORDS[2]}")" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W \
				"$(_bulla_options "$command")" -- "$cur")
		fi
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

complete -o filenames -F _bulla bulla
