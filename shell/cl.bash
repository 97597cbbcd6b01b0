# shellcheck shell=bash
# claude-multi for bash: cl runs claude on the account with the most room, cl-NAME on the account NAME.
# When it is sourced again, it removes the cl-NAME of accounts that are gone; newer aliases stay.
[ -n "${BASH_VERSION-}" ] || return 0
# The user's options and aliases would change what follows; they are put back at the end. In POSIX mode,
# a function name can't have a dash.
__claude_multi_options=$-:$SHELLOPTS:
set +aeu +o posix
if shopt -q expand_aliases; then __claude_multi_options=$__claude_multi_options:aliases:; fi
shopt -u expand_aliases
if [ -n "${__claude_multi_names+set}" ]; then
  unset -f "${__claude_multi_names[@]}" 2> /dev/null || :
else
  unalias cl claude-multi 2> /dev/null || :
fi
# @claude-multi@
: "${__claude_multi:=claude-multi}" "${__claude_multi_init=}"
[ -n "${__claude_multi_names+set}" ] || __claude_multi_names=()
function __claude_multi_run {
  if ! command -v "$__claude_multi" > /dev/null; then
    echo "claude-multi is no longer installed; to remove it from this shell, type: exec bash" >&2
    return 127
  fi
  command "$__claude_multi" "$@"
}
function cl { __claude_multi_run run -- "$@"; }
function claude-multi {
  local code=0
  __claude_multi_run "$@" || code=$?
  case ${1-} in
    add | config | remove | rename | save | setup)
      # shellcheck source=/dev/null
      [ ! -r "$__claude_multi_init" ] || . "$__claude_multi_init"
      ;;
  esac
  return "$code"
}
function __claude_multi_complete {
  local cur=${COMP_WORDS[COMP_CWORD]} tab=$'\t' out line word
  COMPREPLY=()
  [ "$cur" != = ] || cur=
  # cl and cl-NAME pass everything on to claude.
  case ${COMP_WORDS[0]##*/} in cl | cl-*) set -- run -- ;; *) set -- ;; esac
  # What is in $( ) is read only now, with the user's aliases, which don't apply to quoted words.
  out=$(\command "$__claude_multi" complete -- "$@" "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null) || return 0
  if [ "$out" = :files ]; then
    out=$(\compgen -f -- "$cur") || return 0
    while IFS= read -r line; do COMPREPLY+=("$line"); done <<< "$out"
    compopt -o filenames 2> /dev/null || :
    return 0
  fi
  while IFS= read -r line; do
    word=${line%%"$tab"*}
    case $word in "" | :*) continue ;; "$cur"*) ;; *) continue ;; esac
    # 63 is "?": bash only lists the words, so each can be followed by its meaning.
    if [ "${COMP_TYPE:-9}" = 63 ] && [ "$word$tab" != "$line" ]; then word="$word  (${line#*"$tab"})"; fi
    COMPREPLY+=("$word")
  done <<< "$out"
  [ "${#COMPREPLY[@]}" -ne 1 ] || COMPREPLY=("${COMPREPLY[0]%%  (*}")
  compopt -o nosort 2> /dev/null || :
}
complete -F __claude_multi_complete claude-multi cl "${__claude_multi_names[@]}" 2> /dev/null || :
# In one group, which is read before any of it takes effect.
{
  set -- "$__claude_multi_options" "$@"
  unset __claude_multi_options
  case $1 in *:aliases:*) shopt -s expand_aliases ;; esac
  case $1 in *:posix:*) set -o posix ;; esac
  case ${1%%:*} in *a*) set -a ;; esac
  case ${1%%:*} in *u*) set -u ;; esac
  case ${1%%:*} in *e*) set -e ;; esac
  shift
}
