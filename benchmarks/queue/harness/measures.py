"""The measures, which are the same for every queue:
drain is the number of jobs by the time from the first handler to the last, of a worker that starts when all wait;
warm is the same of a worker that has run before and was stopped (SIGSTOP) while the jobs were enqueued;
pick-up is from before the call that enqueues to the handler's start, of an idle worker and one job each 50 ms; warm, of a
worker and a producer that have done as many jobs as warm_up says before;
cold start is from the spawn of a worker to its first job's end;
round trips are the reads of Redis's connections, of which a pipeline has one.

Each begins with an empty Redis and new processes; what it gives is a dict of figures by name."""
import os
import pathlib
import resource
import signal
import subprocess
import time


class Bench:
    """One peer on one Redis."""

    def __init__(self, peer, redis, tally, log, limit):
        self.peer, self.redis, self.tally, self.log, self.limit = peer, redis, tally, log, limit
        self.environment = {**os.environ, **peer.environment, "QUEUE_PORT": str(redis.port),
                            "QUEUE_TALLY": str(tally.directory)}

    def clear(self):
        self.redis.clear()
        self.tally.clear()

    def client(self, *arguments) -> str:
        done = subprocess.run([*self.peer.client, *map(str, arguments)], env=self.environment, check=True,
                              stdout=subprocess.PIPE, stderr=self.log, text=True, timeout=self.limit)
        return done.stdout

    def enqueue(self, count, mode, before=0) -> float:
        """The seconds that it took, on the producer's own clock, which starts after so many jobs before."""
        return float(self.client("enqueue", count, mode, before).split()[-1])

    def worker(self) -> subprocess.Popen:
        # A group of its own: Celery's worker has children.
        return subprocess.Popen(self.peer.worker, env=self.environment, stdout=self.log, stderr=self.log,
                                start_new_session=True)

    @staticmethod
    def stop(workers):
        for worker in workers:
            worker.terminate()
        for worker in workers:
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(worker.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            worker.wait()


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (used.ru_utime + used.ru_stime)


def per_job(before: dict, after: dict, count: int) -> dict:
    return {name: (after[name] - before[name]) / count for name in after}


def enqueuing(bench: Bench, count: int) -> dict:
    found = {}
    for mode in ("single", "bulk"):
        bench.clear()
        memory, before = bench.redis.memory(), bench.redis.figures()
        found[f"enqueue {mode} /s"] = count / bench.enqueue(count, mode)
        figures = per_job(before, bench.redis.figures(), count)
        found[f"round trips enqueue {mode}"] = figures["round trips"]
        found["KiB per 10k waiting"] = (bench.redis.memory() - memory) / count * 10_000 / 1024
        bench.clear()
        found[f"warm enqueue {mode} /s"] = count / bench.enqueue(count, mode, bench.peer.warm_up * count)
    return found


def compiling(workers) -> float:
    """Milliseconds that the workers' JVMs have spent on compiling; 0 of what is no JVM."""
    ticks = 0
    for worker in workers:
        for task in pathlib.Path(f"/proc/{worker.pid}/task").iterdir():
            name, _, fields = (task / "stat").read_text().partition("(")[2].rpartition(")")
            if name.startswith(("C1 Compiler", "C2 Compiler")):
                user, system = fields.split()[11:13]
                ticks += int(user) + int(system)
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def drain(bench: Bench, count: int, workers: int = 1) -> dict:
    bench.clear()
    bench.enqueue(count, "bulk")
    before, cpu, start = bench.redis.figures(), children_cpu(), time.monotonic()
    running = [bench.worker() for _ in range(workers)]
    try:
        first, last, done = bench.tally.await_count(
            count, bench.limit, lambda: all(worker.poll() is None for worker in running))
        figures = per_job(before, bench.redis.figures(), max(1, done))
        compiled = compiling(running)
    finally:
        bench.stop(running)
    if done < count or first is None:
        return {"drain /s": None, "drain stopped at": done}
    return {
        "drain /s": count / (last - first),
        "drain s": last - first,
        "drain s with start": last - start,
        "round trips drain": figures["round trips"],
        "commands drain": figures["commands"],
        "worker CPU ms/job": (children_cpu() - cpu) / count,
        "of it the JVM's compilers": compiled / count,
        "Redis CPU ms/job": figures["redis cpu"],
    }


def warm(bench: Bench, count: int, workers: int = 1) -> dict:
    bench.clear()
    running = [bench.worker() for _ in range(workers)]
    alive = lambda: all(worker.poll() is None for worker in running)
    first = bench.peer.warm_up * count * workers
    try:
        bench.enqueue(first, "bulk")
        _, _, done = bench.tally.await_count(first, bench.limit, alive)
        if done < first:
            return {"warm drain /s": None}
        time.sleep(1)  # for what a worker does after a job: the last ones are still being saved
        signal_all(running, signal.SIGSTOP)
        try:
            # Not cleared: BullMQ's worker writes its own sum there.
            already = bench.tally.count()
            bench.enqueue(count, "bulk")
            cpu, before = workers_cpu(running), bench.redis.figures()
        finally:
            signal_all(running, signal.SIGCONT)
        start = time.monotonic()
        _, last, done = bench.tally.await_count(already + count, bench.limit, alive)
        figures = per_job(before, bench.redis.figures(), count)
        used = workers_cpu(running) - cpu
    finally:
        bench.stop(running)
    if done < already + count:
        return {"warm drain /s": None}
    return {
        "warm drain /s": count / (last - start),
        "warm round trips drain": figures["round trips"],
        "warm worker CPU ms/job": used / count,
        "warm Redis CPU ms/job": figures["redis cpu"],
    }


def signal_all(workers, number):
    for worker in workers:
        os.killpg(worker.pid, number)


def workers_cpu(workers) -> float:
    """Milliseconds, of the workers and their children."""
    groups = {worker.pid for worker in workers}
    ticks = 0
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue  # ended since
        if int(fields[2]) in groups:
            ticks += int(fields[11]) + int(fields[12])
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def processes(bench: Bench, count: int) -> dict:
    """One worker process beside three, new and warm."""
    found = {}
    for workers in (1, 3):
        found[f"drain /s, {workers} processes"] = drain(bench, count, workers)["drain /s"]
    for workers in (1, 3):
        figures = warm(bench, count, workers)
        for name in ("drain /s", "round trips drain", "worker CPU ms/job"):
            found[f"warm {name}, {workers} processes"] = figures.get(f"warm {name}")
    return found


def latency(bench: Bench, count: int, jobs: int) -> dict:
    bench.clear()
    worker = bench.worker()
    try:
        time.sleep(4)  # an idle worker is what is measured: longer than any peer takes to start
        bench.client("latency", 60)
        await_latencies(bench, 60)
        return {
            **pick_up(bench, count, "pick-up", 0),
            **pick_up(bench, count, "warm pick-up", bench.peer.warm_up * jobs),
        }
    finally:
        bench.stop([worker])


def pick_up(bench: Bench, count: int, name: str, before: int) -> dict:
    bench.tally.clear()
    bench.client("latency", count, before)
    found = await_latencies(bench, count)
    if len(found) < count:
        return {f"{name} p50 ms": None, f"{name} seen": len(found)}
    at = lambda share: found[min(count - 1, int(share * count))]
    return {f"{name} p50 ms": at(0.5), f"{name} p95 ms": at(0.95), f"{name} p99 ms": at(0.99)}


def await_latencies(bench: Bench, count: int) -> list:
    deadline = time.monotonic() + 15
    while True:
        found = bench.tally.latencies()
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def cold_start(bench: Bench) -> dict:
    bench.clear()
    bench.enqueue(1, "bulk")
    start = time.monotonic()
    worker = bench.worker()
    try:
        _, last, done = bench.tally.await_count(1, 60, lambda: worker.poll() is None)
    finally:
        bench.stop([worker])
    return {"cold start ms": (last - start) * 1000 if done else None}
