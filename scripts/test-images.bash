# shellcheck shell=bash
# The images the tests use, in the daemon of DOCKER_HOST. Sourced by ./verify.
# shellcheck disable=SC2154

readonly BLARIFY_CONTEXT=$home/pipeline-steps/src/main/resources/dev/longshore/blarify/image

prepare_images() {
  prepare_busybox
  prepare_redis
  prepare_base
  prepare_blarify
  prepare_pool
}

prepare_busybox() {
  local archive=$run/busybox.tar digest
  "$home/scripts/busybox-image" "$archive"
  digest=$(sha256sum -- "$archive")
  export LONGSHORE_TEST_BUSYBOX_IMAGE=longshore-test-busybox:${digest:0:12}
  watched "$home/scripts/import-image" "$LONGSHORE_TEST_BUSYBOX_IMAGE" "$archive" 'ENV PATH=/bin' 'CMD ["sh"]'
  # For a daemon of a test's own.
  export LONGSHORE_TEST_BUSYBOX_ARCHIVE=$archive
}

prepare_redis() {
  local archive=$run/redis.tar digest
  "$home/scripts/redis-image" "$archive"
  export LONGSHORE_TEST_REDIS_ARCHIVE=$archive
  [[ -z ${LONGSHORE_TEST_REDIS_IMAGE:-} ]] || return 0
  digest=$(sha256sum -- "$archive")
  export LONGSHORE_TEST_REDIS_IMAGE=longshore-test-redis:${digest:0:12}
  watched "$home/scripts/import-image" "$LONGSHORE_TEST_REDIS_IMAGE" "$archive" 'ENV PATH=/bin' 'WORKDIR /data' 'CMD ["redis-server"]'
}

prepare_base() {
  if [[ -n ${LONGSHORE_TEST_BASE_IMAGE:-} ]]; then
    say "base image: $LONGSHORE_TEST_BASE_IMAGE, as offered by LONGSHORE_TEST_BASE_IMAGE"
    return 0
  fi
  ((EUID == 0)) || cannot 'only root can make the Debian base image of the analyser images.' \
    'Offer one with LONGSHORE_TEST_BASE_IMAGE, for instance python:3.12-slim-bookworm where a registry can be reached.'
  say 'base image: Debian with Python, made by debootstrap on the first run'
  if ! watched "$home/scripts/base-image" "$cache" >"$run/base" 2>"$run/base.log"; then
    tail -n 20 -- "$run/base.log" >&2
    cannot 'the base image could not be made; the end of what debootstrap said is above.' \
      'Offer one with LONGSHORE_TEST_BASE_IMAGE, for instance python:3.12-slim-bookworm where a registry can be reached.'
  fi
  local archive tag
  IFS= read -r archive <"$run/base"
  tag=${archive##*/base-}
  export LONGSHORE_TEST_BASE_IMAGE=longshore-test-base:${tag%.tar.gz}
  watched "$home/scripts/import-image" "$LONGSHORE_TEST_BASE_IMAGE" "$archive" 'ENV PYTHON_VERSION=3.11' 'CMD ["python3"]'
}

# What the program's image is based on, for the daemon that the test of the compose file starts: only root can.
prepare_pool() {
  ((EUID == 0)) || return 0
  say "base image of the program's: Debian with Java, made by debootstrap on the first run"
  if ! watched "$home/scripts/base-image" "$cache" java >"$run/java-base" 2>"$run/java-base.log"; then
    tail -n 20 -- "$run/java-base.log" >&2
    cannot "the base of the program's image could not be made; the end of what debootstrap said is above."
  fi
  IFS= read -r LONGSHORE_TEST_JAVA_ARCHIVE <"$run/java-base"
  export LONGSHORE_TEST_JAVA_ARCHIVE
}

# Builds the analyser image; where nothing has changed, the daemon finds every layer in its cache.
prepare_blarify() {
  watched "$home/longshore" images build --help >"$run/images"
  if ! [[ -f $BLARIFY_CONTEXT/Dockerfile ]] || ! grep -q -e --wheels "$run/images"; then
    say 'analyser image: this checkout cannot build one yet'
    return 0
  fi
  local python wheels
  python=$(image_property "$LONGSHORE_TEST_BASE_IMAGE" PYTHON_VERSION) ||
    cannot "the base image $LONGSHORE_TEST_BASE_IMAGE does not name its Python in PYTHON_VERSION, as python:* images do."
  watched "$home/scripts/wheels" "$cache" "$BLARIFY_CONTEXT/requirements.txt" "$python" >"$run/wheels"
  IFS= read -r wheels <"$run/wheels"
  export LONGSHORE_TEST_WHEELS=$wheels
  say "analyser image: building on $LONGSHORE_TEST_BASE_IMAGE"
  watched "$home/longshore" images build --base "$LONGSHORE_TEST_BASE_IMAGE" --wheels "$wheels"
}

# image_property IMAGE NAME: the value of that variable in the image's environment.
image_property() {
  "$home/scripts/docker-api" GET "/images/$1/json" | python3 -c 'import json, sys
environment = dict(entry.split("=", 1) for entry in json.load(sys.stdin)["Config"]["Env"] or [])
print(environment[sys.argv[1]])' "$2" 2>/dev/null
}
