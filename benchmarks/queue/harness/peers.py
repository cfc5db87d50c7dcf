"""The peers, and how each is fetched. What cannot be fetched is reported, never left out in silence."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

from redis import Redis
from tally import Tally

HERE = pathlib.Path(__file__).resolve().parent.parent
HOME = HERE.parent.parent
JAVA_SOURCES = HERE / "src/main/java/dev/longshore/benchmarks/queue"
PACKAGE = "dev.longshore.benchmarks.queue"


class Missing(Exception):
    """Why a peer cannot take part."""


@dataclass
class Commands:
    client: list
    worker: list
    environment: dict = field(default_factory=dict)
    # How many times the jobs of a measure its worker runs before it counts as warm.
    warm_up: int = 1


def java() -> str:
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def run(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        last = (result.stdout.strip().splitlines() or ["no output"])[-1]
        raise Missing(f"{command[0]} failed: {last}")
    return result.stdout


def need(program: str):
    if shutil.which(program) is None:
        raise Missing(f"{program} is not installed")


def maven(*arguments):
    need("mvn")
    # Standard output of a quiet Maven still has colour codes.
    return run("mvn", "-q", "-B", *arguments)


def own_classpath() -> str:
    maven("-f", str(HOME / "pom.xml"), "-Dlongshore.quick", "-Pbenchmarks", "-pl", "benchmarks/queue", "-am",
          "-Dmaven.test.skip=true", "package", "dependency:build-classpath", "-Dmdep.outputFile=target/quick/classpath.txt")
    built = HERE / "target/quick"
    # No directory of classes: an AOT cache takes jars only.
    (jar,) = built.glob("*.jar")
    return f"{jar}:{(built / 'classpath.txt').read_text().strip()}"


def jvm(classpath: str, name: str, *options) -> list:
    return [java(), "-Xmx2g", *options, "-cp", classpath, f"{PACKAGE}.{name}"]


def longshore(*options):
    def commands(cache):
        command = jvm(own_classpath(), "LongshorePeer", *options, *os.environ.get("QUEUE_JAVA_OPTIONS", "").split())
        return Commands(command, command + ["worker"], warm_up=5)
    return commands


# JEP 515: from this Java on a cache holds what the JVM learnt of methods in an earlier run, so that it compiles them sooner.
FIRST_JAVA_WITH_PROFILES = 25
REHEARSED_JOBS = 30_000


def java_feature() -> int:
    version = run(java(), "-XshowSettings:properties", "-version")
    line = next(line for line in version.splitlines() if "java.specification.version" in line)
    return int(line.split("=")[1].split(".")[0])


def longshore_aot(cache):
    """Producer and worker with an AOT cache, made by a rehearsal of both in one process."""
    if java_feature() < FIRST_JAVA_WITH_PROFILES:
        raise Missing(f"an AOT cache with profiles needs Java {FIRST_JAVA_WITH_PROFILES} or newer; set JAVA_HOME to one")
    classpath, kept = own_classpath(), cache / "longshore.aot"
    kept.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="longshore-rehearsal-") as scratch:
        scratch = pathlib.Path(scratch)
        tally, redis = Tally(scratch / "tally"), Redis(scratch / "redis", "none")
        try:
            command = jvm(classpath, "LongshorePeer", "-XX:+UseSerialGC", f"-XX:AOTCacheOutput={kept}")
            environment = {**os.environ, "QUEUE_PORT": str(redis.port), "QUEUE_TALLY": str(tally.directory)}
            with open(cache / "peers.log", "ab") as log:
                rehearsal = subprocess.Popen([*command, "rehearse", str(REHEARSED_JOBS)], env=environment, stdout=log,
                                             stderr=log)
                try:
                    _, _, done = tally.await_count(2 * REHEARSED_JOBS, 120, lambda: rehearsal.poll() is None)
                    # The JVM writes the cache as it ends, in a process of its own that it waits for.
                    rehearsal.terminate()
                    rehearsal.wait(120)
                finally:
                    rehearsal.kill()
                    rehearsal.wait()
            if done < 2 * REHEARSED_JOBS:
                raise Missing(f"the rehearsal did {done} of its {2 * REHEARSED_JOBS} jobs")
        finally:
            redis.close()
    if not kept.exists():
        raise Missing(f"the rehearsal left no AOT cache; {cache / 'peers.log'} has its output")
    command = jvm(classpath, "LongshorePeer", "-XX:+UseSerialGC", f"-XX:AOTCache={kept}")
    return Commands(command, command + ["worker"], warm_up=5)


def raw_list(cache):
    command = jvm(own_classpath(), "RawListPeer")
    return Commands(command, command + ["worker"], warm_up=5)


def jobrunr7(cache):
    source = HERE / "peers/jobrunr7"
    target = cache / "jobrunr7-7.5.3"
    if not (target / "jars").is_dir():
        fresh = target.with_suffix(".part")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        maven("-f", str(source / "pom.xml"), "dependency:copy-dependencies", f"-DoutputDirectory={fresh}/jars")
        fresh.rename(target)
    classes = target / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    # -parameters and -g: JobRunr reads lambdas from the class file.
    run(java() + "c", "--release", "17", "-g", "-parameters", "-d", str(classes), "-cp", f"{target}/jars/*",
        *(str(file) for file in (JAVA_SOURCES / "Peer.java", JAVA_SOURCES / "Tally.java", source / "JobRunr7Peer.java")))
    command = jvm(f"{classes}:{target}/jars/*", "JobRunr7Peer")
    return Commands(command, command + ["worker"], warm_up=2)


def bullmq(cache):
    need("node")
    need("npm")
    target = cache / "bullmq-6.7.0"
    if not (target / "node_modules/bullmq").is_dir():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "peers/bullmq/package.json", target)
        run("npm", "install", "--silent", "--no-package-lock", "--no-audit", "--no-fund", cwd=target)
    command = ["node", str(HERE / "peers/bullmq/peer.js")]
    return Commands(command, command + ["worker"], {"QUEUE_MODULES": str(target)})


def celery(*pool):
    def commands(cache):
        target = cache / "celery-5.7.0"
        python = target / "bin/python"
        if not (target / "ready").exists():
            run(sys.executable, "-m", "venv", "--clear", str(target))
            run(str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / "peers/celery/requirements.txt"))
            (target / "ready").touch()
        return Commands(
            [str(python), str(HERE / "peers/celery/peer.py")],
            [str(python), "-m", "celery", "-A", "tasks", "worker", "-l", "WARNING", *pool],
            {"PYTHONPATH": str(HERE / "peers/celery"), "PYTHONDONTWRITEBYTECODE": "1", "C_FORCE_ROOT": "1"})
    return commands


PEERS = {
    "longshore": longshore(),
    "longshore-sealed": longshore("-Dqueue.seal=true"),
    # The fast compiler alone and the collector that starts fastest: for a worker that has few processors or a short life.
    "longshore-c1": longshore("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
    # What the JVM learnt in an earlier run: for a worker that is to be quick from its first job.
    "longshore-aot": longshore_aot,
    "longshore-virtual": longshore("-Dqueue.virtual=true"),
    "bullmq": bullmq,
    "celery-prefork": celery("-P", "prefork", "-c", "2"),
    "celery-threads": celery("-P", "threads", "-c", "4"),
    "jobrunr7": jobrunr7,
    "raw-list": raw_list,
}
DEFAULT = ["longshore", "longshore-aot", "longshore-c1", "longshore-sealed", "bullmq", "celery-prefork", "jobrunr7", "raw-list"]
