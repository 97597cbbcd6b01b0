#!/bin/sh
# Installs claude-multi from a release: downloads, verifies, and puts the programs in place.
# usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]

# The address of the releases: below it lie latest/download/FILE and download/vVERSION/FILE, as on a
# forge. NOTHING IS PUBLISHED YET, so it is empty, and CLAUDE_MULTI_RELEASES must give one; the first
# release is to fill it in here, and nowhere else.
published=

set -eu

# The whole script is read before anything is done, so half a download does nothing.
main() {
  base=${CLAUDE_MULTI_RELEASES:-$published}
  base=${base%/}
  version=latest
  uninstall=
  work=
  new=
  case ${CLAUDE_MULTI_HOME-} in
    /*) home=$CLAUDE_MULTI_HOME ;;
    # The programs, too, take no notice of one that is no full path.
    *)
      [ -n "${HOME-}" ] || die 2 "Cannot tell where to install: HOME is not set"
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
      *) die 2 "Cannot use \"$1\": the flags are --version, --prefix, --uninstall" ;;
    esac
  done
  case $version in
    *[!0-9A-Za-z.+-]*) die 2 "Cannot use \"$version\" as a version: it looks like 1.2.3" ;;
  esac
  case $prefix in
    /*) ;;
    *) prefix=$(pwd)/$prefix ;;
  esac
  if [ -n "$uninstall" ]; then remove; else install; fi
}

usage() {
  say "usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]"
  say "  --version X.Y.Z  this release; the latest unless given"
  say "  --prefix DIR     programs go to DIR/bin; ~/.claude-multi unless given"
  say "  --uninstall      undo the setup and remove the programs; logins and settings stay"
  say "CLAUDE_MULTI_RELEASES is the address of the releases${published:+; $published unless given}"
}

# No echo: in some shells it makes control characters of backslashes.
say() { printf '%s\n' "$*"; }

die() {
  code=$1
  shift
  say "install.sh: $*; nothing was changed" | printable >&2
  exit "$code"
}

# What comes from elsewhere must not reach the terminal as more than text.
printable() { tr -d '\000-\011\013-\037\177'; }

# The last thing that a failed command said.
why() { grep . "$work/why" | tail -n 1 | grep . || say "it gave no reason"; }

need() {
  case ${2-} in
    "" | -*) die 2 "Cannot use \"$1\" alone: it needs a value" ;;
  esac
}

has() { command -v "$1" > /dev/null 2>&1; }

# Sets target to the name of this machine in release files.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    *) die 1 "Cannot install on $system: there are programs for Linux and macOS" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die 1 "Cannot install on $machine: there are programs for x86_64 and arm64" ;;
  esac
  # A shell under Rosetta calls an arm64 machine x86_64.
  if [ "$os$arch" = macosx64 ] && [ "$(sysctl -n sysctl.proc_translated 2> /dev/null)" = 1 ]; then
    arch=arm64
  fi
  target=$os-$arch
}

# usage: download FILE; from $from to $work. Follows redirects, fails on any HTTP error, and never
# leaves https once it was asked for: the checksums come the same way.
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
  fi || die 1 "Cannot download \"$from/$file\": $(why)"
}

sum_of() {
  if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Whether the cl that lies there is ours: it is a short name that others use, too.
is_our_cl() {
  [ -f "$prefix/bin/cl" ] && grep -q 'runs the claude-multi that lies beside it' "$prefix/bin/cl"
}

install() {
  [ -n "$base" ] ||
    die 2 "Cannot download: no release is published yet, and CLAUDE_MULTI_RELEASES does not say where one is (in a clone, \"make install\" builds the programs)"
  case $base in
    http://127.* | http://localhost[:/]* | http://\[::1\]*) ;;
    http://*) say "install.sh: \"$base\" is not https: who is on the way can change what you get" >&2 ;;
  esac
  has curl || has wget || die 1 "Cannot download: neither curl nor wget is there"
  has sha256sum || has shasum || die 1 "Cannot verify: neither sha256sum nor shasum is there"
  has tar || die 1 "Cannot unpack: there is no tar"
  if { [ -e "$prefix/bin/cl" ] || [ -L "$prefix/bin/cl" ]; } && [ ! -d "$prefix/bin/cl" ] && ! is_our_cl; then
    die 1 "Cannot install over \"$prefix/bin/cl\": it is not ours; move it away, or choose another folder with --prefix"
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
    die 1 "Cannot make a temporary folder in \"$parent\""
  case $version in
    latest) from=$base/latest/download ;;
    *) from=$base/download/v$version ;;
  esac
  download SHA256SUMS
  # A line is: sum, two spaces, claude-multi-VERSION-TARGET.tar.gz
  wanted="claude-multi-[0-9][0-9A-Za-z.+-]*-$target\\.tar\\.gz"
  line=$(grep -E "^[0-9a-f]{64}  $wanted\$" "$work/SHA256SUMS" | head -n 1) || :
  [ -n "$line" ] || die 1 "Cannot install: the release \"$version\" has no programs for $target"
  sum=${line%% *}
  archive=${line##* }
  download "$archive"
  found=$(sum_of "$work/$archive")
  [ "$found" = "$sum" ] || die 1 "Cannot trust \"$archive\": its SHA-256 is $found, not $sum"
  tar -xzf "$work/$archive" -C "$work" 2> "$work/why" ||
    die 1 "Cannot unpack \"$archive\": $(why)"
  folder=$work/${archive%.tar.gz}
  put
  say "installed $told in $prefix/bin"
  next
}

# Each program is put in place in one step, so that running ones go on undisturbed. It is tried where
# it will lie: a temporary folder is often one where nothing may be run.
put() {
  # The default folder also holds private files.
  if [ "$prefix" = "$home" ]; then umask 077; fi
  made=
  [ -d "$prefix/bin" ] || made=$prefix/bin
  [ -d "$prefix" ] || made=$prefix
  if ! mkdir -p "$prefix/bin" 2> /dev/null ||
    ! new=$(mktemp -d "$prefix/bin/.new.XXXXXX" 2> /dev/null); then
    die 1 "Cannot write to \"$prefix/bin\": choose another folder with --prefix"
  fi
  for name in claude-multi claude-multi-statusline cl; do
    if [ -d "$prefix/bin/$name" ] || ! cp "$folder/$name" "$new/$name" 2> "$work/why" ||
      ! chmod 755 "$new/$name"; then
      undo "Cannot write \"$prefix/bin/$name\": $(why)"
    fi
  done
  told=$("$new/claude-multi" --version 2> "$work/why") ||
    undo "Cannot run the downloaded program here: $(why)$(needs_glibc)"
  for name in claude-multi claude-multi-statusline cl; do
    mv -f "$new/$name" "$prefix/bin/$name"
  done
  # man finds DIR/share/man by itself where DIR/bin is on PATH.
  if mkdir -p "$prefix/share/man/man1" 2> /dev/null; then
    cp "$folder"/man/*.1 "$prefix/share/man/man1/" 2> /dev/null || :
  fi
}

# Says why nothing is installed; folders that were made for it go again.
undo() {
  rm -rf "$new"
  case $made in
    "$prefix") rmdir "$prefix/bin" "$prefix" ;;
    ?*) rmdir "$made" ;;
  esac 2> /dev/null || :
  die 1 "$*"
}

needs_glibc() {
  for loader in /lib/ld-musl-*; do
    if [ -e "$loader" ]; then printf ' (it needs glibc, and this system has musl)'; break; fi
  done
}

next() {
  case ":$PATH:" in
    *":$prefix/bin:"*) say "next: claude-multi setup" ;;
    *) say "next: $(word "$prefix/bin/claude-multi") setup" ;;
  esac
}

# A path as it can be typed.
word() {
  case $1 in
    *[!A-Za-z0-9/._+-]*) say "'$(say "$1" | sed "s/'/'\\\\''/g")'" ;;
    *) say "$1" ;;
  esac
}

remove() {
  program=$prefix/bin/claude-multi
  if [ ! -e "$program" ] && [ ! -e "$prefix/bin/claude-multi-statusline" ]; then
    die 1 "Cannot uninstall: there is no claude-multi in \"$prefix/bin\""
  fi
  if [ -x "$program" ]; then
    # What lies in the usual folder stays when the programs of another one go.
    keep=
    [ "$prefix" = "$home" ] || keep=--keep-programs
    "$program" uninstall --yes $keep || { say "install.sh: Cannot uninstall: see above; the programs stay" >&2; exit 1; }
  fi
  if is_our_cl; then rm -f "$prefix/bin/cl"; fi
  for name in claude-multi claude-multi-statusline; do
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

# One command: cut short anywhere before its end, it is not run at all.
{
  main "$@"
  exit
}
