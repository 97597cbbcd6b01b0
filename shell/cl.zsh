# claude-multi for zsh: cl runs claude on the account with the most room, cl-NAME on a named one.
# @claude-multi@
: "${__claude_multi:=claude-multi}"
unalias cl 2> /dev/null || :
function cl { "$__claude_multi" run -- "$@"; }
