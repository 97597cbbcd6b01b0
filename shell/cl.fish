# claude-multi for fish: cl runs claude on the account with the most room, cl-NAME on the account NAME.
# When it is sourced again, it removes the cl-NAME of accounts that are gone.
set -q __claude_multi_names; and functions -e $__claude_multi_names
# @claude-multi@
set -q __claude_multi; or set -g __claude_multi claude-multi
set -q __claude_multi_init; or set -g __claude_multi_init
set -q __claude_multi_names; or set -g __claude_multi_names
function __claude_multi_run
    if not command -q $__claude_multi
        echo "claude-multi is no longer installed; to remove it from this shell, type: exec fish" >&2
        return 127
    end
    command $__claude_multi $argv
end
function cl --description 'claude on the account with the most room'
    __claude_multi_run run -- $argv
end
function claude-multi --description 'several Claude subscriptions, one terminal'
    __claude_multi_run $argv
    set -l code $status
    if contains -- "$argv[1]" add config remove rename save setup; and test -r "$__claude_multi_init"
        source $__claude_multi_init
    end
    return $code
end
function __claude_multi_complete
    set -l typed (commandline -opc)
    set -l lines (command $__claude_multi complete -- $argv $typed[2..-1] (commandline -ct) 2>/dev/null)
    if test "$lines[1]" = :files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $lines
    end
end
complete -c claude-multi -e
complete -c claude-multi -f -k -a '(__claude_multi_complete)'
# cl and cl-NAME pass everything on to claude.
for __claude_multi_name in cl $__claude_multi_names
    complete -c $__claude_multi_name -e
    complete -c $__claude_multi_name -f -k -a '(__claude_multi_complete run --)'
end
set -e __claude_multi_name
