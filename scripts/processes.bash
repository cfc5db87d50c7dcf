# shellcheck shell=bash
# Starting, waiting for and stopping the processes of ./verify. Sourced.

# A long command is run so that an interrupt is answered at once: bash runs a trap only between commands, unless it waits
# for one in the background.
watched_group=''
watched_patience=''

# watched [--patience SECONDS] COMMAND...: the command, in a process group of its own, with nothing on its standard input.
# When it is to stop, it has 20 seconds, or so many, to end by itself.
watched() {
  local status=0
  watched_patience=20
  if [[ $1 == --patience ]]; then
    watched_patience=$2
    shift 2
  fi
  # The group comes from job control; with it the command also does not inherit ignored signals, which tests that
  # interrupt a program of their own would pass on. If ./verify is killed outright, the kernel sends the command a TERM.
  set -m
  setpriv --pdeathsig TERM "$@" </dev/null 8>&- &
  watched_group=$!
  set +m
  wait "$watched_group" || status=$?
  watched_group=''
  return "$status"
}

# Stops the command that `watched` is running, and all of its group.
stop_watched() {
  [[ -n $watched_group ]] || return 0
  kill -TERM -- "-$watched_group" 2>/dev/null || return 0
  local deadline=$((SECONDS + watched_patience))
  while kill -0 -- "-$watched_group" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      kill -KILL -- "-$watched_group" 2>/dev/null
      break
    fi
    sleep 0.1
  done
}

# stop_process PID SECONDS: TERM, and KILL where it has not ended by then.
stop_process() {
  kill -TERM "$1" 2>/dev/null || return 0
  local deadline=$((SECONDS + $2))
  while kill -0 "$1" 2>/dev/null; do
    if ((SECONDS >= deadline)); then
      kill -KILL "$1" 2>/dev/null
      return 0
    fi
    sleep 0.1
  done
}

# wait_for PID SECONDS COMMAND...: until the command succeeds. 1: the process has ended; 124: the time is over.
wait_for() {
  local pid=$1 deadline=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 124
    sleep 0.1 # neither dockerd nor Redis tells a parent that it listens, other than under an init system
  done
}
