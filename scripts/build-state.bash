# shellcheck shell=bash
# Where the launcher's builds are and whether the newest still matches the sources. Sourced; $home is the checkout.
#
#   .longshore/build/current   the name of the newest whole build; its mtime is the moment that build *began*, so an
#                              edit made while Maven ran makes it stale
#   .longshore/build/<name>/   that build: every jar of the class path and the class archives, one per Java version
#
# A build gets a directory of its own: a run that started earlier goes on reading its own jars while another is made.

# Read by the scripts that source this file.
# shellcheck disable=SC2154,SC2034
builds=$home/.longshore/build

# Sets build_dir to the newest whole build; false where there is none.
find_build() {
  local name=''
  [[ -r $builds/current ]] && IFS= read -r name <"$builds/current" && [[ -n $name ]] || return 1
  build_dir=$builds/$name
  [[ -f $build_dir/worker.jar ]]
}

# True when no pom and no source that goes into the program is newer than the build. Directories count, so that a
# deleted file is noticed by its directory's mtime.
is_fresh() {
  local newer
  newer=$(find "$home/pom.xml" "$home"/*/pom.xml "$home"/*/src/main \
    -name __pycache__ -prune -o -newer "$builds/current" -print -quit 2>/dev/null) || return 1
  [[ -z $newer ]]
}
