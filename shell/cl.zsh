# claude-multi for zsh: cl runs claude on the account with the most room, cl-NAME on the account NAME.
# When it is sourced again, it removes the cl-NAME of accounts that are gone; newer aliases stay.
[ -n "${ZSH_VERSION-}" ] || return 0
# The user's options and aliases would change what follows; they are put back at the end.
__claude_multi_options=()
for __claude_multi_option in aliases all_export csh_junkie_loops csh_junkie_quotes extended_glob \
  glob_subst ignore_braces ignore_close_braces ksh_arrays ksh_glob no_unset posix_builtins \
  posix_identifiers rc_expand_param sh_glob sh_word_split warn_create_global warn_nested_var \
  err_return err_exit; do
  if [[ -o $__claude_multi_option ]]; then
    __claude_multi_options+=("$__claude_multi_option")
    unsetopt "$__claude_multi_option"
  fi
done
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
    echo "claude-multi is no longer installed; to remove it from this shell, type: exec zsh" >&2
    return 127
  fi
  command "$__claude_multi" "$@"
}
function cl { __claude_multi_run run -- "$@"; }
function claude-multi {
  setopt local_options no_warn_nested_var no_warn_create_global
  local code=0
  # After Ctrl-C, zsh would leave the function with 1 from any other place that keeps the code.
  { __claude_multi_run "$@" } always { code=$? }
  case ${1-} in
    add | config | remove | rename | save | setup)
      [ ! -r "$__claude_multi_init" ] || . "$__claude_multi_init"
      ;;
  esac
  return "$code"
}
# Prints what "claude-multi complete" says for the words up to the cursor.
function __claude_multi_lines {
  emulate -L zsh
  command "$__claude_multi" complete -- "${(@Q)@}" 2> /dev/null
}
# For compinit's completion system, which has already set the options it needs.
function __claude_multi_complete {
  local line tab=$'\t'
  local -a lines described before
  # cl and cl-NAME pass everything on to claude.
  [[ ${words[1]} == claude-multi ]] || before=(run --)
  lines=("${(@f)$(__claude_multi_lines "${(@)before}" "${(@)words[2,CURRENT]}")}")
  if [[ ${lines[1]-} == :files ]]; then
    _files
    return
  fi
  for line in "${lines[@]}"; do
    # A colon with no meaning after it would misalign the list.
    [[ -z $line ]] || described+=("${${line%%$tab*}//:/\\:}${${line#*$tab}:+:${line#*$tab}}")
  done
  (( ! ${#described} )) || _describe -V claude-multi described
}
# For compctl, the completion that zsh has without compinit.
function __claude_multi_words {
  emulate -L zsh
  local line tab=$'\t'
  local -a typed lines before
  typeset -gA __claude_multi_meanings
  __claude_multi_meanings=()
  read -cA typed
  [[ ${typed[1]} == claude-multi ]] || before=(run --)
  lines=("${(@f)$(__claude_multi_lines "${(@)before}" "${(@)typed[2,-1]}")}")
  if [[ ${lines[1]-} == :files ]]; then
    reply=(${typed[-1]}*(N))
  else
    reply=("${(@)lines%%$tab*}")
    for line in "${lines[@]}"; do __claude_multi_meanings[${line%%$tab*}]=${line#*$tab}; done
  fi
}
# What compctl lists for each of these words.
function __claude_multi_listed {
  emulate -L zsh
  local word meaning
  local -i width=0
  for word; do (( width = ${#word} > width ? ${#word} : width )); done
  reply=()
  for word; do
    meaning=${__claude_multi_meanings[$word]-}
    reply+=("${${meaning:+${(r:$width:)word}  -- $meaning}:-$word}")
  done
}
# Start files that are read later may call compinit, so this waits for the first prompt.
function __claude_multi_register {
  emulate -LR zsh
  precmd_functions=("${(@)precmd_functions:#__claude_multi_register}")
  if (( ${+functions[compdef]} )); then
    compdef __claude_multi_complete claude-multi cl "${__claude_multi_names[@]}"
  else
    # compctl finds a name with a dash only through a pattern.
    compctl -tn -V claude-multi -K __claude_multi_words -y __claude_multi_listed 'claude?multi' cl "${(@)__claude_multi_names//-/?}"
  fi
}
if [[ -o interactive ]]; then
  typeset -ga precmd_functions
  precmd_functions=("${(@)precmd_functions:#__claude_multi_register}" __claude_multi_register)
fi
unset __claude_multi_option
[ -z "${__claude_multi_options[*]}" ] || setopt "${__claude_multi_options[@]}"
