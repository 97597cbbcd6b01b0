#!/bin/sh
# Installs claude-multi from a release: downloads it, checks it, and puts the programs in place.
# usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]

# The address of the releases, which has latest/download/FILE and download/vVERSION/FILE below it.
# NOTHING IS PUBLISHED YET: it is empty, and CLAUDE_MULTI_RELEASES must be set instead. The first
# release fills it in here, and nowhere else.
published=

set -eu

# The shell reads the whole script before it runs anything, so half a download does nothing.
main() {
  base=${CLAUDE_MULTI_RELEASES:-$published}
  base=${base%/}
  version=latest
  uninstall=
  work=
  new=
  case ${CLAUDE_MULTI_HOME-} in
    /*) home=$CLAUDE_MULTI_HOME ;;
    # The programs ignore a relative path too.
    *)
      [ -n "${HOME-}" ] || die 2 "HOME is not set"
      home=$HOME/.claude-multi
      ;;
  esac
  prefix=$home
  while [ $# -gt 0 ]; do
    case $1 in
      --version) need "$@"; version=${2#v}; shift 2 ;;
      --prefix) need "$@"; prefix=$2; shift 2 ;;
      --uninstall) uninstall=yes; shift ;;
      --help | -h) usage; exit 0 ;;
      *) die 2 "unknown option \"$1\" (the options are --version, --prefix, --uninstall)" ;;
    esac
  done
  case $version in
    *[!0-9A-Za-z.+-]*) die 2 "invalid version \"$version\" (a version looks like 1.2.3)" ;;
  esac
  case $prefix in
    /*) ;;
    *) prefix=$(pwd)/$prefix ;;
  esac
  refuse_foreign_root
  if [ -n "$uninstall" ]; then remove; else install; fi
}

usage() {
  say "usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]"
  say "  --version X.Y.Z  which release to install (default: the latest)"
  say "  --prefix DIR     install into DIR/bin (default: ~/.claude-multi/bin)"
  say "  --uninstall      undo the setup and remove the programs; keep logins and settings"
  say "CLAUDE_MULTI_RELEASES is the address of the releases${published:+ (default: $published)}"
}

# Not echo: in some shells it interprets backslashes.
say() { printf '%s\n' "$*"; }

die() {
  code=$1
  shift
  say "install.sh: $*; nothing was changed" | printable >&2
  exit "$code"
}

# Removes control characters, so that foreign text reaches the terminal as text only.
printable() { tr -d '\000-\011\013-\037\177'; }

# Prints the last line of a failed command's errors.
why() { grep . "$work/why" | tail -n 1 | grep . || say "no reason given"; }

need() {
  case ${2-} in
    "" | -*) die 2 "option \"$1\" needs a value" ;;
  esac
}

has() { command -v "$1" > /dev/null 2>&1; }

# Refuses root in a folder of somebody else, whom files of root would shut out: sudo may keep HOME.
refuse_foreign_root() {
  [ "$(id -u)" = 0 ] || return 0
  place=$prefix
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  case $prefix in
    "${HOME:-/}"/*) set -- "$HOME" "$place" ;;
    *) set -- "$place" ;;
  esac
  for place; do
    owner=$(owner_of "$place")
    [ "$owner" = 0 ] ||
      die 5 "cannot run as root: \"$place\" belongs to user $owner, whom files of root would shut out (run it without sudo, or choose a folder of root with --prefix)"
  done
}

# The number of the user to whom a folder belongs.
owner_of() {
  # shellcheck disable=SC2012  # stat differs between systems; only the third field is read
  ls -nd "$1/" | { read -r _ _ owner _; say "$owner"; }
}

# Sets target to this machine's name in release files, such as linux-x64.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    *) die 1 "unsupported system \"$system\" (only Linux and macOS are supported)" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die 1 "unsupported processor \"$machine\" (only x86_64 and arm64 are supported)" ;;
  esac
  # Under Rosetta, uname reports x86_64 on an arm64 machine.
  if [ "$os$arch" = macosx64 ] && [ "$(sysctl -n sysctl.proc_translated 2> /dev/null)" = 1 ]; then
    arch=arm64
  fi
  target=$os-$arch
  if [ $os = linux ] && is_musl; then
    die 1 "this system has musl, and the programs need glibc (in a container, use an image with glibc, such as debian:stable-slim)"
  fi
}

# Whether the programs of this system are linked with musl.
is_musl() {
  if has ldd; then
    ldd /bin/sh 2>&1 | grep -q musl
  else
    for loader in /lib/ld-musl-*; do [ ! -e "$loader" ] || return 0; done
    return 1
  fi
}

# usage: download FILE   from $from to $work
# Follows redirects and fails on any HTTP error. From an https address it only follows redirects to
# https, because the checksums come the same way.
download() {
  if [ -t 2 ]; then say "downloading $from/$1" >&2; fi
  if has curl; then
    case $base in
      https://*) set -- "$1" --proto '=https' ;;
    esac
    file=$1
    shift
    curl -fsSL "$@" --retry 2 --connect-timeout 15 -o "$work/$file" "$from/$file" 2> "$work/why"
  else
    file=$1
    wget -T 30 -O "$work/$file" "$from/$file" 2> "$work/why"
  fi || die 1 "cannot download \"$from/$file\": $(why)"
}

sum_of() {
  if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Whether the installed cl is ours: other programs use that short name too.
is_our_cl() {
  [ -f "$prefix/bin/cl" ] && grep -q 'runs the claude-multi that lies beside it' "$prefix/bin/cl"
}

install() {
  [ -n "$base" ] ||
    die 2 "no release has been published yet (set CLAUDE_MULTI_RELEASES to the address of one, or type \"make install\" in a clone)"
  case $base in
    http://127.* | http://localhost[:/]* | http://\[::1\]*) ;;
    http://*) say "install.sh: warning: \"$base\" is not https, so others on the network can change what you get" >&2 ;;
  esac
  has curl || has wget || die 1 "cannot download: neither curl nor wget is installed"
  has sha256sum || has shasum || die 1 "cannot check the download: neither sha256sum nor shasum is installed"
  has tar || die 1 "cannot unpack the download: tar is not installed"
  if { [ -e "$prefix/bin/cl" ] || [ -L "$prefix/bin/cl" ]; } && [ ! -d "$prefix/bin/cl" ] && ! is_our_cl; then
    die 1 "\"$prefix/bin/cl\" is another program (move it away, or choose another folder with --prefix)"
  fi
  find_target
  trap 'rm -rf ${work:+"$work"} ${new:+"$new"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  case ${TMPDIR-} in
    /*) parent=$TMPDIR ;;
    *) parent=/tmp ;;
  esac
  work=$(mktemp -d "$parent/claude-multi-install.XXXXXX" 2> /dev/null) ||
    die 1 "cannot create a temporary folder in \"$parent\""
  case $version in
    latest) from=$base/latest/download ;;
    *) from=$base/download/v$version ;;
  esac
  download SHA256SUMS
  # Each line has the checksum, two spaces, and claude-multi-VERSION-TARGET.tar.gz.
  wanted="claude-multi-[0-9][0-9A-Za-z.+-]*-$target\\.tar\\.gz"
  line=$(grep -E "^[0-9a-f]{64}  $wanted\$" "$work/SHA256SUMS" | head -n 1) || :
  [ -n "$line" ] || die 1 "the release \"$version\" has no programs for $target"
  sum=${line%% *}
  archive=${line##* }
  download "$archive"
  found=$(sum_of "$work/$archive")
  [ "$found" = "$sum" ] || die 1 "wrong checksum for \"$archive\": its SHA-256 is $found, not $sum"
  tar -xzf "$work/$archive" -C "$work" 2> "$work/why" ||
    die 1 "cannot unpack \"$archive\": $(why)"
  folder=$work/${archive%.tar.gz}
  put
  say "installed $told in $prefix/bin"
  next
}

# Puts each program in place with one rename, so that running ones are not disturbed. They are tried
# out in their final folder: temporary folders are often mounted so that nothing can be run there.
put() {
  # The default folder also contains private files.
  if [ "$prefix" = "$home" ]; then umask 077; fi
  made=
  [ -d "$prefix/bin" ] || made=$prefix/bin
  [ -d "$prefix" ] || made=$prefix
  if ! mkdir -p "$prefix/bin" 2> /dev/null ||
    ! new=$(mktemp -d "$prefix/bin/.new.XXXXXX" 2> /dev/null); then
    die 1 "cannot write to \"$prefix/bin\" (choose another folder with --prefix)"
  fi
  for name in claude-multi claude-multi-statusline cl claude-multi-ide; do
    if [ -d "$prefix/bin/$name" ] || ! cp "$folder/$name" "$new/$name" 2> "$work/why" ||
      ! chmod 755 "$new/$name"; then
      undo "cannot write \"$prefix/bin/$name\": $(why)"
    fi
  done
  told=$("$new/claude-multi" --version 2> "$work/why") ||
    undo "the downloaded program does not run here: $(why)"
  for name in claude-multi claude-multi-statusline cl claude-multi-ide; do
    mv -f "$new/$name" "$prefix/bin/$name"
  done
  # man finds DIR/share/man by itself if DIR/bin is on PATH.
  if mkdir -p "$prefix/share/man/man1" 2> /dev/null; then
    cp "$folder"/man/*.1 "$prefix/share/man/man1/" 2> /dev/null || :
  fi
}

# Removes what was created so far, and says why nothing is installed.
undo() {
  rm -rf "$new"
  case $made in
    "$prefix") rmdir "$prefix/bin" "$prefix" ;;
    ?*) rmdir "$made" ;;
  esac 2> /dev/null || :
  die 1 "$*"
}

next() {
  case ":$PATH:" in
    *":$prefix/bin:"*) say "next: claude-multi setup" ;;
    *) say "next: $(word "$prefix/bin/claude-multi") setup" ;;
  esac
}

# Prints a path, quoted if the shell needs it.
word() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) say "'$(say "$1" | sed "s/'/'\\\\''/g")'" ;;
    *) say "$1" ;;
  esac
}

remove() {
  program=$prefix/bin/claude-multi
  if [ ! -e "$program" ] && [ ! -e "$prefix/bin/claude-multi-statusline" ]; then
    die 1 "there is no claude-multi in \"$prefix/bin\""
  fi
  if [ -x "$program" ]; then
    # With another --prefix, programs in the default folder stay.
    keep=
    [ "$prefix" = "$home" ] || keep=--keep-programs
    "$program" uninstall --yes $keep || { say "install.sh: cannot uninstall, see above; the programs are still installed" >&2; exit 1; }
  fi
  if is_our_cl; then rm -f "$prefix/bin/cl"; fi
  for name in claude-multi claude-multi-statusline claude-multi-ide; do
    rm -f "$prefix/bin/$name"
  done
  for name in claude-multi claude-multi-statusline cl; do
    rm -f "$prefix/share/man/man1/$name.1"
  done
  for folder in bin share/man/man1 share/man share; do
    rmdir "$prefix/$folder" 2> /dev/null || :
  done
  say "removed the programs from $prefix/bin"
}

# A single command: if the script is cut short anywhere before its end, nothing runs.
{
  main "$@"
  exit
}
