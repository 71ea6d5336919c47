"""How much of a tour's time is nodeseal's own, and how soon it answers ``--help``.

Own time is the tour's wall time less every moment in which some engine was starting up: from the start of its
process to the time stamp of its own log's "started".
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from nodeseal.cli.runtime import choose

NODESEAL = [sys.executable, "-m", "nodeseal"]
ENGINES = ("elasticsearch@6.8.23", "elasticsearch@7.17.29", "opensearch@2.19.4")
RUNS_OF_HELP = 10


def main() -> None:
    """Print both tables."""
    print(f"{'tour on':<24}{'wall s':>8}{'engines s':>11}{'own s':>8}{'own %':>8}")
    for engine in ENGINES:
        wall, engines = measured_tour(engine)
        own = wall - engines
        print(f"{engine:<24}{wall:>8.1f}{engines:>11.1f}{own:>8.1f}{100 * own / wall:>8.1f}", flush=True)
    runtime = choose(ENGINES[0], None, None, None).runtime
    peer = [str(runtime.distribution / "bin" / "elasticsearch-certutil"), "--help"]
    ours = median_seconds([*NODESEAL, "--help"], dict(os.environ))
    theirs = median_seconds(peer, {**os.environ, "JAVA_HOME": str(runtime.java)})
    print(f"\n{'--help of':<32}{'ms':>8}{'ratio':>8}")
    print(f"{'nodeseal':<32}{1000 * ours:>8.0f}{1:>8.1f}")
    print(f"{'elasticsearch-certutil 6.8.23':<32}{1000 * theirs:>8.0f}{theirs / ours:>8.1f}")


def measured_tour(engine: str) -> tuple[float, float]:
    """Wall seconds of a tour, and the seconds of it in which an engine was starting up."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        subprocess.run(
            [*NODESEAL, "tour", "--engine", engine, "--json", "out.json"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        wall = time.monotonic() - begin
        starts = json.loads((Path(folder) / "out.json").read_text())["starts"]
    spans = [(each["spawned"], clock(each["started"])) for each in starts if each["started"]]
    return wall, covered(spans)


def clock(stamp: str) -> float:
    """A log's time stamp, which has no zone and is the machine's local time, as seconds since the epoch."""
    return datetime.fromisoformat(stamp.replace(",", ".")).astimezone().timestamp()


def covered(spans: list[tuple[float, float]]) -> float:
    """The length of the union of spans."""
    total, end = 0.0, float("-inf")
    for begin, stop in sorted(spans):
        total += max(0.0, stop - max(begin, end))
        end = max(end, stop)
    return total


def median_seconds(command: list[str], environment: dict[str, str]) -> float:
    """The median wall time of a few runs."""
    times = []
    for _ in range(RUNS_OF_HELP):
        begin = time.monotonic()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - begin)
    return statistics.median(times)
