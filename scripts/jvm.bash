# shellcheck shell=bash
# How the JVM is called that runs a build: by the launcher, and by the benchmarks that measure what the launcher runs.
# Sourced, after java.bash and build-state.bash; $home is the checkout.

# How a run is compiled. It lasts seconds, and by itself C2 takes a third of the processor time of reading Linux's sources,
# most of it for four methods into which it inlines all that they call. With smaller pieces, and a little later, it takes
# half as much for code as fast: see the speed section of docs/evaluation.md.
# shellcheck disable=SC2034
jit_options=(-XX:InlineSmallCode=1000 -XX:MaxInlineLevel=6 -XX:FreqInlineSize=150
  -XX:Tier4InvocationThreshold=15000 -XX:Tier4MinInvocationThreshold=2000 -XX:Tier4CompileThreshold=30000)

# Sets jvm to the command up to the main class, for the build in build_dir. After find_java.
# usage: jvm_command ARGUMENTS...     what the program will be called with
# shellcheck disable=SC2154,SC2034
jvm_command() {
  local jar archive more_options class_path=''
  for jar in "$build_dir"/*.jar; do
    class_path+=:$jar
  done
  jvm=("$java" -Xshare:auto -Xlog:cds=off)
  case ${1:-} in
    # C2 pays only in a run: without it what just answers starts in two thirds of the time.
    '' | -* | help | doctor | images | enqueue | runs | queue) jvm+=(-XX:TieredStopAtLevel=1) ;;
    *) jvm+=("${jit_options[@]}") ;;
  esac
  read -ra more_options <<<"${LONGSHORE_JAVA_OPTS:-}" || true
  archive=$build_dir/classes-$java_version.jsa
  if ! [[ -e $archive ]] && [[ -w $build_dir ]]; then
    # A Java this build has not met yet.
    JAVA_HOME=$java_home "$home/scripts/archive-classes" "$build_dir" >/dev/null 2>&1 </dev/null || true
  fi
  # An archive that no longer fits (moved checkout, patched JVM) costs only speed: the JVM leaves it out without a word.
  [[ -s $archive ]] && jvm+=("-XX:SharedArchiveFile=$archive")
  # The parsers are native code, and some libraries use Unsafe: newer JVMs warn unless told that this is meant.
  ((java_feature >= 22)) && jvm+=(--enable-native-access=ALL-UNNAMED)
  ((java_feature >= 23)) && jvm+=(--sun-misc-unsafe-memory-access=allow)
  # The serial collector starts fastest. Another one may be asked for; the JVM refuses two.
  [[ " ${more_options[*]}" == *' -XX:+Use'*GC* ]] || jvm+=(-XX:+UseSerialGC)
  jvm+=("${more_options[@]}" -cp "${class_path#:}")
}
