#!/bin/sh
# Installs claude-multi from a release: downloads, verifies, and puts the programs in place.
# usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]
# CLAUDE_MULTI_RELEASES is the address of the releases: below it lie latest/download/FILE and
# download/vVERSION/FILE, as on a forge.
set -eu

# The whole script is read before anything is done, so half a download does nothing.
main() {
  base=${CLAUDE_MULTI_RELEASES-}
  base=${base%/}
  version=latest
  home=${CLAUDE_MULTI_HOME:-${HOME:?}/.claude-multi}
  prefix=$home
  uninstall=
  while [ $# -gt 0 ]; do
    case $1 in
      --version) need "$1" "${2-}"; version=${2#v}; shift 2 ;;
      --prefix) need "$1" "${2-}"; prefix=$2; shift 2 ;;
      --uninstall) uninstall=yes; shift ;;
      --help | -h) usage; exit 0 ;;
      *) die 2 "Cannot use \"$1\": the flags are --version, --prefix, --uninstall" ;;
    esac
  done
  case $prefix in
    /*) ;;
    *) prefix=$(pwd)/$prefix ;;
  esac
  if [ -n "$uninstall" ]; then remove; else install; fi
}

usage() {
  echo "usage: install.sh [--version X.Y.Z] [--prefix DIR] [--uninstall]"
  echo "  --version X.Y.Z  this release; the latest unless given"
  echo "  --prefix DIR     programs go to DIR/bin; ~/.claude-multi unless given"
  echo "  --uninstall      undo the setup and remove the programs; logins and settings stay"
}

die() {
  code=$1
  shift
  echo "install.sh: $*; nothing was changed" >&2
  exit "$code"
}

need() { [ -n "$2" ] || die 2 "Cannot use \"$1\" alone: it needs a value"; }

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

# usage: download URL FILE; follows redirects, fails on any HTTP error
download() {
  if has curl; then
    curl -fsSL --retry 2 --connect-timeout 15 -o "$2" "$1" 2> "$work/why"
  else
    wget -q -O "$2" "$1" 2> "$work/why"
  fi
}

sum_of() {
  if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

install() {
  [ -n "$base" ] || die 2 "Cannot download: CLAUDE_MULTI_RELEASES does not say where the releases are"
  has curl || has wget || die 1 "Cannot download: neither curl nor wget is there"
  has sha256sum || has shasum || die 1 "Cannot verify: neither sha256sum nor shasum is there"
  has tar || die 1 "Cannot unpack: there is no tar"
  find_target
  work=$(mktemp -d "${TMPDIR:-/tmp}/claude-multi-install.XXXXXX") || die 1 "Cannot make a temporary folder"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  case $version in
    latest) from=$base/latest/download ;;
    *) from=$base/download/v$version ;;
  esac
  download "$from/SHA256SUMS" "$work/SHA256SUMS" ||
    die 1 "Cannot download \"$from/SHA256SUMS\": $(tail -n 1 "$work/why" | tr -d '\n')"
  # A line is: sum, two spaces, claude-multi-VERSION-TARGET.tar.gz
  wanted="claude-multi-[0-9][^ /]*-$target\\.tar\\.gz"
  line=$(grep -E "^[0-9a-f]{64}  $wanted\$" "$work/SHA256SUMS" | head -n 1) || :
  [ -n "$line" ] || die 1 "Cannot install: the release \"$version\" has no programs for $target"
  sum=${line%% *}
  file=${line##* }
  download "$from/$file" "$work/$file" ||
    die 1 "Cannot download \"$from/$file\": $(tail -n 1 "$work/why" | tr -d '\n')"
  found=$(sum_of "$work/$file")
  [ "$found" = "$sum" ] || die 1 "Cannot trust \"$file\": its SHA-256 is $found, not $sum"
  tar -xzf "$work/$file" -C "$work" || die 1 "Cannot unpack \"$file\""
  folder=$work/${file%.tar.gz}
  told=$("$folder/claude-multi" --version 2> "$work/why") ||
    die 1 "Cannot run the downloaded program here: $(tail -n 1 "$work/why")"
  put
  echo "installed $told in $prefix/bin"
  next
}

# Each program is put in place in one step, so that running ones go on undisturbed.
put() {
  # The default folder also holds private files.
  if [ "$prefix" = "$home" ]; then umask 077; fi
  if ! mkdir -p "$prefix/bin" 2> /dev/null || [ ! -w "$prefix/bin" ]; then
    die 1 "Cannot write to \"$prefix/bin\": choose another folder with --prefix"
  fi
  for name in claude-multi claude-multi-statusline cl; do
    if ! cp "$folder/$name" "$prefix/bin/.$name.new" || ! chmod 755 "$prefix/bin/.$name.new"; then
      rm -f "$prefix/bin/.claude-multi.new" "$prefix/bin/.claude-multi-statusline.new" "$prefix/bin/.cl.new"
      die 1 "Cannot write \"$prefix/bin/$name\""
    fi
  done
  for name in claude-multi claude-multi-statusline cl; do
    mv -f "$prefix/bin/.$name.new" "$prefix/bin/$name"
  done
  # man finds DIR/share/man by itself where DIR/bin is on PATH.
  if mkdir -p "$prefix/share/man/man1" 2> /dev/null; then
    cp "$folder"/man/*.1 "$prefix/share/man/man1/" 2> /dev/null || :
  fi
}

next() {
  case ":$PATH:" in
    *":$prefix/bin:"*) echo "next: claude-multi setup" ;;
    *) echo "next: $prefix/bin/claude-multi setup" ;;
  esac
}

remove() {
  program=$prefix/bin/claude-multi
  if [ ! -e "$program" ] && [ ! -e "$prefix/bin/claude-multi-statusline" ]; then
    die 1 "Cannot uninstall: there is no claude-multi in \"$prefix/bin\""
  fi
  if [ -x "$program" ]; then
    "$program" uninstall --yes || { echo "install.sh: Cannot uninstall: see above; the programs stay" >&2; exit 1; }
  fi
  for name in claude-multi claude-multi-statusline cl; do
    rm -f "$prefix/bin/$name" "$prefix/share/man/man1/$name.1"
  done
  for folder in bin share/man/man1 share/man share; do
    rmdir "$prefix/$folder" 2> /dev/null || :
  done
  echo "removed the programs from $prefix/bin"
}

main "$@"
