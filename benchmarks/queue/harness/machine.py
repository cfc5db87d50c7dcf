"""How much of the machine others take, so that a figure says whether it can be believed."""
import os
import resource
import time


def _busy_and_total():
    with open("/proc/stat") as stat:
        user, nice, system, idle, iowait, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    busy = user + nice + system + irq + softirq + steal
    return busy, busy + idle + iowait


class Watch:
    """From its making on: how much of the processors' time others used, in percent of all of it."""

    def __init__(self, redis):
        self.redis = redis
        self.begin = self._now()

    def _now(self):
        own = 0.0
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            used = resource.getrusage(who)
            own += used.ru_utime + used.ru_stime
        own += self.redis.figures()["redis cpu"] / 1000
        busy, total = _busy_and_total()
        ticks = os.sysconf("SC_CLK_TCK")
        return busy / ticks, total / ticks, own

    def others(self) -> float:
        """Only of processes that have ended is it known what they used: to be asked after the workers' end."""
        busy, total, own = (now - then for now, then in zip(self._now(), self.begin))
        return 100 * max(0.0, busy - own) / total if total else 0.0


def await_quiet(redis, percent: float, limit: float):
    """Waits until others use less than so much for two seconds, or until the limit."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        watch = Watch(redis)
        time.sleep(2)
        if watch.others() < percent:
            return
