#compdef bulla
# Completion of bulla(1) for zsh. Commands and options are those that --help
# names, so that they need no second list.

# _bulla_help commands|options WORD...: what `bulla WORD... --help` lists
_bulla_help() {
	local what=$1
	shift
	"$@" --help 2>/dev/null </dev/null |
		sed -n "/^$what:/,/^\$/s/^  \\(-*[a-z][a-z0-9-]*\\).*/\\1/p"
}

_bulla() {
	local -a sub

	if (( CURRENT == 2 )); then
		compadd -- ${(f)"$(_bulla_help commands $words[1])"} --help
		return
	fi
	sub=(${(f)"$(_bulla_help commands $words[1] $words[2])"})
	if (( CURRENT == 3 && $#sub )); then
		compadd -- $sub --help
		return
	fi
	case $words[CURRENT-1] in
	--cipher)
		compadd -- aes-{128,192,256}-{gcm,cbc}
		return
		;;
	--header-policy)
		compadd -- none baseline shy
		return
		;;
	--revocation)
		compadd -- require prefer off
		return
		;;
	--purpose)
		compadd -- sign encrypt any
		return
		;;
	--require)
		compadd -- signed encrypted intact
		return
		;;
	--at | --as | --to | --from)
		return
		;;
	esac
	if [[ $PREFIX != -* ]]; then
		_files
	elif (( $#sub )); then
		compadd -- --help ${(f)"$(_bulla_help options $words[1] $words[2] $words[3])"}
	else
		compadd -- --help ${(f)"$(_bulla_help options $words[1] $words[2])"}
	fi
}

_bulla "$@"
