# shellcheck shell=bash
# Finds the Java to run with: JAVA_HOME where it is set, else the one on PATH. Sourced.
# The version is read from the installation's own `release` file, because asking the JVM costs a start of it.

readonly LONGSHORE_MIN_JAVA=17

# Sets java_home, java, java_version (17.0.15), java_feature (17). Exits 2 with what to install where there is none.
find_java() {
  if [[ -n ${JAVA_HOME:-} ]]; then
    java_home=$JAVA_HOME
    [[ -x $java_home/bin/java ]] || java_missing "JAVA_HOME is $JAVA_HOME, which has no bin/java."
  else
    local on_path
    on_path=$(command -v java) || java_missing "There is no Java on the PATH, and JAVA_HOME is not set."
    on_path=$(readlink -f -- "$on_path")
    java_home=${on_path%/bin/java}
    # A shim (asdf, jenv, sdkman) is not inside an installation: only the JVM it starts knows its home.
    [[ -f $java_home/release ]] || java_home=$(java_property "$on_path" java.home) ||
      java_missing "$on_path does not start."
  fi
  java=$java_home/bin/java

  java_version=''
  local line
  if [[ -r $java_home/release ]]; then
    while IFS= read -r line; do
      [[ $line == JAVA_VERSION=* ]] && java_version=${line#JAVA_VERSION=}
    done <"$java_home/release"
    java_version=${java_version//\"/}
  fi
  [[ -n $java_version ]] || java_version=$(java_property "$java" java.version) || java_missing "$java does not start."

  java_feature=${java_version#1.}
  java_feature=${java_feature%%[!0-9]*}
  ((java_feature >= LONGSHORE_MIN_JAVA)) ||
    java_missing "$java is Java $java_version; Longshore needs $LONGSHORE_MIN_JAVA or newer."
}

java_property() {
  local output
  output=$("$1" -XshowSettings:properties -version 2>&1) || return 1
  sed -n "s/^ *$2 = //p" <<<"$output"
}

java_missing() {
  printf 'longshore: %s\n' "$1" \
    "Install a JDK $LONGSHORE_MIN_JAVA or newer (Debian, Ubuntu: apt-get install default-jdk-headless), or set JAVA_HOME to one." >&2
  exit 2
}
