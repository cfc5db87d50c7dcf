# shellcheck shell=bash
# The Docker daemon of the tests: the one offered, or a private one. Sourced by ./verify.
#
# A private daemon belongs to a slot: its lock, its bridge, its network and its data root. The first slot's data root
# stays in the cache between runs, for the images in it; a second ./verify at the same time takes the next slot, whose
# data root goes again. So does that of another engine: a newer one would change what is there.
# shellcheck disable=SC2154

readonly DOCKER_READY_S=60
readonly DOCKER_STOP_S=40
readonly SLOTS=8
docker_pid=''
slot=''
bridge=''
data_root=''

start_docker() {
  local offered=${LONGSHORE_TEST_DOCKER_HOST:-${DOCKER_HOST:-}}
  if [[ -n $offered && -z $engine ]]; then
    export DOCKER_HOST=$offered
    "$home/scripts/docker-api" GET /_ping >/dev/null || cannot "the Docker daemon offered at $offered does not answer."
    say "Docker: the daemon offered at $offered"
    return 0
  fi
  local offer='Offer a daemon with LONGSHORE_TEST_DOCKER_HOST=unix:///path/to/docker.sock (or DOCKER_HOST).'
  [[ -z $engine ]] || offer=''
  ((EUID == 0)) || cannot "only root can start a private Docker daemon. $offer"

  find_engine
  take_slot || cannot "all $SLOTS private Docker daemons of this machine are in use."
  export DOCKER_HOST=unix://$run/docker.sock
  local driver
  for driver in overlay2 vfs; do
    if start_dockerd "$driver"; then
      # A run that was killed outright left its containers in the data root.
      empty_docker || cannot "the private Docker daemon's data root $data_root could not be emptied; remove it."
      say "Docker: a private daemon (${engine:+$engine, }$driver${bridge:+, bridge $bridge})"
      return 0
    fi
    # Only a file system that overlay2 does not work on is worth a second start.
    grep -qE 'driver not supported|failed to mount overlay|overlay2.*(not supported|unsupported)' "$run/dockerd.log" ||
      break
    say "overlay2 does not work below $data_root; vfs does, slower and with more disk."
  done
  printf 'verify: the private dockerd did not start. The end of its log:\n' >&2
  tail -n 20 -- "$run/dockerd.log" >&2
  cannot "no Docker daemon to test with. $offer"
}

# For the tests that start a dockerd of their own as well.
find_engine() {
  [[ -n $engine && $engine != podman ]] || return 0
  find_suite "$engine" || exit 2
  take_from_suite /usr/sbin/dockerd
  export PATH=$run/bin:$PATH
}

take_slot() {
  mkdir -p -- /run/lock "$cache"
  local n
  for ((n = 0; n < SLOTS; n++)); do
    exec 8>"/run/lock/longshore-verify-$n"
    if flock -n 8; then
      slot=$n
      break
    fi
  done
  [[ -n $slot ]] || return 1
  data_root=$cache/docker
  if ! data_root_stays; then
    data_root=$cache/docker-$slot${engine:+-$engine}
    "$home/scripts/unmount-below" "$data_root" >/dev/null
    rm -rf --one-file-system -- "$data_root"
  fi
  # One of that name is left from a run that was killed: the lock says that nobody uses it.
  bridge=longshore-v$slot
  "$home/scripts/bridge" down "$bridge" 2>/dev/null || true
  if ! "$home/scripts/bridge" up "$bridge" "$slot" 2>"$run/bridge.log"; then
    say "no bridge could be made ($(tail -n 1 -- "$run/bridge.log")), so containers have no network."
    bridge=''
  fi
}

data_root_stays() { [[ -z $engine ]] && ((slot == 0)); }

start_dockerd() {
  local daemon=("$home/scripts/dockerd" "$run" "$data_root" "$1" "${bridge:-none}")
  # Podman calls its drivers overlay and vfs.
  [[ $engine != podman ]] || daemon=("$home/scripts/podman" "$run" "$data_root" "${1%2}")
  "${daemon[@]}" </dev/null >"$run/dockerd.log" 2>&1 &
  docker_pid=$!
  local status=0
  wait_for "$docker_pid" "$DOCKER_READY_S" "$home/scripts/docker-api" GET /_ping || status=$?
  ((status == 0)) && return 0
  ((status != 124)) || printf 'verify: dockerd did not answer within %s s.\n' "$DOCKER_READY_S" >&2
  stop_process "$docker_pid" "$DOCKER_STOP_S"
  docker_pid=''
  # A dockerd that fails to start leaves its data root mounted on itself.
  "$home/scripts/unmount-below" "$data_root" >/dev/null
  return 1
}

# Names the containers that the tests left in the private daemon.
left_containers() {
  [[ -n $docker_pid ]] || return 0
  "$home/scripts/docker-api" GET '/containers/json?all=1' |
    python3 -c 'import json, sys
for container in json.load(sys.stdin):
    print(container["Names"][0].lstrip("/"), container["Image"], container["Status"])'
}

# Removes what the private daemon holds, except for images, and stops it.
stop_docker() {
  [[ -n $slot ]] || return 0
  if [[ -n $docker_pid ]] && kill -0 "$docker_pid" 2>/dev/null; then
    empty_docker || printf 'verify: the private Docker daemon could not be emptied.\n' >&2
    stop_process "$docker_pid" "$DOCKER_STOP_S"
  fi
  docker_pid=''
}

empty_docker() {
  local path
  while IFS= read -r path; do
    "$home/scripts/docker-api" DELETE "$path" --max-time 30 >/dev/null || return 1
  done < <(docker_contents)
  # Untagged images and the build cache would fill the disk, run by run.
  "$home/scripts/docker-api" POST /images/prune --max-time 60 >/dev/null
}

docker_contents() {
  local list
  for list in '/containers/json?all=1' /networks /volumes; do
    "$home/scripts/docker-api" GET "$list" --max-time 30 | python3 -c 'import json, sys, urllib.parse
answer = json.load(sys.stdin)
if isinstance(answer, dict):
    for volume in answer["Volumes"] or []:
        print("/volumes/" + urllib.parse.quote(volume["Name"]) + "?force=1")
else:
    for thing in answer:
        if "Scope" not in thing:
            print("/containers/" + thing["Id"] + "?force=1&v=1")
        elif thing["Name"] not in ("bridge", "host", "none", "podman"):
            print("/networks/" + thing["Id"])'
  done
}

# What is left of the private daemon once it has stopped goes too. Prints what that was.
release_slot() {
  [[ -n $slot ]] || return 0
  "$home/scripts/unmount-below" "$run/docker"
  "$home/scripts/unmount-below" "$data_root"
  [[ -z $bridge ]] || "$home/scripts/bridge" down "$bridge"
  data_root_stays || rm -rf --one-file-system -- "$data_root"
}
