"""Celery, as src/main/java/dev/longshore/benchmarks/queue/Peer.java asks of a peer. Its worker is Celery's own command."""
import sys
import time

from celery import group
from tasks import app, noop, timed

BULK = 1000
IDLE = 2  # seconds


def enqueue(count, mode):
    if mode == "single":
        for _ in range(count):
            noop.delay()
    else:
        for i in range(0, count, BULK):
            group(noop.s() for _ in range(min(BULK, count - i))).apply_async()


def main(command, count, *rest):
    count = int(count)
    mode = "single" if command == "latency" else rest[0]
    before = int(rest[-1]) if len(rest) > (command != "latency") else 0
    app.pool.acquire().release()  # connects before the clock starts
    enqueue(before, mode)
    if command == "latency":
        time.sleep(IDLE)
    start = time.monotonic()
    if command == "latency":
        for i in range(count):
            timed.delay(time.monotonic_ns())
            time.sleep(max(0, start + (i + 1) * 0.05 - time.monotonic()))
    else:
        enqueue(count, mode)
    print(time.monotonic() - start)


main(*sys.argv[1:])
