# Longshore, to be run as a pool's worker or dashboard: docs/compose.md.
#
# It holds no Docker client: the program speaks to the socket itself. The program is built outside, by the first call of
# ./longshore, so that building the image needs no network.

# Anything with Java 17 or newer and a shell; ssh for git sources that are cloned through it.
ARG BASE=eclipse-temurin:17-jre
FROM ${BASE}

# Who it runs as. Whoever may read the sources and write the graphs is right; root never is.
ARG UID=10001
ARG GID=10001

COPY worker/target/quick/lib/ /opt/longshore/lib/
COPY scripts/container/ /opt/longshore/bin/

# A user without a name has no home, and ssh refuses to work for it. The work directory is made here, since a new volume
# takes owner and mode from what is at its place in the image.
RUN set -eu; \
    test "${UID}" -gt 0; \
    grep -q "^[^:]*:[^:]*:${GID}:" /etc/group || echo "longshore:x:${GID}:" >> /etc/group; \
    grep -q "^[^:]*:[^:]*:${UID}:" /etc/passwd || \
      echo "longshore:x:${UID}:${GID}:Longshore:/var/lib/longshore:/bin/false" >> /etc/passwd; \
    mkdir -m 0700 /var/lib/longshore; \
    chown "${UID}:${GID}" /var/lib/longshore; \
    ln -s /opt/longshore/bin/longshore /usr/local/bin/longshore; \
    java -version

# File names are bytes, which Java takes for text by the locale.
ENV LANG=C.UTF-8 \
    HOME=/var/lib/longshore \
    LONGSHORE_WORK=/var/lib/longshore/runs \
    LONGSHORE_HEALTH_FILE=/tmp/longshore-health

USER ${UID}:${GID}
WORKDIR /var/lib/longshore
VOLUME /var/lib/longshore
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/longshore/bin/healthy"]
ENTRYPOINT ["/opt/longshore/bin/longshore"]
CMD ["worker"]
