#compdef bulla
# Completion of bulla(1) for zsh. Options are those that `bulla COMMAND --help`
# names, so that they need no second list.

_bulla() {
	local -a commands options
	local sub=

	commands=(
		'sign:sign a message'
		'encrypt:encrypt a message'
		'open:open a message and judge it'
		'inspect:show the parts and layers of a message'
		'cert:certificates'
		'key:private keys'
		'self-test:what the libraries here can do'
	)
	if (( CURRENT == 2 )); then
		_describe command commands
		return
	fi
	case $words[2] in
	cert) sub='list show import export remove' ;;
	key) sub='list import export remove unlock lock' ;;
	esac
	if (( CURRENT == 3 )) && [[ -n $sub && $PREFIX != -* ]]; then
		compadd -- ${=sub}
		return
	fi
	case $words[CURRENT-1] in
	--cipher)
		compadd -- aes-{128,192,256}-{gcm,cbc}
		return
		;;
	--revocation)
		compadd -- require prefer off
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
	if [[ $PREFIX == -* ]]; then
		if [[ -n $sub ]]; then
			options=(${(f)"$($words[1] $words[2] $words[3] --help 2>/dev/null </dev/null | grep -oE -- '--[a-z][a-z0-9-]*' | sort -u)"})
		else
			options=(${(f)"$($words[1] $words[2] --help 2>/dev/null </dev/null | grep -oE -- '--[a-z][a-z0-9-]*' | sort -u)"})
		fi
		compadd -- $options
		return
	fi
	_files
}

_bulla "$@"
