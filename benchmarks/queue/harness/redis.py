"""A Redis of the benchmark's own, and as much of a client as the harness needs."""
import pathlib
import socket
import subprocess
import time


class Redis:
    """A redis-server on a free port of the loopback, in a directory of its own."""

    def __init__(self, directory: pathlib.Path, fsync: str):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        directory.mkdir()
        persistence = ["--appendonly", "no"] if fsync == "none" else ["--appendonly", "yes", "--appendfsync", fsync]
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(directory),
             "--logfile", str(directory / "redis.log"), *persistence])
        self.connection = self._connect()

    def _connect(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port)).makefile("rwb")
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.01)  # that its port opens is the only sign it gives

    def call(self, *words):
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.connection.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        self.connection.flush()
        return self._answer()

    def _answer(self):
        line = self.connection.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if rest == b"-1":
                return None
            value = self.connection.read(int(rest) + 2)[:-2]
            return value
        if kind == b"*":
            return [self._answer() for _ in range(int(rest))]
        return rest

    def info(self, section: str) -> dict:
        lines = self.call("INFO", section).decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)

    def figures(self) -> dict:
        """What it has done so far: reads of a connection (one for each round trip, and for each pipeline), commands,
        scripts' own among them, and milliseconds of CPU."""
        stats, cpu = self.info("stats"), self.info("cpu")
        return {
            "round trips": int(stats["total_reads_processed"]),
            "commands": int(stats["total_commands_processed"]),
            "redis cpu": 1000 * (float(cpu["used_cpu_sys"]) + float(cpu["used_cpu_user"])),
        }

    def memory(self) -> int:
        return int(self.info("memory")["used_memory"])

    def clear(self):
        self.call("FLUSHALL", "SYNC")

    def close(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(30)
