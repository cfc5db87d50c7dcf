"""The application that producer and workers share."""
import mmap
import os
import struct
import threading
import time

from celery import Celery

SLOTS = 512
_directory = os.environ["QUEUE_TALLY"]
_file = open(os.path.join(_directory, "counts"), "r+b")
_counts = mmap.mmap(_file.fileno(), SLOTS * 8)
_latencies = os.open(os.path.join(_directory, "latencies"), os.O_WRONLY | os.O_APPEND)

app = Celery("tasks", broker=f"redis://127.0.0.1:{os.environ['QUEUE_PORT']}/0")
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task
def noop():
    # A slot for each thread: no other writes to it.
    at = threading.get_native_id() % SLOTS * 8
    struct.pack_into("<q", _counts, at, struct.unpack_from("<q", _counts, at)[0] + 1)


@app.task
def timed(enqueued):
    os.write(_latencies, b"%d\n" % (time.monotonic_ns() - enqueued))
