# shellcheck shell=bash
# Programs of another Debian suite than this machine's, for tests. Sourced by ./verify.
# shellcheck disable=SC2154

suite_usr=''

# Sets suite_usr to that suite's /usr; fails, having said why, where it cannot be had.
find_suite() {
  say "programs of Debian $1, made by debootstrap on the first run"
  if ! watched "$home/scripts/suite-usr" "$cache" "$1" >"$run/suite" 2>"$run/suite.log"; then
    tail -n 20 -- "$run/suite.log" >&2
    printf 'verify: the programs of Debian %s could not be had; the end of what debootstrap said is above.\n' "$1" >&2
    return 1
  fi
  IFS= read -r suite_usr <"$run/suite"
}

# Puts a program of that suite before this machine's of the same name.
# usage: take_from_suite PROGRAM     its whole path
take_from_suite() {
  local file=$run/bin/${1##*/}
  mkdir -p -- "$run/bin"
  printf '#!/bin/sh\nexec %q %q %q "$@"\n' "$home/scripts/with-usr" "$suite_usr" "$1" >"$file"
  chmod 755 -- "$file"
}
