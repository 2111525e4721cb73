"""A Spark cluster on loopback for the tests: a master and two workers, each a process of its own."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark
from browser import JAVA as OPTIONS
from browser import program

HOME = Path(pyspark.__file__).parent
PATIENCE = 90
JAVA = " ".join(OPTIONS)


@dataclass
class Cluster:
    """A running cluster: its address, and the processes of its workers."""

    master: str
    workers: list[subprocess.Popen[bytes]]
    folder: Path

    def kill_worker(self) -> None:
        """End a worker at once, and the executors that it started, as when a machine is lost."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Start a cluster whose files stand below a folder; end it when the block ends."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    (conf / "spark-defaults.conf").write_text(
        "\n".join(
            [
                "spark.driver.host 127.0.0.1",
                "spark.driver.bindAddress 127.0.0.1",
                "spark.driver.memory 512m",
                "spark.executor.memory 512m",
                "spark.executor.cores 1",
                f"spark.driver.extraJavaOptions {JAVA}",
                f"spark.executor.extraJavaOptions {JAVA}",
                # Small data: what takes time is the compiling of queries and the starting of tasks.
                "spark.sql.codegen.wholeStage false",
                "spark.sql.codegen.factoryMode NO_CODEGEN",
                "spark.sql.adaptive.enabled false",
                "spark.sql.shuffle.partitions 1",
                "spark.sql.leafNodeDefaultParallelism 1",
                "spark.sql.files.openCostInBytes 64k",
                "spark.sql.files.maxPartitionBytes 256k",
                "spark.master.rest.enabled false",
                f"spark.local.dir {folder}/local",
            ]
        )
        + "\n",
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "SPARK_HOME": str(HOME),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LAUNCHER_OPTS": JAVA,
        "SPARK_SCALA_VERSION": "2.13",
    }
    processes: list[subprocess.Popen[bytes]] = []
    java = program("java")

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as file:
            # As spark-class does, which first asks another Java machine how to write this.
            command = [java, "-cp", f"{conf}:{HOME / 'jars' / '*'}", "-Xmx128m", *OPTIONS, *arguments]
            processes.append(subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True))
        return log

    try:
        log = start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = _said(log, r"Starting Spark master at (spark://127\.0\.0\.1:\d+)", processes[0])
        for name in ("worker-1", "worker-2"):
            log = start(
                name,
                *("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"),
                *("--cores", "1", "--memory", "512m", "--work-dir", str(folder / name), master),
            )
        for name, process in (("worker-1", processes[1]), ("worker-2", processes[2])):
            _said(folder / f"{name}.log", r"(Successfully registered with master)", process)
        yield Cluster(master, processes[1:], folder)
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _said(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> str:
    """What a process says in its log, once it has said it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"{pattern} never came:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
