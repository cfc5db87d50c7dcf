# shellcheck shell=bash
# The Redis of the tests: the one offered, or a private one. Sourced by ./verify.
# shellcheck disable=SC2154

readonly REDIS_READY_S=20
redis_pid=''

start_redis() {
  if [[ -n ${LONGSHORE_TEST_REDIS_URL:-} ]]; then
    say "Redis: the one offered by LONGSHORE_TEST_REDIS_URL"
    return 0
  fi
  local port status
  # Redis cannot be asked for any free port, so ports below the kernel's own range are tried.
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 10000))
    "$home/scripts/redis" "$run" "$port" </dev/null >"$run/redis.log" 2>&1 8>&- &
    redis_pid=$!
    status=0
    wait_for "$redis_pid" "$REDIS_READY_S" redis_ready "$port" || status=$?
    if ((status == 0)); then
      export LONGSHORE_TEST_REDIS_URL=redis://127.0.0.1:$port
      say "Redis: a private one on port $port"
      return 0
    fi
    stop_redis
    grep -q 'Address already in use' "$run/redis.log" || break
  done
  printf 'verify: the private Redis did not start. The end of its log:\n' >&2
  tail -n 20 -- "$run/redis.log" >&2
  cannot 'Offer one with LONGSHORE_TEST_REDIS_URL=redis://HOST:PORT; the tests write to it.'
}

# By process id: another program on that port may answer a ping just as well.
redis_ready() {
  [[ $(redis-cli -h 127.0.0.1 -p "$1" info server) == *"process_id:$redis_pid"[!0-9]* ]]
}

stop_redis() {
  [[ -n $redis_pid ]] || return 0
  stop_process "$redis_pid" 10
  redis_pid=''
}
