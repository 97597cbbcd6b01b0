#!/bin/sh
# Runs the program of the same name from the npm package of this platform, which npm installs beside this
# one or below it.
set -u
case $0 in
  */*) self=$0 ;;
  *) self=$(command -v -- "$0") || self=./$0 ;;
esac
name=${self##*/}

# usage: try FOLDER [ARGUMENT...]   runs the program if its package is in a folder of packages
try() {
  folder=$1
  shift
  for platform in linux-x64 linux-arm64 macos-arm64 macos-x64; do
    program=$folder/claude-multi-$platform/bin/$name
    [ ! -x "$program" ] || exec "$program" "$@"
  done
}

# Where npm's links in PREFIX/bin and node_modules/.bin lead to; reading them would take another process.
bin=${self%/*}
try "$bin/../lib/node_modules/claude-multi/node_modules" "$@"
try "$bin/../lib/node_modules" "$@"
try "$bin/../claude-multi/node_modules" "$@"
try "$bin/.." "$@"
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case $target in
    /*) self=$target ;;
    *) self=${self%/*}/$target ;;
  esac
done
try "${self%/*}/../node_modules" "$@"
try "${self%/*}/../.." "$@"
for loader in /lib/ld-musl-*; do
  if [ -e "$loader" ]; then
    echo "claude-multi: its programs need glibc, but this system has musl" >&2
    exit 1
  fi
done
case $(uname -sm) in
  "Linux x86_64") platform=linux-x64 ;;
  "Linux aarch64") platform=linux-arm64 ;;
  "Darwin arm64") platform=macos-arm64 ;;
  "Darwin x86_64") platform=macos-x64 ;;
  *)
    echo "claude-multi: there are no programs for $(uname -sm), only for Linux and macOS on x86_64 and arm64" >&2
    exit 1
    ;;
esac
echo "claude-multi: the npm package claude-multi-$platform is missing; install again, with optional dependencies" >&2
exit 1
