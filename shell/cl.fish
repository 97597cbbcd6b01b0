# claude-multi for fish: cl runs claude on the account with the most room, cl-NAME on a named one.
# @claude-multi@
set -q __claude_multi; or set -g __claude_multi claude-multi
function cl --description 'claude on the account with the most room'
    $__claude_multi run -- $argv
end
